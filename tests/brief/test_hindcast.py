"""The page of a hindcast opens with the misses, says what it is, and calls home to nobody."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from afternext.brief.hindcast import score_sensitivity, write_page
from afternext.brief.hindcast_pictures import draw_reliability, draw_truth, reliability_finding
from afternext.ensemble.words import dated
from afternext.errors import UsageError
from afternext.forecast.hindcast import Hindcast, hindcast
from tests.forecast.cases import write_truth
from tests.foresight.runs import small_run


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Hindcast:
    return hindcast(run=small_run(), truth=write_truth(tmp_path_factory.mktemp("truth")))


def test_the_page_opens_with_the_largest_misses(found: Hindcast, tmp_path: Path) -> None:
    paths = write_page(found, tmp_path / "out" / "page.html")
    text = paths[0].read_text(encoding="utf-8")
    heads = re.findall(r"<h2>(.*?)</h2>", text)
    assert heads[0] == "Largest misses"
    assert {"Alarms", "Calibration", "Skill against simple forecasts", "Placebos", "Not scored"} <= set(heads)
    assert dated(found.misses[0].question.text) in text
    assert found.sha256 in text
    assert "one to five independent outcomes" in text
    assert "development data" not in text  # a made-up crisis is not one
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert all(path.is_file() and path.stat().st_size > 100 for path in paths)


def test_a_case_that_everybody_knows_says_so(
    found: Hindcast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("afternext.forecast.hindcast.DEVELOPMENT", ("two-towns",))
    again = hindcast(run=small_run(), truth=found.truth.folder)
    text = write_page(again, tmp_path / "page.html")[0].read_text(encoding="utf-8")
    assert text.index("development data") < text.index("Largest misses")


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_table_of_the_reliability_diagram_counts_every_question(found: Hindcast, size: str) -> None:
    picture = draw_reliability(found, size=size)  # type: ignore[arg-type]
    rows = [row for row in found.rows if row.question.kind == "binary"]
    assert picture.table["count"].sum() == len(rows)
    came = float((picture.table["observed"] * picture.table["count"]).sum())
    assert came == pytest.approx(sum(float(row.outcome.value or 0) for row in rows), abs=1e-3)
    assert reliability_finding(found) == picture.title


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_fan_holds_the_counts_of_the_truth(found: Hindcast, size: str) -> None:
    table = draw_truth(found, size=size).table  # type: ignore[arg-type]
    counted = table.dropna(subset="counted")
    assert counted["counted"].tolist() == [9000, 15000, 21000, 18000]
    bands = table.dropna(subset=["low_80", "high_80"])
    assert isinstance(bands, pd.DataFrame)
    assert (bands["low_80"] <= bands["median"]).all()
    assert (bands["median"] <= bands["high_80"]).all()


def test_sensitivity_of_the_score_needs_enough_futures(found: Hindcast) -> None:
    with pytest.raises(UsageError, match="at least 60 futures"):
        score_sensitivity(found)


def test_every_single_future_scores_worse_on_average_than_all_together(found: Hindcast) -> None:
    """A crowd beats its mean member: the Brier score is convex."""
    names, losses = found.losses()
    rows = [row for row in found.rows if row.measure == "control"]
    pooled = float(np.mean([row.score for row in rows]))
    assert pooled <= float(losses[:, names.index("control")].mean()) + 0.02
