"""Defects of FLEE that must not exist here (issue 5, item 7)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from afternext.displacement.case import Case, make_case, spawned
from afternext.displacement.flee_settings import read_settings
from afternext.displacement.model import Pull, Stage, run_model, set_stage
from afternext.errors import InvalidInput
from afternext.scenario.importers.flee_folder import read_flee
from tests.displacement.folders import LOCATIONS, ROUTES, write_folder

PULL = Pull(distance=0.5, ties=0.0, kept=0.35)
EAST, WEST = 0, 1


def case_of(folder: Path, **changes: str) -> Case:
    named = {
        name.replace("__", "/").replace("_csv_", "_csv") + ".csv": text for name, text in changes.items()
    }
    return make_case(read_flee(write_folder(folder, named)))


def last(case: Case, *, capacities: bool = False, **settings: int) -> np.ndarray:
    return run_model(set_stage(case, capacities=capacities), PULL, seed=1, luck=0, **settings)[-1]


def stage_of(case: Case) -> Stage:
    return set_stage(case, capacities=False)


def test_forced_redirection_is_obeyed_in_the_sense_of_the_manual(tmp_path: Path) -> None:
    """2 sends everybody from the first place to the second."""
    case = case_of(tmp_path, input_csv__routes=ROUTES.replace("Alpha,West,240,0", "Alpha,West,240,2"))
    assert last(case)[EAST] == 0
    assert last(case)[WEST] > 0


def test_a_forced_redirection_can_be_removed_for_a_time(tmp_path: Path) -> None:
    closure = "remove_forced_redirection,Alpha,West,0,-1\n"
    routes = ROUTES.replace("Alpha,West,240,0", "Alpha,West,240,2")
    assert last(case_of(tmp_path, input_csv__routes=routes, input_csv__closures=closure))[EAST] > 0


def test_a_closed_link_lets_nobody_through(tmp_path: Path) -> None:
    case = case_of(tmp_path, input_csv__closures="link,Town,East,0,-1\n")
    assert last(case)[EAST] == 0


def test_a_closed_link_opens_again_on_its_day(tmp_path: Path) -> None:
    case = case_of(tmp_path, input_csv__closures="link,Town,East,0,20\n")
    found = run_model(stage_of(case), PULL, seed=1, luck=0)
    assert found[20, EAST] == 0
    assert found[-1, EAST] > 0


@pytest.mark.parametrize(
    "closure", ["country,Homeland,Abroad,0,-1", "location,East,,0,-1", "camp,East,,0,-1"]
)
def test_closed_borders_places_and_camps_take_nobody_in(tmp_path: Path, closure: str) -> None:
    case = case_of(tmp_path, input_csv__closures=closure + "\n")
    assert last(case)[EAST] == 0


@pytest.mark.parametrize(
    "closure", ["country,Homeland,Abroad,20,-1", "camp,East,,20,-1", "link,Town,East,20,-1"]
)
def test_nobody_follows_those_observed_to_a_camp_that_is_closed_by_then(tmp_path: Path, closure: str) -> None:
    case = case_of(tmp_path, input_csv__closures=closure + "\n")
    found = run_model(stage_of(case), PULL, seed=1, luck=0, observed_until=15)
    assert found[15, EAST] > 0
    assert found[-1, EAST] == found[22, EAST]  # who was under way has come by then


def test_those_who_follow_to_a_full_camp_go_on_to_another(tmp_path: Path) -> None:
    case = case_of(tmp_path, input_csv__locations=LOCATIONS.replace("camp,,4000", "camp,,1500"))
    found = run_model(set_stage(case, capacities=True), PULL, seed=1, luck=0, observed_until=15)
    assert found[15, EAST] >= 1500
    assert found[-1, EAST] == found[15, EAST]
    assert found[-1].sum() > 0.9 * case.data[-1].sum()


def test_nobody_goes_farther_in_a_day_than_people_can(tmp_path: Path) -> None:
    """Two roads of 490 km together take two days; FLEE crosses both in one."""
    routes = "Alpha,Town,245,0\nTown,East,245,0\n"
    case = case_of(tmp_path, input_csv__routes=routes)
    found = run_model(stage_of(case), PULL, seed=1, luck=0)
    first = int(np.flatnonzero(spawned(case.data))[0])
    speed = stage_of(case).parameters.road_speed
    arrived = int(np.flatnonzero(found[:, EAST])[0])
    assert (arrived - first) * speed >= 490


def test_a_capacity_of_nothing_is_no_room_and_an_empty_cell_no_limit(tmp_path: Path) -> None:
    none = case_of(tmp_path / "none", input_csv__locations=LOCATIONS.replace("camp,,4000", "camp,,0"))
    unknown = case_of(tmp_path / "unknown", input_csv__locations=LOCATIONS.replace("camp,,4000", "camp,,"))
    assert last(none, capacities=True)[EAST] == 0
    assert last(unknown, capacities=True)[EAST] > 0
    assert last(none, capacities=False)[EAST] > 0


def test_a_camp_full_of_the_people_of_day_0_stays_full(tmp_path: Path) -> None:
    case = case_of(tmp_path, source_data__east="2020-01-01,4000\n2020-02-09,4000\n")
    assert last(case, capacities=True)[EAST] == 4000


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("input_csv/sim_period.csv", "StartDate,2020-01-01\nLenght,40\n", "did you mean Length?"),
        ("input_csv/closures.csv", "lnik,Town,East,0,5\n", "did you mean link?"),
        ("input_csv/locations.csv", LOCATIONS.replace(",town,", ",twon,"), "did you mean town?"),
    ],
)
def test_unknown_keys_are_refused_with_the_nearest_one(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=r"^input_csv/") as error:
        read_flee(write_folder(tmp_path, {name: text}))
    assert said in str(error.value)


def test_an_unknown_key_of_the_rules_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"simsetting.yml": "move_rules:\n  max_move_sped: 300\n"})
    with pytest.raises(InvalidInput, match=r"simsetting\.yml:2:\d+: max_move_sped: unknown key"):
        read_settings(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("move_rules:\n  max_move_speed: 0\n", "2:19: max_move_speed: 0 is out of range"),
        ("move_rules:\n  camp_movechance: 7\n", "2:20: camp_movechance: 7 is out of range"),
        ("spawn_rules:\n  conflict_spawn_decay: [a]\n", "2:26: conflict_spawn_decay: a is no number"),
        (
            "spawn_rules:\n  conflict_spawn_decay_interval: x\n",
            "conflict_spawn_decay_interval: x is no number",
        ),
        ("move_rules: 3\n", "1:13: move_rules: the section holds no keys"),
        ("- a\n", "1:1: the file holds no sections"),
    ],
)
def test_a_rule_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=r"simsetting\.yml") as error:
        read_settings(write_folder(tmp_path, {"simsetting.yml": text}))
    assert said in str(error.value)


def test_a_fatal_error_exits_with_a_code_of_its_own(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"input_csv/routes.csv": "Alpha,Nowhere,10,0\n"})
    done = subprocess.run(
        [sys.executable, "-m", "afternext.cli.main", "displacement", str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 3
    assert "input_csv/routes.csv:1: name: no place is called Nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_change_of_intensity_inside_an_active_zone_counts(tmp_path: Path) -> None:
    rows = "".join(f"{day},{1.0 if day < 20 else 0.2},0.5\n" for day in range(40))
    case = case_of(tmp_path, input_csv__conflicts="#Day,Alpha,Town\n" + rows)
    sources = stage_of(case).sources
    assert sources[30, 1] > 2 * sources[10, 1]


def test_people_are_conserved(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    arrivals = np.zeros(40, dtype=np.int64)
    arrivals[1:20] = 1000
    found = run_model(stage_of(case), PULL, seed=1, luck=0, arrivals=arrivals)[-1].sum()
    assert 0.999 * arrivals.sum() <= found <= arrivals.sum()  # 1 in 10,000 dies on the road


def test_people_without_a_way_out_wait_and_are_not_lost(tmp_path: Path) -> None:
    case = case_of(tmp_path, input_csv__closures="country,Homeland,Abroad,0,20\n")
    arrivals = np.zeros(40, dtype=np.int64)
    arrivals[1:10] = 1000
    found = run_model(stage_of(case), PULL, seed=1, luck=0, arrivals=arrivals)
    assert found[20].sum() == 0
    assert found[-1].sum() >= 0.999 * 9000


def test_the_same_seed_gives_the_same_people_and_another_does_not(tmp_path: Path) -> None:
    case = case_of(tmp_path)
    one, same, other = (run_model(stage_of(case), PULL, seed=1, luck=k) for k in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_cost_does_not_grow_with_people(tmp_path: Path) -> None:
    """Flows are draws between counts: a thousand times the people take no more moves."""
    case = case_of(tmp_path)
    stage, small = stage_of(case), np.where(np.arange(40) > 0, 100, 0)
    few, many = (run_model(stage, PULL, seed=1, luck=0, arrivals=small * k)[-1].sum() for k in (1, 1000))
    assert many == pytest.approx(1000 * few, rel=0.01)
