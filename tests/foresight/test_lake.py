"""The shallow lake of the benchmarks: its critical amount, and objectives that can be worked out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from afternext.foresight.columns import columns_of
from afternext.foresight.prim import find_path
from benchmarks.lake import BENEFIT, SAMPLES, YEARS, critical, lake


def future(b: float = 0.42, q: float = 2.0, mean: float = 0.02, stdev: float = 0.0, delta: float = 0.98):
    given = {"b": b, "q": q, "mean": mean, "stdev": stdev, "delta": delta}
    return {name: np.array([value]) for name, value in given.items()}


def test_the_critical_amount_is_the_root_known_in_closed_form_for_q_of_two() -> None:
    # x^2 / (1 + x^2) = b x is b x^2 - x + b = 0; at b = 0.42 the lake cannot come back.
    b = np.array([0.2, 0.3, 0.42])
    closed = (1 - np.sqrt(1 - 4 * b * b)) / (2 * b)
    assert critical(b, np.full(3, 2.0)) == pytest.approx(closed, abs=1e-12)
    assert closed[2] == pytest.approx(0.5445, abs=1e-4)


def test_the_critical_amount_is_that_of_root_finding_for_any_exponent() -> None:
    rng = np.random.default_rng(0)
    b, q = rng.uniform(0.1, 0.45, 50), rng.uniform(2.0, 4.5, 50)
    found = [
        brentq(lambda x, b=b, q=q: x**q / (1 + x**q) - b * x, 0.01, 1.5) for b, q in zip(b, q, strict=True)
    ]
    assert critical(b, q) == pytest.approx(found, abs=1e-10)


def test_a_clean_lake_without_release_settles_where_inflow_balances_loss() -> None:
    found = lake(future(), np.zeros(YEARS))
    rest = brentq(lambda x: x * x / (1 + x * x) + 0.02 - 0.42 * x, 0.0, 0.3)
    assert found["max_p"][0] == pytest.approx(rest, abs=1e-9)
    assert found["reliability"][0] == 1.0
    assert found["utility"][0] == 0.0
    assert found["inertia"][0] == 0.0


def test_utility_is_a_discounted_sum_and_inertia_the_share_of_abrupt_changes() -> None:
    steady = lake(future(), np.full(YEARS, 0.03))
    assert steady["utility"][0] == pytest.approx(BENEFIT * 0.03 * (1 - 0.98**YEARS) / (1 - 0.98))
    saw = np.where(np.arange(YEARS) % 2 == 0, 0.0, 0.05)
    assert lake(future(), saw)["inertia"][0] == 1.0
    once = np.where(np.arange(YEARS) < 10, 0.05, 0.0)
    assert lake(future(), once)["inertia"][0] == pytest.approx(1 / (YEARS - 1))


def test_a_lake_that_takes_in_more_than_it_can_lose_turns_in_the_year_worked_out_by_hand() -> None:
    # Without spread every year is x -> 0.58 x + x^2 / (1 + x^2) + 0.12; the first years by hand.
    years = [0.0, 0.12]
    for _ in range(2, YEARS):
        x = years[-1]
        years.append(0.58 * x + x * x / (1 + x * x) + 0.12)
    assert years[2] == pytest.approx(0.2038, abs=1e-4)
    clean = sum(x < 0.54454 for x in years)
    found = lake(future(), np.full(YEARS, 0.1))
    assert 1 < clean < 12
    assert found["reliability"][0] == pytest.approx(clean / YEARS)
    assert found["max_p"][0] == pytest.approx(max(years), rel=1e-12)


def test_inflows_have_the_mean_and_spread_that_are_asked_for() -> None:
    # With b = 1 and no return from the bed (x^q is nothing at q = 60) the lake of a year is its inflow.
    table = future(b=0.45, q=60.0, mean=0.03, stdev=0.004)
    short = lake(table, np.zeros(2))
    assert short["max_p"][0] == pytest.approx(0.03, abs=4 * 0.004 / np.sqrt(SAMPLES))


def test_prim_finds_that_lakes_fail_which_lose_little_and_take_in_much() -> None:
    rng = np.random.default_rng(1)
    ranges = {"b": (0.1, 0.45), "q": (2.0, 4.5), "mean": (0.01, 0.05), "stdev": (0.001, 0.005),
              "delta": (0.93, 0.99)}  # fmt: skip
    table = {name: rng.uniform(*range_, 120) for name, range_ in ranges.items()}
    fails = lake(table, np.full(YEARS, 0.03))["reliability"] < 0.95
    columns = columns_of(table)
    path = find_path(columns, fails, peel=0.1, least=0.2)
    limited = {columns[k].name: path[-1].limits[k] for k in path[-1].restricted}
    assert 0.2 < fails.mean() < 0.8
    assert path[-1].density > 0.95
    assert limited["b"][1] < 0.35
    assert "delta" not in limited
