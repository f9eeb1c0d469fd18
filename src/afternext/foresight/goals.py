"""What is good: a measure, the way it should go, the value that is good enough, and when it is judged.

    goal = ["max." | "min."] MEASURE ["@" WHEN] ("<" | "<=" | ">" | ">=") VALUE        as in conditions.py

A goal without a time is judged at every horizon. Goals that nobody declared are what planners of crises ask
first (people out of their homes, civilians dead, people under insurgents, a country in pieces, who is shut
out); good enough is then *no worse than the middle future of the first course of action* at each horizon,
which says nothing of what a person would call good: declare it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.show import nearest
from afternext.errors import UsageError
from afternext.foresight.conditions import COMPARE, read_single
from afternext.foresight.weights import Floats, quantile
from afternext.foresight.words import Words, amount

if TYPE_CHECKING:
    from afternext.foresight.comparison import Comparison

# Measure and whether more of it is better; the insurgents' ground is added by the scenario's own forces.
USUAL: tuple[tuple[str, bool], ...] = (
    ("displaced", False), ("dead", False), ("population_held_", False), ("fragmentation", False),
    ("inclusion", True),
)  # fmt: skip
MOST_USUAL = 5
LIMITS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


@dataclass(frozen=True)
class Goal:
    """One goal over horizons.

    Attributes
    ----------
    text : as declared, or as it would be
    measure, more : what is judged; whether more of it is better
    so_far : max or min up to the day, or nothing
    days : days at which it is judged (J)
    enough : value that is good enough at each of them (J), in the measure's unit
    declared : whether a person said what is good enough
    operator : one of < <= > >=
    likened : what good enough is taken from, where nobody declared it
    """

    text: str
    name: str
    measure: str
    more: bool
    so_far: str
    days: tuple[int, ...]
    enough: tuple[float, ...]
    declared: bool
    operator: str
    likened: str = ""

    @property
    def said(self) -> str:
        """The goal in plain words, without its time: `displaced below 20,000`."""
        return f"{self.name} {self.likened or f'{LIMITS[self.operator]} {amount(self.enough[0])}'}"

    def values(self, comparison: Comparison) -> Floats:
        """What is judged, (S, F, J), in the measure's unit."""
        if not self.so_far:
            return comparison.values(self.measure, self.days)
        grid = comparison.grid()
        curve = comparison.values(self.measure, tuple(int(day) for day in grid))
        running = (np.maximum if self.so_far == "max" else np.minimum).accumulate(curve, axis=2)
        return np.asarray(running[:, :, [nearest(grid, day) for day in self.days]])

    def met(self, values: Floats) -> NDArray[np.bool_]:
        """Where the goal is met; `values` end in the axis of `days`."""
        return np.asarray(COMPARE[self.operator](values, np.asarray(self.enough)))  # type: ignore[arg-type]

    def loss(self, values: Floats) -> Floats:
        """Values turned so that less is better."""
        return -values if self.more else values

    def shortfall(self, values: Floats) -> Floats:
        """By how much the goal is missed, 0 where it is met, in the measure's unit."""
        over = self.loss(values) - self.loss(np.asarray(self.enough))
        return np.asarray(np.maximum(over, 0.0))

    def to_dict(self) -> dict[str, Any]:
        return {
            "goal": self.text, "said": self.said, "name": self.name, "measure": self.measure,
            "better": "more" if self.more else "less",
            "so_far": self.so_far or None, "declared": self.declared,
            "enough": [{"day": d, "value": v} for d, v in zip(self.days, self.enough, strict=True)],
        }  # fmt: skip


def goals_of(comparison: Comparison, texts: Sequence[str] = ()) -> tuple[Goal, ...]:
    """Declared goals, or the usual ones that this scenario can tell."""
    words = Words(comparison.first)
    if texts:
        goals = tuple(_declared(comparison, text, words) for text in texts)
        if len({goal.text for goal in goals}) < len(goals):
            raise UsageError("a goal is given twice")
        return goals
    usual = _usual(comparison)
    if not usual:
        raise UsageError(
            "nothing usual to judge by in this scenario: declare it, for example --goal 'displaced@1y < 50k'"
        )
    return tuple(_relative(comparison, measure, more, words) for measure, more in usual)


def _declared(comparison: Comparison, text: str, words: Words) -> Goal:
    said = read_single(comparison.first, text)
    days = comparison.days if said.day is None else (said.day,)
    more = said.operator in (">", ">=")
    label = words.label(said.measure)
    name = f"{'highest ' if said.so_far == 'max' else 'lowest ' if said.so_far else ''}{label}"
    return Goal(
        " ".join(text.split()), name, said.measure, more, said.so_far, days, (said.value,) * len(days), True,
        said.operator,
    )  # fmt: skip


def _usual(comparison: Comparison) -> list[tuple[str, bool]]:
    found = []
    for measure, more in USUAL:
        name = _insurgents(comparison) if measure.endswith("_") else measure
        if name in comparison.measures and np.ptp(comparison.values(name)) > 0:
            found.append((name, more))
    return found[:MOST_USUAL]


def _insurgents(comparison: Comparison) -> str:
    """The measure of people under the insurgent force that holds most of them in most futures."""
    forces = comparison.scenario.forces
    names = [f"population_held_{f}" for f, force in forces.items() if force.kind == "insurgent"]
    there = [name for name in names if name in comparison.measures]
    return max(there, key=lambda name: float(comparison.values(name).mean()), default="")


def _relative(comparison: Comparison, measure: str, more: bool, words: Words) -> Goal:
    """A goal whose good enough is the middle future of the first course of action."""
    values = comparison.values(measure)[0]
    enough = tuple(quantile(values[:, h], comparison.weights, 0.5) for h in range(len(comparison.days)))
    operator = ">=" if more else "<="
    first = comparison.titles[comparison.ids[0]]
    return Goal(
        f"{measure} {operator} middle of {comparison.ids[0]}", words.label(measure), measure, more, "",
        comparison.days, enough, False, operator,
        f'no {"less" if more else "more"} than in the middle future of "{first}"',
    )  # fmt: skip
