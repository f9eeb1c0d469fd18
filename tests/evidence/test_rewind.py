"""A scenario wound back before its freeze, and parameters held against its history."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from afternext.errors import UsageError
from afternext.evidence.calibrate import (
    DEATHS,
    LEARNT,
    MOST,
    Calibration,
    Case,
    Parameter,
    calibrate,
    observations,
)
from afternext.evidence.matching import Wave
from afternext.evidence.overlay import RECORD, write_overlay
from afternext.evidence.rewind import QUIET, rewind
from afternext.scenario import load
from afternext.scenario.schema import Scenario
from afternext.world import compile_scenario
from afternext.world.parameters import read_parameters
from tests.world.toy import FREEZE, line, middle_row, stop

START = date(2013, 12, 30)


@pytest.fixture(scope="module")
def iraq():
    return load("iraq-2014")


def test_what_was_taken_is_given_back_and_taken_again_on_its_day(iraq) -> None:
    back = rewind(iraq, START)
    holder = {row.place: row.holder for row in back.scenario.holders}
    assert holder["fallujah"] == holder["mosul"] == "isf"
    (fall,) = [i for i in back.scenario.incidents if i.kind == "capture" and i.place == "fallujah"]
    assert (fall.date, fall.day) == (None, 5)
    assert back.days == (iraq.freeze - START).days
    assert all(i.day is None or 0 <= i.day <= back.days for i in back.scenario.incidents)


def test_those_who_fled_since_are_at_home_and_nothing_is_later_than_the_start(iraq) -> None:
    back = rewind(iraq, START)
    assert back.scenario.freeze == START
    assert all(row.since < START for row in back.scenario.displaced)
    assert sum(row.since >= START for row in iraq.displaced) > 0
    assert not back.scenario.claims
    assert all(i.date is None or i.date < START for i in back.scenario.incidents)


def test_people_at_home_again_are_counted_where_their_number_is_a_shared_uncertainty() -> None:
    mali = load("mali-2012")
    assert {str(row.persons).split("(")[0] for row in mali.displaced} == {"uncertain"}
    (told,) = (text for text in rewind(mali, date(2012, 1, 17)).guesses if "at home" in text)
    assert 185_000 < float(told.split(" ")[0].replace(",", "")) < 200_000


def test_the_scenario_itself_is_left_as_it_is(iraq) -> None:
    before = iraq.hash
    rewind(iraq, START)
    assert iraq.hash == before


def test_history_is_displacement_and_deaths_of_one_country_before_the_freeze(iraq) -> None:
    seen = observations(iraq, rewind(iraq, START))
    assert {one.measure for one in seen} == {"deaths", "newly_displaced"}
    assert all(START <= one.start <= one.end <= iraq.freeze for one in seen)
    anbar = {one.value for one in seen if one.measure == "newly_displaced"}
    assert anbar == {300_000, 474_936}  # the week to 24 January is shorter than the maps are apart
    deaths = sum(one.value for one in seen if one.measure == "deaths")
    own = [r for r in iraq.history if r.measure == "deaths" and r.start >= START and r.admin1 != "Al Hasakah"]
    foreign = {"Ar Raqqah", "Deir ez Zor"}
    assert deaths == sum(r.value for r in own if r.admin1 not in foreign)


def test_a_history_after_the_freeze_is_refused(iraq) -> None:
    with pytest.raises(UsageError, match="not before the freeze"):
        rewind(iraq, iraq.freeze)


def test_no_more_than_fifteen_parameters() -> None:
    with pytest.raises(UsageError, match="between 1 and 15"):
        calibrate("two-towns", most=MOST + 1)
    with pytest.raises(UsageError, match="between 1 and 15"):
        calibrate("two-towns", parameters=["x"] * (MOST + 1))


def test_two_towns_are_calibrated_the_same_way_twice() -> None:
    how = {"parameters": ["death_rate", "road_deaths"], "waves": 1, "runs": 20}
    first, second = (calibrate("two-towns", **how) for _ in range(2))  # type: ignore[arg-type]
    assert first.to_dict() == second.to_dict()
    assert first.runs == 20
    assert {p.name for p in first.parameters} == {"death_rate", "road_deaths"}
    assert all(p.contraction <= 1 for p in first.parameters)
    assert len(first.history_hash) == 64


def twin(ident: str, people: int, deaths: float = 1.0) -> Scenario:
    """A crisis in which one town was fought over for fifty days, and so many died."""
    fight = {
        "kind": "fighting",
        "place": "ford",
        "by": "rebels",
        "date": FREEZE - timedelta(days=55),
        "days": 50,
    }
    known = {
        "start": FREEZE - timedelta(days=60), "end": FREEZE - timedelta(days=1), "place": "ford",
        "measure": "deaths", "value": deaths, "source": "made up", "confidence": "high",
    }  # fmt: skip
    return line(
        stop("ford", people), stop("mill", 0, km=20.0, holder="rebels"), id=ident, incidents=[fight],
        history=[known],
    )  # fmt: skip


def died(case: Scenario, death_rate: float) -> float:
    """People who die in the days before the freeze, as the model plays them at this rate."""
    back = rewind(case, FREEZE - timedelta(days=60))
    world = compile_scenario(back.scenario, days=back.days, overrides={**QUIET, "death_rate": death_rate})
    arrays = world.simulate(middle_row(world), 5, 0).arrays
    return float(sum(arrays[name][-2] for name in DEATHS))


def test_more_cases_tell_more_of_what_they_share() -> None:
    """History played at eight times the usual rate of death moves the rate there, two cases more than one."""
    rate = 8.0 * read_parameters()["death_rate"].default
    cases = [twin(f"twin_{n}", n, died(twin(f"twin_{n}", n), rate)) for n in (400_000, 900_000)]
    how = {"parameters": ["death_rate"], "start": FREEZE - timedelta(days=60), "waves": 2, "runs": 40}
    alone, both = calibrate(cases[0], **how), calibrate(cases[0], others=cases[1:], **how)  # type: ignore[arg-type]
    one, two = alone.parameters[0], both.parameters[0]
    assert one.before[0] < one.after[0] <= two.after[0] < rate
    assert 0.0 < one.contraction < two.contraction
    assert [case.scenario.id for case in both.cases] == ["twin_400000", "twin_900000"]
    assert [one.case for one in both.observed] == ["twin_400000", "twin_900000"]


def test_a_case_named_twice_or_a_parameter_with_two_ranges_is_refused() -> None:
    case = twin("twin", 100_000, 20.0)
    with pytest.raises(UsageError, match="named twice"):
        calibrate(case, others=[case])
    own = {"death_rate": {"value": {"uniform": [1e-6, 2e-6]}, "why": "another war"}}
    other = twin("other", 100_000, 20.0)
    other = Scenario.model_validate(other.model_dump() | {"parameters": own})
    with pytest.raises(UsageError, match="with one range in all cases"):
        calibrate(case, others=[other], parameters=["death_rate"])


def made_up(learnt: bool = True) -> Calibration:
    """A calibration of two towns, without its plays."""
    towns = load("two-towns")
    back = rewind(towns, date(2031, 2, 1))
    seen = observations(towns, back)
    ends = tuple((0.0, 1.0, 2.0) for _ in seen)
    contraction = 0.5 if learnt else LEARNT / 2
    parameters = (
        Parameter("death_rate", "m", "u", 1.0, (2e-6, 3e-5), (4e-6, 1e-5), contraction),
        Parameter("scope", "m", "km", 1.0, (5.0, 40.0), (6.0, 39.0), 0.01),
    )
    case = Case(towns, back, seen)
    return Calibration((case,), 1, 20, ends, ends, (Wave(20, 0.9),), parameters, (("scope", 1.0),), "model")


def test_an_overlay_is_a_scenario_that_extends_and_says_why(tmp_path: Path) -> None:
    folder = write_overlay(made_up(), "two-towns", tmp_path / "calibrated")
    read = load(folder)
    assert set(read.parameters) - set(load("two-towns").parameters) == {"death_rate"}
    assert "contraction 0.50" in read.parameters["death_rate"].why
    assert read.parameters["death_rate"].value.quantile(0.5) == pytest.approx(7e-6)
    assert read.places == load("two-towns").places
    assert (folder / RECORD).exists()
    assert not read.warnings
    with pytest.raises(UsageError, match="is there already"):
        write_overlay(made_up(), "two-towns", folder)


def test_an_overlay_of_a_folder_lies_beside_it(tmp_path: Path) -> None:
    from afternext.scenario.new import new

    new(tmp_path / "mine", "two-towns")
    folder = write_overlay(made_up(), str(tmp_path / "mine"), tmp_path / "calibrated")
    assert load(folder).places == load("two-towns").places
    with pytest.raises(UsageError, match="lies beside the folder"):
        write_overlay(made_up(), str(tmp_path / "mine"), tmp_path / "elsewhere" / "calibrated")


def test_an_overlay_that_says_nothing_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="narrowed no parameter"):
        write_overlay(made_up(learnt=False), "two-towns", tmp_path / "calibrated")
    assert not list(tmp_path.iterdir())
