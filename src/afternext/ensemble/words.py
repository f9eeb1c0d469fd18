"""Words that the ensemble uses to people: nearest names, numbers, durations."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

NOT_SCORED = (
    "A share of futures says how often the model does it; it has not been scored against what happened yet."
)

ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def nearest_name(what: str, given: str, known: Iterable[str]) -> str:
    """Message about an unknown name, with the nearest valid ones."""
    names = list(known)
    close = get_close_matches(given, names, n=3, cutoff=0.5)
    if close:
        return f"unknown {what} {given!r}; did you mean {' or '.join(repr(name) for name in close)}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return (
        f"unknown {what} {given!r}; there are: {shown}"
        if names
        else f"unknown {what} {given!r}; there are none"
    )


def number(value: float) -> str:
    """A count or share as people read it: 1,234,000 and 0.042; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    if value == int(value) or abs(value) >= 1000:
        return f"{round(value):,}"
    return f"{value:.3g}"


def long_date(day: date) -> str:
    """12 July 2014, whatever the locale of the machine."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """12 Jul 2014."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def month_year(day: date) -> str:
    """Jul 2014."""
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def dated(text: str) -> str:
    """A sentence with its dates as people write them: 2014-06-12 becomes 12 June 2014."""

    def spelt(found: re.Match[str]) -> str:
        try:
            return long_date(date.fromisoformat(found[0]))
        except ValueError:  # no such day
            return found[0]

    return ISO.sub(spelt, text)


def duration(seconds: float) -> str:
    """A length of time: 4.2 s, 3 min 05 s, 2 h 10 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60):02d} min"


def short_span(days: int) -> str:
    """A distance in time for the head of a column: 30 d, 6 m, 1 y."""
    if days < 60:
        return f"{days} d"
    return f"{round(days / 30.44)} m" if days < 350 else f"{days / 365.25:.1f}".removesuffix(".0") + " y"


def span(days: int) -> str:
    """A distance in time: 30 days, 6 months, 3 years."""
    if days < 60:
        return f"{days} days" if days != 1 else "1 day"
    months = round(days / 30.4375)
    if months < 12:
        return f"{months} months"
    years = days / 365.25
    whole = f"{years:.1f}".removesuffix(".0")
    return f"{whole} years" if whole != "1" else "1 year"
