"""Differences between two courses of action on the same futures, and how many futures tell them apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm, t

from afternext.foresight.weights import Floats, effective

LEVEL = 0.95
POWER = 0.8
MOST_NEEDED = 10_000_000  # beyond that nobody runs them: told as never


@dataclass(frozen=True)
class Paired:
    """The mean difference `a - b` over futures, in their unit.

    low, high : interval of the mean, at `level`          better : share of futures in which a is below b
    needed : futures at which a difference of this size shows in four of five tries; None if there is none
    """

    mean: float
    low: float
    high: float
    better: float
    needed: int | None
    level: float

    @property
    def beyond_noise(self) -> bool:
        """Whether the interval of the mean leaves out zero."""
        return self.low > 0 or self.high < 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "difference": self.mean, "low": self.low, "high": self.high, "level": round(self.level, 4),
            "less_in_share_of_futures": round(self.better, 4), "beyond_noise": self.beyond_noise,
            "futures_needed": self.needed,
        }  # fmt: skip


def paired(a: Floats, b: Floats, weights: Floats, tests: int = 1) -> Paired:
    """Compare two courses of action future by future.

    a, b : (F,) of the same futures          weights : (F,)
    tests : comparisons made together; the level of each is raised so that all hold at 95 % (Bonferroni)
    """
    share = weights / weights.sum()
    d = a - b
    middle = float(share @ d)
    count = effective(share)
    level = 1 - (1 - LEVEL) / max(tests, 1)
    below = float(share @ (d < 0))
    if count <= 1:
        return Paired(middle, -math.inf, math.inf, below, None, level)
    variance = float(share @ np.square(d - middle)) * count / (count - 1)
    half = float(t.ppf(0.5 + level / 2, count - 1)) * math.sqrt(variance / count)
    return Paired(middle, middle - half, middle + half, below, needed(middle, variance, level), level)


def needed(difference: float, variance: float, level: float = LEVEL, power: float = POWER) -> int | None:
    """Futures at which a mean difference shows: (z_level + z_power)^2 variance / difference^2."""
    if difference == 0:
        return None
    if variance == 0:
        return 2
    z = float(norm.ppf(0.5 + level / 2) + norm.ppf(power))
    count = math.ceil(z * z * variance / difference**2)
    return max(2, count) if count <= MOST_NEEDED else None
