"""`afternext decide`: which courses of action hold up across futures, goals and horizons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.errors import UsageError

app = typer.Typer()

INTERRUPTED = 130


@app.command()
def decide(
    scenario: Annotated[
        str, typer.Argument(help="Name of a shipped scenario, a folder, or the directory of a comparison.")
    ],
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COURSE",
            help="A strategy of the scenario, `none`, several joined by +, or composed: "
            "POWER:MOVE>TARGET@DATExSCALE; repeatable. [default: none and all of the scenario]",
        ),
    ] = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GOAL",
            help="What is good enough: MEASURE@TIME < VALUE; without a time at every horizon; repeatable.",
        ),
    ] = None,
    futures: Annotated[int | None, typer.Option(help="How many futures. [default: 100]")] = None,
    years: Annotated[
        float | None, typer.Option(help="Length of each future in years. [default: the scenario's own]")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same futures. [default: 1]")
    ] = None,
    fixed: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Fix a parameter or an uncertainty; repeatable."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes. [default: all cores, or one if the run is short]")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Directory of the comparison; what is there is gone on with. [default: in runs/]",
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw strategies across goals and horizons: PNG, SVG and CSV."),
    ] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare courses of action on the same futures: a dozen robustness metrics, trade-offs, vulnerabilities.

    Says plainly when the best soon is not the best late. Shares are shares of futures.
    """
    from afternext.cli.run import read_settings
    from afternext.ensemble.progress import say
    from afternext.ensemble.run import Interrupted
    from afternext.foresight.comparison import compare, is_comparison, open_comparison
    from afternext.foresight.decide import decide as judge

    stored = is_comparison(scenario)
    if stored and (futures, years, seed, fixed, out) != (None, None, None, None, None):
        raise UsageError(
            f"{scenario} is a stored comparison: its futures, years, seed and settings are fixed"
        )
    try:
        if stored and not strategy:
            comparison = open_comparison(scenario)
        else:
            where = Path(scenario) if stored else out
            name = open_comparison(scenario).manifest["scenario"]["given"] if stored else scenario
            comparison = compare(
                name, strategy or (), futures=futures, seed=seed, years=years,
                overrides=read_settings(fixed) if fixed else None, workers=workers, out=where, progress=True,
            )  # fmt: skip
    except Interrupted as stop:
        say(str(stop))
        raise typer.Exit(INTERRUPTED) from None
    found = judge(comparison, goal or ())
    if picture is not None:
        from afternext.brief.decision import draw_decision

        for path in draw_decision(found, size="phone" if phone else "wide").write(picture):
            say(f"written: {path}")
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from rich.console import Console

    from afternext.foresight import terminal_decision

    console = Console(highlight=False)
    console.print(
        f"{found.scenario} · {len(found.ids)} strategies · {found.futures:,} futures · seed {found.seed} · "
        f"{comparison.path}",
        style="dim",
    )
    terminal_decision.print_decision(found, console)
