"""Polity: confidence, the coalition, the head of government, power sharing, and what breaks with them.

Rule (docs/model/polity.md). Once in four weeks. Confidence follows how people accept their rulers and falls
with ground lost; allies back the government as far as they stand with it, share in power and trust it.
Pressure of patrons who attach conditions, and the need of allies, raise inclusion; support without conditions
takes that away again (moral hazard). Four thresholds are linked: confidence, majority, army and capital; each
that breaks makes it likelier that others do. The head of government: cabinet.py; regions: regions.py. Writes
``Polity``, ``Attitudes.exclusion``, ``Standing.rule``, ``Forces.cohesion`` (an army that loses faith); writes
events.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.chancellery import (
    AUTONOMOUS,
    CENTRE,
    L_ADVICE,
    L_ARMS,
    L_CONFIDENCE,
    L_INCLUSION,
    L_PAY,
    L_RULE,
    L_STRIKES,
    L_TROOPS,
    LOST_ARMY,
    LOST_CENTRE,
    LOST_COALITION,
    LOST_CONFIDENCE,
)
from afternext.world.events import (
    CAUSE_ALLIES_LEFT,
    CAUSE_CAPITAL,
    CAUSE_DISTRUST,
    CAUSE_NONE,
    COALITION_LOST,
    COLLAPSE,
    FRACTURE,
)
from afternext.world.kernel import kernel
from afternext.world.processes.cabinet import (
    FORMATION,
    MONTHS_PER_YEAR,
    PER_CENT,
    formation_left,
    step_leader,
)
from afternext.world.processes.regions import step_regions
from afternext.world.state import NOBODY, note
from afternext.world.streams import chance, mix, uniform

ARMY = 4  # names of the draws inside this process's stream; those before: cabinet.py
CENTRAL = 5
REGIONS = 6
MONTH = 28  # days between two looks
DAYS_PER_YEAR = 365.25  # days
MONTH_DAYS = 30.4375  # days
TERM = 1461.0  # days from one election to the next
MINOR = 25.0  # deaths a year from which UCDP counts a conflict
WAR = 1000.0  # deaths a year from which UCDP counts a war


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    exit_peace: float
    exit_minor: float
    exit_war: float
    irregular_peace: float
    irregular_war: float
    defeat_pulse: float
    defeat_full: float
    defeat_half_life: float
    usual_confidence: float
    exit_distrust: float
    lost_majority: float
    linked_odds: float
    formation_days: float
    formation_spread: float
    bargain_exit: float
    between_elections: float
    succession_days: float
    succession_spread: float
    confidence_half_life: float
    defeat_confidence: float
    honeymoon: float
    broken_confidence: float
    coalition_slope: float
    coalition_even: float
    coalition_inclusion: float
    coalition_confidence: float
    coalition_half_life: float
    include_rate: float
    exclude_rate: float
    moral_hazard: float
    condition_enforced: float
    patron_half: float
    fracture_rate: float
    fracture_loss: float
    coup_shock: float
    collapse_war: float
    claim_rate: float
    exclusion_odds: float
    downgraded_odds: float
    autonomy_lost_odds: float
    autonomy_before: float
    autonomy_after: float
    sharing_ratio: float
    sharing_dimensions: float
    sharing_half_life: float
    window_odds: float
    budget_odds: float
    grant_rate: float
    window_gain: float
    vote_rate: float
    vote_days: float
    vote_spread: float
    vote_held: float
    secession_rate: float
    vote_odds: float


@kernel
def logistic(x):
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@kernel
def rule_under(rule, before, now):
    """Quality of a ruler's rule over a community whose exclusion was ``before`` and is ``now``.

    As in attitudes.new_standing: good * (1 - exclusion) - exclusion; who persecutes stays at -1.
    """
    if before >= 1.0:
        return rule
    good = (rule + before) / (1.0 - before)
    return min(1.0, max(-1.0, good * (1.0 - now) - now))


@kernel
def shut_out(polity, pressure, attitudes, standing):
    """Let the exclusion of communities, and how well the rulers rule them, follow inclusion and moves.

    Exclusion at the start * (1 - inclusion) / (1 - inclusion at the start) * (1 - share taken away by moves).
    """
    before = 1.0 - polity.included[0]
    ratio = (1.0 - polity.inclusion[0]) / before if before > 0.0 else 1.0
    for c in range(polity.exclusion.shape[0]):
        start = polity.exclusion[c]
        now = start * ratio * (1.0 - pressure.community[L_INCLUSION, c])
        attitudes.exclusion[c] = min(1.0, max(0.0, now))
        for f in range(standing.rulers.shape[0]):
            if standing.rulers[f] == 1:
                rule = rule_under(pressure.rule[f, c], start, attitudes.exclusion[c])
                standing.rule[f, c] = min(1.0, max(-1.0, rule + pressure.force[L_RULE, f]))


@kernel
def share_power(polity, pressure, people):
    """Write inclusion in effect: what moves take away of the exclusion of those who are shut out, or add."""
    shut = 0.0
    opened = 0.0
    for c in range(polity.exclusion.shape[0]):
        persons = 0.0
        for i in range(people.residents.shape[0]):
            persons += people.residents[i, c]
        shut += persons * polity.exclusion[c]
        opened += persons * polity.exclusion[c] * pressure.community[L_INCLUSION, c]
    moved = opened / shut if shut > 0.0 else 0.0
    polity.inclusive[0] = min(1.0, max(0.0, 1.0 - (1.0 - polity.inclusion[0]) * (1.0 - moved)))


@kernel
def governed(powers, people, violence):
    """Share of the people of the country who live where forces of the government hold."""
    ours = 0.0
    total = 0.0
    for i in range(violence.holder.shape[0]):
        if powers.home[i] == 0:
            continue
        persons = 0.0
        for c in range(people.residents.shape[1]):
            persons += people.residents[i, c]
        total += persons
        f = violence.holder[i]
        if f >= 0 and powers.commands[f] == powers.government[0]:
            ours += persons
    return ours / total if total > 0.0 else 0.0


@kernel
def acceptance(powers, people, attitudes, standing):
    """How far the people of the country accept their best ruler, mean over residents."""
    accepted = 0.0
    total = 0.0
    for i in range(people.residents.shape[0]):
        if powers.home[i] == 0:
            continue
        for c in range(people.residents.shape[1]):
            best = 0.0
            for f in range(standing.rulers.shape[0]):
                if standing.rulers[f] == 1:
                    best = max(best, attitudes.tolerance[i, c, f])
            accepted += best * people.residents[i, c]
            total += people.residents[i, c]
    return accepted / total if total > 0.0 else 0.0


@kernel
def count_dead(people, violence):
    """Civilians and fighters dead since the freeze."""
    dead = 0
    for c in range(people.dead.shape[0]):
        dead += people.dead[c]
    for f in range(violence.killed.shape[0]):
        dead += violence.killed[f]
    return dead


@kernel
def fragmentation(powers, polity, people, violence):
    """Effective number of controllers, 1 / sum of squared shares of the people of the country (Laakso &
    Taagepera 1979).

    A controller is the power that commands the forces that hold; nobody counts as one, and so do forces that
    no power commands. A region's own power counts apart only once it rules itself.
    """
    count = powers.capability.shape[0]
    total = 0.0
    squares = 0.0
    for q in range(NOBODY, count):
        mine = 0.0
        for i in range(violence.holder.shape[0]):
            if powers.home[i] == 0:
                continue
            f = violence.holder[i]
            who = powers.commands[f] if f >= 0 else NOBODY
            if who >= 0:
                for r in range(powers.region_power.shape[0]):
                    if powers.region_power[r] == who and polity.status[r] < AUTONOMOUS:
                        who = powers.government[0]
            if who == q:
                for c in range(people.residents.shape[1]):
                    mine += people.residents[i, c] + people.leaving[i, c] + people.hosted[i, c]
        total += mine
        squares += mine * mine
    return total * total / squares if squares > 0.0 else 0.0


@kernel
def linked(polity, but, p):
    """How much likelier a threshold breaks for those others that are broken."""
    factor = 1.0
    for k in range(LOST_CENTRE):
        bit = 1 << k
        if bit <= LOST_CENTRE and bit != but and polity.broken[0] & bit != 0:
            factor *= p.linked_odds
    return factor


@kernel
def weigh_patrons(powers, polity, pressure, forces, p):
    """Split what patrons do for the government into support on conditions and support without.

    Support: arms, advice, pay and troops for its forces and strikes on its enemies, x / (x + patron_half).
    Moves say whether they attach conditions (Pressure.terms). Where they do not, whoever helps attaches
    conditions as far as moves press for inclusion (L_INCLUSION).
    """
    support = 0.0
    strikes = 0.0
    for f in range(powers.commands.shape[0]):
        strikes = max(strikes, pressure.force[L_STRIKES, f])
        if powers.commands[f] != powers.government[0]:
            continue
        fighters = 1.0
        for i in range(forces.present.shape[0]):
            fighters += forces.present[i, f]
        support += max(0.0, pressure.force[L_ADVICE, f]) + max(0.0, pressure.force[L_PAY, f])
        support += max(0.0, pressure.force[L_TROOPS, f]) / fighters
        support += MONTHS_PER_YEAR * max(0.0, pressure.force[L_ARMS, f]) / (1.0 + forces.start_materiel[f])
    support += strikes
    support = support / (support + p.patron_half)
    pressed = 0.0
    for c in range(polity.exclusion.shape[0]):
        pressed = max(pressed, pressure.community[L_INCLUSION, c])
    pressed = min(1.0, max(0.0, pressed))
    bound = pressure.terms[0]
    free = pressure.terms[1]
    if bound + free > 0.0:  # moves that say nothing of conditions are judged as above
        support = max(support, max(bound, free))
        told = min(1.0, (bound + free) / support)
        pressed = told * bound / (bound + free) + (1.0 - told) * pressed
    polity.conditional[0] = support * pressed
    polity.unconditional[0] = support * (1.0 - pressed)


@kernel
def move_inclusion(powers, council, polity, p):
    """Move inclusion by a month.

    Up: conditions, as far as patrons are known to enforce them and the more so the more a majority is needed,
    and that need itself, both less the moral hazard of support without conditions. Down: that support, while
    the threat is far.
    """
    need = max(0.0, 1.0 - 2.0 * polity.coalition[0])
    push = min(1.0, polity.conditional[0] * p.condition_enforced * (1.0 + need) + need * need)
    push *= 1.0 - p.moral_hazard * polity.unconditional[0]
    up = chance(p.include_rate * push / MONTHS_PER_YEAR)
    safe = council.situation[powers.government[0], CENTRE] * (
        1.0 - min(1.0, polity.defeat[0] / p.defeat_full)
    )
    down = chance(p.exclude_rate * p.moral_hazard * polity.unconditional[0] * safe / MONTHS_PER_YEAR)
    polity.inclusion[0] += (1.0 - polity.inclusion[0]) * up - polity.inclusion[0] * down
    follow = 1.0 - math.exp2(-MONTH / MONTH_DAYS / p.sharing_half_life)
    polity.shared[0] += (polity.inclusive[0] - polity.shared[0]) * follow


@kernel
def backing(powers, council, polity, p):
    """Share of seats whose powers would back the government now; the government's own always do."""
    government = powers.government[0]
    seats = 0.0
    behind = 0.0
    for q in range(powers.seats.shape[0]):
        seats += powers.seats[q]
        if q == government:
            behind += powers.seats[q]
            continue
        if powers.seats[q] <= 0.0:
            continue
        apart = 0.0  # how far those it speaks for are shut out
        for c in range(powers.speaks.shape[1]):
            apart = max(apart, powers.speaks[q, c] * polity.exclusion[c])
        x = p.coalition_slope * (council.alignment[government, q] - p.coalition_even)
        x += p.coalition_confidence * (polity.confidence[0] - p.usual_confidence)
        x += p.coalition_inclusion * apart * (polity.inclusive[0] - 0.5)
        behind += powers.seats[q] * logistic(x)
    return behind / seats if seats > 0.0 else 1.0


