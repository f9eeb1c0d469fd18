"""Kills, full disks, clocks, damage and crowds: a few of each here, many in `make check-deep`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.forked import harness
from tests.reliability.record import record

FEW = pytest.param(False, id="few")
MANY = pytest.param(True, id="many", marks=pytest.mark.deep)
both = pytest.mark.parametrize("many", [FEW, MANY])
long = pytest.mark.parametrize("many", [MANY])


def whole(found: dict[str, Any]) -> bool:
    """Every run ended as if it had never been cut off, and nothing finished was played again."""
    same = found["equal"] == found["runs"] and found["lost"] == found["left"] == 0
    return bool(same and not found["wrong_codes"] and not found["silent"])


def words(found: dict[str, Any], what: str) -> str:
    return (
        f"{found['cuts']} {what}: {found['equal']} of {found['runs']} runs equal in digest and bytes, "
        f"{found['lost']} of {found['kept']:,} finished futures played again, {found['left']} files left over"
    )


@both
def test_a_run_that_is_killed_ends_as_if_nothing_had_happened(tmp_path: Path, many: bool) -> None:
    tiny = harness("kills", "KILL", 200 if many else 16, 1, tmp_path)
    assert tiny["kept"], "some instants must lie after the first part"
    if many:
        (tmp_path / "towns").mkdir()
        towns = harness("kills", "KILL", 20, 2, tmp_path / "towns", "two-towns")
        along = tiny["with_workers"] + towns["with_workers"]
        figure = (
            f"tiny world: {words(tiny, 'kills')}; two-towns: {words(towns, 'kills')}; {along} with workers"
        )
        record("kill", figure, met=whole(tiny) and whole(towns) and along > 0)
        assert along
        assert whole(towns), json.dumps(towns)
    assert whole(tiny), json.dumps(tiny)


@both
def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path: Path, many: bool) -> None:
    found = harness("kills", "INT", 50 if many else 5, 3, tmp_path)
    if many:
        right = found["cuts"] - len(found["wrong_codes"])
        record(
            "interrupt",
            f"{right} of {found['cuts']} with code 130; {words(found, 'interrupts')}",
            whole(found),
        )
    assert whole(found), json.dumps(found)


@both
def test_a_flipped_byte_is_found_and_only_its_part_is_run_again(tmp_path: Path, many: bool) -> None:
    parts, rounds = (500, 20) if many else (12, 3)
    found = harness("flips", parts, rounds, 1, tmp_path)
    met = found["found"] == found["told"] == parts and found["others"] == 0 and found["equal"]
    if many:
        figure = f"{found['found']} of {parts} found and run again, {found['others']} others run again; "
        record("flip", figure + ("same digest and bytes" if found["equal"] else "another result"), met=met)
    assert met, found


@long
def test_several_processes_on_one_directory_do_not_spoil_it(tmp_path: Path, many: bool) -> None:
    found = harness("crowds", "two", 25 if many else 2, 1, tmp_path)
    met = found["equal"] == found["times"] and found["refused"] > 0 and not found["wrong"]
    if many:
        figure = (
            f"{found['processes']} processes on {found['times']} directories: {found['refused']} refused, "
        )
        record("two", f"{figure}{found['times'] - found['equal']} directories damaged", met=met)
    assert met, found


@long
def test_no_half_written_file_is_seen(tmp_path: Path, many: bool) -> None:
    found = harness("crowds", "read", 100_000 if many else 300, 1, tmp_path)
    if many:
        figure = f"{found['torn']} torn in {found['reads']:,} reads beside {found['kills']} kills"
        record("torn", figure, met=found["torn"] == 0 and found["kills"] > 0)
    assert found["torn"] == 0, found
    assert found["kills"], "no writer was killed: the check checks nothing"


@long
def test_a_full_disk_leaves_a_run_that_can_be_resumed(tmp_path: Path, many: bool) -> None:
    found = harness("disks", "full", 24 if many else 2, tmp_path)
    if "skipped" in found:
        pytest.skip(found["skipped"])
    runs = found["runs"]
    met = found["equal"] == found["neighbours"] == runs and found["stopped"] and not found["wrong"]
    if many:
        figure = (
            f"{found['stopped']} of {runs} sizes too small (blocks or names): all with code 4" if met else ""
        )
        figure = figure or f"{len(found['wrong'])} of {runs} ended otherwise: {str(found['wrong'][:1])[:200]}"
        figure += (
            f"; {found['equal']} of {runs} resumed to the same digest, {found['neighbours']} neighbours whole"
        )
        record("disk", figure, met=bool(met))
    assert met, found


@both
def test_a_read_only_folder_is_named(tmp_path: Path, many: bool) -> None:
    found = harness("disks", "readonly", 25 if many else 2, 1, tmp_path)
    if "skipped" in found:
        pytest.skip(found["skipped"])
    times = found["times"]
    met = found["named"] == found["equal"] == times and not found["wrong"]
    if many:
        figure = f"{found['named']} of {times} named before the run; turned midway {found['turned']} times, "
        record("readonly", f"{figure}{found['equal']} of {times} resumed to the same digest", met=met)
        assert found["turned"]
    assert met, found


@long
def test_jumping_clocks_change_nothing(tmp_path: Path, many: bool) -> None:
    found = harness("clocks", 25 if many else 2, 1, tmp_path)
    met = found["equal"] == found["times"] and found["killed"] > 0 and not found["wrong"]
    if many:
        figure = (
            f"{found['equal']} of {found['times']} runs equal in digest and bytes, {found['killed']} kills"
        )
        record("clock", figure, met=met)
    assert met, found


@pytest.mark.deep
def test_memory_does_not_grow_with_the_futures(tmp_path: Path) -> None:
    found = harness("memory", "futures", "10000,100000", tmp_path)
    few, many = found["peak_mib"]
    each = (many - few) * 2**20 / 90_000
    met = found["codes"] == [0, 0] and many < 1.1 * few
    figure = (
        f"peak {few:.0f} MiB with 10,000 and {many:.0f} MiB with 100,000 futures: {each:.0f} bytes a future"
    )
    record("memory", figure, met=met)
    assert met, found


@pytest.mark.deep
def test_the_death_of_a_worker_costs_nothing(tmp_path: Path) -> None:
    found = harness("crowds", "workers", 50, 1, tmp_path)
    met = found["equal"] == found["runs"] and found["failed"] == 0
    figure = f"{found['killed']} workers killed: {found['equal']} of {found['runs']} runs equal, "
    record("worker", f"{figure}{found['failed']} futures failed", met=met and found["killed"] >= 50)
    assert met, found
