"""Columns: forces gather, take days on the road, and arrive to attack, to garrison or too late.

Rule (docs/model/posture.md). An expedition takes a share of all that a force has within reach, nearer places
giving more and held ones keeping a part back; all of it arrives together. It attacks, raids or enters a place
that nobody holds; a column that finds its goal in enemy hands goes on to the nearest place of its own or
breaks up, insurgents hide. Writes ``Violence`` (fights begun), ``Forces``, raises alarms, writes events;
conserves fighters and materiel.
"""

from __future__ import annotations

import math

from afternext.world.events import ATTACK, CAUSE_VACUUM, CAUSE_WEAKNESS, RAIDED
from afternext.world.forces import ATTACK as TO_ATTACK
from afternext.world.forces import NEVER, join, leave, set_off
from afternext.world.forces import RAID as TO_RAID
from afternext.world.kernel import kernel
from afternext.world.processes.control import (
    can_hold,
    fight_changed,
    nearest_own,
    steps_on_road,
    take,
)
from afternext.world.processes.perception import raise_alarm
from afternext.world.processes.ranks import desert
from afternext.world.processes.rout import march
from afternext.world.state import NOBODY, note
from afternext.world.streams import mix, uniform

STRENGTH = 4  # names of the draws inside this process's stream; control's own stand beside them
LOST = 6


@kernel
def begin_fight(state, facts, network, p, place, force, raid, intensity, cause, now):
    """An attack or a raid starts at a place: surprise in the garrison, alarm among the people.

    Who is besieged already expects an assault: no surprise, but the alarm.
    """
    violence, forces = state.violence, state.forces
    q = p.perception
    if violence.fighter[place] != force:
        forces.besieged[place] = NEVER  # somebody else's siege ends with it
    violence.fighter[place] = force
    violence.until[place] = now.step
    violence.intensity[place] = intensity
    violence.struck[force] = now.step
    forces.raid[place] = raid
    forces.attacks[raid] += 1
    if forces.siege[place] == 0:
        surprise = p.clash.surprise * (p.clash.raid_fear if raid == 1 else 1.0)
        forces.panic[place] = 1.0 - (1.0 - forces.panic[place]) * (1.0 - surprise)
    forces.siege[place] = 0
    elsewhere = q.alarm_attack if raid == 0 else 0.0  # who hits and leaves is no news in other towns
    raise_alarm(
        state.beliefs,
        violence,
        facts,
        network,
        q,
        place,
        force,
        q.alarm_attack,
        elsewhere,
        now.step,
        now.dt,
    )
    fight_changed(forces, network, place)
    kind = RAIDED if raid == 1 else ATTACK
    note(state.log, now.day, kind, place, force, violence.holder[place], cause, 0)


@kernel
def gather(violence, forces, facts, network, keep, speed, target, force, party, share, plan, step, dt):
    """Gather fighters from places within reach, nearer ones first, and send them; return how many go or are
    there.

    party : fighters wanted, those already at the target included; 0 for ``share`` of what is within reach
    """
    within = 0.0
    for n in range(network.near_start[target], network.near_start[target + 1]):
        there = network.near_to[n]
        within += violence.reach[n] * spare(violence, forces, keep, there, force)
    wanted = party - forces.present[target, force]
    if party <= 0:
        wanted = int(share * facts.ready[target, force] * within)
    forces.base[target] = NOBODY
    if wanted <= 0 or within <= 0.0:
        return forces.present[target, force]
    scale = min(1.0, wanted / within)
    far = 0.0
    largest = 0
    sent = 0
    for n in range(network.near_start[target], network.near_start[target + 1]):
        there = network.near_to[n]
        some = int(scale * violence.reach[n] * spare(violence, forces, keep, there, force))
        if some > 0:
            far = network.near_km[n]  # they are sorted by distance
            if some > largest:
                largest = some
                forces.base[target] = there
    arrival = step + steps_on_road(far, speed, dt)
    for n in range(network.near_start[target], network.near_start[target + 1]):
        there = network.near_to[n]
        some = int(scale * violence.reach[n] * spare(violence, forces, keep, there, force))
        if some > 0:
            cohesion = forces.cohesion[there, force]
            arms = leave(forces, violence, there, force, some)
            set_off(forces, target, force, some, arms, cohesion, plan, arrival)
            sent += some
    return sent + forces.present[target, force]


