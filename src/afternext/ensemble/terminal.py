"""Runs on a terminal: fan charts as small multiples, and tables of planning figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.opened import Run
from afternext.ensemble.quantiles import carried
from afternext.ensemble.show import PLANNING, Split, at_horizons, days_along, freeze_of
from afternext.ensemble.weights import Weights, not_scored
from afternext.ensemble.words import number, span

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

# Bands are told apart by their texture, so a fan also reads without colours.
OUTER, INNER, MEDIAN, EMPTY = "░", "▒", "━", " "
STYLE = {OUTER: "blue", INNER: "bright_blue", MEDIAN: "bold", EMPTY: ""}
ROWS, COLUMNS = 7, 34
DATED = 100  # columns from which the table of figures has dates, too
AXIS = 9


def fan(
    days: NDArray[np.int64], bands: NDArray[np.float64], rows: int = ROWS, columns: int = COLUMNS
) -> list[str]:
    """Draw a fan: quantiles 0.05, 0.25, 0.5, 0.75, 0.95 over days, as lines of characters, top first.

    Time runs evenly from left to right, whatever the grid of dates; a band that is not carried stays empty.
    """
    at = np.linspace(days[0], days[-1], columns)
    curve = np.array([np.interp(at, days, band) for band in bands])
    low, high = limits(bands)
    level = (curve - low) / (high - low) * (rows - 1)
    lines = []
    for row in range(rows - 1, -1, -1):
        line = ""
        for column in range(columns):
            p05, p25, p50, p75, p95 = level[:, column]
            if _within(row, p50, p50):
                line += MEDIAN
            elif _within(row, p25, p75):
                line += INNER
            elif _within(row, p05, p95):
                line += OUTER
            else:
                line += EMPTY
        lines.append(line)
    return lines


def _within(row: int, low: float, high: float) -> bool:
    return bool(np.isfinite(low) and np.isfinite(high) and round(low) <= row <= round(high))


def limits(bands: NDArray[np.float64]) -> tuple[float, float]:
    """Lower and upper end of the value axis; it starts at zero unless the values lie far from it."""
    finite = bands[np.isfinite(bands)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if 0 <= low <= high / 2:
        low = 0.0
    return (low, high) if high > low else (low, low + 1.0)


def short(value: float) -> str:
    """A number in few characters for an axis: 1.2M, 340k, 0.25."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _chart(run: Run, name: str) -> Text:
    from rich.text import Text

    found = run.quantiles(name, (0.05, 0.25, 0.5, 0.75, 0.95))
    days = days_along(run, "date")
    low, high = limits(found.values)
    lines = fan(days, found.values)
    text = Text()
    text.append(name, style="bold")
    text.append(f"  {found.attrs['units']}\n", style="dim")
    for row, line in enumerate(lines):
        label = short(high) if row == 0 else short(low) if row == len(lines) - 1 else ""
        text.append(f"{label:>{AXIS - 2}} │", style="dim")
        for character in line:
            text.append(character, style=STYLE[character])
        text.append("\n")
    freeze = freeze_of(run)
    end = (freeze + timedelta(days=int(days[-1]))).isoformat()
    text.append(f"{' ' * (AXIS - 1)}└{'─' * COLUMNS}\n", style="dim")
    text.append(f"{' ' * AXIS}{freeze.isoformat():<{COLUMNS - len(end)}}{end}\n", style="dim")
    return text


def _figures(run: Run, names: Sequence[str], day: int | None, width: int) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(
        title="Planning figures over futures",
        caption=not_scored(run.weights),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE,
    )
    dated = width >= DATED
    table.add_column("measure", overflow="fold")
    table.add_column("after", no_wrap=True)
    if dated:
        table.add_column("date", no_wrap=True)
    many = "of 100 futures" if dated else "of 100"
    table.add_column(f"likely\n50 {many}\nat or below", justify="right", no_wrap=True)
    table.add_column(f"planning\n80 {many}\nat or below", justify="right", no_wrap=True)
    table.add_column(f"worst\n95 {many}\nat or below", justify="right", no_wrap=True)
    for name in names:
        rows = at_horizons(run, name, None if day is None else [day])
        for i, row in enumerate(rows):
            table.add_row(
                name if i == 0 else "",
                span(row.day),
                *([row.date.isoformat()] * dated),
                *(number(getattr(row, key)) for key in PLANNING),
                end_section=i == len(rows) - 1,
            )
    return table


