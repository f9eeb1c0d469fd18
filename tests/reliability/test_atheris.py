"""Inputs that are found by following which code they reach (atheris) break nothing either.

Atheris has wheels for some Pythons only and is no dependency: `pip install atheris` beside afternext, or name
a Python that has it and everything else with AFTERNEXT_ATHERIS=/path/to/python. Without it this is skipped.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.reliability.record import record

DOORS = ("yaml", "table", "value", "claims", "truth", "registry", "sheet", "upload")
CASES = 20_000  # of each door
PYTHON = os.environ.get("AFTERNEXT_ATHERIS") or (
    sys.executable if importlib.util.find_spec("atheris") else ""
)


def fuzz(door: str, cases: int, folder: Path) -> tuple[int, str]:
    """Cases run at a door, and what came out uncaught."""
    words = [
        PYTHON,
        "-m",
        "tests.reliability.guided",
        door,
        f"-runs={cases}",
        "-timeout=60",
        "-rss_limit_mb=3000",
        f"-artifact_prefix={folder}/",
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    count = re.search(r"Done (\d+) runs", done.stderr)
    return int(count[1]) if count else 0, "" if done.returncode == 0 else done.stderr[-2000:]


@pytest.mark.deep
@pytest.mark.skipif(not PYTHON, reason="atheris is not installed here")
def test_guided_inputs_are_read_or_refused_in_words(tmp_path: Path) -> None:
    found = {door: fuzz(door, CASES, tmp_path) for door in DOORS}
    cases, faults = (
        sum(count for count, _ in found.values()),
        [door for door, (_, said) in found.items() if said],
    )
    record(
        "atheris",
        f"{cases:,} cases at {len(DOORS)} doors, {len(faults)} doors broken {faults or ''}",
        met=not faults,
    )
    assert not faults, found[faults[0]][1]
