"""Empty ground: far from places and roads, never a gap between them, and bare on the page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from afternext.brief import layers
from afternext.brief.access import Holding
from afternext.brief.geo import Points, area, box_ring, contains
from afternext.brief.reach import OF_A_PLACE, OF_A_ROAD, distance, empty_ground
from afternext.brief.scene import far_off
from afternext.brief.stage import Stage, build
from afternext.brief.style import LIGHT, side_colours
from afternext.scenario import load
from afternext.web.ground import ground_of

VIEW = (0.0, 0.0, 1000.0, 1000.0)
LAND = [box_ring(*VIEW)]


def empty(polygons: Any, x: float, y: float) -> bool:
    rings = [ring for polygon in polygons for ring in polygon]
    return bool(np.logical_xor.reduce([contains(ring, np.array([[x, y]]))[0] for ring in rings]))


def test_a_place_reaches_so_far_and_no_farther() -> None:
    found = empty_ground(np.array([[500.0, 500.0]]), [], LAND, VIEW)
    near, far = 500 + 0.93 * OF_A_PLACE, 500 + 1.07 * OF_A_PLACE
    assert not empty(found, near, 500)
    assert empty(found, far, 500)
    assert empty(found, 5, 5)


def test_ground_along_a_road_is_held_with_its_ends() -> None:
    ends = np.array([[200.0, 500.0], [800.0, 500.0]])
    found = empty_ground(ends, [(ends[0], ends[1])], LAND, VIEW)
    assert not empty(found, 500, 500 + 0.9 * OF_A_ROAD)
    assert empty(found, 500, 500 + 1.1 * OF_A_ROAD)


def test_a_gap_between_places_is_not_empty_ground() -> None:
    apart = 1.5 * OF_A_PLACE
    spots = np.array([[x, y] for x in np.arange(0, 1100, apart) for y in np.arange(0, 1100, apart)])
    assert empty_ground(spots, [], LAND, VIEW) == ()


def test_a_small_country_has_no_empty_ground() -> None:
    assert build(load("two-towns"), load("two-towns").places).empty == ()


def test_distances_from_a_road_end_at_its_ends() -> None:
    road = np.array([[0.0, 0.0], [10.0, 0.0]])
    off = distance(np.array([[5.0, 3.0], [13.0, 4.0], [-6.0, 8.0]]), road[0], road[1])
    assert off == pytest.approx([3, 5, 10])


def spot(stage: Stage, lon: float, lat: float) -> Points:
    return np.asarray(stage.projection(np.array([[lon, lat]]))[0])


@pytest.mark.parametrize(
    ("name", "desert", "peopled"),
    [
        (
            "mali-2012",
            [(-5.0, 21.0), (-1.0, 21.0)],
            [(-3.0, 16.77), (-8.0, 12.65), (-10.5, 13.4), (2.4, 15.92)],
        ),
        ("iraq-2014", [(45.2, 29.6)], [(44.4, 33.3), (40.29, 33.04), (42.2, 34.0)]),
    ],
)
def test_nobody_is_shown_to_hold_the_desert(name: str, desert: Any, peopled: Any) -> None:
    scenario = load(name)
    stage = build(scenario, scenario.places)
    assert all(empty(stage.empty, *spot(stage, *here)) for here in desert)
    assert not any(empty(stage.empty, *spot(stage, *here)) for here in peopled)
    assert not any(
        empty(stage.empty, x, y) for (x, y), home in zip(stage.spots, stage.home, strict=True) if home
    )


def test_a_few_people_in_the_desert_do_not_colour_a_third_of_the_country() -> None:
    scenario = load("mali-2012")
    stage = build(scenario, scenario.places)
    figure = Figure((4, 4 * (stage.view[3] - stage.view[1]) / (stage.view[2] - stage.view[0])), dpi=100)
    canvas = FigureCanvasAgg(figure)
    sheet = layers.sheetlet(figure.add_axes((0, 0, 1, 1)), stage, LIGHT, stage.view, 4 * 72)
    taoudenni = next(i for i, place in enumerate(stage.places) if place.id == "taoudenni")
    forces = tuple(scenario.forces)
    share = np.zeros((len(stage.places), len(forces) + 1))
    share[:, forces.index("army")] = 1
    share[taoudenni] = np.eye(len(forces) + 1)[forces.index("jihadists")]
    held = Holding(forces, share, np.zeros(len(share)))
    layers.paint_ground(sheet)
    layers.paint_areas(sheet, held, side_colours(scenario.forces), set())
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)
    yellow = (pixels[:, :, 0] > 220) & (pixels[:, :, 2] < 170)
    across = (stage.view[2] - stage.view[0]) / 400
    country = sum(abs(area(ring)) for _, main, polygons in stage.lands if main for (ring, *_) in polygons)
    assert 0.01 < yellow.sum() * across**2 / country < 0.07


def test_the_page_is_told_of_empty_ground_and_of_places_far_from_others() -> None:
    scenario = load("mali-2012")
    ground = ground_of(scenario, scenario.places)
    assert ground["empty"].startswith("M")
    alone = {place["id"] for place in ground["places"] if place["far_off"]}
    assert {"taoudenni", "bamako", "gao"} <= alone
    assert "kati" not in alone
    stage = build(scenario, scenario.places)
    assert not any(flag and not home for flag, home in zip(far_off(stage), stage.home, strict=True))
