"""Arden: a made-up country with a chancellery, small enough to run thousands of times.

The capital and the river towns are the core's; the north is shut out of power and has an insurgency; the east
governs itself in part. A far patron with a public and a near rival of his both may help the government. What
is left open (how hollow the army is, how many insurgents there are, what powers see and want) varies over its
whole range in every future, as do all rows of the parameter table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from afternext.scenario.schema import Scenario
from patterns.probe import FREEZE, force, garrison, place, road

CAPITAL, RIVER, NORTH, FAR, EAST = "capital", "river", "north_city", "far_town", "east_city"
THREATENED: dict[str, Any] = {"lognormal": [6000, 0.4], "within": [2500, 15000]}
QUIET = 150
HOLLOW: dict[str, Any] = {"range": [0.2, 0.7]}
SOLID = 0.9
SHUT_OUT: dict[str, Any] = {"triangular": [0.5, 0.75, 0.95]}
DAYS_OPEN = 3653  # days told one by one


def effect(lever: str, amount: Any, on: str | None = None) -> dict[str, Any]:
    """Return one effect of a move at scale 1."""
    return {"lever": lever, "amount": amount} | ({"on": on} if on else {})


def moves(strikes: Any, shares: Any, order: float) -> dict[str, dict[str, Any]]:
    """Return what the powers of Arden may do.

    strikes : share of the power of an insurgent that shows itself, taken away by air support at scale 1
    shares : share of the exclusion of the north that power sharing takes away
    order : what an order of the insurgent council adds to the wish of its force for a course
    """
    return {
        "air_support": {
            "name": "Air support",
            "kind": "air",
            "by": ["patron"],
            "to": ["government"],
            "consent": True,
            "cost": 0.4,
            "exposure": 0.8,
            "scales": [0.5, 1.0],
            "ready_days": {"lognormal": [4, 0.6]},
            "speed_km_day": 1500.0,
            "collection_days": {"lognormal": [20, 0.5]},
            "days": 365,
            "ramp_days": 9,
            "when": [{"aim": "centre", "below": 0.85}],
            "expects": {
                "near": {"enemy_ground": -0.1, "centre": 0.2},
                "far": {"enemy_ground": -0.15, "centre": 0.1},
            },
            "effects": [effect("strikes", strikes, "front"), effect("sight", 0.4, "own")],
        },
        "ground_intervention": {
            "name": "Troops on the ground",
            "kind": "ground",
            "by": ["patron", "rival"],
            "to": ["government"],
            "consent": True,
            "cost": 2.0,
            "exposure": 1.0,
            "scales": [0.1, 0.3, 1.0],
            "ready_days": {"lognormal": [12, 0.6]},
            "speed_km_day": 700.0,
            "days": 365,
            "ramp_days": 25,
            "when": [{"aim": "centre", "below": 0.85}],
            "expects": {
                "near": {"enemy_ground": -0.1, "centre": 0.3},
                "far": {"enemy_ground": -0.1, "inclusion": -0.03},
            },
            "effects": [effect("troops", 8000, "army"), effect("advice", 0.4, "army")],
        },
        "arms": {
            "name": "Arms",
            "kind": "aid",
            "by": ["patron", "rival"],
            "to": ["government"],
            "consent": True,
            "deniable": True,
            "cost": 0.15,
            "exposure": 0.4,
            "ready_days": {"lognormal": [30, 1.0]},
            "speed_km_day": 600.0,
            "days": 365,
            "ramp_days": 30,
            "expects": {"near": {"centre": 0.05, "influence": 0.05}, "far": {"enemy_ground": -0.05}},
            "effects": [effect("arms", 20, "army")],
        },
        "advisers": {
            "name": "Advisers",
            "kind": "aid",
            "by": ["patron", "rival"],
            "to": ["government"],
            "consent": True,
            "deniable": True,
            "cost": 0.1,
            "exposure": 0.4,
            "ready_days": 5,
            "speed_km_day": 2000.0,
            "days": 365,
            "ramp_days": 60,
            "expects": {"near": {"centre": 0.05}, "far": {"enemy_ground": -0.05, "influence": 0.1}},
            "effects": [effect("advice", 0.6, "army")],
        },
        "look_away": {
            "name": "Looks the other way",
            "kind": "politics",
            "by": ["patron", "rival"],
            "to": ["patron", "rival"],
            "deniable": True,
            "cost": 0.0,
            "exposure": 0.2,
            "days": 180,
            "ramp_days": 14,
            "when": [{"aim": "enemy_ground", "above": 0.05}],
            "expects": {"near": {"enemy_ground": -0.03}, "far": {"enemy_ground": -0.03}},
            "effects": [effect("align", 0.2, "target")],
        },
        "power_sharing": {
            "name": "Shares power with the north",
            "kind": "politics",
            "by": ["government"],
            "cost": 0.3,
            "exposure": 0.6,
            "days": 1460,
            "ramp_days": 120,
            "expects": {"near": {"leader": -0.02}, "far": {"inclusion": 0.4, "enemy_ground": -0.15}},
            "effects": [effect("inclusion", shares, "north")],
        },
        "mobilise": {
            "name": "Calls to arms",
            "kind": "politics",
            "by": ["government"],
            "cost": 0.1,
            "exposure": 0.5,
            "ready_days": 3,
            "days": 180,
            "ramp_days": 14,
            "when": [{"aim": "centre", "below": 0.7}],
            "expects": {"near": {"centre": 0.15, "enemy_ground": -0.05}, "far": {"inclusion": -0.1}},
            "effects": [effect("mobilise", 1500, "army")],
        },
        "hold": posture("hold", order),
        "expand": posture("expand", order),
        "foment": posture("foment", order),
        "lie_low": posture("ground", order),
    }


def posture(lever: str, order: float) -> dict[str, Any]:
    """Return the insurgent leadership's decision to lean to one posture."""
    expects = {
        "hold": {"near": {"own_ground": 0.05}, "far": {"own_ground": 0.1}},
        "expand": {"near": {"own_ground": 0.15, "own_losses": 0.1}, "far": {"own_ground": 0.1}},
        "foment": {"near": {"violence": 0.1}, "far": {"confidence": -0.1, "own_losses": -0.05}},
        "ground": {"near": {"own_losses": -0.2}, "far": {"own_losses": -0.1}},
    }[lever]
    return {
        "name": {"hold": "Holds", "expand": "Expands", "foment": "Foments trouble", "ground": "Lies low"}[
            lever
        ],
        "kind": "politics",
        "by": ["council"],
        "cost": 0.3,
        "exposure": 0.3,
        "days": 180,
        "ramp_days": 7,
        "expects": expects,
        "effects": [effect(lever, order, "own")],
    }


