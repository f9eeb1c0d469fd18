"""Perception: who is told what and when, and what a community makes of it."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest

from tests.world.toy import FREEZE, STILL, incident, line, play, stop, toy, treating

SLOW = 30.0  # km a day by road: nobody who flees outruns the news
PLAIN = {"exaggeration": 1.0, "leave_days": 0.1}
LONELY = {"front_threat": 0.0, **STILL}  # no standing fear of a front
WORDS = ("own", "spared", "ordinary", "persecuted", "marked")
STRONG = [{"place": "fort", "force": "rebels", "strength": 50_000}]


def first_day(flow: np.ndarray) -> int:
    """Return the first day at whose end the measure is above zero."""
    return int(np.flatnonzero(flow > 0)[0])


def town_and_fall(km: float, **changes: object):
    """Return an empty town that falls to strong rebels, and another town ``km`` down the road."""
    stops = (
        stop("fort", holder="rebels"),
        stop("ford", km=30.0),
        stop("mill", 100_000, km=km),
        stop("port", 5_000, km=30.0),
    )
    return line(*stops, presence=STRONG, incidents=[incident("capture", "ford", day=3)], **changes)


def test_nobody_fears_anything_where_nothing_happens_and_nobody_is_hostile() -> None:
    outcome = play(toy(relations=[]), 120, calm=False)
    assert outcome.arrays["danger"].max() == 0.0
    assert outcome.arrays["newly_displaced"].max() == 0


@pytest.mark.parametrize(("km", "delay"), [(40.0, 0.5), (150.0, 0.5), (150.0, 2.0), (350.0, 2.0)])
def test_news_of_a_fall_takes_days_by_distance_along_the_road(km: float, delay: float) -> None:
    outcome = play(
        town_and_fall(km), 30, news_delay=delay, road_speed=SLOW, news_reach=1000.0, **PLAIN, **LONELY
    )
    heard = first_day(outcome.arrays["newly_displaced"])
    fallen = 4  # day 3 after the freeze passes; its end is date 4
    assert heard - fallen == max(1, math.ceil(delay * km / 100.0))


@pytest.mark.parametrize("dt", [0.5, 0.25])
def test_news_takes_as_long_with_a_shorter_step(dt: float) -> None:
    world = town_and_fall(250.0)
    outcome = play(world, 30, dt=dt, news_delay=2.0, road_speed=SLOW, news_reach=1000.0, **PLAIN, **LONELY)
    assert first_day(outcome.arrays["newly_displaced"]) in (
        8,
        9,
    )  # five days after some hour of the fourth day


def test_news_is_no_slower_than_those_who_flee() -> None:
    """They carry it: behind them nobody is surprised."""
    days = [
        first_day(
            play(
                town_and_fall(350.0), 30, news_delay=3.0, road_speed=v, news_reach=1000.0, **PLAIN, **LONELY
            ).arrays["newly_displaced"]
        )
        for v in (SLOW, 100.0, 350.0)
    ]
    assert days == [4 + 11, 4 + 4, 4 + 1]


def test_news_fades_with_distance_and_is_blown_up_on_its_way() -> None:
    def fear(km: float, exaggeration: float) -> float:
        outcome = play(town_and_fall(km), 12, exaggeration=exaggeration, **LONELY)
        return float(outcome.arrays["danger"].max())

    near, far, blown_up = fear(80.0, 1.0), fear(240.0, 1.0), fear(240.0, 2.0)
    assert near > far > 0.0
    assert far == pytest.approx(near * 0.25, rel=0.25)  # two more half-distances of 80 km
    assert blown_up == pytest.approx(2.0 * far, rel=0.05)


def test_nobody_hears_of_what_is_beyond_the_reach_of_news() -> None:
    outcome = play(town_and_fall(450.0), 30, news_reach=1e6, exaggeration=3.0, **LONELY)
    assert outcome.arrays["newly_displaced"].max() == 0


def test_people_behind_a_strong_defence_do_not_flee_at_news_from_afar() -> None:
    def flight(strength: int) -> int:
        garrison = [*STRONG, {"place": "mill", "force": "army", "strength": strength}]
        crisis = town_and_fall(60.0).model_copy(update={"presence": toy(presence=garrison).presence})
        return int(play(crisis, 20, **LONELY).arrays["newly_displaced"][-1])

    weak, equal, strong = flight(100), flight(3_000), flight(60_000)
    assert weak > equal > strong


@pytest.mark.parametrize("when", [{"day": 3}, {"date": FREEZE - timedelta(days=3)}])
def test_however_many_towns_fall_nobody_fears_more_than_that_his_own_falls(when: dict[str, object]) -> None:
    """Alarms of one campaign are not a dozen proofs that a strong garrison breaks."""

    def fear(falls: int, sure: float) -> float:
        villages = [stop(f"village_{k}", km=5.0) for k in range(10)]
        stops = (stop("fort", holder="rebels"), *villages, stop("mill", 100_000, km=5.0))
        garrison = [*STRONG, {"place": "mill", "force": "army", "strength": 50_000}]
        taken = [{"kind": "capture", "place": f"village_{k}", "by": "rebels", **when} for k in range(falls)]
        crisis = line(*stops, presence=garrison, incidents=taken)
        told = {"alarm_capture": sure, "news_reach": 1e9, "reach": 1e9, "fear_half_life": 1e9}
        return float(play(crisis, 12, **told, **LONELY, **PLAIN).arrays["danger"].max())

    whole = fear(1, 1.0)
    assert whole > 0.0
    assert fear(10, 1.0) == pytest.approx(whole)
    for falls in (1, 2, 10):
        assert fear(falls, 0.5) == pytest.approx(whole * (1.0 - 0.5**falls), rel=1e-3)


def test_fear_halves_in_its_half_life() -> None:
    crisis = line(
        stop("ford", 1_000), stop("mill", 0), presence=[], incidents=[incident("announcement", "ford", day=0)]
    )
    outcome = play(crisis, 60, fear_half_life=20.0, level_own=0.01, **LONELY, leave_days=1e9)
    danger = outcome.arrays["danger"]
    peak = int(danger.argmax())
    assert danger[peak + 20] == pytest.approx(danger[peak] / 2.0, rel=1e-6)
    assert danger[peak + 40] == pytest.approx(danger[peak] / 4.0, rel=1e-6)


def test_fear_of_an_attack_goes_when_it_is_over() -> None:
    fight = incident("fighting", "ford", day=0, days=10)
    crisis = line(stop("ford", 1_000), stop("mill", 0), garrison=5_000, incidents=[fight])
    only_threat = {
        "weight_harm": 0.0,
        "weight_memory": 0.0,
        "leave_days": 1e9,
        "death_rate": 0.0,
    }
    over = play(crisis, 30, relief=0.8, **only_threat, **LONELY).arrays["danger"]
    still = play(crisis, 30, relief=0.0, **only_threat, **LONELY).arrays["danger"]
    assert np.array_equal(over[:12], still[:12])
    assert over[12:20] == pytest.approx(0.2 * still[12:20], rel=0.01)


def test_the_fear_of_a_new_master_fades_as_its_ways_become_known() -> None:
    crisis = line(
        stop("ford", 1_000), stop("mill", 0), garrison=5_000, incidents=[incident("capture", "ford")]
    )
    fading = {"masters_known": 4.0, "fear_half_life": 60.0, "leave_days": 1e9}
    danger = play(crisis, 30, **fading, **LONELY).arrays["danger"]
    peak = int(danger.argmax())
    assert danger[peak + 4] == pytest.approx(0.5 * danger[peak], rel=0.02)
    assert danger[peak + 8] == pytest.approx(0.25 * danger[peak], rel=0.02)


@pytest.mark.parametrize("dt", [1.0, 0.25])
@pytest.mark.parametrize("half_life", [7.0, 21.0, 60.0])
def test_harm_of_lasting_fighting_grows_to_its_intensity(dt: float, half_life: float) -> None:
    """Also where one step adds little: weak fighting, long memory, short steps."""
    days = 100
    crisis = line(
        stop("ford", 1_000),
        stop("mill", 0),
        garrison=5_000,
        incidents=[incident("fighting", "ford", day=0, days=days, intensity=0.2)],
    )
    outcome = play(
        crisis,
        days,
        dt=dt,
        fear_half_life=half_life,
        weight_memory=0.0,
        weight_threat=0.0,
        death_rate=0.0,
        loss_share=0.0,
        level_own=0.0001,
        leave_days=1e9,
        **LONELY,
    )
    expected = 0.2 * (1.0 - 2.0 ** (-(days - 1) / half_life))
    assert outcome.arrays["danger"][-1] == pytest.approx(expected, rel=0.05)


def test_fighting_leaves_a_memory_of_years() -> None:
    crisis = line(
        stop("ford", 1_000),
        stop("mill", 0),
        presence=[],
        incidents=[incident("fighting", "ford", day=0, days=60, intensity=1.0)],
    )
    memory = {"harm_half_life": 500.0, "weight_memory": 1.0, "fight_days": 0.5, "leave_days": 1e9}
    danger = play(crisis, 1_200, **memory, **LONELY).arrays["danger"]
    assert danger[-1] > 0.01
    assert play(crisis, 1_200, **{**memory, "weight_memory": 0.0}, **LONELY).arrays["danger"][-1] < 1e-6


@pytest.mark.parametrize("kind", ["capture", "announcement", "fighting"])
def test_the_worse_a_force_is_believed_to_treat_people_the_more_of_them_flee(kind: str) -> None:
    moved = []
    for word in WORDS:
        crisis = toy(
            forces=treating("rebels", valley=word), incidents=[incident(kind, "ford", days=10, intensity=0.8)]
        )
        moved.append(int(play(crisis, 40, **LONELY).arrays["place_newly_displaced"][-1, 0]))
    assert moved == sorted(moved)
    assert moved[0] < 0.1 * 100_000
    assert moved[-1] > 5 * moved[0]


def test_one_attack_frightens_the_community_that_is_sought_and_not_the_other() -> None:
    crisis = toy(
        forces=treating("rebels", valley="marked", hill="own"), incidents=[incident("capture", "ford")]
    )
    outcome = play(crisis, 14, **LONELY)
    valley, hill = outcome.arrays["displaced_valley"][-1], outcome.arrays["displaced_hill"][-1]
    assert valley > 0.5 * 80_000
    assert hill < 0.05 * 20_000


def test_a_fight_that_cannot_take_the_town_is_no_worse_for_those_whom_the_attacker_seeks() -> None:
    """Bombs and raids by a weak enemy do not empty a town; the same fight does where he could win."""

    def danger(word: str, garrison: int) -> float:
        fight = incident("fighting", "ford", day=0, days=30, intensity=0.2)
        soldiers = [
            {"place": "ford", "force": "army", "strength": garrison},
            {"place": "fort", "force": "rebels", "strength": 5_000},
        ]
        crisis = line(
            stop("fort", 1_000, holder="rebels"),
            stop("ford", 10_000),
            presence=soldiers,
            forces=treating("rebels", valley=word),
            incidents=[fight],
        )
        quiet = {"weight_threat": 0.0, "weight_rule": 0.0, "leave_days": 1e9, "death_rate": 0.0}
        return float(play(crisis, 30, **quiet).arrays["danger"].max())

    assert danger("marked", 100_000) < 1.5 * danger("ordinary", 100_000)
    assert danger("marked", 20) > 5.0 * danger("ordinary", 20)


def test_a_persecuting_holder_is_a_standing_danger() -> None:
    harsh = line(
        stop("ford", 1_000, holder="rebels"),
        stop("mill", 0),
        relations=[],
        forces=treating("rebels", valley="persecuted"),
    )
    kind = line(stop("ford", 1_000, holder="rebels"), stop("mill", 0), relations=[])
    danger = play(harsh, 400, weight_rule=0.5, level_persecuted=4.0).arrays["danger"]
    assert np.allclose(danger, 0.5 * 3.0)
    assert play(kind, 30).arrays["danger"].max() == 0.0


def test_an_enemy_near_and_strong_enough_is_feared_before_it_strikes() -> None:
    def fear(km: float, strength: int) -> float:
        crisis = line(
            stop("fort", holder="rebels"),
            stop("ford", 1_000, km=km),
            presence=[
                {"place": "fort", "force": "rebels", "strength": strength},
                {"place": "ford", "force": "army", "strength": 500},
            ],
        )
        return float(play(crisis, 30).arrays["danger"][-1])

    assert fear(50.0, 20_000) > fear(50.0, 2_000) > fear(300.0, 2_000)
    assert fear(50.0, 20_000) > fear(300.0, 20_000) > 0.0
