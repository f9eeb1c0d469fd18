"""`afternext calibrate`: parameters held against the history before the freeze."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import AsJson, ScenarioName
from afternext.errors import UsageError

app = typer.Typer()


@app.command()
def calibrate(
    scenario: ScenarioName,
    others: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="SCENARIO", help="Another case that the same values must fit; repeatable."
        ),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A parameter to ask about; repeatable. [default: by screening]"),
    ] = None,
    most: Annotated[int, typer.Option(help="Parameters that screening may keep, 15 at most.")] = 8,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="First day. [default: that of the first displacement in history.csv]",
        ),
    ] = None,
    waves: Annotated[int, typer.Option(help="Waves of history matching.")] = 3,
    runs: Annotated[int, typer.Option(help="Plays a wave.")] = 150,
    seed: Annotated[int, typer.Option(help="The same seed gives the same calibration.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write an overlay: a folder that extends the scenario; run it as one."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rule out parameters that do not fit the history before the freeze.

    The scenario (with others, if named) is wound back and its history played again; says how little it tells.
    """
    from datetime import date

    from afternext.ensemble.progress import say
    from afternext.evidence.calibrate import calibrate as hold

    try:
        day = date.fromisoformat(start) if start is not None else None
    except ValueError:
        raise UsageError(f"--from {start!r}: write a date as 2014-01-01") from None
    found = hold(
        scenario,
        others=others or (),
        start=day,
        parameters=parameter or (),
        most=most,
        waves=waves,
        runs=runs,
        seed=seed,
        told=say,
    )
    if out is not None:
        from afternext.evidence.overlay import write_overlay

        folder = write_overlay(found, scenario, out)
        say(f"written: {folder}; run it: afternext run {folder}")
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from afternext.cli.screen import Screen
    from afternext.evidence.terminal_calibration import print_calibration

    print_calibration(found, Screen(highlight=False))
