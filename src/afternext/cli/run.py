"""`afternext run`: simulate many futures of a scenario."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from afternext.errors import UsageError

app = typer.Typer()

INTERRUPTED = 130
FINDINGS = 1


def read_settings(pairs: list[str]) -> dict[str, float | str]:
    """Fixed values from KEY=VALUE; a value that is a number becomes one."""
    values: dict[str, float | str] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        key, text = key.strip(), text.strip()
        if not (key and equals and text):
            raise UsageError(f"--set {pair}: write KEY=VALUE, for example --set flight_rate=0.2")
        if key in values:
            raise UsageError(f"--set {key} is given twice")
        try:
            values[key] = float(text)
        except ValueError:
            values[key] = text
    return values


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario, or a folder.")],
    futures: Annotated[int | None, typer.Option(help="How many futures. [default: 100]")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day of each future, as 2017-12-31.")
    ] = None,
    years: Annotated[
        float | None, typer.Option(help="Length of each future in years. [default: the scenario's own]")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same futures. [default: 1]")
    ] = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A strategy of the scenario; several are applied together, in this order."
        ),
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Fix a parameter or an uncertainty; repeatable."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes. [default: all cores, or one if the run is short]")
    ] = None,
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Simulate many futures of a scenario.

    Deep samples and luck depend on the seed and the number of the future alone. Killed at any moment, the run
    goes on with --resume and ends with the same digest.
    """
    from afternext.ensemble.progress import say
    from afternext.ensemble.run import Interrupted
    from afternext.ensemble.run import run as simulate
    from afternext.ensemble.words import duration

    began = time.perf_counter()
    try:
        done = simulate(
            scenario,
            futures=futures,
            seed=seed,
            years=years,
            until=until,
            strategies=strategy or None,
            overrides=read_settings(fixed) if fixed else None,
            workers=workers,
            cluster=cluster,
            batch=batch,
            replicates=replicates,
            out=out,
            resume=resume,
            progress=True,
        )
    except Interrupted as stop:
        say(str(stop))
        raise typer.Exit(INTERRUPTED) from None
    seconds = time.perf_counter() - began
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
    if failed == done.futures:
        raise typer.Exit(FINDINGS)
