"""The ground of a case for the world's movement process: roads as they are open, and an empty state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from afternext.displacement.case import CAMP
from afternext.scenario import Scenario
from afternext.scenario.schema import Community
from afternext.scenario.schema import Place as ScenarioPlace
from afternext.world.compile import compile_blueprint
from afternext.world.realise import realise
from afternext.world.state import Network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afternext.displacement.case import Case, Floats, Ints
    from afternext.world.processes.movement import Parameters
    from afternext.world.state import Facts, State

LEAST_KM = 1e-3  # a road without length has this


class Regime(NamedTuple):
    """A span of days over which the same roads and camps are open."""

    first: int
    last: int  # the day after
    network: Network
    reach: Floats  # (P, C) km from each place to each camp, infinite where there is no way


def regimes(case: Case) -> list[Regime]:
    """Return the spans of a case, one network each."""
    keys = [
        case.route_open[d].tobytes() + case.forced[d].tobytes() + case.camp_open[d].tobytes()
        for d in range(case.days)
    ]
    starts = [0, *(d for d in range(1, case.days) if keys[d] != keys[d - 1])]
    spans = zip(starts, [*starts[1:], case.days], strict=True)
    made: dict[bytes, tuple[Network, Floats]] = {}
    found = []
    for first, last in spans:
        if keys[first] not in made:
            made[keys[first]] = _network(case, first)
        found.append(Regime(first, last, *made[keys[first]]))
    return found


def _network(case: Case, day: int) -> tuple[Network, Floats]:
    """Return the roads open on a day; a forced road is the only way out of where it begins."""
    places = len(case.kind)
    ways: dict[tuple[int, int], float] = {}
    forced: dict[int, set[int]] = {}
    for k, (a, b) in enumerate(case.route):
        for way, (x, y) in enumerate(((int(a), int(b)), (int(b), int(a)))):
            if not case.route_open[day, k, way]:
                continue
            ways[x, y] = min(ways.get((x, y), np.inf), max(float(case.km[k]), LEAST_KM))
            if case.forced[day, k] == (2, 1)[way]:
                forced.setdefault(x, set()).add(y)
    pairs = sorted(pair for pair in ways if pair[0] not in forced or pair[1] in forced[pair[0]])
    source = np.array([x for x, _ in pairs], dtype=np.int64)
    target = np.array([y for _, y in pairs], dtype=np.int64)
    km = np.array([ways[pair] for pair in pairs], dtype=np.float64)
    shelters = (case.kind == CAMP) & case.camp_open[day]
    away = shortest(places, source, target, km)
    reach = np.where(shelters[case.camps], away[:, case.camps], np.inf)
    return (
        Network(
            link_start=np.searchsorted(source, np.arange(places + 1)).astype(np.int64),
            link_to=target,
            link_km=km,
            near_start=np.zeros(places + 1, dtype=np.int64),
            near_to=np.zeros(0, dtype=np.int64),
            near_km=np.zeros(0),
            road_km=np.ascontiguousarray(np.where(np.isfinite(away), away, 0.0)),
            country=case.country.astype(np.int64),
            admin=np.arange(places, dtype=np.int64),
            shelters=shelters.astype(np.uint8),
            camp=shelters.astype(np.uint8),
        ),
        reach,
    )


def shortest(places: int, source: Ints, target: Ints, km: Floats) -> Floats:
    """Return km by the shortest way from every place to every place."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    graph = csr_array((km, (source, target)), shape=(places, places))
    return np.asarray(dijkstra(graph, directed=True), dtype=np.float64)


def empty_state(case: Case, values: Mapping[str, float]) -> tuple[State, Facts, Parameters]:
    """Return a world of this case without people, forces and fighting, and its movement parameters.

    values : rows of the parameter table that are set otherwise
    """
    places = tuple(
        ScenarioPlace.model_construct(
            id=f"p{i}",
            name=place.name,
            kind="camp" if place.kind == "camp" else "town",
            country=place.country,
            admin1=place.region,
            lat=place.lat,
            lon=place.lon,
            population=0,
            shares={"people": 1.0},
        )
        for i, place in enumerate(case.folder.places)
    )
    scenario = Scenario.model_construct(
        id="flee",
        title=case.folder.path.name,
        freeze=case.folder.start,
        communities={"people": Community.model_construct(name="People")},
        places=places,
    )
    blueprint = compile_blueprint(scenario, days=case.days, overrides=dict(values))
    row = np.array([experiment.value.quantile(0.5) for experiment in blueprint.experiments])
    state, _, _, facts, parameters = realise(blueprint, row)
    waiting = 2 * len(case.route) + 2  # places on the heap of a search, at most
    scratch = state.scratch._replace(heap_km=np.zeros(waiting), heap_place=np.zeros(waiting, dtype=np.int64))
    state = state._replace(scratch=scratch)
    return state, facts, parameters.movement