@kernel
def gather_safe(violence, forces, network, keep, speed, target, force, share, wanted, plan, now):
    """Gather fighters for a place of their own from places within reach that are at least twice as safe;
    return how many go.

    wanted : power that is needed there; no more than that goes
    """
    sent = 0
    bound = 0.5 * violence.odds[target]
    ready = 0.0
    for n in range(network.near_start[target], network.near_start[target + 1]):
        there = network.near_to[n]
        if violence.odds[there] <= bound and forces.present[there, force] > 0:
            some = share * violence.reach[n] * spare(violence, forces, keep, there, force)
            ready += some * forces.power[there, force] / forces.present[there, force]
    if ready > wanted:
        share *= wanted / ready
    for n in range(network.near_start[target], network.near_start[target + 1]):
        there = network.near_to[n]
        some = 0
        if violence.odds[there] <= bound:
            some = int(share * violence.reach[n] * spare(violence, forces, keep, there, force))
        if some > 0:
            arrival = now.step + steps_on_road(network.near_km[n], speed, now.dt)
            cohesion = forces.cohesion[there, force]
            arms = leave(forces, violence, there, force, some)
            set_off(forces, target, force, some, arms, cohesion, plan, arrival)
            sent += some
    return sent


@kernel
def spare(violence, forces, keep, place, force):
    """Fighters that a force can take from a place: none from a fight, and of those that hold it neither a
    share that stays nor those without whom it could not be held.
    """
    if violence.fighter[place] >= 0:
        return 0
    there = forces.present[place, force]
    if forces.before[place] == force:
        there -= max(math.ceil(keep * there), forces.least[place, force])
    return max(there, 0)


@kernel
def step_columns(state, facts, network, p, now):
    """Columns arrive: they join a garrison, attack, enter a place that nobody holds, or find it lost."""
    violence, forces = state.violence, state.forces
    for i in range(violence.holder.shape[0]):
        if forces.underway[i] == 0:
            continue
        for f in range(facts.mobile.shape[0]):
            if forces.arrival[i, f] > 0 and forces.arrival[i, f] <= now.step:
                arrive(state, facts, network, p, i, f, now)


@kernel
def arrive(state, facts, network, p, place, force, now):
    """The column of a force arrives at a place."""
    violence, forces = state.violence, state.forces
    fighters = forces.coming[place, force]
    plan = forces.plan[place, force]
    arms = forces.coming_materiel[place, force]
    cohesion = forces.coming_cohesion[place, force]
    forces.coming[place, force] = 0
    forces.coming_materiel[place, force] = 0
    forces.coming_cohesion[place, force] = 0.0
    forces.arrival[place, force] = 0
    forces.underway[place] -= 1
    holder = violence.holder[place]
    hostile = holder >= 0 and facts.hostility[force, holder] >= 1.0
    if hostile and plan == 0 and facts.insurgent[force] == 0:
        turn_back(state, facts, network, p, place, force, fighters, arms, cohesion, now)
        return
    join(forces, violence, place, force, fighters, arms, cohesion)
    forces.look[place] = max(forces.look[place], 1)
    attacker = violence.fighter[place]
    free = attacker < 0 or (attacker == force and forces.siege[place] == 1 and plan == TO_ATTACK)
    if hostile and plan > 0 and free and forces.present[place, force] > 0:
        low, high = p.clash.intensity_low, p.clash.intensity_high
        intensity = low + uniform(mix(now.stream, STRENGTH), place) * (high - low)
        raid = 1 if plan == TO_RAID else 0
        begin_fight(state, facts, network, p, place, force, raid, intensity, CAUSE_WEAKNESS, now)
    elif hostile and plan == TO_ATTACK and attacker == force:
        forces.raid[place] = 0
        fight_changed(forces, network, place)
    elif (
        holder < 0
        and plan != TO_RAID
        and facts.mobile[force] == 1
        and p.posture.initiative > 0.0
        and can_hold(forces, state.people, facts, p.control, place, force)
    ):
        take(state, facts, network, p, place, force, CAUSE_VACUUM, now)


@kernel
def turn_back(state, facts, network, p, place, force, fighters, arms, cohesion, now):
    """A column that finds its goal in enemy hands goes on to the nearest place of its own, or breaks up."""
    forces = state.forces
    refuge, km = nearest_own(forces, network, place, force, 0)
    if refuge >= 0:
        march(forces, p.control, refuge, force, fighters, arms, cohesion, km, now)
        return
    forces.wrecked[force] += arms
    if fighters > 0:
        luck = mix(now.stream, LOST)
        desert(
            state.people, state.groups, forces, facts, place, force, fighters, luck, now.step, now.per_day, 0
        )
