"""`afternext evidence`: claims reconciled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import AsJson, Phone, size_of, write_picture

app = typer.Typer()


@app.command()
def evidence(
    scenario: Annotated[
        str | None, typer.Argument(help="Name of a shipped scenario, or a folder: its claims.")
    ] = None,
    claims: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Claims of this file (columns of claims.csv) instead."),
    ] = None,
    within: Annotated[
        int | None,
        typer.Option(help="Days between the first and the last claim of one quantity. [default: 3]"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draws from the posterior. [default: 0]")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw claims and ranges: PNG, SVG and a CSV table of this name."),
    ] = None,
    phone: Phone = False,
    as_json: AsJson = False,
) -> None:
    """What is claimed of each quantity, by whom, and what to believe of it.

    Sources lean, grades differ, copies count once, and a wild claim has little say.
    """
    from afternext.evidence.report import reconcile

    found = reconcile(scenario, claims, within=within, seed=seed)
    if out is not None:
        from afternext.brief.evidence import draw_evidence

        write_picture(draw_evidence(found, size=size_of(phone)), out)
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from afternext.cli.screen import Screen
    from afternext.evidence.terminal import print_evidence

    print_evidence(found, Screen(highlight=False))
