"""What happened: the files of a truth directory, read after the forecasts are on record.

    displacement_total.csv  date, idp_individuals, returnee_individuals
    displacement_gov.csv    date, kind (hosting or origin), governorate, individuals
    control.csv             date, place_id, from_side, to_side, date_precision (day, week, month)
    events.csv              date, kind, event; `code` names the question's event where it stands
    violence.csv            start, end, measure, value (as history.csv; measure `deaths`)
    outcomes.csv            id, outcome: settles a question by its id, before all else
    side_aliases.csv        as_recorded, side: what the recorded sides are called in the scenario
    place_aliases.csv       place_id, place: the same for places
    area_groups.csv         governorate, area: the areas that a recorded one stands for, a row each
    places.csv              place_id: the places that control.csv would tell of
    control_initial_2014-06-12.csv   place_id, controller: who held what on the date in the name

Any of them may be missing, columns may stand in any order, and further columns are left alone. Nothing in
them stops a score: what cannot be used is told with its file, lines and reason, and what cannot be settled is
never counted. A row about a place that cannot be used leaves the questions about that place unsettled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from afternext.errors import UsageError
from afternext.forecast.truth_cells import When
from afternext.forecast.truth_control import Change, Shift, in_order
from afternext.forecast.truth_files import Files, Row, plain_name
from afternext.forecast.truth_names import by_name, region_areas
from afternext.scenario.nearest import closest, nearest
from afternext.scenario.question_schema import NO_SIDE
from afternext.scenario.schema import NOBODY

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
    "area_groups": ("governorate", "area"),
    "places": ("place_id",),
}
STATUS = re.compile(r"control_initial_(\d{4}-\d{2}-\d{2})")
DATED = ("displacement_total", "displacement_gov", "control", "events", "violence")
KINDS = {
    "hosting": "idps_hosted", "hosted": "idps_hosted", "host": "idps_hosted", "destination": "idps_hosted",
    "origin": "idps_origin", "from": "idps_origin", "displaced_from": "idps_origin",
}  # fmt: skip
ALIKE = 0.85  # likeness of two names from which one may be a slip for the other
FARTHEST = 50 * 366  # days from the freeze beyond which a date is a slip
SILENT = 92  # days without a word of control, before the end of all files, that are worth telling
OFF = 1.5  # factor between the counted and the scenario's displaced from which they are other series


@dataclass(frozen=True)
class Count:
    """People counted on a day."""

    day: int
    value: float
    source: str = ""


@dataclass
class Truth:
    """What happened after the freeze, by days after it.

    until : last day of which any file speaks        until_events : of which events.csv speaks
    places : those that control.csv would tell of; all of the scenario's if no file says
    doubt : places of which nothing is settled, and why
    groups : recorded areas that stand for several
    notes : what was not used or had to be interpreted, with file and lines
    """

    folder: Path
    until: int = 0
    until_events: int = 0
    shifts: dict[str, list[Shift]] = field(default_factory=dict)
    counts: dict[tuple[str, str], list[Count]] = field(default_factory=dict)
    before: dict[tuple[str, str], list[Count]] = field(default_factory=dict)
    deaths: list[tuple[int, int, float]] = field(default_factory=list)
    events: list[tuple[int, str, str, str]] = field(default_factory=list)  # day, kind, text, code
    outcomes: dict[str, str] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)
    doubt: dict[str, str] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether a file of this name was there."""
        return name in self.files

    def tells_of(self, place: str) -> bool:
        """Whether no word of a place means that nothing changed there."""
        return not self.places or place in self.places


