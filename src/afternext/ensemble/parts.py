"""Immutable parts: the arrays of one batch of futures, in one file that is either whole or not there.

Layout of a part, all numbers little-endian:

    14 bytes   b"AFTERNEXT-PART"
     2 bytes   format number
     8 bytes   length of the header
    32 bytes   SHA-256 of the header
     n bytes   header, JSON: key, range, futures, failed; name, type, shape, place, SHA-256 of each array
    then the arrays, raw, each at a multiple of 64 bytes

The header vouches for the arrays and its own hash for the header, so one flipped bit anywhere is found.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"AFTERNEXT-PART"
FORMAT = 1
PREFIX = struct.Struct("<14sHQ32s")
ALIGN = 64


class BadPart(Exception):
    """A part that is torn, damaged or of another run; the message says which."""


@dataclass(frozen=True)
class Failure:
    """A future that could not be played to its end."""

    future: int
    error: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Where one array lies in a part."""

    dtype: str
    shape: tuple[int, ...]
    offset: int
    nbytes: int
    sha256: str


@dataclass(frozen=True)
class Part:
    """A part whose header has been read and found sound."""

    path: Path
    sha256: str
    start: int
    stop: int
    futures: tuple[int, ...]
    failed: tuple[Failure, ...]
    arrays: Mapping[str, Stored]

    def read(self, name: str) -> NDArray[Any]:
        """One array of the part, checked against its hash."""
        stored = self.arrays[name]
        try:
            with self.path.open("rb") as file:
                file.seek(stored.offset)
                data = file.read(stored.nbytes)
        except OSError as error:
            raise BadPart(f"{self.path.name}: cannot be read: {error.strerror}") from error
        if len(data) != stored.nbytes or hashlib.sha256(data).hexdigest() != stored.sha256:
            raise BadPart(f"{self.path.name}: {name} is damaged")
        return np.frombuffer(data, dtype=np.dtype(stored.dtype)).reshape(stored.shape)

    def verify(self) -> None:
        """Read everything once, the zeros between the arrays too; raises BadPart."""
        for name in self.arrays:
            self.read(name)
        ends = [stored.offset + stored.nbytes for stored in self.arrays.values()]
        with self.path.open("rb") as file:
            for end in ends:
                file.seek(end)
                if any(file.read(-end % ALIGN)):
                    raise BadPart(f"{self.path.name}: is damaged between its arrays")


