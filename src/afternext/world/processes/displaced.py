"""The displaced: people wait, settle, move on, try a checkpoint again and go home.

Rule (docs/model/movement.md). Return has one rule for every regime:

    rate = base * dare * exp(-ruin_aversion * ruin) * admission
    dare = anyway + (1 - anyway) * lasting * [1 - F(caution * danger at home) / F(danger fled)]

with ``return_waiting`` as base and no caution for people who have not settled (they have nothing to lose
where they are), ``return_safe`` and ``return_caution`` for those who have: who holds the place and what that
means for the community enter through danger, screening and ruin through the other factors. Calm under a
force at war is no peace: where insurgents hold the home, or nobody does, ``lasting`` is ``return_unsettled``
for those who have settled, else 1. The settled are
looked at the more often the faster they go. New danger where they shelter moves the displaced on by the rule
of residents, with lower thresholds. Writes ``People``, ``Groups``, ``Moves`` and ``Tally``; conserves people.
"""

from __future__ import annotations

import math

from afternext.world.kernel import kernel
from afternext.world.processes.civilians import share_crossed
from afternext.world.processes.movement import (
    LOOK,
    PER_THOUSAND,
    RARER,
    TURN,
    accept,
    host,
    join_settled,
    send,
)
from afternext.world.processes.refuge import find_refuges
from afternext.world.state import (
    CAUGHT,
    COMMUNITY,
    KEY,
    ORIGIN,
    PLACE,
    ROOTED,
    SETTLED,
    TO_HOME,
    TO_REFUGE,
    TO_SETTLE,
    UNASKED,
    WAITING,
    add_move,
    held,
)
from afternext.world.streams import binomial, by_parties, chance, mix, uniform

AGAIN = 4  # names of the draws inside this process's stream; those of movement.send stand before them
HOME_SETTLED = 5
HOME_WAITING = 6
SETTLE = 7
ONWARD = 8
ROOT = 9
STUCK = 10
TRY = 11
HOME_CAUGHT = 12
STAY = 13
TURNS = 14
NEVER = 1 << 62  # a step that does not come
MONTH = 30.4375  # days
YEAR = 365.25  # days
LN_2 = math.log(2.0)
GROUP_PARTS = 3  # waiting, settled, rooted: three draws a group
ROOTED_PART = 2  # the third of them
STILL_WAITING = 0  # halves of Scratch.deterred
HAS_SETTLED = 1
CROWD_STEP = 0.4  # share of settled people whom one look moves at most, as far as looks can be frequent
PARTY_STEP = 0.7  # chance that one look moves a party
WAITING_STEP = 0.5  # share of waiting people whom one look moves at most
FORTNIGHT = 14  # most days between two looks at people who wait
LEAST_RISE = 1e-9  # of the share whom danger moves on: less is rounding


@kernel
def wish_to_return(beliefs, violence, facts, scratch, p, spread, origin, community, fled, who):
    """Share of displaced people who dare to go home, times what holds them back there, 0-1.

    who : STILL_WAITING or HAS_SETTLED
    """
    danger = beliefs.danger[origin, community]
    wish = 1.0
    if danger > 0.0:
        if scratch.feared[origin, community, who] != danger:
            caution = p.return_caution if who == HAS_SETTLED else 1.0
            scratch.feared[origin, community, who] = danger
            scratch.deterred[origin, community, who] = share_crossed(caution * danger, spread)
        deterred = scratch.deterred[origin, community, who]
        dare = 1.0 - deterred / fled if deterred < fled else 0.0
        wish = dare
    holder = violence.holder[origin]
    if who == HAS_SETTLED and (holder < 0 or facts.insurgent[holder] == 1):
        wish *= p.return_unsettled
    wish = p.return_anyway + (1.0 - p.return_anyway) * wish
    if holder >= 0:
        wish *= facts.admits[holder, community]
    if violence.ruin[origin] > 0.0:
        wish *= math.exp(-p.ruin_aversion * violence.ruin[origin])
    return wish


