"""Dates and numbers as people write them: what a cell may mean, or in plain words why it means nothing.

A date may be a day (2016-10-17, 17 Oct 2016, 17.10.2016, 17/10/2016, a spreadsheet's 42660, with or without
a time), a month, a year, a part of a month (early, mid, late) or a range; `first` and `last` say how much it
leaves open, and `day` is the one it is taken for. 03/04/2016 is a date only where other dates of the same
column show whether days or months come first.
"""

from __future__ import annotations

import math
import re
from calendar import month_abbr, monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_FIRST, MONTHS_FIRST = "days first", "months first"
NONE = ("", "-", "--", "n/a", "na", "nan", "none", "null", "unknown", "?", ".")
EXCEL = date(1899, 12, 30)  # day 0 of spreadsheets
ABOUT = 3  # days either side of a date that is said to be rough
THIRDS = {"early": (1, 10), "mid": (11, 20), "middle": (11, 20), "late": (21, 31)}
PRECISION = {
    "day": "day", "daily": "day", "exact": "day", "d": "day", "1": "day",
    "week": "week", "weekly": "week", "w": "week", "days": "week",
    "month": "month", "monthly": "month", "m": "month",
    "quarter": "quarter", "q": "quarter",
    "year": "year", "yearly": "year", "annual": "year", "y": "year",
}  # fmt: skip
MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}

_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm]| ?Z|[+-]\d{2}:?\d{2})?$")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})/(\d{4})")
_YEAR = re.compile(r"(?:1[89]|2[01])\d{2}")
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_DAY_WORD = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]+([a-z]{3,9})\.?,?[ -]+(\d{4})")
_WORD_DAY = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_WORD_YEAR = re.compile(r"([a-z]{3,9})\.?,?[ -]+(\d{4})")
_RANGE = re.compile(r"\s*(?:/|\bto\b|\buntil\b|\band\b|\s-\s|–|—|\.\.)\s*")
_ROUGH = re.compile(r"^(?:c\.?|ca\.?|circa|about|around|approx\.?|approximately|~)\s*")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_DOTTED = re.compile(r"\d{1,3}(\.\d{3}){2,}")
_UNSURE = re.compile(r"\d{1,3}\.\d{3}")
_PLAIN = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6}


class Unread(ValueError):
    """A cell that means nothing here; the text says why."""


@dataclass(frozen=True)
class When:
    """A date and what it leaves open.

    precision : day, week, month, quarter, year, or range
    """

    day: date
    first: date
    last: date
    precision: str = "day"


def day_order(texts: Iterable[str]) -> str:
    """Whether dates such as 17/10/2016 of one column put days or months first; empty if none shows it."""
    seen = [m for text in texts if (m := _SLASHED.fullmatch(_TIME.sub("", text.strip())))]
    days = any(int(m[1]) > 12 for m in seen)
    months = any(int(m[3]) > 12 for m in seen)
    return "" if days == months else DAYS_FIRST if days else MONTHS_FIRST


def read_when(text: str, order: str = "") -> When:
    """What a date means.

    order : what `day_order` found for the column

    Raises
    ------
    Unread : it means no date, or more than one
    """
    asked = " ".join(text.replace("\u00a0", " ").split())
    if asked.lower() in NONE:
        raise Unread("the date is empty")
    plain = _TIME.sub("", asked).lower()
    rough = _ROUGH.sub("", plain)
    if rough != plain:
        found = _single(rough, order)
        if found.precision == "day":
            return spread(found.day, "week")
        return found
    try:
        return _single(plain, order)
    except Unread as unread:
        ends = _RANGE.split(plain)
        if len(ends) != 2 or not all(ends):
            raise
        try:
            low, high = (_single(_TIME.sub("", end).strip(), order) for end in ends)
        except Unread:
            raise unread from None
        if high.last < low.first:
            raise Unread(f"'{text[:40]}' ends before it begins") from None
        return When(high.last, low.first, high.last, "range")


def _single(text: str, order: str) -> When:
    try:
        return _known(text, order)
    except ValueError as error:
        if isinstance(error, Unread):
            raise
        raise Unread(f"'{text[:40]}' is not in the calendar") from None


