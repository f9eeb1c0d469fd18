"""Handover: a force that fights for its own leaves places of strangers to a friend who is at home there.

Rule (docs/model/control.md). Once a fortnight a place that an army or militia took since the freeze, and that
is no ground of its own, is offered to a friend of whom it is: who has men enough there becomes the holder and
the others go home, within ``handback_days`` on average; who has not sends a garrison from its nearest place.
Without such a friend the place is kept. Writes ``Violence``, ``Forces``, events; conserves fighters and
materiel.
"""

from __future__ import annotations

import math

from afternext.world.events import CAUSE_HANDED, HANDED
from afternext.world.forces import MARCH, leave, set_off
from afternext.world.kernel import kernel
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
def heir_of(violence, forces, facts, network, place):
    """Return (force, where its nearest men are, km) of the friend to whom a place could be left."""
    holder = violence.holder[place]
    best = NOBODY
    source = NOBODY
    nearest = math.inf
    for g in range(facts.mobile.shape[0]):
        if g == holder or facts.mobile[g] == 0 or facts.insurgent[g] == 1:
            continue
        if facts.hostility[g, holder] >= 1.0 or not at_home(facts, place, g):
            continue
        there, km = place, 0.0
        if forces.present[place, g] <= 0:
            there, km = nearest_own(forces, network, place, g, 1)
        if there >= 0 and km < nearest:
            best, source, nearest = g, there, km
    return best, source, nearest


@kernel
def step_handover(state, facts, network, p, now):
    """Places of strangers are left to friends who are at home there, or friends are sent for."""
    violence, forces = state.violence, state.forces
    c = p.control
    chance = 1.0 - math.exp(-FORTNIGHT / c.handback_days)
    for i in range(violence.holder.shape[0]):
        if (now.step + i * now.per_day) % (FORTNIGHT * now.per_day) != 0:
            continue
        holder = violence.holder[i]
        if holder < 0 or holder != forces.before[i] or violence.fighter[i] >= 0 or forces.taken[i] <= 0:
            continue
        if facts.mobile[holder] == 0 or facts.insurgent[holder] == 1 or at_home(facts, i, holder):
            continue
        if uniform(mix(now.stream, HAND), i) >= chance:
            continue
        heir, source, km = heir_of(violence, forces, facts, network, i)
        if heir < 0 or forces.coming[i, heir] > 0:
            continue
        if can_hold(forces, state.people, facts, c, i, heir):
            hand_over(state, facts, network, p, i, heir, now)
        elif source != i:
            fighters = max(1, int(c.garrison_share * forces.present[source, heir]))
            arms = leave(forces, violence, source, heir, fighters)
            arrival = now.step + steps_on_road(km, c.march_speed, now.dt)
            set_off(forces, i, heir, fighters, arms, forces.cohesion[source, heir], MARCH, arrival)


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
