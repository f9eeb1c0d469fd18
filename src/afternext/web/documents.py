"""Saved results of the other analyses, found for the scenario of a run.

`afternext window|decide|pathways|evidence|forecast score ... --json > results/NAME.json` keeps them; the
workbench shows what it finds, and says plainly where there is nothing.
"""

from __future__ import annotations

from typing import Any

from afternext.ensemble.opened import Run
from afternext.web.workspace import Workspace

# The keys by which each kind of result is known, on top of `scenario`.
KINDS: dict[str, tuple[str, ...]] = {}


def kind_of(content: dict[str, Any]) -> str | None:
    """Which analysis wrote this."""
    return next((kind for kind, keys in KINDS.items() if all(key in content for key in keys)), None)


def of_run(space: Workspace, run: Run) -> dict[str, Any]:
    """The latest result of each kind for the scenario of a run, by kind."""
    names = {
        run.manifest["scenario"][key] for key in ("id", "given", "title") if run.manifest["scenario"].get(key)
    }
    found: dict[str, tuple[float, dict[str, Any]]] = {}
    for path, content in space.documents():
        kind = kind_of(content)
        if kind is None or content.get("scenario") not in names:
            continue
        at = path.stat().st_mtime
        if kind not in found or at > found[kind][0]:
            found[kind] = (at, {"file": path.relative_to(space.root).as_posix(), "content": content})
    return {kind: entry for kind, (_, entry) in found.items()}
