"""`afternext backcast`: from a wanted deep future back to what raises its share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import AsJson, Phone, PictureFile, Weights, size_of, write_picture

app = typer.Typer()


@app.command()
def backcast(
    run: Annotated[
        Path, typer.Argument(metavar="RUN|DIR", help="A run, or a directory of compared strategies.")
    ],
    want: Annotated[
        list[str],
        typer.Option(
            "--want",
            metavar="FAMILY|CONDITION",
            help="A family of `tree`, as C2, or a condition, as 'displaced@end < 1M'; of several, all.",
        ),
    ],
    out: PictureFile = None,
    weights: Weights = None,
    phone: Phone = False,
    as_json: AsJson = False,
) -> None:
    """What raises the share of a wanted deep future: what can be chosen, and what can only be watched.

    Shares are shares of futures: how often the model does it, not how likely it is.
    """
    from afternext.ensemble.opened import open_run
    from afternext.foresight.backcast import backcast as look_back
    from afternext.foresight.comparison import is_comparison, open_comparison

    given = open_comparison(run).weigh(weights) if is_comparison(run) else open_run(run).weigh(weights)
    found = look_back(given, want[0] if len(want) == 1 else " and ".join(f"({one})" for one in want))
    if out is not None:
        from afternext.brief.backcast import draw_backcast

        write_picture(draw_backcast(found, size=size_of(phone)), out)
    if as_json:
        print(json.dumps({"run": str(run), **given.used, **found.to_dict()}))
        return
    from afternext.cli.screen import Screen
    from afternext.foresight.terminal_backcast import print_backcast

    console = Screen(highlight=False)
    console.print(f"{found.futures:,} futures · seed {found.seed} · {run}", style="dim")
    print_backcast(found, console)
