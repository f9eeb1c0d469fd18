"""What is measured of a future: names, units, shapes, and the kernel that writes one output date.

Scalar measures are written on every date of the output grid, place measures on snapshot dates, tables by
community and by first administrative level at the horizons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from afternext.world.bundle import bundle
from afternext.world.kernel import kernel
from afternext.world.measures_council import COUNCIL, Measure, Told, dated, list_council
from afternext.world.measures_regions import FIRST, list_regions
from afternext.world.processes.siege import cut_off
from afternext.world.state import CAUGHT as IN_BETWEEN
from afternext.world.state import COMMUNITY, NOBODY, ORIGIN, PLACE, SETTLED, WAITING
from afternext.world.state import ROOTED as FOR_GOOD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@bundle
class Output(NamedTuple):
    """Arrays that a future writes its measures into, and on which days."""

    date_of: NDArray[np.int64]  # (days+1,) row of `scalars` to write at the end of a day, or -1
    snapshot_of: NDArray[np.int64]  # (days+1,)
    horizon_of: NDArray[np.int64]  # (days+1,)
    scalars: NDArray[np.float64]  # (date, measure)
    blocks: NDArray[np.int64]  # (snapshot, measure, place)
    by_origin: NDArray[np.int64]  # (horizon, place, community)
    by_refuge: NDArray[np.int64]  # (horizon, place, community)
    flows: NDArray[np.int64]  # (horizon, admin, admin)
    regions_at: int  # first measure of regions among `scalars`
    council_at: int  # first measure of the strategic layer among `scalars`, or -1


def new_output(coords: Mapping[str, NDArray[Any]], measures: tuple[Measure, ...], days: int) -> Output:
    """Return empty output arrays for a future of ``days`` days."""

    def rows(axis: str) -> NDArray[np.int64]:
        of = np.full(days + 1, -1, dtype=np.int64)
        of[coords[axis]] = np.arange(len(coords[axis]))
        return of

    places, communities, admins = (len(coords[axis]) for axis in ("place", "community", "origin"))
    horizons = len(coords["horizon"])
    return Output(
        rows("date"),
        rows("snapshot"),
        rows("horizon"),
        np.zeros((len(coords["date"]), sum(m.dims == ("date",) for m in measures))),
        np.zeros((len(coords["snapshot"]), len(PLACE_MEASURES), places), dtype=np.int64),
        np.zeros((horizons, places, communities), dtype=np.int64),
        np.zeros((horizons, places, communities), dtype=np.int64),
        np.zeros((horizons, admins, admins), dtype=np.int64),
        next(k for k, measure in enumerate(measures) if measure.name == FIRST),
        next((k for k, measure in enumerate(measures) if measure.name == COUNCIL[0][0]), -1),
    )


SCALARS: tuple[tuple[str, str, str, str], ...] = (
    (
        "displaced",
        "persons",
        "people away from home, in the country and abroad, on the road included",
        "int64",
    ),
    ("idps", "persons", "displaced people sheltering in their own country", "int64"),
    ("refugees_abroad", "persons", "displaced people sheltering in another country", "int64"),
    ("newly_displaced", "persons", "first moves away from home since the freeze, cumulative", "int64"),
    ("secondary", "persons", "onward moves of displaced people since the freeze, cumulative", "int64"),
    ("returned", "persons", "displaced people come home since the freeze, cumulative", "int64"),
    ("on_the_move", "persons", "people on the road", "int64"),
    ("trapped", "persons", "people at home who decided to leave and find no way out", "int64"),
    (
        "caught",
        "persons",
        "displaced people between the lines: turned back or without an open refuge",
        "int64",
    ),
    (
        "settled_for_good",
        "persons",
        "displaced people who no longer mean to go back, not counted in displaced",
        "int64",
    ),
    ("dead", "persons", "civilians killed or died in flight since the freeze, cumulative", "int64"),
    ("residents", "persons", "people living at home", "int64"),
    (
        "displaced_near",
        "share",
        "share of first moves that stay in the own first administrative level, cumulative",
        "float64",
    ),
    ("fighting_places", "places", "places with fighting", "int64"),
    ("active_places", "share", "share of places where believed danger changes or people leave", "float64"),
    ("danger", "danger", "believed danger, mean over residents", "float64"),
    ("places_held_nobody", "places", "places that nobody holds", "int64"),
    ("places_contested", "places", "places whose holder is under attack", "int64"),
    (
        "places_besieged",
        "places",
        "places whose every road leads to an enemy of their holder, or half of them under siege",
        "int64",
    ),
    ("islands", "places", "places cut off from the largest connected ground of their holder", "int64"),
    (
        "hard_to_reach",
        "persons",
        "people at besieged places, displaced people sheltering there included",
        "int64",
    ),
    ("attacks", "attacks", "attacks begun since the freeze, cumulative", "int64"),
    ("raids", "raids", "raids begun since the freeze, cumulative", "int64"),
    ("deserted", "persons", "fighters who left the ranks since the freeze, cumulative", "int64"),
    ("recruited", "persons", "people who joined the ranks since the freeze, cumulative", "int64"),
    ("fighters_killed", "persons", "fighters killed since the freeze, cumulative", "int64"),
    ("fighters", "persons", "fighters present or on their way", "int64"),
    (
        "foreign_fighters",
        "persons",
        "fighters come from outside the map since the freeze, cumulative",
        "int64",
    ),
    ("defenders", "persons", "residents under arms for their own place", "int64"),
    ("paid_defenders", "persons", "of them on a payroll", "int64"),
    ("defenders_lost", "persons", "local defenders killed since the freeze, cumulative", "int64"),
    ("reprisals", "persons", "residents killed because others had armed, after a fall, cumulative", "int64"),
    ("hope", "share", "believed chance that one's place holds out, mean over residents", "float64"),
)
(
    DISPLACED,
    IDPS,
    REFUGEES,
    NEWLY,
    SECONDARY,
    RETURNED,
    MOVING,
    TRAPPED,
    CAUGHT,
    ROOTED,
    DEAD,
    RESIDENTS,
    NEAR,
    FIGHTING,
    ACTIVE,
    DANGER,
    HELD_NOBODY,
    CONTESTED,
    BESIEGED,
    ISLANDS,
    CUT_OFF,
    ATTACKS,
    RAIDS,
    DESERTED,
    RECRUITED,
    KILLED,
    FIGHTERS,
    FOREIGN,
    DEFENDERS,
    PAID,
    DEFENDERS_LOST,
    REPRISALS,
    HOPE,
) = range(len(SCALARS))

PLACE_MEASURES: tuple[tuple[str, str, str, str], ...] = (
    ("place_residents", "persons", "people living at home here", "int32"),
    ("place_displaced_from", "persons", "people from here who are displaced", "int32"),
    ("place_idps", "persons", "displaced people of the same country sheltering here", "int32"),
    ("place_refugees", "persons", "displaced people of another country sheltering here", "int32"),
    ("place_newly_displaced", "persons", "first moves away from here since the freeze, cumulative", "int32"),
    ("place_returned", "persons", "people come home here since the freeze, cumulative", "int32"),
    ("place_arrived", "persons", "arrivals here of displaced people since the freeze, cumulative", "int32"),
    (
        "place_secondary",
        "persons",
        "displaced people who moved on from here since the freeze, cumulative",
        "int32",
    ),
    ("place_trapped", "persons", "residents here who decided to leave and find no way out", "int32"),
    (
        "place_holder",
        "force",
        "number of the force that holds the place, in scenario order; -1 nobody",
        "int8",
    ),
    ("place_defenders", "persons", "residents under arms for this place", "int32"),
    ("place_contested", "force", "number of the force that attacks the place; -1 none", "int8"),
)

TABLE_MEASURES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "origin_displaced",
        "persons",
        "displaced people by home and community",
        ("horizon", "place", "community"),
    ),
    (
        "refuge_displaced",
        "persons",
        "displaced people by refuge and community",
        ("horizon", "place", "community"),
    ),
    (
        "flow_displaced",
        "persons",
        "displaced people by first administrative level of home and refuge",
        ("horizon", "origin", "refuge"),
    ),
)


def list_measures(
    communities: tuple[str, ...],
    forces: tuple[str, ...],
    insurgents: tuple[str, ...],
    rulers: tuple[str, ...],
    regions: Sequence[str],
    told: Told | None = None,
) -> tuple[Measure, ...]:
    """Return every measure of a world with these communities, forces and regions, scalars first, in kernel
    order.
    """
    scalars = [dated(*row) for row in SCALARS]
    for c in communities:
        scalars.append(dated(f"displaced_{c}", "persons", f"displaced people of the community {c}"))
    for kind, unit, meaning in (
        ("places_held", "places", "places held by"),
        ("population_held", "persons", "residents of places held by"),
        ("strength", "fighters", "fighters present or on their way of"),
        ("nominal", "fighters", "fighters on paper of"),
        ("materiel", "vehicles", "vehicles and heavy weapons of"),
        ("killed", "persons", "fighters killed since the freeze, cumulative, of"),
    ):
        for f in forces:
            scalars.append(dated(f"{kind}_{f}", unit, f"{meaning} {f}"))
    for f in insurgents:
        meaning = f"posture of {f}: 0 hold, 1 expand, 2 foment, 3 go to ground"
        scalars.append(dated(f"posture_{f}", "code", meaning))
    for c in communities:
        for f in forces:
            if f in insurgents or f in rulers:
                meaning = f"share of {c} that tolerates {f}, mean over residents"
                scalars.append(dated(f"attitude_{c}_{f}", "share", meaning, "float64"))
    scalars += list_regions(regions)
    if told is not None:
        scalars += list_council(told)
    places = [
        Measure(name, unit, meaning, ("snapshot", "place"), dtype)
        for name, unit, meaning, dtype in PLACE_MEASURES
    ]
    tables = [Measure(name, unit, meaning, dims, "int32") for name, unit, meaning, dims in TABLE_MEASURES]
    return tuple(scalars + places + tables)


@kernel
def write_scalars(row, people, tally, groups, moves, violence, beliefs, forces, facts, network):
    """Write the scalar measures of one date into ``row`` (zeros before), in the order of
    ``list_measures``.
    """
    places, communities = people.residents.shape
    count = violence.strength.shape[1]
    base = HOPE + 1
    for g in range(groups.used[0]):
        away = groups.rows[g, IN_BETWEEN] + groups.rows[g, WAITING] + groups.rows[g, SETTLED]
        row[ROOTED] += groups.rows[g, FOR_GOOD]
        if away > 0:
            row[CAUGHT] += groups.rows[g, IN_BETWEEN]
            abroad = network.country[groups.rows[g, PLACE]] != network.country[groups.rows[g, ORIGIN]]
            row[REFUGEES if abroad else IDPS] += away
            row[base + groups.rows[g, COMMUNITY]] += away
    for m in range(moves.used[0]):
        row[MOVING] += moves.persons[m]
        row[base + moves.community[m]] += moves.persons[m]
    row[DISPLACED] = row[IDPS] + row[REFUGEES] + row[MOVING]
    active = 0
    for i in range(places):
        here = 0
        for c in range(communities):
            living = people.residents[i, c] + people.leaving[i, c]
            here += living
            row[DANGER] += living * beliefs.danger[i, c]
            if people.blocked[i, c] == 1:
                row[TRAPPED] += people.leaving[i, c]
        row[RESIDENTS] += here
        row[NEWLY] += tally.newly[i]
        row[SECONDARY] += tally.onward[i]
        row[RETURNED] += tally.returned[i]
        holder = violence.holder[i]
        if holder >= 0:
            row[base + communities + holder] += 1
            row[base + communities + count + holder] += here
        else:
            row[HELD_NOBODY] += 1
        if violence.fighter[i] >= 0:
            row[FIGHTING] += 1
            row[CONTESTED] += 1
        if beliefs.awake[i] == 1 or people.leaving_total[i] > 0:
            active += 1
        if cut_off(violence, forces, facts, network, i):
            row[BESIEGED] += 1
            row[CUT_OFF] += here + people.hosted_total[i]
    write_forces(row, base + communities, violence, forces, facts)
    row[ISLANDS] = count_islands(violence, forces, network)
    for c in range(communities):
        row[DEAD] += people.dead[c]
    row[NEAR] = tally.near[0] / row[NEWLY] if row[NEWLY] > 0.0 else 0.0
    row[DANGER] = row[DANGER] / row[RESIDENTS] if row[RESIDENTS] > 0.0 else 0.0
    row[ACTIVE] = active / places


@kernel
def write_forces(row, base, violence, forces, facts):
    """Write what is measured of every force, behind places and people held by it."""
    places, count = violence.strength.shape
    at = base + 2 * count
    for f in range(count):
        for i in range(places):
            row[at + f] += forces.present[i, f] + forces.coming[i, f]
            row[at + count + f] += violence.strength[i, f] + forces.coming[i, f]
            row[at + 2 * count + f] += forces.materiel[i, f] + forces.coming_materiel[i, f]
        row[at + 3 * count + f] = violence.killed[f]
        row[FIGHTERS] += row[at + f]
        row[DESERTED] += forces.deserted[f]
        row[RECRUITED] += forces.recruited[f]
        row[FOREIGN] += forces.foreign[f]
        row[KILLED] += violence.killed[f]
    row[ATTACKS] = forces.attacks[0]
    row[RAIDS] = forces.attacks[1]
    at += 4 * count
    for f in range(count):
        if facts.insurgent[f] == 1:
            row[at] = forces.posture[f]
            at += 1


@kernel
def write_attitudes(row, people, attitudes, defence, standing, facts):
    """Write local defenders, hope, and what communities think of insurgents and rulers, the last of all."""
    places, communities = people.residents.shape
    for c in range(communities):
        row[DEFENDERS_LOST] += defence.fallen[c]
        row[REPRISALS] += defence.reprisals[c]
    total = 0.0
    for i in range(places):
        for c in range(communities):
            row[DEFENDERS] += defence.unpaid[i, c] + defence.paid[i, c]
            row[PAID] += defence.paid[i, c]
            row[HOPE] += attitudes.hope[i, c] * people.residents[i, c]
            total += people.residents[i, c]
    row[HOPE] = row[HOPE] / total if total > 0.0 else 0.0
    count = facts.insurgent.shape[0]
    at = HOPE + 1 + communities + (2 + 2 + 2) * count
    for f in range(count):
        if facts.insurgent[f] == 1:
            at += 1
    for c in range(communities):
        persons = 0.0
        for i in range(places):
            persons += people.residents[i, c]
        for f in range(count):
            if facts.insurgent[f] == 0 and standing.rulers[f] == 0:
                continue
            for i in range(places):
                row[at] += attitudes.tolerance[i, c, f] * people.residents[i, c]
            row[at] = row[at] / persons if persons > 0.0 else 0.0
            at += 1


@kernel
def write_regions(row, at, regions, groups, tally, network):
    """Write who shelters in camps, and by region who shelters there, comes from there and has come home."""
    inside = at + 1
    abroad = inside + regions
    origin = abroad + regions
    home = origin + regions
    for g in range(groups.used[0]):
        away = groups.rows[g, IN_BETWEEN] + groups.rows[g, WAITING] + groups.rows[g, SETTLED]
        if away > 0:
            here, left = groups.rows[g, PLACE], groups.rows[g, ORIGIN]
            if network.camp[here] == 1:
                row[at] += away
            block = inside if network.country[here] == network.country[left] else abroad
            row[block + network.admin[here]] += away
            row[origin + network.admin[left]] += away
    for i in range(network.admin.shape[0]):
        row[home + network.admin[i]] += tally.returned[i]


@kernel
def count_islands(violence, forces, network):
    """Count places that no road over their holder's own ground joins to its largest connected ground."""
    places, count = violence.strength.shape
    for i in range(places):
        forces.bidder[i] = i
    changed = True
    while changed:  # the smallest number of a connected place spreads over the ground
        changed = False
        for i in range(places):
            for k in range(network.link_start[i], network.link_start[i + 1]):
                j = network.link_to[k]
                same = violence.holder[i] >= 0 and violence.holder[i] == violence.holder[j]
                if same and forces.bidder[j] < forces.bidder[i]:
                    forces.bidder[i] = forces.bidder[j]
                    changed = True
    islands = 0
    for f in range(count):
        held = 0
        largest = 0
        for i in range(places):
            if violence.holder[i] == f:
                held += 1
                forces.bid[i] = 0.0
        for i in range(places):
            if violence.holder[i] == f:
                forces.bid[forces.bidder[i]] += 1.0
        for i in range(places):
            if violence.holder[i] == f:
                largest = max(largest, int(forces.bid[i]))
        islands += held - largest
    for i in range(places):
        forces.bidder[i] = NOBODY
    return islands


