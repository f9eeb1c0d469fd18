"""Opinion: what a public pays attention to, what it supports, and how hard that presses on a decision.

Rule (docs/model/opinion.md). Once a week for each power with a public. Attention jumps with a shock, as far
as it exceeds what the public has got used to (``used``, a mean over weeks), and halves in days; a shock moves
support for action, less where leaders of opinion speak against it and the more shocks went before
(``repeated``), and that halves in weeks; own losses cost support by their logarithm, sooner where the public
is weary of war; what it believes of the success of what its own power does counts, from where that stood when
it began (``hoped``); a false belief that suits somebody fades over years. Support never moves by more than
about 20 points a month.
Only what people pay attention to presses on a decision, and visible action itself draws attention:

    pressure = public * (2 * attention * (voice - needed) - weariness of ground war)
    voice    = support, moved by the party that the power answers to

so opinion can hold back and drive. Doing nothing costs when many want action and all look. Writes ``Council``
(salience, used, news, repeated, push, misbelief, weary, mourned, hoped, support) of one power.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from afternext.world.bundle import bundle
from afternext.world.chancellery import GROUND
from afternext.world.kernel import kernel
from afternext.world.state import WEEK

MONTH = 28  # days in which the limit on swings holds
MONTH_DAYS = 30.4375  # days
YEAR_DAYS = 365.25  # days


@bundle
class Parameters(NamedTuple):
    """Rows of parameters.csv used by this process."""

    politics: float
    salience_half_life: float
    shock_reach: float
    shock_gain: float
    used_half_life: float
    repeat_gain: float
    repeat_memory: float
    rally_half_life: float
    swing_limit: float
    casualty_slope: float
    casualty_tolerance: float
    casualty_memory: float
    success_weight: float
    elite_cue: float
    partisan_gap_low: float
    partisan_gap_high: float
    misbelief_half_life: float
    misbelief_partisan: float
    misbelief_weight: float
    weary_rate: float
    fatigue_half_life: float
    weary_weight: float
    support_needed: float
    domestic_weight: float
    do_something: float
    latent_attention: float


@kernel
def partisan_gap(powers, p, q):
    """Points of support between those who follow the leaders of opinion for action and those against:
    ``partisan_gap_low`` where these agree, ``partisan_gap_high`` where they are wholly divided.
    """
    return p.partisan_gap_low + (p.partisan_gap_high - p.partisan_gap_low) * powers.polarised[q]


@kernel
def cost_of_losses(mourned, weary, p):
    """Support lost for own losses: ``casualty_slope`` for each tenfold (Mueller 1971); a wholly weary public
    counts a loss as 1 / ``casualty_tolerance`` losses.
    """
    counted = mourned * p.casualty_tolerance**-weary
    return p.casualty_slope * math.log10(1.0 + counted)


@kernel
def step_opinion(powers, council, p, q, shock, own_loss, success, engaged):
    """Move the opinion of the public of one power by a week.

    shock : 0-1, how shocking the last week was      own_loss : persons newly lost that the public counts
    success : believed chance of success, 0-1         engaged : how far the power is seen to act, 0-1
    """
    news = min(1.0, max(0.0, shock - council.used[q]))
    council.news[q] = news
    council.used[q] += (1.0 - math.exp2(-WEEK / p.used_half_life)) * (min(1.0, shock) - council.used[q])
    if powers.public[q] <= 0.0:
        return
    heard = p.shock_reach * news
    attention = council.salience[q] * math.exp2(-WEEK / p.salience_half_life)
    council.salience[q] = attention + (1.0 - attention) * heard
    # Leaders of opinion decide what a shock is a reason for (Zaller 1992; Berinsky 2007).
    gain = p.shock_gain * news * (1.0 + p.elite_cue * powers.elite[q])
    # The next shock of the same crisis finds fewer who can still be moved.
    gain *= p.repeat_gain ** council.repeated[q]
    council.repeated[q] = council.repeated[q] * math.exp2(-WEEK / (MONTH_DAYS * p.repeat_memory)) + news
    push = council.push[q] * math.exp2(-WEEK / p.rally_half_life)
    council.push[q] = push + gain * max(0.0, 1.0 - push / (2.0 * p.shock_gain))
    council.mourned[q] = council.mourned[q] * math.exp2(-WEEK / p.casualty_memory) + max(0.0, own_loss)
    tired = p.weary_rate * math.log10(1.0 + council.mourned[q]) * WEEK / YEAR_DAYS
    weary = council.weary[q] * math.exp2(-WEEK / (YEAR_DAYS * p.fatigue_half_life))
    council.weary[q] = 1.0 - (1.0 - weary) * math.exp(-tired)
    half_life = MONTH_DAYS * p.misbelief_half_life * p.misbelief_partisan ** (powers.polarised[q] - 0.5)
    council.misbelief[q] *= math.exp2(-WEEK / half_life)
    # Success is that of an own mission: who takes no part has nothing to succeed or to fail in.
    if engaged <= 0.0:
        council.hoped[q] = success
    moved = council.push[q] + p.success_weight * engaged * (success - council.hoped[q])
    moved += p.misbelief_weight * powers.slant[q] * (council.misbelief[q] - powers.misled[q])
    losses = cost_of_losses(council.mourned[q], council.weary[q], p)
    most = p.swing_limit * WEEK / MONTH
    for k in range(powers.support.shape[1]):
        target = min(1.0, max(0.0, powers.support[q, k] + moved - losses))
        change = target - council.support[q, k]
        council.support[q, k] += min(most, max(-most, change))


@kernel
def voice(powers, council, p, q, kind):
    """Support for a class of action as the power hears it: the public's, moved towards the party whose
    leaders of opinion it follows.
    """
    heard = council.support[q, kind] + p.elite_cue * powers.elite[q] * 0.5 * partisan_gap(powers, p, q)
    return min(1.0, max(0.0, heard))


@kernel
def domestic(powers, council, p, q, kind, exposure):
    """Return what politics at home adds to the utility of acting in a class, about -1 to 1.

    exposure : how visible the action is, 0-1: it draws attention to itself

    Limited action needs less than half (``support_needed``), ground war half and a public not weary of it.
    """
    if powers.public[q] <= 0.0 or p.politics <= 0.0:
        return 0.0
    drawn = p.latent_attention * min(1.0, max(0.0, exposure))
    attention = 1.0 - (1.0 - council.salience[q]) * (1.0 - drawn)
    needed = 0.5 if kind == GROUND else p.support_needed
    pull = 2.0 * attention * (voice(powers, council, p, q, kind) - needed)
    if kind == GROUND:
        pull -= p.weary_weight * council.weary[q] * exposure
    return min(1.0, max(-1.0, p.politics * powers.public[q] * p.domestic_weight * pull))


@kernel
def pressed(powers, council, p, q):
    """Return what politics at home adds to the utility of doing nothing: below zero while all look.

    A shock makes a public ask that something be done, more so where a class of action finds support.
    """
    if powers.public[q] <= 0.0 or p.politics <= 0.0:
        return 0.0
    best = -1.0
    for k in range(powers.support.shape[1]):
        needed = 0.5 if k == GROUND else p.support_needed
        best = max(best, voice(powers, council, p, q, k) - needed)
    pull = council.salience[q] * (p.do_something + p.domestic_weight * best)
    return min(1.0, max(-1.0, -p.politics * powers.public[q] * pull))
