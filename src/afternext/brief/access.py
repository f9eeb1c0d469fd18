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
from afternext.ensemble.quantiles import at_quantile
from afternext.ensemble.weights import Weights, share_word, values_of

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
    @property
    def weights(self) -> Weights | None: ...
    def quantiles(self, name: str, qs: Sequence[float] = ...) -> Any: ...


def played(run: RunLike) -> int:
    """Futures that were played to their end: the ones that shares are shares of."""
    return int(run.measures.sizes["future"])


def counted(run: RunLike) -> str:
    """How many futures, and by which weights they count."""
    futures = f"{played(run):,} futures"
    if run.weights is None:
        return futures
    return f"{futures}, weighted by {run.weights.name} (worth {worth(run):,.0f} equal ones)"


def worth(run: RunLike) -> float:
    """Equally weighted futures that would carry as much: what decides which tails can be told."""
    return float(played(run)) if run.weights is None else run.weights.effective


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


def weights_of(run: RunLike, sample: NDArray[Any]) -> Floats | None:
    """Weights of the futures along axis 0 of a sample; None where they count alike, or one is shown alone."""
    return values_of(run.weights) if len(sample) == played(run) else None


def quantile(run: RunLike, sample: Floats, q: float) -> Floats:
    """A quantile over futures (axis 0), as everywhere in afternext: a value some future reached, or NaN."""
    return at_quantile(sample, q, weights_of(run, sample))


def median_of(run: RunLike, sample: Floats) -> Floats:
    """The median over futures; of one future its own values."""
    return np.asarray(sample[0], dtype=np.float64) if len(sample) == 1 else quantile(run, sample, MEDIAN)


def share_of(run: RunLike, holds: NDArray[np.bool_]) -> Floats:
    """Share of futures (axis 0) in which something holds."""
    return np.asarray(np.average(holds, axis=0, weights=weights_of(run, holds)), dtype=np.float64)


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
    share = np.stack([share_of(run, holder == f) for f in [*range(len(forces)), -1]], axis=1)
    contested = share_of(run, values(run, "place_contested", day, future) >= 0)
    return Holding(forces, share, contested)


def foot_lines(run: RunLike) -> tuple[str, str]:
    """Scenario, run, seed, futures, data vintage; and how sure, and why (from the tables, never invented)."""
    scenario = run.scenario
    failed = f" ({len(run.failed)} more failed)" if run.failed else ""
    first = (
        f"{scenario.id} · run {Path(run.path).name} · seed {run.manifest.get('seed', '?')} · "
        f"{counted(run)}{failed} · data to {long_date(scenario.freeze)}"
    )
    marks = [place.confidence for place in scenario.places if place.population > 0]
    low = sum(mark == "low" for mark in marks) / max(len(marks), 1)
    inputs = len(run.experiments.columns)
    if scenario.fictional:
        return first, "A made-up crisis for learning: no real place, people or numbers."
    share = share_word(run.weights)
    second = (
        f"How sure: not yet scored against what happened; a {share} says how often the model does "
        f"it, not how likely it is. The spread comes from {inputs} uncertain inputs; {low:.0%} of the places "
        "rest on figures of low confidence."
    )
    return first, second
