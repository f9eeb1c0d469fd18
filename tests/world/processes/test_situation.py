"""Situation: what is at stake, and how far the picture of a power is from it."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world.forces import FOMENT
from tests.world.processes.chamber import AIM, ARMY, BAND, PATRON, REBELS, STATE, Chamber


def test_ground_is_shared_between_a_power_and_its_enemies() -> None:
    room = Chamber().assess(STATE).assess(BAND)
    assert room.aim(STATE, "own_ground") > 0.9
    assert room.aim(STATE, "own_ground") == pytest.approx(room.aim(BAND, "enemy_ground"))
    assert room.aim(STATE, "enemy_ground") == pytest.approx(room.aim(BAND, "own_ground"))
    assert room.aim(STATE, "own_ground") + room.aim(STATE, "enemy_ground") == pytest.approx(1.0)


def test_a_lost_capital_is_no_safe_one() -> None:
    room = Chamber().assess(STATE)
    before = room.aim(STATE, "centre")
    capital = int(room.court.powers.capital[0])
    room.state.violence.fighter[capital] = REBELS
    room.state.violence.intensity[capital] = 1.0
    assert 0.0 < room.assess(STATE).aim(STATE, "centre") < before
    room.state.violence.holder[capital] = REBELS
    assert room.assess(STATE).aim(STATE, "centre") == 0.0


def test_the_danger_of_a_front_near_the_capital_fades() -> None:
    room = Chamber()
    room.state.violence.odds[:] = 0.0
    safety = [room.assess(STATE, step).aim(STATE, "centre") for step in (0, 60, 600)]
    assert safety == sorted(safety)
    assert safety[-1] > safety[0]


def test_falling_ground_and_killing_shock() -> None:
    room = Chamber().assess(PATRON)
    assert room.council.shock[PATRON] == 0.0
    room.assess(PATRON, 7)
    assert room.council.shock[PATRON] == pytest.approx(0.0, abs=1e-6)
    capital = int(room.court.powers.capital[0])
    room.state.violence.holder[capital] = REBELS
    room.council.alignment[PATRON, BAND] = -1.0
    assert room.assess(PATRON, 14).council.shock[PATRON] > 0.9
    room.assess(PATRON, 21)
    room.state.people.dead[0] += 500
    assert room.assess(PATRON, 28).council.shock[PATRON] > 0.1


def test_violence_and_losses_are_those_of_about_four_weeks() -> None:
    room = Chamber().assess(STATE)
    people = room.state.people.residents.sum()
    for step in range(7, 7 * 30, 7):
        room.state.people.dead[0] += round(people / 100_000)
        room.assess(STATE, step)
    assert room.aim(STATE, "violence") == pytest.approx(0.8, abs=0.05)  # four a month: x / (1 + x)
    for step in range(7 * 30, 7 * 60, 7):
        room.assess(STATE, step)
    assert room.aim(STATE, "violence") < 0.01


def test_without_ignorance_the_picture_is_the_situation() -> None:
    room = Chamber(ignorance=0.0)
    for step, level in ((0, 0.3), (7, 0.9)):
        room.council.situation[PATRON] = level
        room.look(PATRON, step)
        assert np.array_equal(room.council.believed[PATRON], room.council.situation[PATRON])


def test_a_picture_lags_and_errs_less_the_more_is_seen() -> None:
    def error(collection: float) -> float:
        found = []
        for luck in range(30):
            room = Chamber(luck=luck, information_lag=40.0, picture_lag=3.0)
            room.court.powers.collection[PATRON] = collection
            room.council.situation[PATRON] = 0.3
            room.look(PATRON, 0)
            room.council.situation[PATRON] = 0.7
            room.look(PATRON, 7)
            found.append(abs(room.council.believed[PATRON, AIM["enemy_ground"]] - 0.7))
        return float(np.mean(found))

    assert error(1.0) < error(0.6) < error(0.1)


def test_a_slant_makes_enemies_larger_and_the_capital_less_safe() -> None:
    room = Chamber(picture_error=0.0)
    room.court.powers.slant[PATRON] = 1.0
    room.council.situation[PATRON] = 0.5
    room.look(PATRON, 0)
    believed = room.council.believed[PATRON]
    assert believed[AIM["enemy_ground"]] > 0.5 > believed[AIM["centre"]]
    assert believed[AIM["inclusion"]] == 0.5
    assert believed[AIM["own_ground"]] == 0.5


def test_what_threatens_a_power_it_comes_to_see_better() -> None:
    room = Chamber(watch_gain=0.5, watch_days=60.0)
    room.look(PATRON, 0)
    before = room.council.sight[PATRON]
    room.council.threat[PATRON, 2] = 1.0
    for step in range(7, 200, 7):
        room.look(PATRON, step)
    assert before == pytest.approx(room.court.powers.collection[PATRON])
    assert 0.25 < (room.council.sight[PATRON] - before) / (1.0 - before) < 0.5


def test_who_fights_in_the_open_is_seen_late_by_who_sees_little() -> None:
    room = Chamber(information_lag=40.0, picture_lag=3.0)
    for power, sees in ((PATRON, 0.1), (STATE, 0.9)):
        room.court.powers.collection[power] = sees
        room.look(power, 0)
    assert room.council.seen[PATRON, REBELS] == room.council.seen[STATE, REBELS] == 1.0
    room.state.forces.posture[REBELS] = 2  # it hides
    room.state.forces.before[:] = ARMY  # and holds nothing
    for power in (PATRON, STATE):
        room.look(power, 7)
    assert 0.0 < room.council.seen[STATE, REBELS] < room.council.seen[PATRON, REBELS] < 1.0
    assert room.council.seen[PATRON, 0] == 1.0, "an army cannot hide"


def test_who_holds_places_shows_itself_there_whatever_else_it_is_up_to() -> None:
    room = Chamber(ignorance=0.0)
    forces = room.state.forces
    forces.posture[REBELS] = FOMENT
    assert room.look(PATRON, 0).council.seen[PATRON, REBELS] == 1.0, "all of them are at their fort"
    fort, mill = 3, 1
    forces.present[mill, REBELS] = forces.present[fort, REBELS]
    assert room.look(PATRON, 7).council.seen[PATRON, REBELS] == pytest.approx(0.5)
    forces.before[fort] = ARMY
    assert room.look(PATRON, 14).council.seen[PATRON, REBELS] == 0.0
