"""`afternext decide`, `window` and `backcast`: text without colours, JSON, pictures for desk and phone."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from afternext.cli import backcast, decide, window
from afternext.errors import UsageError
from tests.brief.looking import colours, svg_texts
from tests.foresight.comparisons import small_comparison, small_window

GOAL = ("--goal", "displaced < 20k")


def said(app, *words: str, columns: int = 110) -> Result:
    done = CliRunner(env={"NO_COLOR": "1", "COLUMNS": str(columns)}).invoke(app, [*words])
    assert done.exit_code == 0, (done.output, done.exception)
    return done


def look(*words: str, columns: int = 110) -> Result:
    path = small_window().path
    settings = ("--delays", "0,40", "--scales", "1", "--futures", "16", "--years", "0.3", "--seed", "7")
    return said(
        window.app, "two-towns", "--move", "air_support", *settings, "--out", path, *words, columns=columns
    )


@pytest.mark.parametrize("columns", [80, 120])
def test_a_decision_reads_without_colours(columns: int) -> None:
    text = said(decide.app, str(small_comparison().path), *GOAL, columns=columns).stdout
    assert "\x1b" not in text
    assert "probab" not in text.lower()
    assert "best by metric" in text
    assert "Against none, beyond noise" in text


def test_a_window_reads_without_colours() -> None:
    text = look(columns=80).stdout
    assert "\x1b" not in text
    assert "Decided today as it really goes" in text
    assert "Triggers, without the move" in text


@pytest.mark.parametrize("size", [(), ("--phone",)])
def test_both_are_drawn_with_vector_and_table(tmp_path: Path, size: tuple[str, ...]) -> None:
    said(decide.app, str(small_comparison().path), *GOAL, "--picture", str(tmp_path / "d.png"), *size)
    look("--picture", str(tmp_path / "w.png"), *size)
    assert colours(tmp_path / "d.png") > 8
    assert colours(tmp_path / "w.png") > 8
    assert any(text.startswith("day 40") for text in svg_texts(tmp_path / "w.svg"))
    assert {"strategy", "metric", "value"} <= set(pd.read_csv(tmp_path / "d.csv").columns)
    assert {"day", "scale", "goal_met_in_share_of_futures"} <= set(pd.read_csv(tmp_path / "w.csv").columns)


def test_json_is_one_object() -> None:
    assert json.loads(look("--json").stdout)["move"] == "air_support"
    path = str(small_comparison().path)
    assert json.loads(said(decide.app, path, *GOAL, "--json").stdout)["turn"]


def test_a_stored_comparison_takes_no_new_settings() -> None:
    done = CliRunner().invoke(decide.app, [str(small_comparison().path), "--futures", "5"])
    assert done.exit_code != 0
    assert "stored comparison" in str(done.exception)


def test_several_things_wanted_must_all_hold() -> None:
    wanted = "--want", "displaced@end < 12k", "--want", "dead@end >= 0"
    done = CliRunner().invoke(
        backcast.app, [str(small_comparison().path), *wanted, "--want", "nothing@end > 1"]
    )
    assert isinstance(done.exception, UsageError)
    assert "(displaced@end < 12k) and (dead@end >= 0) and (nothing@end > 1)" in str(done.exception)
