"""Probe crises: small countries written in Python in which one thing happens and all else is held still.

Violence is scripted by incidents: forces have no initiative (`SCRIPTED`): nobody attacks, breaks or recruits
by himself, and a scripted fight ends on its day. All other rows of the parameter table vary over their whole
prior. A city's people are a community of their own, kin to everybody else, so that the share of them away
from home can be read for every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from afternext.scenario.schema import Scenario

FREEZE = date(2020, 1, 1)
WHY = "a probe scripts its violence"
SCRIPTED = {"initiative": {"value": 0.0, "why": WHY}}
KM_PER_DEGREE = 110.0


def place(
    name: str, km: float, people: Mapping[str, int], *, admin: str, side: float = 0.0, **more: Any
) -> dict[str, Any]:
    """Return a place `km` along a line from the city and `side` km off it, with its people by community."""
    population = sum(people.values())
    return {
        "id": name,
        "name": name.replace("_", " ").title(),
        "kind": "town",
        "country": "XX",
        "admin1": admin,
        "lat": 10.0 + side / KM_PER_DEGREE,
        "lon": 20.0 + km / KM_PER_DEGREE,
        "population": population,
        "shares": {c: n / population for c, n in people.items()} if population else {},
        **more,
    }


def road(start: str, end: str, km: float, kind: str = "road") -> dict[str, Any]:
    """Return a road of `km` between two places."""
    return {"start": start, "end": end, "km": km, "kind": kind}


def force(name: str, kind: str, treats: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a force and how it treats communities."""
    return {"name": name, "kind": kind, "treats": dict(treats or {}), **more}


def garrison(place_id: str, force_id: str, strength: float) -> dict[str, Any]:
    """Return one row of presence."""
    return {"place": place_id, "force": force_id, "strength": strength}


def incident(
    kind: str, place_id: str, by: str, day: int, days: int = 1, intensity: float = 0.5
) -> dict[str, Any]:
    """Return something that happens from `day` on: before the freeze where it is negative."""
    when = {"day": day} if day >= 0 else {"date": FREEZE + timedelta(days=day)}
    return {"kind": kind, "place": place_id, "by": by, "days": days, "intensity": intensity, **when}


def uprooted(place_id: str, origin: str, community: str, persons: int, days: int) -> dict[str, Any]:
    """Return people displaced for so many days at the freeze."""
    since = FREEZE - timedelta(days=days)
    return {"place": place_id, "origin": origin, "community": community, "persons": persons, "since": since}


def crisis(
    name: str,
    *,
    people: Iterable[str],
    forces: Mapping[str, dict[str, Any]],
    hostile: Sequence[tuple[str, str]],
    places: Sequence[dict[str, Any]],
    routes: Sequence[dict[str, Any]],
    holders: Mapping[str, str],
    **more: Any,
) -> Scenario:
    """Return a probe crisis. All are kin; places not in `holders` are held by the first force."""
    names = list(people)
    first = next(iter(forces))
    content: dict[str, Any] = {
        "id": name,
        "title": name,
        "fictional": True,
        "freeze": FREEZE,
        "grid": {"daily_until": 800, "weekly_until": 800},
        "communities": {c: {"name": c.title(), "kin": {o: 1.0 for o in names if o != c}} for c in names},
        "forces": dict(forces),
        "relations": [{"between": pair, "stance": "hostile"} for pair in hostile],
        "places": list(places),
        "routes": list(routes),
        "holders": [{"place": p["id"], "holder": holders.get(p["id"], first)} for p in places],
        "parameters": SCRIPTED,
    }
    return Scenario.model_validate(content | more)
