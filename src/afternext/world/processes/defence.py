"""Neighbourhood defence: whether local men take up arms for their place, and what it costs them.

Rule (docs/model/defence.md). Men differ in how many others must stand before they do: a log-normal threshold
over the share of those who could that already stands (Granovetter 1978), with a few who need nobody. A man
stands when

    ln(seen) - risk > ln(threshold)             seen = share that stands + organiser, as it got about
    risk = reprisal_fear * [1 - exp(-k * enemies per defender)] + fatalism(hope)

(the rule of Epstein 2002: push less net risk against a threshold). As thresholds are spread, exactly those
between the old and the new level join: Binomial(pool left, [F(new) - F(old)] / [1 - F(old)]). Joining lags by
weeks to months. The pool is a ceiling on the men who can be spared, higher with pay, times those who feel
threatened or come for the pay, and do not side with the threat. Three explanations of *not* resisting are
scaled by a switch each:
``explain_fatalism`` (no hope), ``explain_counterweight`` (the insurgent as lesser evil), and
``explain_coordination`` (no time, no organiser, fear of reprisal). Defenders leave the count of residents and
come back to it; they die in fights and after a fall, and residents die in reprisals. Writes ``Defence`` and
``People``; conserves residents + defenders + fallen defenders
+ dead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from afternext.world.bundle import bundle
from afternext.world.kernel import kernel
from afternext.world.processes.attitudes import protection
from afternext.world.processes.civilians import go_back
from afternext.world.state import NOBODY, WEEK
from afternext.world.streams import binomial, mix, normal_share, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from afternext.world.state import Floats, Ints

JOIN = 0  # names of the draws inside this process's stream
QUIT = 1
QUIT_PAID = 2
LOSE = 3
SHOT = 4
REPRISAL = 5
YEAR_DAYS = 365.25  # days
EFFICACY_STEPS = 4.0  # steps from no to full felt efficacy on the five-point scale of surveys
LOGIT_OVER_PROBIT = 1.7  # a log odds in standard deviations of a normal threshold (usual conversion)


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    men_share: float
    pool_share: float
    felt_danger: float
    pay_gain: float
    pay_motive: float
    standing_share: float
    resist_median: float
    resist_spread: float
    organiser_gain: float
    raise_days: float
    efficacy_odds: float
    reprisal_fear: float
    caught_constant: float
    stand_down_days: float
    handover_rate: float
    defender_worth: float
    alone_worth: float
    defender_loss: float
    captured_killed: float
    reprisal_ratio: float
    reprisal_days: float
    explain_fatalism: float
    explain_counterweight: float
    explain_coordination: float


@bundle
class Backing(NamedTuple):
    """Who helps a community at a place to defend itself: facts of one future."""

    organiser: Floats  # (P, C) 0 nobody, 1 an organisation with people, plans and arms
    pay: Floats  # (P, C) 1 where defenders are paid (about USD 300 a month), 0 where not


@bundle
class Defence(NamedTuple):
    """Local defenders, and what they have learned of each other."""

    unpaid: Ints  # (P, C) volunteers
    paid: Ints  # (P, C) on a payroll
    armed: Ints  # (P,) all of them
    called: Floats  # (P, C) expected number whose threshold has been crossed
    seen: Floats  # (P, C) share that is believed to stand, with what the organiser adds
    worth: Floats  # (P,) what they add to the defence of a place, in willing fighters
    believed: Floats  # (P,) what those who attack believe it to be
    against: Ints  # (P,) force they armed against, or NOBODY
    held_by: Ints  # (P,) holder of the day before
    fallen: Ints  # (C,) defenders killed, cumulative
    reprisals: Ints  # (C,) residents killed for it, cumulative


def new_backing(places: int, communities: int) -> Backing:
    """Return no organiser and no pay anywhere."""
    return Backing(np.zeros((places, communities)), np.zeros((places, communities)))


def new_defence(holder: NDArray[np.int64], communities: int) -> Defence:
    """Return nobody under arms."""
    pair = (len(holder), communities)
    return Defence(
        unpaid=np.zeros(pair, dtype=np.int64),
        paid=np.zeros(pair, dtype=np.int64),
        armed=np.zeros(len(holder), dtype=np.int64),
        called=np.zeros(pair),
        seen=np.zeros(pair),
        worth=np.zeros(len(holder)),
        believed=np.zeros(len(holder)),
        against=np.full(len(holder), NOBODY, dtype=np.int64),
        held_by=holder.copy(),
        fallen=np.zeros(communities, dtype=np.int64),
        reprisals=np.zeros(communities, dtype=np.int64),
    )


@kernel
def caught_chance(ratio, constant):
    """Chance of being punished where there are ``ratio`` enemies to one who acts: 1 - exp(-k * ratio).

    Epstein 2002 (PNAS 99, equation 1); k = 2.3 makes it 0.9 at one to one.
    """
    return 1.0 - math.exp(-constant * ratio)


@kernel
def net_risk(aversion, chance):
    """Weigh the chance of punishment by how much it is feared (Epstein 2002)."""
    return aversion * chance


@kernel
def acts(push, risk, threshold):
    """Whether a person acts: push less net risk exceeds the threshold (Epstein 2002)."""
    return push - risk > threshold


@kernel
def share_acting(push, risk, median, spread):
    """Share of people who act by ``acts`` when log thresholds are normal around ln(median)."""
    return normal_share((push - risk - math.log(median)) / spread)


@kernel
def fatalism(hope, efficacy_odds, spread):
    """What lack of hope adds to net risk, in log threshold: the odds ratio per step of felt efficacy."""
    return EFFICACY_STEPS * (1.0 - hope) * math.log(efficacy_odds) * spread / LOGIT_OVER_PROBIT


@kernel
def share_ready(seen, risk, p):
    """Share of the pool that stands: those who need nobody, and those whose threshold is crossed."""
    if seen <= 0.0:
        return p.standing_share
    crossed = share_acting(math.log(seen), risk, p.resist_median, p.resist_spread)
    return p.standing_share + (1.0 - p.standing_share) * crossed


@kernel
def men_in_reach(persons, need, siding, pay, p):
    """Men who can be spared, feel threatened and do not side with the threat."""
    gain = p.pay_gain**pay if pay > 0.0 else 1.0
    ceiling = min(1.0, p.pool_share * gain)
    return persons * p.men_share * ceiling * need * (1.0 - siding)


@kernel
def siding_with(attitudes, place, community, force, counterweight):
    """Share of a community that sides with the threat: who accepts it, and who takes it as lesser evil."""
    accepted = attitudes.confidence[place, community, force] * (
        1.0 - attitudes.grievance[place, community, force]
    )
    return accepted + counterweight * max(0.0, attitudes.tolerance[place, community, force] - accepted)


@kernel
def weigh_defence(defence, attitudes, people, violence, armed, p, ratio, place):
    """Work out what local defenders add to the defence of a place, in willing fighters: truly and believed.

    ratio : protector_ratio of attitudes      armed : garrisons (forces.py)

    Who attacks counts heads: as much as with a full protector. In truth defenders without a protector whom
    they accept are worth ``alone_worth`` of that (Biddle, Friedman & Shapiro 2012: both necessary, neither
    sufficient).
    """
    holder = violence.holder[place]
    garrison = 0.0
    if holder >= 0:
        garrison = armed.present[place, holder] * armed.cohesion[place, holder]
    persons = 0
    for c in range(defence.seen.shape[1]):
        persons += people.residents[place, c]
    strength = 0.0
    for c in range(defence.seen.shape[1]):
        standing = defence.unpaid[place, c] + defence.paid[place, c]
        if standing == 0:
            continue
        accepted = 0.0
        if holder >= 0:
            accepted = attitudes.confidence[place, c, holder] * (1.0 - attitudes.grievance[place, c, holder])
        helped = protection(garrison, persons, accepted, ratio)
        strength += standing * (p.alone_worth + (1.0 - p.alone_worth) * helped)
    defence.worth[place] = p.defender_worth * strength
    defence.believed[place] = p.defender_worth * defence.armed[place]


@kernel
def reprisal_factor(defence, p, place, community):
    """How much more civilians of a community with defenders die by the attacker's hand (1 without)."""
    if defence.unpaid[place, community] + defence.paid[place, community] > 0:
        return p.reprisal_ratio
    return 1.0


