"""What knowing an input would be worth to a choice: EVPPI from the futures at hand.

Gain of knowing x = mean over x of the best expected utility given x, less the best expected utility without.
The expected utility given x is a regression of the strategies' differences on x (Strong, Oakley and Brennan
2014): a smooth one of few degrees of freedom, penalised so that it predicts best (generalised
cross-validation). The maximum of noisy estimates is too large; shuffles of the futures show by how much, and
that is taken off.
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


def fitted(basis: Basis, utility: Floats, weights: Floats) -> Floats:
    """Expected utility of each strategy given the input: (F, S)."""
    return _means_after(basis, _centred(utility, weights), weights)[:, 0] + weights @ utility


def by_chance(
    basis: Basis, utility: Floats, weights: Floats, shuffles: NDArray[np.int64], chunk: int = 25
) -> Floats:
    """Gains that shuffles of the futures show: (times,)."""
    means = weights @ utility
    centred = _centred(utility, weights)[:, 0]
    found = []
    for start in range(0, len(shuffles), chunk):
        mixed = centred[shuffles[start : start + chunk]].transpose(1, 0, 2)
        found.append(gain(_means_after(basis, mixed, weights) + means, weights, means))
    return np.concatenate(found) if found else np.zeros(0)


def _centred(utility: Floats, weights: Floats) -> Floats:
    """Differences from the strategy that is best on average, without their means: (F, 1, S).

    What all strategies share changes no choice.
    """
    means = weights @ utility
    centred = utility - means
    return np.asarray(centred - centred[:, [int(np.argmax(means))]])[:, None, :]


def _means_after(basis: Basis, centred: Floats, weights: Floats) -> Floats:
    roots = np.sqrt(weights)[:, None, None]
    return np.asarray(basis.fit(np.sqrt(weights), centred * roots) / np.maximum(roots, 1e-300))
