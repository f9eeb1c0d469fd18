"""Pairs of places fit what the run keeps: who left, who came."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from afternext.ensemble.atlas import atlas
from afternext.foresight.journeys import Roads, first_guess, fit, journeys, largest
from tests.foresight.runs import small_run

people = arrays(np.float64, 6, elements=st.floats(1, 1e5))


@given(left=people, came=people, guess=arrays(np.float64, (6, 6), elements=st.floats(0.01, 10)))
@settings(max_examples=60, deadline=None)
def test_pairs_sum_to_who_came_and_nearly_to_who_left(left, came, guess) -> None:
    pairs = fit(left, came, guess)
    assert (pairs >= 0).all()
    np.testing.assert_allclose(pairs.sum(axis=0), came, rtol=1e-9)
    np.testing.assert_allclose(pairs.sum(), came.sum(), rtol=1e-9)
    np.testing.assert_allclose(pairs.sum(axis=1), left * came.sum() / left.sum(), rtol=0.05)


def test_an_independent_guess_gives_the_product_of_the_margins() -> None:
    """Deming and Stephan (1940): from a flat table the fit is row total times column total over the whole."""
    left, came = np.array([10.0, 30.0]), np.array([16.0, 24.0])
    np.testing.assert_allclose(fit(left, came, np.ones((2, 2))), np.outer(left, came) / 40)


def test_nobody_moves_when_nobody_came_or_left() -> None:
    assert fit(np.zeros(3), np.ones(3), np.ones((3, 3))).sum() == 0
    assert fit(np.ones(3), np.zeros(3), np.ones((3, 3))).sum() == 0


def test_nobody_travels_to_where_they_are() -> None:
    guess = first_guess(np.ones((2, 2)), np.array([0, 0, 1]), np.array([[0, 5, 9], [5, 0, 4], [9, 4, 0.0]]))
    assert (np.diag(guess) == 0).all()
    assert guess[0, 1] > guess[0, 2] > 0


def test_the_largest_pairs_come_first_and_hold_nearly_all() -> None:
    pairs = np.array([[0.0, 500.0], [3.0, 0.0]])
    assert [(one.start, one.end, one.persons) for one in largest(pairs)] == [(0, 1, 500.0)]


def test_a_way_follows_the_roads() -> None:
    run = small_run()
    places = [str(name) for name in run.measures["place"].values]
    roads = Roads.of(run.scenario, places)
    ends = {(r.start, r.end) for r in run.scenario.routes} | {(r.end, r.start) for r in run.scenario.routes}
    way = [places[i] for i in roads.way(0, len(places) - 1)]
    assert (way[0], way[-1]) == (places[0], places[-1])
    assert all(pair in ends for pair in pairwise(way))


def test_the_journeys_of_a_run_bring_as_many_as_arrived() -> None:
    run = small_run()
    found = atlas(run, 3)
    roads = Roads.of(run.scenario, found.places)
    moved = journeys(run, found, roads, 3)
    assert len(moved) == len(found.days)
    assert moved[0] == ()
    arrived = run.measures["place_arrived"].sel(future=3).values.astype(float)
    for at in range(1, len(found.days)):
        came = (arrived[at] - arrived[at - 1]).sum()
        told = sum(one.persons for one in moved[at])
        assert told <= came + 1e-6
        if told:  # all but the smallest pairs, and those of less than a person
            assert told >= 0.98 * came - len(found.places) ** 2
