"""`afternext discover`: which conditions lead to an outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def discover(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    when: Annotated[
        str,
        typer.Option(
            "--when",
            metavar="CONDITION",
            help="The outcome: MEASURE@TIME > VALUE, joined by and, or, not; "
            "for example 'displaced@1y > 2M and holder.kirkuk@6m == isis'.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the boxes and the trade-off: PNG, SVG and a CSV table."),
    ] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")] = False,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE", help="Weights of the futures: a name that lies with the run, or a CSV file."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Which conditions lead to an outcome: boxes of conditions, each in a sentence.

    A box is chosen on futures it was not found on. Shares are shares of futures.
    """
    from afternext.ensemble.opened import open_run
    from afternext.ensemble.progress import say
    from afternext.foresight import discover as boxes

    found = boxes.discover(open_run(run).weigh(weights), when)
    if out is not None:
        from afternext.brief.discover import draw_boxes

        for path in draw_boxes(found, size="phone" if phone else "wide").write(out):
            say(f"written: {path}")
    if as_json:
        print(json.dumps({"run": str(run), **found.to_dict()}))
        return
    from rich.console import Console

    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_boxes

    console = Console(highlight=False)
    console.print(head_line(found.futures, found.weights, found.seed, run), style="dim")
    terminal_boxes.print_boxes(found, console)
