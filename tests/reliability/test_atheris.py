"""Inputs that are found by following which code they reach (atheris) break nothing either.

Atheris is pinned in locks/fuzz.lock and installed beside .venv by this check, as it has wheels for some
machines only. Where it cannot be had this is skipped, and the promise stands as not met.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.tools import Unavailable, fetched
from tests.house.tree import ROOT
from tests.reliability.record import record

# Cases of each door; those that write and check a whole folder take a hundred times as long.
CASES = {
    "yaml": 50_000, "table": 50_000, "value": 200_000, "claims": 100_000, "truth": 50_000,
    "registry": 100_000, "sheet": 100_000, "upload": 200_000, "strategy": 200_000, "xlsx": 20_000,
    "flee": 20_000, "folder": 20_000,
}  # fmt: skip


@dataclass(frozen=True)
class Search:
    """What a search at one door came to: cases run, pieces of code reached at its start and end, a fault."""

    cases: int
    first: int
    last: int
    fault: str


def fuzz(door: str, cases: int, folder: Path, tool: Path) -> Search:
    """Search from sound files on."""
    words = [sys.executable, "-m", "tests.reliability.guided", door, str(folder / door), f"-runs={cases}"]
    words += ["-seed=9", "-timeout=60", "-rss_limit_mb=3000", f"-artifact_prefix={folder}/"]
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT), str(tool)])
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True
    )
    count = re.search(r"Done (\d+) runs", done.stderr)
    reached = [int(one) for one in re.findall(r" cov: (\d+) ", done.stderr)]
    return Search(
        int(count[1]) if count else 0,
        reached[0] if reached else 0,
        reached[-1] if reached else 0,
        "" if done.returncode == 0 else f"{done.stdout[-3000:]}\n{done.stderr[-1000:]}",
    )


@pytest.mark.deep
def test_guided_inputs_are_read_or_refused_in_words(tmp_path: Path) -> None:
    """About twenty minutes."""
    try:
        tool = fetched("fuzz")
    except Unavailable as error:
        record("atheris", f"not measured: atheris cannot be had here ({error})", met=False)
        pytest.skip(f"atheris cannot be had here: {error}")
    found = {door: fuzz(door, cases, tmp_path, tool) for door, cases in CASES.items()}
    broken = [door for door, search in found.items() if search.fault or search.cases < CASES[door]]
    blind = [door for door, search in found.items() if search.last <= search.first]
    cases = sum(search.cases for search in found.values())
    first, last = sum(one.first for one in found.values()), sum(one.last for one in found.values())
    said = f"{cases:,} cases at {len(found)} doors, {len(broken)} doors broken {', '.join(broken)}".rstrip()
    record(
        "atheris", f"{said}; {first:,} branches reached by sound files, {last:,} in the end", met=not broken
    )
    assert not broken, found[broken[0]].fault
    assert not blind, f"the search found nothing new, so nothing guided it: {blind}"
