"""Alignment: how powers behave to each other while their history stays what it is.

Rule (docs/model/alignment.md). Once a week for every pair of powers, from the behaviour of last week:

    drawn to = history + threat_pull * (closest - history) * (shared threat - threat to each other)
               + balance_pull * balance + moves - price_pull * price at home * what shows

Behaviour follows within weeks where it rises and within months where it falls. Where history is hostile it
is capped below alliance, and only the deniable part of the price is paid unless the public looks on. A shared
threat is the threat that both believe in, of the enemy that means most to the one who fears it less; an
enemy's enemy counts only as far as he is the smaller danger. Hostility of forces follows the behaviour of
their powers where it crosses a threshold; while a common enemy is the greater threat to both, falling out
opens no second front. Formal change of a rivalry (3 to 4 % a year) is not modelled:
history stays.
Writes ``Council`` (threat, pull, alignment, tacit) and ``Facts.hostility``; writes events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.chancellery import CENTRE, ENEMY_GROUND, GOVERNMENT_GROUND, OWN_LOSSES
from afternext.world.events import (
    CAUSE_MOVES,
    CAUSE_PRICE,
    CAUSE_RECEDED,
    CAUSE_SHARED_ENEMY,
    PARTED,
    TACIT,
)
from afternext.world.kernel import kernel
from afternext.world.state import NOBODY, WEEK, note

HOSTILE = 1.0  # hostility of forces that fight, as in the scenario's stances
RIVAL = 0.2  # hostility of forces that bar each other's way


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    threat_half: float
    threat_memory: float
    threat_pull: float
    balance_pull: float
    price_pull: float
    covert_price: float
    tacit_history: float
    tacit_line: float
    tacit_band: float
    tacit_cap: float
    align_up: float
    align_down: float
    hostile_line: float
    rival_line: float


@kernel
def stake(powers, q):
    """How high it stands among the goals of a power to stop an enemy: the weightiest of his ground, the
    government's and the centre against the weightiest goal of all, 0-1.

    A goal that points the other way (a sponsor's) does not count.
    """
    most = 0.0
    mine = 0.0
    for a in range(powers.target.shape[1]):
        weight = (1.0 - powers.far[q]) * powers.weight[q, a, 0] + powers.far[q] * powers.weight[q, a, 1]
        if a != OWN_LOSSES:  # a price, not a prize
            most = max(most, weight)
        if a == ENEMY_GROUND:
            mine = max(mine, weight * (1.0 - 2.0 * powers.target[q, a]))
        elif a in (CENTRE, GOVERNMENT_GROUND):
            mine = max(mine, weight * (2.0 * powers.target[q, a] - 1.0))
    return mine / most if most > 0.0 else 0.0


@kernel
def menace(powers, council, facts, violence, p, q, r, step, per_day):
    """How menacing the forces of power ``r`` are as ``q`` believes: ground of enemies that is theirs, and the
    capital where the government is their enemy; half of it is forgotten while they do not attack.
    """
    theirs = 0
    enemies = 0
    last = -1.0
    for f in range(powers.commands.shape[0]):
        if powers.commands[f] == r:
            last = max(last, violence.struck[f])
    for i in range(violence.holder.shape[0]):
        f = violence.holder[i]
        if f < 0 or facts.mobile[f] == 0:
            continue  # states outside the crisis sit in their own land
        if powers.commands[f] < 0 or council.alignment[q, powers.commands[f]] > -p.rival_line:
            continue
        enemies += 1
        if powers.commands[f] == r:
            theirs += 1
    ground = council.believed[q, ENEMY_GROUND] * theirs / enemies if enemies > 0 else 0.0
    ground = ground / (ground + p.threat_half) if ground > 0.0 else 0.0
    fresh = 0.0
    if last >= 0.0:
        fresh = math.exp2(-(step - last) / per_day / p.threat_memory)
    capital = 0.0
    government = powers.government[0]
    if government >= 0 and government != r and council.alignment[government, r] < -p.rival_line:
        capital = 1.0 - council.believed[q, CENTRE]  # which knows by itself how fresh the danger is
        seat = powers.capital[0]
        if seat >= 0 and violence.holder[seat] >= 0 and powers.commands[violence.holder[seat]] == r:
            fresh = 1.0  # who holds the capital need not attack any more
    return (1.0 - (1.0 - ground) * (1.0 - capital)) * 0.5 * (1.0 + fresh)


@kernel
def weigh_threats(powers, council, facts, violence, p, step, per_day):
    """Fill ``council.threat``: what each power believes that the forces of each other mean to it, 0-1."""
    count = powers.capability.shape[0]
    for r in range(count):
        armed = False
        for f in range(powers.commands.shape[0]):
            if powers.commands[f] == r and facts.mobile[f] == 1:
                armed = True
        for q in range(count):
            council.threat[q, r] = 0.0
            enmity = max(0.0, -council.alignment[q, r])
            if q == r or not armed or enmity <= 0.0:
                continue
            worth = stake(powers, q)
            if worth > 0.0:
                size = menace(powers, council, facts, violence, p, q, r, step, per_day)
                council.threat[q, r] = enmity * worth * size


@kernel
def shared_threat(council, a, b):
    """Threat of the common enemy that means most to the one of the two who fears it less, minus the threat
    that they are to each other.
    """
    most = 0.0
    for r in range(council.threat.shape[0]):
        if r != a and r != b:
            most = max(most, min(council.threat[a, r], council.threat[b, r]))
    return max(0.0, most - max(council.threat[a, b], council.threat[b, a]))


@kernel
def closest(history, p):
    """Closest behaviour that a pair with this history can come to: enemies remain apart."""
    return p.tacit_cap if history <= -p.tacit_history else 1.0


@kernel
def drawn_by_threat(council, a, b, history, p):
    """How far a shared threat draws a pair together, as a share of the way that its history leaves it."""
    return p.threat_pull * (closest(history, p) - history) * shared_threat(council, a, b)


@kernel
def balance(powers, council, a, b):
    """Pull of structural balance: friends of friends and enemies of enemies, by capability (Cartwright &
    Harary 1956; Axelrod & Bennett 1993 for the weights), -2 to 2.

    Only what differs from history pulls: history has settled what it has settled.
    """
    total = 0.0
    pull = 0.0
    for r in range(powers.capability.shape[0]):
        if r != a and r != b:
            total += powers.capability[r]
            now = council.alignment[a, r] * council.alignment[b, r]
            before = powers.history[a, r] * powers.history[b, r]
            pull += powers.capability[r] * (now - before)
    return pull / total if total > 0.0 else 0.0


@kernel
def price_paid(powers, council, p, a, b):
    """What cooperation costs at home: the dearer of the two; of deniable cooperation only a part shows, more
    where a divided public looks on.
    """
    worst = 0.0
    for side in range(2):
        q = a if side == 0 else b
        other = b if side == 0 else a
        looks = council.salience[q] * powers.polarised[q] * powers.public[q]
        shows = p.covert_price + (1.0 - p.covert_price) * looks
        worst = max(worst, powers.price[q, other] * shows)
    return p.price_pull * worst


@kernel
def hostility_of(alignment, p):
    """Hostility of forces whose powers behave so: those that fight, rivals, none."""
    if alignment <= -p.hostile_line:
        return HOSTILE
    return RIVAL if alignment <= -p.rival_line else 0.0


@kernel
def step_alignment(powers, council, facts, violence, pressure, p, log, step, day, per_day):
    """Move the behaviour of all pairs by one week.

    pressure : what is in effect presses on alignment (align) and on the hostility of forces (truce)
    """
    count = powers.capability.shape[0]
    weigh_threats(powers, council, facts, violence, p, step, per_day)
    for a in range(count):
        for b in range(a):
            history = 0.5 * (powers.history[a, b] + powers.history[b, a])
            drawn = history + drawn_by_threat(council, a, b, history, p)
            drawn += p.balance_pull * balance(powers, council, a, b)
            drawn += 0.5 * (pressure.align[a, b] + pressure.align[b, a])
            if drawn > history:
                drawn = max(history, drawn - price_paid(powers, council, p, a, b))
            council.pull[a, b] = min(closest(history, p), max(-1.0, drawn))
            council.pull[b, a] = council.pull[a, b]
    for a in range(count):
        for b in range(a):
            now = council.alignment[a, b]
            gap = council.pull[a, b] - now
            days = p.align_up if gap > 0.0 else p.align_down
            now += gap * (1.0 - math.exp(-WEEK / days))
            council.alignment[a, b] = now
            council.alignment[b, a] = now
            mark_tacit(powers, council, pressure, p, log, a, b, day)
    follow(powers, council, facts, pressure, p)


@kernel
def mark_tacit(powers, council, pressure, p, log, a, b, day):
    """Note when two that are hostile by history begin to look away, and when they part."""
    history = 0.5 * (powers.history[a, b] + powers.history[b, a])
    if history > -p.tacit_history:
        return
    now = council.alignment[a, b]
    if council.tacit[a, b] == 0 and now >= p.tacit_line:
        council.tacit[a, b] = 1
        council.tacit[b, a] = 1
        shared = drawn_by_threat(council, a, b, history, p)
        moves = 0.5 * (pressure.align[a, b] + pressure.align[b, a])
        cause = CAUSE_SHARED_ENEMY if shared >= moves else CAUSE_MOVES
        note(log, day, TACIT, NOBODY, a, b, cause, 0)
    elif council.tacit[a, b] == 1 and now < p.tacit_line - p.tacit_band:
        council.tacit[a, b] = 0
        council.tacit[b, a] = 0
        cause = CAUSE_RECEDED
        if pressure.align[a, b] + pressure.align[b, a] < 0.0:
            cause = CAUSE_MOVES
        elif history + drawn_by_threat(council, a, b, history, p) >= p.tacit_line:
            cause = CAUSE_PRICE
        note(log, day, PARTED, NOBODY, a, b, cause, 0)


@kernel
def follow(powers, council, facts, pressure, p):
    """Let the hostility of forces follow the behaviour of their powers across thresholds, and truces.

    A truce of half or more ends the fighting between two forces; hostility stays as in the scenario while
    behaviour stays on the side of the thresholds where history is. Who did not fight at the freeze does not
    begin to while a common enemy is more of a threat than they are to each other.
    """
    count = facts.hostility.shape[0]
    for f in range(count):
        for g in range(count):
            base = pressure.hostility[f, g]
            a = powers.commands[f]
            b = powers.commands[g]
            if f != g and a >= 0 and b >= 0 and a != b:
                before = hostility_of(0.5 * (powers.history[a, b] + powers.history[b, a]), p)
                now = hostility_of(council.alignment[a, b], p)
                if now < before:
                    base = min(base, now)
                elif now > before and shared_threat(council, a, b) <= 0.0:
                    base = max(base, now)
            truce = min(1.0, max(pressure.truce[f, g], pressure.truce[g, f]))
            if truce >= 0.5:
                base *= 1.0 - truce
            facts.hostility[f, g] = base
