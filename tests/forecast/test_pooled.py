"""A share of futures is pooled with the past before it is issued, by one rule for all crises."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.forecast.answers import NEVER
from afternext.forecast.past import Past
from afternext.forecast.pooled import WEIGHT, between, between_classes, between_days, is_pooled, pooled
from afternext.forecast.questions import questions_of
from afternext.scenario.question_schema import Question
from tests.forecast.cases import shipped

TOWNS = shipped("two-towns")


def asked(start: str) -> Question:
    return next(q for q in questions_of(TOWNS) if q.id.startswith(start))


def test_log_odds_lie_between_the_two_voices() -> None:
    assert between(0.9, 0.1, 0.5) == pytest.approx(0.5)
    assert between(0.9, 0.9, 0.5) == pytest.approx(0.9)
    assert between(0.8, 0.01, 1.0) == pytest.approx(0.8)
    assert 0.01 < between(0.5, 0.01, 0.5) < 0.5


def test_classes_stay_probabilities_and_two_classes_are_the_binary_rule() -> None:
    mixed = between_classes({"a": 0.9, "b": 0.1}, {"a": 0.3, "b": 0.7}, 0.5)
    assert sum(mixed.values()) == pytest.approx(1.0)
    assert mixed["a"] == pytest.approx(between(0.9, 0.3, 0.5))


def test_days_lie_between_and_one_voice_comes_back_as_it_was() -> None:
    early, late = [float(day) for day in range(1, 51)], [float(day) for day in range(101, 151)]
    mixed = [day for day in between_days(early, late, 0.5) if day is not None]
    assert 25 < np.median(mixed) < 126
    same = between_days([*early[:10], *[None] * 40], [*early[:10], *[None] * 40], 0.5)
    assert 9 <= sum(day is not None for day in same) <= 11
    assert between_days([None] * 50, [None] * 50, 0.5) == [None] * 50


def test_only_who_holds_a_place_is_pooled_and_only_where_the_past_is_told() -> None:
    past, holds = Past(TOWNS), asked("holds.")
    untold = Past(TOWNS.model_copy(update={"incidents": ()}))
    assert [is_pooled(asked(f"{one}."), past) for one in ("holds", "holder", "idps", "leader_exit")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not is_pooled(holds, untold)
    rivals = {"reference_class": {"p": 0.01}}
    assert pooled(holds, {"p": 0.5}, rivals, untold) == {"p": 0.5}
    assert pooled(holds, {"p": 0.5}, rivals, past)["p"] == pytest.approx(between(0.5, 0.01, WEIGHT))
    assert 0.01 < between(0.5, 0.01, WEIGHT) < 0.3  # the past is heard
    assert pooled(holds, {"p": 0.5}, {}, past) == {"p": 0.5}


def test_never_is_no_number_of_days() -> None:
    assert all(day is None or day < NEVER for day in between_days([3.0, None], [None, 9.0], 0.5))
