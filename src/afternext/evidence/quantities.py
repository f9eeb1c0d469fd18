"""Claims sorted into quantities: what is claimed of a measure at a place and time, and who copied whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.evidence.grades import Grades, grades
from afternext.scenario.schema import places_of

if TYPE_CHECKING:
    from afternext.scenario.schema import Claim

COUNT, SHARE, YES_NO = "count", "share", "yes or no"
HELD_BY = "held_by_"
WITHIN = 3  # days between the first and the last claim of one quantity
EDGE = 1e-3  # shares nearer to 0 or 1 than this are taken for this
RANGE_IN_SDS = 3.29  # a stated range around a best figure is read as 90 of 100


@dataclass(frozen=True)
class Said:
    """One claim, and whether it counts as evidence of its own.

    number : its place in the file, from 1          on : the day it is about
    copies : number of the claim that it repeats     why : what a reader should know of it
    """

    number: int
    claim: Claim
    on: date
    copies: int | None = None
    why: str = ""

    @property
    def counted(self) -> bool:
        """Whether it is more than a repetition."""
        return self.copies is None

    @property
    def stated(self) -> float | None:
        """The best figure, the middle of a range, or None for a bound."""
        low, best, high = self.claim.low, self.claim.best, self.claim.high
        if best is not None:
            return best
        return None if low is None or high is None else (low + high) / 2

    @property
    def name(self) -> str:
        return f"claim {self.number} ({self.claim.who}, {self.claim.published})"


@dataclass(frozen=True)
class Quantity:
    """What several claims are about: a measure, where (empty: everywhere), and when."""

    about: str
    place: str
    first: date
    last: date
    kind: str
    said: tuple[Said, ...]

    @property
    def name(self) -> str:
        where = f" at {self.place}" if self.place else ""
        when = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"{self.about}{where}, {when}"

    @property
    def counted(self) -> tuple[Said, ...]:
        return tuple(one for one in self.said if one.counted)


def quantities_of(claims: Sequence[Claim], within: int = WITHIN) -> tuple[Quantity, ...]:
    """Group claims on the same measure and place whose days lie at most `within` days apart, by date."""
    table = grades()
    by_subject: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for number, claim in enumerate(claims, 1):
        place = " + ".join(sorted(places_of(claim.place)))
        by_subject[claim.about, place].append(Said(number, claim, claim.on or claim.published))
    found = []
    for (about, place), said in by_subject.items():
        said.sort(key=lambda one: (one.on, one.claim.published, one.number))
        groups: list[list[Said]] = []
        for one in said:
            if groups and (one.on - groups[-1][0].on).days <= within:
                groups[-1].append(one)
            else:
                groups.append([one])
        for group in groups:
            told = tuple(_copies(group, table))
            found.append(Quantity(about, place, group[0].on, group[-1].on, _kind(about, group), told))
    return tuple(sorted(found, key=lambda q: (q.first, q.about, q.place)))


def _kind(about: str, said: Sequence[Said]) -> str:
    if about.startswith(HELD_BY):
        return YES_NO
    stated = [x for one in said for x in (one.claim.low, one.claim.best, one.claim.high) if x is not None]
    return SHARE if all(0 <= x <= 1 for x in stated) and any(x != int(x) for x in stated) else COUNT


def _copies(group: Sequence[Said], table: Grades) -> list[Said]:
    """Mark declared copies, and figures that look like undeclared ones.

    A copy leads back to the first claim of its chain. A source that says nothing else of the quantity lets
    its first copy count, for then that is the only trace of what it said.
    """
    root: dict[int, int] = {}
    stands_for: dict[str, int] = {}
    told = []
    order = sorted(group, key=lambda one: (one.claim.published, one.number))
    own = {one.claim.who: one.number for one in reversed(order) if not one.claim.repeats}
    for one in order:
        who = one.claim.repeats
        if not who or who == one.claim.who:
            root[one.number] = one.number
            told.append(Said(one.number, one.claim, one.on, None, _alike(one, order, table)))
            continue
        first = own.get(who) or stands_for.get(who)
        if first is None:
            earlier = [o for o in order if o.claim.who == who and o.number in root]
            first = root[earlier[0].number] if earlier else None
        if first is None or first == one.number:
            stands_for[who] = root[one.number] = one.number
            why = f"repeats {who}, who is not heard here otherwise: counts once, in its place"
            told.append(Said(one.number, one.claim, one.on, None, why))
        else:
            root[one.number] = first
            told.append(Said(one.number, one.claim, one.on, first, f"repeats {who}: not counted again"))
    return sorted(told, key=lambda one: (one.on, one.number))


def _alike(one: Said, order: Sequence[Said], table: Grades) -> str:
    figures = (one.claim.low, one.claim.best, one.claim.high)
    for other in order:
        if other.number == one.number:
            return ""
        days = (one.claim.published - other.claim.published).days
        same = (other.claim.low, other.claim.best, other.claim.high) == figures
        if (
            same
            and other.claim.who != one.claim.who
            and 0 <= days <= table.copies
            and figures != (None, 1.0, None)
        ):
            return f"the very figure of {other.claim.who} ({other.claim.published}): a copy, perhaps"
    return ""


@dataclass(frozen=True)
class Observed:
    """Counted claims of counts and shares as arrays, on a scale where errors add up.

    quantity, source : (claim,) numbers            names : of the sources
    low, high : (claim,) ends of what is stated; equal where one figure is, infinite where a bound is
    error     : (claim,) scale of the error          bias : (source,) sd of the lasting bias
    """

    quantity: NDArray[np.int64]
    source: NDArray[np.int64]
    names: tuple[str, ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    error: NDArray[np.float64]
    bias: NDArray[np.float64]
    said: tuple[Said, ...]


def observed(quantities: Sequence[Quantity], table: Grades | None = None) -> Observed:
    """The counted claims of `quantities` as arrays; those of yes or no are left out."""
    table = table or grades()
    rows: list[tuple[int, Said, float, float, float]] = []
    for q, quantity in enumerate(quantities):
        if quantity.kind == YES_NO:
            continue
        for one in quantity.counted:
            low, high, spread = _stated(one.claim, quantity.kind)
            error = float(np.hypot(table.error[str(one.claim.credibility)], spread))
            rows.append((q, one, low, high, error))
    names = tuple(dict.fromkeys(one.claim.who for _, one, *_ in rows))
    worst: dict[str, float] = {}
    for _, one, *_ in rows:  # a source that is graded twice gets the wider bias
        sd = table.bias[one.claim.reliability]
        worst[one.claim.who] = max(sd, worst.get(one.claim.who, 0.0))
    return Observed(
        np.array([q for q, *_ in rows], dtype=np.int64),
        np.array([names.index(one.claim.who) for _, one, *_ in rows], dtype=np.int64),
        names,
        np.array([low for *_, low, _, _ in rows]),
        np.array([high for *_, high, _ in rows]),
        np.array([error for *_, error in rows]),
        np.array([worst[name] for name in names]),
        tuple(one for _, one, *_ in rows),
    )


def _stated(claim: Claim, kind: str) -> tuple[float, float, float]:
    """Ends of what a claim states on the working scale, and the spread that its range adds to a best."""
    low, best, high = (None if x is None else to_scale(x, kind) for x in (claim.low, claim.best, claim.high))
    if best is None:
        return -np.inf if low is None else low, np.inf if high is None else high, 0.0
    ends = [best if low is None else low, best if high is None else high]
    return best, best, max(best - ends[0], ends[1] - best) * 2 / RANGE_IN_SDS


def to_scale(value: Any, kind: str) -> Any:
    """Counts as log(1 + x), shares as log odds."""
    if kind == SHARE:
        share = np.clip(value, EDGE, 1 - EDGE)
        return np.log(share / (1 - share))
    return np.log1p(np.maximum(value, 0.0))


def from_scale(value: Any, kind: str) -> Any:
    """Back to counts or shares."""
    return 1 / (1 + np.exp(-value)) if kind == SHARE else np.expm1(value)
