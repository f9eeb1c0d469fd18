"""Values read from maps and from text, and written back to the same value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afternext.scenario.values import (
    Lognormal,
    Options,
    Range,
    Triangular,
    Uncertain,
    ValueFault,
    bounds_of,
    center_of,
    parse_text,
    read_number,
    read_value,
    write_value,
)
from tests.scenario.test_distributions import distributions


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (" -3 ", -3.0),
        ("1e-3", 0.001),
        ("triangular(1, 2, 3)", Triangular(1, 2, 3)),
        ("triangular( 1,2 ,3 )", Triangular(1, 2, 3)),
        ("range(1; 2)", Range(1, 2)),
        ("options(1; 2)", Options((1.0, 2.0))),
        ("options(own; marked)", Options(("own", "marked"))),
        ("uncertain(openness)", Uncertain("openness")),
        ("uncertain(openness, 0.3)", Uncertain("openness", 0.3)),
        ("lognormal(2, 0.5) within(1, 9)", Lognormal(2, 0.5, (1, 9))),
    ],
)
def test_text_form(text: str, value: object) -> None:
    assert parse_text(text) == value
    assert read_value(text) == value


@given(distributions())
def test_text_and_map_forms_give_the_same_value_back(value: Range) -> None:
    assert parse_text(str(value)) == value
    assert read_value(write_value(value)) == value


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("1,500,000", "write 1500000, without separators of thousands"),
        ("1 500 000", "write 1500000, without separators of thousands"),
        ("0,5", "write 0.5, with a point"),
        ("12,345", "write 12345, without separators of thousands"),
        ("45%", "write the share 0.45"),
        ("12 km", "write 12 without the unit"),
        ("10-20", "write range(10, 20)"),
        ("10 – 20", "write range(10, 20)"),
        ("n/a", "leave out what is unknown, or give a range"),
        ("", "write a number, or a range if it is disputed"),
        (None, "write a number, or a range if it is disputed"),
        (True, "write 1 or 0"),
        (float("nan"), "leave out what is unknown, or give a range"),
        (float("inf"), "the largest allowed is 1e+15"),
        (10**400, "the largest allowed is 1e+15"),
    ],
)
def test_what_is_no_number_says_what_to_write(raw: object, hint: str) -> None:
    with pytest.raises(ValueFault) as refused:
        read_number(raw)
    assert refused.value.hint == hint


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["triangular", "range", "options", "within", "times", "x"]), inner
            )
        ),
        max_leaves=8,
    )
)
def test_anything_is_read_or_refused_with_a_fault(raw: object) -> None:
    message = "read"
    try:
        read_value(raw)
    except ValueFault as fault:
        message = fault.message
    assert message


@given(st.text(alphabet="()trianguleo,;. 0123456789eE+-wh", max_size=40))
def test_any_text_is_read_or_refused_with_a_fault(text: str) -> None:
    message = "read"
    try:
        parse_text(text)
    except ValueFault as fault:
        message = fault.message
    assert message


def test_center_and_bounds_follow_shared_uncertainties() -> None:
    known = {"x": Range(2, 4), "y": 3.0}
    assert center_of(Uncertain("x", 0.5), known) == 1.5
    assert bounds_of(Uncertain("x", 0.5), known) == (1.0, 2.0)
    assert bounds_of(Uncertain("y", 2.0), known) == (6.0, 6.0)
    assert (center_of(7.0), bounds_of(7.0)) == (7.0, (7.0, 7.0))
