"""Decisions: once a week a power chooses what to do, from what it believes, and can choose badly.

Rule (docs/model/decisions.md). A power weighs every feasible option at every scale, openly or deniably,
against going on as it does. What an option is worth is what its makers *declare* it to change, weighed by the
power's own goals over a near and a far horizon, less its costs, plus what politics at home makes of it:

    U = sum w[a, h] (|target - s|^urgency - |target - clip(s + effect * scale)|^urgency) / sum w
        - cost_weight * cost / budget - price_weight * price * exposure - entry_cost * scale^returns (force
          from afar)
        + politics_weight * stake * (domestic - pressed * what shows)

    best = argmax sharpness * U / stake + Gumbel
    P(act on it this week) = logistic(sharpness * (U / stake - 1))

where effect is what is declared * ((others + scale)^returns - others^returns), others doing the same to the
same end, and of strikes only as far as their targets stand in the open. sum w leaves own losses out, so that
at U = ``stake`` a power is as likely as not to act, and what brings nothing is hardly ever taken up, however
many options there are. The luck of whether it acts lasts for months (``resolve``): a cabinet that has found
no reason to act does not throw the dice again next week, unless something new shocks it. A force follows one
course at a time (hold, expand, foment, go to ground): to order another ends the one before and changes what
is under way. To change what is under way costs ``inertia``; a scale or a course that was set stands for
``review_days``, less where a shock opens the question again; what was ended rests for ``rest_days``. How far
the choice is from that of the same power, informed and without politics, is its ``distortion``
(distortion.py). Plans of a strategy come before choices. Writes ``Council``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.chancellery import (
    AIR,
    CENTRE,
    DISPLACED,
    ENEMY_GROUND,
    GROUND,
    IDLE,
    IN_EFFECT,
    L_ALIGN,
    L_STRIKES,
    VIOLENCE,
)
from afternext.world.events import (
    CAUSE_AGAINST,
    CAUSE_AIM,
    CAUSE_GAIN,
    CAUSE_NO_GAIN,
    CAUSE_PRESSED,
    CAUSE_SWITCHED,
    CHANGED,
    DECIDED,
)
from afternext.world.kernel import kernel
from afternext.world.processes.courses import course_left, may_leave
from afternext.world.processes.delivery import begin_option, end_option
from afternext.world.processes.distortion import measure_distortion, note_option, willingness
from afternext.world.processes.offers import planned_now, step_towards
from afternext.world.processes.opinion import domestic, pressed
from afternext.world.processes.situation import shows_itself
from afternext.world.state import NOBODY, WEEK, note_power
from afternext.world.streams import mix, normal_quantile, uniform

TASTE = 0  # names of the draws inside this process's stream
NOTHING = 1
ROOM = 1e-9  # of a budget: sums of costs are not exact
KEY = 16  # options times this: scales, openly and deniably, have their own draws
DENIABLY = 8  # offset of deniable acts among them
PERCENT = 100.0  # in which scales are told
MONTH = 28  # days before its end at which an option is renewed


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    choice_sharpness: float
    stake: float
    urgency: float
    inertia: float
    cost_weight: float
    price_weight: float
    entry_cost: float
    politics_weight: float
    resolve_half_life: float
    returns: float
    deniable_effect: float
    deniable_exposure: float
    rest_days: float
    review_days: float
    distortion_memory: float


@kernel
def missing(target, level, p):
    """How badly an aim stands, 0 where it should be to 1 at the other end."""
    return abs(target - min(1.0, max(0.0, level))) ** p.urgency


@kernel
def fall_short(powers, council, p, power, picture, row):
    """Write down how badly every aim of a power stands in a picture, once for all that it weighs."""
    for a in range(picture.shape[0]):
        council.short[row, a] = missing(powers.target[power, a], picture[a], p)


@kernel
def gain(powers, options, p, picture, short, power, option, change):
    """What a change of scale of an option is worth to a power that sees ``picture``: share of its goals."""
    return gain_of_both(powers, options, p, picture, short, power, option, change, option, 0.0)


@kernel
def gain_of_both(powers, options, p, picture, short, power, option, change, other, other_change):
    """What a change of scale of an option and of another one together is worth: share of the power's goals.

    What is far from where it should be weighs more: an emergency is more than a nuisance.

    short : (A,) of ``fall_short``
    """
    if powers.whole[power] <= 0.0:
        return 0.0
    far = powers.far[power]
    total = 0.0
    for a in range(picture.shape[0]):
        near = options.near[option, a] * change + options.near[other, a] * other_change
        later = options.far[option, a] * change + options.far[other, a] * other_change
        if near == 0.0 and later == 0.0:
            continue
        near_weight = powers.weight[power, a, 0] * (1.0 - far)
        far_weight = powers.weight[power, a, 1] * far
        if near_weight + far_weight <= 0.0:
            continue
        target = powers.target[power, a]
        s = picture[a]
        if near != 0.0:
            total += near_weight * (short[a] - missing(target, s + near, p))
        if later != 0.0:
            total += far_weight * (short[a] - missing(target, s + later, p))
    return total / powers.whole[power]


@kernel
def promised(powers, options, council, p, enforced, picture, short, power, option, change):
    """What a change of an option is worth to a power for the help that others offer it on conditions.

    The share of the way to the condition that it is expected to go, times what the help is expected to bring,
    times the chance that it would else be withheld: who thinks that help comes anyway does nothing for it.
    """
    worth = 0.0
    for k in range(options.plan_option.shape[0]):
        nearer = step_towards(options, council, picture, power, option, change, k)
        if nearer > 0.0:
            o = options.plan_option[k]
            help_worth = gain(powers, options, p, picture, short, power, o, options.plan_scale[k])
            worth += nearer * max(0.0, help_worth)
    return enforced * worth


@kernel
def main_aim(powers, options, p, picture, power, option, change):
    """Return, as a cause of an event, the aim for which a power expects most of an option."""
    far = powers.far[power]
    most = 0.0
    cause = CAUSE_GAIN
    for a in range(picture.shape[0]):
        target = powers.target[power, a]
        s = picture[a]
        near, later = options.near[option, a] * change, options.far[option, a] * change
        gap = missing(target, s, p)
        worth = powers.weight[power, a, 0] * (1.0 - far) * (gap - missing(target, s + near, p))
        worth += powers.weight[power, a, 1] * far * (gap - missing(target, s + later, p))
        if worth > most:
            most = worth
            cause = CAUSE_AIM + a
    return cause


@kernel
def holds(low, high, aim, first, last, picture):
    """Whether all conditions from ``first`` to ``last`` hold in a picture."""
    met = True
    for k in range(first, last):
        met = met and low[k] <= picture[aim[k]] <= high[k]
    return met


@kernel
def cost_of(powers, options, p, power, option, scale, hidden):
    """What an option at a scale costs its power, in units of utility: means, and the price at home."""
    budget = powers.budget[power]
    cost = p.cost_weight * options.cost[option] * scale / budget if budget > 0.0 else 0.0
    kind = options.kind[option]
    if powers.km[power] > 0.0 and (kind in (AIR, GROUND)):
        # Crossing the threshold counts most: a small contingent is a step into a war as well.
        cost += p.entry_cost * min(1.0, scale) ** p.returns * (2.0 if kind == GROUND else 1.0)
    target = options.target[option]
    if target >= 0:
        cost += p.price_weight * powers.price[power, target] * seen_of(options, p, option, scale, hidden)
    return cost


@kernel
def seen_of(options, p, option, scale, hidden):
    """How visible an option is: deniable ones are seen less, larger ones more."""
    exposure = options.exposure[option] * min(1.0, scale)
    return exposure * p.deniable_exposure if hidden == 1 else exposure


@kernel
def shown(options, council, p, power):
    """How far a power is seen to act already, 0-1."""
    quiet = 1.0
    for o in range(options.power.shape[0]):
        if options.power[o] == power and council.stage[o] != IDLE:
            quiet *= 1.0 - seen_of(options, p, o, council.scale[o], int(council.hidden[o]))
    return 1.0 - quiet


@kernel
def answers(powers, options, power, option):
    """Whether an option answers what shocks a public: enemies, danger to the capital, violence, flight.

    A public that asks that something be done does not ask for what has nothing to do with it.
    """
    told = 0.0
    for a in range(options.near.shape[1]):
        if a in (ENEMY_GROUND, CENTRE, VIOLENCE, DISPLACED):
            better = -1.0 if powers.target[power, a] < 0.5 else 1.0
            if powers.weight[power, a, 0] + powers.weight[power, a, 1] > 0.0:
                told += better * (options.near[option, a] + options.far[option, a])
    return told > 0.0


@kernel
def agreed_already(options, council, p, option):
    """Whether an option is no more than an understanding with somebody who is close to the power anyhow."""
    target = options.target[option]
    if target < 0 or options.does[option] == options.does[option + 1]:
        return False
    if council.alignment[options.power[option], target] < p.tacit_cap:
        return False
    for e in range(options.does[option], options.does[option + 1]):
        if options.lever[e] != L_ALIGN or options.on[e] != target:
            return False
    return True


@kernel
def others_effort(options, council, option):
    """Scale at which others, or the power itself by way of another, openly do the same to the same end."""
    total = 0.0
    for o in range(options.power.shape[0]):
        if o != option and options.joint[o] == options.joint[option] and council.stage[o] != IDLE:
            total += council.scale[o] * (1.0 - council.hidden[o])
    return total


@kernel
def expected_effect(others, scale, p):
    """Effect that is expected of a scale, on top of what others do: relative to scale 1 alone.

    The first who come count most: (others + scale)^returns - others^returns.
    """
    return (others + scale) ** p.returns - others**p.returns


@kernel
def in_the_open(options, council, forces, facts, p, option, power):
    """Return (as it is, as the power believes) how far strikes find targets, 1 where an option has none.

    Men who hide are hit ``strike_hidden`` times as hard as those who hold or take ground.
    """
    true = 0.0
    believed = 0.0
    weight = 0.0
    for e in range(options.does[option], options.does[option + 1]):
        f = options.on[e]
        if options.lever[e] == L_STRIKES and f >= 0 and options.amount[e] > 0.0:
            weight += options.amount[e]
            seen = council.seen[power, f]
            bare = shows_itself(forces, facts, f)
            true += options.amount[e] * (bare + (1.0 - bare) * p.strike_hidden)
            believed += options.amount[e] * (seen + (1.0 - seen) * p.strike_hidden)
    if weight <= 0.0:
        return 1.0, 1.0
    return true / weight, believed / weight


@kernel
def resolve_of(council, p, power, z, first):
    """Return the quantile of how little it takes to make a power act, renewed by a week.

    z : normal draw of the week      first : whether this is the first week
    """
    kept = 0.0 if first else math.exp2(-WEEK / p.resolve_half_life) * (1.0 - council.news[power])
    council.resolve[power] = kept * council.resolve[power] + math.sqrt(1.0 - kept * kept) * z
    return 0.5 * math.erfc(-council.resolve[power] / math.sqrt(2.0))


@kernel
def stands_until(council, p, option, step, per_day):
    """Let the scale of what is under way stand, so that a power does not set it anew week by week."""
    council.blocked[option] = step + int(p.review_days * per_day)


@kernel
def can_begin(powers, options, council, p, option, scale, step, per_day):
    """Whether an option may be begun, or changed to this scale: allowed, affordable, not just refused or set.

    What is under way may be ended at any time, and a shock opens the question of its scale again.
    """
    power = options.power[option]
    until = council.blocked[option]
    if council.stage[option] != IDLE:
        until = 0 if scale <= 0.0 else until - int(council.news[power] * p.review_days * per_day)
    if options.barred[option] == 1 or step < until:
        return False
    now = council.scale[option] if council.stage[option] != IDLE else 0.0
    spent = council.spent[power] + options.cost[option] * (scale - now)
    return scale <= now or spent <= powers.budget[power] + ROOM


@kernel
def decide(court, council, forces, facts, log, stream, key, power, step, day, per_day):
    """Let one power choose, and remember what it would have chosen otherwise.

    stream : of this step and process      key : of the future
    """
    powers, options, p = court.powers, court.options, court.p
    w = p.decisions
    enforced = p.polity.condition_enforced
    believed = council.believed[power]
    truth = council.situation[power]
    fall_short(powers, council, w, power, truth, 0)
    fall_short(powers, council, w, power, believed, 1)
    taste = mix(mix(stream, TASTE), power)
    z = normal_quantile(uniform(mix(stream, NOTHING), power))
    resolve = resolve_of(council, w, power, z, step < WEEK * per_day)
    best, value = -math.inf, 0.0
    unanswered = pressed(powers, council, p.opinion, power) * (1.0 - shown(options, council, w, power))
    chosen = NOBODY
    chosen_scale = 0.0
    chosen_hidden = 0
    chosen_gain = 0.0
    chosen_politics = 0.0
    count = 0  # of options weighed
    for o in range(options.power.shape[0]):
        if options.power[o] != power or planned_now(options, council, o, step):
            continue
        under_way = council.stage[o] != IDLE
        now = council.scale[o] if under_way else 0.0
        hidden_now = int(council.hidden[o]) if under_way else 0
        first, last = options.when[o], options.when[o + 1]
        may_believed = under_way or holds(
            options.when_low, options.when_high, options.when_aim, first, last, believed
        )
        may_true = under_way or holds(
            options.when_low, options.when_high, options.when_aim, first, last, truth
        )
        if not may_believed and not may_true:
            continue
        left = course_left(options, council, o)
        lost, freed = 0.0, 0.0
        if left >= 0:
            if not may_leave(options, council, w, left, step, per_day):
                continue
            lost = -expected_effect(others_effort(options, council, left), council.scale[left], w)
            lost *= w.deniable_effect if council.hidden[left] == 1 else 1.0
            freed = cost_of(powers, options, w, power, left, council.scale[left], int(council.hidden[left]))
            freed -= w.inertia
        other = left if left >= 0 else o
        others = others_effort(options, council, o)
        open_true, open_believed = in_the_open(options, council, forces, facts, p.pressure, o, power)
        effect_now = expected_effect(others, now, w)
        cost_now = cost_of(powers, options, w, power, o, now, hidden_now)
        seen_now = seen_of(options, w, o, now, hidden_now)
        politics_now = 0.0
        if under_way:
            politics_now = domestic(powers, council, p.opinion, power, options.kind[o], seen_now)
        for way in range(2 if options.deniable[o] == 1 and not under_way else 1):
            hidden = hidden_now if under_way else way
            strength = w.deniable_effect if hidden == 1 else 1.0
            for k in range(options.scales.shape[1] + 1):
                scale = 0.0 if k == options.scales.shape[1] else options.scales[o, k]
                if scale == now or (scale <= 0.0 and not under_way):
                    continue
                if k < options.scales.shape[1] and scale <= 0.0:
                    continue
                if not can_begin(powers, options, council, w, o, scale, step, per_day):
                    continue
                if not under_way and agreed_already(options, council, p.alignment, o):
                    continue
                change = (expected_effect(others, scale, w) - effect_now) * strength
                spared = cost_now - cost_of(powers, options, w, power, o, scale, hidden)
                if under_way:
                    spared -= w.inertia
                seen = seen_of(options, w, o, scale, hidden)
                politics = -politics_now - unanswered * (seen - seen_now)
                if scale > 0.0:
                    politics += domestic(powers, council, p.opinion, power, options.kind[o], seen)
                if politics > 0.0 and not under_way and not answers(powers, options, power, o):
                    politics = 0.0
                politics *= w.politics_weight * w.stake
                clear, dim = change * open_true, change * open_believed
                short = council.short
                true_gain = gain_of_both(powers, options, w, truth, short[0], power, o, clear, other, lost)
                false_gain = gain_of_both(powers, options, w, believed, short[1], power, o, dim, other, lost)
                true_gain += spared + freed
                false_gain += spared + freed
                true_gain += promised(
                    powers, options, council, w, enforced, truth, council.short[0], power, o, clear
                )
                false_gain += promised(
                    powers, options, council, w, enforced, believed, council.short[1], power, o, dim
                )
                luck = -math.log(-math.log(uniform(taste, o * KEY + hidden * DENIABLY + k)))
                note_option(council.weighed, count, false_gain, true_gain, politics, may_believed, may_true)
                count += 1
                score = w.choice_sharpness / w.stake * (false_gain + politics) + luck
                if may_believed and score > best:
                    best = score
                    value = false_gain + politics
                    chosen = o
                    chosen_scale = scale
                    chosen_hidden = hidden
                    chosen_gain = false_gain
                    chosen_politics = politics
    measure_distortion(council, w, power, step // (WEEK * per_day) + 1, count)
    acts = resolve < willingness(value, w)
    if chosen < 0 or not acts:
        return
    cause = main_aim(powers, options, w, believed, power, chosen, chosen_scale)
    if chosen_politics > max(0.0, chosen_gain):
        cause = CAUSE_PRESSED
    if chosen_scale <= 0.0:
        cause = CAUSE_AGAINST if chosen_politics > max(0.0, chosen_gain) else CAUSE_NO_GAIN
    act(court, council, log, key, chosen, chosen_scale, chosen_hidden, cause, -1.0, step, day, per_day)


@kernel
def act(court, council, log, key, option, scale, hidden, cause, delay, step, day, per_day):
    """Carry out a decision: begin an option, change its scale, or end it.

    delay : days until it takes effect where a strategy fixes them, else negative
    """
    options = court.options
    power = options.power[option]
    target = options.target[option]
    if council.stage[option] == IDLE:
        if scale <= 0.0:
            return
        council.decisions[power] += 1
        percent = round(scale * PERCENT)
        left = course_left(options, council, option)
        if left >= 0 and not planned_now(options, council, left, step):
            end_option(court, council, log, left, CAUSE_SWITCHED, step, day, per_day)
            council.blocked[left] = step + int(court.p.decisions.rest_days * per_day)
        note_power(log, day, DECIDED, NOBODY, power, target, cause, percent, options.move[option])
        stands_until(council, court.p.decisions, option, step, per_day)
        begin_option(court, council, log, key, option, scale, hidden, delay, step, day, per_day)
    elif scale <= 0.0:
        end_option(court, council, log, option, cause, step, day, per_day)
        council.blocked[option] = step + int(court.p.decisions.rest_days * per_day)
    else:
        council.decisions[power] += 1
        council.spent[power] += options.cost[option] * (scale - council.scale[option])
        council.scale[option] = scale
        stands_until(council, court.p.decisions, option, step, per_day)
        percent = round(scale * PERCENT)
        note_power(log, day, CHANGED, NOBODY, power, target, cause, percent, options.move[option])


@kernel
def renew(court, council, forces, facts, power, step, per_day):
    """Let what is about to end go on, where the power still expects to gain by it."""
    powers, options, p = court.powers, court.options, court.p
    w = p.decisions
    picture = council.believed[power]
    fall_short(powers, council, w, power, picture, 1)
    for o in range(options.power.shape[0]):
        if options.power[o] != power or council.stage[o] != IN_EFFECT or options.once[o] == 1:
            continue
        if council.ends[o] - step > MONTH * per_day or options.barred[o] == 1:
            continue
        scale, hidden = council.scale[o], int(council.hidden[o])
        change = -expected_effect(others_effort(options, council, o), scale, w)
        change *= w.deniable_effect if hidden == 1 else 1.0
        change *= in_the_open(options, council, forces, facts, p.pressure, o, power)[1]
        worth = -gain(powers, options, w, picture, council.short[1], power, o, change)
        worth -= cost_of(powers, options, w, power, o, scale, hidden)
        seen = seen_of(options, w, o, scale, hidden)
        pull = domestic(powers, council, p.opinion, power, options.kind[o], seen)
        worth += pull * w.politics_weight * w.stake
        if worth > 0.0:
            council.ends[o] += max(1, int(options.days[o] * per_day))
