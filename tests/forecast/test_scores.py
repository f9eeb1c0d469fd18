"""Scores equal scoringrules and closed forms; skill and its range behave."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from afternext.errors import UsageError
from afternext.forecast import scores
from afternext.forecast.answers import VALUES

LEVELS = (np.arange(VALUES) + 0.5) / VALUES
RNG = np.random.default_rng(5)


def test_scores_equal_those_of_scoringrules() -> None:
    sr = pytest.importorskip("scoringrules")
    p, happened = RNG.uniform(0.01, 0.99, 50), RNG.integers(0, 2, 50).astype(float)
    assert np.allclose(scores.brier(p, happened), sr.brier_score(happened, p))
    assert np.allclose(scores.log_score(p, happened), sr.log_score(happened, p))
    members, seen = RNG.lognormal(10, 1, (20, VALUES)), RNG.lognormal(10, 1, 20)
    assert np.allclose(scores.crps(members, seen), sr.crps_ensemble(seen, members, estimator="nrg"))
    assert np.allclose(
        scores.crps_log1p(members, seen),
        sr.crps_ensemble(np.log1p(seen), np.log1p(members), estimator="nrg"),
    )
    low, high = scores.interval(members)
    assert np.allclose(scores.interval_score(low, high, seen), sr.interval_score(seen, low, high, 0.2))
    classes = RNG.dirichlet(np.ones(5), 8)
    hits = RNG.integers(0, 5, 8)
    for row, hit in zip(classes, hits, strict=True):
        # scoringrules counts classes from 1, and does not divide by their number.
        assert scores.rps(row, int(hit)) * 4 == pytest.approx(float(sr.rps_score(hit + 1, row)))


def test_crps_of_the_quantiles_of_a_normal_is_the_closed_form() -> None:
    """sigma (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)), Gneiting and Raftery 2007."""
    for z in (-2.0, 0.0, 0.7):
        exact = z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / math.sqrt(math.pi)
        assert float(scores.crps(norm.ppf(LEVELS), z)) == pytest.approx(exact, abs=0.01)


def test_two_classes_score_as_yes_and_no() -> None:
    p = np.array([0.3, 0.7])
    assert scores.brier_of_classes(p, 1) == pytest.approx(float(scores.brier(0.7, 1)))
    assert scores.rps(p, 1) == pytest.approx(float(scores.brier(0.7, 1)))


def test_ordered_classes_punish_far_misses_more() -> None:
    near, far = np.array([0.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0, 0.0])
    assert scores.rps(near, 2) < scores.rps(far, 2)


@settings(deadline=None)
@given(truth=st.floats(0.02, 0.98), said=st.floats(0.02, 0.98))
def test_honest_probabilities_score_best_on_average(truth: float, said: float) -> None:
    for score in (scores.brier, scores.log_score):
        honest = truth * float(score(truth, 1)) + (1 - truth) * float(score(truth, 0))
        other = truth * float(score(said, 1)) + (1 - truth) * float(score(said, 0))
        assert honest <= other + 1e-12


def test_a_log_score_refuses_certainty() -> None:
    with pytest.raises(UsageError, match="floor"):
        scores.log_score(1.0, 1)


def test_never_is_an_outcome_of_its_own() -> None:
    never, soon = np.full(VALUES, math.inf), np.full(VALUES, 3.0)
    assert scores.crps_of_time(never, math.inf, 180) == 0.0
    assert scores.crps_of_time(soon, 3.0, 180) == 0.0
    assert scores.crps_of_time(never, 3.0, 180) == pytest.approx(177 / 180)
    assert scores.crps_of_time(soon, math.inf, 180) == pytest.approx(177 / 180)


def test_intervals_of_a_calibrated_forecast_hold_eight_in_ten() -> None:
    quantiles = norm.ppf(LEVELS)
    low, high = scores.interval(quantiles)
    drawn = np.random.default_rng(0).normal(size=20_000)
    assert float(((drawn >= low) & (drawn <= high)).mean()) == pytest.approx(0.8, abs=0.015)


def test_ranks_of_a_calibrated_forecast_are_uniform() -> None:
    quantiles = norm.ppf(LEVELS)
    ranks = [scores.pit(quantiles, y) for y in np.random.default_rng(1).normal(size=4000)]
    assert np.histogram(ranks, 10, (0, 1))[0].min() > 330


def test_consistency_bars_hold_the_dots_of_a_calibrated_forecast() -> None:
    rng = np.random.default_rng(3)
    inside = total = 0
    for turn in range(40):
        p = rng.uniform(0, 1, 300)
        table = scores.reliability(p, (rng.random(300) < p).astype(float), seed=turn)
        inside += int(((table.observed >= table.low) & (table.observed <= table.high)).sum())
        total += len(table.count)
    assert 0.85 < inside / total < 0.97


def test_skill_is_one_for_perfect_none_for_equal_and_negative_for_worse() -> None:
    base, clusters = RNG.uniform(0.1, 0.5, 60), np.repeat(np.arange(6), 10)
    assert scores.skill(np.zeros(60), base, clusters).skill == 1.0
    same = scores.skill(base, base, clusters)
    assert (same.skill, same.low, same.high) == (0.0, 0.0, 0.0)
    worse = scores.skill(2 * base, base, clusters)
    assert worse.skill == pytest.approx(-1.0)
    assert worse.high is not None
    assert worse.high < 0


def test_one_crisis_gives_no_range() -> None:
    found = scores.skill(np.full(9, 0.1), np.full(9, 0.2), np.zeros(9, dtype=np.int64))
    assert (found.skill, found.low, found.high) == (pytest.approx(0.5), None, None)


def test_clusters_widen_the_range() -> None:
    rng = np.random.default_rng(2)
    shared = np.repeat(rng.normal(0, 0.2, 10), 20)
    base = np.full(200, 0.5)
    mine = 0.4 + shared + rng.normal(0, 0.02, 200)
    whole = scores.skill(mine, base, np.repeat(np.arange(10), 20))
    alone = scores.skill(mine, base, np.arange(200))
    assert whole.low is not None
    assert whole.high is not None
    assert alone.low is not None
    assert alone.high is not None
    assert whole.high - whole.low > 2 * (alone.high - alone.low)


def test_questions_that_share_their_fate_are_worth_their_clusters() -> None:
    clusters = np.repeat(np.arange(5), 20)
    shared = np.repeat(np.array([0.1, 0.9, 0.3, 0.7, 0.2]), 20)
    assert scores.effective_questions(shared, clusters) == pytest.approx(5, abs=0.1)
    free = np.random.default_rng(4).uniform(size=100)
    assert scores.effective_questions(free, clusters) > 40
    assert scores.effective_questions(free, np.zeros(100, dtype=np.int64)) == 1
