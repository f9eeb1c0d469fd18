"""A hindcast seals before it opens, refuses what came later, and reports what it scored, good or bad."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from afternext.ensemble.weights import save_weights
from afternext.errors import InvalidInput, UsageError
from afternext.forecast import hindcast as module
from afternext.forecast.chain import read_chain
from afternext.forecast.freeze import late_facts, later_sources, refuse_late, refuse_late_weights
from afternext.forecast.hindcast import Hindcast, hindcast
from afternext.forecast.placebos import placebos
from afternext.forecast.scored import score_all
from afternext.forecast.terminal import print_skill
from afternext.scenario.schema import Claim, Displaced
from tests.forecast.cases import runnable_tiny, shipped, write_truth
from tests.foresight.runs import small_run
from tests.scenario.tiny_folder import FILES as TINY


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_truth(tmp_path_factory.mktemp("truth"))


@pytest.fixture(scope="module")
def found(truth: Path) -> Hindcast:
    return hindcast(run=small_run(), truth=truth)


def test_forecasts_are_on_record_before_a_file_of_the_truth_is_opened(
    monkeypatch: pytest.MonkeyPatch, truth: Path, found: Hindcast
) -> None:
    registry = small_run().path / "forecasts-sealed.jsonl"
    seen: list[int] = []

    def opened(folder: Any, scenario: Any) -> Any:
        chain = read_chain(registry)
        seen.extend((len(chain.of("issue")), len(chain.of("resolve"))))
        return real(folder, scenario)

    real = module.truths.read_truth
    monkeypatch.setattr(module.truths, "read_truth", opened)
    save_weights(small_run(), "sealed", np.arange(1.0, 41.0), {"kind": "test"})
    sealed = hindcast(run=small_run(), truth=truth, weights="sealed")
    assert seen[0] == len(sealed.rows) + len([w for w in sealed.left.values() if "run ends" not in w])
    assert seen[1] == 0
    assert sealed.weights == "sealed"
    assert sealed.sha256 != found.sha256
    assert {"prior_only", "shuffled_claims"} <= set(sealed.placebos)


def test_the_same_run_and_questions_give_the_same_forecasts_and_scores(found: Hindcast, truth: Path) -> None:
    again = hindcast(run=small_run(), truth=truth)
    assert again.sha256 == found.sha256
    first, second = (json.dumps({**one.to_dict(), "seconds": 0}) for one in (found, again))
    assert first == second


def test_a_sealed_forecast_cannot_be_made_anew(
    found: Hindcast, truth: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("afternext.forecast.answers.floored", lambda share, futures, answers=2: 0.4321)
    with pytest.raises(UsageError, match="a sealed forecast stays"):
        hindcast(run=small_run(), truth=truth)


def test_outcomes_and_scores_follow_on_the_same_chain(found: Hindcast) -> None:
    chain = read_chain(found.registry)
    kinds = [record["type"] for record in chain.records]
    assert kinds.index("issue") > max(k for k, kind in enumerate(kinds) if kind == "ask")
    assert kinds.index("resolve") > max(k for k, kind in enumerate(kinds) if kind == "issue")
    assert len(chain.of("score")) == len(found.rows)
    line = chain.of("issue")[0]
    assert {
        "freeze",
        "scenario_sha256",
        "engine_version",
        "seed",
        "n_runs",
        "baselines",
        "author_kind",
    } <= set(line)
    asked = chain.of("ask")[0]
    assert {"text", "outcome_space", "closes", "source_primary", "edge_cases", "annulment_rule"} <= set(asked)


def test_the_report_has_what_others_rely_on(found: Hindcast) -> None:
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert {"questions", "skill", "coverage80", "misses"} <= set(told)
    assert {"id", "forecast", "outcome", "score", "baselines"} <= set(told["questions"][0])
    leads = told["skill"]["displacement"]
    assert {"7", "30", "all"} <= set(leads)
    assert set(leads["all"]["baselines"]) >= {"no_change", "climatology", "uniform"}
    assert 0 <= told["coverage80"] <= 1
    assert told["crises"] == 1
    assert not told["development_data"]


def test_skill_is_what_the_scores_say_also_below_zero(found: Hindcast) -> None:
    rows = [row for row in found.rows if row.measure == "control"]
    one = found.skill["control"]["all"]
    mine = float(np.mean([row.score for row in rows]))
    other = float(np.mean([row.rivals["no_change"] for row in rows]))
    assert one["score"] == pytest.approx(mine, abs=1e-6)
    assert one["baselines"]["no_change"]["skill"] == pytest.approx(1 - mine / other, abs=1e-5)


def test_the_table_of_skill_fits_a_narrow_terminal_figure_by_figure(found: Hindcast) -> None:
    said = StringIO()
    print_skill(found.skill, Console(file=said, width=80, no_color=True))
    lines = said.getvalue().split("Skill in hundredths")[0].splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in said.getvalue()
    rows = [line for line in lines if line.startswith(" 30 days ")]
    assert rows
    assert all(len(row.split()) >= 10 for row in rows)


def test_misses_come_worst_first_and_one_a_place(found: Hindcast) -> None:
    surprises = [row.surprise for row in found.misses]
    assert surprises == sorted(surprises, reverse=True)
    places = [row.question.place for row in found.misses if row.question.place]
    assert len(places) == len(set(places))


def test_a_placebo_of_the_wrong_sign_scores_worse_where_the_forecast_is_good(found: Hindcast) -> None:
    displaced = found.placebos["wrong_sign"]["displacement"]
    assert displaced["score"] != displaced["forecast"]
    assert set(found.placebos) == {"shuffled", "wrong_sign"}


def test_a_number_that_no_baseline_knows_has_placebos_too(found: Hindcast) -> None:
    row = next(row for row in found.rows if row.measure == "displacement" and "values" in row.forecast)
    lone = score_all([replace(row, baselines={})])
    assert np.isfinite(placebos(lone, found.answers)["wrong_sign"]["displacement"]["score"])


def test_each_future_has_a_score_of_its_own(found: Hindcast) -> None:
    names, losses = found.losses()
    assert losses.shape == (40, len(names))
    assert np.isfinite(losses).all()
    assert (losses >= 0).all()


LATE: dict[str, dict[str, str]] = {
    "claims.csv": {
        "published": "2020-06-02", "who": "x", "about": "displaced", "best": "1", "reliability": "A",
        "credibility": "1",
    },
    "history.csv": {
        "start": "2020-05-20", "end": "2020-06-02", "place": "west", "measure": "deaths", "value": "3",
    },
    "displaced.csv": {
        "place": "west", "origin": "east", "community": "hill", "persons": "5", "since": "2020-06-02",
    },
    # Facts without a date say when they became public.
    "places.csv": {}, "routes.csv": {}, "presence.csv": {}, "holder.csv": {},
}  # fmt: skip


@pytest.mark.parametrize("file", [*LATE, "scenario.yaml"])
def test_a_row_later_than_the_freeze_in_any_file_is_refused_and_named(
    tmp_path: Path, file: str, truth: Path
) -> None:
    folder = runnable_tiny(tmp_path / "tiny")
    path = folder / file
    text = path.read_text(encoding="utf-8")
    if file == "scenario.yaml":
        late = "  - {kind: capture, place: west, by: rebels, date: 2020-06-02}\n"
        path.write_text(text.replace("incidents:\n", "incidents:\n" + late), encoding="utf-8")
        line = text[: text.index("incidents:")].count("\n") + 2
    elif LATE[file]:
        columns = text.partition("\n")[0].split(",")
        assert set(LATE[file]) <= set(columns)
        path.write_text(text + ",".join(LATE[file].get(c, "") for c in columns) + "\n", encoding="utf-8")
        line = text.count("\n") + 1
    else:
        lines = text.splitlines()
        lines = [lines[0] + ",available", lines[1] + ",2020-06-02", *(row + "," for row in lines[2:])]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        line = 2
    with pytest.raises(InvalidInput) as error:
        hindcast(folder, truth, futures=2, out=tmp_path / "run")
    assert [(problem.file, problem.line) for problem in error.value.problems] == [(file, line)]
    assert "2020-06-02 is after the freeze 2020-06-01" in str(error.value)
    assert not (tmp_path / "run").exists()


def test_every_table_of_the_tiny_scenario_is_tried() -> None:
    assert {*LATE, "scenario.yaml"} == set(TINY)


def test_a_scenario_built_in_memory_is_looked_at_too() -> None:
    towns = shipped("two-towns")
    late = Displaced(place="crown", origin="westford", community="hill", persons=5, since=date(2031, 5, 2))
    claim = Claim(published=date(2031, 6, 1), who="x", about="dead", best=1.0, reliability="A", credibility=1)
    changed = towns.model_copy(update={"displaced": (*towns.displaced, late), "claims": (claim,)})
    assert [(p.file, p.line, p.key) for p in late_facts(changed)] == [
        ("displaced.csv", len(towns.displaced) + 2, "since"),
        ("claims.csv", 2, "published"),
    ]
    with pytest.raises(InvalidInput, match=r"displaced.csv:5: since: 2031-05-02 is after the freeze"):
        hindcast(changed, "nowhere", futures=2)


@pytest.mark.parametrize("name", ["two-towns", "iraq-2014", "iraq-2014-06-05"])
def test_shipped_scenarios_hold_nothing_late(name: str) -> None:
    refuse_late(shipped(name))


def test_weights_that_rest_on_later_evidence_are_refused() -> None:
    refuse_late_weights({"kind": "claims", "latest": "2031-04-30"}, date(2031, 5, 1))
    with pytest.raises(InvalidInput, match="dated 2031-05-09, after the freeze"):
        refuse_late_weights({"claims": [{"published": "2031-05-09"}]}, date(2031, 5, 1))


def test_sources_that_name_a_later_month_are_listed_for_a_person_to_judge() -> None:
    towns = shipped("two-towns")
    assert later_sources(towns) == []
    place = towns.places[0].model_copy(update={"source": "a report of 3 July 2031"})
    assert later_sources(towns.model_copy(update={"places": (place, *towns.places[1:])})) == [
        "a report of 3 July 2031"
    ]


def test_settings_that_do_not_go_together_are_refused(truth: Path) -> None:
    with pytest.raises(UsageError, match="not both"):
        hindcast(run=small_run(), truth=truth, futures=3)
    with pytest.raises(UsageError, match="is another or has changed"):
        hindcast("iraq-2014", truth, run=small_run())
    with pytest.raises(UsageError, match="give a scenario"):
        hindcast(truth=truth)


def test_truth_that_settles_nothing_is_told_with_the_reasons(tmp_path: Path) -> None:
    changed = dict.fromkeys(
        ("control.csv", "displacement_total.csv", "displacement_gov.csv", "events.csv", "side_aliases.csv")
    )
    empty = write_truth(tmp_path, {**changed, "outcomes.csv": "id,outcome\nnothing,yes\n"})
    with pytest.raises(UsageError, match=r"none of .* can be settled: .*no control.csv"):
        hindcast(run=small_run(), truth=empty)
