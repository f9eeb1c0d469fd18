"""Checks of the map: shares, coordinates, roads, and whether everybody can be reached."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from statistics import median
from typing import Any

from afternext.errors import Problem
from afternext.scenario.check_entries import unknown
from afternext.scenario.draft import Draft, Item
from afternext.scenario.schema import Place
from afternext.scenario.values import show

EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius
SHARE_TOLERANCE = 0.005  # shares are written with two or three digits
SHORTEST_ROAD = 0.98  # of the great circle: towns are wide, and coordinates are of their middle
LONGEST_ROAD = 4.0  # of the great circle, beyond which a slip is likely
LONGEST_ROAD_MARGIN_KM = 60.0
KM_PER_MILE = 1.609344
FAR_AWAY_KM = 1000.0
MOST_PAIRS = 1_000_000  # of places that are compared to find the shortest missing road


def great_circle_km(a: Place, b: Place) -> float:
    """Distance between two places along the great circle, km."""
    return haversine_km((a.lat, a.lon), (b.lat, b.lon))


def haversine_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance between two spots (latitude, longitude) along the great circle, km."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b[1] - a[1]) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(h, 1.0)))


def _entries(draft: Draft) -> dict[str, Place]:
    return {item.entry.id: item.entry for item in draft.rows["places"] if item.entry is not None}


def is_whole(place: Place) -> bool:
    """Tell whether the shares of a place sum to 1."""
    return abs(sum(place.shares.values()) - 1.0) <= SHARE_TOLERANCE + 1e-12


def shares_sum_to_one(draft: Draft) -> Iterator[Problem]:
    for item in draft.rows["places"]:
        place: Place | None = item.entry
        communities = [c for c in draft.maps["communities"] if c in draft.tables["places"].header]
        if place is None or place.population == 0 or len(communities) < len(draft.maps["communities"]):
            continue
        if not communities:
            continue
        total = sum(place.shares.values())
        if not is_whole(place):
            given = ", ".join(f"{c} {show(share)}" for c, share in place.shares.items() if share)
            gap = show(round(abs(1.0 - total), 6))
            hint = f"{gap} is {'missing' if total < 1.0 else 'too much'}"
            text = f"the shares of {place.id} sum to {show(round(total, 6))}, not 1 ({given or 'all are 0'})"
            yield item.node.at((communities[0],)).problem("shares", text, hint)


def somebody_lives_somewhere(draft: Draft) -> Iterator[Problem]:
    table = draft.tables.get("places")
    if table is None:
        return
    rows = draft.rows["places"]
    if not rows:
        mark = next(iter(table.header.values()))
        yield mark.problem("", "the file has a header and no rows", "add a row for each place")
    elif all(row.entry is not None and row.entry.population == 0 for row in rows):
        yield rows[0].problem("population", "nobody lives anywhere: every population is 0")


def no_two_places_on_one_spot(draft: Draft) -> Iterator[Problem]:
    first: dict[tuple[float, float], Item[Any]] = {}
    for item in draft.rows["places"]:
        if item.entry is None:
            continue
        spot = (item.entry.lat, item.entry.lon)
        other = first.setdefault(spot, item)
        if other is not item and other.entry is not None and other.entry.id != item.entry.id:
            text = f"{item.entry.id} lies on the same spot as {other.entry.id} in line {other.node.mark.line}"
            yield item.problem("lat", text, "give each place its own coordinates")


def routes_fit(draft: Draft) -> Iterator[Problem]:
    places = draft.ids("places")
    for item in draft.rows["routes"]:
        ends = item.raw("from"), item.raw("to")
        for column, word in zip(("from", "to"), ends, strict=True):
            if word and draft.known("places") and word not in places:
                yield unknown(item, column, word, "place", places)
        if ends[0] and ends[0] == ends[1]:
            yield item.problem("to", f"the route leads from {ends[0]} to itself")
        if item.entry is not None and item.entry.km == 0:
            yield item.problem("km", "the route has no length", "write the length of the road in km")


def _roads(draft: Draft) -> Iterator[tuple[Item[Any], float, float]]:
    """Routes with their length and the great circle between their ends, km."""
    places = _entries(draft)
    for item in draft.rows["routes"]:
        if item.entry is not None and item.entry.start in places and item.entry.end in places:
            yield item, item.entry.km, great_circle_km(places[item.entry.start], places[item.entry.end])


def roads_are_not_too_short(draft: Draft) -> Iterator[Problem]:
    for item, km, straight in _roads(draft):
        if 0 < km < SHORTEST_ROAD * straight:
            text = f"{show(km)} km is shorter than the straight line of {straight:.1f} km"
            from_miles = km * KM_PER_MILE
            in_miles = SHORTEST_ROAD * straight <= from_miles <= 1.3 * straight
            hint = (
                f"{show(km)} miles are {from_miles:.0f} km" if in_miles else "check km and both coordinates"
            )
            yield item.problem("km", text, hint)


def roads_are_not_too_long(draft: Draft) -> Iterator[Problem]:
    for item, km, straight in _roads(draft):
        if km > LONGEST_ROAD * straight + LONGEST_ROAD_MARGIN_KM:
            text = (
                f"{show(km)} km is {km / max(straight, 0.1):.0f} times the straight line of {straight:.1f} km"
            )
            yield item.problem("km", text, "check km and both coordinates")


def places_are_reachable(draft: Draft) -> Iterator[Problem]:
    """Everybody must be able to go everywhere by some route; a lone place is a forgotten road."""
    if "routes" not in draft.tables or not draft.known("places"):
        return
    places = {key: item for key, item in draft.ids("places").items() if key}
    group = {key: key for key in places}

    def root(key: str) -> str:
        while group[key] != key:
            group[key] = group[group[key]]
            key = group[key]
        return key

    for route in draft.rows["routes"]:
        ends = route.raw("from"), route.raw("to")
        if ends[0] == ends[1] or not set(ends) <= set(places):
            return  # a broken route may be the one that links; it is reported by itself
        group[root(ends[0])] = root(ends[1])
    components: dict[str, list[str]] = defaultdict(list)
    for key in places:
        components[root(key)].append(key)
    if len(components) < 2:
        return
    main = max(components.values(), key=lambda keys: (sum(_people(places[k]) for k in keys), len(keys)))
    for keys in components.values():
        if keys is main:
            continue
        named = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        text = f"{named} cannot be reached: no route leads to the rest of the map"
        yield places[keys[0]].problem("id", text, _nearest_link(keys, main, places))


def _people(item: Item[Any]) -> int:
    return item.entry.population if item.entry is not None else 0


def _nearest_link(keys: list[str], main: list[str], places: dict[str, Item[Any]]) -> str:
    if len(keys) * len(main) > MOST_PAIRS:
        return "add a route"
    pairs = [
        (great_circle_km(a, b), a.id, b.id)
        for a in (places[key].entry for key in keys)
        for b in (places[key].entry for key in main)
        if a is not None and b is not None
    ]
    if not pairs:
        return "add a route"
    km, here, there = min(pairs)
    return f"nearest is {there}, {km:.0f} km from {here}: add a route {here} - {there}"


def coordinates_look_swapped(draft: Draft) -> Iterator[Problem]:
    places = _entries(draft)
    if len(places) < 3:
        return
    middle_lat, middle_lon = (median(getattr(p, axis) for p in places.values()) for axis in ("lat", "lon"))
    for item in draft.rows["places"]:
        if item.entry is None or abs(item.entry.lon) > 90.0:
            continue
        middle = item.entry.model_copy(update={"lat": middle_lat, "lon": middle_lon})
        swapped = item.entry.model_copy(update={"lat": item.entry.lon, "lon": item.entry.lat})
        away = great_circle_km(item.entry, middle)
        if away > FAR_AWAY_KM and great_circle_km(swapped, middle) < away / 4:
            text = f"{item.entry.id} lies {away:.0f} km from the middle of the other places"
            yield item.problem("lat", text, "lat and lon look swapped")


def communities_live_somewhere(draft: Draft) -> Iterator[Problem]:
    places = _entries(draft)
    if len(places) < len(draft.rows["places"]):
        return
    for key, item in draft.maps["communities"].items():
        if places and not any(place.population and place.shares.get(key, 0.0) for place in places.values()):
            mark = item.node.key_mark or item.node.mark
            yield mark.problem(item.path, "has no people in any place", "fill its column in places.csv")
