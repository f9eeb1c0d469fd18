"""What an input is worth knowing, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from afternext.foresight.columns import Column
from afternext.foresight.evppi import basis_of, by_chance, fitted, gain


def known(mean: float, slope: float) -> float:
    """E max(0, m + b X) - max(0, m) for a standard normal X."""
    z = mean / slope
    return float(mean * norm.cdf(z) + slope * norm.pdf(z) - max(0.0, mean))


def case(futures: int, mean: float, slope: float, noise: float, seed: int):
    rng = np.random.default_rng(seed)
    x, idle, luck = rng.normal(size=(3, futures))
    shared = 5 * rng.normal(size=futures)  # a crisis that is bad for all strategies alike
    utility = np.stack([shared, shared + mean + slope * x + noise * luck], axis=1)
    return x, idle, utility, rng


def value_of(columns, utility, rng, times=60):
    futures = len(utility)
    weights = np.full(futures, 1 / futures)
    shuffles = np.array([rng.permutation(futures) for _ in range(times)])
    basis = basis_of(columns, weights)
    raw = float(gain(fitted(basis, utility, weights), weights, weights @ utility))
    chance = by_chance(basis, utility, weights, shuffles)
    return max(raw - chance.mean(), 0.0), (1 + (chance >= raw - 1e-12).sum()) / (times + 1)


@pytest.mark.parametrize(("mean", "slope", "noise"), [(0.0, 1.0, 1.0), (0.5, 1.0, 2.0), (-0.3, 0.6, 0.5)])
def test_a_linear_gain_is_worth_what_the_formula_says(mean, slope, noise) -> None:
    found = [
        value_of([Column("x", "real", x)], utility, rng)[0]
        for seed in range(4)
        for x, _, utility, rng in [case(1500, mean, slope, noise, seed)]
    ]
    assert np.mean(found) == pytest.approx(known(mean, slope), abs=0.03)


def test_a_group_is_worth_what_its_sum_is() -> None:
    rng = np.random.default_rng(8)
    inputs = rng.normal(size=(4, 3000))
    utility = np.stack([np.zeros(3000), 0.2 + 0.5 * inputs.sum(0) + rng.normal(size=3000)], axis=1)
    columns = [Column(f"x{k}", "real", row) for k, row in enumerate(inputs)]
    assert value_of(columns, utility, rng, 30)[0] == pytest.approx(known(0.2, 1.0), abs=0.03)


def test_a_bent_gain_of_words_and_of_numbers() -> None:
    rng = np.random.default_rng(9)
    # Strategy B gains 1 at both ends of x and loses 1 in the middle half: knowing x is worth 1/2.
    x = rng.uniform(-1, 1, 4000)
    utility = np.stack([np.zeros(4000), np.where(np.abs(x) > 0.5, 1.0, -1.0)], axis=1)
    found = value_of([Column("x", "real", x)], utility, rng, 20)[0]
    assert found == pytest.approx(0.5, abs=0.06)
    word = Column("w", "category", (np.abs(x) > 0.5).astype(float), ("middle", "ends"))
    assert value_of([word], utility, rng, 20)[0] == pytest.approx(0.5, abs=0.02)


def test_idle_inputs_are_worth_nothing_beyond_chance() -> None:
    low = 0
    for seed in range(40):
        _, idle, utility, rng = case(200, 0.1, 1.0, 1.0, seed)
        low += value_of([Column("idle", "real", idle)], utility, rng, 59)[1] <= 0.05
    assert low <= 6  # 2 expected; more than 6 of 40 would come in 1 of 300 tries


def test_what_is_best_whatever_comes_is_worth_nothing_to_ask() -> None:
    x, _, utility, rng = case(800, 8.0, 1.0, 0.5, 3)
    assert value_of([Column("x", "real", x)], utility, rng)[0] == pytest.approx(0.0, abs=1e-6)
