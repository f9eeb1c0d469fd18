"""`afternext`: the commands, each loaded only when called, and the place where errors become messages."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated, Any, Literal, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from afternext import __version__
from afternext.cli.start import INTERRUPTED, interrupted
from afternext.errors import AfternextError

USAGE = 2
MARKUP: Literal["markdown"] = "markdown"  # Rich's own markup would swallow every [default: ...]
COMPLETION = {"install_completion", "show_completion"}
# Matrices here are small: a second thread of the linear algebra waits more than it works (a decomposition of
# 2,000 x 12 took 17 times the processor time on two busy cores), and last digits would hang on the machine.
LINEAR_ALGEBRA = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
DEFECT = 70  # EX_SOFTWARE: apart from the exit codes that scripts rely on


class Entry(NamedTuple):
    """Where a command lives: a module with `app` (a typer.Typer of one command or of a group)."""

    module: str
    help: str


COMMANDS = {
    "demo": Entry("afternext.cli.demo", "Run the flagship crisis end to end and write a briefing."),
    "run": Entry("afternext.cli.run", "Simulate many futures of a scenario."),
    "show": Entry("afternext.cli.show", "Summary and fan charts of a run in the terminal."),
    "chronicle": Entry("afternext.cli.chronicle", "One future of a run, told day by day."),
    "alignments": Entry(
        "afternext.cli.alignments", "Who stands where with whom, and which sides are stable."
    ),
    "displacement": Entry("afternext.cli.displacement", "Run and score a FLEE input folder."),
    "tree": Entry("afternext.cli.tree", "What next, and what after next: families of futures and signposts."),
    "discover": Entry("afternext.cli.discover", "Which conditions lead to an outcome."),
    "principle": Entry(
        "afternext.cli.principle",
        "Let a government fall, save it as it is, or on conditions: what each is worth.",
    ),
    "sensitivity": Entry(
        "afternext.cli.sensitivity", "Which uncertainty matters for which measure, at which horizon."
    ),
    "brief": Entry("afternext.cli.brief", "Write the briefing of a run: one page and six pages."),
    "evidence": Entry("afternext.cli.evidence", "What is claimed, by whom, and what to believe of it."),
    "update": Entry("afternext.cli.update", "Weigh the futures of a run by evidence."),
    "calibrate": Entry(
        "afternext.cli.calibrate", "Rule out parameters that do not fit the history before the freeze."
    ),
    "forecast": Entry("afternext.cli.forecast", "Questions, forecasts, outcomes and scores on record."),
    "hindcast": Entry(
        "afternext.cli.hindcast", "Score a frozen scenario against what happened and against baselines."
    ),
    "pathways": Entry(
        "afternext.cli.pathways", "When each strategy stops being good enough, and where to switch."
    ),
    "value": Entry("afternext.cli.value", "What is worth knowing before choosing among strategies."),
    "backcast": Entry("afternext.cli.backcast", "From a wanted deep future back to what raises its share."),
    "window": Entry(
        "afternext.cli.window", "How much of a move, and until when: outcome over delay and scale."
    ),
    "decide": Entry("afternext.cli.decide", "Which strategies hold up across futures, goals and horizons."),
    "serve": Entry("afternext.cli.serve", "The workbench in the browser, on this machine only."),
    "scenario": Entry("afternext.cli.scenario", "Write, check, list and describe scenarios."),
}


def load(name: str) -> Any:
    """The real command behind a name; imports its module."""
    late = import_module(COMMANDS[name].module).app
    late.rich_markup_mode = MARKUP
    command = typer.main.get_command(late)
    command.name = name
    # Shell completion is installed for the whole program, not for one command.
    command.params = [option for option in command.params if option.name not in COMPLETION]
    return command


class LateGroup(TyperGroup):
    """Lists its commands from the table above and imports one only when it is called.

    `afternext --help` must not pay for NumPy, Numba or xarray.
    """

    def __init__(self, **settings: Any) -> None:
        settings["commands"] = {name: TyperCommand(name, help=entry.help) for name, entry in COMMANDS.items()}
        super().__init__(**settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return (name, load(name), rest) if name else (None, None, rest)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            # typer turns it into the exit code and drops what it says (how to resume a run).
            print(error if str(error) else "interrupted", file=sys.stderr)
            raise


app = typer.Typer(
    cls=LateGroup,
    name="afternext",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Exit codes: 0 ok, 1 findings, 2 usage, 3 invalid input, 4 incomplete but resumable, 130 interrupted."
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"afternext {__version__}")
        raise typer.Exit()


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What comes next in a crisis, and what comes well after the next."""


def _stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the command line; every failure becomes one clear message and an exit code, never a traceback."""
    for name in LINEAR_ALGEBRA:  # read once, when NumPy is loaded; what a person has set stands
        os.environ.setdefault(name, "1")
    try:
        typer.main.get_command(app)(args=argv, prog_name="afternext")
        sys.exit(0)
    except KeyboardInterrupt:
        _stop("interrupted", INTERRUPTED)
    except AfternextError as error:
        _stop(str(error), error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _stop(f"{where}{error.strerror or error}", USAGE)
    except Exception as error:
        if interrupted():
            _stop("interrupted", INTERRUPTED)
        if os.environ.get("AFTERNEXT_DEBUG"):
            raise
        _stop(
            f"afternext failed: {type(error).__name__}: {error}\n"
            "This is a defect of afternext, not of your input. AFTERNEXT_DEBUG=1 shows where it happened.",
            DEFECT,
        )


if __name__ == "__main__":
    main()
