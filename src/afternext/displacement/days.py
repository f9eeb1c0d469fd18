"""Days of the world's movement process, driven by arrivals that are given.

The kernels are the world's own (world/processes/movement.py and refuge.py): people who have decided leave,
look for the open refuges along the roads, spread by their pull and arrive. Here the numbers who leave each
day come from outside, and what else a world holds (fighting, beliefs, return) stands still.
"""

from __future__ import annotations

from afternext.world.day import ARRIVALS, DEPARTURES
from afternext.world.forces import Now
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.processes.movement import host, remember_hosted, step_arrivals, step_departures
from afternext.world.processes.refuge import HEARD
from afternext.world.state import SETTLED, find_group, needs_room
from afternext.world.streams import future_key, step_stream

AT_ONCE = 1e-3  # days within which those who leave set out: the data say the day
SPREAD = 1.0  # of thresholds; nothing here is dangerous, so it moves nobody


@kernel
def shelter(people, groups, place, persons, limit, places):
    """Count people in who are known to come to a place; those for whom it has no room go on from there."""
    room = persons if limit[place] < 0 else max(0, min(persons, limit[place] - people.hosted_total[place]))
    if room > 0:
        row = find_group(groups, place, 0, place, places, 1)
        groups.rows[row, SETTLED] += room
        host(people, place, 0, room)
    people.leaving[place, 0] += persons - room
    people.leaving_total[place] += persons - room


@kernel
def shut_full(people, beliefs, limit, p):
    """Close full refuges: to those who look for one they count as dangerous ones do."""
    for i in range(len(limit)):
        full = limit[i] >= 0 and people.hosted_total[i] >= limit[i]
        beliefs.danger[i, 0] = p.refuge_danger_limit if full else 0.0


@kernel_with_wrapper
def run_days(state, facts, network, p, leaving, known, limit, seed, luck, first, last, out):
    """Run steps of one day; write how many shelter at each place at the end of each.

    leaving : (D, P) who decide to leave      known : (D, P) who are known to arrive
    limit   : (P,) persons at which a refuge is full, -1 for never
    Returns the number of days done: fewer than ``last`` when a table needs more room before going on.
    """
    people, groups, beliefs, scratch = state.people, state.groups, state.beliefs, state.scratch
    places = len(limit)
    key = future_key(seed, luck)
    for step in range(first, last):
        if needs_room(state, places):
            return step
        remember_hosted(people)
        shut_full(people, beliefs, limit, p)
        state.log.used[0] = 0
        now = Now(step_stream(key, step, ARRIVALS), step, step + 1.0, 1.0, 1)
        step_arrivals(state, p, SPREAD, 0.0, now)
        for i in range(places):
            shelter(people, groups, i, known[step, i], limit, places)
            people.leaving[i, 0] += leaving[step, i]
            people.leaving_total[i] += leaving[step, i]
            scratch.weighed[i, 0] = step - HEARD  # everybody knows how full the refuges are
        now = Now(step_stream(key, step, DEPARTURES), step, step + 1.0, 1.0, 1)
        step_departures(state, facts, network, p, AT_ONCE, 0.0, now)
        for i in range(places):
            out[step, i] = people.hosted_total[i]
    return last
