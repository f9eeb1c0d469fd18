"""What happened: the files of a truth directory, read after the forecasts are on record.

    displacement_total.csv  date, idp_individuals, returnee_individuals
    displacement_gov.csv    date, kind (hosting or origin), governorate, individuals
    control.csv             date, place_id, from_side, to_side, date_precision (day, week, month)
    events.csv              date, kind, event; `code` names the question's event where it stands
    violence.csv            start, end, measure, value (as history.csv; measure `deaths`)
    outcomes.csv            id, outcome: settles a question by its id, before all else
    side_aliases.csv        as_recorded, side: what the recorded sides are called in the scenario
    place_aliases.csv       place_id, place: the same for places
    places.csv              place_id: the places that control.csv would tell of
    control_initial_2014-06-12.csv   place_id, controller: who held what on the date in the name

Any of them may be missing, columns may stand in any order, and further columns are left alone. What cannot
be settled is said with its reason and never counted.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from afternext.errors import InvalidInput, Problem, UsageError
from afternext.scenario.files import read_text
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Node
from afternext.scenario.question_schema import NO_SIDE
from afternext.scenario.schema import NOBODY
from afternext.scenario.tables import read_table

if TYPE_CHECKING:
    from afternext.scenario import Scenario

NEEDED: dict[str, tuple[str, ...]] = {
    "displacement_total": ("date", "idp_individuals"),
    "displacement_gov": ("date", "kind", "governorate", "individuals"),
    "control": ("date", "place_id", "to_side"),
    "events": ("date", "event"),
    "violence": ("start", "end", "measure", "value"),
    "outcomes": ("id", "outcome"),
    "side_aliases": ("as_recorded", "side"),
    "place_aliases": ("place_id", "place"),
    "places": ("place_id",),
}
STATUS = re.compile(r"control_initial_(\d{4}-\d{2}-\d{2})")
DATED = ("displacement_total", "displacement_gov", "control", "events", "violence")
MONTH_ONLY = re.compile(r"\d{4}-\d{2}")
PRECISION = ("day", "week", "month")
CONTESTED = "contested"


@dataclass(frozen=True)
class Shift:
    """A place that changed hands, within the days that its date may mean."""

    day: int
    first: int
    last: int
    sides: tuple[str, ...]  # any of them holds it now; empty if the side is not known


@dataclass(frozen=True)
class Count:
    """People counted on a day."""

    day: int
    value: float


@dataclass
class Truth:
    """What happened after the freeze, by days after it.

    until : last day of which any file speaks
    places : those that control.csv would tell of; all of the scenario's if no file says
    notes : what could not be used, with file and line
    """

    folder: Path
    until: int = 0
    shifts: dict[str, list[Shift]] = field(default_factory=dict)
    counts: dict[tuple[str, str], list[Count]] = field(default_factory=dict)
    deaths: list[tuple[int, int, float]] = field(default_factory=list)
    events: list[tuple[int, str, str, str]] = field(default_factory=list)  # day, kind, text, code
    outcomes: dict[str, str] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    files: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether a file of this name was there."""
        return name in self.files

    def tells_of(self, place: str) -> bool:
        """Whether no word of a place means that nothing changed there."""
        return not self.places or place in self.places


