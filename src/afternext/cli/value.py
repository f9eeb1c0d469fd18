"""`afternext value`: what is worth knowing before choosing."""

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
def value(
    scenario: ScenarioOrCompared,
    strategy: Courses = None,
    goal: Annotated[
        str,
        typer.Option(
            "--goal", metavar="GOAL", help="What is judged, and good enough: 'displaced@1y < 2.5M'."
        ),
    ] = "",
    met: Annotated[
        bool, typer.Option("--met", help="Count futures that meet the goal, instead of the measure itself.")
    ] = False,
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
    """What, if it were known, would change the choice, and by how much: where collection should go.

    From the futures at hand; what chance alone would show is taken off, and told.
    """
    from afternext.cli.compared import head_line, open_or_run
    from afternext.foresight.value import find_value

    comparison = open_or_run(scenario, strategy, futures, years, seed, workers, out, fixed, weights)
    found = find_value(comparison, goal, met)
    if picture is not None:
        from afternext.brief.value import draw_value

        write_picture(draw_value(found, size=size_of(phone)), picture)
    if as_json:
        print(json.dumps({"directory": str(comparison.path), **comparison.used, **found.to_dict()}))
        return
    from afternext.cli.screen import Screen
    from afternext.foresight.terminal_value import print_value

    console = Screen(highlight=False)
    console.print(head_line(comparison), style="dim")
    print_value(found, console)
