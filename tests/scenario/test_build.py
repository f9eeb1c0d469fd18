"""A scenario written in Python passes the same checks, and its folder reads back the same."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.errors import InvalidInput, UsageError
from afternext.scenario import Range, Scenario, load
from afternext.scenario.build import ScenarioBuilder
from afternext.scenario.writer import write_scenario
from tests.scenario.test_distributions import distributions
from tests.scenario.tiny_folder import write_tiny

TEXT = st.text(min_size=1, max_size=12).filter(lambda text: text.strip())


def small() -> ScenarioBuilder:
    """Two towns on one road."""
    builder = ScenarioBuilder("Small", "2020-06-01", fictional=True)
    builder.community("hill", name="Hill people")
    builder.force("army", "Army", "army", treats={"hill": "own"})
    builder.place("west", "West", lat=36.0, lon=43.0, population=100, shares={"hill": 1})
    builder.place("east", "East", lat=36.0, lon=43.5, population=50, shares={"hill": 1})
    builder.route("west", "east", 50)
    builder.presence("west", "army", Range(10, 20))
    builder.holder("west", "army").holder("east", "nobody", contested="army")
    return builder


def test_powers_their_moves_and_the_polity_are_written_in_python(tmp_path: Path) -> None:
    builder = small().power("crown", "Crown", "government", goals={"centre": {"target": 1}}, seats=10)
    builder.power("abroad", "Abroad", "state", public={"weight": Range(0, 1)})
    builder.relation("crown", "abroad", "tacit")
    builder.polity("crown", "west", "-", leader_since=date(2019, 1, 1))
    builder.move(
        "arms",
        "Arms",
        "aid",
        ["abroad"],
        to=["crown"],
        effects=[{"lever": "arms", "on": "target", "amount": 2}],
    )
    builder.strategy("help", "Help", plan=[{"by": "abroad", "move": "arms", "on": date(2020, 6, 8)}])
    scenario = builder.build()
    assert scenario.power_relations == scenario.relations
    assert scenario.force_relations == ()
    assert load(builder.write(tmp_path / "made")).hash == scenario.hash


def test_a_power_relation_names_powers_only() -> None:
    builder = small().power("crown", "Crown", "government").relation("crown", "army", "tacit")
    with pytest.raises(InvalidInput, match="there is no power army"):
        builder.build()


def test_every_door_leads_to_the_same_schema() -> None:
    builder = small()
    builder.power("crown", "Crown", "government").force("guard", "Guard", "militia", power="crown")
    builder.relation("army", "guard", "rival").uncertainty("openness", Range(0, 1), unit="share")
    builder.incident("fighting", "east", "army", date=date(2020, 5, 1)).parameter(
        "flight_rate", 1, "measured"
    )
    builder.strategy("calm", "Calm", set={"forces.army.cohesion": 0.9})
    builder.presence("west", "guard", 5, low=1, high=9).displaced(
        "west", "east", "hill", 20, date(2020, 1, 1)
    )
    builder.claim("2020-05-01", "Gazette", "displaced", best=20, reliability="A", credibility=2)
    builder.history("2020-01-01", date(2020, 2, 1), "dead", 3, place="east")
    scenario = builder.build()
    assert scenario.warnings == ()
    assert scenario.presence[0].strength == Range(10, 20)
    assert scenario.incidents[0].date == date(2020, 5, 1)
    assert (
        len(scenario.relations)
        == len(scenario.claims)
        == len(scenario.history)
        == len(scenario.displaced)
        == 1
    )
    assert {*scenario.powers, *scenario.strategies, *scenario.parameters} == {"crown", "calm", "flight_rate"}


def test_problems_name_the_line_of_the_script() -> None:
    builder = small()
    builder.place("north", "North", lat=361.2, lon=43.0, population=5, shares={"hill": 1})
    builder.route("west", "noth", 5).holder("north", "army")
    with pytest.raises(InvalidInput) as refused:
        builder.build()
    first, second = refused.value.problems
    assert first.file == second.file == "test_build.py"
    assert second.line == first.line + 1
    assert [problem.message for problem in (first, second)] == [
        "361.2 is outside -90..90",
        "there is no place noth",
    ]


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"communities\.hill: hill stands here and in line"):
        small().community("hill", name="Again").build()


def test_an_empty_builder_says_what_is_missing() -> None:
    with pytest.raises(InvalidInput, match="communities: is missing"):
        ScenarioBuilder("Empty", "2020-06-01").build()


def test_written_folder_reads_back_the_same(tmp_path: Path) -> None:
    builder = small()
    assert load(builder.write(tmp_path / "made")).hash == builder.build().hash


def test_a_loaded_folder_is_written_back_the_same(tmp_path: Path) -> None:
    for number, source in enumerate((write_tiny(tmp_path / "tiny"), "two-towns", "iraq-2014-06-05")):
        scenario = load(source)
        assert load(write_scenario(scenario, tmp_path / str(number))).hash == scenario.hash


def test_writing_never_overwrites_and_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        small().write(tmp_path / "full")
    with pytest.raises(InvalidInput):
        small().route("west", "nowhere", 5).write(tmp_path / "half")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]


@st.composite
def scenarios(draw: st.DrawFn) -> ScenarioBuilder:
    """Random scenarios with texts and numbers that are awkward to write."""
    builder = ScenarioBuilder(
        draw(TEXT), draw(st.dates(date(1900, 1, 1), date(2100, 1, 1))), summary=draw(TEXT)
    )
    builder.community("hill", name=draw(TEXT), size=draw(st.floats(0, 10)), source=draw(TEXT))
    builder.community("plain", name=draw(TEXT), kin={"hill": draw(st.floats(0, 1))})
    builder.uncertainty("openness", draw(distributions()), unit=draw(TEXT), meaning=draw(TEXT))
    builder.force("army", draw(TEXT), "army", cohesion=draw(st.floats(0, 1)), treats={"hill": "own"})
    share = draw(st.integers(0, 1000)) / 1000
    for number in range(draw(st.integers(2, 5))):
        builder.place(
            f"place_{number}",
            draw(TEXT),
            lat=draw(st.floats(-1, 1)) + 3 * number,
            lon=draw(st.floats(-180, 180)),
            population=draw(st.integers(0, 10**7)),
            shares={"hill": share, "plain": 1 - share},
            country=draw(TEXT),
            admin1=draw(TEXT),
            source=draw(TEXT),
        )
        builder.presence(f"place_{number}", "army", draw(st.floats(0, 1e6)), source=draw(TEXT))
        builder.holder(f"place_{number}", draw(st.sampled_from(["army", "nobody"])))
        if number:
            builder.route(f"place_{number - 1}", f"place_{number}", draw(st.floats(21000, 30000)))
    return builder


@settings(max_examples=40, deadline=None)
@given(scenarios())
def test_whatever_is_built_reads_back_the_same(builder: ScenarioBuilder) -> None:
    scenario: Scenario | None = None
    try:
        scenario = builder.build()
    except InvalidInput as error:  # a control character in a text, or nobody anywhere
        problems = error.problems
    if scenario is None:
        assert all("control" in problem.message or "nobody" in problem.message for problem in problems)
        return
    with tempfile.TemporaryDirectory() as folder:
        again = load(write_scenario(scenario, Path(folder) / "made"))
    assert again.model_dump(exclude={"id", "warnings"}) == scenario.model_dump(exclude={"id", "warnings"})
    assert again.hash == scenario.hash
