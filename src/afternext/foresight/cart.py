"""A classification tree (Breiman and others 1984) whose leaves are boxes: splits by Gini, a least mass, no
pruning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from afternext.foresight.columns import Column, inside
from afternext.foresight.prim import Bools, Box, Limits, measure, whole
from afternext.foresight.weights import Floats, shares

LEAST_MASS = 0.05
MOST_DEPTH = 12


def grow_boxes(
    columns: Sequence[Column], cases: Bools, weights: Floats | None = None, least: float = LEAST_MASS
) -> list[Box]:
    """Leaves of the tree as boxes, the one with the best F1 first."""
    w = shares(weights, len(cases))
    start = tuple(whole(column) for column in columns)
    # Whole futures are counted as well, as others do it: a leaf of 44 of 882 futures has a mass of 5 % in
    # them.
    smallest = int(least * len(cases)) / len(cases)
    leaves: list[Limits] = []
    _split(columns, cases, w, start, np.arange(len(cases)), smallest, MOST_DEPTH, leaves)
    boxes = [measure(columns, limits, start, cases, w) for limits in leaves]
    return sorted(boxes, key=lambda box: (-box.f1, -box.density))


def _split(
    columns: Sequence[Column], cases: Bools, w: Floats, limits: Limits, rows: Any, least: float, depth: int,
    leaves: list[Limits],
) -> None:  # fmt: skip
    best = None
    mass, got = float(w[rows].sum()), float(w[rows][cases[rows]].sum())
    if depth and 1e-12 < got < mass - 1e-12:
        for k, column in enumerate(columns):
            found = _best_cut(column, cases[rows], w[rows], rows, least, mass, got)
            if found is not None and (best is None or found[0] > best[0] + 1e-12):
                best = (found[0], k, found[1], found[2])
    if best is None:
        leaves.append(limits)
        return
    _, k, low, high = best
    for part in (low, high):
        own = _within(columns[k], limits[k], part)
        there = rows[inside(columns[k], own)[rows]]
        _split(columns, cases, w, (*limits[:k], own, *limits[k + 1 :]), there, least, depth - 1, leaves)


def _best_cut(
    column: Column, cases: Bools, w: Floats, rows: Any, least: float, mass: float, got: float
) -> tuple[float, Any, Any] | None:
    """Gain and the two sides of the best cut; words are put in order of their share of cases, which is
    optimal.
    """
    values = column.values[rows]
    if column.kind == "category":
        sizes = np.bincount(values.astype(np.intp), w, minlength=len(column.words))
        hits = np.bincount(values.astype(np.intp), w * cases, minlength=len(column.words))
        density = np.divide(hits, sizes, out=np.zeros_like(hits), where=sizes > 0)
        ranking = np.argsort(np.where(sizes > 0, density, 2.0), kind="stable")
        place = np.empty(len(ranking))
        place[ranking] = np.arange(len(ranking))
        values = place[values.astype(np.intp)]
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    below, hits_below = np.cumsum(w[order]), np.cumsum((w * cases)[order])
    at = np.flatnonzero(ordered[1:] > ordered[:-1])
    at = at[(below[at] >= least - 1e-12) & (mass - below[at] >= least - 1e-12)]
    if not len(at):
        return None
    a, b = below[at], mass - below[at]
    p, q = hits_below[at], got - hits_below[at]
    # Gini impurity of a side, times its mass, is 2 p (a - p) / a.
    gain = 2 * got * (mass - got) / mass - 2 * p * (a - p) / a - 2 * q * (b - q) / b
    k = int(np.argmax(gain))
    if gain[k] <= 1e-12:
        return None
    if column.kind == "category":
        cut = int(ordered[at[k]])
        words = [float(code) for code in ranking]
        return float(gain[k]), frozenset(words[: cut + 1]), frozenset(words[cut + 1 :])
    edge = (ordered[at[k]] + ordered[at[k] + 1]) / 2
    return float(gain[k]), (-np.inf, float(edge)), (float(edge), np.inf)


def _within(column: Column, old: Any, part: Any) -> Any:
    if column.kind == "category":
        return old & part
    return (max(old[0], part[0]), min(old[1], part[1]))
