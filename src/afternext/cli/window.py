"""`afternext window`: how much of a move, and until when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.errors import UsageError

app = typer.Typer()

INTERRUPTED = 130


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
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario, or a folder.")],
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
    futures: Annotated[int | None, typer.Option(help="How many futures. [default: 100]")] = None,
    years: Annotated[
        float | None, typer.Option(help="Length of each future in years. [default: the scenario's own]")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same futures. [default: 1]")
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Fix a parameter or an uncertainty; repeatable."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes. [default: all cores, or one if the run is short]")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Directory of the runs; what is there is gone on with. [in runs/]"),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the page: PNG, SVG and CSV.")
    ] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Outcome over delay and scale of a move: the date after which no scale is enough, the scale below which
    no date is, the delays of the actual decision, and triggers.

    Honest where there is no such date, and where the move makes no difference beyond noise.
    """
    from afternext.cli.run import read_settings
    from afternext.ensemble.progress import say
    from afternext.ensemble.run import Interrupted
    from afternext.foresight.window import window as look

    days = read_numbers(delays, "--delays") or []
    if any(day != int(day) for day in days):
        raise UsageError(f"--delays {delays}: days are whole numbers")
    try:
        found = look(
            scenario, move, by=by, to=to, goal=goal, share=share, delays=[int(day) for day in days],
            scales=read_numbers(scales, "--scales"), people=people, futures=futures, years=years, seed=seed,
            overrides=read_settings(fixed) if fixed else None, workers=workers, out=out, progress=True,
        )  # fmt: skip
    except Interrupted as stop:
        say(str(stop))
        raise typer.Exit(INTERRUPTED) from None
    if picture is not None:
        from afternext.brief.window import draw_window

        for path in draw_window(found, size="phone" if phone else "wide").write(picture):
            say(f"written: {path}")
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from rich.console import Console

    from afternext.foresight import terminal_window

    console = Console(highlight=False)
    console.print(
        f"{found.scenario} · {found.futures:,} futures · seed {found.seed} · {found.path}", style="dim"
    )
    terminal_window.print_window(found, console)
