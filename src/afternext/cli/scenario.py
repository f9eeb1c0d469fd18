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
    from afternext.cli.screen import Screen

    Screen(highlight=False).print(render(summary, scenario))
    if scenario.warnings:
        _talk(f"{len(scenario.warnings)} warnings: afternext scenario check {name}")


importing = typer.Typer(no_args_is_help=True, help="Import another program's input, or data.")
app.add_typer(importing, name="import")


@importing.callback()
def choose() -> None:
    """Import another program's input as a scenario, or data into a scenario or a truth directory."""


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


Source = Annotated[Path, typer.Argument(metavar="SRC", help="The file to read.")]
Target = Annotated[
    Path, typer.Argument(metavar="DIR", help="A scenario folder, or a directory of truth (new or there).")
]
Append = Annotated[bool, typer.Option("--append", help="Add to tables that are there already.")]
SheetName = Annotated[str, typer.Option("--sheet", metavar="NAME", help="Sheet. [default: the first]")]
On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Day of the count, if no column has it.")
]
Family = Annotated[float, typer.Option("--family", help="Persons a family, where only families stand.")]


def _tell(made: Any, as_json: bool) -> None:
    if as_json:
        _print_json(made.to_dict())
    else:
        for path in made.written:
            typer.echo(str(path))
    _talk(f"{made.read} rows read, {made.kept} kept")
    for note in made.notes:
        _talk(note)


def _date(text: str | None) -> Any:
    from datetime import date

    from afternext.errors import UsageError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--on {text!r} is not a date; write 2014-06-12") from None


@importing.command("ucdp")
def import_ucdp(source: Source, folder: Target, append: Append = False, as_json: Json = False) -> None:
    """Deaths by month and area from a UCDP GED file; every event is kept with its precision and range."""
    from afternext.scenario.importers.conflict import import_ucdp as read

    _tell(read(source, folder, append=append), as_json)


@importing.command("acled")
def import_acled(source: Source, folder: Target, append: Append = False, as_json: Json = False) -> None:
    """Deaths by month and area from an ACLED export. Its terms forbid handing the data on."""
    from afternext.scenario.importers.conflict import import_acled as read

    _tell(read(source, folder, append=append), as_json)


@importing.command("dtm")
def import_dtm(
    source: Source, folder: Target, sheet: SheetName = "", on: On = None, family: Family = 6.0,
    append: Append = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Counts of displaced people from an IOM DTM spreadsheet or CSV file."""
    from afternext.scenario.importers.people import import_dtm as read

    made = read(source, folder, sheet=sheet, on=_date(on), family=family, append=append)
    _tell(made, as_json)


@importing.command("hxl")
def import_hxl(
    source: Source, folder: Target, sheet: SheetName = "", on: On = None, family: Family = 6.0,
    append: Append = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Counts of displaced people from a table with a row of HXL hashtags."""
    from afternext.scenario.importers.people import import_hxl as read

    made = read(source, folder, sheet=sheet, on=_date(on), family=family, append=append)
    _tell(made, as_json)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario.yaml, for editors."""
    from afternext.scenario.json_schema import make_json_schema

    _print_json(make_json_schema())
