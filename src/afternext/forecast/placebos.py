"""Forecasts that must not score well: if they do, the score rewards something else than knowing.

shuffled     : each forecast answers another question of the same measure, form and lead
wrong_sign   : the model says the opposite of what it says, as seen from the climatology
prior_only   : without the weights (where weights are in use)
shuffled_claims : the weights dealt out to other futures (where weights are in use)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from afternext.forecast.answers import Answers
from afternext.forecast.pooled import is_pooled, pooled
from afternext.forecast.scored import Scored, score_all, with_forecasts

LEAST = 1e-6


def placebos(rows: Sequence[Scored], answers: Answers, seed: int = 0) -> dict[str, dict[str, Any]]:
    """Mean leading score of each placebo by measure, beside that of the forecast itself."""
    found = {
        "shuffled": _shuffled(rows, seed),
        "wrong_sign": with_forecasts(rows, _mirrored),
    }
    equal = np.allclose(answers.weights, answers.weights[0])
    if not equal:
        rng = np.random.default_rng(seed)
        others = {
            "prior_only": Answers(answers.run),
            "shuffled_claims": Answers(answers.run, rng.permutation(answers.weights)),
        }
        for name, other in others.items():
            found[name] = with_forecasts(rows, lambda row, other=other: _issued(row, other))  # type: ignore[misc]
    own = _means(rows)
    return {
        name: {
            measure: {"score": round(value, 6), "forecast": round(own[measure], 6)}
            for measure, value in _means(part).items()
        }
        for name, part in found.items()
    }


def futures_alone(rows: Sequence[Scored], answers: Answers) -> dict[str, dict[str, float]]:
    """What the futures score by themselves, where forecasts are pooled with the past."""
    chosen = [row for row in rows if is_pooled(row.question, answers.past)]
    if not chosen:
        return {}
    own = _means(chosen)
    alone = _means(with_forecasts(chosen, lambda row: answers.forecast(row.question)))
    return {name: {"score": round(alone[name], 6), "forecast": round(own[name], 6)} for name in own}


def _issued(row: Scored, answers: Answers) -> dict[str, Any]:
    return pooled(row.question, answers.forecast(row.question), row.baselines, answers.past)


def _means(rows: Sequence[Scored]) -> dict[str, float]:
    measures = dict.fromkeys(row.measure for row in rows)
    return {name: float(np.mean([row.score for row in rows if row.measure == name])) for name in measures}


def _shuffled(rows: Sequence[Scored], seed: int) -> list[Scored]:
    groups: dict[tuple[Any, ...], list[Scored]] = {}
    for row in rows:
        key = (row.measure, row.question.kind, row.question.measure, row.lead, len(row.question.levels))
        groups.setdefault(key, []).append(row)
    rng = np.random.default_rng(seed)
    found = []
    for part in groups.values():
        # A shift by a random number of places leaves no forecast where it was, if there are two or more.
        order = rng.permutation(len(part))
        for k, place in enumerate(order):
            row, other = part[place], part[order[(k + 1) % len(part)]]
            found.append(
                Scored(row.question, row.day, row.cluster, other.forecast, row.outcome, row.baselines)
            )
    return score_all(found)


def _mirrored(row: Scored) -> dict[str, Any]:
    """The forecast on the other side of the climatology: odds, shares, or factors turned round.

    A number that no baseline knows (people abroad, say) is turned about its own middle.
    """
    known = (row.baselines.get(name) for name in ("climatology", "no_change", "uniform"))
    base = next((found for found in known if found), row.forecast)
    if row.question.kind == "binary":
        odds = 2 * _logit(float(base["p"])) - _logit(float(row.forecast["p"]))
        return {"p": float(np.clip(1 / (1 + np.exp(-odds)), LEAST, 1 - LEAST))}
    if row.question.kind == "category":
        names = list(row.forecast["p"])
        turned = np.array([base["p"][n] ** 2 / max(row.forecast["p"][n], LEAST) for n in names])
        return {"p": dict(zip(names, (turned / turned.sum()).tolist(), strict=True))}
    if row.question.kind == "date":
        return {"days": list(base["days"])}
    middle = float(np.median(base["values"]))
    values = (middle + 1.0) ** 2 / (np.array(row.forecast["values"]) + 1.0) - 1.0
    return {"values": np.maximum(values, 0.0).tolist()}


def _logit(p: float) -> float:
    p = min(max(p, LEAST), 1 - LEAST)
    return float(np.log(p / (1 - p)))
