"""Questions with their forecasts, outcomes and scores, and what they add up to.

The leading score of a question is proper and lower is better: Brier for yes or no and for sides, ranked
probability for ordered classes, CRPS of ln(1 + x) for numbers, CRPS of the day as a share of the watch for
dates. Skill compares means of that score, by measure and lead time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from afternext.forecast import scores
from afternext.forecast.answers import NEVER
from afternext.forecast.baselines import NAMES
from afternext.forecast.questions import HORIZONS, group_of
from afternext.forecast.settle import Outcome
from afternext.scenario.question_schema import Question

Forecast = dict[str, Any]
LEADING = {"binary": "brier", "number": "crps_log1p", "date": "crps_time"}
SPANS = {"30-180": (30, 180)}
ALL = "all"


@dataclass(frozen=True)
class Scored:
    """A question that came out.

    lead : days from the freeze, at the nearest horizon        cluster : what shares its fate
    """

    question: Question
    day: int
    cluster: str
    forecast: Forecast
    outcome: Outcome
    baselines: Mapping[str, Forecast]
    scores: Mapping[str, float] = field(default_factory=dict)
    rivals: Mapping[str, float] = field(default_factory=dict)

    @property
    def lead(self) -> int:
        """The horizon nearest to the question's day, on a scale of ratios."""
        return min(HORIZONS, key=lambda horizon: abs(math.log(horizon) - math.log(self.day)))

    @property
    def measure(self) -> str:
        """What is scored together: the subject, and the form where it has several."""
        return measure_of(self.question)

    @property
    def score(self) -> float:
        """The leading score."""
        return self.scores[leading(self.question)]

    @property
    def surprise(self) -> float:
        """Minus the logarithm of how likely the outcome, or one as far out, was held; for ranking misses."""
        if "pit" in self.scores:
            tail = 2.0 * min(self.scores["pit"], 1.0 - self.scores["pit"])
            return -math.log(max(tail, 0.01)) + self.scores["crps_log1p"]
        return self.scores.get("log", self.score)


def measure_of(question: Question) -> str:
    """What is scored together: control, control_who, control_when, displacement, displacement_classes, ..."""
    group = group_of(question)
    if group == "control":
        return {"binary": "control", "category": "control_who", "date": "control_when"}[question.kind]
    if group == "displacement" and question.kind != "number":
        return "displacement_classes"
    return group


def leading(question: Question) -> str:
    """Name of the score that counts for a question."""
    if question.kind == "category":
        return "rps" if question.levels else "brier"
    return LEADING[question.kind]


def score_of(question: Question, day: int, forecast: Forecast, outcome: float) -> dict[str, float]:
    """Every score of one forecast; the leading one among them."""
    if question.kind == "binary":
        p = float(forecast["p"])
        return {
            "brier": float(scores.brier(p, outcome)),
            "log": float(scores.log_score(p, outcome)),
        }
    if question.kind == "category":
        shares = np.array(list(forecast["p"].values()), dtype=np.float64)
        hit = int(outcome)
        found = {
            "brier": scores.brier_of_classes(shares, hit),
            "log": float(-np.log(max(shares[hit], 1e-12))),
        }
        if question.levels:
            found["rps"] = scores.rps(shares, hit)
        return found
    if question.kind == "date":
        days = np.array([NEVER if value is None else value for value in forecast["days"]])
        return {"crps_time": scores.crps_of_time(days, outcome, day)}
    values = np.array(forecast["values"], dtype=np.float64)
    low, high = scores.interval(values)
    return {
        "crps_log1p": float(scores.crps_log1p(values, outcome)),
        "crps": float(scores.crps(values, outcome)),
        "interval": float(scores.interval_score(low, high, outcome)),
        "covered80": float(low <= outcome <= high),
        "pit": scores.pit(values, outcome),
    }


def told(question: Question, forecast: Forecast) -> Any:
    """A forecast in short: a probability, probabilities by answer, or the 10, 50 and 90 % values."""
    if question.kind == "binary":
        return round(float(forecast["p"]), 6)
    if question.kind == "category":
        return {name: round(float(p), 6) for name, p in forecast["p"].items()}
    key = "days" if question.kind == "date" else "values"
    values = np.sort(np.array([NEVER if value is None else value for value in forecast[key]]))
    at = {q: float(values[round(q * len(values) - 0.5)]) for q in (0.1, 0.5, 0.9)}
    return {f"{q:g}": None if value == NEVER else round(value, 3) for q, value in at.items()}


