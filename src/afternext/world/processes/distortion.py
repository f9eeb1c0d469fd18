"""Distortion: how far a choice differs from that of the same power, informed and without politics at home.

Rule (docs/model/decisions.md). A choice is not one throw of dice but a chance for every option:

    P(option) = softmax(sharpness * U / stake) * logistic(sharpness * (U / stake - 1))

worked out four times: as it is, knowing the situation, without politics, and both. The gap between two of
them is what the difference in chances is worth by the situation as it is, missed gains and harm done alike:

    gap      = sum over options of |P - P'| * |gain|
    at stake = sum over options of max(P, P') * |gain|

Both are summed over the last weeks; their ratio, with one clear move on top of what was at stake, is the
``distortion``. Ignorance is the part that knowing takes away, mean of both orders. Writes ``Council``.
"""

from __future__ import annotations

import math

from afternext.world.kernel import kernel
from afternext.world.state import WEEK

VIEWS = 4  # rows of ``Council.weighed`` and ``Council.chance``
ACTUAL, INFORMED, UNPRESSED, NEITHER = range(VIEWS)
GAIN = VIEWS  # row of what an option is worth, or what it harms, by the situation as it is
NEVER = -700.0  # log-odds below which a chance is none: the exponential ends there
HARDLY = 1e-12  # chance below which an option is not reckoned with


@kernel
def willingness(utility, p):
    """Chance that a power acts this week on the best it has found: 1 far above ``stake``, 0 at nothing."""
    odds = p.choice_sharpness * (utility / p.stake - 1.0)
    return 1.0 / (1.0 + math.exp(-odds)) if odds > NEVER else 0.0


@kernel
def note_option(weighed, k, believed, true, politics, may_believed, may_true):
    """Write down what an option is worth in each of the four views; minus infinity where it is not open."""
    weighed[ACTUAL, k] = believed + politics if may_believed else -math.inf
    weighed[INFORMED, k] = true + politics if may_true else -math.inf
    weighed[UNPRESSED, k] = believed if may_believed else -math.inf
    weighed[NEITHER, k] = true if may_true else -math.inf
    weighed[GAIN, k] = abs(true)


@kernel
def set_chances(worth, chance, count, p):
    """Set the chance of every option by its worth: that it is put forward, times that it is done."""
    best = -math.inf
    for k in range(count):
        best = max(best, worth[k])
    sharp = p.choice_sharpness / p.stake
    total = 0.0
    for k in range(count):
        chance[k] = math.exp(sharp * (worth[k] - best)) if worth[k] > -math.inf else 0.0
        total += chance[k]
    for k in range(count):
        chance[k] = chance[k] / total if chance[k] > 0.0 else 0.0
        chance[k] = chance[k] * willingness(worth[k], p) if chance[k] > HARDLY else 0.0


@kernel
def gap_between(one, other, gain, count):
    """Return (gap, at stake) of two choices."""
    gap = 0.0
    stake = 0.0
    for k in range(count):
        gap += abs(one[k] - other[k]) * gain[k]
        stake += max(one[k], other[k]) * gain[k]
    return gap, stake


@kernel
def measure_distortion(council, p, power, weeks, count):
    """Add the week's choice to what is summed of the last weeks, and tell the distortion.

    weeks : over which it is summed      count : options that were weighed
    """
    weighed, chance = council.weighed, council.chance
    for view in range(VIEWS):
        set_chances(weighed[view], chance[view], count, p)
    gain = weighed[GAIN]
    gap, stake = gap_between(chance[ACTUAL], chance[NEITHER], gain, count)
    pressed, _ = gap_between(chance[INFORMED], chance[NEITHER], gain, count)
    unseen, _ = gap_between(chance[UNPRESSED], chance[NEITHER], gain, count)
    part = min(gap, max(0.0, 0.5 * (gap - pressed + unseen)))
    # Sums over the last weeks, so that weeks in which nobody would act do not hide what was at stake.
    kept = math.exp2(-WEEK / p.distortion_memory)
    council.within[power] = council.within[power] * kept + stake
    council.forgone[power] = council.forgone[power] * kept + gap
    council.unseen[power] = council.unseen[power] * kept + part
    # Less than one clear move within reach weighs little, from the first week on.
    span = council.within[power] + p.stake * (1.0 - kept**weeks)
    council.distortion[power] = council.forgone[power] / span
    council.ignorance[power] = council.unseen[power] / span
