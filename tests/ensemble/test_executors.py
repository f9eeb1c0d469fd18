"""Workers may die; the run does not, and says what happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from afternext.ensemble import executors
from afternext.ensemble.batch import Job, Task
from afternext.ensemble.executors import LocalPool, Serial, choose
from afternext.ensemble.manifest import read
from afternext.ensemble.plan import Plan
from afternext.ensemble.run import Interrupted
from afternext.errors import Incomplete
from tests.ensemble.fake_world import FakeWorld, play


def children(parent: int | None = None) -> list[int]:
    """Worker processes of a process, of this one by default."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat, words = (folder / "stat").read_text(), (folder / "cmdline").read_text()
            if (
                int(stat.rpartition(")")[2].split()[1]) == (parent or os.getpid())
                and "ensemble.worker" in words
            ):
                found.append(int(folder.name))
    return found


def test_a_future_that_raises_is_recorded_and_the_others_go_on(tmp_path: Path) -> None:
    run = play(tmp_path / "run", FakeWorld(fails=frozenset({0, 13})), batch=5)
    assert [failure.future for failure in run.failed] == [0, 13]
    assert run.failed[1].error.startswith("FutureFailed: people were lost in future 13 (fake_world.py:")
    assert run.futures == 40
    assert run.measures.sizes["future"] == 38
    assert 13 not in run.measures["future"].values


def test_a_run_whose_futures_all_fail_says_so(tmp_path: Path) -> None:
    run = play(tmp_path / "run", FakeWorld(fails=frozenset(range(4))), futures=4)
    assert len(run.failed) == 4
    assert run.measures.sizes["future"] == 0
    assert "4 failed" in repr(run)


def test_a_measure_of_the_wrong_shape_is_a_failure_of_the_future(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate = FakeWorld.simulate

    def wrong(world: FakeWorld, row: object, seed: int, luck: int) -> object:
        outcome = simulate(world, row, seed, luck)  # type: ignore[arg-type]
        if luck == 2:
            outcome.arrays["danger"] = outcome.arrays["danger"][:1]
        return outcome

    monkeypatch.setattr(FakeWorld, "simulate", wrong)
    run = play(tmp_path / "run", futures=5, workers=1)
    assert "danger has shape (1,) and should have (7,)" in run.failed[0].error


@pytest.mark.parametrize("executor", [Serial(), LocalPool(2)], ids=["serial", "pool"])
def test_each_future_is_told_once_it_is_played(tmp_path: Path, executor: Serial | LocalPool) -> None:
    job = Job(FakeWorld(), 7, "a" * 64, tmp_path)
    rows = np.zeros((40, len(FakeWorld().experiments)))
    told: list[int] = []

    def task_of(futures: range) -> Task:
        return Task(futures.start, futures.stop, rows[futures.start : futures.stop])

    for _ in executor.reports(job, Plan([range(40)], 7, 1000), task_of, told.append):
        pass
    assert sum(told) == 40
    assert min(told) >= 0


def test_a_killed_worker_is_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    world = FakeWorld(kills_once=frozenset({3, 17, 39}), marks=str(tmp_path))
    run = play(tmp_path / "run", world, workers=2, batch=10)
    assert run.failed == ()
    assert run.digest == play(tmp_path / "plain").digest


def test_a_worker_killed_from_outside_is_replaced(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one() -> None:
        deadline = time.monotonic() + 20
        while not killed and time.monotonic() < deadline:
            time.sleep(0.3)
            for pid in children()[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    hand = threading.Thread(target=kill_one)
    hand.start()
    run = play(tmp_path / "run", FakeWorld(seconds=0.03), workers=2, batch=10)
    hand.join()
    assert killed
    assert run.failed == ()
    assert run.digest == play(tmp_path / "plain").digest


def test_a_future_that_always_kills_its_worker_is_isolated_and_recorded(tmp_path: Path) -> None:
    run = play(tmp_path / "run", FakeWorld(kills=frozenset({11, 12})), workers=2, batch=20)
    assert [failure.future for failure in run.failed] == [11, 12]
    assert "killed by SIGKILL" in run.failed[0].error
    assert run.measures.sizes["future"] == 38
    raising = play(tmp_path / "raising", FakeWorld(fails=frozenset({11, 12})))
    assert run.digest == raising.digest


def test_workers_that_cannot_start_are_not_started_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors.sys, "executable", "/bin/false")
    with pytest.raises(Incomplete, match=r"(?s)do not start .*--resume"):
        play(tmp_path / "run", workers=2)
    monkeypatch.undo()
    assert play(tmp_path / "run", workers=1, resume=True).digest == play(tmp_path / "plain").digest


def test_workers_that_did_start_once_are_started_again_with_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine is short for a while: a few workers in a row die before they are ready."""
    made = 0

    class Unlucky(executors._Worker):
        def __init__(self, *given: object) -> None:
            nonlocal made
            made += 1
            python = sys.executable
            if 2 < made < 9:
                monkeypatch.setattr(executors.sys, "executable", "/bin/false")
            super().__init__(*given)  # type: ignore[arg-type]
            monkeypatch.setattr(executors.sys, "executable", python)

    monkeypatch.setattr(executors, "_Worker", Unlucky)
    run = play(tmp_path / "run", FakeWorld(kills=frozenset({11})), workers=2, batch=5)
    assert made > 9
    assert [failure.future for failure in run.failed] == [11]


def test_workers_are_gone_afterwards(tmp_path: Path) -> None:
    play(tmp_path / "run", workers=2)
    assert children() == []


def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.ensemble.fake_world import FakeWorld, play\n"
        "play(Path(sys.argv[1]), FakeWorld(seconds=0.2), workers=2)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "run")])
    parts = tmp_path / "run" / "parts"
    while not (parts.is_dir() and any(parts.glob("*.part"))):
        time.sleep(0.05)
        assert parent.poll() is None
    workers = children(parent.pid)
    assert len(workers) == 2
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_stops_workers_and_says_how_to_go_on(tmp_path: Path) -> None:
    def press_once_a_part_is_there() -> None:
        while not list((tmp_path / "run" / "parts").glob("*.part")):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    # A shell that starts the tests in the background lets them ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=press_once_a_part_is_there, daemon=True).start()
    try:
        with pytest.raises(Interrupted, match=r"futures are kept.*\n.*afternext run fake --out .* --resume"):
            play(tmp_path / "run", FakeWorld(seconds=0.1), workers=2, batch=2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert children() == []
    assert read(tmp_path / "run")["state"] == "running"
    assert play(tmp_path / "run", resume=True).digest == play(tmp_path / "plain").digest


@pytest.mark.parametrize(
    ("seconds", "workers", "kind"), [(0.001, None, Serial), (1.0, 1, Serial), (0.001, 2, LocalPool)]
)
def test_short_runs_stay_in_one_process_unless_workers_are_asked_for(
    seconds: float, workers: int | None, kind: type
) -> None:
    plan = Plan([range(100)], None, 1000)
    plan.learn(1, seconds)
    assert isinstance(choose(workers, plan), kind)


def test_long_runs_use_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "cores", lambda: 2)
    plan = Plan([range(100)], None, 1000)
    plan.learn(1, 1.0)
    assert choose(None, plan).workers == 2


def test_an_error_outside_a_future_stops_the_run_with_one_message(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Incomplete, match=r"(?s)had to stop: RuntimeError: it does not fit .*--resume"):
        play(tmp_path / "run", FakeWorld(unfit=os.getpid()), workers=2)
    assert "Traceback" not in capfd.readouterr().err
