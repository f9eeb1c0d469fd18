"""Pathways: tipping points, switches and triggers of toys that are known, and of a small comparison."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from afternext.errors import UsageError
from afternext.foresight.comparison import Comparison, compare, enlist, read
from afternext.foresight.pathfinding import days_to_effect, find_pathways, play
from afternext.foresight.pathways import AT_ONCE, LATER, NEVER
from afternext.foresight.signed import name_of, play_on_sign, split_signed
from afternext.foresight.terminal_pathways import played_line
from afternext.foresight.triggers import Trigger
from afternext.foresight.words import Words
from tests.foresight.comparisons import FUTURES, small_comparison
from tests.foresight.toys import NONE, OTHER, ToyComparison, ToyRun

DAYS = 500
GOAL = ("displaced < 0.5",)
HELP = "sorrel:air_support@20d~5"
SWITCH = f"none=>{HELP}@2031-07-10"


def toy(futures: int = 1000, warning: int = 40, seed: int = 3):
    """A holds until T, B from S on, both uniform over more than the run; attacks rise some days before T."""
    rng = np.random.default_rng(seed)
    ends, begins = rng.uniform(0, 1.25 * DAYS, (2, futures))
    days = np.arange(0, DAYS + 1, 5)
    idle = rng.normal(size=(4, futures, len(days))).cumsum(2)
    warned = days >= ends[:, None] - warning
    runs = {
        NONE: ToyRun({"displaced": days > ends[:, None], "attacks": warned, "raided": idle[0]}, days),
        OTHER: ToyRun({"displaced": days <= begins[:, None], "attacks": idle[1], "raided": idle[2]}, days),
    }
    for run in runs.values():
        run.curves = {name: np.asarray(values, dtype=float) for name, values in run.curves.items()}
    return ToyComparison(runs), ends, begins


@pytest.fixture(scope="module")
def known():
    return find_pathways(toy()[0], GOAL, lasting=30)


def test_a_strategy_tips_where_its_survival_falls_below_the_wanted_share(known) -> None:
    line = known.line(NONE)
    # It lasts beyond t in 1 - t / (1.25 DAYS) of futures.
    assert line.lasts.at(250)[0] == pytest.approx(0.6, abs=0.03)
    day, early, late = line.tips
    assert early <= 0.3 * 1.25 * DAYS <= late + 5
    assert day == pytest.approx(0.3 * 1.25 * DAYS, abs=20)
    # Lapses that begin in the last 30 days are not known to last.
    assert line.lasts.until == DAYS - 30


def test_the_switch_comes_where_one_is_as_good_as_the_other_and_gains_what_the_formula_says(known) -> None:
    change = next(one for one in known.changes if one.source == NONE)
    # 1 - t / L = t / L at L / 2, the middle of L = 1.25 DAYS.
    half = 0.5 * 1.25 * DAYS
    assert change.kind == LATER
    assert change.dated.day == pytest.approx(half, abs=45)
    assert known.when(change.dated.day).year == 2032
    length = 1.25 * DAYS
    stay = (DAYS - DAYS**2 / (2 * length)) / DAYS
    switched = (half - half**2 / (2 * length) + (DAYS**2 - half**2) / (2 * length)) / DAYS
    mean, low, high = change.over_staying
    assert low < switched - stay < high
    assert mean == pytest.approx(switched - stay, abs=0.03)
    # Waiting costs the square of the wait over L, as long as A and B are uniform.
    for day, lost in change.waiting:
        wait = day - half
        best = change.dated.day - half
        assert lost[0] == pytest.approx((wait**2 - best**2) / length / DAYS, abs=0.02)


def test_the_warning_is_found_and_beats_the_date(known) -> None:
    trigger = known.line(NONE).trigger
    assert trigger is not None
    assert trigger.measure == "attacks"
    assert trigger.hits > 0.95
    # It also goes off where the strategy would end just behind the last day that is watched.
    assert trigger.false_alarms < 0.35
    assert trigger.lead[0] == pytest.approx(37, abs=6)
    change = next(one for one in known.changes if one.source == NONE)
    assert change.by_sign[1] > 0
    assert change.in_time == pytest.approx(1.0)


def test_where_the_other_is_better_all_along_sooner_is_better_and_there_is_no_way_back() -> None:
    rng = np.random.default_rng(1)
    ends = rng.uniform(50, DAYS, 400)
    days = np.arange(0, DAYS + 1, 10)
    runs = {
        NONE: ToyRun({"displaced": (days > ends[:, None]).astype(float)}, days),
        OTHER: ToyRun({"displaced": (days > 1.6 * ends[:, None]).astype(float)}, days),
    }
    found = find_pathways(ToyComparison(runs), GOAL)
    kinds = {one.source: one.kind for one in found.changes}
    assert kinds == {NONE: AT_ONCE, OTHER: NEVER}
    assert found.best == OTHER
    assert [one.source for one in found.main()] == [NONE]
    (one,) = found.main()
    assert one.use_by is not None
    assert one.dated.days[one.dated.late] >= 30
    losses = [lost[0] for _, lost in one.waiting]
    assert losses == sorted(losses)


def test_what_was_not_good_at_first_can_be_good_again() -> None:
    days = np.arange(0, DAYS + 1, 10)
    bad = (days < 200)[None, :] * np.ones((60, 1))
    late = (days >= 300)[None, :] * np.ones((60, 1))
    runs = {NONE: ToyRun({"displaced": bad}, days), OTHER: ToyRun({"displaced": late}, days)}
    found = find_pathways(ToyComparison(runs), GOAL)
    assert (found.line(NONE).tips[0], found.line(NONE).again) == (0, 200)
    assert (found.line(OTHER).tips[0], found.line(OTHER).again) == (300, None)
    judged = find_pathways(ToyComparison(runs), GOAL, since=210)
    assert judged.line(NONE).tips[0] is None
    assert judged.line(NONE).days[0] == pytest.approx(1)


def test_the_same_strategy_twice_offers_nothing_to_switch_to() -> None:
    comparison, _, _ = toy(200)
    comparison.runs[OTHER] = comparison.runs[NONE]
    found = find_pathways(comparison, GOAL)
    assert not found.main()
    assert all(one.over_staying == (0, 0, 0) for one in found.changes)


def test_goals_without_news_and_dates_without_days_are_refused() -> None:
    comparison, _, _ = toy(60)
    with pytest.raises(UsageError, match="always"):
        find_pathways(comparison, ("displaced < 2",))
    with pytest.raises(UsageError, match="never"):
        find_pathways(comparison, ("displaced > 2",))
    with pytest.raises(UsageError, match="nothing is left"):
        find_pathways(comparison, GOAL, since=DAYS - 10)
    with pytest.raises(UsageError, match="between 0 and 1"):
        find_pathways(comparison, GOAL, share=70)
    with pytest.raises(UsageError, match="at least 20 futures"):
        find_pathways(toy(19)[0], GOAL)


def test_it_is_plain_json_the_same_every_time_and_says_share(known) -> None:
    text = json.dumps(known.to_dict(), allow_nan=False)
    assert text == json.dumps(find_pathways(toy()[0], GOAL, lasting=30).to_dict())
    assert "probab" not in text.lower()
    assert len(known.to_frame()) == len(known.lines) + len(known.changes)


@cache
def compared() -> Comparison:
    """The small comparison of all tests, copied, with a decision and a switch to it."""
    folder = Path(mkdtemp(prefix="afternext-test-")) / "compared"
    shutil.copytree(small_comparison().path, folder)
    return compare("two-towns", (HELP, SWITCH), workers=1, out=folder)


def test_only_decisions_can_be_left_or_joined() -> None:
    found = find_pathways(compared(), ("displaced < 12k",))
    assert not found.line("help_in_time").movable
    assert all("help_in_time" not in (one.source, one.target) for one in found.changes)


def test_days_to_effect_are_those_of_the_plan_and_none_of_a_bar() -> None:
    assert days_to_effect(compared(), HELP).min() >= 5
    assert days_to_effect(compared(), "no:arms").tolist() == [0] * FUTURES


def test_a_switch_that_is_played_is_the_same_future_until_its_day() -> None:
    found = find_pathways(compared(), ("displaced < 12k",))
    (played,) = found.played
    assert (played.source, played.target, played.day) == ("none", HELP, 70)
    assert played.same == pytest.approx(1.0)
    run, base = compared().runs[SWITCH], compared().runs["none"]
    before = base.measures["day"].values < 70
    for name in ("displaced", "attacks", "in_effect_air_support"):
        assert np.array_equal(run.measures[name].values[:, before], base.measures[name].values[:, before])
    # With nothing worth a station nothing is run.
    assert play(compared(), found, 0) is compared()


def signed(fires: np.ndarray, value: float) -> tuple[Comparison, str]:
    """The comparison with a switch on a sign of one's own."""
    folder = Path(mkdtemp(prefix="afternext-test-")) / "compared"
    shutil.copytree(compared().path, folder)
    comparison = Comparison(folder)
    trigger = Trigger("displaced", True, value, 0.5, 0.0, 1.0, (30, 10, 50), fires)
    course = play_on_sign(comparison, NONE, HELP, trigger, Words(comparison.first), workers=1)
    enlist(folder, read(folder), [course])
    return Comparison(folder), course.id


