"""One digest for any way of running the same futures, another for any other futures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from afternext.ensemble.digest import ArrayDigest
from tests.ensemble.fake_world import FakeWorld, play


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    return play(tmp_path_factory.mktemp("plain") / "run").digest


@pytest.mark.parametrize(
    "how",
    [
        {"workers": 1},
        {"workers": 2},
        *({"workers": 1, "batch": b} for b in (1, 7, 64)),
        {"workers": 2, "batch": 7},
    ],
    ids=str,
)
def test_workers_and_batches_do_not_matter(tmp_path: Path, plain: str, how: dict[str, int]) -> None:
    assert play(tmp_path / "run", **how).digest == plain


def test_another_seed_has_another_digest(tmp_path: Path, plain: str) -> None:
    assert play(tmp_path / "run", seed=8).digest != plain


def test_another_number_of_futures_has_another_digest_and_the_same_futures(
    tmp_path: Path, plain: str
) -> None:
    few, many = play(tmp_path / "few", futures=10), play(tmp_path / "many", futures=40)
    assert many.digest == plain
    assert few.digest != plain
    assert few.measures.identical(many.measures.isel(future=slice(0, 10)))
    assert few.experiments.equals(many.experiments.iloc[:10])


def test_events_are_part_of_the_digest(tmp_path: Path, plain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = FakeWorld.simulate

    def later(world: FakeWorld, row: np.ndarray, seed: int, luck: int) -> object:
        outcome = simulate(world, row, seed, luck)
        outcome.events["day"] += 1
        return outcome

    monkeypatch.setattr(FakeWorld, "simulate", later)
    assert play(tmp_path / "run", workers=1).digest != plain


def test_the_digest_can_be_computed_again_from_the_store(tmp_path: Path) -> None:
    play(tmp_path / "run").verify()


def test_paths_and_times_are_not_in_the_digest(tmp_path: Path, plain: str) -> None:
    assert play(tmp_path / "somewhere" / "else").digest == plain


def test_an_array_is_digested_as_little_endian_rows() -> None:
    values = np.arange(12.0).reshape(4, 3)
    whole, pieces = ArrayDigest(), ArrayDigest()
    whole.update(values)
    for block in (values[:1].astype(">f8"), values[1:1], np.asfortranarray(values[1:])):
        pieces.update(block)
    assert whole.hexdigest() == pieces.hexdigest()
