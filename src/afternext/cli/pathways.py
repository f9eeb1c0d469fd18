"""`afternext pathways`: when each strategy stops being good enough, and where to switch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def pathways(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO|DIR", help="A scenario, or a directory of compared strategies.")
    ],
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COURSE", help="A strategy, `none`, several joined by +, or composed, as for `decide`."
        ),
    ] = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            "--goal", metavar="CONDITION", help="What is good enough, day by day: 'displaced < 2.5M'."
        ),
    ] = None,
    share: Annotated[
        float, typer.Option("--share", metavar="0-1", help="In how many of all futures the goal must hold.")
    ] = 0.7,
    lasting: Annotated[
        int, typer.Option("--lasting", metavar="DAYS", help="A lapse that heals sooner does not count.")
    ] = 30,
    since: Annotated[
        str, typer.Option("--from", metavar="WHEN", help="Judge from here on: 6m, 1y, a date.")
    ] = "0d",
    play: Annotated[
        int, typer.Option("--play", metavar="N", help="Run the main N switches, to see what they keep.")
    ] = 0,
    futures: Annotated[int | None, typer.Option(help="Futures of each strategy. [default: 100]")] = None,
    years: Annotated[float | None, typer.Option(help="Length of each future in years.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same futures.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Directory of the comparison; what is there is gone on with. [default: in runs/]",
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: PNG, SVG and a CSV table of this name.")
    ] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """When each strategy stops being good enough, where to switch to which, and what announces it.

    All strategies are run on the same futures. Shares are shares of futures: how often the model does it.
    """
    from afternext.cli.compared import open_or_run
    from afternext.ensemble.progress import say
    from afternext.foresight import pathfinding
    from afternext.scenario.compose import day_of

    comparison = open_or_run(scenario, strategy, futures, years, seed, workers, out)
    goals, day = tuple(goal or ()), day_of(comparison.scenario, since)
    found = pathfinding.find_pathways(comparison, goals, share, lasting, day)
    if play > 0:
        comparison = pathfinding.play(comparison, found, play, workers)
        found = pathfinding.find_pathways(comparison, goals, share, lasting, day)
    if picture is not None:
        from afternext.brief.pathways import draw_pathways

        for path in draw_pathways(found, size="phone" if phone else "wide").write(picture):
            say(f"written: {path}")
    if as_json:
        print(json.dumps({"directory": str(comparison.path), **found.to_dict()}))
        return
    from rich.console import Console

    from afternext.foresight.terminal_pathways import print_pathways

    console = Console(highlight=False)
    console.print(f"{found.futures:,} futures · seed {found.seed} · {comparison.path}", style="dim")
    print_pathways(found, console)
