"""Movement: where people go, who is stopped on the way, who moves on and who comes home."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from numba import njit

from afternext.world import events
from afternext.world.future import Outcome
from afternext.world.processes.refuge import pop, push
from tests.world.toy import FORCES, FREEZE, STILL, at, incident, line, play, stop, toy, treating

NO_FEAR = {"front_threat": 0.0}
SETTLING = {**NO_FEAR, **STILL}
ALARM = incident("announcement", "ford", day=1)
STATE = {"name": "State", "kind": "state"}
ABROAD = {"country": "YY", "admin1": "abroad", "holder": "state"}


def border(admits: float, **changes: object):
    """Return a town whose only way out is a crossing to a camp in another country."""
    return line(
        stop("ford", 100_000),
        stop("gate", kind="crossing", km=40.0),
        stop("tents", kind="camp", km=20.0, **ABROAD),
        forces={**FORCES, "state": {**STATE, "admits": {"valley": admits}}},
        incidents=[ALARM],
        **changes,
    )


def gone(outcome: Outcome) -> int:
    return int(outcome.arrays["newly_displaced"][-1])


def sheltered(outcome: Outcome, place: int, snapshot: int = -1) -> int:
    return at(outcome, "place_idps", place, snapshot) + at(outcome, "place_refugees", place, snapshot)


def middle(west: dict, east: dict, west_km: float = 100.0, east_km: float = 100.0, **changes: object):
    """Return a town between two refuges, 0 in the west and 2 in the east."""
    stops = (stop("west", **west), stop("ford", 100_000, km=west_km), stop("east", km=east_km, **east))
    return line(*stops, incidents=[ALARM], garrison=5_000, **changes)


# The way


@pytest.mark.parametrize(("km", "days"), [(20.0, 1), (90.0, 1), (250.0, 3), (480.0, 5)])
def test_people_are_on_the_road_for_as_long_as_the_way_takes(km: float, days: int) -> None:
    crisis = line(stop("ford", 100_000), stop("mill", 1_000, km=km), incidents=[ALARM])
    outcome = play(crisis, 30, road_speed=100.0, leave_days=0.01, road_deaths=0.0, **SETTLING)
    road = outcome.arrays["on_the_move"]
    first = int(np.flatnonzero(road)[0])
    assert (road > 0).sum() >= days
    assert (road[first : first + days] > 0).all()
    assert outcome.arrays["idps"][first + days - 1] == 0
    assert outcome.arrays["idps"][first + days] > 0


def test_nobody_flees_along_roads_that_do_not_exist() -> None:
    crisis = line(stop("ford", 100_000), stop("mill", 1_000), incidents=[ALARM], routes=[])
    outcome = play(crisis, 30)
    assert gone(outcome) == 0
    assert outcome.arrays["trapped"].max() > 50_000


def test_some_die_on_the_road() -> None:
    crisis = line(stop("ford", 100_000), stop("mill", 1_000), incidents=[ALARM])
    dead = play(crisis, 30, road_deaths=1.0, **SETTLING).arrays["dead"]
    assert dead[-1] == pytest.approx(gone(play(crisis, 30, **SETTLING)) / 1000.0, rel=0.35)
    assert play(crisis, 30, road_deaths=0.0, **SETTLING).arrays["dead"].max() == 0


# Where to


def test_nearer_refuges_take_more_people() -> None:
    outcome = play(middle({"population": 50_000}, {"population": 50_000}, 50.0, 250.0), 30, **SETTLING)
    assert sheltered(outcome, 0) > 2 * sheltered(outcome, 2) > 0


def test_refuges_that_are_alike_take_the_same() -> None:
    crisis = middle({"population": 50_000}, {"population": 50_000})
    outcome = play(
        crisis, 30, rank_exponent=0.0, network_exponent=0.0, room_exponent=0.0, party_size=1.0, **SETTLING
    )
    west, east = sheltered(outcome, 0), sheltered(outcome, 2)
    assert abs(west - east) < 5 * np.sqrt(west + east)


def test_more_room_takes_more_people() -> None:
    shares = []
    for population in (20_000, 100_000, 500_000):
        outcome = play(middle({"population": 50_000}, {"population": population}), 30, **SETTLING)
        shares.append(sheltered(outcome, 2) / gone(outcome))
    assert shares == sorted(shares)
    assert shares[-1] > shares[0] + 0.2


def test_where_hosts_are_few_later_waves_go_elsewhere() -> None:
    crisis = middle({"population": 5_000}, {"population": 400_000}, 60.0, 200.0)
    small = [
        sheltered(play(crisis, 40, room_exponent=k, leave_days=8.0, **SETTLING), 0) for k in (0.0, 1.0, 3.0)
    ]
    assert small == sorted(small, reverse=True)
    assert small[-1] < 0.7 * small[0]


def test_people_go_to_their_own_and_their_kin() -> None:
    stops = lambda west, east: middle(  # noqa: E731
        {"population": 50_000, "shares": {west: 1.0}}, {"population": 50_000, "shares": {east: 1.0}}
    )
    own = play(stops("hill", "valley"), 30, rank_exponent=0.0, kin_exponent=2.0, **SETTLING)
    assert sheltered(own, 2) > 5 * sheltered(own, 0)
    kin = {"valley": {"name": "Valley", "kin": {"hill": 1.0}}, "hill": {"name": "Hill"}}
    alike = play(
        stops("hill", "valley").model_copy(update={"communities": toy(communities=kin).communities}),
        30,
        rank_exponent=0.0,
        kin_exponent=2.0,
        network_exponent=0.0,
        room_exponent=0.0,
        **SETTLING,
    )
    assert sheltered(alike, 0) == pytest.approx(sheltered(alike, 2), rel=0.05)


def test_earlier_arrivals_draw_later_ones() -> None:
    before = [
        {
            "place": "east",
            "origin": "ford",
            "community": "valley",
            "persons": 20_000,
            "since": FREEZE - timedelta(days=90),
        }
    ]
    crisis = middle({"population": 500_000}, {"population": 500_000}, displaced=before)
    drawn = [
        sheltered(play(crisis, 30, network_exponent=e, rank_exponent=0.0, room_exponent=0.0, **SETTLING), 2)
        for e in (0.0, 0.8)
    ]
    assert drawn[1] > 1.2 * drawn[0]


def test_camps_shelter_and_crossings_and_bases_do_not() -> None:
    for kind, shelters in (
        ("camp", True),
        ("town", True),
        ("district", True),
        ("crossing", False),
        ("base", False),
    ):
        crisis = line(
            stop("ford", 100_000),
            stop("east", 5_000 if kind in ("town", "district") else 0, kind=kind, km=50.0),
            stop("far", 50_000, km=50.0),
            incidents=[ALARM],
        )
        outcome = play(crisis, 30, **SETTLING)
        assert gone(outcome) > 50_000
        assert (sheltered(outcome, 1) > 0) == shelters, kind


def test_people_turned_back_at_a_crossing_do_not_settle_there() -> None:
    outcome = play(border(0.3), 120, **SETTLING)
    assert outcome.arrays["caught"].max() > 10_000
    assert sheltered(outcome, 1) <= outcome.arrays["caught"][-1]


def test_a_place_believed_dangerous_is_no_refuge() -> None:
    fight = incident("fighting", "west", day=0, days=60, intensity=1.0)
    crisis = middle({"population": 50_000}, {"population": 50_000}, 100.0, 300.0)
    crisis = crisis.model_copy(update={"incidents": toy(incidents=[fight, {**ALARM, "day": 25}]).incidents})
    outcome = play(crisis, 60, weight_harm=3.0, **SETTLING)
    arrived = outcome.arrays["place_arrived"]
    assert arrived[-1, 2] > 50_000
    assert arrived[-1, 0] - arrived[3, 0] < 0.01 * arrived[-1, 2]


def test_a_party_of_families_stays_together() -> None:
    refuges = [stop(f"town{k}", 50_000, km=60.0) for k in range(6)]
    crisis = line(stop("ford", 40), *refuges, incidents=[ALARM])
    together = play(crisis, 30, party_size=200.0, leave_days=0.01, **SETTLING)
    apart = play(crisis, 30, party_size=1.0, leave_days=0.01, **SETTLING)
    assert np.count_nonzero(together.arrays["place_idps"][-1]) == 1
    assert np.count_nonzero(apart.arrays["place_idps"][-1]) >= 3


# Doors


def test_people_who_cross_into_another_country_are_refugees() -> None:
    outcome = play(border(1.0), 30, **SETTLING)
    assert outcome.arrays["refugees_abroad"][-1] > 0.9 * outcome.arrays["displaced"][-1] > 0
    assert outcome.arrays["idps"][-1] == 0
    inside = play(line(stop("ford", 100_000), stop("mill", 1_000), incidents=[ALARM]), 30, **SETTLING)
    assert inside.arrays["refugees_abroad"].max() == 0


def test_behind_a_closed_door_people_are_trapped_at_home() -> None:
    outcome = play(border(0.0), 20, **SETTLING)
    assert gone(outcome) == 0
    assert outcome.arrays["trapped"][5] > 50_000
    assert at(outcome, "place_trapped", 0, 1) == outcome.arrays["trapped"][7]


def test_a_door_half_open_lets_some_through_and_leaves_others_between_the_lines() -> None:
    outcome = play(border(0.4), 20, **SETTLING)
    a = outcome.arrays
    assert a["refugees_abroad"][-1] > 10_000
    assert a["caught"].max() > 10_000
    assert events.REFUSED in outcome.events["kind"]
    through = [
        int(play(border(share), 8, **SETTLING).arrays["refugees_abroad"][-1]) for share in (0.1, 0.4, 0.9)
    ]
    assert through == sorted(through)
    assert through[-1] > 3 * through[0]


def test_a_checkpoint_stops_only_the_community_it_refuses() -> None:
    crisis = line(
        stop("ford", 100_000, shares={"valley": 0.5, "hill": 0.5}),
        stop("east", 50_000, holder="militia"),
        forces={**FORCES, "militia": {"name": "Militia", "kind": "militia", "admits": {"hill": 0.0}}},
        incidents=[ALARM],
    )
    outcome = play(
        crisis.model_copy(
            update={
                "forces": toy(
                    forces={
                        **treating("rebels", hill="ordinary"),
                        "militia": {"name": "Militia", "kind": "militia", "admits": {"hill": 0.0}},
                    }
                ).forces
            }
        ),
        20,
        **SETTLING,
    )
    assert outcome.arrays["displaced_valley"][-1] > 10_000
    assert outcome.arrays["displaced_hill"][-1] == 0
    assert outcome.arrays["trapped"].max() > 10_000


def test_a_holder_can_shut_people_in() -> None:
    """Both sides of a front have checkpoints."""
    forces = {
        "army": {**FORCES["army"], "admits": {"valley": 0.0}},
        "rebels": FORCES["rebels"],
        "militia": {"name": "Militia", "kind": "militia"},
    }
    crisis = line(
        stop("ford", 100_000), stop("east", 50_000, holder="militia"), forces=forces, incidents=[ALARM]
    )
    outcome = play(crisis, 20, **SETTLING)
    assert gone(outcome) == 0
    assert outcome.arrays["trapped"].max() > 50_000


def test_nobody_flees_through_the_ground_of_those_who_persecute_them() -> None:
    crisis = line(
        stop("ford", 100_000),
        stop("lair", 1_000, holder="rebels"),
        stop("far", 50_000),
        forces=treating("rebels", valley="persecuted"),
        incidents=[ALARM],
    )
    outcome = play(crisis, 20, calm=True)
    assert gone(outcome) == 0
    assert outcome.arrays["trapped"].max() > 50_000


def test_those_between_the_lines_die_if_it_lasts() -> None:
    deadly = play(border(0.05), 90, stuck_deaths=30.0, road_deaths=0.0, **SETTLING).arrays["dead"]
    harmless = play(border(0.05), 90, stuck_deaths=0.0, road_deaths=0.0, **SETTLING).arrays["dead"]
    assert deadly[-1] > 100
    assert harmless.max() == 0


# Staying, moving on, going home


def test_the_displaced_move_on_when_danger_follows_them() -> None:
    second = incident("announcement", "mill", day=30)
    stops = (stop("ford", 100_000), stop("mill", 50_000, km=40.0), stop("far", 50_000, km=300.0))
    outcome = play(line(*stops, incidents=[ALARM, second]), 60, **SETTLING)
    assert outcome.arrays["secondary"][29] == 0
    assert outcome.arrays["secondary"][-1] > 0.3 * gone(play(line(*stops, incidents=[ALARM]), 29, **SETTLING))


def test_a_share_of_the_settled_moves_on_without_new_danger() -> None:
    moved = [
        int(
            play(
                middle({"population": 50_000}, {"population": 50_000}),
                200,
                **NO_FEAR,
                **{**STILL, "onward_rate": rate},
            ).arrays["secondary"][-1]
        )
        for rate in (0.0, 0.02, 0.1)
    ]
    assert moved[0] == 0
    assert moved[0] < moved[1] < moved[2]


def test_people_come_home_when_it_is_calm_again() -> None:
    crisis = line(stop("ford", 100_000), stop("mill", 50_000), incidents=[ALARM])
    a = play(crisis, 360, fear_half_life=10.0, **NO_FEAR).arrays
    assert a["displaced"].max() > 40_000
    assert a["displaced"][-1] < 0.1 * a["displaced"].max()
    assert a["returned"][-1] > 0.9 * a["newly_displaced"][-1]


def test_people_still_waiting_go_home_sooner_than_the_settled() -> None:
    crisis = line(stop("ford", 100_000), stop("mill", 50_000), incidents=[ALARM])
    back = [
        play(crisis, 60, wait_days=days, fear_half_life=7.0, **NO_FEAR).arrays["returned"][-1]
        for days in (2.0, 40.0)
    ]
    assert back[1] > back[0]


def test_nobody_returns_to_a_home_held_by_those_who_mark_them() -> None:
    def returned(word: str, anyway: float = 0.0, unsettled: float = 1.0) -> float:
        taken = [incident("capture", "ford", day=1)]
        stops = (stop("fort", holder="rebels"), stop("ford", 100_000), stop("mill", 50_000, km=200.0))
        a = play(
            line(*stops, forces=treating("rebels", valley=word), incidents=taken),
            720,
            fear_half_life=10.0,
            return_anyway=anyway,
            return_unsettled=unsettled,
            **NO_FEAR,
        ).arrays
        assert a["newly_displaced"].max() > 5_000
        return float(a["returned"][-1] / a["newly_displaced"][-1])

    assert returned("ordinary") > 0.9
    assert returned("persecuted") < 0.5
    assert returned("marked", anyway=0.0) < 0.02
    assert returned("marked", anyway=0.004) == pytest.approx(
        1.2 / 30.4 * 0.004 * 700, rel=0.5
    )  # a few always do
    assert returned("ordinary", unsettled=0.0) < 0.6  # calm under a force at war is no peace: who waits goes


def test_who_refuses_people_at_its_gates_keeps_them_from_going_home() -> None:
    def returned(admits: float) -> int:
        forces = {**FORCES, "army": {**FORCES["army"], "admits": {"valley": admits}}}
        abroad = {"country": "YY", "admin1": "abroad"}
        crisis = line(stop("ford", 100_000), stop("mill", 50_000, **abroad), forces=forces, incidents=[ALARM])
        return int(play(crisis, 200, fear_half_life=10.0, **NO_FEAR).arrays["returned"][-1])

    assert returned(0.0) == 0
    assert returned(1.0) > returned(0.2) > 0


def test_a_ruined_home_is_returned_to_more_slowly() -> None:
    fight = incident("fighting", "ford", day=1, days=60, intensity=1.0)
    crisis = line(stop("ford", 100_000), stop("mill", 50_000, km=200.0), garrison=50_000, incidents=[fight])
    still = {"fear_half_life": 7.0, "weight_memory": 0.0, "fight_days": 0.5, **NO_FEAR}
    whole, ruined = (
        play(crisis, 150, ruin_rate=rate, repair_rate=0.0, **still).arrays for rate in (0.0, 0.02)
    )
    assert ruined["returned"][-1] < 0.3 * whole["returned"][-1]


def test_those_who_stay_away_for_years_no_longer_mean_to_go_back() -> None:
    a = play(
        border(1.0), 1_500, root_years=4.0, return_safe=0.0, return_waiting=0.0, onward_rate=0.0, **NO_FEAR
    ).arrays
    fled = a["displaced"].max()
    assert a["settled_for_good"][-1] == pytest.approx(
        fled * (1.0 - 2.0 ** (-1_490 / (4.0 * 365.25))), rel=0.1
    )


def test_the_older_caseload_does_not_wait_for_calm_to_go_home() -> None:
    rows = [
        {
            "place": "mill",
            "origin": "ford",
            "community": "valley",
            "persons": 8_000,
            "since": FREEZE - timedelta(days=days),
        }
        for days in (3_000, 100, 3)
    ]
    a = play(line(stop("ford", 100_000), stop("mill", 50_000), displaced=rows), 200).arrays
    assert a["settled_for_good"][0] == 8_000
    assert a["displaced"][0] == 16_000
    assert a["displaced"][-1] < 500
    assert a["settled_for_good"][-1] >= 8_000


def test_return_does_not_come_in_pulses() -> None:
    """At 1.2 a month a quarter of those away is back in the first week of calm, not most of them."""
    crisis = line(stop("ford", 100_000), *[stop(f"town{k}", 50_000) for k in range(8)], incidents=[ALARM])
    a = play(
        crisis, 150, fear_half_life=7.0, wait_days=1.0, return_waiting=0.0, return_safe=1.2, **NO_FEAR
    ).arrays
    weekly = a["returned"][7:] - a["returned"][:-7]
    assert a["returned"][-1] > 0.8 * a["newly_displaced"][-1]
    assert weekly.max() < 0.45 * a["returned"][-1]


def test_the_first_days_are_no_different_for_those_displaced_before() -> None:
    names = [f"town{k}" for k in range(7)]
    rows = [
        {
            "place": a,
            "origin": b,
            "community": "valley",
            "persons": 2_000,
            "since": FREEZE - timedelta(days=200),
        }
        for a in names
        for b in names
        if a != b
    ]
    a = play(
        line(*[stop(n, 100_000) for n in names], displaced=rows),
        112,
        return_safe=0.2,
        onward_rate=0.2,
        **NO_FEAR,
    ).arrays
    for name in ("secondary", "returned"):
        assert a[name][7] < 0.15 * a[name][-1], name


# The search


@njit
def sort_by_heap(keys, heap_keys, heap_items, out):
    for size in range(keys.shape[0]):
        push(heap_keys, heap_items, size, keys[size], size)
    for k in range(keys.shape[0]):
        out[k] = pop(heap_keys, heap_items, keys.shape[0] - k)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 500])
def test_the_heap_of_the_search_gives_the_nearest_first(size: int) -> None:
    keys = np.random.default_rng(size).integers(0, 100, size).astype(float)
    out = np.empty(size, dtype=np.int64)
    sort_by_heap(keys, np.empty(size + 1), np.empty(size + 1, dtype=np.int64), out)
    assert np.array_equal(keys[out], np.sort(keys))
    assert np.array_equal(np.sort(out), np.arange(size))
