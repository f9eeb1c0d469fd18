"""Where people can go: the nearest open refuges along the roads, and how much each of them pulls.

Rule (docs/model/movement.md). A search along the open roads from where people are settles the ``choice_set``
nearest places that can shelter them. A force's ground is closed to communities that it persecutes; roads
through fighting count as longer; a checkpoint between two holders lets a share of each community through. A
refuge pulls with

    exp(-k_dist ln(km + d_0) - k_rank ln(rank) + k_pop ln(size) + k_kin ln(k_0 + kin) + e ln(1 + earlier /
    n_0)
        - k_room displaced / size - k_safe danger) * share let through

(gravity in log road distance; rank among nearer refuges as intervening opportunities, Stouffer 1940).
Earlier arrivals are those of yesterday, so that nobody's turn matters. What is found serves everybody of that
community who sets out from that place. Writes only ``Scratch``.
"""

from __future__ import annotations

import math

from afternext.world.kernel import kernel

PICTURE = 14  # days for which people's picture of the roads holds
HEARD = 3  # days within which everybody has heard that a front has moved


@kernel
def push(keys, items, size, key, item):
    """Put an item on a binary heap of ``size`` items, least key first."""
    k = size
    while k > 0:
        parent = (k - 1) // 2
        if keys[parent] <= key:
            break
        keys[k] = keys[parent]
        items[k] = items[parent]
        k = parent
    keys[k] = key
    items[k] = item


@kernel
def pop(keys, items, size):
    """Take the item with the least key off a heap of ``size`` items."""
    item = items[0]
    last_key = keys[size - 1]
    last_item = items[size - 1]
    k = 0
    child = 1
    while child < size - 1:
        if child + 1 < size - 1 and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= last_key:
            break
        keys[k] = keys[child]
        items[k] = items[child]
        k = child
        child = 2 * k + 1
    keys[k] = last_key
    items[k] = last_item
    return item


@kernel
def find_refuges(start, community, people, violence, beliefs, facts, network, scratch, p, step, per_day):
    """Find the open refuges seen from ``start``; return their number.

    The picture people have of the roads is renewed once a fortnight, and within ``HEARD`` days when a front
    nearby has moved; how full and how dangerous the refuges are, every ``HEARD`` days.
    """
    searched = scratch.searched[start, community]
    age = step - searched
    if searched >= 0 and (
        age < HEARD * per_day or (age < PICTURE * per_day and searched > violence.moved[start])
    ):
        if step - scratch.weighed[start, community] >= HEARD * per_day:
            weigh_refuges(start, community, people, beliefs, facts, scratch, p, step)
        return scratch.found[start, community]
    scratch.searched[start, community] = step
    scratch.stamp[0] += 1
    stamp = scratch.stamp[0]
    choice = scratch.choice[start, community]
    limit = choice.shape[0]
    waiting = 1
    scratch.heap_km[0] = 0.0
    scratch.heap_place[0] = start
    scratch.km[start] = 0.0
    scratch.open[start] = 1.0
    scratch.gate[start] = -1
    scratch.mark[start] = stamp
    found = 0
    while waiting > 0 and found < limit:
        here = pop(scratch.heap_km, scratch.heap_place, waiting)
        waiting -= 1
        if scratch.closed[here] == stamp:
            continue
        scratch.closed[here] = stamp
        if (
            here != start
            and network.shelters[here] == 1
            and scratch.open[here] > 0.0
            and beliefs.danger[here, community] < p.refuge_danger_limit
        ):
            choice[found] = here
            scratch.far[start, community, found] = scratch.km[here]
            scratch.let[start, community, found] = scratch.open[here]
            scratch.stop[start, community, found] = scratch.gate[here]
            found += 1
        for link in range(network.link_start[here], network.link_start[here + 1]):
            there = network.link_to[link]
            if scratch.closed[there] == stamp:
                continue
            holder = violence.holder[there]
            if holder >= 0 and facts.level[holder, community] >= p.blocked_level:
                continue
            km = scratch.km[here] + network.link_km[link] * (
                1.0 + (p.front_detour - 1.0) * violence.intensity[there]
            )
            if scratch.mark[there] == stamp and scratch.km[there] <= km:
                continue
            share = scratch.open[here]
            gate = scratch.gate[here]
            if holder != violence.holder[here]:  # both sides of a front have checkpoints
                let = 1.0
                if holder >= 0:
                    let *= facts.admits[holder, community]
                if violence.holder[here] >= 0:
                    let *= facts.admits[violence.holder[here], community]
                if let < 1.0 and gate < 0:
                    gate = here
                share *= let
            scratch.km[there] = km
            scratch.open[there] = share
            scratch.gate[there] = gate
            scratch.mark[there] = stamp
            push(scratch.heap_km, scratch.heap_place, waiting, km, there)
            waiting += 1
    scratch.found[start, community] = found
    weigh_refuges(start, community, people, beliefs, facts, scratch, p, step)
    return found


@kernel
def weigh_refuges(start, community, people, beliefs, facts, scratch, p, step):
    """Weigh the refuges found from ``start`` by pull and share let through; a dangerous one is none."""
    scratch.weighed[start, community] = step
    for k in range(scratch.found[start, community]):
        place = scratch.choice[start, community, k]
        weight = 0.0
        if beliefs.danger[place, community] < p.refuge_danger_limit:
            km = scratch.far[start, community, k]
            weight = scratch.let[start, community, k] * pull(
                place, community, km, k, people, beliefs, facts, scratch, p
            )
        scratch.weight[start, community, k] = weight


@kernel
def pull(place, community, km, k, people, beliefs, facts, scratch, p):
    """Pull of the ``k``-th refuge found, before the share let through."""
    earlier = people.hosted_before[place, community]
    utility = (
        -p.distance_exponent * math.log(km + p.distance_scale)
        - p.rank_exponent * scratch.log_rank[k]
        + facts.appeal[place, community]
        - p.room_exponent * people.hosted_total_before[place] / facts.size[place]
        - p.danger_aversion * beliefs.danger[place, community]
    )
    if earlier > 0:
        utility += p.network_exponent * math.log(1.0 + earlier / p.network_scale)
    return math.exp(utility)
