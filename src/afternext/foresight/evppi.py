"""What knowing an input would be worth to a choice: EVPPI from the futures at hand.

Gain of knowing x = mean over x of the best expected utility given x, less the best expected utility without. The
expected utility given x is a regression of the strategies' differences on x (Strong, Oakley and Brennan 2014): a
smooth one of few degrees of freedom, penalised so that it predicts best (generalised cross-validation). The
maximum of noisy estimates is too large; shuffles of the futures show by how much, and that is taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from afternext.foresight.columns import Column
from afternext.foresight.weights import Floats

LEAST, MOST = 3, 12  # degrees of freedom of a number, by the number of futures
FOR_ONE = 60  # futures for each
MANY = 6  # inputs of a group, above which each is linear
FEW = 12  # different values up to which a number is taken as it is, value by value
PENALTIES = np.concatenate([[0.0], 10.0 ** np.arange(-3.0, 4.1, 0.5)])


@dataclass(frozen=True)
class Basis:
    """Directions in which an input, or several, can move an expectation: orthonormal columns and strengths.

    axes : (F, r) orthonormal under the weights, each of mean zero        strength : (r,) singular values
    """

    axes: Floats
    strength: Floats

    def fit(self, roots: Floats, target: Floats) -> Floats:
        """Regression of targets, (F, ..., o), with roots of the weights multiplied in; the penalty is the one
        of the smallest generalised cross-validation error, and no regression at all is among the choices.

        Returns the fitted departure from the mean, with roots multiplied in.
        """
        scores = np.tensordot(self.axes, target, axes=(0, 0))  # (r, ...)
        total = (target**2).sum(0)
        futures = len(roots)
        best = np.full(total.shape, np.inf)
        kept = np.zeros(scores.shape)
        for penalty in (*PENALTIES, np.inf):
            shrink = 1.0 / (1.0 + penalty / self.strength**2) if np.isfinite(penalty) else 0 * self.strength
            spread = shrink.reshape(-1, *([1] * (scores.ndim - 1)))
            left = total - ((2 * spread - spread**2) * scores**2).sum(0)
            error = left / (futures - 1 - shrink.sum()) ** 2
            better = error < best
            best = np.where(better, error, best)
            kept = np.where(better[None], spread * scores, kept)
        return np.tensordot(self.axes, kept, axes=(1, 0))


def basis_of(columns: Sequence[Column], weights: Floats) -> Basis:
    """Smooth functions of each column, side by side."""
    blocks = [_functions(column, len(columns) > MANY) for column in columns]
    table = np.concatenate(blocks, axis=1)
    table = table - weights @ table
    axes, strength, _ = np.linalg.svd(table * np.sqrt(weights)[:, None], full_matrices=False)
    some = strength > 1e-6 * max(float(strength.max(initial=0.0)), 1e-300)
    return Basis(axes[:, some], strength[some])


def _functions(column: Column, linear: bool) -> Floats:
    """Values one by one where they are few, else smooth functions of the rank."""
    kinds, codes = np.unique(column.values, return_inverse=True)
    if column.kind == "category" or len(kinds) <= FEW:
        return np.asarray((codes[:, None] == np.arange(len(kinds))).astype(np.float64)) * 2.0
    place = 2 * rankdata(column.values) / (len(column.values) + 1) - 1
    count = 1 if linear else int(np.clip(len(place) // FOR_ONE, LEAST, MOST))
    # Wilder functions are made smaller, so that the penalty weighs on them first.
    waves = [np.polynomial.legendre.Legendre.basis(k)(place) for k in range(1, count + 1)]
    return np.stack([wave / wave.std() / k for k, wave in enumerate(waves, 1)], axis=1)


def gain(expected: Floats, weights: Floats, means: Floats) -> Floats:
    """Mean of the best given what is known, less the best without: (...). expected : (F, ..., S)."""
    best = np.tensordot(weights, expected.max(-1), axes=(0, 0))
    return np.asarray(best - means.max())


@dataclass(frozen=True)
class Worth:
    """What knowing one input, or one group, is worth.

    Attributes
    ----------
    raw : gain of the fitted choice; too large by what noise adds
    value : less what shuffles show on average, and never negative
    p : share of shuffles that show as much
    expected : (F, S) expected utility given the input
    chance : mean over shuffles
    """

    raw: float
    value: float
    p: float
    expected: Floats
    chance: float


def worth(
    basis: Basis, utility: Floats, weights: Floats, shuffles: NDArray[np.int64], chunk: int = 25
) -> tuple[Worth, Floats]:
    """EVPPI of a basis, and the gains of shuffles.

    utility : (F, S), more is better        shuffles : (times, F) orders of the futures
    """
    roots = np.sqrt(weights)
    means = weights @ utility
    centred = utility - means
    # What all strategies share changes no choice: differences from the best on average carry all.
    centred = centred - centred[:, [int(np.argmax(means))]]
    fitted = basis.fit(roots, centred * roots[:, None]) / roots[:, None] + means
    raw = float(gain(fitted, weights, means))
    by_chance = []
    for start in range(0, len(shuffles), chunk):
        orders = shuffles[start : start + chunk]
        mixed = centred[orders].transpose(1, 0, 2) * roots[:, None, None]  # (F, times, S)
        again = basis.fit(roots, mixed) / roots[:, None, None] + means
        by_chance.append(gain(again, weights, means))
    null = np.concatenate(by_chance) if by_chance else np.zeros(1)
    chance = float(null.mean())
    p = (1 + int((null >= raw - 1e-12).sum())) / (len(null) + 1)
    return Worth(raw, max(raw - chance, 0.0), p, fitted, chance), null
