"""Numbers and dates in words say no more than is known."""

from __future__ import annotations

from datetime import date

import pytest

from afternext.brief import words


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0, "0"),
        (7.4, "7"),
        (481_234, "480,000"),
        (999_999, "1 million"),
        (1_230_000, "1.2 million"),
        (12_340_000, "12 million"),
        (float("nan"), "–"),
        (-35_400, "-35,000"),
    ],
)
def test_numbers_are_rounded_to_two_digits(x: float, text: str) -> None:
    assert words.number(x) == text


def test_a_range_names_its_unit_once() -> None:
    assert words.between(1.1e6, 2.4e6) == "1.1–2.4 million"
    assert words.between(310_000, 720_000) == "310,000–720,000"
    assert words.between(880_000, 2.04e6) == "880,000–2 million"
    assert words.between(410, 414) == "410"


@pytest.mark.parametrize(
    ("days", "text"),
    [(1, "1 day"), (30, "30 days"), (183, "six months"), (352, "one year"), (373, "one year"),
     (1096, "three years"), (1278, "3.5 years"), (3652, "ten years")],
)  # fmt: skip
def test_spans_read_as_people_say_them(days: int, text: str) -> None:
    assert words.span(days) == text


def test_dates_do_not_depend_on_the_locale() -> None:
    assert words.long_date(date(2014, 6, 12)) == "12 June 2014"
    assert words.short_date(date(2014, 9, 1)) == "1 Sep 2014"


def test_lists_read_as_sentences() -> None:
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.listing(["a"]) == "a"
    assert words.listing([]) == ""
