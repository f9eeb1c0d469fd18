"""One course of action up to a day, another from then on: `arms_only=>air_support_on_time@6m`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from afternext.scenario.chancellery_schema import Plan
from afternext.scenario.schema import Scenario, Strategy

THEN = "=>"
ON = "@?"  # before the sign of a switch that has no date: FIRST=>SECOND@?MEASURE>VALUE

Option = tuple[str, str, str | None]


def switched(
    scenario: Scenario, first: Sequence[Strategy], second: Sequence[Strategy], day: int
) -> dict[str, Any]:
    """Plan and bars of a switch on a day after the freeze.

    What the first fixes ends on that day, what the second fixes begins on it, as many days later as it would
    have begun after the freeze. What both fix goes on without a break. A bar that only one has becomes a
    decision at scale 0 for its time. Settings (`set`) and incidents cannot be switched: see `movable`.
    """
    before = [entry for strategy in first for entry in strategy.plan]
    after = [entry for strategy in second for entry in strategy.plan]
    kept = {_option(entry) for entry in after if entry.first_day(scenario.freeze) == 0 and entry.scale > 0}
    plan: list[dict[str, Any]] = []
    for entry in before:
        start, end = entry.first_day(scenario.freeze), entry.last_day(scenario.freeze)
        if start >= day:
            continue
        # The second one overtakes it on the day; had it ended there, help would pause for its delivery.
        stop = day + 1 if _option(entry) in kept and entry.scale > 0 else day
        plan.append(_written(entry, start, stop if end is None else min(end, stop)))
    for entry in after:
        end = entry.last_day(scenario.freeze)
        plan.append(
            _written(entry, entry.first_day(scenario.freeze) + day, None if end is None else end + day)
        )
    bars = ([word for s in first for word in s.bar], [word for s in second for word in s.bar])
    both = [word for word in bars[0] if word in bars[1]]
    for words, span in ((bars[0], (0, day)), (bars[1], (day, None))):
        for word in words:
            if word not in both:
                plan += [_nothing(option, *span) for option in _barred(scenario, word)]
    return {"plan": plan, "bar": both}


def movable(strategies: Sequence[Strategy]) -> bool:
    """Whether a course of action consists of decisions alone, which have dates."""
    return not any(strategy.set or strategy.incidents for strategy in strategies)


def title(first: str, second: str, freeze: date, day: int) -> str:
    """`Arms and nothing else, then Air support at once from 2014-12-12`."""
    return f"{first}, then {second[:1].lower() + second[1:]} from {freeze + timedelta(days=day)}"


def _option(entry: Plan) -> Option:
    return entry.by, entry.move, entry.to


def _written(entry: Plan, start: int, end: int | None) -> dict[str, Any]:
    content = entry.model_dump(exclude={"on", "day", "until"}, exclude_none=True)
    return {**content, "day": start, **({} if end is None else {"until": end})}


def _barred(scenario: Scenario, word: str) -> Iterator[tuple[str, str]]:
    """Powers and moves of a bar, MOVE or POWER.MOVE."""
    power, _, move = word.rpartition(".")
    for by in [power] if power else scenario.moves[move].by:
        yield by, move


def _nothing(option: tuple[str, str], start: int, end: int | None) -> dict[str, Any]:
    by, move = option
    return {
        "by": by, "move": move, "day": start, "scale": 0, **({} if end is None else {"until": end}),
    }  # fmt: skip
