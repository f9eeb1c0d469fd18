"""An update on a terminal: how many futures are left, what moved, and which claims could not be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.terminal import short
from afternext.ensemble.weights import not_scored
from afternext.evidence.quantities import SHARE, YES_NO
from afternext.evidence.update import Update, Used

if TYPE_CHECKING:
    from rich.console import Console


def print_update(found: Update, console: Console) -> None:
    """Before and after, quantity by quantity."""
    from rich.box import SIMPLE
    from rich.table import Table

    console.print(f"[bold]{escape(found.title)}[/bold] · futures weighed by claims")
    console.print(f"{found.futures:,} futures · seed {found.seed} · {found.run}", style="dim")
    console.print(
        f"weights [bold]{found.weights.name}[/bold]: worth {found.weights.effective:.1f} equal futures of "
        f"{found.futures:,} (likelihood to the power {found.temper:g})"
    )
    table = Table(box=SIMPLE)
    table.add_column("quantity")
    table.add_column("claims", justify="right")
    table.add_column("before\n10·50·90 of 100", justify="right", no_wrap=True)
    table.add_column("after\n10·50·90 of 100", justify="right", no_wrap=True)
    table.add_column("near\nthe claims", justify="right")
    for one in found.used:
        table.add_row(
            escape(one.quantity.name),
            f"{len(one.quantity.counted)}",
            _figures(one, one.before),
            _figures(one, one.after),
            f"{100 * one.near:.0f} of 100",
        )
    console.print(table)
    if found.unused:
        console.print("[bold]Not used[/bold]")
    for said, quantity, why in found.unused:
        console.print(f"  {escape(f'{said.name}, {quantity.about}')}: {escape(why)}", soft_wrap=True)
    console.print(f"\n{not_scored(found.weights)}", style="dim")


def _figures(one: Used, values: tuple[float, ...]) -> str:
    if one.quantity.kind == YES_NO:
        return f"{100 * values[0]:.0f} of 100"
    if one.quantity.kind == SHARE:
        return " · ".join(f"{x:.2f}" for x in values)
    return " · ".join(short(x) for x in values)
