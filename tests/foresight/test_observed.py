"""What is observed of a run is read when it is asked for, and says the same as all of it in memory."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from afternext.ensemble.opened import Run
from afternext.foresight.observed import LOOKS, Curves, Observed, Sign
from afternext.foresight.words import Words
from afternext.scenario import load
from tests.ensemble.fake_world import play

DAYS = np.array([0, 1, 7, 14, 20, 30, 45, 61, 91, 183])


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(50, len(DAYS))).cumsum(1)


@pytest.mark.parametrize("day", [7, 10, 14, 30, 60, 91, 183, 365])
def test_extremes_kept_for_the_looks_are_those_of_the_whole_curve(values: np.ndarray, day: int) -> None:
    observed = Observed({"dead": (DAYS, values)})
    seen = values[:, day >= DAYS]
    assert np.array_equal(observed.until("dead", day, True), seen.max(1))
    assert np.array_equal(observed.until("dead", day, False), seen.min(1))
    assert np.array_equal(observed.at("dead", day), seen[:, -1])


def test_a_curve_is_read_once_for_all_looks(values: np.ndarray) -> None:
    class Counting(dict):  # type: ignore[type-arg]
        reads = 0

        def __getitem__(self, name: str):
            Counting.reads += 1
            return super().__getitem__(name)

    observed = Observed(Counting({"dead": (DAYS, values)}))
    for day in LOOKS:
        observed.until("dead", day, True)
        observed.at("dead", day)
    assert Counting.reads == 1


def test_a_sign_is_first_crossed_on_the_day_the_curve_crosses_it(values: np.ndarray) -> None:
    observed = Observed({"dead": (DAYS, values)})
    sign = Sign("dead", 60, True, True, 1.0)
    crossed = observed.crossed(sign)
    for row, when in zip(values, crossed, strict=True):
        days = DAYS[(row > 1.0) & (DAYS <= 60)]
        assert when == (days[0] if len(days) else np.inf)
    assert np.array_equal(np.isfinite(crossed), observed.holds(sign))


def test_observables_of_a_run_are_read_up_to_the_day_and_hide_what_nobody_sees(tmp_path: Path) -> None:
    run = play(tmp_path / "run", futures=6)
    curves = Curves(run, 7)
    seen = {"displaced", "population_held_army", "displaced_valley"}
    assert set(curves) == {*seen, "kept_north", "kept_south"}
    days, there = curves["displaced"]
    assert days.tolist() == [0, 1, 2, 3, 7]
    assert np.array_equal(there, run.measures["displaced"].values[:, :5])
    some = np.array([3, 1])
    assert np.array_equal(Curves(run, 7, some)["displaced"][1], there[some])


def test_what_is_watched_is_a_thing_and_its_threshold_a_number() -> None:
    run = cast(Run, SimpleNamespace(scenario=load("mali-2012"), measures={}))
    words = Words(run)
    assert words.label("hard_to_reach") == "people hard to reach"
    assert words.label("secondary") == "people displaced again"
    assert (
        words.label("aim_displaced_united_states")
        == "share of people displaced (a goal of the United States)"
    )
    assert words.label("aim_enemy_ground_france") == "share of people under enemies of France"
    shares = {"aim_enemy_ground_france": SimpleNamespace(attrs={"units": "share"})}
    few = Words(cast(Run, SimpleNamespace(scenario=load("mali-2012"), measures=shares)))
    sign = Sign("aim_enemy_ground_france", 30, True, True, 0.003)
    said = sign.text(few, date(2012, 4, 21))
    assert said == "by 21 April 2012, share of people under enemies of France risen above 0.3 %"