def warnings(run: Run) -> list[str]:
    """What a reader must know before the numbers: failed futures, quantiles that cannot be given."""
    notes = []
    played = run.futures - len(run.failed)
    if run.failed:
        first = run.failed[0]
        notes.append(
            f"{len(run.failed):,} of {run.futures:,} futures failed and are not in these figures "
            f"(the first, {first.future}: {first.error})"
        )
    if not carried(0.95, played):
        notes.append(f"{played} futures are too few for the 5 % and 95 % figures: 20 are needed")
    elif run.weights is not None and not carried(0.95, run.weights.effective):
        notes.append(
            f"the weights {run.weights.name} leave what {run.weights.effective:.1f} equal futures would "
            "carry, too few for the 5 % and 95 % figures: 20 are needed"
        )
    return notes


def head_line(futures: int, used: Weights | None, seed: int, path: str | Path) -> str:
    """Futures, weights if they are in use, seed and directory of a run."""
    weighed = f" weighted by {used.name}, worth {used.effective:.1f} equal ones" if used is not None else ""
    return f"{futures:,} futures{weighed} · seed {seed} · {path}"


def print_summary(run: Run, names: Sequence[str], console: Console, day: int | None = None) -> None:
    """Fan charts of curves and their planning figures at the horizons, or at one day."""
    from rich.columns import Columns

    scenario = run.manifest["scenario"]
    freeze = freeze_of(run)
    end = freeze + timedelta(days=int(run.manifest["days"]))
    console.print(f"[bold]{_safe(scenario['title'])}[/bold] · frozen at {freeze}, until {end}")
    line = head_line(run.futures, run.weights, run.seed, run.path)
    console.print(line, style="dim", highlight=False)
    for note in warnings(run):
        console.print(_safe(note), style="yellow", highlight=False)
    if run.futures == len(run.failed):
        return
    console.print()
    charts: list[RenderableType] = [_chart(run, name) for name in names]
    console.print(Columns(charts, padding=(0, 3)))
    console.print(f"{MEDIAN} median   {INNER} 50 of 100 futures   {OUTER} 90 of 100 futures\n", style="dim")
    console.print(_figures(run, names, day, console.width))


def print_split(run: Run, table: Split, console: Console, most: int = 40) -> None:
    """Planning figures by place, area or community."""
    from rich.box import SIMPLE
    from rich.table import Table

    when = table.rows[0].date.isoformat() if table.rows else ""
    shown = Table(
        title=f"{table.measure} by {table.by} on {when} ({table.unit}): {_safe(table.meaning)}",
        caption=not_scored(run.weights),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE,
    )
    shown.add_column(table.by)
    if any(row.name != row.id for row in table.rows):
        shown.add_column("name")
    for key, q in PLANNING.items():
        shown.add_column(f"{key}\n{q * 100:.0f} of 100 futures\nat or below", justify="right")
    for row in table.rows[:most]:
        names = [row.id] + ([row.name] if len(shown.columns) == 5 else [])
        shown.add_row(*map(_safe, names), *(number(getattr(row, key)) for key in PLANNING))
    for note in warnings(run):
        console.print(_safe(note), style="yellow", highlight=False)
    console.print(shown)
    if len(table.rows) > most:
        console.print(f"and {len(table.rows) - most} more; --csv FILE writes all", style="dim")


def _safe(text: str) -> str:
    from rich.markup import escape

    return escape(text)
