"""`afternext brief`: the briefing of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from afternext.cli.options import AsJson, Weights

app = typer.Typer()


@app.command()
def brief(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where it goes. [default: RUN-brief beside the run]")
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Courses of action compared by `afternext decide --out DIR`."),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option(
            metavar="html|md|pdf|docx", help="A form to write; may be given again. [default: all installed]"
        ),
    ] = None,
    weights: Weights = None,
    as_json: AsJson = False,
) -> None:
    """Write the briefing of a run: one page and six pages as HTML, PDF, Word and Markdown.

    What next, where people are, who left and who is hard to reach, what after next, and what this cannot say;
    every figure with its numbers, tables as CSV with an HXL row, places as GeoJSON.
    """
    from afternext.brief.briefing import forms_of, write_brief
    from afternext.ensemble.opened import open_run
    from afternext.ensemble.progress import say

    forms = forms_of(form)
    opened = open_run(run).weigh(weights)
    say("drawing maps and charts")
    made = write_brief(opened, out or run.with_name(f"{run.name}-brief"), forms, comparison=compare)
    if as_json:
        result = {
            "run": str(run),
            "scenario": opened.scenario.id,
            "seed": opened.seed,
            **opened.used,
            "briefing": str(made.page),
            "files": [str(path) for path in made.files],
            "figures": str(made.figures),
            "tables": str(made.tables),
        }
        print(json.dumps(result))
        return
    for path in (*made.files, made.figures, made.tables):
        print(path)
