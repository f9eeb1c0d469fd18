"""The whole command on crises and truth of strangers: scored to the last horizon, and never stopped."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from afternext.brief.hindcast import write_page
from afternext.ensemble.opened import Run
from afternext.ensemble.run import run as play
from afternext.errors import UsageError
from afternext.forecast.hindcast import Hindcast, hindcast
from afternext.forecast.questions import HORIZONS
from afternext.forecast.terminal import print_hindcast
from afternext.scenario import load
from tests.forecast.cases import shipped
from tests.forecast.strangers import CONTROL, DISPLACED, FILES, POWERS, on, only, write_crisis, write_files

KEYS = {"questions", "skill", "coverage80", "misses"}
ROW = {"id", "forecast", "outcome", "score", "baselines"}


def told(found: Hindcast) -> dict[str, Any]:
    """The JSON object, which must hold the keys that others rely on and no value that JSON has not."""
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(content) >= KEYS
    assert all(set(row) >= ROW for row in (*content["questions"], *content["misses"]))
    print_hindcast(found, Console(file=StringIO(), width=100))
    return dict(content)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Six futures of a small crisis without powers or history, as long as a hindcast makes them."""
    folder = tmp_path_factory.mktemp("run")
    crisis = write_crisis(folder / "tamba")
    return hindcast(crisis, write_files(folder / "truth"), futures=6, workers=1, out=folder / "out").run


def test_a_crisis_of_a_stranger_is_scored_at_every_horizon_that_the_truth_reaches(
    run: Run, tmp_path: Path
) -> None:
    found = told(hindcast(run=run, truth=write_files(tmp_path)))
    asked = {(row["measure"], row["day"]) for row in found["questions"]}
    for measure in ("control", "displacement"):
        assert {(measure, day) for day in HORIZONS} <= asked
        assert {str(day) for day in HORIZONS} <= set(found["skill"][measure])
    assert found["coverage80"] is not None
    assert found["skill"]["displacement"]["all"]["range"] == "one outcome: no range"
    assert all(0 < row["forecast"] < 1 for row in found["questions"] if row["kind"] == "binary")


@pytest.mark.parametrize(
    "name", ["control.csv", "displacement_total.csv", "displacement_gov.csv", "outcomes.csv"]
)
def test_one_file_of_truth_is_enough(run: Run, tmp_path: Path, name: str) -> None:
    found = told(hindcast(run=run, truth=write_files(tmp_path, only(name))))
    assert found["scored"] == len(found["questions"]) > 0
    assert (found["coverage80"] is None) == (name in ("control.csv", "outcomes.csv"))


def test_what_was_not_used_is_one_list_on_every_output(run: Run, tmp_path: Path) -> None:
    changed: dict[str, str | bytes | None] = {
        "control.csv": f"{CONTROL}{on(3)},atlantis,ARMY,RISING,day\nsoon,ridge,RISING,ARMY,day\n",
        "outcomes.csv": f"{FILES['outcomes.csv']}holds.atlantis.30,yes\n",
    }
    found = hindcast(run=run, truth=write_files(tmp_path / "truth", changed))
    want = [
        "place atlantis is not in the scenario",
        "'soon' is not a date",
        "no such question was asked: holds.atl",
    ]
    out = StringIO()
    print_hindcast(found, Console(file=out, width=400))
    page = write_page(found, tmp_path / "page.html")[0].read_text(encoding="utf-8")
    for words in want:
        assert any(words in note for note in told(found)["truth"]["notes"])
        assert words in out.getvalue()
        assert words.replace("'", "&#x27;") in page


def test_truth_that_settles_nothing_names_every_file_and_keeps_the_run(run: Run, tmp_path: Path) -> None:
    truth = write_files(tmp_path, only("displacement_total.csv", "date,idp_individuals\nsoon,5\n"))
    with pytest.raises(UsageError, match=r"(?s)displacement_total.csv:2: not used: 'soon' .*--run"):
        hindcast(run=run, truth=truth)


