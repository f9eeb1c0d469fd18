"""How jumps of support and the distortion of decisions are read; the deep test looks at a few futures."""

from __future__ import annotations

import numpy as np
import pytest

from patterns import partisan
from patterns.harness import Lab, Played

DAYS = partisan.DAYS


def played(**arrays: np.ndarray) -> Played:
    """Return one future of which only these arrays are known."""
    return Played({name: values[None, :] for name, values in arrays.items()}, (), (), (), (), {})


def with_shock(day: int, support: np.ndarray) -> Played:
    """Return a future with one shock, whose attention halves in ten days."""
    days = np.arange(DAYS)
    salience = np.where(days >= day, 0.8 * 2.0 ** (-(days - day) / 10.0), 0.0)
    return played(salience_patron=salience, opinion_patron=support)


def rally(day: int, height: float, half_life: float) -> np.ndarray:
    """Return support that jumps on a day and fades."""
    days = np.arange(DAYS)
    return 0.4 + np.where(days >= day, height * 2.0 ** (-(days - day) / half_life), 0.0)


def test_a_jump_is_what_support_rises_in_the_month_after_a_shock() -> None:
    assert partisan.swing(with_shock(100, rally(100, 0.1, 1e9))) == pytest.approx(10.0)
    assert partisan.swing(with_shock(100, rally(300, 0.1, 1e9))) == pytest.approx(0.0), "nothing shocked it"


@pytest.mark.parametrize(
    ("half_life", "low", "high"), [(20.0, 97.0, 100.0), (60.0, 80.0, 95.0), (1e9, 0.0, 0.1)]
)
def test_how_much_of_a_jump_is_gone_half_a_year_later(half_life: float, low: float, high: float) -> None:
    gone = partisan.decay(with_shock(100, rally(100, 0.15, half_life)))
    assert low <= gone[0] <= high


def test_no_more_of_a_jump_can_be_gone_than_all_and_nothing_is_said_where_there_was_none() -> None:
    fallen = np.where(np.arange(DAYS) >= 200, 0.1, rally(100, 0.1, 1e9))
    assert partisan.decay(with_shock(100, fallen)) == pytest.approx(100.0)
    assert np.isnan(partisan.decay(with_shock(100, rally(100, 0.01, 1e9)))[0])


def test_early_and_late_are_counted_from_the_day_on_which_the_capital_is_in_danger() -> None:
    days = np.arange(DAYS)
    distorted = np.where((days >= 200) & (days < 300), 0.4, 0.1)
    centre = np.where(days >= 200, 0.3, 0.9)
    assert partisan.gap(played(distortion_patron=distorted, centre=centre)) == pytest.approx(30.0)
    assert np.isnan(partisan.gap(played(distortion_patron=distorted, centre=np.full(DAYS, 0.9)))[0])


@pytest.mark.deep
def test_distortion_falls_within_a_crisis_and_a_rally_fades() -> None:
    pattern = partisan.measure(Lab(futures=48, quiet=True))[0]
    early, fades = pattern.claim("early"), pattern.claim("fades")
    assert np.nanmedian(early.base.values) > 0.5
    assert all(reading.share == 0.0 for reading in early.ablations.values())
    assert np.nanmedian(fades.base.values) > 50.0
    for reading in fades.ablations.values():
        assert np.nanmedian(reading.values) < 0.6 * np.nanmedian(fades.base.values)
