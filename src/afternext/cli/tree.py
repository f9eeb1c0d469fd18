"""`afternext tree`: from what next to what after next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def tree(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    signposts: Annotated[
        bool, typer.Option("--signposts", help="Print the signposts of every date, and nothing else.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the flows: PNG, SVG and a CSV table of this name."),
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
    """Families of futures at each horizon, where each leads, and what announces the deep ones.

    Shares are shares of futures: how often the model does it, not how likely it is.
    """
    from afternext.ensemble.opened import open_run
    from afternext.ensemble.progress import say
    from afternext.foresight.tree import grow

    found = grow(open_run(run).weigh(weights))
    if out is not None:
        from afternext.brief.tree import draw_tree

        for path in draw_tree(found, size="phone" if phone else "wide").write(out):
            say(f"written: {path}")
    if as_json:
        print(json.dumps({"run": str(run), **found.to_dict()}))
        return
    from rich.console import Console

    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_tree

    console = Console(highlight=False)
    console.print(head_line(found.futures, found.weights, found.seed, run), style="dim")
    if signposts:
        terminal_tree.print_signposts(found, console)
    else:
        terminal_tree.print_tree(found, str(run), console)
