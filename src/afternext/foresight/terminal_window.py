"""A window of action as text: one page."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from afternext.ensemble.words import NOT_SCORED, short_date
from afternext.foresight.terminal_decision import value_of
from afternext.foresight.window import Window
from afternext.foresight.window_words import doing, sentences, trigger_cells


def print_window(found: Window, console: Console) -> None:
    """Headline, table of delays and scales, delays of the decision, triggers."""
    told = sentences(found)
    console.print(told[0], style="bold")
    console.print(doing(found), style="dim")
    console.print()
    _print_cells(found, console)
    for line in told[1:]:
        console.print(line)
    console.print()
    _print_triggers(found, console)
    console.print(
        "Shares are of futures, on the same futures with and without the move; everybody else goes "
        "on choosing. "
        f"{NOT_SCORED}",
        style="dim",
    )


def _print_cells(found: Window, console: Console) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("in effect from")
    for scale in found.scales:
        table.add_column(f"met at x{scale:g}", justify="right")
    table.add_column(f"mean at x{found.scales[-1]:g}", justify="right")
    table.add_column("effect left", justify="right")
    table.add_column("smallest scale", justify="right")
    for d, day in enumerate(found.delays):
        cells = []
        for s in range(len(found.scales)):
            mark = "◆" if found.met[d, s] >= found.share else " "
            sure = "" if found.effect[d][s].beyond_noise else "~"
            cells.append(f"{sure}{100 * found.met[d, s]:.0f} % {mark}")
        least = found.least[d]
        left = found.kept[d]
        shown = found.effect[0][-1].beyond_noise
        table.add_row(
            f"day {day}, {short_date(found.on(day))}", *cells, value_of(float(found.value[d, -1])),
            f"{100 * left:.0f} %" if shown else "–", f"{least:.2g}" if least < float("inf") else "none",
        )  # fmt: skip
    table.add_row(
        "without", *(f"{100 * found.without:.0f} %  " for _ in found.scales), value_of(found.value_without),
        "", "",
    )  # fmt: skip
    console.print(table)
    console.print(
        f"met: share of futures that meet the goal; ◆ at least {100 * found.share:.0f} %; ~ its mean "
        "is not told "
        "apart from the futures without it",
        style="dim",
    )
    console.print()


def _print_triggers(found: Window, console: Console) -> None:
    if not found.triggers:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name, side in (
        ("look", "left"), ("emergency", "left"), ("in futures", "right"), ("signal by then", "left"),
        ("seen", "right"), ("false", "right"), ("days' lead", "right"),
    ):  # fmt: skip
        table.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    for row in trigger_cells(found.triggers):
        table.add_row(*row)
    console.print("Triggers, without the move; rates on futures that did not choose the signal", style="bold")
    console.print(table)
    if found.alarm_cost is not None:
        low, middle, high = found.alarm_cost
        console.print(
            f"A false alarm costs {middle:.2g} ({low:.2g} to {high:.2g}) in the unit of the "
            "scenario's budgets: "
            f"the move at scale {found.scales[-1]:g} for its usual {found.alarm_days} days.",
        )
    console.print()
