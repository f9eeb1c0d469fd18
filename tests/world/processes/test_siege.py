"""Sieges: they are there from the first day, last for months, starve the garrison, and end with a reason."""

from __future__ import annotations

import numpy as np

from afternext.world import compile_scenario, events
from tests.world.processes.test_clash import ARMY, REBELS, STEADY, WILLING, army, garrisons
from tests.world.toy import draw_rows, incident, line, play, stop

LONG = {**STEADY, "siege_days": 1e9, "siege_pressure": 0.0}


def contest(**changes: object):
    """Return a town that the army holds and rebels contest, who are all at their base down the road."""
    crisis = line(
        stop("fort", 5_000, holder="rebels"),
        stop("ford", 50_000, km=60.0),
        stop("port", 50_000, km=300.0),
        presence=garrisons(fort=2_000, ford=500, port=5_000),
        forces=army(**WILLING),
        **changes,
    )
    held = [h.model_copy(update={"contested": "rebels"}) if h.place == "ford" else h for h in crisis.holders]
    return crisis.model_copy(update={"holders": tuple(held)})


def test_a_siege_without_besiegers_at_the_freeze_is_given_some_from_around() -> None:
    outcome = play(contest(), 60, calm=False, loss_share=0.0, **LONG)
    assert (outcome.arrays["place_contested"][:, 1] == REBELS).all()
    assert (outcome.arrays["strength_rebels"] == 2_000).all(), "nobody is made up"
    first = outcome.events[outcome.events["kind"] == events.SIEGE][0]
    assert (first["place"], first["cause"]) == (1, events.CAUSE_BEFORE)


def test_a_siege_that_ends_tells_after_how_many_days() -> None:
    outcome = play(contest(), 200, calm=False, **{**STEADY, "siege_days": 30.0, "siege_pressure": 0.0})
    ended = outcome.events[outcome.events["kind"] == events.LIFTED]
    assert len(ended) == 1
    assert ended[0]["persons"] >= ended[0]["day"], "it was there from the first day"
    assert ended[0]["cause"] in (events.CAUSE_TIRED, events.CAUSE_SORTIE)
    assert outcome.arrays["places_contested"][-1] == 0


def test_sieges_of_willing_garrisons_seldom_fall_and_outlast_assaults() -> None:
    world = compile_scenario(contest(), days=91, overrides=STEADY)
    rows = draw_rows(world, 64)
    told = [world.simulate(rows[k], 1, k) for k in range(64)]
    fallen = np.mean([np.isin(o.events["kind"], (events.FALL, events.BROKEN)).any() for o in told])
    lasting = np.mean([o.arrays["places_contested"][30] > 0 for o in told])
    assert fallen < 0.3
    assert lasting > 0.4


def test_a_besieged_garrison_loses_arms_with_its_roads() -> None:
    def arms(wear: float) -> int:
        a = play(contest(), 200, calm=False, loss_share=0.0, supply_rate=0.0, siege_wear=wear, **LONG).arrays
        return int(a["materiel_army"][-1])

    assert arms(0.5) < arms(0.0)


def test_people_of_a_besieged_place_are_hard_to_reach() -> None:
    outcome = play(contest(), 30, calm=False, loss_share=0.0, **LONG)
    assert outcome.arrays["places_besieged"][-1] == 2, "the town, and the rebels whose one road leads to it"
    assert 40_000 < outcome.arrays["hard_to_reach"][-1] <= 55_000


def test_an_assault_that_fails_goes_on_as_a_siege_where_the_roads_are_held() -> None:
    crisis = line(
        stop("fort", 5_000, holder="rebels"),
        stop("ford", 50_000, km=60.0),
        presence=garrisons(fort=3_000, ford=3_000),
        forces=army(**WILLING),
        incidents=[incident("attack", "ford", day=1, fighters=900)],
    )
    told = play(crisis, 120, calm=False, **{**LONG, "fight_days": 3.0})
    assert events.SIEGE in told.events["kind"]
    assert told.arrays["place_contested"][-1, 1] == REBELS
    assert told.arrays["place_holder"][-1, 1] == ARMY
