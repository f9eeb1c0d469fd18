"""Who stands where with whom: the relations of a scenario as a landscape, and of a run as they moved.

The actors are the powers whose relations the scenario states, and forces that answer to nobody; where it
states none of powers, the forces. A force without a relation stands with its power; a power without one is
spoken for by its forces. What is under one command is allied unless said
otherwise. A relation that is not stated is neutral.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble import manifest
from afternext.ensemble.opened import Run
from afternext.ensemble.show import days_along, freeze_of, horizons, nearest
from afternext.ensemble.weights import values_of
from afternext.foresight.balance import SignedGraph, Triads, triads
from afternext.foresight.landscape import (
    MOST_ACTORS,
    Landscape,
    Minimum,
    Tipping,
    Torn,
    landscape,
    minima,
    tipping_points,
)
from afternext.scenario import Scenario, load

if TYPE_CHECKING:
    import pandas as pd

# Propensity of each stance on the scale of Axelrod and Furnas, -2 to 2.
PROPENSITY: Mapping[str, int] = {"hostile": -2, "rival": -1, "neutral": 0, "tacit": 1, "allied": 2}
STANCES = tuple(PROPENSITY)
MEASURE = "alignment_"  # measures of a run: alignment_<a>_<b>, -1 hostile to 1 allied
MOST_MINIMA = 8  # shown and printed; more are counted


@dataclass(frozen=True)
class Side:
    """An actor of the landscape: who speaks for whom, and with which weight."""

    id: str
    name: str
    strength: float
    stands_for: tuple[str, ...]


@dataclass(frozen=True)
class Alignments:
    """The alignment of a scenario at its freeze.

    stance  : (actor, actor) propensity, -2 to 2    stated : pairs that the scenario states or commands
    apart   : powers and forces that no relation ties to the others: the landscape says nothing of them
    minima  : stable configurations, lowest first   torn   : actors in the lowest one, least firm first
    tipping : single inputs that change the lowest one
    names   : of every power and force, by id
    """

    scenario: str
    title: str
    freeze: date
    sides: tuple[Side, ...]
    stance: NDArray[np.int64]
    stated: NDArray[np.bool_]
    apart: tuple[str, ...]
    minima: tuple[Minimum, ...]
    torn: tuple[Torn, ...]
    triads: Triads
    tipping: tuple[Tipping, ...]
    names: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """The object that `alignments --json` prints for a scenario."""
        ids = [side.id for side in self.sides]
        return {
            "scenario": self.scenario,
            "freeze": self.freeze.isoformat(),
            "actors": [
                {"id": s.id, "name": s.name, "strength": s.strength, "stands_for": list(s.stands_for)}
                for s in self.sides
            ],
            "apart": list(self.apart),
            "relations": [
                {"between": [ids[i], ids[j]], "stance": STANCES[int(self.stance[i, j]) + 2]}
                for i in range(len(ids))
                for j in range(i + 1, len(ids))
                if self.stated[i, j]
            ],
            "minima": [
                {
                    "energy": m.energy,
                    "sides": [list(camp) for camp in m.camps],
                    "undecided": list(m.undecided),
                    "basin": m.basin,
                }
                for m in self.minima
            ],
            "torn": [{"actor": t.actor, "cost": t.cost, "share": t.share} for t in self.torn],
            "triads": {
                "complete": self.triads.complete,
                "unbalanced": [list(triad) for triad in self.triads.unbalanced],
            },
            "tipping": [
                {
                    "input": t.kind,
                    "actors": list(t.actors),
                    "value": t.value,
                    "threshold": t.threshold,
                    "flips": list(t.flips),
                }
                for t in self.tipping
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a pair that is stated."""
        import pandas as pd

        ids = [side.id for side in self.sides]
        rows = [
            {"a": ids[i], "b": ids[j], "stance": STANCES[int(self.stance[i, j]) + 2]}
            for i, j in zip(*np.triu_indices(len(ids), 1), strict=True)
            if self.stated[i, j]
        ]
        return pd.DataFrame(rows, columns=["a", "b", "stance"])