def goal(target: float, near: float, far: float) -> dict[str, float]:
    return {"target": target, "near": near, "far": far}


def powers() -> dict[str, dict[str, Any]]:
    """Return who decides in and about Arden."""
    return {
        "government": {
            "name": "The government",
            "kind": "government",
            "capability": 20,
            "far": {"range": [0.2, 0.6]},
            "collection": {"range": [0.3, 0.8]},
            "slant": {"uniform": [-1, 1]},
            "seats": 55,
            "speaks": {"core": 0.8},
            "goals": {
                "centre": goal(1, 1, 1),
                "enemy_ground": goal(0, 0.8, 0.8),
                "leader": goal(1, 1, 0.6),
                "inclusion": goal(1, 0.1, 0.3),
            },
        },
        "northern_party": {
            "name": "The northern party",
            "kind": "party",
            "capability": 3,
            "seats": 25,
            "speaks": {"north": 0.6},
            "goals": {"inclusion": goal(1, 1, 1)},
        },
        "eastern_region": {
            "name": "The eastern region",
            "kind": "region",
            "capability": 5,
            "seats": 20,
            "speaks": {"east": 0.8},
            "goals": {"autonomy": goal(1, 1, 1), "own_ground": goal(1, 1, 1)},
        },
        "council": {
            "name": "The insurgent council",
            "kind": "insurgent",
            "capability": 3,
            "budget": 1,
            "collection": 0.7,
            "goals": {
                "own_ground": goal(1, 1, 1),
                "confidence": goal(0, 0.5, 0.5),
                "own_losses": goal(0, 0.7, 0.7),
                "violence": goal(1, 0.1, 0.1),
            },
        },
        "patron": {
            "name": "The patron",
            "kind": "state",
            "capability": 100,
            "far": {"range": [0.1, 0.5]},
            "collection": {"range": [0.05, 0.4]},
            "slant": {"uniform": [-1, 1]},
            "distance_km": 8000,
            "price": {"rival": {"range": [0.2, 0.8]}},
            "goals": {
                "centre": goal(1, 1, 0.7),
                "enemy_ground": goal(0, 1, 1),
                "inclusion": goal(1, 0.1, 0.4),
                "rival_influence": goal(0, 0.2, 0.4),
                "displaced": goal(0, 0.3, 0.2),
            },
            "public": {
                "weight": {"range": [0.4, 0.9]},
                "support": {"aid": 0.55, "air": {"range": [0.3, 0.6]}, "ground": 0.2, "politics": 0.5},
                "elite": {"uniform": [-0.6, 0.4]},
                "polarised": {"range": [0.2, 0.8]},
                "weary": {"range": [0.1, 0.6]},
                "misled": {"range": [0.1, 0.5]},
            },
        },
        "rival": {
            "name": "The rival",
            "kind": "state",
            "capability": 15,
            "far": {"range": [0.2, 0.6]},
            "collection": {"range": [0.3, 0.8]},
            "distance_km": 400,
            "goals": {
                "centre": goal(1, 1, 1),
                "enemy_ground": goal(0, 1, 0.8),
                "influence": goal(1, 0.4, 0.8),
                "rival_influence": goal(0, 0.3, 0.5),
            },
        },
    }


