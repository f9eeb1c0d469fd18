"""The one table of behaviour: every parameter with its unit, range, prior and source.

Scenarios hold facts, this table holds behaviour, and one set of behaviour serves every crisis.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from afternext.scenario.values import parse_text

if TYPE_CHECKING:
    from afternext.scenario.values import Value

TABLE = "parameters.csv"
FIXED = "fixed"


@dataclass(frozen=True)
class Parameter:
    """One row of the table.

    Attributes
    ----------
    default, low, high : in ``unit``; low and high are a 90 % belief
    prior : distribution sampled over futures, or the default itself where the row says ``fixed``
    strength : measured, estimated from cases, expert judgement or assumption
    used_by : the process that reads it
    """

    name: str
    symbol: str
    unit: str
    default: float
    low: float
    high: float
    prior: Value
    meaning: str
    source: str
    strength: str
    used_by: str


@cache
def read_parameters() -> dict[str, Parameter]:
    """Return the table by name, in file order."""
    text = resources.files("afternext.world").joinpath(TABLE).read_text(encoding="utf-8")
    table: dict[str, Parameter] = {}
    for row in csv.DictReader(text.splitlines()):
        default = float(row["default"])
        table[row["name"]] = Parameter(
            name=row["name"],
            symbol=row["symbol"],
            unit=row["unit"],
            default=default,
            low=float(row["low"]),
            high=float(row["high"]),
            prior=default if row["prior"] == FIXED else parse_text(row["prior"]),
            meaning=row["meaning"],
            source=row["source"],
            strength=row["strength"],
            used_by=row["used_by"],
        )
    return table


def known_parameters() -> frozenset[str]:
    """Return the names of all parameters."""
    return frozenset(read_parameters())
