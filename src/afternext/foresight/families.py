"""Families of futures: groups around a typical one, as many as independent halves agree on.

Futures are grouped along the main axes of their measures (principal components), by k-means; single measures
are too noisy to group by. A family is told by its medoid, the future nearest to its middle in all
measures, so
what stands for a family did happen in a future. Futures need not fall into clear groups: `gap` says how
clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from afternext.foresight.weights import Floats

Labels = NDArray[np.int64]

MOST_FAMILIES = 6
# Halves agree on a number of families when their adjusted Rand index is at least this, on average.
AGREE = 0.8
NEARLY = 0.12  # and not less than the best agreement by more than this
TIE = 0.05  # agreements nearer than this are the same
BLUR = 0.2  # a larger number of families may lose so much of the silhouette
SMALLEST = 0.05  # share of futures below which a group is no family
PAIRS = 10  # pairs of halves
MOST_IN_FIT = 4000  # futures among which middles are sought; the others join the nearest
MOST_IN_HALVES = 1000
MOST_IN_GAP = 1000
LEAST_AXES, MOST_AXES = 2, 4
MAIN = 1.5  # an axis is a main one if it carries so many times the mean variance of all axes
STARTS, ROUNDS = 6, 40
PLAIN = 0.06  # what a measure that readers know may tell less than one they do not
TELLS = 0.7  # a measure that parts no pair of families in so many cases does not name them
CLEAR, BLURRED = 0.5, 0.25  # silhouettes (Kaufman and Rousseeuw 1990)


@dataclass(frozen=True)
class Families:
    """Families at one horizon, the largest first.

    Attributes
    ----------
    labels : (future,) number of the family, from 0
    medoids : row of each family's typical future
    shares : share of futures in each
    gap : silhouette, -1 to 1: how much nearer a future is to its own family than to the next
    agreement : number of families tried -> mean adjusted Rand index between halves
    """

    labels: Labels
    medoids: tuple[int, ...]
    shares: Floats
    gap: float
    agreement: dict[int, float]

    @property
    def count(self) -> int:
        return len(self.medoids)


def main_axes(points: Floats, weights: Floats) -> Floats:
    """Coordinates of futures along the axes that carry most of their spread: (future, axis)."""
    centred = points - weights @ points
    _, strength, axes = np.linalg.svd(centred * np.sqrt(weights)[:, None], full_matrices=False)
    carried = strength**2 / max((strength**2).mean(), 1e-300)
    count = min(max(int((carried > MAIN).sum()), LEAST_AXES), MOST_AXES, len(axes))
    return np.asarray(centred @ axes[:count].T)


def distances(points: Floats, others: Floats) -> Floats:
    """Euclidean distances, (point, other)."""
    square = (points**2).sum(1)[:, None] + (others**2).sum(1)[None, :] - 2 * points @ others.T
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))


def find_middles(points: Floats, weights: Floats, count: int, seed: int = 0) -> Floats:
    """Weighted k-means with spread-out starts (Arthur and Vassilvitskii 2007), the best of several."""
    rng = np.random.default_rng(seed)
    best, least = points[:count], np.inf
    for _ in range(STARTS):
        middles = points[rng.choice(len(points), 1, p=weights / weights.sum())]
        while len(middles) < count:
            far = weights * distances(points, middles).min(1) ** 2
            if far.sum() <= 0:  # fewer different futures than families
                middles = np.concatenate([middles, points[:1]])
                continue
            middles = np.concatenate([middles, points[rng.choice(len(points), 1, p=far / far.sum())]])
        for _ in range(ROUNDS):
            labels = distances(points, middles).argmin(1)
            member = (labels[:, None] == np.arange(count)) * weights[:, None]
            sums = member.sum(0)
            moved = np.where(
                sums[:, None] > 0, (member.T @ points) / np.maximum(sums, 1e-300)[:, None], middles
            )
            if np.abs(moved - middles).max() < 1e-9:
                break
            middles = moved
        cost = float((weights * distances(points, middles).min(1) ** 2).sum())
        if cost < least - 1e-12:
            best, least = middles, cost
    return best


def adjusted_rand(a: Labels, b: Labels) -> float:
    """Agreement of two partitions, 1 for the same, about 0 by chance (Hubert and Arabie 1985)."""
    table = np.zeros((int(a.max()) + 1, int(b.max()) + 1))
    np.add.at(table, (a, b), 1.0)

    def pairs(x: Floats) -> float:
        return float((x * (x - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(1)), pairs(table.sum(0))
    expected = rows * columns / pairs(np.array([float(len(a))]))
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def agreement(points: Floats, weights: Floats, most: int = MOST_FAMILIES, seed: int = 0) -> dict[int, float]:
    """How well independent halves of the futures agree on 2, 3, ... families."""
    rng = np.random.default_rng(seed)
    some = rng.permutation(len(points))[:MOST_IN_HALVES]
    points, weights = points[some], weights[some]
    half = len(points) // 2
    found: dict[int, list[float]] = {count: [] for count in range(2, most + 1) if half >= 5 * count}
    for _ in range(PAIRS):
        order = rng.permutation(len(points))
        for count, values in found.items():
            two = [
                distances(points, find_middles(points[own], weights[own], count, seed)).argmin(1)
                for own in (order[:half], order[half : 2 * half])
            ]
            values.append(adjusted_rand(*two))
    return {count: float(np.mean(values)) for count, values in found.items()}


def silhouette(gaps: Floats, labels: Labels) -> float:
    """Mean over points of (b - a) / max(a, b): a to the own family, b to the nearest other."""
    kinds = np.unique(labels)
    if len(kinds) < 2:
        return 0.0
    members = (labels[:, None] == kinds).astype(np.float64)
    sizes = members.sum(0)
    sums = gaps @ members
    own = np.searchsorted(kinds, labels)
    rows = np.arange(len(labels))
    a = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    others = sums / sizes
    others[rows, own] = np.inf
    b = others.min(1)
    return float(np.mean(np.where(sizes[own] > 1, (b - a) / np.maximum(np.maximum(a, b), 1e-12), 0.0)))


def find_families(points: Floats, weights: Floats, seed: int = 0) -> Families:
    """Group futures; as many families as halves agree on, each of at least one future in twenty.

    points : (future, measure), scaled        weights : (future,) shares
    """
    axes = main_axes(points, weights)
    agreed = agreement(axes, weights, seed=seed)
    best = max(agreed.values(), default=0.0)
    least = max(AGREE, best - NEARLY)
    wanted = sorted((count for count, value in agreed.items() if value >= least), reverse=True)
    # Where no number is agreed on, few families still describe the spread; `agreement` says that they are
    # weak.
    wanted = wanted or [min((count for count, value in agreed.items() if value >= best - TIE), default=2)]
    found = [split(points, axes, weights, count, agreed, seed) for count in wanted]
    fair = [one for one in found if one.shares.min() >= SMALLEST]
    # Halves also agree on how to cut a single group in two. Such cuts blur the families, and are not made.
    most = max((one.gap for one in fair), default=0.0)
    fair = [one for one in fair if one.gap >= most - BLUR]
    return fair[0] if fair else split(points, axes, weights, 2, agreed, seed)


def split(
    points: Floats, axes: Floats, weights: Floats, count: int, agreed: dict[int, float], seed: int = 0
) -> Families:
    """A given number of families, the largest first."""
    some = np.sort(np.random.default_rng(seed).permutation(len(axes))[:MOST_IN_FIT])
    middles = find_middles(axes[some], weights[some], count, seed)
    labels = distances(axes, middles).argmin(1)
    order = np.argsort(-np.bincount(labels, weights, minlength=count), kind="stable")
    labels = np.argsort(order)[labels].astype(np.int64)
    shares = np.asarray(np.bincount(labels, weights, minlength=count), dtype=np.float64)
    medoids = []
    for k in range(count):
        own = np.flatnonzero(labels == k)
        if len(own):
            middle = weights[own] @ points[own] / max(weights[own].sum(), 1e-300)
            medoids.append(int(own[np.argmin(((points[own] - middle) ** 2).sum(1))]))
    few = some[:MOST_IN_GAP]
    gap = silhouette(distances(axes[few], axes[few]), labels[few])
    return Families(labels, tuple(medoids), shares[: len(medoids)], gap, agreed)


def above(here: Floats, there: Floats, here_weights: Floats, there_weights: Floats) -> float:
    """Share of pairs (one of each group) in which the first is larger; ties count half."""
    order = np.argsort(there, kind="stable")
    there, reached = there[order], np.concatenate([[0.0], np.cumsum(there_weights[order])])
    below = reached[np.searchsorted(there, here, "left")] + reached[np.searchsorted(there, here, "right")]
    total = here_weights.sum() * there_weights.sum()
    return float((here_weights * below).sum() / 2 / total) if total > 0 else 0.5


def telling(values: Floats, labels: Labels, weights: Floats) -> Floats:
    """How well each measure alone tells each pair of families apart: (pair, measure), 0.5 not at all, 1
    always.

    values : (future, measure)
    """
    rows = []
    for a, b in combinations(range(int(labels.max()) + 1), 2):
        here, there = labels == a, labels == b
        sides = [
            above(values[here, k], values[there, k], weights[here], weights[there])
            for k in range(values.shape[1])
        ]
        rows.append([max(side, 1 - side) for side in sides])
    return np.array(rows).reshape(-1, values.shape[1])


def distinguishing(
    values: Floats,
    labels: Labels,
    themes: tuple[str, ...],
    weights: Floats,
    plain: tuple[int, ...] = (),
    most: int = 3,
) -> list[int]:
    """Measures that name the families: together they part every pair as well as they can, each of another
    theme.

    plain : columns that readers know; they are preferred when they part families nearly as well
    """
    apart = telling(values, labels, weights)
    if not len(apart):
        return []
    known = np.zeros(len(themes))
    known[list(plain)] = PLAIN
    chosen: list[int] = []
    best = np.full(len(apart), 0.5)
    while len(chosen) < most:
        gain = np.maximum(apart, best[:, None]).mean(0) + known + 0.02 * apart.mean(0)
        used = {themes[k] for k in chosen}
        gain[[k for k, theme in enumerate(themes) if theme in used]] = -1
        k = int(np.argmax(gain))
        if gain[k] < 0 or (chosen and apart[:, k].max() < TELLS):
            break
        chosen.append(k)
        best = np.maximum(best, apart[:, k])
    return chosen
