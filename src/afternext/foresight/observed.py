"""What can be seen from outside as a crisis goes on, and signs: that it has, or has not, crossed a value.

A run of 2,000 futures over ten years has hundreds of observables, together gigabytes. None is held: each is
read when it is asked for, and what is kept of it is a value a future at the few days on which somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.show import curves, days_along
from afternext.ensemble.words import long_date
from afternext.foresight.features import kept_by_area, of_forces_abroad
from afternext.foresight.weights import Floats
from afternext.foresight.words import KEPT, Words
from afternext.world.measures_regions import REGIONAL

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

Days = NDArray[np.int64]
# Dates at which a planner looks back: days after the freeze, as far as they lie before the deep horizon.
LOOKS = (7, 14, 30, 60, 91, 183, 365, 731, 1096, 1826)
# What an observer cannot count from outside, or cannot name as a sign.
HIDDEN = (
    "attitude_", "hope", "danger", "posture_", "nominal_", "materiel_", "strength_", "paid_", "active_places",
    "opinion_", "salience_", "distortion_", "ignorance_", "alignment_", "delay_", "decisions", "delivered",
    "residents", "raids", "confidence", "inclusion", "coalition", "centre", "killed_", "fighters_",
    "foreign_", *REGIONAL,
)  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """One condition: an observable by a day, above or below a value; `has` crossed it, or has not."""

    measure: str
    day: int
    above: bool
    has: bool
    value: float

    def text(self, words: Words, when: date) -> str:
        """`by 31 May 2031, displaced risen above 40,000`."""
        if self.measure.startswith(KEPT):
            area, lost = self.measure.removeprefix(KEPT), 1 - self.value
            some = "any of" if lost < 0.02 else f"more than {round(100 * lost)} % of"
            none = "none of" if lost < 0.02 else f"no more than {round(100 * lost)} % of"
            # Ground kept falls; what it has not fallen below is still kept.
            changed = self.has if not self.above else not self.has
            return f"by {long_date(when)}, {some if changed else none} {area} has changed hands"
        verb = f"{'' if self.has else 'not '}{'risen above' if self.above else 'fallen below'}"
        value = words.value(self.measure, self.value)
        if value.startswith("under "):  # a threshold is a number
            value = f"{100 * self.value:.1g} %"
        return f"by {long_date(when)}, {words.label(self.measure)} {verb} {value}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "measure": self.measure, "by_day": self.day, "above": self.above, "crossed": self.has,
            "value": self.value,
        }  # fmt: skip


class Curves(Mapping[str, tuple[Days, Floats]]):
    """Observables of a run up to a day: name -> (days, (future, day)), each read anew when asked for."""

    def __init__(self, run: Run, last: int, rows: NDArray[np.int64] | None = None) -> None:
        deniable = [ident for ident, move in run.scenario.moves.items() if move.deniable]
        unseen = {*of_forces_abroad(run), *(f"in_effect_{ident}" for ident in deniable)}
        self._run, self._rows = run, rows
        days = days_along(run, "date")
        self._days: Days = days[days <= last]
        self._names = [name for name in curves(run) if not name.startswith(HIDDEN) and name not in unseen]
        self._ground: dict[str, Floats] = {}
        self._ground_days: Days = days[:0]
        if "place_holder" in run.measures:
            when = days_along(run, "snapshot")
            self._ground_days = when[when <= last]
            kept = kept_by_area(run, tuple(int(day) for day in self._ground_days))
            self._ground = {name: values.T for name, values in kept.items()}

    def __getitem__(self, name: str) -> tuple[Days, Floats]:
        values = self._ground.get(name)
        if values is None:
            values = self._run.measures.variables[name].isel(date=slice(0, len(self._days))).values
        return self.days(name), values if self._rows is None else values[self._rows]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._names, *self._ground])

    def __len__(self) -> int:
        return len(self._names) + len(self._ground)

    def __contains__(self, name: object) -> bool:
        return name in self._ground or name in self._names

    def days(self, name: str) -> Days:
        return self._ground_days if name in self._ground else self._days


class Observed:
    """Observables over time.

    curves : name -> (days, (future, day))
    looks : days at which many ask; what had been reached by each is kept once it was read
    """

    def __init__(self, curves: Mapping[str, tuple[Days, Floats]], looks: Sequence[int] = LOOKS) -> None:
        self.curves = curves
        self.looks = tuple(sorted(looks))
        self._kept: dict[str, tuple[Floats, Floats, Floats]] = {}

    def days(self, name: str) -> Days:
        """Days on which an observable is known."""
        if isinstance(self.curves, Curves):
            return self.curves.days(name)
        return self.curves[name][0]

    def until(self, name: str, day: int, above: bool) -> Floats:
        """Highest (or lowest) value up to a day, one a future."""
        if day in self.looks:
            reached = self._looked(name)[0 if above else 1][self.looks.index(day)]
        else:
            days, values = self.curves[name]
            seen = values[:, : np.searchsorted(days, day, "right")]
            reached = seen.max(1) if above else seen.min(1)
        return np.asarray(reached, dtype=np.float64)

    def at(self, name: str, day: int) -> Floats:
        """Value on a day, one a future."""
        if day in self.looks:
            return np.asarray(self._looked(name)[2][self.looks.index(day)])
        days, values = self.curves[name]
        return np.asarray(values[:, np.searchsorted(days, day, "right") - 1])

    def crossed(self, sign: Sign) -> Floats:
        """Day on which a sign's value is first crossed; infinite if it never is by the sign's day."""
        days, values = self.curves[sign.measure]
        beyond = (values > sign.value) if sign.above else (values < sign.value)
        beyond &= days <= sign.day
        first = beyond.argmax(1)
        return np.where(beyond.any(1), days[first].astype(np.float64), np.inf)

    def holds(self, sign: Sign) -> NDArray[np.bool_]:
        """Which futures show a sign."""
        return shows(self.until(sign.measure, sign.day, sign.above), sign)

    def _looked(self, name: str) -> tuple[Floats, Floats, Floats]:
        """Highest and lowest so far, and the value, at each look: (look, future) each."""
        if name not in self._kept:
            days, values = self.curves[name]
            high, low, now = (np.zeros((len(self.looks), len(values)), dtype=values.dtype) for _ in range(3))
            before = 0
            for k, day in enumerate(self.looks):
                until = int(np.searchsorted(days, day, "right"))
                if until == 0:
                    continue  # not known yet: nobody asks before the first day
                if until == before:
                    high[k], low[k] = high[k - 1], low[k - 1]
                else:
                    high[k], low[k] = values[:, before:until].max(1), values[:, before:until].min(1)
                    if before:
                        np.maximum(high[k], high[k - 1], out=high[k])
                        np.minimum(low[k], low[k - 1], out=low[k])
                now[k] = values[:, until - 1]
                before = until
            self._kept[name] = high, low, now
        return self._kept[name]


def shows(reached: Floats, sign: Sign) -> NDArray[np.bool_]:
    """Which futures show a sign, of the values they reached by its day."""
    crossed = reached > sign.value if sign.above else reached < sign.value
    return np.asarray(crossed == sign.has)


def observe(run: Run, last: int, rows: NDArray[np.int64] | None = None) -> Observed:
    """What can be seen from outside up to a day: counts over time, open moves, and which ground has changed
    hands.

    rows : the futures to look at, as they stand in the arrays of the run; None, all
    """
    return Observed(Curves(run, last, rows))
