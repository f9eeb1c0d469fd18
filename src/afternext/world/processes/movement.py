"""Movement: people travel, arrive, wait, settle, move on and go home.

Rule (docs/model/movement.md). Those who have decided leave within ``leave_days`` as far as exits are open, and spread over the
open refuges by their pull (exact multinomial, one keyed uniform a refuge). A checkpoint turns part of them back: they are
caught at the last place before it and try again, or go home. Return has one rule for every regime:

    rate = base * [1 - F(caution * danger at home) / F(danger fled)] * exp(-ruin_aversion * ruin) * admission

with ``return_waiting`` as base for people who have not settled and ``return_safe`` for those who have: who holds the place
and what that means for the community enter through danger, screening and ruin through the other factors.
Writes ``People``, ``Groups``, ``Moves``, ``Tally`` and events; conserves people.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.kernel import kernel

from afternext.world.events import CAUSE_CALM, CAUSE_CHECKPOINT, CAUSE_FIGHTING, CAUSE_RULE, CAUSE_THREAT, EXODUS, HOMECOMING, REFUSED
from afternext.world.processes.civilians import go_back, share_crossed
from afternext.world.processes.refuge import find_refuges
from afternext.world.state import CAUGHT, COMMUNITY, KEY, ORIGIN, PLACE, ROOTED, SETTLED, WAITING, TO_GATE, TO_HOME, TO_REFUGE, add_move, find_group, note
from afternext.world.streams import binomial, by_parties, mix, uniform

DEPART = 0  # names of the draws inside this process's stream
CHOOSE = 1
REFUSE = 2
ROAD = 3
AGAIN = 4
HOME_SETTLED = 5
HOME_WAITING = 6
SETTLE = 7
ONWARD = 8
ROOT = 9
STUCK = 10
TRY = 11
HOME_CAUGHT = 12
STAY = 13
LOOK = 3  # days between two looks at people who wait or are caught
TURN = 28  # days between two looks at people who have settled
NEVER = 1 << 62  # a step that does not come
MONTH = 30.4375  # days
YEAR = 365.25  # days
PER_THOUSAND = 1000.0
TOLD = 1000  # persons in a day from which an exodus or a homecoming is worth telling


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
    ruin_aversion: float


@kernel
def host(people, place, community, persons):
    """Count people in (or, negative, out) among the displaced sheltering at a place."""
    people.hosted[place, community] += persons
    people.hosted_total[place] += persons


@kernel
def set_out(tally, moves, network, scratch, start, k, origin, community, persons, fled, first, refuse, step, dt, speed):
    """People set out for the ``k``-th refuge found from ``start``; return (how many went, how many of them are turned back).

    Those turned back at a checkpoint that stands at ``start`` itself do not go.
    """
    place = scratch.choice[start, community, k]
    refused = binomial(persons, 1.0 - scratch.let[start, community, k], uniform(refuse, place))
    passed = persons - refused
    days = scratch.far[start, community, k] / speed
    if passed > 0:
        add_move(moves, origin, community, place, TO_REFUGE, passed, step + max(1, int(math.ceil(days / dt))), fled)
        if first == 1 and network.admin[place] == network.admin[origin]:
            tally.near[0] += passed
    gate = scratch.stop[start, community, k]
    if refused <= 0 or gate == start:
        return passed, 0
    days = network.road_km[start, gate] / speed
    add_move(moves, origin, community, gate, TO_GATE, refused, step + max(1, int(math.ceil(days / dt))), fled)
    if first == 1 and network.admin[gate] == network.admin[origin]:
        tally.near[0] += refused
    return persons, refused


@kernel
def send(tally, moves, network, scratch, found, start, origin, community, persons, fled, first, stream, entity, step, dt, p):
    """Spread people over the refuges found from ``start``; return (how many set out, how many of them were turned back).

    A party of up to ``party_size`` stays together; more people spread by exact multinomial draws. Home is no refuge.
    first : 1 when they leave home, 0 when they move on
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
    together = persons <= p.party_size
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
            going = binomial(left, min(1.0, weight / total), uniform(choose, place))
        total -= weight
        if going > 0:
            left -= going
            went, back = set_out(tally, moves, network, scratch, start, k, origin, community, going, fled, first, refuse, step, dt, p.road_speed)
            gone += went
            refused += back
        if left <= 0:
            break
    return gone, refused


