"""Regions: claims, autonomy, votes on leaving, and secession.

Rule (docs/model/polity.md). Once in four weeks for each region that some power speaks for:

    claim -> autonomy -> vote announced -> vote held -> independence recognised

each at its own yearly rate; only who rules itself votes on leaving. Claims and votes come likelier where the
people of the region are shut out, were lately downgraded, have lost autonomy that they had, see their budget
cut or find the centre unable to stop them; less where autonomy was granted before war, hardly less where it
came only after, and less with each dimension in which power has been shared for some time, as is all autonomy
that is taken or asked for. Only who holds its
own ground can announce a vote.
Writes ``Polity`` (autonomy, granted, had, late, status, vote); writes events.
"""

from __future__ import annotations

import math

from afternext.world.chancellery import (
    AUTONOMOUS,
    CLAIMS,
    L_AUTONOMY,
    L_BUDGET,
    LOST_CENTRE,
    REFERENDUM,
    SECEDED,
)
from afternext.world.events import (
    AUTONOMY,
    CAUSE_AUTONOMY_LOST,
    CAUSE_BUDGET,
    CAUSE_DOWNGRADED,
    CAUSE_GRANTED,
    CAUSE_NONE,
    CAUSE_SHUT_OUT,
    CAUSE_VOTE,
    CAUSE_WINDOW,
    CLAIM,
    SECESSION,
    VOTED,
)
from afternext.world.events import REFERENDUM as ANNOUNCED_VOTE
from afternext.world.kernel import kernel
from afternext.world.processes.cabinet import MONTHS_PER_YEAR
from afternext.world.state import NOBODY, note
from afternext.world.streams import chance, mix, normal_quantile, uniform

CLAIMING = 0  # names of the draws inside this process's stream
GRANTING = 1
ANNOUNCING = 2
LENGTH = 3
HOLDING = 4
LEAVING = 5


@kernel
def look_at_region(powers, people, violence, attitudes, r):
    """Return (share of its people under its own power's forces, their mean exclusion)."""
    total = 0.0
    own = 0.0
    excluded = 0.0
    for i in range(violence.holder.shape[0]):
        if powers.region[i] != r:
            continue
        f = violence.holder[i]
        ours = f >= 0 and powers.commands[f] == powers.region_power[r]
        for c in range(people.residents.shape[1]):
            persons = people.residents[i, c]
            total += persons
            excluded += persons * attitudes.exclusion[c]
            if ours:
                own += persons
    if total <= 0.0:
        return 0.0, 0.0
    return own / total, excluded / total


@kernel
def largest_town(powers, people, r):
    """Return the place of a region where most people live, or NOBODY."""
    town = NOBODY
    most = 0
    for i in range(powers.region.shape[0]):
        if powers.region[i] == r:
            here = 0
            for c in range(people.residents.shape[1]):
                here += people.residents[i, c]
            if here > most:
                most = here
                town = i
    return town


@kernel
def window(polity, p):
    """How far the centre cannot stop a region, 0-1: a disaster of the last months, or collapse."""
    if polity.broken[0] & LOST_CENTRE != 0:
        return 1.0
    return min(1.0, polity.defeat[0] / p.defeat_full)


@kernel
def eased(shared, p):
    """How much less a region presses for a way of its own where power has been shared for some time."""
    return p.sharing_ratio ** (p.sharing_dimensions * shared)


@kernel
def motives(polity, pressure, excluded, p, r):
    """Return (how much likelier than at the base rate the region claims or votes, the largest reason)."""
    cause = CAUSE_NONE
    largest = 1.0
    factor = 1.0
    for k in range(CAUSE_SHUT_OUT, CAUSE_BUDGET + 1):
        if k == CAUSE_SHUT_OUT:
            odds = p.exclusion_odds**excluded
        elif k == CAUSE_DOWNGRADED:
            fallen = max(0.0, polity.included[0] - polity.inclusive[0])
            odds = p.downgraded_odds ** (fallen / polity.included[0]) if fallen > 0.0 else 1.0
        elif k == CAUSE_AUTONOMY_LOST:
            odds = p.autonomy_lost_odds ** (polity.had[r] - polity.autonomy[r])
        elif k == CAUSE_WINDOW:
            odds = p.window_odds ** window(polity, p)
        else:
            odds = p.budget_odds ** max(0.0, -pressure.region[L_BUDGET, r])
        factor *= odds
        if odds > largest:
            largest = odds
            cause = k
    if polity.autonomy[r] >= 0.5:
        factor *= p.autonomy_after if polity.late[r] == 1 else p.autonomy_before
    return factor * eased(polity.shared[0], p), cause


