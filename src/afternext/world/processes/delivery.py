"""Delivery: between a decision and its effect lie consent, politics, distance, readiness and collection.

Rule (docs/model/delivery.md). Who must be asked is asked once a week and agrees with chance

    logistic(consent_base + consent_align * alignment + consent_threat * (1 - centre it believes in)
             - consent_price * its price at home * exposure)

and has refused after ``consent_patience`` weeks. What a power with a public does in the air or on the ground
must be authorised at home: lognormal days around ``authorisation_days``, fewer with support, and now and then
refused; all else takes ``decree_days``. Then

    delay = delay_scale * (max(consent, ready + distance / speed, collection * (1 - sight)) + politics)
    ready = readiness * LN(1, ready_spread)

Every draw is named by the option and the how-many-th decision on it, so that the same help on time differs in
nothing but its time. The effect ramps up as 1 / (1 + exp(-4 (t / ramp - 1))), half after ``ramp`` days, and
ends after ``days``, or when a strategy says. Writes ``Council``, writes events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.chancellery import (
    AIR,
    CENTRE,
    CONSENT,
    GROUND,
    IDLE,
    IN_EFFECT,
    LEADER,
    NEVER,
    P_COLLECTION,
    P_CONSENT,
    P_DISTANCE,
    P_POLITICS,
    P_READINESS,
    PREPARING,
)
from afternext.world.events import (
    CALLED_OFF,
    CAUSE_BEFORE,
    CAUSE_COLLECTION,
    CAUSE_CONSENT,
    CAUSE_DISTANCE,
    CAUSE_DONE,
    CAUSE_LEGISLATURE,
    CAUSE_NO_GAIN,
    CAUSE_ORDERS,
    CAUSE_PLAN,
    CAUSE_POLITICS,
    CAUSE_PROMPT,
    CAUSE_READINESS,
    CAUSE_TIME,
    CAUSE_UNWILLING,
    DELIVERED,
    ENDED,
    IN_FORCE,
    REFUSES,
)
from afternext.world.kernel import kernel
from afternext.world.state import NOBODY, WEEK, note_power
from afternext.world.streams import mix, normal_quantile, uniform

ASKED = 0  # names of the draws inside this process's stream
LAG = 1
ALLOWED = 2
READY = 3
DELIVERY = 14  # name of the stream: its draws belong to an option, not to a step
STEEP = 4.0  # steepness of the ramp: 2 % of the effect on the first day, 98 % after twice ``ramp``
AT_ONCE = 7.0  # days below which no part of a delay is named


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    delay_scale: float
    consent_base: float
    consent_align: float
    consent_threat: float
    consent_price: float
    consent_patience: float
    refusal_memory: float
    authorisation_days: float
    authorisation_spread: float
    authorisation_support: float
    authorisation_refused: float
    decree_days: float
    ready_spread: float


@kernel
def luck_of(key, option, council, what):
    """Return the stream of one thing about the decision now taken on an option."""
    return mix(mix(mix(mix(key, DELIVERY), what), option), council.rounds[option])


@kernel
def begin_option(court, council, log, key, option, scale, hidden, delay, step, day, per_day):
    """Set an option going: its host is asked, or its delay is worked out.

    delay : days until it takes effect where a strategy fixes them, else negative
    """
    options = court.options
    power = options.power[option]
    target = options.target[option]
    council.rounds[option] += 1
    council.scale[option] = scale
    council.hidden[option] = hidden
    council.decided[option] = step
    council.tries[option] = 0
    council.strength[option] = 0.0
    council.spent[power] += options.cost[option] * scale
    for k in range(council.parts.shape[1]):
        council.parts[option, k] = 0.0
    if delay >= 0.0:
        council.stage[option] = PREPARING
        council.effect[option] = step + math.ceil(delay * per_day)
        return
    if options.consent[option] == 1 and target >= 0 and target != power:
        council.stage[option] = CONSENT
        ask(court, council, log, key, option, step, day, per_day)
    else:
        prepare(court, council, log, key, option, 0.0, step, day, per_day)


@kernel
def put_in_force(options, council, log, option, scale, since, step, day, per_day):
    """An option has been in effect for ``since`` steps before the first: nobody decides on it any more."""
    power = options.power[option]
    council.scale[option] = scale
    council.hidden[option] = 0
    council.decided[option] = step - since
    council.effect[option] = step - since
    council.tries[option] = 0
    council.spent[power] += options.cost[option] * scale
    for k in range(council.parts.shape[1]):
        council.parts[option, k] = 0.0
    council.stage[option] = IN_EFFECT
    council.strength[option] = ramp_up(since / per_day, options.ramp[option])
    lasted = int(since / per_day)
    target = options.target[option]
    note_power(log, day, IN_FORCE, NOBODY, power, target, CAUSE_BEFORE, lasted, options.move[option])


@kernel
def willing(powers, options, council, p, option):
    """Chance that the host agrees when it is asked."""
    power = options.power[option]
    target = options.target[option]
    wish = (
        p.consent_base
        + p.consent_align * council.alignment[target, power]
        + p.consent_threat * (1.0 - council.believed[target, CENTRE])
        - p.consent_price * powers.price[target, power] * options.exposure[option]
    )
    return 1.0 / (1.0 + math.exp(-wish))


@kernel
def ask(court, council, log, key, option, step, day, per_day):
    """Ask the host as often as is due: once a week, all at once where delays are taken away."""
    powers, options, p = court.powers, court.options, court.p
    q = p.delivery
    patience = max(1, int(q.consent_patience))
    due = patience
    if q.delay_scale > 0.0:
        due = min(patience, 1 + int((step - council.decided[option]) / (WEEK * per_day * q.delay_scale)))
    while council.tries[option] < due:
        turn = council.tries[option]
        council.tries[option] = turn + 1
        u = uniform(luck_of(key, option, council, ASKED), turn)
        if u < willing(powers, options, council, q, option):
            prepare(court, council, log, key, option, turn * 1.0 * WEEK, step, day, per_day)
            return
    if council.tries[option] >= patience:
        refuse(court, council, log, q, option, CAUSE_UNWILLING, step, day, per_day)


@kernel
def refuse(court, council, log, p, option, cause, step, day, per_day):
    """Nothing comes of a decision; it is not tried again for a while."""
    options = court.options
    power = options.power[option]
    council.stage[option] = IDLE
    council.spent[power] -= options.cost[option] * council.scale[option]
    council.blocked[option] = step + int(p.refusal_memory * per_day)
    who = options.target[option] if cause == CAUSE_UNWILLING else power
    other = power if cause == CAUSE_UNWILLING else options.target[option]
    waited = int((step - council.decided[option]) / per_day)
    note_power(log, day, REFUSES, NOBODY, who, other, cause, waited, options.move[option])


@kernel
def must_authorise(court, council, option):
    """Whether an option is use of force by a power with a public, and done openly."""
    powers, options, p = court.powers, court.options, court.p
    kind = options.kind[option]
    force = kind in (AIR, GROUND)
    return (
        force
        and council.hidden[option] == 0
        and powers.public[options.power[option]] * p.opinion.politics > 0.0
    )


@kernel
def prepare(court, council, log, key, option, consent_days, step, day, per_day):
    """Work out when an option that is agreed upon takes effect, and which part of the delay is whose."""
    powers, options, p = court.powers, court.options, court.p
    q = p.delivery
    power = options.power[option]
    kind = options.kind[option]
    politics = q.decree_days
    public = powers.public[power] * min(1.0, p.opinion.politics)
    if must_authorise(court, council, option):
        against = 0.5 - council.support[power, kind]
        refused = q.authorisation_refused * public * min(2.0, max(0.0, 1.0 + 2.0 * against))
        if uniform(luck_of(key, option, council, ALLOWED), 0) < refused:
            refuse(court, council, log, q, option, CAUSE_LEGISLATURE, step, day, per_day)
            return
        z = normal_quantile(uniform(luck_of(key, option, council, LAG), 0))
        lag = q.authorisation_days * math.exp(
            math.log(q.authorisation_spread) * z + q.authorisation_support * against
        )
        politics = (1.0 - public) * q.decree_days + public * lag
    distance = powers.km[power] / options.speed[option] if options.speed[option] > 0.0 else 0.0
    collection = options.collect[option] * (1.0 - council.sight[power])
    parts = council.parts[option]
    parts[P_CONSENT] = q.delay_scale * consent_days
    parts[P_POLITICS] = q.delay_scale * politics
    parts[P_DISTANCE] = q.delay_scale * distance
    z = normal_quantile(uniform(luck_of(key, option, council, READY), 0))
    parts[P_READINESS] = q.delay_scale * options.ready[option] * q.ready_spread**z
    parts[P_COLLECTION] = q.delay_scale * collection
    council.stage[option] = PREPARING
    after = math.ceil(total_delay(parts) * per_day)
    council.effect[option] = max(step, council.decided[option] + int(after))


@kernel
def total_delay(parts):
    """Days from decision to effect: politics comes on top of what goes on side by side."""
    means = parts[P_READINESS] + parts[P_DISTANCE]
    return max(parts[P_CONSENT], max(means, parts[P_COLLECTION])) + parts[P_POLITICS]


@kernel
def cause_of_delay(parts, waited, authorised):
    """Name the part that took longest, where it took some time at all.

    authorised : whether somebody at home had to authorise it
    """
    if waited <= AT_ONCE:
        return CAUSE_PROMPT
    longest = 0.0
    cause = CAUSE_PLAN
    for k in range(parts.shape[0]):
        if parts[k] > longest:
            longest = parts[k]
            cause = CAUSE_CONSENT
            if k == P_POLITICS:
                cause = CAUSE_POLITICS if authorised else CAUSE_ORDERS
            elif k == P_DISTANCE:
                cause = CAUSE_DISTANCE
            elif k == P_READINESS:
                cause = CAUSE_READINESS
            elif k == P_COLLECTION:
                cause = CAUSE_COLLECTION
    return cause


@kernel
def ramp_up(days, half):
    """Share of its effect that an option has reached, half after ``half`` days (logistic)."""
    if half <= 0.0:
        return 1.0
    return 1.0 / (1.0 + math.exp(-STEEP * (days / half - 1.0)))


@kernel
def end_option(court, council, log, option, cause, step, day, per_day):
    """An option ends, or is called off before it took effect."""
    options = court.options
    power = options.power[option]
    lasted = 0
    if council.stage[option] == IN_EFFECT:
        lasted = int((step - council.effect[option]) / per_day)
    council.strength[option] = 0.0
    council.spent[power] -= options.cost[option] * council.scale[option]
    kind = ENDED if council.stage[option] == IN_EFFECT else CALLED_OFF
    note_power(log, day, kind, NOBODY, power, options.target[option], cause, lasted, options.move[option])
    council.stage[option] = IDLE


@kernel
def kept_by_plan(options, council, option, step):
    """Whether a strategy that names a date keeps an option in effect till then, beyond its usual days."""
    for k in range(options.plan_option.shape[0]):
        if options.plan_option[k] != option or council.planned[k] <= 0 or options.once[option] == 1:
            continue
        if step < options.plan_end[k] < NEVER:
            return True
    return False


@kernel
def end_ousting(court, council, log, step, day, per_day):
    """The head of government has gone: who worked for that has what it wanted."""
    options = court.options
    for o in range(options.power.shape[0]):
        if council.stage[o] == IDLE:
            continue
        wanted = abs(options.near[o, LEADER]) + abs(options.far[o, LEADER])
        else_wanted = 0.0
        for a in range(options.near.shape[1]):
            if a != LEADER:
                else_wanted = max(else_wanted, abs(options.near[o, a]) + abs(options.far[o, a]))
        if wanted > else_wanted:
            kept = options.near[o, LEADER] + options.far[o, LEADER] > 0.0  # who meant to keep him has failed
            end_option(court, council, log, o, CAUSE_NO_GAIN if kept else CAUSE_DONE, step, day, per_day)


@kernel
def step_delivery(court, council, log, key, step, day, per_day, weekly):
    """Ask hosts, let options take effect and end; return whether anything changed for the map.

    weekly : 1 where what is in effect also ramps up
    """
    options = court.options
    changed = False
    for o in range(options.power.shape[0]):
        stage = council.stage[o]
        if stage == IDLE:
            continue
        if stage == CONSENT:
            ask(court, council, log, key, o, step, day, per_day)
            stage = council.stage[o]
        if stage == PREPARING and council.effect[o] <= step:
            council.stage[o] = IN_EFFECT
            council.effect[o] = step
            council.ends[o] = step + max(1, int(options.days[o] * per_day))
            council.strength[o] = ramp_up(0.0, options.ramp[o])
            parts = council.parts[o]
            for k in range(parts.shape[0]):
                council.delays[k] += parts[k]
            council.delivered[0] += 1
            waited = int((step - council.decided[o]) / per_day)
            cause = cause_of_delay(parts, waited, must_authorise(court, council, o))
            note_power(
                log,
                day,
                DELIVERED,
                NOBODY,
                options.power[o],
                options.target[o],
                cause,
                waited,
                options.move[o],
            )
            changed = True
        elif stage == IN_EFFECT:
            if step >= council.ends[o] and not kept_by_plan(options, council, o, step):
                end_option(court, council, log, o, CAUSE_TIME, step, day, per_day)
                council.blocked[o] = step + int(court.p.decisions.rest_days * per_day)
                if options.once[o] == 1:
                    council.blocked[o] = NEVER
                changed = True
            elif weekly:
                council.strength[o] = ramp_up((step - council.effect[o]) / per_day, options.ramp[o])
    return changed
