"""Resamples of weighted futures: as uncertain as the futures they are worth."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.foresight.weights import effective, resamples


def test_equal_futures_are_drawn_whole() -> None:
    draws = resamples(np.full(50, 1 / 50), 200, 3)
    assert np.array_equal(draws, np.round(draws))
    assert (draws.sum(1) == 50).all()


@pytest.mark.parametrize("heavy", [1, 10, 60])
def test_a_mean_is_as_uncertain_as_so_many_equal_futures(heavy: int) -> None:
    """The spread of resampled means is that of the effective number of futures, not of all of them."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=600)
    weights = np.where(np.arange(600) < 40, float(heavy), 1.0)
    weights /= weights.sum()
    draws = resamples(weights, 4000, 0)
    assert draws.sum(1) == pytest.approx(600.0)
    means = draws @ values / 600.0
    spread = np.sqrt(weights @ (values - weights @ values) ** 2 / effective(weights))
    assert means.mean() == pytest.approx(weights @ values, abs=0.2 * spread)
    assert means.std() == pytest.approx(spread, rel=0.2)


def test_where_nothing_that_counts_is_drawn_all_count_as_they_are() -> None:
    draws = resamples(np.array([0.0, 0.0, 1.0]), 100, 0)
    assert draws.tolist() == [[0.0, 0.0, 3.0]] * 100
