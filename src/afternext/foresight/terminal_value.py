"""Value of information on a terminal: what to learn first, and what it would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.words import NOT_SCORED, span
from afternext.foresight.value import Horizon, Learnt, Value
from afternext.foresight.words import percent, plural

if TYPE_CHECKING:
    from rich.console import Console

MOST = 5


def print_value(found: Value, console: Console) -> None:
    """At each horizon the best choice, what knowing more would be worth, and what to learn first."""
    console.print(f"[bold]{escape(found.scenario)}[/bold] · what is worth knowing before choosing")
    judged = "futures that meet it" if found.met else f"{found.words.label(found.measure)}, mean over futures"
    console.print(
        f"goal: {escape(found.goal)} · judged by {escape(judged)} · {len(found.strategies)} strategies, "
        f"{found.inputs} uncertain inputs"
    )
    for one in found.horizons:
        _print_horizon(found, one, console)
    console.print(
        "\nA value is the mean gain of choosing after the thing is known instead of now, in the goal's unit, "
        "less what chance shows.",
        style="dim",
    )
    console.print(NOT_SCORED, style="dim")


def _print_horizon(found: Value, one: Horizon, console: Console) -> None:
    sure = "beyond sampling" if one.lead[1] > 0 else "within what sampling shows"
    console.print(
        f"\n[bold]after {span(one.day)}[/bold] best now: [bold]{escape(one.best)}[/bold], "
        f"{found.told(abs(one.lead[0]))} better than {escape(one.second)}, {sure}"
    )
    console.print(
        f"  knowing everything, luck too, would be worth {found.told(one.everything)}; a single input counts "
        f"above {found.told(one.floor)}",
        style="dim",
    )
    for title, rows in (("one thing", one.singles), ("all of a kind", one.groups)):
        above = [it for it in rows if it.above]
        if not above:
            nearest = f"; nearest: {escape(rows[0].name)}, p {rows[0].p:.2g}" if rows else ""
            console.print(f"  {title}: nothing stands above the noise of {tried(found)}{nearest}")
        for it in above[:MOST]:
            console.print(f"  {title}: {escape(learnt_line(found, it))}")


def tried(found: Value) -> str:
    """`705 inputs at 4 horizons`."""
    count = len(found.horizons)
    return f"{found.inputs} inputs at {plural(count, 'horizon')}"


def learnt_line(found: Value, it: Learnt) -> str:
    """`cohesion of the army (facts on the ground): 42,000 persons (12,000–80,000); would change ...`."""
    gain = f"{found.told(it.value)} ({found.told(it.low)} to {found.told(it.high)})"
    rule = f": {it.rule}" if it.rule else ""
    return f"{it.name} ({it.kind}): {gain}; another choice in {percent(it.changes)} of futures{rule}"
