"""Weights of futures in analyses: resamples, and futures set apart for scoring. See ensemble/weights.py."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.weights import Floats, effective, quantile, shares

__all__ = ["Floats", "effective", "parts", "quantile", "resamples", "shares"]

HELD_OUT = 0.4  # share of futures that score what the others choose


def resamples(weights: Floats, times: int, seed: int) -> Floats:
    """Weights of bootstrap resamples, (times, futures): as many futures drawn anew as there are, each
    counting by its weight. Rows sum to the number of futures.

    Futures are drawn evenly and weighed after: drawn by weight, 600 futures worth 45 would pass for 600.
    The same futures are drawn anew for thousands of differences, so the last few draws are kept; read only.
    """
    return _drawn(np.ascontiguousarray(weights, dtype=np.float64).tobytes(), times, seed)


@lru_cache(maxsize=4)
def _drawn(weights: bytes, times: int, seed: int) -> Floats:
    given = np.frombuffer(weights, dtype=np.float64)
    count = len(given)
    found = np.random.default_rng(seed).multinomial(count, np.full(count, 1.0 / count), size=times)
    weighed = found * (given / given.max())
    total = weighed.sum(1, keepdims=True)
    weighed = np.where(total > 0.0, weighed, given)  # nothing that counts was drawn: all as they are
    weighed *= count / weighed.sum(1, keepdims=True)
    weighed.flags.writeable = False
    return np.asarray(weighed)


def parts(futures: int, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Futures that choose rules, and futures that score them."""
    order = np.random.default_rng(seed).permutation(futures)
    scoring = np.zeros(futures, dtype=bool)
    scoring[order[: round(HELD_OUT * futures)]] = True
    return ~scoring, scoring
