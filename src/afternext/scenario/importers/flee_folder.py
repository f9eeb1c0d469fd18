"""Read a FLEE folder: every file of its input format, with all problems named by file and line.

The format is positional CSV (docs/how-to/compare-with-flee.md). A file that contradicts itself is refused;
what FLEE itself only shrugs at (a conflict column that is no place) is a warning.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from afternext.errors import InvalidInput, Problem, UsageError
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
NEVER = 1 << 30  # a day that does not come
T = TypeVar("T")


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
    line: int


@dataclass(frozen=True)
class Closure:
    """What opens or shuts on which day; ``last`` is the day on which it is undone."""

    kind: str
    a: str
    b: str
    first: int
    last: int


@dataclass(frozen=True)
class Series:
    """People counted on days after the start, in file order: straight lines between them, flat outside."""

    days: tuple[int, ...]
    counts: tuple[float, ...]

    def at(self, day: int) -> float:
        """Return the count on a day, cut to whole people as FLEE does."""
        if day <= self.days[0]:
            return int(self.counts[0])
        for k in range(1, len(self.days)):
            if day < self.days[k]:  # the first later row in the order of the file, as FLEE reads it
                share = (day - self.days[k - 1]) / (self.days[k] - self.days[k - 1])
                return int(self.counts[k - 1] + share * (self.counts[k] - self.counts[k - 1]))
        return int(self.counts[-1])


@dataclass(frozen=True)
class FleeFolder:
    """A conflict as FLEE knows it.

    Attributes
    ----------
    intensity : of each place named in conflicts.csv, a value a day; places not named follow ``Place.onset``
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
    total: tuple[Series, ...]
    warnings: tuple[Problem, ...]

    @property
    def home(self) -> str:
        """The country of the first line: all others are foreign."""
        return self.places[0].country

    def count(self, camp: str, day: int) -> float:
        """Return the people counted in a camp."""
        return sum(series.at(day) for series in self.camps[camp])


