"""Small crises written in Python, for tests of the model."""

from __future__ import annotations

from datetime import date
from typing import Any

from afternext.scenario.schema import Scenario

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
