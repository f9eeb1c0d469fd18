"""From futures to the forecast that goes on record: two voices, the futures and the past.

Futures of one model share its errors, so a share of them is too sure to be a probability. Who holds a place
is therefore forecast by two voices: the futures, and the rate at which places in a like situation changed
hands in the scenario's own past (the baseline `reference_class`). They are pooled on log odds (Genest & Zidek
1986), the futures with three times the weight of the past: in quiet months less would score a little better,
where a state comes apart more, and by far (Iraq before June 2014, Mali 2012).

The rule is one for all crises. A past that the scenario does not tell has no voice: where no incident is
dated nothing is known of changes of hands. Numbers, politics and all else go on record as the futures have
them; why, and what was tried, stands in docs/explanation/forecasts.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.forecast.answers import NEVER, VALUES

if TYPE_CHECKING:
    from afternext.forecast.past import Past
    from afternext.scenario.question_schema import Question

Forecast = dict[str, Any]

WEIGHT = 0.75  # of the futures against the past
VOICE = "reference_class"
PLACE_EVENTS = ("takes", "changes_hands")
RULE = {"with": VOICE, "how": "log odds", "weight_of_futures": WEIGHT}


def is_pooled(question: Question, past: Past) -> bool:
    """Whether a question is about who holds a place, in a scenario that tells of its past."""
    about = question.measure == "holder" or question.event in PLACE_EVENTS
    return about and any(item.date is not None for item in past.scenario.incidents)


def pooled(
    question: Question, said: Forecast, rivals: Mapping[str, Forecast], past: Past, weight: float = WEIGHT
) -> Forecast:
    """The forecast that goes on record, from what the futures say and the simple forecasts."""
    other = rivals.get(VOICE)
    if other is None or not is_pooled(question, past):
        return dict(said)
    if question.kind == "binary":
        return {"p": between(float(said["p"]), float(other["p"]), weight)}
    if question.kind == "category":
        return {"p": between_classes(said["p"], other["p"], weight)}
    return {"days": between_days(said["days"], other["days"], weight)}


def between(p: float, q: float, weight: float) -> float:
    """The probability whose log odds lie between two, `weight` of the way to the first."""
    odds = weight * np.log(p / (1.0 - p)) + (1.0 - weight) * np.log(q / (1.0 - q))
    return float(1.0 / (1.0 + np.exp(-odds)))


def between_classes(p: Mapping[str, float], q: Mapping[str, float], weight: float) -> dict[str, float]:
    """The same for classes: the geometric mean, normed."""
    mixed = {name: p[name] ** weight * q[name] ** (1.0 - weight) for name in p}
    total = sum(mixed.values())
    return {name: value / total for name, value in mixed.items()}


def between_days(
    first: Sequence[float | None], other: Sequence[float | None], weight: float
) -> list[float | None]:
    """Days whose distribution, at each day, has log odds between the two; None is never."""
    days = [sorted(NEVER if day is None else day for day in part) for part in (first, other)]
    known = sorted({day for part in days for day in part if day != NEVER})
    if not known:
        return [None] * VALUES
    # Half a value is added, so that neither voice says never or always.
    shares = [(np.searchsorted(part, known, side="right") + 0.5) / (len(part) + 1.0) for part in days]
    odds = sum(w * np.log(s / (1.0 - s)) for w, s in zip((weight, 1.0 - weight), shares, strict=True))
    reached = 1.0 / (1.0 + np.exp(-np.asarray(odds)))
    at = np.searchsorted(reached, (np.arange(VALUES) + 0.5) / VALUES * (1 - 1e-12))
    return [float(known[k]) if k < len(known) else None for k in at]
