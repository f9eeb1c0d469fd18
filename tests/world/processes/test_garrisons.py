"""Garrisons: a force holds no more places than its fighters allow, and gives up what it cannot hold."""

from __future__ import annotations

from typing import Any

import pytest
from numba import njit

from afternext.world import compile_scenario
from afternext.world.events import CAUSE_THIN, WITHDRAWAL
from afternext.world.processes.columns import spare
from afternext.world.processes.garrisons import tend_garrisons
from afternext.world.realise import realise
from tests.world.toy import line, middle_row, stop

REBELS = 1
NOBODY = -1
FORT, CITY, WOODS = range(3)


@njit
def _spare(violence, forces, keep, place, force):
    return spare(violence, forces, keep, place, force)


@njit
def _tend(people, violence, beliefs, forces, facts, network, p, log, force):
    return tend_garrisons(people, violence, beliefs, forces, facts, network, p, log, force, 7, 8.0, 1.0)


class Rebels:
    """A fort and a city of rebels, and woods near by where others of them hide; 100 men hold the city."""

    def __init__(self, city: int, fort: int = 20, woods: int = 0) -> None:
        presence = [
            {"place": name, "force": "rebels", "strength": men}
            for name, men in (("fort", fort), ("city", 200), ("woods", woods))
            if men > 0
        ]
        crisis = line(
            stop("fort", 20_000, holder="rebels"),
            stop("city", 100_000, km=20.0, holder="rebels"),
            stop("woods", 5_000, km=20.0),
            presence=[*presence, {"place": "woods", "force": "army", "strength": 10}],
        )
        world = compile_scenario(crisis, days=30, overrides={"hold_share": 0.001, "garrison_keep": 0.3})
        self.network = world.blueprint.network
        self.state, _, _, self.facts, self.p = realise(world.blueprint, middle_row(world))
        self.forces: Any = self.state.forces
        self.forces.present[CITY, REBELS] = city

    def tend(self) -> Rebels:
        """Let the rebels look after their garrisons once."""
        s = self.state
        _tend(
            s.people,
            s.violence,
            s.beliefs,
            s.forces,
            self.facts,
            self.network,
            self.p,
            s.log,
            REBELS,
        )
        return self

    @property
    def holder(self) -> int:
        return int(self.state.violence.holder[CITY])


@pytest.mark.parametrize(("there", "free"), [(1_000, 700), (120, 20), (60, 0)])
def test_columns_leave_who_holds_a_place(there: int, free: int) -> None:
    """Thirty in a hundred stay, and never fewer than the hundred who hold the city."""
    rebels = Rebels(there)
    assert _spare(rebels.state.violence, rebels.forces, 0.3, CITY, REBELS) == free


def test_a_thin_garrison_is_made_up_from_those_who_hide_near_by() -> None:
    rebels = Rebels(city=30, woods=500).tend()
    assert rebels.holder == REBELS
    assert rebels.forces.coming[CITY, REBELS] == pytest.approx(70, abs=2)


def test_a_place_that_cannot_be_held_is_given_up_and_its_men_go_to_the_next() -> None:
    rebels = Rebels(city=30).tend()
    assert rebels.holder == NOBODY
    assert rebels.forces.coming[FORT, REBELS] == 30
    log = rebels.state.log
    used = int(log.used[0])
    assert (log.kind[used - 1], log.cause[used - 1]) == (WITHDRAWAL, CAUSE_THIN)


def test_a_garrison_of_more_than_half_of_what_it_should_be_stays() -> None:
    assert Rebels(city=60).tend().holder == REBELS


def test_a_force_keeps_its_last_place() -> None:
    rebels = Rebels(city=30)
    rebels.state.violence.holder[FORT] = rebels.forces.before[FORT] = NOBODY
    assert rebels.tend().holder == REBELS
