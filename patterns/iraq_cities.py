"""The shipped crisis beside the probe: what if a large city of Iraq fell within a week of 5 June 2014?

No verdict rests on this. That one of these cities did fall is known only since; so the cities are picked by
a rule that reads nothing but the scenario at its freeze, all get the same script on the same days, and all
are reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from afternext.scenario import load
from afternext.scenario.schema import Incident, Place, Scenario
from patterns.harness import Floats, Lab

CRISIS = "iraq-2014-06-05"
ATTACKER = "isis"
SMALLEST, LARGEST = 900_000, 2_000_000  # people of a city
NEAR_KM = 100.0  # by road from where the attacker has fighters: half-distance of its reach
SHOTS, FALL = 4, 7  # days
DAYS = 36
ENOUGH_FUTURES = 256


@dataclass(frozen=True)
class Row:
    """What the fall of one city leads to: 5, 50 and 95 % points."""

    city: str
    people: int
    week: tuple[float, float, float]  # thousand who leave up to a week after the fall
    ahead: tuple[float, float, float]  # % of them before it
    back: tuple[float, float, float]  # % of them home three weeks after the fall


def cities(scenario: Scenario) -> Mapping[str, list[Place]]:
    """Return towns, and the city districts of a governorate together, of a size and near the attacker."""
    groups: dict[str, list[Place]] = {}
    for item in scenario.places:
        city = item.admin1 if item.kind == "district" else item.id
        groups.setdefault(f"{item.country}/{city}", []).append(item)
    km = road_km(scenario, [row.place for row in scenario.presence if row.force == ATTACKER])
    holder = {h.place: h.holder for h in scenario.holders}
    enemies = {
        force
        for relation in scenario.force_relations
        if relation.stance == "hostile" and ATTACKER in relation.between
        for force in relation.between
    } - {ATTACKER}
    return {
        "/".join(dict.fromkeys(p.name.split(",")[0] for p in group)): group
        for group in groups.values()
        if SMALLEST <= sum(p.population for p in group) <= LARGEST
        and min(km[p.id] for p in group) <= NEAR_KM
        and all(holder.get(p.id) in enemies for p in group)
    }


def road_km(scenario: Scenario, sources: list[str]) -> Mapping[str, float]:
    """Return the way by road from the nearest of some places to every place."""
    index = {p.id: k for k, p in enumerate(scenario.places)}
    ends = np.array([(index[r.start], index[r.end]) for r in scenario.routes])
    length = np.array([float(scenario.center(r.km)) for r in scenario.routes])
    graph = csr_array((length, (ends[:, 0], ends[:, 1])), shape=(len(index), len(index)))
    way = dijkstra(graph, directed=False, indices=[index[s] for s in sources]).min(axis=0)
    return {name: float(way[k]) for name, k in index.items()}


def measure_cities(lab: Lab) -> list[Row]:
    """Let every such city fall, one at a time."""
    scenario = load(CRISIS)
    fewer = Lab(min(lab.futures, ENOUGH_FUTURES), lab.seed, lab.quiet)
    rows = []
    for name, group in cities(scenario).items():
        ids = [p.id for p in group]
        script = tuple(
            Incident(kind=kind, place=p, by=ATTACKER, day=day, days=days)
            for kind, day, days in (("fighting", SHOTS, FALL - SHOTS), ("capture", FALL, 1))
            for p in ids
        )
        played = fewer.play(scenario.model_copy(update={"incidents": (*scenario.incidents, *script)}), DAYS)
        new = [played.at("place_newly_displaced", day, *ids) for day in (FALL, FALL + 7)]
        home = played.at("place_returned", FALL + 21, *ids)
        rows.append(
            Row(
                name,
                sum(p.population for p in group),
                points(new[1] / 1000.0),
                points(100.0 * new[0] / np.maximum(new[1], 1.0)),
                points(100.0 * home / np.maximum(new[1], 1.0)),
            )
        )
    return rows


def points(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)