def test_each_future_switches_on_the_day_after_its_own_sign_and_one_without_a_sign_never_does() -> None:
    # Day 69 for one in two: these are the futures of the switch on day 70, the others those of the first.
    fires = np.where(np.arange(FUTURES) % 2 == 0, 69.0, np.inf)
    comparison, ident = signed(fires, 0.0)
    run = comparison.runs[ident]
    for name in ("displaced", "attacks", "in_effect_air_support"):
        own = run.measures[name].values
        assert np.array_equal(own[::2], comparison.runs[SWITCH].measures[name].values[::2])
        assert np.array_equal(own[1::2], comparison.runs[NONE].measures[name].values[1::2])


def test_a_switch_on_a_sign_is_told_beside_what_was_read_off() -> None:
    curve = compared().runs[NONE].measures["displaced"].values
    days = compared().runs[NONE].measures["day"].values
    value = float(np.median(curve[:, days <= 60].max(1)))
    crossed = curve > value
    fires = np.where(crossed.any(1), days[crossed.argmax(1)].astype(float), np.inf)
    comparison, ident = signed(fires, value)
    found = find_pathways(comparison, ("displaced < 12k",))
    told = next(two for two in found.played if two.id == ident)
    assert (told.source, told.target) == (NONE, HELP)
    assert told.same == pytest.approx(1.0)
    assert told.sign.endswith(found.words.value("displaced", value))
    assert 0.3 < told.signed < 1.0
    assert "as soon as" in played_line(found, told)
    # What is kept can be read with the others, and goes on without being composed anew.
    assert ident not in [line.id for line in found.lines]
    assert set(compare("two-towns", workers=1, out=comparison.path).ids) == set(comparison.ids)


def test_a_name_of_a_switch_on_a_sign_says_what_is_waited_for() -> None:
    trigger = Trigger("kept_Salah al-Din", False, 0.75, 0.5, 0.0, 1.0, (30, 10, 50), np.zeros(1))
    name = name_of("none", "a:b>c@20d~5", trigger)
    assert split_signed(name) == ("none", "a:b>c@20d~5", "kept_Salah al-Din", False, 0.75)
    assert split_signed(SWITCH) is None
    assert split_signed("none") is None
