"""The ground a map is painted on: which country, which part of it, and the area around every place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from afternext.brief.geo import (
    Country,
    Points,
    Polygon,
    Projection,
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
from afternext.brief.reach import empty_ground

Box = tuple[float, float, float, float]  # west, south, east, north in km

MAIN_SHARE = (
    0.2  # a country with at least this share of the places is shown whole, others are its surroundings
)
REACH = 40.0  # km: how far an area reaches around a place abroad, where places are few and far apart
WHOLE = 1.9  # the whole country is shown when it is at most so many times wider than its places
NEAR_SIDE = 60.0  # degrees of arc from the middle of the map
LEAST = 40.0  # km: the smallest view
TALLEST, FLATTEST = 1.3, 0.5  # height of a view over its width, at most and at least
EDGE = 0.035  # free margin around what is shown, share of its size


@dataclass(frozen=True)
class Seam:
    """The line where the areas of two places meet."""

    first: int
    second: int
    line: Points


@dataclass(frozen=True)
class Stage:
    """Everything that stays the same from day to day, in km."""

    projection: Projection
    view: Box
    places: tuple[Any, ...]
    spots: Points
    home: tuple[bool, ...]  # the place lies in a main country
    lands: tuple[tuple[str, bool, tuple[tuple[Points, ...], ...]], ...]  # name, main, polygons
    rivers: tuple[Points, ...]
    lakes: tuple[Points, ...]
    areas: tuple[tuple[tuple[Points, ...], ...], ...]  # place -> polygons -> rings
    seams: tuple[Seam, ...]
    fictional: bool
    empty: tuple[
        Polygon, ...
    ] = ()  # ground beyond the reach of all places and roads, not clipped to the land


def country_of(place: Any, lands: Sequence[Country]) -> str:
    """Name of the country a place says it is in, or lies in if the code is unknown; empty if neither."""
    code = str(place.country or "").split("-")[0].strip().upper()
    for land in lands:
        if code and code in (land.iso2, land.iso3, land.name.upper()):
            return land.name
    spot = np.array([[place.lon, place.lat]])
    for land in lands:
        for rings in land.polygons:
            if bool(np.logical_xor.reduce([contains(ring, spot)[0] for ring in rings])):
                return land.name
    return ""


def mean_spot(places: Sequence[Any]) -> tuple[float, float]:
    """Middle of the places on the globe, so that the date line does no harm."""
    lon, lat = np.radians([p.lon for p in places]), np.radians([p.lat for p in places])
    x, y, z = (np.cos(lat) * np.cos(lon)).mean(), (np.cos(lat) * np.sin(lon)).mean(), np.sin(lat).mean()
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def build(scenario: Any, places: Sequence[Any]) -> Stage:
    """The stage of a scenario; a made-up one stands on plain ground without borders."""
    if scenario.fictional:
        return _plain(scenario, places)
    world = ground(near=False).countries
    names = [country_of(place, world) for place in places]
    counts = Counter(name for name in names if name)
    main = {name for name, n in counts.items() if n >= MAIN_SHARE * len(places)}
    if not main:
        return _plain(scenario, places)
    home = tuple(name in main for name in names)
    inside = [place for place, at_home in zip(places, home, strict=True) if at_home]
    projection = Projection(*mean_spot(inside))
    spots = projection(projection.near(np.array([[p.lon, p.lat] for p in places], dtype=float)))

    close = ground(near=True)
    data = (
        close if _covers(close.countries, world, spots[list(home)], projection, main) else ground(near=False)
    )
    outlines = [(land.name, land.name in main, _project(land, projection)) for land in data.countries]
    view = _framed(
        _view(spots[list(home)], [rings for _, is_main, shapes in outlines if is_main for rings in shapes])
    )
    window = box_ring(*_grown(view, 0.06))
    lands = []
    for name, is_main, shapes in outlines:
        kept = [
            tuple(part for part in (clip(ring, window) for ring in rings) if len(part) > 2)
            for rings in shapes
        ]
        kept = [rings for rings in kept if rings]
        if kept:
            lands.append((name, is_main, tuple(kept)))
    areas, seams = _areas(spots, names, main, lands)
    rivers = tuple(smooth(line) for line in _within(data.rivers, projection, view))
    lakes = tuple(
        part
        for part in (clip(ring, window) for ring in _within(data.lakes, projection, view))
        if len(part) > 2
    )
    empty = _empty(scenario, places, spots, lands, view)
    return Stage(
        projection, view, tuple(places), spots, home, tuple(lands), rivers, lakes, areas, seams, False, empty
    )


def _plain(scenario: Any, places: Sequence[Any]) -> Stage:
    projection = Projection(*mean_spot(places))
    spots = projection(projection.near(np.array([[p.lon, p.lat] for p in places], dtype=float)))
    margin = max(0.22 * float(np.ptp(spots, axis=0).max()), 12.0)
    shore = hull(spots, margin)
    lands = (("", True, ((shore,),)),)
    areas, seams = _areas(spots, [""] * len(places), {""}, lands)
    view = _framed(_grown(_bounds(shore), EDGE))
    home = (True,) * len(places)
    empty = _empty(scenario, places, spots, lands, view)
    return Stage(projection, view, tuple(places), spots, home, lands, (), (), areas, seams, True, empty)


def _empty(
    scenario: Any, places: Sequence[Any], spots: Points, lands: Sequence[Any], view: Box
) -> tuple[Polygon, ...]:
    """Ground of the main countries that no place and no road of the scenario comes near."""
    at = {place.id: spot for place, spot in zip(places, spots, strict=True)}
    roads = [
        (at[route.start], at[route.end])
        for route in scenario.routes
        if route.kind != "air" and route.start in at and route.end in at
    ]
    rings = [ring for _, main, polygons in lands if main for polygon in polygons for ring in polygon]
    return empty_ground(spots, roads, rings, view)


def _bounds(points: Points) -> Box:
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _grown(box: Box, share: float) -> Box:
    more = share * max(box[2] - box[0], box[3] - box[1])
    return box[0] - more, box[1] - more, box[2] + more, box[3] + more


def _framed(box: Box) -> Box:
    """A view of a bearable shape: never too small, too tall or too flat, grown around its middle."""
    west, south, east, north = box
    across, up = max(east - west, LEAST), max(north - south, LEAST)
    across, up = max(across, up / TALLEST), max(up, across * FLATTEST)
    x, y = (west + east) / 2, (south + north) / 2
    return x - across / 2, y - up / 2, x + across / 2, y + up / 2


def _project(land: Country, projection: Projection) -> tuple[tuple[Points, ...], ...]:
    """Polygons of a country in km; those on the far side of the globe would lie around all, so they go."""
    out = []
    for rings in land.polygons:
        moved = [projection.near(ring) for ring in rings]
        if (projection.away(moved[0]) < NEAR_SIDE).any():
            out.append(tuple(projection(ring) for ring in moved))
    return tuple(out)


def _view(spots: Points, main: Sequence[tuple[Points, ...]]) -> Box:
    """The main countries whole when the places fill them well, else the part around the places."""
    around = _grown(_bounds(spots), 0.08)
    touched = [rings[0] for rings in main if contains(rings[0], spots).any()]
    if not touched:
        return around
    whole = _bounds(np.concatenate(touched))
    width, height = (max(around[2] - around[0], 1e-9), max(around[3] - around[1], 1e-9))
    if (whole[2] - whole[0]) <= WHOLE * width and (whole[3] - whole[1]) <= WHOLE * height:
        low = (min(whole[0], around[0]), min(whole[1], around[1]))
        return _grown((*low, max(whole[2], around[2]), max(whole[3], around[3])), EDGE)
    return around


def _covers(
    near: Sequence[Country], world: Sequence[Country], spots: Points, projection: Projection, main: set[str]
) -> bool:
    """Whether the finer data hold every country that the map can show."""
    have = {land.name for land in near}
    if not main <= have:
        return False
    own = [rings for land in near if land.name in main for rings in _project(land, projection)]
    west, south, east, north = _grown(_framed(_view(spots, own)), 0.02)
    for land in world:
        if land.name in have:
            continue
        for rings in _project(land, projection):
            x, y = rings[0][:, 0], rings[0][:, 1]
            if bool(((x > west) & (x < east) & (y > south) & (y < north)).any()):
                return False
    return True


def _within(lines: Sequence[Points], projection: Projection, view: Box) -> list[Points]:
    """Lines that come near the view, in km."""
    west, south, east, north = _grown(view, 0.1)
    out = []
    for line in lines:
        moved = projection.near(line)
        if projection.away(moved).min() > NEAR_SIDE:
            continue
        xy = projection(moved)
        if ((xy > [west, south]) & (xy < [east, north])).all(axis=1).any():
            out.append(xy)
    return out


def _areas(spots: Points, names: Sequence[str], main: set[str], lands: Sequence[Any]) -> tuple[Any, Any]:
    """The area of each place: nearer to it than to any other of its country, clipped to the border."""
    areas: list[tuple[tuple[Points, ...], ...]] = [() for _ in names]
    seams: list[Seam] = []
    for country in sorted(set(names)):
        members = [i for i, name in enumerate(names) if name == country]
        shapes = [rings for name, _, polygons in lands if name == country for rings in polygons]
        if not shapes:
            continue
        for i, cell in zip(members, cells(spots[members]), strict=True):
            if country not in main:
                cell = clip(cell, circle(spots[i], REACH))
            parts = [
                tuple(part for part in (clip(ring, cell) for ring in rings) if len(part) > 2)
                for rings in shapes
            ]
            areas[i] = tuple(part for part in parts if part)
        if country in main:
            rings = [ring for polygon in shapes for ring in polygon]
            for a, b, line in meetings(spots[members]):
                seams += [Seam(members[a], members[b], piece) for piece in within(line, rings)]
    return tuple(areas), tuple(seams)
