"""The order of the files of tests names files that there are, each once."""

from __future__ import annotations

from pathlib import Path

from tests.order import FIRST, HERE, ORDER, place


def test_every_file_that_has_a_place_exists_and_has_one_place() -> None:
    assert not [name for name in ORDER if not (HERE / name).is_file()]
    assert len(set(ORDER)) == len(ORDER)


def test_a_file_without_a_place_comes_last() -> None:
    assert place(HERE / FIRST) == 0
    assert place(Path(__file__)) == len(ORDER)
