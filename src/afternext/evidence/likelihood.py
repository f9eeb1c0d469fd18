"""How well each future agrees with claims: the model of claims of `reconcile`, with the truth put in.

For a future the truth of each quantity is what it says, up to the discrepancy of the model; what remains
unknown (the bias of each source, the dispersion of all errors) is integrated out by quadrature.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp, stdtr

from afternext.evidence.grades import Grades, grades
from afternext.evidence.quantities import Observed, Quantity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REACH, NODES = 5.0, 161  # of the bias, in its sds
DISPERSIONS = 9
BLOCK = 2000  # futures at a time
STEPS = 400  # of a curve over the truth; several a scale of the narrowest error
FLOOR = 1e-300


def of_numbers(truths: Floats, data: Observed, table: Grades | None = None) -> Floats:
    """Log likelihood of counted claims in each future, (future,).

    truths : (future, quantity) on the working scale
    """
    table = table or grades()
    # The discrepancy is one a quantity: n claims of it must not average it away.
    often = np.bincount(data.quantity, minlength=truths.shape[1])[data.quantity]
    rough = np.sqrt(often) * table.discrepancy
    nodes, weights = np.polynomial.hermite_e.hermegauss(DISPERSIONS if table.dispersion > 0 else 1)
    logs = [
        np.log(weight / weights.sum())
        + _given_scale(truths, data, np.hypot(data.error * np.exp(table.dispersion * x), rough), table)
        for x, weight in zip(nodes, weights, strict=True)
    ]
    return np.asarray(logsumexp(np.array(logs), axis=0))


def _given_scale(truths: Floats, data: Observed, scale: Floats, table: Grades) -> Floats:
    """Log likelihood where the scale of every error is known: the bias of each source integrated out."""
    total = np.zeros(len(truths))
    for s in range(len(data.names)):
        own = np.flatnonzero(data.source == s)
        about = np.unique(data.quantity[own])
        if len(about) == 1 and len(truths) > STEPS:
            # A source of one quantity: a curve over its truth, read off for every future.
            there = truths[:, about[0]]
            grid = np.linspace(there.min(), there.max(), STEPS)
            curve = _of_source(grid[:, None], data, own, np.zeros_like(own), scale, table)
            total += np.interp(there, grid, curve)
            continue
        for start in range(0, len(truths) if len(own) else 0, BLOCK):
            block = slice(start, start + BLOCK)
            total[block] += _of_source(truths[block], data, own, data.quantity[own], scale, table)
    return total


def _of_source(
    truths: Floats, data: Observed, own: Ints, columns: Ints, scale: Floats, table: Grades
) -> Floats:
    nodes = np.linspace(-REACH, REACH, NODES)
    log = np.tile(-0.5 * nodes**2 - logsumexp(-0.5 * nodes**2), (len(truths), 1))
    bias = nodes * data.bias[data.source[own[0]]]
    for i, column in zip(own, columns, strict=True):
        middle = truths[:, column][:, None] + bias
        log += _log_density(data.low[i], data.high[i], middle, float(scale[i]), table.freedom)
    return np.asarray(logsumexp(log, axis=1))


def _log_density(low: float, high: float, middle: Floats, scale: float, freedom: float) -> Floats:
    """Student density of a figure, or chance of the range that a claim states."""
    if low == high:
        z = (low - middle) / scale
        constant = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - 0.5 * np.log(freedom * np.pi)
        return np.asarray(constant - np.log(scale) - (freedom + 1) / 2 * np.log1p(z * z / freedom))
    a, b = (low - middle) / scale, (high - middle) / scale
    # From the nearer tail, where differences of small numbers are exact.
    chance = np.where(a > 0, stdtr(freedom, -a) - stdtr(freedom, -b), stdtr(freedom, b) - stdtr(freedom, a))
    return np.asarray(np.log(np.maximum(chance, FLOOR)))


def of_yes_no(quantity: Quantity, is_so: Floats, table: Grades | None = None) -> Floats:
    """Log likelihood of the counted claims of a yes-or-no quantity in each future, (future,)."""
    table = table or grades()
    total = np.zeros(len(is_so))
    for one in quantity.counted:
        right = table.chance(one.claim.reliability, str(one.claim.credibility))
        yes = (one.stated if one.stated is not None else 1.0) >= 0.5
        total += np.where((is_so >= 0.5) == yes, np.log(right), np.log(1 - right))
    return total


def tempered(log: Floats, power: float) -> Floats:
    """Weights that sum to 1 from log likelihoods raised to a power."""
    raised = power * (log - log.max())
    weights = np.exp(raised)
    return np.asarray(weights / weights.sum())
