"""`afternext window`: how much of a move, and until when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import (
    AsJson,
    Futures,
    Phone,
    PictureFile,
    ScenarioName,
    Seed,
    Settings,
    Weights,
    Workers,
    Years,
    read_settings,
    size_of,
    write_picture,
)
from afternext.errors import UsageError

app = typer.Typer()


def read_numbers(text: str | None, what: str) -> list[float] | None:
    """Numbers separated by commas."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"{what} {text}: write numbers separated by commas, for example 0,30,90") from None


@app.command()
def window(
    scenario: ScenarioName,
    move: Annotated[str, typer.Option("--move", metavar="MOVE", help="The move of the scenario.")],
    by: Annotated[
        str | None, typer.Option(metavar="POWER", help="Who does it. [default: the first who may]")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="POWER", help="To whom. [default: the first possible target]")
    ] = None,
    goal: Annotated[
        str | None,
        typer.Option(
            metavar="GOAL",
            help="What is good enough: MEASURE@TIME < VALUE. [default: displaced at the end, as in the "
            "luckiest third without the move]",
        ),
    ] = None,
    share: Annotated[float, typer.Option(help="Share of futures in which the goal has to be met.")] = 0.5,
    delays: Annotated[
        str, typer.Option(metavar="DAYS", help="Days on which it takes effect, separated by commas.")
    ] = "0,14,30,60,120,240",
    scales: Annotated[
        str | None, typer.Option(metavar="SCALES", help="Separated by commas. [default: those of the move]")
    ] = None,
    people: Annotated[
        float, typer.Option(help="Newly displaced within 30 days that make an emergency (triggers).")
    ] = 25_000,
    futures: Futures = None,
    years: Years = None,
    seed: Seed = None,
    fixed: Settings = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Directory of the runs; what is there is gone on with. [in runs/]"),
    ] = None,
    picture: PictureFile = None,
    weights: Weights = None,
    phone: Phone = False,
    as_json: AsJson = False,
) -> None:
    """Outcome over delay and scale of a move: the date after which no scale is enough, the scale below which
    no date is, the delays of the actual decision, and triggers.

    Honest where there is no such date, and where the move makes no difference beyond noise.
    """
    from afternext.foresight.window import window as look

    days = read_numbers(delays, "--delays") or []
    if any(day != int(day) for day in days):
        raise UsageError(f"--delays {delays}: days are whole numbers")
    found = look(
        scenario, move, by=by, to=to, goal=goal, share=share, delays=[int(day) for day in days],
        scales=read_numbers(scales, "--scales"), people=people, futures=futures, years=years, seed=seed,
        overrides=read_settings(fixed), workers=workers, out=out, weights=weights, progress=True,
    )  # fmt: skip
    if picture is not None:
        from afternext.brief.window import draw_window

        write_picture(draw_window(found, size=size_of(phone)), picture)
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from afternext.cli.screen import Screen
    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_window

    console = Screen(highlight=False)
    line = head_line(found.futures, found.weights, found.seed, found.path)
    console.print(f"{found.scenario} · {line}", style="dim")
    terminal_window.print_window(found, console)
