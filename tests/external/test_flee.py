"""Against FLEE: its measured errors under its own rules, and the bars of docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from afternext.displacement.baselines import baselines, forecast
from afternext.displacement.case import make_case
from afternext.displacement.fitted import fitted, is_left_out
from afternext.displacement.flee_rules import run_flee
from afternext.displacement.flee_settings import read_settings
from afternext.displacement.model import run_model, set_stage
from afternext.displacement.scores import ard, both_ards, rescale
from afternext.scenario.importers.flee_folder import read_flee

SHARED = Path(__file__).resolve().parents[3] / "shared" / "flee"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="FLEE's data are not beside the repository")

# Measured with FLEE 02cd2cb and validate_flee's rule set: normal, rescaled (../shared/reference/flee.md, 3).
MEASURED = {
    "mali2012": (0.348, 0.316),
    "syria2013": (0.342, 0.348),
    "ssudan2013": (0.507, 0.535),
    "tigray2020": (0.444, 0.376),
    "ukraine2022": (0.598, 0.718),
}
# FLEE's rules without capacities, rescaled; and shares of day 30 kept, scored after it.
WITHOUT = {
    "mali2012": 0.84, "mali2017_adm1": 0.42, "nigeria2016": 0.28,
    "nigeria2022_adm2": 0.66, "ssudan2013": 0.82, "ssudan2016": 0.60,
    "syria2013": 0.39, "tigray2020": 0.78, "ukraine2022": 1.39, "venezuela2022": 1.47,
}  # fmt: skip
BASELINES = {"mali2012": (1.075, 0.168, 0.477, 0.376), "syria2013": (0.487, 0.467, 0.760, 0.600)}


@needs_data
@pytest.mark.parametrize("name", MEASURED)
def test_flees_rules_lumped_err_as_flee_does(name: str) -> None:
    case = make_case(read_flee(SHARED / name))
    settings = read_settings(case.folder.path)
    runs = np.array([run_flee(case, settings, True, 1, luck) for luck in range(3)], dtype=float)
    found = both_ards(runs, case.data)
    assert found["normal"] == pytest.approx(MEASURED[name][0], abs=0.02)
    assert found["rescaled"] == pytest.approx(MEASURED[name][1], abs=0.02)


@needs_data
@pytest.mark.parametrize("name", BASELINES)
def test_baselines_are_those_that_flees_own_reader_gives(name: str) -> None:
    case = make_case(read_flee(SHARED / name))
    shares = baselines(case)
    found = [
        ard(forecast(shares[key], case.data), case.data) for key in ("equal", "capacity", "day7", "day30")
    ]
    assert found == pytest.approx(BASELINES[name], abs=0.001)


@needs_data
def test_left_out_conflicts_meet_the_bars_that_must_be_met() -> None:
    free, later, kept = {}, {}, {}
    for name in WITHOUT:
        case = make_case(read_flee(SHARED / name))
        assert is_left_out(case)
        stage, pull = set_stage(case, capacities=False), fitted(case).pull
        run = run_model(stage, pull, seed=1, luck=0)
        free[name] = ard(rescale(run, case.data), case.data)
        run = run_model(stage, pull, seed=1, luck=0, observed_until=30)
        later[name] = ard(rescale(run, case.data), case.data, 31)
        kept[name] = ard(forecast(baselines(case)["day30"], case.data), case.data, 31)
    assert np.mean(list(free.values())) < 0.50
    assert sum(free[name] < WITHOUT[name] for name in WITHOUT) >= 9
    assert np.mean(list(later.values())) < 0.33
    assert sum(later[name] < kept[name] for name in WITHOUT) >= 6


@needs_data
def test_the_command_answers_in_json(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "afternext.cli.main",
            "displacement",
            str(SHARED / "mali2012"),
            "--seeds",
            "2",
            "--json",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["people"] > 80_000
