"""`afternext backcast`: from a wanted deep future back to what raises its share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def backcast(
    run: Annotated[
        Path, typer.Argument(metavar="RUN|DIR", help="A run, or a directory of compared strategies.")
    ],
    want: Annotated[
        str,
        typer.Option(
            "--want",
            metavar="FAMILY|CONDITION",
            help="A family of `tree`, as C2, or a condition, as 'displaced@end < 1M'.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: PNG, SVG and a CSV table of this name.")
    ] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What raises the share of a wanted deep future: what can be chosen, and what can only be watched.

    Shares are shares of futures: how often the model does it, not how likely it is.
    """
    from afternext.ensemble.opened import open_run
    from afternext.ensemble.progress import say
    from afternext.foresight.backcast import backcast as look_back
    from afternext.foresight.comparison import is_comparison, open_comparison

    found = look_back(open_comparison(run) if is_comparison(run) else open_run(run), want)
    if out is not None:
        from afternext.brief.backcast import draw_backcast

        for path in draw_backcast(found, size="phone" if phone else "wide").write(out):
            say(f"written: {path}")
    if as_json:
        print(json.dumps({"run": str(run), **found.to_dict()}))
        return
    from rich.console import Console

    from afternext.foresight.terminal_backcast import print_backcast

    console = Console(highlight=False)
    console.print(f"{found.futures:,} futures · seed {found.seed} · {run}", style="dim")
    print_backcast(found, console)
