"""Places and roads as flat arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from afternext.world.state import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from afternext.scenario import Scenario

# Beyond this neither news nor force reaches a place; with the default half-distances under 4 % are left.
NEAR_KM = 400.0
SHELTERS = frozenset({"town", "district", "camp"})


def number(names: Sequence[str]) -> tuple[dict[str, int], NDArray[np.int64]]:
    """Number distinct names in order of appearance; return the numbering and each name's number."""
    numbering: dict[str, int] = {}
    numbers = [numbering.setdefault(name, len(numbering)) for name in names]
    return numbering, np.array(numbers, dtype=np.int64)


def compile_network(scenario: Scenario, link_km: Sequence[float]) -> Network:
    """Return the network of a scenario.

    Parameters
    ----------
    link_km : length of each route of the scenario, km
    """
    index = {place.id: i for i, place in enumerate(scenario.places)}
    places = len(index)
    start = np.array([index[r.start] for r in scenario.routes], dtype=np.int64)
    end = np.array([index[r.end] for r in scenario.routes], dtype=np.int64)
    km = np.asarray(link_km, dtype=np.float64)
    source = np.concatenate([start, end])
    target = np.concatenate([end, start])
    both = np.concatenate([km, km])
    order = np.lexsort((target, source))
    source, target, both = source[order], target[order], both[order]
    link_start = np.searchsorted(source, np.arange(places + 1)).astype(np.int64)

    graph = csr_array((both, (source, target)), shape=(places, places))
    road_km = np.ascontiguousarray(dijkstra(graph, directed=True))
    near_to: list[NDArray[np.int64]] = []
    near_km: list[NDArray[np.float64]] = []
    near_start = np.zeros(places + 1, dtype=np.int64)
    for i in range(places):
        near = np.flatnonzero((road_km[i] <= NEAR_KM) & (np.arange(places) != i))
        near = near[np.argsort(road_km[i, near], kind="stable")]
        near_to.append(near.astype(np.int64))
        near_km.append(road_km[i, near])
        near_start[i + 1] = near_start[i] + len(near)
    _, country = number([place.country for place in scenario.places])
    _, admin = number([place.admin1 for place in scenario.places])
    return Network(
        link_start=link_start,
        link_to=np.ascontiguousarray(target),
        link_km=np.ascontiguousarray(both),
        near_start=near_start,
        near_to=np.concatenate([*near_to, np.empty(0, np.int64)]),
        near_km=np.concatenate([*near_km, np.empty(0, np.float64)]),
        road_km=road_km,
        country=country,
        admin=admin,
        shelters=np.array([place.kind in SHELTERS for place in scenario.places], dtype=np.uint8),
        camp=np.array([place.kind == "camp" for place in scenario.places], dtype=np.uint8),
    )
