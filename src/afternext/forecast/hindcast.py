"""A hindcast: freeze, forecast, seal the forecasts, only then open the truth, and score.

The order is the point. A scenario with a fact later than its freeze is refused; the forecasts and those of
the baselines are on a hash-chained registry before a file of the truth directory is read; placebos show
what the same machinery scores when it knows nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext.ensemble.progress import say
from afternext.errors import UsageError
from afternext.forecast import freeze as freezing
from afternext.forecast import registry, scores
from afternext.forecast import truth as truths
from afternext.forecast.answers import Answers
from afternext.forecast.chain import append, read_chain
from afternext.forecast.placebos import futures_alone, placebos
from afternext.forecast.questions import HORIZONS, questions_of
from afternext.forecast.scored import Scored, false_alarms, misses, score_all, skill_table
from afternext.forecast.settle import settle

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run
    from afternext.scenario import Scenario
    from afternext.scenario.question_schema import Question

FUTURES = 200
DAYS_PER_YEAR = 365.25
REGISTRY = "forecasts.jsonl"
# Shipped cases whose course everybody knows: what they score shows that the machinery works, no more.
DEVELOPMENT = ("iraq-2014", "iraq-2014-06-05", "mali-2012")
DEVELOPMENT_NOTE = (
    "This case is development data: everybody who built the model knows how it went, and it can have "
    "influenced what was built. The figures show where the model is wrong; they are no proof that it can see "
    "ahead."
)
ONE_CRISIS = "One crisis is one to five independent outcomes, however many questions are asked of it."


@dataclass(frozen=True)
class Hindcast:
    """Questions, forecasts, outcomes and scores of one frozen scenario.

    rows : questions that came out     left : why others were not scored
    """

    run: Run
    answers: Answers
    rows: tuple[Scored, ...]
    left: Mapping[str, str]
    asked: int
    truth: truths.Truth
    registry: Path
    sha256: str
    suspects: tuple[str, ...]
    weights: str
    seconds: float
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def skill(self) -> dict[str, dict[str, dict[str, Any]]]:
        """By measure and lead: scores, skill against each baseline, coverage."""
        return skill_table(self.rows)

    @cached_property
    def coverage80(self) -> float | None:
        """Share of counts within the 80 % interval, over all numbers asked for."""
        covered = [row.scores["covered80"] for row in self.rows if "covered80" in row.scores]
        return float(np.mean(covered)) if covered else None

    @cached_property
    def misses(self) -> list[Scored]:
        """The largest surprises, the worst first."""
        return misses(self.rows)

    @cached_property
    def alarms(self) -> dict[str, list[str]]:
        """Places called to change hands, and those that did, by lead."""
        return false_alarms(self.rows)

    @cached_property
    def reliability(self) -> scores.Reliability:
        """All yes-or-no questions, by the probability they were given."""
        rows = [row for row in self.rows if row.question.kind == "binary"]
        p = np.array([float(row.forecast["p"]) for row in rows])
        return scores.reliability(p, np.array([float(row.outcome.value or 0.0) for row in rows]))

    @cached_property
    def placebos(self) -> dict[str, dict[str, Any]]:
        """What the same machinery scores when it knows nothing."""
        return placebos(self.rows, self.answers)

    @cached_property
    def futures_alone(self) -> dict[str, dict[str, float]]:
        """What the futures score by themselves, where forecasts are pooled with the past."""
        return futures_alone(self.rows, self.answers)

    @cached_property
    def sides(self) -> dict[str, str]:
        """Names of the forces by id."""
        return {ident: force.name for ident, force in self.run.scenario.forces.items()}

    @property
    def development(self) -> bool:
        """Whether the case is one that the builders knew."""
        return self.run.manifest["scenario"]["id"] in DEVELOPMENT

    @property
    def freeze(self) -> date:
        return date.fromisoformat(self.run.manifest["scenario"]["freeze"])

    def losses(self) -> tuple[tuple[str, ...], Any]:
        """What each single future would have scored as a forecast, by measure: names, (future, measure).

        Distance of its answers from what happened; of numbers on the scale ln(1 + x).
        """
        measures: dict[str, list[Any]] = {}
        for row in self.rows:
            drawn = self.answers.outcomes(row.question)
            value = float(row.outcome.value or 0.0)
            if row.question.kind == "number":
                off = np.abs(np.log1p(drawn) - np.log1p(value))
            elif row.question.kind == "date":
                off = np.abs(np.minimum(drawn, row.day) - min(value, row.day)) / row.day
            else:
                off = (drawn != value).astype(np.float64)
            measures.setdefault(row.measure, []).append(off)
        return tuple(measures), np.array([np.mean(part, axis=0) for part in measures.values()]).T

    def to_dict(self) -> dict[str, Any]:
        """The object that `afternext hindcast --json` prints."""
        pits = [round(row.scores["pit"], 4) for row in self.rows if "pit" in row.scores]
        return {
            "scenario": self.run.manifest["scenario"]["id"],
            "freeze": self.freeze.isoformat(),
            "run": str(self.run.path),
            "futures": self.answers.count,
            "effective_futures": round(self.answers.effective, 1),
            "weights": self.weights or None,
            "seed": self.run.seed,
            "development_data": self.development,
            "asked": self.asked,
            "scored": len(self.rows),
            "crises": 1,
            "registry": str(self.registry),
            "forecasts_sha256": self.sha256,
            "truth": truths.as_dict(self.truth),
            "questions": [registry.question_dict(row) for row in self.rows],
            "not_scored": dict(self.left),
            "skill": self.skill,
            "coverage80": None if self.coverage80 is None else round(self.coverage80, 6),
            "misses": [registry.question_dict(row) for row in self.misses],
            "alarms": self.alarms,
            "reliability": self.reliability.to_dict(),
            "pit": pits,
            "placebos": self.placebos,
            "futures_alone": self.futures_alone,
            "later_sources": list(self.suspects),
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }

    def __repr__(self) -> str:
        return (
            f"<afternext.Hindcast of {self.run.manifest['scenario']['id']}: {len(self.rows)} of {self.asked} "
            f"questions scored, {self.answers.count} futures, seed {self.run.seed}>"
        )


def hindcast(
    scenario: str | Path | Scenario | None = None,
    truth: str | Path = "",
    *,
    run: Run | str | Path | None = None,
    futures: int | None = None,
    seed: int | None = None,
    until: date | str | None = None,
    workers: int | None = None,
    weights: str | Path | None = None,
    out: str | Path | None = None,
    horizons: Sequence[int] = HORIZONS,
    least: int | None = None,
    progress: bool = False,
) -> Hindcast:
    """Forecast from a frozen scenario, seal, open the truth, score.

    Parameters
    ----------
    scenario : name, folder or Scenario to run; not needed with `run`
    truth : directory with what happened (see `afternext.forecast.truth`)
    run : a finished run of the scenario to forecast from, instead of running it now
    futures, seed, until, workers : of the run; if not said 200 futures, as long as the scenario's own
        length or the last horizon, whichever is later
    weights : name or file of weights that lie with the run; refused if they rest on later evidence
    out : directory of the run and its registry; `runs/hindcast-SCENARIO-TIME-sSEED` if not said
    horizons, least : days at which the rule asks, and people from which it asks about a town (20,000, or
        what the ten largest have)
    progress : say on standard error how far it is

    Raises
    ------
    InvalidInput : a fact later than the freeze; truth that cannot be read
    UsageError : nothing to score against, settings that do not go together
    """
    began = time.monotonic()
    played, crisis = _run(scenario, truth, run, futures, seed, until, workers, out, progress)
    freezing.refuse_late(crisis)
    values, name, told = _weights(played, weights, crisis)
    questions = questions_of(crisis, horizons=horizons, least=least)
    path = played.path / (f"forecasts-{name}.jsonl" if name else REGISTRY)
    lines, left = _seal(path, crisis, questions, played, values, name, progress)
    digest = registry.forecasts_sha256(lines)
    if progress:
        say(f"{len(lines)} forecasts sealed in {path}, SHA-256 {digest[:16]}; now the truth is opened")
    answers = Answers(played, values)
    happened = truths.read_truth(truth, crisis)
    if strange := truths.unknown_outcomes(happened, {question.id for question in questions}):
        happened.notes.insert(0, strange)
    rows, unsettled = _join(lines, questions, happened, answers)
    left = {**left, **unsettled}
    if not rows:
        why = ", ".join(f"{text} ({n})" for text, n in Counter(left.values()).most_common(4))
        unused = "".join(f"\n  {note}" for note in happened.notes)
        raise UsageError(
            f"{truth}: none of {len(lines)} forecasts can be settled: {why}{unused}\n"
            f"the forecasts are kept: mend the files and go on with --run {played.path}"
        )
    _note_outcomes(path, rows, left, crisis, str(truth))
    return Hindcast(
        played, answers, tuple(rows), left, len(questions), happened, path, digest,
        tuple(freezing.later_sources(crisis)), name, time.monotonic() - began,
        (*((DEVELOPMENT_NOTE,) if crisis.id in DEVELOPMENT else ()), ONE_CRISIS, *told),
    )  # fmt: skip


def _run(
    scenario: Any, truth: Any, run: Any, futures: int | None, seed: int | None, until: Any,
    workers: int | None, out: Any, progress: bool,
) -> tuple[Run, Scenario]:  # fmt: skip
    """Open the run, or run the scenario once it is known to hold nothing late; with the scenario whose
    questions are asked.
    """
    from afternext.ensemble.opened import Run, open_run

    if run is not None:
        if any(setting is not None for setting in (futures, seed, until, out)):
            raise UsageError("a run has its futures, seed and length: give them, or --run, not both")
        played = run if isinstance(run, Run) else open_run(run)
        return played, played.scenario if scenario is None else _same(scenario, played)
    if scenario is None:
        raise UsageError("give a scenario, or --run DIR")
    from afternext.ensemble.run import run as play
    from afternext.ensemble.subject import open_scenario

    crisis = open_scenario(scenario)
    freezing.refuse_late(crisis)
    truths.look_for(truth)  # at the names of its files alone: a wrong path must not cost a run
    played = play(
        crisis,
        futures=futures or FUTURES,
        seed=seed,
        until=until or _until(crisis),
        workers=workers,
        out=out,
        progress=progress,
    )
    return played, crisis


def _until(crisis: Scenario) -> date | None:
    """The last horizon, where the scenario itself is shorter; how far the truth reaches is not known yet."""
    longest = crisis.freeze + timedelta(days=HORIZONS[-1])
    return longest if round(crisis.years * DAYS_PER_YEAR) < HORIZONS[-1] else None


def _same(scenario: Any, run: Run) -> Scenario:
    """The scenario, if it is the one that was run; its questions may be newer."""
    from afternext.ensemble.subject import open_scenario

    crisis = open_scenario(scenario)
    identity = run.manifest["scenario"]
    if (crisis.hash, crisis.freeze.isoformat()) != (identity["hash"], identity["freeze"]):
        raise UsageError(
            f"{run.path} is a run of {identity['id']} as it was; {crisis.id} is another or has changed: "
            "run it again"
        )
    return crisis


def _weights(run: Run, weights: Any, crisis: Scenario) -> tuple[Any, str, tuple[str, ...]]:
    """Weights of the futures, their name, and what has to be said about them."""
    if weights is None:
        return None, "", ()
    from afternext.ensemble.weights import load_weights

    found = load_weights(run, weights)
    freezing.refuse_late_weights(found.provenance, crisis.freeze)
    dated = freezing.is_dated(found.provenance)
    doubt = f"The weights {found.name} do not say when what they rest on was published."
    return found.values, found.name, () if dated else (doubt,)


def _seal(
    path: Path,
    crisis: Scenario,
    questions: Sequence[Question],
    run: Run,
    values: Any,
    name: str,
    progress: bool,
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Ask and forecast on the registry; forecasts that stand there already are held to, not made anew."""
    registry.ask(path, crisis, questions)
    lines, left = registry.forecasts(run, questions, weights=values, weights_name=name)
    chain = read_chain(path)
    there = {record["key"]: record for record in chain.of("issue")}
    fresh = []
    for line in lines:
        old = there.get(line["key"])
        if old is None:
            fresh.append(line)
        elif old["forecast"] != line["forecast"]:
            raise UsageError(
                f"{path}: line {old['n']} has another forecast of {line['id']}; a sealed forecast stays: "
                "take another --out"
            )
    if fresh:
        append(path, fresh)
    if progress and left:
        say(f"{len(left)} questions lie beyond the run and are not forecast")
    return lines, left


