"""From a scenario to a world: arrays that a compiled future runs on.

What is the same in every future is compiled once; what is uncertain stays a ``Term`` on the columns of the
experiments and is filled in by ``realise.py`` for each future.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.errors import InvalidInput, UsageError
from afternext.scenario.distributions import Lognormal, Normal
from afternext.scenario.values import Distribution, Uniform
from afternext.world.compile_chancellery import Cabinet, compile_chancellery
from afternext.world.experiments import Columns, Experiment, Term, Word
from afternext.world.measures import list_measures
from afternext.world.measures_council import Measure
from afternext.world.network import compile_network, number
from afternext.world.parameters import Parameter, read_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from afternext.scenario import Scenario
    from afternext.scenario.schema import Incident, Presence
    from afternext.scenario.values import Value
    from afternext.world.state import Network

LEVELS = ("own", "spared", "ordinary", "persecuted", "marked")
HOSTILITY = {"hostile": 1.0, "rival": 0.2, "neutral": 0.0, "tacit": 0.0, "allied": 0.0}
TAIL = 0.005  # open priors of parameters are cut at their outer half per cent: an open tail is no belief
MONTH_DAYS = 30.4375
MAX_YEARS = 100


@dataclass(frozen=True)
class Garrisons:
    """The rows of presence.csv: triangular between low and high, all rows of a force at one shared
    quantile.
    """

    place: NDArray[np.int64]
    force: NDArray[np.int64]
    low: NDArray[np.float64]
    best: NDArray[np.float64]
    high: NDArray[np.float64]
    quantile: tuple[Term, ...]  # (force,)
    drawn: tuple[tuple[int, Term], ...]  # rows whose strength is a distribution of its own


@dataclass(frozen=True)
class Uprooted:
    """One row of displaced.csv, in numbers."""

    place: int
    origin: int
    community: int
    persons: Term
    days: int


@dataclass(frozen=True)
class Happening:
    """One incident; ``day`` counts from the freeze. What is ``past`` has happened, also on the very day."""

    kind: str
    place: int
    force: int
    day: int
    days: int
    intensity: Term
    fighters: Term
    past: bool


@dataclass(frozen=True)
class Blueprint:
    """A compiled scenario: everything ``realise`` needs, and nothing it has to look up."""

    network: Network
    population: tuple[Term, ...]
    shares: NDArray[np.float64]  # (place, community)
    sizes: tuple[Term, ...]
    kin: NDArray[np.float64]  # (community, community), 1 on the diagonal
    camps: NDArray[np.bool_]
    hostility: NDArray[np.float64]
    treats: tuple[tuple[Word, ...], ...]
    admits: tuple[tuple[Term, ...], ...]
    present: tuple[Term, ...]
    cohesion: tuple[Term, ...]
    foreign: tuple[Term, ...]
    strength: tuple[Term | None, ...]
    insurgent: NDArray[np.uint8]
    mobile: NDArray[np.uint8]
    rulers: NDArray[np.uint8]
    excluded: tuple[Term, ...]
    organised: tuple[Term, ...]
    paid: tuple[Term, ...]
    garrisons: Garrisons
    holder: NDArray[np.int64]
    contested: NDArray[np.int64]
    uprooted: tuple[Uprooted, ...]
    happenings: tuple[Happening, ...]
    cabinet: Cabinet
    parameters: Mapping[str, Term]
    experiments: tuple[Experiment, ...]
    measures: tuple[Measure, ...]
    coords: Mapping[str, NDArray[np.int64] | NDArray[np.str_]]
    days: int
    per_day: int


def compile_blueprint(
    scenario: Scenario, *, days: int, dt: float = 1.0, overrides: Mapping[str, float | str] | None = None
) -> Blueprint:
    """Compile a scenario for runs of ``days`` days in steps of ``dt`` days.

    Raises
    ------
    UsageError : days or dt out of range, an override that names nothing
    """
    per_day = round(1.0 / dt)
    if per_day < 1 or not math.isclose(per_day * dt, 1.0):
        raise UsageError(f"dt = {dt:g}: a step must divide a day, as 1, 0.5 or 0.25")
    if not 1 <= days <= MAX_YEARS * 366:
        raise UsageError(f"{days} days: a run lasts from 1 day to {MAX_YEARS} years")
    columns = Columns(scenario.uncertainties, overrides or {})
    communities = tuple(scenario.communities)
    forces = tuple(scenario.forces)
    place = {p.id: i for i, p in enumerate(scenario.places)}
    force = {f: i for i, f in enumerate(forces)}
    community = {c: i for i, c in enumerate(communities)}

    blueprint_parts = _compile_forces(scenario, columns, communities)
    holder = np.full(len(place), -1, dtype=np.int64)
    contested = np.full(len(place), -1, dtype=np.int64)
    for row in scenario.holders:
        holder[place[row.place]] = force.get(row.holder, -1)
        contested[place[row.place]] = -1 if row.contested is None else force[row.contested]

    freeze = scenario.freeze
    cabinet = compile_chancellery(scenario, columns, per_day=per_day)
    blueprint = Blueprint(
        network=compile_network(scenario, [r.km for r in scenario.routes]),
        population=tuple(
            columns.term(
                f"places.{p.id}.population", p.value, "persons", f"people whose home is {p.name}", p.source
            )
            for p in scenario.places
        ),
        shares=np.array(
            [[p.shares.get(c, 0.0) for c in communities] for p in scenario.places], dtype=np.float64
        ),
        sizes=tuple(
            columns.term(
                f"communities.{c}.size", item.size, "ratio", f"size of the community {item.name}", item.source
            )
            for c, item in scenario.communities.items()
        ),
        kin=np.array(
            [
                [1.0 if a == b else scenario.communities[a].kin.get(b, 0.0) for b in communities]
                for a in communities
            ]
        ),
        **_compile_communities(scenario, columns),
        camps=np.array([p.kind == "camp" for p in scenario.places]),
        garrisons=_compile_garrisons(scenario, columns, place, force),
        holder=holder,
        contested=contested,
        uprooted=tuple(
            Uprooted(
                place[row.place],
                place[row.origin],
                community[row.community],
                columns.term(
                    f"displaced.{row.origin}.{row.place}.{row.community}.{row.since}",
                    row.persons,
                    "persons",
                    f"people of {row.community} from {row.origin} displaced to {row.place}",
                    row.source,
                ),
                (freeze - row.since).days,
            )
            for row in scenario.displaced
        ),
        happenings=tuple(
            Happening(
                item.kind,
                place[item.place],
                force[item.by],
                _day(item, freeze),
                item.days,
                columns.term(
                    f"incidents.{k}.intensity",
                    item.intensity,
                    "share",
                    f"intensity of incident {k}",
                    item.source,
                ),
                Term(0.0)
                if item.fighters is None
                else columns.term(
                    f"incidents.{k}.fighters",
                    item.fighters,
                    "fighters",
                    f"fighters massed for incident {k}",
                    item.source,
                ),
                item.date is not None,
            )
            for k, item in enumerate(scenario.incidents)
        ),
        cabinet=cabinet,
        parameters=_compile_parameters(scenario, columns),
        measures=list_measures(
            communities,
            forces,
            tuple(f for f in forces if scenario.forces[f].kind == "insurgent"),
            tuple(f for f in forces if _rules(scenario, f)),
            list(number([place.admin1 for place in scenario.places])[0]),
            cabinet.told if cabinet.rows or cabinet.government >= 0 else None,
        ),
        coords=_coords(scenario, days),
        days=days,
        per_day=per_day,
        experiments=(),
        **blueprint_parts,
    )
    columns.refuse_unknown()
    return replace(blueprint, experiments=tuple(columns.experiments))


def _day(item: Incident, freeze: date) -> int:
    """Return the day of an incident after the freeze; history is negative."""
    return -(freeze - item.date).days if item.date is not None else item.day or 0


def _compile_communities(scenario: Scenario, columns: Columns) -> dict[str, Any]:
    """Return how communities stand to power and to their own defence, a term for each."""
    meaning = {
        "excluded": "how far shut out of power:",
        "organised": "how far somebody can organise the defence of",
        "paid": "how far local defenders are paid of",
    }
    return {
        field: tuple(
            columns.term(
                f"communities.{c}.{field}",
                getattr(item, field),
                "share",
                f"{words} {item.name}",
                item.source,
            )
            for c, item in scenario.communities.items()
        )
        for field, words in meaning.items()
    }


def _rules(scenario: Scenario, name: str) -> bool:
    """Whether a force serves a government: its power says so, or it is an army or police without a power."""
    force = scenario.forces[name]
    if force.power is None:
        return force.kind in ("army", "police")
    return force.power in scenario.powers and scenario.powers[force.power].kind == "government"


def _compile_forces(scenario: Scenario, columns: Columns, communities: tuple[str, ...]) -> dict[str, Any]:
    """Return what forces are and how they stand to each other and to communities."""
    forces = tuple(scenario.forces)
    index = {f: i for i, f in enumerate(forces)}
    hostility = np.zeros((len(forces), len(forces)))
    for relation in scenario.force_relations:
        a, b = (index[f] for f in relation.between)
        hostility[a, b] = hostility[b, a] = HOSTILITY[relation.stance]

    def term(f: str, field: str, value: Value, meaning: str, unit: str = "share") -> Term:
        return columns.term(
            f"forces.{f}.{field}",
            value,
            unit,
            f"{meaning} {scenario.forces[f].name}",
            scenario.forces[f].source,
        )

    return {
        "hostility": hostility,
        "treats": tuple(
            tuple(
                columns.word(
                    f"forces.{f}.treats.{c}",
                    item.treats.get(c, "ordinary"),
                    f"how {item.name} treats {c}",
                    item.source,
                    LEVELS,
                )
                for c in communities
            )
            for f, item in scenario.forces.items()
        ),
        "admits": tuple(
            tuple(
                term(f, f"admits.{c}", item.admits.get(c, 1.0), f"share of {c} let through by")
                for c in communities
            )
            for f, item in scenario.forces.items()
        ),
        "present": tuple(
            term(f, "present", item.present, "present share of") for f, item in scenario.forces.items()
        ),
        "cohesion": tuple(
            term(f, "cohesion", item.cohesion, "cohesion of") for f, item in scenario.forces.items()
        ),
        "foreign": tuple(
            term(f, "foreign", item.foreign, "fighters from outside the map a month for", "fighters")
            for f, item in scenario.forces.items()
        ),
        "strength": tuple(
            None
            if item.strength is None
            else term(f, "strength", item.strength, "nominal strength of", "fighters")
            for f, item in scenario.forces.items()
        ),
        "insurgent": np.array(
            [item.kind == "insurgent" for item in scenario.forces.values()], dtype=np.uint8
        ),
        "rulers": np.array([_rules(scenario, f) for f in forces], dtype=np.uint8),
        "mobile": np.array([item.kind != "state" for item in scenario.forces.values()], dtype=np.uint8),
    }


def _compile_garrisons(
    scenario: Scenario, columns: Columns, place: Mapping[str, int], force: Mapping[str, int]
) -> Garrisons:
    """Return the rows of presence.csv as arrays, with one quantile for each force whose rows have a range."""
    rows = scenario.presence
    ranged = {
        row.force
        for row in rows
        if not isinstance(row.strength, Distribution) and isinstance(row.value, Distribution)
    }

    def end(row: Presence, side: float | None) -> float:
        best = 0.0 if isinstance(row.strength, Distribution) else row.strength
        return best if side is None else side

    return Garrisons(
        place=np.array([place[row.place] for row in rows], dtype=np.int64),
        force=np.array([force[row.force] for row in rows], dtype=np.int64),
        low=np.array([end(row, row.low) for row in rows], dtype=np.float64),
        best=np.array([end(row, None) for row in rows], dtype=np.float64),
        high=np.array([end(row, row.high) for row in rows], dtype=np.float64),
        quantile=tuple(
            columns.term(
                f"forces.{f}.garrisons",
                Uniform(0.0, 1.0),
                "quantile",
                f"where in their ranges all garrisons of {f} lie",
                "shared by all rows of presence.csv of the force: errors of one source go one way",
            )
            if f in ranged
            else Term(0.5)
            for f in force
        ),
        drawn=tuple(
            (
                k,
                columns.term(
                    f"presence.{row.place}.{row.force}",
                    row.strength,
                    "fighters",
                    f"strength of {row.force} at {row.place}",
                    row.source,
                ),
            )
            for k, row in enumerate(rows)
            if isinstance(row.strength, Distribution)
        ),
    )


def _compile_parameters(scenario: Scenario, columns: Columns) -> dict[str, Term]:
    """Return a term for every row of the parameter table, overridden by the scenario where it says why."""
    table = read_parameters()
    unknown = [name for name in scenario.parameters if name not in table]
    if unknown:
        raise InvalidInput(f"scenario.yaml: parameters: {unknown[0]} is no row of the parameter table")
    terms: dict[str, Term] = {}
    for name, row in table.items():
        override = scenario.parameters.get(name)
        value = _cut(row) if override is None else override.value
        source = row.source if override is None else override.why
        terms[name] = columns.term(name, value, row.unit, row.meaning, source)
    return terms


def _cut(row: Parameter) -> Value:
    prior = row.prior
    if isinstance(prior, Lognormal | Normal) and prior.within is None:
        return replace(prior, within=(float(prior.quantile(TAIL)), float(prior.quantile(1.0 - TAIL))))
    return prior


def _coords(scenario: Scenario, days: int) -> dict[str, NDArray[np.int64] | NDArray[np.str_]]:
    """Return the coordinates of every axis: output dates in days after the freeze, ids of places and
    communities.
    """
    daily = min(days, scenario.grid.daily_until)
    weekly = min(days, max(scenario.grid.weekly_until, daily))
    months = [round(k * MONTH_DAYS) for k in range(1, round(days / MONTH_DAYS) + 1)]
    later = [m for m in months if weekly < m <= days]
    horizons = sorted({h for h in scenario.horizons if h < days} | {days})
    dates = sorted({*range(daily + 1), *range(daily, weekly + 1, 7), *later, *horizons})
    snapshots = sorted(set(range(0, weekly + 1, 7)) | {*later, *horizons})
    admin, _ = number([place.admin1 for place in scenario.places])
    return {
        "date": np.array(dates, dtype=np.int64),
        "snapshot": np.array(snapshots, dtype=np.int64),
        "horizon": np.array(horizons, dtype=np.int64),
        "place": np.array([place.id for place in scenario.places]),
        "community": np.array(list(scenario.communities)),
        "origin": np.array(list(admin)),
        "refuge": np.array(list(admin)),
    }


__all__ = ["Blueprint", "Garrisons", "Happening", "Uprooted", "compile_blueprint"]