@kernel
def move_autonomy(polity, pressure, own, intensity, p, r):
    """Autonomy follows what is granted and what moves press for; who holds its ground takes more while the
    centre cannot stop it.
    """
    if own > 0.5:
        taking = p.window_gain * window(polity, p) * eased(polity.shared[0], p)
        gain = chance(taking / MONTHS_PER_YEAR)
        polity.granted[r] += (1.0 - polity.granted[r]) * gain
    before = polity.autonomy[r]
    aim = min(1.0, max(0.0, polity.granted[r] + pressure.region[L_AUTONOMY, r]))
    polity.autonomy[r] += 0.5 * (aim - before)
    if polity.autonomy[r] >= 0.5 and before < 0.5 and polity.had[r] < 0.5:
        polity.late[r] = 1 if intensity == 2 else 0
    polity.had[r] = max(polity.had[r], polity.autonomy[r])


@kernel
def step_regions(
    powers, polity, pressure, people, violence, attitudes, intensity, p, log, stream, step, day, per_day
):
    """Advance every region by four weeks."""
    government = powers.government[0]
    for r in range(powers.region_power.shape[0]):
        q = powers.region_power[r]
        if polity.status[r] == SECEDED:
            continue
        own, excluded = look_at_region(powers, people, violence, attitudes, r)
        move_autonomy(polity, pressure, own, intensity, p, r)
        if q < 0:
            continue
        factor, cause = motives(polity, pressure, excluded, p, r)
        status = polity.status[r]
        if status == 0 and uniform(mix(stream, CLAIMING), r) < chance(
            p.claim_rate * factor / MONTHS_PER_YEAR
        ):
            polity.status[r] = CLAIMS
            note(log, day, CLAIM, largest_town(powers, people, r), q, government, cause, 0)
        elif status == CLAIMS:
            # Who shares power grants sooner, and is asked less.
            yielding = 2.0 * p.grant_rate * polity.shared[0]
            yielding *= eased(polity.shared[0], p) / eased(0.5, p)
            granted = uniform(mix(stream, GRANTING), r) < chance(yielding / MONTHS_PER_YEAR)
            if granted:
                polity.granted[r] = max(polity.granted[r], 0.5)
            if granted or polity.autonomy[r] >= 0.5:
                polity.late[r] = 1 if intensity == 2 and polity.had[r] < 0.5 else polity.late[r]
                polity.autonomy[r] = max(polity.autonomy[r], 0.5)
                polity.had[r] = max(polity.had[r], polity.autonomy[r])
                polity.status[r] = AUTONOMOUS
                reason = CAUSE_GRANTED if granted else CAUSE_WINDOW
                note(log, day, AUTONOMY, largest_town(powers, people, r), q, government, reason, 0)
        if status == AUTONOMOUS and own > 0.5:
            hazard = p.vote_rate * factor / MONTHS_PER_YEAR
            if uniform(mix(stream, ANNOUNCING), r) < chance(hazard):
                z = normal_quantile(uniform(mix(stream, LENGTH), r))
                days = max(1, int(p.vote_days * math.exp(p.vote_spread * z)))
                polity.status[r] = REFERENDUM
                polity.vote[r] = step + days * per_day
                note(log, day, ANNOUNCED_VOTE, NOBODY, q, government, cause, days)
        elif status == REFERENDUM and 0 < polity.vote[r] <= step:
            if own > 0.5 and uniform(mix(stream, HOLDING), r) < p.vote_held:
                polity.vote[r] = -step
                note(log, day, VOTED, NOBODY, q, government, CAUSE_NONE, 0)
            else:
                polity.vote[r] = 0
                polity.status[r] = AUTONOMOUS if polity.autonomy[r] >= 0.5 else CLAIMS
        if status >= CLAIMS:
            hazard = p.secession_rate * (p.vote_odds if polity.vote[r] < 0 else 1.0)
            if own > 0.5 and uniform(mix(stream, LEAVING), r) < chance(hazard / MONTHS_PER_YEAR):
                polity.status[r] = SECEDED
                reason = CAUSE_VOTE if polity.vote[r] < 0 else CAUSE_WINDOW
                note(log, day, SECESSION, NOBODY, q, government, reason, 0)
