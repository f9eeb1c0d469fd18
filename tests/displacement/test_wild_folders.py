"""Folders as they are met: other headers, line ends, quotes, gaps. They run, or say what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from afternext.displacement.case import make_case
from afternext.displacement.forecast import displace
from afternext.errors import InvalidInput, UsageError
from afternext.scenario.importers.flee import import_flee
from afternext.scenario.importers.flee_folder import read_flee
from tests.displacement.folders import FILES, LOCATIONS, ROUTES, write_folder

PLACES = "input_csv/locations.csv"
ROADS = "input_csv/routes.csv"
DAYS = "input_csv/conflicts.csv"
LAYOUT = "source_data/data_layout.csv"
EAST = "source_data/east.csv"
CORRECTIONS = "input_csv/registration_corrections.csv"
BURUNDI = LOCATIONS.replace("Homeland", "Burundi").replace("East,East,Abroad", "East,East,Tanzania")
SAME = {
    "Windows line ends": {name: text.replace("\n", "\r\n") for name, text in FILES.items()},
    "old Mac line ends": {name: text.replace("\n", "\r") for name, text in FILES.items()},
    "a byte order mark in every file": {name: "\ufeff" + text for name, text in FILES.items()},
    "no line end at the end": {name: text.rstrip("\n") for name, text in FILES.items()},
    "headers without #": {name: text.removeprefix("#") for name, text in FILES.items()},
    "quoted headers and cells": {
        PLACES: LOCATIONS.replace("#name,", '"#""name""",').replace("Alpha", '"Alpha"'),
        DAYS: FILES[DAYS].replace("#Day,Alpha", '"#Day","Alpha"'),
    },
    "commas at line ends": {
        name: text.replace("\n", ",\n") for name, text in FILES.items() if name != "input_csv/sim_period.csv"
    },
    "commas after the headers alone": {DAYS: FILES[DAYS].replace("Town\n", "Town,\n", 1)},
    "blanks around cells": {PLACES: LOCATIONS.replace(",", " , "), ROADS: ROUTES.replace(",", ", ")},
    "comments between rows": {PLACES: LOCATIONS + "# the end\n", EAST: "#Date,count\n" + FILES[EAST]},
    "a header with time in the counts": {EAST: "DateTime,Number\n" + FILES[EAST]},
    "times of day": {EAST: FILES[EAST].replace("-01-01,", "-01-01 00:00:00,").replace("-09,", "-09T12:00,")},
    "dates without noughts": {
        EAST: FILES[EAST].replace("2020-01-01", "2020-1-1").replace("2020-02-09", "2020-2-9"),
        "input_csv/sim_period.csv": "StartDate,2020-1-1\nLength,40\n",
    },
    "numbers with a point": {
        PLACES: LOCATIONS.replace("100000", "100000.0"),
        ROADS: ROUTES.replace(",0\n", ",0.0\n"),
    },
    "thousands in quotes": {EAST: FILES[EAST].replace("4000", '"4,000"')},
    "a column more in the counts": {EAST: FILES[EAST].replace("\n", ",UNHCR report\n")},
    "more columns of places": {
        PLACES: LOCATIONS.replace("population\n", "population,note\n").replace("000\n", "000,x\n")
    },
    "no forced redirection": {ROADS: ROUTES.replace(",0\n", "\n").replace(",forced_redirection", "")},
    "no corrections, no closures": {CORRECTIONS: None, "input_csv/closures.csv": None},
    "corrections of elsewhere": {CORRECTIONS: "Nowhere,2020-01-01\nEast,2019-01-01\n"},
    "no total": {LAYOUT: "East,east.csv\nWest,west.csv\n", "source_data/refugees.csv": None},
    "a total without its file": {"source_data/refugees.csv": None},
    "camps spelled otherwise": {LAYOUT: "Total,refugees.csv\neast,east.csv\nWEST,west.csv\n"},
    "files spelled otherwise": {LAYOUT: "total,Refugees.csv\nEast,EAST.csv\nWest,West.CSV\n"},
    "camps in another order": {LAYOUT: "total,refugees.csv\nWest,west.csv\nEast,east.csv\n"},
    "columns of camps and of no place": {
        DAYS: "#Day,Alpha,Town,East,West,Nowhere\n" + "".join(f"{day},1,0,0,0,1\n" for day in range(40))
    },
    "more days than are simulated": {DAYS: "#Day,Alpha,Town\n" + "".join(f"{d},1,0\n" for d in range(99))},
    "fewer days than are simulated": {DAYS: "#Day,Alpha,Town\n" + "".join(f"{d},1,0\n" for d in range(9))},
    "onsets in place of a table": {DAYS: None},
    "closures of what is not there": {
        "input_csv/closures.csv": "country,Homeland,Nowhere,0,9\nlocation,No,,1,2\n"
    },
    "closures in capitals": {"input_csv/closures.csv": "Location,Nowhere,,0,-1\n"},
    "a capacity of -1": {PLACES: LOCATIONS.replace("camp,,4000", "camp,,-1")},
    "places without coordinates": {PLACES: LOCATIONS.replace("10.0,21.0", ",").replace("10.0,20.0", ",")},
}  # fmt: skip


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_a_folder_spelled_otherwise_is_the_same_case(tmp_path: Path, changes: dict[str, str | None]) -> None:
    case = make_case(read_flee(write_folder(tmp_path, changes)))
    assert case.names == ["Alpha", "Town", "East", "West"]
    assert case.camp_names == ["East", "West"]
    assert list(case.data[39]) == [4000, 8000]
    assert list(case.data[0]) == [0, 0]
    assert case.population[0] == 100_000
    assert case.intensity[:, 0].all()
    assert not case.intensity[:, 1].any()


