"""The ground of a map as plain data: the stage that the briefing's maps stand on, for the page to draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from afternext.brief.geo import Points
from afternext.brief.scene import crowds, far_off, names_apart
from afternext.brief.stage import Stage, build
from afternext.brief.style import NOBODY, side_colours

PRECISION = 1  # digits after the point of a km: 100 m, a tenth of a screen point at most


def ring(points: Points, closed: bool) -> str:
    """SVG path of a ring or a line, y downwards, in km; repeated points are dropped."""
    spots = np.round(points * np.array([1.0, -1.0]), PRECISION) + 0.0
    keep = np.ones(len(spots), dtype=bool)
    keep[1:] = (np.diff(spots, axis=0) != 0).any(axis=1)
    text = "L".join(f"{x:g},{y:g}" for x, y in spots[keep].tolist())
    return f"M{text}{'Z' if closed else ''}"


def shape(polygons: Iterable[Sequence[Points]]) -> str:
    """SVG path of polygons with holes, to be filled by the even-odd rule."""
    return "".join(ring(one, True) for rings in polygons for one in rings)


def ground_of(scenario: Any, places: Sequence[Any]) -> dict[str, Any]:
    """Lands, waters, areas and places of a scenario in km around its middle; y grows downwards."""
    return plain(build(scenario, places), scenario)


def plain(stage: Stage, scenario: Any) -> dict[str, Any]:
    """A stage as plain data."""
    west, south, east, north = stage.view
    number = {place.id: i for i, place in enumerate(stage.places)}
    colours = side_colours(scenario.forces)
    labels = names_apart(stage, crowds(stage))  # parts of one city share one name on a map of the country
    sides = [
        {"id": name, "name": force.name, "kind": force.kind, "colour": colours[name]}
        for name, force in scenario.forces.items()
    ]
    return {
        "view": [round(v, 1) for v in (west, -north, east - west, north - south)],
        "fictional": stage.fictional,
        "lands": [
            {"name": name, "main": main, "path": shape(polygons)} for name, main, polygons in stage.lands
        ],
        "rivers": [ring(line, False) for line in stage.rivers],
        "lakes": [ring(line, True) for line in stage.lakes],
        "areas": [shape(polygons) for polygons in stage.areas],
        "empty": shape(stage.empty),
        "seams": [[seam.first, seam.second, ring(seam.line, False)] for seam in stage.seams],
        "places": [
            {
                "id": place.id,
                "name": place.name,
                "label": label,
                "kind": place.kind,
                "admin1": place.admin1,
                "admin2": place.admin2,
                "pcode": place.pcode,
                "country": place.country,
                "lat": place.lat,
                "lon": place.lon,
                "population": round(float(scenario.center(place.population))),
                "confidence": place.confidence,
                "source": place.source,
                "x": round(float(x), 2),
                "y": round(-float(y), 2),
                "home": home,
                "far_off": alone,
            }
            for place, label, (x, y), home, alone in zip(
                stage.places, labels, stage.spots, stage.home, far_off(stage), strict=True
            )
        ],
        "routes": [
            [number[route.start], number[route.end], route.kind, route.km]
            for route in scenario.routes
            if route.start in number and route.end in number
        ],
        "sides": [*sides, {"id": "nobody", "name": "Nobody", "kind": "nobody", "colour": NOBODY}],
    }
