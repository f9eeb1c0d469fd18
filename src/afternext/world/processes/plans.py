"""Plans: what a strategy fixes is done on its day, once its conditions hold, and ended on its day.

Rule (docs/model/decisions.md). Plans come before choices; a plan that waits for its conditions is an offer
(offers.py). Writes ``Council``.
"""

from __future__ import annotations

from afternext.world.chancellery import IDLE, OFFERED
from afternext.world.events import CAUSE_PLAN
from afternext.world.kernel import kernel
from afternext.world.processes.decisions import act, holds
from afternext.world.processes.delivery import end_option


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
            if council.stage[o] != IDLE:
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
