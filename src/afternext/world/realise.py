"""One future's starting point: facts, parameters and state from a row of the experiments."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from afternext.world.bundle import bundle
from afternext.world.compile import LEVELS
from afternext.world.echo import echo, go_on
from afternext.world.echo_armed import rout_echo, strike_echo
from afternext.world.forces import new_forces
from afternext.world.processes import (
    attitudes,
    civilians,
    clash,
    control,
    defence,
    incidents,
    movement,
    perception,
    posture,
    recovery,
)
from afternext.world.processes.attitudes import new_attitudes, new_standing, set_sides
from afternext.world.processes.control import set_odds
from afternext.world.processes.defence import new_backing, new_defence
from afternext.world.processes.perception import PER_KM
from afternext.world.realise_chancellery import realise_chancellery, realise_court
from afternext.world.realise_forces import (
    homes_of,
    prizes,
    readiness,
    recruits_of,
    routed,
    seats_of,
    set_courses,
    set_least,
)
from afternext.world.settle import outlast, settle
from afternext.world.state import (
    NOBODY,
    ROOTED,
    SETTLED,
    UNASKED,
    WAITING,
    WEEK,
    Beliefs,
    Facts,
    Groups,
    People,
    Scratch,
    State,
    Tally,
    Violence,
    find_group,
    new_groups,
    new_log,
    new_moves,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from afternext.world.chancellery import Chancellery, Court, Powers
    from afternext.world.compile import Blueprint

KINDS = {
    "fighting": incidents.FIGHTING,
    "capture": incidents.CAPTURE,
    "announcement": incidents.ANNOUNCEMENT,
    "withdrawal": incidents.RETREAT,
    "attack": incidents.ATTACK,
    "raid": incidents.RAID,
}
RECENT_DAYS = 365  # displaced for less: the crisis at hand; longer: the older caseload
WAITING_DAYS = 14  # displaced for less: still waiting
NEWS_RING_DAYS = 14  # no news travels longer
LEAST_FLED = 0.05  # share of thresholds below which the displaced of the start are taken to have left
LOG_ROWS = 4096
MOVE_ROWS = 1 << 15  # journeys a future starts with room for


@bundle
class Parameters(NamedTuple):
    """The parameter table as the kernels see it."""

    perception: perception.Parameters
    civilians: civilians.Parameters
    movement: movement.Parameters
    control: control.Parameters
    clash: clash.Parameters
    posture: posture.Parameters
    recovery: recovery.Parameters
    attitudes: attitudes.Parameters
    defence: defence.Parameters


def realise_parameters(values: Mapping[str, float]) -> Parameters:
    """Return the parameters of every process from values by name.

    Those who flee carry the news, so that it is never slower than they are on the road.
    """
    values = {**values, "news_delay": min(values["news_delay"], PER_KM / values["road_speed"])}
    return Parameters(
        *(
            module.Parameters(*(values[name] for name in module.Parameters._fields))
            for module in (
                perception,
                civilians,
                movement,
                control,
                clash,
                posture,
                recovery,
                attitudes,
                defence,
            )
        )
    )


def whole(parts: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Round parts to whole persons that add up to ``total`` (largest remainder)."""
    scale = parts.sum()
    if scale <= 0.0 or total <= 0:
        return np.zeros(len(parts), dtype=np.int64)
    exact = parts / scale * total  # in this order: total / scale overflows where the parts are tiny
    floor: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    short = total - int(floor.sum())
    floor[np.argsort(floor - exact, kind="stable")[:short]] += 1
    return floor


