"""The whole strategic layer in a future: what it changes, what it leaves alone, when help comes."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world import compile_scenario
from afternext.world.events import DECIDED, DELIVERED, sentence
from tests.world.processes.chamber import BAND, crisis, strikes, troops
from tests.world.toy import alike, middle_row, play, toy

WAR = {"calm": False, "attack_insurgent": 0.3, "attack_regular": 0.2}
EAGER = {"stake": 0.01, "choice_sharpness": 15.0}
HELP = {"by": "patron", "move": "strikes", "day": 0, "scale": 1.0}


def plain():
    """Return the crisis without anything that powers may do, and without a polity."""
    return crisis(moves={}, polity=None)


def test_a_scenario_without_moves_and_polity_has_no_strategic_layer() -> None:
    outcome = play(plain(), 120, **WAR)
    assert not any(name.startswith(("decisions", "fragmentation")) for name in outcome.arrays)
    assert (outcome.events["kind"] < DECIDED).all()


def test_switched_off_it_leaves_the_war_number_for_number_as_it_was() -> None:
    off = play(crisis(), 200, chancellery=0.0, **WAR)
    without = play(plain(), 200, **WAR)
    for name, values in without.arrays.items():
        assert np.array_equal(off.arrays[name], values), name
    assert np.array_equal(off.events, without.events)


def test_powers_decide_and_what_they_decide_takes_effect() -> None:
    outcome = play(crisis(), 200, **WAR, **EAGER)
    kinds = outcome.events["kind"].tolist()
    assert DECIDED in kinds
    assert DELIVERED in kinds
    assert outcome.arrays["decisions"][-1] >= 1
    assert outcome.arrays["in_effect_strikes"].max() > 0.0


def test_who_backs_the_government_is_told_from_the_freeze_on() -> None:
    told = play(crisis(), 30, **WAR).arrays["coalition"]
    assert told[0] == told[1] == 1.0, "all seats are the government's"


def test_a_plan_that_changes_nothing_changes_no_row() -> None:
    barred = crisis(bar=("strikes",))
    idle = crisis(bar=("strikes",), plan=({**HELP, "scale": 0.0},))
    assert alike(play(barred, 200, **WAR), play(idle, 200, **WAR))


def test_help_moves_what_it_is_meant_to_move() -> None:
    plan = {**HELP, "delay": 0, "until": 400}
    none = play(crisis(bar=("strikes",)), 300, **WAR)
    helped = play(crisis(bar=("strikes",), plan=(plan,)), 300, **WAR)
    assert none.arrays["in_effect_strikes"].max() == 0.0
    assert helped.arrays["in_effect_strikes"][1:].min() == 1.0, "beyond its usual 180 days"
    assert helped.arrays["population_held_rebels"].mean() <= none.arrays["population_held_rebels"].mean()


@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_delay_scale_moves_the_date_alone(scale: float) -> None:
    moves = {"strikes": strikes(ready_days=20, collection_days=60)}
    outcome = play(crisis(moves=moves, plan=(HELP,)), 120, delay_scale=scale, **WAR)
    first = outcome.events[outcome.events["kind"] == DELIVERED][0]
    if scale == 0.0:
        assert first["persons"] == 0
        assert first["day"] == 1.0
    else:
        assert first["persons"] >= 20


def test_troops_are_conserved_in_a_whole_future() -> None:
    moves = {"strikes": troops(days=60)}
    outcome = play(
        crisis(moves=moves, plan=({**HELP, "delay": 3, "until": 80},), bar=("strikes",)), 200, **WAR
    )
    foreign = outcome.arrays["foreign_fighters"]
    assert foreign.max() == 700
    assert foreign[-1] < 700


def test_the_result_does_not_depend_on_the_length_of_a_step() -> None:
    plan = {**HELP, "delay": 5}
    found = [play(crisis(plan=(plan,)), 60, dt=dt, chancellery=1.0) for dt in (1.0, 0.5)]
    days = [outcome.events[outcome.events["kind"] == DELIVERED]["day"][0] for outcome in found]
    assert abs(days[0] - days[1]) <= 1.0


def test_every_event_of_powers_has_its_sentence() -> None:
    scenario = crisis(moves={"strikes": strikes(consent=True), "troops": troops()})
    outcome = play(scenario, 300, **WAR, **EAGER)
    names = [
        [item.name for item in part.values()] for part in (scenario.forces, scenario.powers, scenario.moves)
    ]
    places = [place.name for place in scenario.places]
    told = [sentence(event, places, *names) for event in outcome.events if event["kind"] >= DECIDED]
    assert told
    assert all("nobody" not in text and "{" not in text for text in told)
    assert any("Air support" in text for text in told)


def test_facts_of_one_future_are_not_those_of_the_next() -> None:
    world = compile_scenario(crisis(), days=150, overrides={"initiative": 1.0, **EAGER})
    row = middle_row(world)
    assert alike(world.simulate(row, 1, 1), world.simulate(row, 1, 1))


def test_the_rebels_of_the_toy_answer_to_their_band() -> None:
    world = compile_scenario(crisis(), days=10)
    assert world.blueprint.cabinet.commands.tolist() == [0, BAND]
    assert not compile_scenario(toy(), days=10).blueprint.cabinet.rows
