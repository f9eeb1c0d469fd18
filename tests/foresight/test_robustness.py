"""Robustness metrics against a table worked by hand, and what must hold of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from afternext.foresight.paired import needed, paired
from afternext.foresight.robustness import (
    BY_ID,
    METRICS,
    first_in,
    holds_until,
    pareto,
    regret,
    scores,
)

# Three courses of action in four futures, losses; good enough is 4.
TABLE = np.array([[1.0, 2.0, 3.0, 10.0], [4.0, 4.0, 4.0, 5.0], [3.0, 3.0, 6.0, 6.0]])
EQUAL = np.full(4, 0.25)
BY_HAND = {
    "good_enough": [3 / 4, 3 / 4, 2 / 4],
    "mean": [4, 4.25, 4.5],
    "worst": [10, 5, 6],
    "best": [1, 4, 3],
    "hurwicz": [5.5, 4.5, 4.5],
    "worst_tenth": [10, 5, 6],  # nine tenths of four futures are four
    "beyond": [10, 5, 6],
    # variances 12.5 = (9 + 4 + 1 + 36) / 4, 0.1875 = (3 * 0.0625 + 0.5625) / 4, and 2.25
    "mean_variance": [4 + np.sqrt(12.5), 4.25 + np.sqrt(0.1875), 4.5 + 1.5],
    "undesirable": [(1 + 8) / 2, 1, 3],  # middles 2, 4, 3
    # best in each future: 1 2 3 5; regrets 0 0 0 5, 3 2 1 0, 2 1 3 1
    "worst_regret": [5, 3, 3],
    "tail_regret": [5, 3, 3],
    "mean_regret": [1.25, 1.5, 1.75],
    "shortfall": [6 / 4, 1 / 4, 4 / 4],
}


@pytest.mark.parametrize("ident", [metric.id for metric in METRICS])
def test_each_metric_is_the_table_worked_by_hand(ident: str) -> None:
    assert scores(BY_ID[ident], TABLE, 4.0, EQUAL) == pytest.approx(BY_HAND[ident])


def test_percentiles_take_a_future_that_is_there_and_respect_weights() -> None:
    losses = np.arange(10.0)[None, :]
    assert scores(BY_ID["worst_tenth"], losses, 0.0, np.full(10, 0.1)) == [8.0]
    assert scores(BY_ID["beyond"], losses, 0.0, np.full(10, 0.1)) == [9.0]
    heavy = np.r_[np.full(9, 0.01), 0.91]
    assert scores(BY_ID["worst_tenth"], losses, 0.0, heavy) == [9.0]


def test_a_future_that_weighs_nothing_is_no_worst_future() -> None:
    assert scores(BY_ID["worst"], TABLE, 4.0, np.array([0.5, 0.25, 0.25, 0.0])).tolist() == [3, 4, 6]


def test_regret_is_measured_in_the_same_future() -> None:
    assert regret(TABLE).tolist() == [[0, 0, 0, 5], [3, 2, 1, 0], [2, 1, 3, 1]]


def test_resamples_share_the_first_place_and_sum_to_one() -> None:
    draws = np.array([[1.0, 1, 1, 1], [0, 0, 0, 4], [4, 0, 0, 0]])
    assert first_in(BY_ID["mean"], TABLE, 4.0, draws) == pytest.approx([2 / 3, 1 / 3, 0])


def test_satisficing_by_horizon_ends_at_the_first_that_fails() -> None:
    met = np.array([[[1, 1, 0, 1], [1, 0, 0, 1]], [[0, 1, 1, 1], [0, 1, 1, 1]]], dtype=bool)
    assert holds_until(met, (30, 60, 90, 120), np.full(2, 0.5)) == [60, 0]


def test_the_pareto_set_is_that_of_the_textbook() -> None:
    assert pareto(np.array([[1.0, 4], [2, 2], [4, 1], [3, 3], [2, 2]])) == [0, 1, 2, 4]


LOSSES = arrays(np.float64, (3, 6), elements=st.floats(-1e3, 1e3, width=32))


@given(LOSSES, st.floats(-100, 100, width=32))
def test_metrics_do_not_change_with_the_order_of_futures(losses: np.ndarray, enough: float) -> None:
    w = np.full(6, 1 / 6)
    for metric in METRICS:
        one, two = scores(metric, losses, enough, w), scores(metric, losses[:, ::-1], enough, w)
        assert one == pytest.approx(two, rel=1e-9, abs=1e-4)


@given(LOSSES, st.floats(-100, 100, width=32))
def test_a_course_that_is_worse_everywhere_is_never_rated_better(losses: np.ndarray, enough: float) -> None:
    w = np.full(6, 1 / 6)
    worse = np.vstack([losses, losses[:1] + 1.0])
    for metric in METRICS:
        found = scores(metric, worse, enough, w)
        if metric.id in ("undesirable", "mean_variance"):  # a spread says nothing of the level
            assert metric.id != "undesirable" or found[3] == pytest.approx(found[0], abs=1e-3)
        elif metric.more:
            assert found[3] <= found[0] + 1e-9
        else:
            assert found[3] >= found[0] - 1e-6


def test_the_paired_interval_is_that_of_students_t() -> None:
    a, b = np.array([3.0, 5, 4, 8]), np.array([1.0, 4, 5, 4])
    found = paired(a, b, np.full(4, 0.25))
    assert found.mean == 1.5
    # d = 2 1 -1 4, variance 13 / 3, t(3) = 3.182446
    assert found.high - found.mean == pytest.approx(3.182446 * np.sqrt(13 / 3 / 4), rel=1e-6)
    assert found.better == 0.25
    assert not found.beyond_noise


def test_futures_needed_is_the_textbook_sample_size() -> None:
    assert needed(0.5, 1.0) == 32  # (1.960 + 0.842)^2 / 0.25 = 31.4
    assert needed(0.0, 1.0) is None
    assert needed(1e-9, 1.0) is None


def test_many_comparisons_widen_every_interval() -> None:
    rng = np.random.default_rng(5)
    a, b, w = rng.normal(size=50), rng.normal(size=50), np.full(50, 0.02)
    one, ten = paired(a, b, w), paired(a, b, w, tests=10)
    assert ten.level == pytest.approx(0.995)
    assert ten.high - ten.low > one.high - one.low


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(400):
        luck = rng.normal(size=40)
        found = paired(luck + 0.3 + 0.5 * rng.normal(size=40), luck, np.full(40, 1 / 40))
        held += found.low <= 0.3 <= found.high
    assert 0.92 <= held / 400 <= 0.98
