"""One future in plain sentences: complete, in order, without repeating itself."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from afternext.ensemble.chronicle import DAILY_DAYS, NAMED, Line, Total, chronicle, medoid, tell
from afternext.ensemble.run import Run
from afternext.errors import UsageError
from afternext.world.events import (
    ARMS,
    ATTACK,
    CHANGED,
    DECIDED,
    DTYPE,
    ENDED,
    EXODUS,
    FALL,
    LIFTED,
    REPELLED,
    TURN,
)
from tests.ensemble.fake_world import FakeWorld, play

FREEZE = date(2014, 6, 12)
PLACES = [f"Town {i}" for i in range(12)]
FORCES = ["Army", "Rebels"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return play(tmp_path_factory.mktemp("chronicle") / "run")


def lines(*events: tuple[float, int, int, int]) -> list[Line]:
    """Tell events given as (day, kind, place, persons)."""
    log = np.zeros(len(events), dtype=DTYPE)
    for name, column in zip(("day", "kind", "place", "persons"), zip(*events, strict=True), strict=True):
        log[name] = column
    log["force"] = 1
    return tell(log, PLACES, FORCES, PLACES, FREEZE)


def test_an_event_is_told_with_its_date() -> None:
    (line,) = lines((3.5, FALL, 0, 0))
    assert line.text.startswith("Town 0 falls to Rebels")
    assert (line.day, line.date, line.heading) == (3, date(2014, 6, 15), "15 June 2014, day 3")
    assert line.to_dict()["kind"] == "fall"


def test_what_happens_alike_on_one_day_is_one_sentence() -> None:
    (line,) = lines(*((1, FALL, place, 0) for place in range(3)))
    assert line.text.endswith("; likewise Town 1 and Town 2")
    assert line.places == ("Town 0", "Town 1", "Town 2")


def test_long_lists_are_cut_and_counted() -> None:
    (line,) = lines(*((1, FALL, place, 0) for place in range(12)))
    assert line.text.endswith(f"Town {NAMED} and {11 - NAMED} more places")


def test_an_exodus_of_many_days_is_told_once_with_its_sum() -> None:
    (line,) = lines(*((day, EXODUS, 0, 1000) for day in range(1, 11)))
    assert "10,000 people in all on 10 days until 22 June 2014" in line.text
    assert (line.persons, line.times) == (10_000, 10)


def test_the_largest_comes_first() -> None:
    (line,) = lines((1, EXODUS, 0, 10), (1, EXODUS, 1, 5000))
    assert line.text.startswith("5,000 people leave Town 1")
    assert line.text.endswith("; likewise Town 0 (10)")


def test_a_place_that_falls_twice_is_told_twice() -> None:
    told = lines((1, FALL, 0, 0), (5, REPELLED, 0, 0), (9, FALL, 0, 0))
    assert [line.kind for line in told] == ["fall", "repelled", "fall"]


def test_later_months_are_told_together_and_attacks_by_their_end() -> None:
    late = DAILY_DAYS + 40
    told = lines(
        (late, ATTACK, 0, 0), (late + 2, REPELLED, 0, 0), (late + 3, ATTACK, 1, 0), (late + 4, ATTACK, 2, 0)
    )  # fmt: skip
    assert {line.heading for line in told} == {"September 2014"}
    assert [(line.kind, line.places) for line in told] == [
        ("repelled", ("Town 0",)),
        ("attack", ("Town 1", "Town 2")),
    ]


def test_days_and_vehicles_are_no_people() -> None:
    siege, arms = lines((1, LIFTED, 0, 30), (1, ARMS, 1, 40))
    assert "ends, 30 days old" in siege.text
    assert "40 vehicles" in arms.text
    assert (siege.persons, arms.persons) == (0, 0)


def test_one_day_is_told_in_the_singular() -> None:
    one, many = (lines((1, LIFTED, 0, days))[0].text for days in (1, 11))
    assert "ends, 1 day old" in one
    assert "ends, 11 days old" in many


def test_of_the_turns_of_a_month_the_last_is_told() -> None:
    late = DAILY_DAYS + 40
    (line,) = lines((late, TURN, 0, 0), (late + 3, TURN, 1, 0), (late + 6, TURN, 2, 0))
    assert line.text == "A new course of Rebels, strongest at Town 2; the last of 3 this month"


def politics(*events: tuple[float, int, int]) -> list[str]:
    """Tell events of powers given as (day, kind, force), all about one move."""
    log = np.zeros(len(events), dtype=DTYPE)
    for name, column in zip(("day", "kind", "force"), zip(*events, strict=True), strict=True):
        log[name] = column
    log["place"] = log["other"] = -1
    log["persons"] = 100
    told = tell(log, PLACES, FORCES, PLACES, FREEZE, ["State", "Parties", "Patron"], ["A push"], {"Parties"})
    return [line.text for line in told]


def test_who_takes_up_what_another_is_at_joins_it() -> None:
    assert politics((1, DECIDED, 0), (20, DECIDED, 1), (40, DECIDED, 2)) == [
        'State decides on "A push"', 'Parties join State in "A push"', 'Patron joins State in "A push"'
    ]  # fmt: skip
    assert politics((1, DECIDED, 0), (9, ENDED, 0), (20, DECIDED, 1))[-1] == 'Parties decide on "A push"'


def test_what_several_powers_do_within_a_week_is_one_sentence() -> None:
    assert politics((1, DECIDED, 0), (3, DECIDED, 1), (5, DECIDED, 2)) == [
        'State decides on "A push"; also Parties, Patron'
    ]


def test_of_the_scales_that_are_set_in_a_month_the_last_is_told() -> None:
    late = DAILY_DAYS + 40
    assert politics((late, CHANGED, 1), (late + 4, CHANGED, 1)) == [
        'Parties set "A push" to 100 % of full scale; the last of 2 changes'
    ]


def test_no_events_make_an_empty_story() -> None:
    assert tell(np.zeros(0, dtype=DTYPE), PLACES, FORCES, PLACES, FREEZE) == []


def test_the_medoid_is_the_future_nearest_to_the_medians(run: Run) -> None:
    distance = np.zeros(40)
    for name in ("displaced", "population_held_army"):
        values = run.measures[name].values.astype(float)
        gap = np.abs(values - run.quantiles(name, [0.5]).values[0]).mean(axis=1)
        distance += gap / gap.mean()
    assert medoid(run) == np.argmin(distance)
    assert chronicle(run).future == medoid(run)
    assert chronicle(run).typical


def test_a_story_has_totals_at_intervals_after_the_lines_of_their_day(run: Run) -> None:
    story = chronicle(run, 3)
    assert not story.typical
    assert [line.times for line in story.lines] == [3]
    totals = [entry for entry in story.entries() if isinstance(entry, Total)]
    assert [total.day for total in totals] == [7, 30]
    assert totals[-1].values == {"displaced": int(run.measures["displaced"].sel(future=3)[-1])}
    days = [entry.day for entry in story.entries()]
    assert days == sorted(days)


def test_a_total_of_nothing_says_so() -> None:
    assert Total(7, FREEZE, {"displaced": 0}).text == "By 12 June 2014, day 7: nobody is displaced."
    one = Total(7, FREEZE, {"displaced": 1, "trapped": 12, "dead": 1}).text
    assert one.endswith(": 1 person is displaced, 12 want to leave and cannot, 1 civilian has died.")


def test_a_failed_future_cannot_be_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("failed")
    run = play(folder / "some", FakeWorld(fails=frozenset({1})), futures=4)
    with pytest.raises(UsageError, match="future 1 failed"):
        chronicle(run, 1)
    none = play(folder / "none", FakeWorld(fails=frozenset({0})), futures=1)
    with pytest.raises(UsageError, match="every future of this run failed"):
        chronicle(none)
