"""Violence and control: a simple stand-in until posture, clash and control have their own processes.

Rule (docs/model/violence.md). Once a fortnight each place learns which hostile force within reach has the
best odds against it: strength within reach (halving every ``reach`` km, of which ``mass_share`` can be
massed) over the present and willing defenders, made harder where the attacker is feared by the people and
easier where it spares them. Attacks start with a daily hazard that rises with the odds, odds^k / (1 +
odds^k); a fight has a constant intensity and ends by a fall or by being repelled, each with a daily hazard. A
fallen garrison scatters in part and retreats; the attacker moves in. Places that nobody holds are filled by
the nearest rival. It knows no cohesion under stress, no contagion, no choice of posture: that is the next
issue's work, and no result about who breaks should be read off it. Writes ``Violence``, raises alarms, writes
events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.events import (
    ANNOUNCED,
    ATTACK,
    CAUSE_SCENARIO,
    CAUSE_VACUUM,
    CAUSE_WEAKNESS,
    FALL,
    REPELLED,
    TAKEOVER,
    WITHDRAWAL,
)
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.processes.perception import raise_alarm, relieve, weakness
from afternext.world.state import NOBODY, note
from afternext.world.streams import binomial, mix, uniform

FIGHTING = 0  # kinds of incidents, as in realise.KINDS
CAPTURE = 1
ANNOUNCEMENT = 2
RETREAT = 3

START = 0  # names of the draws inside this process's stream
STRENGTH = 1
FALLS = 2
ENDS = 3
SCATTER = 4
LOSSES = 16  # plus the number of the side
FILL = 5
DAYS_PER_YEAR = 365.25  # days
NEARBY_KM = 150.0  # of a place that changed hands, people renew their picture of where they can go
FORTNIGHT = 14  # days between two looks at who could be attacked


class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    reach: float
    mass_share: float
    attack_caution: float
    garrison_share: float
    attack_insurgent: float
    attack_regular: float
    fight_days: float
    fall_rate: float
    odds_exponent: float
    sympathy_exponent: float
    intensity_low: float
    intensity_high: float
    loss_share: float
    rout_share: float
    vacuum_days: float
    ruin_rate: float
    repair_rate: float


@kernel
def weigh_ground(violence, facts, network, p):
    """Weigh neighbours by distance, 2^(-km / reach), and places by how a force treats their people.

    ease[i, f] = exp(-sympathy_exponent * mean over residents of log level[f, c]): above 1 where the force
    spares them.
    """
    for n in range(network.near_km.shape[0]):
        violence.reach[n] = math.exp2(-network.near_km[n] / p.reach)
    for i in range(violence.holder.shape[0]):
        for f in range(facts.level.shape[0]):
            total = 0.0
            for c in range(facts.share.shape[1]):
                if facts.share[i, c] > 0.0:
                    total += facts.share[i, c] * math.log(facts.level[f, c])
            violence.ease[i, f] = math.exp(-p.sympathy_exponent * total)


@kernel
def weigh_odds(violence, facts, network, p, q, place, step, dt):
    """Find the hostile force with the best odds against the holder of a place (0 where there is none).

    A standing threat comes from it as far as it has attacked lately, here or elsewhere.

    q : parameters of perception: what the odds mean for the threat that people believe in
    """
    holder = violence.holder[place]
    best = 0.0
    challenger = NOBODY
    forces = violence.strength.shape[1]
    defence = 1.0
    violence.front[place] = 0.0
    # A state outside the crisis is not conquered by the stand-in.
    if holder >= 0 and facts.mobile[holder] == 0:
        violence.odds[place] = 0.0
        violence.challenger[place] = NOBODY
        return
    if holder >= 0:
        defence += violence.strength[place, holder] * facts.fighting[holder]
    for f in range(forces):
        if facts.mobile[f] == 0 or f == holder:
            continue
        if holder >= 0 and facts.hostility[f, holder] < 1.0:
            continue
        weight = violence.strength[place, f] * facts.fighting[f]
        for n in range(network.near_start[place], network.near_start[place + 1]):
            weight += violence.reach[n] * violence.strength[network.near_to[n], f] * facts.fighting[f]
        if weight <= 0.0:
            continue
        odds = p.mass_share * weight / defence * violence.ease[place, f]
        if odds > best:
            best = odds
            challenger = f
    violence.odds[place] = best
    violence.challenger[place] = challenger
    if challenger >= 0:
        idle = (step - violence.struck[challenger]) * dt
        violence.front[place] = (
            q.front_threat * weakness(best, q.defence_trust) * math.exp2(-idle / q.fear_half_life)
        )


@kernel_with_wrapper
def set_odds(violence, facts, network, p, q):
    """Weigh ground and odds everywhere, at the start of a future."""
    weigh_ground(violence, facts, network, p)
    for i in range(violence.holder.shape[0]):
        weigh_odds(violence, facts, network, p, q, i, 0, 1.0)


@kernel
def move_force(violence, network, place, force, share):
    """Bring ``share`` of a force's nearest garrison to a place it has just taken; conserves strength."""
    if violence.strength[place, force] > 0:
        return
    for n in range(network.near_start[place], network.near_start[place + 1]):
        source = network.near_to[n]
        available = violence.strength[source, force]
        if available > 0 and violence.holder[source] == force:
            moved = max(1, int(share * available))
            violence.strength[source, force] -= moved
            violence.strength[place, force] += moved
            return


