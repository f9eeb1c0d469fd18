"""Weights of futures: kept with a run, refused where they do not fit, and counted in what a run says."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from afternext.cli import show as show_command
from afternext.ensemble import show, terminal
from afternext.ensemble.quantiles import over_futures
from afternext.ensemble.run import Run
from afternext.ensemble.weights import Weights, effective, kept, load_weights, save_weights, shares
from afternext.errors import InvalidInput, UsageError
from tests.ensemble.fake_world import FakeWorld, play

MADE = {"kind": "test", "seed": 3}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return play(tmp_path / "run", FakeWorld(fails=frozenset({2})), futures=41)


def some(run: Run) -> np.ndarray:
    return np.random.default_rng(5).random(len(run.measures["future"])) + 1e-9


def test_what_is_kept_comes_back_to_the_last_digit_with_its_provenance(run: Run) -> None:
    given_ = some(run)
    saved = save_weights(run, "evidence", given_, MADE)
    found = load_weights(run, "evidence")
    assert np.array_equal(found.values, saved.values)
    assert np.allclose(found.values, given_ / given_.sum(), rtol=1e-15)
    assert dict(found.provenance) == MADE
    assert found.futures.tolist() == run.measures["future"].values.tolist()
    assert kept(run) == ["evidence"]
    record = json.loads((run.path / "weights" / "evidence.json").read_text())
    assert record["run_digest"] == run.digest


def test_weights_leave_the_run_as_it_is(run: Run) -> None:
    save_weights(run, "evidence", some(run), MADE)
    Run(run.path).verify()
    assert run.weights is None
    assert isinstance(run.weigh("evidence").weights, Weights)
    assert run.weigh("evidence").weigh(None).weights is None


def test_a_name_that_is_not_there_is_answered_with_the_nearest(run: Run) -> None:
    save_weights(run, "evidence", some(run), MADE)
    with pytest.raises(UsageError, match="did you mean 'evidence'"):
        load_weights(run, "evidense")


@pytest.mark.parametrize("name", ["Evidence", "../x", "", "a b", "1st"])
def test_names_stay_inside_the_folder(run: Run, name: str) -> None:
    with pytest.raises(UsageError, match="is no name of weights"):
        save_weights(run, name, some(run), MADE)


def test_weights_of_another_run_are_refused(run: Run, tmp_path: Path) -> None:
    save_weights(run, "evidence", some(run), MADE)
    other = play(tmp_path / "other", FakeWorld(fails=frozenset({2})), futures=41, seed=8)
    with pytest.raises(InvalidInput, match="weights belong to one run"):
        load_weights(other, run.path / "weights" / "evidence.csv")


def test_a_table_that_was_changed_or_half_written_is_refused(run: Run) -> None:
    save_weights(run, "evidence", some(run), MADE)
    table = run.path / "weights" / "evidence.csv"
    table.write_bytes(table.read_bytes()[:-3])
    with pytest.raises(InvalidInput, match="changed, or writing it was cut short"):
        load_weights(run, "evidence")


def test_a_file_that_does_not_fit_is_told_row_by_row(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("future,weight\n0,1\n2,1\n1,-3\n1,x\n99,1\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as failed:
        load_weights(run, file)
    text = str(failed.value)
    assert f"{file}:3:1: future: there is no future 2" in text  # it failed
    assert f"{file}:4:3: weight: '-3' is no weight" in text
    assert f"{file}:5:1: future: future 1 stands twice" in text
    assert f"{file}:6:1: future: there is no future 99" in text


def test_a_file_must_weigh_every_future(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("future,weight\n0,1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="39 of 40 futures have no row, first future 1"):
        load_weights(run, file)
    file.write_text("future,weights\n0,1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="weight: the column is missing"):
        load_weights(run, file)


def test_a_file_of_ones_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    rows = "".join(f"{k},1\n" for k in run.measures["future"].values)
    file.write_text("future,weight\n" + rows, encoding="utf-8")
    weighed = run.weigh(file)
    assert np.array_equal(weighed.quantiles("displaced").values, run.quantiles("displaced").values)
    assert show.measures_json(weighed)["measures"] == show.measures_json(run)["measures"]


@given(st.integers(20, 80), st.sampled_from([0.05, 0.3, 0.5, 0.95]))
def test_a_weight_of_three_counts_as_three_futures(futures: int, q: float) -> None:
    rng = np.random.default_rng(futures)
    values, times = rng.integers(0, 30, (futures, 3)), rng.integers(1, 4, futures)
    weighted = over_futures(xr.DataArray(values, dims=("future", "date")), [q], times)
    repeated = over_futures(xr.DataArray(np.repeat(values, times, 0), dims=("future", "date")), [q])
    if np.isfinite(weighted.values).all():
        assert np.array_equal(weighted.values, repeated.values)


def test_a_tail_needs_weights_that_are_worth_enough_futures() -> None:
    array = xr.DataArray(np.arange(100.0), dims="future")
    weights = np.where(np.arange(100) < 10, 1.0, 1e-6)
    assert effective(weights) < 11
    found = over_futures(array, [0.05, 0.5, 0.95], weights)
    assert np.isnan(found.values).tolist() == [True, False, True]
    assert found.values[1] == 5.0


@pytest.mark.parametrize("bad", [[1.0, 2.0], [np.nan] * 4, [-1.0, 1, 1, 1], [0.0] * 4])
def test_weights_are_one_a_future_and_some_count(bad: list[float]) -> None:
    with pytest.raises(UsageError):
        shares(np.array(bad), 4)


def test_what_is_printed_says_that_shares_are_weighted(run: Run) -> None:
    save_weights(run, "evidence", some(run), MADE)
    console = Console(file=StringIO(), width=120, no_color=True)
    terminal.print_summary(run.weigh("evidence"), ["displaced"], console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "weighted by evidence, worth" in text
    assert "weighted share of futures" in " ".join(text.split())


def test_the_command_takes_weights_by_name(run: Run) -> None:
    weights = np.zeros(len(run.measures["future"]))
    weights[7] = 1.0
    save_weights(run, "one", weights, MADE)
    done = CliRunner().invoke(show_command.app, [str(run.path), "displaced", "--weights", "one", "--json"])
    found = json.loads(done.stdout)
    assert found["weights"] == {"name": "one", "effective_futures": 1.0}
    assert found["measures"]["displaced"]["quantiles"]["0.5"] == run.measure("displaced").values[7].tolist()
    assert found["measures"]["displaced"]["quantiles"]["0.95"][0] is None
