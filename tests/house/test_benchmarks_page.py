"""The page of benchmarks: what is measured anew changes, what is not stays."""

from __future__ import annotations

from pathlib import Path

from benchmarks.page import sections_of, write_page

ABOUT = {"date": "today", "machine": "here", "load": "0.0", "versions": "these"}
DRAWS = {"machine": ABOUT, "rows": [{"uniform_ns": 1.0, "count_small_ns": 2.0, "count_large_ns": 3.0}]}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def test_a_section_that_was_not_measured_here_stays_as_it_was() -> None:
    before = PAGE.read_text(encoding="utf-8")
    after = write_page({"draws": DRAWS}, before)
    old, new = sections_of(before), sections_of(after)
    assert list(new) == list(old)
    assert {title for title in old if new[title] != old[title]} == {"Keyed draws"}


def test_a_page_from_nothing_says_so() -> None:
    assert "Not measured yet" in write_page({})
