"""Reads what pictures and tables need from a run: days, snapshots, who holds a place in how many futures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from afternext.brief.words import after, long_date
from afternext.ensemble.quantiles import carried, rank

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Quantiles behind the bands of every fan: the 95, 80 and 50 % of futures around the median.
BANDS: tuple[tuple[float, float, float], ...] = ((0.95, 0.025, 0.975), (0.80, 0.10, 0.90), (0.50, 0.25, 0.75))
MEDIAN = 0.5


class RunLike(Protocol):
    """The part of a run that the briefing reads."""

    @property
    def path(self) -> Path: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...
    @property
    def scenario(self) -> Any: ...
    @property
    def measures(self) -> Any: ...
    @property
    def experiments(self) -> Any: ...
    @property
    def futures(self) -> int: ...
    @property
    def failed(self) -> Sequence[Any]: ...
    def quantiles(self, name: str, qs: Sequence[float] = ...) -> Any: ...


def played(run: RunLike) -> int:
    """Futures that were played to their end: the ones that shares are shares of."""
    return int(run.measures.sizes["future"])


def days_along(run: RunLike, dim: str) -> Ints:
    """Days after the freeze along `date`, `snapshot` or `horizon`, whether stored as dates or as days."""
    values = np.asarray(run.measures[dim].values)
    if np.issubdtype(values.dtype, np.datetime64):
        freeze = np.datetime64(run.scenario.freeze, "D")
        return (values.astype("datetime64[D]") - freeze).astype(np.int64)
    return values.astype(np.int64)


def nearest(days: Ints, day: int) -> int:
    """Index of the stored day nearest to `day`."""
    return int(np.argmin(np.abs(days - int(day))))


def last_day(run: RunLike) -> int:
    return int(days_along(run, "date")[-1])


def horizons(run: RunLike) -> list[int]:
    """The scenario's horizons that lie within the run; its last day when none does."""
    last = last_day(run)
    inside = [int(h) for h in run.scenario.horizons if 0 < h <= last]
    return inside or [last]


def date_at(run: RunLike, day: int) -> date:
    return after(run.scenario.freeze, day)


def has(run: RunLike, measure: str) -> bool:
    return measure in run.measures


def values(run: RunLike, measure: str, day: int, future: int | None = None) -> Floats:
    """Array (future, ...) of a measure at the stored day nearest to `day`; one future keeps its axis."""
    array = run.measures[measure]
    for dim in ("date", "snapshot", "horizon"):
        if dim in array.dims:
            array = array.isel({dim: nearest(days_along(run, dim), day)})
    array = array.transpose("future", ...)
    if future is not None:
        array = array.sel(future=[future])
    return np.asarray(array.values, dtype=np.float64)


def stored_day(run: RunLike, day: int, dim: str = "snapshot") -> int:
    """The day that is really shown when `day` is asked for."""
    days = days_along(run, dim)
    return int(days[nearest(days, day)])


def quantile(sample: Floats, q: float) -> Floats:
    """A quantile over futures (axis 0), as everywhere in afternext: a value some future reached, or NaN."""
    if not carried(q, len(sample)):
        return np.full(sample.shape[1:], np.nan)
    at = rank(q, len(sample))
    return np.asarray(np.partition(sample, at, axis=0)[at], dtype=np.float64)


def median_of(sample: Floats) -> Floats:
    """The median over futures; of one future its own values."""
    return np.asarray(sample[0], dtype=np.float64) if len(sample) == 1 else quantile(sample, MEDIAN)


def places_in_order(run: RunLike) -> list[Any]:
    """The scenario's places in the order of the run's `place` coordinate."""
    by_id = {place.id: place for place in run.scenario.places}
    return [by_id[str(name)] for name in run.measures["place"].values]


@dataclass(frozen=True)
class Holding:
    """Who holds each place, over futures. `share[:, f]` for force f; the last column is nobody."""

    forces: tuple[str, ...]
    share: Floats
    contested: Floats

    @property
    def leader(self) -> Ints:
        """Column of the side that holds a place in most futures; len(forces) is nobody."""
        return np.asarray(np.argmax(self.share, axis=1), dtype=np.int64)

    @property
    def certainty(self) -> Floats:
        """Share of futures in which the leader holds the place."""
        return np.asarray(self.share.max(axis=1))


def holding(run: RunLike, day: int, future: int | None = None) -> Holding:
    """Shares of futures in which each force holds each place at `day`."""
    forces = tuple(run.scenario.forces)
    holder = values(run, "place_holder", day, future).astype(int)
    share = np.stack([(holder == f).mean(axis=0) for f in [*range(len(forces)), -1]], axis=1)
    contested = (values(run, "place_contested", day, future) >= 0).mean(axis=0)
    return Holding(forces, share, contested)


def foot_lines(run: RunLike) -> tuple[str, str]:
    """Scenario, run, seed, futures, data vintage; and how sure, and why (from the tables, never invented)."""
    scenario = run.scenario
    failed = f" ({len(run.failed)} more failed)" if run.failed else ""
    first = (
        f"{scenario.id} · run {Path(run.path).name} · seed {run.manifest.get('seed', '?')} · "
        f"{played(run):,} futures{failed} · data to {long_date(scenario.freeze)}"
    )
    marks = [place.confidence for place in scenario.places if place.population > 0]
    low = sum(mark == "low" for mark in marks) / max(len(marks), 1)
    inputs = len(run.experiments.columns)
    if scenario.fictional:
        return first, "A made-up crisis for learning: no real place, people or numbers."
    second = (
        "How sure: not yet scored against what happened; a share of futures says how often the model does "
        f"it, not how likely it is. The spread comes from {inputs} uncertain inputs; {low:.0%} of the places "
        "rest on figures of low confidence."
    )
    return first, second
