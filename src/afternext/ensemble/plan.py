"""Which futures are still to be run, and in batches of what size."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

# Seconds of a batch: long enough that starting it costs nothing, short enough that a kill loses little.
SHORTEST = 1.0
LONGEST = 15.0
# Batches a worker still gets before the end, so that the last ones finish together.
ROUNDS_LEFT = 3
# Memory of the arrays of one batch.
MOST_BYTES = 64 * 2**20


class Plan:
    """Hands out ranges of futures.

    missing          : ranges to be run
    batch            : futures a batch, or None to find the size from the time measured
    bytes_per_future : size of the arrays of one future, which bounds the batch
    """

    def __init__(self, missing: Iterable[range], batch: int | None, bytes_per_future: int) -> None:
        self._gaps = deque(missing)
        self._batch = batch
        self._most = max(1, MOST_BYTES // max(1, bytes_per_future))
        self._timed = 0
        self._seconds = 0.0
        self.workers = 1

    @property
    def remaining(self) -> int:
        """Futures not handed out yet."""
        return sum(len(gap) for gap in self._gaps)

    @property
    def seconds_per_future(self) -> float | None:
        """Mean time of a future on one core, once measured."""
        return self._seconds / self._timed if self._timed else None

    def learn(self, futures: int, seconds: float) -> None:
        """Note how long a batch took."""
        self._timed += futures
        self._seconds += seconds

    def size(self) -> int:
        """Futures in the next batch; one until a time has been measured."""
        if self._batch is not None:
            return self._batch
        if not self._timed:
            return 1
        each = max(self._seconds / self._timed, 1e-6)
        share = self.remaining * each / self.workers / ROUNDS_LEFT
        return max(1, min(int(min(max(share, SHORTEST), LONGEST) / each), self._most))

    def take(self) -> range | None:
        """The next range of futures, or None when all have been handed out."""
        if not self._gaps:
            return None
        size = self.size()
        gap = self._gaps.popleft()
        if len(gap) > size:
            self._gaps.appendleft(gap[size:])
        return gap[:size]
