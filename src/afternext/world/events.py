"""What a chronicle can tell: kinds of events, their causes, and the sentence for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DTYPE = np.dtype(
    [
        ("day", "<f4"),
        ("kind", "<i2"),
        ("place", "<i2"),
        ("force", "<i2"),
        ("other", "<i2"),
        ("cause", "<i2"),
        ("persons", "<i8"),
    ]
)

ATTACK = 1
FALL = 2
REPELLED = 3
TAKEOVER = 4
WITHDRAWAL = 5
ANNOUNCED = 6
EXODUS = 7
REFUSED = 8
HOMECOMING = 9
EMPTIED = 10
RAIDED = 11
BROKEN = 12
TURN = 13
RISING = 14
SIEGE = 15
LIFTED = 16
ARMS = 17
DESERTERS = 18
STAND_UP = 19
STAND_DOWN = 20
OVERRUN = 21
REINFORCED = 22
OFFENSIVE = 23
DISSOLVED = 24

CAUSE_NONE = 0
CAUSE_SCENARIO = 1
CAUSE_WEAKNESS = 2
CAUSE_VACUUM = 3
CAUSE_FIGHTING = 4
CAUSE_THREAT = 5
CAUSE_RULE = 6
CAUSE_CHECKPOINT = 7
CAUSE_CALM = 8
CAUSE_COLLAPSE = 9
CAUSE_PANIC = 10
CAUSE_ASSAULT = 11
CAUSE_EXPOSED = 12
CAUSE_SIEGE = 13
CAUSE_TIRED = 14
CAUSE_SPENT = 15
CAUSE_HOLD = 16
CAUSE_EXPAND = 17
CAUSE_FOMENT = 18
CAUSE_GROUND = 19
CAUSE_ROADS = 20
CAUSE_BEFORE = 21
CAUSE_LOCALS = 22
CAUSE_LEFT = 23
CAUSE_FALLEN = 24
CAUSE_HOME = 25
CAUSE_ODDS = 26
CAUSE_SORTIE = 27
CAUSE_FELL = 28
CAUSE_RAN = 29


@dataclass(frozen=True)
class Kind:
    """One kind of event: its name in data, the sentence that tells it, and what its number counts."""

    name: str
    sentence: str
    counts: str = "persons"  # what its number counts


KINDS: Mapping[int, Kind] = {
    ATTACK: Kind("attack", "an attack by {force} on {place}, held by {other}"),
    FALL: Kind("fall", "{place} falls to {force}; it was held by {other}"),
    REPELLED: Kind("repelled", "the attack by {force} on {place} ends; still held by {other}"),
    TAKEOVER: Kind("takeover", "{place}, which nobody held, is taken over by {force}"),
    WITHDRAWAL: Kind("withdrawal", "{place} is given up by {force}; nobody holds it"),
    ANNOUNCED: Kind("announced", "an assault by {force} on {place} is expected"),
    EXODUS: Kind("exodus", "{persons} people leave {place} in a day"),
    REFUSED: Kind("refused", "{persons} people from {place} are turned back and caught between the lines"),
    HOMECOMING: Kind("homecoming", "{persons} people come home to {place} in a day"),
    RAIDED: Kind("raid", "a raid by {force} on {place}, held by {other}"),
    DISSOLVED: Kind("dissolved", "{force}, last seen around {place}, dissolves; {persons} go home"),
    BROKEN: Kind(
        "broken",
        "the garrison of {other} in {place} breaks; {persons} change clothes and join those who flee",
    ),
    TURN: Kind("turn", "a new course of {force}, strongest at {place}"),
    RISING: Kind("rising", "{force} rises again around {place}; {persons} join"),
    SIEGE: Kind("siege", "{place}, held by {other}, is under siege by {force}"),
    LIFTED: Kind(
        "siege_ended",
        "the siege of {place} by {force} ends, {persons} days old; it was held by {other}",
        "days",
    ),
    ARMS: Kind(
        "arms_lost", "{persons} vehicles and heavy weapons of {other} in {place} fall to {force}", "pieces"
    ),
    DESERTERS: Kind("deserters", "{persons} deserters of {other} join the flight from {place}"),
    REINFORCED: Kind("reinforced", "{persons} men of {force} are sent to reinforce {place}"),
    OFFENSIVE: Kind("offensive", "{persons} men of {force} set out to take {place}, held by {other}"),
    STAND_UP: Kind("defenders", "{persons} men of {place} stand up in arms against {force}"),
    STAND_DOWN: Kind("defenders_home", "the last of {persons} local defenders of {place} go home"),
    OVERRUN: Kind("defenders_overrun", "{persons} local defenders of {place} are overrun by {force}"),
    EMPTIED: Kind("emptied", "more than half of the people of {place} are gone"),
}

CAUSES: Mapping[int, str] = {
    CAUSE_NONE: "",
    CAUSE_SCENARIO: "set by the scenario",
    CAUSE_WEAKNESS: "it judged the garrison weak",
    CAUSE_VACUUM: "nobody held it and they were next door",
    CAUSE_FIGHTING: "fighting in the place",
    CAUSE_THREAT: "an attack is believed to be near",
    CAUSE_RULE: "who holds the place",
    CAUSE_CHECKPOINT: "a checkpoint refuses them",
    CAUSE_CALM: "home is believed to be safe again",
    CAUSE_COLLAPSE: "the defenders no longer believed that others would stay",
    CAUSE_PANIC: "others had run",
    CAUSE_ASSAULT: "the defenders were beaten",
    CAUSE_EXPOSED: "it cannot be held",
    CAUSE_SIEGE: "worn down by a siege",
    CAUSE_TIRED: "it won nothing",
    CAUSE_SPENT: "the attackers are dead or gone",
    CAUSE_ROADS: "the assault failed, but it holds roads out of the place",
    CAUSE_BEFORE: "it began before the first day",
    CAUSE_LOCALS: "local men stood with the garrison",
    CAUSE_ODDS: "the town is large and the odds are good",
    CAUSE_SORTIE: "the garrison was much stronger",
    CAUSE_FELL: "the place is lost",
    CAUSE_RAN: "its garrison had run",
    CAUSE_LEFT: "who ran left them",
    CAUSE_HOME: "their homes are elsewhere",
    CAUSE_FALLEN: "the place has fallen; some are shot, the others hide at home",
    CAUSE_HOLD: "to hold what it has",
    CAUSE_EXPAND: "to take more ground",
    CAUSE_FOMENT: "to hit and leave",
    CAUSE_GROUND: "to go to ground",
}


def sentence(event: Any, places: Sequence[str], forces: Sequence[str]) -> str:
    """Return one event as a plain sentence.

    Parameters
    ----------
    event : one element of an array of ``DTYPE``
    places, forces : names to show, in scenario order
    """

    def name(index: int, names: Sequence[str]) -> str:
        return names[index] if index >= 0 else "nobody"

    text = KINDS[int(event["kind"])].sentence.format(
        place=name(int(event["place"]), places),
        force=name(int(event["force"]), forces),
        other=name(int(event["other"]), forces),
        persons=f"{int(event['persons']):,}",
    )
    cause = CAUSES[int(event["cause"])]
    return f"{text} ({cause})" if cause else text
