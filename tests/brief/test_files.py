"""CSV files cannot act as programs, and numbers stand in them plainly."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from afternext.brief.files import cell, safe_text, write_csv


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_marked_as_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Mosul", "al-Qaim", "a=b", "", "5 km"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_numbers_stay_numbers() -> None:
    assert [cell(x) for x in (-3, -2.5, 1e6, float("nan"), None, True, 0.123456)] == [
        -3, -2.5, 1000000, "", "", "yes", 0.1235
    ]  # fmt: skip


def test_names_and_headers_are_made_safe_and_tags_follow_the_header(tmp_path: Path) -> None:
    table = pd.DataFrame({"=name": ["=HYPERLINK(1)", "Mosul"], "n": [-1.0, 2.0]})
    path = write_csv(table, tmp_path / "deep" / "t.csv", ["#loc+name", "#affected"])
    rows = list(csv.reader(path.open(encoding="utf-8")))
    assert rows == [["'=name", "n"], ["#loc+name", "#affected"], ["'=HYPERLINK(1)", "-1"], ["Mosul", "2"]]
