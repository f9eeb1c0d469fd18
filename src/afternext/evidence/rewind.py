"""A scenario wound back before its freeze, so that the model can be held against the history that it states.

What the scenario says of the time before its freeze is turned into a plan of incidents: places taken are
given back, people who fled since are at home, and fights and captures happen again on their days. What is
not said (garrisons of those days, attitudes, doors) stays as at the freeze; that is a known error.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.errors import UsageError

if TYPE_CHECKING:
    from afternext.scenario.schema import Incident, Scenario

CAPTURE = "capture"
GUESS = "a middling garrison of the force that held the place before"
# Nothing but what the scenario says: no attacks of the model's own, and no powers that act.
QUIET = {"initiative": 0.0, "chancellery": 0.0}


@dataclass(frozen=True)
class Rewound:
    """A scenario as of an earlier day, and what had to be guessed.

    days : from that day to the freeze          country : the one that its history is about
    """

    scenario: Scenario
    days: int
    country: str
    given_back: tuple[str, ...]
    guesses: tuple[str, ...]


def rewind(scenario: Scenario, start: date) -> Rewound:
    """The scenario as it stood on `start`, with what followed up to the freeze as incidents."""
    days = (scenario.freeze - start).days
    if days < 1:
        raise UsageError(f"history begins on {start}, not before the freeze {scenario.freeze}")
    place_of = {place.id: place for place in scenario.places}
    country = _country(scenario)
    incidents: list[Incident] = []
    taken: dict[str, Incident] = {}
    for item in scenario.incidents:
        if item.date is None or place_of[item.place].country != country:
            continue
        if item.date < start:
            incidents.append(item)
            continue
        incidents.append(item.model_copy(update={"date": None, "day": (item.date - start).days}))
        if item.kind == CAPTURE:
            taken.setdefault(item.place, item)
    before = {ident: _holder_before(scenario, ident, item.by) for ident, item in taken.items()}
    holders = tuple(
        row.model_copy(update={"holder": before[row.place], "contested": None})
        if row.place in before
        else row
        for row in scenario.holders
    )
    displaced = tuple(row for row in scenario.displaced if row.since < start)
    home = sum(float(scenario.center(row.persons)) for row in scenario.displaced if row.since >= start)
    changed = scenario.model_copy(
        update={
            "id": f"{scenario.id}-from-{start}",
            "freeze": start,
            "horizons": (days,),
            "incidents": tuple(incidents),
            "holders": holders,
            "presence": _presence(scenario, before),
            "displaced": displaced,
            "claims": (),
        }
    )
    return Rewound(
        changed,
        days,
        country,
        tuple(taken),
        (
            f"given back to the force that holds most there, as they were taken since {start}: "
            + (", ".join(taken) or "no place"),
            f"{home:,.0f} people displaced since then are at home",
            "garrisons, attitudes and doors are those of the freeze",
            "fights are those that the scenario lists; the model starts none",
        ),
    )


def _country(scenario: Scenario) -> str:
    """Country of most areas and places that the history is about."""
    areas = {row.admin1 for row in scenario.history if row.admin1}
    ids = {row.place for row in scenario.history if row.place}
    found = Counter(p.country for p in scenario.places if p.admin1 in areas or p.id in ids)
    if not found:
        raise UsageError(f"{scenario.title} has no history: write history.csv to calibrate")
    return found.most_common(1)[0][0]


def _holder_before(scenario: Scenario, place: str, taker: str) -> str:
    """The force, other than the taker, that holds most places of the same country; a government's first."""
    country = {p.id: p.country for p in scenario.places}
    insurgents = {name for name, force in scenario.forces.items() if force.kind == "insurgent"}
    held = Counter(
        row.holder
        for row in scenario.holders
        if country[row.place] == country[place] and row.holder in scenario.forces and row.holder != taker
    )
    for name, _ in held.most_common():
        if name not in insurgents:
            return name
    return held.most_common(1)[0][0] if held else "nobody"


def _presence(scenario: Scenario, before: dict[str, str]) -> tuple[Any, ...]:
    """Garrisons, with a middling one of the earlier holder where a place is given back."""
    from afternext.scenario.schema import Presence

    there = {(row.place, row.force) for row in scenario.presence}
    more = []
    for place, force in before.items():
        usual = [float(scenario.center(row.strength)) for row in scenario.presence if row.force == force]
        if usual and (place, force) not in there:
            guess = Presence(
                place=place, force=force, strength=float(np.median(usual)), confidence="low", source=GUESS
            )
            more.append(guess)
    return (*scenario.presence, *more)
