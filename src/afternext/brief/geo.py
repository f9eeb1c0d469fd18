"""Geography without a map library: Natural Earth, an equal-area projection, clipping, areas around places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, Voronoi

Points = NDArray[np.float64]  # (n, 2): lon, lat in degrees, or x, y in km
Polygon = list[Points]  # outer ring, then holes

EARTH = 6371.0088  # km, mean radius
FAR = 100_000.0  # km: mirror points lie further than any place on Earth


@dataclass(frozen=True)
class Country:
    """A country of the map data; polygons in degrees."""

    name: str
    iso2: str
    iso3: str
    polygons: tuple[Polygon, ...]


@dataclass(frozen=True)
class Ground:
    """Map data of one scale."""

    countries: tuple[Country, ...]
    rivers: tuple[Points, ...]
    lakes: tuple[Points, ...]


@lru_cache
def _topology(name: str) -> tuple[dict[str, Any], list[Points]]:
    text = json.loads((files("afternext.brief") / "geo" / f"{name}.json").read_text(encoding="utf-8"))
    scale = np.array(text["transform"]["scale"])
    return text["objects"], [np.cumsum(np.array(arc), axis=0) * scale for arc in text["arcs"]]


def _join(refs: Sequence[int], arcs: list[Points]) -> Points:
    """TopoJSON: a negative reference is an arc walked backwards; the shared end is kept once."""
    parts = [arcs[ref] if ref >= 0 else arcs[~ref][::-1] for ref in refs]
    return np.concatenate([part if i == 0 else part[1:] for i, part in enumerate(parts)])


@lru_cache
def ground(near: bool) -> Ground:
    """World at 1:50m, or the countries around the shipped scenarios at 1:10m; waters are 1:50m in both."""
    objects, arcs = _topology("near" if near else "world")
    lands = tuple(
        Country(
            shape["properties"]["name"],
            shape["properties"]["iso2"],
            shape["properties"]["iso3"],
            tuple([_join(ring, arcs) for ring in polygon] for polygon in shape["arcs"]),
        )
        for shape in objects["countries"]["geometries"]
    )
    water, water_arcs = _topology("world")
    rivers = tuple(_join(refs, water_arcs) for refs in water["rivers"]["arcs"])
    lakes = tuple(_join(rings[0], water_arcs) for rings in water["lakes"]["arcs"])
    return Ground(lands, rivers, lakes)


@dataclass(frozen=True)
class Projection:
    """Lambert azimuthal equal-area around a centre, in km (Snyder 1987, eq. 24-2 to 24-4): areas are true."""

    lon: float
    lat: float

    def __call__(self, points: Points) -> Points:
        lam = np.radians(points[:, 0] - self.lon)
        phi, phi0 = np.radians(points[:, 1]), np.radians(self.lat)
        k = np.sqrt(2 / np.maximum(1 + self._cosine(points), 1e-9))
        x = k * np.cos(phi) * np.sin(lam)
        y = k * (np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(lam))
        return EARTH * np.column_stack([x, y])

    def _cosine(self, points: Points) -> Points:
        lam = np.radians(points[:, 0] - self.lon)
        phi, phi0 = np.radians(points[:, 1]), np.radians(self.lat)
        return np.asarray(np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(lam))

    def away(self, points: Points) -> Points:
        """Degrees of arc from the centre."""
        return np.asarray(np.degrees(np.arccos(np.clip(self._cosine(points), -1, 1))))

    def near(self, points: Points) -> Points:
        """Longitudes of a whole shape moved by full turns to the centre's side of the date line."""
        middle = (points[:, 0].min() + points[:, 0].max()) / 2
        turn = 360.0 * round((self.lon - middle) / 360.0)
        return points + np.array([turn, 0.0]) if turn else points


def area(ring: Points) -> float:
    """Area enclosed by a ring, positive when it runs against the clock."""
    x, y = ring[:, 0], ring[:, 1]
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y))


def clip_half(ring: Points, start: Points, end: Points) -> Points:
    """The part of a ring on the left of the line start -> end (one pass of Sutherland and Hodgman 1974)."""
    if len(ring) == 0:
        return ring
    dx, dy = end - start
    side = dx * (ring[:, 1] - start[1]) - dy * (ring[:, 0] - start[0])
    inside = side >= 0
    if inside.all():
        return ring
    if not inside.any():
        return ring[:0]
    after, side_after = np.roll(ring, -1, axis=0), np.roll(side, -1)
    crosses = inside != np.roll(inside, -1)
    share = np.where(crosses, side / np.where(crosses, side - side_after, 1.0), 0.0)
    cut = ring + share[:, None] * (after - ring)
    both = np.stack([ring, cut], axis=1).reshape(-1, 2)
    keep = np.stack([inside, crosses], axis=1).ravel()
    return np.asarray(both[keep])