GAPS = {
    "a country and pairs of which nothing is known": {PLACES: LOCATIONS},
    "a pair of which nothing is known": {PLACES: BURUNDI},
    "camps in the own country": {PLACES: LOCATIONS.replace("Abroad", "Homeland")},
    "a zone without people": {PLACES: LOCATIONS.replace("zone,0,100000", "zone,0,")},
    "no zone": {PLACES: LOCATIONS.replace("conflict_zone,0", "town,"), DAYS: None},
    "a conflict that comes late": {DAYS: None, PLACES: LOCATIONS.replace("zone,0,", "zone,30,")},
    "a conflict after the end": {DAYS: None, PLACES: LOCATIONS.replace("zone,0,", "zone,300,")},
    "a camp that is always empty": {EAST: "2020-01-01,0\n"},
    "nobody counted": {EAST: "2020-01-01,0\n", "source_data/west.csv": "2020-01-01,0\n"},
    "counts before the start alone": {EAST: "2019-01-01,50\n2019-06-01,70\n"},
    "counts after the end alone": {EAST: "2021-01-01,50\n2021-06-01,70\n"},
    "people who only leave": {
        EAST: "2020-01-01,900\n2020-02-09,100\n",
        "source_data/west.csv": "2020-01-01,5\n",
    },
    "one camp": {LAYOUT: "total,refugees.csv\nEast,east.csv\n"},
    "no road": {ROADS: "#name1,name2,distance\n"},
    "a camp cut off": {ROADS: "Alpha,Town,120\nTown,East,130\n"},
    "every border closed": {"input_csv/closures.csv": "country,Homeland,Abroad,0,-1\n"},
    "a closure that ends before it begins": {"input_csv/closures.csv": "location,East,Abroad,30,5\n"},
    "a redirection lifted before a day": {
        ROADS: ROUTES.replace("240,0", "240,2"),
        "input_csv/closures.csv": "remove_forced_redirection,Alpha,West,20,0\n",
    },
    "closures out of range": {"input_csv/closures.csv": "location,East,Abroad,900,1000\ncamp,West,,-5,-2\n"},
    "a forced road the other way": {ROADS: ROUTES.replace("Alpha,West,240,0", "West,Alpha,240,1")},
    "two days": {"input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,2\n"},
    "one day": {"input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,1\n"},
    "roads of no length": {ROADS: ROUTES.replace(",120,", ",0,")},
}  # fmt: skip


