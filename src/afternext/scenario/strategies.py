"""Strategies: what a PATH of `set` may name, and how a scenario looks with strategies applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from afternext.errors import Problem, UsageError
from afternext.scenario import schema
from afternext.scenario.check_entries import incident_names_exist
from afternext.scenario.draft import Draft, Item, tell
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Node
from afternext.scenario.values import Value

# section -> fields that a strategy may set; those of the second row take a community as well
FIELDS = {
    "forces": ("strength", "present", "cohesion", "power", "kind"),
    "communities": ("size",),
    "uncertainties": (),
    "parameters": (),
}
KEYED = {"forces": ("treats", "admits"), "communities": ("kin",), "uncertainties": (), "parameters": ()}


class PathFault(ValueError):
    """A PATH that leads nowhere."""


def split_path(path: str, ids: Mapping[str, Mapping[str, Any]]) -> tuple[str, str, str, str]:
    """Split a PATH into section, id, field and community; say which part leads nowhere.

    ids : declared entries by section
    """
    steps = path.split(".")
    section = steps[0]
    if section not in FIELDS:
        raise PathFault(f"{section} is nothing that a strategy can set", nearest(section, FIELDS))
    if section == "parameters":
        if len(steps) != 2:
            raise PathFault("names no parameter", "write parameters.NAME")
        return section, steps[1], "value", ""
    known = ids[section]
    if len(steps) < 2 or steps[1] not in known:
        word = steps[1] if len(steps) > 1 else ""
        raise PathFault(f"there is no {word or 'entry'} in {section}", nearest(word, known))
    if section == "uncertainties":
        if len(steps) != 2:
            raise PathFault("leads below an uncertainty", f"write uncertainties.{steps[1]}")
        return section, steps[1], "value", ""
    fields = (*FIELDS[section], *KEYED[section])
    if len(steps) < 3 or steps[2] not in fields:
        word = steps[2] if len(steps) > 2 else ""
        raise PathFault(f"{word or 'nothing'} is no field of {section} to set", nearest(word, fields))
    if steps[2] in KEYED[section]:
        word = steps[3] if len(steps) == 4 else ""
        if word not in ids["communities"]:
            what = f"there is no community {word}" if word else "names no community"
            raise PathFault(what, nearest(word, ids["communities"]))
        return section, steps[1], steps[2], word
    if len(steps) != 3:
        raise PathFault(f"leads below {steps[2]}", f"write {'.'.join(steps[:3])}")
    return section, steps[1], steps[2], ""


def apply(scenario: schema.Scenario, ids: tuple[str, ...]) -> schema.Scenario:
    """Return the scenario with the settings and incidents of strategies applied in turn."""
    for key in ids:
        if key not in scenario.strategies:
            hint = nearest(key, scenario.strategies)
            raise UsageError(f"{scenario.id} has no strategy {key}" + (f" ({hint})" if hint else ""))
        strategy = scenario.strategies[key]
        changed: dict[str, dict[str, Any]] = {section: dict(getattr(scenario, section)) for section in FIELDS}
        for path, value in strategy.set.items():
            section, name, field, community = split_path(path, changed)
            changed[section][name] = _changed(
                section,
                changed[section].get(name),
                field,
                community,
                value,
                f"strategy {key}: {strategy.title}",
            )
        scenario = scenario.model_copy(
            update={**changed, "incidents": (*scenario.incidents, *strategy.incidents)}
        )
    return scenario


def _changed(
    section: str, entry: BaseModel | None, field: str, community: str, value: Value | str, why: str
) -> BaseModel:
    """Return an entry with one field set, validated by the schema."""
    if section == "parameters":
        return schema.Override.model_validate({"value": value, "why": why})
    assert entry is not None
    content = {name: getattr(entry, name) for name in type(entry).model_fields}
    content[field] = {**content[field], community: value} if community else value
    return type(entry).model_validate(content)


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
    if not all(draft.known(section) for section in FIELDS):
        return
    try:
        section, name, field, community = split_path(path, draft.maps)
    except PathFault as fault:
        yield mark.problem(key, *fault.args)
        return
    target = draft.maps[section].get(name)
    if item.entry is None or (section != "parameters" and (target is None or target.entry is None)):
        return
    if field == "power" and str(node.value) not in draft.maps["powers"]:
        near = nearest(str(node.value), draft.maps["powers"])
        yield node.mark.problem(key, f"there is no power {node.value}", near)
    try:
        _changed(
            section, target.entry if target else None, field, community, item.entry.set[path], "strategy"
        )
    except ValidationError as error:
        model = type(target.entry) if target is not None and target.entry is not None else schema.Override
        for problem in tell(error, model, Node(node.mark, {}), ""):
            yield node.mark.problem(key, problem.message, problem.hint)