@kernel
def retreat(violence, network, place, force, rout_share, u):
    """A garrison leaves a place: some scatter, the rest go to the nearest place of their own, else all
    scatter.
    """
    strength = violence.strength[place, force]
    if strength <= 0:
        return
    scattered = binomial(strength, rout_share, u)
    violence.strength[place, force] = 0
    for n in range(network.near_start[place], network.near_start[place + 1]):
        refuge = network.near_to[n]
        if violence.holder[refuge] == force:
            violence.strength[refuge, force] += strength - scattered
            violence.scattered[force] += scattered
            return
    violence.scattered[force] += strength


@kernel
def front_moves(violence, network, place, step):
    """Note that a front moved here: within ``NEARBY_KM`` people think again where they can go."""
    violence.moved[place] = step
    for n in range(network.near_start[place], network.near_start[place + 1]):
        if network.near_km[n] > NEARBY_KM:
            break
        violence.moved[network.near_to[n]] = step


@kernel
def capture(violence, beliefs, facts, network, p, q, log, place, force, cause, stream, step, day, dt):
    """A force takes a place: the old garrison goes, the new one comes, and the news spreads.

    q : parameters of perception (how the alarm travels)
    """
    loser = violence.holder[place]
    violence.holder[place] = force
    violence.fighter[place] = NOBODY
    violence.intensity[place] = 0.0
    violence.until[place] = step
    violence.struck[force] = step
    front_moves(violence, network, place, step)
    if loser >= 0:
        retreat(violence, network, place, loser, p.rout_share, uniform(mix(stream, SCATTER), place))
    move_force(violence, network, place, force, p.garrison_share)
    relieve(beliefs, network, q, place, force, loser)
    enmity = facts.hostility[force, loser] if loser >= 0 else 0.0
    if enmity > 0.0:
        raise_alarm(
            beliefs,
            violence,
            facts,
            network,
            q,
            place,
            force,
            q.alarm_fallen * enmity,
            q.alarm_capture * enmity,
            step,
            dt,
        )
    beliefs.awake[place] = 1
    note(log, day, FALL if loser >= 0 else TAKEOVER, place, force, loser, cause, 0)
    weigh_odds(violence, facts, network, p, q, place, step, dt)
    violence.front[place] = 0.0  # a beaten enemy is not feared at once: until the next look


@kernel
def begin_fight(violence, beliefs, facts, network, p, q, log, place, force, intensity, cause, step, day, dt):
    """An attack starts at a place."""
    violence.fighter[place] = force
    violence.intensity[place] = intensity
    violence.struck[force] = step
    raise_alarm(beliefs, violence, facts, network, q, place, force, q.alarm_attack, q.alarm_attack, step, dt)
    note(log, day, ATTACK, place, force, violence.holder[place], cause, 0)


