"""Proper scores of forecasts, lower is better, and how far forecasts are calibrated.

Own formulas, so that scoring starts at once; the tests hold each against the package scoringrules.

Sources: Brier 1950; Good 1952 (log); Epstein 1969 (RPS); Matheson and Winkler 1976 and Laio and Tamea 2007
(CRPS, from equally likely quantiles); Bosse et al. 2023 (log1p scale); Gneiting and Raftery 2007 (interval
score); Broecker and Smith 2007 (consistency bars); Kish 1965 (design effect).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.errors import UsageError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL = 0.8  # share of the interval whose coverage is told
BINS = 10
TIMES = 2000  # resamples
RANGE = (0.05, 0.95)
FEWEST_CLUSTERS = 3  # below it a resampled interval would only look like knowledge


def brier(p: Floats | float, outcome: Floats | float) -> Floats:
    """Squared distance of a probability and what happened (0 or 1); 0 to 1."""
    return np.asarray((np.asarray(p, dtype=np.float64) - outcome) ** 2)


def log_score(p: Floats | float, outcome: Floats | float) -> Floats:
    """Surprise at what happened, in nats: -ln of the probability given to it. p lies strictly within 0-1."""
    p = np.asarray(p, dtype=np.float64)
    if ((p <= 0) | (p >= 1)).any():
        raise UsageError("a log score needs probabilities above 0 and below 1: floor them first")
    return np.asarray(-np.log(np.where(np.asarray(outcome) > 0.5, p, 1.0 - p)))


def brier_of_classes(p: Floats, outcome: int) -> float:
    """Brier score of unordered classes, halved so that it is the ordinary one for two classes; 0 to 1."""
    hit = np.zeros(len(p))
    hit[outcome] = 1.0
    return float(0.5 * ((p - hit) ** 2).sum())


def rps(p: Floats, outcome: int) -> float:
    """Ranked probability score of ordered classes, over their number less one; 0 to 1."""
    hit = np.zeros(len(p))
    hit[outcome] = 1.0
    gaps = np.cumsum(p - hit)[:-1]
    return float((gaps**2).sum() / max(len(p) - 1, 1))


def crps(quantiles: Floats, outcome: Floats | float) -> Floats:
    """Continuous ranked probability score of equally likely values (last axis), in the unit of the outcome.

    E|X - y| - E|X - X'| / 2 over the values as they stand: they are quantiles at (k - 0.5) / K, a finished
    distribution, so nothing is corrected for a small sample.
    """
    x = np.sort(np.asarray(quantiles, dtype=np.float64), axis=-1)
    k = x.shape[-1]
    distance = np.abs(x - np.asarray(outcome, dtype=np.float64)[..., None]).mean(axis=-1)
    weight = 2 * np.arange(1, k + 1) - k - 1
    return np.asarray(distance - (weight * x).sum(axis=-1) / k**2)


def crps_log1p(quantiles: Floats, outcome: Floats | float) -> Floats:
    """CRPS on the scale ln(1 + x): a factor off counts alike for small and large numbers."""
    return crps(np.log1p(np.maximum(quantiles, 0.0)), np.log1p(np.asarray(outcome, dtype=np.float64)))


def crps_of_time(days: Floats, outcome: float, last: int) -> float:
    """CRPS of a day of an event that is watched for `last` days, as a share of them; 0 to 1.

    Never is a value beyond the last day: the integral ends there, so never-by-then is an outcome of its own.

    days : equally likely days, infinite for never        outcome : the day, infinite for never
    """
    seen = np.minimum(days, float(last))
    return float(crps(seen, np.float64(min(outcome, float(last)))) / last)


def interval_score(low: Floats | float, high: Floats | float, outcome: Floats | float) -> Floats:
    """Width of the 80 % interval and a penalty of 10 times the miss, in the unit of the outcome."""
    alpha = 1.0 - LEVEL
    low, high, y = (np.asarray(a, dtype=np.float64) for a in (low, high, outcome))
    return np.asarray(
        high - low + 2 / alpha * np.maximum(low - y, 0.0) + 2 / alpha * np.maximum(y - high, 0.0)
    )


def interval(quantiles: Floats) -> tuple[Floats, Floats]:
    """The 80 % interval of equally likely values (last axis)."""
    x = np.sort(np.asarray(quantiles, dtype=np.float64), axis=-1)
    k = x.shape[-1]
    tail = (1.0 - LEVEL) / 2.0
    return x[..., int(np.floor(tail * k))], x[..., int(np.ceil((1.0 - tail) * k)) - 1]


def pit(quantiles: Floats, outcome: float) -> float:
    """Share of a forecast at or below what happened, ties halved: uniform over questions if calibrated."""
    x = np.asarray(quantiles, dtype=np.float64)
    return float((x < outcome).mean() + 0.5 * (x == outcome).mean())


@dataclass(frozen=True)
class Reliability:
    """How often things happened that were forecast with some probability.

    Attributes
    ----------
    forecast, observed : (bin,) mean probability, and share that came true
    count : (bin,) forecasts
    low, high : (bin,) where 90 of 100 shares would lie if every forecast were right
    """

    forecast: Floats
    observed: Floats
    count: Ints
    low: Floats
    high: Floats

    def to_dict(self) -> list[dict[str, Any]]:
        return [
            {
                "forecast": round(float(self.forecast[k]), 6),
                "observed": round(float(self.observed[k]), 6),
                "count": int(self.count[k]),
                "consistent": [round(float(self.low[k]), 6), round(float(self.high[k]), 6)],
            }
            for k in range(len(self.count))
        ]


def reliability(p: Floats, outcome: Floats, *, bins: int = BINS, seed: int = 0) -> Reliability:
    """Bins of equal width with consistency bars: outcomes drawn anew from the forecasts themselves.

    The bars take the questions as independent; questions of one crisis are not, so true bars are wider.
    """
    p, outcome = np.asarray(p, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    used = np.unique(place)
    rng = np.random.default_rng(seed)
    rows = []
    for one in used:
        own = p[place == one]
        drawn = (rng.random((TIMES, len(own))) < own).mean(axis=1)
        low, high = np.quantile(drawn, RANGE)
        rows.append((own.mean(), outcome[place == one].mean(), len(own), low, high))
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    return Reliability(
        np.array(columns[0], dtype=np.float64), np.array(columns[1], dtype=np.float64),
        np.array(columns[2], dtype=np.int64),
        np.array(columns[3], dtype=np.float64), np.array(columns[4], dtype=np.float64),
    )  # fmt: skip


@dataclass(frozen=True)
class Skill:
    """One forecast against one baseline: 1 is perfect, 0 as good, below 0 worse.

    low, high : resampled range, None where there are too few clusters to say
    """

    skill: float | None
    low: float | None
    high: float | None
    score: float
    baseline: float

    def to_dict(self) -> dict[str, float | None]:
        found = {
            "skill": self.skill,
            "low": self.low,
            "high": self.high,
            "score": self.baseline,
        }
        return {key: None if value is None else round(value, 6) for key, value in found.items()}


def skill(score: Floats, baseline: Floats, clusters: Ints, *, seed: int = 0) -> Skill:
    """1 - mean score / mean score of the baseline, with a range from resampling whole clusters.

    clusters : (question,) which of them share their fate, such as towns of one area
    """
    mean, other = float(score.mean()), float(baseline.mean())
    found = 1.0 - mean / other if other > 0 else None
    kinds, group = np.unique(clusters, return_inverse=True)
    if found is None or len(kinds) < FEWEST_CLUSTERS:
        return Skill(found, None, None, mean, other)
    mine, theirs = np.bincount(group, score), np.bincount(group, baseline)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(kinds), np.full(len(kinds), 1.0 / len(kinds)), size=TIMES).astype(np.float64)
    sizes = np.maximum(drawn @ np.bincount(group), 1.0)
    # Relative to the baseline's mean over all questions: resamples in which it is almost right would explode.
    low, high = np.quantile(drawn @ (theirs - mine) / sizes / other, RANGE)
    return Skill(found, float(low), float(high), mean, other)


def effective_questions(score: Floats, clusters: Ints) -> float:
    """Independent questions that carry as much: n / (1 + (m - 1) rho), by the correlation within clusters."""
    n = len(score)
    kinds, group = np.unique(clusters, return_inverse=True)
    sizes = np.bincount(group)
    if len(kinds) < 2 or n <= len(kinds) or score.std() == 0:
        return float(len(kinds))
    means = np.bincount(group, score) / sizes
    within = float(((score - means[group]) ** 2).sum()) / (n - len(kinds))
    between = float((sizes * (means - score.mean()) ** 2).sum()) / (len(kinds) - 1)
    m = (n - (sizes**2).sum() / n) / (len(kinds) - 1)
    rho = max((between - within) / (between + (m - 1) * within), 0.0) if between + within > 0 else 1.0
    return float(n / (1.0 + (m - 1.0) * rho))
