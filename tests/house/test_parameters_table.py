"""Behaviour lives in world/parameters.csv: every row is complete, and kernels hold no number of their own."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, parse, python_files, where

TABLE = PACKAGE / "world" / "parameters.csv"
COLUMNS = [
    "name",
    "symbol",
    "unit",
    "default",
    "low",
    "high",
    "prior",
    "meaning",
    "source",
    "strength",
    "used_by",
]
STRENGTHS = {"measured", "estimated from cases", "expert judgement", "assumption"}
PLAIN_NUMBERS = {0, 1, 2, 0.5}  # identity, sign, square, half: they carry no fact about people
NUMBA = {"njit", "jit", "vectorize", "guvectorize"}


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_has_its_columns() -> None:
    with TABLE.open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == COLUMNS


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_a_parameter_has_unit_range_prior_meaning_source_and_strength(row: dict[str, str]) -> None:
    assert all(row[column].strip() for column in COLUMNS), [c for c in COLUMNS if not row[c].strip()]
    assert None not in row, "more cells than columns: a comma outside quotes"
    assert re.fullmatch(r"[a-z][a-z0-9_]*", row["name"])
    assert row["strength"] in STRENGTHS
    low, default, high = float(row["low"]), float(row["default"]), float(row["high"])
    assert low <= default <= high
    assert row["prior"] == "fixed" or re.fullmatch(r"[a-z]+\(.+\).*", row["prior"])
    assert (low == high) == (row["prior"] == "fixed"), "a fixed parameter has no range; a prior needs one"


def test_names_and_symbols_are_used_once_or_meant_alike() -> None:
    names = [row["name"] for row in rows()]
    assert len(names) == len(set(names))


def test_a_prior_stays_inside_its_stated_validity() -> None:
    values = pytest.importorskip("afternext.scenario.values")
    for row in rows():
        if row["prior"] == "fixed":
            continue
        prior = values.parse_text(row["prior"])
        middle = float(prior.quantile(0.5))
        assert float(row["low"]) <= middle <= float(row["high"]), row["name"]


def compilers() -> set[str]:
    """Decorators that compile: Numba's, and our own made from them in world/kernel.py."""
    own = PACKAGE / "world" / "kernel.py"
    made = [
        node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        for node in parse(own).body
    ]
    return NUMBA | {target.id for target in made if isinstance(target, ast.Name) and target.id[0] != "_"}


def kernels() -> list[tuple[Path, ast.FunctionDef]]:
    found, decorators = [], compilers()
    for path in python_files(PACKAGE / "world" / "processes"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.FunctionDef) and any(_name(d) in decorators for d in node.decorator_list):
                found.append((path, node))
    return found


def _name(decorator: ast.expr) -> str:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_there_are_kernels_to_look_at() -> None:
    assert len(kernels()) >= 3


def test_no_kernel_holds_a_bare_number() -> None:
    wrong = []
    for path, function in kernels():
        docstring = ast.get_docstring(function, clean=False)
        for node in ast.walk(function):
            if (
                not isinstance(node, ast.Constant)
                or node.value == docstring
                or isinstance(node.value, (bool, str))
            ):
                continue
            if isinstance(node.value, (int, float)) and node.value not in PLAIN_NUMBERS:
                wrong.append(f"{where(path, node.lineno)} {function.name}: {node.value}")
    assert not wrong, "\n".join(wrong)


def test_every_constant_of_a_process_says_what_it_is() -> None:
    """By a comment on its line or above it; a block of whole numbers may share that of its first line."""
    wrong = []
    for path in python_files(PACKAGE / "world" / "processes"):
        lines = ["", *path.read_text(encoding="utf-8").splitlines()]
        explained_to = 0  # last line of the block of whole numbers that an earlier comment explains
        for node in parse(path).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = getattr(node, "value", None)
            if not (isinstance(target, ast.Name) and isinstance(value, ast.Constant)):
                continue
            if isinstance(value.value, (str, bool)):
                continue
            explained = "#" in lines[node.lineno] or lines[node.lineno - 1].lstrip().startswith("#")
            shared = isinstance(value.value, int) and node.lineno == explained_to + 1
            if explained or shared:
                explained_to = node.lineno
            if not target.id.isupper() or not (explained or shared):
                wrong.append(f"{where(path, node.lineno)} {target.id}")
    assert not wrong, "\n".join(wrong)
