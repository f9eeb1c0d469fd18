"""Control: who can reach what, who holds a place, and who fills one that nobody holds.

Rule (docs/model/control.md). Once a fortnight, and after every change near by, each place learns which
hostile force within reach has the best odds against it: the power it could bring (present fighters times
cohesion times arms, halving every ``reach`` km, of which ``mass_share`` can be massed, as far as it is
``ready`` to fight there) over that of the defenders, made harder where the attacker is feared by the people.
People see less: who is on paper, taken for as good as its reputation until it is stormed here or next door or
has run (``defence_seen``).
A place that nobody holds is filled from the nearest garrison of the best-placed force, with a delay; who is
too weak for the number of people does not hold. Writes ``Violence`` (holder, odds, front), ``Forces``, raises
alarms, writes events. All places decide on what others were yesterday.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.events import FALL, TAKEOVER
from afternext.world.forces import GROUND, MARCH, NEVER, leave, set_off
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.processes.perception import raise_alarm, relieve, weakness
from afternext.world.state import NOBODY, note
from afternext.world.streams import mix, uniform

FILL = 0  # name of the draw inside this process's stream
NEARBY_KM = 150.0  # of a place that changed hands, people renew their picture of where they can go
FORTNIGHT = 14  # days between two looks at who could be attacked
ORDINARY = 1.0  # level of a force that neither spares nor seeks a community: the unit of the scale
AGAIN = 1  # values of `look`
BEATEN = 2


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    reach: float
    mass_share: float
    arms_effect: float
    arms_full: float
    sympathy_exponent: float
    garrison_share: float
    hold_share: float
    hold_hunted: float
    march_speed: float
    vacuum_days: float
    handback_days: float
    ready_days: float
    offensive_rate: float
    offensive_share: float
    relief_ratio: float
    large_town: float


@kernel
def weigh_power(forces, facts, p, place):
    """Weigh every garrison at a place: present * cohesion * (1 + arms_effect * how well it is armed).

    Strikes from the air take a share of the power of a force that shows itself.
    """
    for f in range(forces.present.shape[1]):
        fighters = forces.present[place, f]
        if fighters <= 0:
            forces.power[place, f] = 0.0
            continue
        armed = min(1.0, forces.materiel[place, f] / (p.arms_full * fighters))
        power = fighters * forces.cohesion[place, f] * (1.0 + p.arms_effect * armed)
        forces.power[place, f] = power * (1.0 - forces.air[f])


@kernel
def list_posts(forces):
    """List the places where each force has power."""
    for f in range(forces.power.shape[1]):
        forces.post_count[f] = 0
    for i in range(forces.power.shape[0]):
        for f in range(forces.power.shape[1]):
            if forces.power[i, f] > 0.0:
                forces.posts[f, forces.post_count[f]] = i
                forces.post_count[f] += 1


@kernel
def weigh_ground(violence, forces, facts, network, p):
    """Weigh neighbours by distance, 2^(-km / reach), and places by how a force treats their people.

    ease[i, f] = exp(-sympathy_exponent * mean over residents of log level[f, c]): above 1 where the force
    spares them. What people have come to think of it since moves that (``warm_ground``).
    """
    for i in range(violence.holder.shape[0]):
        violence.near[i, i] = 1.0
        for n in range(network.near_start[i], network.near_start[i + 1]):
            violence.reach[n] = math.exp2(-network.near_km[n] / p.reach)
            violence.near[i, network.near_to[n]] = violence.reach[n]
    for i in range(violence.holder.shape[0]):
        for f in range(facts.level.shape[0]):
            total = 0.0
            for c in range(facts.share.shape[1]):
                if facts.share[i, c] > 0.0:
                    total += facts.share[i, c] * math.log(facts.level[f, c])
            forces.footing[i, f] = math.exp(-p.sympathy_exponent * total)
            violence.ease[i, f] = forces.footing[i, f]


@kernel
def warm_ground(violence, forces, attitudes, p, place):
    """A place grows easier to take for a force that its people side with more than at the start."""
    for f in range(violence.ease.shape[1]):
        warmth = attitudes.warmth[place, f]
        ease = forces.footing[place, f]
        violence.ease[place, f] = ease if warmth == 1.0 else ease * warmth**p.sympathy_exponent


@kernel
def defence_against(forces, facts, place, attacker):
    """Power of all at a place who would fight an attacker."""
    total = 0.0
    for g in range(facts.hostility.shape[1]):
        if facts.hostility[attacker, g] >= 1.0:
            total += forces.power[place, g]
    return total


@kernel
def stormed(violence, forces, place):
    """Whether a place is under an assault: a raid is over too soon to tell, and who is besieged stands."""
    return violence.fighter[place] >= 0 and forces.raid[place] == 0 and forces.siege[place] == 0


@kernel
def worth_seen(violence, forces, network, repute, place, force):
    """What people think each man on paper of a garrison to be worth: ``repute``, less where men of the force
    have run; where the force that holds the place is stormed at the other end of a road all see it, and the
    worst of it counts.
    """
    worth = -1.0
    if force == violence.holder[place]:
        for k in range(network.link_start[place], network.link_start[place + 1]):
            there = network.link_to[k]
            paper = violence.strength[there, force]
            if stormed(violence, forces, there) and forces.before[there] == force and paper > 0:
                shown = forces.cohesion[there, force] * forces.present[there, force] / paper
                worth = shown if worth < 0.0 else min(worth, shown)
    return worth if worth >= 0.0 else repute * forces.nerve[force]


@kernel
def defence_seen(violence, forces, facts, network, p, repute, place, attacker):
    """Power that people believe all at a place to have who would fight an attacker.

    They see uniforms and arms: who is on paper counts as there, until the place is stormed.
    """
    if stormed(violence, forces, place):
        return defence_against(forces, facts, place, attacker)
    total = 0.0
    for g in range(facts.hostility.shape[1]):
        paper = violence.strength[place, g]
        if paper <= 0 or facts.hostility[attacker, g] < 1.0:
            continue
        armed = min(1.0, forces.materiel[place, g] / (p.arms_full * paper))
        power = paper * worth_seen(violence, forces, network, repute, place, g)
        total += power * (1.0 + p.arms_effect * armed) * (1.0 - forces.air[g])
    return total


@kernel
def fight_changed(forces, network, place):
    """A fight begins, ends or turns into another kind: here and at the other ends of the roads the odds, and
    what people see of them, are weighed anew.
    """
    forces.look[place] = max(forces.look[place], AGAIN)
    for k in range(network.link_start[place], network.link_start[place + 1]):
        there = network.link_to[k]
        forces.look[there] = max(forces.look[there], AGAIN)


@kernel
def planned(forces, plan_days, place, step, per_day):
    """Whether a place changed hands so long ago, or never, that an army has planned to strike there."""
    return step - forces.taken[place] >= plan_days * per_day


@kernel
def next_door(forces, network, place, force):
    """Whether a force has fighters at a place, or held yesterday a place that a road joins to it."""
    if forces.present[place, force] > 0:
        return True
    for k in range(network.link_start[place], network.link_start[place + 1]):
        if forces.before[network.link_to[k]] == force:
            return True
    return False


@kernel
def weigh_odds(violence, forces, facts, network, defence, p, q, place, recent, step, dt):
    """Find the hostile force with the best odds against the holder of a place (0 where there is none).

    q : parameters of perception: what the odds mean for the threat that people believe in
    recent : step after which a place has changed hands so lately that who left it does not come back yet

    A standing threat comes from the challenger as far as it has attacked lately, here or elsewhere.
    """
    count = violence.strength.shape[1]
    for f in range(count):
        total = 0.0
        for k in range(forces.post_count[f]):
            there = forces.posts[f, k]
            if facts.insurgent[f] == 0 and network.country[there] != network.country[place]:
                continue  # armies and militias do not go to war over a border
            total += violence.near[place, there] * forces.power[there, f]
        forces.massed[place, f] = facts.ready[place, f] * total
    holder = violence.holder[place]
    best = 0.0
    challenger = NOBODY
    violence.front[place] = 0.0
    # A state outside the crisis neither attacks nor is conquered.
    if holder < 0 or facts.mobile[holder] == 1:
        for f in range(count):
            if facts.mobile[f] == 0 or f == holder or forces.massed[place, f] <= 0.0:
                continue
            if holder >= 0 and facts.hostility[f, holder] < 1.0:
                continue
            if holder < 0:
                if facts.insurgent[f] == 1 and forces.posture[f] == GROUND:
                    continue  # who hides does not come to hold
                if f == forces.left[place] and forces.taken[place] > recent:
                    continue
                if not next_door(forces, network, place, f):
                    continue
            against = 1.0 + defence_against(forces, facts, place, f)
            if defence.against[place] == f:
                against += defence.believed[place]
            odds = p.mass_share * forces.massed[place, f] / against * violence.ease[place, f]
            if odds > best:
                best = odds
                challenger = f
    violence.odds[place] = best
    violence.challenger[place] = challenger
    violence.seen[place] = 0.0
    if challenger >= 0:
        against = 1.0 + defence_seen(violence, forces, facts, network, p, q.repute, place, challenger)
        if defence.against[place] == challenger:
            against += defence.believed[place]
        able = p.mass_share * forces.massed[place, challenger] * violence.ease[place, challenger]
        violence.seen[place] = able / against
    if (
        challenger >= 0 and forces.look[place] != BEATEN
    ):  # a beaten enemy is not feared at once: until the next look
        idle = (step - violence.struck[challenger]) * dt
        seen = weakness(violence.seen[place], q.defence_trust)
        violence.front[place] = q.front_threat * seen * math.exp2(-idle / q.fear_half_life)
        violence.front[place] *= forces.nerve[challenger]  # nobody fears an army that has just run
    forces.look[place] = 0


@kernel_with_wrapper
def set_odds(violence, forces, facts, network, defence, p, q):
    """Weigh ground, power and odds everywhere, at the start of a future."""
    weigh_ground(violence, forces, facts, network, p)
    for i in range(violence.holder.shape[0]):
        weigh_power(forces, facts, p, i)
    list_posts(forces)
    for i in range(violence.holder.shape[0]):
        weigh_odds(violence, forces, facts, network, defence, p, q, i, 0, 0, 1.0)


@kernel
def envelopment(forces, facts, network, place, holder):
    """Share of the roads out of a place that lead to places held by its holder's enemies."""
    roads = network.link_start[place + 1] - network.link_start[place]
    held = 0
    for k in range(network.link_start[place], network.link_start[place + 1]):
        other = forces.before[network.link_to[k]]
        if other >= 0 and facts.hostility[other, holder] >= 1.0:
            held += 1
    return held / roads if roads > 0 else 0.0


