"""Pathways from a comparison: lines, switches, triggers; see `pathways` for what is told of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from afternext.errors import UsageError
from afternext.foresight.along import meets_along
from afternext.foresight.goals import goals_of
from afternext.foresight.observed import Sign, observe
from afternext.foresight.pathways import AT_ONCE, LATER, NEVER, Change, Line, Pathways, Played, Range
from afternext.foresight.signed import name_of, play_on_sign, split_signed, switch_days
from afternext.foresight.survival import lasting_end, survival
from afternext.foresight.switching import Counted, Dated, date_switch, paired, regret
from afternext.foresight.triggers import Trigger, find_trigger
from afternext.foresight.weights import Floats, parts, quantile, resamples
from afternext.foresight.words import Words, significant
from afternext.scenario.compose import NONE, compose
from afternext.scenario.switch import THEN

if TYPE_CHECKING:
    from afternext.foresight.comparison import Comparison

Bools = NDArray[np.bool_]
FEWEST = 20
DATES = 48  # candidate dates of a switch
SHARE = 0.7  # a strategy is good enough while it is so in this share of futures
LASTING = 30  # days that a lapse must last to count
HALF = 0.5  # of the planned scale: from there on a move counts as in effect
WAITS = (30, 61, 91, 183, 365, 731, 1096)  # days of waiting that are told


@dataclass(frozen=True)
class Table:
    """What all parts read: goal by strategy, future and output day, and its sums."""

    ids: tuple[str, ...]
    grid: NDArray[np.int64]
    good: Bools
    counted: Counted
    spent: Floats | None
    weights: Floats
    choosing: Bools
    since: int

    @property
    def length(self) -> float:
        """Days that are judged."""
        return float(self.grid[-1] - self.since)


def find_pathways(
    comparison: Comparison, goals: Sequence[str] = (), share: float = SHARE, lasting: int = LASTING,
    since: int = 0, seed: int = 0,
) -> Pathways:  # fmt: skip
    """Tipping points, switches and triggers of the strategies of a comparison.

    goals : conditions that must hold together; what is given no time must hold day by day
    share : of futures in which a strategy must be good enough
    lasting : days that a lapse must last to count as the end
    since : day after the freeze from which on strategies are judged
    """
    if not 0 < share < 1:
        raise UsageError(f"share is {share}; it lies between 0 and 1, for example 0.7")
    if len(comparison.futures) < FEWEST:
        raise UsageError(
            f"pathways need at least {FEWEST} futures, this comparison has {len(comparison.futures)}"
        )
    if not 0 <= since < comparison.last - lasting or lasting < 0:
        raise UsageError(
            f"judged from day {since} with lapses of {lasting} days, nothing is left of "
            f"{comparison.last} days"
        )
    goal = " and ".join(f"({one})" if len(goals) > 1 else one for one in goals) or usual_goal(comparison)
    table, words = _read(comparison, goal, since, seed), Words(comparison.first)
    steady = tuple(k for k, ident in enumerate(table.ids) if THEN not in ident)
    movable = [k for k in steady if comparison.priced[table.ids[k]]]
    # Before it is judged, nothing ends.
    ends = [
        lasting_end(table.good[k] | (table.grid < since), table.grid, lasting) for k in range(len(table.ids))
    ]
    triggers: dict[int, Trigger | None] = dict.fromkeys(steady)
    for k in movable:
        day, ended, until = ends[k]
        ident = table.ids[k]
        observed = observe(comparison.runs[ident], round(until), comparison.rows(ident))
        triggers[k] = find_trigger(observed, day, ended, table.weights, table.choosing)
    lines = tuple(_line(comparison, table, k, ends[k], share, triggers[k]) for k in steady)
    own, rest = table.choosing, ~table.choosing
    alone = {k: table.counted.whole(k) / table.length for k in movable}
    best = max(movable, key=lambda k: float(table.weights[own] @ alone[k][own]), default=steady[0])
    whole = table.counted.whole(best) / table.length
    days = tuple(int(day) for day in np.unique(np.linspace(0, comparison.last, DATES + 1).round()))[:-1]
    drafts = [_switch(comparison, table, a, b, days, triggers[a]) for a, b in permutations(movable, 2)]
    pool = [alone[k][rest] for k in movable] + [draft.scores[draft.dated.best][rest] for draft in drafts]
    shares = table.weights[rest] / table.weights[rest].sum()
    short = regret(np.stack(pool)) @ shares if pool else np.empty(0)
    changes = [
        _told(table, draft, whole, ends[draft.source], float(short[len(movable) + n]))
        for n, draft in enumerate(drafts)
    ]
    order = sorted(range(len(drafts)), key=lambda n: -float(drafts[n].dated.mean[drafts[n].dated.best]))
    played = [
        found
        for k, ident in enumerate(table.ids)
        if (found := _played(comparison, table, k, ident, words)) is not None
    ]
    return Pathways(
        str(comparison.manifest["scenario"]["title"]), comparison.seed, len(comparison.futures),
        int(rest.sum()), comparison.freeze, goal, bool(goals), share, lasting, since,
        tuple(int(day) for day in table.grid), lines, tuple(changes[n] for n in order), tuple(played),
        table.ids[best], words, _said(comparison, goals or (goal,)),
    )  # fmt: skip


def _said(comparison: Comparison, goals: Sequence[str]) -> str:
    """Goals in plain words; a condition of several parts stays as it was written."""
    told = []
    for text in goals:
        try:
            told.append(goals_of(comparison, (text,))[0].said)
        except UsageError:
            told.append(text)
    return "; ".join(told)


def usual_goal(comparison: Comparison) -> str:
    """Where nobody declares a goal: no more displaced than at the worst of the middle future as it comes."""
    name = next((one for one in ("displaced", "dead") if one in comparison.measures), comparison.measures[0])
    first = comparison.ids.index(NONE) if NONE in comparison.ids else 0
    curve = comparison.values(name, tuple(int(day) for day in comparison.grid()))[first]
    return f"{name} <= {significant(quantile(curve.max(1), comparison.weights, 0.5), 2):.0f}"


def _read(comparison: Comparison, goal: str, since: int, seed: int) -> Table:
    grid = comparison.grid()
    good = np.stack(
        [meets_along(comparison.runs[ident], goal)[comparison.rows(ident)] for ident in comparison.ids]
    )
    judged = grid > since
    if good[:, :, judged].all() or not good[:, :, judged].any():
        always = "always" if good[:, :, judged].all() else "never"
        raise UsageError(f"the goal {goal} holds {always}, under every strategy: move its threshold")
    choosing, _ = parts(len(comparison.futures), seed)
    return Table(
        comparison.ids, grid, good, Counted.of(good & judged, grid), comparison.spent, comparison.weights,
        choosing, since,
    )  # fmt: skip


def _line(
    comparison: Comparison, table: Table, k: int, end: tuple[Floats, Bools, float], share: float,
    trigger: Trigger | None,
) -> Line:  # fmt: skip
    day, ended, until = end
    lasts = survival(day, ended, table.weights, until)
    everyone = np.ones(len(day), dtype=bool)
    good = np.asarray(np.tensordot(table.weights, table.good[k], axes=(0, 0)))
    short = np.flatnonzero((good < share) & (table.grid >= table.since))
    back = int(short[-1]) + 1 if len(short) else len(table.grid)
    return Line(
        table.ids[k], comparison.titles[table.ids[k]],
        good, lasts, lasts.falls_below(share),
        int(table.grid[back]) if back < len(table.grid) else None, _mean(table.counted.whole(k) /
        table.length, table, everyone), _mean(table.good[k][:, -1].astype(np.float64), table, everyone),
        None if table.spent is None else float(table.weights @ table.spent[k, :, -1]),
        comparison.priced[table.ids[k]], trigger,
    )  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A switch read off the futures of both strategies; dates chosen by the choosing futures."""

    source: int
    target: int
    days: tuple[int, ...]
    scores: Floats  # (T, F)
    dated: Dated
    bites: Floats  # (F,) days to effect
    trigger: Trigger | None


