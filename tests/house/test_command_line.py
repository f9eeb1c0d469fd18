"""The command line's front: errors become one message and an exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from afternext import __version__
from afternext.cli import main as front
from afternext.errors import AfternextError, Incomplete, InvalidInput, Problem, UsageError
from tests import commands


def afternext(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
    command = [sys.executable, "-m", "afternext.cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def outcome(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int | str | None:
    """The exit code when a command raises `error`."""

    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(front.typer.main, "get_command", fail)
    with pytest.raises(SystemExit) as left:
        front.main(["run"])
    return left.value.code


def test_help_lists_every_command() -> None:
    done = afternext("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in front.COMMANDS)
    assert "\x1b" not in done.stdout


def test_help_keeps_what_stands_in_brackets() -> None:
    assert "[default: 100]" in afternext("run", "--help").stdout


def test_version_is_printed() -> None:
    done = afternext("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"afternext {__version__}")


@pytest.mark.parametrize("words", [("rnu",), ("--nonsense",), ("scenario", "chek", "x")])
def test_a_mistyped_command_is_a_usage_error(words: tuple[str, ...]) -> None:
    done = afternext(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_mistyped_command_names_the_nearest_one() -> None:
    assert "run" in afternext("rnu").stderr


@pytest.mark.parametrize("name", list(front.COMMANDS))
def test_every_command_has_help(name: str, tmp_path: Path) -> None:
    done = commands.afternext(name, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Usage: afternext" in done.stdout


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("too few words"), 2),
        (
            InvalidInput(
                [Problem("places.csv", 17, 4, "lat", "361.2 is outside -90..90", "did you mean 36.12?")]
            ),
            3,
        ),
        (Incomplete("12 of 100 futures are done"), 4),
        (AfternextError("something found"), 1),
        (KeyboardInterrupt(), 130),
        (FileNotFoundError(2, "No such file or directory", "nowhere"), 2),
        (ZeroDivisionError("division by zero"), 70),
    ],
)
def test_an_error_becomes_its_exit_code_and_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    monkeypatch.delenv("AFTERNEXT_DEBUG", raising=False)
    assert outcome(monkeypatch, error) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip()
    assert "Traceback" not in said.err


def test_a_problem_is_told_with_file_line_column_and_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome(
        monkeypatch, InvalidInput([Problem("places.csv", 17, 4, "lat", "361.2 is outside -90..90", "36.12?")])
    )
    assert capsys.readouterr().err.strip() == "places.csv:17:4: lat: 361.2 is outside -90..90 (36.12?)"


def test_a_scenario_that_does_not_exist_is_told_plainly(tmp_path: Path) -> None:
    done = afternext("run", "iraq-2041", "--futures", "1", cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr
    assert "iraq-2014" in done.stderr
