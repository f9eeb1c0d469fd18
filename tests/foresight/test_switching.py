"""Switches on toys whose best date and regret are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.foresight.switching import Counted, date_switch, paired, regret

DAYS = 1000


def toy(futures: int, seed: int = 5, rate: float = 0.0):
    """A is good until T, B from S on. T, S uniform over the run, or exponential with a rate a day."""
    rng = np.random.default_rng(seed)
    draw = (
        (lambda: rng.uniform(0, DAYS, futures)) if not rate else (lambda: rng.exponential(1 / rate, futures))
    )
    ends, begins = draw(), draw()
    grid = np.arange(0, DAYS + 1)
    good = np.stack([grid <= ends[:, None], grid > begins[:, None]])
    return Counted.of(good, grid), ends, begins


def scores(counted: Counted, days, lag: float = 0.0):
    futures = counted.total.shape[1]
    return np.stack([counted.switched(0, 1, np.full(futures, day + lag)) for day in days])


def test_the_best_date_is_where_the_curves_cross_and_its_worth_is_known() -> None:
    # Mean good days of a switch at t: integral of P(A good) to t and of P(B good) after it = 1/2 + t - t^2.
    counted, _, _ = toy(6000)
    days = tuple(range(0, DAYS + 1, 20))
    found = date_switch(scores(counted, days) / DAYS, days, np.ones(6000))
    t = np.array(days) / DAYS
    assert found.mean == pytest.approx(0.5 + t - t**2, abs=0.012)
    assert found.day == pytest.approx(500, abs=60)
    assert found.days[found.early] <= 500 <= found.days[found.late]
    assert found.days[found.late] - found.days[found.early] < 250


def test_the_best_date_of_exponential_ends_comes_earlier_by_the_time_of_delivery() -> None:
    # exp(-r t) = 1 - exp(-r t) at t = ln 2 / r; what takes 60 days to bite is decided 60 days before.
    rate, lag = 1 / 400, 60
    counted, _, _ = toy(8000, rate=rate)
    days = tuple(range(0, 601, 10))
    found = date_switch(scores(counted, days, lag), days, np.ones(8000))
    assert found.day == pytest.approx(np.log(2) / rate - lag, abs=45)


def test_a_perfect_sign_is_worth_a_twelfth_of_the_run() -> None:
    # Switching when A ends loses only (S - T)+, a sixth of the run on average; the best date loses a quarter.
    counted, ends, _ = toy(6000)
    days = tuple(range(0, DAYS + 1, 20))
    dated = scores(counted, days) / DAYS
    signed = counted.switched(0, 1, ends) / DAYS
    best = date_switch(dated, days, np.ones(6000)).best
    assert signed.mean() == pytest.approx(5 / 6, abs=0.01)
    gain, low, high = paired(signed, dated[best], np.ones(6000))
    assert low < 1 / 12 < high
    assert gain == pytest.approx(1 / 12, abs=0.012)
    # No single date does better in any future than the perfect sign, but for the width of a day.
    short = regret(np.concatenate([dated, signed[None]]))
    assert short[-1].max() <= 1.01 / DAYS
    assert short[best].mean() == pytest.approx(1 / 12, abs=0.012)


def test_a_switch_that_never_bites_is_none() -> None:
    counted, _, _ = toy(50)
    assert counted.switched(0, 1, np.full(50, np.inf)) == pytest.approx(counted.whole(0))
    assert counted.switched(0, 1, np.zeros(50)) == pytest.approx(counted.whole(1))


def test_sums_between_output_days_take_the_value_that_stands_for_them() -> None:
    grid = np.array([0, 10, 40, 70])
    counted = Counted.of(np.array([[[True, True, False, True]]]), grid)
    assert counted.whole(0).tolist() == [40]
    assert [counted.until(0, np.array([float(day)]))[0] for day in (0, 5, 10, 30, 40, 50, 99)] == [
        0, 5, 10, 10, 10, 20, 40,
    ]  # fmt: skip
