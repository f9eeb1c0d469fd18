"""Robustness metrics: what one number says of a course of action over all futures.

Every metric is a function of losses (less is better), (S, F), of what is good enough, and of the weights of
futures, so that it can be taken over resamples too. Names and definitions follow McPhail et al. 2018
(Earth's Future 6), who collect them; the first source of each stands in its row. Metrics that compare courses
of action with each other (regret) depend on which are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from afternext.foresight.weights import Floats

OPTIMISM = 0.5  # of Hurwicz: weight of the best future
AVERSE = 1.0  # of mean-variance: standard deviations added to the mean
TAIL = 0.9  # of percentiles


@dataclass(frozen=True)
class Metric:
    """One metric.

    more : whether more of it is better, in losses
    unit : share of futures; measure, a value of the measure itself, told in its own direction; or distance,
        in the measure's unit
    of : losses (S, F), good enough, weights (B, F) -> (B, S)
    """

    id: str
    name: str
    more: bool
    unit: str
    meaning: str
    source: str
    of: Callable[[Floats, float, Floats], Floats]

    def better_more(self, more: bool) -> bool:
        """Whether more of it is better for a goal of which `more` is better or not."""
        return more if self.unit == "measure" else self.more


def _there(weights: Floats) -> Floats:
    """1 where a future counts at all, else nan: (B, F)."""
    return np.where(weights > 0, 1.0, np.nan)


def mean(losses: Floats, weights: Floats) -> Floats:
    """Weighted means, (B, S)."""
    return np.asarray((weights @ losses.T) / weights.sum(1, keepdims=True))


def percentile(losses: Floats, weights: Floats, q: float) -> Floats:
    """The loss that a share `q` of the weight does not exceed, (B, S); a loss that some future has."""
    out = np.empty((len(weights), len(losses)))
    for s, row in enumerate(losses):
        order = np.argsort(row, kind="stable")
        reached = np.cumsum(weights[:, order], axis=1)
        need = q * reached[:, -1:] * (1 - 1e-12)
        out[:, s] = row[order][np.minimum((reached < need).sum(1), len(row) - 1)]
    return out


def _extreme(losses: Floats, weights: Floats, worst: bool) -> Floats:
    there = weights > 0
    pick = np.max if worst else np.min
    fill = -np.inf if worst else np.inf
    return np.stack([pick(np.where(there, row, fill), axis=1) for row in losses], axis=1)


def regret(losses: Floats) -> Floats:
    """What each course of action loses against the best one in the same future, (S, F)."""
    return np.asarray(losses - losses.min(axis=0))


def _worst(losses: Floats, enough: float, weights: Floats) -> Floats:
    return _extreme(losses, weights, True)


def _best(losses: Floats, enough: float, weights: Floats) -> Floats:
    return _extreme(losses, weights, False)


def _hurwicz(losses: Floats, enough: float, weights: Floats) -> Floats:
    best, worst = _extreme(losses, weights, False), _extreme(losses, weights, True)
    return OPTIMISM * best + (1 - OPTIMISM) * worst


def _laplace(losses: Floats, enough: float, weights: Floats) -> Floats:
    return mean(losses, weights)


def _mean_variance(losses: Floats, enough: float, weights: Floats) -> Floats:
    middle = mean(losses, weights)
    spread = mean(losses**2, weights) - middle**2
    return np.asarray(middle + AVERSE * np.sqrt(np.maximum(spread, 0.0)))


def _tail(losses: Floats, enough: float, weights: Floats) -> Floats:
    return percentile(losses, weights, TAIL)


def _beyond(losses: Floats, enough: float, weights: Floats) -> Floats:
    """Mean of the worst tenth of the weight (expected shortfall)."""
    out = np.empty((len(weights), len(losses)))
    for s, row in enumerate(losses):
        order = np.argsort(-row, kind="stable")
        w = weights[:, order] / weights.sum(1, keepdims=True)
        reached = np.cumsum(w, axis=1)
        take = np.clip((1 - TAIL) - (reached - w), 0.0, w)
        out[:, s] = take @ row[order] / take.sum(1)
    return out


def _undesirable(losses: Floats, enough: float, weights: Floats) -> Floats:
    """Mean distance above the middle future, over the futures that are worse than it."""
    middle = percentile(losses, weights, 0.5)
    out = np.empty_like(middle)
    for s, row in enumerate(losses):
        over = np.maximum(row[None, :] - middle[:, s : s + 1], 0.0)
        worse = (over > 0) * weights
        total = worse.sum(1)
        out[:, s] = np.divide((worse * over).sum(1), total, out=np.zeros(len(weights)), where=total > 0)
    return out


def _worst_regret(losses: Floats, enough: float, weights: Floats) -> Floats:
    return _extreme(regret(losses), weights, True)


def _tail_regret(losses: Floats, enough: float, weights: Floats) -> Floats:
    return percentile(regret(losses), weights, TAIL)


def _mean_regret(losses: Floats, enough: float, weights: Floats) -> Floats:
    return mean(regret(losses), weights)


def _starr(losses: Floats, enough: float, weights: Floats) -> Floats:
    return mean((losses <= enough).astype(np.float64), weights)


def _short(losses: Floats, enough: float, weights: Floats) -> Floats:
    return mean(np.maximum(losses - enough, 0.0), weights)


METRICS: tuple[Metric, ...] = (
    Metric("good_enough", "good enough", True, "share", "share of futures in which the goal is met",
           "satisficing by domain, Starr 1963", _starr),
    Metric("mean", "mean", False, "measure", "mean over futures",
           "principle of insufficient reason, Laplace", _laplace),
    Metric("worst", "worst future", False, "measure", "the worst future (maximin)", "Wald 1950", _worst),
    Metric("best", "best future", False, "measure", "the best future (maximax)", "McPhail 2018", _best),
    Metric("hurwicz", "worst and best", False, "measure", "half way between worst and best future",
           "Hurwicz 1951, optimism 0.5", _hurwicz),
    Metric("worst_tenth", "nine in ten stay below", False, "measure",
           "value that nine of ten futures do not exceed", "percentile-based, McPhail 2018", _tail),
    Metric("beyond", "mean of the worst tenth", False, "measure", "mean of the worst tenth of the futures",
           "expected shortfall, Rockafellar and Uryasev 2000", _beyond),
    Metric("mean_variance", "mean and spread", False, "measure", "mean plus one standard deviation",
           "mean-variance, Markowitz 1952; Hamarat et al. 2014", _mean_variance),
    Metric("undesirable", "undesirable deviations", False, "distance",
           "mean distance to the middle future, over those worse than it", "Kwakkel et al. 2016",
           _undesirable),
    Metric("worst_regret", "worst regret", False, "distance",
           "largest loss against the best course in the same future (minimax regret)", "Savage 1954",
           _worst_regret),
    Metric("tail_regret", "regret, nine in ten", False, "distance",
           "regret that nine of ten futures do not exceed", "90th percentile minimax regret, Herman "
           "et al. 2015",
           _tail_regret),
    Metric("mean_regret", "mean regret", False, "distance",
           "mean loss against the best course in the same future", "expected regret, Savage 1954",
           _mean_regret),
    Metric("shortfall", "mean shortfall", False, "distance",
           "mean distance to good enough, 0 where it is met", "Simon 1956; goal programming", _short),
)  # fmt: skip
BY_ID = {metric.id: metric for metric in METRICS}


def scores(metric: Metric, losses: Floats, enough: float, weights: Floats) -> Floats:
    """One metric of losses (S, F) with weights (F,): (S,)."""
    return np.asarray(metric.of(losses, enough, weights[None, :])[0])


def first_in(metric: Metric, losses: Floats, enough: float, draws: Floats) -> Floats:
    """Share of resamples in which each course of action is best, ties shared: (S,).

    draws : (B, F) weights of resamples of the futures
    """
    found = metric.of(losses, enough, draws)
    top = found.max(1, keepdims=True) if metric.more else found.min(1, keepdims=True)
    winners = np.isclose(found, top, rtol=1e-12, atol=0.0).astype(np.float64)
    return np.asarray((winners / winners.sum(1, keepdims=True)).mean(0))


def holds_until(met: Floats, days: tuple[int, ...], weights: Floats, share: float = 0.5) -> list[int]:
    """Satisficing by horizon: the last of `days` up to which, at every one, the goal is met in at least this
    share of futures; 0 where it is not even at the first.

    met : (S, F, J)          weights : (F,)
    """
    shares = np.einsum("sfj,f->sj", met.astype(np.float64), weights / weights.sum())
    out = []
    for row in shares:
        held = 0
        for day, value in zip(days, row, strict=True):
            if value < share - 1e-12:
                break
            held = day
        out.append(held)
    return out


def pareto(losses: Floats) -> list[int]:
    """Rows that no other row beats: nowhere worse and somewhere better. losses : (S, criteria)"""
    kept = []
    for s, row in enumerate(losses):
        others = np.delete(losses, s, axis=0)
        if not ((others <= row).all(1) & (others < row).any(1)).any():
            kept.append(s)
    return kept
