"""Clash: where hostile forces meet they lose men, and a garrison breaks when it expects to and no longer
trusts.

Rule (docs/model/clash.md). Losses follow the type of fight and a weak power of the ratio of strength. A
garrison breaks at a daily hazard

    break_rate * (W(odds / city_defence) + panic * W(panic_weight * odds)) * exp(-trust_exponent * trust)

with W(x) = x^k / (1 + x^k): expectation times mistrust. Odds are the attackers over the defenders, worse with
every road that the enemy holds; panic comes with surprise and spreads over roads and command when others
break; trust is cohesion, times the comrades who are there, times trust in leaders, less the grudge of the
people around. Losses enter through the odds alone. Panic fades within days, so that cascades end. Who breaks
deserts in part, retreats in part and leaves its arms. A willing garrison is cleared out slowly, by size of
the town. Attackers who give up go, or stay around the place (siege.py). Writes ``Violence``, ``Forces``,
``People``, raises alarms, writes events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.events import (
    BROKEN,
    CAUSE_ASSAULT,
    CAUSE_COLLAPSE,
    CAUSE_FELL,
    CAUSE_LOCALS,
    CAUSE_PANIC,
    CAUSE_RAN,
    CAUSE_SIEGE,
    CAUSE_SORTIE,
    CAUSE_SPENT,
    CAUSE_TIRED,
    CAUSE_VACUUM,
    REPELLED,
)
from afternext.world.forces import NEVER, kill
from afternext.world.kernel import kernel
from afternext.world.processes.control import (
    can_hold,
    defence_against,
    envelopment,
    fight_changed,
    give_up,
    take,
    weigh_power,
)
from afternext.world.processes.perception import relieve, weakness
from afternext.world.processes.rout import go_home, leave_town, spread_panic, tell_losses
from afternext.world.processes.siege import end_siege, lay_siege, starve, tell_sieges
from afternext.world.state import NOBODY, note
from afternext.world.streams import binomial, mix, uniform

BREAKS = 0  # names of the draws inside this process's stream
CLEARS = 1
ENDS = 2
STAYS = 7  # those of rout.py lie between
LOSSES = 16  # plus the number of the side
FILLED = 1  # how a day ends for a place
BROKE = 2
CLEARED = 3
ENDED = 4
SMALL_TOWN = 1000.0  # persons: no place is cleared as if nobody lived there
FASTEST = 16.0  # ratio of strength beyond which losses change no more


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    intensity_low: float
    intensity_high: float
    loss_share: float
    loss_exponent: float
    odds_exponent: float
    exposed_loss: float
    ruin_rate: float
    break_rate: float
    trust_exponent: float
    absence_weight: float
    grudge_weight: float
    envelopment_weight: float
    panic_weight: float
    surprise: float
    panic_half_life: float
    panic_rest: float
    contagion: float
    contagion_reach: float
    contagion_other: float
    lead_shock: float
    lead_half_life: float
    city_defence: float
    clear_rate: float
    fight_days: float
    siege_days: float
    siege_pressure: float
    siege_wear: float
    raid_days: float
    raid_fear: float
    rout_share: float
    shaken: float
    refit_half_life: float
    materiel_left: float


@kernel
def townsmen(defence, place, attacker):
    """What local men add to the defence of a place against an attacker they armed against."""
    return defence.worth[place] if defence.against[place] == attacker else 0.0


@kernel
def trust_in(forces, violence, attitudes, facts, p, place, holder):
    """How far a garrison trusts that others will stay: cohesion, comrades, leaders, people around, 0-1."""
    paper = violence.strength[place, holder]
    there = forces.present[place, holder] / paper if paper > 0 else 1.0
    trust = forces.cohesion[place, holder] * forces.lead[place]
    if there < 1.0:
        trust *= there**p.absence_weight
    content = (1.0 - facts.grudge[place, holder]) * min(1.0, attitudes.warmth[place, holder])
    return trust * (1.0 - p.grudge_weight * (1.0 - content))


@kernel
def break_hazard(odds, attacked, trust, panic, enveloped, p, defence_trust):
    """Daily hazard that a garrison breaks.

    odds : attackers over defenders, ease included, before what the garrison makes of them
    attacked : 1 under attack; 0 where only panic tells of an enemy who could come
    """
    odds *= 1.0 + p.envelopment_weight * enveloped
    expected = 0.0
    if attacked == 1:
        expected = weakness(odds / p.city_defence, defence_trust)
    if panic > 0.0:
        expected += panic * weakness(
            p.panic_weight * odds, p.odds_exponent if attacked == 1 else defence_trust
        )
    return p.break_rate * expected * math.exp(-p.trust_exponent * trust)


@kernel
def clear_hazard(odds, residents, p, defence_trust):
    """Daily hazard that a garrison is beaten out of a town: slower where more people live."""
    return p.clear_rate / (residents + SMALL_TOWN) * weakness(odds / p.city_defence, defence_trust)


@kernel
def loss_rate(forces, facts, p, place, side, enemy_power, defends):
    """Daily losses of one side of a fight at full intensity, share."""
    own = forces.power[place, side]
    if own <= 0.0:
        return 0.0
    ratio = min(FASTEST, max(1.0 / FASTEST, enemy_power / own))
    rate = p.loss_share * ratio**p.loss_exponent
    if defends == 1 and facts.insurgent[side] == 1:
        rate *= p.exposed_loss  # holding ground where one can be seen, against heavy arms
    return rate


@kernel
def suffer(violence, forces, defence, facts, p, place, fighter, now):
    """Both sides lose fighters and materiel, houses are destroyed."""
    intensity = violence.intensity[place]
    ruined = 1.0 - math.exp(-p.ruin_rate * intensity * now.dt)
    violence.ruin[place] += (1.0 - violence.ruin[place]) * ruined
    attackers = forces.power[place, fighter]
    defenders = defence_against(forces, facts, place, fighter) + townsmen(defence, place, fighter)
    for g in range(forces.present.shape[1]):
        there = forces.present[place, g]
        if there <= 0 or not (g == fighter or facts.hostility[fighter, g] >= 1.0):
            continue
        enemy = defenders if g == fighter else attackers
        rate = loss_rate(forces, facts, p, place, g, enemy, 0 if g == fighter else 1)
        chance = 1.0 - math.exp(-rate * intensity * now.dt)
        u = uniform(mix(now.stream, LOSSES + g), place)
        dead = binomial(there, chance, u)
        wrecked = binomial(forces.materiel[place, g], chance, u)
        kill(forces, violence, place, g, dead, wrecked)
        if forces.start[g] > 0:
            forces.hurt[g] += dead / forces.start[g]


@kernel
def give_up_chance(violence, forces, p, place, odds, residents, defence_trust, now):
    """Chance that attackers give up in this step: raids do at the end of a day, a siege goes on until they
    tire or a stronger garrison throws them back.
    """
    if forces.raid[place] == 1:
        # A raid is about as long as a day: by whole days its lengths are the same at every step.
        ended = (now.step + 1 - violence.until[place]) % now.per_day == 0
        return 1.0 / p.raid_days if ended else 0.0
    # Every fight lasts a step at least: dt * rate gives the mean, 1 - exp(-dt * rate) does not.
    if forces.siege[place] == 0:
        return now.dt / p.fight_days
    thrown_back = 0.0
    if odds > 0.0:
        thrown_back = p.siege_pressure * clear_hazard(1.0 / odds, residents, p, defence_trust)
    return now.dt * (1.0 / p.siege_days + thrown_back)


@kernel
def judge(people, violence, forces, attitudes, defence, facts, network, p, fade, place, now):
    """Return how the step ends for a place; reads yesterday's neighbours.

    The hazard of a garrison under attack is that of facing the attackers, in a siege for the share of days on
    which it is pressed; besiegers clear nothing unless they storm; without an attack it faces what could
    come, and only panic can break it.

    fade : panic over the step, relative to its start
    """
    c = p.clash
    trusting = p.perception.defence_trust
    fighter = violence.fighter[place]
    holder = violence.holder[place]
    if fighter >= 0 and now.step < violence.until[place]:
        return 0
    odds = violence.odds[place]
    residents = 0
    if fighter >= 0:
        against = 1.0 + defence_against(forces, facts, place, fighter)
        against += townsmen(defence, place, fighter)
        odds = forces.power[place, fighter] / against * violence.ease[place, fighter]
        for k in range(people.residents.shape[1]):
            residents += people.residents[place, k]
    pressed = c.siege_pressure if forces.siege[place] == 1 else 1.0
    opposed = fighter < 0 or (holder >= 0 and facts.hostility[fighter, holder] >= 1.0)
    if holder >= 0 and facts.mobile[holder] == 1 and opposed:
        panic = fade * forces.panic[place]
        if fighter >= 0 or panic > 0.0:
            attacked = 1 if fighter >= 0 else 0
            trust = trust_in(forces, violence, attitudes, facts, c, place, holder)
            around = envelopment(forces, facts, network, place, holder)
            hazard = pressed * break_hazard(odds, attacked, trust, panic, around, c, trusting)
            if uniform(mix(now.stream, BREAKS), place) < 1.0 - math.exp(-hazard * now.dt):
                return BROKE
        if fighter >= 0 and forces.raid[place] == 0 and forces.siege[place] == 0:
            hazard = clear_hazard(odds, residents, c, trusting)
            if uniform(mix(now.stream, CLEARS), place) < 1.0 - math.exp(-hazard * now.dt):
                return CLEARED
    if fighter >= 0:
        gives_up = give_up_chance(violence, forces, c, place, odds, residents, trusting, now)
        if forces.present[place, fighter] <= 0 or uniform(mix(now.stream, ENDS), place) < gives_up:
            return ENDED
    return 0


@kernel
def step_clash(state, facts, network, p, now):
    """Fights go on; garrisons break, are beaten or hold; vacuums that were marked are filled.

    Two passes: first every place is judged by what was yesterday, then what was judged happens.
    """
    violence, forces = state.violence, state.forces
    c = p.clash
    free = p.posture.initiative > 0.0
    half_lives = now.dt / c.panic_half_life
    fade = (1.0 - math.exp2(-half_lives)) / (half_lives * math.log(2.0))
    if now.step == 0 and free:
        tell_sieges(state, now.day)
    for i in range(violence.holder.shape[0]):
        fighter = violence.fighter[i]
        if fighter >= 0:
            if forces.siege[i] == 1:
                starve(violence, forces, facts, network, c, i, now)
            suffer(violence, forces, state.defence, facts, c, i, fighter, now)
            weigh_power(forces, facts, p.control, i)
            forces.fought[fighter] = now.step
            if not free:
                forces.outcome[i] = ENDED if now.step >= violence.until[i] else 0
        if free and (fighter >= 0 or forces.panic[i] > 0.0) and violence.holder[i] == forces.before[i]:
            forces.outcome[i] = judge(
                state.people,
                violence,
                forces,
                state.attitudes,
                state.defence,
                facts,
                network,
                p,
                fade,
                i,
                now,
            )
    for i in range(violence.holder.shape[0]):
        outcome = forces.outcome[i]
        forces.outcome[i] = 0
        if outcome == ENDED:
            end_fight(state, facts, network, p, i, now)
        elif outcome == FILLED:
            if can_hold(forces, state.people, facts, p.control, i, violence.challenger[i]):
                take(state, facts, network, p, i, violence.challenger[i], CAUSE_VACUUM, now)
        elif outcome != 0:
            lose_town(state, facts, network, p, i, outcome == BROKE, now)


@kernel
def end_fight(state, facts, network, p, place, now):
    """Attackers give up: they settle down to a siege where they have roads, or go."""
    violence, forces = state.violence, state.forces
    fighter = violence.fighter[place]
    holder = violence.holder[place]
    gone = forces.present[place, fighter] <= 0
    assault = forces.raid[place] == 0 and forces.siege[place] == 0
    if assault and not gone and holder >= 0 and p.posture.initiative > 0.0:
        around = envelopment(forces, facts, network, place, holder)
        if uniform(mix(now.stream, STAYS), place) < around:
            lay_siege(state, network, p.clash, place, now)
            return
    garrison = defence_against(forces, facts, place, fighter)
    cause = CAUSE_TIRED
    if gone:
        cause = CAUSE_SPENT
    elif townsmen(state.defence, place, fighter) > garrison:
        cause = CAUSE_LOCALS
    elif garrison > p.clash.city_defence * forces.power[place, fighter]:
        cause = CAUSE_SORTIE
    if forces.besieged[place] != NEVER:
        end_siege(state, place, holder, cause, now)
    elif forces.raid[place] == 0:  # that raiders leave goes without saying
        note(state.log, now.day, REPELLED, place, fighter, holder, cause, 0)
    violence.fighter[place] = NOBODY
    violence.intensity[place] = 0.0
    fight_changed(forces, network, place)
    relieve(state.beliefs, network, p.perception, place, fighter, holder)
    forces.panic[place] *= 1.0 - p.perception.relief  # they saw the attackers go
    forces.raid[place] = 0
    go_home(state, network, p, place, fighter, now)


@kernel
def lose_town(state, facts, network, p, place, broke, now):
    """The garrison of a place breaks or is beaten; who attacked it takes the place if they are enough."""
    violence, forces = state.violence, state.forces
    c = p.clash
    fighter = violence.fighter[place]
    holder = violence.holder[place]
    cause = CAUSE_ASSAULT
    if broke:
        cause = CAUSE_COLLAPSE if fighter >= 0 else CAUSE_PANIC
    if forces.siege[place] == 1:
        cause = CAUSE_SIEGE
    enemy = fighter if fighter >= 0 else violence.challenger[place]
    lost = forces.present[place, holder]
    raided = fighter >= 0 and forces.raid[place] == 1  # who hits and leaves holds nothing
    holds = fighter >= 0 and not raided and can_hold(forces, state.people, facts, p.control, place, fighter)
    end_siege(state, place, holder, CAUSE_FELL, now)
    left = c.materiel_left if broke else c.materiel_left * c.rout_share
    gone, behind, fled = leave_town(state, facts, network, p, place, fighter, c.rout_share, left, now)
    if broke:
        if facts.insurgent[holder] == 0:
            forces.nerve[holder] *= math.exp(-c.trust_exponent * lost / max(1, forces.start[holder]))
        spread_panic(forces, facts, network, c, p.perception, place, holder, enemy, lost, now.step, now.dt)
        note(state.log, now.day, BROKEN, place, enemy, holder, cause, gone)
        cause = CAUSE_RAN
        fled = 0  # the sentence of the break has said it
    tell_losses(state.log, place, fighter, holder, behind, fled, now.day)
    if holds:
        take(state, facts, network, p, place, fighter, cause, now)
    else:
        give_up(violence, forces, state.beliefs, network, place, now.step)
    if raided:
        go_home(state, network, p, place, fighter, now)
    if holder >= 0:
        forces.hurt[holder] += 1.0 / max(1, facts.ground[holder])
