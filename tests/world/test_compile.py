"""From a scenario to a world: columns of the experiments, overrides, and the days that are kept."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from afternext.errors import UsageError
from afternext.scenario import load
from afternext.world import compile_scenario, known_parameters, read_parameters
from afternext.world.future import World
from tests.world.toy import FORCES, alike, draw_rows, incident, line, middle_row, play, stop, toy

RANGED = {
    "communities": {
        "valley": {"name": "Valley", "size": {"triangular": [0.8, 1, 1.2]}},
        "hill": {"name": "Hill"},
    },
    "forces": {
        "army": {**FORCES["army"], "present": {"uniform": [0.3, 0.9]}, "strength": {"range": [4_000, 6_000]}},
        "rebels": {
            **FORCES["rebels"],
            "treats": {"valley": {"options": ["spared", "marked"]}},
            "cohesion": {"uncertain": "nerve"},
            "admits": {"valley": {"uncertain": "nerve", "times": 0.5}},
        },
    },
    "uncertainties": {
        "nerve": {"value": {"range": [0.2, 1.0]}, "unit": "share", "meaning": "nerve of the rebels"}
    },
    "displaced": [
        {
            "place": "port",
            "origin": "ford",
            "community": "valley",
            "persons": {"uniform": [100, 900]},
            "since": date(2019, 9, 1),
        }
    ],
    "incidents": [incident("fighting", "ford", intensity={"uniform": [0.2, 0.8]})],
}


def columns(world: World) -> dict:
    return {experiment.name: experiment for experiment in world.experiments}


@pytest.fixture(scope="module")
def ranged() -> World:
    return compile_scenario(toy(**RANGED), days=10)


def test_every_uncertain_value_is_one_column(ranged: World) -> None:
    found = set(columns(ranged)) - set(read_parameters())
    assert found == {
        "communities.valley.size",
        "forces.army.present",
        "forces.army.strength",
        "forces.rebels.treats.valley",
        "nerve",
        "displaced.ford.port.valley.2019-09-01",
        "incidents.0.intensity",
    }
    assert len(ranged.experiments) == len(columns(ranged))


def test_a_named_uncertainty_is_one_column_for_all_who_share_it(ranged: World) -> None:
    row = middle_row(ranged)
    nerve = next(k for k, e in enumerate(ranged.experiments) if e.name == "nerve")
    row[nerve] = 0.6
    assert ranged.blueprint.cohesion[1](row) == pytest.approx(0.6)
    assert ranged.blueprint.admits[1][0](row) == pytest.approx(0.3)


def test_deep_uncertainties_say_so_and_words_become_categories(ranged: World) -> None:
    found = columns(ranged)
    assert found["nerve"].deep
    assert found["forces.army.strength"].deep
    assert not found["forces.army.present"].deep
    treats = found["forces.rebels.treats.valley"]
    assert treats.deep
    assert treats.categories == ("spared", "marked")
    assert {float(treats.value.quantile(u)) for u in (0.1, 0.9)} == {0.0, 1.0}


@pytest.mark.parametrize("name", ["two-towns", "iraq-2014", "iraq-2014-06-05", "mali-2012"])
def test_every_column_of_a_shipped_scenario_has_unit_meaning_and_source(name: str) -> None:
    world = compile_scenario(load(name, known_parameters=known_parameters()), days=30)
    for experiment in world.experiments:
        assert experiment.unit, experiment.name
        assert experiment.meaning, experiment.name
        assert experiment.source, experiment.name
    assert len(columns(world)) == len(world.experiments)
    rows = draw_rows(world, 8)
    assert np.isfinite(rows).all()


def test_parameters_with_an_open_tail_are_cut_where_no_belief_reaches() -> None:
    found = columns(compile_scenario(toy(), days=10))
    for row in read_parameters().values():
        if row.name in found:
            low, high = found[row.name].value.bounds
            assert np.isfinite([low, high]).all(), row.name


# Overrides


@pytest.mark.parametrize(
    "name", ["leave_days", "nerve", "forces.army.present", "displaced.ford.port.valley.2019-09-01"]
)
def test_an_override_fixes_a_column_by_its_name(name: str) -> None:
    world = compile_scenario(toy(**RANGED), days=10, overrides={name: 0.75})
    assert name not in columns(world)
    free = compile_scenario(toy(**RANGED), days=10)
    assert len(world.experiments) == len(free.experiments) - 1


def test_an_override_acts_as_the_value_would_in_the_scenario() -> None:
    fixed = toy(
        parameters={"leave_days": {"value": 4.0, "why": "a test"}}, incidents=[incident("capture", "ford")]
    )
    other = toy(incidents=[incident("capture", "ford")])
    assert alike(play(fixed, 20), play(other, 20, leave_days=4.0))
    assert not alike(play(fixed, 20), play(other, 20, leave_days=1.0))


def test_a_certain_value_may_be_overridden_too() -> None:
    a = play(toy(), 5, **{"forces.army.present": 0.5}).arrays
    assert a["nominal_army"][0] == 5_500
    assert a["strength_army"][0] == 2_750
    with pytest.raises(UsageError, match="marked"):
        compile_scenario(toy(), days=5, overrides={"forces.rebels.treats.valley": "evil"})
    assert compile_scenario(toy(), days=5, overrides={"forces.rebels.treats.valley": "marked"})


def test_an_unknown_override_names_the_nearest_valid_one() -> None:
    with pytest.raises(UsageError, match="did you mean leave_days") as caught:
        compile_scenario(toy(), days=10, overrides={"leave_day": 2.0})
    assert caught.value.exit_code == 2
    with pytest.raises(UsageError, match="no such parameter"):
        compile_scenario(toy(), days=10, overrides={"qqqq": 2.0})


@pytest.mark.parametrize("value", ["many", float("nan"), float("inf"), ""])
def test_an_override_must_be_a_finite_number(value: object) -> None:
    with pytest.raises(UsageError, match="number"):
        compile_scenario(toy(), days=10, overrides={"leave_days": value})


# What varies


def test_a_disputed_population_is_a_column() -> None:
    crisis = line(stop("ford", 100_000, low=80_000, high=150_000), stop("mill", 5_000))
    world = compile_scenario(crisis, days=5)
    assert "places.ford.population" in columns(world)
    rows = draw_rows(world, 16)
    people = [world.simulate(row, 1, 1).arrays["residents"][0] for row in rows]
    assert 85_000 <= min(people) < max(people) <= 155_000
    assert "places.mill.population" not in columns(world)


def test_garrisons_with_a_range_move_together() -> None:
    presence = [
        {"place": name, "force": "army", "strength": 1_000, "low": 500, "high": 2_000}
        for name in ("ford", "mill", "port")
    ]
    world = compile_scenario(toy(presence=presence), days=5)
    assert "forces.army.garrisons" in columns(world)
    where = list(columns(world)).index("forces.army.garrisons")
    row = middle_row(world)
    strength = []
    for u in (0.0, 0.3, 1.0):
        row[where] = u
        strength.append(int(world.simulate(row, 1, 1).arrays["strength_army"][0]))
    assert strength[0] == 1_500
    assert strength[-1] == 6_000
    assert strength[0] < strength[1] < strength[2]


def test_a_total_strength_scales_the_garrisons_to_itself() -> None:
    a = play(toy(forces={**FORCES, "army": {**FORCES["army"], "strength": 11_000}}), 3).arrays
    assert a["strength_army"][0] == 11_000


def test_the_size_of_a_community_changes_its_share_and_not_the_place() -> None:
    double = {"valley": {"name": "Valley", "size": 2.0}, "hill": {"name": "Hill"}}
    world = compile_scenario(toy(communities=double), days=5)
    a = world.simulate(middle_row(world), 1, 1).arrays
    assert a["residents"][0] == 680_000


# Time


def test_dates_are_daily_then_weekly_then_monthly() -> None:
    dates = compile_scenario(toy(), days=1_000).coords["date"]
    assert dates[:181].tolist() == list(range(181))
    assert set(range(180, 366, 7)) <= set(dates)
    months = dates[dates > 365]
    assert set(np.diff(months)) <= {30, 31, months[-1] - months[-2]}
    assert dates[-1] == 1_000
    assert len(dates) < 181 + 27 + 21 + 5


def test_every_axis_of_time_ends_with_the_run_and_horizons_are_on_all() -> None:
    for days in (1, 5, 30, 200, 400, 3_653):
        coords = compile_scenario(toy(), days=days).coords
        for axis in ("date", "snapshot", "horizon"):
            assert coords[axis][-1] == days
            assert set(coords["horizon"]) <= set(coords[axis])
            assert (np.diff(coords[axis]) > 0).all()
        assert set(coords["horizon"]) == {h for h in (30, 183, 365, 1_096, 3_652) if h < days} | {days}


def test_a_scenario_may_ask_for_another_grid() -> None:
    crisis = toy(grid={"daily_until": 10, "weekly_until": 40}, horizons=(20,))
    dates = compile_scenario(crisis, days=100).coords["date"]
    assert set(dates) == {*range(11), 17, 20, 24, 31, 38, 61, 91, 100}


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    crisis = toy(incidents=[incident("capture", "ford")])
    short, long = play(crisis, 40, calm=False), play(crisis, 400, calm=False)
    for name in ("displaced", "dead", "danger", "strength_army"):
        assert np.array_equal(short.arrays[name], long.arrays[name][:41]), name


@pytest.mark.parametrize("days", [0, -3, 36_601])
def test_a_run_lasts_from_a_day_to_a_hundred_years(days: int) -> None:
    with pytest.raises(UsageError, match="100 years"):
        compile_scenario(toy(), days=days)


@pytest.mark.parametrize("dt", [2.0, 0.3, -1.0])
def test_a_step_divides_a_day(dt: float) -> None:
    with pytest.raises(UsageError, match="dt"):
        compile_scenario(toy(), days=10, dt=dt)