@kernel
def nearest_own(forces, network, place, force, least):
    """Return (neighbour, km) of the nearest other place that a force held yesterday with at least so many
    fighters.
    """
    for n in range(network.near_start[place], network.near_start[place + 1]):
        there = network.near_to[n]
        if forces.before[there] == force and forces.present[there, force] >= least:
            return there, network.near_km[n]
    return NOBODY, 0.0


@kernel
def steps_on_road(km, speed, dt):
    """Steps that a column is on its way, at least one."""
    return max(1, math.ceil(km / (speed * dt)))


@kernel
def front_moves(violence, forces, network, place, step):
    """Note that the front moved here: near by, people think again where they can go, and forces weigh their
    odds.
    """
    violence.moved[place] = step
    forces.taken[place] = step
    for n in range(network.near_start[place], network.near_start[place + 1]):
        if network.near_km[n] > NEARBY_KM:
            break
        violence.moved[network.near_to[n]] = step
        forces.look[network.near_to[n]] = AGAIN


@kernel
def calm_down(violence, forces, network, place, step):
    """A place has another holder: no fight, no siege, no panic any more, and the front has moved."""
    violence.fighter[place] = NOBODY
    violence.intensity[place] = 0.0
    violence.until[place] = step
    forces.raid[place] = 0
    forces.siege[place] = 0
    forces.besieged[place] = NEVER
    forces.panic[place] = 0.0
    for k in range(forces.shock.shape[0]):
        forces.shock[k, place] = 0.0  # who comes now was not there
    forces.lead[place] = 1.0
    front_moves(violence, forces, network, place, step)
    fight_changed(forces, network, place)


