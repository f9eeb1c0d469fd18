"""Given-data indices against functions whose indices are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from afternext.foresight import sensitivity
from afternext.foresight.columns import Column, columns_of
from afternext.foresight.sensitivity import (
    bin_of,
    distance,
    first_of_each,
    first_order,
    first_orders,
    indices,
    standard,
)

ISHIGAMI = (0.3139, 0.4424, 0.0)  # a = 7, b = 0.1
SOBOL_G = (0.7162, 0.1790, 0.0237, 0.0072, 0.0001, 0.0001, 0.0001, 0.0001)
A = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])


def ishigami(futures: int, seed: int = 1):
    x = (qmc.Sobol(3, seed=seed).random(futures) - 0.5) * 2 * np.pi
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return columns_of({f"x{i}": x[:, i] for i in range(3)}), y[:, None]


def sobol_g(futures: int):
    x = qmc.Sobol(8, seed=2).random(futures)
    y = np.prod((np.abs(4 * x - 2) + A) / (1 + A), axis=1)
    return columns_of({f"x{i}": x[:, i] for i in range(8)}), y[:, None]


@pytest.mark.parametrize("futures", [2048, 8192])
def test_ishigami_within_two_hundredths(futures: int) -> None:
    assert indices(*ishigami(futures)).first[:, 0] == pytest.approx(ISHIGAMI, abs=0.02)


@pytest.mark.parametrize("futures", [2048, 8192])
def test_sobol_g_within_two_hundredths(futures: int) -> None:
    assert indices(*sobol_g(futures)).first[:, 0] == pytest.approx(SOBOL_G, abs=0.02)


def test_an_input_that_acts_only_with_others_is_seen_by_the_distance() -> None:
    """x2 of Ishigami has a first-order index of zero and widens the output: PAWN sees it."""
    found = indices(*ishigami(4096))
    assert found.first[2, 0] < found.floor[0]
    assert found.pawn[2, 0] > found.pawn_floor[0]


def test_ranges_hold_the_true_index_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = rng.random((300, 2))
        y = x[:, 0] + np.sqrt(1 / 12) * rng.normal(size=300)  # the first-order index of x0 is one half
        found = indices(columns_of({"x0": x[:, 0], "x1": x[:, 1]}), y[:, None], seed=seed)
        held += found.low[0, 0] <= 0.5 <= found.high[0, 0]
    assert held >= 30


def test_idle_inputs_stay_under_the_floor() -> None:
    rng = np.random.default_rng(4)
    raised = 0
    for _ in range(20):
        columns = columns_of({f"x{i}": rng.random(400) for i in range(30)})
        found = indices(columns, rng.normal(size=(400, 1)))
        raised += (found.first[:, 0] > found.floor[0]).any()
    assert raised <= 4


@pytest.mark.parametrize("futures", [100, 200])
def test_few_bins_let_no_more_idle_inputs_through(futures: int) -> None:
    """Few bins have a skewed tail: a normal one lets some of 300 idle inputs through in 40 of 100 tries."""
    rng = np.random.default_rng(8)
    raised = told = 0
    for seed in range(3):
        columns = columns_of({f"x{i}": rng.random(futures) for i in range(300)})
        found = indices(columns, rng.normal(size=(futures, 10)), seed=seed)
        raised += int((found.first > found.floor).any(0).sum())
        told += int((found.pawn > found.pawn_floor).any(0).sum())
    assert raised <= 6
    assert told <= 9


def test_words_count_like_numbers() -> None:
    rng = np.random.default_rng(5)
    words = rng.choice(["a", "b", "c"], 3000)
    y = np.select([words == "a", words == "b"], [1.0, 0.0], -1.0) + np.sqrt(2 / 3) * rng.normal(size=3000)
    found = indices(columns_of({"word": words, "x": rng.random(3000)}), y[:, None])
    assert found.first[:, 0] == pytest.approx((0.5, 0.0), abs=0.03)


def test_futures_of_no_weight_do_not_count() -> None:
    columns, y = ishigami(4096)
    weights = np.ones(4096)
    weights[2048:] = 0
    spoilt = y.copy()
    spoilt[2048:] = np.random.default_rng(0).normal(size=(2048, 1)) * 50
    part = indices(columns_of({c.name: c.values[:2048] for c in columns}), y[:2048])
    assert indices(columns, spoilt, weights).first == pytest.approx(part.first, abs=0.02)


def test_an_output_that_does_not_vary_has_no_index() -> None:
    columns, y = ishigami(512)
    found = indices(columns, np.concatenate([y, np.ones_like(y)], axis=1))
    assert (found.first[:, 1] == 0).all()


def test_the_distance_of_a_shifted_half_is_known() -> None:
    group = np.repeat([0, 1], 500)
    ranked = (np.arange(1000)[:, None] + 1) / 1000.0
    assert distance(group, ranked, np.full(1000, 1e-3)) == pytest.approx([0.5], abs=1e-3)


def test_an_input_that_runs_along_with_a_stronger_one_does_not_borrow_its_effect() -> None:
    """A design of many inputs and few futures fills some pairs of inputs unevenly, as small Sobol sets do."""
    rng = np.random.default_rng(7)
    cause = rng.random(800)
    along = (cause + rng.normal(0, 0.1, 800)) % 1.0
    y = cause + 0.2 * rng.normal(size=800)
    found = indices(columns_of({"along": along, "cause": cause, "idle": rng.random(800)}), y[:, None])
    assert found.first[0, 0] > found.floor[0]
    assert found.alone[:, 0].tolist() == [False, True, False]


def test_two_real_inputs_both_stand_alone() -> None:
    columns, y = sobol_g(4096)
    assert indices(columns, y).alone[:3, 0].all()


@pytest.mark.parametrize("even", [True, False])
def test_indices_of_all_columns_at_once_are_those_of_each(even: bool) -> None:
    rng = np.random.default_rng(5)
    n = 400
    columns = [Column(f"x{k}", "real", rng.random(n)) for k in range(150)]
    columns += [
        Column("few", "integer", rng.integers(0, 3, n).astype(float)),
        Column("words", "category", rng.integers(0, 12, n).astype(float), tuple("abcdefghijkl")),
        Column("steps", "real", np.round(rng.random(n), 1)),
    ]
    weights = np.full(n, 1 / n) if even else rng.dirichlet(np.ones(n)) * (rng.random(n) < 0.7)
    weights = weights / weights.sum()
    y = standard((columns[3].values + 0.3 * rng.random(n) > 0.6).astype(float)[:, None], weights)
    each = [first_order(bin_of(column, 8, weights), y, weights)[0] for column in columns]
    assert np.allclose(first_orders(columns, 8, y[:, 0], weights), each, rtol=0, atol=1e-12)


def test_indices_under_several_weights_are_those_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "MOST_ENTRIES", 900)  # three inputs at a time
    rng = np.random.default_rng(6)
    n = 300
    groups = [rng.integers(0, 2 + k, n) for k in range(8)]
    outputs = np.stack([groups[0] + rng.random(n), rng.random(n), np.ones(n)], axis=1)
    half = np.where(rng.random(n) < 0.5, 1.0, 0.0)
    some = [np.full(n, 1 / n), half / half.sum()]
    found = first_of_each(groups, outputs, some)
    for turn, w in enumerate(some):
        there = w > 0
        y = standard(outputs[there], w[there])
        for k, group in enumerate(groups):
            assert np.allclose(found[turn, k], first_order(group[there], y, w[there]), rtol=0, atol=1e-12)


def test_an_output_that_does_not_vary_has_no_index_of_any_column() -> None:
    columns = [Column("x", "real", np.arange(30.0)), Column("y", "integer", np.arange(30.0) % 2)]
    assert not first_orders(columns, 4, np.zeros(30), np.full(30, 1 / 30)).any()