@kernel
def step_departures(people, tally, moves, violence, beliefs, facts, network, scratch, log, p, leave_days, caught_share, stream, step, day, dt, per_day):
    """People who decided to leave set out."""
    places, communities = people.residents.shape
    for i in range(places):
        if people.leaving_total[i] <= 0:
            continue
        exits = 1.0 - caught_share * violence.intensity[i]
        ready_share = 1.0 - math.exp(-exits * dt / leave_days)
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
                tally, moves, network, scratch, found, i, i, c, ready, people.spent[i, c], 1, stream, cell, step, dt, p
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
    for f in range(beliefs.threat.shape[1]):
        if beliefs.threat[place, f] > 0.0:
            return True
    return False


@kernel
def step_arrivals(people, tally, groups, moves, beliefs, p, spread, weariness, stream, step, per_day, places, communities):
    """People on the road arrive; the danger they find there is one they have accepted."""
    m = 0
    while m < moves.used[0]:
        if moves.arrival[m] > step:
            m += 1
            continue
        origin = moves.origin[m]
        community = moves.community[m]
        place = moves.place[m]
        persons = moves.persons[m]
        entity = ((origin * communities + community) * places + place) * 3 + moves.purpose[m]
        died = binomial(persons, p.road_deaths / PER_THOUSAND, uniform(mix(stream, ROAD), entity))
        people.dead[community] += died
        persons -= died
        if moves.purpose[m] == TO_HOME:
            go_back(people, origin, community, persons, 1.0 - weariness)
            tally.returned[origin] += persons
        elif persons > 0:
            row = find_group(groups, origin, community, place, places, communities)
            held = groups.rows[row, CAUGHT] + groups.rows[row, WAITING] + groups.rows[row, SETTLED] + groups.rows[row, ROOTED]
            groups.fled[row] = (groups.fled[row] * held + moves.fled[m] * persons) / (held + persons)
            if held == 0:
                groups.turn[row] = step + TURN * per_day
            groups.look[row] = min(groups.look[row], step + LOOK * per_day) if held > 0 else step + LOOK * per_day
            if moves.purpose[m] == TO_GATE:
                groups.rows[row, CAUGHT] += persons
            else:
                groups.rows[row, WAITING] += persons
            hosted = people.hosted[place, community]
            accepted = share_crossed(p.onward_spread * beliefs.danger[place, community], spread)
            spent = people.hosted_spent[place, community]
            people.hosted_spent[place, community] = (spent * hosted + accepted * persons) / (hosted + persons)
            people.hosted_seen[place, community] = beliefs.danger[place, community]
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
def wish_to_return(beliefs, violence, facts, scratch, p, spread, origin, community, fled):
    """Share of displaced people who dare to go home, times what holds them back there, 0-1."""
    danger = beliefs.danger[origin, community]
    wish = 1.0
    if danger > 0.0:
        if scratch.feared[origin, community] != danger:
            scratch.feared[origin, community] = danger
            scratch.deterred[origin, community] = share_crossed(p.return_caution * danger, spread)
        deterred = scratch.deterred[origin, community]
        if deterred >= fled:
            return 0.0
        wish = 1.0 - deterred / fled
    holder = violence.holder[origin]
    if holder >= 0:
        wish *= facts.admits[holder, community]
    if violence.ruin[origin] > 0.0:
        wish *= math.exp(-p.ruin_aversion * violence.ruin[origin])
    return wish


