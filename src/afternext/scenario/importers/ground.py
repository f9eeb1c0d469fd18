"""Where imported rows go: a scenario folder (up to its freeze) or a truth directory, with their provenance.

A folder with scenario.yaml takes rows of history.csv that end on or before the freeze; later rows are left
out and counted. Any other folder takes the files that `afternext hindcast --truth` reads.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from afternext.errors import UsageError
from afternext.scenario.catalogue import MAIN_FILE
from afternext.scenario.check_map import haversine_km
from afternext.scenario.distributions import exact
from afternext.scenario.importers.sheet import Sheet
from afternext.scenario.nearest import closest
from afternext.scenario.schema import Scenario

NEAR_KM = 75.0  # an event farther than this from every place is not given to one
PROVENANCE = "_imports.jsonl"  # names with _ are left alone by the scenario loader
HISTORY = ("start", "end", "place", "admin1", "measure", "value", "source", "confidence")
SUFFIXES = (" province", " governorate", " region", " state", " department", " district")


@dataclass
class Ground:
    """A folder to import into, and what is known of its places."""

    folder: Path
    scenario: Scenario | None
    notes: list[str] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    _areas: dict[tuple[str, float | None, float | None], str] = field(default_factory=dict)

    @property
    def freeze(self) -> date | None:
        return self.scenario.freeze if self.scenario else None

    def area(self, name: str, lat: float | None = None, lon: float | None = None) -> str:
        """First-level area as the scenario calls it, by name or nearest place; as given without one."""
        asked = (name, lat, lon)
        if asked not in self._areas:
            self._areas[asked] = self._area(*asked)
        return self._areas[asked]

    def _area(self, name: str, lat: float | None, lon: float | None) -> str:
        text = " ".join(str(name or "").split())
        if self.scenario is None:
            return text
        known = list(dict.fromkeys(place.admin1 for place in self.scenario.places))
        short = text.lower()
        for suffix in SUFFIXES:
            short = short.removesuffix(suffix)
        for area in known:
            if area.lower() in (text.lower(), short):
                return area
        if lat is not None and lon is not None:
            near = min(self.scenario.places, key=lambda p: haversine_km((p.lat, p.lon), (lat, lon)))
            if haversine_km((near.lat, near.lon), (lat, lon)) <= NEAR_KM:
                return near.admin1
            return ""
        lower = {area.lower(): area for area in known}
        like = closest(short, lower, cutoff=0.75)
        return lower[like] if like else ""

    def make_sure(self, names: Sequence[str], append: bool) -> None:
        """Refuse before anything is written where a table is there and is not to be added to."""
        there = [name for name in names if (self.folder / name).exists()]
        if there and not append:
            raise UsageError(f"{self.folder / there[0]} is there already; --append adds to it")

    def write(self, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Write a table whole, behind the rows that an existing one has."""
        path = self.folder / name
        lines: list[list[str]] = []
        head = list(columns)
        if path.exists():
            with path.open(newline="", encoding="utf-8-sig") as file:
                head, *lines = list(csv.reader(file))
            missing = [column for column in columns if column not in head]
            if missing:
                raise UsageError(f"{path} has no column {missing[0]}; import into another folder")
        old = {tuple(line) for line in lines}
        fresh = [[_cell(row.get(column)) for column in head] for row in rows]
        lines += [line for line in fresh if tuple(line) not in old]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head, *lines])
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(text.getvalue(), encoding="utf-8", newline="")
        partial.replace(path)
        self.written.append(path)

    def note_source(self, sheet: Sheet, kind: str, licence: str, told: Mapping[str, Any]) -> None:
        """Keep what was read, when, from which bytes, and under which terms."""
        record = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "kind": kind,
            "file": sheet.name,
            "sha256": sheet.sha256,
            "terms": licence,
            **told,
            "written": [path.name for path in self.written],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / PROVENANCE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def open_ground(folder: str | Path) -> Ground:
    """A folder to import into; a scenario folder is loaded, so it must be right before it is added to."""
    from afternext.scenario.loader import load

    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    return Ground(folder, load(folder) if (folder / MAIN_FILE).is_file() else None)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return exact(value) if isinstance(value, int | float) else str(value)


def between(low: float, best: float, high: float) -> str:
    """A value as a cell: one number, or its range around the best."""
    low, high = min(low, best), max(high, best)
    if low == high:
        return exact(round(best, 3))
    return f"triangular({exact(round(low, 3))}, {exact(round(best, 3))}, {exact(round(high, 3))})"


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month of a day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def by_month(
    events: Iterable[tuple[date, date, str, tuple[float, float, float]]],
) -> dict[tuple[date, str], list[float]]:
    """Low, best and high of events by first day of the month and area; events over days are spread evenly."""
    found: dict[tuple[date, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for start, end, area, counts in events:
        days = (end - start).days + 1
        day = start
        while day <= end:
            first, last = month_of(day)
            inside = (min(last, end) - day).days + 1
            for k, value in enumerate(counts):
                found[(first, area)][k] += value * inside / days
            day = last + timedelta(days=1)
    return dict(found)
