"""Questions are written by rule, for towns that fall and towns that do not; bad ones are named by line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import afternext as an
from afternext.errors import InvalidInput
from afternext.forecast.past import Past
from afternext.forecast.questions import HORIZONS, LEAST_PEOPLE, group_of, month_ends, questions_of
from tests.forecast.cases import shipped
from tests.scenario.tiny_folder import write_tiny


@pytest.fixture(scope="module")
def iraq() -> an.Scenario:
    return shipped("iraq-2014")


def test_iraq_is_asked_about_every_town_above_the_size_at_every_horizon(iraq: an.Scenario) -> None:
    questions = questions_of(iraq)
    towns = [
        place.id
        for place in Past(iraq).places.values()
        if place.kind in ("town", "district") and place.population >= LEAST_PEOPLE
    ]
    asked = {(q.place, q.on) for q in questions if q.id.startswith("holds.")}
    assert asked == {(town, day) for town in towns for day in HORIZONS}
    assert len(towns) >= 60
    assert {"mosul", "basra", "najaf", "sulaymaniyah"} <= set(towns)


@pytest.mark.parametrize("name", ["two-towns", "iraq-2014", "iraq-2014-06-05"])
def test_questions_have_ids_of_their_own_and_a_rule_that_settles_them(name: str) -> None:
    scenario = shipped(name)
    questions = questions_of(scenario)
    assert max(Counter(q.id for q in questions).values()) == 1
    assert all(q.source and q.text.endswith("?") for q in questions)
    assert all(q.date(scenario.freeze) > scenario.freeze for q in questions)
    assert {"binary", "number", "category"} <= {q.kind for q in questions}
    assert {"control", "displacement"} <= {group_of(q) for q in questions}
    assert 0 < sum(q.contested for q in questions) < len(questions)


def test_the_rule_knows_nothing_but_the_freeze(iraq: an.Scenario) -> None:
    """The same rule on the eve asks about Mosul as about any town: no place was picked."""
    eve = {q.id for q in questions_of(shipped("iraq-2014-06-05")) if q.id.startswith("holds.")}
    assert eve == {q.id for q in questions_of(iraq) if q.id.startswith("holds.")}


def test_month_ends_follow_the_calendar(iraq: an.Scenario) -> None:
    assert [str(Past(iraq).date(day)) for day in month_ends(iraq.freeze)[:3]] == [
        "2014-06-30", "2014-07-31", "2014-08-31",
    ]  # fmt: skip


def test_older_caseloads_and_rows_that_overlap_are_not_counted_twice(iraq: an.Scenario) -> None:
    past = Past(iraq)
    assert past.stock() == pytest.approx(774_936, rel=0.001)  # 474,936 of Anbar and 300,000 of Mosul
    assert past.monthly_flow().sum() == pytest.approx(past.stock(), rel=0.02)


QUESTIONS = """\
questions:
  - {id: east_falls, text: Falls?, kind: binary, event: takes, place: east, force: rebels, by: 2020-07-01}
  - {id: how_many, text: How many?, kind: number, measure: idps, on: 30}
"""


def tiny(folder: Path, questions: str) -> Path:
    made = write_tiny(folder)
    path = made / "scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8") + questions, encoding="utf-8")
    return made


def test_a_scenario_brings_its_own_questions_and_they_change_no_hash(tmp_path: Path) -> None:
    plain = an.load_scenario(write_tiny(tmp_path / "plain"))
    own = an.load_scenario(tiny(tmp_path / "own", QUESTIONS))
    assert [q.id for q in own.questions] == ["east_falls", "how_many"]
    assert own.hash == plain.hash
    assert {"east_falls", "how_many"} <= {q.id for q in questions_of(own)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "{id: a, text: A?, kind: binary, event: takes, place: eats, force: rebels, by: 30}",
            "did you mean east",
        ),
        ("{id: a, text: A?, kind: binary, event: takes, place: east, by: 30}", "force: is missing"),
        ("{id: a, text: A?, kind: binary, measure: idps, on: 30}", "exactly one of equals, above, below"),
        ("{id: a, text: A?, kind: number, measure: idps, above: 3, on: 30}", "none of equals, above, below"),
        ("{id: a, text: A?, kind: number, measure: holder, place: east, on: 30}", "is a side, no number"),
        ("{id: a, text: A?, kind: binary, event: collapse, on: 30}", "write by instead of on"),
        ("{id: a, text: A?, kind: number, measure: idps, on: 2020-05-01}", "not after the freeze"),
        ("{id: a, text: A?, kind: number, measure: idps}", "neither on nor by"),
        ("{id: a, text: A?, kind: number, on: 30}", "neither measure nor event"),
        ("{id: a, text: A?, kind: category, measure: idps, levels: [3, 2], on: 30}", "do not rise"),
        ("{id: a, text: A?, kind: number, measure: idps_hosted, on: 30}", "admin1: is missing"),
        (
            "{id: a, text: A?, kind: maybe, measure: idps, on: 30}",
            "is not one of binary, number, date, category",
        ),
        ("{id: a, text: A?, kind: binary, measure: holder, place: east, equals: rebel, on: 30}", "rebels"),
    ],
)
def test_a_bad_question_is_named_with_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        an.load_scenario(tiny(tmp_path, f"questions:\n  - {line}\n"))
    assert said in str(error.value)
    assert all(problem.file == "scenario.yaml" and problem.line > 30 for problem in error.value.problems)


def test_two_questions_of_one_id_are_refused(tmp_path: Path) -> None:
    twice = QUESTIONS + QUESTIONS.partition("\n")[2].replace("how_many", "other")
    with pytest.raises(InvalidInput, match="east_falls stands here and in line"):
        an.load_scenario(tiny(tmp_path, twice))