@kernel
def lose_defenders(defence, place, community, chance, stream, draw):
    """Defenders die, each with ``chance``; they are counted apart from civilian dead."""
    cell = place * defence.seen.shape[1] + community
    armed = defence.unpaid[place, community] + defence.paid[place, community]
    unpaid = binomial(defence.unpaid[place, community], chance, uniform(mix(stream, draw), cell))
    paid = binomial(defence.paid[place, community], chance, uniform(mix(mix(stream, draw), 1), cell))
    defence.unpaid[place, community] -= unpaid
    defence.paid[place, community] -= paid
    defence.armed[place] -= unpaid + paid
    defence.fallen[community] += unpaid + paid
    if armed > 0:
        defence.called[place, community] *= 1.0 - (unpaid + paid) / armed


@kernel
def break_up(defence, people, facts, p, death_rate, stream, place, force):
    """The place has fallen to those they armed against: some are shot, the rest go home, residents pay."""
    communities = defence.seen.shape[1]
    for c in range(communities):
        if defence.unpaid[place, c] + defence.paid[place, c] == 0:
            continue
        level = facts.level[force, c]
        lose_defenders(defence, place, c, p.captured_killed * min(1.0, level), stream, SHOT)
        left = defence.unpaid[place, c] + defence.paid[place, c]
        go_back(people, place, c, left, 1.0)
        defence.unpaid[place, c] = 0
        defence.paid[place, c] = 0
        defence.armed[place] -= left
        defence.called[place, c] = 0.0
        defence.seen[place, c] = 0.0
        chance = 1.0 - math.exp(-death_rate * (p.reprisal_ratio - 1.0) * level * p.reprisal_days)
        cell = place * communities + c
        killed = binomial(people.residents[place, c], chance, uniform(mix(stream, REPRISAL), cell))
        people.residents[place, c] -= killed
        people.dead[c] += killed
        defence.reprisals[c] += killed


