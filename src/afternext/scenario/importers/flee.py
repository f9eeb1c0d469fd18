"""`import_flee`: make an ordinary scenario of a FLEE folder.

A FLEE folder knows places, roads, camps, when there is conflict where, and what was counted. It knows no
actors, so two stand-ins fight: an army that holds the country and an armed opposition that comes on the days
of conflicts.csv. What was counted stays out: a scenario holds what was known on day 0.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afternext.scenario.build import ScenarioBuilder
from afternext.scenario.check_map import haversine_km
from afternext.scenario.importers.flee_folder import FleeFolder, Place, read_flee

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from afternext.scenario.schema import Scenario

KINDS = {
    "camp": "camp",
    "conflict": "town",
    "town": "town",
    "flood": "town",
    "hub": "crossing",
    "marker": "crossing",
}
INTENSITY = 0.5  # of fighting where the file says 1: it says only that there is some
LONGEST_FIGHT = 30  # days of one incident; a longer conflict is several
SHIFT = 1e-4  # degrees that part places given one spot
GARRISON = 200  # army per place held: a stand-in, FLEE knows no forces
BAND = 200
SOURCE = "FLEE folder"
STAND_IN = "stand-in: a FLEE folder knows no actors"


@dataclass(frozen=True)
class Imported:
    """A scenario, and what is odd in the folder or could not be held."""

    scenario: Scenario
    notes: tuple[str, ...]


def import_flee(
    folder: str | Path, *, name: str = "imported", known_parameters: Container[str] | None = None
) -> Imported:
    """Read a FLEE folder as a scenario.

    Raises
    ------
    UsageError, InvalidInput
    """
    found = read_flee(folder, needs_camps=False)
    notes = [str(warning) for warning in found.warnings]
    kept = _connected(found, notes)
    ids = _ids([place.name for place in kept])
    builder = ScenarioBuilder(
        f"{found.path.name} (from FLEE)",
        found.start,
        name=name,
        summary=(
            "Made from a FLEE folder by afternext scenario import flee. Forces are stand-ins; "
            "conflict comes on the days the folder gives."
        ),
        years=max(0.1, round(found.days / 365.25, 2)),
        grid={"daily_until": min(found.days, 365), "weekly_until": max(365, min(found.days, 1095))},
    )
    builder.community("people", f"People of {found.home}", source=SOURCE)
    builder.force("army", f"Army of {found.home}", "army", treats={"people": "ordinary"}, source=STAND_IN)
    builder.force("opposition", "Armed opposition", "insurgent", source=STAND_IN)
    builder.relation("army", "opposition", "hostile", source=STAND_IN)
    guessed = _guess_spots(kept, found, notes)
    spots: set[tuple[float, float]] = set()
    where: dict[str, tuple[float, float]] = {}
    for place in kept:
        lat, lon = _free_spot(guessed[place.name], spots)
        where[place.name] = (lat, lon)
        builder.place(
            ids[place.name],
            place.name.replace("_", " "),
            lat=lat,
            lon=lon,
            population=place.population if place.kind not in ("hub", "marker") else 0,
            shares={"people": 1.0},
            kind=KINDS[place.kind],
            country=place.country.replace("_", " "),
            admin1=place.region.replace("_", " "),
            source=SOURCE,
        )
    _add_roads(builder, found, ids, where, notes)
    home = [place for place in kept if place.country == found.home]
    for place in home:
        builder.holder(ids[place.name], "army", source=STAND_IN)
        if place.kind in ("conflict", "town"):
            builder.presence(ids[place.name], "army", GARRISON, source=STAND_IN)
    for place in kept:
        if place.country != found.home:
            builder.holder(ids[place.name], "nobody", source=SOURCE)
    first = next((p for p in home if p.kind == "conflict"), home[0] if home else kept[0])
    builder.presence(ids[first.name], "opposition", BAND, source=STAND_IN)
    for place in kept:
        for day, days, intensity in _fights(found, place):
            when = {"date": found.start.isoformat()} if day == 0 else {"day": day}
            builder.incident(
                "fighting",
                ids[place.name],
                "opposition",
                **when,
                days=days,
                intensity=round(INTENSITY * intensity, 3),
                source="conflicts.csv",
            )
    if found.closures:
        notes.append(
            f"{len(found.closures)} closures are not in the scenario: a scenario has no dated borders"
        )
    if forced := sum(route.forced > 0 for route in found.routes):
        notes.append(f"{forced} forced redirections are not in the scenario: its roads are free")
    if limited := sum(place.capacity is not None for place in kept):
        notes.append(f"capacities of {limited} camps are not in the scenario: its camps take in all who come")
    return Imported(builder.build(known_parameters=known_parameters), tuple(notes))


def _connected(found: FleeFolder, notes: list[str]) -> list[Place]:
    """Return the places joined by roads to the most people; the others cannot be reached."""
    parent = {place.name: place.name for place in found.places}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for route in found.routes:
        parent[root(route.start)] = root(route.end)
    people: dict[str, int] = {}
    for place in found.places:
        people[root(place.name)] = people.get(root(place.name), 0) + 1 + place.population
    main = max(people, key=lambda name: people[name])
    kept = [place for place in found.places if root(place.name) == main]
    lost = [place.name for place in found.places if root(place.name) != main]
    if lost:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        notes.append(f"no road leads to {', '.join(lost[:5])}{more}: left out")
    return kept


def _ids(names: list[str]) -> dict[str, str]:
    """Return an id for each name: lower case, Latin letters, digits and _."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    next_number: dict[str, int] = {}
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "place"
        word = word if word[0].isalpha() else f"p_{word}"
        number, unique = next_number.get(word, 2), word
        while unique in taken:
            unique = f"{word}_{number}"
            number += 1
        next_number[word] = number
        taken.add(unique)
        ids[name] = unique
    return ids