def arden(
    name: str = "arden",
    *,
    insurgents: Any = None,
    present: Any = None,
    excluded: Any = None,
    inclusion: Any = 0.3,
    strikes: Any = None,
    shares: Any = None,
    order: float = 1.5,
    lost: tuple[str, ...] = (FAR,),
    in_north: int = 0,
    strategies: dict[str, Any] | None = None,
    price: Any = None,
    incidents: Sequence[dict[str, Any]] = (),
) -> Scenario:
    """Return Arden; if nothing is said: many insurgents, a hollow army, a north shut out.

    lost : places that the insurgents hold      in_north : their men in the northern city
    """
    state = powers()
    if price is not None:
        state["patron"]["price"] = {"rival": price}
    country = "XX"
    content: dict[str, Any] = {
        "id": name,
        "title": name,
        "fictional": True,
        "freeze": FREEZE,
        "grid": {"daily_until": DAYS_OPEN, "weekly_until": DAYS_OPEN},
        "communities": {
            "core": {"name": "The core"},
            "north": {"name": "The north", "excluded": SHUT_OUT if excluded is None else excluded},
            "east": {"name": "The east", "excluded": 0.2},
        },
        "forces": {
            "army": force(
                "Army",
                "army",
                {"core": "own"},
                power="government",
                present=HOLLOW if present is None else present,
                cohesion={"range": [0.2, 0.8]} if present is None else SOLID,
            ),
            "guard": force("Eastern guard", "militia", {"east": "own"}, power="eastern_region", cohesion=0.7),
            "front": force(
                "The Front",
                "insurgent",
                {"north": "own", "core": "persecuted", "east": "persecuted"},
                power="council",
                strength=THREATENED if insurgents is None else insurgents,
                cohesion={"range": [0.6, 0.9]},
            ),
        },
        "powers": state,
        "relations": [
            {"between": pair, "stance": stance}
            for pair, stance in (
                (("army", "front"), "hostile"),
                (("guard", "front"), "hostile"),
                (("army", "guard"), "tacit"),
                (("government", "council"), "hostile"),
                (("eastern_region", "council"), "hostile"),
                (("patron", "council"), "hostile"),
                (("rival", "council"), "hostile"),
                (("patron", "rival"), "hostile"),
                (("government", "rival"), "allied"),
                (("government", "patron"), "tacit"),
                (("government", "eastern_region"), "neutral"),
                (("government", "northern_party"), "rival"),
            )
        ],
        "polity": {
            "government": "government",
            "capital": CAPITAL,
            "country": country,
            "trust": {"range": [0.3, 0.6]},
            "inclusion": inclusion,
            "leader_since": FREEZE.replace(year=FREEZE.year - 4),
            "regions": {
                "east": {"name": "The East", "power": "eastern_region", "admin1": ["east"], "autonomy": 0.6},
                "north": {
                    "name": "The North",
                    "power": "northern_party",
                    "admin1": ["north"],
                    "claims": True,
                },
            },
        },
        "moves": moves(
            {"triangular": [0.3, 0.6, 0.9]} if strikes is None else strikes,
            {"triangular": [0.3, 0.6, 0.9]} if shares is None else shares,
            order,
        ),
        "strategies": strategies or {},
        "incidents": list(incidents),
        "places": [
            place(CAPITAL, 0, {"core": 900_000, "north": 100_000}, admin="centre"),
            place(RIVER, 120, {"core": 200_000, "north": 100_000}, admin="centre"),
            place(NORTH, 250, {"north": 500_000}, admin="north"),
            place(FAR, 330, {"north": 100_000}, admin="north"),
            place(EAST, 60, {"east": 400_000}, admin="east", side=150.0),
        ],
        "routes": [
            road(CAPITAL, RIVER, 120),
            road(RIVER, NORTH, 130),
            road(NORTH, FAR, 80),
            road(CAPITAL, EAST, 170),
            road(RIVER, EAST, 190),
        ],
        "holders": [
            {"place": p, "holder": h}
            for p, h in (
                (CAPITAL, "army"),
                (RIVER, "army"),
                (NORTH, "front" if NORTH in lost else "army"),
                (FAR, "front" if FAR in lost else "army"),
                (EAST, "guard"),
            )
        ],
        "presence": [
            garrison(CAPITAL, "army", 12_000),
            garrison(RIVER, "army", 15_000 if NORTH in lost else 5_000),
            *([] if NORTH in lost else [garrison(NORTH, "army", 10_000)]),
            garrison(EAST, "guard", 8_000),
            garrison(FAR, "front", 1_000),
            *([garrison(NORTH, "front", in_north)] if in_north else []),
        ],
    }
    return Scenario.model_validate(content)