@kernel
def garrison_needed(people, facts, p, place, force):
    """Fighters without whom a force does not hold a place: ``hold_share`` of the people there, and
    ``hold_hunted`` times as many for those whom the force persecutes.
    """
    weighed = 0.0
    for c in range(people.residents.shape[1]):
        persons = people.residents[place, c] + people.leaving[place, c]
        weighed += persons * (p.hold_hunted if facts.level[force, c] > ORDINARY else 1.0)
    return math.ceil(p.hold_share * weighed)


@kernel
def take(state, facts, network, p, place, force, cause, now):
    """A force becomes the holder of a place, and the news spreads."""
    violence, beliefs, forces = state.violence, state.beliefs, state.forces
    q = p.perception
    step = now.step
    loser = violence.holder[place]
    forces.left[place] = loser
    violence.holder[place] = force
    forces.least[place, force] = garrison_needed(state.people, facts, p.control, place, force)
    calm_down(violence, forces, network, place, step)
    forces.look[place] = BEATEN
    relieve(beliefs, network, q, place, force, loser)
    if loser >= 0:
        violence.struck[force] = step
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
            now.dt,
        )
    beliefs.awake[place] = 1
    note(state.log, now.day, FALL if loser >= 0 else TAKEOVER, place, force, loser, cause, 0)


