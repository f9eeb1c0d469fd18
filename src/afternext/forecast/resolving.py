"""Resolving questions of a registry: one by hand, or all that a truth directory settles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from afternext.ensemble.words import nearest_name
from afternext.errors import AfternextError, UsageError
from afternext.forecast import registry
from afternext.forecast.chain import append, read_chain
from afternext.forecast.past import Past
from afternext.forecast.settle import Outcome, said, settle
from afternext.forecast.truth import read_truth


def by_hand(
    path: str | Path,
    question: str,
    outcome: str | None,
    *,
    resolver: str,
    why: str = "",
    evidence: str = "",
    archived: Path | None = None,
) -> dict[str, Any]:
    """Resolve one question with a stated outcome.

    Raises
    ------
    UsageError : no such open question, or an outcome that is none of its answers
    """
    if outcome is None:
        raise UsageError("give the outcome: yes, no, a number, a side, a date, never, or annulled")
    waiting = registry.open_keys(read_chain(path))
    keys = [key for key in waiting if question in (key, key.partition("#")[2])]
    if not keys:
        raise UsageError(nearest_name("open question", question, [key.partition("#")[2] for key in waiting]))
    if len(keys) > 1:
        raise UsageError(f"{question} stands for {len(keys)} questions: {', '.join(keys[:4])}")
    record = waiting[keys[0]]
    found = said(registry.read_question(record["question"]), outcome, record)
    if found.value is None and not found.annulled:
        raise UsageError(f"{question}: {found.words}; its answers: {record['outcome_space']}, or annulled")
    if found.annulled and why:
        found = Outcome(None, f"annulled: {why}", annulled=True)
    registry.resolve(path, keys[0], found, resolver=resolver, evidence=evidence, archived=archived)
    return {"resolved": {keys[0]: found.plain}, "open": sorted(set(waiting) - {keys[0]})}


def from_truth(path: str | Path, folder: str | Path) -> dict[str, Any]:
    """Resolve every open question that a truth directory settles, scenario by scenario."""
    from afternext.ensemble.subject import open_scenario

    waiting = registry.open_keys(read_chain(path))
    lines: list[dict[str, Any]] = []
    resolved: dict[str, Any] = {}
    notes: list[str] = []
    for name in sorted({record["scenario"] for record in waiting.values()}):
        try:
            scenario = open_scenario(name)
        except AfternextError as error:
            notes.append(f"{name}: not found here ({error}); resolve its questions by hand")
            continue
        truth, past = read_truth(folder, scenario), Past(scenario)
        notes += truth.notes
        for key, record in waiting.items():
            if (record["scenario"], record["freeze"]) != (name, scenario.freeze.isoformat()):
                continue
            outcome = settle(registry.read_question(record["question"]), truth, past)
            if outcome.value is not None or outcome.annulled:
                lines.append(registry.resolution(key, record["id"], outcome, f"--truth {folder}"))
                resolved[key] = "annulled" if outcome.annulled else outcome.plain
    if lines:
        append(path, lines)
    return {"resolved": resolved, "open": sorted(set(waiting) - set(resolved)), "notes": notes}
