"""Athena's equations on cases worked out by hand; they stand beside our own rules for comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.external.athena import (
    affinity,
    control,
    diminished,
    direct_support,
    effective_relationship,
    influence,
    label,
    level,
    security,
    security_factor,
    settle,
    total_support,
    volatility,
)

POSITIONS = st.floats(-1, 1)


def test_affinity_of_agreement_is_the_mean_agreement_weighted_by_passion() -> None:
    # One topic, f = 0.9, g = 0.4: G = sqrt(0.36) = 0.6, D = 0.25, M = 0.9, E = 0.5: beta = 1.
    # A = 0.9 (0.6 - 0.25) / 0.9 (1 + 0.25) = 0.35 / 1.25 = 0.28
    assert affinity([0.9], [0.4], 0.5) == pytest.approx(0.28)


def test_affinity_of_two_topics_by_hand() -> None:
    # Topic 1: f = 1, g = 1: G = 1, D = 0, M = 1.       Topic 2: f = 0.5, g = -0.5: G = 0, D = 0.5, M = 0.5.
    # E = 0.25: beta = 3. Above: 1 (1 - 0) + 0.5 (0 - 3 * 0.5) = 0.25. Below: 1 + 0.5 (1 + 1.5) = 2.25.
    assert affinity([1, 0.5], [1, -0.5], 0.25) == pytest.approx(0.25 / 2.25)


def test_affinity_is_not_symmetric() -> None:
    # f = 0, g = 1: D = 0.5, G = 0.   Of f for g: M = max(0, 0.5) = 0.5; of g for f: M = max(1, 0.5) = 1.
    # Topic 2 agrees fully (1, 1): f for g (1 - 0.25) / (1 + 0.75) = 3/7, g for f (1 - 0.5) / (1 + 1.5) = 1/5.
    assert affinity([0, 1], [1, 1], 0.5) == pytest.approx(3 / 7)
    assert affinity([1, 1], [0, 1], 0.5) == pytest.approx(1 / 5)


def test_affinity_without_emphasis_on_agreement_is_its_limit() -> None:
    assert affinity([1, 0.5], [1, -0.5], 0) == -1
    assert affinity([0.5, 1], [0.5, 1], 0) == pytest.approx((0.5 * 0.5 + 1 * 1) / 1.5)
    assert affinity([1, 0.5], [1, -0.5], 1e-9) == pytest.approx(-1, abs=1e-6)


def test_affinity_with_all_emphasis_on_agreement_is_never_negative() -> None:
    # E = 1: beta = 0, opposites simply do not count: M = 1, G = 0.
    assert affinity([1], [-1], 1) == 0


def test_affinity_of_those_who_believe_nothing_is_nil() -> None:
    assert affinity([0, 0], [0, 0], 0.5) == 0


@given(st.lists(st.tuples(POSITIONS, POSITIONS), min_size=1, max_size=5), st.floats(0, 1))
def test_affinity_stays_within_its_scale(topics: list[tuple[float, float]], emphasis: float) -> None:
    f, g = zip(*topics, strict=True)
    assert -1 - 1e-9 <= affinity(f, g, emphasis) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.8, "SUPPORT"), (0.7, "LIKE"), (0.2, "INDIFF"), (0.0, "INDIFF"), (-0.3, "DISLIKE"), (-0.8, "OPPOSE")],
)
def test_relationships_have_their_words(value: float, word: str) -> None:
    assert label(value) == word


def test_the_nearer_the_end_the_smaller_an_effect() -> None:
    # 20 % of the way that is left: from 0 it is 100 * 0.2 = 20, from 80 it is 4, from -50 it is 30.
    assert [diminished(b, 20) for b in (0, 80, -50)] == pytest.approx([20, 4, 30])
    # Downwards it is the way to -100: from 80 it is -180 * 0.2 = -36.
    assert diminished(80, -20) == pytest.approx(-36)
    assert diminished(100, 50) == 0


def test_two_equal_effects_in_a_row_do_not_add_up() -> None:
    once = diminished(0, 50)  # 50
    twice = once + diminished(once, 50)  # 50 + (100 - 50) * 0.5 = 75, not 100
    assert (once, twice) == (50, 75)


def test_attitudes_settle_between_the_last_level_and_the_natural_one() -> None:
    # B = 0.2 * 40 + 0.7 * 20 + 0.1 * -30 + 5 = 8 + 14 - 3 + 5 = 24; A = 24 - 10 = 14
    attitude, baseline = settle(40, 20, -30, (0.2, 0.7, 0.1), (-10, 5))
    assert (attitude, baseline) == pytest.approx((14, 24))
    assert settle(90, 90, 90, (0, 1, 0), (50, 50)) == (100, 100)  # both are clamped


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="one"):
        settle(0, 0, 0, (0.5, 0.5, 0.5))


@pytest.mark.parametrize(
    ("felt", "share"), [(-100, 0), (-25, 0), (-12.5, 0.25), (0, 0.5), (12.5, 0.75), (25, 1), (90, 1)]
)
def test_support_counts_as_far_as_people_are_safe(felt: float, share: float) -> None:
    assert security_factor(felt) == pytest.approx(share)


def test_direct_support_by_hand() -> None:
    # Hill 600 of 1,000, likes 0.8, security 0 -> 0.5: 0.8 * 0.5 * 0.6 = 0.24
    # River 300, likes 0.2 (just enough), safe -> 1: 0.2 * 1 * 0.3 = 0.06
    # Valley 100, likes 0.1: below 0.2, does not count.                        Together 0.30
    found = direct_support(
        {"hill": 0.8, "river": 0.2, "valley": 0.1},
        {"hill": 0, "river": 60, "valley": 60},
        {"hill": 600, "river": 300, "valley": 100},
    )
    assert found == pytest.approx(0.30)


def test_the_terrorised_support_nobody() -> None:
    assert direct_support({"hill": 1.0}, {"hill": -40}, {"hill": 1000}) == 0
    assert direct_support({}, {}, {}) == 0


def test_lent_support_is_not_handed_on() -> None:
    # C lends to B, B lends to A: A gets what B has of its own, B what C has; nothing goes from C to A.
    found = total_support({"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4}, {"b": "a", "c": "b", "d": None})
    assert found == pytest.approx({"a": 0.3, "b": 0.3, "c": 0.0, "d": 0.0})


def test_influence_is_a_share_among_those_who_count() -> None:
    found = influence({"a": 0.3, "b": 0.1, "c": 0.01}, least=0.05)
    assert found == pytest.approx({"a": 0.75, "b": 0.25, "c": 0.0})
    assert influence({"a": 0.0}) == {"a": 0.0}


@pytest.mark.parametrize(
    ("influences", "holder", "then"),
    [
        ({"army": 0.7, "rebels": 0.3}, "army", "army"),  # above the threshold
        ({"army": 0.4, "rebels": 0.3, "tribes": 0.3}, "army", "army"),  # below it, still the largest
        ({"army": 0.4, "rebels": 0.4, "tribes": 0.2}, "army", "army"),  # nobody has more
        ({"army": 0.3, "rebels": 0.7}, "army", "rebels"),  # more, and above the threshold
        ({"army": 0.3, "rebels": 0.45, "tribes": 0.25}, "army", None),  # more, but below it: a vacuum
        ({"army": 0.45, "rebels": 0.55}, None, "rebels"),  # a vacuum is filled from above the threshold
        ({"army": 0.45, "rebels": 0.40, "tribes": 0.15}, None, None),  # and not from below it
        ({}, "army", "army"),  # without any influence nobody has more
        ({}, None, None),
    ],
)
def test_control_with_the_rule_that_nobody_may_have_it(
    influences: dict[str, float], holder: str | None, then: str | None
) -> None:
    assert control(influences, holder, threshold=0.5) == then


def test_volatility_is_greatest_between_equals() -> None:
    # Two enemies of 50: (50 * 50 + 50 * 50) / 100^2 = 0.5. Of 90 and 10: (90 * 10 + 10 * 90) / 100^2 = 0.18.
    assert volatility({"a": 50, "b": 50}, {"a": 50, "b": 50}, 100) == pytest.approx(50)
    assert volatility({"a": 90, "b": 10}, {"a": 10, "b": 90}, 100) == pytest.approx(18)
    assert volatility({"a": 100}, {"a": 0}, 100) == 0
    assert volatility({}, {}, 0) == 0


def test_security_by_hand() -> None:
    # Of 100: own and friends 90, enemies 10, volatility 18: 100 (90 - 10 - 18) / (100 + 18) = 6200 / 118
    assert security(90, 10, 100, 18) == pytest.approx(6200 / 118)
    assert level(security(90, 10, 100, 18)) == "HIGH"
    # The other side of the same place: 100 (10 - 90 - 18) / 118
    assert security(10, 90, 100, 18) == pytest.approx(-9800 / 118)
    assert level(security(10, 90, 100, 18)) == "NONE"
    # Equals: 100 (50 - 50 - 50) / 150 = -33.3: nobody is safe where two equals fight
    assert security(50, 50, 100, 50) == pytest.approx(-100 / 3)
    assert security(0, 0, 0, 0) == 0


@pytest.mark.parametrize(("value", "word"), [(25.1, "HIGH"), (25, "MEDIUM"), (5, "LOW"), (-25, "NONE")])
def test_security_has_its_words(value: float, word: str) -> None:
    assert level(value) == word


def test_orders_reach_as_far_as_discipline() -> None:
    # A group is disliked (-0.6); orders are to be friendly (0.4): 0.7 of the way is 0.1, 0.4 of it -0.2.
    assert [effective_relationship(-0.6, 0.4, d) for d in (1.0, 0.7, 0.4)] == pytest.approx([0.4, 0.1, -0.2])
