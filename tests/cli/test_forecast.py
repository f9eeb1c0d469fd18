"""`forecast` and `hindcast` on the command line: exit codes, data on stdout, talk on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from afternext.cli.main import main
from tests.forecast.cases import runnable_tiny, write_truth
from tests.foresight.runs import small_run


def call(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one command."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


def test_a_registry_from_question_to_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = ("--registry", tmp_path / "book.jsonl")
    code, out, err = call(
        capsys, "forecast", "ask", "two-towns", *book, "--only", "holds.crown.30", "--only", "idps.30"
    )
    assert (code, "2 questions asked" in out) == (0, True), err
    assert call(capsys, "forecast", "issue", small_run().path, *book)[0] == 0
    code, out, _ = call(
        capsys, "forecast", "resolve", "holds.crown.30", "yes", *book, "--evidence", "Crown Herald", "--json"
    )
    assert (code, len(json.loads(out)["resolved"])) == (0, 1)
    code, _, err = call(capsys, "forecast", "resolve", "holds.crown.30", "no", *book)
    assert code == 2
    assert "open question" in err
    code, out, _ = call(capsys, "forecast", "score", *book, "--json")
    scored = json.loads(out)
    assert [question["id"] for question in scored["questions"]] == ["holds.crown.30"]
    assert scored["questions"][0]["score"] < 0.1
    assert list(scored["not_scored"].values()) == ["open"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("holds.crown.30", "perhaps"), "'perhaps' is no answer to a binary question"),
        (("idps.30", "-3"), "no answer to a number question"),
        (("idps.31", "3"), "did you mean 'idps.30'"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, str], said: str
) -> None:
    book = ("--registry", tmp_path / "book.jsonl")
    call(capsys, "forecast", "ask", "two-towns", *book, "--only", "holds.crown.30", "--only", "idps.30")
    code, out, err = call(capsys, "forecast", "resolve", *book, "--", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_annulled_questions_stay_on_record_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = ("--registry", tmp_path / "book.jsonl")
    call(capsys, "forecast", "ask", "two-towns", *book, "--only", "idps.30")
    call(capsys, "forecast", "issue", small_run().path, *book)
    call(capsys, "forecast", "resolve", "idps.30", "annulled", *book, "--why", "the count was withdrawn")
    scored = json.loads(call(capsys, "forecast", "score", *book, "--json")[1])
    assert list(scored["not_scored"].values()) == ["annulled: annulled: the count was withdrawn"]


def test_a_tampered_registry_is_invalid_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "book.jsonl"
    call(capsys, "forecast", "ask", "two-towns", "--registry", path, "--only", "idps.30")
    path.write_text(path.read_text(encoding="utf-8").replace("How many", "How few"), encoding="utf-8")
    code, out, err = call(capsys, "forecast", "score", "--registry", path)
    assert (code, out) == (3, "")
    assert "book.jsonl:1: the line was changed" in err


def test_a_question_of_the_same_id_and_another_wording_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runnable_tiny(tmp_path / "tiny")
    question = "questions:\n  - {id: own, text: How many?, kind: number, measure: idps, on: 30}\n"
    yaml = folder / "scenario.yaml"
    plain = yaml.read_text(encoding="utf-8")
    yaml.write_text(plain + question, encoding="utf-8")
    book = ("--registry", tmp_path / "book.jsonl", "--only", "own")
    assert call(capsys, "forecast", "ask", folder, *book)[0] == 0
    yaml.write_text(plain + question.replace("30", "60"), encoding="utf-8")
    code, _, err = call(capsys, "forecast", "ask", folder, *book)
    assert code == 2
    assert "another wording" in err


def test_issuing_for_a_crisis_that_nobody_asked_about_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runnable_tiny(tmp_path / "tiny")
    call(capsys, "forecast", "ask", folder, "--registry", tmp_path / "b.jsonl")
    code, _, err = call(capsys, "forecast", "issue", small_run().path, "--registry", tmp_path / "b.jsonl")
    assert code == 2
    assert "afternext forecast ask two-towns" in err


def test_a_leak_stops_a_hindcast_with_the_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = runnable_tiny(tmp_path / "tiny")
    path = folder / "claims.csv"
    text = path.read_text(encoding="utf-8")
    columns = text.partition("\n")[0].split(",")
    late = {
        "published": "2020-07-01",
        "who": "x",
        "about": "dead",
        "best": "1",
        "reliability": "A",
        "credibility": "1",
    }
    path.write_text(text + ",".join(late.get(c, "") for c in columns) + "\n", encoding="utf-8")
    code, out, err = call(capsys, "hindcast", folder, "--truth", write_truth(tmp_path / "truth"))
    assert (code, out) == (3, "")
    assert f"claims.csv:{text.count(chr(10)) + 1}:" in err
    assert "2020-07-01 is after the freeze 2020-06-01" in err


def test_the_terminal_opens_with_the_misses_and_tells_the_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    truth = write_truth(tmp_path / "truth")
    code, out, err = call(capsys, "hindcast", "--run", small_run().path, "--truth", truth)
    assert code == 0, err
    assert "seed 7" in out
    assert out.index("Largest misses") < out.index("Skill against simple forecasts") < out.index("Placebos")
    assert "now the truth is opened" in err


def test_truth_that_is_not_there_is_a_usage_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = call(capsys, "hindcast", "--run", small_run().path, "--truth", tmp_path / "none")
    assert (code, out) == (2, "")
    assert "no such directory" in err
