"""FLEE folders: read with every problem named by file and line, and made into ordinary scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from afternext.errors import InvalidInput, UsageError
from afternext.scenario import load
from afternext.scenario.importers.flee import import_flee
from afternext.scenario.importers.flee_folder import read_flee
from afternext.scenario.importers.flee_series import Series
from afternext.scenario.writer import write_scenario
from tests.displacement.folders import FILES, LOCATIONS, write_folder


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    found = read_flee(write_folder(tmp_path))
    assert (found.days, len(found.places), len(found.routes), list(found.camps)) == (
        40,
        4,
        3,
        ["East", "West"],
    )
    assert found.home == "Homeland"
    assert found.count("West", 39) == 8000
    assert not found.warnings


def test_quotes_blank_lines_comments_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    quoted = "\ufeff#name\n" + LOCATIONS.split("\n", 1)[1].replace("Alpha", '"Alpha"') + "\n# a comment\n\n"
    assert read_flee(write_folder(tmp_path, {"input_csv/locations.csv": quoted})).places[0].name == "Alpha"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "input_csv/routes.csv",
            "Alpha,Twon,10,0\n",
            "routes.csv:1: name: no place is called Twon (did you mean Town?)",
        ),
        ("input_csv/routes.csv", "Alpha,Town,ten,0\n", "routes.csv:1: distance: ten is no number"),
        (
            "input_csv/routes.csv",
            "Alpha,Town,10,3\n",
            "routes.csv:1: forced_redirection: 3 is none of 0, 1 and 2",
        ),
        (
            "input_csv/sim_period.csv",
            "StartDate,01/02/2020\nLength,40\n",
            "sim_period.csv:1: StartDate: 01/02/2020 is no date",
        ),
        (
            "input_csv/locations.csv",
            LOCATIONS.replace("zone,0,", "zone,,"),
            "locations.csv:2: conflict_date: the conflict zone Alpha has no day of onset",
        ),
        (
            "input_csv/conflicts.csv",
            "#Day,Alpha\n0,7\n",
            "conflicts.csv:2: Alpha: an intensity of 7 is not within 0 and 1",
        ),
        (
            "source_data/data_layout.csv",
            "total,refugees.csv\nEast,none.csv\n",
            "data_layout.csv:2: East: there is no file source_data/none.csv",
        ),
        ("source_data/east.csv", "2020-01-01,many\n", "east.csv:1: count: many is no number"),
        ("input_csv/routes.csv", "Alpha,Town,1e22,0\n", "routes.csv:1: distance: 1e22 is more than 40,000"),
        (
            "input_csv/sim_period.csv",
            "StartDate,2020-01-01\nLength,999999999\n",
            "sim_period.csv:2: Length: 999999999 is more than 36,525",
        ),
        (
            "source_data/east.csv",
            "2020-01-01,1\n2020-\x00,2\n",
            "east.csv:2:6: the file holds a NUL character",
        ),
        (
            "input_csv/registration_corrections.csv",
            "East,2020-01-09\n",
            "registration_corrections.csv:1: East: the camp was not counted on 2020-01-09",
        ),
    ],
)
def test_problems_are_named_by_file_and_line(tmp_path: Path, file: str, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_flee(write_folder(tmp_path, {file: text}))
    assert said in str(error.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    changes = {"input_csv/routes.csv": "Alpha,No,1,0\n", "source_data/east.csv": "2020-01-01,x\n"}
    with pytest.raises(InvalidInput) as error:
        read_flee(write_folder(tmp_path, changes))
    assert len(error.value.problems) == 2


def test_another_folder_is_no_flee_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no input_csv/locations\.csv"):
        read_flee(tmp_path)


def test_what_flee_shrugs_at_is_a_warning(tmp_path: Path) -> None:
    conflicts = FILES["input_csv/conflicts.csv"].replace("Town", "Twon")
    found = read_flee(write_folder(tmp_path, {"input_csv/conflicts.csv": conflicts}))
    assert "Twon: the column is no place" in str(found.warnings[0])


def test_counts_run_straight_between_dates_cut_to_whole_people_and_flat_outside() -> None:
    series = Series((0, 3), (10.0, 20.0))
    assert [series.at(day) for day in (-5, 0, 1, 2, 3, 9)] == [10, 10, 13, 16, 20, 20]


def test_a_registration_correction_scales_what_was_counted_before(tmp_path: Path) -> None:
    changes = {
        "source_data/east.csv": "2020-01-01,1000\n2020-01-11,2000\n2020-01-21,1000\n",
        "input_csv/registration_corrections.csv": "East,2020-01-21,normalize\n",
    }
    found = read_flee(write_folder(tmp_path, changes))
    assert [found.count("East", day) for day in (0, 10, 20)] == [500, 1000, 1000]


def test_files_of_one_camp_are_added_up(tmp_path: Path) -> None:
    layout = "total,refugees.csv\nEast,east.csv,west.csv\nWest,west.csv\n"
    assert (
        read_flee(write_folder(tmp_path, {"source_data/data_layout.csv": layout})).count("East", 39) == 12000
    )


def test_an_imported_scenario_loads_and_holds_no_counts(tmp_path: Path) -> None:
    made = import_flee(write_folder(tmp_path / "flee"))
    write_scenario(made.scenario, tmp_path / "scenario")
    loaded = load(tmp_path / "scenario")
    assert [place.id for place in loaded.places] == ["alpha", "town", "east", "west"]
    assert [place.kind for place in loaded.places] == ["town", "town", "camp", "camp"]
    assert loaded.freeze.isoformat() == "2020-01-01"
    assert [(item.place, item.day, item.days) for item in loaded.incidents] == [
        ("alpha", None, 30),
        ("alpha", 30, 10),
    ]
    assert not loaded.displaced
    assert not loaded.history


def test_a_byte_that_is_not_utf8_is_named_by_line(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "input_csv" / "routes.csv").write_bytes(b"Alpha,Town,120,0\nTown,\xc9st,130,0\n")
    with pytest.raises(InvalidInput, match=r"routes\.csv:2:6: the byte 0xc9 is not UTF-8"):
        read_flee(folder)


def test_what_a_scenario_cannot_hold_is_said(tmp_path: Path) -> None:
    changes = {
        "input_csv/routes.csv": FILES["input_csv/routes.csv"].replace("240,0", "240,2"),
        "input_csv/closures.csv": "camp,East,,0,5\n",
        "input_csv/conflicts.csv": FILES["input_csv/conflicts.csv"].replace("Town", "Twon"),
    }
    told = " ".join(import_flee(write_folder(tmp_path, changes)).notes)
    for words in (
        "1 closures",
        "1 forced redirections",
        "capacities of 2 camps",
        "Twon: the column is no place",
    ):
        assert words in told


def test_places_without_a_road_are_left_out_and_said(tmp_path: Path) -> None:
    lonely = LOCATIONS + "Island,Sea,Homeland,0.0,0.0,town,,10\n"
    made = import_flee(write_folder(tmp_path, {"input_csv/locations.csv": lonely}))
    assert made.notes[0] == "no road leads to Island: left out"


def test_a_file_whose_name_is_too_long_for_any_is_missed_like_another(tmp_path: Path) -> None:
    layout = f"total,refugee_registrations.csv\nEast,{'a' * 400}.csv\n"
    with pytest.raises(InvalidInput, match="data_layout"):
        read_flee(write_folder(tmp_path, {"source_data/data_layout.csv": layout}))
