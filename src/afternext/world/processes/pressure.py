"""Pressure: what is in effect among powers presses on the war, and only here.

Rule (docs/model/pressure.md). Effects of all options in effect are summed by what they press on, each at
scale * share of its full effect reached, deniable ones at ``deniable_effect`` of that; of pushes against the
head of government the strongest counts. Strikes take away a
share of the power of a force as far as it shows itself (it holds or expands, or foments from its places) and
``strike_hidden`` of that share as far as it hides, which recruits by them (``strike_backlash``). Advice
shifts the usual cohesion, wishes shift postures, pay refills, income and recruits from abroad grow or shrink,
more or fewer join an insurgent as those it recruits from are shut out, doors open or close, rule changes.
Local defenders are organised and paid as far as moves do so. Arms, volunteers and troops arrive week by week
where the force is strongest; troops leave again. Nothing in effect leaves everything as it was. Writes
``Pressure``, and of the tactical layer ``Forces`` (air, lift, bias, gain, reconciled, refill, materiel,
present), ``People`` (aided; residents who volunteer), ``Facts`` (admits, foreign), ``Backing``,
``Standing.rule``, ``Attitudes`` (outrage; exclusion where there is no polity).
"""

from __future__ import annotations

from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.chancellery import (
    IN_EFFECT,
    L_ADVICE,
    L_ALIGN,
    L_ARMS,
    L_AUTONOMY,
    L_BUDGET,
    L_CONFIDENCE,
    L_DOORS,
    L_FOREIGN,
    L_HOLD,
    L_INCLUSION,
    L_INCOME,
    L_MOBILISE,
    L_ORGANISE,
    L_OUST,
    L_OUTRAGE,
    L_PAY,
    L_RELIEF,
    L_RULE,
    L_SIGHT,
    L_STIPEND,
    L_STRIKES,
    L_TROOPS,
    L_TRUCE,
)
from afternext.world.forces import POSTURES, join, leave
from afternext.world.kernel import kernel
from afternext.world.processes.offers import bought, weigh_offers
from afternext.world.processes.ranks import enlist
from afternext.world.processes.situation import shows_itself
from afternext.world.state import NOBODY, WEEK
from afternext.world.streams import mix, uniform

ARMS = 0  # names of the draws inside this process's stream
VOLUNTEERS = 1
MONTH = 28.0  # days: the month of amounts a month
HELD = 1 << 30  # fighters: more than any garrison, so that what is held comes first
FELT = 0.05  # change of the share taken by strikes at which forces weigh their odds anew at once


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    chancellery: float
    strike_hidden: float
    strike_backlash: float


@kernel
def clear_pressure(pressure):
    """Set all sums to nothing."""
    for k in range(pressure.polity.shape[0]):
        pressure.polity[k] = 0.0
        for f in range(pressure.force.shape[1]):
            pressure.force[k, f] = 0.0
        for c in range(pressure.community.shape[1]):
            pressure.community[k, c] = 0.0
        for q in range(pressure.power.shape[1]):
            pressure.power[k, q] = 0.0
        for r in range(pressure.region.shape[1]):
            pressure.region[k, r] = 0.0
    for q in range(pressure.align.shape[0]):
        for r in range(pressure.align.shape[1]):
            pressure.align[q, r] = 0.0
    for f in range(pressure.truce.shape[0]):
        for g in range(pressure.truce.shape[1]):
            pressure.truce[f, g] = 0.0


