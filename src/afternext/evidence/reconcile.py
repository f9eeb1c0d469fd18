"""Contested claims reconciled: what each quantity probably was, and how far each source leans.

On the working scale (logarithm of counts, log odds of shares) a claim is

    claim = truth of the quantity + bias of its source + error
    bias  ~ normal(0, bias of its reliability)
    error ~ Student(4) x error of its credibility x dispersion,     log dispersion ~ normal(0, 0.35)

with a flat prior on the truth, so that a single claim gives a posterior as wide as its grades say. Student
errors take a wild claim its say (Lange, Little & Taylor 1989); the dispersion is learnt from all claims. A
bound ("at least") or a range states that the source's own figure lies there. Copies are not counted.

The posterior is drawn by Gibbs sampling: errors as normals of unknown scale (Geweke 1993), figures behind
bounds drawn with the rest (Tanner & Wong 1987). The seed is fixed, so the same claims give the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from afternext.evidence.grades import Grades, grades
from afternext.evidence.quantities import YES_NO, Observed, Quantity, observed

Floats = NDArray[np.float64]

CHAINS, WARM_UP, KEPT = 250, 100, 200
GRID = np.linspace(-2.5, 2.5, 41)  # of the logarithm of the dispersion, in its sds
TINY = 1e-12


@dataclass(frozen=True)
class Draws:
    """Draws of the posterior on the working scale.

    truth : (draw, quantity); NaN where only bounds are known
    bias  : (draw, source)         dispersion : (draw,)
    say   : (claim,) mean weight of a claim against that of an ordinary one; near 0 for a wild one
    """

    truth: Floats
    bias: Floats
    dispersion: Floats
    say: Floats


def draw(
    data: Observed,
    quantities: int,
    table: Grades | None = None,
    seed: int = 0,
    chains: int = CHAINS,
    kept: int = KEPT,
    warm_up: int = WARM_UP,
) -> Draws:
    """Draw from the posterior of all quantities together; many short chains at once, every draw kept."""
    table = table or grades()
    rng = np.random.default_rng(seed)
    known = bounded(data, quantities)
    use = known[data.quantity]
    n, sources, freedom = int(use.sum()), len(data.names), table.freedom
    q, s = data.quantity[use], data.source[use]
    low, high, error = data.low[use], data.high[use], data.error[use]
    exact = low == high
    of_q = np.zeros((n, quantities))
    of_q[np.arange(n), q] = 1.0
    of_s = np.zeros((n, sources))
    of_s[np.arange(n), s] = 1.0
    ends = np.where(np.isfinite(low), low, high)
    y = np.tile((ends + np.where(np.isfinite(high), high, low)) / 2, (chains, 1))
    counts = np.maximum(of_q.sum(0), 1.0)
    theta = (y @ of_q) / counts + 0.1 * rng.standard_normal((chains, quantities))
    b = np.zeros((chains, sources))
    lam = np.ones((chains, n))
    log_phi = np.zeros(chains)
    prior_b = 1.0 / np.maximum(data.bias, TINY) ** 2
    steps = GRID * table.dispersion
    truths, biases, phis = [], [], []
    say = np.zeros(n)
    for turn in range(warm_up + kept):
        scale = error * np.exp(log_phi)[:, None]
        middle = theta[:, q] + b[:, s]
        if not exact.all():
            y = np.where(exact, y, _between(rng, middle, scale / np.sqrt(lam), low, high))
        w = lam / scale**2
        total = w @ of_q
        mean = ((y - b[:, s]) * w) @ of_q / np.maximum(total, TINY)
        theta = mean + rng.standard_normal(theta.shape) / np.sqrt(np.maximum(total, TINY))
        total = w @ of_s + prior_b
        b = ((y - theta[:, q]) * w) @ of_s / total + rng.standard_normal(b.shape) / np.sqrt(total)
        # Truth and the biases of all its sources move together: a shift that the claims cannot tell.
        gap = (y - theta[:, q] - b[:, s]) / error
        lam = rng.standard_gamma((freedom + 1) / 2, lam.shape) / (
            (freedom + (gap * np.exp(-log_phi)[:, None]) ** 2) / 2
        )
        if table.dispersion > 0 and n:
            sums = (lam * gap**2).sum(1)
            chance = (
                -n * steps[None, :]
                - 0.5 * sums[:, None] * np.exp(-2 * steps)[None, :]
                - 0.5 * GRID[None, :] ** 2
            )
            log_phi = steps[np.argmax(chance + rng.gumbel(size=chance.shape), axis=1)]
        if turn >= warm_up:
            truths.append(theta)
            biases.append(b)
            phis.append(log_phi)
            say += lam.mean(0) / kept
    truth = np.concatenate(truths)
    truth[:, ~known] = np.nan
    whole = np.full(len(use), np.nan)
    whole[use] = say
    return Draws(truth, np.concatenate(biases), np.exp(np.concatenate(phis)), whole)


def bounded(data: Observed, quantities: int) -> NDArray[np.bool_]:
    """Quantities that some claim holds on both sides; bounds alone have no posterior."""
    known = np.zeros(quantities, dtype=bool)
    known[data.quantity[np.isfinite(data.low) & np.isfinite(data.high)]] = True
    return known


def _between(rng: np.random.Generator, mean: Floats, sd: Floats, low: Floats, high: Floats) -> Floats:
    """Normals cut to lie between `low` and `high`, by inversion."""
    # Where the range lies far above the mean, mirror it: the lower tail is the exact one.
    flip = (low + np.where(np.isfinite(high), high, low)) / 2 > mean
    flip = np.where(np.isfinite(low), flip, False)
    a, z = (low - mean) / sd, (high - mean) / sd
    a, z = np.where(flip, -z, a), np.where(flip, -a, z)
    start, stop = ndtr(a), ndtr(z)
    u = start + (stop - start) * rng.random(mean.shape)
    x = np.clip(ndtri(np.clip(u, 1e-300, 1 - 1e-16)), a, z)
    return mean + sd * np.where(flip, -x, x)


def chance_of_yes(quantity: Quantity, table: Grades | None = None) -> float:
    """Share of belief that a yes-or-no quantity is so: even odds before, each counted claim by its grade."""
    table = table or grades()
    odds = 0.0
    for one in quantity.counted:
        right = table.chance(one.claim.reliability, str(one.claim.credibility))
        yes = (one.stated if one.stated is not None else 1.0) >= 0.5
        odds += (1 if yes else -1) * np.log(right / (1 - right))
    return float(1 / (1 + np.exp(-odds)))


def arrays(quantities: Sequence[Quantity]) -> tuple[Observed, list[int]]:
    """Claims as arrays, and which quantities are numbers."""
    return observed(quantities), [k for k, q in enumerate(quantities) if q.kind != YES_NO]
