"""Situation: what is at stake for a power as it is, and what the power believes.

Rule (docs/model/situation.md). Once a week a power takes stock of thirteen aims, all 0-1
(``chancellery.AIMS``): ground, the safety of the capital, the displaced, violence, how the state is governed,
its influence, its own losses. Its picture follows with a lag and errs, the more the less it sees:

    believed += (1 - exp(-7 / lag)) * (situation + (1 - sight) * (picture_error * e + slant) - believed)
    lag = picture_lag + information_lag * (1 - sight)          e: lasting error, AR(1), SD 1

Collection is built up on what threatens a power (``watched``), within months, the more the graver the threat:
threat / (threat + ``watch_half``); how far a force stands in the open is seen with the same lag (``seen``).
``ignorance`` = 0 takes lag and error away. What shook the power in the last week (people fallen to hostile
forces, civilians killed, the capital in danger) is kept as ``shock``. Writes ``Council``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.chancellery import (
    AUTONOMY,
    CENTRE,
    CONFIDENCE,
    DISPLACED,
    ENEMY_GROUND,
    GOVERNMENT_GROUND,
    INCLUSION,
    INFLUENCE,
    LEADER,
    OWN_GROUND,
    OWN_LOSSES,
    RIVAL_INFLUENCE,
    VIOLENCE,
)
from afternext.world.forces import EXPAND, GROUND, HOLD, NEVER
from afternext.world.kernel import kernel
from afternext.world.state import WEEK
from afternext.world.streams import mix, normal_quantile, uniform

PICTURE = 0  # names of the draws inside this process's stream
PER = 100_000.0  # persons: the unit of violence
WEEKS_PER_MONTH = 4.0  # weeks


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    ignorance: float
    information_lag: float
    picture_lag: float
    picture_error: float
    picture_memory: float
    slant_size: float
    watch_days: float
    watch_gain: float
    watch_half: float
    fresh_ground: float
    shock_ground: float
    shock_violence: float


@kernel
def sides_against(powers, council, facts, power, force):
    """How far a force is an enemy of a power, 0-1: by alignment with the power that commands it."""
    other = powers.commands[force]
    if other == power:
        return 0.0
    if other >= 0:
        return min(1.0, max(0.0, -council.alignment[power, other]))
    against = 0.0
    for f in range(powers.commands.shape[0]):
        if powers.commands[f] == power:
            against = max(against, facts.hostility[f, force])
    return against


@kernel
def sides_with(powers, council, power, force):
    """How far a force stands with a power, 0-1."""
    other = powers.commands[force]
    if other == power:
        return 1.0
    if other < 0 or power < 0:
        return 0.0
    return min(1.0, max(0.0, council.alignment[power, other]))


@kernel
def centre_safety(powers, council, violence, forces, facts, p, step, per_day):
    """Safety of the capital: 0 lost, else less for every attacker in reach and every fresh front near by."""
    capital = powers.capital[0]
    government = powers.government[0]
    if capital < 0 or government < 0:
        return 1.0
    holder = violence.holder[capital]
    if holder < 0 or sides_with(powers, council, government, holder) <= 0.0:
        return 0.0
    safety = 1.0 / (1.0 + violence.odds[capital])
    if violence.fighter[capital] >= 0:
        safety *= 1.0 - 0.5 * violence.intensity[capital]
    close = 0.0
    for i in range(violence.holder.shape[0]):
        near = violence.near[capital, i]
        if i == capital or near <= close or violence.holder[i] < 0:
            continue
        taken = 0 if forces.taken[i] == NEVER else forces.taken[i]  # of unknown date: as if at the freeze
        age = (step - taken) / per_day
        fresh = near * math.exp2(-age / p.fresh_ground)
        if fresh > close and sides_against(powers, council, facts, government, violence.holder[i]) > 0.0:
            close = fresh
    return safety * (1.0 - close)


@kernel
def assess(powers, chancellery, state, facts, p, power, step, per_day):
    """Take stock of every aim of one power, and of what shook it since its last look.

    Returns the own fighters killed since then.
    """
    council, polity = chancellery.council, chancellery.polity
    people, violence, forces, attitudes = state.people, state.violence, state.forces, state.attitudes
    places, communities = people.residents.shape
    government = powers.government[0]
    now = council.situation[power]
    enemy_before = now[ENEMY_GROUND]
    centre_before = now[CENTRE]
    first = step == 0
    total = 0.0
    home = 0.0
    own = 0.0
    enemy = 0.0
    state = 0.0
    away = 0.0
    shut = 0.0
    for i in range(places):
        holder = violence.holder[i]
        if holder >= 0 and facts.mobile[holder] == 0:
            continue  # states outside the crisis
        here = 0.0
        for c in range(communities):
            here += people.residents[i, c] + people.leaving[i, c]
            shut += people.residents[i, c] * attitudes.exclusion[c]
        total += here
        away += people.hosted_total[i]
        if powers.home[i] == 1:
            home += here
        if holder < 0:
            continue
        if powers.commands[holder] == power:
            own += here
        enemy += here * sides_against(powers, council, facts, power, holder)
        if powers.home[i] == 1:
            state += here * sides_with(powers, council, government, holder)
    total = max(total, 1.0)
    now[OWN_GROUND] = own / total
    now[ENEMY_GROUND] = enemy / total
    now[GOVERNMENT_GROUND] = state / max(home, 1.0)
    now[CENTRE] = centre_safety(powers, council, violence, forces, facts, p, step, per_day)
    now[DISPLACED] = away / (total + away)
    now[INCLUSION] = 1.0 - shut / total
    now[CONFIDENCE] = 0.5
    now[LEADER] = 1.0
    if government >= 0:
        now[INCLUSION] = polity.inclusive[0]
        now[CONFIDENCE] = polity.confidence[0]
        now[LEADER] = 1.0 if polity.leaders[0] == 0 else 0.0
        if power == government and not first:  # whoever is in office: how much of a majority backs him
            now[LEADER] = min(1.0, 2.0 * polity.coalition[0])
    now[AUTONOMY] = autonomy_seen(powers, polity, power)
    weigh_influence(powers, council, power)

    dead = 0
    for c in range(communities):
        dead += people.dead[c]
    lost = 0
    killed = 0
    fighters = 0
    for f in range(powers.commands.shape[0]):
        if powers.commands[f] == power:
            killed += violence.killed[f]
            lost += violence.killed[f] + forces.deserted[f]
            fighters += forces.start[f]
    kept = math.exp2(-0.5)  # a week of a half-life of two
    recent = dead - council.dead[power]
    council.deadly[power] = council.deadly[power] * kept + recent
    council.bleeding[power] = council.bleeding[power] * kept + lost - council.fallen[power]
    fell = killed - council.killed[power]
    council.dead[power] = dead
    council.fallen[power] = lost
    council.killed[power] = killed
    # The weights 1, 0.7, 0.5 ... add up to 3.4 weeks; four weeks is meant.
    month = WEEKS_PER_MONTH * (1.0 - kept)
    rate = month * council.deadly[power] / total * PER
    now[VIOLENCE] = rate / (1.0 + rate)
    now[OWN_LOSSES] = min(1.0, month * council.bleeding[power] / max(fighters, 1))

    shock = 0.0
    if not first:
        fallen = max(0.0, now[ENEMY_GROUND] - enemy_before)
        danger = max(0.0, centre_before - now[CENTRE])
        horror = recent / total * PER * p.shock_violence
        shock = 1.0 - (1.0 - min(1.0, fallen / p.shock_ground)) * (1.0 - danger) * math.exp(-horror)
    council.shock[power] = shock
    return fell


@kernel
def autonomy_seen(powers, polity, power):
    """Autonomy of the region that a power speaks for, else the mean over all."""
    regions = powers.region_power.shape[0]
    total = 0.0
    own = -1.0
    for r in range(regions):
        total += polity.autonomy[r]
        if powers.region_power[r] == power:
            own = max(own, polity.autonomy[r])
    if own >= 0.0:
        return own
    return total / regions if regions > 0 else 0.0


@kernel
def weigh_influence(powers, council, power):
    """How the government stands to a power, and to the power's closest rival."""
    now = council.situation[power]
    government = powers.government[0]
    now[INFLUENCE] = 0.5
    now[RIVAL_INFLUENCE] = 0.5
    if government < 0:
        return
    now[INFLUENCE] = 1.0 if power == government else 0.5 * (1.0 + council.alignment[government, power])
    worst = 0.0
    for r in range(powers.history.shape[0]):
        if r != power and r != government and powers.capability[r] * powers.history[power, r] < worst:
            worst = powers.capability[r] * powers.history[power, r]
            now[RIVAL_INFLUENCE] = 0.5 * (1.0 + council.alignment[government, r])


