"""Errors that a person can act on. Each kind knows the exit code of the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

SHOWN_AT_MOST = 200
LONGEST_SHOWN = 2000  # characters of one problem
# What would steer a terminal, turn the direction of writing, or cannot be written at all.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


def printable(text: str) -> str:
    """A text from outside as it may be printed: one line, no control characters, not endless."""
    if len(text) > LONGEST_SHOWN:
        text = f"{text[:LONGEST_SHOWN]}..."
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one place of one file.

    file   : name as the reader knows it, relative to the scenario folder
    line   : 1 for the first line, 0 when the whole file is meant
    column : 1 for the first character, 0 when the whole line is meant
    key    : the field, e.g. ``lat`` or ``forces.army.cohesion``
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        what = f"{self.key}: {self.message}" if self.key else self.message
        return printable(f"{where}: {what} ({self.hint})" if self.hint else f"{where}: {what}")

    def to_dict(self) -> dict[str, str | int]:
        """Return the fields as plain data for ``--json``."""
        return {
            key: printable(value) if isinstance(value, str) else value for key, value in asdict(self).items()
        }


class AfternextError(Exception):
    """Base of every error that afternext raises on purpose."""

    exit_code = 1


class UsageError(AfternextError):
    """The command or call was put together wrongly."""

    exit_code = 2


class InvalidInput(AfternextError):
    """What was read is wrong; ``problems`` names every spot."""

    exit_code = 3

    def __init__(self, problems: str | Iterable[Problem], *, warnings: Iterable[Problem] = ()) -> None:
        self.warnings = list(warnings)
        if isinstance(problems, str):
            self.problems: list[Problem] = []
            super().__init__(problems)
        else:
            self.problems = list(problems)
            super().__init__(list_problems(self.problems))

    def __reduce__(self) -> tuple[type, tuple[str | list[Problem]]]:
        # Workers send their errors to the parent; the default would lose the problems.
        return type(self), (self.problems or str(self),)


class Incomplete(AfternextError):
    """The work stopped early and can be resumed."""

    exit_code = 4


def list_problems(problems: list[Problem]) -> str:
    """Write problems one a line; a file that is wrong everywhere is cut short."""
    lines = [str(problem) for problem in problems[:SHOWN_AT_MOST]]
    if len(problems) > SHOWN_AT_MOST:
        lines.append(f"... and {len(problems) - SHOWN_AT_MOST} more")
    return "\n".join(lines)