def clip(ring: Points, convex: Points) -> Points:
    """The part of any ring inside a convex ring that runs against the clock.

    Pieces that fall apart stay joined along the convex ring's edge: areas are exact, fills look right, and
    outlines are never drawn from the result.
    """
    low, high = convex.min(axis=0), convex.max(axis=0)
    if len(ring) == 0 or (ring.max(axis=0) < low).any() or (ring.min(axis=0) > high).any():
        return ring[:0]
    for start, end in zip(convex, np.roll(convex, -1, axis=0), strict=True):
        ring = clip_half(ring, start, end)
    return ring if len(ring) > 2 and area(ring) != 0 else ring[:0]


def box_ring(west: float, south: float, east: float, north: float) -> Points:
    """A rectangle as a ring against the clock."""
    return np.array([[west, south], [east, south], [east, north], [west, north]], dtype=np.float64)


def circle(centre: Points, radius: float, corners: int = 40) -> Points:
    """A circle as a ring against the clock."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return centre + radius * np.column_stack([np.cos(turn), np.sin(turn)])


def _diagram(points: Points) -> Voronoi:
    """Voronoi diagram in which every given point has a closed cell.

    Four far mirror points close the cells; points at one spot are moved apart by a hair, so each has a cell.
    """
    spread = max(float(np.ptp(points, axis=0).max()), 1.0)
    turn = np.arange(len(points)) * 2.399963  # golden angle, so no two hairs are alike
    hair = (
        1e-7 * spread * np.column_stack([np.cos(turn), np.sin(turn)]) * (1 + np.arange(len(points)))[:, None]
    )
    far = points.mean(axis=0) + FAR * np.array([[1.0, 0.3], [-1.0, 0.2], [0.1, 1.0], [-0.2, -1.0]])
    return Voronoi(np.concatenate([points + hair, far]))


def cells(points: Points) -> list[Points]:
    """The area nearest to each point, as convex rings against the clock."""
    diagram = _diagram(points)
    rings = []
    for i in range(len(points)):
        corners = diagram.vertices[diagram.regions[diagram.point_region[i]]]
        off = corners - corners.mean(axis=0)
        rings.append(corners[np.argsort(np.arctan2(off[:, 1], off[:, 0]))])
    return rings


def meetings(points: Points) -> list[tuple[int, int, Points]]:
    """The line on which the areas of each two neighbouring points meet."""
    diagram = _diagram(points)
    return [
        (int(a), int(b), diagram.vertices[ends])
        for (a, b), ends in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True)
        if max(a, b) < len(points) and min(ends) >= 0
    ]


def hull(points: Points, margin: float) -> Points:
    """A smooth convex ring around points at some distance: the plain ground of a made-up country."""
    around = np.concatenate([circle(point, margin, 48) for point in points])
    return np.asarray(around[ConvexHull(around).vertices])


def within(line: Points, rings: Sequence[Points]) -> list[Points]:
    """The pieces of a straight line that lie inside rings (even-odd rule)."""
    (x0, y0), (x1, y1) = line
    cuts = [0.0, 1.0]
    for ring in rings:
        a, b = ring, np.roll(ring, -1, axis=0)
        ex, ey = (b - a).T
        cross = (x1 - x0) * ey - (y1 - y0) * ex
        with np.errstate(divide="ignore", invalid="ignore"):
            t = ((a[:, 0] - x0) * ey - (a[:, 1] - y0) * ex) / cross
            u = ((a[:, 0] - x0) * (y1 - y0) - (a[:, 1] - y0) * (x1 - x0)) / cross
        hit = (cross != 0) & (t > 0) & (t < 1) & (u >= 0) & (u < 1)
        cuts += list(t[hit])
    cuts = sorted(cuts)
    middles = line[0] + np.array([[(a + b) / 2] for a, b in pairwise(cuts)]) * (line[1] - line[0])
    inside = np.logical_xor.reduce([contains(ring, middles) for ring in rings])
    return [
        line[0] + np.array([[a], [b]]) * (line[1] - line[0])
        for (a, b), kept in zip(pairwise(cuts), inside, strict=True)
        if kept
    ]


def smooth(line: Points) -> Points:
    """One round of corner cutting (Chaikin 1974); ends stay."""
    if len(line) < 3:
        return line
    a, b = line[:-1], line[1:]
    cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
    return np.concatenate([line[:1], cut[1:-1], line[-1:]])


def contains(ring: Points, points: Points) -> NDArray[np.bool_]:
    """Which points lie inside a ring (even-odd rule)."""
    (x0, y0), (x1, y1) = ring.T, np.roll(ring, -1, axis=0).T
    x, y = points[:, :1], points[:, 1:]
    spans = (y0 > y) != (y1 > y)
    # Level edges span nothing, so what they would divide by does not matter.
    at = (x1 - x0) * (y - y0) / np.where(y1 == y0, 1.0, y1 - y0) + x0
    return np.asarray((spans & (x < at)).sum(axis=1) % 2 == 1)
