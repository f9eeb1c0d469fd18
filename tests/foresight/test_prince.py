"""PRINCE by hand."""

from __future__ import annotations

import pytest

from afternext.foresight.prince import Stake, support


def test_neutral_stakes_count_half() -> None:
    found = support(
        [
            Stake("for", 5, 4, 3),  # +60
            Stake("mildly for", 1, 2, 4),  # +8
            Stake("neutral", 0, 5, 2),  # 10, half of it for
            Stake("against", -4, 3, 4),  # -48
        ]
    )
    assert (found.positive, found.neutral, found.negative) == (68, 10, 48)
    # (68 + 5) / (68 + 10 + 48) = 73 / 126
    assert found.share == pytest.approx(73 / 126)
    assert round(100 * found.share) == 58


@pytest.mark.parametrize(("position", "share"), [(3, 1.0), (0, 0.5), (-2, 0.0)])
def test_one_alone_decides(position: float, share: float) -> None:
    assert support([Stake("alone", position, 2, 2)]).share == share


def test_nobody_decides_nothing() -> None:
    with pytest.raises(ValueError, match="nobody"):
        support([])


def test_points_outside_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="power 6 is outside 1 to 5"):
        Stake("giant", 1, 6, 1)
