"""Distortion: the gap between chances of a choice, split into ignorance and politics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from numpy.typing import NDArray

from afternext.world.processes.distortion import VIEWS, measure_distortion, note_option

WORTH = st.floats(-0.5, 0.5)
OPTION = st.tuples(WORTH, WORTH, WORTH, st.booleans(), st.booleans())


class Rows(NamedTuple):
    choice_sharpness: float = 6.0
    stake: float = 0.025
    distortion_memory: float = 56.0


class Mind(NamedTuple):
    weighed: NDArray[np.float64]
    chance: NDArray[np.float64]
    within: NDArray[np.float64]
    forgone: NDArray[np.float64]
    unseen: NDArray[np.float64]
    distortion: NDArray[np.float64]
    ignorance: NDArray[np.float64]


@njit
def _week(mind, p, weeks, believed, true, politics, may_believed, may_true):
    for k in range(len(true)):
        note_option(mind.weighed, k, believed[k], true[k], politics[k], may_believed[k], may_true[k])
    measure_distortion(mind, p, 0, weeks, len(true))


def weigh(options: Sequence[tuple[float, float, float, bool, bool]], weeks: int = 1) -> Mind:
    """Weigh the same options for some weeks.

    options : worth as believed and as it is, what politics adds, open as believed and as it is
    """
    size = len(options)
    mind = Mind(np.zeros((VIEWS + 1, size)), np.zeros((VIEWS, size)), *(np.zeros(1) for _ in range(5)))
    believed, true, politics, may_believed, may_true = (
        np.array(column) for column in zip(*options, strict=True)
    )
    for week in range(weeks):
        _week(mind, Rows(), week + 1, believed, true, politics, may_believed, may_true)
    return mind


def told(believed: float, true: float, politics: float = 0.0) -> tuple[float, float]:
    """Return distortion and ignorance of one option."""
    mind = weigh([(believed, true, politics, True, True)])
    return float(mind.distortion[0]), float(mind.ignorance[0])


def test_who_knows_and_has_no_politics_at_home_is_not_distorted() -> None:
    assert told(0.04, 0.04) == (0.0, 0.0)


def test_it_counts_that_a_choice_is_less_likely_even_where_neither_is_certain() -> None:
    """Neither would surely act; that one is half as likely to is a gap already."""
    distorted, unseen = told(0.015, 0.02)
    assert 0.1 < distorted < told(0.0, 0.02)[0] < 0.7
    assert unseen == pytest.approx(distorted)


def test_the_closer_the_picture_the_less_the_distortion() -> None:
    gaps = [told(believed, 0.05)[0] for believed in (0.0, 0.02, 0.03, 0.04, 0.05)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 0.5
    assert gaps[-1] == 0.0


@pytest.mark.parametrize(("true", "politics"), [(0.05, -0.06), (0.02, 0.04), (-0.05, 0.1)])
def test_being_held_back_driven_on_and_driven_to_harm_all_count_as_politics(
    true: float, politics: float
) -> None:
    distorted, unseen = told(true, true, politics)
    assert distorted > 0.1
    assert unseen == pytest.approx(0.0, abs=1e-12)


def test_an_error_that_politics_makes_good_is_no_gap() -> None:
    distorted, _ = told(0.01, 0.05, 0.04)
    assert distorted == pytest.approx(0.0, abs=1e-9)


def test_what_is_hardly_at_stake_hardly_counts() -> None:
    assert told(0.002, 0.001)[0] < 0.01 < told(0.06, 0.01)[0]


def test_a_move_that_it_wrongly_thinks_closed_is_forgone() -> None:
    mind = weigh([(0.05, 0.05, 0.0, False, True)])
    assert mind.distortion[0] > 0.5


def test_a_week_without_options_says_nothing() -> None:
    mind = weigh([(0.05, 0.05, 0.0, False, False)])
    assert mind.distortion[0] == 0.0


@settings(max_examples=80, deadline=None)
@given(options=st.lists(OPTION, min_size=1, max_size=6), weeks=st.integers(1, 5))
def test_distortion_is_a_share_and_ignorance_a_part_of_it(
    options: list[tuple[float, float, float, bool, bool]], weeks: int
) -> None:
    mind = weigh(options, weeks)
    assert 0.0 <= mind.ignorance[0] <= mind.distortion[0] <= 1.0
    assert ((mind.chance >= 0.0) & (mind.chance.sum(axis=1) <= 1.0 + 1e-9)[:, None]).all()
