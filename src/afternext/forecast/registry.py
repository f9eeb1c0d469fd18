"""The registry: questions asked, forecasts issued, outcomes and scores, on a chain that is only added to.

A forecast counts only for a question that was asked before it, and only until that question is resolved.
Later forecasts of a question are new lines; the last one before the resolution is scored, and all stay.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from afternext import __version__
from afternext.ensemble.words import nearest_name
from afternext.errors import InvalidInput, Problem, UsageError
from afternext.forecast.answers import Answers, answers_of
from afternext.forecast.baselines import Baselines
from afternext.forecast.chain import Chain, append, digest_of, read_chain
from afternext.forecast.past import Past
from afternext.forecast.pooled import RULE, is_pooled, pooled
from afternext.forecast.scored import Scored, score_all, skill_table, told
from afternext.forecast.settle import Outcome
from afternext.scenario.question_schema import Question

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run
    from afternext.scenario import Scenario

KINDS = ("ask", "issue", "resolve", "score", "repair", "note")
ANNULMENT = "annulled if the source is withdrawn, or if the date of what happened leaves the answer open"


def key_of(scenario: str, freeze: str, ident: str) -> str:
    """A question is known by its scenario, its freeze and its id."""
    return f"{scenario}@{freeze}#{ident}"


def asked(question: Question, scenario: Scenario, past: Past) -> dict[str, Any]:
    """The line that puts a question on record, in the fields that forecasting platforms use."""
    freeze = scenario.freeze
    until = question.date(freeze)
    if question.kind == "binary":
        space: Any = ["yes", "no"]
    elif question.kind == "category":
        space = answers_of(question, past)
    else:
        space = "days after the freeze, or never" if question.kind == "date" else "numbers from 0"
    bound = question.above if question.above is not None else question.below
    content = question.model_dump(mode="json", exclude_defaults=True)
    return {
        "type": "ask",
        "key": key_of(scenario.id, freeze.isoformat(), question.id),
        "id": question.id,
        "scenario": scenario.id,
        "freeze": freeze.isoformat(),
        "text": question.text,
        "background": scenario.title,
        "kind": question.kind,
        "outcome_space": space,
        "unit": "persons" if question.kind == "number" else "",
        "opens": freeze.isoformat(),
        "closes": until.isoformat(),
        "resolves_by": until.isoformat(),
        "source_primary": question.source or "outcomes.csv",
        "source_fallback": "outcomes.csv",
        "threshold": bound,
        "edge_cases": question.cases,
        "annulment_rule": ANNULMENT,
        "question": {**content, "id": question.id, "text": question.text, "kind": question.kind},
    }


def ask(path: str | Path, scenario: Scenario, questions: Iterable[Question]) -> list[str]:
    """Put questions on record; those that stand there already are left as they are. Returns the new ids.

    Raises
    ------
    UsageError : a question of the same id stands there with another wording
    """
    past = Past(scenario)
    lines = [asked(question, scenario, past) for question in questions]
    there = _asked(read_chain(path)) if Path(path).exists() else {}
    fresh = []
    for line in lines:
        old = there.get(line["key"])
        if old is None:
            fresh.append(line)
        elif old["question"] != line["question"]:
            where = f"line {old['n']} of {path}"
            raise UsageError(f"{line['id']}: asked in {where} with another wording; take a new id")
    if fresh:
        append(path, fresh)
    return [line["id"] for line in fresh]


def _asked(chain: Chain) -> dict[str, Any]:
    return {record["key"]: record for record in chain.of("ask")}


def issued(
    run: Run, question: Question, said: Mapping[str, Any], rivals: Mapping[str, Any], answers: Answers,
    weights: str,
) -> dict[str, Any]:  # fmt: skip
    """The line that puts a forecast on record.

    said : what the futures say; where the forecast is pooled with the past it stands beside it
    """
    forecast = pooled(question, dict(said), rivals, answers.past)
    pool = {"futures_say": dict(said), "pooled": RULE} if is_pooled(question, answers.past) else {}
    manifest = run.manifest["scenario"]
    return {
        "type": "issue",
        "key": key_of(manifest["id"], manifest["freeze"], question.id),
        "id": question.id,
        "forecast": forecast,
        **pool,
        "freeze": manifest["freeze"],
        "scenario_sha256": manifest["hash"],
        "engine_version": __version__,
        "seed": run.seed,
        "n_runs": answers.count,
        "effective_runs": round(answers.effective, 1),
        "run_digest": run.digest,
        "weights": weights,
        "baselines": {name: dict(content) for name, content in rivals.items()},
        "author_kind": "model",
    }


@dataclass(frozen=True)
class Issued:
    """What issuing did: ids with a forecast on record, and those the run cannot answer with the reason."""

    ids: tuple[str, ...]
    left: Mapping[str, str]
    head: str
    sha256: str


def issue(
    path: str | Path, run: Run, *, weights: Any = None, weights_name: str = "", only: Sequence[str] = ()
) -> Issued:
    """Forecast every open question of the run's scenario that is on record.

    weights : (future,) weights of the futures, None for equal ones
    """
    chain = read_chain(path)
    manifest = run.manifest["scenario"]
    closed = {record["key"] for record in chain.of("resolve")}
    start = key_of(manifest["id"], manifest["freeze"], "")
    ours = {key: record for key, record in _asked(chain).items() if key.startswith(start)}
    if not ours:
        known = sorted({record["scenario"] for record in chain.of("ask")})
        raise UsageError(
            f"{path} has no question about {manifest['id']} frozen at {manifest['freeze']}; it has: "
            f"{', '.join(known) or 'none'}. Ask first: "
            f"afternext forecast ask {manifest['id']} --registry {path}"
        )
    for ident in only:
        if start + ident not in ours:
            raise UsageError(nearest_name("question", ident, [record["id"] for record in ours.values()]))
    questions = [
        read_question(record["question"])
        for key, record in ours.items()
        if key not in closed and (not only or record["id"] in only)
    ]
    lines, left = forecasts(run, questions, weights=weights, weights_name=weights_name)
    head = append(path, lines).head if lines else chain.head
    return Issued(tuple(line["id"] for line in lines), left, head, forecasts_sha256(lines))


def forecasts(
    run: Run, questions: Iterable[Question], *, weights: Any = None, weights_name: str = ""
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Lines of forecasts, and why some questions have none."""
    answers = Answers(run, weights)
    simple = Baselines(answers.past)
    lines, left = [], {}
    for question in questions:
        if not answers.covers(question):
            left[question.id] = f"the run ends before {question.date(answers.past.freeze)}"
            continue
        content = answers.forecast(question)
        lines.append(issued(run, question, content, simple.forecasts(question), answers, weights_name))
    return lines, left


