"""`afternext hindcast`: forecast from a frozen scenario, seal the forecasts, open the truth, score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import AsJson, Least, Seed, Workers

app = typer.Typer()


@app.command()
def hindcast(
    truth: Annotated[Path, typer.Option(metavar="DIR", help="Directory with what happened.")],
    scenario: Annotated[str | None, typer.Argument(help="A shipped name or a folder.")] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Forecast from this run instead of a new one.")
    ] = None,
    futures: Annotated[int | None, typer.Option(help="How many futures. [default: 200]")] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Last day of each future. [default: the scenario's own, or 3.5 years]"
        ),
    ] = None,
    seed: Seed = None,
    workers: Workers = None,
    weights: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Weights that lie with the run; needs --run.")
    ] = None,
    least: Least = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Which uncertain input the score hangs on.")
    ] = False,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page (HTML) that opens with the misses.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run directory, with the registry of forecasts.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score a frozen scenario against what happened, and against simple baselines.

    Refuses a scenario that holds anything later than its freeze. The forecasts are on a hash-chained
    registry before the truth is opened.
    """
    from afternext.ensemble.progress import say
    from afternext.forecast.hindcast import hindcast as forecast

    found = forecast(
        scenario, truth, run=run, futures=futures, until=until, seed=seed, workers=workers, weights=weights,
        least=least, out=out, progress=True,
    )  # fmt: skip
    inputs = None
    if sensitivity:
        from afternext.brief.hindcast import score_sensitivity

        inputs = score_sensitivity(found)
    if page is not None:
        from afternext.brief.hindcast import write_page

        for path in write_page(found, page, inputs):
            say(f"written: {path}")
    if as_json:
        print(json.dumps({**found.to_dict(), **({} if inputs is None else {"sensitivity": inputs})}))
        return
    from afternext.cli.screen import Screen
    from afternext.forecast import terminal

    console = Screen(highlight=False)
    console.print(
        f"{found.run.manifest['scenario']['title']} · frozen {found.freeze} · {len(found.rows)} of "
        f"{found.asked} questions scored · {found.answers.count:,} futures · seed {found.run.seed} "
        f"· {found.run.path}",
        style="dim",
    )
    terminal.print_hindcast(found, console)
    if inputs is not None:
        terminal.print_inputs(inputs, console)
    console.print(f"forecasts: {found.registry} · SHA-256 {found.sha256}", style="dim")
