"""The order of a day: the whole model on one screen, and one future from the freeze to its end."""

from __future__ import annotations

from afternext.world.chancellery_day import step_chancellery
from afternext.world.forces import Now
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.measures import (
    write_attitudes,
    write_places,
    write_regions,
    write_scalars,
    write_tables,
)
from afternext.world.measures_council import write_chancellery
from afternext.world.processes.attitudes import step_attitudes
from afternext.world.processes.civilians import step_civilians
from afternext.world.processes.clash import step_clash
from afternext.world.processes.columns import step_columns
from afternext.world.processes.control import (
    FORTNIGHT,
    fill_vacuums,
    list_posts,
    warm_ground,
    weigh_odds,
    weigh_power,
)
from afternext.world.processes.defence import step_defence
from afternext.world.processes.displaced import step_displaced
from afternext.world.processes.handover import step_handover
from afternext.world.processes.incidents import step_incidents
from afternext.world.processes.movement import (
    remember_hosted,
    step_arrivals,
    step_departures,
    tell_homecomings,
)
from afternext.world.processes.perception import believe, step_perception
from afternext.world.processes.polity import backing
from afternext.world.processes.posture import step_posture
from afternext.world.processes.recovery import step_recovery
from afternext.world.processes.reinforce import step_reinforce
from afternext.world.processes.rout import step_panic
from afternext.world.processes.tell import tell_defenders
from afternext.world.state import drop_empty_groups, needs_room
from afternext.world.streams import future_key, mix, step_stream

INCIDENTS = 1  # names of the streams; never renumber: the luck of every stored run depends on them
CIVILIANS = 2
DEPARTURES = 3
ARRIVALS = 4
DISPLACED = 5
CONTROL = 6
CLASH = 7
POSTURE = 8
RECOVERY = 9
DEFENCE = 10  # 11 to 17 are those of the chancellery, 19 that of settle.py
REINFORCE = 18
TIDY = 56  # days between two clearings of emptied groups


@kernel
def step_day(state, facts, network, p, key, step, dt, per_day, returned_before):
    """Advance one step of ``dt`` days.

    Order and reason: perception first, so that all act on yesterday's events; then armed forces, who make
    today's; then civilians decide; then those on the road arrive before others set out, so that nobody moves
    twice a day.
    """
    people, tally, groups, moves, violence, beliefs, log, scratch, forces = (
        state.people,
        state.tally,
        state.groups,
        state.moves,
        state.violence,
        state.beliefs,
        state.log,
        state.scratch,
        state.forces,
    )
    day = (step + 1) * dt
    places = people.residents.shape[0]

    remember_hosted(people)
    if step % (TIDY * per_day) == 0:
        drop_empty_groups(groups)
    step_perception(beliefs, violence, facts, network, p.perception, step, dt, per_day)
    if p.posture.initiative > 0.0:
        step_attitudes(
            state.attitudes,
            state.standing,
            people,
            violence,
            forces,
            beliefs,
            facts,
            network,
            p.attitudes,
            p.perception.news_reach,
            step,
            per_day,
        )
    for i in range(places):
        forces.before[i] = violence.holder[i]
    still = mix(key, POSTURE)
    step_incidents(state, facts, network, p, Now(step_stream(key, step, INCIDENTS), step, day, dt, per_day))
    if p.posture.initiative > 0.0:
        step_panic(forces, p.clash, step, dt)
    step_columns(state, facts, network, p, Now(step_stream(key, step, CONTROL), step, day, dt, per_day))
    if p.posture.initiative > 0.0:
        fill_vacuums(violence, forces, facts, network, p.control, step_stream(key, step, CONTROL), step, dt)
    step_clash(state, facts, network, p, Now(step_stream(key, step, CLASH), step, day, dt, per_day))
    if p.posture.initiative > 0.0:
        step_posture(
            people,
            violence,
            beliefs,
            log,
            forces,
            state.attitudes,
            state.standing,
            state.defence,
            facts,
            network,
            p,
            step_stream(key, step, POSTURE),
            still,
            step,
            day,
            dt,
            per_day,
        )
        stream = step_stream(key, step, REINFORCE)
        step_reinforce(state, facts, network, p, Now(stream, step, day, dt, per_day))
        step_handover(state, facts, network, p, Now(stream, step, day, dt, per_day))
    step_recovery(
        people,
        groups,
        violence,
        log,
        forces,
        state.attitudes,
        state.standing,
        facts,
        network,
        p,
        step_stream(key, step, RECOVERY),
        still,
        step,
        day,
        dt,
        per_day,
    )
    recent = step - int(p.posture.plan_days * per_day)
    for i in range(places):
        if forces.look[i] > 0 or (step + i * per_day) % (FORTNIGHT * per_day) == 0:
            weigh_power(forces, facts, p.control, i)
            warm_ground(violence, forces, state.attitudes, p.control, i)
    list_posts(forces)
    for i in range(places):
        if forces.look[i] > 0 or (step + i * per_day) % (FORTNIGHT * per_day) == 0:
            weigh_odds(
                violence, forces, facts, network, state.defence, p.control, p.perception, i, recent, step, dt
            )
    if p.posture.initiative > 0.0:
        step_defence(
            state.defence,
            state.backing,
            state.attitudes,
            people,
            violence,
            forces,
            beliefs,
            facts,
            p.defence,
            p.attitudes.protector_ratio,
            p.civilians.death_rate,
            step_stream(key, step, DEFENCE),
            step,
            dt,
            per_day,
        )
        tell_defenders(state, step, day, per_day)
    stream = step_stream(key, step, CIVILIANS)
    step_civilians(
        people,
        violence,
        beliefs,
        state.defence,
        facts,
        p.civilians,
        p.defence.reprisal_ratio,
        stream,
        step,
        dt,
        per_day,
    )
    now = Now(step_stream(key, step, ARRIVALS), step, day, dt, per_day)
    step_arrivals(state, p.movement, p.civilians.threshold_spread, p.civilians.weariness, now)
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
    now = Now(step_stream(key, step, DEPARTURES), step, day, dt, per_day)
    step_departures(state, facts, network, p.movement, p.civilians.leave_days, p.civilians.caught_share, now)
    if (step + 1) % per_day == 0:
        tell_homecomings(tally, returned_before, log, violence, day)


