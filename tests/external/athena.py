"""Athena's equations, to compare with: JPL's Regional Stability Simulation, written out in a few lines each.

Source: Athena Analyst's Guide (`docs/aag.docx`, AthenaModel/athena at its last commit, 2016-02-29) and Mars
Analyst's Guide (`docs/mag.docx`, AthenaModel/mars), as summarised in the project's notes on peers. Nothing
here is used by the program. Where the notes leave a case open, the function says how it is closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

NOBODY = None
LABELS = ((0.7, "SUPPORT"), (0.2, "LIKE"), (-0.2, "INDIFF"), (-0.7, "DISLIKE"))
SUPPORTERS = 0.2  # vertical relationship from which a group supports an actor
UNSAFE, SAFE = -25.0, 25.0  # security below which support is worth nothing, and above which it is worth all
LEVELS = ((25.0, "HIGH"), (5.0, "MEDIUM"), (-25.0, "LOW"))


def affinity(f: Sequence[float], g: Sequence[float], emphasis: float) -> float:
    """How one belief system likes another, -1 to 1; not symmetric, since f's own passion weighs.

    f, g     : positions on each topic, -1 to 1
    emphasis : E, weight of agreement against disagreement, 0-1

    A = sum(M (G - beta D)) / sum(M (1 + beta D)),  beta = (1 - E) / E,  M = max(|f|, D),
    G = sqrt(f g) on one side of a topic, else 0,  D = |f - g| / 2.
    At E = 0 the notes say only that the guide has special cases; here it is the limit: -1 where there is any
    disagreement, and the mean agreement where there is none.
    """
    agree = disagree = weight = 0.0
    for p, q in zip(f, g, strict=True):
        agreement = sqrt(p * q) if p * q > 0 else 0.0
        distance = abs(p - q) / 2
        passion = max(abs(p), distance)
        agree += passion * agreement
        disagree += passion * distance
        weight += passion
    if disagree == 0:
        return agree / weight if weight else 0.0
    # Above and below times E, so that E = 0 needs no case of its own.
    return (emphasis * agree - (1 - emphasis) * disagree) / (emphasis * weight + (1 - emphasis) * disagree)


def label(relationship: float) -> str:
    """The word for a relationship."""
    return next((word for bound, word in LABELS if relationship > bound), "OPPOSE")


def diminished(baseline: float, percent: float, lowest: float = -100.0, highest: float = 100.0) -> float:
    """URAM: the change that an effect of so many per cent makes; the nearer the end, the smaller."""
    room = highest - baseline if percent >= 0 else baseline - lowest
    return room * percent / 100


def settle(
    current: float,
    baseline: float,
    natural: float,
    weights: tuple[float, float, float],
    changes: tuple[float, float] = (0.0, 0.0),
    lowest: float = -100.0,
    highest: float = 100.0,
) -> tuple[float, float]:
    """URAM: attitude and baseline one step later.

    weights : of the last attitude, the last baseline and the natural level; they add up to one
    changes : of the attitude for a time (dA), of the baseline for good (dB)
    """
    alpha, beta, gamma = weights
    if abs(alpha + beta + gamma - 1) > 1e-9:
        raise ValueError("the weights must add up to one")
    for_a_time, for_good = changes
    new = _clamp(alpha * current + beta * baseline + gamma * natural + for_good, lowest, highest)
    return _clamp(new + for_a_time, lowest, highest), new


def security_factor(security: float) -> float:
    """Z-curve: 0 at or below UNSAFE, 1 at or above SAFE, straight between."""
    return _clamp((security - UNSAFE) / (SAFE - UNSAFE), 0.0, 1.0)


def direct_support(
    likes: Mapping[str, float], security: Mapping[str, float], people: Mapping[str, float]
) -> float:
    """Support of an actor in a neighbourhood: groups that like it, as far as they are safe, by size."""
    everybody = sum(people.values())
    if everybody == 0:
        return 0.0
    return (
        sum(likes[g] * security_factor(security[g]) * people[g] for g in people if likes[g] >= SUPPORTERS)
        / everybody
    )


def total_support(direct: Mapping[str, float], lends_to: Mapping[str, str | None]) -> dict[str, float]:
    """Direct support lent to whom each actor supports (itself if not said, nobody if None); not handed on."""
    total = dict.fromkeys(direct, 0.0)
    for actor, amount in direct.items():
        to = lends_to.get(actor, actor)
        if to is not None:
            total[to] += amount
    return total


def influence(support: Mapping[str, float], least: float = 0.0) -> dict[str, float]:
    """Share of each actor in the support of all who have more than `least`; 0 for the others."""
    counted = {actor: amount if amount > least else 0.0 for actor, amount in support.items()}
    everything = sum(counted.values())
    return {actor: amount / everything if everything else 0.0 for actor, amount in counted.items()}


def control(influences: Mapping[str, float], holder: str | None, threshold: float) -> str | None:
    """Who controls a neighbourhood next: the holder, another, or nobody.

    The holder keeps it above the threshold, or while nobody has more. Somebody with more takes it if he is
    above the threshold; if he is not, nobody has it. In this order: a holder above the threshold keeps
    it even where somebody has more (both can be above only if the threshold is below a half).
    """
    mine = influences.get(holder, 0.0) if holder is not None else 0.0
    rival = max(influences, key=lambda actor: influences[actor], default=None)
    most = influences[rival] if rival is not None else 0.0
    if holder is not None and (mine > threshold or mine >= most):
        return holder
    return rival if most > threshold else NOBODY


def volatility(own: Mapping[str, float], enemy: Mapping[str, float], total: float) -> float:
    """100 * sum over groups of T times enemy force, over the square of all force, 0-100.

    T is not explained in the notes; it is read as the group's own force.
    """
    return 100 * sum(own[g] * enemy[g] for g in own) / total**2 if total else 0.0


def security(force: float, enemy: float, total: float, volatile: float, v: float = 1.0) -> float:
    """Security of a group, -100 to 100: its share of force less its enemies' and volatility, all in per cent.

    force, enemy : of the group with its friends, and of its enemies      total : all force there
    """
    if total == 0:
        return 0.0
    force_percent, enemy_percent = 100 * force / total, 100 * enemy / total
    return 100 * (force_percent - enemy_percent - v * volatile) / (100 + v * volatile)


def level(value: float) -> str:
    """The word for a security."""
    return next((word for bound, word in LEVELS if value > bound), "NONE")


def effective_relationship(relationship: float, stance: float, discipline: float) -> float:
    """What a force does to a group: its own feeling, moved to its orders as far as it is disciplined."""
    return relationship + (stance - relationship) * discipline


def _clamp(value: float, lowest: float, highest: float) -> float:
    return max(lowest, min(highest, value))
