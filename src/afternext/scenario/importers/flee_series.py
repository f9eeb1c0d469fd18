"""The counts of a FLEE folder: data_layout.csv, a series for each camp, and registration corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from afternext.scenario.importers.flee_cells import Reader, match, read_date
from afternext.scenario.nearest import nearest


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


Camps = dict[str, tuple[Series, ...]]


def read_series(r: Reader, ordered: Sequence[str], names: set[str], start: date | None) -> Camps:
    """Return the series of every camp that has data.

    The total is read only for what is wrong with it: FLEE counts the camps.

    ordered : camps in the order of locations.csv      names : all places
    """
    layout = "source_data/data_layout.csv"
    camps = set(ordered)
    if not r.has(layout):
        if camps:
            r.odd(layout, 0, "", "the file is missing, so no camp has data")
        return {}
    found: Camps = {}
    for number, (line, row) in enumerate(r.rows(layout)):
        name, files = row[0], [cell for cell in row[1:] if cell]
        if not files:
            r.wrong(layout, line, name, "no file is named")
            continue
        is_total = name.lower() == "total" or (number == 0 and match(name, names, ordered) not in names)
        if not is_total and (other := match(name, camps, ordered)) != name:
            r.odd(layout, line, name, f"taken for the camp {other}")
            name = other
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
            path = r.spelled(f"source_data/{file}")
            if path is None and is_total:
                r.odd(layout, line, name, f"there is no file source_data/{file}; the camps are counted")
            elif path is None:
                r.wrong(layout, line, name, f"there is no file source_data/{file}")
            elif start is not None and (one := _read_one(r, path, start)) is not None:
                series.append(one)
        if series and not is_total:
            found[name] = tuple(series)
    for name in ordered:
        if name not in found and found:
            r.odd(layout, 0, name, "the camp has no data: it takes people in and is not compared")
    return {name: found[name] for name in ordered if name in found}


def _read_one(r: Reader, file: str, start: date) -> Series | None:
    days: list[int] = []
    counts: list[float] = []
    first = True
    for line, row in r.rows(file):
        header, first = first, False
        if header and not row[0][:1].isdigit():
            continue
        when = read_date(r, file, line, "date", row[0])
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


def correct(r: Reader, camps: Camps, start: date) -> Camps:
    """Apply registration corrections: what was counted before a new registration is scaled to it."""
    file = "input_csv/registration_corrections.csv"
    if not r.has(file):
        return camps
    corrected = dict(camps)
    for line, row in r.rows(file):
        row[0] = match(row[0], camps, camps)
        if row[0] not in camps:
            r.odd(file, line, row[0], "no camp with data has this name", nearest(row[0], camps))
            continue
        when = read_date(r, file, line, "date", row[1] if len(row) > 1 else "")
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