@kernel
def give_up(violence, forces, beliefs, network, place, step):
    """Nobody holds a place any more."""
    forces.left[place] = violence.holder[place]
    violence.holder[place] = NOBODY
    calm_down(violence, forces, network, place, step)
    forces.look[place] = AGAIN
    beliefs.awake[place] = 1


@kernel
def can_hold(forces, people, facts, p, place, force):
    """Whether a force is strong enough for the number of people of a place."""
    return forces.present[place, force] >= garrison_needed(people, facts, p, place, force)


@kernel
def fill_vacuums(violence, forces, facts, network, p, stream, step, dt):
    """Let the best-placed forces send garrisons into places that nobody holds.

    A garrison serves one place a step: the one whose draw is best. Fighters already there need no road: their
    place is marked in ``outcome``.
    """
    asked = 0
    for i in range(violence.holder.shape[0]):
        if forces.before[i] >= 0 or violence.holder[i] >= 0 or violence.challenger[i] < 0:
            continue
        force = violence.challenger[i]
        u = uniform(mix(stream, FILL), i)
        filled = 1.0 - math.exp(-dt * facts.ready[i, force] / p.vacuum_days)
        if u >= filled or forces.coming[i, force] > 0:
            continue
        if forces.present[i, force] > 0:
            forces.outcome[i] = 1
            continue
        source, _ = nearest_own(forces, network, i, force, 1)
        if source >= 0 and (forces.bidder[source] < 0 or u < forces.bid[source]):
            forces.bid[source] = u
            forces.bidder[source] = i
            asked += 1
    if asked == 0:
        return
    for j in range(violence.holder.shape[0]):
        i = forces.bidder[j]
        if i < 0:
            continue
        forces.bidder[j] = NOBODY
        force = violence.challenger[i]
        fighters = max(1, int(p.garrison_share * forces.present[j, force]))
        arms = leave(forces, violence, j, force, fighters)
        km = network.road_km[j, i]
        set_off(
            forces,
            i,
            force,
            fighters,
            arms,
            forces.cohesion[j, force],
            MARCH,
            step + steps_on_road(km, p.march_speed, dt),
        )
