"""What a briefing takes from the analyses: triggers of the run, courses of action, claims reconciled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from afternext.brief.access import RunLike
from afternext.brief.document import Block, Bullets, Plate, Table, Text
from afternext.ensemble.opened import Run

if TYPE_CHECKING:
    from afternext.foresight.comparison import Comparison

SHEET_DECISION, SHEET_PATHWAYS, SHEET_CLAIMS = 95, 80, 110  # millimetres on a sheet


def trigger_table(run: RunLike) -> tuple[Block, ...]:
    """By which day which signal announces a flight of many; nothing where the run is too short for it."""
    from afternext.foresight.alarms import triggers
    from afternext.foresight.window_words import trigger_cells

    if not isinstance(run, Run):
        return ()
    found = triggers(run)
    if not found:
        return ()
    return (
        Table(
            "Triggers of early action",
            ("Look on", "Emergency", "In futures", "Signal by then", "Seen", "False alarm", "Lead, days"),
            tuple(trigger_cells(found)),
            note="Each signal was chosen on part of the futures and scored on the others. Seen: share of the "
            "emergencies that it announces; false alarm: share of the other futures in which it shows too.",
            words=True,
        ),
    )


def choices_of(path: str | Path, run: RunLike) -> tuple[Block, ...]:
    """Courses of action of a stored comparison: which hold up, when and for what, and where to switch.

    Raises
    ------
    UsageError
        Where the folder holds no comparison, or nothing to decide.
    """
    from afternext.brief.decision import draw_decision
    from afternext.foresight.comparison import open_comparison
    from afternext.foresight.decide import decide
    from afternext.foresight.terminal_decision import finding

    comparison, note = _weighed(open_comparison(path), run)
    found = decide(comparison, vulnerabilities=False)
    blocks: list[Block] = [
        Bullets(tuple(finding(found))),
        Plate("decision", lambda size: draw_decision(found, size=size), SHEET_DECISION),
        _courses(comparison),
    ]
    return (*blocks, *note, *_switches(comparison))


def _weighed(comparison: Comparison, run: RunLike) -> tuple[Comparison, tuple[Text, ...]]:
    """The comparison under the weights of the run, where it keeps some of that name; else a word about it."""
    from afternext.errors import AfternextError

    if run.weights is None:
        return comparison, ()
    try:
        return comparison.weigh(run.weights.name), ()
    except AfternextError:
        why = f"none of their runs has weights {run.weights.name}"
        text = f"Courses of action count every future the same: {why}."
        return comparison, (Text(text, note=True),)


def _courses(comparison: Comparison) -> Table:
    rows = tuple(
        (ident, comparison.titles[ident], comparison.whys[ident] or "as the scenario stands")
        for ident in comparison.ids
    )
    return Table("The courses of action", ("", "What it is", "Why"), rows, words=True)


def _switches(comparison: Comparison) -> tuple[Block, ...]:
    """The pathway map, where the comparison has enough futures for one."""
    from afternext.brief.pathways import draw_pathways
    from afternext.errors import AfternextError
    from afternext.foresight.pathfinding import find_pathways

    try:
        found = find_pathways(comparison)
    except AfternextError as error:
        return (Text(f"No map of switches: {error}", note=True),)
    return (Plate("pathways", lambda size: draw_pathways(found, size=size), SHEET_PATHWAYS),)


def beliefs_of(run: RunLike) -> tuple[Block, ...]:
    """The claims behind the starting point against what they say together; nothing where there are none."""
    from afternext.brief.evidence import draw_evidence
    from afternext.evidence.report import reconcile
    from afternext.scenario import Scenario

    if not isinstance(run.scenario, Scenario) or not run.scenario.claims:
        return ()
    found = reconcile(run.scenario)
    return (Plate("claims", lambda size: draw_evidence(found, size=size), SHEET_CLAIMS),)
