"""Scenarios made for measuring: a grid of any number of places, and a shipped case with more people."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

SIDE = 10  # a tile is SIDE x SIDE places
TILE = SIDE * SIDE
STEP = 0.25  # degrees between neighbours, about 28 km
KM = 30
PEOPLE = 100_000
GARRISON = 1_000

GRID = """\
format: 1
title: Grid of {places} places
summary: Made for measuring. Tiles of {tile} places, each with the same front, so activity grows with size.
fictional: true
freeze: 2020-01-01
years: 1
horizons: [30 days, 1 year]
communities:
  east: {{name: Eastern, source: made, confidence: low}}
  west: {{name: Western, source: made, confidence: low}}
powers:
  crown: {{name: Crown, kind: government, source: made, confidence: low}}
  league: {{name: League, kind: insurgent, source: made, confidence: low}}
forces:
  guard:
    name: Guard
    kind: army
    power: crown
    treats: {{west: own, east: ordinary}}
    source: made
    confidence: low
  rebels:
    name: Rebels
    kind: insurgent
    power: league
    treats: {{east: own, west: persecuted}}
    source: made
    confidence: low
relations:
  - {{between: [guard, rebels], stance: hostile, source: made, confidence: low}}
"""


def write_table(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def write_grid(folder: Path, tiles: int) -> Path:
    """A scenario of `tiles` x 100 places; rebels hold the eastern half of each tile."""
    folder.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(GRID.format(places=tiles * TILE, tile=TILE), encoding="utf-8")
    places, routes, presence, holders = [], [], [], []
    columns = tiles * SIDE
    for x in range(columns):
        for y in range(SIDE):
            here, rebel = f"p{x}_{y}", x % SIDE >= SIDE // 2
            share = 0.8 if rebel else 0.2
            lat, lon = round(STEP * y, 4), round(STEP * (x - columns / 2), 4)
            row = [
                here,
                f"Place {x} {y}",
                "town",
                "Grid",
                f"tile {x // SIDE}",
                f"tile {x // SIDE}",
                "",
                lat,
                lon,
                PEOPLE,
            ]
            places.append([*row, share, round(1 - share, 2), "made", "low"])
            routes += [
                [here, f"p{a}_{b}", KM, "road", "made", "low"]
                for a, b in ((x + 1, y), (x, y + 1))
                if a < columns and b < SIDE
            ]
            force = "rebels" if rebel else "guard"
            presence.append([here, force, GARRISON, GARRISON // 2, GARRISON * 2, "made"])
            holders.append([here, force, "", "made", "low"])
    head = ["id", "name", "kind", "country", "admin1", "admin2", "pcode", "lat", "lon", "population"]
    write_table(folder / "places.csv", [*head, "east", "west", "source", "confidence"], places)
    write_table(folder / "routes.csv", ["from", "to", "km", "kind", "source", "confidence"], routes)
    write_table(folder / "presence.csv", ["place", "force", "strength", "low", "high", "source"], presence)
    write_table(folder / "holder.csv", ["place", "holder", "contested", "source", "confidence"], holders)
    return folder


def write_multiplied(folder: Path, scenario: str, factor: int) -> Path:
    """The shipped scenario with `factor` times the people; forces stay as they are."""
    from afternext.scenario import load

    base = load(scenario)
    folder.mkdir(parents=True)
    text = f"format: 1\nextends: {scenario}\ntitle: {base.title}, people x {factor}\n"
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    write_table(
        folder / "places.csv",
        ["id", "population", "low", "high"],
        [
            [p.id, *(None if n is None else n * factor for n in (p.population, p.low, p.high))]
            for p in base.places
        ],
    )
    return folder
