"""Limits on one case: processor time by a timer of the kernel, memory by what the process has grown."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MOST_CPU = 20.0  # seconds of processor time for one case; load on the machine does not count
MOST_MEMORY = 3 * 2**30  # bytes of the process at any time, the test runner and compiled code with it


class TooLong(BaseException):
    """A case used up its time. Not an Exception, so that nothing under test swallows it."""


@dataclass
class Meter:
    """What cases have used.

    longest : seconds of processor time of the longest case        where : which one it was
    """

    longest: float = 0.0
    where: str = ""

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        """Run one case; TooLong is raised in it when its time is up."""
        signal.setitimer(signal.ITIMER_VIRTUAL, MOST_CPU)
        start = time.process_time()
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
            used = time.process_time() - start
            if used > self.longest:
                self.longest, self.where = used, name


@contextmanager
def timed() -> Iterator[Meter]:
    """Arm the timer around many cases."""

    def stop(*_: object) -> None:
        raise TooLong(f"more than {MOST_CPU:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        yield Meter()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def peak() -> int:
    """Bytes that this process had in memory at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
