"""Checks of scenario.yaml: names that must exist, dates before the freeze, shared uncertainties."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel

from afternext.errors import Problem
from afternext.scenario.distributions import Distribution, Options, Uncertain
from afternext.scenario.draft import Draft, Item, Path
from afternext.scenario.fields import check_bounds
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Mark
from afternext.scenario.schema import Incident
from afternext.scenario.values import ValueFault, bounds_of

INFINITE = float("inf")
LIMITS = {  # fields whose values are shares or counts, also when a shared uncertainty stands there
    "present": (0.0, 1.0),
    "cohesion": (0.0, 1.0),
    "admits": (0.0, 1.0),
    "intensity": (0.0, 1.0),
    "size": (0.0, INFINITE),
    "strength": (0.0, INFINITE),
    "persons": (0.0, INFINITE),
    **dict.fromkeys(("far", "collection", "price", "speaks", "public", "exposure"), (0.0, 1.0)),
    **dict.fromkeys(("trust", "inclusion", "regions"), (0.0, 1.0)),
    **dict.fromkeys(("capability", "budget", "distance_km", "seats", "goals", "cost"), (0.0, INFINITE)),
    **dict.fromkeys(("ready_days", "speed_km_day", "collection_days"), (0.0, INFINITE)),
    **dict.fromkeys(("days", "ramp_days"), (0.0, INFINITE)),
    **dict.fromkeys(("slant", "expects"), (-1.0, 1.0)),
}
INNER_LIMITS = {("public", "elite"): (-1.0, 1.0), ("goals", "target"): (0.0, 1.0)}


def unknown(item: Item[Any], path: Path | str, word: str, what: str, ids: Collection[str]) -> Problem:
    """Say that a name is not declared, and which one is nearest."""
    return item.problem(path, f"there is no {what} {word}", nearest(word, ids))


def sections_are_there(draft: Draft) -> Iterator[Problem]:
    if draft.readable and isinstance(draft.root.value, dict) and not draft.maps["communities"]:
        if (node := draft.root.map.get("communities")) is None:
            mark = Mark(draft.root.mark.file, 1)
            yield mark.problem("communities", "is missing", "people belong to communities")
        elif not node.broken and isinstance(node.value, dict | None):
            yield node.mark.problem("communities", "is empty", "people belong to communities")


def spans_are_in_order(draft: Draft) -> Iterator[Problem]:
    horizons = draft.head.get("horizons")
    if horizons and "horizons" in draft.root.map and list(horizons) != sorted(set(horizons)):
        mark = draft.root.at(("horizons",))
        yield mark.problem("horizons", "are not in rising order", "write the shortest first")
    grid = draft.head.get("grid")
    if grid is not None and grid.weekly_until < grid.daily_until:
        text = f"{grid.weekly_until} is before daily_until {grid.daily_until}"
        yield draft.root.at(("grid", "weekly_until")).problem("grid.weekly_until", text, "daily, then weekly")


def names_in_forces_exist(draft: Draft) -> Iterator[Problem]:
    for item in draft.maps["forces"].values():
        power = item.raw("power")
        if power and draft.known("powers") and power not in draft.maps["powers"]:
            yield unknown(item, "power", power, "power", draft.maps["powers"])
        for name in ("treats", "admits"):
            yield from _communities_exist(draft, item, name)


def kin_exist(draft: Draft) -> Iterator[Problem]:
    for key, item in draft.maps["communities"].items():
        yield from _communities_exist(draft, item, "kin")
        kin = item.node.map.get("kin")
        if kin is not None and key in kin.map:
            yield item.problem(("kin", key), "a community is not its own kin", "remove the line")


def _communities_exist(draft: Draft, item: Item[Any], name: str) -> Iterator[Problem]:
    node = item.node.map.get(name)
    known = draft.maps["communities"]
    if node is None or not draft.known("communities"):
        return
    for community, child in node.map.items():
        if community not in known:
            mark = child.key_mark or child.mark
            key = f"{item.path}.{name}.{community}"
            yield mark.problem(key, f"there is no community {community}", nearest(community, known))


def relations_are_between_two(draft: Draft) -> Iterator[Problem]:
    forces, powers = draft.maps["forces"], draft.maps["powers"]
    first: dict[tuple[str, ...], int] = {}
    for item in draft.lists["relations"]:
        between = item.node.map.get("between")
        names = [str(node.value) for node in between.list] if between is not None else []
        said = item.raw("of")
        for_powers = said == "powers" or (not said and any(n in powers and n not in forces for n in names))
        section, what = ("powers", "power") if for_powers else ("forces", "force")
        known = draft.maps[section]
        for number, name in enumerate(names):
            if draft.known(section) and name not in known:
                yield unknown(item, ("between", number), name, what, known)
        if len(names) == 2 and names[0] == names[1]:
            yield item.problem("between", f"{names[0]} stands on both sides")
        pair = (section, *sorted(names))
        if pair in first:
            text = f"{' and '.join(names)} stand here and in line {first[pair]}"
            yield item.problem("between", text, "keep one of them")
        else:
            first[pair] = item.node.mark.line


def incidents_fit(draft: Draft) -> Iterator[Problem]:
    for item in draft.lists["incidents"]:
        yield from incident_names_exist(draft, item)
        entry: Incident | None = item.entry
        if entry is None:
            continue
        if (entry.date is None) == (entry.day is None):
            both = "date and day are both given" if entry.date else "neither date nor day is given"
            hint = "date for what happened before the freeze, day for a what-if after it"
            yield item.problem("date" if entry.date else (), both, hint)
        if entry.date is not None:
            hint = "write a what-if as day: N after the freeze"
            yield from not_after_freeze(draft, item, "date", entry.date, hint)


def incident_names_exist(draft: Draft, item: Item[Any]) -> Iterator[Problem]:
    """Place and force of an incident exist; also used for the incidents of strategies."""
    place, force = item.raw("place"), item.raw("by")
    if place and draft.known("places") and place not in draft.ids("places"):
        yield unknown(item, "place", place, "place", draft.ids("places"))
    if force and draft.known("forces") and force not in draft.maps["forces"]:
        yield unknown(item, "by", force, "force", draft.maps["forces"])


def not_after_freeze(
    draft: Draft, item: Item[Any], name: str, day: date, hint: str = ""
) -> Iterator[Problem]:
    """Nothing that became known after the freeze may enter a scenario."""
    freeze = draft.head.get("freeze")
    if freeze is not None and day > freeze:
        text = f"{day} is after the freeze {freeze}"
        yield item.problem(name, text, hint or "what happened later is truth, kept outside the scenario")


def uncertainties_exist(draft: Draft) -> Iterator[Problem]:
    known = draft.maps["uncertainties"]
    values = {name: item.entry.value for name, item in known.items() if item.entry is not None}
    for name, item in known.items():
        if isinstance(values.get(name), Uncertain):
            yield item.problem("value", "points to another uncertainty", "write its distribution here")
    if not draft.known("uncertainties"):
        return
    sections = ("communities", "forces", "powers", "moves", "parameters", "strategies")
    items = [item for section in sections for item in draft.maps[section].values()]
    items += draft.singles.values()
    items += [*draft.lists["incidents"], *(item for rows in draft.rows.values() for item in rows)]
    for item in items:
        for path, value in walk_values(item.entry):
            if not isinstance(value, Uncertain):
                continue
            if value.name not in known:
                yield unknown(item, path, value.name, "uncertainty", known)
                continue
            source = values.get(value.name)
            if source is None or isinstance(source, Uncertain):
                continue
            if isinstance(source, Options) and source.words:
                yield item.problem(path, f"{value.name} is a choice of words where a number is needed")
                continue
            outer = LIMITS.get(str(path[0]), (-INFINITE, INFINITE))
            low, high = INNER_LIMITS.get((str(path[0]), str(path[-1])), outer)
            try:
                check_bounds(value, low, high, reach=bounds_of(value, values))
            except ValueFault as fault:
                hint = f"cut {value.name} with within, or scale it with times"
                yield item.problem(path, fault.message, hint)


def walk_values(found: Any, path: Path = ()) -> Iterator[tuple[Path, Distribution]]:
    """Visit every uncertain value of an entry with its path."""
    if isinstance(found, Distribution):
        yield path, found
    elif isinstance(found, BaseModel):
        for name in type(found).model_fields:
            yield from walk_values(getattr(found, name), (*path, name))
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from walk_values(value, (*path, key))
    elif isinstance(found, tuple):
        for number, value in enumerate(found):
            yield from walk_values(value, (*path, number))


def forces_are_somewhere(draft: Draft) -> Iterator[Problem]:
    present = {row.raw("force") for row in draft.rows["presence"]}
    for key, item in draft.maps["forces"].items():
        if key not in present and "presence" in draft.tables:
            mark = item.node.key_mark or item.node.mark
            yield mark.problem(item.path, "has no row in presence.csv, so it is nowhere")
