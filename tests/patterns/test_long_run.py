"""How wars that last, end and come back are counted."""

from __future__ import annotations

import numpy as np
import pytest

from patterns.long_run import YEAR, calm_years, recurs, steps, still

WARS = np.array([[1, 1, 0, 0, 1], [1, 1, 1, 1, 1], [0, 1, 1, 0, 0], [1, 0, 0, 0, 0]], dtype=bool)


def test_a_war_is_active_still_when_no_year_was_calm_since_its_first() -> None:
    assert [still(WARS, y) for y in (0, 1, 2)] == pytest.approx([100.0, 200 / 3, 100 / 3])


def test_a_calm_year_ends_a_war_and_a_later_one_brings_it_back() -> None:
    assert calm_years(WARS) == [(2 * YEAR, True), (2 * YEAR, False), (4 * YEAR, False)]
    assert recurs(calm_years(WARS), 1.0) == 0.0
    assert recurs(calm_years(WARS), 2.0) == pytest.approx(100 / 3)


def test_yearly_steps_between_war_minor_conflict_and_none_sum_to_all() -> None:
    table = steps(np.array([[2000.0, 1500.0, 100.0, 3.0], [30.0, 1200.0, 0.0, 0.0]]))
    assert table[0] == pytest.approx([100 / 3, 100 / 3, 100 / 3])
    assert table[1] == pytest.approx([50.0, 0.0, 50.0])
