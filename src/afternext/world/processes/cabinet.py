"""The cabinet: the head of government stays, goes, or loses the bargain over the next government.

Rule (docs/model/polity.md). Once in four weeks the head of government goes at the base rate of the intensity
of the conflict, which a military disaster raises for about three months:

    hazard a year = max(rate of the intensity, defeat_pulse * rate in peace) * distrust * what is broken

or is pushed out (L_OUST), which counts where it is more than the regular part of that. A push in a bargain
over the government waits for its answer, and raises the odds that the incumbent loses it as far as it is more
than usual. Then a successor is sought, within weeks to months. After an election a bargain over the
government comes first, of log-normal length, which the incumbent may lose: the base rate counts such ends
too, so that while the bargain lasts only what is irregular of it comes on top, and until the next election
a part of the rest. Who is new has trust to spend and allies to pay. Writes ``Polity``; writes events.
"""

from __future__ import annotations

import math

from afternext.world.chancellery import (
    L_OUST,
    LOST_ARMY,
    LOST_CENTRE,
    LOST_COALITION,
    LOST_CONFIDENCE,
)
from afternext.world.events import (
    CAUSE_ALLIES_LEFT,
    CAUSE_BARGAIN,
    CAUSE_CAPITAL,
    CAUSE_COUP,
    CAUSE_COURSE,
    CAUSE_DISASTER,
    CAUSE_DISTRUST,
    CAUSE_NONE,
    CAUSE_PATRONS,
    CAUSE_PUSHED_OUT,
    GOVERNMENT_FORMED,
    LEADER_EXIT,
)
from afternext.world.kernel import kernel
from afternext.world.state import NOBODY, note
from afternext.world.streams import chance, mix, normal_quantile, uniform

EXIT = 0  # names of the draws inside the stream of the polity; ARMY and what follows: polity.py
HOW = 1
FORMATION = 2
BARGAIN = 3
MONTHS_PER_YEAR = 13.0446  # of 28 days
PER_CENT = 100  # of a share
SURE = 1e-9  # chance to stay of who is pushed out for certain


@kernel
def formation_length(p, z):
    """Days that a bargain over a government takes: log-normal."""
    return p.formation_days * math.exp(p.formation_spread * z)


@kernel
def formation_left(p, elapsed, u):
    """Days left of a bargain that has been under way for ``elapsed`` days."""
    if elapsed <= 0.0:
        return formation_length(p, normal_quantile(u))
    past = 0.5 * math.erfc(-math.log(elapsed / p.formation_days) / p.formation_spread / math.sqrt(2.0))
    return max(1.0, formation_length(p, normal_quantile(past + (1.0 - past) * u)) - elapsed)


@kernel
def irregular_share(intensity, p):
    """Share of exits that are by force: in peace (0), minor conflict (1) or war (2)."""
    return p.irregular_peace + 0.5 * intensity * (p.irregular_war - p.irregular_peace)


@kernel
def by_calendar(polity, p, step):
    """Share of the regular part of the base rate that applies today, 1 where no calendar is told.

    The rate is a mean over years with elections and years without. In a bargain after an election what is
    regular of it is the bargain itself; until the next election only a part is left.
    """
    if polity.term[0] == 0 or step >= polity.term[0]:
        return 1.0
    return 0.0 if polity.forming[0] > step else p.between_elections


@kernel
def exit_hazard(polity, intensity, p):
    """Hazard a year that the head of government goes: peace (0), minor conflict (1) or war (2)."""
    rate = p.exit_peace
    if intensity > 0:
        rate = p.exit_minor if intensity == 1 else p.exit_war
    pulse = min(1.0, polity.defeat[0] / p.defeat_full)
    rate = max(rate, p.exit_peace * (1.0 + (p.defeat_pulse - 1.0) * pulse))
    rate *= math.exp(p.exit_distrust * (p.usual_confidence - polity.confidence[0]))
    if polity.broken[0] & LOST_COALITION != 0:
        rate *= p.lost_majority
    if polity.broken[0] & LOST_ARMY != 0:
        rate *= p.linked_odds
    if polity.broken[0] & LOST_CENTRE != 0:
        rate *= p.linked_odds
    return rate


