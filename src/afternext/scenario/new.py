"""Start a scenario from a shipped one: a complete copy that can be edited, or nothing at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from afternext.scenario.catalogue import find
from afternext.scenario.writer import fresh_folder

DEFAULT = "two-towns"


def new(folder: str | Path, source: str | Path = DEFAULT) -> Path:
    """Copy a scenario, with its comments and sources, into a folder that does not exist yet or is empty."""
    start = find(source)
    with fresh_folder(folder) as made:
        for file in sorted(start.iterdir()):
            if file.is_file() and not file.name.startswith((".", "_")):
                shutil.copyfile(file, made / file.name)
    return Path(folder)
