"""What a run says in numbers: the JSON contract, planning figures, splits and charts."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from afternext.ensemble import show, terminal
from afternext.ensemble.html import page
from afternext.ensemble.run import Run
from afternext.errors import UsageError
from tests.ensemble.fake_world import FakeWorld, play


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return play(tmp_path_factory.mktemp("show") / "run")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return play(tmp_path_factory.mktemp("few") / "run", FakeWorld(fails=frozenset({2})), futures=12)


def printed(function: object, *args: object) -> str:
    console = Console(file=StringIO(), width=120, no_color=True)
    function(*args, console)  # type: ignore[operator]
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_json_has_unit_dates_and_quantiles_of_each_measure(run: Run) -> None:
    found = json.loads(json.dumps(show.measures_json(run)))
    assert list(found) == ["measures"]
    assert list(found["measures"]) == ["displaced", "danger", "population_held_army", "displaced_valley"]
    displaced = found["measures"]["displaced"]
    assert list(displaced) == ["unit", "dates", "quantiles"]
    assert displaced["unit"] == "persons"
    assert displaced["dates"][:2] == ["2014-06-12", "2014-06-13"]
    assert list(displaced["quantiles"]) == ["0.05", "0.5", "0.95"]
    assert displaced["quantiles"]["0.5"] == run.quantiles("displaced", [0.5]).values[0].tolist()
    assert all(isinstance(value, int) for value in displaced["quantiles"]["0.5"])


def test_the_json_of_one_day_and_of_a_measure_by_place(run: Run) -> None:
    one = show.measures_json(run, ["displaced"], day=8)["measures"]["displaced"]
    assert one["dates"] == ["2014-06-19"]
    places = show.measures_json(run, ["place_displaced_from"])["measures"]["place_displaced_from"]
    assert places["place"] == ["place_0", "place_1", "place_2"]
    assert np.shape(places["quantiles"]["0.5"]) == (2, 3)


def test_quantiles_that_the_futures_cannot_carry_are_null(few: Run) -> None:
    quantiles = show.measures_json(few, ["displaced"])["measures"]["displaced"]["quantiles"]
    assert quantiles["0.05"] == quantiles["0.95"] == [None] * 7
    assert None not in quantiles["0.5"]


@pytest.mark.parametrize(("text", "day"), [("0", 0), ("30", 30), ("2014-06-20", 8)])
def test_a_day_is_a_date_or_a_number(run: Run, text: str, day: int) -> None:
    assert show.parse_day(run, text) == day


@pytest.mark.parametrize("text", ["-1", "31", "2014-06-11", "2015-01-01", "20/06/2014", "soon"])
def test_a_day_outside_the_run_or_unreadable_is_refused(run: Run, text: str) -> None:
    with pytest.raises(UsageError, match="--at"):
        show.parse_day(run, text)


def test_an_area_is_the_sum_of_its_places_in_each_future(run: Run) -> None:
    table = show.split(run, "displaced", "admin1", day=30)
    north = next(row for row in table.rows if row.id == "north")
    values = (
        run.measures["place_displaced_from"]
        .sel(snapshot=30, place=["place_0", "place_1"])
        .sum("place")
        .values
    )
    ordered = np.sort(values)
    assert (north.likely, north.planning, north.worst) == (ordered[19], ordered[31], ordered[37])
    assert north.date.isoformat() == "2014-07-12"


def test_rows_come_largest_first_and_with_names(run: Run) -> None:
    table = show.split(run, "place_displaced_from", "pcode")
    assert sorted(row.id for row in table.rows) == ["XX00", "XX01", "XX02"]
    assert {row.name for row in table.rows} == {"District 0", "District 1", "District 2"}
    assert [row.planning for row in table.rows] == sorted((row.planning for row in table.rows), reverse=True)


def test_communities_come_from_curves_or_from_tables(run: Run) -> None:
    by_table = show.split(run, "origin_displaced", "community")
    assert [row.name for row in by_table.rows if row.id == "hills"] == ["Hill people"]
    with pytest.raises(UsageError, match="not kept by community"):
        show.split(run, "displaced", "community")  # the fake world has one of the two communities only


@pytest.mark.parametrize(
    ("measure", "by", "message"),
    [
        ("danger", "place", "not kept by place; these are: displaced_from, holder"),
        ("place_holder", "place", "the name of a force"),
        ("displaced", "province", "unknown split"),
        ("displacd", "place", "did you mean 'displaced'"),
    ],
)
def test_splits_that_cannot_be_made_say_why(run: Run, measure: str, by: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        show.split(run, measure, by)


def test_csv_tables_can_be_lifted(run: Run, tmp_path: Path) -> None:
    show.write_split_csv(show.split(run, "displaced", "place"), tmp_path / "split.csv")
    rows = list(csv.DictReader((tmp_path / "split.csv").open()))
    assert set(rows[0]) == {"place", "name", "measure", "unit", "date", "day", "likely", "planning", "worst"}
    show.write_curves_csv(run, ["displaced"], tmp_path / "curves.csv")
    rows = list(csv.DictReader((tmp_path / "curves.csv").open()))
    assert [row["date"] for row in rows][:2] == ["2014-06-12", "2014-06-13"]
    assert float(rows[-1]["q0.5"]) == run.quantiles("displaced", [0.5]).values[0][-1]


def test_a_text_that_a_spreadsheet_would_run_is_disarmed() -> None:
    assert [show._cell(value) for value in ("=1+1", "@x", "Place", -3)] == ["'=1+1", "'@x", "Place", -3]


def test_the_summary_shows_charts_and_figures_at_the_horizons_within_the_run(run: Run) -> None:
    text = printed(lambda *a: terminal.print_summary(a[0], a[1], a[2]), run, ["displaced", "danger"])
    assert "A fake <crisis>" in text
    assert "80 of 100 futures" in text
    assert "probability" not in text
    assert "7 days" in text
    assert "2014-07-12" in text
    assert "1 year" not in text


def test_failed_and_too_few_futures_are_said_first(few: Run) -> None:
    text = printed(lambda *a: terminal.print_summary(a[0], a[1], a[2]), few, ["displaced"])
    assert "1 of 12 futures failed" in text
    assert "11 futures are too few for the 5 % and 95 % figures: 20 are needed" in text
    assert "–" in text


def test_a_split_prints_every_row(run: Run) -> None:
    text = printed(terminal.print_split, run, show.split(run, "displaced", "place"))
    assert all(f"Place {i}" in text for i in range(3))


def test_a_curve_that_is_split_by_place_has_no_chart(run: Run) -> None:
    with pytest.raises(UsageError, match="--by admin1"):
        show.headlines(run, ["place_displaced_from"])


def test_a_fan_runs_evenly_in_time_and_keeps_its_bands_in_order() -> None:
    days = np.array([0, 1, 2, 3, 100])
    base = np.array([0.0, 1.0, 2.0, 3.0, 100.0])
    lines = terminal.fan(days, np.array([base * f for f in (0.2, 0.4, 0.6, 0.8, 1.0)]), rows=11, columns=21)
    assert all(len(line) == 21 for line in lines)
    last = "".join(line[-1] for line in lines)
    assert last == "░░▒▒━▒▒░░  "
    assert lines[-1][0] == terminal.MEDIAN


def test_a_flat_or_empty_fan_does_not_fail() -> None:
    days = np.arange(3)
    assert terminal.MEDIAN in "".join(terminal.fan(days, np.zeros((5, 3))))
    assert set("".join(terminal.fan(days, np.full((5, 3), np.nan)))) <= {" "}


def test_the_html_is_one_escaped_block_without_scripts(run: Run, few: Run) -> None:
    for one in (run, few):
        text = page(one)
        assert "A fake &lt;crisis&gt;" in text
        assert "<svg" in text
        assert "<script" not in text
        assert "http" not in text
        assert "nan" not in text
        assert len(text) < 30_000
    assert run._repr_html_() == page(run)


def test_a_run_without_futures_is_shown_as_such(tmp_path: Path) -> None:
    run = play(tmp_path / "run", FakeWorld(fails=frozenset(range(3))), futures=3)
    assert "3 of 3 futures failed" in printed(
        lambda *a: terminal.print_summary(a[0], a[1], a[2]), run, ["displaced"]
    )
    assert "3 of 3 futures failed" in page(run)
