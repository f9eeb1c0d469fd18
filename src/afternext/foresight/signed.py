"""Switches on a sign, played: each future changes course on the day after it shows the sign.

Up to that day a future is the first strategy's own (the same draws), so the day on which the sign shows can
be read from the futures of the first strategy: playing each future with the switch on its own day is what a
model that watches the sign from inside would do. Any observable can be a sign, not only what powers believe.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.manifest import Settings
from afternext.ensemble.run import Subject, run_subject
from afternext.ensemble.subject import subject_of
from afternext.scenario.compose import Course, compose
from afternext.scenario.switch import ON, THEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from afternext.foresight.comparison import Comparison
    from afternext.foresight.triggers import Trigger
    from afternext.foresight.weights import Floats
    from afternext.foresight.words import Words
    from afternext.world import World

SIGN = re.compile(r"(.+)([<>])([-+.\de]+)")


@dataclass(frozen=True)
class OnSign:
    """A world in which each future carries out the plans of a day of its own.

    plans : by day        days : of each future; one that is not named shows no sign and has those of `never`
    """

    base: World
    plans: Mapping[int, tuple[Any, ...]]
    days: Mapping[int, int]
    never: int

    @property
    def version(self) -> str:
        text = json.dumps(sorted(self.days.items()))
        return f"{self.base.version}+{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @property
    def experiments(self) -> Any:
        return self.base.experiments

    @property
    def measures(self) -> Any:
        return self.base.measures

    @property
    def coords(self) -> Any:
        return self.base.coords

    def warm_up(self) -> None:
        self.base.warm_up()

    def simulate(self, row: NDArray[np.float64], seed: int, luck: int) -> Any:
        blueprint = self.base.blueprint
        plans = self.plans[self.days.get(luck, self.never)]
        own = replace(blueprint, cabinet=replace(blueprint.cabinet, plans=plans))
        return replace(self.base, blueprint=own).simulate(row, seed, luck)


def name_of(source: str, target: str, trigger: Trigger) -> str:
    """`FIRST=>SECOND@?MEASURE>VALUE`."""
    return f"{source}{THEN}{target}{ON}{trigger.measure}{'>' if trigger.above else '<'}{trigger.value!r}"


def split_signed(ident: str) -> tuple[str, str, str, bool, float] | None:
    """First, second, measure, whether it must rise above, and the value; None for anything else."""
    before, _, after = ident.rpartition(THEN)
    second, on, sign = after.rpartition(ON)
    match = SIGN.fullmatch(sign)
    if not before or not on or match is None:
        return None
    return before, second, match[1], match[2] == ">", float(match[3])


def switch_days(comparison: Comparison, fires: Floats) -> dict[int, int]:
    """Day after the sign shows, by future; futures that show none in time are left out."""
    seen = np.isfinite(fires) & (fires + 1 < comparison.last)
    return {
        int(future): int(day) + 1 for future, day in zip(comparison.futures[seen], fires[seen], strict=True)
    }


def play_on_sign(
    comparison: Comparison, source: str, target: str, trigger: Trigger, words: Words,
    workers: int | None = None,
) -> Course:  # fmt: skip
    """Run a switch on its trigger beside the strategies of a comparison, or find it there.

    trigger : its `fires` are days of the futures of `source`, in the order of the comparison
    """
    ident = name_of(source, target, trigger)
    crisis, about = comparison.scenario, comparison.manifest
    never = comparison.last + 1

    def on(day: int) -> Course:
        return compose(crisis, f"{source}{THEN}{target}@{comparison.freeze + timedelta(days=day)}")

    first = on(never)
    text = trigger.text(words)
    titles = comparison.titles
    course = Course(
        ident, f"{titles[source]}, then {titles[target]} as soon as {text}",
        "Decided on the day after the sign; until then the first.", first.scenario, first.strategies, True,
        False,
    )  # fmt: skip
    settings = Settings(
        int(about["futures"]), comparison.seed, comparison.last, 1, first.strategies, about["overrides"]
    )

    def subject() -> Subject:
        from afternext.world import compile_scenario

        made = subject_of(first.scenario, settings, str(about["scenario"]["given"]))
        days = switch_days(comparison, trigger.fires)
        plans = {}
        for day in sorted({never, *days.values()}):
            planned = on(day)
            changed = planned.scenario.with_strategy(planned.strategies)
            world = compile_scenario(changed, days=settings.days, overrides=dict(settings.overrides))
            plans[day] = world.blueprint.cabinet.plans
        base: Any = made.world
        return replace(made, world=OnSign(base, plans, days, never))

    run_subject(
        subject, settings, comparison.path / course.folder, workers=workers, resume=True, progress=True
    )
    return course
