"""The order of a day: the whole model on one screen, and one future from the freeze to its end."""

from __future__ import annotations

from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.measures import write_places, write_scalars, write_tables
from afternext.world.processes.civilians import step_civilians
from afternext.world.processes.displaced import step_displaced
from afternext.world.processes.movement import (
    remember_hosted,
    step_arrivals,
    step_departures,
    tell_homecomings,
)
from afternext.world.processes.perception import believe, step_perception
from afternext.world.processes.violence import step_incidents, step_violence
from afternext.world.state import drop_empty_groups, needs_room
from afternext.world.streams import future_key, step_stream

VIOLENCE = 1  # names of the streams; never renumber: the luck of every stored run depends on them
CIVILIANS = 2
DEPARTURES = 3
ARRIVALS = 4
DISPLACED = 5
TIDY = 56  # days between two clearings of emptied groups


@kernel
def step_day(state, facts, network, p, key, step, dt, per_day, returned_before):
    """Advance one step of ``dt`` days.

    Order and reason: perception first, so that all act on yesterday's events; then violence, which makes
    today's; then civilians decide; then those on the road arrive before others set out, so that nobody moves
    twice a day.
    """
    people, tally, groups, moves, violence, beliefs, log, scratch = state
    day = (step + 1) * dt
    places, communities = people.residents.shape

    remember_hosted(people)
    if step % (TIDY * per_day) == 0:
        drop_empty_groups(groups)
    step_perception(beliefs, violence, facts, network, p.perception, step, dt, per_day)
    stream = step_stream(key, step, VIOLENCE)
    step_incidents(
        violence, beliefs, facts, network, p.violence, p.perception, log, stream, step, day, dt, per_day
    )
    step_violence(
        violence, beliefs, facts, network, p.violence, p.perception, log, stream, step, day, dt, per_day
    )
    stream = step_stream(key, step, CIVILIANS)
    step_civilians(people, violence, beliefs, facts, p.civilians, stream, step, dt, per_day)
    stream = step_stream(key, step, ARRIVALS)
    step_arrivals(
        people,
        tally,
        groups,
        moves,
        beliefs,
        scratch,
        p.movement,
        p.civilians.threshold_spread,
        p.civilians.weariness,
        stream,
        step,
        per_day,
        places,
        communities,
    )
    stream = step_stream(key, step, DISPLACED)
    step_displaced(
        people,
        tally,
        groups,
        moves,
        violence,
        beliefs,
        facts,
        network,
        scratch,
        p.movement,
        p.civilians.threshold_spread,
        stream,
        step,
        dt,
        per_day,
    )
    stream = step_stream(key, step, DEPARTURES)
    step_departures(
        people,
        tally,
        moves,
        violence,
        beliefs,
        facts,
        network,
        scratch,
        log,
        p.movement,
        p.civilians.leave_days,
        p.civilians.caught_share,
        stream,
        step,
        day,
        dt,
        per_day,
    )
    if (step + 1) % per_day == 0:
        tell_homecomings(tally, returned_before, log, violence, day)


@kernel_with_wrapper
def begin(state, facts, network, p, output):
    """Work out what people believe at the freeze and write the measures of day 0."""
    for i in range(state.people.residents.shape[0]):
        believe(state.beliefs, state.violence, facts, p.perception, i)
    write_day(state, network, 0, output)


@kernel_with_wrapper
def run_steps(state, facts, network, p, seed, luck, first, last, per_day, events, returned_before, output):
    """Run one future from step ``first`` to step ``last`` and fill the output arrays.

    Returns the number of steps done: fewer than ``last`` when a table needs more room before going on.
    """
    key = future_key(seed, luck)
    dt = 1.0 / per_day
    for step in range(first, last):
        if needs_room(state, events):
            return step
        step_day(state, facts, network, p, key, step, dt, per_day, returned_before)
        if (step + 1) % per_day == 0:
            write_day(state, network, (step + 1) // per_day, output)
    return last


@kernel
def write_day(state, network, day, output):
    """Write the measures that are due at the end of ``day``."""
    people, tally, groups, moves, violence, beliefs, _, _ = state
    date = output.date_of[day]
    if date >= 0:
        write_scalars(output.scalars[date], people, tally, groups, moves, violence, beliefs, network)
    snapshot = output.snapshot_of[day]
    if snapshot >= 0:
        write_places(output.blocks[snapshot], people, tally, groups, violence, network)
    horizon = output.horizon_of[day]
    if horizon >= 0:
        write_tables(
            output.by_origin[horizon], output.by_refuge[horizon], output.flows[horizon], groups, network
        )
