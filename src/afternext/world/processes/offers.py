"""Offers: help that a strategy holds back until its conditions hold, and what it does meanwhile.

Rule (docs/model/decisions.md and polity.md). A plan whose day has come and whose conditions do not hold is an
offer (``OFFERED``). It presses on the government as support on conditions does, as far as it is needed; and
whom it would help reckons with it: a step towards the condition brings the help nearer. Once given, it counts
as given on conditions. Writes ``Pressure.terms``.
"""

from __future__ import annotations

from afternext.world.chancellery import CENTRE, ENEMY_GROUND, LEADER, OFFERED, REPAIRS
from afternext.world.kernel import kernel


@kernel
def planned_now(options, council, option, step):
    """Whether a strategy has fixed an option for the time being."""
    for k in range(options.plan_option.shape[0]):
        if options.plan_option[k] == option and council.planned[k] == 1 and step < options.plan_end[k]:
            return True
    return False


@kernel
def asks_repair(options, plan):
    """Whether a plan waits for something that is for the government to mend."""
    for j in range(options.plan_when[plan], options.plan_when[plan + 1]):
        if options.plan_aim[j] in REPAIRS:
            return True
    return False


@kernel
def bought(options, council, option):
    """Whether what is in effect was given once its condition for the government held."""
    for k in range(options.plan_option.shape[0]):
        if options.plan_option[k] == option and council.planned[k] == 1 and asks_repair(options, k):
            return True
    return False


@kernel
def step_towards(options, council, picture, power, option, change, plan):
    """Share of the way to the conditions of an offer that a change of an option is expected to go, 0-1.

    The least of all that do not hold yet; 0 where nothing is offered to the power. Whether a head of
    government goes is not his own to decide.
    """
    if council.planned[plan] != OFFERED or options.target[options.plan_option[plan]] != power:
        return 0.0
    nearer = -1.0
    for j in range(options.plan_when[plan], options.plan_when[plan + 1]):
        a = options.plan_aim[j]
        gap = max(options.plan_low[j] - picture[a], picture[a] - options.plan_high[j])
        if gap <= 0.0:
            continue
        way = 0.0
        if a in REPAIRS and a != LEADER:
            up = 1.0 if picture[a] < options.plan_low[j] else -1.0
            way = max(options.near[option, a] * up * change, options.far[option, a] * up * change)
            way = min(1.0, max(0.0, way) / gap)
        nearer = way if nearer < 0.0 else min(nearer, way)
    return max(0.0, nearer)


@kernel
def weigh_offers(powers, options, council, pressure):
    """Help that waits for its condition presses as support on conditions does, as far as it is needed.

    Need: 1 - safety of the capital * (1 - ground of enemies), as the government believes.
    """
    government = powers.government[0]
    if government < 0:
        return
    believed = council.believed[government]
    need = 1.0 - believed[CENTRE] * (1.0 - believed[ENEMY_GROUND])
    offered = 0.0  # several offers of one side are one lever
    for k in range(options.plan_option.shape[0]):
        o = options.plan_option[k]
        if council.planned[k] == OFFERED and options.target[o] == government and asks_repair(options, k):
            weight = min(1.0, options.plan_scale[k]) * powers.capability[options.power[o]]
            offered = max(offered, weight)
    pressure.terms[0] += (1.0 - pressure.terms[0]) * need * offered
