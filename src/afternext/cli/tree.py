"""`afternext tree`: from what next to what after next."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from afternext.cli.options import AsJson, Phone, PictureFile, RunDirectory, Weights, size_of, write_picture

app = typer.Typer()


@app.command()
def tree(
    run: RunDirectory,
    signposts: Annotated[
        bool, typer.Option("--signposts", help="Print the signposts of every date, and nothing else.")
    ] = False,
    out: PictureFile = None,
    phone: Phone = False,
    weights: Weights = None,
    as_json: AsJson = False,
) -> None:
    """Families of futures at each horizon, where each leads, and what announces the deep ones.

    Shares are shares of futures: how often the model does it, not how likely it is.
    """
    from afternext.ensemble.opened import open_run
    from afternext.foresight.tree import grow

    found = grow(open_run(run).weigh(weights))
    if out is not None:
        from afternext.brief.tree import draw_tree

        write_picture(draw_tree(found, size=size_of(phone)), out)
    if as_json:
        print(json.dumps({"run": str(run), **found.to_dict()}))
        return
    from afternext.cli.screen import Screen
    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_tree

    console = Screen(highlight=False)
    console.print(head_line(found.futures, found.weights, found.seed, run), style="dim")
    if signposts:
        terminal_tree.print_signposts(found, console)
    else:
        terminal_tree.print_tree(found, str(run), console)
