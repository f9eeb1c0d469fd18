"""Batches on the workers of a Dask cluster, which write their parts straight to shared storage.

The scheduler carries tasks (a range of futures and their rows of experiments) and short reports, never
results. What a worker needs once, the compiled crisis, travels as a plugin, so a worker that joins later or
takes the place of a dead one has it too. Whoever dies, what was written stays: a resumed run lists the parts.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent import futures
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import distributed

from afternext.ensemble.batch import Job, Report, Task, run_batch, what_happened
from afternext.ensemble.parts import BadPart, Failure, open_part, part_name, write_part
from afternext.ensemble.plan import Plan
from afternext.errors import Incomplete, UsageError

# Batches a worker has in hand: one at work and one waiting, so that it never waits for the scheduler.
IN_HAND = 2
# Seconds: to find the scheduler, between two looks at the cluster, between two words about waiting.
CONNECT = 20.0
LOOK = 1.0
SPEAK = 60.0
# Seconds until a file that a worker has written must be seen here; NFS caches a listing for up to a minute.
SEEN_WITHIN = 90.0

# Dask is typed in part only.
dask: Any = distributed

_jobs: dict[str, Job] = {}
_warm: set[str] = set()


@dataclass(frozen=True)
class Answer:
    """What a worker sends back: a report, or why it had to stop, and on what machine it runs."""

    report: Report | None
    stopped: str
    machine: str


class Carrier(distributed.WorkerPlugin):
    """Brings the job to every worker, those that join later included."""

    def __init__(self, job: Job, build: str) -> None:
        self.name = f"afternext-{job.key}"
        self.job = job
        self.build = build

    def setup(self, worker: Any) -> None:
        _jobs[self.name] = self.job

    def teardown(self, worker: Any) -> None:
        _jobs.pop(self.name, None)
        _warm.discard(self.name)


def build() -> str:
    """Version of afternext and of the sources of the model; it must be the same on both ends."""
    from afternext import __version__
    from afternext.world.cache import sources_hash

    return f"{__version__}+{sources_hash()[:12]}"


def machine() -> str:
    """What the last bit of a result may depend on: processor and versions."""
    import platform

    import llvmlite.binding
    import numba
    import numpy as np

    processor = llvmlite.binding.get_host_cpu_name()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, Numba {numba.__version__}"
    return f"{platform.machine()} {processor}, {versions}"


def play_on_worker(name: str, wanted: str, task: Task) -> Answer:
    """Play one batch on a worker; what went wrong comes back as words."""
    import socket

    host = socket.gethostname()
    if build() != wanted:
        return Answer(None, f"{host} has afternext {build()}, this is {wanted}", machine())
    job = _jobs[name]
    if not job.folder.is_dir():
        return Answer(None, f"{host} does not see {job.folder}: is it on shared storage?", machine())
    try:
        if name not in _warm:
            job.world.warm_up()
            _warm.add(name)
        return Answer(run_batch(job, task), "", machine())
    except Exception as error:  # a full disk, no memory, a folder that is gone
        return Answer(None, f"{what_happened(error)} on {host}", machine())


class Cluster:
    """Workers of a Dask cluster, by the address of its scheduler.

    A worker that dies is replaced by Dask, and its batches are played by others. A batch whose workers die
    again and again is cut in halves until a single future is left, which is recorded as failed.

    say : told once of what a person should know
    """

    workers = 1

    def __init__(self, address: str, say: Callable[[str], None]) -> None:
        self.address = address
        self._say = say
        self._machines: set[str] = set()

    def reports(
        self, job: Job, plan: Plan, task_of: Callable[[range], Task], tell: Callable[[int], None]
    ) -> Generator[Report]:
        try:
            client = dask.Client(self.address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {self.address} ({error}); start one with `dask scheduler`"
            ) from error
        carrier = Carrier(job, build())
        try:
            client.register_plugin(carrier)
            yield from self._drive(client, carrier, plan, task_of, tell)
        finally:
            with suppress(Exception):  # the scheduler may be gone; nothing of the run is in it
                client.unregister_worker_plugin(carrier.name)
            with suppress(Exception):
                client.close(timeout=2)

    def _drive(
        self,
        client: Any,
        carrier: Carrier,
        plan: Plan,
        task_of: Callable[[range], Task],
        tell: Callable[[int], None],
    ) -> Generator[Report]:
        running: dict[Any, Task] = {}
        again: deque[Task] = deque()
        looked, spoke = -LOOK, time.monotonic()
        try:
            while running or again or plan.remaining:
                if time.monotonic() - looked >= LOOK:
                    looked = time.monotonic()
                    self.workers = plan.workers = max(1, self._threads(client))
                room = IN_HAND * self.workers - len(running)
                for task in _next(again, plan, task_of, room):
                    running[client.submit(play_on_worker, carrier.name, carrier.build, task, pure=False)] = (
                        task
                    )
                self._wait(client, list(running))
                done = [future for future in running if future.done()]
                if done:
                    spoke = time.monotonic()
                elif time.monotonic() - spoke > SPEAK:
                    spoke = time.monotonic()
                    self._say(f"{self._threads(client)} workers at {self.address}; waiting for their parts")
                for future in done:
                    task = running.pop(future)
                    report = self._outcome(future, task, carrier.job, again)
                    if report is not None:
                        tell(report.stop - report.start)
                        plan.learn(report.stop - report.start, report.seconds)
                        yield report
        finally:
            with suppress(Exception):
                client.cancel(list(running), force=True)

    def _wait(self, client: Any, running: list[Any]) -> None:
        """Wait a moment for the first of some tasks; raises Incomplete when the scheduler is gone."""
        try:
            with suppress(TimeoutError), client.as_current():
                dask.wait(running, timeout=LOOK, return_when="FIRST_COMPLETED")
        except (futures.CancelledError, asyncio.CancelledError, OSError) as error:
            raise Incomplete(f"the scheduler at {self.address} is gone") from error

    def _threads(self, client: Any) -> int:
        """Threads of all workers; raises Incomplete when the scheduler is gone."""
        try:
            if client.status != "running":
                raise OSError(f"the client is {client.status}")
            return sum(client.nthreads().values())
        except (OSError, ValueError, RuntimeError, TimeoutError) as error:
            raise Incomplete(f"the scheduler at {self.address} is gone") from error

    def _outcome(self, future: Any, task: Task, job: Job, again: deque[Task]) -> Report | None:
        """The report of a batch that has ended; None if it must be played again, whole or in halves."""
        if future.status == "cancelled" or future.status == "lost":
            raise Incomplete(f"the scheduler at {self.address} is gone")
        if future.status == "error":
            error = future.exception()
            if not isinstance(error, dask.KilledWorker):
                raise Incomplete(f"a worker had to stop: {what_happened(error)}")
            if task.stop - task.start == 1:
                failure = Failure(task.start, "the workers that played it died, one after the other")
                write_part(job.folder, job.key, task.start, task.stop, [], [failure], {})
                return Report(task.start, task.stop, 0.0, (failure,))
            middle = (task.start + task.stop) // 2
            again.extend((task.cut(task.start, middle), task.cut(middle, task.stop)))
            return None
        answer: Answer = future.result()
        if answer.report is None:
            raise Incomplete(f"a worker had to stop: {answer.stopped}")
        self._compare(answer.machine)
        _await_part(job, task)
        return answer.report

    def _compare(self, machine_of_worker: str) -> None:
        """Say it once when workers differ in what the last bit of a result may depend on."""
        if machine_of_worker not in self._machines:
            self._machines.add(machine_of_worker)
            if len(self._machines) > 1:
                names = "; ".join(sorted(self._machines))
                self._say(f"workers differ, so the digest may differ from that of one machine: {names}")


def _next(again: deque[Task], plan: Plan, task_of: Callable[[range], Task], most: int) -> Generator[Task]:
    """Up to `most` tasks: those to be played again first."""
    for _ in range(most):
        if again:
            yield again.popleft()
        elif (futures := plan.take()) is not None:
            yield task_of(futures)
        else:
            return


def _await_part(job: Job, task: Task) -> None:
    """Wait until a part that a worker has written is seen here; raises Incomplete if it is never."""
    path = job.folder / part_name(job.key, task.start, task.stop)
    until = time.monotonic() + SEEN_WITHIN
    while True:
        try:
            open_part(path, job.key)
            return
        except BadPart as bad:
            if time.monotonic() > until:
                raise Incomplete(
                    f"a worker wrote {path.name}, but it is not seen here ({bad}): is {job.folder} shared?"
                ) from bad
        time.sleep(0.2)