@kernel
def new_danger(people, beliefs, scratch, p, spread):
    """Work out which share of the displaced at each place new danger there moves on; return whether any is moved.

    The rule is that of residents, with thresholds lower by ``onward_spread``.
    """
    places, communities = people.hosted.shape
    anywhere = False
    for i in range(places):
        if people.hosted_total[i] <= 0:
            continue
        for c in range(communities):
            scratch.jump[i, c] = 0.0
            danger = beliefs.danger[i, c]
            if danger <= people.hosted_seen[i, c] or people.hosted[i, c] <= 0:
                continue
            people.hosted_seen[i, c] = danger
            crossed = share_crossed(p.onward_spread * danger, spread)
            spent = people.hosted_spent[i, c]
            if crossed > spent:
                scratch.jump[i, c] = (crossed - spent) / (1.0 - spent)
                people.hosted_spent[i, c] = crossed
                anywhere = True
    return anywhere


@kernel
def step_displaced(people, tally, groups, moves, violence, beliefs, facts, network, scratch, p, spread, stream, step, dt, per_day):
    """Displaced people wait, settle, move on, try a checkpoint again or go home.

    Groups with people who wait or are caught are looked at every ``LOOK`` days, settled ones every ``TURN``, all where danger is new.
    """
    places, communities = people.hosted.shape
    anywhere = new_danger(people, beliefs, scratch, p, spread)
    settle = 1.0 - math.exp(-LOOK / p.wait_days)
    retry = 1.0 - math.exp(-LOOK / p.gate_days)
    stuck = 1.0 - math.exp(-p.stuck_deaths / PER_THOUSAND / MONTH * LOOK)
    root = 1.0 - math.exp2(-TURN / (p.root_years * YEAR))
    onward = 1.0 - math.exp(-p.onward_rate / MONTH * TURN)
    for g in range(groups.used[0]):
        due = groups.look[g] <= step
        if not (due or anywhere):
            continue
        place = groups.rows[g, PLACE]
        c = groups.rows[g, COMMUNITY]
        jump = scratch.jump[place, c] if anywhere else 0.0
        if not due and jump <= 0.0:
            continue
        if groups.rows[g, CAUGHT] + groups.rows[g, WAITING] + groups.rows[g, SETTLED] + groups.rows[g, ROOTED] == 0:
            groups.look[g] = NEVER
            continue
        origin = groups.rows[g, ORIGIN]
        entity = groups.rows[g, KEY]
        home = 0
        on = 0
        willing = 0
        if due:
            wish = wish_to_return(beliefs, violence, facts, scratch, p, spread, origin, c, groups.fled[g])
            if groups.rows[g, CAUGHT] + groups.rows[g, WAITING] > 0:
                calm = beliefs.danger[place, c] < p.refuge_danger_limit
                back, retrying = wait_some_days(people, groups, g, p.return_waiting * wish, settle, retry, stuck, p.party_size, calm, stream)
                home += back
                on += retrying
            if groups.turn[g] <= step:
                back, willing = settled_turn(groups, g, p.return_safe / MONTH * wish, root, onward, p.party_size, stream)
                home += back
                on += willing
                groups.turn[g] = step + TURN * per_day
            groups.look[g] = step + LOOK * per_day if groups.rows[g, CAUGHT] + groups.rows[g, WAITING] > 0 else groups.turn[g]
        if jump > 0.0:
            on += flee_again(groups, g, jump, p.party_size, stream)
        if home > 0:
            days = network.road_km[place, origin] / p.road_speed
            add_move(moves, origin, c, origin, TO_HOME, home, step + max(1, int(math.ceil(days / dt))), groups.fled[g])
            host(people, place, c, -home)
        if on > 0:
            found = find_refuges(place, c, people, violence, beliefs, facts, network, scratch, p, step, per_day)
            gone, _ = send(
                tally, moves, network, scratch, found, place, origin, c, on, groups.fled[g], 0, stream, places * communities + entity, step, dt, p
            )
            stay = min(on - gone, willing)
            groups.rows[g, SETTLED] += stay
            groups.rows[g, CAUGHT] += on - gone - stay
            if groups.rows[g, CAUGHT] > 0:
                groups.look[g] = min(groups.look[g], step + LOOK * per_day)
            host(people, place, c, -gone)
            tally.onward[place] += gone


