"""Siege: attackers who do not get in and hold roads out of a place stay around it, for months.

Rule (docs/model/clash.md). An assault that is given up goes on as a siege with the share of roads out of the
place that the holder's enemies have. A siege is quiet but for the days on which it is pressed
(``siege_pressure``); it cuts supply with the roads it holds, so that the garrison loses arms and cohesion; it
ends when the besiegers tire, are thrown back by a stronger garrison, are gone, or the place falls. Writes
``Forces``, ``Violence``, events; conserves fighters and materiel.
"""

from __future__ import annotations

import math

from afternext.world.events import CAUSE_BEFORE, CAUSE_ROADS, LIFTED, SIEGE
from afternext.world.forces import NEVER
from afternext.world.kernel import kernel
from afternext.world.processes.control import envelopment, fight_changed
from afternext.world.state import NOBODY, note
from afternext.world.streams import binomial, mix, uniform

STARVED = 40  # name of a draw inside the stream of clash, plus the number of the side
DAYS_PER_MONTH = 30.4375  # days


@kernel
def lay_siege(state, network, p, place, now):
    """The attackers of a place stay around it."""
    violence, forces = state.violence, state.forces
    violence.intensity[place] = min(violence.intensity[place], p.intensity_low)
    forces.siege[place] = 1
    fight_changed(forces, network, place)
    if forces.besieged[place] == NEVER:
        forces.besieged[place] = now.step
        note(
            state.log,
            now.day,
            SIEGE,
            place,
            violence.fighter[place],
            violence.holder[place],
            CAUSE_ROADS,
            0,
        )


@kernel
def tell_sieges(state, day):
    """Tell of the sieges that were there at the freeze."""
    violence, forces = state.violence, state.forces
    for i in range(forces.siege.shape[0]):
        if forces.siege[i] == 1:
            note(state.log, day, SIEGE, i, violence.fighter[i], violence.holder[i], CAUSE_BEFORE, 0)


@kernel
def end_siege(state, place, holder, cause, now):
    """A siege is over, one way or the other: tell after how many days."""
    violence, forces = state.violence, state.forces
    if forces.besieged[place] == NEVER:
        return
    days = math.ceil((now.step - forces.besieged[place]) * now.dt)
    note(state.log, now.day, LIFTED, place, violence.fighter[place], holder, cause, days)
    forces.siege[place] = 0
    forces.besieged[place] = NEVER


@kernel
def starve(violence, forces, facts, network, p, place, now):
    """A besieged garrison loses arms and cohesion with the roads that are cut."""
    fighter = violence.fighter[place]
    holder = violence.holder[place]
    if holder < 0 or fighter < 0:
        return
    cut = envelopment(forces, facts, network, place, holder)
    if cut <= 0.0:
        return
    kept = math.exp(-p.siege_wear * cut * now.dt / DAYS_PER_MONTH)
    for g in range(forces.present.shape[1]):
        if facts.hostility[fighter, g] < 1.0 or forces.present[place, g] <= 0:
            continue
        forces.cohesion[place, g] *= kept
        spent = binomial(forces.materiel[place, g], 1.0 - kept, uniform(mix(now.stream, STARVED + g), place))
        forces.materiel[place, g] -= spent
        forces.wrecked[g] += spent


@kernel
def cut_off(violence, forces, facts, network, place):
    """Whether the people of a place are hard to reach: every road leads to an enemy of its holder, or half of
    them do and it is under siege.
    """
    holder = violence.holder[place]
    if holder == NOBODY:
        return False
    cut = envelopment(forces, facts, network, place, holder)
    return cut >= 1.0 or (forces.siege[place] == 1 and cut >= 0.5)
