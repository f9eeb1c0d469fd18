"""The cluster gives what one machine gives, and what dies there costs no finished future."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.forked import harness
from tests.reliability.record import record

pytest.importorskip("distributed")


@pytest.mark.parametrize("many", [pytest.param(True, id="many", marks=pytest.mark.deep)])
def test_a_worker_that_dies_costs_no_future(tmp_path: Path, many: bool) -> None:
    found = harness("clusters", "worker", 10 if many else 1, tmp_path)
    met = found["equal"] == found["runs"] and found["failed"] == 0
    if many:
        figure = f"{found['killed']} workers killed: {found['equal']} of {found['runs']} runs equal, "
        record("cluster-worker", f"{figure}{found['failed']} futures failed", met=met)
    assert met, found


@pytest.mark.parametrize("many", [pytest.param(True, id="many", marks=pytest.mark.deep)])
def test_a_scheduler_that_dies_leaves_a_run_that_can_be_resumed(tmp_path: Path, many: bool) -> None:
    found = harness("clusters", "scheduler", 5 if many else 1, tmp_path)
    killed = found["killed"]
    met = found["stopped"] == found["told"] == found["equal"] == killed and found["kept"] > 0
    if many:
        figure = (
            f"{found['stopped']} of {killed} ended with the way to go on and {found['kept']} parts kept; "
        )
        record(
            "cluster-scheduler", f"{figure}{found['equal']} of {killed} resumed to the same digest", met=met
        )
    assert met, found


@pytest.mark.deep
def test_a_scenario_has_one_digest_here_and_on_a_cluster(tmp_path: Path) -> None:
    found = harness("clusters", "towns", tmp_path)
    met = found["here"] == found["there"] and not found["failed"]
    record("cluster", f"60 futures: {'same' if met else 'another'} digest, {found['failed']} failed", met=met)
    assert met, found


@pytest.mark.deep
def test_the_end_of_a_run_grows_with_its_parts(tmp_path: Path) -> None:
    found = harness("memory", "parts", "1000,4000,16000", tmp_path)
    each = [1000 * seconds / parts for seconds, parts in zip(found["cpu_s"], found["parts"], strict=True)]
    met = each[-1] < 2 * each[0]
    figure = "; ".join(
        f"{parts:,} parts: {cpu:.1f} CPU-s, {peak:.0f} MiB more memory, manifest {size:,} KiB"
        for parts, cpu, peak, size in zip(
            found["parts"], found["cpu_s"], found["peak_mib"], found["manifest_kib"], strict=True
        )
    )
    record("parts", figure, met=met)
    assert met, found