@kernel
def step_thresholds(powers, polity, people, violence, forces, intensity, p, log, stream, step, day):
    """Confidence, majority, army and centre break and mend; each that is broken makes others likelier."""
    government = powers.government[0]
    capital = powers.capital[0]
    broken = polity.broken[0]
    broken = broken & ~LOST_CONFIDENCE
    if polity.confidence[0] < p.broken_confidence:
        broken = broken | LOST_CONFIDENCE
    if polity.coalition[0] >= 0.5:
        broken = broken & ~LOST_COALITION
    elif broken & LOST_COALITION == 0 and polity.vacant[0] == 0 and polity.forming[0] <= step:
        broken = broken | LOST_COALITION
        cause = CAUSE_DISTRUST if polity.confidence[0] < p.usual_confidence else CAUSE_NONE
        share = int(PER_CENT * polity.coalition[0])
        note(log, day, COALITION_LOST, capital, government, NOBODY, cause, share)
    polity.broken[0] = broken
    doubts = LOST_CONFIDENCE | LOST_COALITION
    if broken & LOST_ARMY == 0:
        hazard = 0.0
        if broken & doubts != 0:
            hazard = p.fracture_rate * linked(polity, LOST_ARMY, p) / p.linked_odds**2
        if uniform(mix(stream, ARMY), 0) < chance(hazard / MONTHS_PER_YEAR):
            polity.broken[0] = polity.broken[0] | LOST_ARMY
            for f in range(powers.commands.shape[0]):
                if powers.commands[f] == government:
                    for i in range(forces.cohesion.shape[0]):
                        forces.cohesion[i, f] *= 1.0 - p.fracture_loss
            cause = CAUSE_DISTRUST if broken & LOST_CONFIDENCE != 0 else CAUSE_ALLIES_LEFT
            note(log, day, FRACTURE, capital, government, NOBODY, cause, int(PER_CENT * p.fracture_loss))
    elif broken & doubts == 0:
        polity.broken[0] = polity.broken[0] & ~LOST_ARMY
    gone = False
    if capital >= 0:
        f = violence.holder[capital]
        gone = f < 0
        if f >= 0 and powers.commands[f] >= 0 and powers.commands[f] != government:
            gone = powers.history[government, powers.commands[f]] < 0.0
    if polity.collapsed[0] == 0:
        hazard = 0.0
        if intensity == 2:
            hazard = 0.5 * p.collapse_war * linked(polity, LOST_CENTRE, p)
        if gone or uniform(mix(stream, CENTRAL), 0) < chance(hazard / MONTHS_PER_YEAR):
            polity.collapsed[0] = max(1, step)
            polity.broken[0] = polity.broken[0] | LOST_CENTRE
            polity.confidence[0] *= 0.5
            polity.coalition[0] *= 0.5
            cause = CAUSE_CAPITAL if gone else CAUSE_DISTRUST
            note(log, day, COLLAPSE, capital, government, NOBODY, cause, 0)
    elif not gone and polity.confidence[0] >= p.broken_confidence and polity.coalition[0] >= 0.5:
        polity.collapsed[0] = 0
        polity.broken[0] = polity.broken[0] & ~LOST_CENTRE


