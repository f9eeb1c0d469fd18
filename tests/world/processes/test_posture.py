"""Posture: a force strikes by its size, stands in the open by its strength, and keeps its course."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from afternext.world import events
from afternext.world.forces import EXPAND
from afternext.world.future import Outcome
from tests.world.toy import FREEZE, line, play, stop

YEAR = 365
REBELS = 1
LASTING = {"growth_rate": 0.0, "disband_rate": 1e-9, "police_rate": 1e-9, "attack_regular": 0.0}


def front(rebels: int, garrison: int = 20_000, **more: float) -> list[Outcome]:
    """Rebels at a base and in hiding near a town that they cannot take; eight futures of two years."""
    crisis = line(
        stop("fort", 30_000, holder="rebels", shares={"valley": 0.2, "hill": 0.8}),
        stop("ford", 100_000, km=60.0, shares={"valley": 0.5, "hill": 0.5}),
        presence=[
            {"place": "fort", "force": "rebels", "strength": rebels},
            {"place": "ford", "force": "army", "strength": garrison},
        ],
    )
    return [play(crisis, 2 * YEAR, calm=False, luck=k, **{**LASTING, **more}) for k in range(8)]


def postures(told: list[Outcome]) -> np.ndarray:
    """Codes on all dates after the first weeks, all futures."""
    return np.concatenate([o.arrays["posture_rebels"][15:] for o in told])


def strikes(told: list[Outcome]) -> float:
    return float(np.mean([np.isin(o.events["kind"], (events.ATTACK, events.RAIDED)).sum() for o in told]))


def test_a_handful_strikes_seldom_and_a_large_force_often() -> None:
    hidden = {"stand_bias": -50.0, "wish_ground": 0.0, "full_size": 8_000.0}
    few, many, more = (strikes(front(n, **hidden)) for n in (400, 8_000, 20_000))
    assert few < 0.25 * many
    assert more == pytest.approx(many, rel=0.5)


def test_a_force_sure_of_itself_never_hides_and_a_hopeless_one_always_does() -> None:
    assert (postures(front(2_000, stand_bias=50.0)) <= 1).all()
    assert (postures(front(2_000, stand_bias=-50.0)) >= 2).all()


def test_a_force_stands_in_the_open_where_it_is_strong() -> None:
    far = {"hold_slope": 3.0, "course_days": 30.0}
    strong = (postures(front(9_000, garrison=500, **far)) <= 1).mean()
    weak = (postures(front(300, garrison=20_000, **far)) <= 1).mean()
    assert strong > weak + 0.3


def test_a_course_lasts_about_as_long_as_the_parameter_says() -> None:
    def turns(days: float) -> float:
        told = front(2_000, course_days=days, hold_slope=0.0, loss_shock=0.0)
        return float(np.mean([(o.events["kind"] == events.TURN).sum() for o in told]))

    assert turns(360.0) < 0.5 * turns(40.0)


def turns(**more: float) -> float:
    """Return new courses a future, reasons being the same all the time."""
    told = front(2_000, course_days=30.0, hold_slope=0.0, loss_shock=0.0, **more)
    return float(np.mean([(o.events["kind"] == events.TURN).sum() for o in told]))


def test_a_course_stands_until_its_reasons_change() -> None:
    assert turns(course_inertia=0.7) < 0.6 * turns(course_inertia=0.0)


def test_the_course_at_the_freeze_is_no_new_one() -> None:
    days = np.concatenate([o.events["day"][o.events["kind"] == events.TURN] for o in front(2_000)])
    assert days.size > 0
    assert days.min() > 7


def test_who_has_just_taken_places_is_set_on_taking_more() -> None:
    def course(days_ago: int) -> list[int]:
        taken = {
            "kind": "capture",
            "place": "fort",
            "by": "rebels",
            "date": FREEZE - timedelta(days=days_ago),
        }
        crisis = line(
            stop("fort", 30_000, holder="rebels"), stop("ford", 100_000, km=60.0), incidents=[taken]
        )
        calm = {"course_days": 60.0, "course_inertia": 0.1}
        told = [play(crisis, 8, calm=False, luck=k, stand_bias=-5.0, **calm) for k in range(12)]
        return [int(o.arrays["posture_rebels"][-1]) for o in told]

    assert np.mean([p == EXPAND for p in course(1)]) > 0.7
    assert np.mean([p == EXPAND for p in course(600)]) < 0.3


def test_who_hits_and_leaves_holds_nothing() -> None:
    def held(stand_bias: float) -> list[bool]:
        weak = {"break_rate": 1.0, "trust_exponent": 0.0, "raid_fear": 1.0, "vacuum_days": 1e6}
        told = front(8_000, garrison=100, stand_bias=stand_bias, wish_ground=0.0, **weak)
        return [bool((o.arrays["place_holder"][2:, 1] == REBELS).any()) for o in told]

    assert not any(held(-50.0))
    assert all(held(50.0))


def test_an_army_whose_men_ran_seldom_attacks_for_months() -> None:
    def attacks(history: list[dict[str, object]], **more: float) -> float:
        crisis = line(
            stop("city", 300_000, holder="rebels"),
            stop("ford", 200_000, km=60.0),
            presence=[
                {"place": "city", "force": "rebels", "strength": 100},
                {"place": "ford", "force": "army", "strength": 20_000},
            ],
            incidents=history,
        )
        ready = {**LASTING, "attack_regular": 0.01, "offensive_rate": 1e-9, "stand_bias": 50.0, **more}
        told = [play(crisis, 180, calm=False, luck=k, **ready) for k in range(8)]
        of_army = [(o.events["kind"] == events.ATTACK) & (o.events["force"] == 0) for o in told]
        return float(np.mean([found.any() for found in of_army]))

    def event(kind: str, by: str, days_ago: int) -> dict[str, object]:
        return {"kind": kind, "place": "city", "by": by, "date": FREEZE - timedelta(days=days_ago)}

    ran = [event("capture", "rebels", 40)]
    left = [event("withdrawal", "army", 41), event("capture", "rebels", 40)]
    assert attacks(ran, refit_half_life=1e4) < 0.3
    assert attacks(ran, refit_half_life=1.0) > 0.6  # ablation: nothing is kept of it
    assert attacks(left, refit_half_life=1e4) > 0.6  # who leaves in order has not run
