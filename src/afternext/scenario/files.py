"""Read the files of one scenario folder: sizes, encodings, and files that do not belong there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from afternext.errors import Problem
from afternext.scenario.catalogue import MAIN_FILE, SHIPPED
from afternext.scenario.nearest import closest
from afternext.scenario.nodes import Mark, Node
from afternext.scenario.tables import TABLES, Table, read_table
from afternext.scenario.yamldoc import read_yaml

LARGEST_FILE = 64 * 1024 * 1024  # bytes
LONGEST_NAME = 1000  # characters of a path that a file names; systems refuse much longer ones
_FOREIGN = (
    (b"\xff\xfe", "UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "UTF-16", "save it as UTF-8"),
    (b"PK\x03\x04", "a spreadsheet or zip file", "export it as CSV in UTF-8"),
)


@dataclass
class Layer:
    """One folder as read; a scenario is a layer over the layers that it extends."""

    folder: Path
    prefix: str = ""
    root: Node | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_layer(folder: Path, prefix: str = "") -> Layer:
    """Read every file of a folder that belongs to a scenario."""
    layer = Layer(folder, prefix)
    main = folder / MAIN_FILE
    if main.is_file():
        text = _read_inside(folder, MAIN_FILE, prefix, layer.problems)
        if text is not None:
            layer.root, problems = read_yaml(text, prefix + MAIN_FILE)
            layer.problems += problems
    else:
        other = next((f.name for f in folder.glob("*.y*ml")), None)
        hint = f"rename {other}" if other else "write one, or start with: afternext scenario new"
        layer.problems.append(Mark(prefix + MAIN_FILE).problem("", "the file is missing", hint))
    for spec in TABLES.values():
        if not (folder / spec.file).is_file():
            layer.missing.add(spec.name)
            continue
        text = _read_inside(folder, spec.file, prefix, layer.problems)
        if text is not None:
            table, problems = read_table(text, prefix + spec.file)
            layer.problems += problems
            if table is not None:
                layer.tables[spec.name] = table
    for problem, severe in _strangers(folder, prefix):
        (layer.problems if severe else layer.warnings).append(problem)
    return layer


def _read_inside(folder: Path, name: str, prefix: str, problems: list[Problem]) -> str | None:
    """Read a file of a folder; a link out of it is refused, as errors would tell of other files."""
    path, home = folder / name, folder.resolve()
    # Installers may link the shipped folders to a store of their own.
    if path.is_symlink() and not home.is_relative_to(SHIPPED) and not path.resolve().is_relative_to(home):
        hint = "put the file itself there"
        problems.append(Mark(prefix + name).problem("", "the file is a link out of this folder", hint))
        return None
    return read_text(path, prefix + name, problems)


def read_text(path: Path, file: str, problems: list[Problem]) -> str | None:
    """Read a file of UTF-8 text; None, with the problem noted, when it is none."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            problems.append(
                Mark(file).problem("", f"the file has {size >> 20} MB, more than {LARGEST_FILE >> 20} MB")
            )
            return None
        raw = path.read_bytes()
    except OSError as error:
        problems.append(Mark(file).problem("", f"the file cannot be read: {error.strerror}"))
        return None
    return text_of(raw, file, problems)


def text_of(raw: bytes, file: str, problems: list[Problem]) -> str | None:
    """Read bytes as UTF-8 text; None, with the problem noted, when they are none."""
    for start, name, hint in _FOREIGN:
        if raw.startswith(start):
            problems.append(Mark(file, 1, 1).problem("", f"the file is {name}, not UTF-8 text", hint))
            return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mark = _position(raw[: error.start].decode("utf-8-sig", errors="replace"), file)
        guess = raw[error.start : error.start + 1].decode("cp1252", errors="replace")
        hint = f"save it as UTF-8; in Windows-1252 it would be '{guess}'"
        problems.append(mark.problem("", f"the byte 0x{raw[error.start]:02x} is not UTF-8", hint))
        return None
    if "\x00" in text:
        mark = _position(text[: text.index("\x00")], file)
        problems.append(mark.problem("", "the file holds a NUL character", "save it as plain text in UTF-8"))
        return None
    return text


def _position(before: str, file: str) -> Mark:
    """Where a file goes on after a text."""
    return Mark(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _strangers(folder: Path, prefix: str) -> Iterator[tuple[Problem, bool]]:
    """Name what lies in the folder and is not read, as (problem, is an error)."""
    known = {MAIN_FILE, *(spec.file for spec in TABLES.values())}
    for path in sorted(folder.iterdir()):
        name = path.name
        lower = name.lower()
        mark = Mark(prefix + name)
        if (
            name in known
            or name.startswith((".", "_", "~"))
            or path.suffix == ".md"
            or lower.startswith("licen")
        ):
            continue
        if lower.startswith(("truth", "outcome", "ground_truth")):
            hint = "keep it in another folder, for: afternext hindcast SCENARIO --truth DIR"
            yield mark.problem("", "what happened after the freeze does not belong in a scenario", hint), True
        elif near := closest(lower, known, cutoff=0.75):
            yield mark.problem("", "the file is not read", f"did you mean {near}?"), True
        else:
            yield mark.problem("", "the file is not part of a scenario and is not read"), False
