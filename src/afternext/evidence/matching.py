"""History matching: rule out parameters that do not fit what was observed, in waves, by an emulator.

A point of the parameter space is implausible where

    |emulated mean - observed| / sqrt(error of the observation^2 + roughness of the model^2
                                       + spread from luck and all else + error of the emulator)

is above 3 for some output (Craig et al. 1997; Vernon, Goldstein & Bower 2010). Each wave plays points that
are not implausible so far and fits the emulator anew: a regression of each output on the parameters, their
squares and, where there are points enough, their products. Its residual is the spread from everything else.

Within what is left, `posterior` weighs points by the likelihood of all outputs with the same variances.
Simulation-based calibration (Talts et al. 2018) tests the whole on a toy whose truth is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

Floats = NDArray[np.float64]

IMPLAUSIBLE = 3.0
CANDIDATES = 2**14
SPARE = 2.0  # runs that a term of the regression needs
LEAST_LEFT = 32  # candidates that must be left to go on


@dataclass(frozen=True)
class Observed:
    """What is to be matched.

    value : (output,) on the scale of the outputs     error : (output,) sd of the observation
    rough : (output,) sd of the model's discrepancy
    """

    value: Floats
    error: Floats
    rough: Floats


@dataclass(frozen=True)
class Emulator:
    """Regression of outputs on points of the unit cube.

    terms : (term, output)          spread : (output,) sd of what the regression leaves
    inverse : (term, term) of the normal equations, for the error of the mean
    """

    terms: Floats
    spread: Floats
    inverse: Floats
    products: bool

    def mean(self, points: Floats) -> Floats:
        """Expected outputs at points: (n, output)."""
        return np.asarray(_design(points, self.products) @ self.terms)

    def variance(self, points: Floats) -> Floats:
        """Variance of one play around the emulated mean, error of the mean included: (n, output)."""
        design = _design(points, self.products)
        leverage = np.einsum("ij,jk,ik->i", design, self.inverse, design)
        return np.asarray((1 + leverage)[:, None] * self.spread**2)


def _design(points: Floats, products: bool) -> Floats:
    x = 2 * points - 1
    columns = [np.ones((len(x), 1)), x, x * x]
    if products and x.shape[1] > 1:
        first, second = np.triu_indices(x.shape[1], 1)
        columns.append(x[:, first] * x[:, second])
    return np.hstack(columns)


def fit(points: Floats, outputs: Floats) -> Emulator:
    """Fit the regression; products of parameters enter where there are two runs a term."""
    inputs = points.shape[1]
    full = 1 + 2 * inputs + inputs * (inputs - 1) // 2
    products = len(points) >= SPARE * full
    design = _design(points, products)
    # A little ridge keeps a wave that has become narrow from blowing up.
    inverse = np.linalg.inv(design.T @ design + 1e-6 * np.eye(design.shape[1]))
    terms = inverse @ design.T @ outputs
    free = max(len(points) - design.shape[1], 1)
    spread = np.asarray(np.sqrt(np.square(outputs - design @ terms).sum(0) / free), dtype=np.float64)
    return Emulator(terms, spread, np.asarray(inverse, dtype=np.float64), products)


def implausibility(emulator: Emulator, points: Floats, seen: Observed) -> Floats:
    """Largest implausibility over outputs: (n,)."""
    variance = emulator.variance(points) + seen.error**2 + seen.rough**2
    return np.asarray((np.abs(emulator.mean(points) - seen.value) / np.sqrt(variance)).max(axis=1))


@dataclass(frozen=True)
class Wave:
    """One wave: how many runs, and the share of the space that is left after it."""

    runs: int
    left: float


@dataclass(frozen=True)
class Matched:
    """What history leaves.

    points  : (n, parameter) candidates of the unit cube that are not implausible
    weights : (n,) of the posterior, summing to 1
    waves   : in order          runs : (n, parameter), outputs : (n, output) all that was played
    """

    points: Floats
    weights: Floats
    waves: tuple[Wave, ...]
    emulator: Emulator
    runs: Floats
    outputs: Floats

    @property
    def contraction(self) -> Floats:
        """1 - variance after / variance before of each parameter; 0 where nothing was learnt (parameter,)."""
        mean = self.weights @ self.points
        variance = self.weights @ np.square(self.points - mean)
        return np.asarray(1 - variance * 12)

    def range(self, k: int, low: float = 0.05, high: float = 0.95) -> tuple[float, float]:
        """Range of a parameter in the unit cube that holds the posterior between two quantiles."""
        order = np.argsort(self.points[:, k])
        reached = np.cumsum(self.weights[order])
        at = np.searchsorted(reached, [low, high])
        ends = self.points[order[np.minimum(at, len(order) - 1)], k]
        return float(ends[0]), float(ends[1])


class NothingLeft(Exception):
    """No point of the space fits; the text says which output fits least."""


def match(
    play: Callable[[Floats, int], Floats],
    inputs: int,
    seen: Observed,
    *,
    waves: int = 3,
    runs: int = 100,
    seed: int = 0,
    told: Callable[[Wave], None] | None = None,
) -> Matched:
    """Match history in waves.

    play : turns points, (n, input), and the number of the first run into outputs, (n, output)
    """
    rng = np.random.default_rng(seed)
    candidates = qmc.Sobol(inputs, seed=rng).random(CANDIDATES)
    left = np.ones(len(candidates), dtype=bool)
    played, outputs = np.empty((0, inputs)), np.empty((0, len(seen.value)))
    found = []
    for _ in range(waves):
        room = np.flatnonzero(left)
        chosen = candidates[rng.choice(room, min(runs, len(room)), replace=False)]
        new = play(chosen, len(played))
        good = np.isfinite(new).all(axis=1)
        played, outputs = np.vstack([played, chosen[good]]), np.vstack([outputs, new[good]])
        # All runs so far: early ones hold the edges of what is left.
        emulator = fit(played, outputs)
        far = implausibility(emulator, candidates, seen)
        if (far[left] <= IMPLAUSIBLE).sum() < LEAST_LEFT:
            gap = np.abs(emulator.mean(candidates) - seen.value).min(axis=0) / np.hypot(
                seen.error, seen.rough
            )
            raise NothingLeft(f"output {int(np.argmax(gap)) + 1}")
        left &= far <= IMPLAUSIBLE
        found.append(Wave(int(good.sum()), float(left.mean())))
        if told is not None:
            told(found[-1])
    points = candidates[left]
    return Matched(points, posterior(emulator, points, seen), tuple(found), emulator, played, outputs)


def posterior(emulator: Emulator, points: Floats, seen: Observed) -> Floats:
    """Weights of points by the normal likelihood of all outputs, summing to 1: (n,)."""
    variance = emulator.variance(points) + seen.error**2 + seen.rough**2
    gap = emulator.mean(points) - seen.value
    log = -0.5 * (gap * gap / variance + np.log(variance)).sum(axis=1)
    weights = np.exp(log - log.max())
    return np.asarray(weights / weights.sum())
