"""Read a FLEE folder: every file of its input format, with all problems named by file and line.

The format is positional CSV (docs/how-to/compare-with-flee.md). A file that contradicts itself is refused;
what FLEE itself only shrugs at (a conflict column that is no place) is a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from afternext.errors import InvalidInput, Problem, UsageError
from afternext.scenario.importers.flee_cells import Reader, read_date, whole
from afternext.scenario.importers.flee_series import Series, correct, read_series
from afternext.scenario.nearest import nearest

Kind = Literal["camp", "conflict", "hub", "marker", "flood", "town"]
# FLEE looks for these words inside the cell, in this order.
KINDS: tuple[tuple[str, Kind], ...] = (
    ("camp", "camp"),
    ("conflict", "conflict"),
    ("forward", "hub"),
    ("marker", "marker"),
    ("flood", "flood"),
    ("town", "town"),
    ("default", "town"),
)
CLOSURES = ("country", "location", "link", "camp", "idpcamp", "remove_forced_redirection")
FORCED = {"": 0, "0": 0, "1": 1, "2": 2}
FLOOD_LEVELS = 4.0  # the highest level of flood_level.csv
UNUSED = ("agents.csv", "location_changes.csv", "major_routes.csv", "region_attributes_IPC.csv")
NEVER = 1 << 30  # a day that does not come
LONGEST = 36_525  # days, a century
FARTHEST = 40_000.0  # km, once around the Earth


@dataclass(frozen=True)
class Place:
    """A line of locations.csv; a camp has a capacity instead of people, None where the cell is empty."""

    name: str
    region: str
    country: str
    lat: float
    lon: float
    kind: Kind
    onset: int
    population: int
    capacity: int | None
    line: int


@dataclass(frozen=True)
class Route:
    """A road; ``forced`` 1 sends everybody from ``end`` to ``start``, 2 from ``start`` to ``end``."""

    start: str
    end: str
    km: float
    forced: int


@dataclass(frozen=True)
class Closure:
    """What opens or shuts on which day; ``last`` is the day on which it is undone."""

    kind: str
    a: str
    b: str
    first: int
    last: int


@dataclass(frozen=True)
class FleeFolder:
    """A conflict as FLEE knows it.

    Attributes
    ----------
    intensity : of each place named in conflicts.csv or flood_level.csv, a value a day, 0-1; where there is
        neither file, zones follow ``Place.onset``
    camps : the series of every camp that has data; several files are added up
    """

    path: Path
    start: date
    days: int
    places: tuple[Place, ...]
    routes: tuple[Route, ...]
    closures: tuple[Closure, ...]
    intensity: Mapping[str, tuple[float, ...]]
    camps: Mapping[str, tuple[Series, ...]]
    warnings: tuple[Problem, ...]

    @property
    def home(self) -> str:
        """The country that people flee from: of most people in zones of conflict or flood.

        FLEE takes the country of the first line instead, which is a camp's in some folders.
        """
        people: dict[str, int] = {}
        for place in self.places:
            if place.kind in ("conflict", "flood"):
                people[place.country] = people.get(place.country, 0) + 1 + place.population
        return max(people, key=lambda country: people[country]) if people else self.places[0].country

    def count(self, camp: str, day: int) -> float:
        """Return the people counted in a camp."""
        return sum(series.at(day) for series in self.camps[camp])


def read_flee(folder: str | Path, *, needs_camps: bool = True) -> FleeFolder:
    """Read and check a FLEE folder.

    Parameters
    ----------
    folder : the folder that holds ``input_csv`` and ``source_data``
    needs_camps : refuse a folder without any camp data

    Raises
    ------
    UsageError : this is no FLEE folder
    InvalidInput : with every problem of every file
    """
    path = Path(folder).expanduser()
    if not (path / "input_csv" / "locations.csv").is_file():
        inside = (path / "locations.csv").is_file()
        hint = f"; did you mean the folder above, {path.resolve().parent}?" if inside else ""
        raise UsageError(f"{folder} is no FLEE folder: it has no input_csv/locations.csv{hint}")
    r = Reader(path)
    start, days = _read_period(r)
    places = _read_places(r)
    names = {place.name for place in places}
    routes = _read_routes(r, names)
    closures = _read_closures(r, places)
    floods = {place.name for place in places if place.kind == "flood"}
    intensity = _read_days(r, "input_csv/conflicts.csv", places, days, 1.0)
    levels = _read_days(r, "input_csv/flood_level.csv", places, days, FLOOD_LEVELS)
    intensity |= {name: values for name, values in levels.items() if name in floods}
    for name in UNUSED:
        if r.has(f"input_csv/{name}"):
            r.odd(f"input_csv/{name}", 0, "", "the file changes nothing here")
    ordered = [place.name for place in places if place.kind == "camp"]
    camps = read_series(r, ordered, names, start)
    if start is not None:
        camps = correct(r, camps, start)
    if needs_camps and not camps and not r.problems:
        r.wrong("source_data/data_layout.csv", 0, "", "no camp has data, so there is nothing to compare with")
    if r.problems or start is None:
        raise InvalidInput(r.problems, warnings=r.warnings)
    return FleeFolder(
        path.resolve(), start, days, places, routes, closures, intensity, camps, tuple(r.warnings)
    )


def _read_period(r: Reader) -> tuple[date | None, int]:
    file = "input_csv/sim_period.csv"
    found: dict[str, tuple[int, str]] = {}
    if not r.has(file):
        r.wrong(file, 0, "", "the file is missing", "it says StartDate,YYYY-MM-DD and Length,DAYS")
        return None, 0
    for line, row in r.rows(file):
        key = row[0].lower()
        if key not in ("startdate", "length"):
            r.wrong(file, line, row[0], "unknown key", nearest(row[0], ("StartDate", "Length")))
        elif key in found:
            r.wrong(file, line, row[0], f"the key stands twice, first on line {found[key][0]}")
        else:
            found[key] = line, row[1] if len(row) > 1 else ""
    start, days = None, 0
    if "startdate" in found:
        start = read_date(r, file, found["startdate"][0], "StartDate", found["startdate"][1])
    elif not r.problems:
        r.wrong(file, 0, "StartDate", "the date of day 0 is missing")
    if "length" in found:
        days = r.number(file, found["length"][0], "Length", found["length"][1], whole, most=LONGEST) or 0
        if days < 1 and not r.problems:
            r.wrong(file, found["length"][0], "Length", "a period lasts one day at least")
    elif not r.problems:
        r.wrong(file, 0, "Length", "the number of days is missing")
    return start, days


def _read_places(r: Reader) -> tuple[Place, ...]:
    file = "input_csv/locations.csv"
    places: dict[str, Place] = {}
    for number, (line, row) in enumerate(r.rows(file)):
        if number == 0 and "country" in map(str.lower, row[:4]):
            continue  # a header without its #
        if len(row) < 6:
            r.wrong(file, line, row[0], f"the row has {len(row)} cells, a place needs 6 at least")
            continue
        row += [""] * (8 - len(row))
        name, region, country, lat, lon, word, onset, population = row[:8]
        kind = next((kind for part, kind in KINDS if part in word.lower()), None)
        if kind is None:
            hint = nearest(word, ("camp", "conflict_zone", "forwarding_hub", "marker", "flood_zone", "town"))
            r.wrong(file, line, "location_type", f"{word or 'nothing'} is no type of place", hint)
            continue
        if kind == "conflict" and onset == "":
            r.wrong(file, line, "conflict_date", f"the conflict zone {name} has no day of onset")
        if name in places:
            r.odd(file, line, "name", f"{name} stands twice; the first, on line {places[name].line}, counts")
            continue
        values = (
            r.number(file, line, "latitude", lat, float, 0.0),
            r.number(file, line, "longitude", lon, float, 0.0),
            r.number(file, line, "conflict_date", onset, whole, 0) if kind == "conflict" else 0,
            r.number(file, line, "population", population, float, 0.0),
        )
        if None in values:
            continue
        y, x, first, people = (value if value is not None else 0 for value in values)
        if not (-90.0 <= y <= 90.0 and -180.0 <= x <= 360.0):
            r.wrong(file, line, "latitude", f"{y:g}, {x:g} is no spot on Earth", "latitude stands first")
        camp = kind == "camp"
        if camp and people == -1:  # as older folders write that a camp has no limit
            population = ""
        elif people < 0:
            r.wrong(file, line, "population", f"{population} is below 0")
        places[name] = Place(
            name=name,
            region=region or "unknown",
            country=country or "unknown",
            lat=y,
            lon=x,
            kind=kind,
            onset=int(first),
            population=0 if camp else int(people),
            capacity=int(people) if camp and population != "" else None,
            line=line,
        )
    if not places and not r.problems:
        r.wrong(file, 0, "", "the file holds no places")
    return tuple(places.values())


def _read_routes(r: Reader, names: set[str]) -> tuple[Route, ...]:
    file = "input_csv/routes.csv"
    routes: list[Route] = []
    pairs: set[frozenset[str]] = set()
    if not r.has(file):
        r.wrong(file, 0, "", "the file is missing")
        return ()
    for number, (line, row) in enumerate(r.rows(file)):
        if number == 0 and row[0].lower() in ("name", "name1") and row[0] not in names:
            continue  # a header without its #
        if len(row) < 3:
            r.wrong(file, line, row[0], f"the row has {len(row)} cells, a route needs 3 at least")
            continue
        a, b, km, forced = (*row[:3], row[3] if len(row) > 3 else "")
        unknown = [name for name in (a, b) if name not in names]
        for name in unknown:
            r.wrong(file, line, "name", f"no place is called {name}", nearest(name, sorted(names)))
        length = r.number(file, line, "distance", km, float, most=FARTHEST)
        mark = forced.removesuffix(".0")
        if mark not in FORCED:
            r.wrong(file, line, "forced_redirection", f"{forced} is none of 0, 1 and 2")
        if unknown or length is None or mark not in FORCED:
            continue
        if length < 0:
            r.wrong(file, line, "distance", f"{length:g} km is below 0")
            continue
        if a == b:
            r.odd(file, line, "name", f"{a} leads to itself; the route is left out")
            continue
        pair = frozenset((a, b))
        if pair in pairs:
            r.odd(file, line, "name", f"the route {a} to {b} stands twice; the shortest counts")
        pairs.add(pair)
        routes.append(Route(a, b, length, FORCED[mark]))
    return tuple(routes)


def _read_closures(r: Reader, places: tuple[Place, ...]) -> tuple[Closure, ...]:
    file = "input_csv/closures.csv"
    names = {place.name for place in places}
    countries = {place.country for place in places}
    found: list[Closure] = []
    if not r.has(file):
        return ()
    for line, row in r.rows(file):
        if row[0].lower() == "closure_type":
            continue
        kind, a, b, first, last = (row + [""] * 5)[:5]
        kind = kind.lower()
        if kind not in CLOSURES:
            r.wrong(file, line, "closure_type", f"{kind} is no kind of closure", nearest(kind, CLOSURES))
            continue
        begin = r.number(file, line, "closure_start", first, whole, 0)
        end = r.number(file, line, "closure_end", last, whole, -1)
        if begin is None or end is None:
            continue
        pair = kind in ("country", "link", "remove_forced_redirection")
        valid = countries if kind == "country" else names
        missing = [name for name in ((a, b) if pair else (a,)) if name not in valid]
        for name in missing:
            # FLEE passes over a closure of what is not on the map; it closes nothing.
            what = "country" if kind == "country" else "place"
            r.odd(file, line, kind, f"no {what} is called {name or '(nothing)'}: nothing is closed")
        if not missing:
            found.append(Closure(kind, a, b, begin, NEVER if end < 0 else end))
    return tuple(found)


def _read_days(
    r: Reader, file: str, places: tuple[Place, ...], days: int, most: float
) -> dict[str, tuple[float, ...]]:
    """Read a table of a row a day and a column a place, whose values run from 0 to ``most``, as shares."""
    if not r.has(file):
        return {}
    names = {place.name for place in places}
    lines = r.rows(file, comments=True)
    at, header = next(lines, (0, []))
    if not header:
        r.wrong(file, 0, "", "the file is empty")
        return {}
    columns = header[1:]
    while columns and not columns[-1]:
        columns.pop()
    if len(set(columns)) < len(columns):
        twice = next(name for k, name in enumerate(columns) if name in columns[:k])
        r.wrong(file, at, twice, "the column stands twice")
    for name in sorted(set(columns) - names):
        r.odd(file, at, name, "the column is no place and counts for nothing", nearest(name, sorted(names)))
    table: list[list[float]] = []
    for line, row in lines:
        if row[0].startswith("#"):
            continue
        if len(row) < len(columns) + 1:
            r.wrong(file, line, "", f"the row has {len(row)} cells, the header {len(columns) + 1}")
            continue
        values = [
            r.number(file, line, name, cell, float, 0.0) for name, cell in zip(columns, row[1:], strict=False)
        ]
        for name, value in zip(columns, values, strict=True):
            if value is not None and not 0.0 <= value <= most:
                r.wrong(file, line, name, f"an intensity of {value:g} is not within 0 and {most:g}")
        table.append([(value or 0.0) / most for value in values])
        if len(r.problems) > 500:
            break
    if not table:
        r.wrong(file, at, "", "the file holds no days")
        return {}
    if len(table) < days:
        r.odd(file, 0, "", f"{len(table)} days are given and {days} simulated; the last one goes on")
        table += [table[-1]] * (days - len(table))
    return {name: tuple(row[k] for row in table[:days]) for k, name in enumerate(columns) if name in names}
