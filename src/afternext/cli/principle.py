"""`afternext principle`: let a government fall, save it as it is, or save it on conditions."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()

INTERRUPTED = 130


@app.command()
def principle(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario, or a folder.")],
    coalition: Annotated[
        str | None,
        typer.Option(
            metavar="POWER,POWER",
            help="Who asks. [default: the strongest power that may help, and its allies among those]",
        ),
    ] = None,
    help_: Annotated[
        str | None,
        typer.Option(
            "--help-with",
            metavar="MOVE,MOVE",
            help="The help. [default: every move of aid or from the air that strengthens the government]",
        ),
    ] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(
            metavar="AIM>SHARE",
            help="What must hold first, as inclusion>0.5 or leader<0.5; repeatable. "
            "[default: power shared half as far as the coalition wants it]",
        ),
    ] = None,
    scale: Annotated[float, typer.Option(help="Scale of the help.")] = 1.0,
    day: Annotated[int, typer.Option(help="Day after the freeze from which help is offered.")] = 0,
    near: Annotated[
        int | None, typer.Option(metavar="DAYS", help="The near horizon. [default: 183; deep: the last day]")
    ] = None,
    families_of: Annotated[
        str, typer.Option(metavar="STRATEGY", help="Whose ends make the families of futures.")
    ] = "let_fall",
    futures: Annotated[
        int | None, typer.Option(help="Futures under each of the three. [default: 100]")
    ] = None,
    years: Annotated[
        float | None, typer.Option(help="Length of each future in years. [default: the scenario's own]")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same futures. [default: 1]")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes. [default: all cores, or one if the run is short]")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the three runs go; what is there is not run again, and a picture is drawn there.",
        ),
    ] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Whether to let a government fall, save it as it is, or save it on conditions.

    Three courses of action made from the scenario's own moves, on the same futures: what each is worth to a
    coalition by its own declared goals, family by family; what it is to the people; and moral hazard.
    """
    from afternext.ensemble.progress import say
    from afternext.ensemble.run import Interrupted
    from afternext.ensemble.words import duration
    from afternext.foresight.principle import principle as decide

    began = time.perf_counter()
    try:
        found = decide(
            scenario,
            coalition=split(coalition),
            help=split(help_),
            conditions=tuple(condition or ()),
            scale=scale,
            day=day,
            near=near,
            families_of=families_of,
            futures=futures,
            years=years,
            seed=seed,
            workers=workers,
            out=out,
            progress=True,
        )
    except Interrupted as stop:
        say(str(stop))
        raise typer.Exit(INTERRUPTED) from None
    say(
        f"3 x {found.futures:,} futures in {duration(time.perf_counter() - began)}, seed {found.seed}, "
        f"in {found.path}"
    )
    if out is not None:
        from afternext.brief.principle import draw_principle

        for path in draw_principle(found, size="phone" if phone else "wide").write(out / "principle"):
            say(f"written: {path}")
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from rich.console import Console

    from afternext.foresight import terminal_principle

    console = Console(highlight=False)
    console.print(f"{found.futures:,} futures · seed {found.seed} · {found.path}", style="dim")
    terminal_principle.print_principle(found, console)


def split(text: str | None) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(part for part in (one.strip() for one in (text or "").split(",")) if part)
