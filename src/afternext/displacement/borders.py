"""Who already lived where: people of a country with a right to stay in another before a conflict began."""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afternext.displacement.case import Floats

# Spellings met in FLEE folders.
ALIASES = {
    "equador": "ecuador",
    "drc": "dr_congo",
    "democratic_republic_of_the_congo": "dr_congo",
    "democratic_republic_of_congo": "dr_congo",
    "congo_kinshasa": "dr_congo",
    "congo_brazzaville": "congo",
    "republic_of_congo": "congo",
    "republic_of_the_congo": "congo",
    "roc": "congo",
    "car": "central_african_republic",
    "turkiye": "turkey",
    "cote_d_ivoire": "ivory_coast",
    "cote_divoire": "ivory_coast",
    "czech_republic": "czechia",
    "republic_of_moldova": "moldova",
    "russian_federation": "russia",
    "s_sudan": "south_sudan",
    "syrian_arab_republic": "syria",
    "united_republic_of_tanzania": "tanzania",
}


class Row(NamedTuple):
    """One row of borders.csv; ``ties`` may be off by the factor ``doubt``, either way (judgement)."""

    origin: str
    destination: str
    known_on: date
    ties: float
    doubt: float
    kin: float
    regime: float


def plain(country: str) -> str:
    """Return a country's name as the table writes it."""
    letters = unicodedata.normalize("NFKD", country).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    return ALIASES.get(name, name)


@cache
def table() -> tuple[Row, ...]:
    """Return borders.csv."""
    text = files("afternext.displacement").joinpath("borders.csv").read_text(encoding="utf-8")
    return tuple(
        Row(
            row["origin"],
            row["destination"],
            date.fromisoformat(row["known_on"]),
            float(row["ties"]),
            float(row["doubt"]),
            float(row["kin"]),
            float(row["regime"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


def latest(origin: str, destination: str, on: date) -> Row | None:
    """Return what was known of a pair of countries on a day; nothing that became known later."""
    rows = [
        row
        for row in table()
        if (row.origin, row.destination) == (plain(origin), plain(destination)) and row.known_on <= on
    ]
    return max(rows, key=lambda row: row.known_on, default=None)


def ties_of(origin: str, destinations: Sequence[str], on: date) -> Floats:
    """Return persons of the origin in each destination; an unknown country is like the mean of the known.

    The mean is geometric; where no country is known, all are alike.
    """
    rows = {name: latest(origin, name, on) for name in set(destinations)}
    known = [row.ties for row in rows.values() if row is not None]
    usual = math.expm1(sum(math.log1p(ties) for ties in known) / len(known)) if known else 0.0
    return np.array([row.ties if (row := rows[name]) is not None else usual for name in destinations])


def unknown(origin: str, destinations: Sequence[str], on: date) -> list[str]:
    """Return the destinations of which the table says nothing."""
    return [name for name in dict.fromkeys(destinations) if latest(origin, name, on) is None]
