"""What a run says of its measures: quantiles over time, planning figures, splits by place and community."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from afternext.ensemble.opened import Run
from afternext.ensemble.quantiles import over_futures
from afternext.ensemble.weights import values_of
from afternext.ensemble.words import nearest_name
from afternext.errors import UsageError

TIME_DIMS = ("date", "snapshot", "horizon")
JSON_QUANTILES = (0.05, 0.5, 0.95)
# Likely, planning and worst: half, 80 % and 95 % of the futures stay at or below.
PLANNING = {"likely": 0.5, "planning": 0.8, "worst": 0.95}
BY = ("place", "admin1", "pcode", "community")
# Shown when a scenario names no headline measures.
HEADLINES = ("displaced", "newly_displaced", "refugees_abroad", "returned", "trapped", "dead")
# The place measure behind a measure, where it is not `place_` before its name.
PLACE_MEASURE = {"displaced": "place_displaced_from", "refugees_abroad": "place_refugees"}
NO_CODE = "(no code)"


def freeze_of(run: Run) -> date:
    """The date at which the scenario is frozen."""
    return date.fromisoformat(run.manifest["scenario"]["freeze"])


def curves(run: Run) -> list[str]:
    """Measures with one value a date."""
    # Variables, not arrays with their coordinates: to make hundreds of those takes a second.
    variables = run.measures.variables
    return [str(name) for name in run.measures if variables[name].dims == ("future", "date")]


def headlines(run: Run, wanted: Sequence[str] = ()) -> list[str]:
    """The curves to show: those asked for, or the scenario's headlines."""
    if wanted:
        for name in wanted:
            if run.measure(name).dims != ("future", "date"):
                raise UsageError(f"{name} has no single curve; choose a split, for example --by admin1")
        return list(wanted)
    there = curves(run)
    named = [name for name in run.scenario.measures if name in there]
    return named or [name for name in HEADLINES if name in there] or there[:6]


def time_dim(array: xr.DataArray) -> str:
    """The dimension of a measure that is time."""
    return next(str(dim) for dim in array.dims if dim in TIME_DIMS)


def days_along(run: Run, dim: str) -> NDArray[np.int64]:
    """Days after the freeze along a dimension of time."""
    return np.asarray(run.measures["day" if dim == "date" else dim].values, dtype=np.int64)


def parse_day(run: Run, text: str) -> int:
    """A day after the freeze from a date or a number; it must lie within the run."""
    freeze, last = freeze_of(run), int(run.manifest["days"])
    try:
        day = int(text) if text.lstrip("-").isdigit() else (date.fromisoformat(text) - freeze).days
    except ValueError:
        raise UsageError(
            f"--at {text!r}: write a date as 2014-12-31, or days after the freeze as 180"
        ) from None
    if not 0 <= day <= last:
        end = freeze + timedelta(days=last)
        raise UsageError(f"--at {text}: this run goes from {freeze} (day 0) to {end} (day {last})")
    return day


def nearest(days: NDArray[np.int64], day: int) -> int:
    """Index of the stored day nearest to `day`."""
    return int(np.argmin(np.abs(days - day)))


def _number(value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    return int(value) if value == int(value) else float(value)


def _plain(values: NDArray[np.float64]) -> Any:
    return _number(float(values)) if values.ndim == 0 else [_plain(part) for part in values]


def measures_json(run: Run, names: Sequence[str] = (), day: int | None = None) -> dict[str, Any]:
    """The object that `show --json` prints: unit, dates and quantiles of each measure.

    Measures by place carry the ids of their further dimensions too, and nested lists in that order. A
    quantile that the futures cannot carry is null.
    """
    freeze = freeze_of(run)
    result: dict[str, Any] = {}
    for name in names or curves(run):
        array = run.measure(name)
        dim = time_dim(array)
        days = days_along(run, dim)
        if day is not None:
            chosen = nearest(days, day)
            array, days = array.isel({dim: slice(chosen, chosen + 1)}), days[chosen : chosen + 1]
        found = over_futures(array, JSON_QUANTILES, values_of(run.weights))
        others = {str(d): [str(v) for v in array[d].values] for d in array.dims if d not in ("future", dim)}
        result[name] = {
            "unit": array.attrs["units"],
            "dates": [(freeze + timedelta(days=int(d))).isoformat() for d in days],
            **others,
            "quantiles": {f"{q:g}": _plain(found.values[i]) for i, q in enumerate(JSON_QUANTILES)},
        }
    return {"measures": result, **run.used}


@dataclass(frozen=True)
class Figure:
    """Planning figures of a measure at one date: what half, 80 % and 95 % of the futures do not exceed."""

    id: str
    name: str
    day: int
    date: date
    likely: float
    planning: float
    worst: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "date": self.date.isoformat(),
            "day": self.day,
            **{key: _number(getattr(self, key)) for key in PLANNING},
        }


@dataclass(frozen=True)
class Split:
    """Planning figures of one measure, one row a place, area or community."""

    measure: str
    by: str
    unit: str
    meaning: str
    rows: tuple[Figure, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "by": self.by,
            "unit": self.unit,
            "rows": [row.to_dict() for row in self.rows],
        }


def _figure(run: Run, sample: xr.DataArray, day: int, ident: str, name: str) -> Figure:
    values = over_futures(sample, list(PLANNING.values()), values_of(run.weights)).values
    return Figure(ident, name, day, freeze_of(run) + timedelta(days=day), *(float(v) for v in values))


