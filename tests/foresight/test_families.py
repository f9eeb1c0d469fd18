"""Families: known groups are found, their number by agreement, and what is one cloud is called so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import xarray as xr

from afternext.ensemble.opened import Run
from afternext.foresight.families import adjusted_rand, distinguishing, find_families, find_middles, telling
from afternext.foresight.features import of_forces_abroad, scale, table, theme_of
from afternext.foresight.information import told
from afternext.scenario import load

EVEN = np.full(600, 1 / 600)


def groups(middles: list[list[float]], each: int = 200, noise: int = 6, seed: int = 0):
    rng = np.random.default_rng(seed)
    points = np.concatenate([rng.normal(middle, 0.5, (each, len(middle))) for middle in middles])
    return np.concatenate([points, rng.normal(size=(len(points), noise)) * 0.3], axis=1)


def test_three_clear_groups_are_found_and_called_clear() -> None:
    found = find_families(groups([[0, 0], [5, 0], [0, 5]]), EVEN)
    assert found.count == 3
    assert adjusted_rand(found.labels, np.repeat([0, 1, 2], 200)) > 0.98
    assert found.gap > 0.5
    assert found.shares == pytest.approx([1 / 3] * 3, abs=0.01)


def test_one_round_cloud_is_called_blurred() -> None:
    found = find_families(np.random.default_rng(1).normal(size=(600, 8)), EVEN)
    assert found.gap < 0.4
    assert max(found.agreement.values()) < 0.8


def test_the_medoid_is_a_future_of_the_family_near_its_middle() -> None:
    points = groups([[0, 0], [6, 0]], 300)
    found = find_families(points, EVEN)
    for k, medoid in enumerate(found.medoids):
        assert found.labels[medoid] == k
        own = points[found.labels == k]
        gap = np.linalg.norm(points[medoid] - own.mean(0))
        assert gap <= np.linalg.norm(own - own.mean(0), axis=1).min() + 1e-12


def test_weights_move_shares_and_middles() -> None:
    points = groups([[0, 0], [6, 0]], 300)
    weights = np.where(np.arange(600) < 300, 3.0, 1.0)
    found = find_families(points, weights / weights.sum())
    assert found.shares == pytest.approx([0.75, 0.25], abs=0.01)
    middle = find_middles(np.array([[0.0], [1.0]]), np.array([3.0, 1.0]), 1)
    assert middle[0, 0] == pytest.approx(0.25)


def test_the_same_seed_gives_the_same_families() -> None:
    points = groups([[0, 0], [3, 0], [0, 3]])
    a, b = find_families(points, EVEN), find_families(points, EVEN)
    assert (a.labels == b.labels).all()
    assert a.medoids == b.medoids


def test_families_are_named_by_what_parts_them() -> None:
    points = groups([[0, 0], [6, 0]], 300)
    labels = np.repeat([0, 1], 300)
    apart = telling(points, labels, EVEN)
    assert apart.shape == (1, 8)
    assert apart[0, 0] > 0.99
    themes = ("people", "people", "ground", "ground", "minds", "minds", "forces", "forces")
    assert distinguishing(points, labels, themes, EVEN) == [0]


def test_information_of_groups_that_have_nothing_to_do_with_each_other_is_near_zero() -> None:
    rng = np.random.default_rng(12)
    near, deep = rng.integers(0, 4, 300), rng.integers(0, 5, 300)
    found = told(near, deep, np.full(300, 1 / 300))
    assert found.bits < 0.02
    assert found.p > 0.02


def test_information_of_a_noisy_copy_is_the_known_one() -> None:
    """A fair coin copied with one error in ten: 1 - H(0.1) = 0.531 bits."""
    rng = np.random.default_rng(3)
    near = rng.integers(0, 2, 20_000)
    deep = near ^ (rng.random(20_000) < 0.1)
    found = told(near, deep, np.full(20_000, 1 / 20_000), times=50)
    assert found.bits == pytest.approx(0.531, abs=0.01)
    assert found.p == pytest.approx(1 / 51)
    assert (found.guess, found.blind) == pytest.approx((0.9, 0.5), abs=0.01)


def test_a_guess_between_two_equal_families_is_as_good_as_a_coin() -> None:
    """Leaving out one future at a time would call each of them wrong."""
    near, deep = np.zeros(200, dtype=int), np.repeat([0, 1], 100)
    found = told(near, deep, np.full(200, 1 / 200))
    assert (found.guess, found.blind) == pytest.approx((0.5, 0.5), abs=0.06)


def test_measures_that_say_the_same_are_told_once() -> None:
    rng = np.random.default_rng(4)
    displaced = rng.lognormal(10, 1, (2, 300))
    there = {
        "displaced": displaced,
        "idps": 0.7 * displaced,
        "dead": rng.random((2, 300)),
        "places_contested": np.zeros((2, 300)),
        "raids": rng.random((2, 300)),
    }
    found = table((30, 365), np.arange(300), there, np.full(300, 1 / 300))
    assert found.names == ("displaced", "dead")
    assert found.merged == {"idps": "displaced", "places_contested": "the same in nearly all futures"}


def test_scaled_measures_have_a_middle_and_a_robust_spread() -> None:
    rng = np.random.default_rng(5)
    values = np.concatenate([rng.normal(7, 3, 990), np.full(10, 1e9)])[None, :]
    out = scale(values, np.full(1000, 1e-3))[0]
    assert np.median(out) == pytest.approx(0, abs=0.05)
    assert np.abs(out).max() <= 3


def test_every_theme_weighs_the_same() -> None:
    rng = np.random.default_rng(6)
    there = {name: rng.normal(size=(1, 400)) + 5 for name in ("displaced", "dead", "attacks", "reprisals")}
    found = table((30,), np.arange(400), there, np.full(400, 1 / 400))
    spread = dict.fromkeys(found.themes, 0.0)
    for k, theme in enumerate(found.themes):
        spread[theme] += found.scaled[0, :, k].var()
    assert spread["people"] == pytest.approx(spread["violence"], rel=0.2)


def test_what_powers_feel_and_do_has_its_themes() -> None:
    names = ("killed_isis", "autonomy_kurdistan", "salience_turkey", "in_effect_air_support", "leaders")
    assert [theme_of(name) for name in names] == ["violence", "ground", "minds", "powers", "powers"]


def test_what_is_counted_on_the_way_is_not_compared() -> None:
    assert theme_of("on_the_move") == ""
    assert theme_of("population_held_isis") == "ground"
    assert theme_of("something_new") == "other"


def test_a_power_with_the_id_of_a_force_abroad_is_compared() -> None:
    """Turkey is a force that holds no place of Iraq, and a power with an opinion."""
    scenario = load("iraq-2014")
    places = [place.id for place in scenario.places]
    holder = np.zeros((1, 1, len(places)), dtype=int)
    measures = xr.Dataset({"place_holder": (("future", "snapshot", "place"), holder)}, {"place": places})
    found = of_forces_abroad(cast(Run, SimpleNamespace(scenario=scenario, measures=measures)))
    assert {"strength_turkey", "killed_iran", "attitude_kurd_syria"} <= found
    assert not found & {"opinion_turkey", "alignment_united_states_iran", "strength_isf"}
