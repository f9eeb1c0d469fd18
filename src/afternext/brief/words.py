"""Numbers, dates and counts of futures in words, rounded to what is known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta

from afternext.ensemble.words import MONTHS, long_date, month_year, short_date

__all__ = ["MONTHS", "long_date", "month_year", "short_date"]

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def after(freeze: date, day: int) -> date:
    """The date `day` days after the freeze."""
    return freeze + timedelta(days=int(day))


def span(days: int) -> str:
    """A length of time as people say it: 30 days, six months, three years."""
    years, months = days / 365.25, days / 30.4375
    if years >= 0.95:
        tenths = round(years, 1)
        n = round(tenths)
        return f"{tenths:.1f} years" if tenths != n else f"{count(n)} year{'s' if n != 1 else ''}"
    if days > 45 and abs(months - round(months)) < 0.04:
        return f"{count(round(months))} months"
    return f"{days} day{'s' if days != 1 else ''}"


def count(n: int) -> str:
    """Small whole numbers in words."""
    return SMALL[n] if 0 < n < len(SMALL) else f"{n:,}"


def significant(x: float, digits: int = 2) -> float:
    """Round to significant digits."""
    if x == 0 or not math.isfinite(x):
        return x
    return round(x, digits - 1 - math.floor(math.log10(abs(x))))


def number(x: float, digits: int = 2) -> str:
    """480,000; 2.1 million; 0. Never more digits than are known."""
    if not math.isfinite(x):
        return "–"
    value = significant(x, digits)
    if abs(value) < 10:
        return f"{round(value):,}"
    if abs(value) >= 1e6:
        millions = value / 1e6
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(millions))))
        text = f"{millions:,.{decimals}f}"
        return f"{text.rstrip('0').rstrip('.') if '.' in text else text} million"
    return f"{value:,.0f}"


def short_number(x: float) -> str:
    """For axes and cells: 2.1 M, 480,000."""
    return number(x).replace(" million", " M")


def known(low: float, high: float) -> int:
    """Significant digits that a range supports: one when it spans more than a factor of five, else two."""
    return 1 if low <= 0 or high / low > 5 else 2


def estimate(median: float, low: float, high: float) -> str:
    """About 480,000, range 310,000–720,000."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"about {number(median)}"
    return f"about {number(median)}, range {between(low, high)}"


def between(low: float, high: float) -> str:
    """310,000–720,000 or 1.1–2.4 million: the unit once."""
    a, b = number(low), number(high)
    if a == b:
        return a
    if a.endswith(" million") and b.endswith(" million"):
        a = a.removesuffix(" million")
    return f"{a}–{b}"


def futures_of(share: float, of: int = 10) -> str:
    """3 in 10 futures; the ends are said plainly, and only when they are exact."""
    if share <= 0:
        return "no future"
    if share >= 1:
        return "all futures"
    n = min(max(round(share * of), 0), of)
    if n == 0:
        return f"fewer than 1 in {2 * of} futures"
    if n == of:
        return f"more than {2 * of - 1} in {2 * of} futures"
    return f"{n} in {of} futures"


def listing(items: Iterable[str]) -> str:
    """a, b and c."""
    parts = list(items)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def capital(text: str) -> str:
    """First letter in capitals, the rest as it is."""
    return text[:1].upper() + text[1:]
