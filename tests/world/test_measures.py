"""Measures: stocks, counts of moves and shares say the same thing whichever way they are added up."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world import compile_scenario
from afternext.world.future import Outcome, World
from afternext.world.measures_regions import region_ids
from tests.world.toy import incident, middle_row, toy, treating

DAYS = 91


@pytest.fixture(scope="module")
def world() -> World:
    state = {"name": "State", "kind": "state", "admits": {"valley": 0.4, "hill": 0.4}}
    names = ("ford", "mill", "port", "fort", "gate", "tents")
    crisis = toy(
        forces={**treating("army", hill="persecuted"), "state": state},
        holders=[
            {"place": n, "holder": {"fort": "rebels", "tents": "state", "gate": "nobody"}.get(n, "army")}
            for n in names
        ],
        displaced=[
            {
                "place": "port",
                "origin": "ford",
                "community": "valley",
                "persons": 4_000,
                "since": "2019-12-30",
            },
            {
                "place": "tents",
                "origin": "port",
                "community": "hill",
                "persons": 9_000,
                "since": "2019-06-01",
            },
            {
                "place": "tents",
                "origin": "mill",
                "community": "valley",
                "persons": 5_000,
                "since": "2016-06-01",
            },
        ],
        incidents=[
            incident("fighting", "ford", days=30, intensity=0.9),
            incident("announcement", "port", day=20, days=3),
            incident("capture", "mill", day=25),
            incident("announcement", "fort", day=10, by="army"),  # the hill people there have no way out
        ],
    )
    return compile_scenario(crisis, days=DAYS)


@pytest.fixture(scope="module")
def outcome(world: World) -> Outcome:
    outcome = world.simulate(middle_row(world), 1, 2)
    for name in ("newly_displaced", "secondary", "returned", "trapped", "caught", "refugees_abroad", "dead"):
        assert outcome.arrays[name].max() > 0, f"{name}: the fixture no longer shows it"
    return outcome


def test_every_measure_has_unit_meaning_shape_and_type(world: World, outcome: Outcome) -> None:
    assert [m.name for m in world.measures] == list(outcome.arrays)
    for measure in world.measures:
        assert measure.unit
        assert measure.meaning
        values = outcome.arrays[measure.name]
        assert values.shape == tuple(len(world.coords[axis]) for axis in measure.dims), measure.name
        assert values.dtype == np.dtype(measure.dtype), measure.name


def test_the_displaced_are_in_the_country_abroad_or_on_the_road(outcome: Outcome) -> None:
    a = outcome.arrays
    assert np.array_equal(a["displaced"], a["idps"] + a["refugees_abroad"] + a["on_the_move"])
    assert np.array_equal(a["displaced"], a["displaced_valley"] + a["displaced_hill"])
    assert (a["caught"] <= a["idps"] + a["refugees_abroad"]).all()
    assert (a["trapped"] <= a["residents"]).all()


def test_places_add_up_to_the_whole(world: World, outcome: Outcome) -> None:
    a = outcome.arrays
    on = np.searchsorted(world.coords["date"], world.coords["snapshot"])
    for whole, part in (
        ("residents", "place_residents"),
        ("idps", "place_idps"),
        ("refugees_abroad", "place_refugees"),
        ("newly_displaced", "place_newly_displaced"),
        ("returned", "place_returned"),
        ("secondary", "place_secondary"),
        ("trapped", "place_trapped"),
    ):
        assert np.array_equal(a[whole][on], a[part].sum(axis=1)), whole
    assert np.array_equal((a["displaced"] - a["on_the_move"])[on], a["place_displaced_from"].sum(axis=1))


def test_regions_add_up_to_the_whole(world: World, outcome: Outcome) -> None:
    a = outcome.arrays
    regions = ("north", "south", "abroad")
    assert list(world.coords["origin"]) == list(regions)
    for whole, part in (("idps", "idps_in"), ("refugees_abroad", "refugees_in"), ("returned", "returned_to")):
        assert np.array_equal(a[whole], sum(a[f"{part}_{region}"] for region in regions)), whole
    away = sum(a[f"displaced_from_{region}"] for region in regions)
    assert np.array_equal(a["displaced"] - a["on_the_move"], away)
    assert a["refugees_in_abroad"].max() > 0
    assert a["idps_in_abroad"].max() == 0


def test_who_shelters_in_camps_is_who_is_at_them(world: World, outcome: Outcome) -> None:
    a = outcome.arrays
    on = np.searchsorted(world.coords["date"], world.coords["snapshot"])
    tents = list(world.coords["place"]).index("tents")
    there = (a["place_idps"] + a["place_refugees"])[:, tents]
    assert there.max() > 0
    assert np.array_equal(a["displaced_in_camps"][on], there)


def test_regions_of_like_names_have_measures_of_their_own() -> None:
    assert region_ids(["Salah al-Din", "Salah al Din", "", "Ḩimş"]) == [
        "salah_al_din",
        "salah_al_din_no_2",
        "nowhere",
        "hims",
    ]


def test_tables_of_the_horizons_add_up_to_the_snapshot(world: World, outcome: Outcome) -> None:
    a = outcome.arrays
    settled = a["displaced"][-1] - a["on_the_move"][-1]
    assert world.coords["horizon"][-1] == DAYS
    for table in ("origin_displaced", "refuge_displaced", "flow_displaced"):
        assert a[table][-1].sum() == settled, table
    assert np.array_equal(a["origin_displaced"][-1].sum(axis=1), a["place_displaced_from"][-1])
    assert np.array_equal(a["refuge_displaced"][-1].sum(axis=1), (a["place_idps"] + a["place_refugees"])[-1])


def test_every_place_is_held_by_one_force_or_nobody(world: World, outcome: Outcome) -> None:
    a = outcome.arrays
    forces = ("army", "rebels", "state")
    assert (
        sum(a[f"places_held_{f}"] for f in forces) + a["places_held_nobody"] == len(world.coords["place"])
    ).all()
    on = np.searchsorted(world.coords["date"], world.coords["snapshot"])
    for number, f in enumerate(forces):
        held = a["place_holder"] == number
        assert np.array_equal(held.sum(axis=1), a[f"places_held_{f}"][on])
        assert np.array_equal((a["place_residents"] * held).sum(axis=1), a[f"population_held_{f}"][on])
    assert np.array_equal((a["place_contested"] >= 0).sum(axis=1), a["places_contested"][on])


def test_counts_of_moves_start_at_nothing_and_never_fall(outcome: Outcome) -> None:
    for name in ("newly_displaced", "secondary", "returned", "dead"):
        values = outcome.arrays[name]
        assert values[0] == 0
        assert (np.diff(values) >= 0).all()
    for name in ("place_newly_displaced", "place_returned", "place_arrived", "place_secondary"):
        assert (np.diff(outcome.arrays[name], axis=0) >= 0).all()


def test_day_zero_is_the_scenario_as_written(outcome: Outcome) -> None:
    a = outcome.arrays
    assert a["residents"][0] == 680_000 - 18_000
    assert a["displaced"][0] == 13_000  # those displaced for more than a year are the older caseload
    assert a["settled_for_good"][0] == 5_000
    assert a["idps"][0] == 4_000
    assert a["refugees_abroad"][0] == 9_000
    assert a["strength_army"][0] == 5_500


def test_first_moves_within_reach_are_a_share_of_first_moves(outcome: Outcome) -> None:
    near = outcome.arrays["displaced_near"]
    assert (near[outcome.arrays["newly_displaced"] == 0] == 0).all()
    assert 0.0 < near[-1] < 1.0
