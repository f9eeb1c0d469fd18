"""From the powers, moves and polity of a scenario to the terms from which a future's court is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from afternext.scenario.support import patrons
from afternext.world.chancellery import AIMS, CLAIMS, CLASSES, LEVERS, NEVER
from afternext.world.experiments import Term
from afternext.world.measures_council import Told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from afternext.scenario import Scenario
    from afternext.scenario.chancellery_schema import Condition, Move, Power
    from afternext.scenario.values import Value
    from afternext.world.experiments import Columns

STANCE = {"hostile": -1.0, "rival": -0.5, "neutral": 0.0, "tacit": 0.3, "allied": 0.8}
ENEMY = -1.0  # stance of forces that fight each other
DIVIDED = ("arms", "mobilise", "troops")  # amounts that several forces share out among themselves
SCALES = 4  # at most so many scales of a move
PAIRS = 40  # at most so many pairs of powers are measured
GOVERNS_ITSELF = 0.5  # autonomy from which a region counts as autonomous at the freeze
SCALAR = {  # scalar fields of a power: unit and meaning
    "capability": ("any unit", "weight in the world of"),
    "budget": ("cost a year", "cost a year that can be borne by"),
    "far": ("share", "weight of the far horizon for"),
    "collection": ("share", "what is seen at the freeze by"),
    "slant": ("-1 to 1", "which way the picture errs of"),
    "distance_km": ("km", "distance of the means of"),
    "seats": ("seats", "seats brought by"),
}
PUBLIC = {
    "weight": "how far decisions depend on the public of",
    "elite": "what leaders of opinion say of action in",
    "polarised": "how divided leaders of opinion are in",
    "weary": "weariness of war in",
    "misled": "share that holds a false belief in",
}
TIMES = {  # scalar fields of a move
    "cost": "cost a year",
    "exposure": "share",
    "ready_days": "days",
    "speed_km_day": "km a day",
    "collection_days": "days",
    "days": "days",
    "ramp_days": "days",
}


class Row(NamedTuple):
    """One option: a move of one power towards one target, by number; -1 where there is no target."""

    move: int
    power: int
    target: int


class Doing(NamedTuple):
    """One effect of one option: lever, what it is on, and its amount, shared out over ``parts``."""

    lever: int
    on: int
    amount: Term
    parts: int


class Planned(NamedTuple):
    """One entry of a plan for one option."""

    option: int
    step: int
    end: int
    scale: float
    delay: float
    since: int
    when: tuple[Condition, ...]


@dataclass(frozen=True)
class Cabinet:
    """Everything of the strategic layer that ``realise_chancellery`` draws a future from."""

    powers: tuple[Mapping[str, Term], ...]  # scalar fields by name
    goals: tuple[tuple[tuple[Term, Term, Term] | None, ...], ...]  # (Q, A) target, near, far
    public: tuple[Mapping[str, Term] | None, ...]
    support: tuple[tuple[Term, ...] | None, ...]  # (Q, K)
    price: Mapping[tuple[int, int], Term]
    speaks: Mapping[tuple[int, int], Term]
    history: NDArray[np.float64]
    commands: NDArray[np.int64]
    government: int
    capital: int
    home: NDArray[np.uint8]
    region: NDArray[np.int64]
    region_power: NDArray[np.int64]
    autonomy: tuple[Term, ...]
    status: NDArray[np.int64]
    trust: Term
    inclusion: Term
    leader_since: int
    by_force: bool
    forming: int
    moves: tuple[Mapping[str, Term], ...]
    declared: tuple[Move, ...]
    expects: tuple[tuple[Mapping[int, Term], Mapping[int, Term]], ...]  # near and far, by move
    rows: tuple[Row, ...]
    doings: tuple[tuple[Doing, ...], ...]  # by option
    barred: NDArray[np.uint8]
    plans: tuple[Planned, ...]
    told: Told
    pairs: tuple[tuple[int, int], ...]
    valued: tuple[tuple[int, int], ...]  # patron and aim, once for each of its goals
    patrons: tuple[int, ...]


def compile_chancellery(scenario: Scenario, columns: Columns, *, per_day: int) -> Cabinet:
    """Return the strategic layer of a scenario with a term for everything uncertain."""
    ids = tuple(scenario.powers)
    index = {q: k for k, q in enumerate(ids)}
    history = _history(scenario, ids)
    commands = np.array(
        [index.get(force.power or "", -1) for force in scenario.forces.values()], dtype=np.int64
    )
    rows = tuple(
        Row(m, index[by], -1 if to is None else index[to])
        for m, move in enumerate(scenario.moves.values())
        for by in move.by
        for to in (move.to or (None,))
        if by != to
    )
    polity = scenario.polity
    regions = polity.regions if polity else {}
    amounts = [
        [
            columns.term(
                f"moves.{m}.effects.{k}.amount",
                effect.amount,
                _unit(effect.lever),
                f"effect of {move.name} on {effect.lever}",
                move.source,
            )
            for k, effect in enumerate(move.effects)
        ]
        for m, move in scenario.moves.items()
    ]
    doings = tuple(_doings(scenario, row, amounts[row.move], commands, index) for row in rows)
    pairs = _pairs(scenario, index, history) if rows or polity else ()
    deciders = tuple(q for k, q in enumerate(ids) if any(row.power == k for row in rows))
    helpers = patrons(scenario)
    valued = tuple(
        (index[q], a) for q in helpers for a, (aim, _) in enumerate(AIMS) if aim in scenario.powers[q].goals
    )
    told = Told(
        tuple(regions),
        tuple(q for q, power in scenario.powers.items() if power.public is not None),
        deciders,
        tuple((ids[a], ids[b]) for a, b in pairs),
        tuple((ids[q], AIMS[a][0]) for q, a in valued),
        helpers,
        tuple(scenario.moves),
    )
    here = [place.country == polity.country if polity else False for place in scenario.places]
    region = np.full(len(scenario.places), -1, dtype=np.int64)
    for r, item in enumerate(regions.values()):
        for i, place in enumerate(scenario.places):
            if here[i] and place.admin1 in item.admin1:
                region[i] = r

    def of_polity(field: str, value: Value, unit: str, meaning: str) -> Term:
        return columns.term(f"polity.{field}", value, unit, meaning, polity.source if polity else "")

    return Cabinet(
        powers=tuple(_scalars(columns, q, power) for q, power in scenario.powers.items()),
        goals=tuple(_goals(columns, q, power) for q, power in scenario.powers.items()),
        public=tuple(_public(columns, q, power) for q, power in scenario.powers.items()),
        support=tuple(_support(columns, q, power) for q, power in scenario.powers.items()),
        price={
            (index[q], index[other]): columns.term(
                f"powers.{q}.price.{other}",
                value,
                "share",
                f"price for {power.name} of open cooperation with {scenario.powers[other].name}",
                power.source,
            )
            for q, power in scenario.powers.items()
            for other, value in power.price.items()
        },
        speaks={
            (index[q], list(scenario.communities).index(c)): columns.term(
                f"powers.{q}.speaks.{c}", value, "share", f"how far {power.name} speaks for {c}", power.source
            )
            for q, power in scenario.powers.items()
            for c, value in power.speaks.items()
        },
        history=history,
        commands=commands,
        government=index[polity.government] if polity else -1,
        capital=[place.id for place in scenario.places].index(polity.capital) if polity else -1,
        home=np.array(here, dtype=np.uint8),
        region=region,
        region_power=np.array([index.get(item.power or "", -1) for item in regions.values()], dtype=np.int64),
        autonomy=tuple(
            of_polity(f"regions.{r}.autonomy", item.autonomy, "share", f"autonomy of {item.name}")
            for r, item in regions.items()
        ),
        status=np.array([CLAIMS if item.claims else 0 for item in regions.values()], dtype=np.int64),
        trust=of_polity("trust", polity.trust, "share", "confidence in the government")
        if polity
        else Term(0.5),
        inclusion=of_polity("inclusion", polity.inclusion, "share", "how far the shut out share in power")
        if polity
        else Term(0.5),
        leader_since=(polity.leader_since - scenario.freeze).days * per_day if polity else 0,
        by_force=polity is not None and polity.by_force,
        forming=(polity.forming_since - scenario.freeze).days if polity and polity.forming_since else 0,
        moves=tuple(
            {
                field: columns.term(
                    f"moves.{m}.{field}", getattr(move, field), unit, f"{field} of {move.name}", move.source
                )
                for field, unit in TIMES.items()
            }
            for m, move in scenario.moves.items()
        ),
        declared=tuple(scenario.moves.values()),
        expects=tuple(_expects(columns, m, move) for m, move in scenario.moves.items()),
        rows=rows,
        doings=doings,
        barred=np.array(
            [
                any(
                    word in scenario.bar
                    for word in (told.moves[row.move], f"{ids[row.power]}.{told.moves[row.move]}")
                )
                for row in rows
            ],
            dtype=np.uint8,
        ),
        plans=_plans(scenario, rows, index, told.moves, per_day),
        told=told,
        pairs=pairs,
        valued=valued,
        patrons=tuple(index[q] for q in helpers),
    )


def _unit(lever: str) -> str:
    return next(unit for name, _, unit in LEVERS if name == lever)


def _history(scenario: Scenario, ids: Sequence[str]) -> NDArray[np.float64]:
    """Return how powers stand to each other: as declared, else as the forces that they command do."""
    history = np.zeros((len(ids), len(ids)))
    declared = {frozenset(item.between): STANCE[item.stance] for item in scenario.power_relations}
    forces = {q: [f for f, force in scenario.forces.items() if force.power == q] for q in ids}
    stances = {frozenset(item.between): STANCE[item.stance] for item in scenario.force_relations}
    for a, b in combinations(range(len(ids)), 2):
        value = declared.get(frozenset((ids[a], ids[b])))
        if value is None:
            met = [stances.get(frozenset((f, g)), 0.0) for f in forces[ids[a]] for g in forces[ids[b]]]
            value = float(np.mean(met)) if met else 0.0
        history[a, b] = history[b, a] = value
    return history


def _pairs(
    scenario: Scenario, index: Mapping[str, int], history: NDArray[np.float64]
) -> tuple[tuple[int, int], ...]:
    """Return the pairs of powers whose alignment is told: declared ones first, then the others by weight."""
    declared = [
        tuple(sorted((index[item.between[0]], index[item.between[1]]))) for item in scenario.power_relations
    ]
    others = [
        pair
        for pair in combinations(range(len(index)), 2)
        if pair not in declared and history[pair[0], pair[1]] != 0.0
    ]
    others.sort(key=lambda pair: -abs(float(history[pair[0], pair[1]])))
    return tuple((a, b) for a, b in [*declared, *others][:PAIRS])


def _scalars(columns: Columns, q: str, power: Power) -> dict[str, Term]:
    return {
        field: columns.term(
            f"powers.{q}.{field}", getattr(power, field), unit, f"{meaning} {power.name}", power.source
        )
        for field, (unit, meaning) in SCALAR.items()
    }


def _goals(columns: Columns, q: str, power: Power) -> tuple[tuple[Term, Term, Term] | None, ...]:
    def goal(aim: str) -> tuple[Term, Term, Term] | None:
        item = power.goals.get(aim)
        if item is None:
            return None
        target, near, far = (
            columns.term(
                f"powers.{q}.goals.{aim}.{field}",
                getattr(item, field),
                unit,
                f"{meaning} {aim} for {power.name}",
                power.source,
            )
            for field, unit, meaning in (
                ("target", "share", "wanted level of"),
                ("near", "weight", "weight soon of"),
                ("far", "weight", "weight later of"),
            )
        )
        return target, near, far

    return tuple(goal(name) for name, _ in AIMS)


def _public(columns: Columns, q: str, power: Power) -> dict[str, Term] | None:
    if power.public is None:
        return None
    return {
        field: columns.term(
            f"powers.{q}.public.{field}",
            getattr(power.public, field),
            "share",
            f"{meaning} {power.name}",
            power.source,
        )
        for field, meaning in PUBLIC.items()
    }


def _support(columns: Columns, q: str, power: Power) -> tuple[Term, ...] | None:
    if power.public is None:
        return None
    return tuple(
        columns.term(
            f"powers.{q}.public.support.{kind}",
            getattr(power.public.support, kind),
            "share",
            f"support at the freeze for {kind} in {power.name}",
            power.source,
        )
        for kind in CLASSES
    )


def _expects(columns: Columns, m: str, move: Move) -> tuple[dict[int, Term], dict[int, Term]]:
    aims = {name: a for a, (name, _) in enumerate(AIMS)}
    near, far = (
        {
            aims[aim]: columns.term(
                f"moves.{m}.expects.{horizon}.{aim}",
                value,
                "share",
                f"change of {aim} that makers of {move.name} expect {horizon}",
                move.source,
            )
            for aim, value in getattr(move.expects, horizon).items()
        }
        for horizon in ("near", "far")
    )
    return near, far


def _doings(
    scenario: Scenario,
    row: Row,
    amounts: Sequence[Term],
    commands: NDArray[np.int64],
    index: Mapping[str, int],
) -> tuple[Doing, ...]:
    """Return what one option presses on, one row for each force, power, community or region."""
    levers = {name: (k, kind) for k, (name, kind, _) in enumerate(LEVERS)}
    move = list(scenario.moves.values())[row.move]
    doings = []
    for effect, amount in zip(move.effects, amounts, strict=True):
        lever, kind = levers[effect.lever]
        on = _touched(scenario, row, kind, effect.on, commands, index)
        parts = len(on) if effect.lever in DIVIDED else 1
        doings += [Doing(lever, there, amount, parts) for there in on]
    return tuple(doings)


def _touched(
    scenario: Scenario,
    row: Row,
    kind: str,
    on: str | None,
    commands: NDArray[np.int64],
    index: Mapping[str, int],
) -> list[int]:
    """Return the numbers of what an effect is on."""
    who = row.power if on == "own" or row.target < 0 else row.target
    if kind in ("map", "polity"):
        return [-1]
    if kind == "community":
        return [list(scenario.communities).index(str(on))]
    if kind == "power":
        return [who] if on in ("target", "own") else [index[str(on)]]
    if kind == "region":
        regions = scenario.polity.regions if scenario.polity else {}
        if on in ("target", "own"):
            return [r for r, item in enumerate(regions.values()) if index.get(item.power or "", -1) == who]
        return [list(regions).index(str(on))]
    forces = list(scenario.forces)
    if on in ("target", "own"):
        return [int(f) for f in np.flatnonzero(commands == who)]
    if on == "enemies":
        friends = {forces[f] for f in np.flatnonzero(commands == who)}
        if not friends and row.target >= 0:
            friends = {forces[f] for f in np.flatnonzero(commands == row.power)}
        foes = {
            other
            for item in scenario.force_relations
            if STANCE[item.stance] == ENEMY and friends & set(item.between)
            for other in set(item.between) - friends
        }
        return [f for f, name in enumerate(forces) if name in foes]
    return [forces.index(str(on))]


def _plans(
    scenario: Scenario, rows: Sequence[Row], index: Mapping[str, int], moves: Sequence[str], per_day: int
) -> tuple[Planned, ...]:
    """Return the plans in order of time; a plan without a target is for every target of the move."""
    plans = [
        Planned(
            o,
            max(0, item.first_day(scenario.freeze)) * per_day,
            NEVER
            if item.last_day(scenario.freeze) is None
            else (item.last_day(scenario.freeze) or 0) * per_day,
            item.scale,
            -1.0 if item.delay is None else item.delay,
            item.days_in_force(scenario.freeze) * per_day,
            item.when,
        )
        for item in scenario.plan
        for o, row in enumerate(rows)
        if row.power == index[item.by]
        and moves[row.move] == item.move
        and (item.to is None or row.target == index[item.to])
    ]
    return tuple(sorted(plans, key=lambda plan: plan.step))
