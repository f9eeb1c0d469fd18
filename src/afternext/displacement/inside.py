"""People displaced inside a country: a run of a frozen scenario against counts made after its freeze.

The counts are stocks of people displaced since the crisis began, as IOM's displacement tracking makes them
(families times six). To say the same, the run's figure is its internally displaced people in the country
itself, without those abroad, those on the road and the caseload of earlier years, and with those who, since
the freeze, no longer mean to go back: a count does not ask that.

Three rivals know the scenario and no more: as at the freeze; on at the pace until then; and, by area, the
pace shared out by population.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.displacement.scores import crps, interval
from afternext.displacement.truth import Count, read_counts
from afternext.errors import UsageError
from afternext.world.measures_regions import region_ids
from afternext.world.realise import RECENT_DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from afternext.ensemble.opened import Run

    Floats = NDArray[np.float64]

RIVALS = {"no_change": "as at the freeze", "pace": "the same pace", "population": "by population"}
KINDS = {"stock": "displaced in the country", "new": "newly displaced", "hosting": "hosted", "origin": "from"}
# Told beside the scores, because nobody counted them: measures of the run, and what they are.
UNCOUNTED = {
    "newly_displaced": "first moves away from home since the freeze",
    "returned": "come home since the freeze",
    "secondary": "onward moves since the freeze",
    "on_the_move": "on the road",
    "caught": "between the lines",
    "displaced_in_camps": "sheltering in camps, not with hosts",
}


@dataclass(frozen=True)
class Compared:
    """A count beside what the run and its rivals say.

    low, median, high : the 80 % interval and the middle of the futures, persons
    crps : on the log1p scale; a rival is a point, so that its score is its distance
    """

    kind: str
    area: str
    date: date
    counted: float
    low: float
    median: float
    high: float
    crps: float
    rivals: dict[str, float]
    rival_crps: dict[str, float]
    source: str

    @property
    def inside(self) -> bool:
        return self.low <= self.counted <= self.high

    @property
    def factor(self) -> float:
        """By how much the median is off; below 1 where it is too low."""
        return (self.median + 1.0) / (self.counted + 1.0)


@dataclass(frozen=True)
class Inside:
    """A run against counts: every comparison, and what was not counted."""

    run: Run
    rows: tuple[Compared, ...]
    uncounted: dict[str, tuple[float, float, float]]
    groups: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]

    def areas(self, row: Compared) -> tuple[str, ...]:
        """Return the first-level areas that a count covers."""
        return self.groups.get(row.area, (row.area,))

    @property
    def misses(self) -> list[Compared]:
        """Counts outside the 80 % interval, those farthest off first."""
        found = [row for row in self.rows if not row.inside]
        return sorted(found, key=lambda row: -abs(float(np.log(row.factor))))

    def summary(self) -> dict[str, dict[str, Any]]:
        """By kind of count: how many, coverage, score and error factor, beside those of the rivals."""
        found = {}
        for kind in KINDS:
            rows = [row for row in self.rows if row.kind == kind]
            if rows:
                names = [name for name in RIVALS if all(name in row.rivals for row in rows)]
                found[kind] = {
                    "counts": len(rows),
                    "coverage80": sum(row.inside for row in rows) / len(rows),
                    "crps_log": float(np.mean([row.crps for row in rows])),
                    "factor": _factor([row.factor for row in rows]),
                    "rivals": {
                        name: {
                            "crps_log": float(np.mean([row.rival_crps[name] for row in rows])),
                            "factor": _factor([(row.rivals[name] + 1) / (row.counted + 1) for row in rows]),
                        }
                        for name in names
                    },
                }
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for ``--json``."""
        return {
            "run": str(self.run.path),
            "futures": len(self.run.experiments),
            "seed": self.run.seed,
            "summary": self.summary(),
            "counts": [
                {
                    "kind": row.kind,
                    "area": row.area,
                    "date": row.date.isoformat(),
                    "counted": row.counted,
                    "low": row.low,
                    "median": row.median,
                    "high": row.high,
                    "inside": row.inside,
                    "crps_log": row.crps,
                    "rivals": row.rivals,
                }
                for row in self.rows
            ],
            "uncounted": {
                name: dict(zip(("low", "median", "high"), values, strict=True))
                for name, values in self.uncounted.items()
            },
            "notes": list(self.notes),
        }


def _factor(factors: list[float]) -> float:
    return float(np.exp(np.median(np.abs(np.log(factors)))))


