"""The store of a finished run: measures, experiments and events of all futures in one Zarr v3 store.

    store.zarr/measures     (future, ...) arrays with coordinates, units and long names, for xarray
    store.zarr/experiments  one array a column, one value a future
    store.zarr/events       all events one after the other; `offset`: row i has offset[i] to offset[i + 1] - 1

Parts are streamed into it array by array, so memory does not grow with the number of futures.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray

from afternext.ensemble.batch import shape_of
from afternext.ensemble.digest import ArrayDigest, describe
from afternext.ensemble.numbers import Numbers
from afternext.ensemble.parts import Part, sync_folder
from afternext.ensemble.protocol import WorldLike

# Futures in a chunk: a median needs all futures and few dates, a map all places of a few futures.
FUTURES_IN_CHUNK = 500
CHUNK_BYTES = 32 * 2**20
ROWS_IN_CHUNK = 8192
# A chunk costs milliseconds whatever it holds: measures of few numbers get more futures in one.
SMALL_CHUNK = 2**16
# Rows that are turned into columns at a time, so that they stay near the processor.
ROWS_TURNED = 2**12
EVENTS_IN_CHUNK = 2**18
# Arrays written at the same time; compression and hashing leave the interpreter free.
WRITERS = 2

DAY_DIMS = ("date", "snapshot", "horizon")
EVENT = "events/"  # before the fields of events, in parts and in the digest


@dataclass(frozen=True)
class Label:
    """A coordinate along a dimension that tells people more than the id: names, areas, codes."""

    dim: str
    values: NDArray[Any]
    attrs: Mapping[str, str] = field(default_factory=dict)


class RowWriter:
    """Collects rows into whole chunks of one array, and feeds its digest."""

    def __init__(self, array: Numbers, name: str, lines: dict[str, str]) -> None:
        self._array = array
        self._name = name
        self._lines = lines
        self._digest = ArrayDigest()
        self._buffer = np.empty((array.rows, *array.shape[1:]), dtype=array.dtype)
        self._filled = 0
        self._at = 0

    def add(self, rows: NDArray[Any]) -> None:
        """Append rows."""
        self._digest.update(rows.astype(self._buffer.dtype, copy=False))
        while len(rows):
            count = min(len(rows), len(self._buffer) - self._filled)
            self._buffer[self._filled : self._filled + count] = rows[:count]
            self._filled += count
            rows = rows[count:]
            if self._filled == len(self._buffer):
                self._flush()

    def _flush(self) -> None:
        if self._filled:
            self._array.write(self._at, self._buffer[: self._filled])
            self._at += self._filled
            self._filled = 0

    def close(self) -> None:
        """Write what is left and note the line of the digest."""
        self._flush()
        if self._at != self._array.shape[0]:
            raise ValueError(f"{self._name}: {self._at} rows of {self._array.shape[0]}")
        self._lines[self._name] = describe(
            self._name, self._buffer.dtype, self._array.shape, self._digest.hexdigest()
        )


def _small(
    folder: Path, name: str, dims: Sequence[str], values: NDArray[Any], attrs: Mapping[str, Any]
) -> None:
    """Write a coordinate in one chunk; texts as variable-length strings."""
    if values.dtype.kind in "UO":
        array = zarr.create_array(
            folder,
            name=name,
            shape=values.shape,
            dtype=str,
            chunks=tuple(max(1, size) for size in values.shape),
            dimension_names=tuple(dims),
            attributes=dict(attrs),
        )
        array[:] = values.astype(object)
    else:
        Numbers(folder / name, values.shape, values.dtype, dims, len(values), attrs).write(0, values)


def _write_coordinates(
    folder: Path, world: WorldLike, freeze: date, labels: Mapping[str, Label]
) -> list[str]:
    """Write what lies along the dimensions; returns the names of what is no dimension itself."""
    since = {"units": f"days since {freeze.isoformat()}", "calendar": "proleptic_gregorian"}
    extra = ["sample", "replicate"]
    for dim, values in world.coords.items():
        if dim in DAY_DIMS:
            days = np.asarray(values, dtype=np.int64)
            count = {"units": "day", "long_name": "days after the freeze"}
            when = {**since, "long_name": f"date of the {dim}" if dim != "date" else "date"}
            # Dates are what a reader wants along a curve; snapshots and horizons are named by their distance.
            first, second = (
                (("date", when), ("day", count)) if dim == "date" else ((dim, count), (f"{dim}_date", when))
            )
            for name, attrs in (first, second):
                _small(folder, name, (dim,), days, attrs)
            extra.append(second[0])
        else:
            _small(folder, dim, (dim,), np.asarray(values), {"long_name": f"{dim} id"})
    for name, label in labels.items():
        _small(folder, name, (label.dim,), label.values, label.attrs)
        extra.append(name)
    return extra


def _write_futures(folder: Path, futures: NDArray[np.int64], replicates: int) -> None:
    for name, values, text in (
        ("future", futures, "number of the future; it is also the number of its luck"),
        ("sample", futures // replicates, "number of the deep sample"),
        ("replicate", futures % replicates, "luck replicate of the deep sample"),
    ):
        Numbers(
            folder / name, values.shape, np.int64, ("future",), max(ROWS_IN_CHUNK, SMALL_CHUNK),
            {"long_name": text},
        ).write(0, values)  # fmt: skip


def _write_measure(
    folder: Path, world: WorldLike, index: int, parts: Sequence[Part], count: int, lines: dict[str, str]
) -> None:
    measure = world.measures[index]
    rest = shape_of(world, measure.dims)
    each = int(np.prod(rest, dtype=np.int64)) * np.dtype(measure.dtype).itemsize
    few = max(FUTURES_IN_CHUNK, SMALL_CHUNK // max(1, each))
    rows = max(1, min(few, CHUNK_BYTES // max(1, each)))
    attrs = {"units": measure.unit, "long_name": measure.meaning}
    array = Numbers(
        folder / measure.name, (count, *rest), measure.dtype, ("future", *measure.dims), rows, attrs
    )
    writer = RowWriter(array, f"measures/{measure.name}", lines)
    for part in parts:
        writer.add(part.read(f"measures/{measure.name}"))
    writer.close()


def _write_experiments(
    folder: Path, world: WorldLike, parts: Sequence[Part], count: int, lines: dict[str, str]
) -> None:
    writers = []
    # All columns are filled at once: as many rows as 32 MB hold, where there are more than a chunk's.
    each = 8 * max(1, len(world.experiments))
    tall = max(ROWS_IN_CHUNK, min(CHUNK_BYTES // each, SMALL_CHUNK))
    for experiment in world.experiments:
        attrs = {
            "units": experiment.unit,
            "long_name": experiment.meaning,
            "source": experiment.source,
            "deep": bool(experiment.deep),
        }
        if experiment.categories is not None:
            attrs["categories"] = list(experiment.categories)
        array = Numbers(folder / experiment.name, (count,), np.float64, ("future",), tall, attrs)
        writers.append(RowWriter(array, f"experiments/{experiment.name}", lines))
    for part in parts:
        for values, writer in zip(_columns(part.read("experiments")), writers, strict=True):
            writer.add(values)
    for writer in writers:
        writer.close()


def _columns(rows: NDArray[Any]) -> NDArray[Any]:
    """Rows turned into columns, each in one piece."""
    found = np.empty(rows.shape[::-1], dtype=rows.dtype)
    for start in range(0, len(rows), ROWS_TURNED):
        found[:, start : start + ROWS_TURNED] = rows[start : start + ROWS_TURNED].T
    return found


def _fields(parts: Sequence[Part]) -> list[str]:
    """Names of what is known of an event."""
    names = parts[0].arrays if parts else ()
    return [name.removeprefix(EVENT) for name in names if name.startswith(EVENT)]


def _write_events(folder: Path, parts: Sequence[Part], lines: dict[str, str]) -> None:
    counts = [part.read("events") for part in parts]
    offset = np.concatenate(
        [np.zeros(1, dtype=np.int64), np.cumsum(np.concatenate([[], *counts]), dtype=np.int64)]
    )
    attrs = {"long_name": "events of row i are offset[i] to offset[i + 1] - 1"}
    rows = max(ROWS_IN_CHUNK, SMALL_CHUNK)
    writer = RowWriter(
        Numbers(folder / "offset", offset.shape, np.int64, ("row",), rows, attrs), f"{EVENT}offset", lines
    )
    writer.add(offset)
    writer.close()
    for name in _fields(parts):
        dtype = np.dtype(parts[0].arrays[f"{EVENT}{name}"].dtype)
        array = Numbers(folder / name, (int(offset[-1]),), dtype, ("event",), EVENTS_IN_CHUNK, {})
        writer = RowWriter(array, f"{EVENT}{name}", lines)
        for part in parts:
            writer.add(part.read(f"{EVENT}{name}"))
        writer.close()


def _sync_tree(folder: Path) -> None:
    """Make everything below a folder durable."""
    for root, _, files in os.walk(folder):
        for name in files:
            handle = os.open(Path(root) / name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(root))


def write_store(
    target: Path,
    parts: Iterable[Part],
    world: WorldLike,
    *,
    freeze: date,
    replicates: int,
    labels: Mapping[str, Label] | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Write the store from parts in order of futures and return the lines of its digest.

    Futures that failed have no row: the coordinate `future` says which are there. Raises BadPart when a part
    turns out to be damaged.
    """
    filled = [part for part in parts if part.futures]
    futures = np.array([future for part in filled for future in part.futures], dtype=np.int64)
    lines: dict[str, str] = {}
    measures, experiments, events = (target / name for name in ("measures", "experiments", "events"))
    root = zarr.open_group(target, mode="w", zarr_format=3, attributes=dict(attrs or {}))
    # A store lists its arrays in any order; people want that of the model.
    group = root.create_group("measures", attributes={"order": [it.name for it in world.measures]})
    root.create_group("experiments", attributes={"order": [it.name for it in world.experiments]})
    root.create_group("events", attributes={"fields": _fields(filled)})
    group.attrs["coordinates"] = " ".join(_write_coordinates(measures, world, freeze, labels or {}))
    _write_futures(measures, futures, replicates)
    _write_futures(experiments, futures, replicates)
    digest = ArrayDigest()
    digest.update(futures)
    lines["future"] = describe("future", futures.dtype, futures.shape, digest.hexdigest())
    with ThreadPoolExecutor(WRITERS) as pool:
        work = [
            pool.submit(_write_measure, measures, world, index, filled, len(futures), lines)
            for index in range(len(world.measures))
        ]
        work.append(pool.submit(_write_experiments, experiments, world, filled, len(futures), lines))
        work.append(pool.submit(_write_events, events, filled, lines))
        try:
            for one in work:
                one.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # consolidated metadata is not yet in the Zarr v3 text, xarray reads it
        zarr.consolidate_metadata(target, zarr_format=3)
    _sync_tree(target)
    return lines


def digest_lines(target: Path) -> dict[str, str]:
    """The lines of the digest, computed again from a store."""
    root = zarr.open_group(target, mode="r")
    lines: dict[str, str] = {}

    def add(name: str, array: Any) -> None:
        digest = ArrayDigest()
        step = array.chunks[0]
        for start in range(0, array.shape[0], step):
            digest.update(np.asarray(array[start : start + step]))
        shape = tuple(int(size) for size in array.shape)
        lines[name] = describe(name, np.dtype(array.dtype), shape, digest.hexdigest())

    add("future", root["measures/future"])
    for group in ("measures", "experiments", "events"):
        wanted: Any = root[group].attrs.get("order")
        for name, array in root[group].arrays():  # type: ignore[union-attr]
            if wanted is None or name in wanted:  # coordinates are no results
                add(f"{group}/{name}", array)
    return lines
