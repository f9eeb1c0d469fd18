"""Planning figures: sums within a future first, quantiles last, and never from too few futures."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from afternext.brief import as_html, as_markdown, tables
from afternext.brief.access import foot_lines, holding, quantile, worth
from afternext.brief.contents import table_of
from afternext.brief.counts import dot_values
from afternext.brief.findings import headlines
from afternext.brief.parts import part_names
from afternext.ensemble.weights import Weights
from afternext.errors import UsageError
from tests.brief.fake_run import SMALL, FakeRun, fake_run


@pytest.fixture(scope="module")
def run() -> FakeRun:
    return fake_run(futures=60, days=400)


def seesaw() -> FakeRun:
    """Two places of one governorate that are never full in the same future."""
    run = fake_run(SMALL[:2], futures=20, days=60)
    idps = run.measures["place_idps"].values.copy()
    idps[::2, :, 0], idps[::2, :, 1] = 100, 0
    idps[1::2, :, 0], idps[1::2, :, 1] = 0, 100
    zero = np.zeros_like(idps)
    dims = ("future", "snapshot", "place")
    run.measures = run.measures.assign(
        place_idps=xr.DataArray(idps, dims=dims), place_refugees=xr.DataArray(zero, dims=dims)
    )
    return run


def test_people_are_added_up_within_a_future_before_quantiles_are_taken() -> None:
    run = seesaw()
    places = tables.planning_table(run, "place", 30).set_index("place")
    assert list(places["idps_worst"]) == [100, 100, 100]
    governorate = tables.planning_table(run, "admin1", 30).set_index("admin1")
    assert governorate.loc["North", "idps_worst"] == 100  # not 200, the sum of both worst cases
    assert governorate.loc["all", "idps_likely"] == 100


@pytest.mark.parametrize("by", ["admin1", "pcode", "place"])
def test_every_way_to_split_has_the_same_total(run: FakeRun, by: tables.By) -> None:
    total = tables.planning_table(run, by, 30).iloc[-1]
    here = run.measures["place_idps"].sel(snapshot=30).sum("place").values
    assert total["idps_planning"] == round(float(quantile(run, here.astype(float), 0.8)))


def test_figures_rise_from_likely_to_worst_except_for_returns(run: FakeRun) -> None:
    table = tables.planning_table(run, "admin1", 365)
    for column in tables.COLUMNS:
        likely, planning, worst = (table[f"{column.name}_{name}"].dropna() for name in tables.PLANNING)
        if column.fewer_is_worse:
            assert (likely >= planning).all()
            assert (planning >= worst).all()
        else:
            assert (likely <= planning).all()
            assert (planning <= worst).all()


def test_displaced_per_100_hosts_is_a_share_within_each_future(run: FakeRun) -> None:
    table = tables.planning_table(run, "place", 30).set_index("place")
    at = run.measures.sel(snapshot=30, place="dunn")
    share = 100 * (at["place_idps"] + at["place_refugees"]) / at["place_residents"]
    assert table.loc["dunn", "per_100_hosts_likely"] == pytest.approx(
        float(quantile(run, share.values, 0.5)), abs=0.05
    )
    assert np.isnan(table.loc["jura", "per_100_hosts_likely"])  # a camp has no hosts


def test_districts_are_joined_by_their_code_and_places_without_one_stay_apart(run: FakeRun) -> None:
    table = tables.planning_table(run, "pcode", 30)
    assert (table["pcode"] == "XX0101").sum() == 1
    assert (table["pcode"] == "XX0202").sum() == 1
    foreign = table[table["pcode"] == tables.NO_CODE]
    assert list(foreign["country"]) == ["SY"]


def test_districts_without_any_code_go_by_name_and_areas_by_the_word_of_their_country() -> None:
    rows = [(*row[:3], "ML", *row[4:6], "", *row[7:]) for row in SMALL[:10]]
    other = fake_run(rows, days=60)
    table = tables.planning_table(other, "pcode", 30)
    assert list(table["admin2"])[:-1] == list(dict.fromkeys(row[5] for row in rows))
    shown = tables.view(table, ("idps",))
    assert shown.heads == ("Cercle",)
    assert {row[0] for row in shown.rows} == {*(row[5] for row in rows), "All"}
    assert tables.view(tables.planning_table(other, "admin1", 30), ("idps",)).heads == ("Region",)


def test_areas_are_called_as_in_the_country_of_the_polity_or_of_most_people(run: FakeRun) -> None:
    assert part_names(run.scenario) == ("governorate", "district")
    made_up = SimpleNamespace(polity=SimpleNamespace(country="Maren"), places=run.scenario.places)
    assert part_names(made_up) == ("area", "district")


def test_communities_are_compared_with_their_own_size(run: FakeRun) -> None:
    table = tables.planning_table(run, "community", 30).set_index("community")
    sample = run.measures["displaced_hill"].values[:, 30].astype(float)
    assert table.loc["hill", "displaced_worst"] == round(float(quantile(run, sample, 0.95)))
    people = sum(0.3 * row[9] for row in SMALL)
    expected = 100 * float(quantile(run, sample, 0.5)) / people
    assert table.loc["hill", "per_100_members_likely"] == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize(("futures", "missing"), [(4, ["planning", "worst"]), (19, ["worst"]), (20, [])])
def test_too_few_futures_leave_a_tail_empty(futures: int, missing: list[str], tmp_path: Path) -> None:
    run = fake_run(futures=futures, days=60)
    table = tables.write_planning_table(run, "admin1", 30, tmp_path / "t.csv")
    empty = [name for name in tables.PLANNING if table[f"idps_{name}"].isna().all()]
    assert empty == missing
    row = next(csv.DictReader((tmp_path / "t.csv").open(encoding="utf-8")))
    assert [name for name in tables.PLANNING if row[f"idps_{name}"] == ""] == missing


def test_the_hxl_row_tags_every_column(run: FakeRun, tmp_path: Path) -> None:
    for by in tables.WAYS:
        tables.write_planning_table(run, by, 30, tmp_path / f"{by}.csv", hxl=True)
        head, tags, *rows = list(csv.reader((tmp_path / f"{by}.csv").open(encoding="utf-8")))
        assert len(head) == len(tags)
        assert all(tag.startswith("#") and tag != "#meta" for tag in tags)
        assert "#affected+idps+ind+planning" in tags or by == "community"
        assert len(rows) > 1


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(UsageError, match="admin1, pcode, place, community"):
        tables.planning_table(seesaw(), "county", 30)  # type: ignore[arg-type]


def test_pages_show_the_largest_rows_first_and_the_total_last(run: FakeRun) -> None:
    shown = tables.view(tables.planning_table(run, "place", 30), ["idps", "refugees"], most=4)
    assert len(shown.rows) == 5
    assert shown.rows[-1][0] == "All"
    assert shown.groups == ("Displaced people here, from this country", "Refugees here")
    heading, _, head, _, *rest = as_markdown.table(table_of(shown, "Here", "here.csv"))
    assert heading == "### Here"
    assert head.count("|") == 1 + 7
    assert any("more rows in the CSV" in line for line in rest)


def test_names_cannot_break_out_of_a_page() -> None:
    bad = [("x", "<script>alert(1)</script>|", *SMALL[0][2:]), SMALL[1]]
    shown = tables.view(tables.planning_table(fake_run(bad, futures=20, days=60), "place", 30), ["idps"])
    block = table_of(shown, "Here", "here.csv")
    assert "<script>" not in as_html.table(block)
    assert "&lt;script&gt;" in as_html.table(block)
    assert all(line.count("|") == 5 for line in as_markdown.table(block)[2:6])


def test_weights_count_in_every_figure_of_the_briefing() -> None:
    """Weights of 1 and 0 give what a run of the futures that count gives, in tables, shares and words."""
    run = fake_run(futures=120, days=400)
    counts = np.arange(120) % 2 == 0
    run.weights = Weights("even", np.arange(120), counts / counts.sum())
    half = fake_run(futures=120, days=400)
    half.measures = half.measures.isel(future=np.flatnonzero(counts))
    for by in ("admin1", "place", "community"):
        pd.testing.assert_frame_equal(tables.planning_table(run, by, 30), tables.planning_table(half, by, 30))
    assert holding(run, 365).share == pytest.approx(holding(half, 365).share)
    assert headlines(run) == headlines(half)
    sample = run.measures["displaced"].isel(date=30).values
    dots = dot_values(sample, 30, run.weights.values)
    assert dots == pytest.approx(dot_values(sample[counts], 30))
    assert worth(run) == pytest.approx(60)
    first, second = foot_lines(run)
    assert "120 futures, weighted by even (worth 60 equal ones)" in first
    assert "a weighted share of futures says how often the model does it" in second


def test_weights_worth_few_futures_carry_no_tail() -> None:
    run = fake_run(futures=120, days=60)
    few = np.where(np.arange(120) < 10, 1.0, 1e-9)
    run.weights = Weights("few", np.arange(120), few / few.sum())
    table = tables.planning_table(run, "admin1", 30)
    assert table["idps_likely"].notna().all()
    assert table["idps_worst"].isna().all()
