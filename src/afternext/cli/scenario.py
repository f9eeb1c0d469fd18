"""`afternext scenario`: write, check, list and describe scenarios."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from afternext.errors import InvalidInput

app = typer.Typer(no_args_is_help=True, help="Write, check, list and describe scenarios.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Name = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped name or a folder.")]


def _print_json(found: Any) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _talk(text: str) -> None:
    typer.echo(text, err=True)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.")],
    source: Annotated[str, typer.Option("--from", help="The scenario to start from.")] = "two-towns",
) -> None:
    """Start a scenario as a copy of a shipped one."""
    from afternext.scenario.new import new as make

    made = make(folder, source)
    typer.echo(str(made))
    _talk(f"copied {source}; edit the files, then: afternext scenario check {made}")


@app.command()
def check(name: Name, as_json: Json = False) -> None:
    """Name everything that is wrong, with file, line and column. Exit code 3 if anything is."""
    from afternext.scenario import load
    from afternext.world import known_parameters

    problems, warnings, text = [], [], ""
    try:
        warnings = list(load(name, known_parameters=known_parameters()).warnings)
    except InvalidInput as error:
        problems, warnings, text = error.problems, error.warnings, str(error)
        if not problems:  # there is no such scenario at all
            raise
    if as_json:
        shown = {"problems": problems, "warnings": warnings}
        lists = {key: [problem.to_dict() for problem in found] for key, found in shown.items()}
        _print_json({"scenario": name, "ok": not problems, **lists})
    else:
        counts = ((len(problems), "problem"), (len(warnings), "warning"))
        for line in [*text.splitlines(), *(f"{warning} [warning]" for warning in warnings)]:
            typer.echo(line)
        found = [f"{n} {noun}{'s' * (n != 1)}" for n, noun in counts if n]
        _talk(f"{name}: {', '.join(found) or 'ok'}")
    if problems:
        raise typer.Exit(InvalidInput.exit_code)


@app.command("list")
def list_shipped(as_json: Json = False) -> None:
    """List the scenarios that come with afternext."""
    from afternext.scenario import load, shipped

    rows = []
    for name in shipped():
        scenario = load(name)
        rows.append({"name": name, "title": scenario.title, "freeze": scenario.freeze.isoformat()})
    if as_json:
        _print_json({"scenarios": rows})
    else:
        for row in rows:
            typer.echo(f"{row['name']:<20} {row['freeze']}  {row['title']}")


@app.command()
def describe(name: Name, as_json: Json = False) -> None:
    """Tell what a scenario holds, on one screen."""
    from afternext.scenario import load
    from afternext.scenario.describe import describe as summarise
    from afternext.scenario.describe import render

    scenario = load(name)
    summary = summarise(scenario)
    if as_json:
        _print_json(summary)
        return
    from rich.console import Console

    Console(highlight=False).print(render(summary, scenario))
    if scenario.warnings:
        _talk(f"{len(scenario.warnings)} warnings: afternext scenario check {name}")


importing = typer.Typer(no_args_is_help=True, help="Make a scenario of another program's input.")
app.add_typer(importing, name="import")


@importing.callback()
def choose() -> None:
    """Make a scenario of another program's input."""


@importing.command("flee")
def import_flee(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A FLEE folder with input_csv.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder that is new or empty.")],
) -> None:
    """Make an ordinary scenario of a FLEE folder: places, roads, camps and the days of conflict."""
    from afternext.scenario.importers.flee import import_flee as read
    from afternext.scenario.writer import write_scenario
    from afternext.world import known_parameters

    made = read(folder, name=out.resolve().name, known_parameters=known_parameters())
    typer.echo(str(write_scenario(made.scenario, out)))
    for note in made.notes:
        _talk(note)
    _talk(f"next: afternext scenario check {out}    afternext run {out}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario.yaml, for editors."""
    from afternext.scenario.json_schema import make_json_schema

    _print_json(make_json_schema())
