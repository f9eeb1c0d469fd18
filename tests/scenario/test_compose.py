"""Courses of action in a line of text say what a scenario could say, and nothing else."""

from __future__ import annotations

import pytest

from afternext.errors import UsageError
from afternext.scenario import load
from afternext.scenario.compose import compose, courses
from afternext.scenario.schema import Scenario


@pytest.fixture(scope="module")
def towns() -> Scenario:
    return load("two-towns")


def test_a_plan_in_a_line_is_the_plan_of_a_scenario(towns: Scenario) -> None:
    course = compose(towns, "sorrel:air_support>government@2031-05-31..9mx0.5~3?inclusion>0.5")
    (plan,) = course.scenario.strategies[course.strategies[0]].plan
    assert (plan.by, plan.move, plan.to, plan.day, plan.until) == (
        "sorrel",
        "air_support",
        "government",
        30,
        274,
    )
    assert (plan.scale, plan.delay) == (0.5, 3.0)
    assert (plan.when[0].aim, plan.when[0].above) == ("inclusion", 0.5)
    assert course.title == "Sorrel: air support from 2031-05-31 at scale 0.5"


def test_what_is_not_said_is_at_once_and_at_full_scale(towns: Scenario) -> None:
    (plan,) = compose(towns, "sorrel:air_support").scenario.strategies["sorrel:air_support"].plan
    assert (plan.day, plan.scale, plan.until, plan.delay) == (0, 1.0, None, None)


def test_strategies_plans_and_bars_are_joined_in_their_order(towns: Scenario) -> None:
    course = compose(towns, "open_bridge + sorrel:camp@14d + no:sorrel.arms")
    changed = course.scenario.with_strategy(course.strategies)
    assert course.strategies == ("open_bridge", "sorrel:camp@14d", "no:sorrel.arms")
    assert changed.forces["army"].admits["hill"] == 1
    assert changed.bar == ("sorrel.arms",)
    assert changed.plan[0].move == "camp"
    assert course.open
    assert course.plans


def test_none_is_the_scenario_as_it_is(towns: Scenario) -> None:
    course = compose(towns, "none")
    assert course.strategies == ()
    assert course.scenario is towns
    assert course.folder == "none"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("open_brige", "did you mean open_bridge"),
        ("sorel:air_support", "did you mean sorrel"),
        ("sorrel:air_suport", "did you mean air_support"),
        ("government:air_support", "not for government to do"),
        ("sorrel:air_support>river_league", "not done to river_league"),
        ("sorrel:air_support@2031-04-01", "before the freeze"),
        ("sorrel:air_support@soon", "write POWER:MOVE"),
        ("sorrel:air_support@90d..30d", "ends before it begins"),
        ("sorrel:air_support?incluson>0.5", "did you mean inclusion"),
        ("no:sorrel.tanks", "no move tanks"),
        ("sorrel:air_support@30dx-1", "is no time"),
        (f"sorrel:air_support@{'1' * 400}d", "later than any run"),
        ("none+open_bridge", "no strategy none"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(towns: Scenario, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        compose(towns, text)


def test_all_slips_are_told_at_once(towns: Scenario) -> None:
    with pytest.raises(UsageError) as told:
        courses(towns, ["open_brige", "open_bridge", "sorel:camp", "open_bridge"])
    assert len(str(told.value).splitlines()) == 3


def test_names_of_folders_are_plain(towns: Scenario) -> None:
    folder = compose(towns, "sorrel:air_support>government@30dx0.5?inclusion>0.5").folder
    assert not set(folder) & set("/:><?*|\\ ")