@pytest.mark.parametrize("changes", GAPS.values(), ids=GAPS)
@pytest.mark.parametrize("arrivals", ["given", "modelled"])
def test_a_folder_with_gaps_runs_and_scores(
    tmp_path: Path, changes: dict[str, str | None], arrivals: str
) -> None:
    folder = write_folder(tmp_path, changes)
    for until in (None, 20):
        if until is not None and "sim_period" in "".join(changes):
            continue
        found = displace(folder, arrivals=arrivals, observe_until=until, seeds=1, members=3)  # type: ignore[arg-type]
        assert all(np.isfinite(value) and value >= 0.0 for value in found.ard.values())
        assert 0.0 <= found.coverage80 <= 1.0
        assert found.crps_log >= 0.0


@pytest.mark.parametrize("changes", GAPS.values(), ids=GAPS)
def test_flees_rules_run_on_a_folder_with_gaps(tmp_path: Path, changes: dict[str, str | None]) -> None:
    found = displace(write_folder(tmp_path, changes), rules="flee", capacities="given", seeds=1)
    assert 0.0 <= found.ard["normal"] <= 2.0


WRONG = {
    "semicolons": ({ROADS: ROUTES.replace(",", ";")}, "write commas between them"),
    "no camp file": ({LAYOUT: "total,refugees.csv\nEast,e.csv\n"}, "there is no file source_data/e.csv"),
    "no counts at all": ({LAYOUT: None}, "nothing to compare with"),
    "no roads file": ({ROADS: None}, "routes.csv: the file is missing"),
    "no period": ({"input_csv/sim_period.csv": None}, "sim_period.csv: the file is missing"),
    "a date that is none": ({EAST: "2020-13-01,4\n"}, "east.csv:1: date: 2020-13-01 is no date"),
    "a day first": ({EAST: "01-02-2020,4\n"}, "write YYYY-MM-DD"),
    "a place of no type": ({PLACES: LOCATIONS.replace(",town,", ",,")}, "nothing is no type of place"),
    "fewer cells than columns": ({DAYS: "#Day,Alpha,Town\n0,1\n"}, "the row has 2 cells, the header 3"),
    "a number with a comma astray": ({EAST: '2020-01-01,"1,2"\n'}, "1,2 is no number"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_said(tmp_path: Path, changes: dict[str, str | None], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        displace(write_folder(tmp_path, changes), seeds=1, members=2)
    assert said in str(error.value)


def test_the_folder_inside_is_told_apart_from_the_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"did you mean the folder above"):
        read_flee(write_folder(tmp_path) / "input_csv")


def test_what_was_guessed_is_told(tmp_path: Path) -> None:
    changes = {LAYOUT: "total,refugees.csv\neast,EAST.csv\nWest,west.csv\n", EAST: '2020-01-01,"1,000"\n'}
    told = " ".join(displace(write_folder(tmp_path, changes), seeds=1, members=2).notes)
    assert "taken for the camp East" in told
    assert "1,000 is read as 1000" in told
    assert "borders.csv knows no ties of Homeland with Abroad" in told


def test_a_place_without_coordinates_is_put_amid_its_neighbours(tmp_path: Path) -> None:
    changes = {PLACES: LOCATIONS.replace("10.0,21.0", ",")}
    made = import_flee(write_folder(tmp_path, changes))
    town = next(place for place in made.scenario.places if place.id == "town")
    assert (town.lat, town.lon) == (10.0, 21.0)  # half way from Alpha to East
    assert any("no coordinates of Town" in note for note in made.notes)
