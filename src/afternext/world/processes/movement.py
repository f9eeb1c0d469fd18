"""Movement: people leave, travel, meet checkpoints and arrive.

Rule (docs/model/movement.md). Those who have decided leave within ``leave_days`` as far as exits are open,
and spread over the open refuges by their pull, party by party (exact multinomial, one keyed uniform a
refuge). A checkpoint turns part of them back: they are caught at the last place before it. What becomes of
them, and of those who arrive, is told in displaced.py. Writes ``People``, ``Groups``, ``Moves``, ``Tally``
and events; conserves people.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.events import (
    CAUSE_CALM,
    CAUSE_CHECKPOINT,
    CAUSE_FIGHTING,
    CAUSE_RULE,
    CAUSE_THREAT,
    EXODUS,
    HOMECOMING,
    REFUSED,
)
from afternext.world.kernel import kernel
from afternext.world.processes.civilians import go_back, share_crossed
from afternext.world.processes.refuge import find_refuges
from afternext.world.state import (
    CAUGHT,
    KEY,
    SETTLED,
    TO_GATE,
    TO_HOME,
    TO_REFUGE,
    TO_SETTLE,
    UNASKED,
    WAITING,
    WEEK,
    add_move,
    find_group,
    held,
    note,
)
from afternext.world.streams import binomial, by_parties, chance, mix, uniform

DEPART = 0  # names of the draws inside this process's stream
CHOOSE = 1
REFUSE = 2
ROAD = 3
LOOK = 4  # least days between two looks at people who wait, are caught or have settled
TURN = 42  # most days between two looks at people who have settled
RARER = 2  # times longer for a party that acts as one: its one draw covers the longer time
PER_THOUSAND = 1000.0  # rates of death are per thousand people
PURPOSES = 4  # kinds of journeys, to tell their draws apart
TOLD = 1000  # persons in a day from which an exodus or a homecoming is worth telling


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    distance_exponent: float
    distance_scale: float
    rank_exponent: float
    network_exponent: float
    network_scale: float
    room_exponent: float
    danger_aversion: float
    refuge_danger_limit: float
    choice_set: float
    party_size: float
    road_speed: float
    front_detour: float
    blocked_level: float
    wait_days: float
    gate_days: float
    onward_rate: float
    onward_spread: float
    root_years: float
    road_deaths: float
    stuck_deaths: float
    return_safe: float
    return_waiting: float
    return_caution: float
    return_anyway: float
    return_unsettled: float
    ruin_aversion: float


@kernel
def host(people, place, community, persons):
    """Count people in (or, negative, out) among the displaced sheltering at a place."""
    people.hosted[place, community] += persons
    people.hosted_total[place] += persons


@kernel
def remember_hosted(people):
    """Note who shelters where at the start of a step."""
    places, communities = people.hosted.shape
    for i in range(places):
        people.hosted_total_before[i] = people.hosted_total[i]
        for c in range(communities):
            people.hosted_before[i, c] = people.hosted[i, c]


@kernel
def set_out(
    tally,
    moves,
    network,
    scratch,
    start,
    k,
    origin,
    community,
    persons,
    fled,
    first,
    purpose,
    refuse,
    step,
    dt,
    speed,
):
    """People set out for the ``k``-th refuge found from ``start``; return (how many went, how many of them
    are turned back).

    Those turned back at a checkpoint that stands at ``start`` itself do not go.
    """
    place = scratch.choice[start, community, k]
    refused = binomial(persons, 1.0 - scratch.let[start, community, k], uniform(refuse, place))
    passed = persons - refused
    days = scratch.far[start, community, k] / speed
    if passed > 0:
        add_move(moves, origin, community, place, purpose, passed, step + max(1, math.ceil(days / dt)), fled)
        if first == 1 and network.admin[place] == network.admin[origin]:
            tally.near[0] += passed
    gate = scratch.stop[start, community, k]
    if refused <= 0 or gate == start:
        return passed, 0
    days = network.road_km[start, gate] / speed
    add_move(moves, origin, community, gate, TO_GATE, refused, step + max(1, math.ceil(days / dt)), fled)
    if first == 1 and network.admin[gate] == network.admin[origin]:
        tally.near[0] += refused
    return persons, refused


@kernel
def send(
    tally,
    moves,
    network,
    scratch,
    found,
    start,
    origin,
    community,
    persons,
    fled,
    first,
    purpose,
    stream,
    entity,
    step,
    dt,
    p,
):
    """Spread people over the refuges found from ``start``; return (how many set out, how many of them were
    turned back).

    Parties of up to ``party_size`` stay together and spread by exact multinomial draws. Home is no refuge.
    first : 1 when they leave home, 0 when they move on      purpose : TO_REFUGE or TO_SETTLE
    """
    total = 0.0
    for k in range(found):
        if scratch.choice[start, community, k] != origin:
            total += scratch.weight[start, community, k]
    if total <= 0.0:
        return 0, 0
    choose = mix(mix(stream, CHOOSE), entity)
    refuse = mix(mix(stream, REFUSE), entity)
    left = persons
    gone = 0
    refused = 0
    parties = max(1, math.ceil(persons / p.party_size))
    together = parties == 1
    mark = uniform(choose, start) * total
    for k in range(found):
        place = scratch.choice[start, community, k]
        weight = scratch.weight[start, community, k]
        if place == origin or weight <= 0.0:
            continue
        if together:
            mark -= weight
            going = left if mark <= 0.0 or weight >= total else 0
        else:
            moving = binomial(parties, min(1.0, weight / total), uniform(choose, place))
            going = left * moving // parties
            parties -= moving
        total -= weight
        if going > 0:
            left -= going
            went, back = set_out(
                tally,
                moves,
                network,
                scratch,
                start,
                k,
                origin,
                community,
                going,
                fled,
                first,
                purpose,
                refuse,
                step,
                dt,
                p.road_speed,
            )
            gone += went
            refused += back
        if left <= 0:
            break
    return gone, refused


@kernel
def step_departures(state, facts, network, p, leave_days, caught_share, now):
    """People who decided to leave set out."""
    people, tally, moves, violence = state.people, state.tally, state.moves, state.violence
    beliefs, scratch, log = state.beliefs, state.scratch, state.log
    stream, step, day, dt, per_day = now
    places, communities = people.residents.shape
    for i in range(places):
        if people.leaving_total[i] <= 0:
            continue
        exits = 1.0 - caught_share * violence.intensity[i]
        ready_share = chance(exits * dt / leave_days)
        out = 0
        back = 0
        for c in range(communities):
            leaving = people.leaving[i, c]
            people.blocked[i, c] = 0
            if leaving <= 0:
                continue
            cell = i * communities + c
            ready = by_parties(leaving, ready_share, uniform(mix(stream, DEPART), cell), p.party_size)
            if ready <= 0:
                continue
            found = find_refuges(i, c, people, violence, beliefs, facts, network, scratch, p, step, per_day)
            gone, refused = send(
                tally,
                moves,
                network,
                scratch,
                found,
                i,
                i,
                c,
                ready,
                people.spent[i, c],
                1,
                TO_REFUGE,
                stream,
                cell,
                step,
                dt,
                p,
            )
            if gone < ready:
                people.blocked[i, c] = 1
            people.leaving[i, c] = leaving - gone
            people.leaving_total[i] -= gone
            tally.newly[i] += gone
            out += gone
            back += refused
        if out >= TOLD:
            holder = violence.holder[i]
            cause = CAUSE_FIGHTING if violence.fighter[i] >= 0 else CAUSE_THREAT
            if cause == CAUSE_THREAT and not threatened(beliefs, i):
                cause = CAUSE_RULE
            note(log, day, EXODUS, i, violence.fighter[i], holder, cause, out)
        if back >= TOLD:
            note(log, day, REFUSED, i, violence.holder[i], violence.holder[i], CAUSE_CHECKPOINT, back)


@kernel
def threatened(beliefs, place):
    """Whether any force is believed to strike at a place."""
    most = 0.0
    for f in range(beliefs.threat.shape[1]):
        most = max(most, beliefs.threat[place, f])
    return most > 0.0


@kernel
def step_arrivals(state, p, spread, weariness, now):
    """People on the road arrive; the danger they find there is one they have accepted."""
    people, tally, groups, moves = state.people, state.tally, state.groups, state.moves
    beliefs, scratch = state.beliefs, state.scratch
    stream, step, per_day = now.stream, now.step, now.per_day
    places, communities = people.residents.shape
    m = 0
    while m < moves.used[0]:
        if moves.arrival[m] > step:
            m += 1
            continue
        origin = moves.origin[m]
        community = moves.community[m]
        place = moves.place[m]
        persons = moves.persons[m]
        entity = ((origin * communities + community) * places + place) * PURPOSES + moves.purpose[m]
        died = binomial(persons, p.road_deaths / PER_THOUSAND, uniform(mix(stream, ROAD), entity))
        people.dead[community] += died
        persons -= died
        if moves.purpose[m] == TO_HOME:
            go_back(people, origin, community, persons, 1.0 - weariness)
            tally.returned[origin] += persons
        elif persons > 0:
            row = find_group(groups, origin, community, place, places, communities)
            before = held(groups, row)
            groups.fled[row] = (groups.fled[row] * before + moves.fled[m] * persons) / (before + persons)
            if before == 0:
                open_group(groups, row, step, per_day)
            if moves.purpose[m] == TO_SETTLE:
                join_settled(groups, row, persons, step)
            else:
                join_undecided(groups, row, persons, moves.purpose[m], step, per_day)
            hosted = people.hosted[place, community]
            accepted = accept(beliefs, scratch, p, spread, place, community)
            spent = people.hosted_spent[place, community]
            people.hosted_spent[place, community] = (spent * hosted + accepted * persons) / (hosted + persons)
            people.hosted_seen[place, community] = 0.0  # those who were here before still have to look
            host(people, place, community, persons)
            tally.arrived[place] += persons
        last = moves.used[0] - 1
        moves.used[0] = last
        moves.origin[m] = moves.origin[last]
        moves.community[m] = moves.community[last]
        moves.place[m] = moves.place[last]
        moves.purpose[m] = moves.purpose[last]
        moves.persons[m] = moves.persons[last]
        moves.arrival[m] = moves.arrival[last]
        moves.fled[m] = moves.fled[last]


@kernel
def open_group(groups, g, step, per_day):
    """Start the clock of a group that had nobody.

    First turns fall on different days, or a wave of arrivals would go home in waves.
    """
    groups.turn[g] = step + (1 + groups.rows[g, KEY] % WEEK) * per_day
    groups.look[g] = groups.turn[g]
    groups.span[g] = 0.0
    groups.wish[g] = UNASKED


@kernel
def join_undecided(groups, g, persons, purpose, step, per_day):
    """People who have just come wait, or are caught at a gate."""
    undecided = groups.rows[g, CAUGHT] + groups.rows[g, WAITING]
    if undecided == 0:
        groups.since[g] = step
    else:
        # Those who have just come have not waited: the time since the last look is a mean over all.
        groups.since[g] = step - (step - groups.since[g]) * undecided / (undecided + persons)
    groups.look[g] = min(groups.look[g], step + LOOK * per_day)
    groups.rows[g, CAUGHT if purpose == TO_GATE else WAITING] += persons


@kernel
def join_settled(groups, g, persons, step):
    """People settle; what happens to the settled until their next turn happens to them only from now on."""
    if persons <= 0:
        return
    settled = groups.rows[g, SETTLED]
    ahead = groups.turn[g] - step
    groups.span[g] = (groups.span[g] * settled + ahead * persons) / (settled + persons)
    groups.rows[g, SETTLED] = settled + persons


@kernel
def accept(beliefs, scratch, p, spread, place, community):
    """Share of the displaced whom the danger at a refuge would move on: their thresholds are lower by
    ``onward_spread``.
    """
    danger = beliefs.danger[place, community]
    if scratch.met[place, community] != danger:
        scratch.met[place, community] = danger
        scratch.accepted[place, community] = share_crossed(p.onward_spread * danger, spread)
    return scratch.accepted[place, community]


@kernel
def tell_homecomings(tally, returned_before, log, violence, day):
    """Write an event for every place to which many people came home since yesterday."""
    for i in range(returned_before.shape[0]):
        back = tally.returned[i] - returned_before[i]
        if back >= TOLD:
            note(log, day, HOMECOMING, i, violence.holder[i], violence.holder[i], CAUSE_CALM, back)
        returned_before[i] = tally.returned[i]