@kernel
def write_places(block, people, tally, groups, violence, defence, network):
    """Write the place measures of one snapshot into ``block`` (measure, place), in the order of
    PLACE_MEASURES.
    """
    places, communities = people.residents.shape
    for i in range(places):
        for c in range(communities):
            block[0, i] += people.residents[i, c] + people.leaving[i, c]
            if people.blocked[i, c] == 1:
                block[8, i] += people.leaving[i, c]
        block[4, i] = tally.newly[i]
        block[5, i] = tally.returned[i]
        block[6, i] = tally.arrived[i]
        block[7, i] = tally.onward[i]
        block[9, i] = violence.holder[i]
        block[10, i] = defence.armed[i]
        block[11, i] = violence.fighter[i]
    for g in range(groups.used[0]):
        away = groups.rows[g, IN_BETWEEN] + groups.rows[g, WAITING] + groups.rows[g, SETTLED]
        if away > 0:
            block[1, groups.rows[g, ORIGIN]] += away
            abroad = network.country[groups.rows[g, PLACE]] != network.country[groups.rows[g, ORIGIN]]
            block[3 if abroad else 2, groups.rows[g, PLACE]] += away


@kernel
def write_tables(origin_table, refuge_table, flow, groups, network):
    """Write the tables of one horizon: by home and community, by refuge and community, by governorate of
    both.
    """
    for g in range(groups.used[0]):
        away = groups.rows[g, IN_BETWEEN] + groups.rows[g, WAITING] + groups.rows[g, SETTLED]
        if away > 0:
            origin_table[groups.rows[g, ORIGIN], groups.rows[g, COMMUNITY]] += away
            refuge_table[groups.rows[g, PLACE], groups.rows[g, COMMUNITY]] += away
            flow[network.admin[groups.rows[g, ORIGIN]], network.admin[groups.rows[g, PLACE]]] += away
