"""Checks of the strategic half: powers and their aims, the polity, moves, plans and bars."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from afternext.errors import Problem
from afternext.scenario.chancellery_schema import (
    AIMS,
    LEVERS,
    SPECIAL,
    TARGET,
    Condition,
    Effect,
    Move,
    Plan,
    Polity,
)
from afternext.scenario.check_entries import not_after_freeze, unknown
from afternext.scenario.distributions import Uncertain
from afternext.scenario.draft import Draft, Item, Path
from afternext.scenario.fields import ID_PATTERN, check_bounds, id_hint
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Node
from afternext.scenario.values import ValueFault, bounds_of

SECTION = {"force": "forces", "power": "powers", "community": "communities"}
MOST_SCALES = 4
MOST_OPTIONS = 400  # decisions cost time for each; more is a slip


def powers_fit(draft: Draft) -> Iterator[Problem]:
    """Aims, prices and communities of powers exist."""
    for key, item in draft.maps["powers"].items():
        yield from _keys_exist(draft, item, ("goals",), "aim", AIMS)
        yield from _keys_exist(draft, item, ("speaks",), "community", draft.maps["communities"])
        yield from _keys_exist(draft, item, ("price",), "power", draft.maps["powers"])
        if key in _below(item.node, ("price",)):
            yield item.problem(("price", key), "a power pays no price for itself", "remove the line")


def ids_are_not_reserved(draft: Draft) -> Iterator[Problem]:
    """No power or force is called like a word that may stand in `on`."""
    words = {word for names in SPECIAL.values() for word in names}
    for section in ("powers", "forces"):
        for key, item in draft.maps[section].items():
            if key in words:
                mark = item.node.key_mark or item.node.mark
                yield mark.problem(item.path, f"the id {key} is reserved", "choose another")


def polity_fits(draft: Draft) -> Iterator[Problem]:
    """Government, capital, regions and dates of the polity fit the rest."""
    item = draft.singles.get("polity")
    if item is None:
        return
    places = draft.ids("places")
    government, capital, country = item.raw("government"), item.raw("capital"), item.raw("country")
    if government and draft.known("powers") and government not in draft.maps["powers"]:
        yield unknown(item, "government", government, "power", draft.maps["powers"])
    if draft.known("places"):
        countries = {row.raw("country") for row in places.values()}
        if country and country not in countries:
            text = f"no place lies in {country}"
            yield item.problem("country", text, nearest(country, sorted(countries)))
        if capital and capital not in places:
            yield unknown(item, "capital", capital, "place", places)
        elif capital and country in countries and places[capital].raw("country") != country:
            text = f"{capital} lies in {places[capital].raw('country')}, not in {country}"
            yield item.problem("capital", text)
    entry: Polity | None = item.entry
    if entry is not None:
        for name in ("leader_since", "forming_since"):
            if (day := getattr(entry, name)) is not None:
                yield from not_after_freeze(draft, item, name, day)
    yield from _regions_fit(draft, item, country)


def _regions_fit(draft: Draft, item: Item[Any], country: str) -> Iterator[Problem]:
    areas = sorted({r.raw("admin1") for r in draft.rows["places"] if r.raw("country") == country})
    owner: dict[str, str] = {}
    for key, node in _below(item.node, ("regions",)).items():
        inside: Item[Any] = Item(node, None, f"{item.path}.regions.{key}")
        if not _is_id(key):
            yield (node.key_mark or node.mark).problem(
                inside.path, f"'{key[:40]}' is not an id", id_hint(key)
            )
        power = inside.raw("power")
        if power and draft.known("powers") and power not in draft.maps["powers"]:
            yield unknown(inside, "power", power, "power", draft.maps["powers"])
        names = node.map.get("admin1")
        for number, area in enumerate(names.list if names is not None else ()):
            name = str(area.value)
            if areas and draft.known("places") and name not in areas:
                yield unknown(inside, ("admin1", number), name, "admin1", areas)
            elif owner.setdefault(name, key) != key:
                text = f"{name} belongs to {owner[name]} already"
                yield inside.problem(("admin1", number), text, "an area belongs to one region")


def seats_are_there(draft: Draft) -> Iterator[Problem]:
    """A polity whose parliament has parties knows the seats of its government."""
    item = draft.singles.get("polity")
    government = draft.maps["powers"].get(item.raw("government")) if item is not None else None
    if government is None or government.entry is None:
        return
    entries = [item.entry for item in draft.maps["powers"].values() if item.entry is not None]
    if government.entry.seats == 0.0 and any(entry.seats != 0.0 for entry in entries):
        text = "others bring seats to a coalition, the government does not"
        yield government.problem("seats", text, "write how many seats its own list has")


def moves_fit(draft: Draft) -> Iterator[Problem]:
    """Powers, aims, levers and targets of moves exist and fit each other."""
    options = 0
    for item in draft.maps["moves"].values():
        yield from _powers_exist(draft, item, "by")
        yield from _powers_exist(draft, item, "to")
        yield from _conditions_fit(item)
        for span in ("near", "far"):
            yield from _keys_exist(draft, item, ("expects", span), "aim", AIMS)
        effects = item.node.map.get("effects")
        for number, node in enumerate(effects.list if effects is not None else ()):
            yield from _effect_fits(draft, item, number, node)
        entry: Move | None = item.entry
        if entry is not None:
            yield from _numbers_fit(item, entry)
            options += sum(by != to for by in entry.by for to in (entry.to or ("",)))
    if options > MOST_OPTIONS:
        node = draft.root.map["moves"]
        text = f"there are {options} pairs of a power and what it may do to whom, more than {MOST_OPTIONS}"
        yield (node.key_mark or node.mark).problem("moves", text, "shorten by and to")


def _numbers_fit(item: Item[Any], entry: Move) -> Iterator[Problem]:
    if not entry.by:
        yield item.problem("by", "names no power", "say who may do it")
    scales = list(entry.scales)
    if not 1 <= len(scales) <= MOST_SCALES:
        yield item.problem("scales", f"{len(scales)} scales are not between 1 and {MOST_SCALES}")
    elif scales != sorted(set(scales)) or scales[0] == 0.0:
        yield item.problem("scales", "are not positive and in rising order", "write the smallest first")
    if entry.consent and not entry.to:
        yield item.problem("consent", "there is no target that could agree", "name it under to")
    if entry.to and all(set(entry.to) == {by} for by in entry.by):
        yield item.problem("to", "nobody but the power that acts", "name another, or leave it out")
    if not entry.effects and not entry.expects.near and not entry.expects.far:
        yield item.problem((), "has neither effects nor anything that is expected of it")


def _effect_fits(draft: Draft, item: Item[Any], number: int, node: Node) -> Iterator[Problem]:
    path: Path = ("effects", number)
    inside: Item[Any] = Item(node, None, f"{item.path}.effects.{number + 1}")
    lever, on = inside.raw("lever"), inside.raw("on")
    if not lever:
        return
    if lever not in LEVERS:
        yield unknown(inside, "lever", lever, "lever", LEVERS)
        return
    kind = LEVERS[lever].on
    declared: dict[str, dict[str, Any]] = {
        "force": draft.maps["forces"],
        "power": draft.maps["powers"],
        "community": draft.maps["communities"],
        "region": _regions(draft),
    }
    known = declared.get(kind)
    if known is None:
        if on:
            yield inside.problem("on", f"{lever} presses on the {kind} as a whole", "leave on out")
    elif not on:
        hint = " or ".join((f"a {kind}", *SPECIAL[kind]))
        yield inside.problem((), f"{lever} does not say on whom", f"on: {hint}")
    elif on in SPECIAL[kind]:
        if on == TARGET and "to" not in item.node.map:
            yield inside.problem("on", "the move has no target", "name one under to")
    elif on not in known and (_polity_is_readable(draft) if kind == "region" else draft.known(SECTION[kind])):
        yield unknown(inside, "on", on, kind, [*known, *SPECIAL[kind]])
    entry: Move | None = item.entry
    if entry is not None:
        yield from _amount_fits(draft, item, entry.effects[number], path)


def _amount_fits(draft: Draft, item: Item[Any], effect: Effect, path: Path) -> Iterator[Problem]:
    names = draft.maps["uncertainties"]
    values = {name: i.entry.value for name, i in names.items() if i.entry is not None}
    amount, reach = effect.amount, None
    if isinstance(amount, Uncertain):
        if amount.name not in values:
            return
        reach = bounds_of(amount, values)
    try:
        check_bounds(amount, LEVERS[effect.lever].low, LEVERS[effect.lever].high, reach)
    except ValueFault as fault:
        yield item.problem((*path, "amount"), fault.message, fault.hint)


def _conditions_fit(item: Item[Any]) -> Iterator[Problem]:
    found = item.node.map.get("when")
    for number, node in enumerate(found.list if found is not None else ()):
        path: Path = ("when", number)
        aim = node.map.get("aim")
        if aim is not None and str(aim.value) not in AIMS:
            yield unknown(item, (*path, "aim"), str(aim.value), "aim", AIMS)
        condition: Condition | None = item.entry.when[number] if item.entry is not None else None
        if condition is None:
            continue
        if condition.above is None and condition.below is None:
            yield item.problem(path, "neither above nor below is given", "say from where, or up to where")
        elif (
            condition.above is not None
            and condition.below is not None
            and (condition.above >= condition.below)
        ):
            yield item.problem((*path, "below"), "lies not above `above`: it never holds")


def plans_fit(draft: Draft) -> Iterator[Problem]:
    """Decisions that are fixed are offered, lie after the freeze and do not collide; bars name something."""
    bars = draft.root.map.get("bar")
    yield from _bars_fit(draft, bars, "bar")
    yield from _plans_of(draft, draft.lists["plan"])
    for item in draft.maps["strategies"].values():
        yield from _bars_fit(draft, item.node.map.get("bar"), f"{item.path}.bar")
        found = item.node.map.get("plan")
        plans = item.entry.plan if item.entry is not None else ()
        nodes = found.list if found is not None else []
        yield from _plans_of(
            draft,
            [
                Item(node, plans[n] if n < len(plans) else None, f"{item.path}.plan.{n + 1}")
                for n, node in enumerate(nodes)
            ],
        )


def _plans_of(draft: Draft, items: list[Item[Any]]) -> Iterator[Problem]:
    freeze: date | None = draft.head.get("freeze")
    taken: dict[tuple[str, str, str], list[tuple[int, float, int]]] = defaultdict(list)
    for item in items:
        yield from _conditions_fit(item)
        offered = list(_is_offered(draft, item))
        yield from offered
        plan: Plan | None = item.entry
        if plan is None or freeze is None:
            continue
        if plan.on is not None and plan.day is not None:
            yield item.problem("day", "on and day are both given", "keep one of them")
        if plan.since is not None and (plan.on is not None or plan.day is not None or plan.delay is not None):
            yield item.problem("since", "what is in force at the freeze has no other day and no delay")
        if plan.since is not None and plan.since >= freeze:
            yield item.problem("since", f"{plan.since} is not before the freeze {freeze}")
        if plan.since is not None and (plan.when or plan.scale <= 0.0):
            yield item.problem("since", "what is in force at the freeze waits for nothing and has a scale")
        first, last = plan.first_day(freeze), plan.last_day(freeze)
        if first < 0:
            yield item.problem("on", f"{plan.on} is before the freeze {freeze}", "the past cannot be planned")
        if last is not None and last <= first:
            yield item.problem("until", "is not after the beginning")
        if offered or plan.when:
            continue
        same = taken[plan.by, plan.move, plan.to or ""]
        line = item.node.mark.line
        for day, end, where in same:
            if first == day or (plan.scale > 0.0 and day < first < end < float("inf")):
                yield item.problem((), f"{plan.by}.{plan.move} is fixed for that time in line {where} too")
                break
        same.append((first, float("inf") if last is None else float(last), line))


def _is_offered(draft: Draft, item: Item[Any]) -> Iterator[Problem]:
    by, name, to = item.raw("by"), item.raw("move"), item.raw("to")
    if not draft.known("powers") or not draft.known("moves"):
        return
    for field, power in (("by", by), ("to", to)):
        if power and power not in draft.maps["powers"]:
            yield unknown(item, field, power, "power", draft.maps["powers"])
            return
    if not name:
        return
    if name not in draft.maps["moves"]:
        yield unknown(item, "move", name, "move", draft.maps["moves"])
        return
    move: Move | None = draft.maps["moves"][name].entry
    if move is None:
        return
    if by and by not in move.by:
        yield item.problem("by", f"{name} is not open to {by}", f"open to: {', '.join(move.by)}")
    targets = [power for power in move.to if power != by]
    if to and to not in targets:
        hint = f"possible: {', '.join(targets)}" if targets else "leave to out"
        yield item.problem("to", f"{name} is not done to {to}", hint)
    elif not to and len(targets) > 1:
        yield item.problem((), f"{name} has several targets", f"write to: {' or '.join(targets)}")


def _bars_fit(draft: Draft, node: Node | None, path: str) -> Iterator[Problem]:
    moves, powers = draft.maps["moves"], draft.maps["powers"]
    if node is None or not draft.known("moves") or not draft.known("powers"):
        return
    for number, child in enumerate(node.list):
        key = f"{path}.{number + 1}"
        power, _, name = str(child.value).rpartition(".")
        move: Move | None = moves[name].entry if name in moves else None
        if name not in moves:
            yield child.mark.problem(key, f"there is no move {name}", nearest(name, moves))
        elif power and power not in powers:
            yield child.mark.problem(key, f"there is no power {power}", nearest(power, powers))
        elif power and move is not None and power not in move.by:
            hint = f"open to: {', '.join(move.by)}"
            yield child.mark.problem(key, f"{name} is not open to {power}", hint)


def _powers_exist(draft: Draft, item: Item[Any], field: str) -> Iterator[Problem]:
    found = item.node.map.get(field)
    seen: set[str] = set()
    for number, node in enumerate(found.list if found is not None else ()):
        name = str(node.value)
        if draft.known("powers") and name not in draft.maps["powers"]:
            yield unknown(item, (field, number), name, "power", draft.maps["powers"])
        elif name in seen:
            yield item.problem((field, number), f"{name} stands here twice", "keep one of them")
        seen.add(name)


def _keys_exist(
    draft: Draft, item: Item[Any], path: tuple[str, ...], what: str, known: Collection[str]
) -> Iterator[Problem]:
    if what in SECTION and not draft.known(SECTION[what]):
        return
    for key, node in _below(item.node, path).items():
        if key not in known:
            where = ".".join((item.path, *path, key))
            yield (node.key_mark or node.mark).problem(
                where, f"there is no {what} {key}", nearest(key, known)
            )


def _below(node: Node, path: tuple[str, ...]) -> dict[str, Node]:
    """The map at a path below a node; empty where there is none."""
    for step in path:
        found = node.map.get(step)
        if found is None:
            return {}
        node = found
    return node.map


def _regions(draft: Draft) -> dict[str, Node]:
    polity = draft.singles.get("polity")
    return {} if polity is None else _below(polity.node, ("regions",))


def _polity_is_readable(draft: Draft) -> bool:
    polity = draft.singles.get("polity")
    return polity is None or isinstance(polity.node.value, dict)


def _is_id(text: str) -> bool:
    return re.fullmatch(ID_PATTERN, text) is not None