@dataclass
class _Reader:
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def wrong(self, file: str, line: int, key: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(file, line, 0, key, message, hint))

    def odd(self, file: str, line: int, key: str, message: str, hint: str = "") -> None:
        self.warnings.append(Problem(file, line, 0, key, message, hint))

    def rows(self, file: str, *, comments: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Give the rows of a file with their lines; ``comments`` keeps rows that begin with #."""
        try:
            with (self.folder / file).open(encoding="utf-8-sig", newline="") as source:
                reader = csv.reader(source, skipinitialspace=True)
                for cells in reader:
                    row = [cell.strip() for cell in cells]
                    if any(row) and (comments or not row[0].startswith("#")):
                        yield reader.line_num, row
        except UnicodeDecodeError:
            self.wrong(file, 0, "", "the file is not UTF-8", "save it as UTF-8")
        except csv.Error as error:
            self.wrong(file, 0, "", f"the file is no CSV: {error}")

    def has(self, file: str) -> bool:
        return (self.folder / file).is_file()

    def number(
        self, file: str, line: int, key: str, text: str, convert: Callable[[str], T], default: T | None = None
    ) -> T | None:
        """Read a number; an empty cell is the default, if there is one."""
        if text == "" and default is not None:
            return default
        try:
            value = convert(text)
        except ValueError:
            shown = f"{text} is no number" if text else "a number is missing"
            self.wrong(file, line, key, shown)
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self.wrong(file, line, key, f"{text} is no finite number")
            return None
        return value


def whole(text: str) -> int:
    """Read a whole number; 12.0 is one."""
    value = float(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


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
        raise UsageError(f"{folder} is no FLEE folder: it has no input_csv/locations.csv")
    r = _Reader(path)
    start, days = _read_period(r)
    places = _read_places(r)
    names = {place.name for place in places}
    routes = _read_routes(r, names)
    closures = _read_closures(r, places)
    intensity = _read_conflicts(r, places, days)
    camps, total = _read_series(r, places, start)
    if start is not None:
        camps = _correct(r, camps, start)
    if needs_camps and not camps and not r.problems:
        r.wrong("source_data/data_layout.csv", 0, "", "no camp has data, so there is nothing to compare with")
    if r.problems or start is None:
        raise InvalidInput(r.problems, warnings=r.warnings)
    return FleeFolder(
        path.resolve(), start, days, places, routes, closures, intensity, camps, total, tuple(r.warnings)
    )


def _read_period(r: _Reader) -> tuple[date | None, int]:
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
        start = _date(r, file, found["startdate"][0], "StartDate", found["startdate"][1])
    elif not r.problems:
        r.wrong(file, 0, "StartDate", "the date of day 0 is missing")
    if "length" in found:
        days = r.number(file, found["length"][0], "Length", found["length"][1], whole) or 0
        if days < 1 and not r.problems:
            r.wrong(file, found["length"][0], "Length", "a period lasts one day at least")
    elif not r.problems:
        r.wrong(file, 0, "Length", "the number of days is missing")
    return start, days


def _date(r: _Reader, file: str, line: int, key: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        r.wrong(file, line, key, f"{text or 'nothing'} is no date", "write YYYY-MM-DD")
        return None


def _read_places(r: _Reader) -> tuple[Place, ...]:
    file = "input_csv/locations.csv"
    places: dict[str, Place] = {}
    for line, row in r.rows(file):
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
        if people < 0:
            r.wrong(file, line, "population", f"{population} is below 0")
        camp = kind == "camp"
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


def _read_routes(r: _Reader, names: set[str]) -> tuple[Route, ...]:
    file = "input_csv/routes.csv"
    routes: list[Route] = []
    pairs: set[frozenset[str]] = set()
    if not r.has(file):
        r.wrong(file, 0, "", "the file is missing")
        return ()
    for line, row in r.rows(file):
        if len(row) < 3:
            r.wrong(file, line, row[0], f"the row has {len(row)} cells, a route needs 3 at least")
            continue
        a, b, km, forced = (*row[:3], row[3] if len(row) > 3 else "")
        unknown = [name for name in (a, b) if name not in names]
        for name in unknown:
            r.wrong(file, line, "name", f"no place is called {name}", nearest(name, sorted(names)))
        length = r.number(file, line, "distance", km, float)
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
        routes.append(Route(a, b, length, FORCED[mark], line))
    return tuple(routes)


def _read_closures(r: _Reader, places: tuple[Place, ...]) -> tuple[Closure, ...]:
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


def _read_conflicts(r: _Reader, places: tuple[Place, ...], days: int) -> dict[str, tuple[float, ...]]:
    file = "input_csv/conflicts.csv"
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
            if value is not None and not 0.0 <= value <= 1.0:
                r.wrong(file, line, name, f"an intensity of {value:g} is not within 0 and 1")
        table.append([value or 0.0 for value in values])
        if len(r.problems) > 500:
            break
    if not table:
        r.wrong(file, at, "", "the file holds no days")
        return {}
    if len(table) < days:
        r.odd(file, 0, "", f"{len(table)} days are given and {days} simulated; the last one goes on")
        table += [table[-1]] * (days - len(table))
    return {name: tuple(row[k] for row in table[:days]) for k, name in enumerate(columns) if name in names}


Camps = dict[str, tuple[Series, ...]]


def _read_series(
    r: _Reader, places: tuple[Place, ...], start: date | None
) -> tuple[Camps, tuple[Series, ...]]:
    layout = "source_data/data_layout.csv"
    camps = {place.name for place in places if place.kind == "camp"}
    if not r.has(layout):
        if camps:
            r.odd(layout, 0, "", "the file is missing, so no camp has data")
        return {}, ()
    found: Camps = {}
    total: tuple[Series, ...] = ()
    for number, (line, row) in enumerate(r.rows(layout)):
        name, files = row[0], [cell for cell in row[1:] if cell]
        if not files:
            r.wrong(layout, line, name, "no file is named")
            continue
        is_total = name == "total" or (number == 0 and name not in {p.name for p in places})
        if not is_total and name not in camps:
            r.odd(
                layout,
                line,
                name,
                "no camp has this name; its data are left aside",
                nearest(name, sorted(camps)),
            )
            continue
        if name in found:
            r.odd(layout, line, name, "the camp stands twice; the first line counts")
            continue
        series = []
        for file in files:
            if not r.has(f"source_data/{file}"):
                r.wrong(layout, line, name, f"there is no file source_data/{file}")
            elif start is not None and (one := _read_one(r, f"source_data/{file}", start)) is not None:
                series.append(one)
        if is_total:
            total = tuple(series)
        elif series:
            found[name] = tuple(series)
    for place in places:
        if place.kind == "camp" and place.name not in found and found:
            r.odd(layout, 0, place.name, "the camp has no data: it takes people in and is not compared")
    return {p.name: found[p.name] for p in places if p.name in found}, total


def _read_one(r: _Reader, file: str, start: date) -> Series | None:
    days: list[int] = []
    counts: list[float] = []
    first = True
    for line, row in r.rows(file):
        header, first = first, False
        if header and not row[0][:1].isdigit():
            continue
        when = _date(r, file, line, "date", row[0])
        if when is None or len(row) < 2 or row[1] == "":
            continue
        value = r.number(file, line, "count", row[1], float)
        if value is None:
            continue
        if value < 0:
            r.wrong(file, line, "count", f"{value:g} people are fewer than none")
            continue
        day = (when - start).days
        if days and day < days[-1]:
            r.odd(file, line, "date", f"{row[0]} comes before the row above", "order the rows by date")
        days.append(day)
        counts.append(value)
    if not days and not r.problems:
        r.wrong(file, 0, "", "the file holds no counts")
    return Series(tuple(days), tuple(counts)) if days else None


def _correct(r: _Reader, camps: Camps, start: date) -> Camps:
    """Apply registration corrections: what was counted before a new registration is scaled to it."""
    file = "input_csv/registration_corrections.csv"
    if not r.has(file):
        return camps
    corrected = dict(camps)
    for line, row in r.rows(file):
        if row[0] not in camps:
            r.odd(file, line, row[0], "no camp with data has this name", nearest(row[0], camps))
            continue
        when = _date(r, file, line, "date", row[1] if len(row) > 1 else "")
        if when is None:
            continue
        day = (when - start).days
        if day < 0:
            continue
        parts = list(corrected[row[0]])
        for k, series in enumerate(parts):
            if day not in series.days:
                if len(parts) == 1:
                    r.wrong(
                        file, line, row[0], f"the camp was not counted on {row[1]}", "name a date of its file"
                    )
                continue
            at = series.days.index(day)
            if at == 0 or series.counts[at - 1] <= 0.0:
                r.odd(file, line, row[0], f"nobody was counted before {row[1]}: nothing to correct")
                continue
            ratio = series.counts[at] / series.counts[at - 1]
            scaled = [count * ratio for count in series.counts[:at]]
            parts[k] = Series(series.days, (*scaled, *series.counts[at:]))
        corrected[row[0]] = tuple(parts)
    return corrected
