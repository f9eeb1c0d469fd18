"""Every place over time, read from a run in pieces: who holds it in how many futures, and how many people.

A run of thousands of futures and ten years does not fit into memory; arrays are read as they are stored, one
chunk of futures after the other, and quantiles for a few places at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.opened import Run
from afternext.ensemble.quantiles import carried, rank
from afternext.ensemble.show import days_along

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

READ_BYTES = 40 * 2**20  # of one measure, decoded, at a time; stored chunks have at most 32 MB
SORT_BYTES = 24 * 2**20  # of all futures of a few places
SHELTERING = ("place_idps", "place_refugees")
# Bands of every fan: 95, 80 and 50 % of futures around the median.
BANDS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
SHELTERED = (0.1, 0.5, 0.9)  # 8 of 10 futures, as everywhere
# Each dot stands for one in twenty futures.
DOTS = tuple((i + 0.5) / 20 for i in range(20))


def row_of(run: Run, future: int) -> int:
    """Row of a future in the arrays; raises UsageError when it failed or was never asked for."""
    return run._row(future)


def blocks(run: Run, name: str, places: slice = slice(None)) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield (first row, values) of a place measure, (futures, snapshot, place), as it is stored."""
    array = run.measure(name)
    futures = array.sizes["future"]
    stored = int((array.encoding.get("chunks") or (futures,))[0])
    each = max(1, array.nbytes // max(1, futures))
    rows = max(1, min(stored, READ_BYTES // each))
    # Whole chunks, one at a time: a slice across two would decode both.
    for first in range(0, futures, rows):
        part = array.isel(future=slice(first, first + rows), place=places)
        yield first, part.transpose("future", "snapshot", "place").values


@dataclass(frozen=True)
class Atlas:
    """Who holds each place and how many people shelter there, snapshot by snapshot.

    Attributes
    ----------
    days : (snapshot,) days after the freeze
    places : ids
    sides : ids of the forces, then "nobody"
    held : (side, snapshot, place), number of futures in which the side holds the place
    contested : (snapshot, place), number of futures in which the holder is under attack
    sheltering : (quantile, snapshot, place), displaced people there, at the quantiles 0.1, 0.5 and 0.9; NaN
        where the futures are too few for a tail
    mean_left, mean_came : (snapshot, place), mean over futures of people who left and who came since the
        snapshot before
    futures : number of futures behind all this
    """

    days: Ints
    places: tuple[str, ...]
    sides: tuple[str, ...]
    held: Ints
    contested: Ints
    sheltering: Floats
    mean_left: Floats
    mean_came: Floats
    futures: int

    @property
    def leader(self) -> Ints:
        """(snapshot, place): number of the side that holds the place in most futures."""
        return np.asarray(self.held.argmax(axis=0), dtype=np.int64)


def atlas(run: Run, future: int | None = None, members: Sequence[int] | None = None) -> Atlas:
    """Read the atlas of all futures, of one, or of some.

    members : numbers of the futures of a family; all if not said
    """
    days = days_along(run, "snapshot")
    places = tuple(str(ident) for ident in run.measures["place"].values)
    sides = (*run.scenario.forces, "nobody")
    if future is not None:
        return _one(run, row_of(run, future), days, places, sides)
    keep = _chosen(run, members)
    futures = int(keep.sum())
    held = np.zeros((len(sides), len(days), len(places)), dtype=np.int64)
    for first, values in blocks(run, "place_holder"):
        some = _of(values, keep[first : first + len(values)])
        for side in range(len(sides)):
            code = side if side < len(sides) - 1 else -1
            held[side] += (some == code).sum(axis=0)
    contested = np.zeros(held.shape[1:], dtype=np.int64)
    for first, values in blocks(run, "place_contested"):
        contested += (_of(values, keep[first : first + len(values)]) >= 0).sum(axis=0)
    left, came = (_mean_steps(run, names, keep) for names in _MOVES)
    here = sheltering(run, SHELTERED, keep)
    return Atlas(days, places, sides, held, contested, here, left, came, futures)


def _of(values: NDArray[Any], keep: NDArray[np.bool_]) -> NDArray[Any]:
    """The rows that count; no copy where all do."""
    return values if keep.all() else values[keep]


def _chosen(run: Run, members: Sequence[int] | None) -> NDArray[np.bool_]:
    """(future,) which rows are meant."""
    there = run.measures["future"].values
    return np.ones(len(there), dtype=bool) if members is None else np.isin(there, np.asarray(members))


# First moves and onward moves away from a place; arrivals of displaced people at it.
_MOVES = (("place_newly_displaced", "place_secondary"), ("place_arrived",))


def _one(run: Run, row: int, days: Ints, places: tuple[str, ...], sides: tuple[str, ...]) -> Atlas:
    def read(name: str) -> NDArray[np.int64]:
        values = run.measure(name).isel(future=row).transpose("snapshot", "place").values
        return np.asarray(values, dtype=np.int64)

    holder = read("place_holder")
    codes = [*range(len(sides) - 1), -1]
    held = np.stack([holder == code for code in codes]).astype(np.int64)
    contested = (read("place_contested") >= 0).astype(np.int64)
    here = sum((read(name) for name in SHELTERING), np.zeros(holder.shape, dtype=np.int64))
    left, came = (
        np.diff(sum((read(name) for name in names), np.zeros_like(holder)), axis=0, prepend=0)
        for names in _MOVES
    )
    left[0] = came[0] = 0
    same = np.broadcast_to(here.astype(np.float64), (3, *here.shape))
    return Atlas(days, places, sides, held, contested, same, left.astype(float), came.astype(float), 1)


def _mean_steps(run: Run, names: Sequence[str], keep: NDArray[np.bool_]) -> Floats:
    total = np.zeros(tuple(int(run.measures.sizes[dim]) for dim in ("snapshot", "place")))
    for name in names:
        for first, values in blocks(run, name):
            some = _of(values, keep[first : first + len(values)])
            total += some.sum(axis=0, dtype=np.float64)
    steps = np.diff(total / max(int(keep.sum()), 1), axis=0, prepend=0)
    steps[0] = 0.0
    return np.asarray(steps)


def sheltering(run: Run, qs: Sequence[float], keep: NDArray[np.bool_] | None = None) -> Floats:
    """(quantile, snapshot, place): displaced people sheltering at each place; `keep`: rows that count."""
    places = run.measures.sizes["place"]
    futures, snapshots = (int(run.measures.sizes[dim]) for dim in ("future", "snapshot"))
    result = np.full((len(qs), snapshots, places), np.nan)
    width = max(1, SORT_BYTES // max(1, futures * snapshots * 4))
    for start in range(0, places, width):
        result[:, :, start : start + width] = at_places(
            run, slice(start, min(start + width, places)), qs, keep
        )
    return result


def at_places(run: Run, places: slice, qs: Sequence[float], keep: NDArray[np.bool_] | None = None) -> Floats:
    """(quantile, snapshot, place) of a few places; values some future reached, or NaN for a bare tail."""
    futures, snapshots = (int(run.measures.sizes[dim]) for dim in ("future", "snapshot"))
    width = len(range(*places.indices(int(run.measures.sizes["place"]))))
    here = np.zeros((futures, snapshots, width), dtype=np.int32)
    for name in SHELTERING:
        for first, values in blocks(run, name, places):
            here[first : first + len(values)] += np.asarray(values, dtype=np.int32)
    if keep is not None and not keep.all():
        here = here[keep]
        futures = len(here)
    here.sort(axis=0)
    found = np.full((len(qs), snapshots, width), np.nan)
    for i, q in enumerate(qs):
        if futures and carried(q, futures):
            found[i] = here[rank(q, futures)]
    return found


@dataclass(frozen=True)
class PlaceSeries:
    """One place over time: bands of displaced people there, and in how many futures each side holds it.

    bands : (quantile, snapshot) at `BANDS`       held : (side, snapshot)       contested : (snapshot,)
    dots  : (quantile, snapshot) at `DOTS`
    """

    bands: Floats
    dots: Floats
    held: Ints
    contested: Ints


def place_series(run: Run, place: int) -> PlaceSeries:
    """Read one place of all futures."""
    one = slice(place, place + 1)
    snapshots = int(run.measures.sizes["snapshot"])
    sides = len(run.scenario.forces) + 1
    held, contested = np.zeros((sides, snapshots), dtype=np.int64), np.zeros(snapshots, dtype=np.int64)
    for _, values in blocks(run, "place_holder", one):
        for side in range(sides):
            held[side] += (values[:, :, 0] == (side if side < sides - 1 else -1)).sum(axis=0)
    for _, values in blocks(run, "place_contested", one):
        contested += (np.asarray(values)[:, :, 0] >= 0).sum(axis=0)
    found = at_places(run, one, (*BANDS, *DOTS))[:, :, 0]
    return PlaceSeries(found[: len(BANDS)], found[len(BANDS) :], held, contested)
