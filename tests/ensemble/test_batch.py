"""A world that plays a batch in one call gives the same run as one that plays future by future."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.ensemble.fake_world import EVENT, FakeWorld, play


@dataclass(frozen=True)
class Many:
    arrays: dict[str, np.ndarray]
    events: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class ManyWorld(FakeWorld):
    """The fake world, a batch at a time."""

    def simulate_many(self, rows: np.ndarray, seed: int, first: int) -> Many:
        all_ = [self.simulate(row, seed, first + k) for k, row in enumerate(rows)]
        arrays = {
            measure.name: np.stack([one.arrays[measure.name] for one in all_]) for measure in self.measures
        }
        counts = np.array([len(one.events) for one in all_])
        return Many(arrays, np.concatenate([np.zeros(0, dtype=EVENT), *[o.events for o in all_]]), counts)


def test_a_batch_in_one_call_is_stored_as_future_by_future(tmp_path: Path) -> None:
    one = play(tmp_path / "one", FakeWorld(), batch=9)
    many = play(tmp_path / "many", ManyWorld(), batch=16)
    assert many.digest == one.digest
    assert np.array_equal(many.events(7), one.events(7))


def test_a_batch_that_raises_is_played_one_by_one_to_find_the_future(tmp_path: Path) -> None:
    run = play(tmp_path / "run", ManyWorld(fails=frozenset({5})), batch=16)
    assert [failure.future for failure in run.failed] == [5]
    assert len(run.measures["future"]) == 39
    assert run.digest == play(tmp_path / "one", FakeWorld(fails=frozenset({5}))).digest
