"""Reinforce: an army sends men to places in danger and, when the odds allow, sets out to retake towns.

Rule (docs/model/control.md). Once a fortnight each place takes its turn. A place of an army or militia that
is under attack, or against which an enemy has good odds, asks for reinforcements; those who are ready come
from places at least twice as safe, ``mass_share`` of what is within reach at most and no more than make up
``relief_ratio`` of those who could come against it, by road. Nobody gets through to a place that is cut off.
Against a place that an enemy holds an army plans an offensive: with more
than an ordinary attack (``offensive_share``), sooner where many people live and the odds are good, no sooner
than ``plan_days`` after the place changed hands, and seldom while many of its men have lately run; its own
sieges it storms. One of each a force and step.
Reads yesterday's odds. Writes ``Forces``, ``Violence``; conserves fighters and materiel.
"""

from __future__ import annotations

import math

from afternext.world.events import CAUSE_FIGHTING, CAUSE_ODDS, CAUSE_THREAT, OFFENSIVE, REINFORCED
from afternext.world.forces import ATTACK as TO_ATTACK
from afternext.world.forces import MARCH
from afternext.world.kernel import kernel
from afternext.world.processes.columns import gather, gather_safe
from afternext.world.processes.control import FORTNIGHT, defence_against, planned
from afternext.world.processes.perception import weakness
from afternext.world.processes.siege import cut_off
from afternext.world.state import NOBODY, note
from afternext.world.streams import mix, uniform

RELIEF = 0  # names of the draws inside this process's stream
RETAKE = 1
TOLD = 300  # fighters: fewer are not told of


@kernel
def need_of(violence, forces, facts, network, p, place, worth):
    """How badly a place of an army needs men, 0-1; where nobody is near, less for a small one."""
    holder = violence.holder[place]
    if holder < 0 or facts.mobile[holder] == 0 or facts.insurgent[holder] == 1:
        return 0.0
    if forces.coming[place, holder] > 0 or cut_off(violence, forces, facts, network, place):
        return 0.0
    if violence.fighter[place] >= 0:
        return 1.0
    return worth * weakness(violence.odds[place] / p.clash.city_defence, p.posture.attack_caution)


@kernel
def lacking(violence, forces, defence, facts, p, place, force):
    """Power that a place lacks to be safe: relief_ratio * that of who could come - that of who is there."""
    enemy = violence.challenger[place]
    if enemy < 0:
        enemy = violence.fighter[place]
    there = 1.0 + (defence_against(forces, facts, place, enemy) if enemy >= 0 else forces.power[place, force])
    if defence.against[place] == enemy:
        there += defence.believed[place]
    return max(0.0, there * (p.control.relief_ratio * violence.odds[place] - 1.0))


@kernel
def offensive_odds(violence, forces, defence, facts, p, place, force):
    """Odds of a planned offensive of a force against the holder of a place; 0 where there can be none."""
    holder = violence.holder[place]
    fighter = violence.fighter[place]
    if facts.mobile[force] == 0 or facts.insurgent[force] == 1 or facts.hostility[force, holder] < 1.0:
        return 0.0
    if forces.coming[place, force] > 0 or (fighter >= 0 and (fighter != force or forces.siege[place] == 0)):
        return 0.0
    against = 1.0 + defence_against(forces, facts, place, force)
    if defence.against[place] == force:
        against += defence.believed[place]
    return p.control.offensive_share * forces.massed[place, force] / against * violence.ease[place, force]


@kernel
def step_reinforce(state, facts, network, p, now):
    """Armies choose one place each to reinforce and one to retake, of those whose turn it is."""
    violence, forces = state.violence, state.forces
    c = p.control
    ready = 1.0 - math.exp(-FORTNIGHT / c.ready_days)
    count = facts.mobile.shape[0]
    for f in range(count):
        forces.target[f] = NOBODY
        forces.goal[f] = NOBODY
    for i in range(violence.holder.shape[0]):
        if (now.step + i * now.per_day) % (FORTNIGHT * now.per_day) != 0:
            continue
        holder = violence.holder[i]
        if holder < 0:
            continue
        residents = 0
        for k in range(state.people.residents.shape[1]):
            residents += state.people.residents[i, k]
        worth = residents / (residents + c.large_town)
        need = need_of(violence, forces, facts, network, p, i, worth)
        if need > 0.0:
            u = uniform(mix(now.stream, RELIEF), i)
            if u < need * ready and (forces.target[holder] < 0 or u < forces.best[holder]):
                forces.target[holder] = i
                forces.best[holder] = u
        if facts.mobile[holder] == 0 or not planned(forces, p.posture.plan_days, i, now.step, now.per_day):
            continue
        for f in range(count):
            odds = offensive_odds(violence, forces, state.defence, facts, p, i, f)
            if odds <= 0.0:
                continue
            will = worth * weakness(odds / p.clash.city_defence, p.posture.attack_caution)
            will *= facts.ready[i, f] * forces.nerve[f]
            u = uniform(mix(mix(now.stream, RETAKE), f), i)
            if u < 1.0 - math.exp(-c.offensive_rate * will * FORTNIGHT) and (
                forces.goal[f] < 0 or u < forces.chosen[f]
            ):
                forces.goal[f] = i
                forces.chosen[f] = u
    keep = p.posture.garrison_keep
    for f in range(count):
        i = forces.target[f]
        if i >= 0:
            wanted = lacking(violence, forces, state.defence, facts, p, i, f)
            sent = gather_safe(
                violence, forces, network, keep, c.march_speed, i, f, c.mass_share, wanted, MARCH, now
            )
            if sent >= TOLD:
                cause = CAUSE_FIGHTING if violence.fighter[i] >= 0 else CAUSE_THREAT
                note(state.log, now.day, REINFORCED, i, f, violence.challenger[i], cause, sent)
        i = forces.goal[f]
        if i >= 0:
            sent = gather(
                violence,
                forces,
                facts,
                network,
                keep,
                c.march_speed,
                i,
                f,
                0,
                c.offensive_share,
                TO_ATTACK,
                now.step,
                now.dt,
            )
            if sent >= TOLD:
                note(state.log, now.day, OFFENSIVE, i, f, violence.holder[i], CAUSE_ODDS, sent)
