"""The CSV files of a truth directory as rows, whoever saved them, and one list of what was not used and why.

A truth directory comes from strangers. Nothing in it can stop a score: a file, a row or a cell that cannot be
read is left out and told, with its lines, and everything else is used.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from afternext.errors import Problem
from afternext.forecast.truth_cells import PRECISION, Unread, When, day_order, read_number, read_when, spread
from afternext.scenario.files import read_text
from afternext.scenario.tables import read_table

LINES_SHOWN = 6
NOT_USED = "not used: "


@dataclass
class Notes:
    """What is said of a truth directory: rows with one fault of one file are one line."""

    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, file: str, line: int, text: str) -> None:
        """Say something of a line of a file, or of the file (line 0)."""
        self.rows.setdefault((file, text), []).append(line)

    def texts(self) -> list[str]:
        """One line for each thing said, what was not used first, in the order of files."""
        order = sorted(self.rows, key=lambda key: not key[1].startswith(NOT_USED))
        return [self._text(*key) for key in order]

    def _text(self, file: str, text: str) -> str:
        lines = [line for line in self.rows[(file, text)] if line]
        shown = ", ".join(map(str, lines[:LINES_SHOWN]))
        more = f" and {len(lines) - LINES_SHOWN} rows more" if len(lines) > LINES_SHOWN else ""
        return f"{file}{':' if shown else ''}{shown}{more}: {text}"


@dataclass(frozen=True)
class Row:
    """A row: its cells by column, trimmed.

    spilled : it has more cells than the header, so that a cell may stand in the wrong column
    """

    file: str
    line: int
    cells: dict[str, str]
    spilled: bool = False

    def text(self, column: str) -> str:
        """A cell; empty if there is none."""
        return self.cells.get(column, "")


class Files:
    """Reads the files of a directory, and notes what cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = Notes()
        self.orders: dict[tuple[str, str], str] = {}
        self.counted: dict[str, int] = {}

    def rows(self, name: str, needed: Sequence[str]) -> list[Row] | None:
        """Rows of NAME.csv, in any case of the name; None where it is missing or lacks a column."""
        file = f"{name}.csv"
        path = next((p for p in sorted(self.folder.iterdir()) if p.name.lower() == file.lower()), None)
        if path is None or not path.is_file():
            return None
        text = self._text(path, file)
        if text is None:
            return None
        table, problems = read_table(text, file)
        for problem in problems:
            if not problem.message.startswith("the row has"):
                self._problem(problem)
        if table is None:
            return None
        names = {column: _plain(column) for column in table.header}
        missing = [column for column in needed if column not in names.values()]
        if missing:
            there = ", ".join(list(names)[:12])
            self.notes.add(file, 1, f"{NOT_USED}the column {', '.join(missing)} is missing; it has {there}")
            return None
        found = []
        for node in table.rows:
            cells = {names[c]: str(cell.value or "").strip() for c, cell in node.map.items() if c in names}
            spilled = node.broken and len(node.map) == len(table.header)
            found.append(Row(file, node.mark.line, cells, spilled))
        for column in needed:
            self.orders[(file, column)] = day_order(row.text(column) for row in found)
        self.counted[name] = len(found)
        if not found:
            self.notes.add(file, 0, f"{NOT_USED}it has no row")
        return found

    def _text(self, path: Path, file: str) -> str | None:
        problems: list[Problem] = []
        text = read_text(path, file, problems)
        if text is None and any("is not UTF-8" in p.message and "byte" in p.message for p in problems):
            text = path.read_bytes().decode("cp1252", errors="replace")
            self.notes.add(file, 0, "it is no UTF-8 and is read as Windows-1252")
            problems = []
        for problem in problems:
            self._problem(problem)
        return None if text is None else self._commas(text.replace("\r\n", "\n").replace("\r", "\n"), file)

    def _commas(self, text: str, file: str) -> str:
        """The text with commas where semicolons or tabs part the columns, as some spreadsheets save it."""
        head = text.lstrip("\n").partition("\n")[0]
        for mark, name in ((";", "semicolons"), ("\t", "tabs")):
            if mark in head and "," not in head:
                out = io.StringIO()
                csv.writer(out, lineterminator="\n").writerows(csv.reader(io.StringIO(text), delimiter=mark))
                self.notes.add(file, 0, f"its columns are parted by {name}, which are read as commas")
                return out.getvalue()
        return text

    def _problem(self, problem: Problem) -> None:
        what = f"{problem.key}: {problem.message}" if problem.key else problem.message
        self.notes.add(problem.file, problem.line, f"{NOT_USED}{what}")

    def fits(self, row: Row) -> bool:
        """Whether each cell stands in its column; noted where that is not sure."""
        if row.spilled:
            self.unused(row, "the row has more cells than the header (a text with a comma needs quotes)")
        return not row.spilled

    def unused(self, row: Row, why: str) -> None:
        """Say that a row is not used."""
        self.notes.add(row.file, row.line, f"{NOT_USED}{why}")

    def told(self, row: Row, what: str) -> None:
        """Say how a row is used, where that is not plain."""
        self.notes.add(row.file, row.line, what)

    def when(self, row: Row, column: str = "date") -> When | None:
        """The date of a row; None, and noted, where there is none."""
        try:
            return read_when(row.text(column), self.orders.get((row.file, column), ""))
        except Unread as why:
            self.unused(row, f"{column}: {why}" if column != "date" else str(why))
            return None

    def number(self, row: Row, column: str) -> float | None:
        """A number of people; None where the cell is empty or, noted, means nothing."""
        try:
            value, taken = read_number(row.text(column))
        except Unread as why:
            self.unused(row, f"{column}: {why}")
            return None
        if taken:
            self.told(row, f"{column}: {taken}")
        return value

    def within(self, row: Row, when: When) -> When:
        """A date within the `date_precision` of its row."""
        if when.precision != "day":
            return when
        asked = row.text("date_precision").lower()
        precision = PRECISION.get(asked or "day")
        if precision is None:
            self.told(row, f"date_precision '{asked[:20]}' is taken as month")
            precision = "month"
        return spread(when.day, precision)


def _plain(column: str) -> str:
    """A column name in small letters, blanks as underscores."""
    return re.sub(r"[\s-]+", "_", column.strip().lower())


def plain_name(text: str) -> str:
    """A name without case, blanks and marks, to find it under another spelling."""
    return re.sub(r"[\W_]+", "", text.casefold())
