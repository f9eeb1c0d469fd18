"""Posture: an insurgent holds, expands, foments trouble or goes to ground; armies strike back when they are
ready.

Rule (docs/model/posture.md). Once a week each insurgent force weighs four postures by what it believes
(logit):

    expand   chance to take the place it would strike at      hold     people held that sustain it
    foment   trouble costs little anywhere                    ground   losses of men and ground, exposure

and acts on it: who expands gathers a share of all its fighters from several places and strikes where people
are many, the garrison is believed weak and the people do not fear it; who foments sends small parties that
hit and leave; who goes to ground gives up what it cannot keep and hides. An army or militia starts an attack
at a hazard that rises with the odds, no sooner than ``plan_days`` after a place changed hands. Columns take
days on the road. Writes ``Violence`` (fights begun), ``Forces``, raises alarms, writes events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.events import (
    CAUSE_EXPOSED,
    CAUSE_HOLD,
    TURN,
    WITHDRAWAL,
)
from afternext.world.forces import ATTACK as TO_ATTACK
from afternext.world.forces import EXPAND, FOMENT, GROUND, HOLD, POSTURES, set_off
from afternext.world.forces import RAID as TO_RAID
from afternext.world.kernel import kernel
from afternext.world.processes.clash import break_hazard, clear_hazard, trust_in
from afternext.world.processes.columns import gather
from afternext.world.processes.control import (
    FORTNIGHT,
    defence_against,
    envelopment,
    give_up,
)
from afternext.world.processes.perception import weakness
from afternext.world.processes.ranks import welcome_now
from afternext.world.state import NOBODY, WEEK, note
from afternext.world.streams import mix, normal_quantile, uniform

CHOOSE = 0  # names of the draws inside this process's stream
STRIKES = 1
WHERE = 2
BELIEF = 3
READY = 5  # where READY and those above are of the stream of posture
MONTH = 28  # days for which a force's picture of a garrison stays the same
CHANCE_FLOOR = 1e-6  # no target is ruled out
SMALL_TOWN = 1000.0  # persons: small places do not differ in value


class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    initiative: float
    attack_insurgent: float
    attack_regular: float
    attack_caution: float
    raid_rate: float
    raid_share: float
    garrison_keep: float
    plan_days: float
    belief_error: float
    value_exponent: float
    posture_sharpness: float
    posture_inertia: float
    wish_expand: float
    wish_hold: float
    wish_foment: float
    wish_ground: float
    hurt_half_life: float


@kernel
def choose_target(
    people, violence, forces, attitudes, defence, facts, network, p, stream, force, raid, step, dt
):
    """Return (target, believed chance of success there within a week) of an insurgent force.

    Places are drawn by value_exponent * log(people) + log(chance) (logit; Gumbel draws), with a picture of
    each garrison that is off by ``belief_error`` and stays for a month.
    """
    c = p.clash
    most = 0.0
    for i in range(forces.present.shape[0]):
        most += forces.power[i, force]
    most *= p.control.mass_share
    epoch = int(step * dt) // MONTH
    best = 0.0
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
        chance = 1.0 - math.exp(-hazard * WEEK)
        wish = chance if raid == 0 else weakness(odds, 1.0)
        u = uniform(mix(mix(mix(stream, WHERE), step), force), i)
        score = (
            p.posture.value_exponent * math.log(residents)
            + math.log(wish + CHANCE_FLOOR)
            - math.log(-math.log(u))
        )
        if target < 0 or score > highest:
            highest = score
            target = i
            best = chance
    return target, best


@kernel
def stronghold(forces, force):
    """Return the place where most fighters of a force are."""
    place = 0
    for i in range(forces.present.shape[0]):
        if forces.present[i, force] > forces.present[place, force]:
            place = i
    return place


@kernel
def choose_posture(people, violence, forces, attitudes, standing, facts, p, stream, force, best):
    """Draw the posture of an insurgent force and return it."""
    held = 0.0
    exposed = 0.0
    fighters = 0
    on_ground = 0
    for i in range(violence.holder.shape[0]):
        there = forces.present[i, force]
        fighters += there
        if violence.holder[i] == force:
            on_ground += there
            will = weakness(violence.odds[i] / p.clash.city_defence, p.posture.attack_caution)
            exposed += there * (1.0 - math.exp(-p.posture.attack_regular * will * MONTH))
            for c in range(people.residents.shape[1]):
                held += welcome_now(attitudes, standing, facts, i, c, force) * people.residents[i, c]
    exposed = exposed / on_ground if on_ground > 0 else 0.0
    sustained = p.recovery.fighters_per_head * held
    income = sustained / (sustained + fighters) if fighters > 0 else 0.0
    hurt = min(1.0, forces.hurt[force])
    w = p.posture
    highest = 0.0
    chosen = HOLD
    for k in range(POSTURES):
        wish = w.wish_foment
        if k == HOLD:
            wish = w.wish_hold * income * (1.0 - exposed)
        elif k == EXPAND:
            wish = w.wish_expand * best
        elif k == GROUND:
            wish = w.wish_ground * max(hurt, exposed)
        wish += forces.bias[force, k]
        if k == forces.posture[force]:
            wish += w.posture_inertia
        u = uniform(mix(mix(stream, CHOOSE), k), force)
        score = w.posture_sharpness * wish - math.log(-math.log(u))
        if k == 0 or score > highest:
            highest = score
            chosen = k
    return chosen


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
    for f in range(facts.mobile.shape[0]):
        forces.target[f] = NOBODY
        if facts.mobile[f] == 0 or (step + f * per_day) % (WEEK * per_day) != 0:
            continue
        forces.hurt[f] *= weekly
        if facts.insurgent[f] == 0:
            continue
        fighters = 0
        for i in range(forces.present.shape[0]):
            fighters += forces.present[i, f]
        if fighters <= 0:
            continue
        raid = 1 if forces.posture[f] == FOMENT else 0
        target, best = choose_target(
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
        posture = choose_posture(people, violence, forces, attitudes, standing, facts, p, stream, f, best)
        if posture != forces.posture[f]:
            forces.posture[f] = posture
            forces.since[f] = step
            note(log, day, TURN, stronghold(forces, f), f, NOBODY, CAUSE_HOLD + posture, 0)
            continue  # a new course is acted on from the next week
        if posture == GROUND:
            hide(violence, forces, beliefs, facts, network, p, log, f, step, day)
        elif target >= 0 and posture != HOLD:
            rate = w.attack_insurgent * (w.raid_rate if raid == 1 else 1.0)
            if uniform(mix(stream, STRIKES), f) < 1.0 - math.exp(-rate * WEEK):
                share = w.raid_share if raid == 1 else p.control.mass_share
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
        if step - forces.taken[i] < w.plan_days * per_day and forces.taken[i] > 0:
            continue
        will = weakness(violence.odds[i] / p.clash.city_defence, w.attack_caution)
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
