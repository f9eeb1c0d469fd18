"""Alignments on a terminal: a matrix that reads without colours, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill, wrap
from typing import TYPE_CHECKING

import numpy as np
from rich.markup import escape

from afternext.ensemble.weights import Weights, not_scored
from afternext.ensemble.words import long_date, number, span
from afternext.foresight.alignments import MOST_MINIMA, STANCES, Alignments, Moved
from afternext.foresight.landscape import MOST_ACTORS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SIGN = {-2: "--", -1: "-", 0: "·", 1: "+", 2: "++"}
STYLE = {-2: "bold red", -1: "red", 0: "dim", 1: "blue", 2: "bold blue"}
SHORTEST, SIGNS, BESIDE = 12, 4, 18  # letters of a name at least; columns of a sign, and of all else
DATED, DATE, BESIDE_NAMES = (
    100,
    12,
    57,
)  # width from which dates are shown, too; columns of one, and of the rest
MOST_TRIADS, MOST_TORN, MOST_TIPPING = 10, 5, 8
LEGEND = (
    "++ allied   + tacit cooperation   · neutral or not stated   - rival   -- hostile\n"
    "weight: a power's capability or a force's strength, as a share of the largest of its kind (--equal: 1)"
)
LIMITS = (
    "Two sides only: the theory cannot say that rivals fight a common enemy apart, or help each other in "
    "secret. A configuration is no forecast."
)


def print_alignments(found: Alignments, console: Console) -> None:
    """The matrix, the stable sides, who is torn, which triangles strain, and what would tip it."""
    console.print(
        f"[bold]{escape(found.title)}[/bold] · who stands where with whom on {long_date(found.freeze)}"
    )
    if not found.sides:
        console.print("no two powers or forces have a relation; write some under `relations`")
        return
    names = found.names
    console.print(_matrix(found, console.width))
    console.print(LEGEND, style="dim")
    spoken = [f"{side.name} for {_listed(side.stands_for, names)}" for side in found.sides if side.stands_for]
    if spoken:
        console.print(f"who speaks for others: {escape('; '.join(spoken))}", style="dim")
    if found.apart:
        beyond = f", or beyond the {MOST_ACTORS} weightiest" if len(found.sides) == MOST_ACTORS else ""
        apart = escape(_listed(found.apart, names))
        console.print(f"without a relation to any of these{beyond}: {apart}", style="dim")
    console.print(_sides(found))
    console.print(LIMITS, style="dim")
    torn = [one for one in found.torn if one.share > 0][:MOST_TORN]
    if torn:
        console.print("\n[bold]Torn[/bold] in the first of these")
        for one in torn:
            _item(
                f"{names[one.actor]}: {one.share:.0%} of its ties strain, by weight; "
                f"changing sides costs {_energy(one.cost)}",
                console,
            )
    _print_triads(found, console)
    _print_tipping(found, console)


def _matrix(found: Alignments, width: int) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, padding=(0, 0), collapse_padding=True)
    table.add_column("")
    table.add_column("actor  ", no_wrap=True)
    first = found.minima[0].camps
    room = max(SHORTEST, width - SIGNS * len(found.sides) - BESIDE)
    order = [[side.id for side in found.sides].index(actor) for camp in first for actor in camp]
    for place in range(len(order)):
        table.add_column(f"{place + 1:>3}", justify="right", no_wrap=True)
    table.add_column("  weight", justify="right", no_wrap=True)
    for row, i in enumerate(order):
        cells = [
            Text("")
            if i == j
            else Text(
                f"{SIGN[int(found.stance[i, j])] if found.stated[i, j] else '·':>3}",
                style=STYLE[int(found.stance[i, j])],
            )
            for j in order
        ]
        side = found.sides[i]
        table.add_row(
            f"{row + 1:>2} ",
            escape(f"{side.name if len(side.name) <= room else side.name[: room - 1] + '…'}  "),
            *cells,
            number(side.strength),
            end_section=row == len(first[0]) - 1,
        )
    return table


def _energy(value: float) -> str:
    """Energies lie near each other: one digit more than elsewhere."""
    return (
        number(value) if abs(value) >= 1000 else np.format_float_positional(float(f"{value:.4g}"), trim="-")
    )


def _sides(found: Alignments) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(
        title="Stable sides, lowest energy first", title_justify="left", box=SIMPLE, show_lines=True
    )
    table.add_column("energy", justify="right", no_wrap=True)
    table.add_column("one side")
    table.add_column("the other side")
    table.add_column("either", style="dim")
    table.add_column("starts that\nend here", justify="right", no_wrap=True)
    for one in found.minima[:MOST_MINIMA]:
        here, there = (escape("\n".join(found.names[a] for a in camp)) or "–" for camp in one.camps)
        either = escape(_listed(one.undecided, found.names))
        table.add_row(_energy(one.energy), here, there, either, f"{round(100 * one.basin)} of 100")
    more = len(found.minima) - MOST_MINIMA
    if more > 0:
        table.caption = f"and {more} more; --json has all"
    return table


def _item(text: str, console: Console) -> None:
    """A line of a list; what does not fit stands further in on the next."""
    lines = fill(text, console.width, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)
    console.print(escape(lines))


def _listed(idents: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names[ident] for ident in idents)


def _print_triads(found: Alignments, console: Console) -> None:
    strained = found.triads.unbalanced
    console.print(
        f"\n[bold]Triangles that strain[/bold] (a friend's enemy is a friend, or all three are enemies): "
        f"{len(strained)} of {found.triads.complete}"
    )
    for triad in strained[:MOST_TRIADS]:
        _item(_listed(triad, found.names), console)
    if len(strained) > MOST_TRIADS:
        console.print(f"  and {len(strained) - MOST_TRIADS} more; --json has all", style="dim")


def _print_tipping(found: Alignments, console: Console) -> None:
    """Ties first whose smallest change would bring other sides about."""
    ties = sorted(
        (tip for tip in found.tipping if tip.kind == "propensity"), key=lambda t: abs(t.threshold - t.value)
    )
    console.print("\n[bold]Nearest tie that would tip it[/bold]" if ties else "\nno single tie would tip it")
    for tip in ties[:MOST_TIPPING]:
        a, b = (found.names[actor] for actor in tip.actors)
        way = "better" if tip.threshold > tip.value else "worse"
        steps = abs(tip.threshold - tip.value)
        _item(
            f"{a} and {b} {number(round(steps, 2))} of a step {way}: "
            f"{_listed(tip.flips, found.names)} part{'s' * (len(tip.flips) == 1)} from the rest",
            console,
        )


def print_moved(
    moved: Sequence[Moved], names: Mapping[str, str], console: Console, weights: Weights | None = None
) -> None:
    """Share of futures in each graded state, pair by pair and date by date, where any moves."""
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(
        title="Futures of 100 in which the two are nearest to",
        caption=not_scored(weights),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE,
        padding=(0, 1, 0, 0),
    )
    dated = console.width >= DATED
    room = max(SHORTEST, console.width - BESIDE_NAMES - DATE * dated)
    table.add_column("between", no_wrap=True)
    table.add_column("after", no_wrap=True)
    if dated:
        table.add_column("date", no_wrap=True)
    for stance in STANCES:
        table.add_column(stance, justify="right")
    moving = [pair for pair in moved if len(set(pair.shares)) > 1]
    for pair in moving:
        # The names run down beside the dates: in a cell of their own they would push the dates apart.
        told = wrap(" – ".join(names[actor] for actor in pair.between), room, break_on_hyphens=False)
        for row in range(max(len(pair.days), len(told))):
            cells = [""] * (len(STANCES) + 1 + dated)
            if row < len(pair.days):
                day, shares = pair.days[row], pair.shares[row]
                cells = [span(day) if day else "at the start", *([pair.dates[row].isoformat()] * dated)]
                cells += [f"{round(100 * share)}" if share else "·" for share in shares]
            last = row == max(len(pair.days), len(told)) - 1
            table.add_row(escape(told[row]) if row < len(told) else "", *cells, end_section=last)
    if moving:
        console.print(table)
    if still := len(moved) - len(moving):
        console.print(f"{still} of {len(moved)} pairs stay where they were in all futures; --json has all")
