"""Decisions: a power chooses within what it may and can, well or badly, and plans come first."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from afternext.scenario.schema import Scenario
from afternext.world.chancellery import IDLE, IN_EFFECT, OFFERED
from afternext.world.events import CAUSE_BEFORE, CAUSE_PLAN, CAUSE_SWITCHED, CHANGED, DECIDED, ENDED, IN_FORCE
from tests.world.processes.chamber import (
    BAND,
    GOALS,
    PATRON,
    PUBLIC,
    STATE,
    SURE,
    WEEK,
    Chamber,
    crisis,
    often,
    strikes,
)

URGENT = {"enemy_ground": 0.6, "centre": 0.3}
CALM = {"enemy_ground": 0.0, "centre": 1.0}
BLIND = {"name": "Patron", "kind": "state", "collection": 0.2, "goals": GOALS}


def public(**changes):
    return {
        "state": {"name": "State", "kind": "government", "goals": GOALS},
        "patron": {**BLIND, "public": {**PUBLIC, **changes}},
        "band": {"name": "Band", "kind": "insurgent", "goals": {"own_ground": {"target": 1}}},
    }


def test_a_power_acts_where_much_is_at_stake_and_not_where_nothing_is() -> None:
    assert Chamber(**SURE).see(**URGENT).decide().acting
    assert not Chamber(**SURE).see(**CALM).decide().acting


def test_an_emergency_is_more_than_a_nuisance() -> None:
    def acts(**aims: float) -> float:
        return often(lambda luck: Chamber(luck=luck, stake=0.06, urgency=2.0).see(**aims).decide().acting)

    assert acts(enemy_ground=0.9, centre=0.1) > 2.0 * acts(enemy_ground=0.2, centre=0.8)


def test_preconditions_are_judged_by_what_the_power_believes() -> None:
    move = strikes(when=({"aim": "centre", "below": 0.5},))
    room = Chamber(crisis(moves={"strikes": move}), **SURE).see(enemy_ground=0.6, centre=0.7)
    assert not room.decide().acting
    room.council.believed[PATRON, 3] = 0.4  # it is wrong
    assert room.decide().acting


def test_nothing_is_begun_beyond_the_budget() -> None:
    cheap = Chamber(crisis(moves={"strikes": strikes(cost=0.4)}), **SURE).see(**URGENT).decide()
    assert cheap.council.scale[0] == 1.0
    assert cheap.council.spent[PATRON] == pytest.approx(0.4)
    dear = Chamber(crisis(moves={"strikes": strikes(cost=1.5)}), cost_weight=0.0, **SURE).see(**URGENT)
    assert dear.decide().council.scale[0] == 0.5, "half of it is within the budget"
    assert not Chamber(crisis(moves={"strikes": strikes(cost=3.0)}), **SURE).see(**URGENT).decide().acting


@pytest.mark.parametrize("bar", ["strikes", "patron.strikes"])
def test_what_is_barred_is_not_done(bar: str) -> None:
    assert not Chamber(crisis(bar=(bar,)), **SURE).see(**URGENT).decide().acting


def test_sharper_choices_are_better_ones() -> None:
    moves = {
        "good": strikes(name="Good"),
        "idle": strikes(name="Idle", expects={"near": {"centre": 0.01}}),
        "bad": strikes(name="Bad", expects={"near": {"centre": -0.1}}),
    }

    def good(sharpness: float) -> float:
        def chosen(luck: int) -> bool:
            room = Chamber(crisis(moves=moves), luck=luck, choice_sharpness=sharpness).see(**URGENT)
            return bool(room.decide().council.stage[0] != IDLE)

        return often(chosen)

    assert good(0.3) < good(2.0) <= good(20.0) == 1.0


def test_what_is_under_way_is_changed_only_for_a_gain() -> None:
    room = Chamber(**SURE).see(**URGENT).decide()
    for step in range(WEEK, 10 * WEEK, WEEK):
        room.decide(step=step)
    assert room.council.decisions[PATRON] == 1
    room.see(**CALM)
    room.court.options.near[:] *= -1.0  # now it harms
    room.court.options.far[:] *= -1.0
    room.council.believed[:, :] = 0.5
    room.decide(step=20 * WEEK)
    assert not room.acting
    assert [kind for kind, _ in room.events].count(DECIDED) == 1


def test_a_stronger_wish_raises_the_scale() -> None:
    room = Chamber(crisis(moves={"strikes": strikes(cost=1.5)}), cost_weight=0.0, **SURE).see(**URGENT)
    room.decide()
    room.court.powers.budget[PATRON] = 2.0
    room.decide(step=10 * WEEK)
    assert room.council.scale[0] == 1.0
    assert [kind for kind, _ in room.events][-1] == CHANGED
    assert room.council.spent[PATRON] == pytest.approx(1.5)


def test_the_same_luck_gives_the_same_choice() -> None:
    def chosen(luck: int) -> tuple[float, ...]:
        room = Chamber(luck=luck).see(**URGENT)
        for step in range(0, 20 * WEEK, WEEK):
            room.decide(step=step)
        return (float(room.council.decided[0]), float(room.council.scale[0]))

    assert [chosen(luck) for luck in range(8)] == [chosen(luck) for luck in range(8)]


def test_a_public_against_it_holds_back_and_one_for_it_drives() -> None:
    def acts(support: float, salience: float = 1.0) -> float:
        def act(luck: int) -> bool:
            kinds = {**PUBLIC["support"], "air": support}
            room = Chamber(crisis(powers=public(support=kinds)), luck=luck, stake=0.08, politics_weight=3.0)
            room.council.salience[PATRON] = salience
            return room.see(**URGENT).decide().acting

        return often(act)

    assert acts(0.1) < acts(0.9)


def test_an_informed_power_without_politics_shows_no_distortion() -> None:
    for luck in range(10):
        room = Chamber(crisis(powers=public()), luck=luck, politics=0.0)
        room.council.salience[PATRON] = 1.0
        for step in range(0, 20 * WEEK, WEEK):
            room.see(**URGENT).decide(step=step)
        assert room.council.distortion[PATRON] == 0.0
        assert room.council.ignorance[PATRON] == 0.0


def test_distortion_by_ignorance_and_by_politics_are_told_apart() -> None:
    blind = Chamber(**SURE).see(**URGENT)
    blind.council.believed[PATRON] = blind.court.powers.target[PATRON]  # all is well, it believes
    blind.decide()
    assert blind.council.distortion[PATRON] > 0.0
    assert blind.council.ignorance[PATRON] == pytest.approx(blind.council.distortion[PATRON])
    kinds = {**PUBLIC["support"], "air": 0.0}
    held = Chamber(crisis(powers=public(support=kinds)), politics_weight=50.0, **SURE).see(**URGENT)
    held.council.salience[PATRON] = 1.0
    held.decide()
    assert not held.acting
    assert held.council.distortion[PATRON] > 0.0
    assert held.council.ignorance[PATRON] == pytest.approx(0.0, abs=1e-9)


def test_a_plan_is_carried_out_on_its_day_and_ends_on_its_day() -> None:
    plan = {"by": "patron", "move": "strikes", "day": 8, "scale": 0.5, "until": 30, "delay": 3}
    room = Chamber(crisis(plan=(plan,)), **SURE).see(**CALM)
    for step in range(40):
        room.plan(step).deliver(step)
        expected = IN_EFFECT if 11 <= step < 30 else None
        assert (room.council.stage[0] == IN_EFFECT) == (expected is not None), step
    assert (DECIDED, CAUSE_PLAN) in room.events
    assert (ENDED, CAUSE_PLAN) in room.events
    assert room.council.spent[PATRON] == pytest.approx(0.0)


def test_while_a_plan_holds_its_power_decides_nothing_else_on_it() -> None:
    plan = {"by": "patron", "move": "strikes", "day": 0, "scale": 0.5, "delay": 0}
    room = Chamber(crisis(plan=(plan,)), **SURE).see(**URGENT).plan(0)
    for step in range(0, 10 * WEEK, WEEK):
        room.decide(step=step)
    assert room.council.scale[0] == 0.5


def test_a_plan_waits_for_its_condition() -> None:
    when = ({"aim": "inclusion", "above": 0.5},)
    plan = {"by": "patron", "move": "strikes", "scale": 1.0, "when": when}
    room = Chamber(crisis(plan=(plan,))).see(inclusion=0.2, **CALM)
    assert not room.plan(0).plan(5).acting
    assert room.see(inclusion=0.8).plan(6).acting


def test_a_later_plan_takes_over_from_an_earlier_one() -> None:
    plans = (
        {"by": "patron", "move": "strikes", "day": 0, "scale": 0.5, "delay": 0},
        {"by": "patron", "move": "strikes", "day": 10, "scale": 0},
    )
    room = Chamber(crisis(plan=plans)).see(**CALM).plan(0).deliver(0)
    assert room.acting
    assert not room.plan(10).acting
    assert np.count_nonzero([kind == ENDED for kind, _ in room.events]) == 1


def test_what_was_decided_before_the_freeze_is_in_force_and_nobody_decides_it_again() -> None:
    plan = {"by": "patron", "move": "strikes", "since": date(2019, 9, 1), "until": 30}
    room = Chamber(crisis(plan=(plan,)), **SURE).see(**URGENT).take_stock()
    council = room.council
    assert room.events == [(IN_FORCE, CAUSE_BEFORE)]
    assert (council.stage[0], council.strength[0]) == (IN_EFFECT, pytest.approx(1.0))
    assert council.effect[0] == council.decided[0] < -60
    assert council.spent[PATRON] == pytest.approx(0.4)
    for step in range(40):
        room.plan(step).deliver(step)
    assert room.acting, "after its day it is for its power to let it go on"
    room.deliver(40, 60)
    assert not room.acting
    assert DECIDED not in [kind for kind, _ in room.events]


def test_a_scale_that_was_set_stands_unless_a_shock_opens_the_question_again() -> None:
    def scale(days: int, news: float) -> float:
        room = Chamber(review_days=60.0, inertia=0.0, **SURE).see(enemy_ground=0.05, centre=0.97).decide()
        room.council.stage[0], room.council.scale[0] = IN_EFFECT, 0.5
        room.council.blocked[0] = 60
        room.council.news[PATRON] = news
        return float(room.see(**URGENT).decide(step=days).council.scale[0])

    assert scale(2 * WEEK, news=0.0) == 0.5
    assert scale(9 * WEEK, news=0.0) == scale(2 * WEEK, news=1.0) == 1.0


def test_what_was_ended_is_not_begun_again_for_a_while() -> None:
    room = Chamber(rest_days=60.0, inertia=0.0, **SURE).see(**URGENT).decide()
    room.court.options.near[:] *= -1.0  # now it harms
    room.court.options.far[:] *= -1.0
    room.decide(step=WEEK)
    assert not room.acting
    room.court.options.near[:] *= -1.0
    room.court.options.far[:] *= -1.0
    assert not room.decide(step=2 * WEEK).acting
    assert room.decide(step=10 * WEEK).acting


def test_a_public_asks_for_what_answers_the_shock_and_for_nothing_else() -> None:
    def acts(**expects: float) -> bool:
        kinds = {**PUBLIC["support"], "air": 1.0}
        move = strikes(expects={"near": expects})
        room = Chamber(
            crisis(powers=public(support=kinds), moves={"strikes": move}), politics_weight=50.0, **SURE
        )
        room.council.salience[PATRON] = 1.0
        return room.see(**URGENT).decide().acting

    assert acts(centre=0.01)
    assert not acts(influence=0.01)


@pytest.mark.parametrize(("alignment", "sought"), [(-1.0, True), (0.8, False)])
def test_an_understanding_is_sought_only_with_those_who_are_not_close(alignment: float, sought: bool) -> None:
    move = strikes(kind="politics", effects=({"lever": "align", "on": "target", "amount": 0.2},))
    room = Chamber(crisis(moves={"strikes": move}), **SURE).see(**URGENT)
    room.council.alignment[PATRON, 0] = room.council.alignment[0, PATRON] = alignment
    assert room.decide().acting == sought


def test_minding_its_losses_makes_a_power_want_the_rest_no_less() -> None:
    def worth(own_losses: float) -> bool:
        goals = {**GOALS, "own_losses": {"target": 0, "near": own_losses, "far": own_losses}}
        state = {"name": "State", "kind": "government", "goals": GOALS}
        band = {"name": "Band", "kind": "insurgent", "goals": {"own_ground": {"target": 1}}}
        patron = {"name": "Patron", "kind": "state", "collection": 0.4, "goals": goals}
        room = Chamber(crisis(powers={"state": state, "patron": patron, "band": band}), **SURE)
        return room.see(**URGENT).decide().acting

    assert worth(0.0)
    assert worth(50.0)


def test_distortion_is_told_from_the_first_weeks_on_and_quiet_weeks_do_not_hide_it() -> None:
    blind = Chamber(**SURE).see(**URGENT)
    blind.council.believed[PATRON] = blind.court.powers.target[PATRON]  # all is well, it believes
    for step in range(0, 4 * WEEK, WEEK):
        blind.decide(step=step)
    early = blind.council.distortion[PATRON]
    assert early > 0.5
    blind.see(**CALM)
    for step in range(4 * WEEK, 8 * WEEK, WEEK):
        blind.decide(step=step)
    assert blind.council.distortion[PATRON] > 0.8 * early


def offered(**expects: float) -> Scenario:
    """Return a crisis in which the patron offers strikes once power is shared, and the state may share it."""
    share = {
        "name": "Power sharing", "kind": "politics", "by": ("state",), "days": 700,
        "expects": {"near": expects}, "effects": ({"lever": "inclusion", "on": "hill", "amount": 0.4},),
    }  # fmt: skip
    when = ({"aim": "inclusion", "above": 0.6},)
    plan = {"by": "patron", "move": "strikes", "to": "state", "day": 0, "when": when}
    return crisis(moves={"strikes": strikes(), "share": share}, plan=(plan,))


def test_a_government_in_need_shares_power_for_help_that_it_believes_is_else_withheld() -> None:
    def shares(enforced: float, danger: dict[str, float], **expects: float) -> bool:
        room = Chamber(offered(**expects), condition_enforced=enforced, **SURE)
        room.see(**{**danger, "inclusion": 0.3}).plan(0).decide(STATE)
        return room.acting

    assert shares(0.5, URGENT, inclusion=0.3)
    assert not shares(0.0, URGENT, inclusion=0.3)  # it thinks that help comes anyway
    assert not shares(0.5, CALM, inclusion=0.3)  # it needs no help
    assert not shares(0.5, URGENT, confidence=0.3)  # not what was asked for


def test_once_the_condition_holds_there_is_nothing_left_to_earn() -> None:
    room = Chamber(offered(inclusion=0.3), condition_enforced=1.0, **SURE)
    room.see(**{**URGENT, "inclusion": 0.8}).plan(0)
    started = int(np.count_nonzero(room.council.stage))
    assert started == 1  # the help itself
    room.decide(STATE)
    assert int(np.count_nonzero(room.council.stage)) == started


def test_an_offer_lapses_on_its_day() -> None:
    when = ({"aim": "inclusion", "above": 0.6},)
    plan = {"by": "patron", "move": "strikes", "day": 0, "until": 10, "when": when}
    room = Chamber(crisis(plan=(plan,))).see(**{**CALM, "inclusion": 0.2})
    assert room.plan(0).council.planned[0] == OFFERED
    assert room.plan(10).council.planned[0] == 2
    assert not room.see(inclusion=0.9).plan(11).acting


def test_the_luck_of_whether_a_power_acts_lasts() -> None:
    """Who saw no reason this week hardly sees one next week; over years the question is opened again."""

    def acts_within(weeks: int, half_life: float) -> float:
        def act(luck: int) -> bool:
            room = Chamber(luck=luck, stake=0.25, choice_sharpness=6.0, resolve_half_life=half_life)
            room.see(**URGENT)
            for step in range(0, weeks * WEEK, WEEK):
                room.decide(step=step)
            return bool(room.council.decisions[PATRON] > 0)

        return often(act)

    assert acts_within(1, 2000.0) == acts_within(1, 1.0)
    assert acts_within(20, 2000.0) < acts_within(20, 120.0) <= acts_within(20, 1.0)


def test_the_first_few_count_most() -> None:
    """At little scale much of the effect is expected; with returns = 1 the whole or nothing."""
    moves = {"strikes": strikes(cost=1.0, scales=(0.1, 1.0))}
    scales = []
    for returns in (0.4, 1.0):
        room = Chamber(crisis(moves=moves), returns=returns, cost_weight=0.17, **SURE).see(**URGENT).decide()
        scales.append(room.council.scale[0])
    assert scales == [0.1, 1.0]


def test_who_sees_another_do_the_same_expects_less_of_doing_it_too() -> None:
    state = {"name": "State", "kind": "government", "goals": GOALS}
    patron = {"name": "Patron", "kind": "state", "goals": GOALS}
    powers = {"state": state, "patron": patron, "band": public()["band"], "ally": {**patron, "name": "Ally"}}
    room = Chamber(
        crisis(powers=powers, moves={"strikes": strikes(by=("patron", "ally"), scales=(1.0,))}),
        returns=0.5,
        stake=0.13,
        cost_weight=0.0,
        **SURE,
    ).see(**URGENT)
    room.decide(PATRON)
    assert room.acting
    room.decide(3)
    assert np.count_nonzero(room.council.stage) == 1
    room.council.hidden[room.council.stage != IDLE] = 1  # what nobody sees leaves nobody idle
    room.decide(3, step=WEEK)
    assert np.count_nonzero(room.council.stage) == 2


def test_strikes_are_not_expected_to_find_who_hides() -> None:
    room = Chamber(**SURE).see(**URGENT)
    room.council.seen[:] = 0.0
    assert not room.decide().acting
    room.council.seen[:] = 1.0
    assert room.decide(step=WEEK).acting


def test_a_power_driven_to_do_harm_is_distorted() -> None:
    move = strikes(expects={"near": {"enemy_ground": -0.01, "influence": -0.3}})
    goals = {**GOALS, "influence": {"target": 1, "near": 3, "far": 0}}
    powers = public(support={**PUBLIC["support"], "air": 1.0})
    powers["patron"]["goals"] = goals
    room = Chamber(crisis(powers=powers, moves={"strikes": move}), politics_weight=50.0, **SURE)
    room.see(influence=0.9, **URGENT)
    room.council.salience[PATRON] = 1.0
    room.decide()
    assert room.acting
    assert 0.5 < room.council.distortion[PATRON] <= 1.0


def course(lever: str, **changes):
    """Return a move by which the band sets its force on a course."""
    return strikes(
        name=lever.title(),
        by=("band",),
        to=(),
        expects={"near": {"own_ground": 0.3}},
        effects=({"lever": lever, "on": "own", "amount": 1.0},),
        **changes,
    )


def courses() -> Chamber:
    moves = {"hold": course("hold"), "expand": course("expand"), "foment": course("foment")}
    return Chamber(crisis(moves=moves), review_days=60.0, **SURE).see(own_ground=0.1)


def under_way(room: Chamber) -> list[int]:
    return [int(o) for o in np.flatnonzero(room.council.stage != IDLE)]


def test_a_force_is_ordered_on_one_course_at_a_time() -> None:
    room = courses()
    for step in range(0, 40 * WEEK, WEEK):
        room.decide(BAND, step=step)
        assert len(under_way(room)) <= 1
    assert len(under_way(room)) == 1
    assert [kind for kind, _ in room.events].count(DECIDED) == 1, "all are worth the same"


def test_a_course_is_left_for_a_better_one_once_it_has_stood() -> None:
    room = courses().decide(BAND)
    (first,) = under_way(room)
    room.court.options.near[first] = 0.0
    room.court.options.far[first] = 0.0
    room.decide(BAND, step=2 * WEEK)
    assert under_way(room) in ([first], []), "no other course before its time"
    room = courses().decide(BAND)
    (first,) = under_way(room)
    room.court.options.near[first] *= 0.1
    room.decide(BAND, step=2 * WEEK)
    assert under_way(room) == [first]
    room.decide(BAND, step=10 * WEEK)
    (second,) = under_way(room)
    assert second != first
    assert CAUSE_SWITCHED in [cause for _, cause in room.events]


def test_other_acts_go_along_with_a_course() -> None:
    govern = course("hold") | {"name": "Govern", "effects": ({"lever": "rule", "on": "own", "amount": 0.3},)}
    room = Chamber(crisis(moves={"expand": course("expand"), "govern": govern}), **SURE).see(own_ground=0.1)
    for step in range(0, 6 * WEEK, WEEK):
        room.decide(BAND, step=step)
    assert len(under_way(room)) == 2
