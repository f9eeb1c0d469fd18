"""Results of the other analyses, kept as JSON in the workspace and found for the scenario of a run.

`afternext window|decide|pathways|principle|value|evidence|hindcast ... --json > results/NAME.json` keeps one;
the workbench starts the same commands itself where this version of afternext has them.
"""

from __future__ import annotations

import re
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from afternext.ensemble.opened import Run
from afternext.errors import UsageError
from afternext.web.workspace import NotFound, Workspace

# The keys by which each kind of result is known.
KINDS: dict[str, tuple[str, ...]] = {
    "window": ("move", "delays", "scales", "share_wanted"),
    "decide": ("goals", "metrics", "best", "strategies"),
    "pathways": ("switches", "best_single_strategy", "strategies"),
    "principle": ("moral_hazard", "conditions_met", "groups"),
    "value": ("inputs", "horizons", "goal", "strategies"),
    "evidence": ("quantities", "dispersion"),
    "hindcast": ("questions", "misses", "reliability"),
}
MADE_HERE = ("window", "decide", "pathways", "principle", "value", "evidence")  # hindcast needs what happened
WITH_FUTURES = ("window", "decide", "pathways", "principle", "value")
DOCUMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(html|pdf|docx|md)")
MOST = 6  # of a kind are shown, the latest first


def kind_of(content: dict[str, Any]) -> str | None:
    """Which analysis wrote this."""
    return next((kind for kind, keys in KINDS.items() if all(key in content for key in keys)), None)


def can_make() -> list[str]:
    """Analyses that this version of afternext has a command for."""
    return [kind for kind in MADE_HERE if find_spec(f"afternext.cli.{kind}") is not None]


def of_run(space: Workspace, run: Run) -> dict[str, list[dict[str, Any]]]:
    """Results for the scenario of a run by kind, the latest first."""
    crisis = run.manifest["scenario"]
    names = {crisis["id"], crisis["title"], crisis.get("given")}
    found: dict[str, list[tuple[float, dict[str, Any]]]] = {kind: [] for kind in KINDS}
    for path, content in space.documents():
        kind = kind_of(content)
        if kind is not None and content.get("scenario") in names:
            entry = {"file": path.relative_to(space.root).as_posix(), "content": content}
            found[kind].append((path.stat().st_mtime, entry))
    ordered = {kind: sorted(entries, key=lambda one: -one[0])[:MOST] for kind, entries in found.items()}
    return {kind: [entry for _, entry in entries] for kind, entries in ordered.items()}


def command(run: Run, kind: str, move: str | None, futures: int) -> list[str]:
    """The command that makes an analysis of the scenario of a run."""
    if kind not in can_make():
        raise UsageError(f"this version of afternext has no command {kind!r} yet")
    given = str(run.manifest["scenario"].get("given") or run.manifest["scenario"]["id"])
    words = [kind, given, "--json"]
    if kind in WITH_FUTURES:
        words += ["--futures", str(futures)]
    if kind == "window":
        if move not in run.scenario.moves:
            raise UsageError(f"there is no move {move!r}: {', '.join(run.scenario.moves)}")
        words += ["--move", str(move)]
    return words


def fresh(space: Workspace, run: Run, kind: str) -> Path:
    """Where the result of an analysis goes."""
    name = f"{kind}-{run.manifest['scenario']['id']}-{datetime.now():%Y%m%d-%H%M%S}.json"
    return space.inside(space.root / "results" / name)


def brief_folder(space: Workspace, ident: str) -> Path:
    """Where the briefing of a run lies."""
    return space.inside(space.root / "results" / f"{ident}-brief")


def brief_files(space: Workspace, ident: str) -> list[dict[str, Any]]:
    """Documents of a briefing that was written, with their sizes."""
    folder = brief_folder(space, ident)
    if not folder.is_dir():
        return []
    found = sorted(path for path in folder.iterdir() if DOCUMENT.fullmatch(path.name))
    return [{"name": path.name, "bytes": path.stat().st_size} for path in found if not path.is_symlink()]


def brief_file(space: Workspace, ident: str, name: str) -> Path:
    """One document of a briefing, by its plain name."""
    if name not in {entry["name"] for entry in brief_files(space, ident)}:
        raise NotFound(f"the briefing has no {name!r}")
    return brief_folder(space, ident) / name
