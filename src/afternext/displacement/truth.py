"""Counts of displaced people in the order of their dates, as the one reader of truth directories reads them.

What the files may hold and how loosely they may be written: `afternext.forecast.truth`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from afternext.errors import UsageError
from afternext.forecast.truth import read_truth

if TYPE_CHECKING:
    from afternext.scenario import Scenario

FILES = ("displacement_total", "displacement_gov")
KINDS = {"idps": "stock", "idps_hosted": "hosting", "idps_origin": "origin"}


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


def read_counts(folder: str | Path, scenario: Scenario) -> Counts:
    """Read the counts of a directory for a scenario, those before its freeze too.

    Raises
    ------
    UsageError : there is no such directory, or it holds no file of counts that can be read
    """
    path = Path(folder).expanduser()
    neither = f"{folder} holds neither {' nor '.join(f'{name}.csv' for name in FILES)}"
    if path.is_dir() and not any((path / f"{name}.csv").is_file() for name in FILES):
        raise UsageError(neither)
    truth = read_truth(path, scenario)
    if not any(truth.has(name) for name in FILES):
        raise UsageError(f"{neither} that can be read: {'; '.join(truth.notes)}")
    found = [
        Count(KINDS[measure], area, scenario.freeze + timedelta(days=count.day), count.value, count.source)
        for counts in (truth.before, truth.counts)
        for (measure, area), rows in counts.items()
        if measure in KINDS
        for count in rows
    ]
    notes = tuple(note for note in truth.notes if note.startswith(FILES))
    return Counts(tuple(found), dict(truth.groups), notes)
