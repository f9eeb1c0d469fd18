"""Arrays of numbers are the files that Zarr itself would write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from zarr.codecs import BloscCodec

from afternext.ensemble.numbers import Numbers

RNG = np.random.default_rng(4)
ARRAYS = {
    "floats": RNG.random((40, 7)),
    "small floats": RNG.random((40, 7, 3)).astype(np.float32),
    "counts": RNG.integers(0, 9, (40, 7)),
    "codes": RNG.integers(-3, 3, 40).astype(np.int8),
    "short": RNG.integers(0, 900, 40).astype(np.uint16),
    "flags": RNG.random((40, 2)) < 0.5,
    "gaps": np.where(RNG.random(40) < 0.5, np.nan, 1.0),
    "zeros of both signs": np.array([0.0, -0.0] * 20),
    "nothing in between": np.concatenate([np.ones(11), np.zeros(18), np.ones(11)]),
    "no rows": np.zeros((0, 4)),
    "no columns": np.zeros((40, 0)),
    "the other byte order": np.arange(40).astype(">i4"),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("rows", [9, 40, 1000])
def test_files_are_those_that_zarr_writes(name: str, rows: int, tmp_path: Path) -> None:
    values = ARRAYS[name]
    dims, attrs = [f"d{k}" for k in range(values.ndim)], {"units": "km²", "order": ["a", 1, None, 0.5]}
    mine = Numbers(tmp_path / "mine", values.shape, values.dtype, dims, rows, attrs)
    for start in range(0, len(values), mine.rows):
        mine.write(start, values[start : start + mine.rows])
    zarrs(tmp_path / "zarrs", values, dims, rows, attrs)
    assert files(tmp_path / "mine") == files(tmp_path / "zarrs")
    assert np.array_equal(zarr.open_array(tmp_path / "mine")[:], values, equal_nan=values.dtype.kind == "f")


def test_many_chunks_may_come_at_once(tmp_path: Path) -> None:
    values = ARRAYS["floats"]
    Numbers(tmp_path / "mine", values.shape, values.dtype, ("a", "b"), 9, {}).write(0, values)
    assert np.array_equal(zarr.open_array(tmp_path / "mine")[:], values)


def zarrs(folder: Path, values: np.ndarray, dims: list[str], rows: int, attrs: dict[str, Any]) -> None:
    array = zarr.create_array(
        folder, shape=values.shape, dtype=values.dtype.newbyteorder("<"),
        chunks=(max(1, min(rows, len(values))), *(max(1, size) for size in values.shape[1:])),
        compressors=BloscCodec(cname="lz4", clevel=1, shuffle="shuffle"), dimension_names=dims,
        attributes=attrs,
    )  # fmt: skip
    array[:] = values


def files(folder: Path) -> dict[str, bytes]:
    there = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in there}
