"""A forecast on a terminal: the scores, the rivals, and a chart for each camp with the observed line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from afternext.displacement.forecast import SHARES
from afternext.ensemble.terminal import AXIS, INNER, MEDIAN, OUTER, STYLE, fan, limits, short
from afternext.ensemble.words import number

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from afternext.displacement.forecast import Forecast

SEEN = "●"
ROWS, COLUMNS = 7, 34
CHARTS = 18  # camps drawn at most, largest first
NOTES = 5
BASELINES = {
    "equal": "equal shares",
    "capacity": "shares by capacity",
    "gravity": "gravity",
    "day7": "shares of day 7 kept",
    "day30": "shares of day 30 kept",
}
MIDDLE = (1, 2, 3, 4, 5)  # the 80 % and 50 % ends and the median among SHARES


def order(shown: Forecast) -> list[int]:
    """Return the camps, largest on the last day first."""
    return [int(k) for k in np.argsort(-shown.case.data[-1], kind="stable")]


def _chart(shown: Forecast, camp: int) -> Text:
    from rich.text import Text

    case = shown.case
    days = np.arange(shown.scored_from, case.days)
    bands = shown.quantiles[list(MIDDLE)][:, days, camp]
    seen = case.data[days, camp]
    both = np.concatenate([bands, seen[None]])
    low, high = limits(both)
    # The scale must hold the observed line too: `fan` sets it by what it is given.
    lines = fan(days, bands, ROWS, COLUMNS) if limits(bands) == (low, high) else _scaled(days, bands, both)
    at = np.interp(np.linspace(days[0], days[-1], COLUMNS), days, seen)
    rows = np.rint((at - low) / (high - low) * (ROWS - 1)).astype(int)
    text = Text()
    text.append(case.camp_names[camp], style="bold")
    text.append(f"  {case.folder.places[case.camps[camp]].country}\n", style="dim")
    for row, line in enumerate(lines):
        label = short(high) if row == 0 else short(low) if row == ROWS - 1 else ""
        text.append(f"{label:>{AXIS - 2}} │", style="dim")
        for column, character in enumerate(line):
            here = rows[column] == ROWS - 1 - row
            text.append(SEEN if here else character, style="bold red" if here else STYLE[character])
        text.append("\n")
    start = case.folder.start
    end = (start + timedelta(days=case.days - 1)).isoformat()
    begin = (start + timedelta(days=int(days[0]))).isoformat()
    text.append(f"{' ' * (AXIS - 1)}└{'─' * COLUMNS}\n", style="dim")
    text.append(f"{' ' * AXIS}{begin:<{COLUMNS - len(end)}}{end}\n", style="dim")
    return text


def _scaled(
    days: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    bands: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    both: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> list[str]:
    """Draw a fan on the scale of the bands and the observed line together."""
    low, high = limits(both)
    at = np.linspace(days[0], days[-1], COLUMNS)
    level = np.array([np.interp(at, days, band) for band in bands])
    level = np.rint((level - low) / (high - low) * (ROWS - 1)).astype(int)
    lines = []
    for row in range(ROWS - 1, -1, -1):
        line = ""
        for p10, p25, p50, p75, p90 in level.T:
            inside = ((p50, p50, MEDIAN), (p25, p75, INNER), (p10, p90, OUTER))
            line += next((mark for a, b, mark in inside if a <= row <= b), " ")
        lines.append(line)
    return lines


def print_forecast(shown: Forecast, console: Console, *, rules: str) -> None:
    """Print the scores beside the rivals, then a chart for each camp."""
    from rich.box import SIMPLE
    from rich.columns import Columns
    from rich.table import Table

    case = shown.case
    folder = case.folder
    title = f"{folder.path.name} · {folder.start} · {case.days} days · {len(case.camps)} camps with data"
    console.print(title, style="bold", markup=False, highlight=False)
    told = f"{number(shown.people)} people at the end · {shown.seconds:.3f} s a run"
    since = f" · scored from day {shown.scored_from}" if shown.scored_from else ""
    console.print(told + since, style="dim", markup=False, highlight=False)
    for note in shown.notes[:NOTES]:
        console.print(note, style="yellow", markup=False, highlight=False)
    if len(shown.notes) > NOTES:
        console.print(f"and {len(shown.notes) - NOTES} more remarks on the data", style="yellow")
    table = Table(box=SIMPLE)
    table.add_column("", no_wrap=True)
    table.add_column("error,\nrescaled", justify="right")
    table.add_column("error,\nnormal", justify="right")
    table.add_column("CRPS,\nlog1p", justify="right")
    table.add_column("")
    table.add_row(
        "FLEE's rules" if rules == "flee" else "afternext",
        f"{shown.ard['rescaled']:.3f}",
        f"{shown.ard['normal']:.3f}",
        f"{shown.crps_log:.3f}",
        style="bold",
    )
    for name, words in BASELINES.items():
        more = "" if name in shown.fair else "told more"
        figures = (f"{shown.baselines[name]:.3f}", "", f"{shown.rivals[name]:.3f}")
        table.add_row(words, *figures, more, style="dim")
    console.print(table)
    covered = f"{100 * shown.coverage80:.0f} % of counts lie in the 80 % interval"
    console.print(covered, markup=False, highlight=False)
    if shown.arrived is not None:
        counted, median, low, high = shown.arrived
        factor = max(counted, 1.0) / max(median, 1.0)
        console.print(
            f"arrivals: {number(median)} expected, 8 in 10 between {number(low)} and {number(high)}; "
            f"{number(counted)} counted, off by a factor of {max(factor, 1.0 / factor):.1f} "
            "(the rivals above are told the total)",
            markup=False,
            highlight=False,
        )
    if shown.left_out:
        console.print("parameters: fitted to nine other conflicts, this one left out", style="dim")
    console.print()
    charts: list[RenderableType] = [_chart(shown, camp) for camp in order(shown)[:CHARTS]]
    console.print(Columns(charts, padding=(0, 3)))
    key = f"{MEDIAN} median   {INNER} half of the runs   {OUTER} 8 in 10   {SEEN} counted"
    console.print(key, style="dim", markup=False, highlight=False)


__all__ = ["SHARES", "order", "print_forecast"]