@kernel_with_wrapper
def begin(state, facts, network, p, output):
    """Work out what people believe at the freeze and write the measures of day 0."""
    for i in range(state.people.residents.shape[0]):
        believe(state.beliefs, state.violence, facts, p.perception, i)
    write_day(state, facts, network, 0, output)


@kernel_with_wrapper
def run_steps(
    state,
    court,
    chancellery,
    facts,
    network,
    p,
    seed,
    luck,
    first,
    last,
    per_day,
    events,
    returned_before,
    output,
):
    """Run one future from step ``first`` to step ``last`` and fill the output arrays.

    Each day powers come first, on what was yesterday; the war feels what they decide on the same day.

    Returns the number of steps done: fewer than ``last`` when a table needs more room before going on.
    """
    key = future_key(seed, luck)
    dt = 1.0 / per_day
    if first == 0:
        if court.powers.government[0] >= 0:  # polity.py counts its backers only in the first step
            council, polity = chancellery.council, chancellery.polity
            polity.coalition[0] = backing(court.powers, council, polity, court.p.polity)
        write_chancellery(output, state, court, chancellery, facts, 0, 0, per_day)
    for step in range(first, last):
        if needs_room(state, events):
            return step
        step_chancellery(state, court, chancellery, facts, key, step, (step + 1) * dt, per_day)
        step_day(state, facts, network, p, key, step, dt, per_day, returned_before)
        if (step + 1) % per_day == 0:
            day = (step + 1) // per_day
            write_day(state, facts, network, day, output)
            write_chancellery(output, state, court, chancellery, facts, step, day, per_day)
    return last


@kernel
def write_day(state, facts, network, day, output):
    """Write the measures that are due at the end of ``day``."""
    people, tally, groups, moves, violence, beliefs, forces, attitudes, defence = (
        state.people,
        state.tally,
        state.groups,
        state.moves,
        state.violence,
        state.beliefs,
        state.forces,
        state.attitudes,
        state.defence,
    )
    date = output.date_of[day]
    if date >= 0:
        write_scalars(
            output.scalars[date], people, tally, groups, moves, violence, beliefs, forces, facts, network
        )
        write_attitudes(output.scalars[date], people, attitudes, defence, state.standing, facts)
        regions = output.flows.shape[1]
        write_regions(output.scalars[date], output.regions_at, regions, groups, tally, network)
    snapshot = output.snapshot_of[day]
    if snapshot >= 0:
        write_places(output.blocks[snapshot], people, tally, groups, violence, defence, network)
    horizon = output.horizon_of[day]
    if horizon >= 0:
        write_tables(
            output.by_origin[horizon], output.by_refuge[horizon], output.flows[horizon], groups, network
        )