class Country:
    """What the futures of a run say of the displaced inside the country of most of its people."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.scenario = run.scenario
        self.days = np.asarray(run.measures["day"].values, dtype=np.int64)
        people: dict[str, float] = {}
        self.population: dict[str, float] = {}
        for place in self.scenario.places:
            people[place.country] = people.get(place.country, 0.0) + float(place.population)
        self.home = max(people, key=lambda country: people[country])
        areas = list(dict.fromkeys(place.admin1 for place in self.scenario.places))
        self.ids = dict(zip(areas, region_ids(areas), strict=True))
        for place in self.scenario.places:
            if place.country == self.home:
                known = self.population.get(place.admin1, 0.0)
                self.population[place.admin1] = known + float(place.population)

    @cached_property
    def _cache(self) -> dict[str, Floats]:
        return {}

    def curve(self, measure: str) -> Floats:
        """Return a measure, (future, date)."""
        if measure not in self._cache:
            if measure not in self.run.measures:
                raise UsageError(
                    f"{self.run.path} has no measure {measure}; an earlier version made it: run it anew"
                )
            self._cache[measure] = np.asarray(self.run.measures[measure].values, dtype=np.float64)
        return self._cache[measure]

    def at(self, curve: Floats, day: int) -> Floats:
        """Return a curve on a day, on the straight line between stored dates, (future,)."""
        return np.array([np.interp(day, self.days, row) for row in curve])

    @cached_property
    def stock(self) -> Floats:
        """People displaced in the country since the crisis began, (future, date)."""
        inside = np.sum([self.curve(f"idps_in_{self.ids[area]}") for area in self.population], axis=0)
        everywhere = self.curve("idps") + self.curve("refugees_abroad")
        rooted = self.curve("settled_for_good")
        share = np.divide(inside, everywhere, out=np.zeros(inside.shape), where=everywhere > 0.0)
        return np.asarray(inside + np.maximum(rooted - rooted[:, :1], 0.0) * share, dtype=np.float64)

    def area(self, kind: str, areas: tuple[str, ...]) -> Floats:
        """Return the displaced hosted in areas (``hosting``) or from them (``origin``), (future, date)."""
        name = "idps_in" if kind == "hosting" else "displaced_from"
        return np.asarray(np.sum([self.curve(f"{name}_{self.ids[area]}") for area in areas], axis=0))

    @cached_property
    def recent(self) -> list[tuple[int, float]]:
        """Days before the freeze, and persons, of all who were displaced in the last year in the country."""
        country = {place.id: place.country for place in self.scenario.places}
        found = []
        for row in self.scenario.displaced:
            days = (self.scenario.freeze - row.since).days
            if days < RECENT_DAYS and country[row.place] == country[row.origin] == self.home:
                found.append((days, self._persons(row.persons)))
        return found

    def _persons(self, value: Any) -> float:
        if isinstance(value, int | float):
            return float(value)
        shared = self.scenario.uncertainties.get(getattr(value, "name", ""))
        if shared is not None:
            return float(value.times) * float(np.median(self.run.experiments[value.name]))
        return float(value.center)

    @cached_property
    def pace(self) -> float:
        """People displaced a day until the freeze, had they come evenly: mean age is half of the time."""
        persons = sum(p for _, p in self.recent)
        age = sum(d * p for d, p in self.recent) / persons if persons else 0.0
        return persons / (2.0 * age) if age > 0.0 else 0.0

    def before(self, on: date) -> float:
        """Return how many of those displaced at the freeze were so by a date."""
        days = (self.scenario.freeze - on).days
        return sum(persons for age, persons in self.recent if age >= days)


def look_inside(run: Run, truth: str | Path) -> Inside:
    """Compare a run with the counts in a directory.

    Raises
    ------
    UsageError : there is no count within the days of the run
    """
    country = Country(run)
    found = read_counts(truth, country.scenario)
    freeze = country.scenario.freeze
    last = int(country.days[-1])
    rows: list[Compared] = []
    notes = list(found.notes)
    earlier = [count for count in found.counts if count.kind == "stock" and count.date <= freeze]
    base = max(earlier, key=lambda count: count.date, default=None)
    for count in found.counts:
        day = (count.date - freeze).days
        if not 0 < day <= last:
            continue
        areas = found.groups.get(count.area, (count.area,))
        lost = [area for area in areas if area not in country.population] if count.area else []
        if lost:
            notes.append(f"{count.source}: no first-level area is called {', '.join(lost)}; left out")
            continue
        curve = country.area(count.kind, areas) if count.area else country.stock
        people = sum(country.population[area] for area in areas) if count.area else 0.0
        rows.append(_compare(country, count, count.kind, day, curve, people, (0.0, 0.0)))
        if count.kind == "stock" and base is not None:
            taken = (country.before(base.date), base.persons)
            rows.append(_compare(country, count, "new", day, curve, 0.0, taken))
    if not rows:
        raise UsageError(f"{truth} holds no count of displaced people between {freeze} and day {last}")
    uncounted = {}
    for name in UNCOUNTED:
        low, median, high = np.quantile(country.at(country.curve(name), last), (0.1, 0.5, 0.9))
        uncounted[name] = (float(low), float(median), float(high))
    rows.sort(key=lambda row: (list(KINDS).index(row.kind), row.area, row.date))
    return Inside(run, tuple(rows), uncounted, found.groups, tuple(dict.fromkeys(notes)))


def _compare(
    country: Country,
    count: Count,
    kind: str,
    day: int,
    curve: Floats,
    people: float,
    taken: tuple[float, float],
) -> Compared:
    """Score one count; ``taken``: who was displaced by the last count before the freeze, run and counted."""
    said = np.maximum(0.0, country.at(curve, day) - taken[0])
    counted = max(0.0, count.persons - taken[1])
    start = float(np.median(curve[:, 0]))
    whole = float(np.median(country.stock[:, 0]))
    grown = 1.0 + country.pace * day / whole if whole > 0.0 else 1.0
    rivals = {"no_change": max(0.0, start - taken[0]), "pace": max(0.0, start * grown - taken[0])}
    if people:
        rivals["population"] = whole * grown * people / sum(country.population.values())
    low, high = interval(said[:, None])
    score = crps(np.log1p(said)[:, None], np.log1p(np.array([counted])))
    return Compared(
        kind,
        count.area,
        count.date,
        counted,
        float(low[0]),
        float(np.median(said)),
        float(high[0]),
        float(score[0]),
        rivals,
        {name: float(abs(np.log1p(value) - np.log1p(counted))) for name, value in rivals.items()},
        count.source,
    )
