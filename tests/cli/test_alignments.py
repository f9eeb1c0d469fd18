"""`afternext alignments` prints a matrix that reads without colours, one JSON object, and a picture."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from afternext.cli.alignments import app
from tests.brief.looking import colours, svg_texts


def said(*words: str, columns: int = 110) -> Result:
    done = CliRunner(env={"NO_COLOR": "1", "COLUMNS": str(columns)}).invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done


@pytest.mark.parametrize("columns", [80, 110])
def test_the_matrix_reads_without_colours(columns: int) -> None:
    text = said("two-towns", columns=columns).stdout
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= columns
    row = next(line for line in text.splitlines() if "Council of the Front" in line)
    assert row.split()[-3:] == ["·", "·", "0.2"]
    assert "The government for The army, Constables" in text


@pytest.mark.parametrize("name", ["two-towns", "iraq-2014", "mali-2012"])
def test_people_read_names_and_programs_read_ids(name: str) -> None:
    told = json.loads(said(name, "--json").stdout)
    text = said(name, columns=80).stdout
    ids = {actor["id"] for actor in told["actors"]} | {
        ident for a in told["actors"] for ident in a["stands_for"]
    }
    assert not {ident for ident in ids if "_" in ident and ident in text}
    assert {ident for sides in told["minima"][0]["sides"] for ident in sides} <= ids


def test_what_does_not_fit_a_line_of_a_list_stands_further_in_on_the_next() -> None:
    text = said("mali-2012", columns=80).stdout
    assert "\n      leaders of the north parts from the rest" in text
    assert "e-05" not in text


def test_the_flagship_says_who_is_torn_and_what_would_tip_it() -> None:
    text = said("iraq-2014").stdout
    for words in (
        "Stable sides",
        "Torn",
        "Triangles that strain",
        "Nearest tie",
        "no forecast",
        "United States",
    ):
        assert words in text


def test_equal_weights_are_weights_of_one() -> None:
    found = json.loads(said("iraq-2014", "--equal", "--json").stdout)
    assert {actor["strength"] for actor in found["actors"]} == {1.0}
    assert found["run"] is None


def test_a_picture_comes_with_its_vector_and_its_table(tmp_path: Path) -> None:
    said("iraq-2014", "--out", str(tmp_path / "sides.png"))
    assert colours(tmp_path / "sides.png") > 20
    texts = svg_texts(tmp_path / "sides.svg")
    assert any(text.startswith("The calmest split sets") for text in texts)
    assert {"hostile", "tacit cooperation", "allied"} <= texts
    table = pd.read_csv(tmp_path / "sides.csv")
    assert set(table.columns) == {"a", "b", "stance"}
    assert (
        (table["a"] == "iraq_government")
        & (table["b"] == "insurgent_leadership")
        & (table["stance"] == "hostile")
    ).any()


def test_an_unknown_subject_names_the_nearest() -> None:
    done = CliRunner().invoke(app, ["iraq-2041"])
    assert done.exit_code != 0
    assert "iraq-2014" in str(done.exception)
