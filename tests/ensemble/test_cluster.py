"""What the command does with a cluster that is not there, or whose workers die again and again."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from afternext.ensemble import executors
from afternext.ensemble.batch import Job, Task
from afternext.ensemble.parts import open_part, part_name
from afternext.errors import Incomplete, UsageError
from tests.ensemble.fake_world import FakeWorld, play

distributed = pytest.importorskip("distributed")
from afternext.ensemble import cluster  # noqa: E402  (it needs the extra)


class Ended:
    """A task that has ended on the cluster."""

    def __init__(self, status: str, what: Any = None) -> None:
        self.status = status
        self._what = what

    def exception(self) -> Any:
        return self._what

    def result(self) -> Any:
        return self._what


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(FakeWorld(), 7, "a" * 64, tmp_path)


def outcome(job: Job, task: Task, ended: Ended, again: deque[Task]) -> Any:
    return cluster.Cluster("tcp://nowhere:1", print)._outcome(ended, task, job, again)  # type: ignore[arg-type]


def killed() -> Ended:
    worker = SimpleNamespace(address="tcp://there:1")
    return Ended("error", distributed.KilledWorker("task", worker, 3))


def test_a_batch_that_kills_its_workers_is_cut_down_to_the_future_at_fault(job: Job) -> None:
    again: deque[Task] = deque()
    rows = np.arange(10.0).reshape(5, 2)
    assert outcome(job, Task(10, 15, rows), killed(), again) is None
    assert [(task.start, task.stop) for task in again] == [(10, 12), (12, 15)]
    assert np.array_equal(again[1].rows, rows[2:])
    report = outcome(job, Task(11, 12, rows[1:2]), killed(), again)
    assert [failure.future for failure in report.failed] == [11]
    assert open_part(job.folder / part_name(job.key, 11, 12), job.key).failed == report.failed


@pytest.mark.parametrize("status", ["cancelled", "lost"])
def test_a_task_that_is_lost_means_that_the_scheduler_is_gone(job: Job, status: str) -> None:
    with pytest.raises(Incomplete, match="scheduler at tcp://nowhere:1 is gone"):
        outcome(job, Task(0, 1, np.zeros((1, 3))), Ended(status), deque())


def test_a_worker_that_had_to_stop_says_why(job: Job) -> None:
    answer = cluster.Answer(None, "node3 does not see /shared: is it on shared storage?", "x")
    with pytest.raises(Incomplete, match="node3 does not see /shared"):
        outcome(job, Task(0, 1, np.zeros((1, 3))), Ended("finished", answer), deque())


def test_a_part_that_is_not_seen_here_stops_the_run(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SEEN_WITHIN", 0.0)
    answer = cluster.Answer(cluster.Report(0, 1, 0.1, ()), "", "x")
    with pytest.raises(Incomplete, match="is not seen here"):
        outcome(job, Task(0, 1, np.zeros((1, 3))), Ended("finished", answer), deque())


def test_workers_that_differ_are_named_once() -> None:
    said: list[str] = []
    one = cluster.Cluster("tcp://nowhere:1", said.append)
    for machine in ("a", "a", "b", "a", "b"):
        one._compare(machine)
    assert len(said) == 1
    assert "a; b" in said[0]


def test_no_scheduler_is_a_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        play(tmp_path / "run", cluster="tcp://127.0.0.1:9")


def test_workers_and_cluster_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not both"):
        play(tmp_path / "run", workers=2, cluster="tcp://127.0.0.1:9")
    assert not (tmp_path / "run").exists()


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "afternext.ensemble.cluster", None)
    with pytest.raises(UsageError, match=r"pip install 'afternext\[dask\]'"):
        executors.on_cluster("tcp://127.0.0.1:9", print)
