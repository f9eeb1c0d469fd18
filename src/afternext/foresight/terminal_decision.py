"""A decision as text."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from afternext.ensemble.words import NOT_SCORED, number, short_span, span
from afternext.foresight.decide import Decision, Judged, Leader
from afternext.foresight.discover import Discovery
from afternext.foresight.paired import Paired
from afternext.foresight.robustness import METRICS
from afternext.foresight.words import amount, listing, of_100

WIDE = 110  # columns of a terminal from which intervals are shown
MOST_LEVEL = 4  # courses named as not told apart


def print_decision(found: Decision, console: Console) -> None:
    """Table by horizon, what turns, each goal, metrics, vulnerabilities."""
    for line in finding(found):
        console.print(line, style="bold", soft_wrap=False)
    console.print()
    _print_across(found, console)
    for one in found.leaders:
        console.print(leader_line(found, one))
    console.print()
    console.print(f"Against {found.ids[0]}, beyond noise", style="bold")
    for line in trade_lines(found) or ["nothing"]:
        console.print(f"  {line}")
    console.print()
    for goal in found.judged:
        _print_goal(found, goal, console)
    _print_metrics(found, console)
    _print_vulnerable(found, console)
    console.print(
        "Shares are of futures, on the same futures for every strategy. Goals weigh the same; "
        "declare them with "
        f"--goal. {NOT_SCORED}",
        style="dim",
    )


def finding(found: Decision) -> list[str]:
    """What a planner should take away: does the best soon stay the best, and what is bought with what?"""
    turn, first, last = found.turn, found.leaders[0], found.leaders[-1]
    near, deep = span(turn.near_day), span(turn.deep_day)
    if turn.beyond_noise and turn.early is not None and turn.late is not None:
        return [
            f"The best after {near} ({found.titles[turn.near]}) is not the best after {deep} "
            f"({found.titles[turn.deep]}).",
            f"{found.ids[turn.near]} leads by {points(turn.early)} points of the goals after {near}, "
            f"{found.ids[turn.deep]} by {points(turn.late)} after {deep}.",
        ]
    if len(found.days) < 2:
        return [standing(found, last)]
    told = [standing(found, last)]
    if len(first.level) == len(found.ids) - 1:
        told.append(f"After {near} these futures tell none of them apart: the choice shows later.")
    elif turn.differs and turn.late is not None:
        told.append(
            f"After {near} {found.ids[turn.near]} is first; whether that turns, these futures do not tell: "
            f"{more_needed(turn.late)}."
        )
    else:
        told.append(f"It is first after {near} too.")
    return told


def standing(found: Decision, one: Leader) -> str:
    """Who is first at a horizon, and who is behind by more than luck."""
    when = f"After {span(one.day)}"
    behind = [s for s in range(len(found.ids)) if s not in one.level and s != one.best]
    if not behind:
        return f"{when} these futures tell no strategy apart; {found.titles[one.best]} is first by little."
    if not one.level:
        return f"{when} {found.titles[one.best]} is best, and all others are behind beyond noise."
    names = [found.ids[s] for s in behind]
    shown = (
        names
        if len(names) <= MOST_LEVEL
        else [*names[: MOST_LEVEL - 1], f"{len(names) - MOST_LEVEL + 1} more"]
    )
    return (
        f"{when} {found.titles[one.best]} is first; only {listing(shown)} "
        f"{'is' if len(names) == 1 else 'are'} behind beyond noise."
    )


def trade_lines(found: Decision) -> list[str]:
    """What each course buys with what, against the first one, beyond noise."""
    out = []
    for trade in found.trades:
        gains, costs = _named(found, trade.better, False), _named(found, trade.worse, True)
        text = "; but ".join(part for part in (listing(gains), listing(costs)) if part)
        turns = [found.judged[g].goal.name for g in trade.across_horizons]
        more = f" ({listing(turns)} turns over time)" if turns else ""
        out.append(f"{found.ids[trade.strategy]}: {text}{more}")
    return out


def _named(found: Decision, cells: tuple[tuple[int, int], ...], worse: bool) -> list[str]:
    out = []
    for g in dict.fromkeys(g for g, _ in cells):
        goal = found.judged[g].goal
        days = [day for h, day in cells if h == g]
        word = "higher" if goal.more != worse else "lower"
        when = (
            "at every horizon"
            if len(days) == len(goal.days) and len(days) > 1
            else f"after {listing(map(span, days))}"
        )
        out.append(f"{goal.name} {word} {when}")
    return out


def points(lead: Paired) -> str:
    """A difference of shares in points, with its interval."""
    return f"{100 * lead.mean:.0f} ({100 * lead.low:.0f} to {100 * lead.high:.0f})"


def more_needed(lead: Paired) -> str:
    """How many futures would tell two apart."""
    if lead.needed is None:
        return "no number of futures that anybody runs would"
    return f"about {number(_rounded(lead.needed))} would, if the difference is what it seems"


def _rounded(count: int) -> int:
    return int(float(f"{count:.2g}"))


def leader_line(found: Decision, one: Leader) -> str:
    """Who is best at a horizon, how sure, and who cannot be told from it."""
    text = (
        f"After {span(one.day)}: {found.ids[one.best]} meets {100 * one.score:.0f} % of the goals "
        f"(best in {of_100(one.sure)} resamples of the futures)"
    )
    if not one.level:
        return f"{text}; all others fall behind beyond noise."
    names = [found.ids[s] for s in one.level[:MOST_LEVEL]]
    rest = len(one.level) - len(names)
    others = listing([*names, *([f"{rest} more"] if rest > 0 else [])])
    needed = f"; {more_needed(one.ahead)}" if one.ahead is not None and not one.ahead.beyond_noise else ""
    return f"{text}; not told apart from {others}{needed}."


def _print_across(found: Decision, console: Console) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("goals met, % of futures")
    for day in found.days:
        table.add_column(short_span(day), justify="right")
    table.add_column("cost", justify="right")
    table.add_column("")
    order = sorted(range(len(found.ids)), key=lambda s: (-found.across[s, -1], s))
    best = {one.day: one.best for one in found.leaders}
    for s in order:
        cells = [
            f"{100 * value:.0f}{' ◆' if best[day] == s else '  '}"
            for day, value in zip(found.days, found.across[s], strict=True)
        ]
        table.add_row(found.ids[s], *cells, _cost(found, s), "undominated" if s in found.pareto[-1] else "")
    console.print(table)
    console.print(
        "◆ best at its horizon; undominated: no other is as good on the mean of every goal at the last",
        style="dim",
    )
    if found.cost is not None:
        console.print(
            "cost: all moves in effect, of all powers, in the unit of the scenario's budgets, middle future; "
            "+ sets things that have no price",
            style="dim",
        )
    console.print()


def _cost(found: Decision, s: int) -> str:
    if found.cost is None:
        return "–"
    return f"{found.cost[1, s]:.2g}{'' if found.priced[s] else '+'}"


def _print_goal(found: Decision, one: Judged, console: Console) -> None:
    last = one.days[-1]
    enough = ", ".join(
        f"{value_of(v)} after {span(d)}" for d, v in zip(one.days, one.goal.enough, strict=True)
    )
    console.print(f"{one.goal.name}: {one.goal.text}", style="bold")
    how = "declared" if one.goal.declared else f"not declared: the middle future of {found.ids[0]}"
    console.print(f"good enough ({how}): {enough}", style="dim")
    wide = console.width >= WIDE
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("met, %", no_wrap=True)
    for day in one.days:
        table.add_column(short_span(day), justify="right", no_wrap=True)
    table.add_column(f"middle, {short_span(last)}", justify="right", no_wrap=True)
    if wide:
        table.add_column("5–95 %", justify="right", no_wrap=True)
    table.add_column(f"against {found.ids[0]}", justify="right", no_wrap=True)
    table.add_column("apart by", justify="right", no_wrap=True)
    for s in sorted(range(len(found.ids)), key=lambda s: (-one.met[s, -1], s)):
        diff = one.against[s][-1]
        low, high = one.ranges[0, s, -1], one.ranges[2, s, -1]
        table.add_row(
            found.ids[s],
            *(f"{100 * v:.0f}" for v in one.met[s]),
            value_of(one.ranges[1, s, -1]),
            *([f"{value_of(low)}–{value_of(high)}"] if wide else []),
            "–" if s == 0 else _difference(one, diff, wide),
            "–" if s == 0 else "these" if diff.beyond_noise else _futures(diff),
        )
    console.print(table)
    console.print()


def _futures(diff: Paired) -> str:
    return "never" if diff.needed is None else f"{number(_rounded(diff.needed))}"


def value_of(value: float) -> str:
    """A value of a measure in few digits."""
    if abs(value) < 1e-5:
        return "0"
    return f"{value:.2g}" if abs(value) < 10 else amount(value)


def _difference(one: Judged, diff: Paired, wide: bool) -> str:
    sign = -1.0 if one.goal.more else 1.0
    low, high = sorted((sign * diff.low, sign * diff.high))
    if not wide:
        return f"{_signed(sign * diff.mean)}{' ' if diff.beyond_noise else '~'}"
    return f"{_signed(sign * diff.mean)} ({_signed(low)} to {_signed(high)})"


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{value_of(abs(value))}"


def _print_metrics(found: Decision, console: Console) -> None:
    """Which course each metric puts first at the last day of each goal, and how often resamples agree."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", title_justify="left")
    table.add_column("best by metric, last day")
    judged = found.judged[: 2 if console.width < WIDE else len(found.judged)]
    for one in judged:
        table.add_column(one.goal.name, overflow="fold")
    for metric in METRICS:
        cells = []
        for one in judged:
            scores = one.scores[metric.id][:, -1]
            first = one.first[metric.id][:, -1]
            up = metric.better_more(one.goal.more)
            best = int(scores.argmax() if up else scores.argmin())
            cells.append(f"{found.ids[best]} {100 * first[best]:.0f}")
        table.add_row(metric.name, *cells)
    console.print(table)
    console.print("numbers: % of resamples of the futures in which it comes first", style="dim")
    console.print()


def _print_vulnerable(found: Decision, console: Console) -> None:
    for s, one in found.vulnerable:
        console.print(f"When {found.ids[s]} fails: {found.judged[0].goal.text}", style="bold")
        if not isinstance(one, Discovery):
            console.print(f"  {one}")
            continue
        if not one.choices:
            console.print(
                f"  It fails in {of_100(one.base)} futures, and no condition of the start tells which."
            )
        for choice in one.choices:
            console.print(f"  {one.sentence(choice)}")
    if found.vulnerable:
        console.print()