def forecasts_sha256(lines: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of what was forecast, without when: the same for the same run, questions and weights."""
    return digest_of([[line["id"], line["forecast"], line["baselines"]] for line in lines])


def read_question(content: Mapping[str, Any]) -> Question:
    """A question from its line; ids made by rule have dots, which a person's id has not."""
    plain = Question.model_validate({**content, "id": "q"})
    return plain.model_copy(update={"id": content["id"]})


def resolve(
    path: str | Path,
    key: str,
    outcome: Outcome,
    *,
    resolver: str,
    evidence: str = "",
    archived: Path | None = None,
) -> dict[str, Any]:
    """Put the outcome of one question on record.

    Raises
    ------
    UsageError : it was not asked, or is resolved already
    """
    chain = read_chain(path)
    there = _asked(chain)
    if key not in there:
        raise UsageError(nearest_name("question", key, there))
    done = [record for record in chain.of("resolve") if record["key"] == key]
    if done:
        raise UsageError(f"{key} is resolved in line {done[0]['n']}; a registry is only ever added to")
    line = resolution(key, there[key]["id"], outcome, resolver, evidence)
    if archived is not None:
        line["archived_sha256"] = sha256(archived.read_bytes()).hexdigest()
    append(path, [line])
    return line


def resolution(key: str, ident: str, outcome: Outcome, resolver: str, evidence: str = "") -> dict[str, Any]:
    """The line of an outcome."""
    return {
        "type": "resolve",
        "key": key,
        "id": ident,
        "resolution": "annulled" if outcome.annulled else outcome.plain,
        "words": outcome.words,
        "resolver": resolver,
        "evidence_url": evidence,
    }


def open_keys(chain: Chain) -> dict[str, dict[str, Any]]:
    """Questions on record that are not resolved, by key."""
    done = {record["key"] for record in chain.of("resolve")}
    return {key: record for key, record in _asked(chain).items() if key not in done}


def scored_rows(chain: Chain) -> tuple[dict[str, Scored], dict[str, str]]:
    """Every resolved question with its last forecast before the resolution, by key; and why others are not
    scored.
    """
    there = _asked(chain)
    last: dict[str, dict[str, Any]] = {}
    resolved: dict[str, dict[str, Any]] = {}
    for record in chain.records:
        if record["type"] == "issue" and record["key"] not in resolved:
            last[record["key"]] = record
        elif record["type"] == "resolve":
            resolved[record["key"]] = record
    rows: dict[str, Scored] = {}
    left: dict[str, str] = {}
    for key, record in there.items():
        if key not in resolved:
            left[key] = "open"
        elif resolved[key].get("resolution") in ("annulled", None):
            left[key] = f"annulled: {resolved[key]['words']}"
        elif key not in last:
            left[key] = "resolved without a forecast"
        else:
            rows[key] = _row(chain, record, last[key], resolved[key])
    return rows, left


def _row(
    chain: Chain, asked: Mapping[str, Any], issued: Mapping[str, Any], resolved: Mapping[str, Any]
) -> Scored:
    """One question with its forecast, outcome and scores."""
    try:
        question = read_question(asked["question"])
        value = resolved["resolution"]
        outcome = Outcome(float("inf") if value == "never" else float(value), resolved["words"])
        day = question.day(date.fromisoformat(asked["freeze"]))
        for forecast in (issued["forecast"], *issued["baselines"].values()):
            _check_sound(forecast)
        row = Scored(question, day, asked["scenario"], issued["forecast"], outcome, issued["baselines"])
        return score_all([row])[0]
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        # The hashes are right and the contents are not: written by another program, or by a version to come.
        what = f"{asked['id']} cannot be scored: {type(error).__name__}: {str(error)[:200]}"
        hint = f"see also lines {asked['n']} and {resolved['n']}"
        raise InvalidInput([Problem(chain.path.name, int(issued["n"]), 0, "", what, hint)]) from None


def _check_sound(forecast: Mapping[str, Any]) -> None:
    """Refuse shares outside 0 to 1 and numbers that are none, which would still give a score."""
    shares = forecast.get("p", {})
    for share in shares.values() if isinstance(shares, Mapping) else (shares,):
        if not 0.0 <= float(share) <= 1.0:
            raise ValueError(f"{share} is no share")
    for value in (*forecast.get("values", ()), *(day for day in forecast.get("days", ()) if day is not None)):
        if not 0.0 <= float(value) < math.inf:
            raise ValueError(f"{value} is no number of 0 or more")


def score(path: str | Path, *, write: bool = True) -> dict[str, Any]:
    """Score every resolved question of a registry, and put scores that are new on record."""
    chain = read_chain(path)
    by_key, left = scored_rows(chain)
    rows = list(by_key.values())
    there = {record["key"] for record in chain.of("score")}
    fresh = [
        {"type": "score", "key": key, "id": row.question.id, "scores": dict(row.scores)}
        for key, row in by_key.items()
        if key not in there
    ]
    if write and fresh:
        chain = append(path, fresh)
    return {
        "registry": str(path),
        "records": len(chain.records),
        "head": chain.head,
        "torn": bool(chain.torn),
        "questions": [question_dict(row) for row in rows],
        "not_scored": left,
        "crises": len({row.cluster for row in rows}),
        "skill": skill_table(rows) if rows else {},
    }


def question_dict(row: Scored) -> dict[str, Any]:
    """A scored question as data."""
    return {
        "id": row.question.id,
        "text": row.question.text,
        "kind": row.question.kind,
        "measure": row.measure,
        "day": row.day,
        "lead": row.lead,
        "contested": bool(row.question.contested),
        "forecast": told(row.question, row.forecast),
        "outcome": row.outcome.plain,
        "outcome_words": row.outcome.words,
        "score": round(row.score, 6),
        "scores": {name: round(value, 6) for name, value in row.scores.items()},
        "baselines": {name: round(value, 6) for name, value in row.rivals.items()},
    }
