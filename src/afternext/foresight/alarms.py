"""Triggers of anticipatory action: by which day which signal announces an emergency, and how often wrongly.

An emergency is a flight of at least so many people within 30 days. For each day at which somebody looks, the
signal is chosen on part of the futures and scored on the others (as in `signposts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.show import days_along, freeze_of, nearest
from afternext.ensemble.weights import in_use, values_of
from afternext.foresight.observed import observe
from afternext.foresight.signposts import WORTH, Rule, rule_by
from afternext.foresight.weights import Floats, quantile, shares
from afternext.foresight.words import Words, significant

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

PEOPLE = 25_000.0
WITHIN = 30  # days
LOOKS = (14, 30, 60, 91, 183, 365)
COMMON, RARE = 0.9, 0.1  # shares beyond which nothing is left to announce
LARGE = 2 / 3  # share of futures that stay below what counts as a large flight, where 25,000 is too common


@dataclass(frozen=True)
class Trigger:
    """One row of a trigger table.

    people : newly displaced within 30 days after the look from which it is an emergency
    share : of futures in which that happens        rule : None where no signal is worth watching
    lead : days from the signal to the day on which the number is reached, (median, low, high)
    """

    day: int
    date: date
    people: float
    share: float
    rule: Rule | None
    text: str
    why_none: str
    lead: tuple[int, int, int] | None

    def to_dict(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "look_day": self.day, "look_date": self.date.isoformat(), "people": self.people,
            "within_days": WITHIN, "share_of_futures": round(self.share, 4),
            "signal": self.text or None, "why_none": self.why_none or None,
            "signs": [] if rule is None else [sign.to_dict() for sign in rule.signs],
            "hit_rate": None if rule is None else round(rule.hits, 4),
            "false_alarm_rate": None if rule is None else round(rule.false_alarms, 4),
            "share_right_when_seen": None if rule is None else round(rule.right, 4),
            "lead_days": None if self.lead is None
            else dict(zip(("median", "low", "high"), self.lead, strict=True)),
        }  # fmt: skip


def triggers(
    run: Run, people: float = PEOPLE, weights: Floats | None = None, seed: int = 0
) -> tuple[Trigger, ...]:
    """One row for each day to look at; a second one for a large flight where `people` flee nearly always."""
    if "newly_displaced" not in run.measures:
        return ()
    w = shares(values_of(in_use(run, weights)), len(run.measures["future"]))
    days = days_along(run, "date")
    curve = run.measure("newly_displaced").values.astype(np.float64)
    observed = observe(run, int(days[-1]))
    words, freeze = Words(run), freeze_of(run)
    rows = []
    for look in LOOKS:
        if look + WITHIN > days[-1]:
            break
        a, b = nearest(days, look), nearest(days, look + WITHIN)
        fled = curve[:, b] - curve[:, a]
        wanted = [people]
        if float(w @ (fled >= people)) > COMMON:
            large = significant(quantile(fled, w, LARGE), 1)
            wanted += [large] if large > people else []
        for size in wanted:
            is_it = fled >= size
            share = float(w @ is_it)
            rule, why = None, ""
            if not RARE <= share <= COMMON:
                why = "nearly always" if share > COMMON else "nearly never"
            else:
                rule = rule_by(observed, is_it, w, look, look + WITHIN, seed)
                if rule is None:
                    why = "too few futures"
                elif rule.score < WORTH:
                    rule, why = None, "no signal tells"
            when = freeze + timedelta(days=look)
            text, lead = "", None
            if rule is not None:
                parts = [sign.text(words, freeze + timedelta(days=sign.day)) for sign in rule.signs]
                text = " and ".join([parts[0], *(part.split(", ", 1)[1] for part in parts[1:])])
                lead = _lead(curve, days, a, size, is_it, rule, look)
            rows.append(Trigger(look, when, size, share, rule, text, why, lead))
    return tuple(rows)


def _lead(
    curve: Floats, days: Any, start: int, size: float, is_it: Any, rule: Rule, look: int
) -> tuple[int, int, int]:
    """Days from the signal (at the latest the look) to the day on which so many have fled since the look."""
    reached = (curve - curve[:, [start]] >= size) & (days >= look)
    day = days[reached.argmax(1)][is_it].astype(np.float64)
    waits = day - look
    # rule.lead counts from the signal to the end of the 30 days: what it is earlier than the look is added.
    early = max(0, rule.lead[0] - WITHIN)
    low, middle, high = (int(np.quantile(waits, q)) for q in (0.1, 0.5, 0.9))
    return middle + early, low + early, high + early
