"""Commands of afternext run in this process, where the model is loaded already.

Tests about the process itself (how it starts, is killed, ends) start one.
"""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from afternext.cli.main import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def afternext(*words: str, cwd: Path, columns: int = 120) -> Done:
    """Run a command in a folder."""
    out, err = StringIO(), StringIO()
    code: object = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("NO_COLOR", "1")
        try:
            main(list(words))
        except SystemExit as left:
            code = left.code
    return Done(code if isinstance(code, int) else int(bool(code)), out.getvalue(), err.getvalue())


def result(*words: str, cwd: Path) -> dict[str, Any]:
    """What a command prints with --json."""
    done = afternext(*words, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
