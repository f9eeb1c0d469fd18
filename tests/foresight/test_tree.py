"""The tree of a run: shares add up, flows leave nobody behind, weights count."""

from __future__ import annotations

import json

import numpy as np
import pytest

from afternext.errors import UsageError
from afternext.foresight.features import features
from afternext.foresight.tree import grow
from tests.foresight.runs import FUTURES, small_run


@pytest.fixture(scope="module")
def tree():
    return grow(small_run())


def test_shares_of_families_add_up_to_all_futures(tree) -> None:
    for level in tree.levels:
        assert sum(family.share for family in level.families) == pytest.approx(1)
        for family in level.families:
            assert family.low <= family.share + 0.1
            assert family.high >= family.share - 0.1


def test_flows_leave_no_future_behind(tree) -> None:
    assert tree.links
    for link in tree.links:
        assert sum(flow.share for flow in link.flows) == pytest.approx(1)
        for source in {flow.source for flow in link.flows}:
            assert sum(flow.of_source for flow in link.flows if flow.source == source) == pytest.approx(1)


def test_the_table_has_a_row_a_flow_between_successive_horizons(tree) -> None:
    table = tree.to_frame()
    flows = sum(len(link.flows) for link in tree.links[: len(tree.levels) - 1])
    assert len(table) == flows
    assert set(table["from_name"]) <= {family.name for level in tree.levels for family in level.families}


def test_a_typical_future_is_of_its_family(tree) -> None:
    for level in tree.levels:
        for k, family in enumerate(level.families):
            row = int(np.flatnonzero(tree.features.futures == family.medoid)[0])
            assert level.found.labels[row] == k


def test_families_of_a_horizon_have_different_names(tree) -> None:
    for level in tree.levels:
        names = [family.name for family in level.families]
        assert len(set(names)) == len(names)


def test_it_is_the_same_every_time_and_says_share_of_futures(tree) -> None:
    text = json.dumps(tree.to_dict())
    assert text == json.dumps(grow(small_run()).to_dict())
    assert "share_of_futures" in text
    assert "probab" not in text.lower()


def test_weights_of_futures_count() -> None:
    weights = np.ones(FUTURES)
    weights[: FUTURES // 4] = 0.0
    found = grow(small_run(), weights, signposts=False)
    for level in found.levels:
        for k, family in enumerate(level.families):
            own = level.found.labels == k
            assert family.share == pytest.approx(weights[own].sum() / weights.sum())
    assert found.effective == pytest.approx(0.75 * FUTURES)


@pytest.mark.parametrize("weights", [np.ones(3), -np.ones(FUTURES), np.zeros(FUTURES)])
def test_weights_that_are_none_are_refused(weights) -> None:
    with pytest.raises(UsageError, match="weight"):
        features(small_run(), weights)


def test_a_horizon_beyond_the_run_is_refused() -> None:
    with pytest.raises(UsageError, match="outside this run"):
        grow(small_run(), days=(30, 4000))
