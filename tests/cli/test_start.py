"""Where the program begins: nothing a person does while it loads shows the insides of Python."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from afternext.cli.start import INTERRUPTED, start


def test_ctrl_c_while_it_loads_ends_it_with_one_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load = builtins.__import__

    def interrupted(name: str, *how: Any) -> Any:
        if name == "afternext.cli.main":
            raise KeyboardInterrupt
        return load(name, *how)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as stop:
        start(["--version"])
    assert stop.value.code == INTERRUPTED == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_it_runs_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        start(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("afternext ")
