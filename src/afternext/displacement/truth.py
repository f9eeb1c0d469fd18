"""Counts of displaced people after a freeze, read from a directory that no scenario holds.

displacement_total.csv   date, idp_individuals                          the whole country
displacement_gov.csv     date, kind (hosting or origin), governorate, individuals

Further columns are left alone. Either file may be missing, not both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from afternext.errors import InvalidInput, Problem, UsageError
from afternext.scenario.files import read_text
from afternext.scenario.nearest import nearest
from afternext.scenario.tables import read_table

if TYPE_CHECKING:
    from afternext.scenario.nodes import Node

FILES = {
    "displacement_total.csv": ("date", "idp_individuals"),
    "displacement_gov.csv": ("date", "kind", "governorate", "individuals"),
}
AREAS = ("hosting", "origin")
# Areas that counts name as one; their parts are those of the law of the time.
GROUPS: dict[str, tuple[str, ...]] = {"KRI total": ("Dahuk", "Erbil", "Sulaymaniyah")}
MOST = 1e10  # more than people on Earth


@dataclass(frozen=True)
class Count:
    """People counted on a day: the ``stock`` of the country, or ``hosting`` in or ``origin`` from an area."""

    kind: str
    area: str
    date: date
    persons: float
    source: str


@dataclass(frozen=True)
class Counts:
    """Every count of a directory.

    groups : names that stand for several areas
    """

    counts: tuple[Count, ...]
    groups: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


def read_counts(folder: str | Path) -> Counts:
    """Read the counts of a directory.

    Raises
    ------
    UsageError : there is no such directory, or neither file is in it
    InvalidInput : a column is missing or a cell is wrong; every spot is named
    """
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise UsageError(f"{folder}: there is no such directory")
    there = [name for name in FILES if (path / name).is_file()]
    if not there:
        raise UsageError(f"{folder} holds neither {' nor '.join(FILES)}")
    problems: list[Problem] = []
    counts: list[Count] = []
    notes: list[str] = []
    for name in there:
        text = read_text(path / name, name, problems)
        table, wrong = read_table(text, name) if text is not None else (None, [])
        problems += wrong
        if table is None:
            continue
        missing = [column for column in FILES[name] if column not in table.header]
        for column in missing:
            problems.append(
                Problem(name, 1, 1, column, "the column is missing", nearest(column, list(table.header)))
            )
        if not missing:
            counts += [
                count
                for row in table.rows
                if not row.broken and (count := _count(name, row.map, problems, notes))
            ]
    if problems:
        raise InvalidInput(problems)
    return Counts(tuple(counts), GROUPS, tuple(notes))


def _count(name: str, cells: dict[str, Node], problems: list[Problem], notes: list[str]) -> Count | None:
    total = name == "displacement_total.csv"
    column = "idp_individuals" if total else "individuals"
    cell = {key: str(node.value if node.value is not None else "").strip() for key, node in cells.items()}
    mark = cells["date"].mark

    def wrong(key: str, message: str, hint: str = "") -> None:
        at = cells[key].mark
        problems.append(Problem(name, at.line, at.column, key, message, hint))

    when = None
    try:
        when = date.fromisoformat(cell["date"])
    except ValueError:
        wrong("date", f"{cell['date'] or 'nothing'} is no date", "write YYYY-MM-DD")
    kind = "stock" if total else cell["kind"]
    if not total and kind not in AREAS:
        wrong("kind", f"{kind or 'nothing'} is neither hosting nor origin", nearest(kind, AREAS))
        return None
    if cell[column] == "":
        notes.append(f"{name}:{mark.line}: no number of people; left out")
        return None
    try:
        persons = float(cell[column])
    except ValueError:
        persons = -1.0
    if not 0.0 <= persons <= MOST:
        wrong(column, f"{cell[column]} is no number of people")
        return None
    area = "" if total else cell["governorate"]
    return Count(kind, area, when, persons, f"{name}:{mark.line}") if when is not None else None
