"""The CSV files of a scenario: their columns, and a strict RFC 4180 reader with positions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import BaseModel

from afternext.errors import Problem
from afternext.scenario import schema
from afternext.scenario.nodes import Mark, Node

REMOVE = "remove"
MOST_PROBLEMS = 1000  # a file that is wrong in every row says so soon enough
MOST_CELLS = 1_000_000  # of a table; they take some hundred MB and ten seconds


@dataclass(frozen=True)
class TableSpec:
    """What one CSV file may hold; the ``key`` columns identify a row."""

    name: str
    model: type[BaseModel]
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    undirected: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.required, *self.optional)


TABLES = {
    spec.name: spec
    for spec in (
        TableSpec(
            "places",
            schema.Place,
            ("id", "name", "kind", "country", "admin1", "lat", "lon", "population"),
            ("admin2", "pcode", "low", "high", "source", "confidence", "available"),
            ("id",),
        ),
        TableSpec(
            "routes",
            schema.Route,
            ("from", "to", "km"),
            ("kind", "source", "confidence", "available"),
            ("from", "to"),
            undirected=True,
        ),
        TableSpec(
            "presence",
            schema.Presence,
            ("place", "force", "strength"),
            ("low", "high", "source", "confidence", "available"),
            ("place", "force"),
        ),
        TableSpec(
            "holder",
            schema.Holder,
            ("place", "holder"),
            ("contested", "source", "confidence", "available"),
            ("place",),
        ),
        TableSpec(
            "displaced",
            schema.Displaced,
            ("place", "origin", "community", "persons", "since"),
            ("source", "confidence", "available"),
            ("place", "origin", "community", "since"),
        ),
        TableSpec(
            "claims",
            schema.Claim,
            ("published", "who", "about", "reliability", "credibility"),
            ("place", "on", "low", "best", "high", "as_reported", "repeats", "source"),
        ),
        TableSpec(
            "history",
            schema.History,
            ("start", "end", "measure", "value"),
            ("place", "admin1", "source", "confidence", "available"),
        ),
    )
}
RENAMED = {"routes": {"from": "start", "to": "end"}}  # `from` is a word of Python


@dataclass
class Table:
    """A CSV file as read: where its columns stand, and its rows as maps of cells."""

    file: str
    header: dict[str, Mark] = field(default_factory=dict)
    rows: list[Node] = field(default_factory=list)


def read_table(text: str, file: str) -> tuple[Table | None, list[Problem]]:
    """Parse a CSV text; return the table (None if it has no header) and what is wrong with its form."""
    if not text.strip("\r\n\t ,;"):
        return None, [Mark(file, 1, 1).problem("", "the file is empty", "the first line names the columns")]
    records, problems = _split(text, file)
    if not records:
        return None, problems
    header, faults = _read_header(records[0], file)
    problems += faults
    if header is None:
        return None, problems
    table = Table(file, {name: node.mark for name, node in header if name})
    names = [name for name, _ in header]
    for cells in records[1:]:
        if len(problems) >= MOST_PROBLEMS:
            break
        while len(cells) > len(names) and cells[-1].value == "":
            cells.pop()  # spreadsheets pad rows with commas
        row = Node(cells[0].mark, {n: c for n, c in zip(names, cells, strict=False) if n})
        if len(cells) != len(names):
            row.broken = True
            spot = cells[len(names)].mark if len(cells) > len(names) else row.mark
            text = f"the row has {len(cells)} cells, the header {len(names)}"
            hint = (
                "give every column a cell" if len(cells) < len(names) else "a text with a comma needs quotes"
            )
            problems.append(spot.problem("", text, hint))
        table.rows.append(row)
    return table, problems


def _read_header(cells: list[Node], file: str) -> tuple[list[tuple[str, Node]] | None, list[Problem]]:
    problems: list[Problem] = []
    if len(cells) == 1:
        for separator, name in ((";", "semicolons"), ("\t", "tabs")):
            if separator in str(cells[0].value):
                text = f"columns are separated by {name}"
                return None, [cells[0].mark.problem("", text, "separate them by commas")]
    header: list[tuple[str, Node]] = []
    seen: dict[str, Mark] = {}
    while cells and cells[-1].value == "" and len(cells) > 1:
        cells.pop()
    for cell in cells:
        name = str(cell.value)
        if not name:
            problems.append(cell.mark.problem("", "a column has no name"))
        elif name in seen:
            hint = f"first at column {seen[name].column}"
            problems.append(cell.mark.problem(name, "the column stands twice", hint))
            name = ""
        else:
            seen[name] = cell.mark
        header.append((name, cell))
    return header, problems


QUOTING = 'quote the whole cell, and write "" for a quote inside'

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_SEPARATOR = re.compile(r"[,\r\n]|\Z")
_NO_BLANK = re.compile(r"[^ \t]|\Z")


def _split(text: str, file: str) -> tuple[list[list[Node]], list[Problem]]:
    """Cut a text into records of cells with positions (RFC 4180; blank rows are skipped, cells trimmed)."""
    records: list[list[Node]] = []
    problems: list[Problem] = []
    cells: list[Node] = []
    count = 0
    at = line_start = 0
    line = 1
    while at < len(text):
        begin = _after_blanks(text, at)
        mark = Mark(file, line, begin - line_start + 1)
        if text.startswith('"', begin):
            match = _QUOTED.match(text, begin)
            if match is None:
                problems.append(mark.problem("", "a quote is opened and never closed", QUOTING))
                return [], problems  # what follows is lost, so nothing can be said to be missing
            value = match[1].replace('""', '"')
            inside = text.count("\n", begin, match.end())
            if inside:
                line += inside
                line_start = text.rfind("\n", begin, match.end()) + 1
            at = _after_blanks(text, match.end())
            if at < len(text) and text[at] not in ",\r\n":
                spot = Mark(file, line, at - line_start + 1)
                problems.append(spot.problem("", "text follows a closed quote", QUOTING))
                at = _to_separator(text, at)
        else:
            at = _to_separator(text, begin)
            value = text[begin:at].rstrip(" \t")
            if '"' in value:
                spot = Mark(file, line, begin + value.index('"') - line_start + 1)
                problems.append(spot.problem("", "a quote stands inside a plain cell", QUOTING))
        cells.append(Node(mark, value))
        count += 1
        if count > MOST_CELLS:
            problems.append(mark.problem("", f"the table has more than {MOST_CELLS} cells"))
            return [], problems
        if at < len(text) and text[at] == ",":
            at += 1
            if at < len(text):
                continue
            cells.append(Node(Mark(file, line, at - line_start + 1), ""))
        if any(cell.value != "" for cell in cells):
            records.append(cells)
        cells = []
        at += 2 if text.startswith("\r\n", at) else 1
        line += 1
        line_start = at
    return records, problems


def _after_blanks(text: str, at: int) -> int:
    return found.start() if (found := _NO_BLANK.search(text, at)) else at


def _to_separator(text: str, at: int) -> int:
    return found.start() if (found := _SEPARATOR.search(text, at)) else at
