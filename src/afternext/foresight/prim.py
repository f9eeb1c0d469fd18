"""Patient rule induction (Friedman and Fisher 1999): boxes of conditions in which an outcome is common.

Peeling drops, step by step, the small slice whose loss raises the share of cases most per future dropped;
pasting then gives slices back where that raises it. Columns are sorted once; each step filters the sorted
orders, and the sums of the slices come from their ends. All kinds of columns are peeled and pasted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

from afternext.foresight.columns import Column, inside
from afternext.foresight.weights import Floats, shares

Bools = NDArray[np.bool_]
Limits = tuple[Any, ...]  # one entry a column: (low, high), or a frozenset of codes

PEEL, PASTE = 0.05, 0.05
LEAST_MASS = 0.05


@dataclass(frozen=True)
class Box:
    """Conditions, and what lies inside.

    coverage : share of all cases that lie inside        density : share of futures inside that are cases
    mass : share of futures inside        restricted : numbers of the columns that it limits
    """

    limits: Limits
    restricted: tuple[int, ...]
    coverage: float
    density: float
    mass: float
    futures: int

    @property
    def f1(self) -> float:
        """Harmonic mean of coverage and density."""
        total = self.coverage + self.density
        return 2 * self.coverage * self.density / total if total > 0 else 0.0


@dataclass(frozen=True)
class Slice:
    """A slice that may be dropped or given back: its gain in density for each share, and the limits after
    it.
    """

    gain: float
    column: int
    limits: Any
    rows: NDArray[Any]
    known: bool  # whether its column is limited already


@dataclass
class Search:
    """The data of one search and its state: which futures are in, and their order in every numeric column."""

    columns: Sequence[Column]
    cases: Bools
    weights: Floats | None = None
    peel: float = PEEL
    paste: float = PASTE
    least: float = LEAST_MASS
    path: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.n = len(self.cases)
        self.w = shares(self.weights, self.n)
        self.y = self.cases * self.w
        self.total = float(self.y.sum())
        self.numeric = [k for k, column in enumerate(self.columns) if column.kind != "category"]
        self.words = [k for k, column in enumerate(self.columns) if column.kind == "category"]
        self.start: Limits = tuple(whole(column) for column in self.columns)
        self.limits = list(self.start)
        self.member = np.ones(self.n, dtype=bool)
        self.order = np.empty((len(self.numeric), self.n), dtype=np.int32)
        for row, k in enumerate(self.numeric):
            self.order[row] = np.argsort(self.columns[k].values)  # equal values are dropped together

    def run(self) -> list[Box]:
        """The path of boxes from all futures to the smallest, pasted at the end."""
        self._note()
        while self._peel():
            self._note()
        while self.paste_slice():
            self._note()
        return self.path

    def _note(self) -> None:
        self.path.append(
            measure(self.columns, tuple(self.limits), self.start, self.cases, self.w, self.member)
        )

    def _peel(self) -> bool:
        """Drop the best slice; False when none helps or the box would be too small."""
        count = int(self.member.sum())
        mass, got = float(self.w[self.member].sum()), float(self.y[self.member].sum())
        best: Slice | None = None
        for row, k in enumerate(self.numeric):
            values, order = self.columns[k].values, self.order[row]
            for upper in (False, True):
                dropped, limit = self._slice(values, order, upper, count, mass)
                if dropped is None:
                    continue
                limits = (self.limits[k][0], limit) if upper else (limit, self.limits[k][1])
                best = self._better(best, k, limits, dropped, count, mass, got)
        rows = np.flatnonzero(self.member).astype(np.int32) if self.words else np.empty(0, dtype=np.int32)
        for k in self.words:
            codes = self.columns[k].values[rows]
            if len(self.limits[k]) > 1:
                for code in sorted(self.limits[k]):
                    dropped = rows[codes == code]
                    best = self._better(best, k, self.limits[k] - {code}, dropped, count, mass, got)
        if best is None:
            return False
        if mass - float(self.w[best.rows].sum()) < self.least - 1e-12:
            return False
        self.limits[best.column] = best.limits
        self.member[best.rows] = False
        keep = self.member[self.order]
        self.order = self.order[keep].reshape(len(self.numeric), -1)
        return True

    def _slice(
        self, values: Floats, order: NDArray[np.int32], upper: bool, count: int, mass: float
    ) -> tuple[NDArray[np.int32] | None, float]:
        """The outermost futures in one direction, and the limit without them, midway between neighbours."""
        if self.weights is None:
            size = int((count - 1) * self.peel) + 1
        else:
            ends = self.w[order[::-1]] if upper else self.w[order]
            size = int(np.searchsorted(np.cumsum(ends), self.peel * mass * (1 - 1e-9))) + 1
        if upper:
            edge = values[order[count - size]]
            cut = count - 1 - _last_below(values, order, edge)
            if cut >= count:
                return None, 0.0
            return order[count - cut :], edge_of(values, order, count - cut)
        edge = values[order[size - 1]]
        cut = _first_above(values, order, edge)
        if cut >= count:
            return None, 0.0
        return order[:cut], edge_of(values, order, cut)

    def _better(
        self,
        best: Slice | None,
        k: int,
        limits: Any,
        dropped: NDArray[np.int32],
        count: int,
        mass: float,
        got: float,
    ) -> Slice | None:
        """The better of two peels: gain in density for each share dropped; of equals the one with fewer
        limits.
        """
        if not 0 < len(dropped) < count:
            return best
        lost = float(self.w[dropped].sum())
        if lost <= 0 or mass - lost <= 0:
            return best
        gain = ((got - float(self.y[dropped].sum())) / (mass - lost) - got / mass) / lost
        if gain <= 1e-12:
            return best
        known = self.limits[k] != self.start[k]
        if best is not None:
            same = abs(gain - best.gain) <= 1e-12 * best.gain
            if (gain < best.gain and not same) or (same and (best.known or not known)):
                return best
        return Slice(gain, k, limits, dropped, known)

    def paste_slice(self) -> bool:
        """Give the best slice back; False when none raises the density."""
        limited = [k for k in range(len(self.columns)) if self.limits[k] != self.start[k]]
        out = {k: ~inside(self.columns[k], self.limits[k]) for k in limited}
        missed = np.sum([out[k] for k in limited], axis=0) if limited else np.zeros(self.n)
        mass, got = float(self.w[self.member].sum()), float(self.y[self.member].sum())
        most = max(int(self.paste * self.member.sum()), 1)
        best: Slice | None = None
        for k in limited:
            near = np.flatnonzero(out[k] & (missed == 1))  # outside by this column alone
            if len(near):
                for limits, added in self._slices_back(k, near, most):
                    more = float(self.w[added].sum())
                    if more <= 0:
                        continue
                    gain = ((got + float(self.y[added].sum())) / (mass + more) - got / mass) / more
                    if gain > 1e-12 and (best is None or gain > best.gain):
                        best = Slice(gain, k, limits, added, True)
        if best is None:
            return False
        self.limits[best.column] = best.limits
        self.member[best.rows] = True
        return True

    def _slices_back(self, k: int, near: NDArray[np.intp], most: int) -> list[tuple[Any, NDArray[np.intp]]]:
        values = self.columns[k].values[near]
        if self.columns[k].kind == "category":
            codes = np.unique(values)
            return [(self.limits[k] | {float(code)}, near[values == code]) for code in codes]
        low, high = self.limits[k]
        found = []
        for side in (values < low, values > high):
            own, rows = values[side], near[side]
            if not len(own):
                continue
            below = own[0] < low
            ranked = np.sort(own)[::-1] if below else np.sort(own)
            edge = ranked[min(most, len(ranked)) - 1]
            added = rows[own >= edge] if below else rows[own <= edge]
            rest = ranked[ranked < edge] if below else ranked[ranked > edge]
            # Beyond the last future of this slice the limit stands midway; beyond all of them it falls away.
            limit = (edge + rest[0]) / 2 if len(rest) else self.start[k][0 if below else 1]
            found.append(((float(limit), high) if below else (low, float(limit)), added))
        return found


def _first_above(values: Floats, order: NDArray[np.int32], edge: float) -> int:
    """Place in a sorted order of the first value above `edge`."""
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        if values[order[middle]] <= edge:
            low = middle + 1
        else:
            high = middle
    return low


def _last_below(values: Floats, order: NDArray[np.int32], edge: float) -> int:
    """Place in a sorted order of the last value below `edge`, -1 if none is."""
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        if values[order[middle]] < edge:
            low = middle + 1
        else:
            high = middle
    return low - 1


def edge_of(values: Floats, order: NDArray[np.int32], at: int) -> float:
    """Midway between the values on both sides of a place in a sorted order."""
    return float((values[order[at - 1]] + values[order[at]]) / 2)


def whole(column: Column) -> Any:
    """Limits that leave nothing out."""
    if column.kind == "category":
        return frozenset(float(code) for code in range(len(column.words)))
    return (column.low, column.high)


def members(columns: Sequence[Column], limits: Limits, start: Limits) -> Bools:
    """Futures inside a box."""
    there = np.ones(len(columns[0].values), dtype=bool)
    for column, limit, free in zip(columns, limits, start, strict=True):
        if limit != free:
            there &= inside(column, limit)
    return there


def measure(
    columns: Sequence[Column],
    limits: Limits,
    start: Limits,
    cases: Bools,
    weights: Floats,
    member: Bools | None = None,
) -> Box:
    """Coverage, density and mass of a box on these futures."""
    there = members(columns, limits, start) if member is None else member
    mass, got, total = (
        float(weights[there].sum()),
        float(weights[there & cases].sum()),
        float(weights[cases].sum()),
    )
    restricted = tuple(k for k in range(len(columns)) if limits[k] != start[k])
    return Box(
        limits, restricted, got / total if total > 0 else 0.0, got / mass if mass > 0 else 0.0,
        mass / float(weights.sum()), int(there.sum()),
    )  # fmt: skip


def find_path(
    columns: Sequence[Column],
    cases: Bools,
    weights: Floats | None = None,
    peel: float = PEEL,
    paste: float = PASTE,
    least: float = LEAST_MASS,
) -> list[Box]:
    """The path of boxes from all futures to the smallest: the trade-off between coverage and density."""
    return Search(columns, np.asarray(cases, dtype=bool), weights, peel, paste, least).run()


def quasi_p(
    columns: Sequence[Column], box: Box, cases: Bools, weights: Floats | None = None
) -> dict[int, float]:
    """For each limited column, the chance of so many cases in the box if this limit did nothing (Bryant,
    Lempert 2010).

    One-sided binomial against the share of cases when the limit is lifted. "Quasi", because the same futures
    chose the limit. With weights, counts are those of as many equally weighted futures.
    """
    w = shares(weights, len(cases))
    size = 1.0 / float(np.square(w).sum())
    out = {k: ~inside(columns[k], box.limits[k]) for k in box.restricted}
    missed = np.sum(list(out.values()), axis=0) if out else np.zeros(len(cases))
    there = missed == 0
    futures, hits = (float(np.rint(size * w[rows].sum())) for rows in (there, there & cases))
    alone = missed == 1
    mass, got = float(w[there].sum()), float(w[there & cases].sum())
    found = {}
    for k in box.restricted:
        rows = np.flatnonzero(out[k] & alone)  # outside by this column alone
        share = (got + float(w[rows[cases[rows]]].sum())) / (mass + float(w[rows].sum()))
        found[k] = float(bdtrc(hits - 1, int(futures), share)) if hits > 0 else 1.0
    return found
