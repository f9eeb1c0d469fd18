"""`afternext update`: futures weighed by evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import AsJson, RunDirectory

app = typer.Typer()


@app.command()
def update(
    run: RunDirectory,
    claims: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="Claims (columns of claims.csv); they may come from after the freeze."
        ),
    ],
    name: Annotated[str | None, typer.Option(help="Name of the weights. [default: that of the file]")] = None,
    temper: Annotated[
        float | None,
        typer.Option(help="Power of the likelihood, 0 to 1: less trusts the claims less. [default: 0.5]"),
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(help="Days between the first and the last claim of one quantity. [default: 3]"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Weigh the futures of a run by claims, and keep the weights with the run.

    `show`, `tree`, `brief` and the other commands that read a run count by them with `--weights NAME`.
    """
    from afternext.ensemble.opened import open_run
    from afternext.ensemble.progress import say
    from afternext.evidence.update import update as weigh

    found = weigh(open_run(run), claims, name, temper=temper, within=within)
    say(f"next: afternext show {run} --weights {found.weights.name}")
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from afternext.cli.screen import Screen
    from afternext.evidence.terminal_update import print_update

    print_update(found, Screen(highlight=False))