def realise(
    blueprint: Blueprint, row: NDArray[np.float64], seed: int = 0, luck: int = 0
) -> tuple[State, Court, Chancellery, Facts, Parameters]:
    """Return state, court, chancellery, facts and parameters of the future with this row of the experiments
    and this luck.
    """
    values = {name: term(row) for name, term in blueprint.parameters.items()}
    parameters = realise_parameters(values)
    places, communities = blueprint.shares.shape
    forces = len(blueprint.present)

    levels = np.array([values[f"level_{word}"] for word in LEVELS])
    level = np.array(
        [[levels[LEVELS.index(word(row))] for word in words] for words in blueprint.treats]
    ).reshape(forces, communities)
    sizes = np.array([max(term(row), 0.0) for term in blueprint.sizes])
    weights = blueprint.shares * sizes
    population = [max(0, round(term(row))) for term in blueprint.population]
    home = np.stack([whole(weights[i], population[i]) for i in range(places)])
    totals = home.sum(axis=1)
    share = np.divide(home, totals[:, None], out=np.zeros_like(weights), where=totals[:, None] > 0)
    size = np.where(blueprint.camps, np.maximum(totals, values["camp_size"]), np.maximum(totals, 1.0))

    beliefs = _beliefs(places, forces, communities, blueprint.per_day)
    people = _people(home)
    groups = _groups(blueprint, people, home, row)
    fights = _violence(blueprint, row, places, forces)
    recruits = recruits_of(blueprint, row, home)
    facts = Facts(
        hostility=blueprint.hostility.copy(),  # the strategic layer changes it
        level=level,
        admits=np.array(
            [[min(max(term(row), 0.0), 1.0) for term in terms] for terms in blueprint.admits]
        ).reshape(forces, communities),
        cohesion=np.array([term(row) for term in blueprint.cohesion]),
        recruits=recruits,
        welcome=1.0 / (1.0 + level**2),
        grudge=np.maximum(share @ (1.0 - 1.0 / np.maximum(level, 1.0)).T, 0.0),
        homes=homes_of(blueprint, home),
        seat=seats_of(blueprint, fights.strength),
        ground=np.bincount(blueprint.holder[blueprint.holder >= 0], minlength=forces).astype(np.int64),
        foreign=np.array([max(0.0, term(row)) for term in blueprint.foreign]),
        insurgent=blueprint.insurgent,
        mobile=blueprint.mobile,
        ready=readiness(blueprint, row, fights.strength, share, values["home_reach"], values["away_share"]),
        prize=prizes(blueprint, row, share, values["away_share"]),
        size=size.astype(np.float64),
        appeal=values["size_exponent"] * np.log(size)[:, None]
        + values["kin_exponent"] * np.log(values["kin_floor"] + share @ blueprint.kin.T),
        share=share,
        **_incidents(blueprint, row),
    )
    armed = new_forces(
        fights.strength,
        np.array([term(row) for term in blueprint.present]),
        facts.cohesion,
        np.where(blueprint.insurgent == 1, values["arms_insurgent"], values["arms_regular"]),
        blueprint.holder,
        NEWS_RING_DAYS * blueprint.per_day + 1,
    )
    settle(armed, facts, parameters, np.uint64(seed), np.uint64(luck))
    locals_ = new_defence(blueprint.holder, communities)
    ran = routed(blueprint, home, blueprint.insurgent, parameters.clash.refit_half_life)
    armed.nerve[:] = np.exp(-parameters.clash.trust_exponent * ran)
    set_odds(fights, armed, facts, blueprint.network, locals_, parameters.control, parameters.perception)
    held = echo(blueprint, row, fights, people, beliefs, facts, parameters, values["contested_days"])
    go_on(blueprint, fights, armed, parameters, held)
    strike_echo(blueprint, armed)
    stood = rout_echo(blueprint, armed, facts.mobile, parameters, home)
    set_courses(blueprint, armed)
    set_least(armed, fights.holder, people.residents, facts, parameters.control)
    set_odds(fights, armed, facts, blueprint.network, locals_, parameters.control, parameters.perception)
    excluded = np.array([min(max(term(row), 0.0), 1.0) for term in blueprint.excluded])
    standing = new_standing(
        [[word(row) for word in words] for words in blueprint.treats],
        blueprint.insurgent,
        blueprint.rulers,
        excluded,
        values,
    )
    views = new_attitudes(standing, fights.holder, fights.fighter, excluded, values["hope_start"])
    set_sides(views, standing, people, facts, parameters.attitudes.lesser_evil)
    outlast(
        people,
        fights,
        armed,
        views,
        locals_,
        facts,
        blueprint.network,
        parameters,
        held,
        stood,
        np.uint64(seed),
        np.uint64(luck),
    )
    set_odds(fights, armed, facts, blueprint.network, locals_, parameters.control, parameters.perception)
    backing = new_backing(places, communities)
    backing.organiser[:] = [min(max(term(row), 0.0), 1.0) for term in blueprint.organised]
    backing.pay[:] = [min(max(term(row), 0.0), 1.0) for term in blueprint.paid]
    court = realise_court(blueprint.cabinet, row, communities, values)
    tally = Tally(*(np.zeros(n, dtype=np.int64) for n in (places, 1, places, places, places)))
    choices = (places, communities, max(1, round(values["choice_set"])))
    scratch = Scratch(
        log_rank=np.log(np.arange(1, choices[2] + 1)),
        heap_km=np.zeros(2 * len(blueprint.network.link_km) + 1),
        heap_place=np.zeros(2 * len(blueprint.network.link_km) + 1, dtype=np.int64),
        km=np.zeros(places),
        open=np.zeros(places),
        gate=np.zeros(places, dtype=np.int64),
        mark=np.zeros(places, dtype=np.int64),
        closed=np.zeros(places, dtype=np.int64),
        searched=np.full((places, communities), -1, dtype=np.int64),
        weighed=np.zeros((places, communities), dtype=np.int64),
        found=np.zeros((places, communities), dtype=np.int64),
        choice=np.zeros(choices, dtype=np.int64),
        weight=np.zeros(choices),
        far=np.zeros(choices),
        let=np.zeros(choices),
        stop=np.zeros(choices, dtype=np.int64),
        feared=np.zeros((places, communities, 2)),
        deterred=np.zeros((places, communities, 2)),
        met=np.zeros((places, communities)),
        accepted=np.zeros((places, communities)),
        jump=np.zeros(places * communities),
        stamp=np.zeros(1, dtype=np.int64),
    )
    departures = 2 * math.prod(choices)  # more than can set out from home in a step
    state = State(
        people,
        tally,
        groups,
        new_moves(max(MOVE_ROWS, departures)),
        fights,
        beliefs,
        new_log(LOG_ROWS),
        scratch,
        armed,
        standing,
        views,
        backing,
        locals_,
    )
    chancellery = realise_chancellery(blueprint.cabinet, court, row, facts, standing.rule, excluded, backing)
    if blueprint.cabinet.by_force:
        since = chancellery.polity.leader_since[0] / blueprint.per_day
        shake = court.p.polity.coup_shock * 2.0 ** (since / parameters.clash.lead_half_life)
        of_government = [f for f, q in enumerate(court.powers.commands) if q == court.powers.government[0]]
        armed.lead[np.isin(blueprint.holder, of_government)] *= 1.0 - shake
    chancellery.polity.defeat[0] = _defeat(blueprint, home, court.powers, court.p.polity.defeat_half_life)
    return state, court, chancellery, facts, parameters