@dataclass(frozen=True)
class Moved:
    """How the alignment of one pair stands over the futures of a run, at the start and at each horizon.

    shares : (date, stance) share of futures nearest to each stance, hostile first
    """

    between: tuple[str, str]
    days: tuple[int, ...]
    dates: tuple[date, ...]
    shares: tuple[tuple[float, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "between": list(self.between),
            "dates": [when.isoformat() for when in self.dates],
            "days": list(self.days),
            "shares": {name: [row[k] for row in self.shares] for k, name in enumerate(STANCES)},
        }


def open_subject(name: str) -> tuple[Run | None, Scenario]:
    """A run directory as run and scenario, or a scenario alone."""
    if (Path(name) / manifest.NAME).is_file():
        run = Run(name)
        return run, run.scenario
    return None, load(name)


def run_json(run: Run, moved: Iterable[Moved]) -> dict[str, Any]:
    """What `alignments --json` adds for a run."""
    return {
        "run": str(run.path),
        "seed": run.seed,
        "futures": run.futures,
        "weights": run.weights and run.weights.to_dict(),
        "moved": [pair.to_dict() for pair in moved],
    }


def of_scenario(scenario: Scenario, equal: bool = False) -> Alignments:
    """Read a scenario's relations as a landscape; with `equal`, every actor has the same strength."""
    relations = _relations(scenario)
    actors, stands_for = _actors(scenario, relations)
    stance, stated = _stances(scenario, actors, relations)
    strength = dict.fromkeys(actors, 1.0) if equal else _strengths(scenario, actors)
    together = _component(actors, stance, strength)
    keep = [k for k, actor in enumerate(actors) if actor in together]
    actors = [actors[k] for k in keep]
    stance, stated = stance[np.ix_(keep, keep)], stated[np.ix_(keep, keep)]
    names = _names(scenario)
    sides = tuple(Side(a, names[a], strength[a], stands_for.get(a, ())) for a in actors)
    spoken = {a for side in sides for a in (side.id, *side.stands_for)}
    found: tuple[Minimum, ...] = ()
    torn: tuple[Torn, ...] = ()
    tipping: tuple[Tipping, ...] = ()
    if actors:
        land = _landscape(actors, strength, stance)
        found = minima(land)
        torn = land.torn(found[0].camps[1])
        tipping = tipping_points(land, PROPENSITY["hostile"], PROPENSITY["allied"])
    return Alignments(
        scenario.id,
        scenario.title,
        scenario.freeze,
        sides,
        stance,
        stated,
        tuple(a for a in names if a not in spoken),
        found,
        torn,
        triads(SignedGraph(tuple(actors), np.sign(stance))),
        tipping,
        names,
    )


def of_run(run: Run) -> tuple[Moved, ...]:
    """How alignments moved in a run; empty if the run has no alignment measures."""
    wanted = [0, *horizons(run)]
    days = days_along(run, "date")
    chosen = list(dict.fromkeys(nearest(days, day) for day in wanted))
    freeze = freeze_of(run)
    found = []
    for name, (a, b) in measured_pairs(run):
        values = np.asarray(run.measure(name).isel(date=chosen).values, dtype=np.float64)
        at = tuple(int(days[k]) for k in chosen)
        dates = tuple(freeze + timedelta(days=day) for day in at)
        found.append(Moved((a, b), at, dates, graded(values, values_of(run.weights))))
    return tuple(found)


def graded(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> tuple[tuple[float, ...], ...]:
    """Share of futures nearest to each stance: (future, date) of -1..1 becomes (date, stance)."""
    step = np.clip(np.rint(2 * values), -2, 2)
    return tuple(
        tuple(float(np.average(column == propensity, weights=weights)) for propensity in PROPENSITY.values())
        for column in step.T
    )


def measured_pairs(run: Run) -> list[tuple[str, tuple[str, str]]]:
    """Alignment measures of a run with the two ids in their names."""
    ids = list(_names(run.scenario))
    found = []
    for name in (str(n) for n in run.measures.data_vars):
        rest = name.removeprefix(MEASURE)
        pairs = [
            (a, rest[len(a) + 1 :]) for a in ids if rest.startswith(f"{a}_") and rest[len(a) + 1 :] in ids
        ]
        if name.startswith(MEASURE) and pairs and run.measures[name].dims == ("future", "date"):
            found.append((name, pairs[0]))
    return found


def _names(scenario: Scenario) -> dict[str, str]:
    """Name of each power and force; a force with the id of a power is the same actor."""
    forces = {ident: force.name for ident, force in scenario.forces.items()}
    return {**forces, **{ident: power.name for ident, power in scenario.powers.items()}}


def _relations(scenario: Scenario) -> dict[frozenset[str], int]:
    """Propensity of each pair that the scenario states.

    Where it says how powers stand to each other, powers are the actors and speak for their forces; forces
    that answer to nobody stand beside them.
    """
    if not scenario.power_relations:
        return {frozenset(r.between): PROPENSITY[r.stance] for r in scenario.force_relations}
    found: dict[frozenset[str], int] = {}
    for relation in scenario.force_relations:
        a, b = (scenario.forces[f].power or f for f in relation.between)
        if a != b and not (a in scenario.powers and b in scenario.powers):
            found.setdefault(frozenset((a, b)), PROPENSITY[relation.stance])
    return found | {frozenset(r.between): PROPENSITY[r.stance] for r in scenario.power_relations}


def _actors(
    scenario: Scenario, relations: Iterable[frozenset[str]]
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Who has a relation of its own, and whom each of them stands for."""
    tied = {ident for pair in relations for ident in pair}
    actors = [ident for ident in _names(scenario) if ident in tied]
    stands_for: dict[str, list[str]] = {}
    for ident, force in scenario.forces.items():
        power = force.power
        if power is None or power == ident:
            continue
        if ident not in tied and power in tied:
            stands_for.setdefault(power, []).append(ident)
        elif ident in tied and power not in tied:
            stands_for.setdefault(ident, []).append(power)
    # A force that no relation names, under a power that its other forces speak for, stands with them.
    for ident, force in scenario.forces.items():
        speakers = [a for a, others in stands_for.items() if force.power in others]
        if ident not in tied and speakers and force.power not in tied:
            stands_for[speakers[0]].append(ident)
    return actors, {actor: tuple(others) for actor, others in stands_for.items()}


def _stances(
    scenario: Scenario, actors: list[str], relations: Mapping[frozenset[str], int]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    n = len(actors)
    stance, stated = np.zeros((n, n), dtype=np.int64), np.zeros((n, n), dtype=bool)
    command = {a: scenario.forces[a].power or a if a in scenario.forces else a for a in actors}
    for i in range(n):
        for j in range(i + 1, n):
            pair = frozenset((actors[i], actors[j]))
            if pair in relations:
                value = relations[pair]
            elif command[actors[i]] == command[actors[j]]:
                value = PROPENSITY["allied"]
            else:
                continue
            stance[i, j] = stance[j, i] = value
            stated[i, j] = stated[j, i] = True
    return stance, stated


def _strengths(scenario: Scenario, actors: Iterable[str]) -> dict[str, float]:
    """Strength of each actor: a power's capability, a force's fighters, as shares of the largest of each.

    Of capabilities only ratios count.
    """
    capability = {ident: float(scenario.center(power.capability)) for ident, power in scenario.powers.items()}
    strongest = max(capability.values(), default=1.0)
    fighters = {}
    for ident, force in scenario.forces.items():
        here = sum(float(scenario.center(row.value)) for row in scenario.presence if row.force == ident)
        fighters[ident] = here if force.strength is None else float(scenario.center(force.strength))
    largest = max(fighters.values(), default=0.0)
    found = {}
    for actor in actors:
        if actor in capability:
            found[actor] = capability[actor] / strongest
        elif actor in fighters and largest > 0:
            found[actor] = fighters[actor] / largest
        else:
            found[actor] = 1.0
    return found


def _component(actors: list[str], stance: NDArray[np.int64], strength: Mapping[str, float]) -> set[str]:
    """The largest group that ties link; at most as many as can be tried out, the weightiest first."""
    best: set[int] = set()
    for start in range(len(actors)):
        reached, edge = {start}, [start]
        while edge:
            near = set(np.flatnonzero(stance[edge.pop()]).tolist()) - reached
            reached |= near
            edge += near
        if len(reached) > max(len(best), 1):
            best = reached
    weight = np.array([strength[a] for a in actors])
    stake = np.abs(stance) @ weight * weight if actors else weight
    heaviest = sorted(best, key=lambda k: -stake[k])[:MOST_ACTORS]
    return {actors[k] for k in heaviest}


def _landscape(actors: list[str], strength: Mapping[str, float], stance: NDArray[np.int64]) -> Landscape:
    return landscape(actors, [strength[actor] for actor in actors], stance)
