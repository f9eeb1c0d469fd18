"""Ranks: fighters become people again and people become fighters; nobody is lost on the way.

Rule (docs/model/clash.md). Deserters change clothes: they are of the communities that their force recruits
from and have a home, drawn by where these people live. Who deserts at home is a resident again; who deserts
elsewhere joins the displaced at that place and moves by their rules, home when home is safe. Recruits are
residents of the place. Writes ``Forces``, ``People``, ``Groups``; the sum of people and fighters is
conserved.
"""

from __future__ import annotations

from afternext.world.kernel import kernel
from afternext.world.processes.civilians import go_back
from afternext.world.processes.movement import host, join_undecided, open_group
from afternext.world.state import TO_REFUGE, find_group, held
from afternext.world.streams import binomial, mix, uniform

WHO = 0  # names of the draws inside the stream of a desertion
WHERE = 1
JOIN = 2
HOMES = 2  # homes drawn for the deserters of one community at one place in one step


@kernel
def home_of(facts, community, u):
    """Return the place where a drawn member of a community has its home."""
    places = facts.homes.shape[1]
    low = 0
    high = places - 1
    while low < high:
        middle = (low + high) // 2
        if facts.homes[community, middle] < u:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def shelter(people, groups, place, home, community, persons, step, per_day):
    """Add people to the displaced who wait at a place; room must have been ensured."""
    places, communities = people.residents.shape
    row = find_group(groups, home, community, place, places, communities)
    before = held(groups, row)
    # A soldier did not flee from danger at home: he goes back when it is safe enough for half of the people.
    groups.fled[row] = (groups.fled[row] * before + 0.5 * persons) / (before + persons)
    if before == 0:
        open_group(groups, row, step, per_day)
    join_undecided(groups, row, persons, TO_REFUGE, step, per_day)
    hosted = people.hosted[place, community]
    people.hosted_spent[place, community] *= hosted / (hosted + persons)
    people.hosted_seen[place, community] = 0.0  # they still have to look at the danger here
    host(people, place, community, persons)


@kernel
def desert(people, groups, forces, facts, place, force, fighters, stream, step, per_day, quietly):
    """Fighters who have left a garrison's count become civilians; return how many join the displaced.

    quietly : 1 where they slip away home in quiet times, 0 where they join the flight
    """
    forces.deserted[force] += fighters
    communities = people.residents.shape[1]
    places = people.residents.shape[0]
    left = fighters
    joined = 0
    weight = 1.0
    for c in range(communities):
        share = facts.recruits[force, c]
        if left <= 0 or share <= 0.0:
            continue
        part = left
        if share < weight:
            part = binomial(
                left, share / weight, uniform(mix(mix(stream, WHO), force), place * communities + c)
            )
        weight -= share
        left -= part
        for k in range(HOMES):
            some = part // (HOMES - k)
            part -= some
            if some <= 0:
                continue
            u = uniform(mix(mix(stream, WHERE), k), place * communities + c)
            home = home_of(facts, c, u)
            if home == place or quietly == 1:
                go_back(people, home, c, some, 1.0)
            else:
                shelter(people, groups, place, home, c, some, step, per_day)
                joined += some
    if left > 0:  # a force without a people of its own: its men live where they served
        go_back(people, place % places, communities - 1, left, 1.0)
    return joined


@kernel
def welcome_now(attitudes, standing, facts, place, community, force):
    """How ready a community at a place is to join or sustain a force, with what it has lived through, 0-1."""
    base = standing.base[community, force]
    if base <= 0.0:
        return facts.welcome[force, community]
    return min(1.0, facts.welcome[force, community] * attitudes.tolerance[place, community, force] / base)


@kernel
def enlist(people, violence, forces, attitudes, standing, facts, place, force, wanted, welcome, stream):
    """Residents join a garrison, by how welcome the force is to their community; return how many.

    welcome : 1 where communities are weighed by how they think of the force, 0 by where it recruits from
    """
    communities = people.residents.shape[1]
    total = 0.0
    for c in range(communities):
        weight = facts.recruits[force, c]
        if welcome == 1:
            weight = welcome_now(attitudes, standing, facts, place, c, force)
        total += weight * people.residents[place, c]
    if total <= 0.0 or wanted <= 0.0:
        return 0
    chance = min(0.5, wanted / total)
    joined = 0
    for c in range(communities):
        weight = facts.recruits[force, c]
        if welcome == 1:
            weight = welcome_now(attitudes, standing, facts, place, c, force)
        u = uniform(mix(mix(stream, JOIN), force), place * communities + c)
        some = binomial(people.residents[place, c], chance * weight, u)
        people.residents[place, c] -= some
        joined += some
    if joined > 0:
        there = forces.present[place, force]
        forces.present[place, force] = there + joined
        violence.strength[place, force] = max(violence.strength[place, force], there + joined)
        forces.recruited[force] += joined
    return joined
