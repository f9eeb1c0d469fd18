"""Attitudes: what each community at each place thinks of each force, and whether it believes it can hold out.

Rule (docs/model/attitudes.md). Two parts with two clocks. *Confidence* is fast: it moves towards what the
rule of whoever holds the place deserves, falls with harm, and is forgotten where a force no longer rules.
*Grievance* is slow: a part of every loss of confidence by harm stays for a decade. Harm by outsiders costs
several times more than the same harm by insiders. A community shut out of power tolerates an insurgent that
does not threaten it as the lesser evil, by as much as it distrusts the rulers; the insurgent's own rule and
harm wear that away:

    accepted  = confidence * (1 - grievance)
    tolerance = accepted + (1 - accepted) * lesser_evil * exclusion * spared * (1 - accepted[best ruler])
                * min(1, accepted / base)                                    insurgents only

Hope is what experience has taught about holding out: it rises with defences that held nearby and with a
protector at the place, falls with places that fell nearby, and fades towards its common level. It is never a
trait of a community. Places take turns: weekly where something happens, else every four weeks. Reads
yesterday's violence; writes ``Attitudes``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from afternext.world.bundle import bundle
from afternext.world.kernel import kernel, kernel_with_wrapper
from afternext.world.state import NOBODY, WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from afternext.world.state import Flags, Floats, Ints

QUIET_TURNS = 4  # a quiet place takes every fourth of its weekly turns
MONTH_DAYS = 30.4375  # days
YEAR_DAYS = 365.25  # days
YEAR_MONTHS = 12.0  # months
ASLEEP_BELOW = 0.002  # differences of attitude under this are forgotten
INSIDER = {"own": 1.0, "spared": 0.5}  # how far a force belongs to those it treats so; judgement


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    attitude_speed: float
    expectation_half_life: float
    harm_cost: float
    grievance_share: float
    grievance_half_life: float
    atrocity: float
    outrage_half_life: float
    repeat_share: float
    lesser_evil: float
    hope_start: float
    fall_blow: float
    held_lift: float
    protector_lift: float
    protector_ratio: float


@bundle
class Standing(NamedTuple):
    """How forces stand to communities before experience: facts of one future."""

    base: Floats  # (C, F) confidence where experience says nothing, 0-1
    rule: Floats  # (F, C) how well a force rules a community, -1 to 1
    blame: Floats  # (F, C) what harm by the force counts, 1 for outsiders
    rulers: Flags  # (F,) 1 where the force serves the government in power


@bundle
class Attitudes(NamedTuple):
    """What communities think, and what they have learned about holding out."""

    confidence: Floats  # (P, C, F) fast part, 0-1
    grievance: Floats  # (P, C, F) slow part, 0-1
    tolerance: Floats  # (P, C, F) share of the community that tolerates the force
    siding: Floats  # (P, F) tolerance, mean over the residents of a place
    warmth: Floats  # (P, F) siding over what it would be without exclusion and experience
    hope: Floats  # (P, C) believed chance that a place like this holds out, 0-1
    lift: Floats  # (P, C) news of defences that held, not yet taken in
    blow: Floats  # (P, C) news of falls, not yet taken in
    exclusion: Floats  # (C,) how far the community is shut out of power, 0-1
    outrage: Floats  # (C, F) what the force has done to the community elsewhere
    touched: Flags  # (P, F) 1 where attitudes differ from those without experience
    stirred: Flags  # (P,) 1 where news waits to be taken in
    since: Ints  # (P,) step of the last turn
    held_by: Ints  # (P,) holder of the day before
    fought_by: Ints  # (P,) attacker of the day before


def new_standing(
    words: Sequence[Sequence[str]],
    insurgent: NDArray[np.uint8],
    rulers: NDArray[np.uint8],
    exclusion: NDArray[np.float64],
    values: Mapping[str, float],
    polled: NDArray[np.float64] | None = None,
) -> Standing:
    """Return what attitudes start from, from the words with which forces treat communities.

    words : (force, community) treatment words      values : rows of the parameter table by name
    polled : (force, community) confidence known from polls before the freeze, nan where there is none

    Who persecutes a community rules it as badly as can be; a government rules those shut out worse.
    """
    shape = (len(words), len(exclusion))
    base, rule, blame = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for f, row in enumerate(words):
        for c, word in enumerate(row):
            base[f, c] = values[f"support_{word}"]
            blame[f, c] = values["asymmetry"] ** -INSIDER.get(word, 0.0)
            if word in ("persecuted", "marked"):
                rule[f, c] = -1.0
            elif insurgent[f]:
                rule[f, c] = values["rule_insurgent"]
            elif rulers[f]:
                rule[f, c] = values["rule_government"] * (1.0 - exclusion[c]) - exclusion[c]
            else:
                rule[f, c] = values["rule_government"]
    if polled is not None:
        base = np.where(np.isnan(polled), base, polled)
    return Standing(base.T.copy(), rule, blame, rulers.copy())


def new_attitudes(
    standing: Standing,
    holder: NDArray[np.int64],
    fighter: NDArray[np.int64],
    exclusion: NDArray[np.float64],
    hope: float,
) -> Attitudes:
    """Return attitudes without experience: every place and community hopes alike."""
    places, (communities, forces) = len(holder), standing.base.shape
    confidence = np.repeat(standing.base[None], places, axis=0)
    pair = (places, communities)
    return Attitudes(
        confidence=confidence,
        grievance=np.zeros((places, communities, forces)),
        tolerance=confidence.copy(),
        siding=np.zeros((places, forces)),
        warmth=np.ones((places, forces)),
        hope=np.full(pair, float(hope)),
        lift=np.zeros(pair),
        blow=np.zeros(pair),
        exclusion=exclusion.astype(np.float64),
        outrage=np.zeros((communities, forces)),
        touched=np.zeros((places, forces), dtype=np.uint8),
        stirred=np.zeros(places, dtype=np.uint8),
        since=np.zeros(places, dtype=np.int64),
        held_by=holder.copy(),
        fought_by=fighter.copy(),
    )


@kernel
def protection(garrison, persons, accepted, ratio):
    """How far people feel protected: garrison / (garrison + ratio * persons), as far as they accept it.

    garrison : fighters present and willing      ratio : fighters per person at which half is reached
    """
    if garrison <= 0.0:
        return 0.0
    return accepted * garrison / (garrison + ratio * persons)


@kernel
def lesser_evil(weight, exclusion, level, best_ruler, accepted, base):
    """Share of those who do not accept an insurgent that tolerates it as the lesser evil.

    level : danger that it means to the community, 1 for ordinary: whom it seeks out sees no lesser evil
    best_ruler, accepted : acceptance of the best ruler it fights, and of the insurgent
    base : acceptance of the insurgent before experience; what it has lost of that, it loses here as well
    """
    if base <= 0.0 or exclusion <= 0.0:
        return 0.0
    spared = 1.0 if level <= 1.0 else 1.0 / level
    return weight * exclusion * spared * (1.0 - best_ruler) * min(1.0, accepted / base)


@kernel
def weigh_sides(attitudes, standing, people, facts, weight, place):
    """Work out who tolerates whom at one place."""
    communities, forces = standing.base.shape
    total = 0
    for f in range(forces):
        attitudes.siding[place, f] = 0.0
        attitudes.warmth[place, f] = 0.0
    for c in range(communities):
        persons = people.residents[place, c]
        total += persons
        for f in range(forces):
            confidence = attitudes.confidence[place, c, f]
            tolerance = confidence * (1.0 - attitudes.grievance[place, c, f])
            if facts.insurgent[f] == 1:
                best = 0.0
                for g in range(forces):
                    if standing.rulers[g] == 1 and facts.hostility[f, g] >= 1.0:
                        best = max(
                            best,
                            attitudes.confidence[place, c, g] * (1.0 - attitudes.grievance[place, c, g]),
                        )
                tolerance += (1.0 - tolerance) * lesser_evil(
                    weight,
                    attitudes.exclusion[c],
                    facts.level[f, c],
                    best,
                    tolerance,
                    standing.base[c, f],
                )
            attitudes.tolerance[place, c, f] = tolerance
            attitudes.siding[place, f] += persons * tolerance
            attitudes.warmth[place, f] += persons * standing.base[c, f]
    for f in range(forces):
        before = attitudes.warmth[place, f]
        attitudes.warmth[place, f] = attitudes.siding[place, f] / before if before > 0.0 else 1.0
        attitudes.siding[place, f] /= max(total, 1)


@kernel_with_wrapper
def set_sides(attitudes, standing, people, facts, weight):
    """Weigh the sides everywhere, at the start of a future."""
    for i in range(attitudes.held_by.shape[0]):
        weigh_sides(attitudes, standing, people, facts, weight, i)


@kernel
def take_in_news(attitudes, place):
    """Hope learns of what held and what fell nearby since yesterday."""
    for c in range(attitudes.hope.shape[1]):
        hope = 1.0 - (1.0 - attitudes.hope[place, c]) * math.exp(-attitudes.lift[place, c])
        attitudes.hope[place, c] = hope * math.exp(-attitudes.blow[place, c])
        attitudes.lift[place, c] = 0.0
        attitudes.blow[place, c] = 0.0
    attitudes.stirred[place] = 0


@kernel
def tell(attitudes, network, facts, news, place, force, before, size, reach):
    """Let people within reach hear what happened here, tomorrow, by distance 2^(-km / reach).

    news : attitudes.lift or attitudes.blow      size : weight of the news, on a log scale
    force, before : counts for a community as far as it fears ``force`` (and not ``before``), at most fully
    """
    communities = attitudes.hope.shape[1]
    for n in range(network.near_start[place] - 1, network.near_start[place + 1]):
        here = n < network.near_start[place]
        there = place if here else network.near_to[n]
        near = 1.0 if here else math.exp2(-network.near_km[n] / reach)
        for c in range(communities):
            fear = min(1.0, facts.level[force, c])
            if before >= 0:
                fear -= min(1.0, facts.level[before, c])
            if fear > 0.0:
                news[there, c] += size * near * fear
                attitudes.stirred[there] = 1


@kernel
def learn_of_changes(attitudes, people, violence, facts, network, p, reach):
    """Compare today's map with yesterday's: what fell, what held, and whom the new masters are known to
    persecute.
    """
    communities = attitudes.hope.shape[1]
    for i in range(attitudes.held_by.shape[0]):
        before = attitudes.held_by[i]
        now = violence.holder[i]
        fought = attitudes.fought_by[i]
        if now != before and now >= 0:
            tell(attitudes, network, facts, attitudes.blow, i, now, before, -math.log1p(-p.fall_blow), reach)
            if before >= 0:
                size = -math.log1p(-p.held_lift)
                tell(attitudes, network, facts, attitudes.lift, i, before, now, size, reach)
            for c in range(communities):
                level = facts.level[now, c]
                if level > 1.0 and people.residents[i, c] > 0:
                    total = 0
                    for j in range(people.residents.shape[0]):
                        total += people.residents[j, c]
                    fresh = p.atrocity * (1.0 - 1.0 / level) * people.residents[i, c] / total
                    known = min(1.0, attitudes.outrage[c, now])
                    attitudes.outrage[c, now] += fresh * (1.0 - (1.0 - p.repeat_share) * known)
        elif now == before and now >= 0 and fought >= 0 and violence.fighter[i] != fought:
            tell(
                attitudes, network, facts, attitudes.lift, i, fought, NOBODY, -math.log1p(-p.held_lift), reach
            )
        attitudes.held_by[i] = now
        attitudes.fought_by[i] = violence.fighter[i]


@kernel
def paces(p, days):
    """Return how far confidence moves, and what is left of expectations and of grievance, over ``days``."""
    # At half a scale from what its rule deserves, confidence moves by ``attitude_speed`` in the first year.
    moved = 1.0 - (1.0 - 2.0 * p.attitude_speed) ** (days / YEAR_DAYS)
    kept = math.exp2(-days / (MONTH_DAYS * p.expectation_half_life))
    return moved, kept, math.exp2(-days / (YEAR_DAYS * p.grievance_half_life))


@kernel
def renew_views(attitudes, standing, people, violence, armed, beliefs, facts, p, place, days, pace):
    """Move confidence, grievance and hope at one place over the days since its last turn.

    pace : what ``paces`` returns for these days
    """
    communities, forces = standing.base.shape
    holder = violence.holder[place]
    moved, kept, grievance_kept = pace
    for f in range(forces):
        harm = beliefs.harm[place, f]
        heard = 0.0
        for c in range(communities):
            heard = max(heard, attitudes.outrage[c, f])
        if f != holder and harm <= 0.0 and heard < ASLEEP_BELOW and attitudes.touched[place, f] == 0:
            continue
        differs = 1 if f == holder else 0
        for c in range(communities):
            base = standing.base[c, f]
            confidence = attitudes.confidence[place, c, f]
            grievance = attitudes.grievance[place, c, f] * grievance_kept
            if f == holder:
                deserved = 0.5 * (1.0 + standing.rule[f, c])
                confidence += (deserved - confidence) * moved
            else:
                confidence = base + (confidence - base) * kept
            felt = (harm * facts.level[f, c] + attitudes.outrage[c, f]) * standing.blame[f, c]
            if felt > 0.0:
                lost = 1.0 - math.exp(-p.harm_cost * felt * days / MONTH_DAYS)
                confidence -= confidence * lost
                grievance += (1.0 - grievance) * p.grievance_share * lost
            attitudes.confidence[place, c, f] = confidence
            attitudes.grievance[place, c, f] = grievance
            if abs(confidence - base) > ASLEEP_BELOW or grievance > ASLEEP_BELOW:
                differs = 1
        attitudes.touched[place, f] = differs

    garrison = 0.0
    persons = 0
    if holder >= 0:
        garrison = armed.present[place, holder] * armed.cohesion[place, holder]
    for c in range(communities):
        persons += people.residents[place, c]
    for c in range(communities):
        safe = 0.0
        if holder >= 0:
            accepted = attitudes.confidence[place, c, holder] * (1.0 - attitudes.grievance[place, c, holder])
            safe = protection(garrison, persons, accepted, p.protector_ratio)
        target = p.hope_start + (1.0 - p.hope_start) * p.protector_lift * safe
        attitudes.hope[place, c] = target + (attitudes.hope[place, c] - target) * kept


@kernel
def step_attitudes(
    attitudes, standing, people, violence, armed, beliefs, facts, network, p, reach, step, per_day
):
    """Take in news, renew attitudes where it is their turn, and learn what changed since yesterday.

    attitudes : see above      violence : yesterday's holders and fighting      armed : garrisons (forces.py)
    reach : km by road at which news of a fall or a defence counts half
    """
    places = attitudes.held_by.shape[0]
    turn = WEEK * per_day
    known = 0.0  # days for which the paces were last worked out: mostly one turn
    pace = (0.0, 0.0, 0.0)
    for i in range(places):
        if attitudes.stirred[i] == 1:
            take_in_news(attitudes, i)
        if (step + i * per_day) % turn != 0:
            continue
        busy = beliefs.awake[i] == 1 or violence.fighter[i] >= 0
        if not busy and (step // turn + i) % QUIET_TURNS != 0:
            continue
        days = (step - attitudes.since[i]) / per_day
        if days <= 0.0:
            continue
        attitudes.since[i] = step
        if days != known:
            known = days
            pace = paces(p, days)
        renew_views(attitudes, standing, people, violence, armed, beliefs, facts, p, i, days, pace)
        weigh_sides(attitudes, standing, people, facts, p.lesser_evil, i)
    learn_of_changes(attitudes, people, violence, facts, network, p, reach)
    if step % turn == 0:
        faded = math.exp2(-1.0 / p.outrage_half_life)
        for c in range(attitudes.outrage.shape[0]):
            for f in range(attitudes.outrage.shape[1]):
                attitudes.outrage[c, f] *= faded
