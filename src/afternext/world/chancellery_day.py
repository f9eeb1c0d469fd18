"""The order of a day in the chancellery: powers on their weekdays, alignments weekly, the polity monthly."""

from __future__ import annotations

from afternext.world.chancellery import CENTRE, ENEMY_GROUND, L_SIGHT
from afternext.world.kernel import kernel
from afternext.world.processes.alignment import step_alignment
from afternext.world.processes.decisions import decide, renew, shown
from afternext.world.processes.delivery import end_ousting, step_delivery
from afternext.world.processes.opinion import step_opinion
from afternext.world.processes.plans import carry_out_plans, take_stock
from afternext.world.processes.polity import step_polity
from afternext.world.processes.pressure import step_pressure
from afternext.world.processes.situation import assess, look, watch_forces
from afternext.world.state import WEEK
from afternext.world.streams import step_stream

SITUATION = 17  # names of the streams; never renumber: the luck of every stored run depends on them
DECISIONS = 13
POLITY = 15
PRESSURE = 16


@kernel
def step_chancellery(state, court, chancellery, facts, key, step, day, per_day):
    """Let powers look, feel and decide, each on its weekday; what is due takes effect; the war feels it.

    Order and reason: a power sees before it decides; what is decided can take effect on the same day, so that
    help without delay comes without delay; pressure is last, on what is then in effect.
    """
    powers, options, p = court.powers, court.options, court.p
    council, log = chancellery.council, state.log
    count = options.power.shape[0]
    if p.pressure.chancellery <= 0.0 or (count == 0 and powers.government[0] < 0):
        return
    week = WEEK * per_day
    weekly = step % week == 0
    if step == 0:
        take_stock(court, council, log, step, day, per_day)
    for q in range(powers.capability.shape[0]):
        its_day = (step + q * per_day) % week == 0
        if step > 0 and not its_day:
            continue
        fell = assess(powers, chancellery, state, facts, p.situation, q, step, per_day)
        sight = chancellery.pressure.power[L_SIGHT, q]
        follow = look(powers, council, sight, p.situation, q, step_stream(key, step, SITUATION), step)
        watch_forces(council, state.forces, facts, q, follow)
        if not its_day:
            continue
        believed = council.believed[q]
        success = 0.5 * (believed[CENTRE] + 1.0 - believed[ENEMY_GROUND])
        engaged = shown(options, council, p.decisions, q)
        step_opinion(powers, council, p.opinion, q, council.shock[q], fell, success, engaged)
        if count > 0:
            stream = step_stream(key, step, DECISIONS)
            renew(court, council, state.forces, facts, q, step, per_day)
            decide(court, council, state.forces, facts, log, stream, key, q, step, day, per_day)
    carry_out_plans(court, council, log, key, step, day, per_day)
    changed = step_delivery(court, council, log, key, step, day, per_day, weekly)
    if weekly:
        step_alignment(
            powers,
            council,
            facts,
            state.violence,
            chancellery.pressure,
            p.alignment,
            log,
            step,
            day,
            per_day,
        )
    gone = chancellery.polity.leaders[0]
    step_polity(powers, chancellery, state, p.polity, step_stream(key, step, POLITY), step, day, per_day)
    if chancellery.polity.leaders[0] > gone:
        end_ousting(court, council, log, step, day, per_day)
        changed = True
    if weekly or changed:
        step_pressure(court, chancellery, state, facts, step_stream(key, step, PRESSURE), weekly)
