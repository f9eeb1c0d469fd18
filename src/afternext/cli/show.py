"""`afternext show`: summary and fan charts of a run in the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from afternext.cli.options import AsJson, Measures, RunDirectory, Weights
from afternext.errors import UsageError

app = typer.Typer()


@app.command()
def show(
    run: RunDirectory,
    measure: Measures = None,
    at: Annotated[
        str | None, typer.Option(metavar="DATE|DAY", help="One date, or a number of days after the freeze.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="place|admin1|pcode|community", help="Planning figures split by this."),
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures as a table.")] = None,
    weights: Weights = None,
    as_json: AsJson = False,
) -> None:
    """Summary and fan charts of a run.

    Figures are shares of futures: likely is not exceeded in 50 of 100 futures, planning in 80, worst in 95.
    """
    from afternext.cli.screen import Screen
    from afternext.ensemble import show as shown
    from afternext.ensemble import terminal
    from afternext.ensemble.progress import say
    from afternext.ensemble.run import open_run

    opened = open_run(run).weigh(weights)
    names = list(measure or [])
    for name in names:
        opened.measure(name)
    day = shown.parse_day(opened, at) if at is not None else None
    if by is not None and len(names) > 1:
        raise UsageError(f"--by shows one measure at a time, not {len(names)}")
    table = shown.split(opened, names[0] if names else "displaced", by, day) if by is not None else None

    if csv is not None:
        if table is not None:
            shown.write_split_csv(table, csv)
        else:
            shown.write_curves_csv(opened, shown.headlines(opened, names), csv)
        say(f"written: {csv}")
    if as_json:
        result: dict[str, Any] = shown.measures_json(opened, names, day)
        if table is not None:
            result["table"] = table.to_dict()
        print(json.dumps(result))
        return
    console = Screen()
    if table is not None:
        terminal.print_split(opened, table, console)
    else:
        terminal.print_summary(opened, shown.headlines(opened, names), console, day)
