"""`afternext discover`: which conditions lead to an outcome."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from afternext.cli.options import AsJson, Phone, PictureFile, RunDirectory, Weights, size_of, write_picture

app = typer.Typer()


@app.command()
def discover(
    run: RunDirectory,
    when: Annotated[
        str,
        typer.Option(
            "--when",
            metavar="CONDITION",
            help="The outcome: MEASURE@TIME > VALUE, joined by and, or, not; "
            "for example 'displaced@1y > 2M and holder.kirkuk@6m == isis'.",
        ),
    ],
    out: PictureFile = None,
    phone: Phone = False,
    weights: Weights = None,
    as_json: AsJson = False,
) -> None:
    """Which conditions lead to an outcome: boxes of conditions, each in a sentence.

    A box is chosen on futures it was not found on. Shares are shares of futures.
    """
    from afternext.ensemble.opened import open_run
    from afternext.foresight import discover as boxes

    found = boxes.discover(open_run(run).weigh(weights), when)
    if out is not None:
        from afternext.brief.discover import draw_boxes

        write_picture(draw_boxes(found, size=size_of(phone)), out)
    if as_json:
        print(json.dumps({"run": str(run), **found.to_dict()}))
        return
    from afternext.cli.screen import Screen
    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_boxes

    console = Screen(highlight=False)
    console.print(head_line(found.futures, found.weights, found.seed, run), style="dim")
    terminal_boxes.print_boxes(found, console)
