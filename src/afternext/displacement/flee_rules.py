"""FLEE's default rules, lumped: people in one place are exchangeable, so they move as multinomial flows.

A faithful reference, errors of judgement included (docs/how-to/compare-with-flee.md lists them): forced
redirections do nothing, every further link of a day gets a fresh full day, the people of day 0 count twice
against a camp's capacity. What a person remembers - how far today, how far lately - becomes classes. The cost
does not depend on the number of people.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from afternext.displacement.case import CAMP, HUB, MARKER, spawned
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.streams import binomial, future_key, mix, step_stream, uniform

if TYPE_CHECKING:
    from afternext.displacement.case import Case, Floats, Ints
    from afternext.displacement.flee_settings import FleeSettings

SPAWN = 0  # names of the draws
LEAVE = 1
CHOOSE = 2
LATELY = 3
RECENT = 9  # classes of distance covered lately, as a share of the longest day's
KM_CLASSES = 33  # classes of distance covered today
FULL_CAMP = 0.5  # a camp with less room than this takes nobody in who has chosen it


class Rules(NamedTuple):
    """The settings that FLEE's default rules use, as numbers."""

    speed: float
    softening: float
    distance_power: float
    weight_power: float
    foreign_weight: float
    camp_weight: float
    conflict_weight: float
    conflict_movechance: float
    camp_movechance: float
    default_movechance: float
    capacity_scaling: float
    capacity_buffer: float
    avoid_short_stints: float


@kernel
def room_at(counts, capacity, place, r):
    """Return FLEE's multiplier for a full place: 1 below the buffer, 0 at the limit, linear between."""
    if capacity[place] < 1:
        return 1.0
    limit = capacity[place] * r.capacity_scaling
    if counts[place] <= r.capacity_buffer * limit:
        return 1.0
    if counts[place] >= limit:
        return 0.0
    return (limit - counts[place]) / (limit * (1.0 - r.capacity_buffer))


@kernel
def leave_chance(kind, burning, place, forced, r):
    """Return the chance that somebody leaves a place now."""
    if burning[place] > 0.0:
        return r.conflict_movechance
    if kind[place] == CAMP:
        return r.camp_movechance
    if kind[place] == HUB or kind[place] == MARKER or forced:
        return 1.0
    return r.default_movechance


@kernel
def weigh(links, place, score, counts, capacity, shut, r, weight):
    """Write the weight of every open link of a place; return their sum and how many are open."""
    total = 0.0
    usable = 0
    for k in range(links.first[place], links.first[place + 1]):
        weight[k] = 0.0
        if shut[links.route[k], links.way[k]] == 1:
            continue
        usable += 1
        there = links.to[k]
        pull = score[there] / (r.softening + links.km[k]) ** r.distance_power
        weight[k] = (pull * room_at(counts, capacity, there, r)) ** r.weight_power
        total += weight[k]
    if total <= 0.0 and usable > 0:
        for k in range(links.first[place], links.first[place + 1]):
            weight[k] = 0.0 if shut[links.route[k], links.way[k]] == 1 else 1.0
        total = float(usable)
    return total


class Links(NamedTuple):
    """Directed links, place by place."""

    first: Ints  # (P+1,)
    start: Ints
    to: Ints
    km: Floats
    route: Ints
    way: Ints  # 0 along the route as written, 1 back


class Space(NamedTuple):
    """What the kernel writes: people by place and class, people on long links, scratch."""

    here: Ints  # (P, RECENT) overnight
    night: Ints  # (P, RECENT) those who have stopped today
    active: Ints  # (KM_CLASSES, P, RECENT) those who still act today
    road: Ints  # (links, slots, RECENT) on links longer than a day
    counts: Ints  # (P,) people present
    capacity: Ints  # (P,)
    weight: Floats  # (links,)
    score: Floats  # (P,)
    since: Ints  # (P,) day on which the conflict began


