"""One future's court and chancellery: powers, options and what is under way at the freeze (nothing)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from afternext.world.bundle import bundle
from afternext.world.chancellery import (
    AIMS,
    AUTONOMOUS,
    CENTRE,
    CLASSES,
    CONFIDENCE,
    GOVERNMENT_GROUND,
    INFLUENCE,
    LEVERS,
    OWN_LOSSES,
    PARTS,
    RIVAL_INFLUENCE,
    Chancellery,
    Council,
    Court,
    Options,
    Polity,
    Powers,
    Pressure,
)
from afternext.world.compile_chancellery import GOVERNS_ITSELF, SCALES
from afternext.world.processes import (
    alignment,
    decisions,
    delivery,
    opinion,
    polity,
    pressure,
    situation,
)
from afternext.world.processes.distortion import VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from afternext.scenario.chancellery_schema import Condition
    from afternext.world.compile_chancellery import Cabinet
    from afternext.world.processes.defence import Backing
    from afternext.world.state import Facts

    Conditions = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


@bundle
class Rules(NamedTuple):
    """The parameters of the strategic processes: apart from the others, whose kernels need not carry them."""

    situation: situation.Parameters
    opinion: opinion.Parameters
    alignment: alignment.Parameters
    decisions: decisions.Parameters
    delivery: delivery.Parameters
    pressure: pressure.Parameters
    polity: polity.Parameters


def realise_court(
    cabinet: Cabinet, row: NDArray[np.float64], communities: int, values: Mapping[str, float]
) -> Court:
    """Return powers, options and rules of the future with this row of the experiments.

    values : rows of the parameter table by name
    """
    rules = Rules(
        *(
            module.Parameters(*(values[name] for name in module.Parameters._fields))
            for module in (situation, opinion, alignment, decisions, delivery, pressure, polity)
        )
    )
    return Court(_powers(cabinet, row, communities), _options(cabinet, row), rules)


def _powers(c: Cabinet, row: NDArray[np.float64], communities: int) -> Powers:
    count = len(c.powers)

    def scalar(field: str) -> NDArray[np.float64]:
        return np.array([terms[field](row) for terms in c.powers], dtype=np.float64)

    def public(field: str) -> NDArray[np.float64]:
        return np.array([0.0 if terms is None else terms[field](row) for terms in c.public], dtype=np.float64)

    weight = np.zeros((count, len(AIMS), 2))
    target = np.zeros((count, len(AIMS)))
    for q, goals in enumerate(c.goals):
        for a, goal in enumerate(goals):
            if goal is not None:
                target[q, a] = goal[0](row)
                weight[q, a] = goal[1](row), goal[2](row)
    support = np.full((count, len(CLASSES)), 0.5)
    for q, terms in enumerate(c.support):
        if terms is not None:
            support[q] = [term(row) for term in terms]
    price = np.zeros((count, count))
    for (q, r), term in c.price.items():
        price[q, r] = term(row)
    speaks = np.zeros((count, communities))
    for (q, k), term in c.speaks.items():
        speaks[q, k] = term(row)
    far = np.clip(scalar("far"), 0.0, 1.0)
    # Own losses are a price, not a prize: who minds them wants the rest no less.
    wanted = np.maximum(np.delete(weight, OWN_LOSSES, axis=1), 0.0).sum(axis=1)
    capability = np.maximum(scalar("capability"), 0.0)
    seats = np.maximum(scalar("seats"), 0.0)
    deciders = sorted({item.power for item in c.rows})
    return Powers(
        capability=capability / max(float(capability.max(initial=0.0)), 1e-12),
        budget=scalar("budget"),
        far=far,
        weight=weight,
        whole=wanted[:, 0] * (1.0 - far) + wanted[:, 1] * far,
        target=target,
        collection=np.clip(scalar("collection"), 0.0, 1.0),
        slant=scalar("slant"),
        km=scalar("distance_km"),
        public=public("weight"),
        support=support,
        elite=public("elite"),
        polarised=public("polarised"),
        weary=public("weary"),
        misled=public("misled"),
        history=c.history.copy(),
        price=price,
        commands=c.commands,
        seats=seats / max(float(seats.sum()), 1e-12),
        speaks=speaks,
        government=np.array([c.government], dtype=np.int64),
        capital=np.array([c.capital], dtype=np.int64),
        home=c.home,
        region=c.region,
        region_power=c.region_power,
        polled=np.array([q for q in range(count) if c.public[q] is not None], dtype=np.int64),
        deciders=np.array(deciders, dtype=np.int64),
        pair_a=np.array([a for a, _ in c.pairs], dtype=np.int64),
        pair_b=np.array([b for _, b in c.pairs], dtype=np.int64),
        valued=np.array([q for q, _ in c.valued], dtype=np.int64),
        valued_aim=np.array([a for _, a in c.valued], dtype=np.int64),
        patrons=np.array(c.patrons, dtype=np.int64),
    )


OF_THE_STATE = (CENTRE, GOVERNMENT_GROUND, CONFIDENCE, INFLUENCE, RIVAL_INFLUENCE)


def _conditions(items: Sequence[Sequence[Condition]]) -> Conditions:
    """Return starts, aims and bounds of conditions, item by item."""
    names = [name for name, _ in AIMS]
    starts = np.cumsum([0, *(len(item) for item in items)]).astype(np.int64)
    every = [condition for item in items for condition in item]
    return (
        starts,
        np.array([names.index(k.aim) for k in every], dtype=np.int64),
        np.array([0.0 if k.above is None else k.above for k in every], dtype=np.float64),
        np.array([1.0 if k.below is None else k.below for k in every], dtype=np.float64),
    )


def _elsewhere(c: Cabinet, power: int, target: int, kind: str) -> bool:
    """Whether a move helps another than the government: the capital and the ear of the government are not won
    by that. Politics between powers, and what the government itself does, is left as declared.
    """
    return kind != "politics" and c.government not in (power, target) and target >= 0 and c.government >= 0


def _ends_of(c: Cabinet) -> list[int]:
    """Return for each option the first of the same move that presses on the same, or is done to the same
    power.
    """
    seen: dict[tuple[int, int, int], int] = {}
    for o, (item, doings) in enumerate(zip(c.rows, c.doings, strict=True)):
        first = doings[0] if doings else None
        seen.setdefault((item.move, first.lever if first else -1, first.on if first else item.target), o)
    return [
        seen[item.move, doings[0].lever if doings else -1, doings[0].on if doings else item.target]
        for item, doings in zip(c.rows, c.doings, strict=True)
    ]


def _options(c: Cabinet, row: NDArray[np.float64]) -> Options:
    declared = [c.declared[item.move] for item in c.rows]

    def scalar(field: str) -> NDArray[np.float64]:
        return np.array([max(0.0, c.moves[item.move][field](row)) for item in c.rows], dtype=np.float64)

    def flag(values: Sequence[bool]) -> NDArray[np.uint8]:
        return np.array(values, dtype=np.uint8)

    scales = np.zeros((len(c.rows), SCALES))
    expected = np.zeros((2, len(c.rows), len(AIMS)))
    for o, (item, move) in enumerate(zip(c.rows, declared, strict=True)):
        scales[o, : len(move.scales)] = move.scales
        for horizon in range(2):
            for a, term in c.expects[item.move][horizon].items():
                if a not in OF_THE_STATE or not _elsewhere(c, item.power, item.target, move.kind):
                    expected[horizon, o, a] = term(row)
    doings = [doing for item in c.doings for doing in item]
    when = _conditions([move.when for move in declared])
    plan = _conditions([item.when for item in c.plans])
    return Options(
        move=np.array([item.move for item in c.rows], dtype=np.int64),
        power=np.array([item.power for item in c.rows], dtype=np.int64),
        target=np.array([item.target for item in c.rows], dtype=np.int64),
        kind=np.array([CLASSES.index(move.kind) for move in declared], dtype=np.int64),
        consent=flag([move.consent for move in declared]),
        deniable=flag([move.deniable for move in declared]),
        once=flag([move.once for move in declared]),
        cost=scalar("cost"),
        exposure=scalar("exposure"),
        scales=scales,
        ready=scalar("ready_days"),
        speed=scalar("speed_km_day"),
        collect=scalar("collection_days"),
        days=scalar("days"),
        ramp=scalar("ramp_days"),
        near=expected[0],
        far=expected[1],
        terms=np.array(
            [0 if move.conditional is None else 1 if move.conditional else -1 for move in declared],
            dtype=np.int64,
        ),
        joint=np.array(_ends_of(c), dtype=np.int64),
        barred=c.barred,
        when=when[0],
        when_aim=when[1],
        when_low=when[2],
        when_high=when[3],
        does=np.cumsum([0, *(len(item) for item in c.doings)]).astype(np.int64),
        lever=np.array([doing.lever for doing in doings], dtype=np.int64),
        on=np.array([doing.on for doing in doings], dtype=np.int64),
        amount=np.array([doing.amount(row) / doing.parts for doing in doings], dtype=np.float64),
        plan_option=np.array([item.option for item in c.plans], dtype=np.int64),
        plan_step=np.array([item.step for item in c.plans], dtype=np.int64),
        plan_end=np.array([item.end for item in c.plans], dtype=np.int64),
        plan_scale=np.array([item.scale for item in c.plans], dtype=np.float64),
        plan_delay=np.array([item.delay for item in c.plans], dtype=np.float64),
        plan_since=np.array([item.since for item in c.plans], dtype=np.int64),
        plan_when=plan[0],
        plan_aim=plan[1],
        plan_low=plan[2],
        plan_high=plan[3],
        moves=np.array([len(c.declared)], dtype=np.int64),
    )


def realise_chancellery(
    cabinet: Cabinet,
    court: Court,
    row: NDArray[np.float64],
    facts: Facts,
    rule: NDArray[np.float64],
    excluded: NDArray[np.float64],
    backing: Backing,
) -> Chancellery:
    """Return the chancellery at the freeze: nobody has decided anything yet.

    rule : (F, C) how well forces rule      excluded : (C,) how far communities are shut out
    backing : who organises and pays local defenders
    """
    powers, options, _ = court
    count, aims, chosen = len(powers.capability), len(AIMS), len(options.power)
    forces, communities = rule.shape
    cells = 2 * chosen * (options.scales.shape[1] + 1)  # openly and deniably, every scale and the end

    def zeros(*shape: int) -> NDArray[np.float64]:
        return np.zeros(shape)

    def ints(*shape: int) -> NDArray[np.int64]:
        return np.zeros(shape, dtype=np.int64)

    council = Council(
        situation=zeros(count, aims),
        believed=zeros(count, aims),
        short=zeros(2, aims),
        error=zeros(count, aims),
        sight=powers.collection.copy(),
        salience=zeros(count),
        used=zeros(count),
        news=zeros(count),
        repeated=zeros(count),
        push=zeros(count),
        misbelief=powers.misled.copy(),
        weary=powers.weary.copy(),
        mourned=zeros(count),
        hoped=zeros(count),
        support=powers.support.copy(),
        alignment=powers.history.copy(),
        threat=zeros(count, count),
        pull=zeros(count, count),
        tacit=np.zeros((count, count), dtype=np.uint8),
        spent=zeros(count),
        watched=zeros(count),
        seen=zeros(count, forces),
        resolve=zeros(count),
        weighed=zeros(VIEWS + 1, cells),
        chance=zeros(VIEWS, cells),
        within=zeros(count),
        forgone=zeros(count),
        unseen=zeros(count),
        distortion=zeros(count),
        ignorance=zeros(count),
        stage=ints(chosen),
        scale=zeros(chosen),
        hidden=np.zeros(chosen, dtype=np.uint8),
        decided=ints(chosen),
        effect=ints(chosen),
        ends=ints(chosen),
        strength=zeros(chosen),
        parts=zeros(chosen, len(PARTS)),
        tries=ints(chosen),
        planned=ints(len(options.plan_option)),
        delays=zeros(len(PARTS)),
        delivered=ints(1),
        decisions=ints(count),
        rounds=ints(chosen),
        blocked=ints(chosen),
        shock=zeros(count),
        dead=ints(count),
        deadly=zeros(count),
        fallen=ints(count),
        killed=ints(count),
        bleeding=zeros(count),
    )
    autonomy = np.array([min(1.0, max(0.0, term(row))) for term in cabinet.autonomy], dtype=np.float64)
    regions = len(autonomy)
    state = Polity(
        **{
            **{name: zeros(1) for name in Polity._fields},
            **{name: ints(1) for name in ("leaders", "term", "vacant", "broken", "toll", "collapsed")},
            "confidence": np.array([cabinet.trust(row)]),
            "inclusion": np.array([cabinet.inclusion(row)]),
            "inclusive": np.array([cabinet.inclusion(row)]),
            "exclusion": excluded.astype(np.float64),
            "leader_since": np.array([cabinet.leader_since], dtype=np.int64),
            "forming": np.array([cabinet.forming], dtype=np.int64),
            "autonomy": autonomy,
            "granted": autonomy.copy(),
            "had": autonomy.copy(),
            "late": np.zeros(regions, dtype=np.uint8),
            "status": np.where(autonomy >= GOVERNS_ITSELF, AUTONOMOUS, cabinet.status).astype(np.int64),
            "vote": ints(regions),
        }
    )
    levers = len(LEVERS)
    pressing = Pressure(
        force=zeros(levers, forces),
        community=zeros(levers, communities),
        power=zeros(levers, count),
        region=zeros(levers, regions),
        polity=zeros(levers),
        align=zeros(count, count),
        truce=zeros(forces, forces),
        terms=zeros(2),
        present=ints(forces),
        doors=facts.admits.copy(),
        foreign=facts.foreign.copy(),
        hostility=facts.hostility.copy(),
        rule=rule.copy(),
        organiser=backing.organiser.copy(),
        pay=backing.pay.copy(),
    )
    return Chancellery(council, state, pressing)
