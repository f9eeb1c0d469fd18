"""Checks of the CSV files that say who is where: presence, holders, displaced, claims and history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from afternext.errors import Problem
from afternext.scenario.check_entries import not_after_freeze, unknown
from afternext.scenario.check_map import SHARE_TOLERANCE, is_whole
from afternext.scenario.distributions import Distribution
from afternext.scenario.draft import Draft, Item
from afternext.scenario.nearest import nearest
from afternext.scenario.schema import NOBODY, Place, places_of
from afternext.scenario.values import show


def _place_exists(draft: Draft, item: Item[Any], column: str = "place") -> Iterator[Problem]:
    word = item.raw(column)
    if word and draft.known("places") and word not in draft.ids("places"):
        yield unknown(item, column, word, "place", draft.ids("places"))


def _force_exists(
    draft: Draft, item: Item[Any], column: str, also: tuple[str, ...] = ()
) -> Iterator[Problem]:
    word = item.raw(column)
    if word and draft.known("forces") and word not in draft.maps["forces"] and word not in also:
        yield unknown(item, column, word, "force", [*draft.maps["forces"], *also])


def presence_fits(draft: Draft) -> Iterator[Problem]:
    for item in draft.rows["presence"]:
        yield from _place_exists(draft, item)
        yield from _force_exists(draft, item, "force")
        if item.entry is None:
            continue
        strength, low, high = item.entry.strength, item.entry.low, item.entry.high
        if isinstance(strength, Distribution):
            for column, number in (("low", low), ("high", high)):
                if number is not None:
                    hint = "leave low and high empty, or write a number"
                    yield item.problem(column, "stands beside a distribution", hint)
        elif low is not None and low > strength:
            yield item.problem("low", f"{show(low)} is above the strength {show(strength)}")
        if not isinstance(strength, Distribution) and high is not None and high < strength:
            yield item.problem("high", f"{show(high)} is below the strength {show(strength)}")


def populations_fit(draft: Draft) -> Iterator[Problem]:
    for item in draft.rows["places"]:
        if item.entry is None:
            continue
        people, low, high = item.entry.population, item.entry.low, item.entry.high
        if low is not None and low > people:
            yield item.problem("low", f"{show(low)} is above the population {show(people)}")
        if high is not None and high < people:
            yield item.problem("high", f"{show(high)} is below the population {show(people)}")


def holders_fit(draft: Draft) -> Iterator[Problem]:
    for item in draft.rows["holder"]:
        yield from _place_exists(draft, item)
        yield from _force_exists(draft, item, "holder", (NOBODY,))
        yield from _force_exists(draft, item, "contested")
        if item.raw("contested") and item.raw("contested") == item.raw("holder"):
            hint = "leave it empty if nobody contests the place"
            yield item.problem("contested", f"{item.raw('holder')} contests what it holds", hint)


def holders_are_complete(draft: Draft) -> Iterator[Problem]:
    if "holder" not in draft.tables:
        return
    held = {row.raw("place") for row in draft.rows["holder"]}
    for place, item in draft.ids("places").items():
        if place and place not in held:
            yield item.problem("id", f"{place} has no row in holder.csv", "it is taken as held by nobody")


def displaced_fit(draft: Draft) -> Iterator[Problem]:
    for item in draft.rows["displaced"]:
        yield from _place_exists(draft, item)
        yield from _place_exists(draft, item, "origin")
        community = item.raw("community")
        if community and draft.known("communities") and community not in draft.maps["communities"]:
            yield unknown(item, "community", community, "community", draft.maps["communities"])
        if item.raw("place") and item.raw("place") == item.raw("origin"):
            hint = "people who went home are residents: remove the row"
            yield item.problem("origin", f"{item.raw('origin')} is also where they are", hint)
        if item.entry is not None:
            yield from not_after_freeze(draft, item, "since", item.entry.since)


def no_more_displaced_than_people(draft: Draft) -> Iterator[Problem]:
    """The population of a place counts those displaced from it, so they cannot be more, in any community."""
    by_origin: dict[str, list[Item[Any]]] = defaultdict(list)
    for item in draft.rows["displaced"]:
        if item.entry is not None:
            by_origin[item.entry.origin].append(item)
    places = draft.ids("places")
    for origin, rows in by_origin.items():
        place = places[origin].entry if origin in places else None
        if place is None:
            continue
        total = sum(_persons(row) for row in rows)
        if total > place.population:
            text = f"{show(total)} are displaced from {origin}, home of {place.population}"
            yield rows[-1].problem("persons", text, "population counts those displaced from the place too")
        elif is_whole(place):
            yield from _no_more_of_a_community(draft, place, rows)


def _no_more_of_a_community(draft: Draft, place: Place, rows: list[Item[Any]]) -> Iterator[Problem]:
    gone: dict[str, float] = defaultdict(float)
    last: dict[str, Item[Any]] = {}
    for row in rows:
        gone[row.raw("community")] += _persons(row)
        last[row.raw("community")] = row
    for community, persons in gone.items():
        people = place.population * place.shares.get(community, 0.0)
        if (
            community in draft.maps["communities"]
            and persons > people + SHARE_TOLERANCE * place.population + 1
        ):
            share = draft.ids("places")[place.id].node.at((community,))
            text = (
                f"{show(persons)} of {community} are displaced from {place.id}, home of {people:.0f} of them"
            )
            hint = f"see the share of {community} in {share.file}, line {share.line}"
            yield last[community].problem("persons", text, hint)


def _persons(item: Item[Any]) -> float:
    persons = item.entry.persons if item.entry is not None else 0
    if isinstance(persons, Distribution):
        try:
            return float(persons.center)
        except LookupError:
            return 0.0  # a shared uncertainty; the engine never lets more people leave than there are
    return float(persons)


def claims_fit(draft: Draft) -> Iterator[Problem]:
    areas = {row.raw("admin1") for row in draft.rows["places"]} - {""}
    authors = {row.raw("who") for row in draft.rows["claims"]}
    for item in draft.rows["claims"]:
        for place in places_of(item.raw("place")) if draft.known("places") else ():
            if place not in areas and place not in draft.ids("places"):
                yield unknown(item, "place", place, "place or admin1", [*draft.ids("places"), *areas])
        repeats = item.raw("repeats")
        if repeats and repeats not in authors:
            text = f"nobody named {repeats} is in the column who"
            yield item.problem("repeats", text, nearest(repeats, authors))
        if item.entry is None:
            continue
        yield from not_after_freeze(draft, item, "published", item.entry.published)
        if item.entry.on is not None:
            yield from not_after_freeze(draft, item, "on", item.entry.on)
        numbers = [(n, getattr(item.entry, n)) for n in ("low", "best", "high")]
        given = [(name, number) for name, number in numbers if number is not None]
        if not given:
            text = "low, best and high are all empty"
            yield item.problem("best", text, "a claim states at least one number")
        for (lower, a), (upper, b) in pairwise(given):
            if a > b:
                yield item.problem(upper, f"{show(b)} is below {lower} {show(a)}", "low, best, high rise")


def history_fits(draft: Draft) -> Iterator[Problem]:
    areas = {row.raw("admin1") for row in draft.rows["places"]} - {""}
    for item in draft.rows["history"]:
        yield from _place_exists(draft, item)
        place, area = item.raw("place"), item.raw("admin1")
        if bool(place) == bool(area):
            text = "place and admin1 are both given" if place else "neither place nor admin1 is given"
            yield item.problem("admin1" if place else "place", text, "a row is about exactly one of them")
        if area and draft.known("places") and area not in areas:
            yield unknown(item, "admin1", area, "admin1", areas)
        if item.entry is None:
            continue
        if item.entry.end < item.entry.start:
            yield item.problem("end", f"{item.entry.end} is before the start {item.entry.start}")
        yield from not_after_freeze(draft, item, "end", item.entry.end)


def available_by_the_freeze(draft: Draft) -> Iterator[Problem]:
    """What was true by the freeze and became public later was not known either."""
    entries = [item for rows in draft.rows.values() for item in rows]
    entries += [item for items in draft.maps.values() for item in items.values()]
    entries += [item for items in draft.lists.values() for item in items] + list(draft.singles.values())
    for item in entries:
        when = getattr(item.entry, "available", None)
        if when is not None:
            hint = "nobody could know it by the freeze: leave the row out"
            yield from not_after_freeze(draft, item, "available", when, hint)


def sources_are_named(draft: Draft) -> Iterator[Problem]:
    """A value without a source cannot be trusted; said once a file."""
    if draft.head.get("fictional"):
        return
    for rows in draft.rows.values():
        bare = [row for row in rows if row.entry is not None and not row.raw("source")]
        if bare:
            text = f"{len(bare)} of {len(rows)} rows name no source, first this one"
            yield bare[0].node.mark.problem("source", text, "say where the value comes from")
    for section in ("communities", "forces", "powers", "moves", "uncertainties"):
        entries = draft.maps[section].values()
        nameless = [item for item in entries if item.entry is not None and not item.entry.source]
        if nameless:
            mark = nameless[0].node.key_mark or nameless[0].node.mark
            text = f"{len(nameless)} of {len(entries)} entries name no source, first this one"
            yield mark.problem(nameless[0].path, text, "say where the value comes from")