def _guess_spots(kept: list[Place], found: FleeFolder, notes: list[str]) -> dict[str, tuple[float, float]]:
    """Return (latitude, longitude) of each place; one without stands amid those its roads lead to.

    An empty cell and 0, 0, a spot in the sea, are no coordinates.
    """
    spots = {place.name: (place.lat, place.lon) for place in kept if place.lat or place.lon}
    lost = [place.name for place in kept if place.name not in spots]
    if lost:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        notes.append(f"no coordinates of {', '.join(lost[:5])}{more}: put amid the places next to them")
    left = set(lost) if spots else set()
    while left:
        near: dict[str, list[tuple[float, float]]] = {}
        for route in found.routes:
            for a, b in ((route.start, route.end), (route.end, route.start)):
                if a in left and b in spots:
                    near.setdefault(a, []).append(spots[b])
        for name, around in near.items():
            spots[name] = (
                sum(lat for lat, _ in around) / len(around),
                sum(lon for _, lon in around) / len(around),
            )
        left = {name for name in left if name not in spots}
        if not near:
            break
    return {place.name: spots.get(place.name, (0.0, 0.0)) for place in kept}


def _free_spot(at: tuple[float, float], taken: set[tuple[float, float]]) -> tuple[float, float]:
    """Return coordinates, moved a little where another place has them already."""
    lat, lon = at[0], (at[1] + 180.0) % 360.0 - 180.0
    while (round(lat, 6), round(lon, 6)) in taken:
        lat += SHIFT
    spot = (round(lat, 6), round(lon, 6))
    taken.add(spot)
    return spot


def _add_roads(
    builder: ScenarioBuilder,
    found: FleeFolder,
    ids: dict[str, str],
    where: dict[str, tuple[float, float]],
    notes: list[str],
) -> None:
    shortest: dict[tuple[str, str], float] = {}
    for route in found.routes:
        if route.start in ids and route.end in ids:
            a, b = sorted((route.start, route.end))
            shortest[a, b] = min(shortest.get((a, b), math.inf), route.km)
    stretched = 0
    for (a, b), km in shortest.items():
        straight = haversine_km(where[a], where[b])
        if km < straight:
            stretched += 1
        length = max(km, math.ceil(straight * 10.0) / 10.0, 0.1)
        builder.route(ids[a], ids[b], length, source=SOURCE)
    if stretched:
        notes.append(f"{stretched} roads were shorter than the straight line: they have its length")


def _fights(found: FleeFolder, place: Place) -> list[tuple[int, int, float]]:
    """Return (first day, days, mean intensity) of the conflict at a place, in spans of a month at most."""
    values = found.intensity.get(place.name)
    if values is None:
        if place.kind != "conflict" or found.intensity:
            return []
        values = tuple(float(day >= place.onset) for day in range(found.days))
    spans: list[tuple[int, int, float]] = []
    for day, value in enumerate(values):
        if value <= 0.0:
            continue
        if spans and spans[-1][0] + spans[-1][1] == day and spans[-1][1] < LONGEST_FIGHT:
            first, days, total = spans[-1]
            spans[-1] = (first, days + 1, total + value)
        else:
            spans.append((day, 1, value))
    return [(first, days, total / days) for first, days, total in spans]
