"""Conditions on futures in a line of text: `displaced@1y > 2M and holder.kirkuk@6m == isis`.

    condition  = term {"or" term}              term = factor {"and" factor}
    factor     = "not" factor | "(" condition ")" | comparison
    comparison = name ["@" when] operator value
    name       = a measure, max.MEASURE or min.MEASURE (so far), holder.PLACE
    when       = 30d, 8w, 6m, 1y, a date, or end (the last day; also when none is given)
    operator   = > >= < <= == !=
    value      = a number (2e6, 2M, 350k, 40%), or a force, or nobody

Nothing is evaluated as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.show import curves, days_along, freeze_of, nearest
from afternext.ensemble.words import nearest_name
from afternext.errors import UsageError

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

Bools = NDArray[np.bool_]
TOKEN = re.compile(
    r"\s*(?:(?P<op>>=|<=|==|!=|>|<|=)|(?P<mark>[()@])|(?P<word>[A-Za-z_][\w.\-]*)|(?P<value>[-+]?[\d.][\w.,\-+]*%?))"
)
NUMBER = re.compile(r"([-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(k|K|m|M|bn|%)?")
TIMES = {"k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "bn": 1e9, "%": 0.01}
SPAN = re.compile(r"(\d+(?:\.\d+)?)(d|w|m|y)")
DAYS = {"d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}
COMPARE: dict[str, Callable[[NDArray[np.float64], float], Bools]] = {
    ">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal,
    "==": np.equal, "=": np.equal, "!=": np.not_equal,
}  # fmt: skip
NOBODY = "nobody"
NOBODY_CODE = -1.0
EXAMPLE = 'for example --when "displaced@1y > 2e6"'


@dataclass(frozen=True)
class Single:
    """One comparison of a measure with a number, apart into what it says.

    day : days after the freeze, None where no time is given          so_far : max, min or nothing
    """

    measure: str
    so_far: str
    day: int | None
    operator: str
    value: float


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: int


def meets(run: Run, text: str) -> Bools:
    """Futures, in the order of the run, that meet a condition."""
    return Reader(run, text).read()


def read_single(run: Run, text: str) -> Single:
    """The parts of one comparison of a measure with a number; anything else is refused with the place."""
    return Reader(run, text).single()


class Reader:
    """Reads a condition from left to right; every error shows the place."""

    def __init__(self, run: Run, text: str) -> None:
        self.run, self.text = run, text
        self.tokens: list[Token] = []
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if match is None:
                start = at + len(text[at:]) - len(text[at:].lstrip())
                self._stop(f"cannot read {text[start]!r}", start)
            kind = str(match.lastgroup)
            self.tokens.append(Token(kind, match.group(kind), match.start(kind)))
            at = match.end()
        self.next = 0

    def read(self) -> Bools:
        if not self.tokens:
            self._stop(f"the condition is empty; {EXAMPLE}", 0)
        found = self._either()
        if self.next < len(self.tokens):
            self._stop("expected `and`, `or` or the end", self.tokens[self.next].at)
        return found

    def single(self) -> Single:
        """One comparison of a measure, and nothing else."""
        if not self.tokens:
            self._stop("the goal is empty; for example displaced@1y < 1.5M", 0)
        name, when, operator, value = self._parts()
        if name.text.startswith("holder.") or operator.text in ("==", "=", "!="):
            at = name.at if name.text.startswith("holder.") else operator.at
            self._stop("a goal is a measure above or below a number", at)
        if self.next < len(self.tokens):
            at = self.tokens[self.next].at
            self._stop("a goal is one comparison; give --goal again for the next", at)
        measure, so_far = self._named(name)
        day = None if when is None else self._day(when)
        return Single(measure, so_far, day, operator.text, self._number(value))

    def _stop(self, why: str, at: int) -> NoReturn:
        raise UsageError(f"condition: {why}\n  {self.text}\n  {' ' * at}^")

    def _peek(self) -> Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def _take(self, *words: str) -> bool:
        token = self._peek()
        if token is not None and token.text.lower() in words:
            self.next += 1
            return True
        return False

    def _expect(self, what: str, *kinds: str) -> Token:
        token = self._peek()
        if token is None:
            self._stop(f"expected {what} at the end", len(self.text))
        if token.kind not in kinds:
            self._stop(f"expected {what}", token.at)
        self.next += 1
        return token

    def _either(self) -> Bools:
        found = self._both()
        while self._take("or"):
            found = found | self._both()
        return found

    def _both(self) -> Bools:
        found = self._factor()
        while self._take("and"):
            found = found & self._factor()
        return found

    def _factor(self) -> Bools:
        if self._take("not"):
            return ~self._factor()
        if self._take("("):
            found = self._either()
            if not self._take(")"):
                token = self._peek()
                self._stop("expected `)`", token.at if token else len(self.text))
            return found
        return self._comparison()

    def _parts(self) -> tuple[Token, Token | None, Token, Token]:
        name = self._expect("a measure", "word")
        when: Token | None = None
        if self._take("@"):
            when = self._expect("a time after @ (30d, 6m, 1y, a date, end)", "value", "word")
        operator = self._expect("a comparison (> >= < <= == !=)", "op")
        return name, when, operator, self._expect("a value", "value", "word")

    def _comparison(self) -> Bools:
        name, when, operator, value = self._parts()
        if name.text.startswith("holder."):
            if operator.text not in ("==", "=", "!="):
                self._stop("a holder is compared by == or !=", operator.at)
            return COMPARE[operator.text](self._holder(name, when), self._force(value))
        return COMPARE[operator.text](self._measure(name, when), self._number(value))

    def _day(self, when: Token | None) -> int:
        last = int(self.run.manifest["days"])
        if when is None or when.text == "end":
            return last
        match = SPAN.fullmatch(when.text)
        if match:
            day = round(min(float(match.group(1)) * DAYS[match.group(2)], 2.0 * last + 2.0))
        else:
            try:
                day = (date.fromisoformat(when.text) - freeze_of(self.run)).days
            except ValueError:
                self._stop(f"{when.text!r} is no time: write 30d, 8w, 6m, 1y, 2014-12-31 or end", when.at)
        # A run of a year has 365 days; `1y` means its end.
        if last < day <= last + 1:
            day = last
        if not 0 <= day <= last:
            end = freeze_of(self.run) + timedelta(days=last)
            self._stop(f"{when.text} is outside this run, which ends on {end} (day {last})", when.at)
        return day

    def _named(self, name: Token) -> tuple[str, str]:
        """The measure and max, min or nothing."""
        prefix, _, rest = name.text.partition(".")
        so_far = prefix if prefix in ("max", "min") and rest else ""
        wanted = rest if so_far else name.text
        known = curves(self.run)
        if wanted not in known:
            self._stop(nearest_name("measure", wanted, known), name.at)
        return wanted, so_far

    def _measure(self, name: Token, when: Token | None) -> NDArray[np.float64]:
        wanted, so_far = self._named(name)
        grid = days_along(self.run, "date")
        at = nearest(grid, self._day(when))
        array = self.run.measures.variables[wanted]
        if so_far:
            values = array.isel(date=slice(0, at + 1)).values
            return np.asarray(getattr(values, so_far)(axis=1), dtype=np.float64)
        return np.asarray(array.isel(date=at).values, dtype=np.float64)

    def _place(self, name: Token) -> int:
        """Position of the place of `holder.PLACE`."""
        place = name.text.removeprefix("holder.")
        places = [str(ident) for ident in self.run.measures["place"].values]
        if place not in places:
            self._stop(nearest_name("place", place, places), name.at)
        return places.index(place)

    def _holder(self, name: Token, when: Token | None) -> NDArray[np.float64]:
        at = nearest(days_along(self.run, "snapshot"), self._day(when))
        array = self.run.measures["place_holder"].isel(snapshot=at, place=self._place(name))
        return np.asarray(array.values, dtype=np.float64)

    def _force(self, value: Token) -> float:
        forces = list(self.run.scenario.forces)
        if value.text == NOBODY:
            return NOBODY_CODE
        if value.text not in forces:
            self._stop(nearest_name("force", value.text, [*forces, NOBODY]), value.at)
        return float(forces.index(value.text))

    def _number(self, value: Token) -> float:
        match = NUMBER.fullmatch(value.text)
        if not match:
            self._stop(f"{value.text!r} is no number: write 2e6, 2M, 350k, 40% or 0.4", value.at)
        return float(match.group(1).replace(",", "")) * TIMES.get(match.group(2), 1.0)
