"""Sensitivity on a terminal: one table, a block a measure, a column a horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.weights import not_scored
from afternext.ensemble.words import span
from afternext.foresight.sensitivity import Sensitivity
from afternext.foresight.words import Words

if TYPE_CHECKING:
    from rich.console import Console

MOST = 6
NARROW = 110  # columns under which the names of inputs in the table are left to --json
LEGEND = (
    "Hundredths of the measure's variance that the input alone accounts for (first-order index); in "
    "brackets its range. "
    "~: above the noise, but it runs along with a stronger input in these futures and may borrow its effect. "
    "w: no effect of its own on the mean, but it changes the spread or acts with others (PAWN). "
    "·: no more than an idle input would show."
)


def print_sensitivity(found: Sensitivity, console: Console, words: Words | None = None) -> None:
    """What matters for each measure, from the nearest horizon to the deepest."""
    from rich.box import SIMPLE
    from rich.table import Table

    words = words or Words()
    console.print(f"[bold]{escape(found.scenario)}[/bold] · which uncertainty matters, and when")
    table = Table(box=SIMPLE, caption=LEGEND, caption_justify="left")
    named = console.width >= NARROW
    table.add_column("input", min_width=24)
    if named:
        table.add_column("column", style="dim", overflow="fold")
    blank = [""] if named else []
    for day in found.days:
        table.add_column(span(day), justify="right", no_wrap=named)
    for m, measure in enumerate(found.measures):
        order = found.ranked([m], MOST)
        table.add_row(f"[bold]{escape(words.label(measure))}[/bold]", *blank)
        for k in order:
            cells = [_cell(found, k, m, h) for h in range(len(found.days))]
            if not named:
                cells = [cell.replace(" (", "\n(") for cell in cells]
            name = [found.columns[k].name] if named else []
            table.add_row(f"  {escape(found.meaning(k))}", *name, *cells)
        left = [found.left(m, h) for h in range(len(found.days))]
        if not order:
            table.add_row("  [dim]nothing stands above the noise[/dim]")
        if left[0] is not None:
            shown = [f"{round(100 * (one or 0.0))}" for one in left]
            table.add_row("  [dim]interactions and luck[/dim]", *blank, *shown)
        table.add_section()
    console.print(table)
    for line in moved(found, words):
        console.print(escape(line))
    console.print(f"\n{not_scored(found.weights)}", style="dim")


def _cell(found: Sensitivity, k: int, m: int, h: int) -> str:
    o = m * len(found.days) + h
    if not found.above(k, o):
        along = found.indices.first[k, o] > found.indices.floor[o]
        return f"~{round(100 * found.indices.first[k, o])}" if along else "·"
    if not found.indices.alone[k, o]:
        return "w"
    low, high = found.indices.low[k, o], found.indices.high[k, o]
    return f"{round(100 * found.indices.first[k, o])} ({round(100 * max(low, 0))}–{round(100 * high)})"


def leading(found: Sensitivity, m: int, h: int) -> int | None:
    """The input that matters most for a measure at a horizon, if any stands above the noise."""
    o = m * len(found.days) + h
    some = [k for k in range(len(found.columns)) if found.indices.alone[k, o]]
    return max(some, key=lambda k: float(found.indices.first[k, o]), default=None)


def changes(found: Sensitivity, m: int) -> bool:
    """Whether what matters most at the first horizon and at the last differ, and one of the two matters
    only then.
    """
    last = len(found.days) - 1
    a, b = leading(found, m, 0), leading(found, m, last)
    if a is None or b is None or a == b:
        return False
    o = m * len(found.days)
    return not (found.above(a, o + last) and found.above(b, o))


def moved(found: Sensitivity, words: Words) -> list[str]:
    """Where what matters next is not what matters after next, in sentences."""
    lines = []
    near, deep = span(found.days[0]), span(found.days[-1])
    for m, measure in enumerate(found.measures):
        a, b = leading(found, m, 0), leading(found, m, len(found.days) - 1)
        if a is not None and b is not None and changes(found, m):
            lines.append(
                f"{words.label(measure)}: after {near} it hangs most on {found.meaning(a)}; after {deep} on "
                f"{found.meaning(b)}."
            )
    return lines
