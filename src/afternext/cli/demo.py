"""`afternext demo`: the flagship crisis end to end, with a briefing at the end."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from afternext.cli.options import AsJson

if TYPE_CHECKING:
    from rich.console import Console

    from afternext.brief.briefing import Briefing
    from afternext.ensemble.run import Run

app = typer.Typer()

SCENARIO = "iraq-2014"
FUTURES = 100
NAMES, FIGURES = 34, 21  # columns of the screen that a measure's name and a figure take


@app.command()
def demo(
    futures: Annotated[int, typer.Option(min=1, help="How many futures.")] = FUTURES,
    seed: Annotated[int, typer.Option(help="The same seed gives the same futures.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where results go. [default: results/iraq-2014-TIME]"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run Iraq as of 12 June 2014 and write a briefing with maps, fan charts and planning tables.

    Interrupted, it goes on where it stopped when called again with the same --out.
    """
    from afternext.ensemble.progress import say
    from afternext.ensemble.run import run as simulate

    began = time.perf_counter()
    folder = out or Path("results") / f"{SCENARIO}-{datetime.now():%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True, exist_ok=True)
    done = simulate(
        SCENARIO,
        futures=futures,
        seed=seed,
        out=folder / f"{SCENARIO}-s{seed}",
        resume=True,
        progress=True,
    )
    say("drawing maps and charts")
    from afternext.brief.briefing import installed_forms, write_brief

    briefing = write_brief(done, folder, installed_forms())
    seconds = time.perf_counter() - began
    if as_json:
        result = {
            "run": str(done.path),
            "scenario": SCENARIO,
            "futures": done.futures,
            "failed": len(done.failed),
            "seed": done.seed,
            "seconds": round(seconds, 3),
            "digest": done.digest,
            "briefing": str(briefing.page),
            "files": [str(path) for path in briefing.files],
            "map": str(briefing.figures / "map.png"),
        }
        print(json.dumps(result))
        return
    from afternext.cli.screen import Screen

    show(done, folder, briefing, seconds, Screen())


def show(run: Run, folder: Path, briefing: Briefing, seconds: float, console: Console) -> None:
    """The briefing in a screenful: what next, what after next, and where everything lies."""
    from rich.table import Table

    from afternext.brief.access import date_at, horizons
    from afternext.brief.contents import HORIZON_NOTE, horizon_rows
    from afternext.brief.findings import headlines
    from afternext.brief.words import short_date, span
    from afternext.ensemble.words import duration

    console.print()
    console.print(run.scenario.title, style="bold", highlight=False)
    points = Table.grid(padding=(0, 1, 0, 0))
    for text in headlines(run):
        points.add_row("•", text)
    console.print(points)
    days = horizons(run)
    # The nearest and the furthest horizon always; those between as far as the screen is wide.
    room = max(2, (console.width - NAMES) // FIGURES)
    chosen = sorted({0, len(days) - 1, *range(1, len(days) - 1)[: max(0, room - 2)]})
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for k in chosen:
        table.add_column(
            f"{span(days[k])}\n{short_date(date_at(run, days[k]))}", justify="right", no_wrap=True
        )
    for name, cells in horizon_rows(run):
        table.add_row(name, *(f"{cells[k][0]}\n[dim]{cells[k][1]}[/dim]" for k in chosen))
    console.print()
    console.print(table)
    console.print(HORIZON_NOTE, style="dim", highlight=False)
    console.print()
    console.print(
        f"{run.futures:,} futures in {duration(seconds)}, seed {run.seed}. Results are in {folder}:",
        highlight=False,
        soft_wrap=True,
    )
    entries = (
        ("briefing", briefing.page),
        ("map", briefing.figures / "map.png"),
        ("figures", briefing.figures),
        ("tables", briefing.tables),
        ("run", run.path),
    )
    for name, path in entries:
        console.print(f"  {name:<10}[cyan]{path}[/cyan]", highlight=False, soft_wrap=True)
    console.print(f"Next: afternext show {run.path}", highlight=False, soft_wrap=True)
