"""Settings for every test: what is drawn at random is drawn the same each time, what is shared made once."""

from __future__ import annotations

import os
import shutil
from tempfile import mkdtemp

import pytest
from hypothesis import settings

from tests.order import place
from tests.shared import HOME, PREFIX

# Compiled kernels make the first example slow, and a failure must come back when the test is run again.
settings.register_profile("afternext", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("afternext")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of what is shared; the workers of this session inherit its name."""
    if HOME not in os.environ:
        folder = os.environ[HOME] = mkdtemp(prefix=PREFIX)
        config.add_cleanup(lambda: os.environ.pop(HOME))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: place(item.path))
