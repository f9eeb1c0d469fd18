"""Small crises written in Python, for tests of the model."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import qmc

from afternext.scenario.schema import Scenario
from afternext.world import compile_scenario
from afternext.world.future import Outcome, World

if TYPE_CHECKING:
    from numpy.typing import NDArray

FREEZE = date(2020, 1, 1)
COMMUNITIES = {"valley": {"name": "Valley people"}, "hill": {"name": "Hill people"}}
FORCES = {
    "army": {"name": "Army", "kind": "army", "treats": {"valley": "own"}},
    "rebels": {"name": "Rebels", "kind": "insurgent", "treats": {"hill": "own", "valley": "ordinary"}},
}


def place(name: str, x: float, population: int, hill: float = 0.2, **more: Any) -> dict[str, Any]:
    """Return one place; ``x`` is its position along a road, in degrees."""
    return {
        "id": name,
        "name": name.title(),
        "kind": "town",
        "country": "XX",
        "admin1": "north" if x < 1 else "south",
        "lat": 10.0,
        "lon": 20.0 + x,
        "population": population,
        "shares": {"valley": 1.0 - hill, "hill": hill},
        **more,
    }


def toy(**changes: Any) -> Scenario:
    """Return three towns on a road and a crossing to a camp abroad, the first two near the front."""
    content: dict[str, Any] = {
        "id": "toy",
        "title": "Toy",
        "fictional": True,
        "freeze": FREEZE,
        "communities": COMMUNITIES,
        "forces": FORCES,
        "relations": [{"between": ["army", "rebels"], "stance": "hostile"}],
        "places": [
            place("ford", 0.0, 100_000),
            place("mill", 0.5, 60_000),
            place("port", 2.0, 500_000),
            place("fort", -0.6, 20_000, hill=0.9),
            place("gate", 2.4, 0, kind="crossing", shares={}),
            place("tents", 2.6, 0, kind="camp", country="YY", admin1="abroad", shares={}),
        ],
        "routes": [
            {"start": "ford", "end": "mill", "km": 60},
            {"start": "mill", "end": "port", "km": 170},
            {"start": "fort", "end": "ford", "km": 70},
            {"start": "port", "end": "gate", "km": 50},
            {"start": "gate", "end": "tents", "km": 25, "kind": "border"},
        ],
        "presence": [
            {"place": "ford", "force": "army", "strength": 2000},
            {"place": "mill", "force": "army", "strength": 500},
            {"place": "port", "force": "army", "strength": 3000},
            {"place": "fort", "force": "rebels", "strength": 900},
        ],
        "holders": [
            {"place": name, "holder": "rebels" if name == "fort" else "army"}
            for name in ("ford", "mill", "port", "fort", "gate", "tents")
        ],
    }
    return Scenario.model_validate(content | changes)


TREATMENT_NAMES = ("own", "spared", "ordinary", "persecuted", "marked")
CALM = {"initiative": 0.0}  # nothing happens but what the scenario says
STILL = {"return_safe": 0.0, "return_waiting": 0.0, "onward_rate": 0.0}  # who has arrived stays


def stop(
    name: str, population: int = 0, km: float = 60.0, holder: str = "army", **more: Any
) -> dict[str, Any]:
    """Return one stop of `line`: a place, its road from the stop before, and who holds it."""
    shares = {} if population == 0 else {"shares": {"valley": 1.0}}
    return {"km": km, "holder": holder, **place(name, 0.0, population), "shares": {}, **shares, **more}


def line(*stops: dict[str, Any], garrison: int = 100, **changes: Any) -> Scenario:
    """Return places along one road, each held and garrisoned as its stop says."""
    places = [
        {**{key: value for key, value in item.items() if key not in ("km", "holder")}, "lon": 20.0 + 0.1 * k}
        for k, item in enumerate(stops)
    ]
    pairs = itertools.pairwise(stops)
    held = [item for item in stops if item["holder"] != "nobody"]
    content = {
        "places": places,
        "routes": [{"start": a["id"], "end": b["id"], "km": b["km"]} for a, b in pairs],
        "holders": [{"place": item["id"], "holder": item["holder"]} for item in stops],
        "presence": [{"place": item["id"], "force": item["holder"], "strength": garrison} for item in held],
    }
    return toy(**content | changes)


def treating(force: str, **words: Any) -> dict[str, Any]:
    """Return the forces of the toy with one of them treating communities otherwise."""
    treats = {**FORCES[force].get("treats", {}), **words}
    return {**FORCES, force: {**FORCES[force], "treats": treats}}


def incident(kind: str, where: str, day: int = 2, by: str = "rebels", **more: Any) -> dict[str, Any]:
    """Return one what-if incident."""
    return {"kind": kind, "place": where, "by": by, "day": day, **more}


def middle_row(world: World) -> NDArray[np.float64]:
    """Return the row with every uncertain value at its median."""
    return np.array([float(experiment.value.quantile(0.5)) for experiment in world.experiments])


def draw_rows(world: World, futures: int, seed: int = 0) -> NDArray[np.float64]:
    """Return rows spread over the whole prior."""
    u = qmc.Sobol(len(world.experiments), seed=seed).random(futures)
    u = np.clip(u, 1e-9, 1.0 - 1e-9)
    columns = [np.asarray(e.value.quantile(u[:, j]), float) for j, e in enumerate(world.experiments)]
    return np.stack(columns, axis=1)


def play(
    scenario: Scenario,
    days: int = 60,
    *,
    dt: float = 1.0,
    luck: int = 1,
    seed: int = 1,
    calm: bool = True,
    **overrides: float | str,
) -> Outcome:
    """Simulate one future with every uncertain value at its median, but for the overrides."""
    fixed = {**(CALM if calm else {}), **overrides}
    world = compile_scenario(scenario, days=days, dt=dt, overrides=fixed)
    return world.simulate(middle_row(world), seed, luck)


def at(outcome: Outcome, measure: str, place_index: int, snapshot: int = -1) -> int:
    """Return a place measure of one place at one snapshot, the last unless said otherwise."""
    return int(outcome.arrays[measure][snapshot, place_index])


def alike(one: Outcome, other: Outcome) -> bool:
    """Whether two futures are the same in every array and event."""
    return (
        one.arrays.keys() == other.arrays.keys()
        and all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)
        and np.array_equal(one.events, other.events)
    )
