"""What a run answers to a question: probabilities that are never 0 or 1, and equally likely values.

The rule of the floor: one future is added to those that were played, and it is spread evenly over the
possible answers. Of N equally weighted futures k of which say yes the probability is (k + 1/2) / (N + 1);
with weights N is the number of equal futures that would carry as much. Numbers are told by `VALUES` equally
likely values, the weighted quantiles at (k - 1/2) / VALUES: what is scored is what is on record.
"""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.opened import STORE, Run
from afternext.ensemble.show import days_along
from afternext.ensemble.words import nearest_name
from afternext.errors import UsageError
from afternext.forecast.past import Past
from afternext.scenario.question_schema import MOVE_EVENTS, Question
from afternext.scenario.schema import NOBODY
from afternext.world import events

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

VALUES = 50
HANDS = (events.FALL, events.TAKEOVER, events.WITHDRAWAL, events.HANDED)
TAKEN = (events.FALL, events.TAKEOVER, events.HANDED)
KIND_OF = {kind.name: code for code, kind in events.KINDS.items()}
NEVER = math.inf
EXCESS = 1.1  # people displaced at day 0, relative to those of the last 12 months, that can be rounding
Forecast = dict[str, Any]


def floored(share: float, futures: float, answers: int = 2) -> float:
    """A probability from a share of so many futures: one more future is spread evenly over the answers."""
    return (share * futures + 1.0 / answers) / (futures + 1.0)


