"""Posture: an insurgent holds, expands, foments trouble or goes to ground; armies strike back when they are
ready.

Rule (docs/model/posture.md). A force keeps its course for months, less when it has just lost ground. When it
thinks again it first chooses whether to stand in the open, by its strength on its ground over the enemy's and
by what it lost, then how (logit); orders and habit count as far as it still has the ground that they are of:

    open:    expand   chance at its best target             hold     people held that sustain it
    hidden:  foment   trouble costs little anywhere         ground   losses of men and ground, exposure

and acts on it, the more often the larger it is: who expands gathers a share of all its fighters from several
places and strikes where people are many, the garrison is believed weak and the people do not fear it, and
where it struck lately, but under strikes from the air its columns are stopped as often as strikes take its
power; who foments sends small parties that hit and leave; who goes to ground gives up what
it cannot keep and hides. An army or militia starts an attack
at a hazard that rises with the odds, no sooner than ``plan_days`` after a place changed hands, and seldom for
months after many of its men have run. Columns take
days on the road. Writes ``Violence`` (fights begun), ``Forces``, raises alarms, writes events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.events import (
    CAUSE_EXPOSED,
    CAUSE_HOLD,
    TURN,
    WITHDRAWAL,
)
from afternext.world.forces import ATTACK as TO_ATTACK
from afternext.world.forces import EXPAND, FOMENT, GROUND, HOLD, NEVER, set_off
from afternext.world.forces import RAID as TO_RAID
from afternext.world.kernel import kernel
from afternext.world.processes.clash import break_hazard, clear_hazard, trust_in
from afternext.world.processes.columns import gather
from afternext.world.processes.control import (
    FORTNIGHT,
    defence_against,
    envelopment,
    garrison_needed,
    give_up,
    planned,
)
from afternext.world.processes.garrisons import tend_garrisons
from afternext.world.processes.perception import weakness
from afternext.world.processes.ranks import welcome_now
from afternext.world.state import NOBODY, WEEK, note
from afternext.world.streams import mix, normal_quantile, uniform

CHOOSE = 0  # names of the draws inside this process's stream
STRIKES = 1
WHERE = 2
BELIEF = 3
OPEN = 0  # names of the draws inside CHOOSE
HOW = 1
RETHINK = 2
READY = 5  # where READY and those above are of the stream of posture
MONTH = 28  # days for which a force's picture of a garrison stays the same
CHANCE_FLOOR = 1e-6  # no target is ruled out
SURE = 1e-5  # above the log of a sure chance and the floor, and what rounding can add
SAFE = 0.1  # odds under which a place feels no safer
SMALL_TOWN = 1000.0  # persons: small places do not differ in value


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    initiative: float
    attack_insurgent: float
    full_size: float
    attack_regular: float
    attack_caution: float
    raid_rate: float
    raid_party: float
    garrison_keep: float
    plan_days: float
    belief_error: float
    value_exponent: float
    again_ratio: float
    again_half_life: float
    posture_sharpness: float
    course_days: float
    course_inertia: float
    stand_bias: float
    hold_slope: float
    loss_shock: float
    wish_expand: float
    wish_hold: float
    wish_foment: float
    wish_ground: float
    hurt_half_life: float


@kernel
def choose_target(
    people, violence, forces, attitudes, defence, facts, network, p, stream, force, raid, step, dt
):
    """Return (target, believed chance of success there within a week, believed odds) of an insurgent force.

    Success is to take a place and hold it: with fewer than hold_share of its people, in proportion less.
    Places are drawn by value_exponent * log(people) + log(prize) + log(chance) (logit; Gumbel draws), with a
    picture of each garrison that is off by ``belief_error`` and stays for a month: who fights for a people
    cares for its places and the capital. Where it struck lately it strikes ``again_ratio`` times more
    readily.
    """
    c = p.clash
    most = 0.0
    party = 0.0
    for i in range(forces.present.shape[0]):
        most += forces.power[i, force]
        party += forces.present[i, force]
    most *= p.control.mass_share
    party *= p.control.mass_share
    epoch = int(step * dt) // MONTH
    best = 0.0
    believed = 0.0
    target = NOBODY
    highest = 0.0
    for i in range(violence.holder.shape[0]):
        holder = violence.holder[i]
        if holder < 0 or holder == force or facts.mobile[holder] == 0 or facts.hostility[force, holder] < 1.0:
            continue
        if violence.fighter[i] >= 0 or forces.coming[i, force] > 0 or forces.massed[i, force] <= 1.0:
            continue
        residents = SMALL_TOWN
        for k in range(people.residents.shape[1]):
            residents += people.residents[i, k]
        lately = math.exp2((forces.hit[i, force] - step) * dt / p.posture.again_half_life)
        u = uniform(mix(mix(mix(stream, WHERE), step), force), i)
        value = p.posture.value_exponent * math.log(residents) + math.log(facts.prize[i, force])
        again = math.log(1.0 + (p.posture.again_ratio - 1.0) * lately)
        luck = math.log(-math.log(u))
        if target >= 0 and value + SURE + again - luck < highest:
            continue  # not the best even if it were sure to fall
        error = math.exp(
            p.posture.belief_error * normal_quantile(uniform(mix(mix(mix(stream, BELIEF), epoch), force), i))
        )
        power = min(most, forces.massed[i, force])
        against = 1.0 + defence_against(forces, facts, i, force)
        if defence.against[i] == force:
            against += defence.believed[i]
        odds = power * error / against * violence.ease[i, force]
        hazard = break_hazard(
            odds,
            1,
            trust_in(forces, violence, attitudes, facts, c, i, holder),
            c.surprise,
            envelopment(forces, facts, network, i, holder),
            c,
            p.perception.defence_trust,
        ) + clear_hazard(odds, residents, c, p.perception.defence_trust)
        needed = 1 + garrison_needed(people, facts, p.control, i, force)  # not worth taking if it cannot hold
        chance = (1.0 - math.exp(-hazard * WEEK)) * min(1.0, party / needed)
        wish = chance if raid == 0 else weakness(odds, 1.0)
        score = value + math.log(wish + CHANCE_FLOOR) + again - luck
        if target < 0 or score > highest:
            highest = score
            target = i
            best = chance
            believed = odds
    return target, best, believed


@kernel
def stronghold(forces, force):
    """Return the place where most fighters of a force are."""
    place = 0
    for i in range(forces.present.shape[0]):
        if forces.present[i, force] > forces.present[place, force]:
            place = i
    return place


@kernel
def look_around(people, violence, forces, attitudes, standing, facts, p, force):
    """Return what a force makes of the ground it holds.

    That is: people who sustain it, people, places, log of its strength there over that of who could come
    (town walls counted), share of its fighters there exposed to an attack within a month.
    """
    sustaining = 0.0
    held = 0.0
    places = 0
    ratio = 0.0
    exposed = 0.0
    on_ground = 0
    for i in range(violence.holder.shape[0]):
        if violence.holder[i] != force:
            continue
        there = forces.present[i, force]
        on_ground += there
        will = weakness(violence.odds[i] / p.clash.city_defence, p.posture.attack_caution)
        exposed += there * (1.0 - math.exp(-p.posture.attack_regular * will * MONTH))
        persons = SMALL_TOWN
        for c in range(people.residents.shape[1]):
            persons += people.residents[i, c]
            sustaining += welcome_now(attitudes, standing, facts, i, c, force) * people.residents[i, c]
        held += persons
        places += 1
        ratio -= persons * math.log(max(violence.odds[i], SAFE) / p.clash.city_defence)
    if held > 0.0:
        ratio /= held
    return sustaining, held, places, ratio, exposed / on_ground if on_ground > 0 else 0.0


@kernel
def shaken(forces, force, held, places, weekly):
    """Note the share of its ground, by people or places, that a force lost to others since last week; return
    it.
    """
    fresh = 0.0
    if forces.places_held[force] > 0:
        fresh = max(1.0 - held / forces.people_held[force], 1.0 - places / forces.places_held[force], 0.0)
    forces.people_held[force] = held
    forces.places_held[force] = places
    forces.lost[force] = forces.lost[force] * weekly + fresh
    return fresh


@kernel
def look_again(people, violence, forces, attitudes, standing, facts, p, force):
    """Note what ground a force has left: what it gave up itself it did not lose."""
    _, held, places, _, _ = look_around(people, violence, forces, attitudes, standing, facts, p, force)
    forces.people_held[force] = held
    forces.places_held[force] = places


@kernel
def choose_posture(forces, p, stream, force, fighters, best, believed, ground):
    """Draw the posture of an insurgent force and return it: first whether it stands in the open, then how.

    ground : what ``look_around`` returned; without ground it judges by its best target
    """
    w = p.posture
    sustaining, _, places, ratio, exposed = ground
    lean = forces.bias[force]  # what the leadership wishes
    heeded = 1.0 - min(1.0, forces.lost[force])  # orders and habits are of the ground that was held
    if places == 0:
        ratio = math.log(max(believed, SAFE) / p.clash.city_defence)
    stand = w.stand_bias + w.hold_slope * ratio - w.loss_shock * forces.lost[force]
    # A wish weighs the same in both choices, so that who is to foment trouble leaves the open; so does habit.
    kept = heeded * w.course_inertia if forces.since[force] > NEVER else 0.0
    now = forces.posture[force]
    stand += w.posture_sharpness * (kept if now in (HOLD, EXPAND) else -kept)
    stand += w.posture_sharpness * heeded * (lean[HOLD] + lean[EXPAND] - lean[FOMENT] - lean[GROUND])
    if uniform(mix(mix(stream, CHOOSE), OPEN), force) < 1.0 / (1.0 + math.exp(-stand)):
        sustained = p.recovery.tax_yield * sustaining / p.recovery.fighter_cost
        income = sustained / (sustained + fighters) if fighters > 0 else 0.0
        prefer = w.wish_expand * best - w.wish_hold * income * (1.0 - exposed)
        prefer += heeded * (lean[EXPAND] - lean[HOLD])
        prefer += kept if now == EXPAND else (-kept if now == HOLD else 0.0)
        first, second = EXPAND, HOLD
        if places == 0:
            return EXPAND
    else:
        prefer = w.wish_foment - w.wish_ground * max(min(1.0, forces.hurt[force]), exposed)
        prefer += heeded * (lean[FOMENT] - lean[GROUND])
        prefer += kept if now == FOMENT else (-kept if now == GROUND else 0.0)
        first, second = FOMENT, GROUND
    u = uniform(mix(mix(stream, CHOOSE), HOW), force)
    return first if u < 1.0 / (1.0 + math.exp(-w.posture_sharpness * prefer)) else second


@kernel
def step_posture(
    people,
    violence,
    beliefs,
    log,
    forces,
    attitudes,
    standing,
    defence,
    facts,
    network,
    p,
    stream,
    still,
    step,
    day,
    dt,
    per_day,
):
    """Insurgent forces choose and act once a week; armies and militias strike where they are ready.

    still : a stream that stays the same from step to step, for beliefs that last
    """
    w = p.posture
    keep = w.garrison_keep
    speed = p.control.march_speed
    weekly = math.exp2(-WEEK / w.hurt_half_life)
    refitted = math.exp2(-WEEK / p.clash.refit_half_life)
    for f in range(facts.mobile.shape[0]):
        forces.target[f] = NOBODY
        if facts.mobile[f] == 0 or (step + f * per_day) % (WEEK * per_day) != 0:
            continue
        forces.hurt[f] *= weekly
        forces.nerve[f] **= refitted
        if facts.insurgent[f] == 0:
            continue
        fighters = 0
        for i in range(forces.present.shape[0]):
            fighters += forces.present[i, f]
        if fighters <= 0:
            continue
        raid = 1 if forces.posture[f] == FOMENT else 0
        target, best, believed = choose_target(
            people,
            violence,
            forces,
            attitudes,
            defence,
            facts,
            network,
            p,
            still,
            f,
            raid,
            step,
            dt,
        )
        ground = look_around(people, violence, forces, attitudes, standing, facts, p, f)
        fresh = shaken(forces, f, ground[1], ground[2], weekly)
        posture = forces.posture[f]
        unrest = WEEK / w.course_days + w.loss_shock * fresh  # losses make it think again at once
        first = step < WEEK * per_day or forces.since[f] == NEVER
        if first and forces.since[f] > NEVER:  # it may have thought again since the history last told of it
            unrest -= forces.since[f] * dt / w.course_days
        again = uniform(mix(mix(stream, CHOOSE), RETHINK), f) < 1.0 - math.exp(-unrest)
        if again or forces.since[f] == NEVER:
            posture = choose_posture(forces, p, stream, f, fighters, best, believed, ground)
        if first:  # the course that it is on at the freeze is no news
            if posture != forces.posture[f] or forces.since[f] == NEVER:
                forces.posture[f] = posture
                forces.since[f] = step
            continue
        if posture != forces.posture[f]:
            forces.posture[f] = posture
            forces.since[f] = step
            note(log, day, TURN, stronghold(forces, f), f, NOBODY, CAUSE_HOLD + posture, 0)
            continue  # a new course is acted on from the next week
        if posture == GROUND:
            hide(violence, forces, beliefs, facts, network, p, log, f, step, day)
            look_again(people, violence, forces, attitudes, standing, facts, p, f)
            continue
        if tend_garrisons(people, violence, beliefs, forces, facts, network, p, log, f, step, day, dt):
            look_again(people, violence, forces, attitudes, standing, facts, p, f)
        if target >= 0 and posture != HOLD:
            rate = w.attack_insurgent * (w.raid_rate if raid == 1 else 1.0) * min(1.0, fighters / w.full_size)
            if raid == 0:  # columns that mass under strikes are stopped before they arrive
                rate *= 1.0 - forces.air[f]
            if uniform(mix(stream, STRIKES), f) < 1.0 - math.exp(-rate * WEEK):
                forces.hit[target, f] = step
                share = p.control.mass_share
                if raid == 1:  # a small force sends parties as large as others do, or all it can mass
                    share = min(share, w.raid_party / fighters)
                party = max(1, int(share * fighters))
                plan = TO_RAID if raid == 1 else TO_ATTACK
                gone = gather(
                    violence, forces, facts, network, keep, speed, target, f, party, share, plan, step, dt
                )
                if gone > 0 and forces.arrival[target, f] == 0:  # those who hide there rise by themselves
                    set_off(forces, target, f, 0, 0, 0.0, plan, step + 1)
    for i in range(violence.holder.shape[0]):
        if (step + i * per_day) % (FORTNIGHT * per_day) != 0:
            continue
        holder = violence.holder[i]
        f = violence.challenger[i]
        if (
            holder < 0
            or f < 0
            or facts.insurgent[f] == 1
            or violence.fighter[i] >= 0
            or forces.coming[i, f] > 0
        ):
            continue
        if not planned(forces, w.plan_days, i, step, per_day):
            continue
        will = facts.ready[i, f] * weakness(violence.odds[i] / p.clash.city_defence, w.attack_caution)
        will *= forces.nerve[f]
        u = uniform(mix(stream, READY), i)
        if u < 1.0 - math.exp(-w.attack_regular * will * FORTNIGHT) and (
            forces.target[f] < 0 or u < forces.best[f]
        ):
            forces.target[f] = i
            forces.best[f] = u
    for f in range(facts.mobile.shape[0]):
        target = forces.target[f]
        if target >= 0:
            gather(
                violence,
                forces,
                facts,
                network,
                keep,
                speed,
                target,
                f,
                0,
                p.control.mass_share,
                TO_ATTACK,
                step,
                dt,
            )


@kernel
def hide(violence, forces, beliefs, facts, network, p, log, force, step, day):
    """Give up held places that the enemy could take; those who held them stay in hiding."""
    for i in range(violence.holder.shape[0]):
        if violence.holder[i] != force or violence.fighter[i] >= 0:
            continue
        if violence.odds[i] > p.clash.city_defence:
            give_up(violence, forces, beliefs, network, i, step)
            note(log, day, WITHDRAWAL, i, force, NOBODY, CAUSE_EXPOSED, 0)
