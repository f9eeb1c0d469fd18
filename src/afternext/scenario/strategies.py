"""Strategies: what a PATH of `set` may name, and how a scenario looks with strategies applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from afternext.errors import Problem, UsageError
from afternext.scenario import schema
from afternext.scenario.chancellery_schema import AIMS, Goal, Support
from afternext.scenario.check_entries import incident_names_exist
from afternext.scenario.draft import Draft, Item, tell
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Node
from afternext.scenario.values import Value

# What a strategy may set, by section: a field, fields inside it, or an id of COMMUNITY, POWER, AIM, REGION.
COMMUNITY, POWER, AIM, REGION = "communities", "powers", "aims", "regions"
Tree: TypeAlias = "dict[str, Tree | None]"
FIELDS: dict[str, Tree] = {
    "forces": {
        **dict.fromkeys(("strength", "present", "cohesion", "foreign", "power", "kind")),
        "treats": {COMMUNITY: None},
        "admits": {COMMUNITY: None},
    },
    "communities": {**dict.fromkeys(("size", "excluded", "organised", "paid")), "kin": {COMMUNITY: None}},
    "uncertainties": {},
    "parameters": {},
    "powers": {
        **dict.fromkeys(("capability", "budget", "far", "collection", "slant", "distance_km", "seats")),
        "goals": {AIM: dict.fromkeys(Goal.model_fields)},
        "public": {
            **dict.fromkeys(("weight", "elite", "polarised", "weary", "misled")),
            "support": dict.fromkeys(Support.model_fields),
        },
        "price": {POWER: None},
        "speaks": {COMMUNITY: None},
    },
    "moves": dict.fromkeys(
        ("cost", "exposure", "ready_days", "speed_km_day", "collection_days", "days", "ramp_days")
    ),
    "polity": {**dict.fromkeys(("trust", "inclusion")), "regions": {REGION: {"autonomy": None}}},
}
SINGULAR = {COMMUNITY: "community", POWER: "power", AIM: "aim", REGION: "region"}


class PathFault(ValueError):
    """A PATH that leads nowhere."""


def split_path(path: str, ids: Mapping[str, Mapping[str, Any]]) -> tuple[str, str, tuple[str, ...]]:
    """Split a PATH into section, id and the fields below it; say which part leads nowhere.

    ids : declared entries by section; the id of the polity is empty
    """
    steps = path.split(".")
    section = steps[0]
    if section not in FIELDS:
        raise PathFault(f"{section} is nothing that a strategy can set", nearest(section, FIELDS))
    if section == "parameters":
        if len(steps) != 2:
            raise PathFault("names no parameter", "write parameters.NAME")
        return section, steps[1], ("value",)
    if section == "polity":
        if not ids[section]:
            raise PathFault("the scenario has no polity")
        steps.insert(1, "")
    known = ids[section]
    if len(steps) < 2 or steps[1] not in known:
        word = steps[1] if len(steps) > 1 else ""
        raise PathFault(f"there is no {word or 'entry'} in {section}", nearest(word, known))
    if section == "uncertainties":
        if len(steps) != 2:
            raise PathFault("leads below an uncertainty", f"write uncertainties.{steps[1]}")
        return section, steps[1], ("value",)
    _walk_down(section, steps, ids)
    return section, steps[1], tuple(steps[2:])


def _walk_down(section: str, steps: list[str], ids: Mapping[str, Mapping[str, Any]]) -> None:
    """Follow the fields of a path through those that may be set."""
    tree: Tree | None = FIELDS[section]
    for number in range(2, len(steps) + 1):
        word = steps[number] if number < len(steps) else ""
        if tree is None:
            if word or number < len(steps):
                before = ".".join(step for step in steps[:number] if step)
                raise PathFault(f"leads below {steps[number - 1]}", f"write {before}")
            return
        kind = next(iter(tree), "")
        if kind in SINGULAR and tree is not FIELDS[section]:
            known = AIMS if kind == AIM else ids[kind]
            if word not in known:
                what = f"there is no {SINGULAR[kind]} {word}" if word else f"names no {SINGULAR[kind]}"
                raise PathFault(what, nearest(word, known))
            tree = tree[kind]
        elif word not in tree:
            raise PathFault(f"{word or 'nothing'} is no field of {section} to set", nearest(word, tree))
        else:
            tree = tree[word]


def apply(scenario: schema.Scenario, ids: tuple[str, ...]) -> schema.Scenario:
    """Return the scenario with the settings, incidents, plans and bars of strategies applied in turn."""
    for key in ids:
        if key not in scenario.strategies:
            hint = nearest(key, scenario.strategies)
            raise UsageError(f"{scenario.id} has no strategy {key}" + (f" ({hint})" if hint else ""))
        strategy = scenario.strategies[key]
        polity = scenario.polity
        changed: dict[str, dict[str, Any]] = {
            section: dict(getattr(scenario, section)) for section in FIELDS if section != "polity"
        }
        changed["polity"] = {} if polity is None else {"": polity}
        names = {**changed, REGION: {} if polity is None else polity.regions}
        for path, value in strategy.set.items():
            section, name, steps = split_path(path, names)
            why = f"strategy {key}: {strategy.title}"
            changed[section][name] = _changed(section, changed[section].get(name), steps, value, why)
        scenario = scenario.model_copy(
            update={
                **changed,
                "polity": changed["polity"].get(""),
                "incidents": (*scenario.incidents, *strategy.incidents),
                "plan": (*scenario.plan, *strategy.plan),
                "bar": (*scenario.bar, *strategy.bar),
            }
        )
    return scenario


def _changed(
    section: str, entry: BaseModel | None, steps: tuple[str, ...], value: Value | str, why: str
) -> BaseModel:
    """Return an entry with one field set, validated by the schema."""
    if section == "parameters":
        return schema.Override.model_validate({"value": value, "why": why})
    assert entry is not None
    return type(entry).model_validate(_with(entry, steps, value))


def _with(found: Any, steps: tuple[str, ...], value: Value | str) -> Any:
    """Return the content of an entry, or of a map inside it, with one thing set."""
    if not steps:
        return value
    names = type(found).model_fields if isinstance(found, BaseModel) else ()
    content = {name: getattr(found, name) for name in names} if names else dict(found or {})
    content[steps[0]] = _with(content.get(steps[0]), steps[1:], value)
    return content


def check_strategies(draft: Draft) -> Iterator[Problem]:
    """Every PATH leads to something, its value fits there, and incidents lie after the freeze."""
    for item in draft.maps["strategies"].values():
        settings = item.node.map.get("set")
        for path, node in settings.map.items() if settings is not None else ():
            yield from _check_setting(draft, item, path, node)
        incidents = item.node.map.get("incidents")
        for number, node in enumerate(incidents.list if incidents is not None else ()):
            inside: Item[Any] = Item(node, None, f"{item.path}.incidents.{number + 1}")
            yield from incident_names_exist(draft, inside)
            if "date" in node.map:
                yield inside.problem(
                    "date", "a strategy cannot change the past", "write day: N after the freeze"
                )
            elif "day" not in node.map and not node.broken:
                yield inside.problem((), "has no day", "write day: N after the freeze")


def _check_setting(draft: Draft, item: Item[Any], path: str, node: Node) -> Iterator[Problem]:
    mark = node.key_mark or node.mark
    key = f"{item.path}.set.{path}"
    if not all(draft.known(section) for section in FIELDS if section != "polity"):
        return
    polity = draft.singles.get("polity")
    regions = polity.node.map.get("regions") if polity is not None else None
    entries = {**draft.maps, "polity": {} if polity is None else {"": polity}}
    try:
        section, name, steps = split_path(path, {**entries, REGION: {} if regions is None else regions.map})
    except PathFault as fault:
        yield mark.problem(key, *fault.args)
        return
    target = entries[section].get(name)
    if item.entry is None or (section != "parameters" and (target is None or target.entry is None)):
        return
    if steps == ("power",) and str(node.value) not in draft.maps["powers"]:
        near = nearest(str(node.value), draft.maps["powers"])
        yield node.mark.problem(key, f"there is no power {node.value}", near)
    try:
        _changed(section, target.entry if target else None, steps, item.entry.set[path], "strategy")
    except ValidationError as error:
        model = type(target.entry) if target is not None and target.entry is not None else schema.Override
        for problem in tell(error, model, Node(node.mark, {}), ""):
            text = f"{problem.key} {problem.message}" if problem.message == "is missing" else problem.message
            yield node.mark.problem(key, text, problem.hint)
