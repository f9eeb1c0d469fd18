"""`afternext evidence`: text without colours, one JSON object, pictures for desk and phone."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import afternext as an
from afternext.brief.evidence import draw_evidence
from afternext.cli import evidence
from afternext.errors import UsageError
from tests.brief.looking import colours, svg_texts


def said(*words: str, columns: int = 100) -> str:
    done = CliRunner(env={"NO_COLOR": "1", "COLUMNS": str(columns)}).invoke(evidence.app, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_every_claim_stands_against_its_range() -> None:
    text = said("two-towns")
    assert "\x1b" not in text
    for who in ("Highdale council", "Red Heron aid agency", "Crown Herald"):
        assert who in text
    assert "repeats Highdale council: not counted again" in text
    assert "80 of 100" in text
    assert "probab" not in text.lower()


def test_json_and_table_hold_the_same_claims() -> None:
    found = json.loads(said("two-towns", "--json"))
    (quantity,) = found["quantities"]
    assert [claim["counted"] for claim in quantity["claims"]] == [True, True, False]
    q = quantity["quantiles"]
    assert q["0.025"] < q["0.1"] < q["0.5"] < q["0.9"] < q["0.975"]
    frame = an.reconcile("two-towns").to_frame()
    assert list(frame["who"]) == [claim["who"] for claim in quantity["claims"]]


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_claims_are_drawn(size: str, tmp_path: Path) -> None:
    picture = draw_evidence(an.reconcile("two-towns"), size=size)  # type: ignore[arg-type]
    png, svg, csv = picture.write(tmp_path / "claims")
    texts = " ".join(svg_texts(svg))
    assert "Highdale" in texts
    assert "3 claims" in texts
    assert colours(png) > 50
    assert len(pd.read_csv(csv)) == 3


def test_neither_scenario_nor_claims_is_a_usage_error() -> None:
    done = CliRunner().invoke(evidence.app, [])
    assert isinstance(done.exception, UsageError)
    assert "--claims" in str(done.exception)
