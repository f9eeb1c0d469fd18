"""Forces at the freeze: whose men they are, where they go to fight and what for, what holds their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from afternext.world.echo import losers_of
from afternext.world.forces import EXPAND, FOMENT, NEVER
from afternext.world.processes import control
from afternext.world.state import NOBODY, Facts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from afternext.world.compile import Blueprint
    from afternext.world.forces import Forces

RECRUITS = {  # odds that a man joins
    "own": 1.0,
    "spared": 0.2,
    "ordinary": 0.05,
    "persecuted": 0.0,
    "marked": 0.0,
}


def routed(
    blueprint: Blueprint, home: NDArray[np.int64], insurgent: NDArray[np.uint8], half_life: float
) -> NDArray[np.float64]:
    """Return the share of the men of each army who had run before the freeze, halved each ``half_life`` days.

    Nobody tells how many stood where: they stand as the people do. Who withdraws in order has not run.
    """
    history = [item for item in blueprint.happenings if item.past]
    losers = losers_of(blueprint, history)
    ran = np.zeros(len(insurgent))
    had = np.array([home[blueprint.holder == f].sum() for f in range(len(insurgent))], dtype=np.float64)
    last = {item.place: item for item in history if item.kind == "capture"}
    for item in last.values():
        loser = losers[id(item)]
        if loser not in (NOBODY, item.force) and insurgent[loser] == 0:
            persons = home[item.place].sum()
            had[loser] += persons
            ran[loser] += persons * 2.0 ** (item.day / half_life)
    return np.divide(ran, had, out=np.zeros_like(ran), where=had > 0)


def readiness(
    blueprint: Blueprint,
    row: NDArray[np.float64],
    strength: NDArray[np.int64],
    share: NDArray[np.float64],
    home_reach: float,
    away_share: float,
) -> NDArray[np.float64]:
    """Return how readily each force goes to each place to fight there, 0-1.

    Nobody goes to a country where it neither holds a place nor has men at the freeze, unless an incident of
    the scenario takes it there. Armies of a government
    and insurgents fight everywhere else; the men of a community or region fight at home: where they are, and,
    halving every ``home_reach`` km from there, where half of the people or more are their own. Elsewhere
    ``away_share`` of them go.
    """
    network = blueprint.network
    here = (strength > 0) | (blueprint.holder[:, None] == np.arange(strength.shape[1]))
    ready = np.zeros(strength.shape)
    for f in range(strength.shape[1]):
        told = [item.place for item in blueprint.happenings if item.force == f]
        known = np.concatenate([network.country[here[:, f]], network.country[np.array(told, dtype=np.int64)]])
        theatre = np.isin(network.country, known) if known.size else np.ones(len(here), dtype=bool)
        ready[theatre, f] = 1.0
        if blueprint.insurgent[f] == 1 or blueprint.rulers[f] == 1 or not here[:, f].any():
            continue
        own = [word(row) == "own" for word in blueprint.treats[f]]
        kin = np.minimum(1.0, 2.0 * share[:, own].sum(axis=1))
        near = 2.0 ** (-network.road_km[:, here[:, f]].min(axis=1) / home_reach)
        at_home = np.where(here[:, f], 1.0, kin * near)
        ready[theatre, f] = (away_share + (1.0 - away_share) * at_home)[theatre]
    return ready


def prizes(
    blueprint: Blueprint, row: NDArray[np.float64], share: NDArray[np.float64], away_share: float
) -> NDArray[np.float64]:
    """Return how far each force cares to take each place, 0-1: who fights for a people of its own cares for
    the capital and wholly for places where half of the people or more are its own, for others ``away_share``.
    """
    prize = np.ones((share.shape[0], len(blueprint.treats)))
    for f, words in enumerate(blueprint.treats):
        own = [word(row) == "own" for word in words]
        if any(own):
            prize[:, f] = away_share + (1.0 - away_share) * np.minimum(1.0, 2.0 * share[:, own].sum(axis=1))
    if blueprint.cabinet.capital >= 0:
        prize[blueprint.cabinet.capital] = 1.0
    return prize


def set_courses(blueprint: Blueprint, armed: Forces) -> None:
    """Let insurgents that took places before the freeze be set on taking more, since the last of them, and
    those that hold none and took none strike from hiding, as they have.
    """
    for f in np.flatnonzero(blueprint.insurgent == 1):
        if not (blueprint.holder == f).any():
            armed.posture[f] = FOMENT
            armed.since[f] = -1
    for item in blueprint.happenings:
        if item.past and item.kind == "capture" and blueprint.insurgent[item.force] == 1:
            since = min(-1, item.day * blueprint.per_day)
            if armed.posture[item.force] != EXPAND:
                armed.since[item.force] = NEVER
            armed.posture[item.force] = EXPAND
            armed.since[item.force] = max(armed.since[item.force], since)


def set_least(
    armed: Forces,
    holder: NDArray[np.int64],
    residents: NDArray[np.int64],
    facts: Facts,
    p: control.Parameters,
) -> None:
    """Note with how many each place is held at the least: with no more than it is at the freeze."""
    held = np.flatnonzero(holder >= 0)
    weight = np.where(facts.level[holder[held]] > control.ORDINARY, p.hold_hunted, 1.0)
    needed = np.ceil(p.hold_share * (residents[held] * weight).sum(axis=1)).astype(np.int64)
    armed.least[held, holder[held]] = np.minimum(needed, armed.present[held, holder[held]])


def recruits_of(
    blueprint: Blueprint, row: NDArray[np.float64], home: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return of which communities the men of each force are: by people and by how it treats them."""
    ready = np.array([[RECRUITS[word(row)] for word in words] for words in blueprint.treats])
    weight = ready.reshape(len(blueprint.treats), home.shape[1]) * home.sum(axis=0)
    total = weight.sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)
    return shares


def homes_of(blueprint: Blueprint, home: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return where each community lives, as cumulative shares over places; states outside are left out."""
    inside = np.array([h < 0 or blueprint.mobile[h] == 1 for h in blueprint.holder], dtype=bool)
    people = np.where(inside[:, None] | (home[inside].sum(axis=0) == 0), home, 0).astype(np.float64) + 1e-9
    shares: NDArray[np.float64] = np.cumsum(people, axis=0) / people.sum(axis=0)
    return np.ascontiguousarray(shares.T)


def seats_of(blueprint: Blueprint, strength: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return whom each garrison obeys: the largest of its force in the same first administrative level."""
    seat = np.full(strength.shape, NOBODY, dtype=np.int64)
    for area in np.unique(blueprint.network.admin):
        inside = np.flatnonzero(blueprint.network.admin == area)
        seat[inside] = inside[np.argmax(strength[inside], axis=0)]
    return seat
