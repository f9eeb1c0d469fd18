"""What the commands print as JSON is what docs/reference/json.md says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from afternext.foresight.decide import decide
from tests.commands import result
from tests.displacement.folders import write_folder
from tests.forecast.cases import write_truth
from tests.foresight.comparisons import small_comparison, small_window
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
SCHEMAS = {
    name: json.loads(text)
    for name, text in re.findall(r"<!-- schema: ([\w ]+) -->\n```json\n(.*?)```", PAGE, re.DOTALL)
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("json")


@pytest.fixture(scope="module")
def run(folder: Path) -> dict[str, Any]:
    """A run by a process of its own, as a program would start it: it prints the object and nothing else."""
    words = ("run", "two-towns", "--futures", "4", "--years", "0.2", "--seed", "7", "--out", "r", "--json")
    command = [sys.executable, "-m", "afternext.cli.main", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def check(name: str, value: dict[str, Any]) -> None:
    jsonschema.validate(value, SCHEMAS[name], cls=jsonschema.Draft202012Validator)


def test_the_schemas_of_the_page_are_schemas() -> None:
    commands = {
        "run",
        "show",
        "chronicle",
        "displacement",
        "scenario list",
        "scenario check",
        "scenario describe",
    }
    assert commands <= set(SCHEMAS)
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_run(run: dict[str, Any]) -> None:
    check("run", run)
    assert (run["scenario"], run["futures"], run["seed"], run["failed"]) == ("two-towns", 4, 7, 0)


def test_show(run: dict[str, Any], folder: Path) -> None:
    shown = result("show", run["run"], "displaced", "dead", cwd=folder)
    check("show", shown)
    assert set(shown["measures"]) == {"displaced", "dead"}
    for measure in shown["measures"].values():
        lengths = {len(values) for values in measure["quantiles"].values()} | {len(measure["dates"])}
        assert len(lengths) == 1


def test_chronicle(run: dict[str, Any], folder: Path) -> None:
    check("chronicle", result("chronicle", run["run"], "--future", "2", cwd=folder))


def test_alignments_of_a_scenario(folder: Path) -> None:
    found = result("alignments", "iraq-2014", cwd=folder)
    check("alignments", found)
    assert found["run"] is None


def test_alignments_of_a_run(run: dict[str, Any], folder: Path) -> None:
    found = result("alignments", run["run"], cwd=folder)
    check("alignments", found)
    assert (found["run"]["seed"], found["run"]["futures"]) == (7, 4)


@pytest.fixture(scope="module")
def many(folder: Path) -> dict[str, Any]:
    words = ("--futures", "64", "--years", "0.5", "--seed", "7", "--workers", "1", "--out", "m")
    return result("run", "two-towns", *words, cwd=folder)


def test_decide_and_window() -> None:
    check("decide", json.loads(json.dumps(decide(small_comparison(), ["displaced < 20k"]).to_dict())))
    check("window", json.loads(json.dumps(small_window().to_dict())))


def test_pathways_value_and_backcast() -> None:
    from afternext.foresight.backcast import backcast
    from afternext.foresight.pathfinding import find_pathways
    from afternext.foresight.value import find_value
    from tests.foresight import test_backcast, test_pathways, test_value

    paths = find_pathways(test_pathways.toy(200)[0], test_pathways.GOAL)
    worth = find_value(test_value.toy(200), "displaced@200d < 900")
    back = backcast(test_backcast.toy(400)[0], "displaced@end < 50")
    for name, found in (("pathways", paths), ("value", worth), ("backcast", back)):
        text = json.dumps(found.to_dict(), allow_nan=False)
        check(name, json.loads(text))
        assert "probab" not in text.lower()


@pytest.mark.parametrize(
    "words",
    [("tree",), ("discover", "--when", "displaced@30d > 5k"), ("sensitivity", "displaced", "returned")],
)
def test_foresight(many: dict[str, Any], words: tuple[str, ...], folder: Path) -> None:
    found = result(words[0], many["run"], *words[1:], cwd=folder)
    check(words[0], found)
    assert (found["futures"], found["seed"]) == (64, 7)
    assert "probab" not in json.dumps(found).lower()


def test_evidence(folder: Path) -> None:
    check("evidence", result("evidence", "two-towns", cwd=folder))


def test_update(many: dict[str, Any], folder: Path) -> None:
    (folder / "later.csv").write_text(
        "published,who,about,place,on,best,reliability,credibility\n"
        "2031-06-02,agency,displaced,,2031-06-01,6000,B,3\n",
        encoding="utf-8",
    )
    found = result("update", many["run"], "--claims", "later.csv", cwd=folder)
    check("update", found)
    shown = result("show", many["run"], "displaced", "--weights", found["weights"], cwd=folder)
    check("show", shown)
    assert shown["weights"]["effective_futures"] == found["effective_futures"]


def test_calibrate(folder: Path) -> None:
    words = ("--parameter", "death_rate", "--waves", "1", "--runs", "20")
    check("calibrate", result("calibrate", "two-towns", *words, cwd=folder))


@pytest.mark.parametrize(
    "words", [("scenario", "list"), ("scenario", "check", "two-towns"), ("scenario", "describe", "two-towns")]
)
def test_scenario(words: tuple[str, ...], folder: Path) -> None:
    check(" ".join(words[:2]), result(*words, cwd=folder))


def test_displacement_of_a_run(many: dict[str, Any], folder: Path) -> None:
    (folder / "counts").mkdir()
    (folder / "counts" / "displacement_total.csv").write_text("date,idp_individuals\n2031-06-01,30000\n")
    check("displacement inside", result("displacement", many["run"], "--truth", "counts", cwd=folder))


def test_displacement(folder: Path) -> None:
    check(
        "displacement", result("displacement", str(write_folder(folder / "flee")), "--seeds", "2", cwd=folder)
    )


def test_brief(run: dict[str, Any], folder: Path) -> None:
    made = result("brief", run["run"], "--form", "md", cwd=folder)
    check("brief", made)
    assert [Path(name).name for name in made["files"]] == ["brief.md", "brief-one-page.md"]
    assert all((folder / name).is_file() for name in made["files"])


@pytest.fixture(scope="module")
def truth(folder: Path) -> Path:
    return write_truth(folder / "truth")


def test_hindcast(many: dict[str, Any], truth: Path, folder: Path) -> None:
    run = str(folder / many["run"])
    found = result("hindcast", "--run", run, "--truth", str(truth), "--sensitivity", cwd=folder)
    check("hindcast", found)
    assert (found["futures"], found["seed"]) == (64, 7)
    assert found["scored"] == len(found["questions"]) > 60
    assert found["sensitivity"]


def test_forecast(many: dict[str, Any], truth: Path, folder: Path) -> None:
    book = ("--registry", str(folder / "book.jsonl"))
    asked = result("forecast", "ask", "two-towns", *book, cwd=folder)
    check("forecast ask", asked)
    assert result("forecast", "ask", "two-towns", *book, cwd=folder)["asked"] == []
    issued = result("forecast", "issue", str(folder / many["run"]), *book, cwd=folder)
    check("forecast issue", issued)
    assert set(issued["issued"]) | set(issued["left"]) == set(asked["asked"])
    one = result("forecast", "resolve", "holds.crown.30", "yes", *book, cwd=folder)
    check("forecast resolve", one)
    rest = result("forecast", "resolve", "--truth", str(truth), *book, cwd=folder)
    check("forecast resolve", rest)
    assert not set(one["resolved"]) & set(rest["resolved"])
    scored = result("forecast", "score", *book, cwd=folder)
    check("forecast score", scored)
    assert len(scored["questions"]) > 50
    assert scored["records"] > len(asked["asked"])


def test_scenario_import(folder: Path) -> None:
    source = folder / "ged.csv"
    source.write_text("date_start,best,high,low,adm_1\n2031-05-10,3,5,2,Alder\n", encoding="utf-8")
    made = result("scenario", "import", "ucdp", str(source), str(folder / "imported"), cwd=folder)
    check("scenario import", made)
