"""`extends`: a scenario written as changes to another one. Values keep the place where they were written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from afternext.errors import Problem
from afternext.scenario.catalogue import MAIN_FILE, SHIPPED, shipped
from afternext.scenario.files import LONGEST_NAME, Layer, read_layer
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Mark, Node
from afternext.scenario.tables import REMOVE, TABLES, Table, TableSpec
from afternext.scenario.values import VALUE_KEYS

LONGEST_CHAIN = 8


@dataclass
class Document:
    """A folder with everything that it extends merged into it."""

    root: Node | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)  # ids of communities at any level of the chain
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_document(folder: Path) -> Document:
    """Read a folder and the folders that it extends, and merge them."""
    layers, complete = _read_chain(folder)
    document = Document()
    for layer in reversed(layers):
        _lay(document, layer, is_base=layer is layers[-1])
    if not complete:
        document.root, document.missing = None, set()  # what the missing folder declares is unknown
    return document


def _read_chain(folder: Path) -> tuple[list[Layer], bool]:
    """Read the layers, the scenario itself first; False if a folder to extend is not there."""
    layer = read_layer(folder)
    layers = [layer]
    seen = {folder.resolve(): "this scenario"}
    fence = folder.resolve().parent
    while (node := _extends(layer)) is not None:
        name = node.value if isinstance(node.value, str) else ""
        target, problem = _target(node, name, layer.folder, fence)
        if target is not None and problem is None:
            if target.resolve() in seen:
                problem = node.mark.problem(
                    "extends", f"goes in a circle: {name} extends this scenario again"
                )
            elif len(layers) >= LONGEST_CHAIN:
                problem = node.mark.problem("extends", f"the chain is longer than {LONGEST_CHAIN} scenarios")
        if problem is not None or target is None:
            if problem is not None:
                layer.problems.append(problem)
            return layers, False
        layer = read_layer(target, f"{PurePosixPath(name).name}/")
        seen[target.resolve()] = name
        layers.append(layer)
        if name in shipped():
            fence = SHIPPED
    return layers, layer.root is not None


def _extends(layer: Layer) -> Node | None:
    node = layer.root.map.get("extends") if layer.root is not None else None
    return None if node is None or node.value is None else node


def _target(node: Node, name: str, here: Path, fence: Path) -> tuple[Path | None, Problem | None]:
    """Find the folder that `extends` means, or say why it is not taken."""
    if node.broken:
        return None, None
    if not name or len(name) > LONGEST_NAME:
        return None, node.mark.problem("extends", "needs the name or relative path of a scenario")
    if name in shipped():
        return SHIPPED / name, None
    if re.fullmatch(r"[A-Za-z0-9_-]+", name) and not (here.resolve().parent / name).is_dir():
        return None, node.mark.problem(
            "extends", f"there is no shipped scenario {name}", nearest(name, shipped())
        )
    if re.fullmatch(r"[A-Za-z0-9_-]+", name):
        hint = f"for the folder beside this one write ../{name}"
        return None, node.mark.problem("extends", f"there is no shipped scenario {name}", hint)
    path = PurePosixPath(name)
    joined = Path(_flat(here.resolve(), path))
    if path.is_absolute() or "\\" in name or ":" in name or fence not in joined.parents:
        hint = "put both folders side by side and write ../NAME"
        return None, node.mark.problem(
            "extends", f"{name} leads out of the folder around this scenario", hint
        )
    if not (joined / MAIN_FILE).is_file():
        return None, node.mark.problem(
            "extends", f"there is no {MAIN_FILE} in {name}", "the path counts from this folder"
        )
    return joined, None


def _flat(base: Path, path: PurePosixPath) -> PurePosixPath:
    parts = list(base.parts)
    for part in path.parts:
        if part == "..":
            parts.pop()
            if not parts:
                return PurePosixPath("/")
        elif part != ".":
            parts.append(part)
    return PurePosixPath(*parts)


def _lay(document: Document, layer: Layer, *, is_base: bool) -> None:
    """Merge one more layer over the document."""
    document.problems += layer.problems
    document.warnings += layer.warnings
    document.missing = layer.missing if is_base else document.missing & layer.missing
    if layer.root is not None:
        document.columns |= (
            set(layer.root.map["communities"].map) if "communities" in layer.root.map else set()
        )
        if document.root is None:
            document.root = layer.root
        else:
            document.root = _merge(document.root, layer.root, (), document.warnings)
    for name, table in layer.tables.items():
        spec = TABLES[name]
        document.problems += find_duplicates(spec, table)
        if is_base or not spec.key or name not in document.tables:
            if is_base and REMOVE in table.header:
                mark = table.header[REMOVE]
                document.problems.append(mark.problem(REMOVE, "there is nothing to remove from: no extends"))
                del table.header[REMOVE]
            document.tables[name] = table
        else:
            document.tables[name] = _merge_tables(spec, document.tables[name], table, document.problems)


def _merge(below: Node, above: Node, path: tuple[str, ...], warnings: list[Problem]) -> Node:
    """Maps merge, lists and scalars replace, null removes; a value is replaced whole."""
    if not isinstance(above.value, dict) or not isinstance(below.value, dict) or _is_value(above):
        return above
    merged = dict(below.map)
    for key, child in above.map.items():
        if child.value is None and not child.broken:
            if len(path) == 1 and key not in merged:
                mark = child.key_mark or child.mark
                warnings.append(
                    mark.problem(".".join((*path, key)), "nothing to remove", nearest(key, merged))
                )
            merged.pop(key, None)
        elif key in merged:
            merged[key] = _merge(merged[key], child, (*path, key), warnings)
        else:
            merged[key] = child
    return Node(above.mark, merged, above.key_mark or below.key_mark, above.broken)


def _is_value(node: Node) -> bool:
    return bool(node.map) and set(node.map) <= VALUE_KEYS and set(node.map) != {"within"}


def row_key(spec: TableSpec, row: Node) -> tuple[str, ...]:
    """The cells that identify a row; a route is the same in both directions."""
    cells = tuple(str(row.map[column].value) if column in row.map else "" for column in spec.key)
    return tuple(sorted(cells)) if spec.undirected else cells


def find_duplicates(spec: TableSpec, table: Table) -> list[Problem]:
    """Find rows of one file that say the same thing twice."""
    problems: list[Problem] = []
    first: dict[tuple[str, ...], Mark] = {}
    for row in table.rows:
        key = row_key(spec, row)
        if not spec.key or row.broken or "" in key:
            continue
        if key in first:
            what = " - ".join(str(row.map[c].value) for c in spec.key)
            message = f"{what} stands here and in line {first[key].line}"
            problems.append(row.at((spec.key[0],)).problem(spec.key[0], message, "keep one of them"))
        else:
            first[key] = row.mark
    return problems


def _merge_tables(spec: TableSpec, below: Table, above: Table, problems: list[Problem]) -> Table:
    """Rows of the child override by key, cell by cell; `remove` = 1 deletes."""
    for column in spec.key:
        if column not in above.header:
            mark = Mark(above.file, 1)
            problems.append(mark.problem(column, "the column is missing", "it says which row is changed"))
            return below
    rows = {row_key(spec, row): row for row in below.rows}
    for row in above.rows:
        key = row_key(spec, row)
        if row.broken:
            continue
        flag = row.map.get(REMOVE)
        if flag is not None and flag.value not in ("", "0", "1"):
            problems.append(flag.mark.problem(REMOVE, f"'{flag.value}' is not 1 or empty"))
        elif flag is not None and flag.value == "1":
            if rows.pop(key, None) is None:
                known = nearest(key[0], {k[0] for k in rows}) if len(key) == 1 else ""
                problems.append(
                    flag.mark.problem(REMOVE, f"there is no row {' - '.join(key)} to remove", known)
                )
        else:
            cells = {column: cell for column, cell in row.map.items() if column != REMOVE}
            under = rows.get(key)
            rows[key] = Node(row.mark, {**(under.map if under else {}), **cells})
    header = {**below.header, **{name: mark for name, mark in above.header.items() if name != REMOVE}}
    return Table(above.file, header, list(rows.values()))
