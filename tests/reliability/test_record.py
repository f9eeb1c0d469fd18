"""Every promise is on the page, and one that is not kept or not measured is listed as not met."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.reliability import record as records
from tests.reliability.record import Figure, Promise, Table, figures, record, tables

ROOT = Path(__file__).parents[2]
TABLE = Table(
    "Faults", 1, (Promise("a", "it holds", "by a | b"), Promise("b", "it stays", "by hand")), "A note."
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reliability_script", ROOT / "scripts" / "reliability.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_recorded_is_read_back_and_the_last_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "RESULTS", tmp_path / "results")
    first = tables()[0].promises[0].id
    record(first, "1 of 2", met=False)
    record(first, "2 of 2", met=True)
    found = figures(tmp_path / "results")
    assert list(found) == [first]
    assert (found[first].figure, found[first].met) == ("2 of 2", True)


def test_a_figure_of_no_promise_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "RESULTS", tmp_path)
    with pytest.raises(KeyError):
        record("unheard-of", "1 of 1", met=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("found", "line", "listed"),
    [
        ({}, "0 of 2 promises met, 0 not met, 2 not measured", 2),
        ({"a": Figure("9 of 9", True, "x", "y")}, "1 of 2 promises met, 0 not met, 1 not measured", 1),
        ({"b": Figure("8 of 9", False, "x", "y")}, "0 of 2 promises met, 1 not met, 1 not measured", 2),
    ],
    ids=["none", "one kept", "one broken"],
)
def test_a_promise_that_is_not_kept_or_not_measured_is_listed(
    script: ModuleType, found: dict[str, Figure], line: str, listed: int
) -> None:
    text = script.page(found, [TABLE])
    assert script.summary(found, [TABLE]) == line
    assert line in text
    assert text.count("**not met** |") == listed
    assert text.partition("## Faults")[0].count("\n- ") == listed
    assert "by a \\| b" in text
    assert "A note." in text


def test_figures_that_are_not_measured_anew_stay_on_the_page(script: ModuleType) -> None:
    found = {
        "a": Figure("9 of 9 | all", True, "2030-01-02 03:04", "Python 3, load 1.0"),
        "b": Figure("8 of 9", False, "2030-01-03 03:04", "Python 3, load 2.0"),
    }
    text = script.page(found, [TABLE])
    kept = script.kept(text, [TABLE])
    assert kept["a"] == Figure("9 of 9 | all", True, "2030-01-02", "Python 3")
    assert kept["b"] == Figure("8 of 9", False, "2030-01-03", "Python 3")
    assert script.page(kept, [TABLE]) == text


def test_a_figure_of_another_way_of_testing_is_not_kept(script: ModuleType) -> None:
    text = script.page({"a": Figure("9 of 9", True, "2030-01-02", "Python 3")}, [TABLE])
    other = Table("Faults", 1, (Promise("a", "it holds", "by another test"), TABLE.promises[1]))
    assert script.kept(text, [TABLE]).keys() == {"a"}
    assert script.kept(text, [other]) == {}


def test_the_page_lists_every_promise_of_every_table(script: ModuleType) -> None:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for table in tables():
        assert f"## {table.title}" in text
        for promise in table.promises:
            start = f"| {script.cell(promise.promise)} | {script.cell(promise.how)} |"
            assert sum(row.startswith(start) for row in rows) == 1, promise.id
