"""Which courses of action hold up: across futures, across goals, and across horizons.

A course of action is judged by each goal at each horizon with about a dozen robustness metrics. What is best
is told with the share of resamples of the futures in which it is best, because with few futures the table's
first row is often luck. Horizons are kept apart: what is best soon need not be best later, and that is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.errors import UsageError
from afternext.foresight.comparison import Comparison
from afternext.foresight.discover import Discovery, explain
from afternext.foresight.goals import Goal, goals_of
from afternext.foresight.paired import Paired, paired
from afternext.foresight.robustness import METRICS, first_in, holds_until, mean, pareto, scores
from afternext.foresight.weights import Floats, quantile, resamples

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 200
MOST_VULNERABLE = 3  # courses of action whose failures are looked into
RANGE = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Judged:
    """One goal: what every course of action comes to at each of its days.

    Attributes
    ----------
    days : of this goal (J)
    ranges : (3, S, J) 5th, 50th and 95th percentile of the measure
    met : (S, J) share of futures in which it is good enough
    scores : metric -> (S, J)          first : metric -> (S, J) share of resamples in which it is best
    until : (S,) last day up to which at least half of the futures meet it at every horizon
    against : (S, J) of differences in the measure to the first course of action, losses: less is better
    """

    goal: Goal
    days: tuple[int, ...]
    ranges: Floats
    met: Floats
    scores: dict[str, Floats]
    first: dict[str, Floats]
    until: tuple[int, ...]
    against: tuple[tuple[Paired, ...], ...]


@dataclass(frozen=True)
class Leader:
    """Who is best at one horizon over all goals judged there, each weighing the same.

    score : mean over goals of the share of futures in which they are met
    sure : share of resamples in which it is best          second : the next one, and the paired difference
    """

    day: int
    best: int
    score: float
    sure: float
    second: int | None
    ahead: Paired | None
    level: tuple[int, ...]  # courses of action that cannot be told from the best
    tied: tuple[int, ...]  # those with the very same score, the best among them


@dataclass(frozen=True)
class Turn:
    """Whether the best soon is the best late.

    early : lead of the early best over the late one at the first horizon, of the mean share of goals met
    late : lead of the late best over the early one at the last
    """

    near: int
    deep: int
    near_day: int
    deep_day: int
    early: Paired | None
    late: Paired | None

    @property
    def differs(self) -> bool:
        return self.near != self.deep

    @property
    def beyond_noise(self) -> bool:
        """Whether each leads the other at its own horizon by more than luck."""
        leads = (self.early, self.late)
        return self.differs and all(lead is not None and lead.low > 0 for lead in leads)


@dataclass(frozen=True)
class Trade:
    """What a course of action gains and loses against the first one, beyond noise, by number of the goal.

    better, worse : (goal, day)
    """

    strategy: int
    better: tuple[tuple[int, int], ...]
    worse: tuple[tuple[int, int], ...]

    @property
    def across_goals(self) -> bool:
        """Whether one goal gains what another loses."""
        return any(g != h for g, _ in self.better for h, _ in self.worse)

    @property
    def across_horizons(self) -> tuple[int, ...]:
        """Goals that gain at one horizon and lose at another."""
        return tuple(sorted({g for g, _ in self.better} & {g for g, _ in self.worse}))


@dataclass(frozen=True)
class Decision:
    """Courses of action by goals by horizons; see `decide`."""

    scenario: str
    path: str
    futures: int
    seed: int
    freeze: date
    days: tuple[int, ...]
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    whys: tuple[str, ...]
    judged: tuple[Judged, ...]
    across: Floats  # (S, H) mean over goals of the share of futures in which they are met
    leaders: tuple[Leader, ...]
    turn: Turn
    trades: tuple[Trade, ...]
    pareto: tuple[tuple[int, ...], ...]  # of each horizon
    ever: tuple[int, ...]  # on the Pareto set of all goals at all horizons together
    cost: Floats | None  # (3, S) 5th, 50th, 95th percentile up to the last day
    priced: tuple[bool, ...]
    vulnerable: tuple[tuple[int, Discovery | str], ...]

    def to_dict(self) -> dict[str, Any]:
        """The object that `decide --json` prints; see docs/reference/json.md."""
        from afternext.foresight.decision_json import decision_json

        return decision_json(self)

    def to_frame(self) -> pd.DataFrame:
        """One row a course of action, goal, day and metric."""
        import pandas as pd

        rows = []
        for one in self.judged:
            for metric in METRICS:
                for s, ident in enumerate(self.ids):
                    for j, day in enumerate(one.days):
                        rows.append(
                            {
                                "strategy": ident, "goal": one.goal.text, "measure": one.goal.measure,
                                "day": day, "metric": metric.id,
                                "better": "more" if metric.better_more(one.goal.more) else "less",
                                "value": one.scores[metric.id][s, j],
                                "best_in_share_of_resamples": one.first[metric.id][s, j],
                            }
                        )  # fmt: skip
        return pd.DataFrame(rows)


def decide(
    comparison: Comparison, goals: Sequence[str] = (), *, vulnerabilities: bool = True, seed: int = 0
) -> Decision:
    """Judge the courses of action of a comparison.

    Parameters
    ----------
    goals : what is good, as `displaced@1y < 1.5M`; the usual ones if not said (see `goals.py`)
    vulnerabilities : look for the conditions under which the best ones fail

    Returns
    -------
    Decision
    """
    if len(comparison.ids) < 2:
        raise UsageError("one course of action leaves nothing to decide; name at least two with --strategy")
    if len(comparison.futures) < 2:
        raise UsageError("one future decides nothing; compare some hundreds (--futures 200)")
    wanted = goals_of(comparison, goals)
    w = comparison.weights
    draws = resamples(w, RESAMPLES, seed)
    judged = tuple(_judge(comparison, goal, draws) for goal in wanted)
    flags = {goal.text: goal.met(goal.values(comparison)).astype(np.float64) for goal in wanted}
    days = sorted({day for goal in wanted for day in goal.days})
    per_future = [_mean_met(wanted, flags, day) for day in days]  # each (S, F)
    across = np.stack([mean(one, w[None, :])[0] for one in per_future], axis=1)
    leaders = tuple(_leader(one, w, draws, day) for one, day in zip(per_future, days, strict=True))
    turn = _turn(leaders, per_future, w)
    means = [_criteria(judged, day) for day in days]
    cost = comparison.costs
    spent = None
    if cost is not None:
        spent = np.array([[quantile(row[:, -1], w, q) for row in cost] for q in RANGE])
    shown = list(dict.fromkeys([leaders[-1].best, leaders[0].best, *(one.best for one in leaders)]))
    vulnerable = (
        _vulnerable(comparison, judged[0].goal, shown[:MOST_VULNERABLE], seed) if vulnerabilities else ()
    )
    return Decision(
        comparison.manifest["scenario"]["title"], str(comparison.path), len(comparison.futures),
        comparison.seed, comparison.freeze, tuple(days), comparison.ids,
        tuple(comparison.titles[ident] for ident in comparison.ids),
        tuple(comparison.whys[ident] for ident in comparison.ids),
        judged, across, leaders, turn, _trades(judged, len(comparison.ids)),
        tuple(tuple(pareto(one)) for one in means),
        tuple(pareto(np.concatenate(means, axis=1))), spent,
        tuple(comparison.priced[ident] for ident in comparison.ids), vulnerable,
    )  # fmt: skip


def _judge(comparison: Comparison, goal: Goal, draws: Floats) -> Judged:
    w = comparison.weights
    values = goal.values(comparison)
    losses = goal.loss(values)
    enough = goal.loss(np.asarray(goal.enough))
    count, _, days = values.shape
    found = {metric.id: np.empty((count, days)) for metric in METRICS}
    first = {metric.id: np.empty((count, days)) for metric in METRICS}
    for j in range(days):
        for metric in METRICS:
            score = scores(metric, losses[:, :, j], float(enough[j]), w)
            turned = metric.unit == "measure" and goal.more
            found[metric.id][:, j] = -score if turned else score
            first[metric.id][:, j] = first_in(metric, losses[:, :, j], float(enough[j]), draws)
    met = goal.met(values)
    ranges = np.array(
        [[[quantile(values[s, :, j], w, q) for j in range(days)] for s in range(count)] for q in RANGE]
    )
    against = tuple(
        tuple(paired(losses[s, :, j], losses[0, :, j], w, count - 1) for j in range(days))
        for s in range(count)
    )
    return Judged(
        goal, goal.days, ranges, np.einsum("sfj,f->sj", met.astype(np.float64), w), found, first,
        tuple(holds_until(met.astype(np.float64), goal.days, w)), against,
    )  # fmt: skip


def _mean_met(goals: Sequence[Goal], flags: dict[str, Floats], day: int) -> Floats:
    """Mean over the goals judged at a day of whether each is met: (S, F)."""
    here = [flags[goal.text][:, :, goal.days.index(day)] for goal in goals if day in goal.days]
    return np.asarray(np.mean(here, axis=0))


def _criteria(judged: Sequence[Judged], day: int) -> Floats:
    """Mean losses of the goals judged at a day: (S, goals)."""
    columns = []
    for one in judged:
        if day in one.days:
            values = one.scores["mean"][:, one.days.index(day)]
            columns.append(-values if one.goal.more else values)
    return np.stack(columns, axis=1)


def _leader(met: Floats, w: Floats, draws: Floats, day: int) -> Leader:
    score = mean(met, w[None, :])[0]
    order = np.argsort(-score, kind="stable")
    best = int(order[0])
    found = mean(met, draws)
    winners = np.isclose(found, found.max(1, keepdims=True)).astype(np.float64)
    sure = float((winners / winners.sum(1, keepdims=True)).mean(0)[best])
    tests = len(score) - 1
    leads = {int(s): paired(met[best], met[s], w, tests) for s in order[1:]}
    second = int(order[1]) if len(order) > 1 else None
    level = tuple(s for s, lead in leads.items() if not lead.beyond_noise)
    return Leader(
        day, best, float(score[best]), sure, second, leads[second] if second is not None else None, level,
        tuple(int(s) for s in order if np.isclose(score[s], score[best], rtol=0, atol=1e-12)),
    )  # fmt: skip


def _turn(leaders: Sequence[Leader], met: Sequence[Floats], w: Floats) -> Turn:
    near, deep = leaders[0], leaders[-1]
    if len(leaders) < 2 or deep.best in near.tied:
        near = replace(near, best=deep.best)
    if near.best == deep.best:
        return Turn(near.best, deep.best, near.day, deep.day, None, None)
    return Turn(
        near.best, deep.best, near.day, deep.day,
        paired(met[0][near.best], met[0][deep.best], w), paired(met[-1][deep.best], met[-1][near.best], w),
    )  # fmt: skip


def _trades(judged: Sequence[Judged], count: int) -> tuple[Trade, ...]:
    """Courses of action that change something beyond noise."""
    found = []
    for s in range(1, count):
        cells = [
            (g, day, one.against[s][j]) for g, one in enumerate(judged) for j, day in enumerate(one.days)
        ]
        better = tuple((g, day) for g, day, lead in cells if lead.high < 0)
        worse = tuple((g, day) for g, day, lead in cells if lead.low > 0)
        if better or worse:
            found.append(Trade(s, better, worse))
    return tuple(found)


def _vulnerable(
    comparison: Comparison, goal: Goal, which: Sequence[int], seed: int
) -> tuple[tuple[int, Discovery | str], ...]:
    """Conditions under which courses of action miss a goal on its last day."""
    missed: NDArray[np.bool_] = ~goal.met(goal.values(comparison))[:, :, -1]
    found: list[tuple[int, Discovery | str]] = []
    for s in which:
        text = f"{comparison.ids[s]} misses {goal.text}"
        try:
            found.append(
                (
                    s,
                    explain(
                        comparison.experiments, missed[s], text, comparison.notes,
                        title=str(comparison.manifest["scenario"]["title"]), run_seed=comparison.seed,
                        weights=comparison.weights, seed=seed,
                    ),
                )
            )  # fmt: skip
        except UsageError as error:
            found.append((s, str(error)))
    return tuple(found)
