"""Garrisons at the freeze: as different as they always were, and those under attack have held so far.

A garrison that had been going to break would be gone. Of all that a place could have had, those that
withstood ``held`` days of the fight that goes on are left: cohesion is drawn again until a garrison
would have lasted, with chance exp(-hazard * held) for each.
"""

from __future__ import annotations

import math

from afternext.world.day import POSTURE
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.processes.clash import break_hazard, clear_hazard, townsmen, trust_in
from afternext.world.processes.control import defence_against, envelopment, weigh_power
from afternext.world.processes.recovery import set_cohesion, usual_cohesion
from afternext.world.streams import future_key, mix, uniform

SETTLE = 19  # name of the stream; never renumber: the others stand in day.py
LASTS = 1  # name of the draw inside each try
TRIES = 64  # garrisons that are drawn before the most cohesive of them is taken


@kernel_with_wrapper
def settle(forces, facts, p, seed, luck):
    """Let garrisons differ before the freeze: people have long known the one they live behind."""
    set_cohesion(forces, facts, p.recovery, mix(future_key(seed, luck), POSTURE))


@kernel
def losing_hazard(people, violence, forces, attitudes, defence, facts, network, p, place):
    """Daily hazard that the garrison of a place under attack breaks or is beaten, without panic."""
    fighter = violence.fighter[place]
    holder = violence.holder[place]
    against = 1.0 + defence_against(forces, facts, place, fighter) + townsmen(defence, place, fighter)
    odds = forces.power[place, fighter] / against * violence.ease[place, fighter]
    residents = 0
    for c in range(people.residents.shape[1]):
        residents += people.residents[place, c]
    trust = trust_in(forces, violence, attitudes, facts, p.clash, place, holder)
    enveloped = envelopment(forces, facts, network, place, holder)
    breaks = break_hazard(odds, 1, trust, 0.0, enveloped, p.clash, p.perception.defence_trust)
    if forces.siege[place] == 1:  # besiegers press now and then and clear nothing
        return p.clash.siege_pressure * breaks
    return breaks + clear_hazard(odds, residents, p.clash, p.perception.defence_trust)


@kernel_with_wrapper
def outlast(people, violence, forces, attitudes, defence, facts, network, p, held, seed, luck):
    """Draw the garrisons that have been under attack for ``held`` days among those that would still stand.

    held : (place,) days      Writes cohesion and power of those garrisons.
    """
    key = mix(future_key(seed, luck), SETTLE)
    for i in range(held.shape[0]):
        holder = violence.holder[i]
        fighter = violence.fighter[i]
        if holder < 0 or fighter < 0 or held[i] <= 0.0 or facts.hostility[fighter, holder] < 1.0:
            continue
        lasted = False
        most = 0.0
        for k in range(TRIES):
            if lasted:
                break
            one = mix(key, k)
            if k > 0:
                forces.cohesion[i, holder] = usual_cohesion(forces, facts, p.recovery, one, i, holder)
                weigh_power(forces, facts, p.control, i)
            most = max(most, forces.cohesion[i, holder])
            hazard = losing_hazard(people, violence, forces, attitudes, defence, facts, network, p, i)
            lasted = uniform(mix(one, LASTS), i) < math.exp(-hazard * held[i])
        if not lasted:
            forces.cohesion[i, holder] = most
            weigh_power(forces, facts, p.control, i)
