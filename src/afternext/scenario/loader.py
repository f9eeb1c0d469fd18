"""`load`: from a name or a folder to a checked scenario, or to the list of everything that is wrong."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

from afternext.errors import InvalidInput, Problem
from afternext.scenario.catalogue import find, shadowed
from afternext.scenario.check import check
from afternext.scenario.draft import Draft, make_draft
from afternext.scenario.extends import read_document
from afternext.scenario.nodes import Mark
from afternext.scenario.schema import Scenario
from afternext.scenario.tables import TABLES


def load(name_or_path: str | Path, *, known_parameters: Container[str] | None = None) -> Scenario:
    """Read and check a scenario.

    name_or_path     : a shipped name, a folder, or the scenario.yaml in it
    known_parameters : names of rows of the parameters table; None leaves them unchecked

    Raises InvalidInput with all problems of all files.
    """
    folder = find(name_or_path)
    document = read_document(folder)
    warnings = list(document.warnings)
    if shadowed(name_or_path):
        text = "the shipped scenario of this name is read, not the folder here"
        warnings.append(Mark(str(name_or_path)).problem("", text, f"write ./{name_or_path} for the folder"))
    draft, problems = make_draft(document.root, document.tables, document.columns)
    found = check(draft, document.missing, known_parameters)
    problems = in_order([*document.problems, *problems, *found.problems])
    if problems:
        raise InvalidInput(problems, warnings=in_order([*warnings, *found.warnings]))
    return assemble(draft, folder.resolve().name, in_order([*warnings, *found.warnings]))


def assemble(draft: Draft, name: str, warnings: list[Problem]) -> Scenario:
    """Put the entries of a draft without problems together."""
    sections = {
        section: {key: item.entry for key, item in items.items()} for section, items in draft.maps.items()
    }
    lists = {section: tuple(item.entry for item in items) for section, items in draft.lists.items()}
    singles = {section: item.entry for section, item in draft.singles.items()}
    rows = {table: tuple(item.entry for item in items) for table, items in draft.rows.items()}
    rows["holders"] = rows.pop("holder")
    content: dict[str, Any] = {**draft.head, **sections, **singles, **lists, **rows}
    # Every entry has been validated already, each at its place in its file.
    return Scenario.model_construct(id=name, **content, warnings=tuple(warnings))


def in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by file as a reader would go through them, then by position; drop repetitions."""
    order = ["scenario.yaml", *(spec.file for spec in TABLES.values())]

    def rank(problem: Problem) -> tuple[int, str, int, int, int]:
        folder, _, file = problem.file.rpartition("/")
        depth = folder.count("/") + bool(folder)
        return depth, folder, order.index(file) if file in order else 99, problem.line, problem.column

    return sorted(dict.fromkeys(problems), key=rank)
