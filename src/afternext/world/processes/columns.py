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
from afternext.world.forces import RAID as TO_RAID
from afternext.world.forces import join, leave, set_off
from afternext.world.kernel import kernel
from afternext.world.processes.control import can_hold, nearest_own, steps_on_road, take
from afternext.world.processes.perception import raise_alarm
from afternext.world.processes.ranks import desert
from afternext.world.state import NOBODY, note
from afternext.world.streams import mix, uniform

STRENGTH = 4  # names of the draws inside this process's stream; control's own stand beside them
LOST = 6
KEEPS = 7


@kernel
def begin_fight(
    violence, forces, beliefs, facts, network, p, q, log, place, force, raid, intensity, cause, step, day, dt
):
    """An attack or a raid starts at a place: surprise in the garrison, alarm among the people.

    p, q : parameters of clash and perception
    """
    violence.fighter[place] = force
    violence.intensity[place] = intensity
    violence.struck[force] = step
    forces.raid[place] = raid
    forces.attacks[raid] += 1
    surprise = p.surprise * (p.raid_fear if raid == 1 else 1.0)
    forces.panic[place] = 1.0 - (1.0 - forces.panic[place]) * (1.0 - surprise)
    elsewhere = q.alarm_attack if raid == 0 else 0.0  # who hits and leaves is no news in other towns
    raise_alarm(beliefs, violence, facts, network, q, place, force, q.alarm_attack, elsewhere, step, dt)
    note(log, day, RAIDED if raid == 1 else ATTACK, place, force, violence.holder[place], cause, 0)


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
        wanted = int(share * within)
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
def spare(violence, forces, keep, place, force):
    """Fighters that a force can take from a place: none from a fight, and not all of those that hold it."""
    if violence.fighter[place] >= 0:
        return 0
    there = forces.present[place, force]
    if forces.before[place] == force:
        there -= math.ceil(keep * there)
    return max(there, 0)


@kernel
def step_columns(
    people, groups, violence, beliefs, log, forces, facts, network, p, stream, step, day, dt, per_day
):
    """Columns arrive: they join a garrison, attack, enter a place that nobody holds, or find it lost."""
    for i in range(violence.holder.shape[0]):
        if forces.underway[i] == 0:
            continue
        for f in range(facts.mobile.shape[0]):
            fighters = forces.coming[i, f]
            plan = forces.plan[i, f]
            if forces.arrival[i, f] == 0 or forces.arrival[i, f] > step:
                continue
            arms = forces.coming_materiel[i, f]
            cohesion = forces.coming_cohesion[i, f]
            forces.coming[i, f] = 0
            forces.coming_materiel[i, f] = 0
            forces.coming_cohesion[i, f] = 0.0
            forces.arrival[i, f] = 0
            forces.underway[i] -= 1
            holder = violence.holder[i]
            hostile = holder >= 0 and facts.hostility[f, holder] >= 1.0
            if hostile and plan == 0 and facts.insurgent[f] == 0:
                turn_back(
                    people,
                    groups,
                    forces,
                    facts,
                    network,
                    p,
                    stream,
                    i,
                    f,
                    fighters,
                    arms,
                    cohesion,
                    step,
                    dt,
                    per_day,
                )
                continue
            join(forces, violence, i, f, fighters, arms, cohesion)
            forces.look[i] = max(forces.look[i], 1)
            if hostile and plan > 0 and violence.fighter[i] < 0 and forces.present[i, f] > 0:
                u = uniform(mix(stream, STRENGTH), i)
                intensity = p.clash.intensity_low + u * (p.clash.intensity_high - p.clash.intensity_low)
                begin_fight(
                    violence,
                    forces,
                    beliefs,
                    facts,
                    network,
                    p.clash,
                    p.perception,
                    log,
                    i,
                    f,
                    1 if plan == TO_RAID else 0,
                    intensity,
                    CAUSE_WEAKNESS,
                    step,
                    day,
                    dt,
                )
            elif hostile and plan == TO_ATTACK and violence.fighter[i] == f:
                forces.raid[i] = 0
            elif (
                holder < 0
                and plan != TO_RAID
                and facts.mobile[f] == 1
                and p.posture.initiative > 0.0
                and can_hold(forces, people, p.control, i, f, uniform(mix(stream, KEEPS), i))
            ):
                take(
                    violence,
                    forces,
                    beliefs,
                    facts,
                    network,
                    p.control,
                    p.perception,
                    log,
                    i,
                    f,
                    CAUSE_VACUUM,
                    step,
                    day,
                    dt,
                )


@kernel
def turn_back(
    people,
    groups,
    forces,
    facts,
    network,
    p,
    stream,
    place,
    force,
    fighters,
    arms,
    cohesion,
    step,
    dt,
    per_day,
):
    """A column that finds its goal in enemy hands goes on to the nearest place of its own, or breaks up."""
    refuge, km = nearest_own(forces, network, place, force, 0)
    if refuge >= 0:
        set_off(
            forces,
            refuge,
            force,
            fighters,
            arms,
            cohesion,
            0,
            step + steps_on_road(km, p.control.march_speed, dt),
        )
        return
    forces.wrecked[force] += arms
    if fighters > 0:
        desert(
            people,
            groups,
            forces,
            facts,
            place,
            force,
            fighters,
            mix(stream, LOST),
            step,
            per_day,
            0,
        )
