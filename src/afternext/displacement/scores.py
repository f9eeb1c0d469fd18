"""Scores of camp forecasts: FLEE's averaged relative difference, and proper scores of the ensemble.

The averaged relative difference (ARD) is the mean over days of the sum over camps of |forecast - counted|,
divided by everybody counted. ``normal`` takes people in camps as they are; ``rescaled``, the figure of
FLEE's own validation, first scales each day's forecast to the counted total (retroactively rescaled,
Suleimenova et al. 2017). Both range from 0 to 2 where totals agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.8  # share of the interval whose coverage is told


def rescale(forecast: Floats, data: Floats) -> Floats:
    """Scale the camps of each day (axis -2) to the counted total; a day without people stays empty."""
    sums = forecast.sum(axis=-1, keepdims=True)
    total = data.sum(axis=-1, keepdims=True)
    scaled: Floats = np.zeros(np.broadcast_shapes(forecast.shape, data.shape))
    np.divide(forecast * total, sums, out=scaled, where=sums > 0.0)
    return scaled


def ard(forecast: Floats, data: Floats, since: int = 0) -> float:
    """Return the averaged relative difference of (days, camps) from day ``since`` on."""
    off = np.abs(forecast - data).sum(axis=-1) / np.maximum(1.0, data.sum(axis=-1))
    return float(off[..., since:].mean())


def both_ards(forecast: Floats, data: Floats, since: int = 0) -> dict[str, float]:
    """Return ``normal`` and ``rescaled``, means over the seeds of (seeds, days, camps)."""
    return {
        "normal": ard(forecast, data, since),
        "rescaled": ard(rescale(forecast, np.broadcast_to(data, forecast.shape)), data, since),
    }


def crps(ensemble: Floats, observed: Floats) -> Floats:
    """Continuous ranked probability score of members (axis 0), fair for a small ensemble.

    E|X - y| - E|X - X'| / 2, the second mean over pairs of distinct members (Ferro 2014).
    """
    members = np.sort(ensemble, axis=0)
    n = len(members)
    distance = np.abs(members - observed).mean(axis=0)
    if n < 2:
        return np.asarray(distance, dtype=np.float64)
    weight = (2 * np.arange(1, n + 1) - n - 1).reshape(-1, *[1] * (members.ndim - 1))
    spread = (weight * members).sum(axis=0) * 2.0 / (n * (n - 1))
    return np.asarray(distance - 0.5 * spread, dtype=np.float64)


def crps_log(ensemble: Floats, data: Floats, since: int = 0) -> float:
    """Mean CRPS of people in camps on the log1p scale (Bosse et al. 2023), over days and camps."""
    return float(crps(np.log1p(ensemble), np.log1p(data))[since:].mean())


def interval(ensemble: Floats) -> tuple[Floats, Floats]:
    """Return the 80 % interval of the members."""
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(ensemble, (tail, 1.0 - tail), axis=0)
    return low, high


def coverage(low: Floats, high: Floats, data: Floats, since: int = 0) -> float:
    """Return the share of days and camps whose count lies within the interval; empty camps do not count."""
    told = np.ones(data.shape, dtype=bool)
    told[:since] = False
    told &= (data > 0.0) | (high > 1.0)
    inside = (data >= np.floor(low)) & (data <= np.ceil(high))
    return float(inside[told].mean()) if told.any() else 1.0
