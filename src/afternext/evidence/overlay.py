"""A calibration kept as an overlay: a small scenario folder that extends the one it was made for.

It holds nothing but ranges for rows of the one parameter table, each with the reason, and the record of the
calibration. Whoever runs the folder runs the scenario with these ranges; nothing else changes.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from afternext import __version__
from afternext.errors import UsageError

if TYPE_CHECKING:
    from afternext.evidence.calibrate import Calibration

RECORD = "_calibration.json"  # a leading underscore: not a file of the scenario


def write_overlay(found: Calibration, given: str, folder: Path) -> Path:
    """Write the overlay of a calibration into a new folder; it is there whole or not at all.

    given : how the scenario was named; a folder is named by its path, a shipped one by its name
    """
    if folder.exists():
        raise UsageError(f"{folder} is there already; choose another --out")
    if not found.learnt:
        raise UsageError("history narrowed no parameter enough to be worth an overlay; nothing is written")
    extends = _extends(given, folder)
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        (temporary / "scenario.yaml").write_text(_yaml(found, extends), encoding="utf-8")
        record = found.to_dict() | {
            "afternext": __version__,
            "made": datetime.now(UTC).isoformat("T", "seconds"),
        }
        (temporary / RECORD).write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _extends(given: str, folder: Path) -> str:
    """What the overlay extends: a shipped name, or the folder beside it."""
    from afternext.scenario import shipped

    if given in shipped():
        return given
    below = Path(given).resolve()
    below = below.parent if below.is_file() else below
    if below.parent != folder.resolve().parent:
        raise UsageError(
            f"an overlay lies beside the folder that it extends: --out {below.parent / folder.name}"
        )
    return f"../{below.name}"


def _yaml(found: Calibration, extends: str) -> str:
    lines = [
        "format: 1",
        f"extends: {json.dumps(extends)}",
        f"title: {json.dumps(f'{found.scenario.title}, calibrated to its history')}",
        f"summary: {json.dumps(_summary(found))}",
        "parameters:",
    ]
    for one in found.learnt:
        low, high = (float(f"{x:.4g}") for x in one.after)
        before = "–".join(f"{x:.3g}" for x in one.before)
        why = (
            f"history of {_cases(found)}: 90 of 100 of what fits, before {before}; "
            f"contraction {one.contraction:.2f}; {RECORD}"
        )
        lines.append(f"  {one.name}: {{value: {{uniform: [{low!r}, {high!r}]}}, why: {json.dumps(why)}}}")
    return "\n".join(lines) + "\n"


def _cases(found: Calibration) -> str:
    return ", ".join(
        f"{case.scenario.id} from {case.rewound.scenario.freeze} to {case.scenario.freeze}"
        for case in found.cases
    )


def _summary(found: Calibration) -> str:
    many = f"{len(found.learnt)} of {len(found.parameters)}"
    return (
        f"Overlay of {found.scenario.id} made by afternext calibrate: {many} parameters narrowed by what was "
        f"known of {_cases(found)}; {found.runs} plays, seed {found.seed}, "
        f"history {found.history_hash[:12]}. A history of half a year tells little of any parameter."
    )
