"""How much one grouping of futures tells about another: mutual information, corrected and tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from afternext.foresight.families import Labels
from afternext.foresight.weights import Floats

PERMUTATIONS = 999
HALVES = 50  # pairs of halves, of which each scores the guess of the other


@dataclass(frozen=True)
class Told:
    """What the near family tells of the deep one.

    Attributes
    ----------
    bits : mutual information less what chance alone would show with so many futures, in bits
    share : the same as a share of what there is to know about the deep family
    p : share of shuffles that show as much
    guess, blind : share of futures whose deep family the best guess names, with and without the near one
    """

    bits: float
    share: float
    p: float
    guess: float
    blind: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "bits": round(self.bits, 4),
            "share_of_uncertainty": round(self.share, 4),
            "permutation_p": round(self.p, 4),
            "best_guess_with": round(self.guess, 4),
            "best_guess_without": round(self.blind, 4),
        }


def crossed(near: Labels, deep: Labels, weights: Floats) -> Floats:
    """Share of futures in each pair of families, (near, deep)."""
    rows, columns = int(near.max()) + 1, int(deep.max()) + 1
    flat = np.bincount(near * columns + deep, weights, minlength=rows * columns)
    return np.asarray(flat.reshape(rows, columns) / weights.sum())


def entropy(shares: Floats) -> float:
    """Bits needed to name one of these."""
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())


def mutual_information(table: Floats) -> float:
    """Bits that rows and columns of a table of shares have in common."""
    return entropy(table.sum(1)) + entropy(table.sum(0)) - entropy(table.ravel())


def told(near: Labels, deep: Labels, weights: Floats, seed: int = 0, times: int = PERMUTATIONS) -> Told:
    """Mutual information of two groupings, less its mean over shuffles of one of them.

    Few futures in many cells look informed by chance; shuffles show by how much, for any weights.
    """
    table = crossed(near, deep, weights)
    raw, known = mutual_information(table), entropy(table.sum(0))
    rng = np.random.default_rng(seed)
    # A future is shuffled with its weight on the deep side, so both margins stay nearly what they are.
    by_chance = np.array(
        [mutual_information(crossed(rng.permutation(near), deep, weights)) for _ in range(times)]
    )
    bits = max(raw - float(by_chance.mean()), 0.0)
    p = (1 + int((by_chance >= raw - 1e-12).sum())) / (times + 1)
    halves = [rng.permutation(len(near)) for _ in range(HALVES)]
    return Told(
        bits,
        bits / known if known > 0 else 0.0,
        p,
        _guess(near, deep, weights, halves),
        _guess(near * 0, deep, weights, halves),
    )


def _guess(near: Labels, deep: Labels, weights: Floats, halves: Sequence[Labels]) -> float:
    """Share of one half of the futures named rightly by the commonest deep family of their near one in the
    other half.

    Leaving out one future at a time would turn every near tie against the future that is left out.
    """
    rows, columns = int(near.max()) + 1, int(deep.max()) + 1
    right = total = 0.0
    for order in halves:
        middle = len(order) // 2
        for own, rest in ((order[:middle], order[middle:]), (order[middle:], order[:middle])):
            votes = np.bincount(near[own] * columns + deep[own], weights[own], minlength=rows * columns)
            named = votes.reshape(rows, columns).argmax(1)[near[rest]]
            right += float(weights[rest][named == deep[rest]].sum())
            total += float(weights[rest].sum())
    return right / total
