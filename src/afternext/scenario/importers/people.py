"""Import counts of displaced people: IOM DTM spreadsheets and tables with a row of HXL hashtags.

Counts are stocks on a day. A scenario takes them as rows `idps` of history.csv, by first-level area and up to
its freeze; a truth directory takes displacement_total.csv (the sum of a day) and displacement_gov.csv.
DTM counts families and gives individuals as families times a fixed size; where only families stand in the
sheet they are multiplied here, and the factor is kept with the source. Non-sensitive aggregates only: rows
are summed to first-level areas before they are written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from afternext.errors import UsageError
from afternext.scenario.importers.conflict import Imported
from afternext.scenario.importers.ground import HISTORY, Ground, open_ground
from afternext.scenario.importers.sheet import Sheet, read_sheet

FAMILY = 6.0  # persons a family, as DTM Iraq counts
FIRST_ROWS = 25  # among which the row of hashtags stands

DTM = {
    "date": ("reportingDate", "reporting date", "date", "survey date", "snapshot date"),
    "hosted": ("admin1Name", "admin1", "governorate", "adm1_en", "province"),
    "origin": ("idpOriginAdmin1Name", "origin admin1", "governorate of origin", "origin governorate"),
    "persons": ("numPresentIdpInd", "idp individuals", "individuals", "idps", "total individuals"),
    "families": ("families", "idp families", "households", "numPresentIdpHh", "total families"),
    "returned": ("returnee individuals", "returnees", "returnee_individuals"),
    "round": ("roundNumber", "round"),
}
# Tag and the attributes that it must have; further ones do not matter.
HXL: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "date": (("#date", frozenset()),),
    "hosted": (("#adm1", frozenset({"name"})), ("#adm1", frozenset())),
    "origin": (("#adm1", frozenset({"origin"})),),
    "persons": (
        ("#affected", frozenset({"idps", "ind"})), ("#affected", frozenset({"idps"})),
        ("#affected", frozenset({"displaced"})),
    ),
    "families": (("#affected", frozenset({"idps", "hh"})),),
    "returned": (("#affected", frozenset({"returnees"})),),
}  # fmt: skip
TERMS = {
    "dtm": "IOM DTM: cite the round and its date; see the terms of the data set",
    "hxl": "as stated by the data set",
}
NOT_HOSTED = frozenset({"origin", "code"})


@dataclass(frozen=True)
class Count:
    """People counted on a day in an area, by where they are and where they are from."""

    day: date
    hosted: str
    origin: str
    persons: float
    returned: float


def import_dtm(
    source: str | Path, folder: str | Path, *, sheet: str = "", on: date | None = None,
    family: float = FAMILY, append: bool = False,
) -> Imported:  # fmt: skip
    """Import a DTM spreadsheet or CSV file.

    sheet  : name of the sheet; the first if not said
    on     : day of the count, where no column states it
    family : persons a family, where only families are counted

    Raises
    ------
    UsageError, InvalidInput
    """
    table = read_sheet(source, sheet=sheet)
    places = table.columns(DTM, ("hosted",) if on is not None else ("hosted", "date"))
    return _store("dtm", table, places, folder, on, family, append)


def import_hxl(
    source: str | Path, folder: str | Path, *, sheet: str = "", on: date | None = None,
    family: float = FAMILY, append: bool = False,
) -> Imported:  # fmt: skip
    """Import a table that has a row of HXL hashtags under its header.

    Raises
    ------
    UsageError, InvalidInput
    """
    table = read_sheet(source, sheet=sheet)
    places = _tagged(table)
    if "date" not in places and on is None:
        raise UsageError(f"{table.name} has no column #date; say the day of the count with --on DATE")
    return _store("hxl", table, places, folder, on, family, append)


def _tagged(table: Sheet) -> dict[str, int]:
    """Columns by their hashtags; rows up to the tags are headings."""
    rows = [(1, list(table.header)), *table.rows[:FIRST_ROWS]]
    for number, (_line, cells) in enumerate(rows):
        tags = [_tag(str(cell or "")) for cell in cells]
        if sum(tag is not None for tag in tags) < 2:
            continue
        table.rows = table.rows[number:] if number else table.rows
        found: dict[str, int] = {}
        for ours, wanted in HXL.items():
            for name, needed in wanted:
                place = next(
                    (
                        k
                        for k, tag in enumerate(tags)
                        if tag is not None and tag[0] == name and needed <= tag[1]
                        and not (ours == "hosted" and tag[1] & NOT_HOSTED)
                        and not (ours == "origin" and "code" in tag[1])
                    ),
                    None,
                )  # fmt: skip
                if place is not None:
                    found[ours] = place
                    break
        return found
    raise UsageError(f"{table.name} has no row of HXL hashtags, such as #date, #adm1+name, #affected+idps")


def _tag(text: str) -> tuple[str, frozenset[str]] | None:
    match = re.fullmatch(r"\s*(#[a-z][a-z0-9_]*)((?:\s*\+\s*[a-z][a-z0-9_]*)*)\s*", text.lower())
    if match is None:
        return None
    return match[1], frozenset(part.strip() for part in match[2].split("+") if part.strip())


def _counts(
    table: Sheet, places: Mapping[str, int], ground: Ground, on: date | None, family: float
) -> Iterator[Count]:
    """Counts of a sheet, row by row."""
    unknown: dict[str, int] = defaultdict(int)
    for line, row in table.table(places):
        day = on if not row.get("date") else table.day(line, "date", row["date"])
        persons = table.number(line, "individuals", row.get("persons"))
        families = table.number(line, "families", row.get("families"))
        returned = table.number(line, "returnees", row.get("returned"), default=0.0)
        if persons is None and families is not None:
            persons = families * family
        if day is None or returned is None or (persons is None and not returned):
            if day is None and not row.get("date"):
                table.wrong(line, "date", "is empty")
            continue
        areas = {}
        for key in ("hosted", "origin"):
            name = str(row.get(key) or "").strip()
            areas[key] = ground.area(name) if name else ""
            if name and not areas[key]:
                unknown[name] += 1
        yield Count(day, areas["hosted"], areas["origin"], persons or 0.0, returned)
    for name, times in unknown.items():
        ground.notes.append(
            f"{name} is no first-level area of the scenario ({times} rows); only in the total"
        )


def _store(
    kind: str, table: Sheet, places: Mapping[str, int], folder: str | Path, on: date | None, family: float,
    append: bool,
) -> Imported:  # fmt: skip
    if not {"persons", "families", "returned"} & set(places):
        table.wrong(1, "individuals", "no column counts people or families")
        table.stop_if_wrong()
    ground = open_ground(folder)
    counts = list(_counts(table, places, ground, on, family))
    table.stop_if_wrong()
    freeze = ground.freeze
    known = [count for count in counts if freeze is None or count.day <= freeze]
    name = f"{kind.upper()} ({table.name}, sha256 {table.sha256[:12]})"
    if "persons" not in places and "families" in places:
        name += f"; families x {family:g}"
    sums: dict[tuple[date, str, str], float] = defaultdict(float)
    for count in known:
        sums[(count.day, "total", "")] += count.persons
        sums[(count.day, "returned", "")] += count.returned
        if count.hosted:
            sums[(count.day, "hosting", count.hosted)] += count.persons
        if count.origin:
            sums[(count.day, "origin", count.origin)] += count.persons
    if ground.scenario is not None:
        rows = [
            {
                "start": day,
                "end": day,
                "admin1": area,
                "measure": "idps",
                "value": round(value),
                "source": name,
            }
            for (day, what, area), value in sorted(sums.items())
            if what == "hosting"
        ]
        ground.make_sure(("history.csv",), append)
        ground.write("history.csv", HISTORY, rows)
    else:
        days = sorted({day for day, _, _ in sums})
        totals = [
            {
                "date": day, "idp_individuals": round(sums[(day, "total", "")]),
                "returnee_individuals": round(sums[(day, "returned", "")]) if "returned" in places else "",
                "source": name,
            }
            for day in days
        ]  # fmt: skip
        areas = [
            {"date": day, "kind": what, "governorate": area, "individuals": round(value), "source": name}
            for (day, what, area), value in sorted(sums.items())
            if what in ("hosting", "origin")
        ]
        ground.make_sure(("displacement_total.csv", "displacement_gov.csv"), append)
        ground.write(
            "displacement_total.csv", ("date", "idp_individuals", "returnee_individuals", "source"), totals
        )
        ground.write("displacement_gov.csv", ("date", "kind", "governorate", "individuals", "source"), areas)
    later = len(counts) - len(known)
    if later:
        ground.notes.append(f"{later} rows after the freeze {freeze} are left out")
    ground.note_source(
        table, kind, TERMS[kind], {"read": len(counts), "kept": len(known), "after_freeze": later}
    )
    return Imported(len(counts), len(known), later, 0, tuple(ground.written), tuple(ground.notes))
