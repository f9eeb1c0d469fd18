"""Settings for every test: what is drawn at random is drawn the same each time."""

from __future__ import annotations

from hypothesis import settings

# Compiled kernels make the first example slow, and a failure must come back when the test is run again.
settings.register_profile("afternext", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("afternext")
