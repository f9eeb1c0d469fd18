"""Quantiles over futures, and the rule about how many futures a tail needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

# Arrays above this size are taken piece by piece along their second axis.
BLOCK_BYTES = 256 * 2**20


def needed(q: float) -> int:
    """Futures that a quantile needs, so that one lies in the tail it cuts off: 20 for 0.05 or 0.95."""
    tail = min(q, 1.0 - q)
    # The middle and the two ends cut off no tail: one future has them all.
    return math.ceil(1.0 / tail - 1e-9) if 0.0 < tail < 0.5 else 1


def carried(q: float, futures: int) -> bool:
    """Whether so many futures can carry a quantile."""
    return futures >= needed(q)


def rank(q: float, futures: int) -> int:
    """Place of a quantile in the sorted futures: the smallest value that a share `q` does not exceed."""
    return min(max(math.ceil(q * futures - 1e-9), 1), futures) - 1


def _sorted_at(values: NDArray[Any], ranks: Sequence[int]) -> NDArray[np.float64]:
    # Twice as fast as np.quantile and without interpolation: each number was reached by some future.
    return np.sort(values, axis=0)[list(ranks)].astype(np.float64)


def over_futures(array: xr.DataArray, qs: Sequence[float]) -> xr.DataArray:
    """Quantiles of a measure over its futures: dims (quantile, ...), float64.

    A quantile that the number of futures cannot carry is NaN and listed in `attrs["too_few_futures"]`.
    """
    qs = [float(q) for q in qs]
    if any(not 0.0 <= q <= 1.0 for q in qs):
        raise ValueError(f"quantiles lie between 0 and 1, not {qs}")
    array = array.transpose("future", ...)
    futures = array.sizes["future"]
    rest = array.shape[1:]
    result = np.full((len(qs), *rest), np.nan)
    good = [i for i, q in enumerate(qs) if futures and carried(q, futures)]
    ranks = [rank(qs[i], futures) for i in good]
    if good and rest:
        rows = (
            max(1, BLOCK_BYTES // max(1, array.nbytes // rest[0])) if array.nbytes > BLOCK_BYTES else rest[0]
        )
        for start in range(0, rest[0], rows):
            block = array[:, start : start + rows].values
            result[good, start : start + rows] = _sorted_at(block, ranks)
    elif good:
        result[good] = _sorted_at(array.values, ranks)
    dims = array.dims[1:]
    coords = {name: coord for name, coord in array.coords.items() if "future" not in coord.dims}
    attrs = dict(array.attrs)
    short = [q for q in qs if not carried(q, futures)]
    if short:
        attrs["too_few_futures"] = short
    return xr.DataArray(
        result, dims=("quantile", *dims), coords={"quantile": qs, **coords}, name=array.name, attrs=attrs
    )
