"""Rout: how a garrison leaves a place, who gets its arms, and how others hear of it.

Rule (docs/model/clash.md). Who is driven out deserts in part (more the less he trusts), goes to the nearest
place of his own in part, and leaves part of the arms behind. News that a garrison broke spreads panic over
the roads, later with distance, weaker down the line of garrisons, and over its command; panic fades within
days, and as fast fades what more of the same news adds to it, so that a wave ends. Writes ``Violence``
(strength), ``Forces``, ``People``, ``Groups``, events; conserves people, fighters and materiel.
"""

from __future__ import annotations

import math

from afternext.world.events import ARMS, CAUSE_HOME, CAUSE_LEFT, DESERTERS
from afternext.world.forces import MARCH, leave, set_off
from afternext.world.kernel import kernel
from afternext.world.processes.control import nearest_own, steps_on_road
from afternext.world.processes.ranks import desert
from afternext.world.state import note
from afternext.world.streams import binomial, mix, uniform

SCATTER = 3  # names of the draws inside the stream of clash, whose other draws stand there
LEAVES = 4
FLEE = 6
CALM = 0.01  # panic below this is none
PER_KM = 100.0  # the delay of news is given for this many km
TOLD_ARMS = 10  # vehicles and heavy weapons: fewer are not told of
TOLD_DESERTERS = 50  # persons: fewer are not told of


@kernel
def march(forces, p, place, force, fighters, arms, cohesion, km, now):
    """Fighters set off to a place of their own, ``km`` away.

    p : parameters of control
    """
    arrival = now.step + steps_on_road(km, p.march_speed, now.dt)
    set_off(forces, place, force, fighters, arms, cohesion, MARCH, arrival)


@kernel
def drive_out(state, facts, network, p, place, force, victor, scatter, left, now):
    """A garrison leaves a place: some desert, the others go to the nearest place of their own; return
    deserters, materiel left behind, and deserters who join the displaced.

    victor : who gets the arms that are left, or nobody
    scatter, left : shares of a garrison of middling cohesion that deserts and of its arms that stays behind
    """
    violence, forces = state.violence, state.forces
    luck = now.stream
    fighters = forces.present[place, force]
    cohesion = forces.cohesion[place, force]
    forces.struck[force] += violence.strength[place, force] - fighters
    violence.strength[place, force] = fighters
    arms = leave(forces, violence, place, force, fighters)
    arms += forces.materiel[place, force]
    forces.materiel[place, force] = 0
    loose = 1.0 - (1.0 - scatter) ** (2.0 * (1.0 - cohesion))
    gone = binomial(fighters, loose, uniform(mix(mix(luck, SCATTER), force), place))
    behind = binomial(arms, left, uniform(mix(mix(luck, LEAVES), force), place))
    rest = fighters - gone
    refuge, km = nearest_own(forces, network, place, force, 0)
    if rest > 0 and refuge >= 0:
        shaken = cohesion * (1.0 - p.clash.shaken * scatter)
        march(forces, p.control, refuge, force, rest, arms - behind, shaken, km, now)
    else:
        behind = arms
        if facts.insurgent[force] == 1:  # an insurgent goes to ground where he is
            forces.present[place, force] = rest
            violence.strength[place, force] = rest
        else:
            gone = fighters
    if victor >= 0:
        forces.materiel[place, victor] += behind
    else:
        forces.wrecked[force] += behind
    fled = 0
    if gone > 0:
        people, groups = state.people, state.groups
        luck = mix(luck, FLEE)
        fled = desert(people, groups, forces, facts, place, force, gone, luck, now.step, now.per_day, 0)
    return gone, behind, fled