@kernel
def new_danger(people, beliefs, scratch, p, spread):
    """Work out which share of the displaced at each place new danger there moves on; return whether any is
    moved.

    The rule is that of residents, with thresholds lower by ``onward_spread``.
    """
    places, communities = people.hosted.shape
    anywhere = False
    for i in range(places):
        if people.hosted_total[i] <= 0:
            continue
        for c in range(communities):
            scratch.jump[i * communities + c] = 0.0
            danger = beliefs.danger[i, c]
            if danger <= people.hosted_seen[i, c] or people.hosted[i, c] <= 0:
                continue
            people.hosted_seen[i, c] = danger
            crossed = accept(beliefs, scratch, p, spread, i, c)
            spent = people.hosted_spent[i, c]
            if crossed > spent + LEAST_RISE:
                scratch.jump[i * communities + c] = (crossed - spent) / (1.0 - spent)
                people.hosted_spent[i, c] = crossed
                anywhere = True
    return anywhere


@kernel
def step_displaced(
    people,
    tally,
    groups,
    moves,
    violence,
    beliefs,
    facts,
    network,
    scratch,
    p,
    spread,
    stream,
    step,
    dt,
    per_day,
):
    """Displaced people wait, settle, move on, try a checkpoint again or go home.

    Groups are looked at the more often the faster they change, never more often than every ``LOOK`` days, and
    all where danger is new.
    """
    places, communities = people.hosted.shape
    anywhere = new_danger(people, beliefs, scratch, p, spread)
    for g in range(groups.used[0]):
        due = groups.look[g] <= step
        if not (due or anywhere):
            continue
        cell = groups.cell[g]
        jump = scratch.jump[cell] if anywhere else 0.0
        if not due and jump <= 0.0:
            continue
        place = cell // communities
        c = cell % communities
        if held(groups, g) == 0:
            groups.look[g] = NEVER
            continue
        origin = groups.rows[g, ORIGIN]
        entity = groups.rows[g, KEY]
        home = 0
        on = 0
        willing = 0
        if due:
            fled = groups.fled[g]
            wait = 0
            undecided = groups.rows[g, CAUGHT] + groups.rows[g, WAITING]
            if undecided > 0:
                calm = network.shelters[place] == 1 and beliefs.danger[place, c] < p.refuge_danger_limit
                days = (step - groups.since[g]) / per_day
                wish = wish_to_return(
                    beliefs, violence, facts, scratch, p, spread, origin, c, fled, STILL_WAITING
                )
                back, retrying = wait_some_days(
                    people, groups, g, p, p.return_waiting * wish, days, calm, stream, step
                )
                wait = wait_days(groups, g, p, p.return_waiting * wish) * per_day
                home += back
                on += retrying
            if groups.turn[g] <= step:
                wish = wish_to_return(
                    beliefs, violence, facts, scratch, p, spread, origin, c, fled, HAS_SETTLED
                )
                before = groups.wish[g] if groups.wish[g] != UNASKED else wish
                groups.wish[g] = wish
                settled = groups.rows[g, SETTLED]
                back, willing = settled_turn(
                    groups,
                    g,
                    p,
                    p.return_safe / MONTH * 0.5 * (before + wish),
                    groups.span[g] / per_day,
                    stream,
                )
                home += back
                on += willing
                rate = (p.return_safe * wish + p.onward_rate) / MONTH
                luck = uniform(mix(stream, TURNS), entity)
                groups.turn[g] = step + turn_days(settled, p.party_size, rate, luck) * per_day
                groups.span[g] = groups.turn[g] - step
            groups.since[g] = step
            groups.look[g] = min(step + wait, groups.turn[g]) if wait > 0 else groups.turn[g]
        if jump > 0.0:
            on += flee_again(groups, g, jump, p.party_size, stream)
        if home > 0:
            days = network.road_km[place, origin] / p.road_speed
            add_move(
                moves,
                origin,
                c,
                origin,
                TO_HOME,
                home,
                step + max(1, math.ceil(days / dt)),
                groups.fled[g],
            )
            host(people, place, c, -home)
        if on > 0:
            found = find_refuges(
                place, c, people, violence, beliefs, facts, network, scratch, p, step, per_day
            )
            gone, _ = send(
                tally,
                moves,
                network,
                scratch,
                found,
                place,
                origin,
                c,
                on,
                groups.fled[g],
                0,
                TO_REFUGE if on > willing else TO_SETTLE,
                stream,
                places * communities + entity,
                step,
                dt,
                p,
            )
            stay = min(on - gone, willing)
            groups.rows[g, SETTLED] += stay
            groups.rows[g, CAUGHT] += on - gone - stay
            if groups.rows[g, CAUGHT] > 0 and not due:
                groups.since[g] = step
                groups.look[g] = min(groups.look[g], step + LOOK * per_day)
            host(people, place, c, -gone)
            tally.onward[place] += gone


