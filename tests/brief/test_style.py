"""One look: stable colours, enough contrast, and nothing changed in the reader's own settings."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib as mpl
import pytest

from afternext.brief.style import (
    BLUE,
    DARK,
    GREYS,
    LIGHT,
    ORANGE,
    VERMILLION,
    Theme,
    balance,
    css_variables,
    font_css,
    house,
    side_colours,
    text_width,
    wrap,
)


def forces(*kinds: str) -> dict[str, SimpleNamespace]:
    return {f"f{i}": SimpleNamespace(kind=kind) for i, kind in enumerate(kinds)}


def brightness(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    low, high = sorted([brightness(a), brightness(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_text_can_be_read_on_every_ground_it_stands_on(theme: Theme) -> None:
    for ground in (theme.paper, theme.land, theme.abroad):
        assert contrast(theme.ink, ground) >= 4.5
        assert contrast(theme.muted, ground) >= 4.5


def test_sides_get_their_colours_by_kind_and_order() -> None:
    colours = side_colours(forces("army", "army", "insurgent", "state"))
    assert list(colours.values()) == [BLUE, ORANGE, VERMILLION, GREYS[0]]


def test_no_two_sides_share_a_colour_and_none_is_green() -> None:
    colours = list(side_colours(forces(*["militia", "insurgent", "army", "police"] * 2)).values())
    used = [colour for colour in colours if colour not in GREYS]
    assert len(set(used)) == len(used) == 7
    assert "#009e73" not in colours


def test_a_later_side_does_not_change_the_colours_of_earlier_ones() -> None:
    few, many = forces("army", "insurgent"), forces("army", "insurgent", "militia", "army")
    assert side_colours(few).items() <= side_colours(many).items()


def test_neutral_colours_are_unique_so_that_a_page_can_swap_them() -> None:
    for theme in (LIGHT, DARK):
        values = [rule.split(":")[1] for rule in css_variables(theme).rstrip(";").split(";")]
        assert len(set(values)) == len(values)
        assert not set(values) & set(side_colours(forces(*["army"] * 9)).values())


def test_the_readers_own_settings_stay_as_they_are() -> None:
    before = dict(mpl.rcParams)
    with house(DARK):
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before


def test_all_figures_have_one_width() -> None:
    assert len({text_width(digit * 10, 9) for digit in "0123456789"}) == 1
    assert text_width("Displaced", 9, bold=True) > text_width("Displaced", 9)


def test_lines_are_no_longer_than_the_column_and_lose_no_word() -> None:
    text = "Places held by the rising rise from 17 to 40 of 130 by 12 June 2017 in most futures"
    for break_lines in (wrap, balance):
        lines = break_lines(text, 12, 200, bold=True)
        assert " ".join(lines) == text
        assert all(text_width(line, 12, bold=True) <= 200 for line in lines)
    assert len(balance(text, 12, 200, bold=True)) == len(wrap(text, 12, 200, bold=True))


def test_fonts_travel_inside() -> None:
    assert font_css().count("data:font/woff2;base64,") == 2
    assert "http" not in font_css()
