"""What a chronicle can tell: kinds of events, their causes, and the sentence for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
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
        ("move", "<i2"),
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
HANDED = 25

DECIDED = 32  # from here on force and other are powers; place is none, the capital or a town of a region
REFUSES = 33
DELIVERED = 34
ENDED = 35
CHANGED = 36
CALLED_OFF = 37
IN_FORCE = 38
TACIT = 40
PARTED = 41
LEADER_EXIT = 44
GOVERNMENT_FORMED = 45
COALITION_LOST = 46
CLAIM = 47
AUTONOMY = 48
REFERENDUM = 49
SECESSION = 50
COLLAPSE = 51
FRACTURE = 52
VOTED = 53

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
CAUSE_GAIN = 32
CAUSE_NO_GAIN = 33
CAUSE_PLAN = 34
CAUSE_PRESSED = 35
CAUSE_AGAINST = 36
CAUSE_CONSENT = 37
CAUSE_POLITICS = 38
CAUSE_DISTANCE = 39
CAUSE_READINESS = 40
CAUSE_COLLECTION = 41
CAUSE_PROMPT = 42
CAUSE_TIME = 43
CAUSE_UNWILLING = 44
CAUSE_LEGISLATURE = 45
CAUSE_DONE = 46
CAUSE_ORDERS = 47
CAUSE_AIM = 48  # to CAUSE_AIM + number of aims - 1: the aim for which most is expected
CAUSE_SHARED_ENEMY = 64
CAUSE_RECEDED = 65
CAUSE_PRICE = 66
CAUSE_MOVES = 67
CAUSE_DISASTER = 68
CAUSE_ALLIES_LEFT = 69
CAUSE_BARGAIN = 70
CAUSE_COUP = 71
CAUSE_PUSHED_OUT = 72
CAUSE_COURSE = 73
CAUSE_CAPITAL = 74
CAUSE_SHUT_OUT = 75
CAUSE_DOWNGRADED = 76
CAUSE_AUTONOMY_LOST = 77
CAUSE_WINDOW = 78
CAUSE_BUDGET = 79
CAUSE_GRANTED = 80
CAUSE_VOTE = 81
CAUSE_DISTRUST = 82
CAUSE_PATRONS = 83
CAUSE_SWITCHED = 84
CAUSE_THIN = 85
CAUSE_HANDED = 86


# How words are written that follow the number of who acts: [singular|plural].
NUMBER = re.compile(r"\[([^|\]]*)\|([^|\]]*)\]")
WHOLE = 100.0  # per cent: full scale goes without saying
# They name the matter, not the wish: an insurgent wants the contrary of what a government wants.
AIM_WORDS = (
    "[its|their] own ground",
    "the ground that [its|their] enemies hold",
    "the ground that the government holds",
    "the fate of the capital",
    "those in flight",
    "its effect on the killing",
    "a say in who shares in power",
    "its effect on confidence in the government",
    "a say in who heads the government",
    "a say in the autonomy of regions",
    "[its|their] influence on the government",
    "a check on [its|their] rival's influence",
    "lighter losses of [its|their] own",
)  # as in chancellery.AIMS


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
    HANDED: Kind("handed", "{place} is left to {force} by {other}"),
    WITHDRAWAL: Kind("withdrawal", "{place} is given up by {force}; nobody holds it"),
    ANNOUNCED: Kind("announced", "an assault by {force} on {place} is expected"),
    EXODUS: Kind("exodus", "{persons} people leave {place} in a day"),
    REFUSED: Kind("refused", "{persons} people from {place} are turned back and caught between the lines"),
    HOMECOMING: Kind("homecoming", "{persons} people come home to {place} in a day"),
    RAIDED: Kind("raid", "a raid by {force} on {place}, held by {other}"),
    DISSOLVED: Kind(
        "dissolved", "{force}, last seen around {place}, [dissolves|dissolve]; {persons} go home"
    ),
    BROKEN: Kind(
        "broken",
        "the garrison of {other} in {place} breaks; {persons} change clothes and join those who flee",
    ),
    TURN: Kind("turn", "a new course of {force}, strongest at {place}"),
    RISING: Kind("rising", "{force} [rises|rise] again around {place}; {persons} join"),
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
    DECIDED: Kind("decided", "{force} [decides|decide] on {move}{towards}{scaled}"),
    REFUSES: Kind("refuses", "{force} [refuses|refuse] {move}{towards} after {persons} days", "days"),
    DELIVERED: Kind(
        "delivered", "{move} by {force}{towards} takes effect, {persons} days after the decision"
    ),
    ENDED: Kind("ended", "{move} by {force}{towards} ends after {persons} days"),
    CHANGED: Kind("changed", "{force} [sets|set] {move}{towards} to {persons} % of full scale"),
    CALLED_OFF: Kind("called_off", "{force} [calls|call] off {move}{towards} before it takes effect"),
    IN_FORCE: Kind("in_force", "{move} by {force}{towards} has been in force for {persons} days", "days"),
    TACIT: Kind("tacit", "{force} and {other}, hostile by history, begin to look away or to cooperate"),
    PARTED: Kind("parted", "{force} and {other} part again"),
    LEADER_EXIT: Kind("leader_exit", "the head of {force} goes, after {persons} days in office"),
    GOVERNMENT_FORMED: Kind("government_formed", "{force} is formed anew; {persons} % of seats back it"),
    COALITION_LOST: Kind(
        "coalition_lost", "{force} [loses its|lose their] majority; {persons} % of seats still back [it|them]"
    ),
    CLAIM: Kind("claim", "{force} [claims|claim] self-rule for the region around {place}"),
    AUTONOMY: Kind("autonomy", "the region around {place} rules itself, under {force}"),
    REFERENDUM: Kind(
        "referendum", "{force} [announces|announce] a vote on leaving {other}, in {persons} days"
    ),
    SECESSION: Kind("secession", "the independence of {force} from {other} is recognised"),
    COLLAPSE: Kind("collapse", "central authority of {force} breaks down"),
    FRACTURE: Kind("fracture", "the army of {force} loses faith in it; cohesion falls by {persons} %"),
    VOTED: Kind("voted", "{force} [holds its|hold their] vote on leaving {other}"),
}

CAUSES: Mapping[int, str] = {
    CAUSE_NONE: "",
    CAUSE_SCENARIO: "set by the scenario",
    CAUSE_WEAKNESS: "[it|they] judged the garrison weak",
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
    CAUSE_TIRED: "[it|they] won nothing",
    CAUSE_SPENT: "the attackers are dead or gone",
    CAUSE_ROADS: "the assault failed, but [it holds|they hold] roads out of the place",
    CAUSE_BEFORE: "it began before the first day",
    CAUSE_LOCALS: "local men stood with the garrison",
    CAUSE_ODDS: "the town is large and the odds are good",
    CAUSE_SORTIE: "the garrison was much stronger",
    CAUSE_FELL: "the place is lost",
    CAUSE_RAN: "its garrison had run",
    CAUSE_LEFT: "who ran left them",
    CAUSE_HOME: "their homes are elsewhere",
    CAUSE_FALLEN: "the place has fallen; some are shot, the others hide at home",
    CAUSE_HOLD: "to hold what [it has|they have]",
    CAUSE_EXPAND: "to take more ground",
    CAUSE_FOMENT: "to hit and leave",
    CAUSE_GROUND: "to go to ground",
    CAUSE_GAIN: "[it believes|they believe] to gain by it",
    CAUSE_NO_GAIN: "[it no longer believes|they no longer believe] to gain by it",
    CAUSE_PLAN: "as fixed beforehand",
    CAUSE_PRESSED: "opinion at home asks for it",
    CAUSE_AGAINST: "opinion at home is against it",
    CAUSE_CONSENT: "most of it waiting for the host to agree",
    CAUSE_POLITICS: "most of it politics at home",
    CAUSE_DISTANCE: "most of it the way",
    CAUSE_READINESS: "most of it making ready",
    CAUSE_COLLECTION: "most of it finding out what to aim at",
    CAUSE_PROMPT: "nothing stood in the way",
    CAUSE_TIME: "its time is over",
    CAUSE_UNWILLING: "[it|they] would not have it",
    CAUSE_LEGISLATURE: "[its|their] own legislature was against it",
    CAUSE_ORDERS: "most of it deciding and ordering",
    CAUSE_DONE: "what it was for has come about",
    **{CAUSE_AIM + k: f"for {text}" for k, text in enumerate(AIM_WORDS)},
    CAUSE_SHARED_ENEMY: "an enemy threatens both",
    CAUSE_RECEDED: "the common threat has receded",
    CAUSE_PRICE: "the price at home was too high",
    CAUSE_MOVES: "what they did to each other",
    CAUSE_DISASTER: "a military disaster",
    CAUSE_ALLIES_LEFT: "allies in parliament had left",
    CAUSE_BARGAIN: "the bargain over a new government",
    CAUSE_COUP: "by force",
    CAUSE_PUSHED_OUT: "pushed out by others",
    CAUSE_COURSE: "in the ordinary course",
    CAUSE_CAPITAL: "the capital was lost",
    CAUSE_SHUT_OUT: "[its|their] people are shut out of power",
    CAUSE_DOWNGRADED: "[its|their] people lost their share of power",
    CAUSE_AUTONOMY_LOST: "self-rule was taken from [it|them]",
    CAUSE_WINDOW: "the centre cannot stop it",
    CAUSE_BUDGET: "[its|their] budget was cut",
    CAUSE_GRANTED: "the government agreed",
    CAUSE_VOTE: "after [its|their] vote",
    CAUSE_DISTRUST: "few trust the government",
    CAUSE_PATRONS: "[its|their] patrons asked for it",
    CAUSE_SWITCHED: "another course is taken",
    CAUSE_THIN: "too few to hold it",
    CAUSE_HANDED: "who held it is a stranger there",
}


def sentence(
    event: Any,
    places: Sequence[str],
    forces: Sequence[str],
    powers: Sequence[str] = (),
    moves: Sequence[str] = (),
    plural: Collection[str] = (),
) -> str:
    """Return one event as a plain sentence.

    Parameters
    ----------
    event : one element of an array of ``DTYPE``
    places, forces, powers, moves : names to show, in scenario order
    plural : names of forces and powers that take a plural verb
    """

    def name(index: int, names: Sequence[str]) -> str:
        return names[index] if 0 <= index < len(names) else "nobody"

    kind = int(event["kind"])
    actors = powers if kind >= DECIDED else forces
    other = name(int(event["other"]), actors)
    move = int(event["move"])
    text = KINDS[kind].sentence.format(
        place=name(int(event["place"]), places),
        force=name(int(event["force"]), actors),
        other=other,
        persons=f"{int(event['persons']):,}",
        move=f'"{moves[move]}"' if 0 <= move < len(moves) else "what it did",
        scaled="" if int(event["persons"]) == WHOLE else f", at {int(event['persons'])} % of full scale",
        towards=f" ({other})" if int(event["other"]) >= 0 else "",
    )
    cause = CAUSES[int(event["cause"])]
    told = f"{text} ({cause})" if cause else text
    form = 2 if name(int(event["force"]), actors) in plural else 1
    return NUMBER.sub(lambda found: found[form], told)
