"""`afternext sensitivity`: which uncertainty matters for which measure, at which horizon."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def sensitivity(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    measure: Annotated[
        list[str] | None, typer.Argument(help="Measures. [default: the scenario's headlines]")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the heat map: PNG, SVG and a CSV table of this name."),
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
    """Which uncertainty matters for which measure, at which horizon.

    What matters next need not be what matters after next. Idle made-up inputs set the noise floor.
    """
    from afternext.ensemble.opened import open_run
    from afternext.ensemble.progress import say
    from afternext.foresight import sensitivity as given
    from afternext.foresight.words import Words

    opened = open_run(run).weigh(weights)
    found = given.sensitivity(opened, list(measure or []))
    words = Words(opened)
    if out is not None:
        from afternext.brief.sensitivity import draw_sensitivity

        for path in draw_sensitivity(found, words, size="phone" if phone else "wide").write(out):
            say(f"written: {path}")
    if as_json:
        print(json.dumps({"run": str(run), **found.to_dict()}))
        return
    from rich.console import Console

    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_sensitivity

    console = Console(highlight=False)
    console.print(head_line(found.futures, found.weights, found.seed, run), style="dim")
    terminal_sensitivity.print_sensitivity(found, console, words)
