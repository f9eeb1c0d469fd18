"""Who runs the batches: this process, a pool of processes that survives the death of any, or a cluster."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, Protocol

from afternext.ensemble.batch import Job, Report, Task, run_batch
from afternext.ensemble.parts import Failure, write_part
from afternext.ensemble.plan import Plan
from afternext.ensemble.worker import receive, send
from afternext.errors import Incomplete, UsageError

# A future that kills its worker this often, the last time alone in its batch, is given up and recorded.
DEATHS_OF_A_FUTURE = 3
# Workers that die one after the other before they are ready: the machine is at fault, not a future.
# Where some have started before there is more patience: it may be short of memory for a while.
DEATHS_AT_START = 3
DEATHS_AT_RESTART = 20
# A second worker costs about two seconds of imports; jobs shorter than this stay in one process.
SMALL_JOB = 8.0

# One thread a worker: the parallelism is over futures.
ONE_THREAD = {
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


class Executor(Protocol):
    """Runs what a plan hands out and reports each batch once its part is on disk."""

    @property
    def workers(self) -> int: ...

    def reports(
        self, job: Job, plan: Plan, task_of: Callable[[range], Task], tell: Callable[[int], None]
    ) -> Generator[Report]:
        """Run everything the plan has.

        task_of : makes the task of a range of futures
        tell    : called with the number of futures played since the last call, for the progress line
        """
        ...


class _Played:
    """Tells how many futures of a batch have been played since it was last asked."""

    def __init__(self, tell: Callable[[int], None], start: int) -> None:
        self._tell, self._at = tell, start

    def before(self, future: int) -> None:
        self._tell(future - self._at)
        self._at = future


class Serial:
    """Runs the batches one after the other in this process."""

    workers = 1

    def reports(
        self, job: Job, plan: Plan, task_of: Callable[[range], Task], tell: Callable[[int], None]
    ) -> Generator[Report]:
        plan.workers = 1
        while (futures := plan.take()) is not None:
            played = _Played(tell, futures.start)
            report = run_batch(job, task_of(futures), played.before)
            played.before(report.stop)
            plan.learn(report.stop - report.start, report.seconds)
            yield report


class _Worker:
    """The parent's end of one worker process."""

    def __init__(self, job: Job, inbox: queue.SimpleQueue[tuple[_Worker, str, Any]]) -> None:
        # The path is handed over, so that the worker finds the package and the world's class where we did.
        path = f"import sys; sys.path[:] = {json.dumps(sys.path)}"
        start = f"{path}; from afternext.ensemble.worker import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            start_new_session=True,  # Ctrl-C reaches the parent only
        )
        self.ready = False
        self.task: Task | None = None
        self.at = 0  # the future of its task that it has come to
        self._inbox = inbox
        threading.Thread(target=self._listen, daemon=True).start()
        self.give(job)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        try:
            while True:
                kind, content = receive(self.process.stdout)
                self._inbox.put((self, kind, content))
        except (EOFError, ValueError, OSError):
            self._inbox.put((self, "dead", None))

    def give(self, message: Job | Task) -> None:
        """Hand over the job or a task; a worker that is already dead is noticed by its listener."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            send(self.process.stdin, message)

    def epitaph(self) -> str:
        """How the process ended."""
        code = self.process.wait()
        if code < 0:
            with suppress(ValueError):
                return f"killed by {signal.Signals(-code).name}"
        return f"ended with code {code}"

    def close(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


class LocalPool:
    """Worker processes on this machine.

    Workers write their parts themselves. When one dies, another takes its place, and the batch is cut around
    the future it was playing: those before and after run as usual, that one runs alone. If it goes on to
    kill its worker, it is recorded as failed and the run goes on.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def reports(
        self, job: Job, plan: Plan, task_of: Callable[[range], Task], tell: Callable[[int], None]
    ) -> Generator[Report]:
        plan.workers = self.workers
        inbox: queue.SimpleQueue[tuple[_Worker, str, Any]] = queue.SimpleQueue()
        again: deque[Task] = deque()
        deaths: Counter[int] = Counter()
        deaths_at_start, patience = 0, DEATHS_AT_START
        workers = [_Worker(job, inbox) for _ in range(max(1, min(self.workers, plan.remaining)))]

        def give(worker: _Worker) -> None:
            if not again and (futures := plan.take()) is not None:
                again.append(task_of(futures))
            worker.task = again.popleft() if again else None
            if worker.task is not None:
                worker.at = worker.task.start
                worker.give(worker.task)

        try:
            while again or plan.remaining or any(worker.task for worker in workers):
                worker, kind, content = inbox.get()
                if kind == "ready":
                    worker.ready, deaths_at_start, patience = True, 0, DEATHS_AT_RESTART
                    give(worker)
                elif kind == "at":
                    tell(content - worker.at)
                    worker.at = content
                elif kind == "done":
                    tell(content.stop - worker.at)
                    plan.learn(content.stop - content.start, content.seconds)
                    give(worker)
                    yield content
                elif kind == "stopped":
                    raise Incomplete(f"a worker process had to stop: {content}")
                elif kind == "dead":
                    workers.remove(worker)
                    end = worker.epitaph()
                    worker.close()
                    if not worker.ready:
                        deaths_at_start += 1
                        if deaths_at_start >= patience:
                            raise Incomplete(
                                f"worker processes do not start ({end}); --workers 1 runs without them"
                            )
                    elif worker.task is not None:
                        task = worker.task
                        at = worker.at
                        tell(task.start - at)  # those played before the culprit were lost with it
                        deaths[at] += 1
                        if deaths[at] >= DEATHS_OF_A_FUTURE and task.stop - task.start == 1:
                            yield self._give_up(job, at, deaths[at], end)
                            tell(1)
                        else:
                            pieces = ((task.start, at), (at, at + 1), (at + 1, task.stop))
                            again.extend(task.cut(start, stop) for start, stop in pieces if stop > start)
                    if again or plan.remaining:
                        workers.append(_Worker(job, inbox))
                        self._wake(workers, give, again)
        finally:
            for worker in workers:
                worker.close()

    @staticmethod
    def _wake(workers: list[_Worker], give: Callable[[_Worker], None], again: deque[Task]) -> None:
        """Give what a dead worker left to workers that had run out of work."""
        for worker in workers:
            if again and worker.ready and worker.task is None:
                give(worker)

    @staticmethod
    def _give_up(job: Job, future: int, deaths: int, end: str) -> Report:
        failure = Failure(future, f"its worker process was {end} each of {deaths} times it was run")
        write_part(job.folder, job.key, future, future + 1, [], [failure], {})
        return Report(future, future + 1, 0.0, (failure,))


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def on_cluster(address: str, say: Callable[[str], None]) -> Executor:
    """The executor for a Dask cluster; raises UsageError without the extra that brings it."""
    try:
        from afternext.ensemble.cluster import Cluster
    except ImportError as error:
        raise UsageError(
            f"a cluster needs Dask ({error}); install it with `pip install 'afternext[dask]'`"
        ) from error
    return Cluster(address, say)


def choose(workers: int | None, plan: Plan) -> Executor:
    """The executor for what is left of a plan: as asked, or by the time it will take."""
    if workers is None:
        expected = (plan.seconds_per_future or 0.0) * plan.remaining
        workers = cores() if expected > SMALL_JOB else 1
    return Serial() if workers == 1 else LocalPool(workers)
