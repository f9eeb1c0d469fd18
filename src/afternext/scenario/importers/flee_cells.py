"""Cells of positional CSV files: rows with their lines, numbers and dates, and a list of what is wrong."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from afternext.errors import InvalidInput, Problem
from afternext.scenario.files import read_text

T = TypeVar("T")

THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")  # 22,849 in quotes, as spreadsheets write it
PLAIN_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
MOST_PROBLEMS = 1000  # a folder that is wrong in every row says so soon enough
MOST = 1e10  # more than people on Earth: beyond it a number is a slip


@dataclass
class Reader:
    """Reads the files of a folder and collects problems (which refuse it) and warnings (which do not)."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def wrong(self, file: str, line: int, key: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(file, line, 0, key, message, hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise InvalidInput(self.problems, warnings=self.warnings)

    def odd(self, file: str, line: int, key: str, message: str, hint: str = "") -> None:
        if len(self.warnings) < MOST_PROBLEMS:
            self.warnings.append(Problem(file, line, 0, key, message, hint))

    def rows(self, file: str, *, comments: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Give the rows of a file with their lines; ``comments`` keeps rows that begin with #."""
        text = read_text(self.folder / file, file, self.problems)
        if text is None:
            return
        lines = io.StringIO(text, newline="")
        if ";" in text and "," not in text:
            self.wrong(file, 1, "", "the cells stand between semicolons", "write commas between them")
            return
        reader = csv.reader(lines, skipinitialspace=True)
        try:
            for cells in reader:
                row = [cell.strip() for cell in cells]
                if any(row) and (comments or not row[0].startswith("#")):
                    yield reader.line_num, row
        except csv.Error as error:
            self.wrong(file, reader.line_num, "", f"the file is no CSV: {error}")

    def has(self, file: str) -> bool:
        try:
            return (self.folder / file).is_file()
        except OSError:  # a name too long for any file
            return False

    def spelled(self, file: str) -> str | None:
        """Return the file, or the one whose name differs in capitals alone; None where there is neither."""
        if self.has(file):
            return file
        folder, _, name = file.rpartition("/")
        found = sorted(path.name for path in (self.folder / folder).glob("*") if path.is_file())
        near = [other for other in found if other.lower() == name.lower()]
        return f"{folder}/{near[0]}" if near else None

    def number(
        self,
        file: str,
        line: int,
        key: str,
        text: str,
        convert: Callable[[str], T],
        default: T | None = None,
        most: float = MOST,
    ) -> T | None:
        """Read a number of ``most`` at the most; an empty cell is the default, if there is one."""
        if text == "" and default is not None:
            return default
        if THOUSANDS.fullmatch(text):
            self.odd(file, line, key, f"{text} is read as {text.replace(',', '')}")
            text = text.replace(",", "")
        try:
            value = convert(text)
        except ValueError:
            shown = f"{text} is no number" if text else "a number is missing"
            self.wrong(file, line, key, shown)
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self.wrong(file, line, key, f"{text} is no finite number")
            return None
        if isinstance(value, int | float) and value > most:
            self.wrong(file, line, key, f"{text} is more than {most:,.0f}")
            return None
        return value


def same_name(name: str) -> str:
    """Return a name without what people spell differently: capitals, spaces, underscores, hyphens."""
    return re.sub(r"[\s_\-'.]+", "", name).casefold()


def match(name: str, known: Container[str], among: Iterable[str]) -> str:
    """Return the one known name that is spelled almost as this one, or this one."""
    if name in known:
        return name
    near = [other for other in among if same_name(other) == same_name(name)]
    return near[0] if len(near) == 1 else name


def whole(text: str) -> int:
    """Read a whole number; 12.0 is one."""
    value = float(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


def read_date(r: Reader, file: str, line: int, key: str, text: str) -> date | None:
    """Read a date as 2012-02-29 or 2012-2-29, a time of day after it aside; None, with a problem noted, when
    it is none.
    """
    found = PLAIN_DATE.match(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        r.wrong(file, line, key, f"{text or 'nothing'} is no date", "write YYYY-MM-DD")
        return None
