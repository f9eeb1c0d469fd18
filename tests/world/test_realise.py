"""The start of a future: whole persons, who is already away, and what of the past still echoes."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afternext.world import compile_scenario
from afternext.world.forces import EXPAND, FOMENT
from afternext.world.realise import realise, whole
from patterns.arden import arden
from tests.world.toy import FORCES, FREEZE, STILL, line, middle_row, play, stop, toy, treating


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8), st.integers(0, 10_000_000))
def test_parts_are_rounded_to_whole_persons_that_add_up(parts: list[float], total: int) -> None:
    weights = np.array(parts)
    split = whole(weights, total)
    assert (split >= 0).all()
    if weights.sum() > 0:
        assert split.sum() == total
        assert np.abs(split - weights / weights.sum() * total).max() <= 1.0 + 1e-6 * total
    else:
        assert split.sum() == 0


def away(persons: int, days: int, **more: str) -> dict:
    row = {"place": "mill", "origin": "ford", "community": "valley", "persons": persons}
    return {**row, "since": FREEZE - timedelta(days=days), **more}


def history(kind: str, where: str, days_ago: int, **more: object) -> dict:
    return {"kind": kind, "place": where, "by": "rebels", "date": FREEZE - timedelta(days=days_ago), **more}


def begin(crisis, **overrides: float):
    world = compile_scenario(crisis, days=30, overrides=overrides)
    return realise(world.blueprint, middle_row(world))[0]


def town(**changes: object):
    return line(stop("ford", 100_000), stop("mill", 50_000, km=100.0), garrison=5_000, **changes)


def test_the_displaced_are_taken_from_their_homes() -> None:
    people = begin(town(displaced=[away(20_000, 100), away(5_000, 2)])).people
    assert people.residents[0].sum() == 75_000
    assert people.hosted_total.tolist() == [0, 25_000]


def test_no_more_people_are_away_than_live_there() -> None:
    state = begin(town(displaced=[away(90_000, 100), away(90_000, 300)]))
    assert state.people.residents[0].sum() == 0
    assert state.people.hosted_total[1] == 100_000


def test_those_away_for_less_than_a_year_had_the_lowest_thresholds_of_their_home() -> None:
    people = begin(town(displaced=[away(20_000, 100), away(30_000, 900)])).people
    assert people.spent[0, 0] == pytest.approx(0.2)


def test_how_long_people_are_away_says_whether_they_wait_are_settled_or_rooted() -> None:
    a = play(town(displaced=[away(1_000, 3), away(2_000, 90), away(4_000, 800)]), 5).arrays
    assert a["displaced"][0] == 3_000
    assert a["settled_for_good"][0] == 4_000


def test_the_displaced_of_before_move_and_return_as_part_of_one_crisis() -> None:
    """Recently displaced people leave fewer at home who would flee again."""
    alarm = [{"kind": "announcement", "place": "ford", "by": "rebels", "day": 2}]
    fled = play(town(displaced=[away(60_000, 100)], incidents=alarm), 15, **STILL).arrays["newly_displaced"][
        -1
    ]
    at_home = play(town(incidents=alarm), 15, **STILL).arrays["newly_displaced"][-1]
    assert 0 < fled < 0.7 * 0.4 * at_home


@pytest.mark.parametrize("kind", ["fighting", "capture", "announcement"])
def test_what_happened_before_the_freeze_fades_with_its_age(kind: str) -> None:
    def fear(days_ago: int) -> float:
        beliefs = begin(town(incidents=[history(kind, "ford", days_ago)])).beliefs
        return float(beliefs.threat[0, 1])

    fresh, old, oldest = fear(1), fear(30), fear(700)
    assert fresh > old > oldest
    assert fresh > 0
    assert oldest < 1e-3


@pytest.mark.parametrize("kind", ["fighting", "capture", "announcement"])
def test_what_happened_on_the_day_of_the_freeze_has_happened(kind: str) -> None:
    """A capture above all: the scenario's holder is already the new one."""
    held = [
        {"place": "ford", "holder": "rebels" if kind == "capture" else "army"},
        {"place": "mill", "holder": "army"},
    ]
    today, yesterday = (
        play(town(holders=held, incidents=[history(kind, "ford", days, intensity=0.8)]), 20, **STILL).arrays[
            "newly_displaced"
        ][-1]
        for days in (0, 1)
    )
    assert yesterday > 1_000
    assert today == pytest.approx(yesterday, rel=0.35)  # a day of harm more or less


