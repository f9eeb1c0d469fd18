"""Simple rivals: equal shares, shares by capacity, gravity, and the shares of an early day kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from afternext.displacement.case import CONFLICT, FLOOD

if TYPE_CHECKING:
    from afternext.displacement.case import Case, Floats

GRAVITY_EXPONENT = 1.0  # share of a camp: people at risk over road distance, both to the power one
LEAST_KM = 10.0


def road_km(case: Case) -> Floats:
    """Return km by the shortest road from every place to every place, closures aside."""
    places = len(case.kind)
    graph: dict[tuple[int, int], float] = {}
    for (a, b), km in zip(case.route, case.km, strict=True):
        for pair in ((a, b), (b, a)):
            graph[pair] = min(graph.get(pair, np.inf), max(km, 1e-3))
    if not graph:
        return np.where(np.eye(places, dtype=bool), 0.0, np.inf)
    pairs = np.array(list(graph))
    matrix = csr_array((np.array(list(graph.values())), (pairs[:, 0], pairs[:, 1])), shape=(places, places))
    return np.asarray(dijkstra(matrix, directed=True), dtype=np.float64)


def _kept(case: Case, day: int) -> Floats:
    """Shares of a day kept: before anybody is in a camp by then, equal shares."""
    counts = case.data[min(day, case.days - 1)]
    camps = len(counts)
    return counts / counts.sum() if counts.sum() > 0.0 else np.full(camps, 1.0 / max(1, camps))


def baselines(case: Case) -> dict[str, Floats]:
    """Return the shares of every baseline, one for each camp, by name."""
    camps = len(case.camps)
    equal = np.full(camps, 1.0 / camps)
    size = np.maximum(0.0, case.capacity[case.camps])
    zones = np.flatnonzero((case.kind == CONFLICT) | (case.kind == FLOOD))
    km = road_km(case)[np.ix_(zones, case.camps)]
    pull = np.where(np.isfinite(km), 1.0 / (km + LEAST_KM) ** GRAVITY_EXPONENT, 0.0)
    mass = case.population[zones] @ pull if len(zones) else np.zeros(camps)
    return {
        "equal": equal,
        "capacity": size / size.sum() if size.sum() > 0.0 else equal,
        "gravity": mass / mass.sum() if mass.sum() > 0.0 else equal,
        "day7": _kept(case, 7),
        "day30": _kept(case, 30),
    }


def forecast(shares: Floats, data: Floats) -> Floats:
    """Return the people each camp would hold: its share of everybody counted that day."""
    return np.asarray(data.sum(axis=1, keepdims=True) * shares, dtype=np.float64)
