"""Quantiles over futures, and the rule about how many futures a tail needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from afternext.ensemble.weights import Floats, effective, shares

# Arrays above this size are taken piece by piece along their second axis.
BLOCK_BYTES = 256 * 2**20


def needed(q: float) -> int:
    """Futures that a quantile needs, so that one lies in the tail it cuts off: 20 for 0.05 or 0.95."""
    tail = min(q, 1.0 - q)
    # The middle and the two ends cut off no tail: one future has them all.
    return math.ceil(1.0 / tail - 1e-9) if 0.0 < tail < 0.5 else 1


def carried(q: float, futures: float) -> bool:
    """Whether so many futures, or weights worth so many equal ones, can carry a quantile."""
    return futures >= needed(q) - 1e-6


def rank(q: float, futures: int) -> int:
    """Place of a quantile in the sorted futures: the smallest value that a share `q` does not exceed."""
    return min(max(math.ceil(q * futures - 1e-9), 1), futures) - 1


def _sorted_at(values: NDArray[Any], ranks: Sequence[int]) -> Floats:
    # Twice as fast as np.quantile and without interpolation: each number was reached by some future.
    return np.sort(values, axis=0)[list(ranks)].astype(np.float64)


def _weighted_at(values: NDArray[Any], qs: Sequence[float], weights: Floats) -> Floats:
    """Smallest value that a share `q` of the weight does not exceed, column by column."""
    flat = values.reshape(len(values), -1)
    order = np.argsort(flat, axis=0, kind="stable")
    reached = np.cumsum(weights[order], axis=0)
    found = np.empty((len(qs), flat.shape[1]))
    columns = np.arange(flat.shape[1])
    for i, q in enumerate(qs):
        below = (reached < q * reached[-1] * (1 - 1e-12)).sum(axis=0)
        found[i] = flat[order[np.minimum(below, len(flat) - 1), columns], columns]
    return found.reshape(len(qs), *values.shape[1:])


def at_quantile(values: NDArray[Any], q: float, weights: Floats | None = None) -> Floats:
    """One quantile over futures (axis 0) of a plain array; NaN where the futures cannot carry it."""
    share = None if weights is None else shares(weights, len(values))
    if not carried(q, len(values) if share is None else effective(share)):
        return np.full(values.shape[1:], np.nan)
    if share is None:
        at = rank(q, len(values))
        return np.asarray(np.partition(values, at, axis=0)[at], dtype=np.float64)
    return np.asarray(_weighted_at(values, [q], share)[0])


def over_futures(array: xr.DataArray, qs: Sequence[float], weights: Floats | None = None) -> xr.DataArray:
    """Quantiles of a measure over its futures: dims (quantile, ...), float64.

    A quantile that the number of futures cannot carry is NaN and listed in `attrs["too_few_futures"]`. With
    weights, (future,), their effective number counts (Kish 1965).
    """
    qs = [float(q) for q in qs]
    if any(not 0.0 <= q <= 1.0 for q in qs):
        raise ValueError(f"quantiles lie between 0 and 1, not {qs}")
    array = array.transpose("future", ...)
    futures = array.sizes["future"]
    rest = array.shape[1:]
    result = np.full((len(qs), *rest), np.nan)
    share = shares(weights, futures) if weights is not None and futures else None
    worth = float(futures) if share is None else effective(share)
    good = [i for i, q in enumerate(qs) if futures and carried(q, worth)]
    ranks = [rank(qs[i], futures) for i in good]

    def at(values: NDArray[Any]) -> Floats:
        if share is None:
            return _sorted_at(values, ranks)
        return _weighted_at(values, [qs[i] for i in good], share)

    if good and rest:
        rows = (
            max(1, BLOCK_BYTES // max(1, array.nbytes // rest[0])) if array.nbytes > BLOCK_BYTES else rest[0]
        )
        for start in range(0, rest[0], rows):
            block = array[:, start : start + rows].values
            result[good, start : start + rows] = at(block)
    elif good:
        result[good] = at(array.values)
    dims = array.dims[1:]
    coords = {name: coord for name, coord in array.coords.items() if "future" not in coord.dims}
    attrs = dict(array.attrs)
    short = [q for q in qs if not carried(q, worth)]
    if short:
        attrs["too_few_futures"] = short
    return xr.DataArray(
        result, dims=("quantile", *dims), coords={"quantile": qs, **coords}, name=array.name, attrs=attrs
    )
