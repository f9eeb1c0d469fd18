"""Choosing boxes: found on some futures, judged on others, told only if those bear them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from afternext.foresight.cart import grow_boxes
from afternext.foresight.columns import Column
from afternext.foresight.prim import (
    LEAST_MASS,
    PEEL,
    Bools,
    Box,
    Search,
    find_path,
    measure,
    members,
    quasi_p,
    whole,
)
from afternext.foresight.sensitivity import bins_for, first_orders, standard
from afternext.foresight.weights import Floats, effective, parts, shares

FOLDS = 5
RESAMPLES = 20
MOST_IN_RESAMPLE = 5000  # futures in one half of a resample
FEWEST = 10  # cases, and others, under which nothing can be learnt
# On held-out futures a box must raise the share of cases by so much of that share (or of that of the others,
# where that is smaller), and by so many standard errors. On 25 sets of noise (400 x 100) none did;
# the largest rise was 2.0 errors.
LIFT, ERRORS = 0.25, 2.5
MOST_BOXES = 3
SCREENED, KEPT = 20, 8  # more columns than this are screened; so many are kept
NEXT_COVERAGE = 0.1  # a further box must describe this share of all cases
IDLE = 0.05  # quasi-p above which a limit is dropped where that costs little,
USELESS = 0.2  # and above which it is dropped whatever it costs
CHEAP = 0.01  # F1 that dropping a limit may cost


@dataclass(frozen=True)
class Choice:
    """A box chosen from a path.

    path : the trade-off, every box on the way        at : the box on it that held-out futures prefer
    box : it, with idle limits dropped and slices pasted back
    density_out, coverage_out : of boxes found and trimmed in the same way, on futures held out from them
    quasi_p : limited column -> see `prim.quasi_p`
    often : column -> share of resamples in which it is limited
    """

    path: tuple[Box, ...]
    at: int
    box: Box
    density_out: float
    coverage_out: float
    quasi_p: dict[int, float]
    often: dict[int, float]


def find_boxes(
    columns: Sequence[Column],
    cases: Bools,
    weights: Floats | None = None,
    seed: int = 0,
    most: int = MOST_BOXES,
) -> list[Choice]:
    """Box after box, each on the futures that no earlier one holds, as long as held-out futures bear it
    out.
    """
    w = shares(weights, len(cases))
    left = np.ones(len(cases), dtype=bool)
    start = tuple(whole(column) for column in columns)
    found: list[Choice] = []
    while len(found) < most:
        own = [Column(c.name, c.kind, c.values[left], c.words) for c in columns]
        part = None if weights is None else w[left]
        if min(cases[left].sum(), (~cases[left]).sum()) < FEWEST:
            break
        choice = choose(own, cases[left], part, seed)
        base = float(w[left & cases].sum() / w[left].sum())
        share = choice.box.coverage * w[left & cases].sum() / w[cases].sum()
        if not _holds(choice, base, effective(w[left])) or (found and share < NEXT_COVERAGE):
            break
        # Limits are told against the range of all futures, figures against all cases.
        limits = tuple(
            _side_by_side(own[k], choice.box.limits[k], start[k]) if k in choice.box.restricted else start[k]
            for k in range(len(columns))
        )
        there = members(columns, limits, start)
        box = measure(columns, limits, start, cases, w, there & left)
        found.append(replace(choice, box=box))
        left &= ~there
    return found


def _side_by_side(column: Column, limit: Any, free: Any) -> Any:
    """A limit with a side that leaves nothing out of some futures leaving nothing out of all."""
    if column.kind == "category":
        return limit
    return (
        free[0] if limit[0] <= column.low else limit[0],
        free[1] if limit[1] >= column.high else limit[1],
    )


def wanted(base: float) -> float:
    """Share of cases that a box must have on held-out futures."""
    return base + LIFT * min(base, 1 - base)


def _holds(choice: Choice, base: float, futures: float) -> bool:
    """Whether held-out futures bear a box out."""
    if not choice.box.restricted or min(choice.quasi_p.values()) > IDLE:
        return False
    error = np.sqrt(base * (1 - base) / (futures * choice.path[choice.at].mass))
    return bool(choice.density_out >= max(wanted(base), base + ERRORS * error))


def choose(
    columns: Sequence[Column], cases: Bools, weights: Floats | None = None, seed: int = 0,
    peel: float = PEEL, least: float = LEAST_MASS,
) -> Choice:  # fmt: skip
    """The box on the path whose size held-out futures prefer, trimmed and pasted.

    On each fold a path is found on the other futures and its boxes are scored (F1) on the fold; among sizes
    that are as good as the best within one standard error, the box with fewest limits is taken.
    """
    w = shares(weights, len(cases))
    path = screened_path(columns, cases, weights, peel, least)
    masses = np.array([box.mass for box in path])
    folds = _folds(columns, cases, weights, seed, peel, least)
    scores = _scores(folds, cases, w, masses)
    mean = scores.mean(0)
    best = int(np.argmax(mean[:, 0]))
    error = float(np.std(scores[:, best, 0] - mean[best, 0])) / np.sqrt(FOLDS)
    fair = [i for i in range(len(path)) if mean[i, 0] >= mean[best, 0] - min(error, CHEAP)]
    at = min(fair, key=lambda i: (len(path[i].restricted), -mean[i, 0]))
    base = float(w[cases].sum())
    if mean[at, 2] < wanted(base):
        # F1 loves boxes that hold nearly all. Where they say little, take what stands out most on held-out
        # futures.
        stands_out = (mean[:, 2] - base) * np.sqrt(masses) * (mean[:, 2] >= wanted(base))
        at = int(np.argmax(stands_out)) if stands_out.max() > 0 else at
    box = _trim(columns, path[at], cases, weights, w, least)
    density, coverage = _confirmed(folds, cases, weights, w, path[at].mass, least)
    return Choice(
        tuple(path), at, box, density, coverage, quasi_p(columns, box, cases, weights),
        _resampled(columns, cases, weights, path[at], seed, peel, least),
    )  # fmt: skip


def best_leaf(
    columns: Sequence[Column], cases: Bools, weights: Floats | None = None, seed: int = 0
) -> tuple[Box, Box] | None:
    """The best box of a tree grown on part of the futures, and how it does on the others; None if it does
    not hold.
    """
    w = shares(weights, len(cases))
    fit, held = parts(len(cases), seed)
    own = [Column(c.name, c.kind, c.values[fit], c.words) for c in columns]
    rest = [Column(c.name, c.kind, c.values[held], c.words) for c in columns]
    if not 0 < cases[fit].sum() < fit.sum() or not cases[held].any():
        return None
    part = None if weights is None else w[fit]
    kept = screen(own, cases[fit], part)
    start = tuple(whole(column) for column in own)
    leaf = _unscreened(start, grow_boxes([own[k] for k in kept], cases[fit], part)[0], kept)
    out = measure(rest, leaf.limits, start, cases[held], w[held])
    base = float(w[held & cases].sum() / w[held].sum())
    holds = out.density >= wanted(base) and out.coverage >= NEXT_COVERAGE
    return (leaf, out) if leaf.restricted and holds else None


def screen(columns: Sequence[Column], cases: Bools, weights: Floats | None) -> list[int]:
    """The columns that go with the outcome most, where there are many.

    Peeling 177 columns of 400 futures fits noise at every step. What acts only together with others can be
    lost.
    """
    if len(columns) <= SCREENED:
        return list(range(len(columns)))
    w = shares(weights, len(cases))
    y = standard(cases[:, None].astype(np.float64), w)
    count = bins_for(len(cases)) // 2  # wide bins: a screen looks for trends, not for shapes
    strength = first_orders(columns, max(count, 3), y[:, 0], w)
    return sorted(int(k) for k in np.argsort(-strength, kind="stable")[:KEPT])


def screened_path(
    columns: Sequence[Column], cases: Bools, weights: Floats | None, peel: float, least: float
) -> list[Box]:
    """The path over the screened columns, with limits on all of them."""
    kept = screen(columns, cases, weights)
    boxes = find_path([columns[k] for k in kept], cases, weights, peel=peel, least=least)
    start = [whole(column) for column in columns]
    return [_unscreened(start, box, kept) for box in boxes]


def _unscreened(start: Sequence[Any], box: Box, kept: Sequence[int]) -> Box:
    limits = list(start)
    for place, k in enumerate(kept):
        limits[k] = box.limits[place]
    return replace(box, limits=tuple(limits), restricted=tuple(kept[r] for r in box.restricted))


@dataclass(frozen=True)
class Fold:
    """Futures to find on and futures held out, with the path found on the first."""

    fit: Bools
    held: Bools
    own: list[Column]
    rest: list[Column]
    path: list[Box]


def _folds(
    columns: Sequence[Column], cases: Bools, weights: Floats | None, seed: int, peel: float, least: float
) -> list[Fold]:
    order = np.random.default_rng(seed).permutation(len(cases))
    fold_of = np.empty(len(cases), dtype=np.int64)
    # Cases and others are dealt out apart, so that every fold has its part of both.
    for kind in (True, False):
        rows = order[cases[order] == kind]
        fold_of[rows] = np.arange(len(rows)) % FOLDS
    folds = []
    for fold in range(FOLDS):
        fit, held = fold_of != fold, fold_of == fold
        own = [Column(c.name, c.kind, c.values[fit], c.words) for c in columns]
        rest = [Column(c.name, c.kind, c.values[held], c.words) for c in columns]
        path = screened_path(own, cases[fit], None if weights is None else weights[fit], peel, least)
        folds.append(Fold(fit, held, own, rest, path))
    return folds


def _scores(folds: Sequence[Fold], cases: Bools, w: Floats, masses: Floats) -> Floats:
    """F1, coverage and density on held-out folds for boxes of these masses: (fold, mass, 3)."""
    out = np.zeros((len(folds), len(masses), 3))
    for f, fold in enumerate(folds):
        start = tuple(whole(column) for column in fold.own)
        scored = [measure(fold.rest, box.limits, start, cases[fold.held], w[fold.held]) for box in fold.path]
        size = np.array([box.mass for box in fold.path])
        rank = np.argsort(size, kind="stable")
        for j, values in enumerate(zip(*((b.f1, b.coverage, b.density) for b in scored), strict=True)):
            out[f, :, j] = np.interp(masses, size[rank], np.array(values)[rank])
    return out


def _confirmed(
    folds: Sequence[Fold], cases: Bools, weights: Floats | None, w: Floats, mass: float, least: float
) -> tuple[float, float]:
    """Density and coverage on held-out futures of boxes of this mass, trimmed as the chosen one is."""
    inside_, got = 0.0, 0.0
    for fold in folds:
        near = min(fold.path, key=lambda box: abs(box.mass - mass))
        part = None if weights is None else weights[fold.fit]
        box = _trim(fold.own, near, cases[fold.fit], part, shares(part, int(fold.fit.sum())), least)
        there = members(fold.rest, box.limits, tuple(whole(column) for column in fold.own))
        own, hit = w[fold.held], cases[fold.held]
        inside_ += float(own[there].sum())
        got += float(own[there & hit].sum())
    return (got / inside_ if inside_ > 0 else 0.0), got / float(w[cases].sum())


def _trim(
    columns: Sequence[Column], box: Box, cases: Bools, weights: Floats | None, w: Floats, least: float
) -> Box:
    """Drop limits that do nothing, then paste back what raises the density without costing F1."""
    start = tuple(whole(column) for column in columns)
    while len(box.restricted) > 1:
        idle = quasi_p(columns, box, cases, weights)
        k = max(idle, key=lambda one: idle[one])
        freed = measure(columns, (*box.limits[:k], start[k], *box.limits[k + 1 :]), start, cases, w)
        if idle[k] <= IDLE or (idle[k] <= USELESS and freed.f1 < box.f1 - CHEAP):
            break
        box = freed
    search = Search(columns, cases, weights, least=least)
    search.limits, search.member = list(box.limits), members(columns, box.limits, start)
    while search.paste_slice():
        pasted = measure(columns, tuple(search.limits), start, cases, w, search.member)
        if pasted.f1 < box.f1:
            break
        box = pasted
    return box


def _resampled(
    columns: Sequence[Column],
    cases: Bools,
    weights: Floats | None,
    box: Box,
    seed: int,
    peel: float,
    least: float,
) -> dict[int, float]:
    """How often each column is limited in the box nearest in coverage and density, over random halves of
    the futures.
    """
    rng = np.random.default_rng(seed + 1)
    w = shares(weights, len(cases))
    half = min(len(cases) // 2, MOST_IN_RESAMPLE)
    counts = np.zeros(len(columns))
    for _ in range(RESAMPLES):
        rows = np.sort(rng.permutation(len(cases))[:half])
        if not 0 < cases[rows].sum() < half:
            continue
        own = [Column(c.name, c.kind, c.values[rows], c.words) for c in columns]
        path = screened_path(own, cases[rows], None if weights is None else w[rows], peel, least)
        near = min(
            path, key=lambda one: (one.coverage - box.coverage) ** 2 + (one.density - box.density) ** 2
        )
        counts[list(near.restricted)] += 1
    order = np.argsort(-counts, kind="stable")
    return {int(k): float(counts[k] / RESAMPLES) for k in order if counts[k] > 0}
