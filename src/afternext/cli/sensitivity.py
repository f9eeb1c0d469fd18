"""`afternext sensitivity`: which uncertainty matters for which measure, at which horizon."""

from __future__ import annotations

import json

import typer

from afternext.cli.options import (
    AsJson,
    Measures,
    Phone,
    PictureFile,
    RunDirectory,
    Weights,
    size_of,
    write_picture,
)

app = typer.Typer()


@app.command()
def sensitivity(
    run: RunDirectory,
    measure: Measures = None,
    out: PictureFile = None,
    phone: Phone = False,
    weights: Weights = None,
    as_json: AsJson = False,
) -> None:
    """Which uncertainty matters for which measure, at which horizon.

    What matters next need not be what matters after next. Idle made-up inputs set the noise floor.
    """
    from afternext.ensemble.opened import open_run
    from afternext.foresight import sensitivity as given
    from afternext.foresight.words import Words

    opened = open_run(run).weigh(weights)
    found = given.sensitivity(opened, list(measure or []))
    words = Words(opened)
    if out is not None:
        from afternext.brief.sensitivity import draw_sensitivity

        write_picture(draw_sensitivity(found, words, size=size_of(phone)), out)
    if as_json:
        print(json.dumps({"run": str(run), **found.to_dict()}))
        return
    from afternext.cli.screen import Screen
    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_sensitivity

    console = Screen(highlight=False)
    console.print(head_line(found.futures, found.weights, found.seed, run), style="dim")
    terminal_sensitivity.print_sensitivity(found, console, words)
