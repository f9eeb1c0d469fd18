"""Answers of a run: never certain, equal to what the futures did, and weighted where weights are in use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afternext.errors import UsageError
from afternext.forecast.answers import VALUES, Answers, answers_of, equally_likely, floored
from afternext.forecast.baselines import NAMES, Baselines
from afternext.forecast.past import Past
from afternext.forecast.questions import questions_of
from afternext.scenario import load
from afternext.scenario.question_schema import Question
from tests.foresight.runs import small_run


def ask(**content: Any) -> Question:
    return Question.model_validate({"id": "q", "text": "Q?", "kind": "binary", **content})


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(small_run())


@given(k=st.integers(0, 500), more=st.integers(0, 500), answers=st.integers(2, 30))
def test_no_share_of_futures_becomes_certainty(k: int, more: int, answers: int) -> None:
    n = k + more
    if n == 0:
        return
    p = floored(k / n, n, answers)
    assert 0 < p < 1
    assert abs(p - k / n) <= 1 / (n + 1)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=12))
def test_floored_probabilities_of_all_answers_sum_to_one(counts: list[int]) -> None:
    n = sum(counts)
    if n:
        assert sum(floored(k / n, n, len(counts)) for k in counts) == pytest.approx(1.0)


def test_equally_likely_values_are_weighted_quantiles() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert equally_likely(values, np.array([0.0, 1.0, 1.0]), 4).tolist() == [1, 1, 2, 2]
    assert equally_likely(values, np.ones(3), 3).tolist() == [1, 2, 3]


def test_holders_between_snapshots_follow_the_event_log(answers: Answers) -> None:
    """On snapshot days the stored holder counts; in between the log leads, but for what melts away."""
    snapshots, stored = answers._snapshots, answers._block("place_holder")
    moved = wrong = 0
    for ident in answers._places:
        place = answers.place(ident)
        for k in range(1, len(snapshots)):
            assert (answers.holder(ident, int(snapshots[k])) == stored[:, k, place]).all()
            before = answers.holder(ident, int(snapshots[k]) - 1)
            changed = before != stored[:, k - 1, place]
            moved += int(changed.sum())
            wrong += int((changed & (before == stored[:, k, place])).sum() == 0 and changed.any())
    assert moved > 0
    assert wrong < moved / 2


def test_a_number_is_told_by_values_that_futures_reached(answers: Answers) -> None:
    question = ask(kind="number", measure="displaced", on=30)
    values = answers.forecast(question)["values"]
    at = int(np.argmin(np.abs(answers.run.measures["day"].values - 30)))
    reached = set(answers.run.measures["displaced"].values[:, at].astype(float))
    assert len(values) == VALUES
    assert set(values) <= reached
    assert values == sorted(values)


def test_the_crisis_begins_with_the_people_displaced_by_it(answers: Answers) -> None:
    start = answers.measure("idps", 0)
    assert np.median(start) == pytest.approx(answers.past.stock(), rel=0.35)


def test_probabilities_of_a_category_sum_to_one(answers: Answers) -> None:
    question = ask(kind="category", measure="holder", place="westford", on=60)
    p = answers.forecast(question)["p"]
    assert list(p) == answers_of(question, answers.past)
    assert sum(p.values()) == pytest.approx(1.0)
    assert min(p.values()) > 0


def test_takes_by_a_day_is_as_likely_or_more_later(answers: Answers) -> None:
    chances = [
        answers.forecast(ask(event="takes", place="westford", force="front", by=day))["p"]
        for day in (7, 30, 90, 180)
    ]
    assert chances == sorted(chances)


def test_a_date_is_never_where_it_does_not_happen(answers: Answers) -> None:
    days = answers.forecast(ask(kind="date", event="changes_hands", place="crown", by=150))["days"]
    first = answers.first_day(ask(kind="date", event="changes_hands", place="crown", by=150))
    assert sum(day is None for day in days) / VALUES == pytest.approx(float((first > 150).mean()), abs=0.05)


def test_weights_count(answers: Answers) -> None:
    question = ask(measure="displaced", above=10_000, on=60)
    yes = answers.outcomes(question)
    assert 0 < yes.mean() < 1
    weighted = Answers(small_run(), np.where(yes > 0, 1.0, 1e-9))
    assert weighted.forecast(question)["p"] > 0.9
    assert weighted.effective == pytest.approx(yes.sum(), rel=0.01)
    assert weighted.forecast(question)["p"] < 1


def test_a_question_beyond_the_run_is_not_answered(answers: Answers) -> None:
    with pytest.raises(UsageError, match="the run ends before"):
        answers.forecast(ask(measure="displaced", above=1, on=900))


def test_every_baseline_forecasts_in_the_form_of_the_run(answers: Answers) -> None:
    simple = Baselines(answers.past)
    for question in questions_of(small_run().scenario):
        if not answers.covers(question):
            continue
        own = answers.forecast(question)
        rivals = simple.forecasts(question)
        assert set(rivals) <= set(NAMES)
        assert "no_change" in rivals or question.measure not in ("holder", "idps")
        for content in rivals.values():
            assert set(content) == set(own)
            if question.kind == "category":
                assert list(content["p"]) == list(own["p"])
                assert sum(content["p"].values()) == pytest.approx(1.0)
                assert min(content["p"].values()) > 0
            elif question.kind == "binary":
                assert 0 < content["p"] < 1
            else:
                assert len(next(iter(content.values()))) == VALUES


@pytest.mark.parametrize(("days", "low", "high"), [(0, 0.05, 0.12), (200, 0.05, 0.12), (3650, 0.005, 0.02)])
def test_a_leader_of_the_first_days_is_not_sure_to_fall_in_the_next(
    days: int, low: float, high: float
) -> None:
    scenario = load("mali-2012")
    assert scenario.polity is not None
    since = scenario.freeze - timedelta(days=days)
    polity = scenario.polity.model_copy(update={"leader_since": since})
    simple = Baselines(Past(scenario.model_copy(update={"polity": polity})))
    falls = ask(event="leader_exit", power="bamako", by=30)
    assert low < simple.forecasts(falls)["same_place"]["p"] < high
    when = ask(kind="date", event="leader_exit", power="bamako", by=365)
    assert sum(day is None for day in simple.forecasts(when)["same_place"]["days"]) > VALUES / 4


def test_baselines_know_what_their_names_say(answers: Answers) -> None:
    simple = Baselines(answers.past)
    near, far = (ask(measure="holder", place="westford", equals="army", on=day) for day in (7, 180))
    assert simple.forecasts(near)["no_change"]["p"] == simple.forecasts(far)["no_change"]["p"] > 0.99
    assert simple.forecasts(near)["climatology"]["p"] > simple.forecasts(far)["climatology"]["p"]
    assert simple.forecasts(far)["uniform"]["p"] == 0.5
    stock = ask(kind="number", measure="idps", on=30)
    assert np.median(simple.forecasts(stock)["no_change"]["values"]) == pytest.approx(
        answers.past.stock(), rel=0.02
    )
    # Highdale changed hands twice within the year (taken, and Fort Barrow left): its own rate is higher.
    own = ask(measure="holder", place="highdale", equals="front", on=180)
    assert simple.forecasts(own)["same_place"]["p"] < simple.forecasts(far)["same_place"]["p"]
