"""Checks of questions: what each kind needs, that names exist, and that the answer lies after the freeze."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from afternext.errors import Problem
from afternext.scenario.check_entries import unknown
from afternext.scenario.question_schema import (
    AREA_COUNTED,
    HOLDER,
    MOVE_EVENTS,
    NO_SIDE,
    PLACE_EVENTS,
    Question,
)

if TYPE_CHECKING:
    from afternext.scenario.draft import Draft, Item

NAMES = (("place", "places"), ("force", "forces"), ("power", "powers"), ("move", "moves"))


def questions_fit(draft: Draft) -> Iterator[Problem]:
    """Judge every question of `scenario.yaml`; names that exist nowhere are told with the nearest one."""
    first: dict[str, int] = {}
    for item in draft.lists["questions"]:
        ident = item.raw("id")
        if ident in first:
            text = f"the id {ident} stands here and in line {first[ident]}"
            yield item.problem("id", text, "give every question its own")
        elif ident:
            first[ident] = item.node.mark.line
        yield from _names_exist(draft, item)
        if item.entry is not None:
            yield from _form_fits(item, item.entry)
            yield from _date_fits(draft, item, item.entry)


def _names_exist(draft: Draft, item: Item[Any]) -> Iterator[Problem]:
    for key, section in NAMES:
        name = item.raw(key)
        if name and draft.known(section) and name not in draft.ids(section):
            yield unknown(item, key, name, key, draft.ids(section))
    side = item.raw("equals")
    if side and side not in NO_SIDE and draft.known("forces") and side not in draft.maps["forces"]:
        yield unknown(item, "equals", side, "force", [*draft.maps["forces"], *NO_SIDE])
    areas = {row.raw("admin1") for row in draft.rows["places"]} - {""}
    area = item.raw("admin1")
    if area and draft.known("places") and area not in areas:
        yield unknown(item, "admin1", area, "admin1", areas)


def _form_fits(item: Item[Any], entry: Question) -> Iterator[Problem]:
    """What is asked about, and the answer that counts, fit the kind."""
    if bool(entry.measure) == (entry.event is not None):
        both = "measure and event are both given" if entry.measure else "neither measure nor event is given"
        yield item.problem("event" if entry.measure else "kind", both, "a question is about exactly one")
        return
    if (entry.on is None) == (entry.by is None):
        both = "on and by are both given" if entry.on is not None else "neither on nor by is given"
        yield item.problem("by" if entry.on is not None else "kind", both, "on for a state, by for an event")
        return
    about_place = entry.measure == HOLDER or entry.event in PLACE_EVENTS
    if about_place and entry.place is None:
        yield item.problem("place", f"is missing: {entry.measure or entry.event} is about a place")
    if entry.event == "takes" and entry.force is None:
        yield item.problem("force", "is missing: a place is taken by a force")
    if entry.event in MOVE_EVENTS and entry.move is None:
        yield item.problem("move", f"is missing: {entry.event} is about a move")
    if entry.measure in AREA_COUNTED and not entry.admin1:
        yield item.problem("admin1", f"is missing: {entry.measure} counts people of one first-level area")
    if entry.event is not None:
        yield from _event_fits(item, entry)
    elif entry.by is not None and entry.kind != "date":
        yield item.problem("by", f"{entry.measure} is looked at on a date", "write on instead of by")
    given = [name for name in ("equals", "above", "below") if getattr(entry, name) is not None]
    wanted = 1 if entry.kind == "binary" and entry.measure else 0
    if entry.kind == "date" and entry.measure:
        wanted = 1
    if len(given) != wanted:
        need = "exactly one of equals, above, below" if wanted else "none of equals, above, below"
        yield item.problem(given[0] if given else "kind", f"a {entry.kind} question like this has {need}")
    if "equals" in given and entry.measure != HOLDER:
        yield item.problem("equals", "belongs to the measure holder", "use above or below for numbers")
    if entry.measure == HOLDER and ({"above", "below"} & set(given) or entry.kind == "number"):
        yield item.problem("measure", "the holder of a place is a side, no number", "use equals or category")
    if list(entry.levels) != sorted(set(entry.levels)):
        yield item.problem("levels", "do not rise", "write the lowest bound first")
    if (entry.kind == "category" and entry.measure != HOLDER) != bool(entry.levels):
        yield item.problem("levels" if entry.levels else "kind", "levels belong to a category of a number")


def _event_fits(item: Item[Any], entry: Question) -> Iterator[Problem]:
    if entry.on is not None:
        yield item.problem("on", f"{entry.event} happens up to a date", "write by instead of on")
    if entry.kind not in ("binary", "date"):
        yield item.problem("kind", f"an event is no {entry.kind}", "ask binary (whether) or date (when)")


def _date_fits(draft: Draft, item: Item[Any], entry: Question) -> Iterator[Problem]:
    freeze = draft.head.get("freeze")
    name = "on" if entry.on is not None else "by"
    when = entry.on if entry.on is not None else entry.by
    if freeze is None or when is None:
        return
    if (isinstance(when, date) and when <= freeze) or when == 0:
        yield item.problem(name, f"{when} is not after the freeze {freeze}", "ask about what is not known")