def test_long_fighting_of_the_past_is_remembered_for_years() -> None:
    beliefs = begin(town(incidents=[history("fighting", "ford", 700, days=400, intensity=0.9)])).beliefs
    assert beliefs.memory[0, 1] > 0.05
    assert beliefs.harm[0, 1] < 0.01


def test_a_fight_that_still_goes_on_at_the_freeze_goes_on_after_it() -> None:
    lasting = play(town(incidents=[history("fighting", "ford", 10, days=60, intensity=0.4)]), 3)
    over = play(town(incidents=[history("fighting", "ford", 60, days=10, intensity=0.4)]), 3)
    assert lasting.arrays["fighting_places"][0] == 1
    assert over.arrays["fighting_places"][0] == 0


def test_news_of_a_past_fall_has_reached_those_near_by_and_not_yet_those_far_away() -> None:
    crisis = line(
        stop("fort", 1_000, holder="rebels"),
        stop("mill", 10_000, km=50.0),
        stop("port", 10_000, km=250.0),
        garrison=100,
        incidents=[history("capture", "fort", 2)],
        presence=[{"place": "fort", "force": "rebels", "strength": 50_000}],
    )
    threat = begin(crisis, news_delay=1.0, road_speed=50.0, news_reach=500.0).beliefs.threat[:, 1]
    assert threat[1] > 0.1
    assert threat[2] == 0.0


def test_people_have_acted_on_the_rule_they_lived_under_and_not_on_a_new_one() -> None:
    held = [{"place": "ford", "holder": "rebels"}, {"place": "mill", "holder": "army"}]
    forces = treating("rebels", valley="marked")
    old = town(holders=held, forces=forces, relations=[])
    new = town(holders=held, forces=forces, relations=[], incidents=[history("capture", "ford", 2)])
    assert begin(old).people.spent[0, 0] > 0.5
    assert begin(new).people.spent[0, 0] < 0.2


def test_those_who_stayed_through_the_worst_of_the_past_do_not_leave_again_for_less() -> None:
    """Siege a year ago, a lighter fight in the week before the freeze."""
    siege = history("fighting", "ford", 120, days=60, intensity=0.9)
    light = history("fighting", "ford", 5, days=4, intensity=0.3)
    hardened = play(town(incidents=[siege, light]), 20, **STILL).arrays["newly_displaced"][-1]
    surprised = play(town(incidents=[light]), 20, **STILL).arrays["newly_displaced"][-1]
    assert surprised > 500
    assert hardened < 0.1 * surprised


def test_a_force_that_took_a_place_fought_the_one_that_would_take_it_back() -> None:
    held = [{"place": "ford", "holder": "rebels"}, {"place": "mill", "holder": "army"}]
    siege = history("fighting", "ford", 40, days=40, intensity=0.8)
    beliefs = begin(town(holders=held, incidents=[siege])).beliefs
    assert beliefs.harm[0, 0] == pytest.approx(beliefs.harm[0, 1])
    assert beliefs.harm[0, 0] > 0.3


