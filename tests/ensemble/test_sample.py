"""Future k sees the same point whatever else is run."""

from __future__ import annotations

import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.ensemble.sample import COLUMN_BLOCK, Sampler
from tests.ensemble.fake_world import Experiment, FakeWorld, Spread


def sampler(seed: int = 7, replicates: int = 1, **how: object) -> Sampler:
    return Sampler(FakeWorld().experiments, seed, replicates, **how)  # type: ignore[arg-type]


WHOLE = sampler().rows(0, 600)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 599), st.integers(0, 40)), min_size=1, max_size=8))
def test_a_future_has_the_same_row_in_any_block_and_order(blocks: list[tuple[int, int]]) -> None:
    one = sampler()
    for start, size in blocks:
        stop = min(start + size, 600)
        assert np.array_equal(one.rows(start, stop), WHOLE[start:stop])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 150), st.integers(1, 50), st.integers(1, 6))
def test_replicates_share_the_point_and_differ_in_number(start: int, size: int, replicates: int) -> None:
    rows = sampler(replicates=replicates).rows(start, start + size)
    assert np.array_equal(rows, WHOLE[np.arange(start, start + size) // replicates])


def test_another_seed_gives_other_points() -> None:
    assert not np.isclose(sampler(seed=8).rows(0, 50)[:, 0], WHOLE[:50, 0]).any()


def test_points_lie_inside_the_cube_and_spread_evenly() -> None:
    points = sampler().points(0, 512)
    assert points.min() > 0.0
    assert points.max() < 1.0
    for column in points.T:  # a column has one point in each of 512 equal cells
        assert np.array_equal(np.sort(np.floor(column * 512)), np.arange(512))


def test_no_two_of_hundreds_of_columns_run_along() -> None:
    every = [Experiment(f"x{i}", Spread()) for i in range(677)]
    for futures, most in ((100, 0.55), (256, 0.36), (1000, 0.19)):
        r = np.corrcoef(Sampler(every, 1).points(0, futures).T)[np.triu_indices(677, 1)]
        assert np.abs(r).max() < most, "of as many independent pairs the largest is about 4.7 standard errors"
        assert np.mean(np.abs(r) > 3 / futures**0.5) < 0.006


def test_a_scenario_with_more_experiments_keeps_the_points_of_the_others() -> None:
    more = (*FakeWorld().experiments, Experiment("new", Spread()))
    assert np.array_equal(Sampler(more, 7).points(0, 20)[:, :3], sampler().points(0, 20))


def test_a_fixed_value_leaves_the_columns_of_the_others_alone() -> None:
    every = FakeWorld().experiments
    columns = {experiment.name: i for i, experiment in enumerate(every)}
    fixed = Sampler((every[0], every[2], Experiment("added", Spread())), 7, columns=columns)
    plain = Sampler((*every, Experiment("added", Spread())), 7)
    assert np.array_equal(fixed.points(3, 9), plain.points(3, 9)[:, [0, 2, 3]])


def test_many_experiments_go_beyond_one_block_of_columns() -> None:
    every = [Experiment(f"x{i}", Spread()) for i in range(COLUMN_BLOCK + 5)]
    assert Sampler(every, 1).points(0, 3).shape == (3, COLUMN_BLOCK + 5)


def test_no_experiments_give_empty_rows() -> None:
    assert Sampler((), 1).rows(2, 5).shape == (3, 0)


def test_sampling_is_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler().rows(0, 7)
        sampler().rows(3, 10)
