"""`afternext alignments`: who stands where with whom."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from afternext.cli.options import AsJson, PictureFile, Weights, write_picture
from afternext.errors import UsageError

app = typer.Typer()


@app.command()
def alignments(
    subject: Annotated[
        str,
        typer.Argument(metavar="RUN|SCENARIO", help="Run directory, shipped scenario or scenario folder."),
    ],
    equal: Annotated[
        bool, typer.Option("--equal", help="Give every actor the same weight, whatever its strength.")
    ] = False,
    out: PictureFile = None,
    weights: Weights = None,
    as_json: AsJson = False,
) -> None:
    """Who stands where with whom, and which sides would be stable.

    Sides are the valleys of landscape theory (Axelrod and Bennett 1993), from the scenario's relations. Of a
    run also how alignments moved, where its model has them.
    """
    from afternext.ensemble.progress import say
    from afternext.foresight import alignments as found

    run, scenario = found.open_subject(subject)
    if weights is not None and run is None:
        raise UsageError(f"--weights are of the futures of a run, and {subject} is a scenario")
    run = run.weigh(weights) if run else None
    here = found.of_scenario(scenario, equal)
    moved = found.of_run(run) if run else ()
    if run and not moved:
        say(f"{run.path} holds no alignment measures: its alignments do not move; this is its scenario")
    if out is not None:
        from afternext.brief.alignments import draw_alignments

        write_picture(draw_alignments(here, scenario), out)
    if as_json:
        result: dict[str, Any] = here.to_dict()
        result["run"] = found.run_json(run, moved) if run else None
        print(json.dumps(result))
        return
    from afternext.cli.screen import Screen
    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal

    console = Screen(highlight=False)
    if run:
        console.print(head_line(run.futures, run.weights, run.seed, run.path), style="dim")
    terminal.print_alignments(here, console)
    if moved:
        terminal.print_moved(moved, here.names, console, run.weights if run else None)