@kernel
def renew_defence(defence, backing, attitudes, people, violence, beliefs, facts, p, stream, place, days):
    """Men of one place join, or stand down, over ``days``."""
    communities = defence.seen.shape[1]
    force = violence.fighter[place]
    if force < 0:
        force = violence.challenger[place]
    if force >= 0:
        defence.against[place] = force
    alone = p.explain_coordination
    lag = alone * math.exp(-days / p.raise_days)
    caught = caught_chance(violence.odds[place], p.caught_constant)
    tired = 1.0 - math.exp2(-days / p.stand_down_days)
    dropped = 1.0 - math.exp(-p.handover_rate * days / YEAR_DAYS)
    for c in range(communities):
        unpaid = defence.unpaid[place, c]
        paid = defence.paid[place, c]
        persons = people.residents[place, c] + unpaid + paid
        if persons == 0:
            continue
        cell = place * communities + c
        pay = backing.pay[place, c]
        pool = 0.0
        if force >= 0:
            danger = beliefs.danger[place, c]
            siding = siding_with(attitudes, place, c, force, p.explain_counterweight)
            need = danger / (p.felt_danger + danger)
            need += (1.0 - need) * p.pay_motive * pay  # some come for the pay, needed or not
            pool = men_in_reach(persons, need, siding, pay, p)
        stand = min(1.0, (unpaid + paid) / pool) if pool > 0.0 else 0.0
        organiser = 1.0 - alone * (1.0 - backing.organiser[place, c])
        told = stand + p.organiser_gain * organiser
        defence.seen[place, c] = told + (defence.seen[place, c] - told) * lag
        risk = alone * net_risk(p.reprisal_fear, caught) + p.explain_fatalism * fatalism(
            attitudes.hope[place, c], p.efficacy_odds, p.resist_spread
        )
        wanted = pool * share_ready(defence.seen[place, c], risk, p)
        called = defence.called[place, c]
        if wanted > called:
            left = math.floor(pool + 0.5) - unpaid - paid
            chance = (wanted - called) / (pool - called) if pool > called else 0.0
            joined = min(binomial(left, chance, uniform(mix(stream, JOIN), cell)), people.residents[place, c])
            people.residents[place, c] -= joined
            defence.called[place, c] = wanted
            if pay > 0.0:
                paid += joined
            else:
                unpaid += joined
        elif called > 0.0:
            over = 1.0 - wanted / called
            quit_unpaid = binomial(unpaid, over * tired, uniform(mix(stream, QUIT), cell))
            quit_paid = binomial(paid, over * dropped, uniform(mix(stream, QUIT_PAID), cell))
            if unpaid + paid > 0:
                slow = (unpaid * tired + paid * dropped) / (unpaid + paid)
                defence.called[place, c] = called * (1.0 - over * slow)
            else:
                defence.called[place, c] = wanted
            go_back(people, place, c, quit_unpaid + quit_paid, 1.0)
            unpaid -= quit_unpaid
            paid -= quit_paid
        if pay > 0.0:
            paid += unpaid
            unpaid = 0
        defence.armed[place] += unpaid + paid - defence.unpaid[place, c] - defence.paid[place, c]
        defence.unpaid[place, c] = unpaid
        defence.paid[place, c] = paid


@kernel
def step_defence(
    defence,
    backing,
    attitudes,
    people,
    violence,
    armed,
    beliefs,
    facts,
    p,
    ratio,
    death_rate,
    stream,
    step,
    dt,
    per_day,
):
    """Defenders fight and die, break up where their place has fallen, and gather where people feel
    threatened.

    defence : see above; conserves residents + unpaid + paid + fallen + dead
    violence : today's holders and fighting      beliefs, attitudes : as of this morning
    ratio : protector_ratio of attitudes      death_rate : of civilians, the measure of reprisals
    """
    turn = WEEK * per_day
    communities = defence.seen.shape[1]
    for i in range(defence.armed.shape[0]):
        holder = violence.holder[i]
        fighter = violence.fighter[i]
        due = (step + i * per_day) % turn == 0
        stood = defence.armed[i] > 0
        stirred = fighter >= 0 or holder != defence.held_by[i]
        if stood:
            if holder >= 0 and holder != defence.held_by[i] and holder == defence.against[i]:
                break_up(defence, people, facts, p, death_rate, stream, i, holder)
            elif fighter >= 0:
                chance = 1.0 - math.exp(-p.defender_loss * violence.intensity[i] * dt)
                for c in range(communities):
                    lose_defenders(defence, i, c, chance, stream, LOSE)
        defence.held_by[i] = holder
        if due and (defence.armed[i] > 0 or fighter >= 0 or violence.challenger[i] >= 0):
            renew_defence(defence, backing, attitudes, people, violence, beliefs, facts, p, stream, i, WEEK)
        if (stood or defence.armed[i] > 0) and (due or stirred):
            weigh_defence(defence, attitudes, people, violence, armed, p, ratio, i)
