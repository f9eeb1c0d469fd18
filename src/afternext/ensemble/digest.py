"""The digest of a run: SHA-256 over its decoded arrays, never over files, paths, times or the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class ArrayDigest:
    """SHA-256 of one array, fed in order of futures, a block of rows at a time."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def update(self, block: NDArray[Any]) -> None:
        """Add the next rows, as little-endian bytes in C order."""
        little = np.ascontiguousarray(block, dtype=block.dtype.newbyteorder("<"))
        self._hash.update(little.reshape(-1).view(np.uint8).data if little.size else b"")

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def describe(name: str, dtype: np.dtype[Any], shape: tuple[int, ...], sha256: str) -> str:
    """One line of the list that the digest of a run is taken over."""
    little = dtype.newbyteorder("<").str
    return json.dumps([name, little, list(shape), sha256], separators=(",", ":"))


def combine(lines: Mapping[str, str]) -> str:
    """Digest of a run from the lines of its arrays (`measures/displaced`, ...), in order of their names."""
    text = "\n".join(lines[name] for name in sorted(lines))
    return hashlib.sha256(text.encode()).hexdigest()
