"""Boxes of conditions on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.weights import not_scored
from afternext.foresight.boxes import Choice
from afternext.foresight.discover import Discovery
from afternext.foresight.words import listing, of_100, percent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST_POINTS = 9
OFTEN = 0.5


def print_boxes(found: Discovery, console: Console) -> None:
    """Each box in a sentence, with its limits, the trade-off it was chosen from, and what else is limited
    often.
    """
    console.print(f"[bold]{escape(found.scenario)}[/bold] · {escape(found.condition)}")
    console.print(f"{found.cases:,} of {found.futures:,} futures: {of_100(found.base)}")
    if not found.choices:
        console.print(
            "\nno box of conditions holds on futures it was not found on: what is uncertain here does not "
            "decide it, "
            "or there are too few futures to tell"
        )
    if found.leaning:
        names = listing(found.meaning(k) for k in found.leaning)
        console.print(f"nearest to it, limited in nearly every resample: {escape(names)}")
    for number, choice in enumerate(found.choices, 1):
        first = "" if number == 1 else ", of the futures that no earlier box holds"
        console.print(f"\n[bold]Box {number}[/bold]{first}")
        console.print(f"  {escape(found.sentence(choice))}")
        console.print(_limits(found, choice))
        console.print(f"  trade-off (coverage/density, limits): {_trade_off(choice)}", style="dim")
        others = [
            f"{found.columns[k].name} {percent(share)}"
            for k, share in choice.often.items()
            if share >= OFTEN and k not in choice.box.restricted
        ]
        if others:
            console.print(
                f"  limited in half of the resamples or more, but not here: {', '.join(others)}", style="dim"
            )
    if found.leaf is not None:
        leaf, out = found.leaf
        console.print(
            f"\n[bold]A tree (CART) finds[/bold] "
            f"{escape('; '.join(found.limit(k, leaf) for k in leaf.restricted))}: "
            f"density {percent(leaf.density)} and coverage {percent(leaf.coverage)}, on held-out futures "
            f"{percent(out.density)} and {percent(out.coverage)}"
        )
    console.print(f"\n{not_scored(found.weights)}", style="dim")


def _limits(found: Discovery, choice: Choice) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE)
    table.add_column("limit")
    table.add_column("column", style="dim", overflow="fold")
    table.add_column("quasi-p", justify="right", no_wrap=True)
    table.add_column("resamples", justify="right", no_wrap=True)
    for k in sorted(choice.box.restricted, key=lambda k: choice.quasi_p.get(k, 1.0)):
        table.add_row(
            escape(found.limit(k, choice.box)),
            found.columns[k].name,
            f"{choice.quasi_p.get(k, 1.0):.1g}",
            percent(choice.often.get(k, 0.0)),
        )
    return table


def _trade_off(choice: Choice) -> str:
    step = max(1, len(choice.path) // MOST_POINTS)
    points = sorted({*range(0, len(choice.path), step), choice.at})
    texts = []
    for i in points:
        box = choice.path[i]
        mark = "►" if i == choice.at else ""
        texts.append(f"{mark}{round(100 * box.coverage)}/{round(100 * box.density)}({len(box.restricted)})")
    return "  ".join(texts)
