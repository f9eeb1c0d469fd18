"""Import conflict events: UCDP GED and ACLED.

Every event is kept with its precisions and its low, best and high in `_events_<kind>.csv`. Deaths by month
and first-level area go to history.csv of a scenario (up to its freeze) or to violence.csv of a truth
directory; the range from low to high stays a range. Events that are known only to a country or a year are
counted apart and given to no area.

UCDP GED: columns of the public codebook (Sundberg and Melander 2013); CC BY 4.0.
ACLED: columns of its export; its terms forbid handing the data on, so keep the folder to yourself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from afternext.scenario.importers.ground import HISTORY, Ground, between, by_month, month_of, open_ground
from afternext.scenario.importers.sheet import Row, Sheet, read_sheet

EVENTS = (
    "id", "start", "end", "date_prec", "kind", "side_a", "side_b", "admin1", "where_prec", "lat", "lon",
    "low", "best", "high", "source", "available",
)  # fmt: skip

UCDP = {
    "id": ("id", "relid"),
    "start": ("date_start",),
    "end": ("date_end",),
    "date_prec": ("date_prec",),
    "kind": ("type_of_violence",),
    "side_a": ("side_a",),
    "side_b": ("side_b",),
    "admin1": ("adm_1",),
    "where_prec": ("where_prec",),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon"),
    "low": ("low",),
    "best": ("best",),
    "high": ("high",),
    "source": ("source_office", "source_article"),
}
UCDP_KINDS = {1: "state_based", 2: "non_state", 3: "one_sided"}
ACLED = {
    "id": ("event_id_cnty", "data_id"),
    "start": ("event_date",),
    "date_prec": ("time_precision",),
    "kind": ("event_type",),
    "detail": ("sub_event_type",),
    "side_a": ("actor1",),
    "side_b": ("actor2",),
    "admin1": ("admin1",),
    "where_prec": ("geo_precision",),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "best": ("fatalities",),
    "source": ("source",),
    "available": ("timestamp",),
}
# The coarsest precision that still tells the first-level area, and the month.
AREA_KNOWN = {"ucdp": 4, "acled": 3}
MONTH_KNOWN = {"ucdp": 4, "acled": 3}
TERMS = {
    "ucdp": "UCDP GED, CC BY 4.0: Sundberg and Melander 2013; name the version in SOURCES.md",
    "acled": "ACLED terms of use: not to be handed on; keep this folder to yourself",
}


SECONDS_DIGITS = 11  # of a time stamp: to the year 5138


@dataclass(frozen=True)
class Event:
    """One event as the source has it."""

    ident: str
    start: date
    end: date
    date_prec: int
    kind: str
    sides: tuple[str, str]
    area: str
    where_prec: int
    spot: tuple[float | None, float | None]
    deaths: tuple[float, float, float]
    source: str
    available: date | None


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    read: int
    kept: int
    later: int
    vague: int
    written: tuple[Path, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "read": self.read, "kept": self.kept, "after_freeze": self.later, "too_vague": self.vague,
            "written": [str(path) for path in self.written], "notes": list(self.notes),
        }  # fmt: skip


def import_ucdp(source: str | Path, folder: str | Path, *, append: bool = False) -> Imported:
    """Import a CSV file of UCDP GED.

    Raises
    ------
    UsageError, InvalidInput
    """
    sheet = read_sheet(source)
    places = sheet.columns(UCDP, ("start", "best", "low", "high"))
    ground = open_ground(folder)
    return _store("ucdp", sheet, list(_ucdp(sheet, places, ground)), ground, append)


def import_acled(source: str | Path, folder: str | Path, *, append: bool = False) -> Imported:
    """Import a CSV export of ACLED. It states one number of deaths and no range.

    Raises
    ------
    UsageError, InvalidInput
    """
    sheet = read_sheet(source)
    places = sheet.columns(ACLED, ("start", "best"))
    ground = open_ground(folder)
    return _store("acled", sheet, list(_acled(sheet, places, ground)), ground, append)


def _ucdp(sheet: Sheet, places: Mapping[str, int], ground: Ground) -> Iterator[Event]:
    for line, row in sheet.table(places):
        start = sheet.day(line, "date_start", row["start"])
        end = sheet.day(line, "date_end", row["end"]) if row.get("end") else start
        deaths = [sheet.number(line, name, row[name], default=0.0) for name in ("low", "best", "high")]
        if start is None or end is None or None in deaths:
            continue
        if end < start:
            sheet.wrong(line, "date_end", f"{end} is before the start {start}")
            continue
        low, best, high = (float(value or 0.0) for value in deaths)
        if not low <= best <= high:
            sheet.wrong(line, "best", f"{best:g} is not between low {low:g} and high {high:g}")
            continue
        kind = UCDP_KINDS.get(
            int(sheet.number(line, "type_of_violence", row.get("kind"), default=0) or 0), ""
        )
        yield _event(sheet, line, row, ground, start, end, kind, (low, best, high), 7, 5, None)


def _acled(sheet: Sheet, places: Mapping[str, int], ground: Ground) -> Iterator[Event]:
    for line, row in sheet.table(places):
        start = sheet.day(line, "event_date", row["start"])
        best = sheet.number(line, "fatalities", row["best"], default=0.0)
        if start is None or best is None:
            continue
        prec = sheet.code(line, "time_precision", row.get("date_prec"), 3, 1)
        # Precision 3 means some day of the month, as ACLED's codebook has it.
        first, last = month_of(start) if prec == 3 else (start, start)
        kind = " / ".join(str(row[k]) for k in ("kind", "detail") if row.get(k))
        seen = _published(sheet, line, row.get("available"))
        yield _event(sheet, line, row, ground, first, last, kind, (best, best, best), 3, 3, seen)


def _published(sheet: Sheet, line: int, value: Any) -> date | None:
    """Day on which ACLED published a row: seconds since 1970, or a date."""
    text = str(value or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= SECONDS_DIGITS:
        return datetime.fromtimestamp(int(text), UTC).date()
    return sheet.day(line, "timestamp", value)


def _event(
    sheet: Sheet, line: int, row: Row, ground: Ground, start: date, end: date, kind: str,
    deaths: tuple[float, float, float], most_where: int, most_date: int, available: date | None,
) -> Event:  # fmt: skip
    spot = tuple(_degrees(sheet, line, row, name, limit) for name, limit in (("lat", 90.0), ("lon", 180.0)))
    return Event(
        str(row.get("id") or line), start, end,
        sheet.code(line, "date_prec", row.get("date_prec"), most_date, 1),
        kind, (str(row.get("side_a") or ""), str(row.get("side_b") or "")),
        ground.area(str(row.get("admin1") or ""), spot[0], spot[1]),
        sheet.code(line, "where_prec", row.get("where_prec"), most_where, 1),
        (spot[0], spot[1]), deaths, str(row.get("source") or "")[:200], available,
    )  # fmt: skip


def _degrees(sheet: Sheet, line: int, row: Row, name: str, limit: float) -> float | None:
    text = str("" if row.get(name) is None else row[name]).strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = limit + 1
    if not abs(value) <= limit:  # nor where it is no number
        sheet.wrong(line, name, f"'{text[:20]}' is outside -{limit:g}..{limit:g}")
        return None
    return value


def _store(kind: str, sheet: Sheet, events: list[Event], ground: Ground, append: bool) -> Imported:
    sheet.stop_if_wrong()
    freeze = ground.freeze
    known = [e for e in events if freeze is None or max(e.end, e.available or e.end) <= freeze]
    told = [
        e for e in known
        if e.where_prec <= AREA_KNOWN[kind] and e.date_prec <= MONTH_KNOWN[kind] and e.area
    ]  # fmt: skip
    name = f"{kind.upper()} ({sheet.name}, sha256 {sheet.sha256[:12]})"
    months = by_month((e.start, e.end, e.area, e.deaths) for e in told)
    rows = []
    for (first, area), (low, best, high) in sorted(months.items()):
        last = month_of(first)[1]
        # The month of the freeze is told up to the freeze.
        last = min(last, freeze) if freeze is not None else last
        rows.append(
            {
                "start": first, "end": last, "admin1": area, "measure": "deaths",
                "value": between(low, best, high), "source": name,
                "confidence": "medium",
            }
        )  # fmt: skip
    if ground.scenario is None:
        rows = [{**row, "value": round(months[(row["start"], row["admin1"])][1], 3)} for row in rows]  # type: ignore[index]
    main, every = "history.csv" if ground.scenario else "violence.csv", f"_events_{kind}.csv"
    ground.make_sure((main, every), append)
    ground.write(main, HISTORY, rows)
    ground.write(every, EVENTS, [_plain(e) for e in known])
    later, vague = len(events) - len(known), len(known) - len(told)
    if later:
        ground.notes.append(f"{later} events after the freeze {freeze}, or published after it, are left out")
    if vague:
        ground.notes.append(f"{vague} events are too vague in place or time for a month and an area")
    figures = {"read": len(events), "kept": len(known), "after_freeze": later, "too_vague": vague}
    ground.note_source(sheet, kind, TERMS[kind], figures)
    return Imported(len(events), len(known), later, vague, tuple(ground.written), tuple(ground.notes))


def _plain(event: Event) -> dict[str, Any]:
    low, best, high = event.deaths
    return {
        "id": event.ident, "start": event.start, "end": event.end, "date_prec": event.date_prec,
        "kind": event.kind, "side_a": event.sides[0], "side_b": event.sides[1], "admin1": event.area,
        "where_prec": event.where_prec, "lat": event.spot[0], "lon": event.spot[1], "low": low, "best": best,
        "high": high, "source": event.source, "available": event.available,
    }  # fmt: skip
