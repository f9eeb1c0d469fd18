"""Handover: a force that fights for its own leaves places of strangers to a friend who is at home there.

Rule (docs/model/control.md). Once a fortnight a place that an army or militia took since the freeze, and that
is no ground of its own, is offered to a friend of whom it is: who has men enough there becomes the holder and
the others go home, within ``handback_days`` on average; of those who have not, the nearest who can spare men
sends what is missing. Each force sends to one place a step: the one whose draw is best. Without such a friend
the place is kept. Writes ``Violence``, ``Forces``, events; conserves fighters and materiel.
"""

from __future__ import annotations

import math

from afternext.world.events import CAUSE_HANDED, HANDED
from afternext.world.forces import MARCH, leave, set_off
from afternext.world.kernel import kernel
from afternext.world.processes.columns import spare
from afternext.world.processes.control import (
    AGAIN,
    FORTNIGHT,
    calm_down,
    can_hold,
    garrison_needed,
    nearest_own,
    steps_on_road,
)
from afternext.world.processes.rout import march
from afternext.world.state import NOBODY, note
from afternext.world.streams import mix, uniform

HAND = 2  # name of the draw inside the stream of reinforce, whose other draws stand there
OWN = 0.5  # readiness to fight there, or share of the wish to have it, from which a place is its own


@kernel
def at_home(facts, place, force):
    """Whether a force would go to a place by itself, or wants it for those who live there."""
    return facts.ready[place, force] >= OWN or facts.prize[place, force] >= OWN


@kernel
def strange(violence, forces, facts, place):
    """Whether the holder of a place in peace took it since the freeze and is a stranger there."""
    holder = violence.holder[place]
    if holder < 0 or holder != forces.before[place] or violence.fighter[place] >= 0:
        return False
    if facts.mobile[holder] == 0 or facts.insurgent[holder] == 1 or forces.taken[place] < 0:
        return False
    return not at_home(facts, place, holder)


@kernel
def spared(violence, forces, network, keep, place, force, missing):
    """Return (place, fighters, km): whence a force can send what is missing, the nearest that spares any."""
    for n in range(network.near_start[place], network.near_start[place + 1]):
        there = network.near_to[n]
        if forces.before[there] == force:
            some = min(spare(violence, forces, keep, there, force), missing)
            if some > 0:
                return there, some, network.near_km[n]
    return NOBODY, 0, math.inf


@kernel
def step_handover(state, facts, network, p, now):
    """Places of strangers are left to friends who are at home there, or friends are sent for."""
    violence, forces = state.violence, state.forces
    c = p.control
    keep = p.posture.garrison_keep
    chance = 1.0 - math.exp(-FORTNIGHT / c.handback_days)
    for g in range(facts.mobile.shape[0]):
        forces.goal[g] = NOBODY
    for i in range(violence.holder.shape[0]):
        if (now.step + i * now.per_day) % (FORTNIGHT * now.per_day) != 0:
            continue
        if not strange(violence, forces, facts, i):
            continue
        u = uniform(mix(now.stream, HAND), i)
        if u >= chance:
            continue
        holder = violence.holder[i]
        heir = NOBODY
        sender = NOBODY
        nearest = math.inf
        for g in range(facts.mobile.shape[0]):
            if g == holder or facts.mobile[g] == 0 or facts.insurgent[g] == 1:
                continue
            if facts.hostility[g, holder] >= 1.0 or not at_home(facts, i, g):
                continue
            if can_hold(forces, state.people, facts, c, i, g):
                heir = g
                break
            missing = garrison_needed(state.people, facts, c, i, g) - forces.present[i, g]
            _, _, km = spared(violence, forces, network, keep, i, g, missing)
            if km < nearest and forces.coming[i, g] == 0:
                sender, nearest = g, km
        if heir >= 0:
            hand_over(state, facts, network, p, i, heir, now)
        elif sender >= 0 and (forces.goal[sender] < 0 or u < forces.chosen[sender]):
            forces.goal[sender] = i
            forces.chosen[sender] = u
    for g in range(facts.mobile.shape[0]):
        i = forces.goal[g]
        if i < 0:
            continue
        missing = garrison_needed(state.people, facts, c, i, g) - forces.present[i, g]
        source, fighters, km = spared(violence, forces, network, keep, i, g, missing)
        if source >= 0:
            arms = leave(forces, violence, source, g, fighters)
            arrival = now.step + steps_on_road(km, c.march_speed, now.dt)
            set_off(forces, i, g, fighters, arms, forces.cohesion[source, g], MARCH, arrival)


@kernel
def hand_over(state, facts, network, p, place, heir, now):
    """A place changes hands among friends; who held it goes to its nearest place, if it has one."""
    violence, forces = state.violence, state.forces
    holder = violence.holder[place]
    home, km = nearest_own(forces, network, place, holder, 0)
    fighters = forces.present[place, holder]
    if home >= 0 and fighters > 0:
        cohesion = forces.cohesion[place, holder]
        arms = leave(forces, violence, place, holder, fighters)
        march(forces, p.control, home, holder, fighters, arms, cohesion, km, now)
    forces.left[place] = holder
    violence.holder[place] = heir
    forces.least[place, heir] = garrison_needed(state.people, facts, p.control, place, heir)
    calm_down(violence, forces, network, place, now.step)
    forces.look[place] = AGAIN
    state.beliefs.awake[place] = 1  # nobody is attacked, nobody is alarmed
    note(state.log, now.day, HANDED, place, heir, holder, CAUSE_HANDED, 0)
