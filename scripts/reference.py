"""Write the generated pages of docs/reference: commands, parameters and measures.

python scripts/reference.py          write the pages
python scripts/reference.py --check  exit 1 when a page is not what the code says
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from afternext.cli.main import COMMANDS, app, load

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
PARAMETERS = ROOT / "src" / "afternext" / "world" / "parameters.csv"
NOTICE = "<!-- Written by scripts/reference.py (`make reference`); edit the source, not this page. -->"


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return [
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    ]


def commands_page() -> str:
    """Every command with its arguments and options, as `--help` states them."""
    lines = [
        "# Commands",
        "",
        NOTICE,
        "",
        "Results go to stdout, talk to stderr; every command has `--help`.",
        "",
    ]
    lines += table(
        ["exit code", "meaning"],
        [
            ["0", "ok"],
            ["1", "findings: the command worked and found something wrong"],
            ["2", "usage: the command was put together wrongly"],
            ["3", "invalid input: every problem is listed with file, line and column"],
            ["4", "incomplete, can be resumed with `--resume`"],
            ["70", "a defect of afternext; `AFTERNEXT_DEBUG=1` shows where"],
            ["130", "interrupted"],
        ],
    )
    root = typer.main.get_command(app)
    lines += ["", *command_lines(root, "afternext")]
    for name in COMMANDS:
        for path, command in walk(load(name), f"afternext {name}"):
            lines += ["", *command_lines(command, path)]
    return "\n".join(lines) + "\n"


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from walk(child, f"{path} {name}")


def command_lines(command: Any, path: str) -> list[str]:
    context = command.make_context(path, [], resilient_parsing=True)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [f"## {path}", "", (command.help or "").strip(), "", "```text", usage, "```"]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not getattr(p, "hidden", False)]
    if arguments:
        lines += [
            "",
            *table(
                ["argument", "meaning"],
                [[f"`{p.metavar or p.name.upper()}`", p.help or ""] for p in arguments],
            ),
        ]
    if options:
        rows = [[names(p, context), default(p), p.help or ""] for p in options]
        lines += ["", *table(["option", "default", "meaning"], rows)]
    return lines


def names(option: Any, context: Any) -> str:
    kind = "" if option.is_bool_flag else " " + (option.metavar or option.display_type(context))
    return "`" + ", ".join([*option.opts, *option.secondary_opts]) + kind + "`"


def default(option: Any) -> str:
    value = option.default
    if value is None or callable(value) or value is False or value == [] or value == ():
        return ""
    return str(value)


def parameters_page() -> str:
    """Every row of world/parameters.csv, grouped by the process that uses it first."""
    with PARAMETERS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    uncertain = sum(row["prior"] != "fixed" for row in rows)
    lines = [
        "# Parameters of behaviour",
        "",
        NOTICE,
        "",
        "One set of behaviour serves every crisis. Each row is a declared uncertainty: a run draws it",
        "from its prior unless it is fixed. `--set NAME=VALUE` fixes it for a run; a scenario that",
        f"overrides it says why. {len(rows)} rows, {uncertain} of them uncertain. The strength of evidence",
        "is measured, estimated from cases, expert judgement, or assumption.",
    ]
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        groups.setdefault(row["used_by"].replace(";", ",").split(",")[0].strip(), []).append(row)
    for group, members in groups.items():
        lines += ["", f"## {group}", ""]
        lines += table(
            ["parameter", "unit", "default", "range", "prior", "meaning", "evidence"],
            [
                [
                    f"`{r['name']}` ({r['symbol']})",
                    r["unit"],
                    r["default"],
                    f"{r['low']} to {r['high']}",
                    r["prior"],
                    r["meaning"],
                    f"*{r['strength']}*: {r['source']}",
                ]
                for r in members
            ],
        )
    return "\n".join(lines) + "\n"


def measures_page() -> str:
    """Every measure of a run, from the tutorial scenario; names with a force or community repeat for each."""
    from afternext.scenario import load as load_scenario
    from afternext.world import compile_scenario, known_parameters

    scenario = load_scenario("two-towns", known_parameters=known_parameters())
    world = compile_scenario(scenario, days=30)
    lines = [
        "# Measures",
        "",
        NOTICE,
        "",
        "What a run stores, here for the scenario `two-towns`; names that end in a force or community follow",
        "the ids of the scenario. Dimensions: `date` is the output grid (daily for 180 days, weekly to",
        "one year, monthly after), `snapshot` the coarser grid of the maps, `horizon` the horizons;",
        "`origin` and `refuge` are first administrative levels. A run adds `future` in front.",
    ]
    by_dims: dict[tuple[str, ...], list[Any]] = {}
    for measure in world.measures:
        by_dims.setdefault(tuple(measure.dims), []).append(measure)
    for dims, measures in by_dims.items():
        lines += ["", f"## By {' and '.join(dims)}", ""]
        lines += table(["measure", "unit", "meaning"], [[f"`{m.name}`", m.unit, m.meaning] for m in measures])
    return "\n".join(lines) + "\n"


PAGES = {"commands.md": commands_page, "parameters.md": parameters_page, "measures.md": measures_page}


def main() -> int:
    stale = []
    for name, write in PAGES.items():
        path, text = REFERENCE / name, write()
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        print(f"not what the code says: {', '.join(stale)}; run `make reference`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
