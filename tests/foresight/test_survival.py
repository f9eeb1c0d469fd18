"""How long something lasts: published survival curves, and lapses that heal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.foresight.survival import lasting_end, survival

# Freireich and others 1963, weeks in remission under 6-MP; a star: still in remission (as in Cox & Oakes
# 1984).
WEEKS = [
    "6",
    "6",
    "6",
    "6*",
    "7",
    "9*",
    "10",
    "10*",
    "11*",
    "13",
    "16",
    "17*",
    "19*",
    "20*",
    "22",
    "23",
    "25*",
    "32*",
    "32*",
    "34*",
    "35*",
]


def remission():
    days = np.array([float(week.strip("*")) for week in WEEKS])
    return days, np.array(["*" not in week for week in WEEKS])


def test_it_gives_the_published_curve_of_remission_under_6mp() -> None:
    days, ended = remission()
    found = survival(days, ended, np.ones(21), 35)
    assert found.days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=0.0006)
    assert found.falls_below(0.5)[0] == 23


def test_ranges_are_those_of_scipy() -> None:
    from scipy.stats import CensoredData, ecdf

    days, ended = remission()
    found = survival(days, ended, np.ones(21), 35)
    theirs = ecdf(CensoredData(days[ended], right=days[~ended])).sf.confidence_interval(0.9, method="log-log")
    at = np.searchsorted(theirs.low.quantiles, found.days)
    assert found.low == pytest.approx(theirs.low.probabilities[at])
    assert found.high == pytest.approx(theirs.high.probabilities[at])


def test_a_future_that_counts_twice_is_two_futures() -> None:
    days, ended = remission()
    weights = np.where(np.arange(21) < 7, 2.0, 1.0)
    twice = np.repeat(np.arange(21), weights.astype(int))
    assert survival(days, ended, weights, 35).share == pytest.approx(
        survival(days[twice], ended[twice], np.ones(28), 35).share
    )


def test_censored_exponential_lifetimes_give_back_their_curve() -> None:
    rng = np.random.default_rng(4)
    lasts, watched = rng.exponential(100, 4000), rng.uniform(0, 200, 4000)
    found = survival(np.minimum(lasts, watched), lasts <= watched, np.ones(4000), 200)
    for day in (30, 80, 150):
        assert found.at(day)[0] == pytest.approx(np.exp(-day / 100), abs=0.03)
    assert found.mean_until(150) == pytest.approx(100 * (1 - np.exp(-1.5)), abs=2.5)


def test_none_that_ended_is_not_none_that_could() -> None:
    found = survival(np.full(20, 90.0), np.zeros(20, dtype=bool), np.ones(20), 90)
    share, low, high = found.at(90)
    assert share == high == 1
    assert low == pytest.approx(0.05 ** (1 / 20))
    assert found.falls_below(0.7) == (None, None, None)


def test_a_lapse_that_heals_is_no_end_and_a_late_one_is_not_known() -> None:
    grid = np.arange(0, 101, 10)
    good = np.ones((4, 11), dtype=bool)
    good[0, 3:5] = False  # days 30 and 40, good again on 50
    good[1, 3:7] = False  # days 30 to 60
    good[2, 9:] = False  # from day 90 on: nobody knows whether it lasts
    day, ended, until = lasting_end(good, grid, 30)
    assert until == 70
    assert ended.tolist() == [False, True, False, False]
    assert day.tolist() == [70, 30, 70, 70]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
def test_a_curve_falls_and_lies_in_its_range(rows) -> None:
    days = np.array([float(day) for day, _ in rows])
    found = survival(days, np.array([end for _, end in rows]), np.ones(len(rows)), 10)
    assert (np.diff(found.share) <= 0).all()
    assert ((found.low <= found.share + 1e-12) & (found.share <= found.high + 1e-12)).all()
    assert 0 <= found.mean_until(10) <= 10