def part_name(key: str, start: int, stop: int) -> str:
    """Name of a part from its inputs: the key of the run and the range of futures."""
    return f"{key[:16]}-{start:08d}-{stop:08d}.part"


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Write a file that a reader sees whole or not at all: temporary name, fsync, replace, fsync again."""
    # Workers on two machines may have the same process id and, after a false alarm, the same batch.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def write_part(
    folder: Path,
    key: str,
    start: int,
    stop: int,
    futures: Sequence[int],
    failed: Sequence[Failure],
    arrays: Mapping[str, NDArray[Any]],
) -> str:
    """Write the part of futures `start` to `stop` - 1 and return its name.

    futures : those that were played to the end, ascending; the first axis of `arrays` unless ragged
    """
    entries: dict[str, dict[str, Any]] = {}
    blobs: list[tuple[int, memoryview]] = []
    offset = 0
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        data = little.reshape(-1).view(np.uint8).data
        entries[name] = {
            "dtype": little.dtype.str,
            "shape": list(little.shape),
            "offset": offset,
            "nbytes": data.nbytes,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        blobs.append((offset, data))
        offset += -(-data.nbytes // ALIGN) * ALIGN
    header = json.dumps(
        {
            "key": key,
            "start": start,
            "stop": stop,
            "futures": list(futures),
            "failed": [[failure.future, failure.error] for failure in failed],
            "arrays": entries,
        }
    ).encode()
    header += b" " * (-(PREFIX.size + len(header)) % ALIGN)
    prefix = PREFIX.pack(MAGIC, FORMAT, len(header), hashlib.sha256(header).digest())

    def chunks() -> Iterable[bytes | memoryview]:
        yield prefix + header
        for _, data in blobs:
            yield data
            yield bytes(-data.nbytes % ALIGN)

    name = part_name(key, start, stop)
    write_file(folder / name, chunks())
    return name


def open_part(path: Path, key: str) -> Part:
    """Read the header of a part of the run `key`; raises BadPart."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            prefix = file.read(PREFIX.size)
            if len(prefix) < PREFIX.size:
                raise BadPart(f"{path.name}: is torn")
            magic, number, length, digest = PREFIX.unpack(prefix)
            if magic != MAGIC or number != FORMAT:
                raise BadPart(f"{path.name}: is not a part of this format")
            header = file.read(length) if length <= size else b""
    except OSError as error:
        raise BadPart(f"{path.name}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(header).digest() != digest:
        raise BadPart(f"{path.name}: its header is damaged")
    content = json.loads(header)
    if content["key"] != key or path.name != part_name(key, content["start"], content["stop"]):
        raise BadPart(f"{path.name}: belongs to another run")
    begin = PREFIX.size + len(header)
    arrays = {
        name: Stored(
            entry["dtype"], tuple(entry["shape"]), begin + entry["offset"], entry["nbytes"], entry["sha256"]
        )
        for name, entry in content["arrays"].items()
    }
    if any(stored.offset + stored.nbytes > size for stored in arrays.values()):
        raise BadPart(f"{path.name}: is torn")
    return Part(
        path=path,
        sha256=hashlib.sha256(header).hexdigest(),
        start=content["start"],
        stop=content["stop"],
        futures=tuple(content["futures"]),
        failed=tuple(Failure(future, error) for future, error in content["failed"]),
        arrays=arrays,
    )


@dataclass(frozen=True)
class Scan:
    """What a folder of parts holds: sound parts that do not overlap, in order, and words about the others."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...]

    def missing(self, futures: int) -> list[range]:
        """Ranges of the futures 0 to `futures` - 1 that no part covers."""
        gaps = []
        at = 0
        for part in self.parts:
            if part.start > at:
                gaps.append(range(at, part.start))
            at = part.stop
        if at < futures:
            gaps.append(range(at, futures))
        return gaps


def is_temporary(path: Path) -> bool:
    """Whether a file is one that `write_file` had not finished."""
    return path.name.startswith(".") and path.name.endswith(".tmp")


def sweep(folder: Path) -> None:
    """Remove what a process that was killed in `write_file` has left in a folder."""
    for path in folder.iterdir():
        if is_temporary(path):
            _discard(path)


def _discard(path: Path) -> None:
    """Remove a file that is of no use; where that cannot be done it is passed over each time."""
    with contextlib.suppress(OSError):
        path.unlink()


def scan_parts(folder: Path, key: str, futures: int, *, verify: bool) -> Scan:
    """List the sound parts of a run and remove what is torn, damaged, left over or of no use.

    verify : read all arrays against their hashes (after a kill), or trust what this process saw written
    """
    found: list[Part] = []
    notes: list[str] = []
    if not folder.is_dir():
        return Scan((), ())
    sweep(folder)
    for path in sorted(folder.iterdir()):
        if path.suffix == ".part":
            try:
                part = open_part(path, key)
                if verify:
                    part.verify()
            except BadPart as bad:
                notes.append(f"{bad}; its futures are run again")
                _discard(path)
            else:
                found.append(part)
    chosen: list[Part] = []
    at = 0
    for part in sorted(found, key=lambda part: (part.start, -part.stop)):
        if part.start >= at and part.stop <= futures:
            chosen.append(part)
            at = part.stop
        else:  # two runs cut the same futures differently: either says the same, one is enough
            _discard(part.path)
    return Scan(tuple(chosen), tuple(notes))


def remove_parts(folder: Path) -> None:
    """Remove the parts of a consolidated run; a file that is not ours stays, and so does its folder."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.suffix == ".part" or is_temporary(path):
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
