"""`afternext chronicle`: one future of a run, told day by day."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from afternext.cli.options import AsJson, RunDirectory

app = typer.Typer()


@app.command()
def chronicle(
    run: RunDirectory,
    future: Annotated[
        int | None, typer.Option(help="Number of the future. [default: the one nearest to the middle of all]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """One future of a run, told day by day.

    It is one of many and no forecast: read several, and `afternext show` for how often things happen.
    """
    from afternext.ensemble.chronicle import Line
    from afternext.ensemble.chronicle import chronicle as tell
    from afternext.ensemble.run import open_run

    opened = open_run(run)
    story = tell(opened, future)
    if as_json:
        result = {
            "run": str(opened.path),
            "scenario": opened.manifest["scenario"]["id"],
            "seed": opened.seed,
            "future": story.future,
            "typical": story.typical,
            "events": [line.to_dict() for line in story.lines],
            "totals": [total.to_dict() for total in story.totals],
        }
        print(json.dumps(result))
        return
    from rich.markup import escape
    from rich.padding import Padding

    from afternext.cli.screen import Screen

    console = Screen(highlight=False)
    scenario = opened.manifest["scenario"]
    which = ", the one nearest to the middle of all" if story.typical else ""
    console.print(
        f"[bold]{escape(scenario['title'])}[/bold]: future {story.future} of {opened.futures:,}{which}"
    )
    console.print(
        f"seed {opened.seed} · frozen at {scenario['freeze']} · one of many futures, no forecast", style="dim"
    )
    heading = None
    for entry in story.entries():
        if isinstance(entry, Line):
            if entry.heading != heading:
                heading = entry.heading
                console.print(f"\n{heading}", style="bold")
            console.print(Padding(escape(entry.text), (0, 0, 0, 2)))
        else:
            console.print(f"\n{escape(entry.text)}", style="cyan")
            heading = None