@pytest.mark.parametrize("days", [2, 200])
def test_a_garrison_under_attack_for_long_is_one_that_trusts(days: int) -> None:
    """A hollow one would be gone; after two days it may still be there."""
    soldiers = [
        {"place": "ford", "force": "army", "strength": 2_000},
        {"place": "ford", "force": "rebels", "strength": 2_000},
        {"place": "mill", "force": "army", "strength": 100},
    ]
    forces = {**FORCES, "army": {**FORCES["army"], "cohesion": 0.4}}
    fight = history("fighting", "ford", days, days=days + 30, intensity=0.5)
    crisis = town(forces=forces, presence=soldiers, incidents=[fight])
    world = compile_scenario(crisis, days=30)
    row = middle_row(world)
    drawn = [float(realise(world.blueprint, row, 1, luck)[0].forces.cohesion[0, 0]) for luck in range(100)]
    if days == 2:
        assert np.median(drawn) < 0.5
    else:
        assert np.median(drawn) > 0.5


def test_a_siege_of_which_the_history_tells_nothing_is_as_old_as_the_scenario_takes_it_for() -> None:
    held = [{"place": "ford", "holder": "army", "contested": "rebels"}]
    world = compile_scenario(town(holders=held), days=30, overrides={"contested_days": 300.0})
    assert int(realise(world.blueprint, middle_row(world))[0].forces.besieged[0]) == -300


def test_the_last_capture_counts_in_whatever_order_the_history_is_told() -> None:
    told = [history("capture", "ford", day) for day in (20, 200)]
    for incidents in (told, told[::-1]):
        world = compile_scenario(town(incidents=incidents), days=30)
        assert int(realise(world.blueprint, middle_row(world))[0].forces.taken[0]) == -20


