"""A share of futures is pooled with the past before it is issued, by one rule for all crises."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.forecast.answers import NEVER
from afternext.forecast.past import Past
from afternext.forecast.pooled import between, between_classes, between_days, both, pooled, voice_of
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


def test_a_past_that_is_not_told_has_no_voice() -> None:
    past, holds, idps = Past(TOWNS), asked("holds."), asked("idps.")
    untold = Past(TOWNS.model_copy(update={"incidents": (), "displaced": (), "history": ()}))
    assert [voice_of(q, past) for q in (holds, idps)] == ["reference_class", "climatology"]
    assert [voice_of(q, untold) for q in (holds, idps)] == ["", ""]
    assert voice_of(asked("returnees."), past) == ""
    assert voice_of(asked("leader_exit."), past) == ""
    rivals = {"reference_class": {"p": 0.01}}
    assert pooled(holds, {"p": 0.5}, rivals, untold) == {"p": 0.5}
    assert pooled(holds, {"p": 0.5}, rivals, past)["p"] < 0.2
    assert pooled(holds, {"p": 0.5}, {}, past) == {"p": 0.5}


def test_numbers_are_half_from_each_voice_and_their_classes_the_mean() -> None:
    past = Past(TOWNS)
    low, high = [float(n) for n in range(50)], [float(n) for n in range(1000, 1050)]
    values = pooled(asked("idps."), {"values": low}, {"climatology": {"values": high}}, past)["values"]
    assert len(values) == 50
    assert sum(value < 100 for value in values) == 25
    assert both(low, high, 1.0)[:3] == [0.0, 1.0, 2.0]
    factor = asked("idps.x2")
    assert pooled(factor, {"p": 0.9}, {"climatology": {"p": 0.1}}, past)["p"] == pytest.approx(0.5)
    classes = {"climatology": {"p": {"a": 0.0, "b": 1.0}}}
    assert pooled(asked("idps.class"), {"p": {"a": 0.6, "b": 0.4}}, classes, past)["p"]["a"] == 0.3


def test_never_is_no_number_of_days() -> None:
    assert all(day is None or day < NEVER for day in between_days([3.0, None], [None, 9.0], 0.5))
