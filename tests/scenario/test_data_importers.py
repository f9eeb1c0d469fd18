"""Importers of data keep ranges and precisions, stop at the freeze, and say where rows came from."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from afternext.errors import InvalidInput, UsageError
from afternext.scenario import load
from afternext.scenario.importers.conflict import import_acled, import_ucdp
from afternext.scenario.importers.people import import_dtm, import_hxl
from tests.scenario.tiny_folder import write_tiny

# Synthetic rows in the public column layouts. The tiny scenario has the areas Left (36.0, 43.0) and Right
# (36.0, 43.5) and is frozen at 2020-06-01.
UCDP = """\
id,relid,year,type_of_violence,dyad_name,side_a,side_b,source_office,where_prec,adm_1,latitude,longitude,country,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low
1,X-1,2020,1,Gov - Rebels,Government of Xland,Rebels,Agency,1,Left province,36.01,43.01,Xland,1,2020-04-10 00:00:00.000,2020-04-10 00:00:00.000,1,2,0,0,3,5,2
2,X-2,2020,3,Rebels - Civilians,Rebels,Civilians,Agency,2,Rite governorate,36.02,43.49,Xland,2,2020-04-29 00:00:00.000,2020-05-02 00:00:00.000,0,0,8,0,8,8,8
3,X-3,2020,1,Gov - Rebels,Government of Xland,Rebels,Agency,6,,35.0,42.0,Xland,1,2020-05-05 00:00:00.000,2020-05-05 00:00:00.000,0,0,0,4,4,6,1
4,X-4,2020,1,Gov - Rebels,Government of Xland,Rebels,Agency,1,Left province,36.01,43.01,Xland,1,2020-06-09 00:00:00.000,2020-06-09 00:00:00.000,9,0,0,0,9,9,9
"""  # noqa: E501
ACLED = """\
event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,actor2,iso,region,country,admin1,admin2,location,latitude,longitude,geo_precision,source,fatalities,timestamp
XLA1,10 April 2020,2020,1,Political violence,Battles,Armed clash,Army,Rebels,1,R,Xland,Left,,West,36.0,43.0,1,Paper,4,1586700000
XLA2,2020-05-12,2020,3,Political violence,Explosions/Remote violence,Shelling,Army,Rebels,1,R,Xland,Right,,East,36.0,43.5,2,Paper,6,1589500000
XLA3,2020-05-20,2020,1,Political violence,Battles,Armed clash,Army,Rebels,1,R,Xland,Right,,East,36.0,43.5,1,Paper,7,1600000000
"""  # noqa: E501


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def scenario(folder: Path) -> Path:
    made = write_tiny(folder)
    (made / "history.csv").unlink()
    return made


def test_ucdp_gives_deaths_by_month_and_area_up_to_the_freeze(tmp_path: Path) -> None:
    folder = scenario(tmp_path / "tiny")
    done = import_ucdp(write(tmp_path / "ged.csv", UCDP), folder)
    assert (done.read, done.kept, done.later, done.vague) == (4, 3, 1, 1)
    history = {(row["start"], row["admin1"]): row for row in rows(folder / "history.csv")}
    assert history[("2020-04-01", "Left")]["value"] == "triangular(2, 3, 5)"
    # Four days from 29 April, two in each month; the area is that of the nearest place.
    assert history[("2020-04-01", "Right")]["value"] == "4"
    assert history[("2020-05-01", "Right")]["value"] == "4"
    assert ("2020-06-01", "Left") not in history
    assert {row["measure"] for row in history.values()} == {"deaths"}
    loaded = load(folder)
    assert len(loaded.history) == 3


def test_ucdp_events_keep_precisions_and_range(tmp_path: Path) -> None:
    folder = scenario(tmp_path / "tiny")
    import_ucdp(write(tmp_path / "ged.csv", UCDP), folder)
    events = {row["id"]: row for row in rows(folder / "_events_ucdp.csv")}
    assert set(events) == {"1", "2", "3"}
    one = events["3"]
    assert (one["low"], one["best"], one["high"]) == ("1", "4", "6")
    assert (one["where_prec"], one["date_prec"], one["kind"]) == ("6", "1", "state_based")
    assert events["2"]["side_b"] == "Civilians"
    assert (events["2"]["start"], events["2"]["end"]) == ("2020-04-29", "2020-05-02")


def test_every_import_leaves_its_provenance(tmp_path: Path) -> None:
    folder = scenario(tmp_path / "tiny")
    import_ucdp(write(tmp_path / "ged.csv", UCDP), folder)
    (line,) = (folder / "_imports.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert record["file"] == "ged.csv"
    assert len(record["sha256"]) == 64
    assert "CC BY 4.0" in record["terms"]
    assert record["after_freeze"] == 1
    source = rows(folder / "history.csv")[0]["source"]
    assert record["sha256"][:12] in source


def test_a_directory_without_a_scenario_becomes_truth(tmp_path: Path) -> None:
    done = import_ucdp(write(tmp_path / "ged.csv", UCDP), tmp_path / "truth")
    assert done.later == 0
    violence = rows(tmp_path / "truth" / "violence.csv")
    assert {(row["start"], row["admin1"], row["value"]) for row in violence} >= {
        ("2020-04-01", "Left province", "3"),
        ("2020-06-01", "Left province", "9"),
    }


def test_acled_gives_one_number_and_knows_when_it_was_published(tmp_path: Path) -> None:
    folder = scenario(tmp_path / "tiny")
    done = import_acled(write(tmp_path / "acled.csv", ACLED), folder)
    # The third event happened before the freeze and was published after it.
    assert (done.read, done.kept, done.later) == (3, 2, 1)
    history = {(row["start"], row["admin1"]): row["value"] for row in rows(folder / "history.csv")}
    assert history == {("2020-04-01", "Left"): "4", ("2020-05-01", "Right"): "6"}
    events = {row["id"]: row for row in rows(folder / "_events_acled.csv")}
    assert (events["XLA2"]["date_prec"], events["XLA2"]["start"]) == ("3", "2020-05-01")
    assert events["XLA1"]["available"] == "2020-04-12"
    terms = json.loads((folder / "_imports.jsonl").read_text(encoding="utf-8"))["terms"]
    assert "not to be handed on" in terms


def dtm_book(path: Path) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Date", "Governorate", "District", "Families", "Governorate of origin", "Returnees"])
    sheet.append([datetime(2020, 5, 30), "Left", "A", 100, "Right", 0])
    sheet.append([datetime(2020, 5, 30), "Left", "B", 50, "Left", 12])
    sheet.append([datetime(2020, 5, 30), "Right", "C", "1,000", "Right", None])
    sheet.append([datetime(2020, 6, 15), "Right", "C", 2000, "Right", None])
    book.save(path)
    return path


def test_a_dtm_spreadsheet_gives_stocks_by_area_up_to_the_freeze(tmp_path: Path) -> None:
    folder = scenario(tmp_path / "tiny")
    done = import_dtm(dtm_book(tmp_path / "dtm.xlsx"), folder)
    assert (done.read, done.kept, done.later) == (4, 3, 1)
    history = {row["admin1"]: row for row in rows(folder / "history.csv")}
    assert {area: row["value"] for area, row in history.items()} == {"Left": "900", "Right": "6000"}
    assert history["Left"]["source"].endswith("families x 6")
    assert (history["Left"]["start"], history["Left"]["measure"]) == ("2020-05-30", "idps")
    load(folder)


def test_a_dtm_spreadsheet_becomes_truth_that_a_hindcast_reads(tmp_path: Path) -> None:
    from afternext.forecast.truth import read_truth

    import_dtm(dtm_book(tmp_path / "dtm.xlsx"), tmp_path / "truth", family=5)
    totals = rows(tmp_path / "truth" / "displacement_total.csv")
    assert [(row["date"], row["idp_individuals"], row["returnee_individuals"]) for row in totals] == [
        ("2020-05-30", "5750", "12"),
        ("2020-06-15", "10000", "0"),
    ]
    truth = read_truth(tmp_path / "truth", load(write_tiny(tmp_path / "tiny")))
    assert [count.value for count in truth.counts[("idps", "")]] == [10_000]
    assert [count.value for count in truth.counts[("idps_origin", "Right")]] == [10_000]


def test_the_layout_of_the_dtm_api_is_read_too(tmp_path: Path) -> None:
    text = (
        "operation,admin0Name,admin1Name,admin1Pcode,numPresentIdpInd,reportingDate,roundNumber,"
        "idpOriginAdmin1Name\nCrisis,Xland,Left,XL01,1200,2020-05-20T00:00:00,4,Right\n"
    )
    done = import_dtm(write(tmp_path / "api.csv", text), tmp_path / "truth")
    assert done.kept == 1
    assert rows(tmp_path / "truth" / "displacement_gov.csv")[0]["individuals"] == "1200"


HXL = """\
Reported,Admin 1,Code,Origin,People displaced
#date+reported,#adm1+name,#adm1+code,#adm1+origin+name,#affected+idps+ind
2020-05-30,Left,XL01,Right,700
2020-05-30,Right,XL02,Right,300
2020-05-30,Elsewhere,XL09,Right,50
"""


def test_hxl_rows_are_read_by_their_hashtags(tmp_path: Path) -> None:
    folder = scenario(tmp_path / "tiny")
    done = import_hxl(write(tmp_path / "hxl.csv", HXL), folder)
    assert {row["admin1"]: row["value"] for row in rows(folder / "history.csv")} == {
        "Left": "700",
        "Right": "300",
    }
    assert any("Elsewhere is no first-level area" in note for note in done.notes)


def test_a_table_without_hashtags_or_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no row of HXL hashtags"):
        import_hxl(write(tmp_path / "a.csv", "a,b\n1,2\n"), tmp_path / "truth")
    text = "#adm1+name,#affected+idps\nLeft,5\n"
    with pytest.raises(UsageError, match="--on DATE"):
        import_hxl(write(tmp_path / "b.csv", text), tmp_path / "truth")
    done = import_hxl(write(tmp_path / "b.csv", text), tmp_path / "truth", on=date(2020, 5, 1))
    assert done.kept == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("2020-04-10 00:00:00.000,2020-04-10", "10/04/2020,2020-04-10"),
            "ged.csv:2: date_start: '10/04/2020'",
        ),
        (("0,3,5,2\n", "0,three,5,2\n"), "best: 'three' is no number"),
        (("0,3,5,2\n", "0,9,5,2\n"), "best: 9 is not between low 2 and high 5"),
        (("best,high,low", "bets,high,low"), "did you mean bets?"),
        (("36.01,43.01,Xland,1,2020-04", "361.0,43.01,Xland,1,2020-04"), "lat: '361.0' is outside"),
        (("36.01,43.01,Xland,1,2020-04", "nan,43.01,Xland,1,2020-04"), "lat: 'nan' is outside"),
        ((",1,Left province,36.01", ",9,Left province,36.01"), "where_prec: 9 is not one of 1 to 7"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    assert change[0] in UCDP
    with pytest.raises(InvalidInput) as error:
        import_ucdp(write(tmp_path / "ged.csv", UCDP.replace(*change, 1)), tmp_path / "truth")
    assert said in str(error.value)
    assert not (tmp_path / "truth").exists()


def test_a_table_that_is_there_is_not_overwritten_and_nothing_is_added_twice(tmp_path: Path) -> None:
    source = write(tmp_path / "ged.csv", UCDP)
    import_ucdp(source, tmp_path / "truth")
    before = (tmp_path / "truth" / "violence.csv").read_bytes()
    with pytest.raises(UsageError, match="--append adds to it"):
        import_ucdp(source, tmp_path / "truth")
    import_ucdp(source, tmp_path / "truth", append=True)
    assert (tmp_path / "truth" / "violence.csv").read_bytes() == before


def test_a_spreadsheet_bomb_or_a_fake_is_refused(tmp_path: Path) -> None:
    import zipfile

    pytest.importorskip("openpyxl")
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(InvalidInput, match="would unpack"):
        import_dtm(bomb, tmp_path / "truth")
    fake = tmp_path / "fake.xlsx"
    fake.write_bytes(b"no zip at all")
    with pytest.raises(InvalidInput, match="is no xlsx"):
        import_dtm(fake, tmp_path / "truth")
