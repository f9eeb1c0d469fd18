"""Scores: FLEE's averaged relative difference, and proper scores of the ensemble."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.displacement.scores import ard, both_ards, coverage, crps, interval, rescale

DATA = np.array([[60.0, 40.0], [120.0, 80.0]])


def test_an_exact_forecast_has_no_error() -> None:
    assert ard(DATA, DATA) == 0.0


def test_everybody_in_the_wrong_camp_is_an_error_of_two() -> None:
    data = np.array([[100.0, 0.0]])
    assert ard(np.array([[0.0, 100.0]]), data) == pytest.approx(2.0)


def test_the_error_is_the_mean_over_days_of_misplaced_people_by_all_counted() -> None:
    assert ard(np.array([[50.0, 50.0], [120.0, 80.0]]), DATA) == pytest.approx(0.5 * 20 / 100)


def test_rescaling_forgives_a_wrong_total_and_nothing_else() -> None:
    half = DATA / 2
    scores = both_ards(half[None], DATA)
    assert scores["rescaled"] == pytest.approx(0.0)
    assert scores["normal"] == pytest.approx(0.5)


def test_rescaling_an_empty_forecast_leaves_it_empty() -> None:
    assert rescale(np.zeros((1, 2)), DATA[:1]).sum() == 0.0


def test_scoring_can_begin_late() -> None:
    wrong_first = np.array([[100.0, 0.0], [120.0, 80.0]])
    assert ard(wrong_first, DATA, since=1) == 0.0


def test_crps_of_one_member_is_its_distance() -> None:
    assert crps(np.array([3.0]), np.array(5.0)) == pytest.approx(2.0)


def test_crps_is_the_mean_over_pairs_of_distinct_members() -> None:
    rng = np.random.default_rng(1)
    members, seen = rng.normal(size=7), 0.3
    pairs = [abs(a - b) for i, a in enumerate(members) for j, b in enumerate(members) if i != j]
    expected = np.abs(members - seen).mean() - 0.5 * np.mean(pairs)
    assert crps(members, np.array(seen)) == pytest.approx(expected)


def test_an_interval_of_eight_in_ten_covers_about_that_share_of_its_own_draws() -> None:
    rng = np.random.default_rng(2)
    low, high = interval(rng.normal(100, 10, size=(4000, 50, 1)))
    seen = rng.normal(100, 10, size=(50, 1))
    assert 0.6 < coverage(low, high, seen) < 0.95
