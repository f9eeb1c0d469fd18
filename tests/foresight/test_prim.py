"""PRIM finds known boxes: real, whole-number and word columns, clean and with noise, with and without
weights.
"""

from __future__ import annotations

import numpy as np
import pytest

from afternext.foresight.boxes import choose, find_boxes
from afternext.foresight.columns import columns_of
from afternext.foresight.prim import Search, find_path, measure, members, quasi_p, whole

INPUTS = 20


def box_data(futures: int, noise: float, seed: int = 0):
    """The synthetic box of the peers' benchmark: x0 in [0.6, 1], x3 in [0, 0.5], x7 in [0.25, 0.75]."""
    rng = np.random.default_rng(seed)
    x = rng.random((futures, INPUTS))
    truth = (x[:, 0] >= 0.6) & (x[:, 3] <= 0.5) & (x[:, 7] >= 0.25) & (x[:, 7] <= 0.75)
    return columns_of({f"x{i}": x[:, i] for i in range(INPUTS)}), truth ^ (rng.random(futures) < noise)


@pytest.mark.parametrize(
    ("futures", "noise"),
    [
        (10_000, 0.0),
        (10_000, 0.05),
        pytest.param(100_000, 0.0, marks=pytest.mark.deep),
        pytest.param(100_000, 0.05, marks=pytest.mark.deep),
    ],
)
def test_the_limits_of_a_known_box_are_recovered(futures: int, noise: float) -> None:
    columns, cases = box_data(futures, noise)
    choice = choose(columns, cases)
    assert choice.box.restricted == (0, 3, 7)
    assert choice.box.limits[0] == pytest.approx((0.6, 1.0), abs=0.02)
    assert choice.box.limits[3] == pytest.approx((0.0, 0.5), abs=0.02)
    assert choice.box.limits[7] == pytest.approx((0.25, 0.75), abs=0.02)
    assert choice.box.f1 >= max(box.f1 for box in choice.path) - 0.02


def test_held_out_figures_are_those_of_new_futures() -> None:
    columns, cases = box_data(10_000, 0.05)
    choice = choose(columns, cases)
    fresh, fresh_cases = box_data(10_000, 0.05, seed=1)
    there = measure(
        fresh, choice.box.limits, tuple(whole(c) for c in columns), fresh_cases, np.full(10_000, 1e-4)
    )
    assert choice.density_out == pytest.approx(there.density, abs=0.05)
    assert choice.coverage_out == pytest.approx(there.coverage, abs=0.05)


def test_noise_is_not_explained() -> None:
    rng = np.random.default_rng(3)
    columns = columns_of({f"x{i}": rng.random(400) for i in range(60)})
    assert find_boxes(columns, rng.random(400) < 0.3) == []


def test_whole_numbers_are_pasted_as_reals_are() -> None:
    """EMA Workbench 3.0 skips pasting where no real column is limited; here the kind makes no difference."""
    numbers = np.random.default_rng(1).integers(0, 1000, (4000, 4))
    hole = (numbers[:, 0] > 450) & (numbers[:, 0] < 550)
    cases = (numbers[:, 0] > 300) & (numbers[:, 0] < 700) & (numbers[:, 1] > 500) & ~hole
    grown = []
    for shift in (0.0, 0.25):
        columns = columns_of({f"x{i}": numbers[:, i] + shift for i in range(4)})
        assert {column.kind for column in columns} == {"real" if shift else "integer"}
        search = Search(columns, cases)
        search.limits[:2] = [(400.0 + shift, 600.0 + shift), (600.0 + shift, columns[1].high)]
        search.member = members(columns, tuple(search.limits), search.start)
        before = search.member.copy()
        while search.paste_slice():
            pass
        assert (search.member >= before).all()
        grown.append(search.member)
        assert search.limits[0] == pytest.approx((300, 700), abs=10)
    assert (grown[0] == grown[1]).all()


def test_words_are_peeled_and_pasted() -> None:
    rng = np.random.default_rng(4)
    words = rng.choice(["east", "north", "south", "west"], 4000)
    x = rng.random(4000)
    cases = np.isin(words, ["north", "west"]) & (x > 0.5)
    columns = columns_of({"where": words, "x": x, "idle": rng.random(4000)})
    choice = choose(columns, cases)
    kept = {columns[0].words[int(code)] for code in choice.box.limits[0]}
    assert kept == {"north", "west"}
    search = Search(columns, cases)
    search.limits[0], search.limits[1] = frozenset({1.0}), (0.5, columns[1].high)
    search.member = members(columns, tuple(search.limits), search.start)
    # Half of the cases were peeled away with a word; more of them do not raise a density of 1, so add some
    # noise.
    search.y = search.y * np.where(words == "north", 0.9, 1.0)
    assert search.paste_slice()
    assert search.limits[0] == frozenset({1.0, 3.0})


def test_a_switch_is_a_condition() -> None:
    rng = np.random.default_rng(6)
    switch, x = rng.integers(0, 2, 2000), rng.random(2000)
    columns = columns_of({"switch": switch, "x": x})
    choice = choose(columns, (switch == 1) & (x < 0.4))
    assert choice.box.limits[0] == (0.5, 1.0)
    assert choice.box.coverage > 0.95


def test_equal_weights_change_nothing_and_zero_weights_leave_out() -> None:
    columns, cases = box_data(3000, 0.05)
    plain = find_path(columns, cases)
    weighted = find_path(columns, cases, np.full(3000, 2.0))
    assert [box.limits for box in plain] == [box.limits for box in weighted]
    weights = np.ones(3000)
    weights[2000:] = 0
    spoilt = cases.copy()
    spoilt[2000:] = True
    part = find_path(columns, spoilt, weights)
    best = max(part, key=lambda box: box.f1)
    assert {0, 3, 7} <= set(best.restricted)
    assert best.density > 0.8


def test_quasi_p_of_an_idle_limit_is_large_and_of_a_real_one_tiny() -> None:
    columns, cases = box_data(5000, 0.0)
    start = tuple(whole(column) for column in columns)
    limits = list(start)
    limits[0], limits[12] = (0.6, 1.0), (0.1, 1.0)
    box = measure(columns, tuple(limits), start, cases, np.full(5000, 1 / 5000))
    found = quasi_p(columns, box, cases)
    assert found[0] < 1e-20
    assert found[12] > 0.05


def test_the_order_of_futures_does_not_matter() -> None:
    columns, cases = box_data(2000, 0.05)
    order = np.random.default_rng(8).permutation(2000)
    mixed = columns_of({column.name: column.values[order] for column in columns})
    a, b = find_path(columns, cases), find_path(mixed, cases[order])
    assert [box.limits for box in a] == [box.limits for box in b]
