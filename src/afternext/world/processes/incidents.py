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
from afternext.world.processes.rout import leave_town, tell_losses
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
def script_attack(state, facts, network, p, k, now):
    """A force masses at a place, or rises there, as many as the incident says or as it would by itself."""
    violence, forces = state.violence, state.forces
    place = facts.incident_place[k]
    force = facts.incident_force[k]
    plan = TO_RAID if facts.incident_kind[k] == RAID else TO_ATTACK
    fighters = 0
    for i in range(forces.present.shape[0]):
        fighters += forces.present[i, force]
    share = p.control.mass_share
    if plan == TO_RAID:
        share = min(share, p.posture.raid_party / max(1, fighters))
    party = facts.incident_fighters[k]
    if party <= 0:
        party = max(1, int(share * fighters))
    keep, speed = p.posture.garrison_keep, p.control.march_speed
    gather(violence, forces, facts, network, keep, speed, place, force, party, share, plan, now.step, now.dt)
    if forces.arrival[place, force] == 0:
        set_off(forces, place, force, 0, 0, 0.0, plan, now.step + 1)


@kernel
def announce(state, facts, network, p, place, force, now):
    """People believe that an assault is coming."""
    q = p.perception
    here, elsewhere = q.alarm_announced, q.alarm_attack
    raise_alarm(
        state.beliefs, state.violence, facts, network, q, place, force, here, elsewhere, now.step, now.dt
    )


@kernel
def step_incidents(state, facts, network, p, now):
    """Let the what-if incidents of the scenario happen on their day."""
    violence, forces = state.violence, state.forces
    c = p.clash
    for k in range(facts.incident_step.shape[0]):
        start = facts.incident_step[k]
        if start > now.step:
            break
        place = facts.incident_place[k]
        force = facts.incident_force[k]
        kind = facts.incident_kind[k]
        once_a_day = (now.step - start) % now.per_day == 0
        if kind == ANNOUNCEMENT and once_a_day and now.step < start + facts.incident_steps[k]:
            announce(state, facts, network, p, place, force, now)
        if start != now.step:
            continue
        if kind == ANNOUNCEMENT:
            note(state.log, now.day, ANNOUNCED, place, force, NOBODY, CAUSE_SCENARIO, 0)
        elif kind == FIGHTING:
            intensity = facts.incident_intensity[k]
            begin_fight(state, facts, network, p, place, force, 0, intensity, CAUSE_SCENARIO, now)
            violence.until[place] = now.step + facts.incident_steps[k]
        elif kind == CAPTURE:
            if violence.holder[place] != force:
                loser = violence.holder[place]
                _, behind, fled = leave_town(
                    state, facts, network, p, place, force, c.rout_share, c.materiel_left, now
                )
                tell_losses(state.log, place, force, loser, behind, fled, now.day)
                take(state, facts, network, p, place, force, CAUSE_SCENARIO, now)
                bring_garrison(violence, forces, network, p.control.garrison_share, place, force)
        elif kind == RETREAT:
            if violence.holder[place] == force:
                leave_town(state, facts, network, p, place, NOBODY, 0.0, 0.0, now)
                give_up(violence, forces, state.beliefs, network, place, now.step)
                note(state.log, now.day, WITHDRAWAL, place, force, NOBODY, CAUSE_SCENARIO, 0)
        else:
            script_attack(state, facts, network, p, k, now)
