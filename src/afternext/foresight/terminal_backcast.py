"""A backcast on a terminal: what can be chosen, what powers do, what can only be watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.words import NOT_SCORED
from afternext.foresight.backcast import Backcast, Near, Range
from afternext.foresight.words import of_100, percent

if TYPE_CHECKING:
    from rich.console import Console

MOST_UNDER = 2


def print_backcast(found: Backcast, console: Console) -> None:
    """Strategies first, then moves and near conditions, by date."""
    console.print(
        f"[bold]{escape(found.scenario)}[/bold] · how to come to: [bold]{escape(found.want)}[/bold]"
    )
    if found.meaning != found.want:
        console.print(f"  {escape(found.meaning)}")
    console.print(f"  {_share(found.share)} futures under {escape(found.strategy)}")
    if found.chosen:
        console.print(
            "\n[bold]What can be chosen[/bold], on the same futures: the difference is the choice's"
        )
        for one in found.chosen:
            gain = (
                ""
                if one.id == found.strategy
                else f": {_points(one.gain)} of 100; won in {percent(one.won)}, lost in {percent(one.lost)}"
            )
            console.print(f"  {escape(one.id)} {_share(one.share)}{gain}")
    else:
        console.print(
            "\n[bold]What can be chosen[/bold]: one run cannot tell; compare strategies on the same futures "
            "(`afternext decide SCENARIO --dir DIR`), then backcast DIR"
        )
    console.print(
        "\n[bold]What powers do of their own accord[/bold]: goes together, and may be done because of how "
        "things stood"
    )
    _print_near(found, found.moves, console)
    console.print("\n[bold]What can only be watched[/bold], share of wanted futures with it and without")
    _print_near(found, found.watch, console)
    console.print(
        f"\nConditions are chosen on {found.futures - found.scoring} futures, and shares are those of "
        f"{found.scoring} others.",
        style="dim",
    )
    console.print(NOT_SCORED, style="dim")


def _print_near(found: Backcast, near: tuple[Near, ...], console: Console) -> None:
    if not near:
        console.print("  nothing holds on the futures that had no say")
    for one in near:
        console.print(f"  {escape(one.text)}")
        raised = sorted(one.under.items(), key=lambda it: -abs(it[1][0]))
        sure = [f"{ident} {_points(gain)}" for ident, gain in raised if gain[1] > 0 or gain[2] < 0]
        by = f"; made likelier by {', '.join(sure[:MOST_UNDER])} of 100" if sure else ""
        console.print(
            f"     {_share(one.having)} with it, {_share(one.lacking)} without; holds in "
            f"{percent(one.seen)} of futures{escape(by)}",
            style="dim",
        )


def _share(three: Range) -> str:
    return f"{of_100(three[0])} ({round(100 * three[1])}–{round(100 * three[2])})"


def _points(three: Range) -> str:
    return f"{100 * three[0]:+.0f} ({100 * three[1]:+.0f} to {100 * three[2]:+.0f})"
