"""The step is no part of the model: outbursts are alike with steps of a day and of a quarter of a day.

An outburst is the most people displaced in any seven days of a future. Within one day a step of a day does
not resolve anything: those who decide in it have a whole day to leave, so the largest *day* is higher by a
fifth.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from afternext.world import compile_scenario
from tests.world.toy import CALM, draw_rows, incident, toy

CASES = {
    "fall": [incident("capture", "ford", day=5)],
    "announced": [incident("announcement", "ford", day=5)],
    "announced for long": [incident("announcement", "ford", day=5, days=10)],
    "fighting": [incident("fighting", "ford", day=5, days=30, intensity=0.7)],
    "weak fighting": [incident("fighting", "ford", day=5, days=60, intensity=0.25)],
}
FUTURES = 200
DAYS = 75


def play(incidents: list[dict], dt: float, futures: int, **overrides: float) -> dict[str, np.ndarray]:
    world = compile_scenario(toy(incidents=incidents), days=DAYS, dt=dt, overrides=overrides)
    newly, onward = np.zeros((2, futures, DAYS + 1))
    for k, row in enumerate(draw_rows(world, 1 << (futures - 1).bit_length())[:futures]):
        arrays = world.simulate(row, 1, k).arrays
        newly[k], onward[k] = arrays["newly_displaced"], arrays["secondary"]
    return {
        "day": (newly[:, 1:] - newly[:, :-1]).max(axis=1),
        "week": (newly[:, 7:] - newly[:, :-7]).max(axis=1),
        "all": newly[:, -1],
        "onward": onward[:, -1],
    }


@cache
def outbursts(case: str, dt: float) -> dict[str, np.ndarray]:
    return play(CASES[case], dt, FUTURES, **CALM)


def ratio(case: str, window: str, statistic: str) -> float:
    """Return the statistic at a step of a day over that at a quarter of a day."""

    def at(dt: float) -> float:
        values = outbursts(case, dt)[window]
        return float(values.mean() if statistic == "mean" else np.quantile(values, 0.9))

    return at(1.0) / at(0.25)


@pytest.mark.parametrize("statistic", ["mean", "90 %"])
@pytest.mark.parametrize("case", CASES)
def test_outbursts_do_not_depend_on_the_step(case: str, statistic: str) -> None:
    assert ratio(case, "week", statistic) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("case", CASES)
def test_how_many_leave_in_the_end_does_not_depend_on_the_step(case: str) -> None:
    assert ratio(case, "all", "mean") == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("case", CASES)
def test_how_many_move_on_does_not_depend_on_the_step(case: str) -> None:
    """Within a fifth, or half a percent of all who left where a few futures make up the mean."""
    day, quarter = (outbursts(case, dt)["onward"].mean() for dt in (1.0, 0.25))
    assert day == pytest.approx(quarter, rel=0.2, abs=0.005 * outbursts(case, 1.0)["all"].mean())


@pytest.mark.parametrize("case", CASES)
def test_the_largest_day_is_higher_by_no_more_than_a_fifth_or_so(case: str) -> None:
    assert 0.9 < ratio(case, "day", "mean") < 1.25


@pytest.mark.deep
def test_outbursts_of_chance_do_not_depend_on_the_step() -> None:
    """Attacks come by chance, so it takes many futures to tell a difference of a tenth."""
    hot = {"attack_insurgent": 0.2, "attack_regular": 0.02}
    day, quarter = (play([], dt, 24_000, **hot)["week"] for dt in (1.0, 0.25))
    for one, other in ((day.mean(), quarter.mean()), (np.quantile(day, 0.9), np.quantile(quarter, 0.9))):
        assert one / other == pytest.approx(1.0, abs=0.1)
