"""Quantiles are exact, rise, and stay within bounds, truncated or not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from afternext.scenario.distributions import (
    Distribution,
    Lognormal,
    Normal,
    Options,
    Range,
    Triangular,
    Uncertain,
    Uniform,
    ValueFault,
)

U = np.linspace(0.001, 0.999, 97)
NUMBER = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
SPREAD = st.floats(0.01, 1e4).map(lambda x: round(x, 3))


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    """Any distribution that the schema accepts, with or without truncation."""
    low, width = draw(NUMBER), draw(SPREAD)
    kind = draw(
        st.sampled_from(["triangular", "uniform", "normal", "lognormal", "range", "options", "words"])
    )
    if kind == "range":
        return Range(low, low + width)
    if kind == "options":
        return Options(tuple(draw(st.lists(NUMBER, min_size=2, max_size=6, unique=True))))
    if kind == "words":
        return Options(("a", "b", "c"))
    within = None
    if draw(st.booleans()):
        start = low + draw(st.floats(-1, 1)) * width
        within = (start, start + draw(st.floats(0.1, 3)) * width)
    try:
        if kind == "triangular":
            return Triangular(low, low + draw(st.floats(0, 1)) * width, low + width, within)
        if kind == "uniform":
            return Uniform(low, low + width, within)
        if kind == "normal":
            return Normal(low, width, within)
        return Lognormal(abs(low) + 0.01, min(width, 3.0), within)
    except ValueFault:
        assume(False)
        raise


@given(distributions())
def test_quantiles_rise_and_stay_within_bounds(distribution: Distribution) -> None:
    u = np.linspace(0.0, 1.0, 201)
    values = distribution.quantile(u)
    low, high = distribution.bounds
    assert np.all(np.isfinite(values))
    assert np.all((low <= values) & (values <= high))
    if not isinstance(distribution, Options):
        assert np.all(np.diff(values) >= 0.0)


@given(distributions(), st.floats(0, 1))
def test_one_quantile_is_the_same_as_in_an_array(distribution: Distribution, u: float) -> None:
    alone = distribution.quantile(u)
    assert isinstance(alone, float)
    assert alone == distribution.quantile(np.array([u, 0.5]))[0]


@given(distributions())
def test_center_is_possible(distribution: Distribution) -> None:
    center = distribution.center
    low, high = distribution.bounds
    assert isinstance(center, str) or low <= center <= high


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Triangular(2, 3, 7), stats.triang(0.2, 2, 5)),
        (Triangular(2, 2, 7), stats.triang(0.0, 2, 5)),
        (Triangular(2, 7, 7), stats.triang(1.0, 2, 5)),
        (Uniform(-1, 3), stats.uniform(-1, 4)),
        (Normal(5, 2), stats.norm(5, 2)),
        (Lognormal(21, 0.653), stats.lognorm(0.653, scale=21)),
    ],
    ids=lambda value: str(value) if isinstance(value, Distribution) else "scipy",
)
def test_quantiles_equal_those_of_scipy(ours: Distribution, theirs: stats.rv_continuous) -> None:
    np.testing.assert_allclose(ours.quantile(U), theirs.ppf(U), rtol=1e-12)


@pytest.mark.parametrize(
    ("plain", "cut"),
    [
        (Triangular(2, 3, 7), Triangular(2, 3, 7, (2.5, 6))),
        (Uniform(-1, 3), Uniform(-1, 3, (0, 1))),
        (Normal(5, 2), Normal(5, 2, (0, 6))),
        (Normal(0, 1), Normal(0, 1, (3, 9))),
        (Normal(0, 1), Normal(0, 1, (-9, -3))),
        (Lognormal(21, 0.653), Lognormal(21, 0.653, (10, 30))),
        (Lognormal(1, 1), Lognormal(1, 1, (0, 2))),
    ],
    ids=lambda value: str(value),
)
def test_truncated_quantiles_invert_the_truncated_cdf(plain: Distribution, cut: Distribution) -> None:
    theirs = {
        "triangular": lambda: stats.triang(0.2, 2, 5),
        "uniform": lambda: stats.uniform(-1, 4),
        "normal": lambda: stats.norm(plain.mean, plain.sd),  # type: ignore[attr-defined]
        "lognormal": lambda: stats.lognorm(plain.sd, scale=plain.median),  # type: ignore[attr-defined]
    }[plain.keyword]()
    low, high = cut.within  # type: ignore[attr-defined]
    # sf keeps the digits of an upper tail
    if theirs.cdf(low) > 0.5:
        share = (theirs.sf(low) - theirs.sf(cut.quantile(U))) / (theirs.sf(low) - theirs.sf(high))
    else:
        share = (theirs.cdf(cut.quantile(U)) - theirs.cdf(low)) / (theirs.cdf(high) - theirs.cdf(low))
    np.testing.assert_allclose(share, U, atol=1e-10)


def test_far_tails_stay_finite() -> None:
    assert math.isfinite(Normal(0, 1).quantile(0.0))
    assert math.isfinite(Lognormal(1, 2).quantile(1.0))


def test_options_are_equally_frequent_and_words_become_their_index() -> None:
    u = (np.arange(300) + 0.5) / 300
    assert np.unique(Options((5.0, 1.0, 9.0)).quantile(u), return_counts=True)[1].tolist() == [100, 100, 100]
    assert Options(("a", "b")).quantile(np.array([0.0, 0.49, 0.5, 1.0])).tolist() == [0, 0, 1, 1]
    assert Options(("a", "b")).center == "a"


def test_only_range_and_options_are_deep() -> None:
    assert [d.deep for d in (Range(1, 2), Options((1.0, 2.0)), Uniform(1, 2), Uncertain("x"))] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("u", [-0.1, 1.1, math.nan])
def test_a_share_outside_zero_to_one_is_refused(u: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Uniform(0, 1).quantile(u)


def test_a_shared_uncertainty_has_no_value_of_its_own() -> None:
    with pytest.raises(LookupError, match="openness"):
        Uncertain("openness").quantile(0.5)
    with pytest.raises(LookupError, match="openness"):
        _ = Uncertain("openness").center
