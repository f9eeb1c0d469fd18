"""From futures to the forecast that goes on record: two voices with equal say, the futures and the past.

Futures of one model share its errors, so a share of them is too sure to be a probability. What a scenario's
own past can speak of is therefore forecast by two voices, the futures and a simple baseline:

    who holds a place : the rate of places in a like situation (`reference_class`), pooled on log odds, so
        that a voice that is alone in a high or low chance is heard by half (Genest & Zidek 1986)
    people displaced or killed : what the last 12 months did goes on (`climatology`); half of the values are
        from each, because either voice may be right as a whole (a linear pool)

Equal weights need no outcome to be tuned on, and are hard to beat (Clemen 1989; Stock & Watson 2004). The
rule is one for all crises. A past that the scenario does not tell has no voice: with no dated incident nothing
is known of changes of hands, with nobody displaced within the year nothing of how displacement goes on.
Politics, returns and all else go on record as the futures have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.forecast.answers import NEVER, VALUES, equally_likely

if TYPE_CHECKING:
    from afternext.forecast.past import Past
    from afternext.scenario.question_schema import Question

Forecast = dict[str, Any]

WEIGHT = 0.5  # of the futures against the past
PLACE_EVENTS = ("takes", "changes_hands")
BY = {"idps": "", "idps_origin": "origin", "idps_hosted": "place"}


def voice_of(question: Question, past: Past) -> str:
    """The baseline that has equal say with the futures; empty if the scenario's past has no voice."""
    if question.measure == "holder" or question.event in PLACE_EVENTS:
        told = any(item.date is not None for item in past.scenario.incidents)
        return "reference_class" if told else ""
    if question.event is not None or question.kind == "date":
        return ""
    if question.measure == "deaths":
        return "climatology" if past.monthly_deaths.any() else ""
    if question.measure not in BY:
        return ""
    area, by = question.admin1, BY[question.measure]
    told = past.stock(area, by) > 0 and bool(past.monthly_flow(area, by).any())
    return "climatology" if told else ""


def pooled(
    question: Question, said: Forecast, rivals: Mapping[str, Forecast], past: Past, weight: float = WEIGHT
) -> Forecast:
    """The forecast that goes on record, from what the futures say and the simple forecasts."""
    voice = voice_of(question, past)
    if voice not in rivals:
        return dict(said)
    other = rivals[voice]
    odds = voice == "reference_class"
    if question.kind == "binary":
        mixed = between if odds else mean
        return {"p": mixed(float(said["p"]), float(other["p"]), weight)}
    if question.kind == "category":
        if odds:
            return {"p": between_classes(said["p"], other["p"], weight)}
        return {"p": {name: mean(p, other["p"][name], weight) for name, p in said["p"].items()}}
    if question.kind == "date":
        return {"days": between_days(said["days"], other["days"], weight)}
    return {"values": both(said["values"], other["values"], weight)}


def rule(question: Question, past: Past) -> dict[str, Any]:
    """What a line on record says of how it was pooled."""
    voice = voice_of(question, past)
    how = "log odds" if voice == "reference_class" else "linear"
    return {"with": voice, "how": how, "weight_of_futures": WEIGHT}


def mean(p: float, q: float, weight: float) -> float:
    """The weighted mean of two probabilities."""
    return weight * p + (1.0 - weight) * q


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


def both(first: Sequence[float], other: Sequence[float], weight: float) -> list[float]:
    """Equally likely values of the mixture of two distributions."""
    values = np.array([*first, *other], dtype=np.float64)
    weights = np.repeat([weight / len(first), (1.0 - weight) / len(other)], [len(first), len(other)])
    return [float(f"{value:.9g}") for value in equally_likely(values, weights)]
