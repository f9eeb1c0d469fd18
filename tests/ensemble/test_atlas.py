"""Reading places in pieces gives what reading them whole gives."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.ensemble import atlas as atlases
from afternext.ensemble.quantiles import over_futures
from tests.foresight.runs import small_run


@pytest.mark.parametrize(("read", "sort"), [(16 * 2**20, 32 * 2**20), (1, 1), (4000, 9000)])
def test_small_pieces_and_large_ones_give_the_same(
    monkeypatch: pytest.MonkeyPatch, read: int, sort: int
) -> None:
    monkeypatch.setattr(atlases, "READ_BYTES", read)
    monkeypatch.setattr(atlases, "SORT_BYTES", sort)
    run = small_run()
    found = atlases.atlas(run)
    here = run.measures["place_idps"] + run.measures["place_refugees"]
    here.attrs = run.measures["place_idps"].attrs
    np.testing.assert_array_equal(found.sheltering, over_futures(here, (0.1, 0.5, 0.9)).values)
    holder = run.measures["place_holder"].values
    for side in range(len(found.sides) - 1):
        np.testing.assert_array_equal(found.held[side], (holder == side).sum(axis=0))
    assert (found.held.sum(axis=0) == found.futures).all()
    np.testing.assert_array_equal(found.contested, (run.measures["place_contested"].values >= 0).sum(axis=0))


def test_the_futures_of_a_family_are_counted_alone() -> None:
    run = small_run()
    some = [1, 4, 9]
    found = atlases.atlas(run, members=some)
    holder = run.measures["place_holder"].sel(future=some).values
    np.testing.assert_array_equal(found.held[0], (holder == 0).sum(axis=0))
    assert found.futures == 3
    whole = [atlases.atlas(run, future=k) for k in some]
    np.testing.assert_allclose(found.mean_came, np.mean([one.mean_came for one in whole], axis=0))


def test_one_place_is_the_same_alone_as_among_all() -> None:
    run = small_run()
    found, one = atlases.atlas(run), atlases.place_series(run, 2)
    np.testing.assert_array_equal(one.held, found.held[:, :, 2])
    np.testing.assert_array_equal(one.bands[3], found.sheltering[1, :, 2])
