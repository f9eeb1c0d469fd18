"""Moral hazard, measured: how far power is shared, and when, with help that asks for it, with help that does
not, and with none.

And what conditions cost: in how many futures they were met, when, and in how many the capital was lost before
the help that would have come at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.foresight.principle_plans import AS_IS, CONDITIONS, NONE, Question
from afternext.foresight.weights import Floats, quantile
from afternext.world.events import CAUSE_PLAN, DECIDED, DELIVERED

if TYPE_CHECKING:
    from afternext.foresight.comparison import Comparison
    from afternext.foresight.principle import Estimate

RISE = 0.1  # of inclusion above what it was, from which more power counts as shared
LOST = 1e-9  # safety of the capital at which it is lost
NEVER = np.inf
ORDER = (NONE, AS_IS, CONDITIONS)


@dataclass(frozen=True)
class Hazard:
    """Inclusion under the three strategies.

    Attributes
    ----------
    days : near and deep horizon
    start : mean inclusion at the freeze
    level : strategy -> mean at each of `days`
    grid, curve : every output day, and strategy -> mean on it
    lowered : day -> what help without conditions takes away, against none and against help on conditions
        (each: as it is less the other; below zero is moral hazard)
    shared, since : strategy -> share of futures in which inclusion has risen by a tenth, and the median day
        of those that do; None where none does
    leaders : strategy -> share of futures in which the head of government of the freeze has gone
    """

    days: tuple[int, ...]
    start: float
    level: Mapping[str, tuple[float, ...]]
    grid: NDArray[np.int64]
    curve: Mapping[str, Floats]
    lowered: Mapping[int, Mapping[str, Estimate]]
    shared: Mapping[str, float]
    since: Mapping[str, float | None]
    leaders: Mapping[str, tuple[float, ...]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "inclusion_at_freeze": round(self.start, 4),
            "days": list(self.days),
            "inclusion": {s: [round(v, 4) for v in values] for s, values in self.level.items()},
            "as_it_is_less": [
                {"day": day, "than": other, **one.to_dict()}
                for day, found in self.lowered.items()
                for other, one in found.items()
            ],
            "power_shared_in_share_of_futures": {s: round(v, 4) for s, v in self.shared.items()},
            "median_day": dict(self.since),
            "leader_gone": {s: [round(v, 4) for v in values] for s, values in self.leaders.items()},
        }


@dataclass(frozen=True)
class Met:
    """What became of the conditions and of the capital; (weighted) shares of all futures.

    Attributes
    ----------
    met, day : conditions held at some time, and (median, 8 of 10) days after the freeze where they did
    delivered : help took effect under them
    as_it_is : help without conditions took effect
    lost : strategy -> the capital was lost at some time
    too_late : lost before help came on conditions, and not lost with help at once
    lost_anyway : lost before help came on conditions, and lost with help at once as well
    saved : lost if nobody helps, and not lost with help at once
    """

    met: float
    day: tuple[float, float, float] | None
    delivered: float
    as_it_is: float
    lost: Mapping[str, float]
    too_late: float
    lost_anyway: float
    saved: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "met": round(self.met, 4),
            "median_day": None if self.day is None else self.day[0],
            "range_of_days": None if self.day is None else list(self.day[1:]),
            "help_took_effect": {AS_IS: round(self.as_it_is, 4), CONDITIONS: round(self.delivered, 4)},
            "capital_lost": {s: round(v, 4) for s, v in self.lost.items()},
            "too_late_for_the_condition": round(self.too_late, 4),
            "lost_with_help_at_once_too": round(self.lost_anyway, 4),
            "saved_by_help_at_once": round(self.saved, 4),
        }


def measure_hazard(
    comparison: Comparison,
    question: Question,
    days: tuple[int, ...],
    estimate: Callable[[Floats, Floats], Estimate],
) -> Hazard:
    """Compare how far power is shared under the three strategies."""
    w = comparison.weights
    del question
    grid = comparison.grid()
    order = [comparison.ids.index(ident) for ident in ORDER]
    curve = comparison.values("inclusion", tuple(int(day) for day in grid))[order]
    level = comparison.values("inclusion", days)[order]
    gone = comparison.values("leaders", days)[order] > 0
    start = curve[:, :, :1]
    first = first_day(curve >= np.minimum(start + RISE, 1.0), grid)
    lowered = {
        day: {
            other: estimate(level[1, :, h] - level[ORDER.index(other), :, h], w)
            for other in (NONE, CONDITIONS)
        }
        for h, day in enumerate(days)
    }
    return Hazard(
        days,
        float((w @ start[:, :, 0].T).mean()),
        {s: tuple(float(v) for v in w @ level[k]) for k, s in enumerate(ORDER)},
        grid,
        {s: np.asarray(w @ curve[k]) for k, s in enumerate(ORDER)},
        lowered,
        {s: float(w @ np.isfinite(first[k])) for k, s in enumerate(ORDER)},
        {s: middle(first[k], w) for k, s in enumerate(ORDER)},
        {s: tuple(float(v) for v in w @ gone[k]) for k, s in enumerate(ORDER)},
    )


def when_met(comparison: Comparison, question: Question) -> Met:
    """See in how many futures the conditions held, and where help came too late for them."""
    grid = comparison.grid()
    order = [comparison.ids.index(ident) for ident in ORDER]
    centre = comparison.values("centre", tuple(int(day) for day in grid))[order]
    lost = first_day(centre <= LOST, grid)
    met, _ = given(comparison, question, CONDITIONS, DECIDED)
    came, _ = given(comparison, question, CONDITIONS, DELIVERED)
    _, prompt = given(comparison, question, AS_IS, DELIVERED)
    before = np.isfinite(lost[2]) & (lost[2] < came)
    held = ~np.isfinite(lost[1])
    w = comparison.weights
    there = np.isfinite(met) & (w > 0.0)
    return Met(
        float(w @ np.isfinite(met)),
        tuple(quantile(met[there], w[there], q) for q in (0.5, 0.1, 0.9)) if there.any() else None,  # type: ignore[arg-type]
        float(w @ np.isfinite(came)),
        float(w @ prompt),
        {s: float(w @ np.isfinite(lost[k])) for k, s in enumerate(ORDER)},
        float(w @ (before & held)),
        float(w @ (before & ~held)),
        float(w @ (np.isfinite(lost[0]) & held)),
    )


def given(
    comparison: Comparison, question: Question, strategy: str, kind: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """First day on which help of the coalition was decided or took effect, (F,), and whether it was."""
    scenario = comparison.scenario
    powers, moves = list(scenario.powers), list(scenario.moves)
    wanted = {(powers.index(one.power), moves.index(one.move)) for one in question.help}
    target = powers.index(question.government)
    first = np.full(len(comparison.futures), NEVER)
    run = comparison.runs[strategy]
    rows, log = run.every_event((kind,))
    owner = run.measures["future"].values[rows]
    row = {int(future): k for k, future in enumerate(comparison.futures)}
    for event, future in zip(log, owner, strict=True):
        k = row.get(int(future))
        if k is None or (int(event["force"]), int(event["move"])) not in wanted:
            continue
        if int(event["other"]) != target or (kind == DECIDED and int(event["cause"]) != CAUSE_PLAN):
            continue
        first[k] = min(first[k], float(event["day"]))
    return first, np.isfinite(first)


def first_day(reached: NDArray[np.bool_], grid: NDArray[np.int64]) -> Floats:
    """First day of each future on which something holds, inf where it never does; `reached` ends in days."""
    at = reached.argmax(-1)
    return np.where(reached.any(-1), grid[at].astype(np.float64), NEVER)


def middle(days: Floats, weights: Floats) -> float | None:
    """Weighted median of those that are there."""
    known = np.isfinite(days) & (weights > 0.0)
    return float(quantile(days[known], weights[known], 0.5)) if known.any() else None
