"""Recovery: houses are repaired, armies rot and are filled up, insurgents recruit, a war that ended may come
again.

Rule (docs/model/recovery.md). Once a month at each place: ruin is repaired; a garrison loses men quietly at a
rate between ``rot_hollow`` and ``rot_cohesive`` by its cohesion, down to a loyal core; armies and militias
replace part of what they lack against the start, insurgents grow where people put up with them, as far as
money and willing men allow (treasury.py), and are hunted where an enemy watches; cohesion drifts back to what
the force started with. A force that is all but gone and has not fought for a year may rise again, at a
yearly hazard that falls with peace and rises with the share of its people who live under a holder that shuts
them out. Writes ``Violence`` (ruin), ``Forces``, ``People``, writes events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.events import CAUSE_NONE, RISING
from afternext.world.kernel import kernel
from afternext.world.processes.ranks import desert, enlist, home_of
from afternext.world.processes.treasury import MONTHS_PER_YEAR, PEACE_DAYS, dissolve, payday, tax, watched
from afternext.world.state import NOBODY, note
from afternext.world.streams import binomial, mix, normal_quantile, uniform

ROT = 0  # names of the draws inside this process's stream
FOREIGN = 1
RELAPSE = 2
WHERE = 3
SUPPLY = 4
USUAL = 5
MONTH = 28  # days between two looks
DAYS_PER_YEAR = 365.25  # days
MANY = 1000  # tries of a draw of foreign fighters


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    repair_rate: float
    rot_hollow: float
    rot_cohesive: float
    loyal_core: float
    refill_rate: float
    growth_rate: float
    tax_yield: float
    grip_ratio: float
    fighter_cost: float
    reserve_months: float
    sponsor_half_life: float
    unpaid_quit: float
    reconcile_rate: float
    willing_share: float
    spent_half_life: float
    police_rate: float
    disband_size: float
    disband_rate: float
    cohesion_spread: float
    cohesion_memory: float
    supply_rate: float
    relapse_rate: float
    peace_half_life: float
    exclusion_odds: float
    relapse_size: float


@kernel
def rot_rate(cohesion, p):
    """Share of the men present who leave quietly in a month: between hollow and cohesive armies, on a log
    scale.
    """
    return p.rot_hollow * (p.rot_cohesive / p.rot_hollow) ** cohesion


@kernel
def set_cohesion(forces, facts, p, key):
    """Let garrisons differ from the start: normal around their force on the scale of log-odds."""
    for i in range(forces.cohesion.shape[0]):
        for f in range(forces.cohesion.shape[1]):
            forces.cohesion[i, f] = usual_cohesion(forces, facts, p, key, i, f)


@kernel
def usual_cohesion(forces, facts, p, key, place, force):
    """Return how cohesive a garrison of a force is at a place when left alone."""
    mean = facts.cohesion[force]
    if mean <= 0.0 or mean >= 1.0:
        return mean
    z = normal_quantile(uniform(mix(mix(key, USUAL), force), place))
    return 1.0 / (1.0 + (1.0 - mean) / mean * math.exp(-p.cohesion_spread * z - forces.lift[force]))


@kernel
def step_recovery(
    people,
    groups,
    violence,
    log,
    forces,
    attitudes,
    standing,
    facts,
    network,
    p,
    stream,
    still,
    step,
    day,
    dt,
    per_day,
):
    """Once a month at each place and for each force, staggered.

    still : a stream that stays the same from step to step
    """
    r = p.recovery
    free = p.posture.initiative > 0.0
    drift = 1.0 - math.exp2(-MONTH / DAYS_PER_YEAR / r.cohesion_memory)
    repair = math.exp(-r.repair_rate * MONTH / DAYS_PER_YEAR)
    for i in range(violence.holder.shape[0]):
        if (step + i * per_day) % (MONTH * per_day) != 0:
            continue
        if violence.ruin[i] > 0.0 and violence.fighter[i] < 0:
            violence.ruin[i] *= repair
        if not free:
            continue
        for f in range(facts.mobile.shape[0]):
            if facts.mobile[f] == 0 or forces.start[f] <= 0:
                continue
            there = forces.present[i, f]
            seen = 0.0
            if there > 0:
                usual = usual_cohesion(forces, facts, r, still, i, f)
                forces.cohesion[i, f] += (usual - forces.cohesion[i, f]) * drift
                loose = max(0, there - int(r.loyal_core * violence.strength[i, f]))
                share = rot_rate(forces.cohesion[i, f], r)
                if facts.insurgent[f] == 1:  # they lose men of the core as well, if otherwise
                    seen = watched(people, violence, forces, facts, p.attitudes.protector_ratio, i, f)
                    rate = r.police_rate * seen * (1.0 - attitudes.siding[i, f])
                    rate += r.unpaid_quit * forces.unpaid[f] + r.reconcile_rate * forces.reconciled[f]
                    share = 1.0 - (1.0 - share * loose / there) * math.exp(-rate)
                    loose = there
                if loose > 0:
                    gone = binomial(loose, share, uniform(mix(mix(stream, ROT), f), i))
                    if gone > 0:
                        forces.present[i, f] = there - gone
                        if facts.insurgent[f] == 1:
                            violence.strength[i, f] -= gone
                        desert(
                            people,
                            groups,
                            forces,
                            facts,
                            i,
                            f,
                            gone,
                            mix(stream, ROT),
                            step,
                            per_day,
                            1,
                        )
            if violence.holder[i] == f or (facts.insurgent[f] == 1 and there > 0):
                if facts.insurgent[f] == 1:
                    tax(people, violence, forces, attitudes, standing, facts, r, i, f)
                grow(people, violence, forces, attitudes, standing, facts, network, r, stream, i, f, seen)
    if not free:
        return
    for f in range(facts.mobile.shape[0]):
        if (step + f * per_day) % (MONTH * per_day) != 0 or facts.mobile[f] == 0 or forces.start[f] <= 0:
            continue
        fighters = 0
        arms = 0
        for i in range(violence.holder.shape[0]):
            fighters += forces.present[i, f] + forces.coming[i, f]
            arms += forces.materiel[i, f] + forces.coming_materiel[i, f]
        if facts.insurgent[f] == 1:
            if step >= (MONTH - 1) * per_day:
                payday(forces, violence, r, f, fighters)
            else:
                forces.earned[f] = 0.0  # its first full month begins
            dissolve(people, groups, violence, log, forces, facts, r, stream, f, fighters, step, day, per_day)
            if fighters < r.disband_size:
                relapse(
                    people, violence, log, forces, attitudes, standing, facts, r, stream, f, step, day, dt
                )
        else:
            forces.lacking[f] = max(0.0, 1.0 - fighters / forces.start[f])
            whole = forces.start_materiel[f]
            forces.materiel_lacking[f] = max(0.0, 1.0 - arms / whole) if whole > 0 else 0.0


@kernel
def grow(people, violence, forces, attitudes, standing, facts, network, p, stream, place, force, seen):
    """Fighters join at one place, and arms come from outside the map.

    seen : how closely an enemy who holds the place watches it, 0-1
    """
    there = forces.present[place, force]
    if facts.insurgent[force] == 1:
        # The rate was measured where about half of the people put up with the insurgent.
        wanted = p.growth_rate * (1.0 - seen) * there * forces.growing[force]
        wanted *= 2.0 * attitudes.siding[place, force] * forces.gain[force]
        enlist(
            people,
            violence,
            forces,
            attitudes,
            standing,
            facts,
            place,
            force,
            wanted,
            1,
            stream,
        )
        if facts.foreign[force] > 0.0 and violence.holder[place] == force and forces.growing[force] > 0.0:
            border = 0
            for k in range(network.link_start[place], network.link_start[place + 1]):
                if network.country[network.link_to[k]] != network.country[place]:
                    border = 1
            if border == 1:
                chance = min(0.5, facts.foreign[force] / MANY)
                came = binomial(MANY, chance, uniform(mix(mix(stream, FOREIGN), force), place))
                forces.present[place, force] += came
                violence.strength[place, force] += came
                forces.recruited[force] += came
                forces.foreign[force] += came
        return
    paper = violence.strength[place, force]
    missing = max(0, paper - there)
    wanted = (p.refill_rate + forces.refill[force]) * (missing + forces.lacking[force] * paper)
    enlist(
        people,
        violence,
        forces,
        attitudes,
        standing,
        facts,
        place,
        force,
        wanted,
        0,
        stream,
    )
    short = forces.materiel_lacking[force] * forces.materiel[place, force]
    if short > 0.0:
        n = int(short)
        came = binomial(n, p.supply_rate / MONTHS_PER_YEAR, uniform(mix(mix(stream, SUPPLY), force), place))
        forces.materiel[place, force] += came
        forces.supplied[force] += came


@kernel
def exclusion(people, violence, attitudes, facts, force):
    """Share of the people a force recruits from who are shut out of power or live under a holder who is a
    danger to them.
    """
    shut = 0.0
    total = 0.0
    for i in range(violence.holder.shape[0]):
        holder = violence.holder[i]
        for c in range(people.residents.shape[1]):
            weight = facts.recruits[force, c] * people.residents[i, c]
            total += weight
            if holder >= 0 and holder != force and facts.level[holder, c] > 1.0:
                shut += weight
            else:
                shut += weight * attitudes.exclusion[c]
    return shut / total if total > 0.0 else 0.0


@kernel
def relapse(people, violence, log, forces, attitudes, standing, facts, p, stream, force, step, day, dt):
    """A force that has not fought for a year rises again in part, where people live who would join it."""
    quiet = (step - forces.fought[force]) * dt
    if quiet < PEACE_DAYS or forces.start[force] <= 0:
        return
    years = quiet / DAYS_PER_YEAR
    rate = (
        p.relapse_rate
        * math.exp2(-years / p.peace_half_life)
        * p.exclusion_odds ** exclusion(people, violence, attitudes, facts, force)
    )
    if uniform(mix(stream, RELAPSE), force) >= 1.0 - math.exp(-rate * MONTH / DAYS_PER_YEAR):
        return
    forces.fought[force] = step
    wanted = p.relapse_size * forces.start[force]
    joined = 0
    around = NOBODY
    most = 0.0
    for c in range(people.residents.shape[1]):
        share = facts.recruits[force, c]
        if share > 0.0:
            home = home_of(facts, c, uniform(mix(mix(stream, WHERE), force), c))
            if share > most:
                most = share
                around = home
            joined += enlist(
                people,
                violence,
                forces,
                attitudes,
                standing,
                facts,
                home,
                force,
                wanted * share,
                0,
                mix(stream, WHERE),
            )
    if around >= 0:
        forces.sponsor[force] += p.fighter_cost * joined  # who raised them pays them at first
        note(log, day, RISING, around, force, NOBODY, CAUSE_NONE, joined)
