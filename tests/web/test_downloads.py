"""What is taken away from a screen opens elsewhere: every figure as PNG, SVG, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pytest

from tests.web.rooms import analysed
from tests.web.visits import Visit, needs_chromium, served

pytestmark = [needs_chromium, pytest.mark.deep]

SVG = "{http://www.w3.org/2000/svg}"
# Screen, what to wait for, and how many figures it has at least.
FIGURES = {
    "#/run/small/map?day=30&place=eastford": ("main .dots svg", 3),
    "#/run/small/map?day=30&each=yes": ("main [data-outcome]", 1),
    "#/run/small/next": ("main [data-family]", 1),
    "#/run/small/powers": ("main .multiples svg", 3),
    "#/case/two-towns": ("main .list", 2),
}
SAVED = {
    "#/run/small/options": ("[data-figure=principle] .groups", 5),
    "#/run/small/evidence": ("[data-figure=reliability] svg", 5),
}


def taken(page: Any, figure: Any, button: str) -> bytes:
    with page.expect_download() as waited:
        figure.locator("> .tools").get_by_role("button", name=button, exact=True).click()
    return Path(waited.value.path()).read_bytes()


def take_all(visit: Visit, screens: dict[str, tuple[str, int]]) -> None:
    for screen, (ready, least) in screens.items():
        page = visit.open(screen)
        page.wait_for_selector(ready)
        figures = page.locator("figure[data-figure]")
        assert figures.count() >= least, screen
        for figure in figures.all():
            name = f"{screen} {figure.get_attribute('data-figure')}"
            title = figure.locator("h1, h2, h3").first.inner_text()
            drawing = ElementTree.fromstring(taken(page, figure, "SVG"))
            assert drawing.tag == f"{SVG}svg", name
            said = " ".join("".join(one.itertext()) for one in drawing.iter(f"{SVG}text"))
            assert title.split()[0] in said, name
            assert not re.search(r'class="|var\(--', ElementTree.tostring(drawing, encoding="unicode")), name
            pixels = matplotlib.image.imread(io.BytesIO(taken(page, figure, "PNG")), format="png")
            assert pixels.shape[1] >= 640, name
            assert np.asarray(pixels)[:, :, :3].std() > 0.01, f"{name} is blank"
            rows = list(csv.reader(io.StringIO(taken(page, figure, "CSV").decode())))
            assert len(rows) > 1, name
            assert {len(row) for row in rows} == {len(rows[0])}, name
            assert json.loads(taken(page, figure, "JSON")), name
    assert visit.complaints == []


def test_the_map_can_be_taken_away_with_its_names_and_its_source(chromium: Any, site: str) -> None:
    with Visit(chromium, site, reduced_motion="reduce") as visit:
        take_all(visit, {"#/run/small/map?day=30": ("main .map svg", 1)})
        figure = visit.page.locator("figure[data-figure]").first
        drawing = taken(visit.page, figure, "SVG").decode()
        assert "Eastford" in drawing
        assert "seed 7" in drawing
        # The key is part of the picture: every side with its colour, and what the bands along the roads are.
        assert "The Hill Front" in drawing
        assert "rgb(213, 94, 0)" in drawing, "vermillion has no blue in it, and is no less a colour"
        assert "under attack" in drawing
        assert "people on their way" in drawing


def test_two_runs_side_by_side_are_taken_away_together(chromium: Any, site: str) -> None:
    with Visit(chromium, site, reduced_motion="reduce") as visit:
        page = visit.open("#/run/small/map?day=30&with=other")
        page.locator(".maps .one").nth(1).locator(".map svg").first.wait_for()
        figure = page.locator("figure[data-figure]").first
        rows = list(csv.DictReader(io.StringIO(taken(page, figure, "CSV").decode())))
        assert {row["Run"] for row in rows} == {"small", "other"}
        assert [run["run"] for run in json.loads(taken(page, figure, "JSON"))["runs"]] == ["small", "other"]


def test_every_figure_of_a_run_can_be_taken_away(chromium: Any, site: str) -> None:
    with Visit(chromium, site, reduced_motion="reduce") as visit:
        take_all(visit, FIGURES)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_other_analysis_is_shown_and_can_be_taken_away(
    chromium: Any, kept_site: str, width: int, scheme: str
) -> None:
    settings = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    with Visit(chromium, kept_site, reduced_motion="reduce", **settings) as visit:
        for screen, (ready, _) in SAVED.items():
            page = visit.open(screen)
            page.wait_for_selector(ready)
            assert visit.findings() == [], screen
            assert page.locator("[data-missing]").count() == 0
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), screen
        if width > 1000:
            take_all(visit, SAVED)


@pytest.fixture(scope="module")
def kept_site(tmp_path_factory: pytest.TempPathFactory):
    """The workbench on a folder where every analysis has been kept."""
    with served(analysed(tmp_path_factory.mktemp("kept"))) as address:
        yield address