def test_a_wrong_directory_costs_no_run(tmp_path: Path) -> None:
    crisis = write_crisis(tmp_path / "tamba")
    with pytest.raises(UsageError, match="no such directory"):
        hindcast(crisis, tmp_path / "nowhere", futures=2, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.deep
def test_a_crisis_with_powers_and_people_displaced_but_no_claims_is_scored(tmp_path: Path) -> None:
    crisis = write_crisis(tmp_path / "tamba", POWERS, {"displaced.csv": DISPLACED})
    codes = f"date,kind,event,code\n{on(50)},politics,Gone,leader_exit:republic\n{on(1280)},x,The end,end\n"
    truth = write_files(tmp_path / "truth", {"events.csv": codes})
    found = told(hindcast(crisis, truth, futures=12, workers=1, out=tmp_path / "run"))
    assert {"politics", "control", "displacement", "displacement_classes"} <= set(found["skill"])
    exits = {row["day"]: row["outcome"] for row in found["questions"] if row["id"].startswith("leader_exit")}
    assert exits == {day: int(day >= 50) for day in HORIZONS}


@pytest.mark.deep
def test_iraq_is_scored_at_every_horizon_on_truth_that_reaches_to_the_end_of_2017(tmp_path: Path) -> None:
    """Made-up truth in the form of the real one: that it is read and scored, not what it scores."""
    iraq = shipped("iraq-2014")
    day = lambda n: (iraq.freeze + timedelta(days=n)).isoformat()  # noqa: E731
    total = "date,idp_individuals,returnee_individuals,dtm_round\n" + "".join(
        f"{day(n)},{900_000 + 1_000 * n},{200 * n},R{n}\n" for n in range(20, 1300, 30)
    )
    control = (
        "date,place_id,place,from_side,to_side,date_precision,status\n"
        f"{day(300)},tikrit,Tikrit,Raiders,Army,week,made up\n"
        f"{day(1100)},mosul,Mosul,Raiders,Army,month,made up\n"
        f"{day(1298)},basra,Basra,Army,Army (raid repelled),day,made up\n"
        f"{day(30)},nineveh_x,X,Army,Raiders,day,\n"
    )
    sides = "as_recorded,side,note\nArmy,isf,\nArmy (raid repelled),isf,\nRaiders,isis,\n"
    truth = write_files(
        tmp_path / "truth",
        {
            **dict.fromkeys(FILES),
            "displacement_total.csv": total,
            "control.csv": control,
            "side_aliases.csv": sides,
        },
    )
    run = play(iraq, futures=4, seed=1, workers=1, out=tmp_path / "run")
    found = told(hindcast(run=run, truth=truth))
    for measure in ("control", "displacement"):
        assert {str(day) for day in HORIZONS[1:]} <= set(found["skill"][measure])
    holds = {row["id"]: row["outcome"] for row in found["questions"]}
    assert [holds[f"holds.mosul.{n}"] for n in (30, 730, 1278)] == [1, 1, 0]
    assert any("nineveh_x" in note for note in found["truth"]["notes"])


@pytest.mark.deep
def test_the_tutorials_crisis_is_played_to_the_last_horizon_on_its_own(tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    truth.mkdir()
    freeze = load("two-towns").freeze
    rows = "".join(f"{freeze + timedelta(days=n)},{9000 + n}\n" for n in HORIZONS)
    (truth / "displacement_total.csv").write_text(f"date,idp_individuals\n{rows}")
    found = told(hindcast("two-towns", truth, futures=6, workers=1, out=tmp_path / "run"))
    assert {str(day) for day in HORIZONS} <= set(found["skill"]["displacement"])


def test_the_shipped_truth_of_mali_settles_the_questions_of_its_scenario(tmp_path: Path) -> None:
    truth = Path(__file__).resolve().parents[2] / "examples" / "mali-2012-truth"
    found = told(hindcast("mali-2012", truth, futures=4, workers=1, until="2013-03-31", out=tmp_path / "out"))
    assert found["development_data"]
    assert found["truth"]["notes"] == []
    assert found["scored"] > 200
    settled = {row["id"]: row["outcome"] for row in found["questions"]}
    assert {"refugees_365", "leader_out_30", "french_strikes_365", "holds.timbuktu.30"} <= set(settled)
    assert settled["sanctions_30"] == settled["leader_out_30"] == settled["french_strikes_365"]
