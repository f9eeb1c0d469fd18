"""`afternext pathways`: when each strategy stops being good enough, and where to switch."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from afternext.cli.options import (
    AsJson,
    ComparedOut,
    Courses,
    Futures,
    Phone,
    PictureFile,
    ScenarioOrCompared,
    Seed,
    Settings,
    Weights,
    Workers,
    Years,
    size_of,
    write_picture,
)

app = typer.Typer()


@app.command()
def pathways(
    scenario: ScenarioOrCompared,
    strategy: Courses = None,
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
    futures: Futures = None,
    years: Years = None,
    seed: Seed = None,
    fixed: Settings = None,
    workers: Workers = None,
    out: ComparedOut = None,
    picture: PictureFile = None,
    weights: Weights = None,
    phone: Phone = False,
    as_json: AsJson = False,
) -> None:
    """When each strategy stops being good enough, where to switch to which, and what announces it.

    All strategies are run on the same futures. Shares are shares of futures: how often the model does it.
    """
    from afternext.cli.compared import head_line, open_or_run
    from afternext.foresight import pathfinding
    from afternext.scenario.compose import day_of

    comparison = open_or_run(scenario, strategy, futures, years, seed, workers, out, fixed, weights)
    goals, day = tuple(goal or ()), day_of(comparison.scenario, since)
    found = pathfinding.find_pathways(comparison, goals, share, lasting, day)
    if play > 0:
        comparison = pathfinding.play(comparison, found, play, workers)
        found = pathfinding.find_pathways(comparison, goals, share, lasting, day)
    if picture is not None:
        from afternext.brief.pathways import draw_pathways

        write_picture(draw_pathways(found, size=size_of(phone)), picture)
    if as_json:
        print(json.dumps({"directory": str(comparison.path), **comparison.used, **found.to_dict()}))
        return
    from afternext.cli.screen import Screen
    from afternext.foresight.terminal_pathways import print_pathways

    console = Screen(highlight=False)
    console.print(head_line(comparison), style="dim")
    print_pathways(found, console)