@kernel
def wait_some_days(people, groups, g, p, rate, days, calm, stream, step):
    """Over ``days``, people who wait or are caught die in the open, go home, settle or try again.

    Returns (homeward, trying again).
    """
    party = p.party_size
    entity = groups.rows[g, KEY]
    caught = groups.rows[g, CAUGHT]
    waiting = groups.rows[g, WAITING]
    back = chance(rate * days)
    settle = chance(days / p.wait_days)
    home = 0
    retrying = 0
    if caught > 0:
        retry = chance(days / p.gate_days)
        stuck = chance(p.stuck_deaths * (1.0 - people.aided[0]) / PER_THOUSAND / MONTH * days)
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
    join_settled(groups, g, settling, step)
    return home + homeward, retrying


@kernel
def wait_days(groups, g, p, rate):
    """Days to the next look at people who wait or are caught and go home at ``rate`` a day; 0 when nobody
    does.
    """
    undecided = groups.rows[g, CAUGHT] + groups.rows[g, WAITING]
    if undecided == 0:
        return 0
    rate += 1.0 / (p.gate_days if groups.rows[g, CAUGHT] > 0 else p.wait_days)
    step = 2.0 * WAITING_STEP if undecided <= p.party_size else WAITING_STEP
    return min(max(LOOK, math.floor(step / rate)), FORTNIGHT)


@kernel
def turn_days(settled, party, rate, luck):
    """Days to the next look at settled people who go at ``rate`` a day: rarer for a party that acts as
    one.

    luck : uniform that spreads turns over half of the longest interval, or a crowd would go home in pulses
    """
    step, most = (PARTY_STEP, TURN * RARER) if settled <= party else (CROWD_STEP, TURN)
    if rate * most > step:
        return max(LOOK, math.floor(step / rate))
    return math.ceil(most * 0.5 * (1.0 + luck))


@kernel
def settled_turn(groups, g, p, rate, days, stream):
    """Over ``days``, settled people go home, strike root or move on; return (homeward, moving on)."""
    party = p.party_size
    settled = groups.rows[g, SETTLED]
    if settled <= 0:
        return 0, 0
    entity = groups.rows[g, KEY]
    root = chance(LN_2 * days / (p.root_years * YEAR))
    onward = chance(p.onward_rate / MONTH * days)
    homeward = by_parties(
        settled,
        chance(rate * days),
        uniform(mix(stream, HOME_SETTLED), entity),
        party,
    )
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
    entity = GROUP_PARTS * groups.rows[g, KEY]
    waiting = by_parties(groups.rows[g, WAITING], jump, uniform(mix(stream, AGAIN), entity), party)
    settled = by_parties(groups.rows[g, SETTLED], jump, uniform(mix(stream, AGAIN), entity + 1), party)
    rooted = by_parties(
        groups.rows[g, ROOTED], jump, uniform(mix(stream, AGAIN), entity + ROOTED_PART), party
    )
    groups.rows[g, WAITING] -= waiting
    groups.rows[g, SETTLED] -= settled
    groups.rows[g, ROOTED] -= rooted
    return waiting + settled + rooted