def score_all(rows: Sequence[Scored]) -> list[Scored]:
    """Rows with their scores and those of the baselines."""
    found = []
    for row in rows:
        outcome = row.outcome.value
        assert outcome is not None
        mine = score_of(row.question, row.day, row.forecast, outcome)
        key = leading(row.question)
        rivals = {
            name: score_of(row.question, row.day, forecast, outcome)[key]
            for name, forecast in row.baselines.items()
        }
        found.append(
            Scored(row.question, row.day, row.cluster, row.forecast, row.outcome, row.baselines, mine, rivals)
        )
    return found


def skill_table(rows: Sequence[Scored], seed: int = 0) -> dict[str, dict[str, dict[str, Any]]]:
    """Skill by measure and lead; a measure is told again for the contested part of its questions."""
    measures: dict[str, list[Scored]] = {}
    for row in rows:
        measures.setdefault(row.measure, []).append(row)
    for name in list(measures):
        open_ones = [row for row in measures[name] if row.question.contested]
        if 0 < len(open_ones) < len(measures[name]):
            measures[f"{name}_contested"] = open_ones
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, chosen in measures.items():
        leads: dict[str, list[Scored]] = {}
        for lead in sorted({row.lead for row in chosen}):
            leads[str(lead)] = [row for row in chosen if row.lead == lead]
        for span, (first, last) in SPANS.items():
            inside = [row for row in chosen if first <= row.lead <= last]
            if inside and len({row.lead for row in inside}) > 1:
                leads[span] = inside
        leads[ALL] = chosen
        found[name] = {lead: summary(part, seed) for lead, part in leads.items()}
    return found


def summary(rows: Sequence[Scored], seed: int = 0) -> dict[str, Any]:
    """Mean score, skill against each baseline with its range, coverage, and how much the rows can carry."""
    mine = np.array([row.score for row in rows])
    names = [name for name in NAMES if any(name in row.rivals for row in rows)]
    baselines = {}
    for name in names:
        # A baseline that cannot speak of some of the rows is compared on the others.
        both = [row for row in rows if name in row.rivals]
        codes = np.unique([row.cluster for row in both], return_inverse=True)[1].astype(np.int64)
        found = scores.skill(
            np.array([row.score for row in both]),
            np.array([row.rivals[name] for row in both]),
            codes,
            seed=seed,
        )
        baselines[name] = {**found.to_dict(), "questions": len(both)}
    clusters = np.unique([row.cluster for row in rows], return_inverse=True)[1].astype(np.int64)
    result: dict[str, Any] = {
        "questions": len(rows),
        "clusters": len(set(clusters.tolist())),
        "range": range_of(len(set(clusters.tolist()))),
        "effective": round(scores.effective_questions(mine, clusters), 1),
        "score": round(float(mine.mean()), 6),
        "baselines": baselines,
    }
    covered = [row.scores["covered80"] for row in rows if "covered80" in row.scores]
    if covered:
        result["coverage80"] = round(float(np.mean(covered)), 6)
        result["crps"] = round(
            float(np.mean([row.scores["crps"] for row in rows if "crps" in row.scores])), 3
        )
    return result


def range_of(clusters: int) -> str:
    """Where the range of a skill comes from, or why it has none."""
    if clusters >= scores.FEWEST_CLUSTERS:
        return f"{clusters} areas or crises drawn anew"
    return "one outcome: no range" if clusters == 1 else f"{clusters} outcomes: no range"


def misses(rows: Sequence[Scored], most: int = 12) -> list[Scored]:
    """The largest surprises, one a place or series, the worst first."""
    found: dict[str, Scored] = {}
    for row in sorted(rows, key=lambda row: (-row.surprise, row.day, row.question.id)):
        about = row.question.place or f"{row.question.measure}{row.question.event}{row.question.admin1}"
        found.setdefault(str(about), row)
    return list(found.values())[:most]


def false_alarms(rows: Sequence[Scored], bound: float = 0.5) -> dict[str, list[str]]:
    """Places called to change hands and those that did, by lead; a call is a chance of at least `bound`."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.measure != "control":
            continue
        called, changed = 1.0 - float(row.forecast["p"]) >= bound, row.outcome.value == 0.0
        kind = ("hit" if changed else "false_alarm") if called else ("missed" if changed else "")
        if kind:
            found.setdefault(f"{kind}.{row.lead}", []).append(str(row.question.place))
    return found


def with_forecasts(rows: Sequence[Scored], change: Callable[[Scored], Forecast]) -> list[Scored]:
    """The same questions with other forecasts, scored."""
    return score_all(
        [Scored(row.question, row.day, row.cluster, change(row), row.outcome, row.baselines) for row in rows]
    )
