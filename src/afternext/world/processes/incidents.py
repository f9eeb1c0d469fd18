"""Incidents: what a scenario or a strategy says happens, on its day.

Rule (docs/model/control.md). Fighting is scripted for its days, then goes on by the rules; a capture happens
at once, the garrison deserts in part and goes; an announcement is only believed; a withdrawal is orderly. An
attack or a raid is only begun: who wins is up to the rules. Writes ``Violence``, ``Forces``, ``People``,
raises alarms, writes events.
"""

from __future__ import annotations

from afternext.world.events import (
    ANNOUNCED,
    CAUSE_SCENARIO,
    WITHDRAWAL,
)
from afternext.world.forces import ATTACK as TO_ATTACK
from afternext.world.forces import RAID as TO_RAID
from afternext.world.forces import join, leave, set_off
from afternext.world.kernel import kernel
from afternext.world.processes.columns import begin_fight, gather
from afternext.world.processes.control import give_up, nearest_own, take
from afternext.world.processes.perception import raise_alarm
from afternext.world.processes.rout import leave_town
from afternext.world.state import NOBODY, note

FIGHTING = 0  # kinds of incidents, as in realise.KINDS
CAPTURE = 1
ANNOUNCEMENT = 2
RETREAT = 3
ATTACK = 4
RAID = 5


@kernel
def bring_garrison(violence, forces, network, share, place, force):
    """Bring ``share`` of a force's nearest garrison to a place it has just taken, at once: a scenario may say
    so.
    """
    if forces.present[place, force] > 0:
        return
    source, _ = nearest_own(forces, network, place, force, 1)
    if source >= 0:
        fighters = max(1, int(share * forces.present[source, force]))
        arms = leave(forces, violence, source, force, fighters)
        join(forces, violence, place, force, fighters, arms, forces.cohesion[source, force])


@kernel
def script_attack(violence, forces, facts, network, p, k, step, dt):
    """A force masses at a place, or rises there, as many as the incident says or as it would by itself."""
    place = facts.incident_place[k]
    force = facts.incident_force[k]
    plan = TO_RAID if facts.incident_kind[k] == RAID else TO_ATTACK
    share = p.posture.raid_share if plan == TO_RAID else p.control.mass_share
    party = facts.incident_fighters[k]
    if party <= 0:
        fighters = 0
        for i in range(forces.present.shape[0]):
            fighters += forces.present[i, force]
        party = max(1, int(share * fighters))
    gather(
        violence,
        forces,
        facts,
        network,
        p.posture.garrison_keep,
        p.control.march_speed,
        place,
        force,
        party,
        share,
        plan,
        step,
        dt,
    )
    if forces.arrival[place, force] == 0:
        set_off(forces, place, force, 0, 0, 0.0, plan, step + 1)


@kernel
def step_incidents(
    people, groups, violence, beliefs, log, forces, facts, network, p, stream, step, day, dt, per_day
):
    """Let the what-if incidents of the scenario happen on their day."""
    q = p.perception
    for k in range(facts.incident_step.shape[0]):
        start = facts.incident_step[k]
        if start > step:
            break
        place = facts.incident_place[k]
        force = facts.incident_force[k]
        kind = facts.incident_kind[k]
        repeated = (step - start) % per_day == 0 and step < start + facts.incident_steps[k]  # once a day
        if kind == ANNOUNCEMENT and repeated:
            raise_alarm(
                beliefs,
                violence,
                facts,
                network,
                q,
                place,
                force,
                q.alarm_announced,
                q.alarm_attack,
                step,
                dt,
            )
        if start != step:
            continue
        if kind == ANNOUNCEMENT:
            note(log, day, ANNOUNCED, place, force, NOBODY, CAUSE_SCENARIO, 0)
        elif kind == FIGHTING:
            begin_fight(
                violence,
                forces,
                beliefs,
                facts,
                network,
                p.clash,
                q,
                log,
                place,
                force,
                0,
                facts.incident_intensity[k],
                CAUSE_SCENARIO,
                step,
                day,
                dt,
            )
            violence.until[place] = step + facts.incident_steps[k]
        elif kind == CAPTURE:
            if violence.holder[place] != force:
                leave_town(
                    people,
                    groups,
                    violence,
                    beliefs,
                    forces,
                    facts,
                    network,
                    p.clash,
                    p.control.march_speed,
                    place,
                    force,
                    p.clash.rout_share,
                    p.clash.materiel_left,
                    stream,
                    step,
                    dt,
                )
                take(
                    violence,
                    forces,
                    beliefs,
                    facts,
                    network,
                    p.control,
                    q,
                    log,
                    place,
                    force,
                    CAUSE_SCENARIO,
                    step,
                    day,
                    dt,
                )
                bring_garrison(violence, forces, network, p.control.garrison_share, place, force)
        elif kind == RETREAT:
            if violence.holder[place] == force:
                leave_town(
                    people,
                    groups,
                    violence,
                    beliefs,
                    forces,
                    facts,
                    network,
                    p.clash,
                    p.control.march_speed,
                    place,
                    NOBODY,
                    0.0,
                    0.0,
                    stream,
                    step,
                    dt,
                )
                give_up(violence, forces, beliefs, network, place, step)
                note(log, day, WITHDRAWAL, place, force, NOBODY, CAUSE_SCENARIO, 0)
        else:
            script_attack(violence, forces, facts, network, p, k, step, dt)
