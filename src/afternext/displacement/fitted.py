"""Shared parameters fitted outside the package (scripts/fit_displacement.py), never to the conflict they are
used on.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from afternext.displacement.borders import plain
from afternext.displacement.model import Pull

if TYPE_CHECKING:
    from afternext.displacement.case import Case

ALL = "all"
COLUMNS = (
    "left_out", "distance", "ties", "kept", "room", "spread", "kept_spread", "unseen_0", "unseen_sd",
    "seen_0", "seen_so_far", "seen_sd", "front", "source",
)  # fmt: skip


class Fitted(NamedTuple):
    """One row of fitted.csv: what the conflicts other than ``left_out`` say."""

    pull: Pull
    spread: float
    kept_spread: float
    unseen: tuple[float, float]  # constant, SD of the error
    seen: tuple[float, float, float]  # constant, per log arrivals so far, SD of the error
    front: float  # exponent of the share of arrivals by the share of the time


@cache
def rows() -> dict[str, Fitted]:
    """Return fitted.csv by the conflict left out."""
    text = files("afternext.displacement").joinpath("fitted.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        number = {key: float(value) for key, value in row.items() if key not in ("left_out", "source")}
        found[row["left_out"]] = Fitted(
            Pull(number["distance"], number["ties"], number["kept"], number["room"]),
            number["spread"],
            number["kept_spread"],
            (number["unseen_0"], number["unseen_sd"]),
            (number["seen_0"], number["seen_so_far"], number["seen_sd"]),
            number["front"],
        )
    return found


def key_of(case: Case) -> str:
    """Return the name of a conflict in the table: its country and the day it starts."""
    return f"{plain(case.folder.home)} {case.folder.start.isoformat()}"


def fitted(case: Case) -> Fitted:
    """Return the parameters for a conflict: of the other conflicts where it is one of those fitted to."""
    table = rows()
    return table.get(key_of(case), table[ALL])


def is_left_out(case: Case) -> bool:
    """Whether the conflict is one of those the parameters were fitted to (and is then left out)."""
    return key_of(case) in rows()
