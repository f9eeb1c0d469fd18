"""Courses: what a power orders a force to do, one course at a time (hold, expand, foment, go to ground).

Rule (docs/model/decisions.md). To order another course ends the one before; a course is left only where no
strategy fixes it, after ``review_days`` or where something shocks the power.
"""

from __future__ import annotations

from afternext.world.chancellery import IDLE, L_HOLD
from afternext.world.forces import POSTURES
from afternext.world.kernel import kernel
from afternext.world.processes.offers import planned_now
from afternext.world.state import NOBODY


@kernel
def ordered(options, option):
    """Return the force that an option sets on a course, or nobody."""
    for e in range(options.does[option], options.does[option + 1]):
        if L_HOLD <= options.lever[e] < L_HOLD + POSTURES and options.amount[e] > 0.0:
            return options.on[e]
    return NOBODY


@kernel
def course_left(options, council, option):
    """Return what a power would end by beginning an option: another course of the same force, or nobody."""
    force = ordered(options, option)
    if force < 0 or council.stage[option] != IDLE:
        return NOBODY
    for o in range(options.power.shape[0]):
        same = options.power[o] == options.power[option] and ordered(options, o) == force
        if same and o != option and council.stage[o] != IDLE:
            return o
    return NOBODY


@kernel
def may_leave(options, council, p, option, step, per_day):
    """Whether a course may be left: no strategy fixes it, and it has stood for long or something shocks."""
    if planned_now(options, council, option, step):
        return False
    power = options.power[option]
    return step >= council.blocked[option] - int(council.news[power] * p.review_days * per_day)
