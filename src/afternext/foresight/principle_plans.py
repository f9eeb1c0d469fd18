"""The question of principle as three courses of action: let the government fall, save it as it is, save it
once it has mended what a coalition asks for.

All three are made from the scenario's own moves and differ in one thing: whether, and when, the same help
comes. Every move by which a member of the coalition could strengthen the government is held at nothing, and
so is every move of theirs that pushes its head out; then the help is planned from one date, without
conditions or waiting for them. Everything else stays the powers' own choice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from afternext.ensemble.words import nearest_name
from afternext.errors import UsageError
from afternext.scenario.compose import Course, fixed
from afternext.scenario.support import patrons, pushes_out, supports

if TYPE_CHECKING:
    from afternext.scenario.schema import Scenario

NONE, AS_IS, CONDITIONS = "let_fall", "as_it_is", "on_conditions"
TITLES = {NONE: "Let it fall", AS_IS: "Save it as it is", CONDITIONS: "Save it on conditions"}
HALF = (
    0.5  # of the way from where inclusion is to where the coalition wants it: the condition if none is named
)
GONE = 0.5  # aim `leader` is 1 or 0
NEUTRAL, ALLIED = 0.5, "allied"
KINDS = ("aid", "air")  # troops on the ground are help only where they are named
ASKED = re.compile(r"\s*([a-z_]+)\s*([<>])\s*(0?\.\d+|[01](?:\.\d+)?)\s*")
MENDED = ("inclusion", "confidence", "leader", "autonomy")
WORDS = {
    ("inclusion", ">"): "power is shared", ("confidence", ">"): "people trust the government",
    ("autonomy", ">"): "regions govern themselves",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One condition: an aim that must lie above or below a share, as the coalition's members believe."""

    aim: str
    sign: str
    share: float

    @property
    def text(self) -> str:
        return f"{self.aim}{self.sign}{self.share:g}"

    @property
    def words(self) -> str:
        if self.aim == "leader":
            return "the head of government has gone" if self.sign == "<" else "he stays"
        return f"{WORDS.get((self.aim, self.sign), self.aim)} ({self.aim} {self.sign} {self.share:g})"

    def entry(self) -> dict[str, Any]:
        return {"aim": self.aim, "above" if self.sign == ">" else "below": self.share}


@dataclass(frozen=True)
class Help:
    """One move of the help."""

    power: str
    move: str
    scale: float


@dataclass(frozen=True)
class Question:
    """What is asked of whom.

    Attributes
    ----------
    government, coalition : powers
    weights : of each member in the coalition's value, by capability, sums to 1
    help : the same in both ways of saving
    asked : what must hold before help is given on conditions, all of it
    day : from which help is offered, days after the freeze
    """

    government: str
    coalition: tuple[str, ...]
    weights: tuple[float, ...]
    help: tuple[Help, ...]
    asked: tuple[Asked, ...]
    day: int
    days: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "government": self.government,
            "coalition": dict(zip(self.coalition, self.weights, strict=True)),
            "help": [{"by": one.power, "move": one.move, "scale": one.scale} for one in self.help],
            "conditions": [one.text for one in self.asked],
            "from_day": self.day,
        }


def ask(
    scenario: Scenario,
    days: int,
    coalition: Sequence[str] = (),
    moves: Sequence[str] = (),
    conditions: Sequence[str] = (),
    scale: float = 1.0,
    day: int = 0,
) -> Question:
    """Settle who asks, with what help, and on what conditions; everything wrong is told at once.

    coalition : powers; the strongest that may help the government and is not hostile to it, and its allies
        among those, if none is named
    moves : help; every move of kind aid or air that strengthens the government without conditions of its own
    conditions : `inclusion>0.55`, `leader<0.5`; else power shared half as far as the coalition wants it
    """
    if scenario.polity is None:
        raise UsageError(f"{scenario.id} has no polity: there is no government to save or to let fall")
    government = scenario.polity.government
    able = tuple(power for power in patrons(scenario) if scenario.powers[power].goals)
    if not able:
        raise UsageError(f"{scenario.id} has no power with goals and a move that supports {government}")
    faults = [
        f"coalition: {nearest_name('power that may support the government', power, able)}"
        for power in coalition
        if power not in able
    ]
    known = [move for move, what in scenario.moves.items() if supports(what, government)]
    faults += [
        f"help: {nearest_name('move that supports the government', move, known)}"
        for move in moves
        if move not in known
    ]
    asked = [_read(text, faults) for text in conditions]
    if not 0 < scale <= 1:
        faults.append(f"scale is {scale:g}; it lies above 0 and up to 1")
    if not 0 <= day < days:
        faults.append(f"help from day {day}: futures last {days} days")
    members = tuple(dict.fromkeys(coalition)) or _strongest(scenario, able)
    if not faults:
        unable = [move for move in moves if not any(by in members for by in scenario.moves[move].by)]
        faults += [f"help: {move} is not for {' or '.join(members)} to give" for move in unable]
    if faults:
        raise UsageError("\n".join(faults))
    capability = [_center(scenario, scenario.powers[power].capability) for power in members]
    total = sum(capability)
    weights = tuple(one / total if total > 0 else 1 / len(members) for one in capability)
    given = moves or [
        move
        for move in known
        if scenario.moves[move].kind in KINDS
        and scenario.moves[move].conditional is not True
        and any(by in members for by in scenario.moves[move].by)
    ]
    if not given:
        raise UsageError(f"help: name a move with which {' or '.join(members)} would save {government}")
    help_ = tuple(_given(scenario, members, move, scale) for move in given)
    wanted = tuple(one for one in asked if one is not None) or _usual(scenario, members, weights)
    return Question(government, members, weights, help_, wanted, day, days)


