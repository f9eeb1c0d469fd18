"""How many flee: the two masses, the pace that goes on, and a table that is what its script writes."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from afternext.displacement.arrivals import USUAL_TIES, expected, masses, modelled
from afternext.displacement.case import Case, make_case
from afternext.displacement.fitted import COLUMNS, fitted, key_of
from afternext.scenario.importers.flee_folder import read_flee
from tests.displacement.folders import LOCATIONS, write_folder

SHARED = Path(__file__).resolve().parents[3] / "shared" / "flee"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="FLEE's data are not beside the repository")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    from scripts.fit_displacement import read_cases

    return read_cases(SHARED)


def lines() -> list[dict[str, str]]:
    text = files("afternext.displacement").joinpath("fitted.csv").read_text(encoding="utf-8")
    assert tuple(text.splitlines()[0].split(",")) == COLUMNS
    return list(csv.DictReader(text.splitlines()))


def test_four_times_the_people_in_the_conflict_are_twice_the_arrivals(tmp_path: Path) -> None:
    one = make_case(read_flee(write_folder(tmp_path / "one")))
    more = LOCATIONS.replace("100000", "400000")
    four = make_case(read_flee(write_folder(tmp_path / "four", {"input_csv/locations.csv": more})))
    fit = fitted(one)
    assert expected(four, fit, None) == pytest.approx(2.0 * expected(one, fit, None), rel=1e-3)


def test_where_no_tie_is_known_the_usual_one_is_taken(tmp_path: Path) -> None:
    case = make_case(read_flee(write_folder(tmp_path)))
    assert masses(case) == pytest.approx(0.5 * np.log((1 + USUAL_TIES) * (1 + 100_000)))


def test_camps_in_the_own_country_are_no_tie(tmp_path: Path) -> None:
    places = LOCATIONS.replace("Homeland", "Ukraine").replace("Abroad", "Poland")
    period = {"input_csv/sim_period.csv": "StartDate,2022-02-24\nLength,40\n"}
    abroad = write_folder(tmp_path / "a", {"input_csv/locations.csv": places, **period})
    home = places.replace("West,West,Poland", "West,West,Ukraine")
    inside = write_folder(tmp_path / "b", {"input_csv/locations.csv": home, **period})
    assert masses(make_case(read_flee(inside))) == masses(make_case(read_flee(abroad)))


def test_twice_the_time_ahead_is_twice_the_people_ahead(tmp_path: Path) -> None:
    short = make_case(read_flee(write_folder(tmp_path / "short")))
    period = {"input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,70\n"}
    long = make_case(read_flee(write_folder(tmp_path / "long", period)))
    fit = fitted(short)
    ahead = expected(long, fit, 9) / expected(short, fit, 9)
    assert ahead == pytest.approx((70 - 10) / (40 - 10))


def test_people_come_only_while_there_is_conflict(tmp_path: Path) -> None:
    rows = "".join(f"{day},{int(day < 10)},0\n" for day in range(40))
    case = make_case(
        read_flee(write_folder(tmp_path, {"input_csv/conflicts.csv": "#Day,Alpha,Town\n" + rows}))
    )
    people = modelled(case, fitted(case), None, np.random.default_rng(0))
    assert people[:10].sum() > 0
    assert people[10:].sum() == 0


def test_the_table_of_fitted_values_has_the_columns_that_the_script_writes() -> None:
    rows = lines()
    assert rows[0]["left_out"] == "all"
    assert len(rows) == 11
    for row in rows:
        assert None not in row
        assert all(row.values())


@needs_data
def test_the_arrivals_of_the_table_are_what_the_script_writes_from_the_data(cases: list[Case]) -> None:
    from scripts.fit_displacement import fit_arrivals

    rows = {row["left_out"]: row for row in lines()}
    for i in (None, *range(len(cases))):
        row = rows["all" if i is None else key_of(cases[i])]
        found = fit_arrivals([case for j, case in enumerate(cases) if j != i])
        for name, value in found.items():
            assert row[name] == f"{value:.4g}", (row["left_out"], name)


@needs_data
def test_arrivals_of_conflicts_left_out_are_off_by_less_than_the_bars(cases: list[Case]) -> None:
    from scripts.fit_displacement import arrivals_of

    unseen, seen = [], []
    for case in cases:
        fit = fitted(case)
        total, first, rest = arrivals_of(case)
        unseen.append(abs(np.log(total / expected(case, fit, None))))
        seen.append(abs(np.log(rest / expected(case, fit, 30))))
        assert first > 0
    assert np.exp(np.median(unseen)) < 3.0
    assert np.exp(np.median(seen)) < 2.2