@kernel
def spread_panic(forces, facts, network, p, q, place, force, enemy, lost, step, dt):
    """Others hear that a garrison broke: over the roads, later with distance, less with every garrison that
    is nearer, and over its command.

    lost : how many there were
    """
    ring = forces.shock.shape[0]
    nearer = 0
    for n in range(network.near_start[place], network.near_start[place + 1]):
        there = network.near_to[n]
        other = forces.before[there]
        if other < 0 or facts.mobile[other] == 0:
            continue
        if other != force and (enemy < 0 or facts.hostility[enemy, other] < 1.0):
            continue
        km = network.near_km[n]
        fear = p.contagion * math.exp2(-nearer / p.contagion_reach)
        nearer += 1  # they are sorted by distance: who is next in line fears most, however far that is
        fear *= lost / (lost + forces.present[there, other] + 1.0)  # that a few ran frightens few
        if other != force:
            fear *= p.contagion_other
        if fear < CALM:
            continue
        wait = math.ceil(q.news_delay * km / (PER_KM * dt))
        forces.shock[(step + min(max(wait, 1), ring - 1)) % ring, there] += fear
    for i in range(forces.lead.shape[0]):
        if forces.before[i] == force and facts.seat[i, force] == place and i != place:
            forces.lead[i] *= 1.0 - p.lead_shock


@kernel
def go_home(state, network, p, place, force, now):
    """Attackers who give up go back where they came from; insurgents without a way back stay hidden."""
    forces = state.forces
    fighters = forces.present[place, force]
    home = forces.base[place]
    km = 0.0
    if home >= 0 and forces.before[home] == force:
        km = network.road_km[place, home]
    else:
        home, km = nearest_own(forces, network, place, force, 0)
    if fighters <= 0 or home < 0 or forces.base[place] < 0:
        return
    arms = leave(forces, state.violence, place, force, fighters)
    march(forces, p.control, home, force, fighters, arms, forces.cohesion[place, force], km, now)


@kernel
def leave_town(state, facts, network, p, place, victor, scatter, left, now):
    """All who stand against a victor, or without one the holder, leave a place; return how many deserted,
    what they left behind, and how many of them join the displaced.
    """
    violence, forces = state.violence, state.forces
    gone = 0
    behind = 0
    fled = 0
    holder = violence.holder[place]
    for g in range(forces.present.shape[1]):
        against = g == holder
        if victor >= 0 and facts.hostility[victor, g] >= 1.0 and (facts.insurgent[g] == 0 or g == holder):
            against = True
        if g == victor or not against or violence.strength[place, g] + forces.materiel[place, g] <= 0:
            continue
        out = drive_out(state, facts, network, p, place, g, victor, scatter, left, now)
        gone += out[0]
        behind += out[1]
        fled += out[2]
    return gone, behind, fled


@kernel
def tell_losses(log, place, victor, loser, behind, fled, day):
    """Tell what a garrison left behind, and who of it joins the displaced."""
    if victor >= 0 and behind >= TOLD_ARMS:
        note(log, day, ARMS, place, victor, loser, CAUSE_LEFT, behind)
    if fled >= TOLD_DESERTERS:
        note(log, day, DESERTERS, place, victor, loser, CAUSE_HOME, fled)


@kernel
def step_panic(forces, p, step, dt):
    """News of broken garrisons arrives, panic fades, new leaders are found."""
    slot = step % forces.shock.shape[0]
    kept = math.exp2(-dt / p.panic_half_life)
    found = 1.0 - math.exp2(-dt / p.lead_half_life)
    for i in range(forces.panic.shape[0]):
        panic = forces.panic[i]
        if panic > 0.0:
            panic *= kept
            forces.panic[i] = panic if panic >= CALM else 0.0
        shock = forces.shock[slot, i]
        if shock > 0.0:
            if (step - forces.heard[i]) * dt > p.panic_rest:
                forces.wave[i] = step
            forces.heard[i] = step
            shock *= math.exp2((forces.wave[i] - step) * dt / p.panic_half_life)  # that others run is no news
            forces.panic[i] = 1.0 - (1.0 - forces.panic[i]) * (1.0 - min(1.0, shock))
            forces.shock[slot, i] = 0.0
        if forces.lead[i] < 1.0:
            forces.lead[i] += (1.0 - forces.lead[i]) * found
