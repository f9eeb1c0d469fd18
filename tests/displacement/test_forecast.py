"""Forecasts: baselines, observed days, modelled arrivals, FLEE's rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from afternext.displacement.baselines import baselines
from afternext.displacement.borders import latest, plain, table, ties_of
from afternext.displacement.case import make_case, spawned
from afternext.displacement.forecast import displace
from afternext.displacement.model import TIES_SCALE, set_stage
from afternext.errors import UsageError
from afternext.scenario.importers.flee_folder import read_flee
from tests.displacement.folders import LOCATIONS, write_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("flee"))


def test_a_forecast_tells_all_its_figures(folder: Path) -> None:
    found = displace(folder, seeds=2, members=10).to_dict()
    assert set(found) == {"ard", "baselines", "coverage80", "crps_log", "people", "seconds"}
    assert set(found["ard"]) == {"normal", "rescaled"}
    assert set(found["baselines"]) == {"equal", "capacity", "gravity", "day7", "day30"}
    assert found["people"] > 10_000


def test_what_is_observed_is_not_scored_and_not_changed(folder: Path) -> None:
    found = displace(folder, observe_until=30, seeds=2, members=10)
    assert found.scored_from == 31
    assert np.array_equal(found.central[0][:31], found.case.data[:31])


@pytest.mark.parametrize("day", [-1, 39, 400])
def test_an_observed_day_outside_the_period_is_refused(folder: Path, day: int) -> None:
    with pytest.raises(UsageError, match="the period has the days 0 to 39"):
        displace(folder, observe_until=day)


def test_modelled_arrivals_do_not_look_at_the_counts(tmp_path: Path) -> None:
    changes = {f"source_data/{name}.csv": "2020-01-01,0\n2020-02-09,99000\n" for name in ("east", "west")}
    one = displace(write_folder(tmp_path / "a"), arrivals="modelled", seeds=1, members=4)
    other = displace(write_folder(tmp_path / "b", changes), arrivals="modelled", seeds=1, members=4)
    assert np.array_equal(one.central, other.central)
    assert one.arrived is not None
    assert other.arrived is not None
    assert one.arrived[1:] == other.arrived[1:]
    assert one.arrived[0] != other.arrived[0]
    assert one.arrived[2] < one.arrived[3]


def test_arrivals_that_fall_are_owed_before_new_ones_count() -> None:
    assert list(spawned(np.array([[0.0], [10.0], [4.0], [8.0], [14.0]]))) == [0, 10, 0, 0, 4]


def test_baselines_are_shares(folder: Path) -> None:
    for shares in baselines(make_case(read_flee(folder))).values():
        assert shares.sum() == pytest.approx(1.0)
        assert (shares >= 0).all()


def test_flees_rules_run_on_the_same_folder(folder: Path) -> None:
    found = displace(folder, rules="flee", capacities="given", seeds=3)
    assert 0.0 <= found.ard["rescaled"] <= 2.0
    with pytest.raises(UsageError, match="knows neither"):
        displace(folder, rules="flee", observe_until=3)


def test_ties_that_became_known_after_the_start_do_not_count() -> None:
    early, late = (
        latest("Ukraine", "Poland", date(2021, 1, 1)),
        latest("Ukraine", "Poland", date(2022, 2, 24)),
    )
    assert early is None
    assert late is not None
    assert late.ties > 0


def test_a_country_without_a_row_is_like_the_usual_one() -> None:
    ties = ties_of("Ukraine", ["Poland", "Hungary", "Atlantis"], date(2022, 2, 24))
    assert ties[1] < ties[2] < ties[0]


def test_rows_of_the_table_of_borders_are_sourced_and_in_range() -> None:
    assert len(table()) > 30
    for row in table():
        assert row.ties >= 0
        assert 1 < row.doubt <= 10
        assert 0 <= row.kin <= 1
        assert 0 < row.regime <= 1


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("CAR", "central_african_republic"),
        ("Central African Republic", "central_african_republic"),
        ("Côte d'Ivoire", "ivory_coast"),
        ("Türkiye", "turkey"),
        ("DR_Congo", "dr_congo"),
        ("Congo-Brazzaville", "congo"),
        ("South Sudan ", "south_sudan"),
    ],
)
def test_a_country_is_known_by_its_usual_spellings(written: str, name: str) -> None:
    assert plain(written) == name


def test_no_pair_of_countries_stands_twice_for_one_day() -> None:
    keys = [(row.origin, row.destination, row.known_on) for row in table()]
    assert len(set(keys)) == len(keys)


def test_a_folder_without_routes_between_zone_and_camps_still_ends(tmp_path: Path) -> None:
    found = displace(
        write_folder(tmp_path, {"input_csv/routes.csv": "Alpha,Town,10,0\n"}), seeds=1, members=4
    )
    assert found.people == 0


def test_camps_in_one_country_share_its_ties(tmp_path: Path) -> None:
    named = LOCATIONS.replace("Homeland", "Ukraine").replace("Abroad", "Poland")
    changes = {
        "input_csv/locations.csv": named,
        "input_csv/sim_period.csv": "StartDate,2022-02-24\nLength,40\n",
    }
    stage = set_stage(make_case(read_flee(write_folder(tmp_path, changes))), capacities=False)
    known = latest("Ukraine", "Poland", date(2022, 2, 24))
    assert known is not None
    assert stage.ties == pytest.approx(np.log1p(known.ties / 2 / TIES_SCALE))


def test_a_camp_without_data_takes_people_in_and_is_not_compared(tmp_path: Path) -> None:
    more = LOCATIONS + "Far,East,Abroad,12.0,22.0,camp,,100\n"
    case = make_case(read_flee(write_folder(tmp_path, {"input_csv/locations.csv": more})))
    assert "Far" not in case.camp_names


def test_people_flee_from_the_country_of_the_conflict_not_of_the_first_line(tmp_path: Path) -> None:
    lines = LOCATIONS.splitlines()
    camp_first = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    folder = read_flee(write_folder(tmp_path, {"input_csv/locations.csv": camp_first}))
    assert folder.places[0].country == "Abroad"
    assert folder.home == "Homeland"


def test_floods_drive_people_out_as_conflicts_do(tmp_path: Path) -> None:
    changes = {
        "input_csv/locations.csv": LOCATIONS.replace("conflict_zone", "flood_zone"),
        "input_csv/conflicts.csv": None,
        "input_csv/flood_level.csv": "#Day,Alpha\n" + "".join(f"{day},2\n" for day in range(40)),
    }
    case = make_case(read_flee(write_folder(tmp_path, changes)))
    assert case.intensity[5, 0] == pytest.approx(0.5)
    assert displace(tmp_path, seeds=1, members=4).people > 10_000


def test_a_forecast_says_when_nobody_can_leave(tmp_path: Path) -> None:
    changes = {"input_csv/locations.csv": LOCATIONS.replace("zone,0,100000", "zone,0,0")}
    notes = displace(write_folder(tmp_path, changes), seeds=1, members=4).notes
    assert "nobody lives where there is conflict, so nobody leaves" in notes
