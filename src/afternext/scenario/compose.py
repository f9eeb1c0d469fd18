"""Courses of action by name or composed in a line: `power_sharing+united_states:air_support@30dx0.5`.

    course = steady {"=>" steady "@" WHEN}      the next one takes over then; decisions only (see `switch`)
    steady = part {"+" part}
    part   = "none" | ID of a strategy | bar | plan
    bar    = "no:" [POWER "."] MOVE
    plan   = POWER ":" MOVE [">" TARGET] ["@" WHEN [".." WHEN]] ["x" SCALE] ["~" DAYS] {while}
    while  = "?" AIM (">" | "<") SHARE

A plan is the scenario's own `plan` entry, shortened: who does what, to whom, from when (until when), at which
scale, with how many days to its effect, and once the power believes what. WHEN is a date, or a span after
the freeze (30d, 8w, 6m, 1y). Nothing can be said here that a scenario could not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from pydantic import ValidationError

from afternext.errors import UsageError
from afternext.scenario.chancellery_schema import AIMS, Move
from afternext.scenario.nearest import nearest
from afternext.scenario.schema import Scenario, Strategy
from afternext.scenario.switch import THEN, movable, switched, title

NONE = "none"
BAR = "no:"
FARTHEST = 36_525.0  # days: a century
SPAN = re.compile(r"(\d+(?:\.\d+)?)(d|w|m|y)")
DAYS = {"d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}
PLAN = re.compile(
    r"(?P<by>[a-z][a-z0-9_]*):(?P<move>[a-z][a-z0-9_]*?)(?:>(?P<to>[a-z][a-z0-9_]*))?"
    r"(?:@(?P<from>[0-9][0-9a-z\-]*?(?:\.\d+[dwmy])?)(?:\.\.(?P<until>[0-9][0-9a-z.\-]*?))?)?"
    r"(?:x(?P<scale>\d*\.?\d+))?(?:~(?P<delay>\d*\.?\d+))?(?P<when>(?:\?[a-z_]+[<>]\d*\.?\d+)*)"
)
CONDITION = re.compile(r"\?([a-z_]+)([<>])(\d*\.?\d+)")
EXAMPLE = "for example united_states:air_support>iraq_government@2014-07-01x0.5"


@dataclass(frozen=True)
class Course:
    """A course of action ready to run.

    Attributes
    ----------
    id : what stands in tables; the text it was given as
    scenario : with the composed strategies added
    strategies : ids to apply, in this order
    plans, open : whether it fixes decisions of powers; whether it sets things whose cost nobody tells
    """

    id: str
    title: str
    why: str
    scenario: Scenario
    strategies: tuple[str, ...]
    plans: bool
    open: bool

    @property
    def folder(self) -> str:
        """A name for the file system."""
        return re.sub(r"[^A-Za-z0-9_.+-]+", "-", self.id).strip("-.")


def courses(scenario: Scenario, texts: Iterable[str]) -> tuple[Course, ...]:
    """Courses of action of a scenario; every text that says nothing valid is told, all at once."""
    found: dict[str, Course] = {}
    faults = []
    for text in texts:
        try:
            course = compose(scenario, text)
        except UsageError as error:
            faults.append(str(error))
            continue
        if course.folder in {other.folder for other in found.values()}:
            faults.append(f"strategy {text} is given twice")
        found[course.id] = course
    if faults:
        raise UsageError("\n".join(faults))
    return tuple(found.values())


def compose(scenario: Scenario, text: str) -> Course:
    """One course of action from its text."""
    text = text.strip()
    if THEN in text:
        return _changing(scenario, text)
    parts = [part.strip() for part in text.split("+")]
    applied: list[str] = []
    added: dict[str, Strategy] = {}
    titles, whys = [], []
    for part in parts:
        if part == NONE and len(parts) == 1:
            # The plain scenario: no strategy is applied, and powers choose.
            return Course(NONE, "As it comes", "Nothing is fixed: powers choose.", scenario, (), False, False)
        if part in scenario.strategies:
            strategy = scenario.strategies[part]
        elif ":" in part:
            strategy = added[part] = _composed(scenario, part)
        else:
            known = [*scenario.strategies, *([NONE] if len(parts) == 1 else [])]
            raise UsageError(
                f"{scenario.id} has no strategy {part or repr(part)} ({nearest(part, known)}); "
                f"or compose one, {EXAMPLE}"
            )
        applied.append(part)
        titles.append(strategy.title)
        if strategy.why:
            whys.append(strategy.why)
    changed = scenario.model_copy(update={"strategies": {**scenario.strategies, **added}})
    all_of_it = [changed.strategies[name] for name in applied]
    return Course(
        "+".join(applied),
        " + ".join(titles),
        " ".join(whys),
        changed,
        tuple(applied),
        any(strategy.plan for strategy in all_of_it),
        any(strategy.set or strategy.incidents for strategy in all_of_it),
    )


def _changing(scenario: Scenario, text: str) -> Course:
    """A course of action that changes into another on a date."""

    def stop(why: str) -> NoReturn:
        raise UsageError(f"strategy {text}: {why}")

    before, _, after = text.rpartition(THEN)
    second, at, when = after.rpartition("@")
    if not at or not before.strip():
        stop(
            f"write FIRST{THEN}SECOND@WHEN, for example "
            f"{NONE}{THEN}{next(iter(scenario.strategies), NONE)}@6m"
        )
    pair = compose(scenario, before), compose(scenario, second)
    day = _day(scenario, when.strip(), stop)
    parts = [[course.scenario.strategies[name] for name in course.strategies] for course in pair]
    for course, strategies in zip(pair, parts, strict=True):
        if not movable(strategies):
            stop(f"{course.id} sets things otherwise, which has no date; only decisions can be switched")
    if day < 1:
        stop(f"from the first day on it is {pair[1].id}")
    strategy = fixed(
        scenario, title(pair[0].title, pair[1].title, scenario.freeze, day),
        why="Decided on that date; until then the first.", **switched(scenario, parts[0], parts[1], day),
    )  # fmt: skip
    changed = scenario.model_copy(update={"strategies": {**scenario.strategies, text: strategy}})
    return Course(text, strategy.title, strategy.why, changed, (text,), bool(strategy.plan), False)


def fixed(scenario: Scenario, title: str, **content: Any) -> Strategy:
    """A strategy from plan entries and bars made by the program, held to the schema."""
    try:
        return Strategy.model_validate({"title": title, **content})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise UsageError(f"{scenario.id}: {title}: {where}: {first['msg']}") from None


def options_of(
    scenario: Scenario, move: str, by: str | None = None, to: str | None = None
) -> tuple[str, str | None]:
    """Who does a move and to whom: as asked, or the only one, or the first that the scenario names."""
    what = _move(scenario, move, move)
    if by is None:
        by = what.by[0]
    if by not in what.by:
        raise UsageError(f"{move} is not for {by} to do ({nearest(by, what.by)})")
    targets = [target for target in what.to if target != by]
    if to is None:
        to = targets[0] if targets else None
    elif to not in targets:
        hint = nearest(to, targets) if targets else "it has no target"
        raise UsageError(f"{move} is not done to {to} ({hint})")
    return by, to


def _composed(scenario: Scenario, part: str) -> Strategy:
    def stop(why: str) -> NoReturn:
        raise UsageError(f"strategy {part}: {why}")

    if part.startswith(BAR):
        word = part.removeprefix(BAR)
        power, _, move = word.rpartition(".")
        if power and power not in scenario.powers:
            stop(f"there is no power {power} ({nearest(power, scenario.powers)})")
        name = _move(scenario, move, part).name
        who = f"{scenario.powers[power].name}: no" if power else "No"
        return fixed(scenario, f"{who} {_within(name)}", bar=[word])
    match = PLAN.fullmatch(part)
    if match is None:
        stop(f"write POWER:MOVE>TARGET@DATExSCALE, {EXAMPLE}")
    by, move, to = match["by"], match["move"], match["to"]
    if by not in scenario.powers:
        stop(f"there is no power {by} ({nearest(by, scenario.powers)})")
    what = _move(scenario, move, part)
    if by not in what.by:
        stop(f"{move} is not for {by} to do ({nearest(by, what.by)})")
    targets = [target for target in what.to if target != by]
    if to is not None and to not in targets:
        stop(f"{move} is not done to {to} ({nearest(to, targets) if targets else 'it has no target'})")
    if to is None and len(targets) > 1:
        stop(f"{move} is done to one of {', '.join(targets)}; write {by}:{move}>{targets[0]}")
    day = _day(scenario, match["from"], stop) if match["from"] else 0
    until = _day(scenario, match["until"], stop) if match["until"] else None
    if until is not None and until <= day:
        stop("it ends before it begins")
    scale = float(match["scale"] or 1.0)
    when = []
    for aim, sign, share in CONDITION.findall(match["when"]):
        if aim not in AIMS:
            stop(f"there is no aim {aim} ({nearest(aim, AIMS)})")
        when.append({"aim": aim, "above" if sign == ">" else "below": float(share)})
    entry: dict[str, Any] = {"by": by, "move": move, "day": day, "scale": scale, "when": when}
    entry |= {key: value for key, value in (("to", to), ("until", until)) if value is not None}
    if match["delay"]:
        entry["delay"] = float(match["delay"])
    power = scenario.powers[by].name
    since = f" from {date.fromordinal(scenario.freeze.toordinal() + day)}" if day else " at once"
    strength = f" at scale {scale:g}" if scale != 1 else ""
    return fixed(scenario, f"{power}: {_within(what.name)}{since}{strength}", plan=[entry])


def _within(name: str) -> str:
    """A name inside a sentence: `Air support` becomes `air support`, `UN mission` stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _move(scenario: Scenario, move: str, part: str) -> Move:
    moves: Mapping[str, Move] = scenario.moves
    if move not in moves:
        raise UsageError(f"{part}: there is no move {move} ({nearest(move, moves)})")
    return moves[move]


def day_of(scenario: Scenario, text: str) -> int:
    """Days after the freeze of a date, or of a span as 30d, 8w, 6m, 1y."""

    def stop(why: str) -> NoReturn:
        raise UsageError(why)

    return _day(scenario, text.strip(), stop)


def _day(scenario: Scenario, text: str, stop: Any) -> int:
    span = SPAN.fullmatch(text)
    if span:
        days = float(span.group(1)) * DAYS[span.group(2)]
        if days > FARTHEST:
            stop(f"{text[:20]} after the freeze is later than any run")
        return round(days)
    try:
        day = (date.fromisoformat(text) - scenario.freeze).days
    except ValueError:
        stop(f"{text!r} is no time: write a date as 2014-07-01, or 30d, 8w, 6m, 1y after the freeze")
    if day < 0:
        stop(f"{text} is before the freeze {scenario.freeze}: the past cannot be planned")
    return int(day)
