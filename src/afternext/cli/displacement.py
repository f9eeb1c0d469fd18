"""`afternext displacement`: run and score a FLEE input folder, or a run against counts inside a country."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from afternext.cli.options import AsJson

app = typer.Typer()


Capacities = Literal["given", "none"]
Arrivals = Literal["given", "modelled"]
Rules = Literal["afternext", "flee"]


@app.command()
def displacement(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="A folder with input_csv and source_data; with --truth, a run directory."
        ),
    ],
    capacities: Annotated[
        Capacities, typer.Option(help="Camps are full at the capacity the folder gives, or never.")
    ] = "none",
    arrivals: Annotated[
        Arrivals, typer.Option(help="How many arrive: as counted, or from the conflict itself.")
    ] = "given",
    observe_until: Annotated[
        int | None, typer.Option(metavar="DAY", help="The camps are known up to this day, and scored after.")
    ] = None,
    rules: Annotated[
        Rules, typer.Option(help="The world's movement process, or FLEE's default rules as a reference.")
    ] = "afternext",
    seeds: Annotated[int, typer.Option(min=1, help="Runs whose mean error is told.")] = 10,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Counts of displaced people after the freeze, to score a run by."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a picture of every camp, or count (PNG, SVG and CSV)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a FLEE input folder and score it as FLEE's own tools do.

    Errors are averaged relative differences (ARD): 0 is exact, 2 is everybody in the wrong camp. With
    --truth, a run of a frozen scenario is scored by counts of people displaced inside the country.
    """
    from afternext.ensemble.progress import say
    from afternext.errors import UsageError

    if truth is not None:
        _inside(folder, truth, plot, as_json)
        return
    if (folder / "manifest.json").is_file():
        raise UsageError(f"{folder} is a run: give --truth DIR with the counts to score it by")
    from afternext.displacement.forecast import displace

    shown = displace(
        folder,
        capacities=capacities,
        arrivals=arrivals,
        observe_until=observe_until,
        rules=rules,
        seeds=seeds,
    )
    if plot is not None:
        from afternext.displacement.picture import write_camps

        say(f"written: {', '.join(map(str, write_camps(shown, plot)))}")
    if as_json:
        print(json.dumps(shown.to_dict()))
        return
    from afternext.cli.screen import Screen
    from afternext.displacement.terminal import print_forecast

    print_forecast(shown, Screen(), rules=rules)


def _inside(run: Path, truth: Path, plot: Path | None, as_json: bool) -> None:
    from afternext.displacement.inside import look_inside
    from afternext.ensemble.progress import say
    from afternext.ensemble.run import open_run

    shown = look_inside(open_run(run), truth)
    if plot is not None:
        from afternext.displacement.inside_picture import write_inside

        say(f"written: {', '.join(map(str, write_inside(shown, plot)))}")
    if as_json:
        print(json.dumps(shown.to_dict()))
        return
    from afternext.cli.screen import Screen
    from afternext.displacement.inside_terminal import print_inside

    print_inside(shown, Screen())