@kernel
def step_incidents(violence, beliefs, facts, network, p, q, log, stream, step, day, dt, per_day):
    """Let the what-if incidents of the scenario happen on their day."""
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
                beliefs,
                facts,
                network,
                p,
                q,
                log,
                place,
                force,
                facts.incident_intensity[k],
                CAUSE_SCENARIO,
                step,
                day,
                dt,
            )
            violence.until[place] = step + facts.incident_steps[k]
        elif kind == CAPTURE:
            if violence.holder[place] != force:
                capture(
                    violence,
                    beliefs,
                    facts,
                    network,
                    p,
                    q,
                    log,
                    place,
                    force,
                    CAUSE_SCENARIO,
                    stream,
                    step,
                    day,
                    dt,
                )
        elif violence.holder[place] == force:
            violence.holder[place] = NOBODY
            front_moves(violence, network, place, step)
            retreat(violence, network, place, force, 0.0, uniform(mix(stream, SCATTER), place))
            beliefs.awake[place] = 1
            note(log, day, WITHDRAWAL, place, force, NOBODY, CAUSE_SCENARIO, 0)


@kernel
def step_violence(violence, beliefs, facts, network, p, q, log, stream, step, day, dt, per_day):
    """Attacks start, fights go on, end or take the place.

    violence : see state.py; conserves strength + scattered + killed
    """
    places = violence.holder.shape[0]
    for i in range(places):
        if (step + i * per_day) % (FORTNIGHT * per_day) == 0:
            weigh_odds(violence, facts, network, p, q, i, step, dt)
            if violence.ruin[i] > 0.0:
                violence.ruin[i] *= math.exp(-p.repair_rate * FORTNIGHT / DAYS_PER_YEAR)
        fighter = violence.fighter[i]
        holder = violence.holder[i]
        if fighter >= 0:
            intensity = violence.intensity[i]
            violence.ruin[i] += (1.0 - violence.ruin[i]) * (1.0 - math.exp(-p.ruin_rate * intensity * dt))
            loss = 1.0 - math.exp(-p.loss_share * intensity * dt)
            for side in (fighter, holder):
                if side >= 0:
                    lost = binomial(violence.strength[i, side], loss, uniform(mix(stream, LOSSES + side), i))
                    violence.strength[i, side] -= lost
                    violence.killed[side] += lost
            if step < violence.until[i]:
                continue
            falls = (
                p.fall_rate * violence.odds[i] ** p.odds_exponent
                if violence.challenger[i] == fighter
                else 0.0
            )
            if uniform(mix(stream, FALLS), i) < 1.0 - math.exp(-falls * dt):
                capture(
                    violence,
                    beliefs,
                    facts,
                    network,
                    p,
                    q,
                    log,
                    i,
                    fighter,
                    CAUSE_WEAKNESS,
                    stream,
                    step,
                    day,
                    dt,
                )
            elif uniform(mix(stream, ENDS), i) < 1.0 - math.exp(-dt / p.fight_days):
                violence.fighter[i] = NOBODY
                violence.intensity[i] = 0.0
                relieve(beliefs, network, q, i, fighter, holder)
                note(log, day, REPELLED, i, fighter, holder, CAUSE_WEAKNESS if falls <= 0.0 else 0, 0)
        elif violence.challenger[i] >= 0:
            challenger = violence.challenger[i]
            if holder < 0:
                if uniform(mix(stream, FILL), i) < 1.0 - math.exp(-dt / p.vacuum_days):
                    capture(
                        violence,
                        beliefs,
                        facts,
                        network,
                        p,
                        q,
                        log,
                        i,
                        challenger,
                        CAUSE_VACUUM,
                        stream,
                        step,
                        day,
                        dt,
                    )
                continue
            base = p.attack_insurgent if facts.insurgent[challenger] == 1 else p.attack_regular
            will = weakness(violence.odds[i], p.attack_caution)
            if uniform(mix(stream, START), i) < 1.0 - math.exp(-base * will * dt):
                u = uniform(mix(stream, STRENGTH), i)
                intensity = p.intensity_low + u * (p.intensity_high - p.intensity_low)
                begin_fight(
                    violence,
                    beliefs,
                    facts,
                    network,
                    p,
                    q,
                    log,
                    i,
                    challenger,
                    intensity,
                    CAUSE_WEAKNESS,
                    step,
                    day,
                    dt,
                )