def look_for(folder: str | Path) -> Path:
    """The directory, if anything to score against lies in it; nothing is opened.

    Raises
    ------
    UsageError : no such directory, or none of the files is in it
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UsageError(
            f"{folder}: there is no such directory; give the folder with control.csv or the like"
        )
    there = {path.name.lower() for path in folder.iterdir() if path.is_file()}
    names = [f"{name}.csv" for name in (*DATED, "outcomes")]
    if not there & set(names):
        raise UsageError(f"{folder}: nothing to score against; one of {', '.join(names)} is needed")
    return folder


def read_truth(folder: str | Path, scenario: Scenario) -> Truth:
    """Read a truth directory for a scenario.

    Raises
    ------
    UsageError : no such folder, or nothing in it can be read
    """
    folder = look_for(folder)
    reader = _Reader(folder, scenario)
    tables = {name: reader.files.rows(name, needed) for name, needed in NEEDED.items()}
    truth = reader.truth
    truth.files = tuple(name for name, rows in tables.items() if rows is not None)
    if not set(truth.files) & {*DATED, "outcomes"}:
        why = "; ".join(reader.files.notes.texts())
        raise UsageError(f"{folder}: nothing to score against can be read: {why}")
    rows = {name: found or [] for name, found in tables.items()}
    reader.aliases(rows["side_aliases"], rows["place_aliases"], rows["area_groups"])
    reader.displacement(rows["displacement_total"], rows["displacement_gov"])
    reader.control(rows["control"])
    reader.statuses()
    if rows["places"] or truth.places:
        reader.universe([*rows["places"], *rows["control"]])
    reader.happenings(rows["events"], rows["violence"])
    reader.stated(rows["outcomes"])
    reader.remarks()
    truth.rows = dict(reader.files.counted)
    truth.notes = reader.files.notes.texts()
    return truth


class _Reader:
    def __init__(self, folder: Path, scenario: Scenario) -> None:
        self.files = Files(folder)
        self.scenario, self.freeze = scenario, scenario.freeze
        self.truth = Truth(folder)
        self.sides: dict[str, list[str]] = defaultdict(list)
        self.places: dict[str, list[str]] = defaultdict(list)
        self.last_control: int | None = None
        holders = {row.place: row.holder for row in scenario.holders}
        self.held = {place.id: holders.get(place.id, NOBODY) for place in scenario.places}
        self.by_name = by_name(scenario)
        self.areas = {plain_name(p.admin1): p.admin1 for p in scenario.places if p.admin1}

    def when(self, row: Row, column: str = "date") -> When | None:
        """The date of a row, if it can be read and is of this time."""
        found = self.files.when(row, column)
        if found is None:
            return None
        if abs((found.day - self.freeze).days) > FARTHEST:
            self.files.unused(row, f"{found.day} is more than 50 years from the freeze, so it is a slip")
            return None
        self.truth.until = max(self.truth.until, self.days(found.day))
        return found

    def days(self, day: date) -> int:
        return (day - self.freeze).days

    # Names

    def aliases(self, sides: list[Row], places: list[Row], groups: list[Row]) -> None:
        """Names of the truth files and what they mean; several rows of one name are alternatives."""
        for row in sides:
            recorded, side = row.text("as_recorded").lower(), row.text("side")
            known = [*self.scenario.forces, *NO_SIDE, ""]
            side = next((name for name in known if name.lower() == side.lower()), side)
            if side not in known:
                hint = nearest(side, [*self.scenario.forces, *NO_SIDE])
                self.files.unused(
                    row, f"there is no force {side} in the scenario" + (f"; {hint}" if hint else "")
                )
            else:
                self.sides[recorded].append(side)
        for row in places:
            recorded, place = row.text("place_id"), row.text("place")
            if place not in self.held:
                self.files.unused(row, f"there is no place {place} in the scenario")
            self.places[recorded.lower()].append(place)
        parts: dict[str, list[str]] = defaultdict(list)
        for row in groups:
            area = self.areas.get(plain_name(row.text("area")))
            if area is None:
                self.files.unused(row, f"{row.text('area')} is no first-level area of the scenario")
            else:
                parts[plain_name(row.text("governorate"))].append(area)
        self.truth.groups = {name: tuple(found) for name, found in parts.items()}

    def side(self, recorded: str) -> tuple[str, ...]:
        """Forces (or nobody) that a recorded side may mean; empty if it is not known."""
        word = recorded.strip().lower()
        if word in self.sides:
            found = self.sides[word]
        elif word in NO_SIDE:
            found = [word]
        else:
            found = [
                key
                for key, force in self.scenario.forces.items()
                if word and plain_name(word) in (plain_name(key), plain_name(force.name))
            ]
        return tuple(NOBODY if side in NO_SIDE else side for side in found if side)

    def place(self, row: Row) -> list[str]:
        """Places of the scenario that a row is about; none, and noted, where it knows no such."""
        recorded = row.text("place_id")
        if recorded.lower() in self.places:
            return [place for place in self.places[recorded.lower()] if place in self.held]
        if recorded in self.held:
            return [recorded]
        for name in (recorded, row.text("place")):
            found = self.by_name.get(plain_name(name)) if name else None
            if found is not None:
                self.files.told(row, f"place {recorded or name} is taken as {found}")
                return [found]
        names = ", ".join(dict.fromkeys(word for word in (recorded, row.text("place")) if word))
        near = closest(recorded, self.held, ALIKE) if recorded else None
        hint = f"; if it is {near}, say so in place_aliases.csv" if near else ""
        self.files.unused(row, f"place {names or '(empty)'} is not in the scenario{hint}")
        return []

    def area(self, name: str) -> tuple[str, ...]:
        """First-level areas that a recorded one stands for; none if it is not known."""
        plain = plain_name(name)
        if plain in self.areas:
            return (self.areas[plain],)
        if plain in self.truth.groups:
            return self.truth.groups[plain]
        return region_areas(self.scenario, name)

    # People

    def displacement(self, totals: list[Row], areas: list[Row]) -> None:
        """Counts of displaced people and of people come home."""
        for row in totals:
            if not self.files.fits(row):
                continue
            when = self.when(row)
            if not row.text("idp_individuals") and not row.text("returnee_individuals"):
                self.files.unused(row, "no number of people")
            for column, name in (("idp_individuals", "idps"), ("returnee_individuals", "returnees")):
                value = self.files.number(row, column)
                if when is not None and value is not None:
                    self._count(row, (name, ""), when, value)
        for row in areas:
            if not self.files.fits(row):
                continue
            measure = KINDS.get(row.text("kind").lower().replace(" ", "_"))
            found = self.area(row.text("governorate"))
            if measure is None:
                self.files.unused(row, f"kind '{row.text('kind')}' is neither hosting nor origin")
            elif not found:
                self.files.unused(
                    row, f"{row.text('governorate') or '(empty)'} is no first-level area of the scenario"
                )
            else:
                when, value = self.when(row), self.files.number(row, "individuals")
                if not row.text("individuals"):
                    self.files.unused(row, "no number of people")
                if when is not None and value is not None:
                    name = found[0] if len(found) == 1 else row.text("governorate")
                    if len(found) > 1:
                        self.truth.groups[name] = found
                    self._count(row, (measure, name), when, value)
        for found_counts in (*self.truth.counts.values(), *self.truth.before.values()):
            found_counts.sort(key=lambda count: count.day)

    def _count(self, row: Row, key: tuple[str, str], when: When, value: float) -> None:
        day = self.days(when.day)
        counts = (self.truth.counts if day > 0 else self.truth.before).setdefault(key, [])
        same = [count for count in counts if count.day == day]
        if same and same[-1].value != value:
            what = f"{' of '.join(part for part in key if part)} on {when.day}"
            self.files.told(row, f"two counts of {what}: {same[-1].value:,.0f} gives way to {value:,.0f}")
        if same:
            counts.remove(same[-1])
        counts.append(Count(day, value, f"{row.file}:{row.line}"))

    # Who holds what

    def control(self, rows: list[Row]) -> None:
        """Changes of hands after the freeze, in order of time."""
        changes: dict[str, list[Change]] = defaultdict(list)
        lines: dict[tuple[str, Change], Row] = {}
        named = False
        for row in rows:
            places = self.place(row)
            named |= bool(places)
            sides = self.side(row.text("to_side"))
            # A comma too many in a note does not cost the row, if the cells that count are in place.
            if row.spilled and not (places and sides) and not self.files.fits(row):
                self._doubt(places, row)
                continue
            when = self.when(row)
            if when is None:
                self._doubt(places, row)
                continue
            if row.spilled:
                self.files.told(row, "the row has more cells than the header; those beyond it are left alone")
            span = self.files.within(row, when)
            day, first, last = (self.days(one) for one in (span.day, span.first, span.last))
            self.last_control = max(day, self.last_control or day)
            if last <= 0 or (day <= 0 and span.precision == "day"):
                continue
            if not sides and places:
                self.files.unused(
                    row, f"side '{row.text('to_side')}' is not known: add it to side_aliases.csv; questions "
                    f"about {places[0]} are not settled from then on"
                )  # fmt: skip
            for place in places:
                change = Change(day, first, last, self.side(row.text("from_side")), sides)
                changes[place].append(change)
                lines[(place, change)] = row
        for place, found in changes.items():
            self.truth.shifts[place], unseen = in_order(found, self.held[place])
            for change in unseen:
                self.files.told(
                    lines[(place, change)], f"it says that {' or '.join(change.before)} held {place} before, "
                    "which no earlier row and not the scenario says: when it came to be so is not known, and "
                    "questions about those days are not settled"
                )  # fmt: skip
        if rows and not named:
            text = "control.csv names no place of the scenario: give place_aliases.csv"
            self.truth.doubt |= dict.fromkeys(self.held, text)

    def _doubt(self, places: Sequence[str], row: Row) -> None:
        for place in places:
            self.truth.doubt[place] = f"a row of control.csv about it cannot be used (line {row.line})"

    def statuses(self) -> None:
        """Who held what on a date: a change up to that day, if it is not what the changes say."""
        for path in sorted(self.files.folder.glob("control_initial_*.csv")):
            match = STATUS.fullmatch(path.stem)
            if match is None:
                continue
            rows = self.files.rows(path.stem, ("place_id", "controller")) or []
            try:
                day = self.days(date.fromisoformat(match[1]))
            except ValueError:
                self.files.notes.add(path.name, 0, f"not used: {match[1]} is not in the calendar")
                continue
            self.truth.files = (*self.truth.files, path.stem)
            self.universe(rows)
            for row in rows if day > 0 else ():
                self._status(row, day)

    def _status(self, row: Row, day: int) -> None:
        sides = self.side(row.text("controller"))
        for place in self.places.get(row.text("place_id").lower(), [row.text("place_id")]):
            if place not in self.held:
                continue
            shifts = self.truth.shifts.setdefault(place, [])
            before = [shift for shift in shifts if shift.day <= day]
            last = before[-1].sides if before else (self.held[place],)
            if sides and not set(sides) & set(last):
                first = before[-1].day if before else 1
                shifts.append(Shift(day, first, day, sides))
                shifts.sort(key=lambda shift: shift.day)

    def universe(self, rows: list[Row]) -> None:
        """Places that the files would tell of."""
        for row in rows:
            recorded = row.text("place_id")
            found = self.by_name.get(plain_name(recorded), recorded)
            self.truth.places.update(self.places.get(recorded.lower(), [found]))

    # What happened, and what is said of it all

    def happenings(self, events: list[Row], violence: list[Row]) -> None:
        """Dated events in words, and deaths over spans of days."""
        for row in events:
            when = self.when(row)
            if when is not None and self.days(when.day) > 0:
                words = row.text("event"), row.text("code") or row.text("id")
                self.truth.events.append((self.days(when.day), row.text("kind"), *words))
                self.truth.until_events = max(self.truth.until_events, self.days(when.day))
        for row in violence:
            if not self.files.fits(row):
                continue
            start, end, value = (
                self.when(row, "start"),
                self.when(row, "end"),
                self.files.number(row, "value"),
            )
            if start is None or end is None or value is None or row.text("measure").lower() != "deaths":
                continue
            first, last = self.days(start.first), self.days(end.last)
            if last < first:
                self.files.unused(row, "the end is before the start")
            elif last > 0 and not row.text("place"):
                self.truth.deaths.append((first, last, value))

    def stated(self, rows: list[Row]) -> None:
        """Outcomes by the id of a question; of two for one question the last holds."""
        for row in rows:
            ident, said = row.text("id"), row.text("outcome")
            if self.files.fits(row):
                if self.truth.outcomes.get(ident, said) != said:
                    self.files.told(row, f"{ident} is stated twice: this one holds")
                self.truth.outcomes[ident] = said

    def remarks(self) -> None:
        """What a reader must know of files that are fine in themselves."""
        truth = self.truth
        silent = truth.until - (self.last_control or 0)
        if self.last_control is not None and silent > SILENT:
            self.files.notes.add(
                "control.csv", 0, f"its last date is {silent} days before the last of all files; until then "
                "towns that it does not name again count as unchanged"
            )  # fmt: skip
        told = truth.before.get(("idps", ""))
        if told:
            from afternext.forecast.past import Past

            past, count = Past(self.scenario), told[-1].value
            since = past.date(told[-1].day)
            stock = sum(past.persons(row) for row in past.caseload if row.since <= since)
            if stock > 0 and not 1 / OFF < (count + 1) / (stock + 1) < OFF:
                self.files.notes.add(
                    "displacement_total.csv", 0, f"it counts {count:,.0f} on {since}, the scenario "
                    f"{stock:,.0f} displaced in the year before the freeze by then: it may count other people"
                )  # fmt: skip


def words_found(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether every one of the words stands in a text; | parts alternatives, case does not count."""

    def has(word: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(word.strip().lower())}", text.lower()) is not None

    return all(any(has(word) for word in one.split("|")) for one in wanted)


def as_dict(truth: Truth) -> dict[str, Any]:
    """What a report says of a truth directory."""
    return {
        "directory": str(truth.folder),
        "files": list(truth.files),
        "rows": dict(truth.rows),
        "until_day": truth.until,
        "notes": list(truth.notes),
    }


def unknown_outcomes(truth: Truth, asked: Collection[str]) -> str:
    """What to say of outcomes for questions that were not asked; empty if there are none."""
    strange = [ident for ident in truth.outcomes if ident not in asked]
    shown = ", ".join(strange[:6]) + (f" and {len(strange) - 6} more" if len(strange) > 6 else "")
    return f"outcomes.csv: not used: no such question was asked: {shown}" if strange else ""
