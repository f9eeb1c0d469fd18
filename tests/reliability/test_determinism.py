"""However a future is run, it is the same future."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.forked import ROOT, harness
from tests.reliability.record import record
from tests.reliability.versions import NEWER


def in_bytes(hash_seed: str, seeds: int, futures: int) -> str:
    """What a fresh process with this PYTHONHASHSEED says of the futures of some seeds."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "tests.reliability.determinism", "bytes", str(seeds), str(futures)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("futures", "workers", "batches", "name"),
    [
        pytest.param(20, "1,3", "1,7,64", "fake", id="few"),
        pytest.param(80, "1,2,4,8", "1,7,64,1000", "two-towns", id="many", marks=pytest.mark.deep),
    ],
)
def test_workers_and_batches_do_not_matter(
    tmp_path: Path, futures: int, workers: str, batches: str, name: str
) -> None:
    cells = harness("determinism", "grid", futures, workers, batches, tmp_path, name)["cells"]
    same = sum(cell == cells["w1b1"] for cell in cells.values())
    met = same == len(cells) and cells["w1b1"][0] != ""
    if name == "two-towns":
        record("grid", f"{same} of {len(cells)} cells identical ({futures} futures)", met=met)
    assert met, cells


@pytest.mark.deep
def test_a_future_alone_is_the_future_of_the_ensemble(tmp_path: Path) -> None:
    found = harness("determinism", "alone", 100, tmp_path / "run")
    met = found["equal"] == found["futures"]
    record(
        "alone", f"{found['equal']} of {found['futures']} identical in {found['measures']} measures", met=met
    )
    assert met, found


@pytest.mark.deep
def test_a_strategy_that_does_nothing_changes_no_row() -> None:
    found = harness("determinism", "idle", 20)
    rows = sum(found["changed"].values())
    met = rows == 0 and found["changed_by_help"] > 0
    total = len(found["changed"]) * found["futures"]
    acting = f"{found['changed_by_help']} of {found['futures']}"
    figure = f"{rows} of {total} futures changed; {acting} by a strategy that acts"
    record("idle", figure, met=met)
    assert met, found


@pytest.mark.deep
def test_the_order_of_hashes_is_not_in_the_results() -> None:
    said = {
        seed: in_bytes(seed, 20, 2) for seed in ("0", "1", "2", "3", "5", "8", "13", "21", "34", "4294967295")
    }
    kinds = len(set(said.values()))
    record("hashseed", f"20 seeds x {len(said)} processes: {kinds - 1} differences", met=kinds == 1)
    assert kinds == 1


@pytest.mark.deep
def test_oldest_and_newest_versions_agree(tmp_path: Path) -> None:
    found = harness("versions", tmp_path)
    digests = {one["digest"] for one in found.values()}
    newer = [name for name in found if name.startswith("newest")]
    met = len(digests) == 1 and "" not in digests and bool(newer)
    told = {
        name: one["versions"] if one["digest"] else f"does not run: {one['said'][-120:]}"
        for name, one in found.items()
    }
    figure = "; ".join(f"{name} ({what})" for name, what in told.items())
    kinds = len(digests - {""})
    figure += f": {kinds} digest{'s' * (kinds != 1)}"
    if not newer:
        figure += "; no newer Python on this machine"
    record("versions", figure, met=met)
    newest = found.get(f"newest on {NEWER[-1]}")
    told = "not measured: that Python is not on this machine" if newest is None else newest["versions"]
    record("newest-python", told, met=newest is not None and newest["digest"] == found["here"]["digest"])
    assert met, found
