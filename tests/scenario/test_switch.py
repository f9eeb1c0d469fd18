"""One course of action up to a day, another from then on."""

from __future__ import annotations

import pytest

from afternext.errors import UsageError
from afternext.scenario.compose import compose
from afternext.world import known_parameters


@pytest.fixture(scope="module")
def crisis():
    from afternext.scenario import load

    return load("iraq-2014", known_parameters=known_parameters())


def plan_of(crisis, text):
    course = compose(crisis, text)
    strategy = course.scenario.strategies[course.strategies[0]]
    return strategy, {(entry.by, entry.move): [] for entry in strategy.plan}


def test_what_the_first_fixes_ends_and_what_the_second_fixes_begins_on_the_day(crisis) -> None:
    strategy, _ = plan_of(crisis, "inclusive_government=>air_support_on_time@2014-12-12")
    day = 183
    sharing = [entry for entry in strategy.plan if entry.move == "power_sharing"]
    assert [(entry.day, entry.until) for entry in sharing] == [(7, day)]
    strikes = [entry for entry in strategy.plan if entry.move == "air_support"]
    assert [(entry.day, entry.until, entry.delay) for entry in strikes] == [(day, day + 720, 3.0)]
    # A bar of the first alone becomes a decision not to, for its time.
    barred = [entry for entry in strategy.plan if entry.scale == 0]
    assert {(entry.move, entry.day, entry.until) for entry in barred} == {("tighten_grip", 0, day)}
    assert not strategy.bar


def test_what_both_fix_goes_on_without_a_break_and_what_both_bar_stays_barred(crisis) -> None:
    strategy, _ = plan_of(crisis, "save_as_is=>air_support_on_time@6m")
    strikes = [entry for entry in strategy.plan if entry.move == "air_support" and entry.scale > 0]
    assert len(strikes) == 2
    assert strikes[0].until == strikes[1].day + 1
    strategy, _ = plan_of(crisis, "arms_only=>hands_off@6m")
    assert "united_states.air_support" in strategy.bar


def test_switches_can_follow_each_other(crisis) -> None:
    strategy, _ = plan_of(crisis, "none=>arms_only@60d=>air_support_on_time@6m")
    arms = [entry for entry in strategy.plan if entry.move == "arms_supply"]
    assert [(entry.day, entry.until) for entry in arms] == [(60, 183)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("none=>air_support_on_time", "write FIRST=>SECOND@WHEN"),
        ("army_recovers=>air_support_on_time@6m", "has no date"),
        ("none=>arms_only@2013-01-01", "before the freeze"),
        ("none=>arms_only@0d", "from the first day on"),
        ("none=>arms_onyl@6m", "arms_only"),
    ],
)
def test_a_switch_that_cannot_be_made_is_refused_with_the_reason(crisis, text, words) -> None:
    with pytest.raises(UsageError, match=words):
        compose(crisis, text)
