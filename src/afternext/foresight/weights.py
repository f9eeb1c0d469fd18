"""Weights of futures: how much each counts. Without weights every future counts the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from afternext.errors import UsageError

Floats = NDArray[np.float64]

HELD_OUT = 0.4  # share of futures that score what the others choose


def shares(weights: Floats | None, futures: int) -> Floats:
    """Weights that sum to 1; equal ones where none are given."""
    if weights is None:
        return np.full(futures, 1.0 / max(futures, 1))
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (futures,):
        raise UsageError(f"{given.size} weights for {futures} futures: give one weight a future")
    if not np.isfinite(given).all() or (given < 0).any() or given.sum() <= 0:
        raise UsageError("weights of futures are finite and not negative, and some are above zero")
    return np.asarray(given / given.sum())


def effective(weights: Floats) -> float:
    """Number of equally weighted futures that would carry as much: 1 / sum of squared shares (Kish 1965)."""
    return float(1.0 / np.square(weights / weights.sum()).sum())


def quantile(values: Floats, weights: Floats, q: float) -> float:
    """The smallest value that a share `q` of the weight does not exceed: a value that some future reached."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = int(np.searchsorted(reached, q * reached[-1] * (1 - 1e-12)))
    return float(values[order[min(at, len(order) - 1)]])


def resamples(weights: Floats, times: int, seed: int) -> Floats:
    """Weights of bootstrap resamples, (times, futures): as many futures drawn anew as there are."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.multinomial(len(weights), weights / weights.sum(), size=times), dtype=np.float64)


def parts(futures: int, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Futures that choose rules, and futures that score them."""
    order = np.random.default_rng(seed).permutation(futures)
    scoring = np.zeros(futures, dtype=bool)
    scoring[order[: round(HELD_OUT * futures)]] = True
    return ~scoring, scoring
