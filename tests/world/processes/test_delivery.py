"""Delivery: what lies between a decision and its effect, and that help on time differs in its time alone."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world.chancellery import (
    CONSENT,
    IDLE,
    IN_EFFECT,
    P_COLLECTION,
    P_CONSENT,
    P_DISTANCE,
    P_POLITICS,
    P_READINESS,
    PREPARING,
)
from afternext.world.events import CAUSE_COLLECTION, CAUSE_LEGISLATURE, CAUSE_UNWILLING, DELIVERED, REFUSES
from tests.world.processes.chamber import GOALS, PATRON, PUBLIC, STATE, SURE, Chamber, crisis, often, strikes

URGENT = {"enemy_ground": 0.6, "centre": 0.3}


def begun(luck: int = 0, powers=None, parameters=None, **move) -> Chamber:
    """Return a room in which the patron has just decided to help."""
    changes = {"moves": {"strikes": strikes(scales=(1.0,), **move)}}
    if powers is not None:
        changes["powers"] = powers
    room = Chamber(crisis(**changes), luck=luck, **{**SURE, "entry_cost": 0.01, **(parameters or {})})
    return room.see(**URGENT).decide()


def with_public(support: float = 0.5, collection: float = 0.4):
    kinds = {**PUBLIC["support"], "air": support}
    return {
        "state": {"name": "State", "kind": "government", "goals": GOALS},
        "patron": {
            "name": "Patron",
            "kind": "state",
            "collection": collection,
            "distance_km": 9000,
            "goals": GOALS,
            "public": {**PUBLIC, "support": kinds},
        },
        "band": {"name": "Band", "kind": "insurgent"},
    }


def test_a_delay_is_the_longest_of_what_goes_on_side_by_side_and_politics_on_top() -> None:
    def delay(**move) -> tuple[float, np.ndarray]:
        given = {"politics": 0.0, "decree_days": 2.0, "ready_spread": 1.0}
        room = begun(powers=with_public(), parameters=given, **move)
        return float(room.council.effect[0]), room.council.parts[0]

    effect, parts = delay(ready_days=5, speed_km_day=900, collection_days=10)
    assert (parts[P_READINESS], parts[P_DISTANCE], parts[P_POLITICS]) == (5.0, 10.0, 2.0)
    assert parts[P_COLLECTION] == pytest.approx(6.0)
    assert effect == 17.0
    effect, parts = delay(ready_days=5, speed_km_day=900, collection_days=50)
    assert parts[P_COLLECTION] == pytest.approx(30.0)
    assert effect == 32.0


def test_the_longest_part_is_told() -> None:
    room = begun(powers=with_public(), parameters={"politics": 0.0}, collection_days=100)
    room.deliver(0, 70)
    assert (DELIVERED, CAUSE_COLLECTION) in room.events
    assert room.council.delivered[0] == 1
    assert room.council.delays[P_COLLECTION] == pytest.approx(60.0)


def test_without_delay_help_comes_at_once() -> None:
    delays = {"ready_days": 30, "speed_km_day": 100, "collection_days": 50, "consent": True}
    late = begun(powers=with_public(), parameters={"delay_scale": 1.0}, **delays)
    on_time = begun(powers=with_public(), parameters={"delay_scale": 0.0}, **delays)
    assert late.deliver(0).council.stage[0] in (CONSENT, PREPARING)
    assert on_time.deliver(0).council.stage[0] == IN_EFFECT
    assert on_time.council.effect[0] == 0


def test_half_the_delay_is_half_of_every_part_with_the_same_luck() -> None:
    for luck in range(5):
        rooms = [
            begun(luck, with_public(), {"delay_scale": scale, "authorisation_refused": 0.03}, ready_days=20)
            for scale in (1.0, 0.5)
        ]
        assert np.allclose(rooms[0].council.parts, 2.0 * rooms[1].council.parts)


def test_action_in_the_air_of_a_power_with_a_public_takes_longer_the_less_support_it_has() -> None:
    def lag(support: float) -> float:
        never = {"authorisation_refused": 0.0, "politics_weight": 0.0}
        return float(
            np.median(
                [begun(luck, with_public(support), never).council.parts[0, P_POLITICS] for luck in range(40)]
            )
        )

    assert lag(0.9) < lag(0.5) < lag(0.2)
    assert 10.0 < lag(0.5) < 70.0


def test_a_legislature_refuses_now_and_then() -> None:
    def refused(luck: int) -> bool:
        room = begun(luck, with_public(0.3), {"politics_weight": 0.0})
        return (REFUSES, CAUSE_LEGISLATURE) in room.events

    assert 0.05 < often(refused, 100) < 0.6


def test_a_friend_in_danger_agrees_sooner_than_a_foe_in_peace() -> None:
    def weeks(alignment: float, centre: float) -> float:
        found = []
        for luck in range(40):
            room = begun(luck, consent=True)
            room.council.stage[0] = IDLE
            room.council.blocked[:] = 0
            room.council.alignment[:] = alignment
            room.see(centre=centre, enemy_ground=0.9).decide(step=7)
            for step in range(7, 150):
                room.deliver(step)
                if room.council.stage[0] in (IDLE, IN_EFFECT):
                    break
            found.append(999.0 if room.council.stage[0] == IDLE else room.council.parts[0, P_CONSENT])
        return float(np.mean(found))

    assert weeks(0.8, 0.2) < weeks(0.0, 0.6) < weeks(-0.8, 0.9)


def test_who_is_refused_does_not_ask_again_for_a_while() -> None:
    room = begun(consent=True, parameters={"consent_base": -1.5, "consent_align": 1.5})
    room.council.stage[0] = IDLE
    room.council.blocked[:] = 0
    room.council.spent[:] = 0.0
    room.court.powers.price[STATE, PATRON] = 1.0
    room.council.alignment[:] = -1.0
    room.see(centre=1.0, enemy_ground=0.9).decide(step=7)
    assert room.council.stage[0] == CONSENT
    room.deliver(7, 200)
    assert room.council.stage[0] in (IDLE, IN_EFFECT)
    if room.council.stage[0] == IDLE:
        assert (REFUSES, CAUSE_UNWILLING) in room.events
        assert room.council.spent[PATRON] == pytest.approx(0.0)
        refused = int(room.council.blocked[0])
        assert not room.decide(step=refused - 7).acting
        assert room.decide(step=refused).acting


def test_an_effect_ramps_up_and_ends() -> None:
    room = begun(ramp_days=10, days=40, parameters={"decree_days": 0.5})
    strength = []
    for step in range(60):
        room.deliver(step)
        strength.append(float(room.council.strength[0]))
    start = int(room.council.effect[0])
    assert strength[start + 10] == pytest.approx(0.5)
    assert strength[start] < 0.03
    assert strength[start + 20] > 0.97
    assert strength[start + 40] == 0.0
    assert not room.acting


def test_what_is_done_once_is_not_done_again() -> None:
    room = begun(once=True, days=10).deliver(0, 30)
    assert not room.acting
    assert not room.decide(step=35).acting
