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
    console.print(f"[bold]{escape(found.title)}[/bold] · futures weighed by claims")
    console.print(f"{found.futures:,} futures · seed {found.seed} · {found.run}", style="dim")
    console.print(
        f"weights [bold]{found.weights.name}[/bold]: worth {found.weights.effective:.1f} equal futures of "
        f"{found.futures:,} (likelihood to the power {found.temper:g})"
    )
    console.print(
        "10 · 50 · 90 of 100 futures, before and after; for yes or no, in how many it is so", style="dim"
    )
    for one in found.used:
        many = "1 claim" if len(one.quantity.counted) == 1 else f"{len(one.quantity.counted)} claims"
        console.print(f"\n[bold]{escape(one.quantity.name)}[/bold] · {many}")
        console.print(
            f"  {_figures(one, one.before)}  →  {_figures(one, one.after)}   "
            f"({100 * one.near:.0f} of 100 futures come near what is claimed)",
            soft_wrap=True,
        )
    if found.unused:
        console.print("\n[bold]Not used[/bold]")
    for said, quantity, why in found.unused:
        console.print(f"  {escape(f'{said.name}, {quantity.about}')}: {escape(why)}", soft_wrap=True)
    console.print(f"\n{not_scored(found.weights)}", style="dim")


def _figures(one: Used, values: tuple[float, ...]) -> str:
    if one.quantity.kind == YES_NO:
        return f"{100 * values[0]:.0f} of 100"
    if one.quantity.kind == SHARE:
        return " · ".join(f"{x:.2f}" for x in values)
    return " · ".join(short(x) for x in values)
