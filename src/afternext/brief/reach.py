"""The empty ground of a map: land so far from every place and road that who holds what says nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, label

from afternext.brief.geo import Points, Polygon, contains

OF_A_PLACE, OF_A_ROAD = 100.0, 70.0  # km: how far a holder is shown around what he holds
STEPS = 160  # of the grid along the longer side of the map
LEAST = (
    0.03  # share of the land: a smaller gap between places is no empty ground, but few places in the model
)

Box = tuple[float, float, float, float]


def empty_ground(
    spots: Points, roads: Sequence[tuple[Points, Points]], land: Sequence[Points], view: Box
) -> tuple[Polygon, ...]:
    """Polygons beyond the reach of all spots and roads; not yet clipped to the land; none where it has none.

    spots : (n, 2) km   roads : ends of each   land : rings of the main countries (even-odd rule)
    """
    west, south, east, north = view
    step = max(east - west, north - south) / STEPS
    x = np.arange(west - 10 * step, east + 11 * step, step)
    y = np.arange(south - 10 * step, north + 11 * step, step)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    off = np.full(len(grid), np.inf)  # distance as a multiple of the reach
    for spot in spots:
        off = np.minimum(off, np.hypot(*(grid - spot).T) / OF_A_PLACE)
    for start, end in roads:
        off = np.minimum(off, distance(grid, start, end) / OF_A_ROAD)
    inside = np.logical_xor.reduce([contains(ring, grid) for ring in land])
    off = _without_gaps(off.reshape(len(y), len(x)), inside.reshape(len(y), len(x)))
    if not (inside & (off > 1).ravel()).any():
        return ()
    shapes = contour_generator(x, y, off, fill_type=FillType.OuterOffset)
    points, offsets = cast("tuple[list[Points], list[NDArray[np.uint32]]]", shapes.filled(1.0, np.inf))
    return tuple(
        [np.asarray(part[:-1], dtype=np.float64) for part in np.split(ring, ends[1:-1])]
        for ring, ends in zip(points, offsets, strict=True)
    )


def _without_gaps(off: Points, inside: NDArray[np.bool_]) -> Points:
    """Gaps that are too small count as near, with a rim beyond the border, where the land cuts them off."""
    parts, count = label(inside & (off > 1))
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    small = (sizes < LEAST * inside.sum())[parts] & (parts > 0)
    large = (parts > 0) & ~small
    near = binary_dilation(small, iterations=2) & ~binary_dilation(large)
    return np.where(near, np.minimum(off, 0.99), off)


def distance(points: Points, start: Points, end: Points) -> NDArray[np.float64]:
    """How far points lie from a straight road, in km."""
    along = end - start
    t = np.clip((points - start) @ along / max(float(along @ along), 1e-12), 0.0, 1.0)
    return np.asarray(np.hypot(*(points - start - t[:, None] * along).T))
