"""People displaced inside a country: a run against made-up counts; Iraq where its counts are at hand."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from afternext.cli.main import app
from afternext.displacement.inside import Country, look_inside
from afternext.displacement.inside_picture import draw_inside
from afternext.displacement.inside_terminal import off, print_inside
from afternext.displacement.truth import read_counts
from afternext.ensemble.opened import Run
from afternext.ensemble.run import run as play
from afternext.errors import UsageError
from afternext.foresight.features import theme_of
from afternext.foresight.words import Words
from afternext.scenario import load

SHARED = Path(__file__).resolve().parents[3] / "shared" / "iraq"
FREEZE = date(2031, 5, 1)
TOTAL = (
    "date,idp_individuals,note\n{base},8000,before\n{first},20000,a\n{last},30000,b\n2033-01-01,9,too late\n"
)
AREAS = "date,kind,governorate,individuals\n{last},hosting,Alder,9000\n{last},origin,Hills,400\n"


def on(day: int) -> str:
    return (FREEZE + timedelta(days=day)).isoformat()


def write_truth(folder: Path, total: str | None = TOTAL, areas: str | None = AREAS) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in (("displacement_total.csv", total), ("displacement_gov.csv", areas)):
        if text is not None:
            (folder / name).write_text(text.format(base=on(-20), first=on(30), last=on(60)))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("inside") / "run"
    return play("two-towns", futures=24, seed=1, until=on(70), workers=1, out=out)


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    return write_truth(tmp_path / "truth")


def test_each_count_within_the_run_is_compared_in_order(run: Run, truth: Path) -> None:
    shown = look_inside(run, truth)
    assert [(row.kind, row.area, row.date.isoformat(), row.counted) for row in shown.rows] == [
        ("stock", "", on(30), 20_000),
        ("stock", "", on(60), 30_000),
        ("new", "", on(30), 12_000),  # less the last count before the freeze
        ("new", "", on(60), 22_000),
        ("hosting", "Alder", on(60), 9_000),
        ("origin", "Hills", on(60), 400),
    ]


def test_the_stock_is_who_is_displaced_in_the_own_country(run: Run) -> None:
    country = Country(run)
    assert country.home == "Maren"
    inside = sum(country.curve(f"idps_in_{area}") for area in ("alder", "hills", "crown"))
    assert np.array_equal(country.stock[:, 0], inside[:, 0])
    assert (country.stock >= inside).all()  # and who no longer means to go back
    assert (country.stock <= country.curve("displaced") + country.curve("settled_for_good")).all()


def test_the_pace_until_the_freeze_is_that_of_people_who_came_evenly(run: Run) -> None:
    """All fled on 10 March, 52 days before: evenly they would have come over 104."""
    country = Country(run)
    fled = float(np.median(run.experiments["fled_highdale"]))
    assert country.pace == pytest.approx(fled / 104)
    assert country.before(FREEZE - timedelta(days=20)) == pytest.approx(fled)
    assert country.before(FREEZE - timedelta(days=100)) == 0


def test_a_count_that_the_run_foresees_is_no_miss_and_one_far_off_is_the_first(
    run: Run, tmp_path: Path
) -> None:
    country = Country(run)
    seen = round(float(np.median(country.at(country.stock, 60))))
    total = f"date,idp_individuals\n{on(60)},{seen}\n{on(65)},99000000\n{on(70)},1\n"
    shown = look_inside(run, write_truth(tmp_path / "truth", total, None))
    assert [row.inside for row in shown.rows] == [True, False, False]
    factors = [abs(np.log(row.factor)) for row in shown.misses]
    assert factors == sorted(factors, reverse=True)
    assert shown.summary()["stock"]["coverage80"] == pytest.approx(1 / 3)
    assert shown.rows[0].crps < min(shown.rows[1].crps, shown.rows[2].crps)


def test_rivals_know_the_scenario_alone(run: Run, truth: Path, tmp_path: Path) -> None:
    one = look_inside(run, truth)
    other = look_inside(run, write_truth(tmp_path / "b", TOTAL.replace("30000", "77"), AREAS))
    assert [row.rivals for row in one.rows] == [row.rivals for row in other.rows]
    stock = one.rows[0]
    assert stock.rivals["pace"] > stock.rivals["no_change"]
    assert set(one.rows[-1].rivals) == {"no_change", "pace", "population"}


def test_an_area_that_the_scenario_does_not_know_is_left_out_and_told(run: Run, tmp_path: Path) -> None:
    areas = AREAS.replace("Hills", "Atlantis") + f"{on(60)},hosting,Crown,\n"
    shown = look_inside(run, write_truth(tmp_path / "truth", TOTAL, areas))
    assert not any(row.kind == "origin" for row in shown.rows)
    assert any("Atlantis is no first-level area" in note for note in shown.notes)
    assert any("no number of people" in note for note in shown.notes)


def test_what_cannot_be_used_of_counts_is_told_and_the_rest_is_used(tmp_path: Path) -> None:
    total = "date,idp_individuals\n1 June,5\n2031-06-01,many\n2031-06-02,700\n"
    areas = AREAS.replace("origin", "orign")
    found = read_counts(write_truth(tmp_path / "truth", total, areas), load("two-towns"))
    assert [(count.kind, count.area, count.persons) for count in found.counts] == [
        ("stock", "", 700), ("hosting", "Alder", 9_000),
    ]  # fmt: skip
    assert [note.partition(" (write")[0] for note in found.notes] == [
        "displacement_total.csv:2: not used: '1 june' is not a date",
        "displacement_total.csv:3: not used: idp_individuals: 'many' is no number of people",
        "displacement_gov.csv:3: not used: kind 'orign' is neither hosting nor origin",
    ]
    with pytest.raises(UsageError, match="the column idp_individuals is missing"):
        read_counts(write_truth(tmp_path / "other", "date,idps\n2031-06-01,5\n", None), load("two-towns"))


def test_a_group_of_areas_is_data_of_the_directory_or_of_the_scenario(tmp_path: Path) -> None:
    areas = "date,kind,governorate,individuals\n{last},hosting,Both banks,9\n{last},hosting,Hills total,8\n"
    folder = write_truth(tmp_path / "truth", None, areas)
    (folder / "area_groups.csv").write_text("governorate,area\nBoth banks,Alder\nBoth banks,Hills\n")
    found = read_counts(folder, load("two-towns"))
    assert [(count.area, count.persons) for count in found.counts] == [("Both banks", 9), ("Hills", 8)]
    assert found.groups["Both banks"] == ("Alder", "Hills")
    assert not found.notes


def test_a_directory_without_counts_for_the_run_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds neither"):
        look_inside(run, write_truth(tmp_path / "none", None, None))
    with pytest.raises(UsageError, match="no count of displaced people between"):
        look_inside(run, write_truth(tmp_path / "late", "date,idp_individuals\n2040-01-01,5\n", None))
    with pytest.raises(UsageError, match="no such directory"):
        look_inside(run, tmp_path / "nowhere")


def test_the_command_tells_misses_before_all_else_and_answers_in_json(run: Run, truth: Path) -> None:
    shown = look_inside(run, truth)
    console = Console(file=StringIO(), width=140, no_color=True)
    print_inside(shown, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.index("outside the 80 % interval") < text.index("as at the freeze")
    assert "not counted by anybody" in text
    done = CliRunner().invoke(app, ["displacement", str(run.path), "--truth", str(truth), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == shown.to_dict()


def test_a_run_without_counts_is_no_flee_folder(run: Run) -> None:
    with pytest.raises(UsageError, match="give --truth DIR"):
        CliRunner().invoke(app, ["displacement", str(run.path)], catch_exceptions=False)


def test_the_picture_has_a_panel_for_each_thing_counted(run: Run, truth: Path) -> None:
    shown = look_inside(run, truth)
    for size in ("wide", "phone"):
        picture = draw_inside(shown, size=size)  # type: ignore[arg-type]
        assert set(picture.table["kind"]) == {"stock", "hosting", "origin"}
        assert picture.table["counted"].count() == 4


def test_measures_of_areas_are_said_by_name_and_are_no_part_of_families(run: Run) -> None:
    words = Words(run)
    assert words.saying("displaced_from_hills", 4_000) == "4,000 displaced from Hills"
    assert words.label("refugees_in_coast") == "refugees from abroad in Coast"
    assert {theme_of(name) for name in ("idps_in_alder", "displaced_in_camps", "returned_to_crown")} == {""}
    assert theme_of("displaced_valley") == "people"


def test_a_median_is_off_in_words() -> None:
    assert [off(2.0), off(0.5), off(1.02)] == ["2.0 x too high", "2.0 x too low", "right"]
    assert [off(1 / 259_601), off(5e4)] == ["far too low", "far too high"]


@pytest.mark.deep
@pytest.mark.skipif(not SHARED.is_dir(), reason="the counts of Iraq are not beside the repository")
def test_iraq_frozen_on_12_june_is_compared_with_every_count_of_2014(tmp_path: Path) -> None:
    """Development data, everybody knows how it went: that it runs and is scored, not how well."""
    run = play("iraq-2014", futures=32, seed=1, until="2014-12-31", workers=1, out=tmp_path / "run")
    shown = look_inside(run, SHARED)
    counted = {kind: found["counts"] for kind, found in shown.summary().items()}
    assert counted == {"stock": 10, "new": 10, "hosting": 4, "origin": 3}
    country = Country(run)
    assert country.home == "IQ"
    assert country.before(date(2014, 5, 31)) == 474_936  # the caseload of Anbar alone, as counted
    assert not shown.notes
