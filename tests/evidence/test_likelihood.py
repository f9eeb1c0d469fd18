"""Futures weighed by claims: against an exact filter, against placebos, and within the model of claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from scipy import stats

from afternext.ensemble.weights import quantile
from afternext.evidence.grades import grades
from afternext.evidence.likelihood import of_numbers, tempered
from afternext.evidence.quantities import observed, quantities_of
from afternext.evidence.reconcile import draw
from afternext.evidence.update import log_likelihood
from afternext.scenario.schema import Claim
from tests.evidence.made_up import DAY, claim

PLAIN = replace(grades(), discrepancy=0.0, dispersion=0.0)
LEVELS = np.array([1_000.0, 3_000.0, 9_000.0])  # displaced in a quiet, a tense and a burning town
MOVES = np.array([[0.8, 0.15, 0.05], [0.2, 0.6, 0.2], [0.05, 0.25, 0.7]])
START = np.array([0.6, 0.3, 0.1])
WEEKS = 5


def reports(seed: int) -> list[Claim]:
    """One report a week, each by somebody else, of a hidden course of three states."""
    rng = np.random.default_rng(seed)
    found = []
    for week, figure in enumerate(rng.choice(LEVELS, WEEKS) * np.exp(0.3 * rng.standard_normal(WEEKS))):
        on = DAY + timedelta(days=7 * week)
        found.append(claim(f"s{week}", float(figure), on=on, published=on, reliability="C", credibility=3))
    return found


def chance_of_report(one: Claim) -> np.ndarray:
    """Density of a report in each state, by an own integral: bias normal, error Student."""
    bias, scale = PLAIN.bias[one.reliability], PLAIN.error[str(one.credibility)]
    b = np.linspace(-6 * bias, 6 * bias, 4001)
    gap = np.log1p(one.best) - np.log1p(LEVELS)[:, None] - b
    return np.trapezoid(stats.norm.pdf(b, 0, bias) * stats.t.pdf(gap / scale, 4) / scale, b, axis=1)


def exact_filter(claims: list[Claim]) -> np.ndarray:
    """Chance of each state in the last week, given all reports (forward algorithm)."""
    belief = START * chance_of_report(claims[0])
    for one in claims[1:]:
        belief = (belief @ MOVES) * chance_of_report(one)
    return belief / belief.sum()


def courses(futures: int, seed: int) -> np.ndarray:
    """Courses of the chain, (future, week), drawn evenly so that the draw adds little error."""
    rng = np.random.default_rng(seed)
    state = np.searchsorted(START.cumsum(), (rng.permutation(futures) + 0.5) / futures)
    found = [state]
    for _ in range(WEEKS - 1):
        state = np.empty_like(found[-1])
        for s in range(3):
            own = np.flatnonzero(found[-1] == s)
            u = (rng.permutation(len(own)) + 0.5) / max(len(own), 1)
            state[own] = np.searchsorted(MOVES[s].cumsum() - 1e-12, u)
        found.append(state)
    return np.stack(found, axis=1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_weights_agree_with_an_exact_filter(seed: int) -> None:
    """Every state's share within 1 % of the forward algorithm, from 20,000 futures."""
    claims = reports(seed)
    quantities = quantities_of(claims)
    there = courses(20_000, seed)
    values = [LEVELS[there[:, week]] for week in range(WEEKS)]
    weights = tempered(log_likelihood(quantities, values, PLAIN), 1.0)
    found = np.bincount(there[:, -1], weights, minlength=3)
    exact = exact_filter(claims)
    assert np.abs(found - exact).max() < 0.01
    assert np.abs(np.log(found[exact > 0.2] / exact[exact > 0.2])).max() < 0.03


def test_it_is_the_model_of_claims_that_reconciles() -> None:
    """Weights over an even spread of truths give the posterior that Gibbs draws give."""
    claims = [
        claim("a", 10_000, credibility=3), claim("a", 14_000, credibility=4), claim("b", low=12_000),
        claim("c", low=9_000, high=12_000, reliability="D"), claim("d", 40_000, reliability="C"),
    ]  # fmt: skip
    quantities = quantities_of(claims)
    truths = np.linspace(7, 13, 2001)
    table = replace(grades(), discrepancy=0.0)
    weights = tempered(of_numbers(truths[:, None], observed(quantities), table), 1.0)
    drawn = draw(observed(quantities), 1, table, seed=5, chains=200).truth[:, 0]
    for q in (0.1, 0.5, 0.9):
        assert abs(quantile(truths, weights, q) - np.quantile(drawn, q)) < 0.02, q


def test_a_source_that_says_the_same_twice_is_not_two_sources() -> None:
    truths = np.linspace(7, 13, 2001)[:, None]

    def spread(*claims: Claim) -> float:
        weights = tempered(of_numbers(truths, observed(quantities_of(claims)), PLAIN), 1.0)
        return quantile(truths[:, 0], weights, 0.9) - quantile(truths[:, 0], weights, 0.1)

    one = {"reliability": "D", "credibility": 1}
    same = spread(*(claim("a", 10_000, **one) for _ in range(6)))
    apart = spread(*(claim(name, 10_000, **one) for name in "abcdef"))
    assert same > 1.8 * apart


def test_the_roughness_of_the_model_is_not_averaged_away_by_more_claims() -> None:
    truths = np.linspace(7, 13, 2001)[:, None]
    claims = [claim(f"s{k}", 10_000, reliability="A", credibility=1) for k in range(25)]
    weights = tempered(of_numbers(truths, observed(quantities_of(claims))), 1.0)
    width = quantile(truths[:, 0], weights, 0.841) - quantile(truths[:, 0], weights, 0.159)
    assert width > 1.2 * grades().discrepancy


def toy(seed: int, futures: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Futures of six quantities that hang together, and a later one: (future, 6), (future,)."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 1, futures)
    early = 9 + common[:, None] * np.linspace(-1, 1, 6) + 0.3 * rng.standard_normal((futures, 6))
    return early, 9 + common + 0.3 * rng.standard_normal(futures)


def skill(shuffled: bool, repeats: int = 25) -> tuple[float, float]:
    """Mean gain in absolute error of the later quantity by weighing, and its standard error."""
    gains = []
    for seed in range(repeats):
        rng = np.random.default_rng([seed, 7])
        early, later = toy(seed)
        truth, others = 0, np.arange(1, len(later))
        figures = np.expm1(early[truth] + 0.3 * rng.standard_normal(6))
        if shuffled:
            figures = rng.permutation(figures)
        claims = [
            claim(f"s{k}", float(x), on=DAY + timedelta(days=30 * k), published=DAY + timedelta(days=30 * k))
            for k, x in enumerate(figures)
        ]
        log = log_likelihood(quantities_of(claims), list(np.expm1(early[others]).T))
        weights = tempered(log, grades().temper)
        plain = abs(float(np.median(later[others])) - later[truth])
        weighed = abs(quantile(later[others], weights, 0.5) - later[truth])
        gains.append(plain - weighed)
    return float(np.mean(gains)), float(np.std(gains) / np.sqrt(repeats))


def test_claims_help_and_shuffled_claims_do_not() -> None:
    """Placebo: the same figures at the wrong dates bring nothing."""
    gain, error = skill(shuffled=False)
    placebo, wide = skill(shuffled=True)
    assert gain > 3 * error
    assert gain > 0.3
    assert placebo < 2 * wide


def test_tempering_keeps_more_futures() -> None:
    log = np.linspace(-30, 0, 100)
    worth = [1 / np.square(tempered(log, power)).sum() for power in (1.0, 0.5, 0.1)]
    assert worth[0] < worth[1] < worth[2]