@kernel
def shake_army(powers, violence, forces, share):
    """All garrisons of the government's forces lose a share of their trust in leaders, for weeks."""
    for i in range(violence.holder.shape[0]):
        f = violence.holder[i]
        if f >= 0 and powers.commands[f] == powers.government[0]:
            forces.lead[i] *= 1.0 - share


@kernel
def start_polity(powers, polity, people, violence, attitudes, standing, p, stream, step, per_day):
    """Write down how things stand at the freeze, and how long a bargain under way will take."""
    polity.included[0] = polity.inclusion[0]
    polity.inclusive[0] = polity.inclusion[0]
    polity.shared[0] = polity.inclusion[0]
    polity.trusted[0] = polity.confidence[0]
    polity.accepted[0] = acceptance(powers, people, attitudes, standing)
    polity.ground[0] = governed(powers, people, violence)
    polity.toll[0] = count_dead(people, violence)
    if polity.forming[0] < 0:
        polity.term[0] = max(1, int(TERM + polity.forming[0]) * per_day)
        left = formation_left(p, -polity.forming[0] * 1.0, uniform(mix(stream, FORMATION), 0))
        polity.forming[0] = step + max(1, int(left)) * per_day


@kernel
def step_polity(powers, chancellery, state, p, stream, step, day, per_day):
    """Advance the polity by four weeks; does nothing on other days or where the scenario has no polity."""
    if powers.government[0] < 0 or step % (MONTH * per_day) != 0:
        return
    council, polity, pressure = chancellery.council, chancellery.polity, chancellery.pressure
    people, violence, forces, log = state.people, state.violence, state.forces, state.log
    attitudes, standing = state.attitudes, state.standing
    if step == 0:
        start_polity(powers, polity, people, violence, attitudes, standing, p, stream, step, per_day)
        polity.coalition[0] = backing(powers, council, polity, p)
        return
    dead = count_dead(people, violence)
    yearly = MONTHS_PER_YEAR * (dead - polity.toll[0])
    polity.toll[0] = dead
    intensity = 2 if yearly >= WAR else (1 if yearly >= MINOR else 0)
    ground = governed(powers, people, violence)
    lost = max(0.0, polity.ground[0] - ground)
    polity.ground[0] = ground
    polity.defeat[0] = polity.defeat[0] * math.exp2(-MONTH / p.defeat_half_life) + lost
    aim = polity.trusted[0] + acceptance(powers, people, attitudes, standing) - polity.accepted[0]
    aim += pressure.polity[L_CONFIDENCE]
    moved = 1.0 - math.exp2(-MONTH / MONTH_DAYS / p.confidence_half_life)
    polity.confidence[0] += (min(1.0, max(0.0, aim)) - polity.confidence[0]) * moved
    polity.confidence[0] *= math.exp(-p.defeat_confidence * lost)
    share_power(polity, pressure, people)
    moved = 1.0 - math.exp2(-MONTH / MONTH_DAYS / p.coalition_half_life)
    polity.coalition[0] += (backing(powers, council, polity, p) - polity.coalition[0]) * moved
    weigh_patrons(powers, polity, pressure, forces, p)
    move_inclusion(powers, council, polity, p)
    if step_leader(powers, council, polity, pressure, intensity, p, log, stream, step, day, per_day):
        shake_army(powers, violence, forces, p.coup_shock)
    step_thresholds(powers, polity, people, violence, forces, intensity, p, log, stream, step, day)
    step_regions(
        powers,
        polity,
        pressure,
        people,
        violence,
        attitudes,
        intensity,
        p,
        log,
        mix(stream, REGIONS),
        step,
        day,
        per_day,
    )
    shut_out(polity, pressure, attitudes, standing)
