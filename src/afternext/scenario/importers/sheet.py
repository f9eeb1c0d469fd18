"""Rows of a CSV file or a spreadsheet with their lines, and columns found by the names that sources use."""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from afternext.errors import AfternextError, InvalidInput, Problem, UsageError
from afternext.scenario.nearest import nearest
from afternext.scenario.values import LARGEST_NUMBER

LARGEST = 512 * 2**20  # bytes of a file, and of what a spreadsheet unpacks to
MOST_RATIO = 200  # a sheet that unpacks to more times its size is a bomb
MOST_PROBLEMS = 50
MOST_ROWS = 1_048_576  # of a sheet, as spreadsheets have it; a row may claim any number
MOST_CELLS = 10_000_000  # read from one source
FIRST_YEAR, LAST_YEAR = 1900, 2200  # a date outside is a slip
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WORDED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})")

Row = dict[str, Any]


@dataclass
class Sheet:
    """A source table: where it is from, its columns in order, its rows as (line, cells by column)."""

    path: Path
    sha256: str
    header: list[str]
    rows: list[tuple[int, list[Any]]]
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.name

    def wrong(self, line: int, key: str, message: str, hint: str = "") -> None:
        """Note a problem of a cell; a file that is wrong everywhere says so soon enough."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(self.name, line, 0, key, message, hint))

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise InvalidInput(self.problems)

    def columns(self, wanted: Mapping[str, Sequence[str]], needed: Sequence[str]) -> dict[str, int]:
        """Position of each column by its names in the source, the first that is there.

        Raises
        ------
        InvalidInput : a needed column is missing
        """
        plain = {_plain(name): k for k, name in reversed(list(enumerate(self.header)))}
        found = {}
        for ours, names in wanted.items():
            place = next((plain[_plain(name)] for name in names if _plain(name) in plain), None)
            if place is not None:
                found[ours] = place
        for ours in needed:
            if ours not in found:
                hint = nearest(wanted[ours][0], self.header) or f"one of {', '.join(wanted[ours])}"
                self.wrong(1, wanted[ours][0], "the column is missing", hint)
        self.stop_if_wrong()
        return found

    def table(self, places: Mapping[str, int]) -> Iterator[tuple[int, Row]]:
        """Rows by our names of columns; empty rows are skipped."""
        for line, cells in self.rows:
            row = {ours: cells[k] if k < len(cells) else None for ours, k in places.items()}
            if any(value not in (None, "") for value in row.values()):
                yield line, row

    def day(self, line: int, key: str, value: Any) -> date | None:
        """A date: 2014-06-12, with or without a time, 12 June 2014, or a spreadsheet's date."""
        text = str(value or "").strip()
        found = _date(text)
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.wrong(line, key, f"'{text[:40]}' is not a date", "write 2014-06-12")
            return None
        return found

    def number(self, line: int, key: str, value: Any, *, default: float | None = None) -> float | None:
        """A number of people or events, 0 or more; an empty cell is the default."""
        text = str("" if value is None else value).replace(",", "").strip()
        if not text:
            return default
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found) or not 0 <= found <= LARGEST_NUMBER:
            self.wrong(line, key, f"'{text[:40]}' is no number of 0 to {LARGEST_NUMBER:g}")
            return None
        return found

    def code(self, line: int, key: str, value: Any, most: int, default: int) -> int:
        """A whole code of 1 to `most`, such as a precision."""
        found = self.number(line, key, value, default=float(default))
        if found is not None and (found != int(found) or not 1 <= found <= most):
            self.wrong(line, key, f"{value} is not one of 1 to {most}")
            return default
        return int(found or default)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    match = WORDED.fullmatch(text)
    if match and match[2][:3].lower() in MONTHS:
        try:
            return date(int(match[3]), MONTHS.index(match[2][:3].lower()) + 1, int(match[1]))
        except ValueError:
            pass
    return None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9#+]", "", str(name).lower())


def read_sheet(path: str | Path, *, sheet: str = "") -> Sheet:
    """Read a CSV file or the first (or named) sheet of an xlsx file.

    Raises
    ------
    UsageError : there is no such file or sheet, or the reader of spreadsheets is not installed
    InvalidInput : the file cannot be read
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    if path.stat().st_size > LARGEST:
        raise InvalidInput(f"{path} has more than {LARGEST >> 20} MB")
    raw = path.read_bytes()
    rows = _spreadsheet(path, raw, sheet) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv(path, raw)
    if not rows:
        raise InvalidInput([Problem(path.name, 1, 0, "", "the file is empty")])
    header = ["" if cell is None else str(cell).strip() for cell in rows[0][1]]
    return Sheet(path, sha256(raw).hexdigest(), header, rows[1:])


def _csv(path: Path, raw: bytes) -> list[tuple[int, list[Any]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InvalidInput([Problem(path.name, line, 0, "", "not UTF-8 text", "save it as UTF-8")]) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InvalidInput(
            [Problem(path.name, reader.line_num, 0, "", f"the file is no CSV: {error}")]
        ) from None


def _spreadsheet(path: Path, raw: bytes, sheet: str) -> list[tuple[int, list[Any]]]:
    try:
        import openpyxl  # type: ignore[import-untyped]
    except ImportError:
        raise UsageError("spreadsheets need openpyxl: pip install 'afternext[sheets]'") from None
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(item.file_size for item in packed.infolist())
        if size > LARGEST or size > MOST_RATIO * max(len(raw), 1):
            raise InvalidInput([Problem(path.name, 0, 0, "", f"it would unpack to {size >> 20} MB")])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            return _rows_of(book, path, sheet)
    except AfternextError:
        raise
    except Exception as error:  # a damaged file makes openpyxl fail in every way there is
        what = f"the file is no xlsx: {type(error).__name__}: {str(error)[:200]}"
        raise InvalidInput([Problem(path.name, 0, 0, "", what)]) from None


def _rows_of(book: Any, path: Path, sheet: str) -> list[tuple[int, list[Any]]]:
    """Rows of a sheet that hold something, with their numbers."""
    names = [one.title for one in book.worksheets]
    if not names:
        raise InvalidInput([Problem(path.name, 0, 0, "", "the file has no sheet of cells")])
    if sheet and sheet not in names:
        raise UsageError(f"{path} has no sheet {sheet!r}; it has {', '.join(names)}")
    rows: list[tuple[int, list[Any]]] = []
    seen = 0
    for number, cells in enumerate(book[sheet or names[0]].iter_rows(values_only=True), 1):
        seen += len(cells)
        if number > MOST_ROWS or seen > MOST_CELLS:
            text = f"the sheet has more than {MOST_ROWS} rows or {MOST_CELLS} cells"
            raise InvalidInput([Problem(path.name, number, 0, "", text)])
        if any(cell not in (None, "") for cell in cells):
            rows.append((number, list(cells)))
    book.close()
    return rows