def read_truth(folder: str | Path, scenario: Scenario) -> Truth:
    """Read a truth directory for a scenario.

    Raises
    ------
    UsageError : no such folder, or none of the files is in it
    InvalidInput : a column is missing, or a cell is no date or number; every spot is named
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UsageError(
            f"{folder}: there is no such directory; give the folder with control.csv or the like"
        )
    reader = _Reader(folder, scenario)
    tables = {name: reader.table(name) for name in NEEDED}
    there = tuple(name for name, rows in tables.items() if rows is not None)
    if not set(there) & {*DATED, "outcomes"}:
        names = ", ".join(f"{name}.csv" for name in (*DATED, "outcomes"))
        raise UsageError(f"{folder}: nothing to score against; one of {names} is needed")
    truth = reader.truth
    truth.files = there
    reader.aliases(tables["side_aliases"] or [], tables["place_aliases"] or [])
    reader.displacement(tables["displacement_total"] or [], tables["displacement_gov"] or [])
    reader.control(tables["control"] or [])
    reader.statuses()
    if tables["places"] or truth.places:
        reader.universe([*(tables["places"] or []), *(tables["control"] or [])])
    reader.happenings(tables["events"] or [], tables["violence"] or [])
    for row in tables["outcomes"] or []:
        truth.outcomes[reader.text(row, "id")] = reader.text(row, "outcome")
    if reader.problems:
        raise InvalidInput(reader.problems)
    return truth


class _Reader:
    def __init__(self, folder: Path, scenario: Scenario) -> None:
        self.folder, self.scenario, self.freeze = folder, scenario, scenario.freeze
        self.truth = Truth(folder)
        self.problems: list[Problem] = []
        self.sides: dict[str, list[str]] = defaultdict(list)
        self.places: dict[str, list[str]] = defaultdict(list)
        holders = {row.place: row.holder for row in scenario.holders}
        self.held = {place.id: holders.get(place.id, NOBODY) for place in scenario.places}

    def table(self, name: str, needed: tuple[str, ...] = ()) -> list[Node] | None:
        """Rows of a file, None where it is missing or has no row."""
        file = f"{name}.csv"
        if not (self.folder / file).is_file():
            return None
        text = read_text(self.folder / file, file, self.problems)
        if text is None:
            return None
        table, problems = read_table(text, file)
        for problem in problems:
            # A comma too many in a note must not cost the whole file; the row is left out and told.
            if problem.message.startswith("the row has"):
                self.truth.notes.append(f"not used: {problem}")
            else:
                self.problems.append(problem)
        if table is None:
            return None
        needed = needed or NEEDED[name]
        for column in needed:
            if column not in table.header:
                hint = f"columns: {', '.join(needed)}"
                self.problems.append(Problem(file, 1, 0, column, "the column is missing", hint))
        whole = all(column in table.header for column in needed)
        return [row for row in table.rows if not row.broken] if whole else None

    @staticmethod
    def text(row: Node, column: str) -> str:
        """The text of a cell; empty if there is none."""
        cell = row.map.get(column)
        return "" if cell is None or cell.value is None else str(cell.value).strip()

    def day(self, row: Node, column: str = "date") -> int | None:
        """Days from the freeze to the date of a row; the last day of a month that has no day."""
        text = self.text(row, column)
        if not text:
            self.note(row, f"not used: {column} is empty")
            return None
        try:
            when = _last_of(text) if MONTH_ONLY.fullmatch(text) else date.fromisoformat(text)
            if when.year == date.max.year:
                raise ValueError(text)
        except ValueError:
            mark = row.at((column,))
            self.problems.append(mark.problem(column, f"'{text[:40]}' is not a date", "write 2014-06-12"))
            return None
        self.truth.until = max(self.truth.until, (when - self.freeze).days)
        return (when - self.freeze).days

    def number(self, row: Node, column: str) -> float | None:
        """A number; None where the cell is empty."""
        text = self.text(row, column).replace(",", "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            self.problems.append(row.at((column,)).problem(column, f"'{text[:40]}' is no number of people"))
            return None
        return value

    def aliases(self, sides: list[Node], places: list[Node]) -> None:
        """Names of the truth files and what they mean; several rows of one name are alternatives."""
        for row in sides:
            recorded, side = self.text(row, "as_recorded").lower(), self.text(row, "side")
            if side not in self.scenario.forces and side not in (*NO_SIDE, ""):
                hint = nearest(side, [*self.scenario.forces, *NO_SIDE])
                self.note(row, f"there is no force {side} in the scenario" + (f"; {hint}" if hint else ""))
            else:
                self.sides[recorded].append(side)
        for row in places:
            self.places[self.text(row, "place_id")].append(self.text(row, "place"))

    def note(self, row: Node, text: str) -> None:
        self.truth.notes.append(f"{row.mark.file}:{row.mark.line}: {text}")

    def side(self, recorded: str) -> tuple[str, ...]:
        """Forces (or nobody) that a recorded side may mean; empty if it is not known."""
        word = recorded.strip().lower()
        if word in self.sides:
            found = self.sides[word]
        elif word in self.scenario.forces or word in NO_SIDE:
            found = [word]
        else:
            found = [key for key, force in self.scenario.forces.items() if force.name.lower() == word]
        return tuple(NOBODY if side in NO_SIDE else side for side in found if side)

    def displacement(self, totals: list[Node], areas: list[Node]) -> None:
        """Counts of displaced people and of people come home."""
        for row in totals:
            day = self.day(row)
            for column, name in (("idp_individuals", "idps"), ("returnee_individuals", "returnees")):
                value = self.number(row, column)
                if day is not None and value is not None:
                    self._add(name, "", day, value)
        known = {place.admin1 for place in self.scenario.places}
        for row in areas:
            day, value = self.day(row), self.number(row, "individuals")
            kind, area = self.text(row, "kind").lower(), self.text(row, "governorate")
            measure = {"hosting": "idps_hosted", "hosted": "idps_hosted", "origin": "idps_origin"}.get(kind)
            if measure is None or area not in known:
                why = f"{area} is no first-level area of the scenario" if measure else f"kind '{kind}'"
                self.note(row, f"not used: {why}")
            elif day is not None and value is not None:
                self._add(measure, area, day, value)
        for counts in self.truth.counts.values():
            counts.sort(key=lambda count: count.day)

    def _add(self, measure: str, area: str, day: int, value: float) -> None:
        if day > 0:
            self.truth.counts.setdefault((measure, area), []).append(Count(day, value))

    def control(self, rows: list[Node]) -> None:
        """Changes of hands after the freeze, in order of time."""
        ids = {place.id for place in self.scenario.places}
        for row in rows:
            day = self.day(row)
            if day is None:
                continue
            recorded = self.text(row, "place_id")
            places = self.places.get(recorded, [recorded])
            precision = self.text(row, "date_precision").lower() or "day"
            if MONTH_ONLY.fullmatch(self.text(row, "date")):
                precision = "month"
            if precision not in PRECISION:
                self.note(row, f"date_precision '{precision[:20]}' is taken as month")
                precision = "month"
            sides = self.side(self.text(row, "to_side"))
            if not sides:
                self.note(
                    row, f"side '{self.text(row, 'to_side')}' is not known: add it to side_aliases.csv; "
                    f"questions about {recorded} are not settled from then on"
                )  # fmt: skip
            first, last = self._span(day, precision)
            if last <= 0 or (day <= 0 and precision == "day"):
                continue
            for place in places:
                if place not in ids:
                    self.note(row, f"not used: place {recorded} is not in the scenario")
                    continue
                self.truth.shifts.setdefault(place, []).append(Shift(day, first, last, sides))
        for shifts in self.truth.shifts.values():
            shifts.sort(key=lambda shift: shift.day)

    def statuses(self) -> None:
        """Who held what on a date: a change up to that day, if it is not what the changes say."""
        for path in sorted(self.folder.glob("control_initial_*.csv")):
            match = STATUS.fullmatch(path.stem)
            if match is None:
                continue
            rows = self.table(path.stem, ("place_id", "controller")) or []
            try:
                day = (date.fromisoformat(match[1]) - self.freeze).days
            except ValueError:
                self.problems.append(Problem(path.name, 0, 0, "", f"{match[1]} is not in the calendar"))
                continue
            self.truth.files = (*self.truth.files, path.stem)
            self.universe(rows)
            for row in rows if day > 0 else ():
                self._status(row, day)

    def _status(self, row: Node, day: int) -> None:
        sides = self.side(self.text(row, "controller"))
        for place in self.places.get(self.text(row, "place_id"), [self.text(row, "place_id")]):
            if place not in self.held:
                continue
            shifts = self.truth.shifts.setdefault(place, [])
            before = [shift for shift in shifts if shift.day <= day]
            last = before[-1].sides if before else (self.held[place],)
            if sides and not set(sides) & set(last):
                first = before[-1].day if before else 1
                shifts.append(Shift(day, first, day, sides))
                shifts.sort(key=lambda shift: shift.day)

    def universe(self, rows: list[Node]) -> None:
        """Places that the files would tell of."""
        for row in rows:
            recorded = self.text(row, "place_id")
            self.truth.places.update(self.places.get(recorded, [recorded]))

    def _span(self, day: int, precision: str) -> tuple[int, int]:
        """First and last day that a date may mean."""
        if precision == "week":
            return day - 3, day + 3
        if precision == "month":
            when = self.freeze + timedelta(days=day)
            start = when.replace(day=1)
            end = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            return (start - self.freeze).days, (end - self.freeze).days
        return day, day

    def happenings(self, events: list[Node], violence: list[Node]) -> None:
        """Dated events in words, and deaths over spans of days."""
        for row in events:
            day = self.day(row)
            if day is not None and day > 0:
                words = self.text(row, "event"), self.text(row, "code") or self.text(row, "id")
                self.truth.events.append((day, self.text(row, "kind"), *words))
        for row in violence:
            first, last, value = self.day(row, "start"), self.day(row, "end"), self.number(row, "value")
            if first is None or last is None or value is None or self.text(row, "measure") != "deaths":
                continue
            if last < first:
                self.problems.append(row.at(("end",)).problem("end", "the end is before the start"))
            elif last > 0 and not self.text(row, "place"):
                self.truth.deaths.append((first, last, value))


def _last_of(month: str) -> date:
    """The last day of a month written as 2016-07."""
    start = date.fromisoformat(f"{month}-01")
    if start.year == date.max.year:  # no day follows the last month of the calendar
        raise ValueError(month)
    return (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def words_found(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether every one of the words stands in a text; | parts alternatives, case does not count."""

    def has(word: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(word.strip().lower())}", text.lower()) is not None

    return all(any(has(word) for word in one.split("|")) for one in wanted)


def as_dict(truth: Truth) -> dict[str, Any]:
    """What a report says of a truth directory."""
    return {"directory": str(truth.folder), "files": list(truth.files), "notes": list(truth.notes)}