def _known(text: str, order: str) -> When:
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(date(int(match[1]), int(match[2]), int(match[3])))
    if _SERIAL.fullmatch(text):
        return _day(EXCEL + timedelta(days=int(float(text))))
    if match := _SLASHED.fullmatch(text):
        return _day(_slashed(match, order))
    if match := _DAY_WORD.fullmatch(text):
        return _day(date(int(match[3]), _month(match[2]), int(match[1])))
    if match := _WORD_DAY.fullmatch(text):
        return _day(date(int(match[3]), _month(match[1]), int(match[2])))
    if match := _MONTH.fullmatch(text):
        year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        return spread(date(int(year), int(month), 1), "month", last=True)
    if _YEAR.fullmatch(text):
        return spread(date(int(text), 1, 1), "year", last=True)
    word, _, rest = text.replace("-", " ", 1).partition(" ")
    if word in THIRDS and rest:
        whole = _known(rest.removeprefix("of "), order)
        if whole.precision == "month":
            low, high = THIRDS[word]
            end = min(high, whole.last.day)
            return When(whole.first.replace(day=end), whole.first.replace(day=low),
                        whole.first.replace(day=end), "range")  # fmt: skip
    if match := _WORD_YEAR.fullmatch(text):
        return spread(date(int(match[2]), _month(match[1]), 1), "month", last=True)
    raise Unread(f"'{text[:40]}' is not a date (write 2014-06-12)")


def _day(day: date) -> When:
    return When(day, day, day)


def _month(word: str) -> int:
    number = MONTHS.get(word[:3])
    if number is None:
        raise Unread(f"'{word}' is no month (write 2014-06-12)")
    return number


def _slashed(match: re.Match[str], order: str) -> date:
    left, right, year = int(match[1]), int(match[3]), int(match[4])
    if left > 12 or match[2] == ".":
        return date(year, right, left)  # with full stops days come first everywhere
    if right > 12:
        return date(year, left, right)
    if left == right or order:
        return date(year, right, left) if order == DAYS_FIRST else date(year, left, right)
    raise Unread(f"'{match[0]}' may mean two days (write 2014-06-12)")


def spread(day: date, precision: str, *, last: bool = False) -> When:
    """A date within its precision: three days either side of it, or its month, quarter or year.

    last : stand for the last day of the span, not for the one that is written
    """
    if precision == "week":
        return When(day, day - timedelta(days=ABOUT), day + timedelta(days=ABOUT), precision)
    if precision == "day":
        return When(day, day, day, precision)
    start = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[precision]
    months = {"month": 1, "quarter": 3, "year": 12}[precision]
    end_month = start + months - 1
    end = date(day.year, end_month, monthrange(day.year, end_month)[1])
    return When(end if last else day, date(day.year, start, 1), end, precision)


def read_number(text: str) -> tuple[float | None, str]:
    """A number of people and, if it had to be interpreted, what it was taken for; None for an empty cell.

    Raises
    ------
    Unread : no number, or below zero
    """
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace("'", "").strip().lower()
    if plain in NONE:
        return None, ""
    bare = _ROUGH.sub("", plain.strip("<>=≤≥+* ")).strip()
    word = re.search(r"[a-z]+$", bare)
    times = _TIMES.get(word[0], 0.0) if word else 1.0
    figure = bare[: word.start()].strip() if word and times else bare
    figure = re.sub(r"(?<=\d) (?=\d{3}\b)", "", figure)
    if _UNSURE.fullmatch(figure) and times == 1.0:
        raise Unread(f"'{text[:40]}' may mean {figure.replace('.', '')} or a fraction")
    if _GROUPED.fullmatch(figure):
        figure = figure.replace(",", "")
    elif _DOTTED.fullmatch(figure):
        figure = figure.replace(".", "")
    if not _PLAIN.fullmatch(figure):
        raise Unread(f"'{text[:40]}' is no number of people")
    value = float(figure) * (times or 1.0)
    if not math.isfinite(value) or value > MOST:
        raise Unread(f"'{text[:40]}' is more than all people on Earth")
    return value, "" if bare == plain and not word else f"'{text[:40]}' is taken as {value:,.0f}"


MOST = 1e10  # more than people on Earth
