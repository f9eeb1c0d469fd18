"""Where the program begins: nothing a person does while it loads shows the insides of Python."""

from __future__ import annotations

import builtins
import os
import signal
import time
from typing import Any

import pytest

import afternext.cli.start as beginning
from afternext.cli import main
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


def test_ctrl_c_that_a_library_turns_into_its_own_error_is_still_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def swallow(*_: Any, **__: Any) -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(10)
        except KeyboardInterrupt as stop:
            raise ValueError(f"while building a schema: {stop!r}") from None

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(main, "load", swallow)
    monkeypatch.setattr(beginning, "_interrupted", False)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with pytest.raises(SystemExit) as stop:
            start(["show", "--help"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert stop.value.code == INTERRUPTED
    assert capsys.readouterr().err == "interrupted\n"
