"""Charts: bands only where futures carry them, time that misleads nobody, futures that can be counted."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from afternext.brief import charts, counts
from afternext.brief.timeline import Timeline
from tests.brief.fake_run import FREEZE, FakeRun, fake_run
from tests.brief.looking import colours, svg_texts


@pytest.fixture(scope="module")
def run() -> FakeRun:
    return fake_run(futures=60, days=1278)


def test_a_fan_is_written_as_picture_vector_and_table(run: FakeRun, tmp_path: Path) -> None:
    png, svg, csv = charts.fan_chart(run, "displaced", tmp_path / "fan.png")
    assert [path.name for path in (png, svg, csv)] == ["fan.png", "fan.svg", "fan.csv"]
    assert colours(png) > 20
    texts = svg_texts(svg)
    assert any(text.startswith("Displaced people: about") for text in texts)
    assert {"median", "half of all futures", "8 in 10", "19 in 20"} <= texts
    assert any("60 futures" in text and "seed 1" in text for text in texts)
    table = pd.read_csv(csv)
    assert len(table) == run.measures.sizes["date"]
    assert (table["low_80"] <= table["median"]).all()
    assert (table["median"] <= table["high_80"]).all()


def test_observations_are_drawn_over_the_fan_and_named(run: FakeRun, tmp_path: Path) -> None:
    seen = {date(2014, 7, 31): 1_056_900.0, date(2014, 12, 31): 2_123_340.0}
    _, svg, _ = charts.fan_chart(run, "displaced", tmp_path / "a", observed=seen)
    assert "observed" in svg_texts(svg)
    _, again, _ = charts.fan_chart(run, "displaced", tmp_path / "b", observed=pd.Series(seen))
    assert again.read_text(encoding="utf-8") == svg.read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_bytes(run: FakeRun, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in charts.fan_page(run, tmp_path / "a")]
    assert [path.read_bytes() for path in charts.fan_page(run, tmp_path / "b")] == first


@pytest.mark.parametrize(("futures", "names"), [(3, set()), (10, {"8 in 10", "half of all futures"})])
def test_bands_that_too_few_futures_carry_are_left_out(futures: int, names: set[str], tmp_path: Path) -> None:
    _, svg, _ = charts.fan_chart(fake_run(futures=futures, days=60), "displaced", tmp_path / "fan")
    assert svg_texts(svg) & {"half of all futures", "8 in 10", "19 in 20"} == names


def test_both_sizes_keep_the_same_sizes_of_type(run: FakeRun, tmp_path: Path) -> None:
    for size in ("wide", "phone"):
        charts.fan_page(run, tmp_path / size, size=size)
    wide, phone = ((tmp_path / f"{size}.svg").read_text(encoding="utf-8") for size in ("wide", "phone"))
    sizes = [set(re.findall(r"font(?:-size)?: (?:600 )?([\d.]+)px", text)) for text in (wide, phone)]
    assert {"7.5", "8.5", "9.5"} <= sizes[0] & sizes[1]
    assert max(map(len, sizes)) <= 5


def test_time_changes_its_scale_only_across_a_gap() -> None:
    time = Timeline(FREEZE, 180, 1278)
    days = np.arange(0, 1279)
    (first, a), (second, b) = time.parts(days)
    assert days[first][-1] == days[second][0] == 180
    assert a[0] == 0
    assert b[-1] == pytest.approx(1)
    assert b[0] - a[-1] > 0.02
    assert np.ptp(np.diff(a)) < 1e-12
    assert np.ptp(np.diff(b)) < 1e-12


def test_a_short_run_has_one_scale() -> None:
    time = Timeline(FREEZE, 180, 365)
    assert not time.split
    assert time.x(np.array([365]))[0] == 1


@pytest.mark.parametrize("last", [10, 60, 180, 365, 1278, 3652])
@pytest.mark.parametrize("width", [120, 270, 650])
def test_dates_on_the_axis_rise_and_do_not_touch(last: int, width: int) -> None:
    ticks = Timeline(FREEZE, min(180, last), last).ticks(width)
    assert len(ticks) >= 1
    assert all(0 <= x <= 1 for x, _ in ticks)
    assert sorted(x for x, _ in ticks) == [x for x, _ in ticks]
    for (x0, a), (x1, b) in pairwise(ticks):
        half = charts.text_width(a, 7.5) / 2 + charts.text_width(b, 7.5) / 2
        assert (x1 - x0) * width > 0.9 * half, (a, b)


def test_dots_stand_for_equal_shares_of_the_futures() -> None:
    dots = counts.dot_values(np.arange(1000.0), 50)
    assert len(dots) == 50
    assert [(dots < mark).sum() for mark in (500, 800, 980)] == [25, 40, 49]


def test_dots_do_not_lie_on_each_other_and_fit() -> None:
    dots = counts.dot_values(np.random.default_rng(1).lognormal(0, 1, 400), 50)
    x, y, size = counts.stack(dots, 0.0, float(dots.max()), 500.0, 100.0)
    gaps = np.hypot(x[:, None] - x, y[:, None] - y) + 1e9 * np.eye(50)
    assert gaps.min() > 0.99 * size
    assert y.max() + size / 2 <= 100.0


def test_the_dot_plot_names_its_planning_figures(run: FakeRun, tmp_path: Path) -> None:
    _, svg, csv = counts.dot_plot(run, "newly_displaced", 30, tmp_path / "dots")
    texts = svg_texts(svg)
    assert [sum(text.startswith(name) for text in texts) for name in ("likely", "planning", "worst")] == [
        1,
        1,
        1,
    ]
    assert len(pd.read_csv(csv)) == 50


def test_texts_are_pushed_apart_inside_the_room() -> None:
    lefts = counts.apart([290, 295, 299], [60, 60, 60], 300)
    assert lefts[-1] + 60 <= 300
    assert all(b - a >= 68 for a, b in pairwise(lefts))


@pytest.mark.parametrize("shares", [[0.34, 0.33, 0.33], [1.0, 0.0], [0.049, 0.951], [1 / 3] * 3])
def test_squares_always_add_up(shares: list[float]) -> None:
    squares = counts.apportion(np.array(shares), 20)
    assert sum(squares) == 20
    assert all(abs(n - 20 * share) < 1 for n, share in zip(squares, shares, strict=True))


def test_rows_of_squares_show_home_places_that_are_open(run: FakeRun, tmp_path: Path) -> None:
    png, svg, csv = counts.holder_rows(run, 365, tmp_path / "rows")
    assert "Kell" not in set(pd.read_csv(csv)["name"])
    assert "Rising" in svg_texts(svg)
    assert colours(png) > 4


def test_ranges_are_sorted_by_their_median(run: FakeRun, tmp_path: Path) -> None:
    for size in ("wide", "phone"):
        _, _, csv = counts.refuge_ranges(run, 30, tmp_path / size, size=size)
        assert pd.read_csv(csv)["median"].is_monotonic_decreasing
