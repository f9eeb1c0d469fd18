"""Write a scenario as a folder that `load` reads back to the same content."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from afternext.errors import UsageError
from afternext.scenario.catalogue import MAIN_FILE
from afternext.scenario.distributions import exact
from afternext.scenario.draft import HEAD, LISTS, MAPS, SINGLES
from afternext.scenario.schema import Place, Scenario
from afternext.scenario.tables import RENAMED, TABLES, TableSpec
from afternext.scenario.yamldoc import resolve

_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*")
# JSON leaves these as they are; in YAML they would end a line or are not allowed.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NEEDS_QUOTES = re.compile(r'[",\r\n]|^\s|\s$')


def write_scenario(scenario: Scenario, folder: str | Path) -> Path:
    """Write scenario.yaml and the tables into a folder that does not exist yet or is empty."""
    with fresh_folder(folder) as made:
        (made / MAIN_FILE).write_text(_yaml(scenario), encoding="utf-8", newline="\n")
        for spec in TABLES.values():
            rows = getattr(scenario, "holders" if spec.name == "holder" else spec.name)
            if rows or spec.name in ("places", "routes", "presence", "holder"):
                text = _csv(spec, rows, list(scenario.communities))
                (made / spec.file).write_text(text, encoding="utf-8", newline="")
    return Path(folder)


@contextmanager
def fresh_folder(folder: str | Path) -> Iterator[Path]:
    """Give a folder to fill, and put it at its place only when it is complete."""
    target = Path(folder).expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise UsageError(f"{folder} is a file; name a new folder")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".afternext-", dir=target.parent) as workplace:
        made = Path(workplace, "made")
        made.mkdir()
        yield made
        made.replace(target)


def _yaml(scenario: Scenario) -> str:
    """Sections and their entries as blocks, everything smaller in one line."""
    content = scenario.model_dump(mode="json", exclude_defaults=True)
    lines = ["format: 1"]
    lines += [f"{name}: {_flow(content[name])}" for name in HEAD if name in content and name != "format"]
    for section in MAPS:
        if section in content:
            lines += ["", f"{section}:"]
            lines += [f"  {_scalar(key)}: {_flow(entry)}" for key, entry in content[section].items()]
    for section in SINGLES:
        if content.get(section) is not None:
            lines += ["", f"{section}: {_flow(content[section])}"]
    for section in LISTS:
        if section in content:
            lines += ["", f"{section}:"]
            lines += [f"  - {_flow(entry)}" for entry in content[section]]
    return "\n".join(lines) + "\n"


def _flow(found: Any) -> str:
    if isinstance(found, dict):
        # Where an entry comes from stands last; the aim of the same name, whose value is no word, stays.
        last = [key for key in ("source", "confidence") if isinstance(found.get(key), str)]
        keys = [key for key in found if key not in last] + last
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(found[key])}" for key in keys) + "}"
    if isinstance(found, list):
        return "[" + ", ".join(map(_flow, found)) + "]"
    return _scalar(found)


def _scalar(found: Any) -> str:
    if found is None or isinstance(found, bool):
        return json.dumps(found)
    if isinstance(found, int | float):
        return exact(found)
    if _PLAIN_WORD.fullmatch(found) and resolve(found) == found:
        return str(found)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(found, ensure_ascii=False))


def _csv(spec: TableSpec, rows: Iterable[BaseModel], communities: list[str]) -> str:
    inside = RENAMED.get(spec.name, {})
    used = [c for c in spec.optional if any(getattr(row, inside.get(c, c)) not in ("", None) for row in rows)]
    shares = communities if spec.name == "places" else []
    tail = [column for column in used if column in ("source", "confidence")]
    columns = [*spec.required, *(column for column in used if column not in tail)]
    lines = [[*columns, *shares, *tail]]
    for row in rows:
        cells = {column: _cell(getattr(row, inside.get(column, column))) for column in [*columns, *tail]}
        if isinstance(row, Place):
            cells |= {community: _cell(row.shares.get(community, 0.0)) for community in shares}
        lines.append([cells[column] for column in lines[0]])
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _cell(found: Any) -> str:
    if found is None:
        return ""
    return exact(found) if isinstance(found, int | float) else str(found)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell
