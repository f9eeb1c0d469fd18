"""`afternext run`: simulate many futures of a scenario."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from afternext.cli.options import AsJson, Futures, ScenarioName, Seed, Settings, Workers, Years, read_settings

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

app = typer.Typer()

FINDINGS = 1


@app.command()
def run(
    scenario: ScenarioName,
    futures: Futures = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day of each future, as 2017-12-31.")
    ] = None,
    years: Years = None,
    seed: Seed = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A strategy of the scenario; several are applied together, in this order."
        ),
    ] = None,
    fixed: Settings = None,
    workers: Workers = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Play the futures on a Dask cluster: the address of its scheduler, as tcp://host:8786.",
        ),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(help="Futures a part. [default: by the time they take]")
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(help="Futures that share a deep sample and differ in luck only. [default: 1]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run directory. [default: runs/SCENARIO-TIME-sSEED]")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with the run in --out, or with the latest of this scenario in runs/."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate many futures of a scenario.

    Deep samples and luck depend on the seed and the number of the future alone. Killed at any moment, the run
    goes on with --resume and ends with the same digest.
    """
    from afternext.ensemble.run import run as simulate

    began = time.perf_counter()
    done = simulate(
        scenario,
        futures=futures,
        seed=seed,
        years=years,
        until=until,
        strategies=strategy or None,
        overrides=read_settings(fixed),
        workers=workers,
        cluster=cluster,
        batch=batch,
        replicates=replicates,
        out=out,
        resume=resume,
        progress=True,
    )
    try:
        _tell(done, time.perf_counter() - began, as_json)
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(f"interrupted; the run in {done.path} is finished") from error
    if len(done.failed) == done.futures:
        raise typer.Exit(FINDINGS)


def _tell(done: Run, seconds: float, as_json: bool) -> None:
    """What the run was, and what to look at next."""
    from afternext.ensemble.progress import say
    from afternext.ensemble.words import duration

    failed = len(done.failed)
    if failed:
        first = done.failed[0]
        say(f"{failed:,} of {done.futures:,} futures failed; the first, {first.future}: {first.error}")
    what = f"{done.futures:,} futures in {duration(seconds)}"
    say(f"{what}, seed {done.seed}, digest {done.digest[:16]}, in {done.path}")
    say(f"next: afternext show {done.path}    afternext chronicle {done.path}")
    if as_json:
        result = {
            "run": str(done.path),
            "scenario": done.manifest["scenario"]["id"],
            "futures": done.futures,
            "failed": failed,
            "seed": done.seed,
            "seconds": round(seconds, 3),
            "digest": done.digest,
        }
        print(json.dumps(result))
    else:
        print(done.path)
