"""`afternext principle`: let a government fall, save it as it is, or save it on conditions."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import (
    AsJson,
    Futures,
    Phone,
    ScenarioName,
    Seed,
    Weights,
    Workers,
    Years,
    size_of,
    write_picture,
)

app = typer.Typer()


@app.command()
def principle(
    scenario: ScenarioName,
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
    futures: Futures = None,
    years: Years = None,
    seed: Seed = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the three runs go; what is there is not run again, and a picture is drawn there.",
        ),
    ] = None,
    weights: Weights = None,
    phone: Phone = False,
    as_json: AsJson = False,
) -> None:
    """Whether to let a government fall, save it as it is, or save it on conditions.

    Three courses of action made from the scenario's own moves, on the same futures: what each is worth to a
    coalition by its own declared goals, family by family; what it is to the people; and moral hazard.
    """
    from afternext.ensemble.progress import say
    from afternext.ensemble.words import duration
    from afternext.foresight.principle import principle as decide

    began = time.perf_counter()
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
        weights=weights,
        progress=True,
    )
    say(
        f"3 x {found.futures:,} futures in {duration(time.perf_counter() - began)}, seed {found.seed}, "
        f"in {found.path}"
    )
    if out is not None:
        from afternext.brief.principle import draw_principle

        write_picture(draw_principle(found, size=size_of(phone)), out / "principle")
    if as_json:
        print(json.dumps(found.to_dict()))
        return
    from afternext.cli.screen import Screen
    from afternext.ensemble.terminal import head_line
    from afternext.foresight import terminal_principle

    console = Screen(highlight=False)
    console.print(head_line(found.futures, found.weights, found.seed, found.path), style="dim")
    terminal_principle.print_principle(found, console)


def split(text: str | None) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(part for part in (one.strip() for one in (text or "").split(",")) if part)