@kernel
def wait_some_days(people, groups, g, rate, settle, retry, stuck, party, calm, stream):
    """People who wait or are caught die in the open, go home, settle or try again; return (homeward, trying again)."""
    entity = groups.rows[g, KEY]
    caught = groups.rows[g, CAUGHT]
    waiting = groups.rows[g, WAITING]
    back = 1.0 - math.exp(-rate * LOOK) if rate > 0.0 else 0.0
    home = 0
    retrying = 0
    if caught > 0:
        died = binomial(caught, stuck, uniform(mix(stream, STUCK), entity))
        people.dead[groups.rows[g, COMMUNITY]] += died
        host(people, groups.rows[g, PLACE], groups.rows[g, COMMUNITY], -died)
        caught -= died
        home = by_parties(caught, back, uniform(mix(stream, HOME_CAUGHT), entity), party)
        caught -= home
        retrying = by_parties(caught, retry, uniform(mix(stream, TRY), entity), party)
        caught -= retrying
        if calm:
            stay = by_parties(caught, settle, uniform(mix(stream, STAY), entity), party)
            caught -= stay
            waiting += stay
    homeward = by_parties(waiting, back, uniform(mix(stream, HOME_WAITING), entity), party)
    waiting -= homeward
    settling = by_parties(waiting, settle, uniform(mix(stream, SETTLE), entity), party)
    groups.rows[g, CAUGHT] = caught
    groups.rows[g, WAITING] = waiting - settling
    groups.rows[g, SETTLED] += settling
    return home + homeward, retrying


@kernel
def settled_turn(groups, g, rate, root, onward, party, stream):
    """Settled people go home, strike root or move on, over the days since their last turn; return (homeward, moving on)."""
    settled = groups.rows[g, SETTLED]
    if settled <= 0:
        return 0, 0
    entity = groups.rows[g, KEY]
    homeward = by_parties(settled, 1.0 - math.exp(-rate * TURN) if rate > 0.0 else 0.0, uniform(mix(stream, HOME_SETTLED), entity), party)
    settled -= homeward
    rooting = by_parties(settled, root, uniform(mix(stream, ROOT), entity), party)
    settled -= rooting
    willing = by_parties(settled, onward, uniform(mix(stream, ONWARD), entity), party)
    groups.rows[g, SETTLED] = settled - willing
    groups.rows[g, ROOTED] += rooting
    return homeward, willing


@kernel
def flee_again(groups, g, jump, party, stream):
    """New danger where they shelter moves a share of the displaced on; return how many."""
    entity = 3 * groups.rows[g, KEY]
    waiting = by_parties(groups.rows[g, WAITING], jump, uniform(mix(stream, AGAIN), entity), party)
    settled = by_parties(groups.rows[g, SETTLED], jump, uniform(mix(stream, AGAIN), entity + 1), party)
    rooted = by_parties(groups.rows[g, ROOTED], jump, uniform(mix(stream, AGAIN), entity + 2), party)
    groups.rows[g, WAITING] -= waiting
    groups.rows[g, SETTLED] -= settled
    groups.rows[g, ROOTED] -= rooted
    return waiting + settled + rooted


@kernel
def tell_homecomings(tally, returned_before, log, violence, day):
    """Write an event for every place to which many people came home since yesterday."""
    for i in range(returned_before.shape[0]):
        back = tally.returned[i] - returned_before[i]
        if back >= TOLD:
            note(log, day, HOMECOMING, i, violence.holder[i], violence.holder[i], CAUSE_CALM, back)
        returned_before[i] = tally.returned[i]