@kernel
def add_up(court, chancellery, attitudes):
    """Sum the effects of all options in effect; outrage is felt at once, at the forces of who acts."""
    powers, options, p = court.powers, court.options, court.p
    council, polity, pressure = chancellery.council, chancellery.polity, chancellery.pressure
    clear_pressure(pressure)
    pressure.terms[0] = 0.0
    pressure.terms[1] = 0.0
    for o in range(options.power.shape[0]):
        if council.stage[o] != IN_EFFECT:
            continue
        power = options.power[o]
        size = council.scale[o] * council.strength[o]
        if council.hidden[o] == 1:
            size *= p.decisions.deniable_effect
        terms = options.terms[o]
        if bought(options, council, o):
            terms = 1
        if terms != 0 and options.target[o] == powers.government[0] and powers.government[0] >= 0:
            weight = min(1.0, size) * powers.capability[power]
            side = 0 if terms > 0 else 1
            pressure.terms[side] += (1.0 - pressure.terms[side]) * weight
        for e in range(options.does[o], options.does[o + 1]):
            lever = options.lever[e]
            on = options.on[e]
            amount = options.amount[e] * size
            if lever == L_OUST and council.decided[o] < polity.leader_since[0]:
                continue  # it was meant for a head of government who has gone
            if lever == L_OUST:
                # Those who push, push the same votes in one parliament: the strongest push counts.
                pressure.polity[lever] = max(pressure.polity[lever], amount)
            elif lever in (L_RELIEF, L_CONFIDENCE):
                pressure.polity[lever] += amount
            elif on < 0:
                continue
            elif lever == L_STRIKES:
                before = pressure.force[lever, on]
                pressure.force[lever, on] = before + amount - before * amount
            elif lever == L_TRUCE:
                for f in range(powers.commands.shape[0]):
                    if powers.commands[f] == power:
                        pressure.truce[f, on] = min(1.0, pressure.truce[f, on] + amount)
                        pressure.truce[on, f] = pressure.truce[f, on]
            elif lever == L_ALIGN:
                pressure.align[power, on] += amount
                pressure.align[on, power] += amount
            elif lever == L_SIGHT:
                pressure.power[lever, on] += amount
            elif lever in (L_AUTONOMY, L_BUDGET):
                pressure.region[lever, on] += amount
            elif lever == L_INCLUSION:
                pressure.community[lever, on] += amount
            elif lever in (L_ORGANISE, L_STIPEND):
                before = pressure.community[lever, on]
                pressure.community[lever, on] = before + amount - before * amount
            elif lever == L_OUTRAGE:
                for f in range(powers.commands.shape[0]):
                    if powers.commands[f] == power:
                        attitudes.outrage[on, f] = max(attitudes.outrage[on, f], amount)
            else:
                pressure.force[lever, on] += amount


@kernel
def shut_out_by(polity, attitudes, facts, force):
    """Return (at the start, now) how far those whom a force recruits from are shut out of power, 0-1."""
    total = 0.0
    before = 0.0
    now = 0.0
    for c in range(polity.exclusion.shape[0]):
        total += facts.recruits[force, c]
        before += facts.recruits[force, c] * polity.exclusion[c]
        now += facts.recruits[force, c] * attitudes.exclusion[c]
    if total <= 0.0:
        return 0.0, 0.0
    return before / total, now / total


@kernel
def reconcile(forces, polity, attitudes, facts, p, force):
    """Let more or fewer join an insurgent, and some of its men go home, as its people are shut out.

    Odds of rebellion of a group wholly shut out: ``exclusion_odds`` (recovery).
    """
    before, now = shut_out_by(polity, attitudes, facts, force)
    forces.gain[force] *= p.polity.exclusion_odds ** (now - before)
    forces.reconciled[force] = max(0.0, 1.0 - now / before) if before > 0.0 else 0.0


@kernel
def strongest(powers, violence, forces, facts, force):
    """Return the place where a force is strongest, one that it holds if it holds any; where it is nowhere,
    the capital of the government unless an enemy holds it; else NOBODY.
    """
    place = NOBODY
    most = 0
    for i in range(forces.present.shape[0]):
        there = 2 * forces.present[i, force] + (1 if violence.holder[i] == force else 0)
        if there > 0 and violence.holder[i] == force:
            there += HELD
        if there > most:
            most = there
            place = i
    capital = powers.capital[0]
    if place < 0 and capital >= 0:
        holder = violence.holder[capital]
        if holder < 0 or facts.hostility[force, holder] < 1.0:
            place = capital
    return place


