"""A calibration on a terminal: what was observed, what fits it, and how little one history tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from afternext.ensemble.terminal import short
from afternext.ensemble.words import number
from afternext.evidence.calibrate import LEARNT, Calibration

if TYPE_CHECKING:
    from rich.console import Console

ROOMY = 110  # columns from which meanings have room
LITTLE = (
    "So little history identifies little: a contraction of 0.5 halves the variance of a parameter, below 0.1 "
    "nothing was learnt of it. What fits what is past need not fit the next crisis."
)


def print_calibration(found: Calibration, console: Console) -> None:
    """Things observed against plays before and after, and parameters before and after."""
    from rich.box import SIMPLE
    from rich.table import Table

    for case in found.cases:
        start, freeze = case.rewound.scenario.freeze, case.scenario.freeze
        console.print(
            f"[bold]{escape(case.scenario.title)}[/bold] · held against its history, {start} to {freeze}"
        )
        for guess in case.rewound.guesses:
            console.print(f"  {escape(guess)}", style="dim")
    console.print(
        f"{found.runs:,} plays · seed {found.seed} · history {found.history_hash[:12]}", style="dim"
    )
    seen = Table(box=SIMPLE, title="Observed, and played", title_justify="left")
    seen.add_column("observed")
    for head in ("value", "first wave\n5·50·95 of 100", "last wave\n5·50·95 of 100"):
        seen.add_column(head, justify="right", no_wrap=True)
    for one, before, after in zip(found.observed, found.before, found.after, strict=True):
        seen.add_row(
            escape(one.name), number(one.value), *(" · ".join(map(short, x)) for x in (before, after))
        )
    console.print(seen)
    for k, wave in enumerate(found.waves, 1):
        console.print(f"wave {k}: {wave.runs} plays leave {100 * wave.left:.1f} of 100 of the space")
    table = Table(box=SIMPLE, title="Parameters, 5 to 95 of 100", title_justify="left")
    table.add_column("parameter", no_wrap=True)
    roomy = console.width >= ROOMY
    if roomy:
        table.add_column("meaning", style="dim")
    for head in ("effect", "before", "after", "contraction"):
        table.add_column(head, justify="right", no_wrap=True)
    for p in found.parameters:
        ranges = ("–".join(f"{x:.3g}" for x in ends) for ends in (p.before, p.after))
        mark = "" if p.contraction >= LEARNT else "·"
        meaning = [escape(p.meaning)] if roomy else []
        table.add_row(p.name, *meaning, f"{p.effect:.2f}", *ranges, f"{mark}{p.contraction:.2f}")
    console.print(table)
    console.print("·: nothing learnt", style="dim")
    console.print(LITTLE, style="dim")
