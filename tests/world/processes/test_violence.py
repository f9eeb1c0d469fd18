"""The stand-in for violence: what the scenario says happens, and little else can be read off it."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world import compile_scenario, events
from afternext.world.future import Outcome
from tests.world.toy import FORCES, draw_rows, incident, line, play, stop, toy, treating

ARMY, REBELS, NOBODY = 0, 1, -1
HOT = {"attack_insurgent": 0.2, "attack_regular": 0.05}


def garrisons(**strength: int) -> list[dict]:
    return [
        {"place": name, "force": "rebels" if name == "fort" else "army", "strength": n}
        for name, n in strength.items()
    ]


def front(km: float = 60.0, fort: int = 2_000, ford: int = 500, **changes: object):
    """Return a rebel base and, down the road, a town that the army holds."""
    return line(
        stop("fort", 5_000, holder="rebels"),
        stop("ford", 50_000, km=km),
        stop("port", 50_000, km=300.0),
        presence=garrisons(fort=fort, ford=ford, port=5_000),
        **changes,
    )


def falls(crisis, futures: int = 120, days: int = 60, **overrides: float) -> float:
    """Return the share of futures in which the town falls, over the whole prior."""
    world = compile_scenario(crisis, days=days, overrides={**HOT, **overrides})
    rows = draw_rows(world, 128)
    return float(
        np.mean(
            [world.simulate(rows[k], 1, k).arrays["place_holder"][-1, 1] == REBELS for k in range(futures)]
        )
    )


def kinds(outcome: Outcome) -> list[int]:
    return outcome.events["kind"].tolist()


@pytest.mark.parametrize("stance", ["rival", "neutral", "tacit", "allied"])
def test_only_hostile_forces_attack_each_other(stance: str) -> None:
    crisis = front(relations=[{"between": ["army", "rebels"], "stance": stance}], fort=50_000)
    outcome = play(crisis, 300, calm=False, **HOT)
    assert len(outcome.events) == 0
    assert outcome.arrays["fighting_places"].max() == 0


def test_a_capture_changes_the_holder_moves_a_garrison_in_and_drives_the_old_one_out() -> None:
    outcome = play(front(incidents=[incident("capture", "ford", day=3)]), 10, rout_share=0.5)
    a = outcome.arrays
    assert a["place_holder"][0, 1] == ARMY
    assert a["place_holder"][-1, 1] == REBELS
    assert a["places_held_rebels"].tolist() == [1, 1, 1, 1, *[2] * 7]
    assert a["strength_army"][-1] == pytest.approx(
        5_250, abs=60
    )  # half of the 500 scatter, the others reach the port
    assert a["strength_rebels"][-1] == 2_000
    fall = outcome.events[outcome.events["kind"] == events.FALL][0]
    assert (fall["place"], fall["force"], fall["other"], fall["cause"]) == (
        1,
        REBELS,
        ARMY,
        events.CAUSE_SCENARIO,
    )


def test_a_garrison_without_a_place_to_go_scatters() -> None:
    crisis = front(incidents=[incident("capture", "port", day=3), incident("capture", "ford", day=5)])
    assert play(crisis, 10).arrays["strength_army"][-1] == 0


def test_a_place_that_is_left_is_filled_by_the_rival_next_door() -> None:
    crisis = front(incidents=[incident("withdrawal", "ford", day=3, by="army")])
    outcome = play(crisis, 80, vacuum_days=8.0)
    assert outcome.arrays["places_held_nobody"].max() == 1
    assert outcome.arrays["place_holder"][-1, 1] == REBELS
    assert kinds(outcome)[:2] == [events.WITHDRAWAL, events.TAKEOVER]
    assert outcome.arrays["strength_army"][-1] == 5_500  # it left in order


def test_a_place_that_is_left_stays_empty_where_no_rival_is_near() -> None:
    crisis = line(
        stop("ford", 50_000),
        stop("port", 50_000, km=900.0),
        incidents=[incident("withdrawal", "ford", by="army")],
    )
    outcome = play(crisis, 80, vacuum_days=1.0)
    assert outcome.arrays["place_holder"][-1, 0] == NOBODY


def test_a_scripted_fight_lasts_its_days_and_a_force_that_wins_takes_the_place() -> None:
    fight = incident("fighting", "ford", day=2, days=20, intensity=0.6)
    held = play(front(incidents=[fight]), 60, fall_rate=0.0, fight_days=0.5)
    assert held.arrays["fighting_places"][3:23].min() == 1
    assert held.arrays["fighting_places"][:3].max() == 0
    assert held.arrays["fighting_places"][-1] == 0
    lost = play(front(incidents=[fight]), 60, fall_rate=10.0, fight_days=1e9)
    assert lost.arrays["place_holder"][-1, 1] == REBELS


def test_fighters_are_lost_only_where_there_is_fighting() -> None:
    quiet = play(front(), 100)
    fight = play(front(incidents=[incident("fighting", "ford", days=50, intensity=1.0)]), 100, fall_rate=0.0)
    assert quiet.arrays["strength_army"].min() == 5_500
    assert fight.arrays["strength_army"][-1] < 5_500


def test_more_attackers_near_by_take_a_place_in_more_futures() -> None:
    shares = [falls(front(fort=strength)) for strength in (200, 2_000, 20_000)]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0] + 0.1


def test_more_defenders_hold_a_place_in_more_futures() -> None:
    shares = [falls(front(ford=strength)) for strength in (50, 1_000, 20_000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1] + 0.1


def test_force_far_away_matters_less() -> None:
    near, far = falls(front(km=30.0)), falls(front(km=350.0))
    assert near > far
    assert falls(front(km=500.0)) == 0.0


def test_a_place_whose_people_fear_the_attacker_falls_less_often() -> None:
    spared = falls(front(forces=treating("rebels", valley="spared")))
    marked = falls(front(forces=treating("rebels", valley="marked")))
    assert spared > marked


def test_an_absent_garrison_does_not_defend() -> None:
    def army(present: float) -> float:
        return falls(front(forces={**FORCES, "army": {**FORCES["army"], "present": present}}, ford=3_000))

    assert army(0.1) > army(1.0)


def test_a_state_outside_the_crisis_neither_attacks_nor_is_conquered() -> None:
    forces = {**FORCES, "state": {"name": "State", "kind": "state"}}
    for a, b in (("fort", "ford"), ("ford", "fort")):
        crisis = line(
            stop(a, 5_000, holder="state"),
            stop(b, 5_000, km=40.0, holder="rebels"),
            forces=forces,
            relations=[{"between": ["state", "rebels"], "stance": "hostile"}],
            garrison=3_000,
        )
        assert len(play(crisis, 400, calm=False, **HOT).events) == 0


def test_a_place_under_attack_at_the_freeze_is_fought_over_on_the_first_day() -> None:
    crisis = front().model_copy(
        update={"holders": toy(holders=[{"place": "ford", "holder": "army", "contested": "rebels"}]).holders}
    )
    outcome = play(crisis, 5, fight_days=1e9, fall_rate=0.0)
    assert outcome.arrays["places_contested"].tolist() == [1] * 6
    assert outcome.arrays["place_contested"][0, 1] == REBELS


def test_the_cause_and_the_attacker_of_a_fall_are_in_the_chronicle() -> None:
    outcome = play(front(fort=50_000), 200, calm=False, attack_insurgent=1.0, fall_rate=5.0)
    assert events.ATTACK in kinds(outcome)
    fall = outcome.events[outcome.events["kind"] == events.FALL][0]
    assert fall["force"] == REBELS
    assert fall["cause"] == events.CAUSE_WEAKNESS