@kernel
def look(powers, council, told, p, power, stream, step):
    """Let the picture of one power follow the situation, with its lag and its errors.

    Returns the share of the way that it follows.

    told : share of what it does not see that others tell it
    stream : of this step and process
    """
    threat = 0.0
    for r in range(council.threat.shape[1]):
        threat = max(threat, council.threat[power, r])
    built = 1.0 - math.exp(-WEEK / p.watch_days)
    grave = threat / (threat + p.watch_half) if threat > 0.0 else 0.0
    council.watched[power] += built * (grave - council.watched[power])
    unseen = (1.0 - powers.collection[power]) * (1.0 - p.watch_gain * council.watched[power])
    sight = 1.0 - unseen * (1.0 - min(1.0, max(0.0, told)))
    council.sight[power] = sight
    blind = p.ignorance * (1.0 - sight)
    lag = p.ignorance * (p.picture_lag + p.information_lag * (1.0 - sight))
    follow = 1.0
    if lag > 0.0 and step > 0:
        follow = 1.0 - math.exp(-WEEK / lag)
    kept = math.exp2(-WEEK / p.picture_memory)
    if step == 0:
        kept = 0.0
    fresh = math.sqrt(1.0 - kept * kept)
    for a in range(council.situation.shape[1]):
        truth = council.situation[power, a]
        z = normal_quantile(uniform(mix(mix(stream, PICTURE), power), a))
        error = council.error[power, a] * kept + fresh * z
        council.error[power, a] = error
        if a in (OWN_GROUND, OWN_LOSSES, LEADER):
            council.believed[power, a] = truth  # nobody needs a report on these
            continue
        wrong = p.picture_error * error
        if a == ENEMY_GROUND:
            wrong += p.slant_size * powers.slant[power]
        elif a == CENTRE:
            wrong -= p.slant_size * powers.slant[power]
        seen = min(1.0, max(0.0, truth + blind * wrong))
        council.believed[power, a] = follow * seen + (1.0 - follow) * council.believed[power, a]
    return follow


@kernel
def shows_itself(forces, facts, force):
    """How far a force stands in the open, 0-1: where it holds or takes ground, wholly; where it foments
    trouble, with those of its men who are at places that it holds; where it has gone to ground, not at all.
    """
    if facts.insurgent[force] == 0 or forces.posture[force] == HOLD or forces.posture[force] == EXPAND:
        return 1.0
    if forces.posture[force] == GROUND:
        return 0.0
    total = 0
    seen = 0
    for i in range(forces.present.shape[0]):
        total += forces.present[i, force]
        if forces.before[i] == force:
            seen += forces.present[i, force]
    return seen / total if total > 0 else 0.0


@kernel
def watch_forces(council, forces, facts, power, follow):
    """Let a power see how far forces stand in the open.

    follow : share of the way that its picture follows
    """
    for f in range(council.seen.shape[1]):
        council.seen[power, f] += follow * (shows_itself(forces, facts, f) - council.seen[power, f])
