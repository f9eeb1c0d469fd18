"""What lies between a decision and its effect, in the futures of a run: for one move of one power.

The world measures parts of delays as means over all moves that took effect. The sum of a part over moves
jumps on the day on which a move takes effect, so the parts of one move are read off that jump, in the futures
in which nothing else took effect on the same output date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.show import days_along
from afternext.ensemble.weights import in_use, values_of
from afternext.foresight.weights import Floats, quantile, shares
from afternext.world.events import DECIDED, DELIVERED, REFUSES

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

PARTS = ("consent", "politics", "distance", "readiness", "collection")
# Consent, means and collection go on side by side; politics at home comes on top (docs/model/delivery.md).
TOLD = {
    "consent": "consent of the host", "politics": "politics at home", "distance": "geography",
    "readiness": "readiness", "collection": "collection and targeting", "ramp": "until half of its effect",
}  # fmt: skip
NEVER = np.inf
RANGE = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Delivery:
    """Decisions on one option over the futures of a run.

    Attributes
    ----------
    decided, delivered : share of futures in which it is decided, and takes effect, within the run
    refused : share in which a host or a legislature refuses it at least once
    decision_day, effect_day : (F,) first day, infinite where there is none
    waited : (F,) days from decision to effect
    parts : part -> (F,) days, nan where they cannot be read
    ramp : days from the first effect to half of the full one, middle future
    """

    futures: int
    decided: float
    delivered: float
    refused: float
    decision_day: Floats
    effect_day: Floats
    waited: Floats
    parts: dict[str, Floats]
    ramp: float
    weights: Floats

    def days(self, values: Floats) -> tuple[float, float, float] | None:
        """Early, middle and late tenth of some days, over the futures that have them; None if none has."""
        there = np.isfinite(values)
        if not there.any():
            return None
        low, middle, high = (quantile(values[there], self.weights[there], q) for q in RANGE)
        return low, middle, high

    def reached(self, values: Floats, q: float) -> float:
        """Day by which a share `q` of all futures has it; infinite where fewer ever do."""
        return quantile(np.where(np.isfinite(values), values, np.inf), self.weights, q)

    def budget(self) -> dict[str, float]:
        """Mean days of each part over the futures in which parts can be read, and the ramp."""
        there = np.isfinite(self.parts["consent"])
        if not there.any():
            return {"ramp": self.ramp}
        w = self.weights[there] / self.weights[there].sum()
        return {**{part: float(w @ self.parts[part][there]) for part in PARTS}, "ramp": self.ramp}

    def to_dict(self) -> dict[str, Any]:
        def told(values: Floats) -> dict[str, float] | None:
            found = self.days(values)
            return None if found is None else dict(zip(("0.1", "0.5", "0.9"), map(float, found), strict=True))

        return {
            "decided_in_share_of_futures": round(self.decided, 4),
            "delivered_in_share_of_futures": round(self.delivered, 4),
            "refused_in_share_of_futures": round(self.refused, 4),
            "decision_day": told(self.decision_day), "effect_day": told(self.effect_day),
            "days_from_decision_to_effect": told(self.waited),
            "mean_days": {part: round(days, 1) for part, days in self.budget().items()},
        }  # fmt: skip


def delivery(run: Run, move: str, by: str, to: str | None, weights: Floats | None = None) -> Delivery:
    """Decisions of a power on a move towards a target, over the futures of a run."""
    scenario = run.scenario
    count = len(run.measures["future"])
    w = shares(values_of(in_use(run, weights)), count)
    rows, log = run.every_event((DECIDED, REFUSES, DELIVERED))
    powers = list(scenario.powers)
    number, who = list(scenario.moves).index(move), powers.index(by)
    whom = -1 if to is None else powers.index(to)
    same = log["move"] == number
    here = same & (log["force"] == who) & (log["other"] == whom)
    turned = same & (log["force"] == whom) & (log["other"] == who)  # the host is who refuses
    decision = _first(rows, log, here & (log["kind"] == DECIDED), count)
    effect = _first(rows, log, here & (log["kind"] == DELIVERED), count)
    waited = np.full(count, np.nan)
    done = here & (log["kind"] == DELIVERED)
    for row, event in zip(rows[done][::-1], log[done][::-1], strict=True):
        waited[row] = float(event["persons"])
    said_no = np.zeros(count, dtype=bool)
    said_no[rows[(here | turned) & (log["kind"] == REFUSES)]] = True
    return Delivery(
        count, float(w @ np.isfinite(decision)), float(w @ np.isfinite(effect)), float(w @ said_no),
        decision, effect, waited, _parts(run, effect), _ramp(run, move, w), w,
    )  # fmt: skip


def _first(rows: Any, log: Any, wanted: Any, count: int) -> Floats:
    """Day of the first of some events in each future."""
    first = np.full(count, NEVER)
    np.minimum.at(first, rows[wanted], log["day"][wanted].astype(np.float64))
    return first


def _parts(run: Run, effect: Floats) -> dict[str, Floats]:
    days = days_along(run, "date")
    out = {part: np.full(len(effect), np.nan) for part in PARTS}
    if "delivered" not in run.measures or any(f"delay_{part}" not in run.measures for part in PARTS):
        return out
    delivered = run.measure("delivered").values.astype(np.float64)
    at = np.searchsorted(days, np.where(np.isfinite(effect), np.ceil(effect), 0.0))
    rows = np.arange(len(effect))
    at = np.minimum(at, len(days) - 1)
    before = np.maximum(at - 1, 0)
    # The log's day is the end of the step; the jump is on that date, alone, or it is another move's too.
    alone = np.isfinite(effect) & (at > 0) & (delivered[rows, at] - delivered[rows, before] == 1)
    for part in PARTS:
        total = run.measure(f"delay_{part}").values.astype(np.float64) * np.maximum(delivered, 1.0)
        out[part][alone] = (total[rows, at] - total[rows, before])[alone]
    return out


def _ramp(run: Run, move: str, w: Floats) -> float:
    column = f"moves.{move}.ramp_days"
    if column in run.experiments:
        return quantile(run.experiments[column].to_numpy(dtype=np.float64), w, 0.5)
    return float(run.scenario.center(run.scenario.moves[move].ramp_days))