def equally_likely(values: Floats, weights: Floats, count: int = VALUES) -> Floats:
    """Weighted quantiles at (k - 1/2) / count: values that some future reached."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    levels = (np.arange(count) + 0.5) / count * reached[-1]
    at = np.searchsorted(reached, levels * (1 - 1e-12))
    return np.asarray(values[order][np.minimum(at, len(order) - 1)], dtype=np.float64)


class Answers:
    """Reads questions off the futures of a run, each counted by its weight."""

    def __init__(self, run: Run, weights: Floats | None = None) -> None:
        self.run = run
        self.past = Past(run.scenario)
        self.last = int(run.manifest["days"])
        self.count = len(run.measures["future"])
        equal = np.full(self.count, 1.0 / max(self.count, 1))
        self.weights = equal if weights is None else np.asarray(weights / weights.sum(), dtype=np.float64)
        self.effective = float(1.0 / np.square(self.weights).sum())
        self._blocks: dict[str, Any] = {}

    def covers(self, question: Question) -> bool:
        """Whether the run lasts until the question is settled."""
        return question.day(self.past.freeze) <= self.last

    def forecast(self, question: Question) -> Forecast:
        """The forecast of a question, as it goes on record.

        Raises
        ------
        UsageError : the run ends before, or lacks what is asked about
        """
        if not self.covers(question):
            raise UsageError(f"{question.id}: the run ends before {question.date(self.past.freeze)}")
        drawn = self.outcomes(question)
        if question.kind == "binary":
            return {"p": self._share(drawn > 0.5)}
        if question.kind == "category":
            names = answers_of(question, self.past)
            shares = np.bincount(drawn.astype(np.int64), self.weights, minlength=len(names))
            return {
                "p": {
                    name: floored(float(share), self.effective, len(names))
                    for name, share in zip(names, shares, strict=True)
                }
            }
        values = equally_likely(drawn, self.weights)
        if question.kind == "date":
            return {"days": [None if value == NEVER else float(value) for value in values]}
        return {"values": [float(f"{value:.9g}") for value in values]}

    def _share(self, yes: NDArray[np.bool_]) -> float:
        return floored(float(self.weights[yes].sum()), self.effective)

    def outcomes(self, question: Question) -> Floats:
        """The answer in each future: 0 or 1, a number, a class, or a day (infinite for never); (future,)."""
        day = question.day(self.past.freeze)
        if question.event is not None:
            first = self.first_day(question)
            first = np.where(first <= day, first, NEVER)
            return first if question.kind == "date" else (first <= day).astype(np.float64)
        if question.kind == "date":
            return self._first_beyond(question, day)
        if question.measure == "holder":
            held = self.holder(str(question.place), day)
            if question.kind == "binary":
                return np.asarray(held == self._side(str(question.equals)), dtype=np.float64)
            return np.asarray(np.where(held < 0, len(self.past.scenario.forces), held), dtype=np.float64)
        values = self.measure(question.measure, day, question.admin1)
        return of_number(question, values)

    def _side(self, side: str) -> int:
        forces = list(self.past.scenario.forces)
        return forces.index(side) if side in forces else -1

    def _block(self, name: str) -> Any:
        if name not in self._blocks:
            array = self.run.measure(name)
            self._blocks[name] = array.transpose("future", "snapshot", "place").values
        return self._blocks[name]

    @cached_property
    def _snapshots(self) -> Ints:
        return days_along(self.run, "snapshot")

    @cached_property
    def _places(self) -> list[str]:
        return [str(ident) for ident in self.run.measures["place"].values]

    @cached_property
    def _home(self) -> NDArray[np.bool_]:
        return np.array([ident in self.past.places for ident in self._places])

    @cached_property
    def _log(self) -> dict[str, Any]:
        """All events of all futures as columns, with the row of their future."""
        import zarr

        group: Any = zarr.open_group(self.run.path / STORE, path="events", mode="r")
        columns = {name: np.asarray(group[name][:]) for name in ("day", "kind", "place", "force", "move")}
        offset = np.asarray(group["offset"][:])
        columns["row"] = np.repeat(np.arange(len(offset) - 1), np.diff(offset))
        return columns

    def _events(self, kinds: tuple[int, ...]) -> dict[str, Any]:
        chosen = np.flatnonzero(np.isin(self._log["kind"], kinds))
        return {name: column[chosen] for name, column in self._log.items()}

    @cached_property
    def _hands(self) -> dict[str, Any]:
        return self._events(HANDS)

    def place(self, ident: str) -> int:
        """Index of a place in the run."""
        if ident not in self._places:
            raise UsageError(nearest_name("place", ident, self._places))
        return self._places.index(ident)

    def holder(self, ident: str, day: int) -> Ints:
        """Who holds a place at the end of a day: number of the force, -1 nobody; (future,).

        From the last stored snapshot on or before the day and the changes of hands that the event log has
        after it. A garrison that melts away between two snapshots shows at the next one.
        """
        place = self.place(ident)
        at = int(np.searchsorted(self._snapshots, day, side="right")) - 1
        held: Ints = self._block("place_holder")[:, at, place].astype(np.int64)
        log = self._hands
        for k in np.flatnonzero(
            (log["place"] == place) & (log["day"] > self._snapshots[at]) & (log["day"] <= day)
        ):
            held[log["row"][k]] = -1 if log["kind"][k] == events.WITHDRAWAL else log["force"][k]
        return held

    def first_day(self, question: Question) -> Floats:
        """Day on which an event first happens, infinite for never; (future,)."""
        first = np.full(self.count, NEVER)
        if question.event in ("takes", "changes_hands"):
            log = self._hands if question.event == "changes_hands" else self._events(TAKEN)
            wanted = log["place"] == self.place(str(question.place))
            if question.event == "takes":
                wanted &= log["force"] == self._side(str(question.force))
        else:
            log = self._events((KIND_OF[str(question.event)],))
            wanted = np.ones(len(log["day"]), dtype=bool)
            scenario = self.past.scenario
            if question.power is not None:
                wanted &= log["force"] == list(scenario.powers).index(question.power)
            if question.event in MOVE_EVENTS and question.move is not None:
                wanted &= log["move"] == list(scenario.moves).index(question.move)
        np.minimum.at(first, log["row"][wanted], log["day"][wanted].astype(np.float64))
        if question.event == "changes_hands":
            held = self._block("place_holder")[:, :, self.place(str(question.place))]
            moved = held != held[:, :1]
            seen = np.where(moved.any(axis=1), self._snapshots[moved.argmax(axis=1)], NEVER)
            first = np.minimum(first, seen)
        return first

    def measure(self, name: str, day: int, area: str = "") -> Floats:
        """A counted measure, or a scalar measure of the run, at a day; (future,)."""
        if name == "idps":
            stock = self._sum("place_idps", day, self._home) - self._older
            grown = self._scalar("settled_for_good", day) - self._scalar("settled_for_good", 0)
            # Who no longer means to go back is still counted as displaced.
            return np.maximum(stock + np.maximum(grown, 0.0), 0.0)
        if name == "returnees":
            return self._sum("place_returned", day, self._home)
        if name == "deaths":
            return self._scalar("dead", day) + self._scalar("fighters_killed", day)
        if name in ("idps_hosted", "idps_origin"):
            inside = self._home & np.array([self._area(ident) == area for ident in self._places])
            return self._sum("place_idps" if name == "idps_hosted" else "place_displaced_from", day, inside)
        return self._scalar(name, day)

    @cached_property
    def _older(self) -> float:
        """People of older caseloads that the run still counts as displaced at day 0."""
        start = float(np.median(self._sum("place_idps", 0, self._home)))
        return start - self.past.stock() if start > EXCESS * self.past.stock() else 0.0

    def _area(self, ident: str) -> str:
        place = self.past.places.get(ident)
        return place.admin1 if place else ""

    def _sum(self, name: str, day: int, places: NDArray[np.bool_]) -> Floats:
        """Sum of a place measure over places, between snapshots on the straight line; (future,)."""
        block = self._block(name)

        def at(k: int) -> Floats:
            return np.asarray(block[:, k, :][:, places].sum(axis=1), dtype=np.float64)

        return _between(self._snapshots, day, at)

    def _scalar(self, name: str, day: int) -> Floats:
        array = self.run.measure(name)
        if array.dims != ("future", "date"):
            raise UsageError(f"{name} has no single curve; a question needs one")
        if name not in self._blocks:
            self._blocks[name] = np.asarray(array.values, dtype=np.float64)
        values = self._blocks[name]
        return _between(days_along(self.run, "date"), day, lambda k: values[:, k])

    def _first_beyond(self, question: Question, last: int) -> Floats:
        """First day on which a measure is above or below a bound, on the stored dates; (future,)."""
        if question.measure == "holder":
            side = self._side(str(question.equals))
            held = self._block("place_holder")[:, :, self.place(str(question.place))] == side
            days = self._snapshots
        else:
            days = days_along(self.run, "date")
            days = days[days <= last]
            held = np.stack(
                [of_bounds(question, self.measure(question.measure, int(d), question.admin1)) for d in days],
                1,
            )
        held = held[:, days <= last] if held.shape[1] == len(days) else held
        days = days[days <= last]
        return np.where(held.any(axis=1), days[held.argmax(axis=1)].astype(np.float64), NEVER)


def _between(days: Ints, day: int, at: Any) -> Floats:
    """A value on a day between two stored days."""
    right = int(np.searchsorted(days, day))
    if right < len(days) and days[right] == day:
        return np.asarray(at(right), dtype=np.float64)
    right = min(right, len(days) - 1)
    left = max(right - 1, 0)
    share = (day - days[left]) / max(int(days[right] - days[left]), 1)
    return np.asarray(at(left) + share * (at(right) - at(left)), dtype=np.float64)


def answers_of(question: Question, past: Past) -> list[str]:
    """The possible answers of a category: sides and nobody, or the classes of a number in rising order."""
    if question.measure == "holder":
        return [*past.scenario.forces, NOBODY]
    bounds = [f"{bound:g}" for bound in question.levels]
    middle = [f"{low} to {high}" for low, high in pairwise(bounds)]
    return [f"up to {bounds[0]}", *middle, f"above {bounds[-1]}"]


def of_bounds(question: Question, values: Floats) -> NDArray[np.bool_]:
    """Whether numbers are above or below the bound of a question."""
    if question.above is not None:
        return np.asarray(values > question.above)
    return np.asarray(values < float(question.below if question.below is not None else -NEVER))


def of_number(question: Question, values: Floats) -> Floats:
    """Answers that numbers give: themselves, 0 or 1, or their class."""
    if question.kind == "binary":
        return of_bounds(question, values).astype(np.float64)
    if question.kind == "category":
        return np.searchsorted(np.array(question.levels), values, side="left").astype(np.float64)
    return values
