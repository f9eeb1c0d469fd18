"""Options that several commands share: each is declared once, so that it reads the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from afternext.errors import UsageError

if TYPE_CHECKING:
    from afternext.brief.picture import Picture
    from afternext.brief.style import Size

ScenarioName = Annotated[str, typer.Argument(help="Name of a shipped scenario, or a folder.")]
RunDirectory = Annotated[Path, typer.Argument(metavar="RUN", help="Run directory.")]
ScenarioOrCompared = Annotated[
    str, typer.Argument(metavar="SCENARIO|DIR", help="A scenario, or a directory of compared strategies.")
]
Measures = Annotated[list[str] | None, typer.Argument(help="Measures. [default: the scenario's headlines]")]

Futures = Annotated[int | None, typer.Option(help="How many futures. [default: 100]")]
Years = Annotated[
    float | None, typer.Option(help="Length of each future in years. [default: the scenario's own]")
]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same futures. [default: 1]")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Fix a parameter or an uncertainty; repeatable."),
]
Workers = Annotated[
    int | None, typer.Option(help="Processes. [default: all cores, or one if the run is short]")
]
Courses = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COURSE",
        help="A strategy of the scenario, `none`, several joined by +, or composed: "
        "POWER:MOVE>TARGET@DATExSCALE; repeatable. [default: none and all of the scenario]",
    ),
]
ComparedOut = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Directory of the comparison; what is there is gone on with. [default: in runs/]"
    ),
]

Weights = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE", help="Weights of the futures: a name that lies with the run, or a CSV file."
    ),
]
Least = Annotated[
    int | None,
    typer.Option(
        metavar="PEOPLE",
        help="Ask about every town of so many. [default: 20,000, or what the ten largest have]",
    ),
]
PictureFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw it: PNG, SVG and a CSV table of this name.")
]
Phone = Annotated[bool, typer.Option("--phone", help="Draw for a narrow screen.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def read_settings(pairs: list[str] | None) -> dict[str, float | str] | None:
    """Fixed values from KEY=VALUE; a value that is a number becomes one. None where none is given."""
    if not pairs:
        return None
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


def size_of(phone: bool) -> Size:
    """The size of pictures for a screen."""
    return "phone" if phone else "wide"


def write_picture(drawn: Picture, path: Path) -> None:
    """Write a picture as PNG, SVG and CSV, and say where."""
    from afternext.ensemble.progress import say

    for written in drawn.write(path):
        say(f"written: {written}")
