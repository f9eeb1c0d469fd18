"""A run against counts inside the country, on a terminal: misses first, then every count, then the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afternext.displacement.inside import KINDS, RIVALS, UNCOUNTED
from afternext.ensemble.words import number

if TYPE_CHECKING:
    from rich.console import Console

    from afternext.displacement.inside import Compared, Inside

NOTES = 5
FAR = 1000.0


def words_of(row: Compared) -> str:
    """Return what was counted: `hosted, Dahuk`."""
    return (
        f"{KINDS[row.kind]}{',' if row.kind != 'origin' else ''} {row.area}" if row.area else KINDS[row.kind]
    )


def off(factor: float) -> str:
    """Return by how much a median is off, and which way."""
    if abs(factor - 1.0) < 0.05:
        return "right"
    if not 1 / FAR < factor < FAR:  # a median of next to nobody: no factor says anything
        return f"far too {'high' if factor > 1.0 else 'low'}"
    return f"{factor:.1f} x too high" if factor > 1.0 else f"{1.0 / factor:.1f} x too low"


def print_inside(shown: Inside, console: Console) -> None:
    """Print misses, all counts beside the fan and the rivals, the scores, and what nobody counted."""
    from rich.box import SIMPLE
    from rich.table import Table

    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, markup=False, highlight=False)

    run = shown.run
    scenario = run.scenario
    say(f"{scenario.title} · frozen {scenario.freeze} · people displaced inside the country", "bold")
    say(f"{run.path} · {len(run.experiments)} futures · seed {run.seed}", "dim")
    for note in shown.notes[:NOTES]:
        say(note, "yellow")
    if len(shown.notes) > NOTES:
        say(f"and {len(shown.notes) - NOTES} more remarks", "yellow")
    misses = shown.misses
    say(f"{len(misses)} of {len(shown.rows)} counts lie outside the 80 % interval" + (":" if misses else ""))
    for row in misses:
        say(
            f"  {words_of(row)}, {row.date}: {number(row.counted)} counted, "
            f"8 in 10 futures {number(row.low)} to {number(row.high)}; median {off(row.factor)}"
        )
    table = Table(box=SIMPLE)
    for name in ("", "date", "counted", "median", "8 in 10 futures", "", *RIVALS.values()):
        table.add_column(name, justify="left" if name in ("", "date") else "right", no_wrap=name == "date")
    for row in shown.rows:
        rivals = [number(row.rivals[name]) if name in row.rivals else "" for name in RIVALS]
        table.add_row(
            words_of(row),
            row.date.isoformat(),
            number(row.counted),
            number(row.median),
            f"{number(row.low)} to {number(row.high)}",
            "" if row.inside else "miss",
            *rivals,
        )
    console.print(table)
    scores = Table(box=SIMPLE)
    for name in ("", "counts", "in the\ninterval", "CRPS,\nlog1p", "off by\na factor"):
        scores.add_column(name, justify="left" if not name else "right")
    for name in RIVALS.values():
        scores.add_column(f"{name}:\nCRPS, factor", justify="right")
    for kind, found in shown.summary().items():
        rivals = [
            f"{r['crps_log']:.2f}, {r['factor']:.2f}" if (r := found["rivals"].get(name)) else ""
            for name in RIVALS
        ]
        scores.add_row(
            KINDS[kind],
            str(found["counts"]),
            f"{100 * found['coverage80']:.0f} %",
            f"{found['crps_log']:.2f}",
            f"{found['factor']:.2f}",
            *rivals,
        )
    console.print(scores)
    say("not counted by anybody, at the end of the run (median, 8 in 10 futures):", "dim")
    for name, (low, median, high) in shown.uncounted.items():
        say(f"  {UNCOUNTED[name]}: {number(median)} ({number(low)} to {number(high)})", "dim")
