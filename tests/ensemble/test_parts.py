"""A part is whole or it is not there, and damage anywhere is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from afternext.ensemble.parts import (
    BadPart,
    Failure,
    open_part,
    part_name,
    remove_parts,
    scan_parts,
    write_part,
)

KEY = "a" * 64
ARRAYS = {
    "measures/displaced": np.arange(12, dtype=np.int64).reshape(3, 4),
    "measures/holder": np.array([[1, -1]] * 3, dtype=np.int8),
    "events": np.array([2, 0, 1]),
    "events/day": np.array([0.5, 1.0, 3.0], dtype=np.float32),
}


def write(folder: Path, start: int, stop: int, key: str = KEY) -> Path:
    failed = [Failure(start + 3, "people were lost")] if stop > start + 3 else []
    return folder / write_part(folder, key, start, stop, [start, start + 1, start + 2], failed, ARRAYS)


def test_a_part_gives_back_what_was_written(tmp_path: Path) -> None:
    part = open_part(write(tmp_path, 10, 14), KEY)
    assert (part.start, part.stop, part.futures) == (10, 14, (10, 11, 12))
    assert part.failed == (Failure(13, "people were lost"),)
    for name, array in ARRAYS.items():
        assert np.array_equal(part.read(name), array)
        assert part.read(name).dtype == array.dtype


def test_big_endian_arrays_are_stored_little_endian(tmp_path: Path) -> None:
    name = write_part(tmp_path, KEY, 0, 1, [0], [], {"x": np.arange(3, dtype=">i4")})
    assert open_part(tmp_path / name, KEY).read("x").dtype.str == "<i4"


def test_the_name_comes_from_the_inputs(tmp_path: Path) -> None:
    assert write(tmp_path, 10, 14).name == part_name(KEY, 10, 14)


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, 0, 3)
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    for place in rng.choice(len(whole), 300, replace=False):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        with pytest.raises(BadPart):
            open_part(path, KEY).verify()


@pytest.mark.parametrize("keep", [0, 5, 40, 200, -70])
def test_a_torn_part_is_found(tmp_path: Path, keep: int) -> None:
    path = write(tmp_path, 0, 3)
    path.write_bytes(path.read_bytes()[:keep])
    scan = scan_parts(tmp_path, KEY, 3, verify=True)
    assert scan.missing(3) == [range(3)]
    assert "run again" in scan.notes[0]
    assert not path.exists()


def test_a_part_of_another_run_is_not_used(tmp_path: Path) -> None:
    write(tmp_path, 0, 3, key="b" * 64)
    assert scan_parts(tmp_path, KEY, 3, verify=True).missing(3) == [range(3)]


def test_a_part_under_a_wrong_name_is_not_used(tmp_path: Path) -> None:
    write(tmp_path, 0, 3).rename(tmp_path / part_name(KEY, 3, 6))
    assert scan_parts(tmp_path, KEY, 6, verify=True).parts == ()


def test_gaps_between_parts_are_listed(tmp_path: Path) -> None:
    for start in (3, 9):
        write(tmp_path, start, start + 3)
    scan = scan_parts(tmp_path, KEY, 20, verify=True)
    assert scan.missing(20) == [range(3), range(6, 9), range(12, 20)]


def test_overlapping_parts_are_used_once(tmp_path: Path) -> None:
    for start, stop in ((0, 3), (0, 4), (2, 6), (4, 7)):
        write(tmp_path, start, stop)
    scan = scan_parts(tmp_path, KEY, 7, verify=True)
    assert [(part.start, part.stop) for part in scan.parts] == [(0, 4), (4, 7)]
    assert len(list(tmp_path.iterdir())) == 2


def test_left_over_temporary_files_are_removed(tmp_path: Path) -> None:
    left = tmp_path / f".{part_name(KEY, 0, 3)}.123.tmp"
    left.write_bytes(b"half")
    scan_parts(tmp_path, KEY, 3, verify=True)
    assert not left.exists()


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("afternext.ensemble.parts.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, 0, 3)
    assert list(tmp_path.iterdir()) == []


def test_removing_parts_leaves_files_of_others(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    write(parts, 0, 3)
    (parts / "notes.txt").write_text("mine")
    remove_parts(parts)
    assert [path.name for path in parts.iterdir()] == ["notes.txt"]
    (parts / "notes.txt").unlink()
    remove_parts(parts)
    assert not parts.exists()
