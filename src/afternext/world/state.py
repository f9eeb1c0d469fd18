"""The state of one future as flat arrays, and the facts it starts from.

Counts of people are int64 and are conserved: residents + leaving + on the move + displaced + dead + fighters
is the same number on every day (forces.py tells who is a fighter), but for those who come from outside the
map. Shapes use P places, C communities, F forces. Sparse tables (``Groups``, ``Moves``, ``Log``) grow by
doubling; their first element of ``used`` is the number of rows in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from afternext.world.bundle import bundle
from afternext.world.forces import Forces
from afternext.world.kernel import kernel, kernel_with_wrapper

if TYPE_CHECKING:
    from afternext.world.processes.attitudes import Attitudes, Standing
    from afternext.world.processes.defence import Backing, Defence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]

NOBODY = -1
WEEK = 7  # days between two turns of a slow part
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # spreads the keys of the hash table (Knuth's multiplicative hashing)
SHIFT = np.uint64(33)  # takes its high bits
SPARE = 4  # slots of the hash table for each row


@bundle
class Network(NamedTuple):
    """Places and roads: the same in every future of a scenario."""

    link_start: Ints  # (P+1,) first link of each place
    link_to: Ints  # (links,) place at the other end
    link_km: Floats  # (links,) km by road
    near_start: Ints  # (P+1,) first neighbour of each place within the reach of news and force
    near_to: Ints  # (neighbours,) nearest first
    near_km: Floats  # (neighbours,) km by the shortest road
    road_km: Floats  # (P, P) km by the shortest road
    country: Ints  # (P,)
    admin: Ints  # (P,) first administrative level
    shelters: Flags  # (P,) 1 where people can stay: towns, districts, camps; not crossings and bases
    camp: Flags  # (P,) 1 for a camp


@bundle
class Facts(NamedTuple):
    """What one future takes as given: drawn values of the scenario and the levels of the parameter table."""

    hostility: Floats  # (F, F) 0 neutral or allied, 1 hostile
    level: Floats  # (F, C) danger that a force means to a community
    admits: Floats  # (F, C) share let through a force's checkpoints
    cohesion: Floats  # (F,) how well a force holds together when left alone, 0-1
    recruits: Floats  # (F, C) of which communities the men of a force are, shares
    welcome: Floats  # (F, C) how ready a community is to join or sustain a force, 0-1
    grudge: Floats  # (P, F) how much of a threat a force is to the people of a place, 0-1
    homes: Floats  # (C, P) where a community lives, cumulative shares
    seat: Ints  # (P, F) place of the command that a garrison obeys, or -1
    ground: Ints  # (F,) places held at the start
    foreign: Floats  # (F,) fighters from outside the map, per month and border town held
    insurgent: Flags  # (F,)
    mobile: Flags  # (F,) 1 where the force starts attacks (not states outside the crisis)
    ready: Floats  # (P, F) how readily a force goes to a place to fight there, 0-1
    prize: Floats  # (P, F) how far a force cares to take a place, 0-1
    size: Floats  # (P,) persons a place counts as when it pulls people
    appeal: Floats  # (P, C) log of a refuge's pull by its size and its own and kindred people
    share: Floats  # (P, C) composition of the population at the start
    incident_step: Ints  # what-if incidents, in order of time
    incident_kind: Ints
    incident_place: Ints
    incident_force: Ints
    incident_steps: Ints
    incident_intensity: Floats
    incident_fighters: Ints  # massed for an attack or a raid, 0 where the force decides


@bundle
class People(NamedTuple):
    """Who lives where, and who has made up their mind."""

    residents: Ints  # (P, C) at home
    leaving: Ints  # (P, C) decided to leave, still there
    spent: Floats  # (P, C) share of the distribution of thresholds already crossed by residents
    seen: Floats  # (P, C) largest danger acted on
    leaving_total: Ints  # (P,)
    hosted: Ints  # (P, C) displaced people sheltering here
    hosted_total: Ints  # (P,)
    hosted_before: Ints  # (P, C) `hosted` at the start of the step: what refuges pull with
    hosted_total_before: Ints  # (P,)
    hosted_spent: Floats  # (P, C) as `spent`, for the displaced sheltering here
    hosted_seen: Floats  # (P, C) as `seen`, for them
    blocked: Flags  # (P, C) 1 where no open refuge was found today
    dead: Ints  # (C,) civilians
    aided: Floats  # (1,) share of the deaths of those caught in the open that help avoids


@bundle
class Tally(NamedTuple):
    """Cumulative counts since the freeze, persons."""

    newly: Ints  # (P,) first moves away from this home
    near: Ints  # (1,) of them inside the own first administrative level
    returned: Ints  # (P,) back at this home
    arrived: Ints  # (P,) came to shelter here
    onward: Ints  # (P,) displaced people who moved on from here


@bundle
class Groups(NamedTuple):
    """Displaced people: one row for each (origin, community, place), found through a hash table."""

    table: Ints  # open addressing, row or -1
    rows: Ints  # (rows, 8) who they are and how many: columns KEY to ROOTED; one row is one cache line
    cell: Ints  # place * communities + community: where they shelter, for the daily pass over all groups
    look: Ints  # step of the next look at those who wait or are caught
    since: Floats  # step of the last look at them, or when they came: a mean over them
    turn: Ints  # step of the next look at those who have settled
    span: Floats  # steps they have been settled by then since the last of those looks: a mean over them
    fled: Floats  # share of thresholds below which these people left, 0-1
    wish: Floats  # wish to go home at the last look at those who have settled, UNASKED before the first
    used: Ints


@bundle
class Moves(NamedTuple):
    """People on the road."""

    origin: Ints
    community: Ints
    place: Ints  # where they are going
    purpose: Ints  # to a refuge, refused and going as far as the gate, home
    persons: Ints
    arrival: Ints  # step of arrival
    fled: Floats
    used: Ints


@bundle
class Violence(NamedTuple):
    """Who holds what and where there is fighting."""

    holder: Ints  # (P,) force or NOBODY
    fighter: Ints  # (P,) attacking force or NOBODY
    intensity: Floats  # (P,) 0-1
    until: Ints  # (P,) step from which the rules decide a fight: its first one, or where the script ends
    strength: Ints  # (P, F) fighters on paper
    killed: Ints  # (F,) fighters lost
    ruin: Floats  # (P,) share destroyed
    odds: Floats  # (P,) strength of the best-placed attacker over the defence
    seen: Floats  # (P,) the same as people believe it, who know no garrison before it is tried
    front: Floats  # (P,) standing threat of that attacker
    challenger: Ints  # (P,) that attacker
    reach: Floats  # (neighbours,) weight of a neighbour's force by distance
    near: Floats  # (P, P) the same as a table, 1 at the place itself, 0 beyond
    ease: Floats  # (P, F) how much easier a place is to take for the way a force treats its people
    moved: Ints  # (P,) step at which a front last moved nearby
    struck: Floats  # (F,) step at which a force last attacked


@bundle
class Beliefs(NamedTuple):
    """What people believe about danger."""

    threat: Floats  # (P, F) believed chance that the force strikes here
    harm: Floats  # (P, F) fighting of the last weeks
    memory: Floats  # (P, F) fighting of the last years
    danger: Floats  # (P, C) yesterday's believed danger
    nearby: Floats  # (P, F) fighting next door that is felt here, 0-1
    incoming: Floats  # (ring, P, F) alarm of what happens here, on its way
    rumour: Floats  # (ring, P, F) alarm of what happens elsewhere, on its way
    due: Flags  # (ring, P) 1 where alarm arrives
    awake: Flags  # (P,) 1 where danger changes


@bundle
class Log(NamedTuple):
    """Events of the chronicle; columns as in events.DTYPE."""

    day: Floats
    kind: Ints
    place: Ints
    force: Ints
    other: Ints
    cause: Ints
    persons: Ints
    move: Ints
    used: Ints


@bundle
class Scratch(NamedTuple):
    """Working arrays of the search for refuges, and what it last found from each place for each community."""

    log_rank: Floats  # (K,) log of the rank among refuges, nearest first
    heap_km: Floats  # (2 * links + 1,) heap of the search
    heap_place: Ints  # (2 * links + 1,)
    km: Floats  # (P,)
    open: Floats  # (P,) share let through on the way
    gate: Ints  # (P,) last place before the first checkpoint that refuses people, or -1
    mark: Ints  # (P,) stamp of the search that reached the place
    closed: Ints  # (P,) stamp of the search that settled the place
    searched: Ints  # (P, C) step of the search, -1 for never
    weighed: Ints  # (P, C) step at which what it found was last weighed
    found: Ints  # (P, C) open refuges found
    choice: Ints  # (P, C, K) candidate places, nearest first
    weight: Floats  # (P, C, K) their pull
    far: Floats  # (P, C, K) km to them
    let: Floats  # (P, C, K) share let through on the way
    stop: Ints  # (P, C, K) where the others are stopped, or -1
    feared: Floats  # (P, C, 2) danger for which `deterred` was worked out
    deterred: (
        Floats  # (P, C, 2) share of the thresholds below it, for those who wait and those who have settled
    )
    met: Floats  # (P, C) danger for which `accepted` was worked out
    accepted: Floats  # (P, C) share of the displaced whom this danger at the refuge would move on
    jump: Floats  # (P * C,) share of the displaced sheltering here whom new danger moves on
    stamp: Ints  # (1,)


@bundle
class State(NamedTuple):
    """Everything that changes in a future."""

    people: People
    tally: Tally
    groups: Groups
    moves: Moves
    violence: Violence
    beliefs: Beliefs
    log: Log
    scratch: Scratch
    forces: Forces
    standing: Standing
    attitudes: Attitudes
    backing: Backing
    defence: Defence


Table = TypeVar("Table", Moves, Log)

KEY = 0  # columns of Groups.rows
ORIGIN = 1
COMMUNITY = 2
PLACE = 3
CAUGHT = 4  # want on or out, cannot
WAITING = 5  # arrived, not settled
SETTLED = 6
ROOTED = 7  # settled for good
COLUMNS = 8
TO_REFUGE = 0  # purposes of a journey
TO_GATE = 1
TO_HOME = 2
TO_SETTLE = 3  # of their own accord, to somewhere they know
UNASKED = -1.0


@kernel
def _slot(table, key, rows):
    """Return the slot of the hash table that holds ``key``, or the free slot where it belongs (linear
    probing).
    """
    mask = table.shape[0] - 1
    h = np.uint64(key) * GOLDEN
    slot = np.int64(h >> SHIFT) & mask
    while table[slot] >= 0 and rows[table[slot], KEY] != key:
        slot = (slot + 1) & mask
    return slot


def new_groups(rows: int) -> Groups:
    """Return an empty table of displaced people with room for ``rows`` (a power of two)."""
    return Groups(
        table=np.full(SPARE * rows, -1, np.int64),
        rows=np.zeros((rows, COLUMNS), np.int64),
        cell=np.zeros(rows, np.int64),
        look=np.zeros(rows, np.int64),
        since=np.zeros(rows),
        turn=np.zeros(rows, np.int64),
        span=np.zeros(rows),
        fled=np.zeros(rows),
        wish=np.zeros(rows),
        used=np.zeros(1, np.int64),
    )


@kernel_with_wrapper
def find_group(groups, origin, community, place, places, communities):
    """Return the row of a group, making it when it is new; room must have been ensured."""
    key = (origin * communities + community) * places + place
    slot = _slot(groups.table, key, groups.rows)
    row = groups.table[slot]
    if row < 0:
        row = groups.used[0]
        groups.used[0] = row + 1
        groups.table[slot] = row
        groups.rows[row, KEY] = key
        groups.rows[row, ORIGIN] = origin
        groups.rows[row, COMMUNITY] = community
        groups.rows[row, PLACE] = place
        groups.cell[row] = place * communities + community
    return row


@kernel
def held(groups, row):
    """Return how many people a group has."""
    return (
        groups.rows[row, CAUGHT]
        + groups.rows[row, WAITING]
        + groups.rows[row, SETTLED]
        + groups.rows[row, ROOTED]
    )


@kernel_with_wrapper
def enter_groups(groups):
    """Enter every group in an empty hash table."""
    for g in range(groups.used[0]):
        groups.table[_slot(groups.table, groups.rows[g, KEY], groups.rows)] = g


@kernel_with_wrapper
def drop_empty_groups(groups):
    """Close the gaps that emptied groups leave; the others keep their order.

    Done on set days and never when a table grows, so that the order of groups cannot depend on its size.
    """
    used = groups.used[0]
    kept = 0
    for g in range(used):
        if held(groups, g) == 0:
            continue
        if kept < g:
            for column in range(COLUMNS):
                groups.rows[kept, column] = groups.rows[g, column]
            groups.cell[kept] = groups.cell[g]
            groups.look[kept] = groups.look[g]
            groups.since[kept] = groups.since[g]
            groups.turn[kept] = groups.turn[g]
            groups.span[kept] = groups.span[g]
            groups.fled[kept] = groups.fled[g]
            groups.wish[kept] = groups.wish[g]
        kept += 1
    if kept == used:
        return
    for g in range(kept, used):
        for column in range(COLUMNS):
            groups.rows[g, column] = 0
    groups.used[0] = kept
    for slot in range(groups.table.shape[0]):
        groups.table[slot] = -1
    enter_groups(groups)


def grow_groups(groups: Groups, rows: int) -> Groups:
    """Return the same groups in a table with room for ``rows`` (a power of two)."""
    used = int(groups.used[0])
    fresh = new_groups(rows)
    for old, new in zip(groups, fresh, strict=True):
        if old is not groups.table and old is not groups.used:
            new[:used] = old[:used]
    fresh.used[0] = used
    enter_groups(fresh)
    return fresh


def new_moves(rows: int) -> Moves:
    """Return an empty list of journeys with room for ``rows``."""
    origin, community, place, purpose, persons, arrival = np.zeros((6, rows), np.int64)
    return Moves(
        origin, community, place, purpose, persons, arrival, fled=np.zeros(rows), used=np.zeros(1, np.int64)
    )


@kernel
def add_move(moves, origin, community, place, purpose, persons, arrival, fled):
    """Put people on the road; room must have been ensured at the start of the step."""
    m = moves.used[0]
    moves.used[0] = m + 1
    moves.origin[m] = origin
    moves.community[m] = community
    moves.place[m] = place
    moves.purpose[m] = purpose
    moves.persons[m] = persons
    moves.arrival[m] = arrival
    moves.fled[m] = fled


def new_log(rows: int) -> Log:
    """Return an empty event log with room for ``rows``."""
    kind, place, force, other, cause, persons, move = np.zeros((7, rows), np.int64)
    return Log(np.zeros(rows), kind, place, force, other, cause, persons, move, used=np.zeros(1, np.int64))


@kernel_with_wrapper
def moves_at_most(state):
    """Return how long the list of journeys can be at the end of the next step.

    Each cell and each group sends people to the refuges it sees, to as many gates, and home.
    """
    cells = state.people.residents.size + state.groups.used[0]
    return state.moves.used[0] + cells * (2 * state.scratch.choice.shape[2] + 1)


@kernel
def needs_room(state, events):
    """Whether a growing table could overflow in the next step, in which up to ``events`` events happen."""
    return (
        state.groups.used[0] + state.moves.used[0] + 2 * state.people.residents.size
        > state.groups.look.shape[0]
        or moves_at_most(state) > state.moves.persons.shape[0]
        or state.log.used[0] + events > state.log.day.shape[0]
    )


def make_room(state: State, events: int) -> State:
    """Return the state with room in its growing tables for one more step."""
    groups, moves, log = state.groups, state.moves, state.log
    places, communities = state.people.residents.shape
    deserters = 2 * places * communities  # new groups that those who desert in one step can make
    if groups.used[0] + moves.used[0] + deserters > len(groups.look):
        rows = 1 << (2 * (int(groups.used[0]) + int(moves.used[0]) + deserters)).bit_length()
        groups = grow_groups(groups, rows)
    while moves_at_most(state) > len(moves.persons):
        moves = _longer(moves)
    while log.used[0] + events > len(log.day):
        log = _longer(log)
    return state._replace(groups=groups, moves=moves, log=log)


def _longer(table: Table) -> Table:
    """Return a table with twice the room; ``used`` stays its single element."""
    columns = {
        name: np.concatenate([column, np.zeros_like(column)]) for name, column in table._asdict().items()
    }
    return table._replace(**{**columns, "used": table.used})


@kernel
def note(log, day, kind, place, force, other, cause, persons):
    """Write one event; room must have been ensured at the start of the step."""
    e = log.used[0]
    log.used[0] = e + 1
    log.day[e] = day
    log.kind[e] = kind
    log.place[e] = place
    log.force[e] = force
    log.other[e] = other
    log.cause[e] = cause
    log.persons[e] = persons
    log.move[e] = NOBODY


@kernel
def note_power(log, day, kind, place, power, other, cause, persons, move):
    """Write one event of powers: they stand where forces stand else; ``move`` is the declared move or -1."""
    note(log, day, kind, place, power, other, cause, persons)
    log.move[log.used[0] - 1] = move