@kernel
def deploy(violence, forces, pressure, place, force, wanted):
    """Bring troops from outside the map to the number wanted; those who leave come from every garrison."""
    present = pressure.present[force]
    if wanted > present and place >= 0:
        came = wanted - present
        cohesion = forces.cohesion[place, force]
        join(forces, violence, place, force, came, 0, cohesion)
        forces.recruited[force] += came
        forces.foreign[force] += came
        pressure.present[force] = wanted
    elif wanted < present:
        total = 0
        for i in range(forces.present.shape[0]):
            total += forces.present[i, force]
        go = min(present - wanted, total)
        left = go
        for i in range(forces.present.shape[0]):
            there = forces.present[i, force]
            if left <= 0 or there <= 0:
                continue
            part = min(left, (there * go + total - 1) // total)
            arms = leave(forces, violence, i, force, part)
            forces.materiel[i, force] += arms  # what they came without stays
            left -= part
        go -= left
        forces.recruited[force] -= go
        forces.foreign[force] -= go
        pressure.present[force] = wanted


@kernel
def reinforce(powers, pressure, state, facts, stream, force):
    """A week's arms, volunteers and troops of one force."""
    violence, forces = state.violence, state.forces
    arms = pressure.force[L_ARMS, force] * WEEK / MONTH
    wanted = pressure.force[L_MOBILISE, force] * WEEK / MONTH
    troops = int(max(0.0, pressure.force[L_TROOPS, force]) + 0.5)
    if arms <= 0.0 and wanted <= 0.0 and troops == pressure.present[force]:
        return
    place = strongest(powers, violence, forces, facts, force)
    if place >= 0 and arms > 0.0:
        n = int(arms + uniform(mix(stream, ARMS), force))
        forces.materiel[place, force] += n
        forces.supplied[force] += n
    if place >= 0 and wanted > 0.0:
        total = 0
        for i in range(forces.present.shape[0]):
            total += forces.present[i, force]
        for i in range(forces.present.shape[0]):
            part = 1.0 if i == place else 0.0
            if total > 0:
                part = forces.present[i, force] / total
            if part > 0.0:
                enlist(
                    state.people,
                    violence,
                    forces,
                    state.attitudes,
                    state.standing,
                    facts,
                    i,
                    force,
                    wanted * part,
                    0,
                    mix(stream, VOLUNTEERS),
                )
    deploy(violence, forces, pressure, place, force, troops)


@kernel
def help_defenders(powers, pressure, defending):
    """Organise and pay local defenders as far as moves do, in the country of the polity if there is one."""
    for i in range(defending.organiser.shape[0]):
        if powers.government[0] >= 0 and powers.home[i] == 0:
            continue
        for c in range(defending.organiser.shape[1]):
            had = pressure.organiser[i, c]
            paid = pressure.pay[i, c]
            more = min(1.0, max(0.0, pressure.community[L_ORGANISE, c]))
            stipend = min(1.0, max(0.0, pressure.community[L_STIPEND, c]))
            defending.organiser[i, c] = had + (1.0 - had) * more
            defending.pay[i, c] = paid + (1.0 - paid) * stipend


@kernel
def step_pressure(court, chancellery, state, facts, stream, weekly):
    """Press what is in effect on the war; what comes week by week only in a weekly turn."""
    powers, p = court.powers, court.p
    pressure = chancellery.pressure
    forces, attitudes, standing = state.forces, state.attitudes, state.standing
    add_up(court, chancellery, attitudes)
    weigh_offers(powers, court.options, chancellery.council, pressure)
    q = p.pressure
    again = False
    communities = facts.admits.shape[1]
    for f in range(powers.commands.shape[0]):
        strikes = pressure.force[L_STRIKES, f]
        bare = shows_itself(forces, facts, f)
        air = strikes * (bare + (1.0 - bare) * q.strike_hidden)
        recruits = q.strike_backlash * strikes * (1.0 - bare)
        if abs(air - forces.air[f]) > FELT:
            again = True
        forces.air[f] = air
        forces.gain[f] = max(0.0, 1.0 + pressure.force[L_INCOME, f]) * (1.0 + recruits)
        if facts.insurgent[f] == 1:
            reconcile(forces, chancellery.polity, attitudes, facts, p, f)
        forces.lift[f] = pressure.force[L_ADVICE, f]
        forces.refill[f] = max(0.0, pressure.force[L_PAY, f])
        for k in range(POSTURES):
            forces.bias[f, k] = pressure.force[L_HOLD + k, f]
        facts.foreign[f] = pressure.foreign[f] * max(0.0, 1.0 + pressure.force[L_FOREIGN, f])
        door = min(1.0, max(-1.0, pressure.force[L_DOORS, f]))
        rule = pressure.force[L_RULE, f]
        for c in range(communities):
            base = pressure.doors[f, c]
            facts.admits[f, c] = base + (door * (1.0 - base) if door > 0.0 else door * base)
            if standing.rulers[f] == 1 and powers.government[0] >= 0:
                continue  # how rulers rule is for the polity to say
            standing.rule[f, c] = min(1.0, max(-1.0, pressure.rule[f, c] + rule))
        if weekly:
            reinforce(powers, pressure, state, facts, stream, f)
    help_defenders(powers, pressure, state.backing)
    state.people.aided[0] = min(1.0, max(0.0, pressure.polity[L_RELIEF]))
    if powers.government[0] < 0:
        for c in range(communities):
            share = 1.0 - pressure.community[L_INCLUSION, c]
            attitudes.exclusion[c] = min(1.0, max(0.0, chancellery.polity.exclusion[c] * share))
    if again:
        for i in range(forces.look.shape[0]):
            forces.look[i] = max(forces.look[i], 1)
