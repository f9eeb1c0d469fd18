"""What several files of tests read is made once, by the first of all workers that needs it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

HOME = "AFTERNEXT_TESTS_SHARED"  # the folder of this session; tests/conftest.py makes and removes it
PREFIX = "afternext-test-"


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """Return a copy, for this process alone, of the folder that ``make`` fills."""
    home = Path(os.environ.get(HOME) or mkdtemp(prefix=PREFIX))
    whole, part = home / "whole" / name, home / "part" / name
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.is_dir():
            shutil.rmtree(part, ignore_errors=True)
            part.parent.mkdir(exist_ok=True)
            make(part)
            whole.parent.mkdir(exist_ok=True)
            part.rename(whole)
    return shutil.copytree(whole, Path(mkdtemp(prefix=PREFIX, dir=os.environ.get(HOME))) / name)
