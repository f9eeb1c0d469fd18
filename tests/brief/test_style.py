"""One look: stable colours, enough contrast, and nothing changed in the reader's own settings."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest

from afternext.brief.layers import STRENGTH
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
from afternext.scenario import load
from afternext.scenario.catalogue import shipped


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


# What the eyes of people who lack a kind of cone make of a colour, linear RGB (Machado and others, 2009).
EYES = {
    "all cones": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_CONES = np.array(
    [
        [0.41222147, 0.53633254, 0.05144599],
        [0.2119035, 0.68069955, 0.10739696],
        [0.08830246, 0.28171884, 0.6299787],
    ]
)
TO_LAB = np.array(
    [
        [0.21045426, 0.79361779, -0.00407205],
        [1.9779985, -2.4285922, 0.45059371],
        [0.0259040, 0.78277177, -0.80867577],
    ]
)
APART = 4.5  # hundredths of Oklab; about twice what is just seen between neighbours


def on_the_map(colour: str, theme: Theme) -> np.ndarray:
    """What a side's colour becomes on the land, 0-1."""
    top, below = (np.array([int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)]) for c in (colour, theme.land))
    return below * (1 - STRENGTH) + top * STRENGTH


def oklab(colour: np.ndarray, eyes: np.ndarray) -> np.ndarray:
    light = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return TO_LAB @ np.cbrt(TO_CONES @ np.clip(eyes @ light, 0, 1))


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("case", shipped())
def test_no_two_forces_of_a_shipped_case_look_alike_on_its_map(case: str, theme: Theme, eyes: str) -> None:
    scenario = load(case)
    fighting = {name: one for name, one in scenario.forces.items() if one.kind != "state"}
    colours = side_colours(scenario.forces)
    seen = {name: oklab(on_the_map(colours[name], theme), EYES[eyes]) for name in fighting}
    seen["nobody's land"] = oklab(on_the_map(theme.land, theme), EYES[eyes])
    for a, b in combinations(seen, 2):
        assert 100 * np.linalg.norm(seen[a] - seen[b]) > APART, (a, b)


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