@kernel
def settle(space, place, recent, fraction, n, stream, entity):
    """People stop for the night; what they remember of lately is halved towards today's distance."""
    if n <= 0:
        return
    exact = 0.5 * (recent + fraction * (RECENT - 1))
    low = min(math.floor(exact), RECENT - 1)
    up = binomial(n, exact - low, uniform(mix(stream, LATELY), entity)) if low < RECENT - 1 else 0
    space.night[place, low] += n - up
    if up > 0:
        space.night[place, low + 1] += up


@kernel
def go(space, links, kind, shut, place, recent, today, n, day, r, stream):
    """People leave a place; those who reach the next one early in the day may act again there."""
    entity = (today * len(kind) + place) * RECENT + recent
    step_km = r.speed / (KM_CLASSES - 1)
    total = weigh(links, place, space.score, space.counts, space.capacity, shut, r, space.weight)
    left = n
    stay = 0
    for k in range(links.first[place], links.first[place + 1]):
        weight = space.weight[k]
        if weight <= 0.0 or left <= 0:
            continue
        draw = mix(stream, CHOOSE)
        going = left if weight >= total else binomial(left, weight / total, uniform(mix(draw, entity), k))
        total -= weight
        left -= going
        there = links.to[k]
        if kind[there] == CAMP and room_at(space.counts, space.capacity, there, r) < FULL_CAMP:
            stay += going
            continue
        space.counts[place] -= going
        km = links.km[k]
        if km >= r.speed:
            arrival = (day + math.floor(km / r.speed)) % space.road.shape[1]
            space.road[k, arrival, recent] += going
            continue
        space.counts[there] += going
        now = today + max(1, math.floor(km / step_km + 0.5))
        if km + today * step_km < r.speed and now < KM_CLASSES:
            space.active[now, there, recent] += going
        else:
            settle(space, there, recent, 1.0, going, mix(stream, k), entity)
    settle(space, place, recent, today / (KM_CLASSES - 1), stay + left, stream, entity)


@kernel
def move(space, links, kind, burning, shut, day, r, stream):
    """One day of travel: everybody acts once where they woke, then again wherever the day still has room."""
    places = len(kind)
    leave = mix(stream, LEAVE)
    for i in range(places):
        for c in range(RECENT):
            n = space.here[i, c]
            if n > 0:
                entity = i * RECENT + c
                gone = binomial(n, leave_chance(kind, burning, i, False, r), uniform(leave, entity))
                settle(space, i, c, 0.0, n - gone, leave, entity)
                space.here[i, c] = 0
                space.active[0, i, c] = gone
    for today in range(KM_CLASSES):
        covered = today / (KM_CLASSES - 1)
        for i in range(places):
            for c in range(RECENT):
                n = space.active[today, i, c]
                if n <= 0:
                    continue
                space.active[today, i, c] = 0
                gone = n
                if today > 0:
                    short = 0.5 * (c / (RECENT - 1) + covered) < 0.5
                    chance = leave_chance(kind, burning, i, r.avoid_short_stints > 0.0 and short, r)
                    entity = (today * places + i) * RECENT + c
                    gone = binomial(n, chance, uniform(leave, entity))
                    settle(space, i, c, covered, n - gone, leave, entity)
                if gone > 0:
                    go(space, links, kind, shut, i, c, today, gone, day, r, stream)
    for i in range(places):
        for c in range(RECENT):
            space.here[i, c] += space.night[i, c]
            space.night[i, c] = 0


@kernel
def arrive(space, links, shut, day):
    """Those on long links arrive, or are back at their start where the link has been closed meanwhile."""
    slot = day % space.road.shape[1]
    for k in range(len(links.to)):
        for c in range(RECENT):
            n = space.road[k, slot, c]
            if n > 0:
                space.road[k, slot, c] = 0
                there = links.start[k] if shut[links.route[k], links.way[k]] == 1 else links.to[k]
                space.counts[there] += n
                space.here[there, RECENT - 1] += n


