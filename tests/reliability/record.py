"""What a long check found out about a promise, kept for docs/reliability.md.

A promise is an entry of a table in tests/reliability/promises/. The long check that tests it measures at the
size the table states, calls `record` and only then asserts, so that a promise which is not kept is on the
page too. Fast checks of `make test` use the same code at a smaller size and record nothing.
"""

from __future__ import annotations

import json
import os
import platform
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLES = Path(__file__).parent / "promises"
# Emptied at the start of `make check-deep`.
RESULTS = ROOT / "build" / "reliability"


@dataclass(frozen=True)
class Promise:
    """One line of the page: what is promised and how it is tested.

    id : the name under which its figure is recorded
    """

    id: str
    promise: str
    how: str


@dataclass(frozen=True)
class Table:
    """Promises under one heading, and words below them."""

    title: str
    order: int
    promises: tuple[Promise, ...]
    notes: str = ""


@dataclass(frozen=True)
class Figure:
    """What was measured, and whether that keeps the promise."""

    figure: str
    met: bool
    on: str
    machine: str


def tables() -> list[Table]:
    """All tables in their order; an id that is taken twice is an error."""
    found = []
    for path in sorted(TABLES.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        promises = tuple(Promise(**entry) for entry in content["promise"])
        found.append(Table(content["title"], content["order"], promises, content.get("notes", "")))
    ids = [promise.id for table in found for promise in table.promises]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ValueError(f"promises with the same id: {', '.join(twice)}")
    return sorted(found, key=lambda table: table.order)


def record(promise: str, figure: str, met: bool) -> None:
    """Keep the figure of a promise; the last one of a run of the checks counts.

    promise : its id      figure : in words, with the counts measured      met : whether it keeps the promise
    """
    if promise not in {one.id for table in tables() for one in table.promises}:
        raise KeyError(f"{promise} is in no table of {TABLES}")
    load = os.getloadavg()[0]
    found = {
        "figure": figure,
        "met": bool(met),
        "on": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}",
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    temporary = RESULTS / f".{promise}.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(found))
    temporary.replace(RESULTS / f"{promise}.json")


def figures(folder: Path = RESULTS) -> dict[str, Figure]:
    """Figures recorded so far, by the id of their promise."""
    return {path.stem: Figure(**json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))}
