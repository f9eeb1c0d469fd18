"""Plans: what a strategy fixes is done on its day, once its conditions hold, and ended on its day.

Rule (docs/model/decisions.md). Plans come before choices; a plan that waits for its conditions is an offer
(offers.py). What has been in force since before the freeze is under way on the first day, and after its day
it is for its power to let it go on or not. Writes ``Council``.
"""

from __future__ import annotations

from afternext.world.chancellery import IDLE, NEVER, OFFERED
from afternext.world.events import CAUSE_PLAN
from afternext.world.kernel import kernel
from afternext.world.processes.decisions import MONTH, act, holds
from afternext.world.processes.delivery import end_option, put_in_force


@kernel
def take_stock(court, council, log, step, day, per_day):
    """Before anybody decides: what has been in force since before the freeze is under way."""
    options = court.options
    for k in range(options.plan_option.shape[0]):
        o = options.plan_option[k]
        if options.plan_since[k] <= 0 or council.stage[o] != IDLE:
            continue
        council.planned[k] = 1
        over = options.plan_end[k]
        if over >= NEVER:
            council.planned[k] = 2  # from the first day on it is for its power to end it
            over = max(step, int(options.days[o] * per_day) - options.plan_since[k])
        put_in_force(
            options, council, log, o, options.plan_scale[k], options.plan_since[k], step, day, per_day
        )
        council.ends[o] = over + MONTH * per_day  # within which its power chooses to let it go on, or not


@kernel
def carry_out_plans(court, council, log, key, step, day, per_day):
    """Do what a strategy has fixed for today, where its conditions hold; end what it ends."""
    options = court.options
    for k in range(options.plan_option.shape[0]):
        o = options.plan_option[k]
        if council.planned[k] == OFFERED and step >= options.plan_end[k]:
            council.planned[k] = 2
        if council.planned[k] == 1 and step >= options.plan_end[k]:
            council.planned[k] = 2
            if council.stage[o] != IDLE and options.plan_since[k] <= 0:
                end_option(court, council, log, o, CAUSE_PLAN, step, day, per_day)
        if council.planned[k] > 0 or step < options.plan_step[k] or step >= options.plan_end[k]:
            continue
        picture = council.believed[options.power[o]]
        first, last = options.plan_when[k], options.plan_when[k + 1]
        if not holds(options.plan_low, options.plan_high, options.plan_aim, first, last, picture):
            council.planned[k] = OFFERED
            continue
        council.planned[k] = 1
        for earlier in range(k):
            if options.plan_option[earlier] == o and council.planned[earlier] == 1:
                council.planned[earlier] = 2  # overtaken
        scale = options.plan_scale[k]
        if council.stage[o] != IDLE and scale == council.scale[o]:
            continue
        delay = options.plan_delay[k]
        act(court, council, log, key, o, scale, 0, CAUSE_PLAN, delay, step, day, per_day)
