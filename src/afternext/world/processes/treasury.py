"""Treasury: what people under an insurgent's grip yield pays its fighters; a force that is hunted and poor
dissolves.

Rule (docs/model/recovery.md). Once a month each place yields ``tax_yield`` for each resident who welcomes the
force: all of them where it holds the place, elsewhere the share that its hidden men can reach. Sponsors and
old networks give what the force needed at the start beyond that, and fade. On its payday the force pays its
fighters; it hires as many as income and reserve allow, and who goes unpaid leaves in time. Where an enemy
rules, hidden men are picked off as far as people do not shelter them. A force that has become small and holds
nothing may dissolve. Writes ``Forces``, ``Violence`` (strength), ``People``, writes events; conserves people
and fighters.
"""

from __future__ import annotations

import math

from afternext.world.events import CAUSE_NONE, DISSOLVED
from afternext.world.kernel import kernel
from afternext.world.processes.ranks import desert, welcome_now
from afternext.world.state import NOBODY, note
from afternext.world.streams import mix, uniform

DISSOLVES = 6  # names of the draws inside the stream of recovery
HOME = 7
MONTHS_PER_YEAR = 13.0446  # of 28 days
PEACE_DAYS = 365.25  # days without a fight after which a war is over


@kernel
def tax(people, violence, forces, attitudes, standing, facts, p, place, force):
    """Take a month's money from the people of a place whom a force rules or whom its hidden men reach."""
    there = forces.present[place, force]
    paying = 0.0
    everybody = 0
    for c in range(people.residents.shape[1]):
        persons = people.residents[place, c]
        everybody += persons
        paying += welcome_now(attitudes, standing, facts, place, c, force) * persons
    grip = 1.0
    if violence.holder[place] != force:
        grip = there / (there + p.grip_ratio * everybody) if there > 0 else 0.0
    forces.earned[force] += p.tax_yield * grip * paying


@kernel
def watched(people, violence, forces, facts, half, place, force):
    """How closely an enemy who holds a place watches it, 0-1: by willing guards for its people.

    half : guards per person at which half is reached
    """
    holder = violence.holder[place]
    if holder < 0 or holder == force or facts.hostility[force, holder] < 1.0:
        return 0.0
    guards = forces.present[place, holder] * forces.cohesion[place, holder]
    persons = 0
    for c in range(people.residents.shape[1]):
        persons += people.residents[place, c]
    return guards / (guards + half * persons) if guards > 0.0 else 0.0


@kernel
def payday(forces, violence, p, force, fighters):
    """Pay the fighters of an insurgent; note how many go unpaid and how many more it could pay."""
    cost = p.fighter_cost * fighters
    if forces.sponsor[force] < 0.0:  # what it lived on before the freeze and cannot be seen on the map
        forces.sponsor[force] = max(0.0, p.fighter_cost * forces.start[force] - forces.earned[force])
    income = forces.earned[force] + forces.sponsor[force]
    reached = forces.earned[force] / p.tax_yield
    forces.sponsor[force] *= math.exp2(-1.0 / (MONTHS_PER_YEAR * p.sponsor_half_life))
    forces.earned[force] = 0.0
    money = forces.money[force] + income - cost
    forces.unpaid[force] = min(1.0, -money / cost) if money < 0.0 and cost > 0.0 else 0.0
    forces.money[force] = max(0.0, money)
    payable = (income + forces.money[force] / p.reserve_months) / p.fighter_cost
    left = violence.killed[force] + forces.deserted[force]  # who has served and left is tired of it
    forces.weary[force] *= math.exp2(-1.0 / (MONTHS_PER_YEAR * p.spent_half_life))
    forces.weary[force] += left - forces.counted[force]
    forces.counted[force] = left
    room = min(payable, p.willing_share * reached - forces.weary[force])
    forces.growing[force] = max(0.0, 1.0 - fighters / room) if room > 0.0 else 0.0


@kernel
def dissolve(people, groups, violence, log, forces, facts, p, stream, force, fighters, step, day, per_day):
    """A force that holds nothing gives up, and its men go home: at a hazard that rises as it shrinks, in full
    when it has not fought for a year.
    """
    peace = step - forces.fought[force] > PEACE_DAYS * per_day
    if fighters <= 0 or (fighters >= p.disband_size and not peace):
        return
    last = 0
    for i in range(violence.holder.shape[0]):
        if violence.holder[i] == force:
            return
        if forces.present[i, force] > forces.present[last, force]:
            last = i
    rate = p.disband_rate * (1.0 if peace else 1.0 - fighters / p.disband_size)
    if uniform(mix(stream, DISSOLVES), force) >= 1.0 - math.exp(-rate / MONTHS_PER_YEAR):
        return
    gone = 0
    for i in range(violence.holder.shape[0]):
        men = forces.present[i, force]
        if men > 0 and violence.fighter[i] != force:
            forces.present[i, force] = 0
            violence.strength[i, force] -= men
            gone += men
            desert(people, groups, forces, facts, i, force, men, mix(stream, HOME), step, per_day, 1)
    forces.sponsor[force] = 0.0
    forces.money[force] = 0.0
    note(log, day, DISSOLVED, last, force, NOBODY, CAUSE_NONE, gone)
