"""Triggers: what to watch so that a switch is made before a strategy stops being good enough.

A trigger is *as soon as an observable rises above (or falls below) a value*. It is chosen on one part of the
futures, by folds, and scored on the rest. A future in which it goes off before the strategy tips is a hit;
one in which it goes off and the strategy never tips, a false alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.foresight.observed import Observed
from afternext.foresight.signposts import FEWEST, FOLDS, STEPS, round_cut
from afternext.foresight.weights import Floats, quantile
from afternext.foresight.words import KEPT, Words

Bools = NDArray[np.bool_]
WORTH = 0.2  # hit rate less false alarm rate, foreseen by folds and found on held-out futures, at least


@dataclass(frozen=True)
class Trigger:
    """An observable, a value, and how well crossing it announces that a strategy tips, on held-out futures.

    Attributes
    ----------
    hits : share of futures that tip in which it goes off before
    false_alarms : share of the others in which it goes off
    right : share of futures in which it went off and that tip afterwards
    lead : days from the trigger to the tipping of hits: (median, low, high); 8 of 10 lie between
    fires : (F,) day on which it goes off in each future of the run, infinite where it never does
    """

    measure: str
    above: bool
    value: float
    hits: float
    false_alarms: float
    right: float
    lead: tuple[int, int, int]
    fires: Floats

    def text(self, words: Words) -> str:
        """`displaced above 1.2 million`."""
        if self.measure.startswith(KEPT):
            lost = 1 - self.value
            some = "any" if lost < 0.02 else f"more than {round(100 * lost)} %"
            return f"{some} of {self.measure.removeprefix(KEPT)} has changed hands"
        way = "above" if self.above else "below"
        return f"{words.label(self.measure)} {way} {words.value(self.measure, self.value)}"

    def to_dict(self, words: Words) -> dict[str, Any]:
        low, high = self.lead[1:]
        return {
            "trigger": self.text(words), "measure": self.measure, "above": self.above, "value": self.value,
            "hit_rate": round(self.hits, 4), "false_alarm_rate": round(self.false_alarms, 4),
            "share_right_when_seen": round(self.right, 4),
            "lead_days": {"median": self.lead[0], "low": low, "high": high},
        }  # fmt: skip


def first_crossing(values: Floats, days: NDArray[np.int64], cuts: Floats, above: bool) -> Floats:
    """Day on which each future first crosses each value, infinite where it never does: (F, cut)."""
    sign = 1.0 if above else -1.0
    running = np.maximum.accumulate(sign * values, axis=1)
    when = np.append(days.astype(np.float64), np.inf)
    levels = sign * cuts
    places = np.empty((len(values), len(cuts)), dtype=np.intp)
    for row, reached in enumerate(running):
        places[row] = reached.searchsorted(levels, "right")
    return np.asarray(when[places])


def find_trigger(
    observed: Observed, tips: Floats, tipped: Bools, weights: Floats, choosing: Bools
) -> Trigger | None:
    """The trigger that best parts futures that tip, before they do, from those that do not.

    tips : (F,) day on which the strategy tips, or the last day watched        tipped : (F,) whether it does
    choosing : (F,) futures that choose; the others score
    """
    scoring = ~choosing
    groups = (choosing & tipped, choosing & ~tipped, scoring & tipped, scoring & ~tipped)
    if min(int(group.sum()) for group in groups) < FEWEST:
        return None
    own = np.flatnonzero(choosing)
    folds = np.arange(len(own)) % FOLDS
    best: tuple[float, str, bool, Floats, int] | None = None
    told, tipping, weight = tips[own], tipped[own], weights[own]
    for name, (days, all_values) in observed.curves.items():
        values = all_values[own]
        for above in (True, False):
            extreme = values.max(1) if above else values.min(1)
            cuts = _cuts(extreme)
            if not len(cuts):
                continue
            fires = first_crossing(values, days, cuts, above)
            informed = 0.0
            for fold in range(FOLDS):
                fit, rest = folds != fold, folds == fold
                k = int(np.argmax(_worth(fires[fit], told[fit], tipping[fit], weight[fit])))
                informed += _worth(fires[rest], told[rest], tipping[rest], weight[rest])[k]
            if best is None or informed / FOLDS > best[0] + 1e-9:
                k = int(np.argmax(_worth(fires, told, tipping, weight)))
                best = (informed / FOLDS, name, above, cuts, k)
    if best is None or best[0] < WORTH:
        return None
    _, name, above, cuts, k = best
    days, values = observed.curves[name]
    value = round_cut(cuts, k)
    found = _scored(
        name, above, value, first_crossing(values, days, np.array([value]), above)[:, 0], tips, tipped,
        weights, scoring,
    )  # fmt: skip
    # The futures that had no say may refuse it.
    return found if found is not None and found.hits - found.false_alarms >= WORTH else None


def _cuts(extreme: Floats) -> Floats:
    kinds = np.unique(extreme)
    cuts = (kinds[1:] + kinds[:-1]) / 2
    return np.unique(np.quantile(extreme, np.linspace(0.02, 0.98, STEPS))) if len(cuts) > STEPS else cuts


def _worth(fires: Floats, tips: Floats, tipped: Bools, weights: Floats) -> Floats:
    """Hit rate less false alarm rate of each value: (cut,)."""
    inside, outside = weights * tipped, weights * ~tipped
    hits = inside @ (fires < tips[:, None]) / max(inside.sum(), 1e-300)
    return np.asarray(hits - outside @ np.isfinite(fires) / max(outside.sum(), 1e-300))


def _scored(
    name: str, above: bool, value: float, fires: Floats, tips: Floats, tipped: Bools, weights: Floats,
    scoring: Bools,
) -> Trigger | None:  # fmt: skip
    off = np.isfinite(fires)
    hit = tipped & (fires < tips)
    inside, outside = weights[scoring & tipped].sum(), weights[scoring & ~tipped].sum()
    told = scoring & hit
    if not told.any():
        return None
    gap, own = (tips - fires)[told], weights[told]
    lead = [int(quantile(gap, own, q)) for q in (0.5, 0.1, 0.9)]
    # After the strategy has tipped there is nothing to announce.
    seen = weights[scoring & off & ~(tipped & ~hit)].sum()
    return Trigger(
        name, above, value, float(own.sum() / inside), float(weights[scoring & ~tipped & off].sum() /
        outside), float(own.sum() / seen), (lead[0], lead[1], lead[2]), fires,
    )  # fmt: skip