def days_to_effect(comparison: Comparison, ident: str) -> Floats:
    """Days from a strategy's first decision to the first of its moves in effect, (F,); infinite: none ever.

    Zero where it plans nothing: what is barred is not done from the day on.
    """
    course = compose(comparison.scenario, ident)
    plans = [
        entry
        for name in course.strategies
        for entry in course.scenario.strategies[name].plan
        if entry.scale > 0 and f"in_effect_{entry.move}" in comparison.measures
    ]
    futures = len(comparison.futures)
    if not plans:
        return np.zeros(futures)
    grid = comparison.grid()
    rows = comparison.rows(ident)
    soonest = np.full(futures, np.inf)
    for entry in plans:
        start = entry.first_day(comparison.freeze)
        scale = comparison.runs[ident].measure(f"in_effect_{entry.move}").values[rows]
        there = (scale >= HALF * entry.scale) & (grid >= start)
        first = np.where(there.any(1), grid[there.argmax(1)], np.inf)
        soonest = np.asarray(np.minimum(soonest, first - start))
    return np.asarray(np.maximum(soonest, 0.0))


def _switch(
    comparison: Comparison, table: Table, a: int, b: int, days: tuple[int, ...], trigger: Trigger | None
) -> Draft:
    bites = days_to_effect(comparison, table.ids[b])
    scores = np.stack([table.counted.switched(a, b, day + bites) for day in days]) / table.length
    own = table.choosing
    return Draft(a, b, days, scores, date_switch(scores[:, own], days, table.weights[own]), bites, trigger)


