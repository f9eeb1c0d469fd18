"""Civilians: who decides to leave, who stays, and who dies."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.world.toy import FREEZE, STILL, incident, line, play, stop, toy, treating

ALONE = {"front_threat": 0.0, **STILL}
NO_DEATHS_IN_FLIGHT = {"road_deaths": 0.0, "stuck_deaths": 0.0}


def ford(*incidents: dict, **changes: object):
    """Return one town under its own army, with a refuge 100 km away."""
    stops = (stop("ford", 100_000, garrison=None), stop("mill", 50_000, km=100.0))
    clean = tuple({k: v for k, v in item.items() if k != "garrison"} for item in stops)
    return line(*clean, garrison=50_000, incidents=list(incidents), **changes)


def before(days: int) -> date:
    return FREEZE - timedelta(days=days)


def test_nobody_leaves_without_danger() -> None:
    outcome = play(ford(), 200)
    assert outcome.arrays["residents"].min() == 150_000


def test_flight_under_steady_fighting_rises_and_then_abates() -> None:
    """Harm builds up over weeks, and those who leave easily leave first (Oberg & Melander 2006)."""
    fight = incident("fighting", "ford", day=0, days=200, intensity=0.7)
    outcome = play(ford(fight), 200, fear_half_life=21.0, alarm_attack=0.0, **ALONE)
    weekly = np.diff(outcome.arrays["newly_displaced"][::7])
    peak = int(weekly.argmax())
    assert weekly[0] < 0.9 * weekly[peak]
    assert weekly[-4:].mean() < 0.5 * weekly[peak]
    assert outcome.arrays["newly_displaced"][-1] < 100_000


def test_an_announced_assault_empties_a_city_before_it_comes() -> None:
    announced = play(ford(incident("announcement", "ford", days=21)), 30, **ALONE)
    surprise = play(ford(incident("capture", "ford", day=23)), 25, **ALONE)
    ahead = announced.arrays["place_newly_displaced"][3, 0]  # day 21, two days before it is due
    assert 0.5 * 100_000 < ahead < 100_000
    assert surprise.arrays["newly_displaced"][22] == 0
    assert announced.arrays["fighting_places"].max() == 0


def test_more_danger_makes_more_people_leave() -> None:
    moved = [
        play(ford(incident("announcement", "ford")), 20, weight_threat=weight, **ALONE).arrays[
            "newly_displaced"
        ][-1]
        for weight in (0.3, 0.6, 1.2, 2.5, 5.0)
    ]
    assert moved == sorted(moved)
    assert moved[0] < 0.25 * moved[-1]


def test_half_of_the_households_leave_at_danger_one() -> None:
    crisis = ford(incident("announcement", "ford", day=0), forces=treating("army", valley="own"))
    outcome = play(
        crisis,
        40,
        alarm_announced=0.8,
        weight_threat=1.25,
        fear_half_life=1e6,
        leave_days=0.2,
        level_own=1e-6,
        **ALONE,
    )
    assert outcome.arrays["newly_displaced"][-1] == pytest.approx(50_000, abs=5 * np.sqrt(25_000))


def test_a_wide_spread_of_thresholds_makes_some_leave_early_and_some_stay_late() -> None:
    def moved(weight: float, spread: float) -> int:
        outcome = play(
            ford(incident("announcement", "ford")), 20, weight_threat=weight, threshold_spread=spread, **ALONE
        )
        return int(outcome.arrays["newly_displaced"][-1])

    assert moved(0.4, 1.6) > moved(0.4, 0.5)
    assert moved(4.0, 1.6) < moved(4.0, 0.5)


def test_those_who_stayed_through_a_danger_stay_when_it_comes_again() -> None:
    once = incident("announcement", "ford", day=2)
    again = incident("announcement", "ford", day=80)
    outcome = play(ford(once, again), 100, threshold_renewal=1e6, **ALONE)
    first = outcome.arrays["newly_displaced"][79]
    second = outcome.arrays["newly_displaced"][-1] - first
    assert second < 0.05 * first


def test_sorting_fades_so_that_new_people_leave_years_later() -> None:
    once = incident("announcement", "ford", day=2)
    again = incident("announcement", "ford", day=1_500)
    outcome = play(ford(once, again), 1_520, threshold_renewal=500.0, fear_half_life=7.0, **ALONE)
    dates = np.array([*range(181), *range(187, 363, 7)])
    first = outcome.arrays["newly_displaced"][len(dates) - 1]
    second = outcome.arrays["newly_displaced"][-1] - first
    stayed = 100_000 - first
    assert 0.4 * first / 100_000 < second / stayed < first / 100_000


def test_people_do_not_leave_because_of_a_rule_they_have_long_lived_under() -> None:
    crisis = line(
        stop("ford", 100_000, holder="rebels"),
        stop("mill", 50_000, km=100.0),
        relations=[],
        forces=treating("rebels", valley="marked"),
    )
    outcome = play(crisis, 365)
    assert outcome.arrays["danger"].min() > 0.5
    assert outcome.arrays["newly_displaced"].max() == 0


@pytest.mark.parametrize("kind", ["fighting", "announcement"])
def test_people_have_acted_on_what_is_older_than_a_week(kind: str) -> None:
    def moved(days_ago: int) -> int:
        happened = {"kind": kind, "place": "ford", "by": "rebels", "date": before(days_ago), "intensity": 0.9}
        return int(play(ford(happened), 30, **ALONE).arrays["newly_displaced"][-1])

    fresh, older = moved(3), moved(9)
    assert fresh > 0
    assert older < 0.01 * fresh


def test_a_fall_of_the_last_days_still_makes_people_leave_after_the_freeze() -> None:
    happened = {"kind": "capture", "place": "ford", "by": "rebels", "date": before(2), "intensity": 1.0}
    crisis = ford(happened, forces=treating("rebels", valley="marked"))
    held = [{"place": "ford", "holder": "rebels"}, {"place": "mill", "holder": "army"}]
    crisis = crisis.model_copy(update={"holders": toy(holders=held).holders})
    assert play(crisis, 20, **ALONE).arrays["newly_displaced"][-1] > 50_000


def test_people_who_had_decided_change_their_mind_when_the_danger_goes() -> None:
    slow = {"leave_days": 20.0, "weight_threat": 5.0, **ALONE}
    short = play(ford(incident("announcement", "ford")), 120, fear_half_life=4.0, **slow)
    long = play(ford(incident("announcement", "ford")), 120, fear_half_life=400.0, **slow)
    assert short.arrays["newly_displaced"][-1] < 0.9 * long.arrays["newly_displaced"][-1]


def test_fighting_closes_exits() -> None:
    fight = ford(incident("fighting", "ford", days=30, intensity=1.0))
    open_, closed = (
        play(fight, 10, caught_share=share, **ALONE).arrays["newly_displaced"][-1] for share in (0.0, 0.9)
    )
    assert closed < 0.6 * open_


def test_leaving_takes_days() -> None:
    fast, slow = (
        play(ford(incident("announcement", "ford")), 6, leave_days=days, **ALONE).arrays["newly_displaced"]
        for days in (0.5, 5.0)
    )
    assert fast[4] > 2 * slow[4] > 0


def test_civilians_die_only_where_there_is_fighting_or_flight() -> None:
    quiet = play(toy(), 100, **NO_DEATHS_IN_FLIGHT)
    flight = play(toy(incidents=[incident("announcement", "ford")]), 100, **NO_DEATHS_IN_FLIGHT)
    fight = play(toy(incidents=[incident("fighting", "ford", days=60)]), 100, **NO_DEATHS_IN_FLIGHT)
    assert quiet.arrays["dead"].max() == 0
    assert flight.arrays["newly_displaced"][-1] > 0
    assert flight.arrays["dead"].max() == 0
    assert fight.arrays["dead"][-1] > 0


def dead(intensity: float, word: str = "ordinary", **overrides: float) -> int:
    fight = incident("fighting", "ford", day=0, days=60, intensity=intensity)
    crisis = ford(fight, forces=treating("rebels", valley=word))
    return int(
        play(crisis, 60, death_rate=1e-4, **NO_DEATHS_IN_FLIGHT, **ALONE, **overrides).arrays["dead"][-1]
    )


def test_deaths_grow_with_the_intensity_of_fighting_and_with_how_people_are_treated() -> None:
    fearless = {"weight_threat": 1e-9, "weight_harm": 1e-9, "weight_memory": 1e-9, "level_own": 0.05}
    assert dead(0.2, **fearless) < dead(0.9, **fearless) < dead(0.9, "marked", **fearless)
    assert dead(1.0, **fearless) == pytest.approx(100_000 * 60 * 1e-4 * 1.05, rel=0.15)  # of both sides


def test_those_who_want_to_leave_and_cannot_die_like_the_others() -> None:
    fearless = {"weight_threat": 1e-9, "weight_harm": 1e-9, "weight_memory": 1e-9}
    assert dead(1.0, leave_days=1e9) == pytest.approx(dead(1.0, **fearless), rel=0.15)


def test_those_who_came_home_weary_leave_less_easily_again() -> None:
    calm = {
        "front_threat": 0.0,
        "fear_half_life": 7.0,
        "return_safe": 20.0,
        "return_waiting": 2.0,
        "onward_rate": 0.0,
    }
    twice = ford(incident("announcement", "ford", day=2), incident("announcement", "ford", day=170))

    def second(weariness: float) -> int:
        newly = play(twice, 180, weariness=weariness, threshold_renewal=1e6, **calm).arrays["newly_displaced"]
        return int(newly[-1] - newly[169])

    assert second(0.0) > 1.2 * second(0.8) > 0