def courses_of(scenario: Scenario, question: Question) -> tuple[Course, Course, Course]:
    """The three courses of action, in the order of `TITLES`."""
    end = question.days + 1
    held = [
        {"by": power, "move": move, "day": 0, "scale": 0, "until": end}
        | ({"to": question.government} if question.government in what.to else {})
        for power in question.coalition
        for move, what in scenario.moves.items()
        if power in what.by and (supports(what, question.government) or pushes_out(what))
    ]
    given = [
        {
            "by": one.power, "move": one.move, "to": question.government, "day": question.day,
            "scale": one.scale, "until": end,
        }
        for one in question.help
    ]  # fmt: skip
    when = [one.entry() for one in question.asked]
    waits = [{**entry, "when": when} for entry in given]
    names = ", ".join(scenario.powers[power].name for power in question.coalition)
    whys = {
        NONE: f"{names}: nothing for the government, whatever happens.",
        AS_IS: f"{names}: help from day {question.day}, whatever the government does.",
        CONDITIONS: f"{names}: the same help once {' and '.join(one.words for one in question.asked)}.",
    }
    plans = {NONE: held, AS_IS: [*held, *given], CONDITIONS: [*held, *waits]}
    return tuple(_course(scenario, ident, whys[ident], plan) for ident, plan in plans.items())  # type: ignore[return-value]


def _course(scenario: Scenario, ident: str, why: str, plan: list[dict[str, Any]]) -> Course:
    name = f"principle_{ident}"  # the scenario may have a strategy of the plain name
    strategy = fixed(scenario, TITLES[ident], why=why, plan=plan)
    changed = scenario.model_copy(update={"strategies": {**scenario.strategies, name: strategy}})
    return Course(ident, TITLES[ident], why, changed, (name,), True, False)


def _read(text: str, faults: list[str]) -> Asked | None:
    match = ASKED.fullmatch(text)
    if match is None:
        faults.append(
            f"condition {text!r}: write an aim and a share, for example inclusion>0.5 or leader<0.5"
        )
        return None
    aim, sign, share = match.groups()
    if aim not in MENDED:
        faults.append(f"condition {text!r}: {nearest_name('aim that a government can mend', aim, MENDED)}")
        return None
    if not 0 < float(share) < 1:
        faults.append(f"condition {text!r}: the share lies between 0 and 1")
        return None
    return Asked(aim, sign, float(share))


def _usual(scenario: Scenario, members: Sequence[str], weights: Sequence[float]) -> tuple[Asked, ...]:
    """Power shared half as far as the coalition wants it; where it does not ask for that, a new leader."""
    assert scenario.polity is not None
    goals = [scenario.powers[power].goals for power in members]
    share = sum(weight for weight, goal in zip(weights, goals, strict=True) if "inclusion" in goal)
    if share > 0:
        wanted = sum(
            weight * _center(scenario, goal["inclusion"].target) / share
            for weight, goal in zip(weights, goals, strict=True)
            if "inclusion" in goal
        )
        now = _center(scenario, scenario.polity.inclusion)
        if wanted > now:
            return (Asked("inclusion", ">", round(now + HALF * (wanted - now), 2)),)
    if any("leader" in goal and _center(scenario, goal["leader"].target) < NEUTRAL for goal in goals):
        return (Asked("leader", "<", GONE),)
    raise UsageError(
        "the coalition asks nothing of the government: name a condition, for example inclusion>0.5"
    )


def _strongest(scenario: Scenario, able: Sequence[str]) -> tuple[str, ...]:
    stance = {frozenset(one.between): one.stance for one in scenario.power_relations}
    government = scenario.polity.government if scenario.polity else ""
    kind = [power for power in able if stance.get(frozenset((power, government))) not in ("hostile", "rival")]
    first = max(kind or able, key=lambda power: _center(scenario, scenario.powers[power].capability))
    return (first, *(power for power in kind if stance.get(frozenset((power, first))) == ALLIED))


def _given(scenario: Scenario, members: Sequence[str], move: str, scale: float) -> Help:
    """Each move is given once, by the member with most means of those that may: twice were twice the help."""
    what = scenario.moves[move]
    able = [power for power in members if power in what.by]
    giver = max(able, key=lambda power: _center(scenario, scenario.powers[power].budget))
    return Help(giver, move, min(scale, max(what.scales)))


def _center(scenario: Scenario, value: Any) -> float:
    return float(scenario.center(value))