def _defeat(blueprint: Blueprint, home: NDArray[np.int64], powers: Powers, half_life: float) -> float:
    """Return what is left at the freeze of ground lost before: share of the people of the country who live
    where others took over or the government's forces withdrew, halved with each ``half_life`` days since.
    """
    government = powers.government[0]
    people = home.sum(axis=1) * powers.home
    if government < 0 or people.sum() == 0:
        return 0.0
    lost = np.zeros(len(people))
    for item in blueprint.happenings:
        ours = item.force >= 0 and powers.commands[item.force] == government
        if item.past and (item.kind, ours) in {("capture", False), ("withdrawal", True)}:
            lost[item.place] = max(lost[item.place], 2.0 ** (item.day / half_life))
    return float((lost * people).sum() / people.sum())


def _people(home: NDArray[np.int64]) -> People:
    shape = home.shape
    return People(
        residents=home.copy(),
        leaving=np.zeros(shape, dtype=np.int64),
        spent=np.zeros(shape),
        seen=np.zeros(shape),
        leaving_total=np.zeros(shape[0], dtype=np.int64),
        hosted=np.zeros(shape, dtype=np.int64),
        hosted_total=np.zeros(shape[0], dtype=np.int64),
        hosted_before=np.zeros(shape, dtype=np.int64),
        hosted_total_before=np.zeros(shape[0], dtype=np.int64),
        hosted_spent=np.zeros(shape),
        hosted_seen=np.zeros(shape),
        blocked=np.zeros(shape, dtype=np.uint8),
        dead=np.zeros(shape[1], dtype=np.int64),
        aided=np.zeros(1),
    )


def _beliefs(places: int, forces: int, communities: int, per_day: int) -> Beliefs:
    ring = NEWS_RING_DAYS * per_day + 1
    return Beliefs(
        threat=np.zeros((places, forces)),
        harm=np.zeros((places, forces)),
        memory=np.zeros((places, forces)),
        danger=np.zeros((places, communities)),
        nearby=np.zeros((places, forces)),
        incoming=np.zeros((ring, places, forces)),
        rumour=np.zeros((ring, places, forces)),
        due=np.zeros((ring, places), dtype=np.uint8),
        awake=np.ones(places, dtype=np.uint8),
    )


