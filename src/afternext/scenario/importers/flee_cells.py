"""Cells of positional CSV files: rows with their lines, numbers and dates, and a list of what is wrong."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from afternext.errors import Problem
from afternext.scenario.files import read_text

T = TypeVar("T")

MOST = 1e10  # more than people on Earth: beyond it a number is a slip


@dataclass
class Reader:
    """Reads the files of a folder and collects problems (which refuse it) and warnings (which do not)."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def wrong(self, file: str, line: int, key: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(file, line, 0, key, message, hint))

    def odd(self, file: str, line: int, key: str, message: str, hint: str = "") -> None:
        self.warnings.append(Problem(file, line, 0, key, message, hint))

    def rows(self, file: str, *, comments: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Give the rows of a file with their lines; ``comments`` keeps rows that begin with #."""
        text = read_text(self.folder / file, file, self.problems)
        if text is None:
            return
        reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        try:
            for cells in reader:
                row = [cell.strip() for cell in cells]
                if any(row) and (comments or not row[0].startswith("#")):
                    yield reader.line_num, row
        except csv.Error as error:
            self.wrong(file, reader.line_num, "", f"the file is no CSV: {error}")

    def has(self, file: str) -> bool:
        return (self.folder / file).is_file()

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


def whole(text: str) -> int:
    """Read a whole number; 12.0 is one."""
    value = float(text)
    if not value.is_integer():
        raise ValueError(text)
    return int(value)


def read_date(r: Reader, file: str, line: int, key: str, text: str) -> date | None:
    """Read a date as 2012-02-29; None, with a problem noted, when it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        r.wrong(file, line, key, f"{text or 'nothing'} is no date", "write YYYY-MM-DD")
        return None