def _told(table: Table, draft: Draft, best: Floats, end: tuple[Floats, Bools, float], short: float) -> Change:
    rest = ~table.choosing
    w = table.weights[rest]
    a, b, dated = draft.source, draft.target, draft.dated
    staying = table.counted.whole(a) / table.length
    chosen = draft.scores[dated.best]
    over = _gap(chosen, staying, table, rest)
    # What waiting costs is told from the best date on.
    waiting = [
        (day, _gap(chosen, draft.scores[n], table, rest))
        for wait in WAITS
        if (day := _nearest(draft.days, dated.day + wait)) > dated.day
        for n in [draft.days.index(day)]
        if dated.day + wait <= draft.days[-1]
    ]
    gains = [_gap(row, staying, table, rest)[1] > 0 for row in draft.scores[dated.best :]]
    run = next((n for n, gain in enumerate(gains) if not gain), len(gains))
    kind = NEVER if over[1] <= 0 else AT_ONCE if dated.early == 0 else LATER
    there = np.isfinite(draft.bites)
    taken = dated.day + draft.bites < table.grid[-1]
    end_good = np.where(taken, table.good[b][:, -1], table.good[a][:, -1]).astype(np.float64)
    extra = None
    if table.spent is not None:
        # The target is paid from the day of its effect on, as long as it is kept.
        at = np.searchsorted(table.grid, np.minimum(dated.day + draft.bites, table.grid[-1]))
        row = np.arange(len(at))
        paid = table.spent[b][:, -1] - table.spent[b][row, at] + table.spent[a][row, at]
        extra = float(w @ (paid - table.spent[a][:, -1])[rest] / w.sum())
    by_sign = in_time = None
    if draft.trigger is not None:
        signed = table.counted.switched(a, b, draft.trigger.fires + draft.bites) / table.length
        by_sign = _gap(signed, chosen, table, rest)
        tips, ended, _ = end
        hit = rest & ended & (draft.trigger.fires < tips)
        lead = np.subtract(tips, draft.trigger.fires, where=hit, out=np.zeros_like(tips))
        in_time = float(table.weights[hit & (lead >= draft.bites)].sum() / table.weights[hit].sum())
    return Change(
        table.ids[a], table.ids[b], kind, dated,
        None if run == 0 else draft.days[dated.best + run - 1],
        quantile(draft.bites[there], table.weights[there], 0.5) if there.any() else float("inf"),
        float(table.weights[there].sum()), _mean(chosen, table, rest), _mean(end_good, table, rest), over,
        _gap(chosen, best, table, rest), extra, tuple(waiting), short, by_sign, in_time,
    )  # fmt: skip


