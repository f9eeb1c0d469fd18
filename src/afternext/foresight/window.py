"""How much of a move, and until when: the outcome over delay and scale, on the same futures.

For each delay and scale the move is fixed to take effect on that day at that scale, till the end; in a base
course its power never does it. Everybody else goes on choosing. The window is where the goal is still met in
at least a wanted share of futures. A window that is drawn says nothing without two more things, so they are
on the same page: whether the move changes anything beyond noise at all, and how long the *actual* decision
takes from the day it is made to the day it is felt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.weights import Weights
from afternext.ensemble.words import number
from afternext.errors import UsageError
from afternext.foresight.alarms import PEOPLE, Trigger, triggers
from afternext.foresight.comparison import Comparison, compare
from afternext.foresight.delays import Delivery, delivery
from afternext.foresight.goals import Goal, goals_of
from afternext.foresight.paired import Paired, paired
from afternext.foresight.weights import Floats, quantile, resamples
from afternext.foresight.words import Words, significant
from afternext.scenario.compose import NONE, Course, fixed, options_of

if TYPE_CHECKING:
    import pandas as pd

    from afternext.scenario import Scenario

DELAYS = (0, 14, 30, 60, 120, 240)
SHARE = 0.5
LUCKY = 1 / 3  # share of futures without the move that meet a goal nobody declared
RESAMPLES = 400
END = 36_600  # a day after every run: a plan that names its end is kept up beyond the move's usual days
BASE = "without"
NOW = "decided_today"


@dataclass(frozen=True)
class Window:
    """Delays (D) by scales (S) of one move; see `window`.

    Attributes
    ----------
    met, without : share of futures in which the goal is met, (D, S), and without the move
    value, value_without : mean of the measure
    effect : differences of the measure to the course without it, losses: below 0 is better
    gain : of the share of futures in which the goal is met
    closes : by scale, the last day at which the goal is met in `share` of futures: (low, middle, high) over
        resamples of the futures; -inf never, inf beyond the last delay
    least : by delay, the smallest scale with which it is; inf if none
    verdict : open, stays_open, never, no_difference, worse, or needless
    """

    scenario: str
    path: str
    futures: int
    seed: int
    freeze: date
    move: str
    name: str
    by: str
    by_name: str
    to: str | None
    to_name: str
    goal: Goal
    measure_name: str
    share: float
    delays: tuple[int, ...]
    scales: tuple[float, ...]
    met: Floats
    without: float
    value: Floats
    value_without: float
    effect: tuple[tuple[Paired, ...], ...]
    gain: tuple[tuple[Paired, ...], ...]
    closes: tuple[tuple[float, float, float], ...]
    least: tuple[float, ...]
    verdict: str
    own: Delivery
    today: Delivery
    triggers: tuple[Trigger, ...]
    alarm_cost: tuple[float, float, float] | None
    alarm_days: int
    kept: tuple[float, ...]
    weights: Weights | None = None

    @property
    def last(self) -> float:
        """Day after which no scale meets the goal in enough futures; -inf if none ever does, inf if the last
        delay still does.
        """
        return max(one[1] for one in self.closes)

    @property
    def smallest(self) -> float:
        """Scale below which no date does; inf if none does."""
        return min(self.least)

    def on(self, day: float) -> date:
        return self.freeze + timedelta(days=int(day))

    def decide_by(self, q: float = 0.5) -> float | None:
        """Day by which it has to be decided so that a share `q` of futures has it in time; None if it cannot
        be, or need not be.
        """
        days = self.today.waited[np.isfinite(self.today.waited)]
        if not np.isfinite(self.last) or not len(days):
            return None
        return self.last - float(np.quantile(days, q))

    def sentences(self) -> list[str]:
        from afternext.foresight.window_words import sentences

        return sentences(self)

    def to_frame(self) -> pd.DataFrame:
        """One row a delay and scale."""
        import pandas as pd

        rows = [
            {
                "day": day, "date": self.on(day).isoformat(), "scale": scale,
                "goal_met_in_share_of_futures": self.met[d, s], "without": self.without,
                "mean": self.value[d, s], "mean_without": self.value_without,
                "difference": self._turned(self.effect[d][s].mean),
                "low": min(self._turned(self.effect[d][s].low), self._turned(self.effect[d][s].high)),
                "high": max(self._turned(self.effect[d][s].low), self._turned(self.effect[d][s].high)),
                "beyond_noise": self.effect[d][s].beyond_noise,
                "futures_needed": self.effect[d][s].needed,
            }
            for d, day in enumerate(self.delays)
            for s, scale in enumerate(self.scales)
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def _turned(self, loss: float) -> float:
        return -loss if self.goal.more else loss

    def to_dict(self) -> dict[str, Any]:
        from afternext.foresight.window_words import window_json

        return window_json(self)


def window(
    scenario: str | Path | Scenario,
    move: str | None = None,
    *,
    by: str | None = None,
    to: str | None = None,
    goal: str | None = None,
    share: float = SHARE,
    delays: Sequence[int] = DELAYS,
    scales: Sequence[float] | None = None,
    people: float = PEOPLE,
    futures: int | None = None,
    years: float | None = None,
    seed: int | None = None,
    overrides: Mapping[str, float | str] | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    weights: str | Path | None = None,
    progress: bool = False,
) -> Window:
    """The window of action of a move.

    Parameters
    ----------
    move, by, to : the move, who does it and to whom; the first that the scenario names if not said
    goal : what is good enough, `displaced@1y < 1.5M`; if not said, displaced at the end no more than in the
        luckiest third of futures without the move
    share : of futures in which the goal has to be met
    delays, scales : days on which it takes effect; scales, those of the move if not said
    people : newly displaced within 30 days from which a trigger speaks of an emergency
    futures, years, seed, overrides, workers, out : as for `compare`
    weights : of the futures, kept with the run of one of the courses (`afternext update`), or a file

    Returns
    -------
    Window
    """
    from afternext.ensemble.subject import open_scenario

    crisis = open_scenario(scenario)
    if move is None:
        raise UsageError(f"name the move: {', '.join(crisis.moves)}")
    by, to = options_of(crisis, move, by, to)
    grid = tuple(sorted(set(delays)))
    sizes = tuple(sorted(set(scales or crisis.moves[move].scales)))
    if not grid or grid[0] < 0:
        raise UsageError("delays are days from 0 on, for example --delays 0,30,90")
    if not sizes or sizes[0] <= 0:
        raise UsageError("scales lie above 0, for example --scales 0.5,1")
    if not 0 < share <= 1:
        raise UsageError(f"share is {share:g}; it lies above 0 and up to 1")
    prepared = [
        _course(crisis, NONE, "Powers choose", {}),
        _course(crisis, BASE, f"{crisis.powers[by].name} never does it", {"bar": [f"{by}.{move}"]}),
        _course(
            crisis, NOW, "Decided today, delivered as it comes",
            {"plan": [{"by": by, "move": move, "to": to, "day": 0, "scale": sizes[-1], "until": END}]},
        ),
        *(_cell(crisis, by, move, to, day, scale) for day in grid for scale in sizes),
    ]  # fmt: skip
    found = compare(
        crisis if crisis is scenario else scenario, prepared=prepared, futures=futures, seed=seed,
        years=years, overrides=overrides, workers=workers, out=out, progress=progress,
    )  # fmt: skip
    return read_window(found.weigh(weights), move, by, to, goal, share, grid, sizes, people)


def _name(day: int, scale: float) -> str:
    return f"day_{day}_x{scale:g}"


def _course(crisis: Scenario, ident: str, title: str, content: Mapping[str, Any]) -> Course:
    if not content:
        return Course(ident, title, "", crisis, (), False, False)
    clean = {key: [_clean(entry) for entry in value] for key, value in content.items()}
    changed = crisis.model_copy(
        update={"strategies": {**crisis.strategies, ident: fixed(crisis, title, **clean)}}
    )
    return Course(ident, title, "", changed, (ident,), "plan" in content, False)


def _clean(entry: Any) -> Any:
    return {k: v for k, v in entry.items() if v is not None} if isinstance(entry, dict) else entry


def _cell(crisis: Scenario, by: str, move: str, to: str | None, day: int, scale: float) -> Course:
    what = {"by": by, "move": move, "to": to}
    plan = [{**what, "day": day, "scale": scale, "until": END, "delay": 0}]
    if day:
        plan.insert(0, {**what, "day": 0, "scale": 0, "until": day})
    title = f"In effect from day {day} at scale {scale:g}"
    return _course(crisis, _name(day, scale), title, {"plan": plan})


def read_window(
    found: Comparison, move: str, by: str, to: str | None, goal: str | None, share: float,
    delays: tuple[int, ...], scales: tuple[float, ...], people: float = PEOPLE, seed: int = 0,
) -> Window:  # fmt: skip
    """Read the window off its runs."""
    crisis, w = found.scenario, found.weights
    what = goals_of(found, [goal])[0] if goal else _lucky(found)
    if len(what.days) > 1:
        what = _at_last(what)
    judged = what.days[0]
    late = [day for day in delays if day >= judged]
    if late:
        raise UsageError(
            f"the goal is judged on day {judged}: a delay of {late[0]} days comes after it; leave it "
            "out of --delays"
        )
    values = what.values(found)[:, :, 0]
    losses, met = what.loss(values), what.met(values[:, :, None])[:, :, 0].astype(np.float64)
    place = {ident: k for k, ident in enumerate(found.ids)}
    base = place[BASE]
    cells = np.array([[place[_name(day, scale)] for scale in scales] for day in delays])
    tests = 2 * cells.size  # the mean and the share of every cell
    effect = tuple(tuple(paired(losses[k], losses[base], w, tests) for k in row) for row in cells)
    gain = tuple(tuple(paired(met[k], met[base], w, tests) for k in row) for row in cells)
    shares = (met @ w)[cells]
    without = float(met[base] @ w)
    draws = resamples(w, RESAMPLES, seed)
    drawn = (draws @ met.T) / draws.sum(1, keepdims=True)
    closes = tuple(
        _closing(delays, shares[:, s], [row[cells[:, s]] for row in drawn], share) for s in range(len(scales))
    )
    least = tuple(_least(scales, shares[d], without, share) for d in range(len(delays)))
    words = Words(found.first)
    runs = found.runs
    own = delivery(runs[NONE], move, by, to)
    today = delivery(runs[NOW], move, by, to)
    cost, days = _alarm(found, move, scales[-1])
    full = [row[-1] for row in effect]
    return Window(
        found.manifest["scenario"]["title"], str(found.path), len(found.futures), found.seed, found.freeze,
        move, crisis.moves[move].name, by, crisis.powers[by].name, to,
        crisis.powers[to].name if to else "", what, words.label(what.measure), share, delays, scales,
        shares, without, (values @ w)[cells], float(values[base] @ w), effect, gain, closes, least,
        _verdict(effect, gain, shares, without, share), own, today, triggers(runs[BASE], people, seed=seed),
        cost, days, tuple(one.mean / full[0].mean if full[0].mean else np.nan for one in full),
        found.evidence,
    )  # fmt: skip


def _lucky(found: Comparison) -> Goal:
    """Displaced at the end no more than in the luckiest third of futures without the move."""
    if "displaced" not in found.measures:
        raise UsageError(
            "this scenario counts no displaced; say what is good, for example --goal 'dead < 2k'"
        )
    base = found.ids.index(BASE)
    values = found.values("displaced", (found.last,))[base, :, 0]
    enough = significant(quantile(values, found.weights, LUCKY), 2)
    name = Words(found.first).label("displaced")
    return Goal(
        f"displaced <= {number(enough)}, the luckiest third without it", name, "displaced", False, "",
        (found.last,), (enough,), False, "<=",
        f"at most {number(enough)}, as in the luckiest third without it",
    )  # fmt: skip


def _at_last(goal: Goal) -> Goal:
    """A goal without a time is judged at the end."""
    return replace(goal, days=goal.days[-1:], enough=goal.enough[-1:])


def last_day(delays: Sequence[int], shares: Floats, share: float) -> float:
    """Last day at which a line through the shares is at the wanted one; -inf if it never is, inf if it still
    is at the last delay.
    """
    enough = shares >= share - 1e-12
    if not enough.any():
        return -np.inf
    k = int(np.flatnonzero(enough)[-1])
    if k == len(delays) - 1:
        return np.inf
    drop = shares[k] - shares[k + 1]
    part = (shares[k] - share) / drop if drop > 0 else 0.0
    return float(delays[k] + part * (delays[k + 1] - delays[k]))


def _closing(
    delays: Sequence[int], shares: Floats, drawn: Sequence[Floats], share: float
) -> tuple[float, float, float]:
    days = np.sort([last_day(delays, row, share) for row in drawn])
    low, high = days[int(0.05 * len(days))], days[min(int(0.95 * len(days)), len(days) - 1)]
    return float(low), last_day(delays, shares, share), float(high)


def _least(scales: Sequence[float], shares: Floats, without: float, share: float) -> float:
    """Smallest scale at which the share is reached, on a line from none through the scales."""
    if without >= share:
        return 0.0
    before, at = without, 0.0
    for scale, value in zip(scales, shares, strict=True):
        if value >= share:
            return float(at + (share - before) / (value - before) * (scale - at))
        before, at = float(value), scale
    return np.inf


def _verdict(
    effect: Sequence[Sequence[Paired]],
    gain: Sequence[Sequence[Paired]],
    shares: Floats,
    without: float,
    share: float,
) -> str:
    losses, gains = ([one for row in table for one in row] for table in (effect, gain))
    helps = any(one.high < 0 for one in losses) or any(one.low > 0 for one in gains)
    harms = any(one.low > 0 for one in losses) or any(one.high < 0 for one in gains)
    if harms and not helps:
        return "worse"
    if without >= share:
        return "needless"
    if not helps:
        return "no_difference"
    if not (shares >= share).any():
        return "never"
    return "stays_open" if (shares[-1] >= share).any() else "open"


def _alarm(found: Comparison, move: str, scale: float) -> tuple[tuple[float, float, float] | None, int]:
    """What acting on a false alarm costs: the move at this scale for its usual days; and those days."""
    what = found.scenario.moves[move]
    days = float(found.scenario.center(what.days))
    column = f"moves.{move}.cost"
    if column in found.experiments:
        each = found.experiments[column].to_numpy(dtype=np.float64)
    else:
        each = np.full(len(found.futures), float(found.scenario.center(what.cost)))
    if not each.any():
        return None, round(days)
    spent = each * scale * days / 365.25
    low, middle, high = (quantile(spent, found.weights, q) for q in (0.05, 0.5, 0.95))
    return (low, middle, high), round(days)
