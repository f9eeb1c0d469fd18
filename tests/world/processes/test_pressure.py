"""Pressure: what powers do is felt in the war, no more than is in effect, and troops go home again."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world.chancellery import IN_EFFECT, L_OUST
from afternext.world.forces import EXPAND, FOMENT, GROUND, HOLD
from tests.world.processes.chamber import ARMY, PATRON, REBELS, Chamber, crisis, strikes, troops
from tests.world.toy import toy


def acting(*, hidden: int = 0, scale: float = 1.0, parameters=None, **move) -> Chamber:
    """Return a room in which one move of the patron is in effect."""
    room = Chamber(crisis(moves={"strikes": {**strikes(), **move}}), **(parameters or {}))
    council = room.council
    council.stage[0], council.scale[0], council.strength[0], council.hidden[0] = IN_EFFECT, scale, 1.0, hidden
    return room


def doing(lever: str, amount: float, on: str | None = "target") -> dict:
    return {"effects": ({"lever": lever, "on": on, "amount": amount},)}


def test_nothing_in_effect_changes_nothing() -> None:
    room = Chamber()
    parts = (room.state.forces, room.state.people, room.facts, room.state.standing)
    before = [[values.copy() for values in part] for part in parts]
    room.press()
    for part, values in zip(parts, before, strict=True):
        for name, now, then in zip(part._fields, part, values, strict=True):
            assert np.array_equal(now, then), name


@pytest.mark.parametrize("posture", [HOLD, EXPAND])
def test_strikes_hit_who_shows_himself(posture: int) -> None:
    room = acting()
    room.state.forces.posture[REBELS] = posture
    room.press()
    assert room.state.forces.air[REBELS] == pytest.approx(0.5)
    assert room.state.forces.air[ARMY] == 0.0
    assert room.state.forces.gain[REBELS] == 1.0


@pytest.mark.parametrize("posture", [FOMENT, GROUND])
def test_strikes_miss_who_hides_and_recruit_for_him(posture: int) -> None:
    room = acting()
    room.state.forces.posture[REBELS] = posture
    room.state.forces.before[:] = ARMY  # and hold no place
    room.press()
    assert room.state.forces.air[REBELS] < 0.2
    assert room.state.forces.gain[REBELS] > 1.0


def test_what_is_done_deniably_is_weaker() -> None:
    openly, deniably = acting().press(), acting(hidden=1).press()
    assert 0.0 < deniably.state.forces.air[REBELS] < openly.state.forces.air[REBELS]


def test_strikes_of_two_never_take_more_than_all() -> None:
    room = Chamber(
        crisis(
            moves={f"m{k}": strikes(effects=doing("strikes", 0.8, "enemies")["effects"]) for k in range(3)}
        )
    )
    room.council.stage[:], room.council.scale[:], room.council.strength[:] = IN_EFFECT, 1.0, 1.0
    room.press()
    assert room.state.forces.air[REBELS] == pytest.approx(1.0 - 0.2**3)


def test_troops_come_and_go_and_nobody_is_lost() -> None:
    room = acting(**{key: value for key, value in troops().items() if key in ("kind", "effects")})
    forces = room.state.forces

    def ledger() -> int:
        return (
            room.fighters(ARMY)
            + int(room.state.violence.killed[ARMY] + forces.deserted[ARMY])
            - int(forces.recruited[ARMY])
        )

    men, sum_before = room.fighters(ARMY), ledger()
    room.press()
    assert room.fighters(ARMY) == men + 700
    room.council.scale[0] = 0.5
    room.press(7)
    assert room.fighters(ARMY) == men + 350
    room.council.stage[0] = 0
    room.press(14)
    assert room.fighters(ARMY) == men
    assert ledger() == sum_before
    assert forces.foreign[ARMY] == 0
    assert (forces.present >= 0).all()
    assert (room.state.violence.strength >= forces.present).all()


def test_volunteers_are_residents_and_arms_come_from_outside() -> None:
    room = acting(**doing("mobilise", 4000.0))
    men, people = room.fighters(ARMY), int(room.state.people.residents.sum())
    for step in range(0, 28, 7):
        room.press(step)
    joined = room.fighters(ARMY) - men
    assert 2000 < joined < 6000
    assert people - int(room.state.people.residents.sum()) == joined
    room = acting(**doing("arms", 40.0))
    before = int(room.state.forces.materiel.sum())
    for step in range(0, 28, 7):
        room.press(step)
    assert int(room.state.forces.materiel.sum()) - before == int(room.state.forces.supplied.sum()) == 40


@pytest.mark.parametrize("holder", [REBELS, -1])
def test_help_for_a_force_that_is_nowhere_comes_to_the_capital_unless_an_enemy_holds_it(holder: int) -> None:
    room = acting(**{key: value for key, value in troops().items() if key in ("kind", "effects")})
    for values in (room.state.forces.present, room.state.violence.strength):
        values[:, ARMY] = 0
    room.state.violence.holder[:] = holder
    room.press()
    assert room.fighters(ARMY) == (0 if holder == REBELS else 700)


def test_wishes_advice_pay_income_and_doors_reach_the_force() -> None:
    for lever, read, amount in (
        ("expand", lambda room: room.state.forces.bias[ARMY, EXPAND], 0.7),
        ("advice", lambda room: room.state.forces.lift[ARMY], 0.7),
        ("pay", lambda room: room.state.forces.refill[ARMY], 0.3),
        ("income", lambda room: room.state.forces.gain[ARMY] - 1.0, -0.4),
        ("relief", lambda room: room.state.people.aided[0], 0.6),
    ):
        room = acting(**doing(lever, amount, None if lever == "relief" else "target")).press()
        assert read(room) == pytest.approx(amount), lever
    room = acting(**doing("doors", -0.5))
    open_before = room.facts.admits[ARMY].copy()
    assert np.allclose(room.press().facts.admits[ARMY], 0.5 * open_before)
    room.council.stage[0] = 0
    assert np.array_equal(room.press(7).facts.admits[ARMY], open_before)


def test_support_counts_with_its_terms() -> None:
    for conditional, side in ((True, 0), (False, 1)):
        room = acting(conditional=conditional).press()
        terms = room.chancellery.pressure.terms
        assert terms[side] == pytest.approx(float(room.court.powers.capability[PATRON]))
        assert terms[1 - side] == 0.0


def test_of_those_who_push_the_head_of_government_the_strongest_counts() -> None:
    push = {"kind": "politics", "effects": ({"lever": "oust", "amount": 0.04},)}
    weak = {"kind": "politics", "effects": ({"lever": "oust", "amount": 0.01},)}
    room = Chamber(crisis(moves={"one": strikes(**push), "two": strikes(**push), "weak": strikes(**weak)}))
    for o in range(3):
        room.council.stage[o], room.council.scale[o], room.council.strength[o] = IN_EFFECT, 1.0, 1.0
    room.press()
    assert room.chancellery.pressure.polity[L_OUST] == pytest.approx(0.04)


def test_a_fund_organises_and_pays_local_defenders_of_one_community_at_home() -> None:
    effects = tuple({"lever": lever, "on": "hill", "amount": 0.5} for lever in ("organise", "stipend"))
    room = acting(effects=effects, scale=0.5)
    had = [values.copy() for values in room.state.backing]
    hill = list(toy().communities).index("hill")
    room.press()
    home = room.court.powers.home == 1
    for now, then in zip(room.state.backing, had, strict=True):
        assert now[home, hill] == pytest.approx(then[home, hill] + (1 - then[home, hill]) * 0.25)
        assert np.array_equal(now[~home], then[~home])
        assert np.array_equal(np.delete(now, hill, 1), np.delete(then, hill, 1))
    room.council.stage[0] = 0
    room.press()
    for now, then in zip(room.state.backing, had, strict=True):
        assert np.array_equal(now, then)


def test_help_that_waits_for_its_condition_presses_as_far_as_it_is_needed() -> None:
    when = ({"aim": "inclusion", "above": 0.6},)
    plan = {"by": "patron", "move": "strikes", "to": "state", "day": 0, "when": when}
    other = {**plan, "when": ({"aim": "centre", "below": 0.01},)}
    for wanted, centre, expected in ((plan, 0.2, 0.84), (plan, 1.0, 0.2), (other, 0.2, 0.0)):
        room = (
            Chamber(crisis(plan=(wanted,)))
            .see(inclusion=0.3, centre=centre, enemy_ground=0.2)
            .plan(0)
            .press()
        )
        terms = room.chancellery.pressure.terms
        capability = float(room.court.powers.capability[PATRON])
        assert terms[0] == pytest.approx(expected * capability)
        assert terms[1] == 0.0


def test_help_given_once_its_condition_held_is_support_on_conditions() -> None:
    move = strikes(conditional=False)
    when = ({"aim": "inclusion", "above": 0.6},)
    for conditions, side in ((when, 0), ((), 1)):
        plan = {"by": "patron", "move": "strikes", "to": "state", "day": 0, "delay": 0, "when": conditions}
        room = Chamber(crisis(moves={"strikes": move}, plan=(plan,))).see(inclusion=0.8, centre=0.5)
        room.plan(0).deliver(0).press()
        terms = room.chancellery.pressure.terms
        assert terms[side] > 0.0
        assert terms[1 - side] == 0.0
