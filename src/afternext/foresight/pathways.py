"""Pathways: when each strategy stops being good enough, and where to switch to which other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from afternext.foresight.survival import Survival
from afternext.foresight.switching import Dated
from afternext.foresight.triggers import Trigger
from afternext.foresight.weights import Floats
from afternext.foresight.words import Words

if TYPE_CHECKING:
    import pandas as pd

Range = tuple[float, float, float]  # mean, low, high; the range holds in 90 of 100 resamples of futures
AT_ONCE, LATER, NEVER = "at once", "later", "never"
WORTH = 0.01  # gain in share of days under which a switch is not worth a station


@dataclass(frozen=True)
class Line:
    """One strategy kept to the end.

    Attributes
    ----------
    good : (D,) share of futures in which the goal holds, by output day
    lasts : survival until it stops being good enough for good
    tips : first day on which it lasts in fewer than the wanted share of futures: (day, early, late)
    again : first day from which on the goal holds in the wanted share of futures to the end; None: it does
        not
    days : share of all days on which the goal holds: mean and range
    end : share of futures in which the goal holds on the last day
    cost : mean cost of all moves in effect up to the end, None where nothing has a cost
    movable : whether it consists of decisions, which have dates; else it can be neither left nor joined
    trigger : what announces its tipping, None where nothing does better than chance
    """

    id: str
    title: str
    good: Floats
    lasts: Survival
    tips: tuple[float | None, float | None, float | None]
    again: int | None
    days: Range
    end: Range
    cost: float | None
    movable: bool
    trigger: Trigger | None


@dataclass(frozen=True)
class Change:
    """A switch from one strategy to another, read from futures of both; scored on held-out futures.

    Attributes
    ----------
    kind : at once (the sooner the better), later (there is a best time), never (staying is as good)
    dated : the best date and the dates as good as far as the choosing futures can tell
    use_by : last date on which it still gains over staying, beyond sampling; None: it never does
    bites : days from decision to effect: median over futures in which it comes to one
    delivered : share of futures in which it comes to an effect
    days, end : share of days on which the goal holds, share of futures in which it does on the last day
    over_staying, over_best : gain in share of days over the source kept, over the best single strategy
    cost : mean extra cost over staying
    waiting : (day, share of days lost against the best date: mean, low, high)
    regret : mean shortfall against the best pathway of each future, in hindsight
    by_sign : gain in share of days of switching on the source's trigger instead of the best date
    in_time : share of hits of that trigger whose lead is at least the time of delivery
    """

    source: str
    target: str
    kind: str
    dated: Dated
    use_by: int | None
    bites: float
    delivered: float
    days: Range
    end: Range
    over_staying: Range
    over_best: Range
    cost: float | None
    waiting: tuple[tuple[int, Range], ...]
    regret: float
    by_sign: Range | None
    in_time: float | None


@dataclass(frozen=True)
class Played:
    """A switch that was run as a strategy of its own, beside what was read off.

    day : of the switch; where it comes on a sign, the middle day of the futures that show it
    sign : what is waited for, nothing where it has a date        signed : share of futures that show it
    read, ran : gain in share of days over staying with the source
    same : share of futures whose goal is the same as the source's on every output day before the switch
    """

    id: str
    source: str
    target: str
    day: int
    read: Range
    ran: Range
    end: Range
    same: float
    sign: str = ""
    signed: float = 1.0

    @property
    def kept(self) -> float | None:
        """Share of the promised gain that the run kept; None where nothing much was promised."""
        return self.ran[0] / self.read[0] if abs(self.read[0]) > 0.005 else None


@dataclass(frozen=True)
class Pathways:
    """Lines, switches between them, and what was played of them."""

    scenario: str
    seed: int
    futures: int
    scoring: int
    freeze: date
    goal: str
    declared: bool
    share: float
    lasting: int
    since: int
    grid: tuple[int, ...]
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    played: tuple[Played, ...]
    best: str
    words: Words
    said: str

    @property
    def last(self) -> int:
        return self.grid[-1]

    def line(self, ident: str) -> Line:
        return next(line for line in self.lines if line.id == ident)

    def when(self, day: float) -> date:
        return self.freeze + timedelta(days=round(day))

    def worth(self) -> tuple[Change, ...]:
        """Switches that gain over staying beyond sampling, the best first."""
        return tuple(one for one in self.changes if one.kind != NEVER and one.over_staying[0] >= WORTH)

    def late(self, one: Change) -> int:
        """Last day as good as the best and still better than staying, as far as these futures tell."""
        day = one.dated.days[one.dated.late]
        return day if one.use_by is None else min(day, one.use_by)

    def station(self, one: Change) -> int:
        """Day on which a switch stands on the map: its best day, or, where sooner is better, its last one."""
        return self.late(one) if one.kind == AT_ONCE else one.dated.day

    def main(self, most: int = 6) -> tuple[Change, ...]:
        """The switches worth a station: the best two of each line, at most so many."""
        chosen: list[Change] = []
        for one in self.worth():
            if sum(other.source == one.source for other in chosen) < 2:
                chosen.append(one)
        return tuple(chosen[:most])

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "futures": self.futures,
            "held_out_futures": self.scoring,
            "goal": self.goal,
            "said": self.said,
            "declared": self.declared,
            "wanted_share_of_futures": self.share,
            "lasting_days": self.lasting,
            "judged_from_day": self.since,
            "freeze": self.freeze.isoformat(),
            "last_day": self.last,
            "best_single_strategy": self.best,
            "strategies": [self._line(line) for line in self.lines],
            "switches": [self._change(one) for one in self.changes],
            "played": [self._played(one) for one in self.played],
        }

    def _line(self, line: Line) -> dict[str, Any]:
        day, early, late = line.tips
        return {
            "strategy": line.id,
            "title": line.title,
            "tips": {
                "day": day,
                "date": None if day is None else self.when(day).isoformat(),
                "early": early,
                "late": late,
                "censored": day is None,
            },
            "still_good_share_of_futures": [
                {
                    "day": int(at),
                    **dict(zip(("share", "low", "high"), map(_short, line.lasts.at(at)), strict=True)),
                }
                for at in _marks(line.lasts.until)
            ],
            "good_again_from_day": line.again,
            "good_days_share": _range(line.days),
            "good_at_the_end_share_of_futures": _range(line.end),
            "cost": None if line.cost is None else round(line.cost, 3),
            "decisions_only": line.movable,
            "trigger": None if line.trigger is None else line.trigger.to_dict(self.words),
        }

    def _change(self, one: Change) -> dict[str, Any]:
        days = one.dated.days
        return {
            "from": one.source,
            "to": one.target,
            "kind": one.kind,
            "day": one.dated.day,
            "date": self.when(one.dated.day).isoformat(),
            "as_good": {"from_day": days[one.dated.early], "to_day": days[one.dated.late]},
            "use_by_day": one.use_by,
            "days_to_effect": _short(one.bites) if one.delivered > 0 else None,
            "delivered_share_of_futures": _short(one.delivered),
            "good_days_share": _range(one.days),
            "good_at_the_end_share_of_futures": _range(one.end),
            "gain_over_staying": _range(one.over_staying),
            "gain_over_best_single": _range(one.over_best),
            "extra_cost": None if one.cost is None else round(one.cost, 3),
            "waiting": [{"day": day, "lost": _range(lost)} for day, lost in one.waiting],
            "regret_in_hindsight": _short(one.regret),
            "gain_of_switching_on_the_trigger": None if one.by_sign is None else _range(one.by_sign),
            "trigger_in_time_share": None if one.in_time is None else _short(one.in_time),
        }

    def _played(self, one: Played) -> dict[str, Any]:
        return {
            "strategy": one.id, "from": one.source, "to": one.target, "day": one.day,
            "date": self.when(one.day).isoformat(), "on_sign": one.sign or None,
            "sign_shows_share_of_futures": _short(one.signed), "read_gain_over_staying": _range(one.read),
            "played_gain_over_staying": _range(one.ran),
            "good_at_the_end_share_of_futures": _range(one.end),
            "kept_of_promise": None if one.kept is None else _short(one.kept),
            "same_before_the_switch_share_of_futures": _short(one.same),
        }  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row a switch, and one a strategy kept to the end."""
        import pandas as pd

        rows = [
            {
                "from": line.id, "to": "", "day": None, "date": None, "good_days": line.days[0],
                "low": line.days[1], "high": line.days[2], "good_at_end": line.end[0], "cost": line.cost,
                "tips_on": None if line.tips[0] is None else self.when(line.tips[0]).isoformat(),
                "gain_over_staying": 0.0, "trigger": line.trigger.text(self.words) if line.trigger else "",
            }
            for line in self.lines
        ] + [
            {
                "from": one.source, "to": one.target, "day": one.dated.day,
                "date": self.when(one.dated.day).isoformat(), "good_days": one.days[0],
                "low": one.days[1], "high": one.days[2], "good_at_end": one.end[0], "cost": one.cost,
                "tips_on": None, "gain_over_staying": one.over_staying[0], "trigger": "",
            }
            for one in self.changes
        ]  # fmt: skip
        return pd.DataFrame(rows)


def _marks(until: float) -> list[int]:
    """Days at which a curve is told: months at first, then quarters."""
    return [day for day in (30, 61, 91, 122, 152, 183, *range(274, 5000, 91)) if day <= until]


def _short(value: float) -> float:
    return round(float(value), 4)


def _range(three: Range) -> dict[str, float]:
    return {"mean": _short(three[0]), "low": _short(three[1]), "high": _short(three[2])}
