"""Garrisons at the freeze: they differ, and those under attack or afraid have held so far.

A garrison that had been going to break would be gone. Of all that a place could have had, those that
withstood ``held`` days of the fight that goes on and ``stood`` days of panic are left: cohesion is drawn
again until a garrison would have lasted, with chance exp(-hazard * days) for each.
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
    """Daily hazards that the garrison of a place breaks or is beaten: of the attack on it, of full panic."""
    fighter = violence.fighter[place]
    holder = violence.holder[place]
    trust = trust_in(forces, violence, attitudes, facts, p.clash, place, holder)
    around = envelopment(forces, facts, network, place, holder)
    trusting = p.perception.defence_trust
    if fighter < 0 or facts.hostility[fighter, holder] < 1.0:
        enemy = violence.challenger[place]
        if enemy < 0:
            return 0.0, 0.0
        against = 1.0 + defence_against(forces, facts, place, enemy) + townsmen(defence, place, enemy)
        able = p.control.mass_share * forces.massed[place, enemy]
        odds = able / against * violence.ease[place, enemy]
        return 0.0, break_hazard(odds, 0, trust, 1.0, around, p.clash, trusting)
    against = 1.0 + defence_against(forces, facts, place, fighter) + townsmen(defence, place, fighter)
    odds = forces.power[place, fighter] / against * violence.ease[place, fighter]
    calm = break_hazard(odds, 1, trust, 0.0, around, p.clash, trusting)
    panic = break_hazard(odds, 1, trust, 1.0, around, p.clash, trusting) - calm
    if forces.siege[place] == 1:  # besiegers press now and then and clear nothing
        return p.clash.siege_pressure * calm, p.clash.siege_pressure * panic
    residents = 0
    for c in range(people.residents.shape[1]):
        residents += people.residents[place, c]
    return calm + clear_hazard(odds, residents, p.clash, trusting), panic


@kernel_with_wrapper
def outlast(people, violence, forces, attitudes, defence, facts, network, p, held, stood, seed, luck):
    """Draw the garrisons that have been under attack or afraid among those that would still stand.

    held : (place,) days under attack      stood : (place,) days in full panic

    Writes cohesion and power of those garrisons.
    """
    key = mix(future_key(seed, luck), SETTLE)
    for i in range(held.shape[0]):
        holder = violence.holder[i]
        if holder < 0 or facts.mobile[holder] == 0 or (held[i] <= 0.0 and stood[i] <= 0.0):
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
            fought, feared = losing_hazard(people, violence, forces, attitudes, defence, facts, network, p, i)
            lasted = uniform(mix(one, LASTS), i) < math.exp(-fought * held[i] - feared * stood[i])
        if not lasted:
            forces.cohesion[i, holder] = most
            weigh_power(forces, facts, p.control, i)
