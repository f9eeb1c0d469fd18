"""`afternext decide`: which courses of action hold up across futures, goals and horizons."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from afternext.cli.options import (
    AsJson,
    ComparedOut,
    Courses,
    Futures,
    Phone,
    PictureFile,
    ScenarioOrCompared,
    Seed,
    Settings,
    Weights,
    Workers,
    Years,
    size_of,
    write_picture,
)

app = typer.Typer()


@app.command()
def decide(
    scenario: ScenarioOrCompared,
    strategy: Courses = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GOAL",
            help="What is good enough: MEASURE@TIME < VALUE; without a time at every horizon; repeatable.",
        ),
    ] = None,
    futures: Futures = None,
    years: Years = None,
    seed: Seed = None,
    fixed: Settings = None,
    workers: Workers = None,
    out: ComparedOut = None,
    picture: PictureFile = None,
    weights: Weights = None,
    phone: Phone = False,
    as_json: AsJson = False,
) -> None:
    """Compare courses of action on the same futures: a dozen robustness metrics, trade-offs, vulnerabilities.

    Says plainly when the best soon is not the best late. Shares are shares of futures.
    """
    from afternext.cli.compared import head_line, open_or_run
    from afternext.foresight.decide import decide as judge

    comparison = open_or_run(scenario, strategy, futures, years, seed, workers, out, fixed, weights)
    found = judge(comparison, goal or ())
    if picture is not None:
        from afternext.brief.decision import draw_decision

        write_picture(draw_decision(found, size=size_of(phone)), picture)
    if as_json:
        print(json.dumps({**found.to_dict(), **comparison.used}))
        return
    from afternext.cli.screen import Screen
    from afternext.foresight import terminal_decision

    console = Screen(highlight=False)
    console.print(head_line(comparison, f"{found.scenario} · {len(found.ids)} strategies"), style="dim")
    terminal_decision.print_decision(found, console)
