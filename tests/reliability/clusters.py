"""Runs on a Dask cluster of this machine: a scheduler and two worker processes, any of which may be killed.

python -m tests.reliability.clusters worker KILLS FOLDER
python -m tests.reliability.clusters scheduler KILLS FOLDER
python -m tests.reliability.clusters towns FOLDER
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from afternext.errors import Incomplete
from tests.ensemble.fake_world import FakeWorld, play
from tests.reliability.forked import ROOT, children_of, report

FUTURES = 60
TRIES = 20  # Python starts a second or so after its nanny, and a nanny has helpers besides


class Cluster:
    """A scheduler and its workers, as processes of their own."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.file = folder / "scheduler.json"
        self.file.unlink(missing_ok=True)
        self.log = (folder / "dask.log").open("ab")
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--no-dashboard", "--no-show")
        self.workers = self._start(
            "dask_worker", "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard",
            "--local-directory", str(folder / "scratch"),
        )  # fmt: skip

    def _start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.{module}",
            "--scheduler-file",
            str(self.file),
            *words,
        ]
        paths = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        calm = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "10"}  # those killed here are innocent
        return subprocess.Popen(
            command,
            env={**os.environ, **paths, **calm},
            stdout=self.log,
            stderr=self.log,
            stdin=subprocess.DEVNULL,
        )

    @property
    def address(self) -> str:
        """Address of the scheduler, once it is there."""
        while True:
            try:
                return str(json.loads(self.file.read_text())["address"])
            except (OSError, ValueError):
                assert self.scheduler.poll() is None, "the scheduler has died"
                time.sleep(0.1)

    def kill_worker(self, rng: random.Random) -> None:
        """Kill one worker; its nanny starts another."""
        found = []
        for pid in children_of(self.workers.pid):
            try:
                if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text():
                    found.append(pid)
            except OSError:
                continue
        os.kill(rng.choice(found), signal.SIGKILL)

    def close(self) -> None:
        for process in (self.workers, self.scheduler):
            for pid in [*children_of(process.pid), process.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            process.wait()
        self.log.close()


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def after(run: Path, parts: int, act: Callable[[], None]) -> Iterator[None]:
    """Do something once a run has written so many parts."""
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            if len(list((run / "parts").glob("*.part"))) >= parts:
                act()
                return
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def worker(kills: str, folder: str) -> None:
    """Runs in which one of two workers is killed."""
    root, rng = Path(folder), random.Random(1)
    plain = play(root / "plain", futures=FUTURES).digest
    found: dict[str, Any] = {"killed": 0, "runs": 0, "equal": 0, "failed": 0}
    with cluster(root) as dask:
        while found["killed"] < int(kills):

            def kill() -> None:
                dask.kill_worker(rng)
                found["killed"] += 1

            with after(root / "run", rng.randint(1, 15), kill):
                done = play(
                    root / "run", FakeWorld(seconds=0.02), futures=FUTURES, batch=3, cluster=dask.address
                )
            found["runs"] += 1
            found["equal"] += done.digest == plain
            found["failed"] += len(done.failed)
            shutil.rmtree(root / "run")
    report(found)


def scheduler(kills: str, folder: str) -> None:
    """Runs whose scheduler is killed, then resumed on this machine alone."""
    root, rng = Path(folder), random.Random(2)
    plain = play(root / "plain", futures=FUTURES).digest
    found: dict[str, Any] = {"killed": 0, "stopped": 0, "told": 0, "kept": 0, "equal": 0}
    while found["killed"] < int(kills):
        with cluster(root) as dask:
            with after(root / "run", rng.randint(1, 12), dask.scheduler.kill):
                try:
                    play(
                        root / "run", FakeWorld(seconds=0.05), futures=FUTURES, batch=3, cluster=dask.address
                    )
                except Incomplete as stop:
                    found["stopped"] += 1
                    found["told"] += "scheduler" in str(stop) and "--resume" in str(stop)
            found["killed"] += 1
        found["kept"] += len(list((root / "run" / "parts").glob("*.part")))
        found["equal"] += play(root / "run", futures=FUTURES, resume=True).digest == plain
        shutil.rmtree(root / "run")
    report(found)


def towns(folder: str) -> None:
    """A shipped scenario on a cluster and here."""
    from afternext.ensemble.run import run

    root = Path(folder)
    how: dict[str, Any] = {"futures": 60, "seed": 7, "years": 0.5, "batch": 5}
    here = run("two-towns", out=root / "here", workers=1, **how)
    with cluster(root) as dask:
        there = run("two-towns", out=root / "there", cluster=dask.address, **how)
    report({"here": here.digest, "there": there.digest, "failed": len(there.failed)})


if __name__ == "__main__":
    {"worker": worker, "scheduler": scheduler, "towns": towns}[sys.argv[1]](*sys.argv[2:])
