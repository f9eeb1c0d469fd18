"""`update`: a run's futures weighed by a file of claims."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from afternext.cli import update as command
from afternext.ensemble.run import Run
from afternext.errors import UsageError
from afternext.evidence.update import Collapsed, update
from tests.ensemble.fake_world import FREEZE, play

HEAD = "published,who,about,place,on,low,best,high,reliability,credibility,repeats\n"
GOOD = "2014-06-28,agency,displaced,,2014-06-26,,20000,,B,2,\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return play(tmp_path / "run", futures=200)


def written(folder: Path, *rows: str) -> Path:
    file = folder / "After June.csv"
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    return file


def test_futures_near_the_claim_gain_weight(run: Run, tmp_path: Path) -> None:
    found = update(run, written(tmp_path, GOOD))
    day14 = np.asarray(run.measure("displaced").sel(date="2014-06-26").values, dtype=float)
    near, far = (np.abs(np.log(day14 / 20_000)) < width for width in (0.3, 1.5))
    assert found.weights.values[near].mean() > 5 * found.weights.values[~far].mean()
    assert 20 <= found.weights.effective < 200
    assert found.weights.name == "after-june"
    assert run.weigh("after-june").weights is not None


def test_the_record_says_what_was_used_and_what_not(run: Run, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        GOOD,
        "2014-06-28,paper,displaced,,2014-06-26,,20000,,C,3,agency\n",
        "2014-06-10,early,displaced,,2014-06-01,,5,,B,2,\n",
        "2015-06-10,late,displaced,,2015-06-01,,5,,B,2,\n",
        "2014-06-28,x,hunger,,2014-06-26,,5,,B,2,\n",
        "2014-06-28,x,danger,place_1,2014-06-26,,5,,B,2,\n",
        "2014-06-28,x,held_by_armi,place_1,2014-06-26,,1,,B,2,\n",
        "2014-06-28,x,held_by_army,north,2014-06-26,,1,,B,2,\n",
        "2014-06-28,y,displaced,place_0 + place_1,2014-06-26,,400,,B,2,\n",
        "2014-07-12,y,held_by_army,place_2,2014-07-11,,1,,B,2,\n",
    )
    found = update(run, file, "all")
    why = {said.number: reason for said, _, reason in found.unused}
    assert {q.quantity.about for q in found.used} == {"displaced", "held_by_army"}
    assert "repeats agency" in why[2]
    assert "before the run begins on 2014-06-12" in why[3]
    assert "after the run ends on 2014-07-12" in why[4]
    assert "unknown measure 'hunger'" in why[5]
    assert "danger is not kept by place" in why[6]
    assert "did you mean 'army'" in why[7]
    assert "one place" in why[8]
    record = json.loads((run.path / "weights" / "all.json").read_text())["provenance"]
    assert record["used"] == [1, 9, 10]
    assert record["unused"]["5"] == why[5]
    assert len(record["file_sha256"]) == 64


def test_a_place_measure_is_read_between_its_maps(run: Run, tmp_path: Path) -> None:
    rows = "2014-06-28,y,displaced,place_0 + place_1,2014-06-27,,400,,B,2,\n"
    (used,) = update(run, written(tmp_path, rows)).used
    both = run.measure("place_displaced_from").isel(place=[0, 1]).sum("place").values.astype(float)
    halfway = (both[:, 0] + both[:, 1]) / 2  # day 15 of maps at 0 and 30
    assert used.before[1] == pytest.approx(np.median(halfway), rel=0.02)


def test_evidence_that_nothing_fits_is_refused_with_advice(run: Run, tmp_path: Path) -> None:
    rows = [f"2014-06-28,s{k},displaced,,2014-06-26,,39000,,A,1,\n" for k in range(4)]
    with pytest.raises(Collapsed) as failed:
        update(run, written(tmp_path, *rows), least=150)
    text = str(failed.value)
    assert failed.value.exit_code == 1
    assert re.search(r"leave what [\d.]+ equal futures would carry of 200; at least 150", text)
    assert "come near what is claimed" in text
    assert "--futures" in text
    assert "--temper" in text
    assert not (run.path / "weights").exists()


def test_no_usable_claim_is_an_error_that_says_why(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"claim 1 \(x, 2014-06-28\): unknown measure 'hunger'"):
        update(run, written(tmp_path, "2014-06-28,x,hunger,,2014-06-26,,5,,B,2,\n"))


def test_a_count_since_the_freeze_says_nothing_of_the_freeze_itself(run: Run, tmp_path: Path) -> None:
    from afternext.evidence.compare import SaysNothing, modelled
    from afternext.evidence.quantities import quantities_of
    from afternext.scenario.claims import read_claims

    file = written(tmp_path, f"{FREEZE},x,displaced,,{FREEZE},,5,,B,2,\n")
    (quantity,) = quantities_of(read_claims(file))
    assert modelled(run, quantity).shape == (200,)
    run.measures["displaced"].attrs["long_name"] = "moves since the freeze, cumulative"
    with pytest.raises(SaysNothing, match="counts from the freeze on"):
        modelled(run, quantity)


def test_the_same_evidence_gives_the_same_weights(run: Run, tmp_path: Path) -> None:
    first = update(run, written(tmp_path, GOOD)).weights.values
    assert np.array_equal(first, update(run, written(tmp_path, GOOD)).weights.values)


def test_the_command_prints_a_table_or_json(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    words = [str(run.path), "--claims", str(file)]
    shown = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "100"}).invoke(command.app, words)
    assert shown.exit_code == 0, shown.output
    assert "weights after-june: worth" in shown.stdout
    assert "probab" not in shown.stdout.lower()
    found = json.loads(CliRunner().invoke(command.app, [*words, "--json"]).stdout)
    assert found["weights"] == "after-june"
    assert found["used"][0]["about"] == "displaced"
