"""Where people can go: the nearest open refuges along the roads, and how much each of them pulls.

Rule (docs/model/movement.md). A search along the open roads from where people are settles the ``choice_set`` nearest places
that can shelter them. A force's ground is closed to communities that it persecutes; roads through fighting count as
longer; a checkpoint between two holders lets a share of each community through. A refuge pulls with

    exp(-k_dist ln(km + d_0) - k_rank ln(rank) + k_pop ln(size) + k_kin ln(k_0 + kin) + e ln(1 + earlier / n_0)
        - k_room displaced / size - k_safe danger) * share let through

(gravity in log road distance; rank among nearer refuges as intervening opportunities, Stouffer 1940).
What is found serves everybody who sets out from that place on that day. Writes only ``Scratch``.
"""

from __future__ import annotations

import math

from afternext.world.kernel import kernel
@kernel
def find_refuges(start, community, people, violence, beliefs, facts, network, scratch, p, step):
    """Find the open refuges seen from ``start``, once a step for each community; return their number."""
    if scratch.searched[start, community] == step + 1:
        return scratch.found[start, community]
    scratch.searched[start, community] = step + 1
    scratch.stamp[0] += 1
    stamp = scratch.stamp[0]
    choice = scratch.choice[start, community]
    limit = choice.shape[0]
    frontier = 1
    scratch.frontier[0] = start
    scratch.km[start] = 0.0
    scratch.open[start] = 1.0
    scratch.gate[start] = -1
    scratch.mark[start] = stamp
    found = 0
    while frontier > 0 and found < limit:
        best = 0
        for k in range(1, frontier):
            if scratch.km[scratch.frontier[k]] < scratch.km[scratch.frontier[best]]:
                best = k
        here = scratch.frontier[best]
        frontier -= 1
        scratch.frontier[best] = scratch.frontier[frontier]
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
            weight = scratch.open[here] * pull(here, community, found, people, beliefs, facts, scratch, p)
            scratch.weight[start, community, found - 1] = weight
        for link in range(network.link_start[here], network.link_start[here + 1]):
            there = network.link_to[link]
            if scratch.closed[there] == stamp:
                continue
            holder = violence.holder[there]
            if holder >= 0 and facts.level[holder, community] >= p.blocked_level:
                continue
            km = scratch.km[here] + network.link_km[link] * (1.0 + (p.front_detour - 1.0) * violence.intensity[there])
            known = scratch.mark[there] == stamp
            if known and scratch.km[there] <= km:
                continue
            share = scratch.open[here]
            gate = scratch.gate[here]
            if holder >= 0 and holder != violence.holder[here]:
                let = facts.admits[holder, community]
                if let < 1.0 and gate < 0:
                    gate = here
                share *= let
            scratch.km[there] = km
            scratch.open[there] = share
            scratch.gate[there] = gate
            if not known:
                scratch.mark[there] = stamp
                scratch.frontier[frontier] = there
                frontier += 1
    scratch.found[start, community] = found
    return found


@kernel
def pull(place, community, rank, people, beliefs, facts, scratch, p):
    """Pull of one refuge, before the share let through."""
    earlier = people.hosted[place, community]
    utility = (
        -p.distance_exponent * math.log(scratch.km[place] + p.distance_scale)
        - p.rank_exponent * math.log(rank)
        + p.size_exponent * math.log(facts.size[place])
        + p.kin_exponent * math.log(p.kin_floor + facts.affinity[place, community])
        + p.network_exponent * math.log(1.0 + earlier / p.network_scale)
        - p.room_exponent * people.hosted_total[place] / facts.size[place]
        - p.danger_aversion * beliefs.danger[place, community]
    )
    return math.exp(utility)
