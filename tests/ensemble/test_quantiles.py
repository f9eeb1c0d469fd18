"""Quantiles are values that futures reached, and tails need enough futures."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from afternext.ensemble import quantiles
from afternext.ensemble.quantiles import at_quantile, carried, needed, over_futures


def array(values: np.ndarray) -> xr.DataArray:
    return xr.DataArray(values, dims=("future", "date", "place")[: values.ndim], attrs={"units": "persons"})


@given(st.integers(20, 300), st.sampled_from([0.05, 0.2, 0.5, 0.8, 0.95]))
def test_a_quantile_is_the_smallest_value_not_exceeded_by_its_share(futures: int, q: float) -> None:
    values = np.random.default_rng(futures).integers(0, 50, futures)
    found = over_futures(array(values), [q]).item()
    assert found in values
    assert (values <= found).mean() >= q - 1e-12
    assert (values < found).mean() < q


def test_it_agrees_with_numpy() -> None:
    values = np.random.default_rng(1).random((123, 4, 5))
    found = over_futures(array(values), [0.05, 0.5, 0.95])
    wanted = np.quantile(values, [0.05, 0.5, 0.95], axis=0, method="inverted_cdf")
    assert np.array_equal(found.values, wanted)
    assert found.dims == ("quantile", "date", "place")


def test_a_tail_that_the_futures_cannot_carry_is_left_out_and_named() -> None:
    found = over_futures(array(np.arange(19.0)), [0.05, 0.5, 0.95])
    assert np.isnan(found.values).tolist() == [True, False, True]
    assert found.attrs["too_few_futures"] == [0.05, 0.95]
    assert "too_few_futures" not in over_futures(array(np.arange(20.0)), [0.05, 0.5, 0.95]).attrs


@pytest.mark.parametrize(
    ("q", "futures"), [(0.5, 1), (0.05, 20), (0.95, 20), (0.8, 5), (0.975, 40), (0.0, 1), (1.0, 1)]
)
def test_futures_that_a_quantile_needs(q: float, futures: int) -> None:
    assert needed(q) == futures
    assert carried(q, futures)
    assert futures == 1 or not carried(q, futures - 1)


def test_large_arrays_are_taken_in_pieces_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(2).integers(0, 9, (40, 17))
    whole = over_futures(array(values), [0.05, 0.5])
    monkeypatch.setattr(quantiles, "BLOCK_BYTES", 1000)
    assert over_futures(array(values), [0.05, 0.5]).equals(whole)


def test_no_futures_give_no_numbers() -> None:
    assert np.isnan(over_futures(array(np.zeros((0, 3))), [0.5]).values).all()


def test_a_quantile_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        over_futures(array(np.arange(3.0)), [5])


def test_a_quantile_of_a_plain_array_is_that_of_a_measure() -> None:
    rng = np.random.default_rng(5)
    values, weights = rng.gamma(2.0, size=(60, 4)), rng.random(60)
    array = xr.DataArray(values, dims=("future", "place"))
    for counted in (None, weights):
        for q in (0.1, 0.5, 0.8, 0.99):
            expected = over_futures(array, [q], counted).values[0]
            assert np.array_equal(at_quantile(values, q, counted), expected, equal_nan=True)
