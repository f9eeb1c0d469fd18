"""Switching from one course of action to another, read from futures of each: good days, dates, regret.

Future k is the same crisis under every course of action. What a switch from A to B on day t would bring is
read off both: A's days until B bites (t plus B's time of delivery), B's days after that, as if B had been
there all along. So what A does to the world before the switch is forgotten: the reading is exact only where
that leaves no trace, and it promises too much where help that comes late meets a worse world. `switched`
plays it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from afternext.foresight.weights import Floats, resamples

Bools = NDArray[np.bool_]
RANGE = (0.05, 0.95)
BOOTSTRAPS = 400


@dataclass(frozen=True)
class Counted:
    """Something that is true or not, or has a rate, on each output day, and its sum up to any day.

    A value on an output day stands for the days since the one before.

    rate : (S, F, D)        grid : (D,) output days        total : (S, F, D) sum of days up to each
    """

    grid: Floats
    rate: Floats
    total: Floats

    @classmethod
    def of(cls, rate: NDArray[np.generic], grid: NDArray[np.generic]) -> Counted:
        days = grid.astype(np.float64)
        values = rate.astype(np.float64)
        return cls(days, values, np.cumsum(values * np.diff(days, prepend=days[0]), axis=2))

    def until(self, strategy: int, day: Floats) -> Floats:
        """Sum up to a day of each future: (F,)."""
        day = np.clip(day, self.grid[0], self.grid[-1])
        k = np.clip(np.searchsorted(self.grid, day, "left"), 1, len(self.grid) - 1)
        row = np.arange(self.total.shape[1])
        before = self.grid[k - 1]
        return np.asarray(self.total[strategy, row, k - 1] + self.rate[strategy, row, k] * (day - before))

    def whole(self, strategy: int) -> Floats:
        """Sum over all days: (F,)."""
        return np.asarray(self.total[strategy, :, -1])

    def switched(self, source: int, target: int, bites: Floats) -> Floats:
        """Sum when `target` takes over on the day it bites, (F,); infinite: it never does."""
        bites = np.minimum(bites, self.grid[-1])
        return self.until(source, bites) + self.whole(target) - self.until(target, bites)


@dataclass(frozen=True)
class Dated:
    """A switch on a fixed date, over the dates that could be chosen.

    Attributes
    ----------
    days : (T,) candidate dates
    mean : (T,) mean of the score over futures
    best : index of the best date
    early, late : first and last candidate whose score these futures cannot tell from the best
    """

    days: tuple[int, ...]
    mean: Floats
    best: int
    early: int
    late: int

    @property
    def day(self) -> int:
        return self.days[self.best]


def date_switch(scores: Floats, days: tuple[int, ...], weights: Floats, seed: int = 0) -> Dated:
    """The best date of a switch, and the dates that are as good as far as these futures can tell.

    scores : (T, F), more is better. Dates count as good as the best when zero lies in the range of the paired
    difference over resamples of futures.
    """
    w = weights / weights.sum()
    mean = scores @ w
    best = int(np.argmax(mean))
    again = resamples(w, BOOTSTRAPS, seed)
    lost = (again @ (scores[best] - scores).T) / again.sum(1, keepdims=True)
    as_good = np.quantile(lost, RANGE[0], axis=0) <= 1e-9
    early = late = best
    while early > 0 and as_good[early - 1]:
        early -= 1
    while late < len(days) - 1 and as_good[late + 1]:
        late += 1
    return Dated(days, mean, best, early, late)


def regret(scores: Floats) -> Floats:
    """What each course falls short of the best one in the same future, in hindsight: (P, F)."""
    return np.asarray(scores.max(0, keepdims=True) - scores)


def paired(a: Floats, b: Floats, weights: Floats, seed: int = 0) -> tuple[float, float, float]:
    """Mean of a - b over the same futures, with its range over resamples: (mean, low, high)."""
    gap = a - b
    w = weights / weights.sum()
    again = resamples(w, BOOTSTRAPS, seed)
    low, high = np.quantile((again @ gap) / again.sum(1), RANGE)
    return float(gap @ w), float(low), float(high)