def test_garrisons_differ_before_the_freeze_by_luck() -> None:
    world = compile_scenario(town(forces={**FORCES, "army": {**FORCES["army"], "cohesion": 0.5}}), days=30)
    row = middle_row(world)
    one, same, other = (realise(world.blueprint, row, 1, luck)[0].forces.cohesion for luck in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_population_is_everybody_whose_home_it_is() -> None:
    a = play(toy(displaced=[away(20_000, 100), away(3_000, 900)]), 3).arrays
    assert a["residents"][0] + a["displaced"][0] + a["settled_for_good"][0] == 680_000


def test_people_on_their_way_at_the_freeze_do_not_exist() -> None:
    """The displaced table says where they are; nobody is on the road on day 0."""
    assert play(town(displaced=[away(20_000, 0)]), 3).arrays["on_the_move"][0] == 0


def besieged(crisis, **overrides: float) -> np.ndarray:
    """Return for how many days each place has been under siege at the freeze."""
    world = compile_scenario(crisis, days=30, overrides={"contested_days": 300.0, **overrides})
    return -realise(world.blueprint, middle_row(world))[0].forces.besieged


def test_a_siege_is_no_older_than_the_last_change_of_holder() -> None:
    held = [
        {"place": "ford", "holder": "army", "contested": "rebels"},
        {"place": "mill", "holder": "rebels"},
    ]
    assert besieged(town(holders=held))[0] == 300
    retaken = [history("capture", "ford", 40), history("capture", "ford", 2, by="army")]
    assert besieged(town(holders=held, incidents=retaken))[0] == 2
    before = [history("fighting", "ford", 60, days=30), *retaken]
    assert besieged(town(holders=held, incidents=before))[0] == 2, "that fight is over"
    on = [history("fighting", "ford", 60, days=60), *retaken]
    assert besieged(town(holders=held, incidents=on))[0] == 2


def test_a_siege_without_a_date_is_no_older_than_the_roads_of_the_besiegers() -> None:
    held = [
        {"place": "ford", "holder": "army", "contested": "rebels"},
        {"place": "mill", "holder": "rebels"},
    ]
    assert besieged(town(holders=held, incidents=[history("capture", "mill", 9)]))[0] == 9


def test_a_siege_whose_fight_is_told_is_as_old_as_that_fight() -> None:
    held = [
        {"place": "ford", "holder": "army", "contested": "rebels"},
        {"place": "mill", "holder": "rebels"},
    ]
    told = [history("capture", "mill", 9), history("fighting", "ford", 80, days=80)]
    assert besieged(town(holders=held, incidents=told))[0] == 80


def test_a_place_is_held_at_the_freeze_with_what_holds_it() -> None:
    world = compile_scenario(town(), days=30, overrides={"hold_share": 0.001})
    assert realise(world.blueprint, middle_row(world))[0].forces.least[:, 0].tolist() == [100, 50]
    few = line(stop("ford", 100_000), garrison=30)
    world = compile_scenario(few, days=30, overrides={"hold_share": 0.001})
    state = realise(world.blueprint, middle_row(world))[0]
    assert state.forces.least[0, 0] == state.forces.present[0, 0]


def test_people_who_are_hunted_take_more_men_to_hold() -> None:
    def least(word: str) -> int:
        held = [{"place": "ford", "holder": "rebels"}, {"place": "mill", "holder": "army"}]
        there = [{"place": "ford", "force": "rebels", "strength": 5_000}]
        crisis = town(holders=held, presence=there, forces=treating("rebels", valley=word))
        return int(begin(crisis, hold_share=0.001, hold_hunted=5.0).forces.least[0, 1])

    assert least("ordinary") == 100
    assert least("persecuted") == 500


def test_a_town_that_had_been_left_to_nobody_is_not_alarmed_by_who_comes_in() -> None:
    held = [{"place": "ford", "holder": "rebels"}, {"place": "mill", "holder": "army"}]

    def fear(*told: dict) -> float:
        return float(begin(town(holders=held, incidents=list(told))).beliefs.threat[0, 1])

    taken = history("capture", "ford", 2)
    assert fear(taken) > 0.01
    assert fear(history("withdrawal", "ford", 3, by="army"), taken) == 0.0
    assert (
        fear(history("withdrawal", "ford", 30, by="army"), history("capture", "ford", 20, by="army"), taken)
        > 0
    )


def test_who_fights_for_a_people_cares_for_its_places_and_the_capital() -> None:
    crisis = line(
        stop("fort", 30_000, holder="rebels", shares={"hill": 1.0}),
        stop("mill", 30_000, shares={"hill": 0.25, "valley": 0.75}),
        stop("ford", 30_000, shares={"valley": 1.0}),
    )
    world = compile_scenario(crisis, days=5, overrides={"away_share": 0.2})
    facts = realise(world.blueprint, middle_row(world))[3]
    assert facts.prize[:, 1].tolist() == pytest.approx([1.0, 0.6, 0.2])
    seat = compile_scenario(arden(), days=5, overrides={"away_share": 0.2})
    facts = realise(seat.blueprint, middle_row(seat))[3]
    assert facts.prize[[0, 4], 2].tolist() == pytest.approx([1.0, 0.2])  # capital; the city of the east


def test_an_insurgent_who_holds_nothing_and_took_nothing_strikes_from_hiding() -> None:
    def course(*told: dict, holder: str = "army") -> int:
        crisis = line(
            stop("ford", 100_000, holder=holder),
            stop("mill", 50_000),
            presence=[
                {"place": "ford", "force": "rebels", "strength": 500},
                {"place": "mill", "force": "army", "strength": 500},
            ],
            incidents=list(told),
        )
        return int(begin(crisis).forces.posture[1])

    assert course() == FOMENT
    assert course(history("capture", "ford", 20), holder="rebels") == EXPAND
    assert course(history("capture", "ford", 20), history("capture", "ford", 5, by="army")) == EXPAND


def test_an_army_whose_leader_came_by_force_is_still_shaken_at_the_freeze() -> None:
    def lead(days_ago: int, *, by_force: bool) -> np.ndarray:
        land = arden()
        since = land.freeze - timedelta(days=days_ago)
        polity = land.polity.model_copy(update={"leader_since": since, "by_force": by_force})
        return begin(
            land.model_copy(update={"polity": polity}), coup_shock=0.4, lead_half_life=10.0
        ).forces.lead

    shaken = lead(10, by_force=True)
    assert shaken.min() == pytest.approx(0.8)
    assert shaken.max() == 1.0  # insurgents and neighbours are not
    assert (lead(10, by_force=False) == 1.0).all()
    assert lead(400, by_force=True).min() > 0.999