def _join(
    lines: Sequence[Mapping[str, Any]],
    questions: Sequence[Question],
    happened: truths.Truth,
    answers: Answers,
) -> tuple[list[Scored], dict[str, str]]:
    by_id = {question.id: question for question in questions}
    past = answers.past
    rows, left = [], {}
    for line in lines:
        question = by_id[line["id"]]
        outcome = settle(question, happened, past)
        if outcome.value is None:
            left[question.id] = outcome.words
            continue
        place = past.places.get(question.place or "")
        cluster = place.admin1 if place else question.admin1 or "whole country"
        day = question.day(past.freeze)
        rows.append(Scored(question, day, cluster, line["forecast"], outcome, line["baselines"]))
    return score_all(rows), left


def _note_outcomes(
    path: Path, rows: Sequence[Scored], left: Mapping[str, str], crisis: Scenario, source: str
) -> None:
    """Outcomes and scores follow on the same chain, annulled questions with their reason."""
    done = {record["key"] for record in read_chain(path).of("resolve")}
    lines: list[dict[str, Any]] = []
    for row in rows:
        key = registry.key_of(crisis.id, crisis.freeze.isoformat(), row.question.id)
        if key not in done:
            lines.append(registry.resolution(key, row.question.id, row.outcome, f"hindcast --truth {source}"))
            lines.append({"type": "score", "key": key, "id": row.question.id, "scores": dict(row.scores)})
    annulled = {ident: why for ident, why in left.items() if why.startswith("annulled")}
    for ident, why in annulled.items():
        key = registry.key_of(crisis.id, crisis.freeze.isoformat(), ident)
        if key not in done:
            from afternext.forecast.settle import Outcome

            lines.append(
                registry.resolution(key, ident, Outcome(None, why, True), f"hindcast --truth {source}")
            )
    if lines:
        append(path, lines)
