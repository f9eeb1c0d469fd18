"""All checks that look at more than one entry, run in one pass; each is a small generator of problems."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from afternext.errors import SHOWN_AT_MOST, Problem
from afternext.scenario import check_entries, check_map, check_powers, check_questions, check_tables
from afternext.scenario.draft import Draft
from afternext.scenario.nearest import nearest
from afternext.scenario.nodes import Mark
from afternext.scenario.strategies import check_strategies
from afternext.scenario.tables import TABLES

Check: TypeAlias = Callable[[Draft], Iterator[Problem]]

ERRORS: tuple[Check, ...] = (
    check_entries.sections_are_there,
    check_entries.spans_are_in_order,
    check_entries.names_in_forces_exist,
    check_entries.kin_exist,
    check_entries.relations_are_between_two,
    check_entries.incidents_fit,
    check_entries.uncertainties_exist,
    check_powers.powers_fit,
    check_powers.ids_are_not_reserved,
    check_powers.polity_fits,
    check_powers.seats_are_there,
    check_powers.moves_fit,
    check_powers.plans_fit,
    check_strategies,
    check_tables.populations_fit,
    check_tables.presence_fits,
    check_tables.holders_fit,
    check_tables.displaced_fit,
    check_tables.no_more_displaced_than_people,
    check_tables.claims_fit,
    check_tables.history_fits,
    check_tables.available_by_the_freeze,
    check_questions.questions_fit,
    check_map.shares_sum_to_one,
    check_map.somebody_lives_somewhere,
    check_map.no_two_places_on_one_spot,
    check_map.routes_fit,
    check_map.roads_are_not_too_short,
    check_map.places_are_reachable,
)

WARNINGS: tuple[Check, ...] = (
    check_entries.forces_are_somewhere,
    check_tables.holders_are_complete,
    check_tables.sources_are_named,
    check_map.coordinates_look_swapped,
    check_map.roads_are_not_too_long,
    check_map.communities_live_somewhere,
)


@dataclass
class Findings:
    """What the checks found: problems refuse the scenario, warnings do not."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def check(draft: Draft, missing: set[str], known_parameters: Container[str] | None) -> Findings:
    """Run every check; each stops at the number of problems that anybody is shown.

    missing          : names of tables that no folder of the chain has
    known_parameters : names of rows of the parameters table; None leaves them unchecked
    """
    found = Findings()
    found.problems += _tables_are_there(draft, missing)
    found.problems += _parameters_exist(draft, known_parameters)
    for judge in ERRORS:
        found.problems += islice(judge(draft), SHOWN_AT_MOST)
    for judge in WARNINGS:
        found.warnings += islice(judge(draft), SHOWN_AT_MOST)
    return found


def _tables_are_there(draft: Draft, missing: set[str]) -> Iterator[Problem]:
    needed = ["places"]
    if len(draft.rows["places"]) > 1:
        needed.append("routes")
    if draft.maps["forces"]:
        needed += ["presence", "holder"]
    for name in needed:
        if name in missing:
            hint = f"columns: {', '.join(TABLES[name].required)}"
            yield Mark(TABLES[name].file).problem("", "the file is missing", hint)


def _parameters_exist(draft: Draft, known: Container[str] | None) -> Iterator[Problem]:
    if known is None:
        return
    names = list(known) if isinstance(known, Iterable) else []
    named = [(name, item.node.key_mark or item.node.mark) for name, item in draft.maps["parameters"].items()]
    for item in draft.maps["strategies"].values():
        settings = item.node.map.get("set")
        for path, node in settings.map.items() if settings else ():
            if path.startswith("parameters."):
                named.append((path.removeprefix("parameters."), node.key_mark or node.mark))
    for name, mark in named:
        if name not in known:
            text = "is not a row of the parameters table"
            yield mark.problem(f"parameters.{name}", text, nearest(name, names))