@kernel_with_wrapper
def run_days(
    space, links, kind, foreign, population, intensity, shut, arrivals, decay, interval, r, seed, luck, out
):
    """Run FLEE's rules from day 0 to the last; write people at every place at the end of every day.

    Returns the people who found no conflict zone to come from.
    """
    days, places = intensity.shape
    key = future_key(seed, luck)
    waiting = 0
    for day in range(days):
        stream = step_stream(key, day, SPAWN)
        total = 0.0
        for i in range(places):
            burning = intensity[day, i]
            if burning > 0.0 and (day == 0 or intensity[day - 1, i] <= 0.0):
                space.since[i] = day
            age = min(math.floor((day - space.since[i]) / interval), len(decay) - 1)
            space.weight[i] = population[i] * burning * decay[age]
            total += space.weight[i]
            space.score[i] = r.conflict_weight ** (decay[age] * burning) if burning > 0.0 else 1.0
            if kind[i] == CAMP:
                space.score[i] = r.camp_weight
            if foreign[i] == 1:
                space.score[i] *= r.foreign_weight
        waiting += arrivals[day]
        for i in range(places):
            mass = space.weight[i]
            if waiting <= 0 or mass <= 0.0:
                continue
            n = waiting if mass >= total else binomial(waiting, mass / total, uniform(stream, i))
            total -= mass
            waiting -= n
            space.here[i, 0] += n
            space.counts[i] += n
        move(space, links, kind, intensity[day], shut[day], day, r, stream)
        arrive(space, links, shut[day], day)
        for i in range(places):
            out[day, i] = space.counts[i]
    return waiting


def run_flee(case: Case, settings: FleeSettings, capacities: bool, seed: int, luck: int) -> Ints:
    """Return people in camps, (days, camps), by FLEE's rules."""
    places = len(case.kind)
    start = np.concatenate([case.route[:, 0], case.route[:, 1]])
    end = np.concatenate([case.route[:, 1], case.route[:, 0]])
    route = np.tile(np.arange(len(case.route)), 2)
    way = np.repeat([0, 1], len(case.route))
    km = np.tile(case.km, 2)
    twice = np.flatnonzero(np.tile(case.forced[0] == 1, 2))  # FLEE makes a road marked 1 two roads
    order = np.concatenate([np.arange(len(start)), twice])
    order = order[np.argsort(start[order], kind="stable")]
    links = Links(
        np.searchsorted(start[order], np.arange(places + 1)).astype(np.int64),
        start[order],
        end[order],
        km[order],
        route[order],
        way[order],
    )
    capacity = np.zeros(places, dtype=np.int64)
    if capacities:
        capacity = np.maximum(case.capacity, 0.0).astype(np.int64)
    counts = np.zeros(places, dtype=np.int64)
    counts[case.camps] = case.data[0].astype(np.int64)
    capacity -= np.where(capacity > 0, counts, 0)  # FLEE: the people of day 0 count twice
    here = np.zeros((places, RECENT), dtype=np.int64)
    here[:, 0] = counts
    slots = int(km.max(initial=0.0) / settings.rules.speed) + 2
    space = Space(
        here,
        np.zeros_like(here),
        np.zeros((KM_CLASSES, places, RECENT), dtype=np.int64),
        np.zeros((len(links.to), slots, RECENT), dtype=np.int64),
        counts,
        capacity,
        np.zeros(max(places, len(links.to))),
        np.ones(places),
        np.zeros(places, dtype=np.int64),
    )
    out = np.zeros((case.days, places), dtype=np.int64)
    run_days(
        space,
        links,
        case.kind,
        (case.country != case.country[0]).astype(np.uint8),
        case.population,
        case.intensity,
        (~case.route_open).astype(np.uint8),
        spawned(case.data),
        np.array(settings.decay),
        settings.interval,
        settings.rules,
        np.uint64(seed),
        np.uint64(luck),
        out,
    )
    return out[:, case.camps]
