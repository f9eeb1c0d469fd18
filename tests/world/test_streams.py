"""Keyed randomness: uniform, independent between keys, and counts by inversion as SciPy counts them.

The functions under test have no Python wrapper; the loops here are compiled around them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numba import njit
from scipy import stats

from afternext.world.streams import (
    binomial,
    by_parties,
    chance,
    future_key,
    mix,
    normal_quantile,
    normal_share,
    step_stream,
    uniform,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1_000_000
# The published SplitMix64 sequence from state 0 begins so (Steele, Lea & Flood 2014).
GOLDEN_MIX = ["e220a8397b1dcdaf", "6e789e6aa1b965f4", "06c45d188009454f"]
GOLDEN_UNIFORM = [0.9745306255678787, 0.6132801180616427, 0.26009399041138964, 0.43799619070753254]
GOLDEN_OTHER = [0.4550515601621374, 0.41288621649178386, 0.20060401818219703, 0.5019490538412328]
GOLDEN_COUNT = [1, 4, 11, 69_963, 2_002_479]

FLOOR = 1e-3  # a sound generator falls below this in one test of a thousand; the draws never change


@njit
def fill_entities(seed, luck, step, process, out):
    stream = step_stream(future_key(seed, luck), step, process)
    for entity in range(out.shape[0]):
        out[entity] = uniform(stream, entity)


@njit
def fill_steps(seed, luck, process, entity, out):
    key = future_key(seed, luck)
    for step in range(out.shape[0]):
        out[step] = uniform(step_stream(key, step, process), entity)


@njit
def fill_lucks(seed, step, process, entity, out):
    for luck in range(out.shape[0]):
        out[luck] = uniform(step_stream(future_key(seed, luck), step, process), entity)


@njit
def fill_mixed(key, out):
    for value in range(out.shape[0]):
        out[value] = mix(key, value)


@njit
def fill_binomial(n, p, u, out):
    for k in range(out.shape[0]):
        out[k] = binomial(n[k], p[k], u[k])


@njit
def fill_chances(hazards, out):
    for k in range(hazards.shape[0]):
        out[k] = chance(hazards[k])


@njit
def fill_by_parties(n, p, u, party, out):
    for k in range(out.shape[0]):
        out[k] = by_parties(n, p, u[k], party)


@njit
def fill_normal(u, quantile, share):
    for k in range(u.shape[0]):
        quantile[k] = normal_quantile(u[k])
        share[k] = normal_share(quantile[k])


def by_entity(seed: int = 1, luck: int = 0, step: int = 0, process: int = 1, draws: int = DRAWS) -> NDArray:
    out = np.empty(draws)
    fill_entities(np.uint64(seed), np.uint64(luck), step, process, out)
    return out


def by_step(draws: int = DRAWS) -> NDArray:
    out = np.empty(draws)
    fill_steps(np.uint64(1), np.uint64(0), 1, 0, out)
    return out


def by_luck(draws: int = DRAWS) -> NDArray:
    out = np.empty(draws)
    fill_lucks(np.uint64(1), 0, 1, 0, out)
    return out


def count(n: NDArray, p: NDArray, u: NDArray) -> NDArray:
    out = np.empty(len(u), dtype=np.int64)
    fill_binomial(*(np.ascontiguousarray(x) for x in np.broadcast_arrays(n, p, u)), out)
    return out


@pytest.mark.parametrize("draw", [by_entity, by_step, by_luck])
def test_uniforms_are_uniform_along_every_key(draw) -> None:
    u = draw()
    assert u.min() > 0.0
    assert u.max() < 1.0
    cells = np.bincount((u * 1000).astype(int), minlength=1000)
    assert stats.chisquare(cells).pvalue > FLOOR
    assert stats.kstest(u, "uniform").pvalue > FLOOR


@pytest.mark.parametrize("draw", [by_entity, by_step, by_luck])
def test_neighbours_along_a_key_are_uncorrelated(draw) -> None:
    u = draw()
    for lag in (1, 2, 7):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 4.0 / math.sqrt(DRAWS)
    pairs = np.histogram2d(u[:-1:2], u[1::2], bins=30)[0]
    assert stats.chisquare(pairs.ravel()).pvalue > FLOOR


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"luck": 1},
        {"step": 1},
        {"process": 2},
        {"seed": 0, "luck": 1},
        {"step": 1, "process": 0},
    ],
)
def test_streams_of_different_keys_are_uncorrelated(other: dict[str, int]) -> None:
    one, two = by_entity(), by_entity(**other)
    assert abs(np.corrcoef(one, two)[0, 1]) < 4.0 / math.sqrt(DRAWS)
    assert not np.isin(one[:1000], two).any()


def test_the_same_key_gives_the_same_draws() -> None:
    assert np.array_equal(by_entity(seed=5, luck=9, draws=1000), by_entity(seed=5, luck=9, draws=1000))


def test_the_draws_of_stored_runs_are_never_renumbered() -> None:
    """Golden values: a change here changes the luck of every run ever stored."""
    mixed = np.empty(3, dtype=np.uint64)
    fill_mixed(np.uint64(0), mixed)
    assert [f"{int(value):016x}" for value in mixed] == GOLDEN_MIX
    assert by_entity(draws=4).tolist() == GOLDEN_UNIFORM
    assert by_entity(seed=7, luck=123, step=45, process=5, draws=4).tolist() == GOLDEN_OTHER
    n, p = np.array([1, 10, 1_000, 100_000, 10_000_000]), np.array([0.3, 0.5, 0.01, 0.7, 0.2])
    assert count(n, p, np.array([0.9, 0.2, 0.6, 0.4, 0.975])).tolist() == GOLDEN_COUNT


SIZES = (1, 2, 5, 30, 130, 1_000, 30_000, 1_000_000, 10_000_000)
SHARES = (1e-6, 1e-4, 0.003, 0.05, 0.2, 0.5, 0.6, 0.95, 0.9999)


def grid() -> tuple[NDArray, NDArray, NDArray]:
    n, p = (x.ravel() for x in np.meshgrid(SIZES, SHARES, indexing="ij"))
    u = np.random.default_rng(3).random((len(n), 4000))
    return np.repeat(n, u.shape[1]), np.repeat(p, u.shape[1]), u.ravel()


def test_counts_are_those_of_scipy() -> None:
    n, p, u = grid()
    difference = np.abs(count(n, p, u) - stats.binom.ppf(u, n, p))
    assert difference.max() <= 1
    assert (difference == 0).mean() >= 0.999


def test_counts_are_exact_while_the_variance_is_small() -> None:
    n, p, u = grid()
    small = n * p * (1.0 - p) <= 60.0
    assert np.array_equal(count(n, p, u)[small], stats.binom.ppf(u, n, p)[small])


@pytest.mark.parametrize("tail", [1e-12, 1e-9, 1e-6])
def test_counts_stay_within_one_of_scipy_far_in_the_tails(tail: float) -> None:
    n, p = (x.ravel() for x in np.meshgrid(SIZES, SHARES, indexing="ij"))
    for u in (tail, 1.0 - tail):
        assert np.abs(count(n, p, np.full(len(n), u)) - stats.binom.ppf(u, n, p)).max() <= 1


@pytest.mark.parametrize(
    ("n", "p"), [(7, 0.4), (300, 0.3), (5_000, 0.02), (1_000_000, 0.3), (10_000_000, 1e-5)]
)
def test_counts_rise_with_luck(n: int, p: float) -> None:
    u = np.sort(np.random.default_rng(1).random(20_000))
    assert (np.diff(count(np.array(n), np.array(p), u)) >= 0).all()


@pytest.mark.parametrize(
    ("n", "p"), [(1, 0.5), (40, 0.1), (2_000, 0.6), (1_000_000, 0.003), (10_000_000, 0.9)]
)
def test_counts_have_the_mean_and_variance_of_a_binomial(n: int, p: float) -> None:
    drawn = count(np.array(n), np.array(p), by_entity(draws=200_000)).astype(float)
    variance = n * p * (1.0 - p)
    assert drawn.mean() == pytest.approx(n * p, abs=4.0 * math.sqrt(variance / len(drawn)))
    assert drawn.var() == pytest.approx(variance, rel=0.02)


def test_counts_stay_between_nobody_and_everybody() -> None:
    n, p, u = grid()
    counts = count(n, p, u)
    assert (counts >= 0).all()
    assert (counts <= n).all()
    edge = np.array([0.0, -0.1, 1.0, 1.5])
    assert count(np.array(1000), edge, np.full(4, 0.5)).tolist() == [0, 0, 1000, 1000]
    assert count(np.array([0, -3]), np.array(0.5), np.full(2, 0.5)).tolist() == [0, 0]


@pytest.mark.parametrize("n", [40, 60, 1_001, 100_000])
def test_people_act_in_parties(n: int) -> None:
    """The mean is that of a binomial, the variance that of so many parties."""
    u, drawn = by_entity(draws=100_000), np.empty(100_000, dtype=np.int64)
    fill_by_parties(n, 0.3, u, 50.0, drawn)
    parties = math.ceil(n / 50)
    assert len(np.unique(drawn)) <= parties + 1
    assert drawn.min() >= 0
    assert drawn.max() <= n
    assert drawn.mean() == pytest.approx(n * 0.3, rel=0.02)
    assert drawn.var() == pytest.approx(0.21 * n * n / parties, rel=0.03)


def test_one_party_goes_together_and_parties_of_one_are_a_binomial() -> None:
    u, party, single = by_entity(draws=10_000), *np.empty((2, 10_000), dtype=np.int64)
    fill_by_parties(40, 0.3, u, 50.0, party)
    assert set(np.unique(party)) == {0, 40}
    fill_by_parties(60, 0.3, u, 1.0, single)
    assert np.array_equal(single, count(np.array(60), np.array(0.3), u))


def test_a_chance_is_one_minus_exp_of_the_hazard() -> None:
    hazards = np.concatenate([[0.0], np.logspace(-12, 2, 400)])
    out = np.empty_like(hazards)
    fill_chances(hazards, out)
    assert np.allclose(out, -np.expm1(-hazards), rtol=1e-7, atol=1e-15)


def test_the_normal_quantile_is_that_of_scipy() -> None:
    u = np.concatenate(
        [np.logspace(-15, -2, 200), np.linspace(0.01, 0.99, 999), 1.0 - np.logspace(-2, -15, 200)]
    )
    quantile, share = np.empty_like(u), np.empty_like(u)
    fill_normal(u, quantile, share)
    assert np.allclose(quantile, stats.norm.ppf(u), rtol=2e-9, atol=2e-9)
    assert np.allclose(share, u, rtol=1e-7, atol=1e-9)
