"""Exact inverse CDFs: one uniform number (a sampled coordinate) gives one value, truncation included."""

from __future__ import annotations

import math
from functools import singledispatch
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from afternext.scenario.distributions import (
    Continuous,
    Distribution,
    Lognormal,
    Normal,
    Options,
    Range,
    Triangular,
    Uncertain,
    Uniform,
    normal_cdf,
)

Floats: TypeAlias = NDArray[np.float64]

SMALLEST_U = 2.0**-53  # keeps normal tails finite at u = 0 and u = 1


def quantile(distribution: Distribution, u: float | Floats) -> float | Floats:
    """Return the value below which a share ``u`` (0-1) of a distribution lies."""
    uniform = np.asarray(u, dtype=np.float64)
    if not bool(np.all((uniform >= 0.0) & (uniform <= 1.0))):
        raise ValueError("u must lie between 0 and 1")
    values = _inverse(distribution, uniform)
    return float(values) if uniform.ndim == 0 else values


@singledispatch
def _inverse(distribution: Distribution, u: Floats) -> Floats:
    raise TypeError(f"{type(distribution).__name__} has no quantiles")


@_inverse.register
def _triangular(distribution: Triangular, u: Floats) -> Floats:
    low, mode, high = distribution.numbers()
    p = _cut(distribution, u)
    rising = low + np.sqrt(p * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - p) * (high - low) * (high - mode))
    return _clip(distribution, np.where(p < (mode - low) / (high - low), rising, falling))


@_inverse.register
def _uniform(distribution: Uniform, u: Floats) -> Floats:
    low, high = distribution.numbers()
    return _clip(distribution, low + _cut(distribution, u) * (high - low))


@_inverse.register
def _normal(distribution: Normal, u: Floats) -> Floats:
    return _clip(distribution, distribution.mean + distribution.sd * _normal_scores(distribution, u))


@_inverse.register
def _lognormal(distribution: Lognormal, u: Floats) -> Floats:
    logs = math.log(distribution.median) + distribution.sd * _normal_scores(distribution, u)
    return _clip(distribution, np.exp(logs))


@_inverse.register
def _range(distribution: Range, u: Floats) -> Floats:
    low, high = distribution.bounds
    return np.clip(low + u * (high - low), low, high)


@_inverse.register
def _options(distribution: Options, u: Floats) -> Floats:
    index = np.minimum(np.floor(u * len(distribution.options)), len(distribution.options) - 1.0)
    if distribution.words:
        return index
    return np.asarray(distribution.options, dtype=np.float64)[index.astype(np.intp)]


@_inverse.register
def _uncertain(distribution: Uncertain, u: Floats) -> Floats:
    raise LookupError(f"sample the uncertainty {distribution.name!r} of the scenario and multiply by times")


def _cut(distribution: Continuous, u: Floats) -> Floats:
    """Map u onto the part of the CDF that truncation leaves."""
    if distribution.within is None:
        return u
    below, above = distribution.cdf(distribution.within[0]), distribution.cdf(distribution.within[1])
    return below + u * (above - below)


def _clip(distribution: Continuous, x: Floats) -> Floats:
    return np.clip(x, *distribution.bounds)


def _normal_scores(distribution: Normal | Lognormal, u: Floats) -> Floats:
    """Standard normal quantiles between the scores of the truncation."""
    low, high = distribution.within or distribution.support
    return _normal_between(u, distribution.score(low), distribution.score(high))


def _normal_between(u: Floats, low: float, high: float) -> Floats:
    """Quantile of a standard normal cut to [low, high]; the upper tail is mirrored to keep its digits."""
    if low > 0.0:
        return -_normal_between(1.0 - u, -high, -low)
    from scipy.special import ndtri  # late: the import costs more than reading a scenario

    below, above = normal_cdf(low), normal_cdf(high)
    p = below + u * (above - below)
    return np.asarray(ndtri(np.clip(p, SMALLEST_U, 1.0 - SMALLEST_U)))