def horizons(run: Run) -> list[int]:
    """The scenario's horizons within the run, and its last day."""
    last = int(run.manifest["days"])
    return [*(int(day) for day in run.scenario.horizons if 0 < day < last), last]


def at_horizons(run: Run, name: str, wanted: Sequence[int] | None = None) -> list[Figure]:
    """Planning figures of a curve at each horizon, or at the days that are wanted."""
    array = run.measure(name)
    days = days_along(run, "date")
    chosen = dict.fromkeys(nearest(days, day) for day in wanted or horizons(run))
    return [_figure(run, array.isel(date=i), int(days[i]), name, name) for i in chosen]


def _groups(run: Run, by: str, places: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Group of each place, and the names of the groups."""
    known = {place.id: place for place in run.scenario.places}
    if by == "place":
        return list(places), {ident: known[ident].name for ident in places}
    if by == "admin1":
        return [known[ident].admin1 for ident in places], {}
    # Where a country has no codes its second-level areas go by name.
    codes = [known[ident].pcode or known[ident].admin2 or NO_CODE for ident in places]
    return codes, {code: known[ident].admin2 for code, ident in zip(codes, places, strict=True)}


def split(run: Run, name: str, by: str, day: int | None = None) -> Split:
    """Planning figures of a measure by place, first-level area, place code or community, largest first.

    Figures of an area are quantiles of its sum in each future, not the sum of its places' quantiles.
    """
    if by not in BY:
        raise UsageError(nearest_name("split", by, BY))
    run.measure(name)
    day = int(run.manifest["days"]) if day is None else day
    rows = _by_community(run, name, day) if by == "community" else _by_area(run, name, by, day)
    array = run.measure(_place_measure(run, name) if by != "community" else name)
    rows.sort(key=lambda row: tuple(-np.nan_to_num([row.planning, row.likely, row.worst])))
    return Split(name, by, array.attrs["units"], array.attrs["long_name"], tuple(rows))


def _place_measure(run: Run, name: str) -> str:
    for candidate in (name, PLACE_MEASURE.get(name, f"place_{name}")):
        if candidate in run.measures and "place" in run.measures[candidate].dims:
            if run.measures[candidate].attrs["units"] == "force":
                raise UsageError(f"{candidate} is the name of a force, not a number; see places_held_<force>")
            return candidate
    have = [
        str(n).removeprefix("place_")
        for n, a in run.measures.data_vars.items()
        if a.dims[1:] == ("snapshot", "place")
    ]
    raise UsageError(f"{name} is not kept by place; these are: {', '.join(have)}")


def _by_area(run: Run, name: str, by: str, day: int) -> list[Figure]:
    array = run.measure(_place_measure(run, name))
    dim = time_dim(array)
    days = days_along(run, dim)
    at = nearest(days, day)
    array = array.isel({dim: at})
    further = [d for d in array.dims if d not in ("future", "place")]
    values = array.sum(further) if further else array
    values = values.transpose("future", "place").astype(np.int64 if values.dtype.kind in "iu" else np.float64)
    groups, names = _groups(run, by, [str(ident) for ident in run.measures["place"].values])
    member = np.array(groups)
    result = []
    for group in dict.fromkeys(groups):
        sample = values.isel(place=np.flatnonzero(member == group)).sum("place")
        result.append(_figure(run, sample, int(days[at]), group, names.get(group, group)))
    return result


def _by_community(run: Run, name: str, day: int) -> list[Figure]:
    array = run.measure(name)
    names = {ident: community.name for ident, community in run.scenario.communities.items()}
    if "community" in array.dims:
        dim = time_dim(array)
        days = days_along(run, dim)
        at = nearest(days, day)
        total = array.isel({dim: at}).sum([d for d in array.dims if d not in ("future", "community", dim)])
        samples = {ident: total.sel(community=ident) for ident in names}
    else:
        days = days_along(run, "date")
        at = nearest(days, day)
        if any(f"{name}_{ident}" not in run.measures for ident in names):
            raise UsageError(
                f"{name} is not kept by community; displaced, origin_displaced and refuge_displaced are"
            )
        samples = {ident: run.measures[f"{name}_{ident}"].isel(date=at) for ident in names}
    return [_figure(run, sample, int(days[at]), ident, names[ident]) for ident, sample in samples.items()]


def _cell(value: Any) -> Any:
    """A CSV cell; a text that a spreadsheet would run as a formula is disarmed."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def write_split_csv(table: Split, path: Path) -> None:
    """Planning figures as a table that a planner can lift."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([table.by, "name", "measure", "unit", "date", "day", *PLANNING])
        for row in table.rows:
            entry = row.to_dict()
            texts = [row.id, row.name, table.measure, table.unit]
            writer.writerow([*map(_cell, texts), entry["date"], row.day, *(entry[key] for key in PLANNING)])


def write_curves_csv(run: Run, names: Sequence[str], path: Path) -> None:
    """Quantiles of curves over time, one row a measure and date."""
    qs = (0.05, 0.25, 0.5, 0.75, 0.8, 0.95)
    freeze, days = freeze_of(run), days_along(run, "date")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["measure", "unit", "date", "day", *(f"q{q:g}" for q in qs)])
        for name in names:
            found = run.quantiles(name, qs)
            for i, day in enumerate(days):
                when = (freeze + timedelta(days=int(day))).isoformat()
                writer.writerow(
                    [_cell(name), _cell(found.attrs["units"]), when, day, *_plain(found.values[:, i])]
                )
