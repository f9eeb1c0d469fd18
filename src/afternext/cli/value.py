"""`afternext value`: what is worth knowing before choosing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def value(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO|DIR", help="A scenario, or a directory of compared strategies.")
    ],
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COURSE", help="A strategy, `none`, several joined by +, or composed, as for `decide`."
        ),
    ] = None,
    goal: Annotated[
        str,
        typer.Option(
            "--goal", metavar="GOAL", help="What is judged, and good enough: 'displaced@1y < 2.5M'."
        ),
    ] = "",
    met: Annotated[
        bool, typer.Option("--met", help="Count futures that meet the goal, instead of the measure itself.")
    ] = False,
    futures: Annotated[int | None, typer.Option(help="Futures of each strategy. [default: 100]")] = None,
    years: Annotated[float | None, typer.Option(help="Length of each future in years.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same futures.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Directory of the comparison; what is there is gone on with. [default: in runs/]",
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: PNG, SVG and a CSV table of this name.")
    ] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What, if it were known, would change the choice, and by how much: where collection should go.

    From the futures at hand; what chance alone would show is taken off, and told.
    """
    from afternext.cli.compared import open_or_run
    from afternext.ensemble.progress import say
    from afternext.foresight.value import find_value

    comparison = open_or_run(scenario, strategy, futures, years, seed, workers, out)
    found = find_value(comparison, goal, met)
    if picture is not None:
        from afternext.brief.value import draw_value

        for path in draw_value(found, size="phone" if phone else "wide").write(picture):
            say(f"written: {path}")
    if as_json:
        print(json.dumps({"directory": str(comparison.path), **found.to_dict()}))
        return
    from rich.console import Console

    from afternext.foresight.terminal_value import print_value

    console = Console(highlight=False)
    console.print(f"{found.futures:,} futures · seed {found.seed} · {comparison.path}", style="dim")
    print_value(found, console)