def _violence(blueprint: Blueprint, row: NDArray[np.float64], places: int, forces: int) -> Violence:
    """Put the garrisons in place: each at its force's quantile, scaled to the force's total where one is
    given.
    """
    strength = np.zeros((places, forces))
    g = blueprint.garrisons
    u = np.array([term(row) for term in g.quantile])[g.force]
    width = g.high - g.low
    rising = g.low + np.sqrt(u * width * (g.best - g.low))
    falling = g.high - np.sqrt((1.0 - u) * width * (g.high - g.best))
    present = np.where(u * width < g.best - g.low, rising, falling)  # inverse of the triangular distribution
    for k, term in g.drawn:
        present[k] = max(0.0, term(row))
    np.add.at(strength, (g.place, g.force), present)
    for f, total in enumerate(blueprint.strength):
        if total is not None and strength[:, f].sum() > 0.0:
            strength[:, f] = whole(strength[:, f], round(total(row)))
    return Violence(
        holder=blueprint.holder.copy(),
        fighter=np.full(places, NOBODY, dtype=np.int64),
        intensity=np.zeros(places),
        until=np.zeros(places, dtype=np.int64),
        strength=np.rint(strength).astype(np.int64),
        killed=np.zeros(forces, dtype=np.int64),
        ruin=np.zeros(places),
        odds=np.zeros(places),
        seen=np.zeros(places),
        front=np.zeros(places),
        challenger=np.full(places, NOBODY, dtype=np.int64),
        reach=np.zeros(len(blueprint.network.near_km)),
        near=np.zeros((places, places)),
        ease=np.ones((places, forces)),
        moved=np.zeros(places, dtype=np.int64),
        # At the freeze insurgents are on the move; others have to attack before a front of theirs is feared.
        struck=np.where(blueprint.insurgent == 1, 0.0, -np.inf),
    )


def _groups(
    blueprint: Blueprint, people: People, home: NDArray[np.int64], row: NDArray[np.float64]
) -> Groups:
    """Take the displaced of the start out of their homes and put them where they are.

    Those who left in the last year had the lowest thresholds of their home: `spent` starts at their share.
    """
    places, communities = home.shape
    groups = new_groups(1 << max(10, (2 * len(blueprint.uprooted)).bit_length()))
    recent = np.zeros(home.shape)
    rows = []
    for item in blueprint.uprooted:
        at = (item.origin, item.community)
        persons = min(max(0, round(item.persons(row))), int(people.residents[at]))
        people.residents[at] -= persons
        if item.days < RECENT_DAYS:
            recent[at] += persons
        people.hosted[item.place, item.community] += persons
        people.hosted_total[item.place] += persons
        rows.append(
            (find_group(groups, item.origin, item.community, item.place, places, communities), item, persons)
        )
    np.divide(recent, home, out=people.spent, where=home > 0)
    np.minimum(people.spent, 1.0 - 1e-9, out=people.spent)
    for group, item, persons in rows:
        if item.days >= RECENT_DAYS:
            groups.rows[group, ROOTED] += persons
        elif item.days >= WAITING_DAYS:
            groups.rows[group, SETTLED] += persons
        else:
            groups.rows[group, WAITING] += persons
        # People decide on different days: the first look at each group falls somewhere in its interval.
        per_day = blueprint.per_day
        waits = groups.rows[group, WAITING] > 0
        groups.turn[group] = group % WEEK * per_day
        groups.span[group] = WEEK * per_day
        groups.look[group] = min(group % movement.LOOK if waits else WEEK, group % WEEK) * per_day
        groups.since[group] = groups.look[group] - movement.LOOK * per_day
        groups.wish[group] = UNASKED
        groups.fled[group] = max(LEAST_FLED, people.spent[item.origin, item.community])
    return groups


def _incidents(blueprint: Blueprint, row: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Return the what-if incidents in order of time."""
    coming = sorted((item for item in blueprint.happenings if not item.past), key=lambda item: item.day)
    per_day = blueprint.per_day
    return {
        "incident_step": np.array([item.day * per_day for item in coming], dtype=np.int64),
        "incident_kind": np.array([KINDS[item.kind] for item in coming], dtype=np.int64),
        "incident_place": np.array([item.place for item in coming], dtype=np.int64),
        "incident_force": np.array([item.force for item in coming], dtype=np.int64),
        "incident_steps": np.array([item.days * per_day for item in coming], dtype=np.int64),
        "incident_intensity": np.array([item.intensity(row) for item in coming], dtype=np.float64),
        "incident_fighters": np.array([round(item.fighters(row)) for item in coming], dtype=np.int64),
    }
