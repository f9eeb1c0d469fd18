"""How long something lasts across futures that end before all is over: the Kaplan-Meier estimator.

A future that ends while a strategy is still good enough says *at least so long*, not *so long*. Leaving such
futures out, or taking their end for the date of failure, would make every strategy look worse or shorter
than it is (Kaplan and Meier 1958). Ranges: Greenwood's variance on the log(-log) scale; dates by inverting
them (Brookmeyer and Crowley 1982).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from afternext.foresight.weights import Floats, effective

OUTSIDE = 0.05  # chance on each side of a range, as everywhere in foresight


@dataclass(frozen=True)
class Survival:
    """Share of futures in which something still lasts, day by day.

    Attributes
    ----------
    days : (E,) days on which it ended in some future, rising
    share, low, high : (E,) share in which it lasts beyond that day, and its range
    until : last day that is watched
    """

    days: Floats
    share: Floats
    low: Floats
    high: Floats
    until: float
    futures: float

    def at(self, day: float) -> tuple[float, float, float]:
        """Share in which it lasts beyond a day: (share, low, high)."""
        k = int(np.searchsorted(self.days, day, "right")) - 1
        if k < 0:  # it ended nowhere: as many futures without an end could still hide so many ends
            return 1.0, OUTSIDE ** (1.0 / max(self.futures, 1.0)), 1.0
        return float(self.share[k]), float(self.low[k]), float(self.high[k])

    def falls_below(self, share: float) -> tuple[float | None, float | None, float | None]:
        """First day on which it lasts in fewer than `share` of futures: (day, early, late); None: not in
        the days that are watched.
        """
        return (self._first(self.share, share), self._first(self.low, share), self._first(self.high, share))

    def _first(self, curve: Floats, share: float) -> float | None:
        below = np.flatnonzero(curve < share - 1e-12)
        return float(self.days[below[0]]) if len(below) else None

    def mean_until(self, day: float) -> float:
        """Mean days that it lasts, up to a day (restricted mean survival time)."""
        edges = np.concatenate([[0.0], np.clip(self.days, 0.0, day), [day]])
        return float((np.diff(edges) * np.concatenate([[1.0], self.share])).sum())


def survival(days: Floats, ended: NDArray[np.bool_], weights: Floats, until: float) -> Survival:
    """Kaplan-Meier estimate.

    Parameters
    ----------
    days : (F,) day on which it ended, or on which the future stopped being watched
    ended : (F,) whether it ended on that day
    weights : (F,) of futures; ranges take as many futures as carry as much (Kish)
    until : last day that is watched
    """
    count = effective(weights)
    w = weights / weights.sum() * count
    order = np.argsort(days, kind="stable")
    sorted_days, sorted_ended, w = days[order], ended[order], w[order]
    moments = np.unique(sorted_days[sorted_ended & (w > 0)])
    # Whoever is no longer watched on a day was still there when others ended on it.
    left = np.cumsum(w[::-1])[::-1]
    at_risk = left[np.searchsorted(sorted_days, moments, "left")]
    sums = np.concatenate([[0.0], np.cumsum(np.where(sorted_ended, w, 0.0))])
    ends = (
        sums[np.searchsorted(sorted_days, moments, "right")]
        - sums[np.searchsorted(sorted_days, moments, "left")]
    )
    share = np.cumprod(np.clip(1.0 - ends / at_risk, 0.0, 1.0))
    share[share < 1e-12] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(ends / (at_risk * np.maximum(at_risk - ends, 0.0))))
        half = norm.isf(OUTSIDE) * spread / np.abs(np.log(share))
        low, high = share ** np.exp(half), share ** np.exp(-half)
    gone = share <= 0.0
    low[gone] = 0.0
    # Where it ended everywhere, as many futures could still hide a few in which it lasts.
    high[gone] = 1.0 - OUTSIDE ** (1.0 / max(count, 1.0))
    high = np.minimum.accumulate(high)
    return Survival(moments, share, np.minimum.accumulate(low), high, until, count)


def lasting_end(
    good: NDArray[np.bool_], grid: NDArray[np.int64], lasting: int
) -> tuple[Floats, NDArray[np.bool_], float]:
    """First day from which something is not good for `lasting` days: (day or last watched day, ended, until).

    A lapse that heals sooner does not count. All futures are watched to the same day, `lasting` before their
    end: later lapses cannot show whether they last.

    good : (F, D)        grid : (D,) output days
    """
    until = float(grid[-1] - lasting)
    days = grid.astype(np.float64)
    # Day on which it is good again, from each output day on.
    again = np.where(good, days, np.inf)
    again = np.minimum.accumulate(again[:, ::-1], axis=1)[:, ::-1]
    lapsed = ~good & (again - days >= lasting) & (days <= until)
    ended = lapsed.any(1)
    first = np.where(ended, days[lapsed.argmax(1)], until).astype(np.float64)
    return first, np.asarray(ended), until
