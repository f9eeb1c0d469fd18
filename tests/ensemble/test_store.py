"""The store reads as plain xarray with coordinates, units and long names, without afternext."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

from afternext.ensemble import store
from afternext.ensemble.run import Run
from afternext.errors import UsageError
from tests.ensemble.fake_world import EVENT, FakeWorld, play


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return play(
        tmp_path_factory.mktemp("store") / "run", FakeWorld(fails=frozenset({5})), batch=9, replicates=3
    )


def test_any_xarray_reads_it_without_a_warning(run: Run) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = xr.open_zarr(run.path / "store.zarr", group="measures", chunks=None)
    assert dataset["displaced"].dims == ("future", "date")
    assert dataset["displaced"].attrs["units"] == "persons"
    assert dataset["displaced"].attrs["long_name"] == "something measured"
    assert dataset["date"].values[1] == np.datetime64("2014-06-13")


def test_values_are_those_of_the_world(run: Run) -> None:
    world = FakeWorld()
    row = run.experiments.loc[17]
    numbers = np.array([row["boldness"], row["rumour"], ("mild", "harsh", "cruel").index(row["rule"])])
    outcome = world.simulate(numbers, 7, 17)
    for measure in world.measures:
        stored = run.measures[measure.name].sel(future=17).values
        assert stored.dtype == measure.dtype
        assert np.array_equal(stored, outcome.arrays[measure.name])
    assert np.array_equal(run.events(17), outcome.events)
    assert run.events(17).dtype.names == EVENT.names


def test_coordinates_are_dates_days_and_ids(run: Run) -> None:
    measures = run.measures
    assert measures["day"].values.tolist() == [0, 1, 2, 3, 7, 14, 30]
    assert measures["snapshot"].values.tolist() == [0, 30]
    assert measures["snapshot_date"].values[1] == np.datetime64("2014-07-12")
    assert measures["place"].values.tolist() == ["place_0", "place_1", "place_2"]
    assert measures["place_holder"].sel(place="place_1", snapshot=30).dims == ("future",)
    assert list(measures.data_vars) == [measure.name for measure in FakeWorld().measures]


def test_replicates_share_their_sample(run: Run) -> None:
    assert run.measures["sample"].sel(future=[6, 7, 8, 9]).values.tolist() == [2, 2, 2, 3]
    assert run.measures["replicate"].sel(future=[6, 7, 8, 9]).values.tolist() == [0, 1, 2, 0]
    assert run.experiments.loc[6].equals(run.experiments.loc[8].rename(6))
    assert not run.measures["danger"].sel(future=6).equals(run.measures["danger"].sel(future=8))


def test_experiments_are_a_table_with_words_for_codes(run: Run) -> None:
    table = run.experiments
    assert list(table.columns) == ["boldness", "rumour", "rule"]
    assert set(table["rule"]) == {"mild", "harsh", "cruel"}
    assert table.index.name == "future"
    assert len(table) == 39


def test_a_failed_future_has_no_row_and_says_why(run: Run) -> None:
    assert 5 not in run.measures["future"].values
    with pytest.raises(UsageError, match="future 5 failed: FutureFailed: people were lost"):
        run.events(5)
    with pytest.raises(UsageError, match="there is no future 40: this run has futures 0 to 39"):
        run.events(40)


def test_an_unknown_measure_is_answered_with_the_nearest(run: Run) -> None:
    with pytest.raises(UsageError, match="unknown measure 'displacd'; did you mean 'displaced'"):
        run.quantiles("displacd")


def test_measures_are_not_loaded_before_they_are_used(run: Run) -> None:
    opened = Run(run.path)
    assert not opened.measures["displaced"]._in_memory


def test_rows_cross_chunk_borders_unharmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = play(tmp_path / "plain")
    chunks = {"FUTURES_IN_CHUNK": 7, "ROWS_IN_CHUNK": 11, "EVENTS_IN_CHUNK": 4, "SMALL_CHUNK": 1}
    for name, size in chunks.items():
        monkeypatch.setattr(store, name, size)
    small = play(tmp_path / "small", batch=9)
    assert small.digest == plain.digest
    assert small.measures.identical(plain.measures)
    small.verify()
    assert zarr.open_array(small.path / "store.zarr/measures/displaced", mode="r").chunks[0] == 7


def test_damage_to_the_store_is_found_and_named(tmp_path: Path) -> None:
    run = play(tmp_path / "run")
    array = zarr.open_array(run.path / "store.zarr/measures/danger", mode="r+")
    array[3, 2] += 1e-9
    with pytest.raises(UsageError, match="the store is damaged: measures/danger"):
        run.verify()


def test_the_manifest_tells_what_was_run(run: Run) -> None:
    manifest = run.manifest
    assert (manifest["futures"], manifest["seed"], manifest["days"], manifest["replicates"]) == (40, 7, 30, 3)
    assert manifest["scenario"]["freeze"] == "2014-06-12"
    assert manifest["model"] == "fake-1"
    assert [(part["start"], part["stop"]) for part in manifest["parts"]][-1] == (36, 40)
    assert manifest["failed"][0]["future"] == 5
    assert {"python", "numpy", "afternext"} <= set(manifest["versions"])
    assert run.scenario.title == "A fake <crisis>"


MEMORY = """
import resource, sys
from pathlib import Path
from tests.ensemble.fake_world import FakeWorld, play
play(Path(sys.argv[1]), FakeWorld(places=2000), futures=int(sys.argv[2]), workers=1, batch=50)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.deep
def test_memory_does_not_grow_with_the_number_of_futures(tmp_path: Path) -> None:
    """2,000 places make 100 kB a future: 8,000 more futures are 800 MB of results."""
    import subprocess
    import sys

    peaks = []
    for futures in (1000, 9000):
        command = [sys.executable, "-c", MEMORY, str(tmp_path / f"run{futures}"), str(futures)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] + 40, peaks
