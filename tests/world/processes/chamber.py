"""A government, its patron and a band of rebels: the strategic layer of a small crisis, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from afternext.world import compile_scenario
from afternext.world.chancellery import AIMS, IDLE
from afternext.world.processes.decisions import decide
from afternext.world.processes.delivery import end_option, step_delivery
from afternext.world.processes.plans import carry_out_plans, take_stock
from afternext.world.processes.pressure import step_pressure
from afternext.world.processes.situation import assess, look, watch_forces
from afternext.world.realise import realise
from afternext.world.streams import future_key, step_stream
from tests.world.toy import FORCES, middle_row, toy

if TYPE_CHECKING:
    from afternext.scenario.schema import Scenario
    from afternext.world.future import World

STATE, PATRON, BAND = range(3)
ARMY, REBELS = 0, 1
WEEK = 7
AIM = {name: a for a, (name, _) in enumerate(AIMS)}
SURE = {"choice_sharpness": 50.0}  # choices without luck
PUBLIC = {
    "weight": 1.0,
    "support": {"aid": 0.6, "air": 0.5, "ground": 0.2, "politics": 0.5},
    "weary": 0.5,
}
GOALS = {"enemy_ground": {"target": 0, "near": 1, "far": 1}, "centre": {"target": 1, "near": 1, "far": 1}}


def strikes(**changes: Any) -> dict[str, Any]:
    """Return a move of the patron that helps the government from the air."""
    return {
        "name": "Air support",
        "kind": "air",
        "by": ("patron",),
        "to": ("state",),
        "cost": 0.4,
        "exposure": 0.8,
        "scales": (0.5, 1.0),
        "days": 180,
        "ramp_days": 0,
        "expects": {"near": {"enemy_ground": -0.3, "centre": 0.2}, "far": {"enemy_ground": -0.3}},
        "effects": ({"lever": "strikes", "on": "enemies", "amount": 0.5},),
        **changes,
    }


def troops(**changes: Any) -> dict[str, Any]:
    """Return a move of the patron that sends men to the government."""
    effects = ({"lever": "troops", "on": "target", "amount": 700},)
    return strikes(name="Troops", kind="ground", effects=effects, **changes)


def crisis(**changes: Any) -> Scenario:
    """Return the toy with three powers, a polity, and one move."""
    content: dict[str, Any] = {
        "forces": {
            "army": {**FORCES["army"], "power": "state"},
            "rebels": {**FORCES["rebels"], "power": "band"},
        },
        "powers": {
            "state": {"name": "State", "kind": "government", "goals": GOALS},
            "patron": {"name": "Patron", "kind": "state", "collection": 0.4, "goals": GOALS},
            "band": {"name": "Band", "kind": "insurgent", "goals": {"own_ground": {"target": 1}}},
        },
        "polity": {
            "government": "state",
            "capital": "port",
            "country": "XX",
            "leader_since": "2018-01-01",
        },
        "moves": {"strikes": strikes()},
    }
    relations = (*toy().relations, {"between": ("state", "patron"), "stance": "allied"})
    return toy(relations=relations, **content | changes)


@njit
def _decide(court, council, forces, facts, log, luck, power, step):
    key = future_key(1, luck)
    decide(court, council, forces, facts, log, step_stream(key, step, 13), key, power, step, step + 1.0, 1)


@njit
def _plans(court, council, log, luck, step):
    carry_out_plans(court, council, log, future_key(1, luck), step, step + 1.0, 1)


@njit
def _take_stock(court, council, log):
    take_stock(court, council, log, 0, 1.0, 1)


@njit
def _deliver(court, council, log, luck, step):
    step_delivery(court, council, log, future_key(1, luck), step, step + 1.0, 1, True)


@njit
def _end(court, council, log, option, step):
    end_option(court, council, log, option, 33, step, step + 1.0, 1)


@njit
def _look(powers, council, forces, facts, p, power, luck, step):
    stream = step_stream(future_key(1, luck), step, 17)
    follow = look(powers, council, 0.0, p, power, stream, step)
    watch_forces(council, forces, facts, power, follow)


@njit
def _assess(powers, chancellery, state, facts, p, power, step):
    return assess(powers, chancellery, state, facts, p, power, step, 1)


@njit
def _press(court, chancellery, state, facts, luck, step):
    stream = step_stream(future_key(1, luck), step, 16)
    step_pressure(court, chancellery, state, facts, stream, True)


WORLDS: dict[tuple[Any, ...], World] = {}


def _world(scenario: Scenario, parameters: dict[str, float]) -> World:
    """Compile a crisis once for all its lucks, as a run does."""
    key = (scenario.hash, *sorted(parameters.items()))
    if key not in WORLDS:
        WORLDS[key] = compile_scenario(scenario, days=400, overrides=parameters)
    return WORLDS[key]


class Chamber:
    """One future of a crisis, of which only the strategic parts are run."""

    def __init__(self, scenario: Scenario | None = None, luck: int = 0, **parameters: float) -> None:
        world = _world(scenario or crisis(), parameters)
        self.state, self.court, self.chancellery, self.facts, _ = realise(world.blueprint, middle_row(world))
        self.council = self.chancellery.council
        self.luck = luck

    def see(self, **aims: float) -> Chamber:
        """Let all powers know the situation to be this."""
        for name, value in aims.items():
            self.council.situation[:, AIM[name]] = value
            self.council.believed[:, AIM[name]] = value
        self.council.seen[:] = 1.0
        return self

    def decide(self, power: int = PATRON, step: int = 0) -> Chamber:
        """Let a power decide once."""
        forces, log = self.state.forces, self.state.log
        _decide(self.court, self.council, forces, self.facts, log, self.luck, power, step)
        return self

    def plan(self, step: int) -> Chamber:
        """Carry out what is planned for a day."""
        _plans(self.court, self.council, self.state.log, self.luck, step)
        return self

    def take_stock(self) -> Chamber:
        """Put in force what has been so since before the freeze."""
        _take_stock(self.court, self.council, self.state.log)
        return self

    def deliver(self, first: int, last: int | None = None) -> Chamber:
        """Let days pass in which hosts are asked and options take effect."""
        for step in range(first, (first if last is None else last) + 1):
            _deliver(self.court, self.council, self.state.log, self.luck, step)
        return self

    def end(self, option: int, step: int) -> Chamber:
        """End an option."""
        _end(self.court, self.council, self.state.log, option, step)
        return self

    def look(self, power: int, step: int) -> Chamber:
        """Let a power renew its picture."""
        forces, p = self.state.forces, self.court.p.situation
        _look(self.court.powers, self.council, forces, self.facts, p, power, self.luck, step)
        return self

    def assess(self, power: int, step: int = 0) -> Chamber:
        """Take stock for a power."""
        p = self.court.p.situation
        _assess(self.court.powers, self.chancellery, self.state, self.facts, p, power, step)
        return self

    def press(self, step: int = 0) -> Chamber:
        """Let what is in effect press on the war."""
        _press(self.court, self.chancellery, self.state, self.facts, self.luck, step)
        return self

    def aim(self, power: int, name: str) -> float:
        """Return how an aim stands for a power."""
        return float(self.council.situation[power, AIM[name]])

    @property
    def acting(self) -> bool:
        """Whether any option is under way."""
        return bool((self.council.stage != IDLE).any())

    @property
    def events(self) -> list[tuple[int, int]]:
        """Kinds and causes of what has been noted."""
        log = self.state.log
        used = int(log.used[0])
        return list(zip(log.kind[:used].tolist(), log.cause[:used].tolist(), strict=True))

    def fighters(self, force: int) -> int:
        """Return the fighters of a force."""
        return int(self.state.forces.present[:, force].sum())


def often(act: Any, tries: int = 60) -> float:
    """Return the share of lucks in which something holds."""
    return float(np.mean([act(luck) for luck in range(tries)]))