@kernel
def leader_goes(powers, polity, p, log, stream, cause, step, day, per_day):
    """The head of government goes; a bargain over the next government begins, but not after a coup."""
    days = (step - polity.leader_since[0]) // per_day
    note(log, day, LEADER_EXIT, powers.capital[0], powers.government[0], NOBODY, cause, days)
    polity.leaders[0] += 1
    polity.leader_since[0] = step
    if cause == CAUSE_COUP:
        polity.coalition[0] *= 0.5
        polity.forming[0] = 0  # who takes power by force does not wait for a bargain, nor for an election
        polity.term[0] = 0
        return
    polity.vacant[0] = 1
    if polity.forming[0] <= step:
        z = normal_quantile(uniform(mix(stream, FORMATION), 0))
        length = p.succession_days * math.exp(math.log(p.succession_spread) * z)
        polity.forming[0] = step + max(1, int(length)) * per_day


@kernel
def push_of(pressure):
    """Hazard a year of the strongest push against the head of government."""
    return -math.log(max(SURE, 1.0 - pressure.polity[L_OUST])) * MONTHS_PER_YEAR


@kernel
def form_government(powers, polity, pressure, usual, p, log, stream, step, day, per_day):
    """A bargain ends: the incumbent may have lost it; who is new has trust to spend and allies to pay.

    usual : hazard a year of the pushes that are part of the base rate of lost bargains
    """
    odds = 1.0
    if polity.broken[0] & LOST_COALITION != 0:
        odds *= p.lost_majority
    push = push_of(pressure)
    if push > usual:
        odds *= push / usual
    lost = p.bargain_exit * odds / (1.0 - p.bargain_exit + p.bargain_exit * odds)
    if polity.vacant[0] == 0 and uniform(mix(stream, BARGAIN), 0) < lost:
        leader_goes(powers, polity, p, log, stream, CAUSE_BARGAIN, step, day, per_day)
    new = polity.vacant[0]
    polity.vacant[0] = 0
    polity.forming[0] = 0
    if new == 1:
        polity.leader_since[0] = step
        polity.confidence[0] += p.honeymoon * (1.0 - polity.confidence[0])
        # What a year of pressure would bring comes at once where a new leader has to be agreed upon.
        push = min(
            1.0, polity.conditional[0] * (p.condition_enforced + 0.5) + 0.5 * (1.0 - polity.coalition[0])
        )
        push *= 1.0 - p.moral_hazard * polity.unconditional[0]
        polity.inclusion[0] += (1.0 - polity.inclusion[0]) * chance(p.include_rate * push)
    polity.coalition[0] = max(polity.coalition[0], 0.5 + 0.5 * p.honeymoon)
    cause = CAUSE_PATRONS if polity.conditional[0] > polity.unconditional[0] else CAUSE_NONE
    share = int(PER_CENT * polity.coalition[0])
    note(log, day, GOVERNMENT_FORMED, powers.capital[0], powers.government[0], NOBODY, cause, share)


@kernel
def step_leader(powers, council, polity, pressure, intensity, p, log, stream, step, day, per_day):
    """The head of government stays or goes this month; return whether he was overthrown."""
    overthrown = False
    hazard = exit_hazard(polity, intensity, p)
    forced = hazard * irregular_share(intensity, p)
    if polity.vacant[0] == 0:
        regular = (hazard - forced) * by_calendar(polity, p, step)
        # In a bargain it is the bargain that answers who pushes.
        push = push_of(pressure) if polity.forming[0] == 0 else 0.0
        # The regular part counts those who are pushed out as usual: the stronger of the two.
        rate = forced + max(regular, push)
        if uniform(mix(stream, EXIT), 0) < chance(rate / MONTHS_PER_YEAR):
            cause = CAUSE_COURSE
            if uniform(mix(stream, HOW), 0) * rate < forced:
                cause = CAUSE_COUP
                overthrown = True
            elif push > regular:
                cause = CAUSE_PUSHED_OUT
            elif polity.broken[0] & LOST_CENTRE != 0:
                cause = CAUSE_CAPITAL
            elif polity.defeat[0] > 0.5 * p.defeat_full:
                cause = CAUSE_DISASTER
            elif polity.broken[0] & LOST_COALITION != 0:
                cause = CAUSE_ALLIES_LEFT
            elif polity.broken[0] & LOST_CONFIDENCE != 0:
                cause = CAUSE_DISTRUST
            leader_goes(powers, polity, p, log, stream, cause, step, day, per_day)
    if 0 < polity.forming[0] <= step:
        form_government(powers, polity, pressure, hazard - forced, p, log, stream, step, day, per_day)
    return overthrown
