"""Geometry: areas are true, cells cover the land once, and the shipped map data are whole and small."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afternext.brief.geo import (
    EARTH,
    Points,
    Projection,
    area,
    box_ring,
    cells,
    circle,
    clip,
    contains,
    ground,
    hull,
    meetings,
    smooth,
    within,
)

SQUARE = box_ring(0, 0, 10, 10)
HORSESHOE = np.array([[0, 0], [9, 0], [9, 9], [6, 9], [6, 3], [3, 3], [3, 9], [0, 9]], dtype=float)


def spots(seed: int, n: int, size: float = 10) -> Points:
    return np.random.default_rng(seed).uniform(0.01 * size, 0.99 * size, (n, 2))


@pytest.mark.parametrize("n", [1, 2, 3, 17, 150])
def test_areas_around_places_cover_the_land_once(n: int) -> None:
    rings = [clip(SQUARE, cell) for cell in cells(spots(n, n))]
    assert sum(area(ring) for ring in rings) == pytest.approx(100, rel=1e-6)


def test_every_cell_runs_against_the_clock_and_holds_its_place() -> None:
    points = spots(3, 60)
    for point, ring in zip(points, cells(points), strict=True):
        assert area(ring) > 0
        assert contains(ring, point[None])[0]


def test_places_on_a_line_or_on_one_spot_still_get_cells() -> None:
    line = np.column_stack([np.linspace(1, 9, 5), np.full(5, 5.0)])
    assert sum(area(clip(SQUARE, cell)) for cell in cells(line)) == pytest.approx(100, rel=1e-6)
    twins = np.array([[5.0, 5.0], [5.0, 5.0], [1.0, 1.0]])
    assert sum(area(clip(SQUARE, cell)) for cell in cells(twins)) == pytest.approx(100, rel=1e-4)


def test_a_land_with_a_bay_is_clipped_exactly_even_when_it_falls_apart() -> None:
    upper = clip(HORSESHOE, box_ring(-1, 5, 11, 11))
    assert area(upper) == pytest.approx(2 * 3 * 4)
    assert area(HORSESHOE) == pytest.approx(81 - 18)


@given(st.integers(0, 10_000), st.integers(3, 12))
def test_clipping_never_adds_area_and_halves_add_up(seed: int, corners: int) -> None:
    ring = circle(np.array([5.0, 5.0]), 4.0, corners)
    cut = np.random.default_rng(seed).uniform(2, 8)
    left, right = clip(ring, box_ring(-1, -1, cut, 11)), clip(ring, box_ring(cut, -1, 11, 11))
    total = (area(left) if len(left) else 0) + (area(right) if len(right) else 0)
    assert total == pytest.approx(area(ring), rel=1e-9)


def test_what_lies_outside_is_clipped_to_nothing() -> None:
    assert len(clip(SQUARE, box_ring(20, 20, 30, 30))) == 0
    assert len(clip(HORSESHOE, box_ring(4, 5, 5, 6))) == 0


def test_neighbours_meet_halfway() -> None:
    points = spots(5, 30)
    for a, b, line in meetings(points):
        for end in line:
            assert np.hypot(*(end - points[a])) == pytest.approx(np.hypot(*(end - points[b])), rel=1e-4)


def test_a_line_is_cut_to_the_pieces_inside_a_bay() -> None:
    pieces = within(np.array([[-5.0, 6.0], [15.0, 6.0]]), [HORSESHOE])
    assert [tuple(np.round(piece[:, 0], 9)) for piece in pieces] == [(0, 3), (6, 9)]
    assert within(np.array([[20.0, 0.0], [30.0, 1.0]]), [HORSESHOE]) == []


def test_the_projection_keeps_areas() -> None:
    project = Projection(44.0, 33.0)
    lon, lat = np.linspace(43, 45, 60), np.linspace(32, 34, 60)
    edge = np.concatenate([
        np.column_stack([lon, np.full(60, 32)]), np.column_stack([np.full(60, 45), lat]),
        np.column_stack([lon[::-1], np.full(60, 34)]), np.column_stack([np.full(60, 43), lat[::-1]]),
    ])  # fmt: skip
    true = EARTH**2 * np.radians(2) * (np.sin(np.radians(34)) - np.sin(np.radians(32)))
    assert area(project(edge)) == pytest.approx(true, rel=1e-4)


def test_the_projection_works_across_the_date_line() -> None:
    project = Projection(179.5, -17.0)
    west, east = (project(project.near(np.array([[lon, -17.0]]))) for lon in (179.0, -179.5))
    assert west[0, 0] < 0 < east[0, 0]
    assert east[0, 0] == pytest.approx(106, abs=2)


def test_the_hull_holds_its_places_at_a_distance() -> None:
    ring = hull(np.array([[0.0, 0.0], [100.0, 0.0]]), 20.0)
    assert area(ring) > 0
    assert contains(ring, np.array([[0.0, 18.0], [50.0, -18.0], [119.0, 0.0]])).all()
    assert not contains(ring, np.array([[50.0, 21.0]])).any()


def test_smoothing_keeps_the_ends() -> None:
    line = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])
    smoothed = smooth(line)
    assert (smoothed[0] == line[0]).all()
    assert (smoothed[-1] == line[-1]).all()


def test_the_map_data_are_whole_and_small() -> None:
    folder = files("afternext.brief") / "geo"
    assert sum(len((folder / name).read_bytes()) for name in ("world.json", "near.json")) < 1_200_000
    world = ground(near=False)
    assert len(world.countries) > 230
    assert len(world.rivers) > 400
    assert len(world.lakes) > 200
    for ring in (polygon[0] for land in world.countries for polygon in land.polygons):
        assert len(ring) > 3
        assert np.abs(ring[:, 0]).max() <= 180.01
        assert np.abs(ring[:, 1]).max() <= 90.01


@pytest.mark.parametrize(("near", "rel"), [(False, 0.02), (True, 0.01)])
def test_iraq_has_its_true_area(near: bool, rel: float) -> None:
    iraq = next(land for land in ground(near).countries if land.iso3 == "IRQ")
    project = Projection(44.0, 33.0)
    # 438,317 square km in the CIA World Factbook
    assert sum(abs(area(project(p[0]))) for p in iraq.polygons) == pytest.approx(438_317, rel=rel)


def test_mosul_lies_in_iraq_and_the_tigris_runs_by() -> None:
    iraq = next(land for land in ground(near=True).countries if land.iso2 == "IQ")
    assert contains(iraq.polygons[0][0], np.array([[43.12, 36.34]]))[0]
    gaps = [np.abs(river - [43.12, 36.34]).sum(axis=1).min() for river in ground(near=True).rivers]
    assert min(gaps) < 0.3