def _nearest(days: tuple[int, ...], day: int) -> int:
    return min(days, key=lambda one: abs(one - day))


def _gap(a: Floats, b: Floats, table: Table, some: Bools) -> Range:
    return paired(a[some], b[some], table.weights[some])


def _mean(values: Floats, table: Table, some: Bools) -> Range:
    w = table.weights[some] / table.weights[some].sum()
    again = resamples(w, 400, 0)
    low, high = np.quantile(again @ values[some] / again.sum(1), (0.05, 0.95))
    return float(w @ values[some]), float(low), float(high)


def split_switch(ident: str, freeze: date) -> tuple[str, str, date] | None:
    """First, second and date of a switch `FIRST=>SECOND@DATE`; None for anything else."""
    before, _, after = ident.rpartition(THEN)
    second, at, when = after.rpartition("@")
    if not before or not at:
        return None
    try:
        return before, second, date.fromisoformat(when)
    except ValueError:
        return None


def _played(comparison: Comparison, table: Table, k: int, ident: str, words: Words) -> Played | None:
    """A switch that was run, beside what is read off the futures of its two strategies."""
    signed, dated = split_signed(ident), split_switch(ident, comparison.freeze)
    first, second = signed[:2] if signed is not None else dated[:2] if dated is not None else ("", "")
    if first not in table.ids or second not in table.ids:
        return None
    a, b = table.ids.index(first), table.ids.index(second)
    text = ""
    if signed is not None:
        measure, above, value = signed[2:]
        text = Trigger(measure, above, value, 0.0, 0.0, 0.0, (0, 0, 0), np.zeros(0)).text(words)
        shown = Sign(measure, comparison.last, above, True, value)
        fires = observe(comparison.runs[first], comparison.last, comparison.rows(first)).crossed(shown)
        found = switch_days(comparison, fires)
        days = np.array([float(found.get(int(future), np.inf)) for future in comparison.futures])
    else:
        day = (dated[2] - comparison.freeze).days if dated is not None else 0
        days = np.full(len(comparison.futures), float(day))
    switches = np.isfinite(days)
    everyone = np.ones(len(days), dtype=bool)
    staying = table.counted.whole(a) / table.length
    read = table.counted.switched(a, b, days + days_to_effect(comparison, second)) / table.length
    before = table.grid < days[:, None]
    same = ((table.good[k] == table.good[a]) | ~before).all(1)
    return Played(
        ident, first, second, round(quantile(days[switches], table.weights[switches], 0.5))
        if switches.any() else comparison.last, _gap(read, staying, table, everyone),
        _gap(table.counted.whole(k) / table.length, staying, table, everyone),
        _mean(table.good[k][:, -1].astype(np.float64), table, everyone),
        float(table.weights[same].sum()), text, float(table.weights[switches].sum()),
    )  # fmt: skip


def play(comparison: Comparison, found: Pathways, most: int, workers: int | None = None) -> Comparison:
    """Run the main switches on the same futures, as strategies of the comparison; returns it with them.

    Each is run on its date and, where its strategy has a trigger, on that: every future on its own day.
    """
    from afternext.foresight.comparison import Comparison, compare, enlist, read

    main = found.main(most)
    dates = [f"{o.source}{THEN}{o.target}@{found.when(max(found.station(o), 1)).isoformat()}" for o in main]
    new = [ident for ident in dates if ident not in comparison.ids]
    signs = [
        (one, trigger)
        for one in main
        if (trigger := found.line(one.source).trigger) is not None
        and name_of(one.source, one.target, trigger) not in comparison.ids
    ]
    if new:
        compare(
            comparison.scenario, prepared=[compose(comparison.scenario, ident) for ident in new],
            workers=workers, out=comparison.path, progress=True,
        )  # fmt: skip
    for one, trigger in signs:
        course = play_on_sign(comparison, one.source, one.target, trigger, found.words, workers)
        enlist(comparison.path, read(comparison.path), [course])
    return Comparison(comparison.path) if new or signs else comparison
