"""From nodes to entries: each entry is validated by itself, so that one mistake does not hide the next.

A `Draft` holds the entries that are right, the ids of all that were written, and where everything stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from afternext.errors import Problem
from afternext.scenario import schema
from afternext.scenario.chancellery_schema import Move, Plan, Polity, Power
from afternext.scenario.entry import Sourced
from afternext.scenario.fields import FAULT, ID_PATTERN, id_hint
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Mark, Node
from afternext.scenario.question_schema import Question
from afternext.scenario.tables import MOST_PROBLEMS, RENAMED, TABLES, Table

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]

MAPS: dict[str, type[BaseModel]] = {
    "communities": schema.Community,
    "forces": schema.Force,
    "powers": Power,
    "moves": Move,
    "uncertainties": schema.Uncertainty,
    "parameters": schema.Override,
    "strategies": schema.Strategy,
}
LISTS: dict[str, type[BaseModel]] = {
    "relations": schema.Relation,
    "incidents": schema.Incident,
    "plan": Plan,
    "questions": Question,
}
SINGLES: dict[str, type[BaseModel]] = {"polity": Polity}
HEAD = tuple(schema.Head.model_fields)
TOP = (*HEAD, "extends", *MAPS, *SINGLES, *LISTS)
PLACEHOLDERS: dict[str, Any] = {"format": 1, "title": "", "freeze": None}


@dataclass(slots=True)
class Item(Generic[M]):
    """One entry as written; ``entry`` is None if it is wrong in itself."""

    node: Node
    entry: M | None
    path: str = ""

    def problem(self, field_path: Path | str, message: str, hint: str = "") -> Problem:
        """Say what is wrong with a field of this entry, at its place in the file."""
        steps = (field_path,) if isinstance(field_path, str) else field_path
        told = (str(step + 1) if isinstance(step, int) else step for step in steps)
        key = ".".join((*((self.path,) if self.path else ()), *told))
        return self.node.at(steps).problem(key, message, hint)

    def raw(self, name: str) -> str:
        """The text of a field, also if the entry is wrong."""
        child = self.node.map.get(name)
        return "" if child is None or child.value is None else str(child.value)


@dataclass
class Draft:
    """Everything read so far."""

    root: Node
    head: dict[str, Any] = field(default_factory=dict)
    maps: dict[str, dict[str, Item[Any]]] = field(default_factory=lambda: {name: {} for name in MAPS})
    lists: dict[str, list[Item[Any]]] = field(default_factory=lambda: {name: [] for name in LISTS})
    singles: dict[str, Item[Any]] = field(default_factory=dict)
    rows: dict[str, list[Item[Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    tables: dict[str, Table] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)
    readable: bool = (
        True  # False when scenario.yaml could not be read: then nothing is known to be undeclared
    )

    def known(self, section: str) -> bool:
        """Tell whether all ids of a section are known, so that a name not among them is a mistake."""
        if section not in self._known:
            self._known[section] = self._is_known(section)
        return self._known[section]

    def _is_known(self, section: str) -> bool:
        ids = self.ids(section)
        if not all(re.fullmatch(ID_PATTERN, key) for key in ids):
            return False  # the name that seems to be missing may be the one that is written wrongly
        if section in ("places", "communities") and not ids:
            return False  # said once, not for every use
        node = self.root.map.get(section)
        intact = node is None or (not node.broken and isinstance(node.value, dict | None))
        return section == "places" or (self.readable and intact)

    @cached_property
    def _places(self) -> dict[str, Item[Any]]:
        return {item.raw("id"): item for item in self.rows["places"]}

    def ids(self, section: str) -> dict[str, Item[Any]]:
        """Entries of a section by id, or the rows of places.csv by id."""
        if section == "places":
            return self._places
        return self.maps[section]


def make_draft(
    root: Node | None, tables: dict[str, Table], columns: Iterable[str]
) -> tuple[Draft, list[Problem]]:
    """Validate every entry of the YAML tree and every row of the tables.

    columns : ids whose columns places.csv may have although no such community is left (removed by a child)
    """
    readable = root is not None and isinstance(root.value, dict)
    draft = Draft(root or Node(Mark("scenario.yaml"), {}), tables=tables, readable=readable)
    problems: list[Problem] = []
    if root is not None:
        problems += _read_top(draft)
    for name, table in tables.items():
        problems += read_rows(draft, name, table, set(columns))
    return draft, problems


def _read_top(draft: Draft) -> list[Problem]:
    root = draft.root
    if not isinstance(root.value, dict):
        return [root.mark.problem("", "the file holds no map of keys", "begin with format: 1")]
    problems = [
        (node.key_mark or node.mark).problem(key, "is not a key of a scenario", nearest(key, TOP))
        for key, node in root.map.items()
        if key not in TOP
    ]
    problems += _read_head(draft)
    for section, model in MAPS.items():
        node = root.map.get(section)
        if node is None or node.broken or node.value is None:
            continue
        if not isinstance(node.value, dict):
            problems.append(node.mark.problem(section, "needs a map of id: entry"))
            continue
        for key, child in node.map.items():
            problems += _check_id(section, key, child)
            item, faults = _read_item(model, child, f"{section}.{key}")
            draft.maps[section][key] = item
            problems += faults
    for section, model in SINGLES.items():
        node = root.map.get(section)
        if node is None or node.broken or node.value is None:
            continue
        draft.singles[section], faults = _read_item(model, node, section)
        problems += faults
    for section, model in LISTS.items():
        node = root.map.get(section)
        if node is None or node.broken or node.value is None:
            continue
        if not isinstance(node.value, list):
            problems.append(node.mark.problem(section, "needs a list of entries", "begin each with a dash"))
            continue
        for number, child in enumerate(node.list):
            item, faults = _read_item(model, child, f"{section}.{number + 1}")
            draft.lists[section].append(item)
            problems += faults
    return problems


def _check_id(section: str, key: str, node: Node) -> list[Problem]:
    mark = node.key_mark or node.mark
    if section != "parameters" and not re.fullmatch(ID_PATTERN, key):
        return [mark.problem(f"{section}.{key}", f"'{key[:40]}' is not an id", id_hint(key))]
    reserved = {"forces": {schema.NOBODY}, "communities": {*TABLES["places"].columns, "remove", "near"}}
    if key in reserved.get(section, ()):
        return [mark.problem(f"{section}.{key}", f"the id {key} is reserved", "choose another")]
    return []


def _read_head(draft: Draft) -> list[Problem]:
    node = Node(draft.root.mark, {k: v for k, v in draft.root.map.items() if k in HEAD})
    good = {key: child.plain() for key, child in node.map.items() if not child.any_broken()}
    problems: list[Problem] = []
    try:
        head = schema.Head.model_validate(good)
    except ValidationError as error:
        problems = tell(error, schema.Head, node, "")
        wrong = {str(fault["loc"][0]) for fault in error.errors()}
        head = schema.Head.model_construct(
            **PLACEHOLDERS | _validated({key: raw for key, raw in good.items() if key not in wrong})
        )
    draft.head = {name: getattr(head, name) for name in HEAD}
    return [p for p in problems if not (node.map.get(p.key) or node).broken]


def _validated(good: dict[str, Any]) -> dict[str, Any]:
    """Validate the fields that are right once more, with stand-ins for those that are not."""
    stand_ins = {"format": 1, "title": "?", "freeze": "2000-01-01"}
    head = schema.Head.model_validate(stand_ins | good)
    return {name: getattr(head, name) for name in good}


def _read_item(model: type[M], node: Node, path: str) -> tuple[Item[M], list[Problem]]:
    item: Item[M] = Item(node, None, path)
    if node.any_broken():
        return item, []
    if not isinstance(node.value, dict):
        what = "is empty" if node.value is None else f"{_kind(node.value)} stands where a map is needed"
        return item, [node.mark.problem(path, what, f"keys: {', '.join(keys_of(model))}")]
    try:
        item.entry = model.model_validate(node.plain())
    except ValidationError as error:
        return item, tell(error, model, node, path)
    return item, []


def read_rows(draft: Draft, name: str, table: Table, extra: set[str]) -> list[Problem]:
    """Validate the rows of one table into the draft; `extra` columns are let pass."""
    spec = TABLES[name]
    renamed = RENAMED.get(name, {})
    back = {inside: outside for outside, inside in renamed.items()}
    communities = [c for c in draft.maps["communities"] if c not in spec.columns] if name == "places" else []
    problems: list[Problem] = []
    absent = [column for column in (*spec.required, *communities) if column not in table.header]
    for column in absent:
        text, hint = "the column is missing", f"columns: {', '.join(spec.columns)}"
        if column in communities:
            text, hint = "this community has no column", "add one with its share in each place, or 0"
        problems.append(Mark(table.file, 1).problem(column, text, hint))
    if name != "places" or draft.readable:
        valid = {*spec.columns, *communities, *extra}
        problems += [
            mark.problem(
                column, "is not a column of this table", nearest(column, [*spec.columns, *communities])
            )
            for column, mark in table.header.items()
            if column not in valid
        ]
    for row in table.rows:
        if row.broken and name not in ("places", "routes"):
            continue
        item: Item[Any] = Item(row, None)
        draft.rows[name].append(item)
        if row.broken or len(problems) >= MOST_PROBLEMS:
            continue  # the place is still declared, the route still leads somewhere
        cells: dict[str, Any] = {
            renamed.get(column, column): node.plain()
            for column, node in row.map.items()
            if column in spec.required or (column in spec.optional and node.value != "")
        }
        if name == "places":
            cells["shares"] = {c: row.map[c].value or "0" for c in communities if c in row.map}
        try:
            item.entry = spec.model.model_validate(cells)
        except ValidationError as error:
            found = tell(error, spec.model, row, "", back)
            problems += [p for p in found if not (p.message == "is missing" and p.key in absent)]
    return problems


def tell(
    error: ValidationError,
    model: type[BaseModel],
    node: Node,
    prefix: str,
    back: dict[str, str] | None = None,
) -> list[Problem]:
    """Turn the errors of pydantic into problems at their places, in plain words.

    back : names of fields as they stand in the file, where they differ from the model's
    """
    problems = []
    for fault in error.errors(include_url=False):
        path = tuple((back or {}).get(str(step), step) for step in fault["loc"] if step != "shares")
        key = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
        key = ".".join(part for part in (prefix, key) if part)
        kind = fault["type"]
        context = fault.get("ctx", {})
        if kind == FAULT:
            problems.append(node.at(path).problem(key, context["message"], context["hint"]))
        elif kind == "missing":
            problems.append(node.at(path).problem(key, "is missing"))
        elif kind == "extra_forbidden":
            problems.append(
                node.key_at(path).problem(
                    key, "is not a key here", nearest(str(path[-1]), _keys_at(model, path[:-1]))
                )
            )
        elif kind == "literal_error":
            words = [word.strip("' ") for word in str(context["expected"]).replace(" or ", ",").split(",")]
            said = str(fault["input"])[:40]
            message = (
                f"'{said}' is not one of {', '.join(words)}"
                if said
                else f"is empty; it is one of {', '.join(words)}"
            )
            hint = nearest(said, words)
            problems.append(node.at(path).problem(key, message, hint if hint.startswith("did") else ""))
        else:
            problems.append(node.at(path).problem(key, _structure(kind, fault["input"])))
    return problems


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the schema knows at a path below a model."""
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            inside = model.model_fields[step].annotation
            parts = [inside, *get_args(inside)]
            model = next((p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)), model)
    return keys_of(model)


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a model in the order of writing: its own, then where it comes from."""
    inherited = Sourced.model_fields
    own = [name for name in model.model_fields if name not in inherited]
    return own + [name for name in model.model_fields if name in inherited]


def _structure(kind: str, found: Any) -> str:
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return f"{_kind(found)} stands where a map is needed"
    if kind in ("list_type", "tuple_type"):
        return f"{_kind(found)} stands where a list is needed"
    if kind in ("too_long", "too_short"):
        return f"the list has {len(found)} entries, which is too many or too few"
    return f"{_kind(found)} does not fit here"


def _kind(found: Any) -> str:
    if found is None:
        return "nothing"
    if isinstance(found, dict):
        return "a map"
    if isinstance(found, list | tuple):
        return "a list"
    return "a text" if isinstance(found, str) else "a number"
