"""Weights of futures in analyses: resamples, and futures set apart for scoring. See ensemble/weights.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.weights import Floats, effective, quantile, shares

__all__ = ["Floats", "effective", "parts", "quantile", "resamples", "shares"]

HELD_OUT = 0.4  # share of futures that score what the others choose


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
