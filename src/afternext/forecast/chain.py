"""An append-only file of records, each carrying the hash of the one before it.

One JSON object a line, so that anybody can read it. A line is written whole and made durable before the
writer goes on; one writer at a time holds the kernel's lock on the file. Beside it stands `FILE.head` with
the number and hash of the last line, so that cutting off the end shows too. Whoever can write both files can
still forge them together: publish the head elsewhere to be held to it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from afternext.errors import InvalidInput, Problem, UsageError

START = "0" * 64
FORMAT = 1
LONGEST_LINE = 64 * 2**20  # bytes; a forecast by 10,000 futures takes 200,000
Record = dict[str, Any]
# Fields by which records of a kind are found and scored: a valid hash does not say that a line is right.
NEEDED: dict[str, dict[str, type]] = {
    "ask": {"key": str, "id": str, "scenario": str, "freeze": str, "question": dict},
    "issue": {"key": str, "id": str, "forecast": dict, "baselines": dict},
    "resolve": {"key": str, "id": str, "words": str},
    "score": {"key": str},
}


@dataclass
class Chain:
    """A registry as read.

    records : every whole line, in order        torn : what a killed writer left of a last line
    """

    path: Path
    records: list[Record] = field(default_factory=list)
    torn: str = ""

    @property
    def head(self) -> str:
        """The hash of the last line."""
        return str(self.records[-1]["hash"]) if self.records else START

    def of(self, kind: str) -> list[Record]:
        """Records of one kind, in order."""
        return [record for record in self.records if record["type"] == kind]


def canonical(content: Any) -> str:
    """The one way in which a record is written for hashing: sorted keys, no blanks, no infinite numbers."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(content: Any) -> str:
    """SHA-256 of a content in its canonical form."""
    return sha256(canonical(content).encode()).hexdigest()


def _seal(record: Mapping[str, Any]) -> str:
    return digest_of({key: value for key, value in record.items() if key != "hash"})


def read_chain(path: str | Path) -> Chain:
    """Read and verify a registry.

    Raises
    ------
    UsageError : there is no such file
    InvalidInput : a line was changed, taken out, put in or moved; every spot is named
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: there is no registry; `afternext forecast ask` starts one")
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # a writer may be half-way through a line
        raw, head = file.read(), _read_head(path)
    return _verify(path, raw, head)


def _read_head(path: Path) -> Record | None:
    try:
        content = json.loads(_head_file(path).read_text(encoding="utf-8"))
        return {"n": int(content["n"]), "hash": str(content["hash"])}
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        problem = Problem(_head_file(path).name, 1, 0, "", "the file was changed: it holds no head")
        raise InvalidInput([problem]) from error


def _head_file(path: Path) -> Path:
    return path.with_name(path.name + ".head")


def _verify(path: Path, raw: bytes, head: Record | None) -> Chain:
    chain = Chain(path)
    problems: list[Problem] = []
    lines = raw.split(b"\n")
    last = lines.pop()  # what follows the last line end: nothing, unless a writer was killed
    before = START
    for number, line in enumerate(lines, 1):
        record, why = _read_line(line, number, before)
        if record is None or why:
            problems.append(Problem(path.name, number, 0, "", why, "a registry is only ever added to"))
        if record is not None:
            chain.records.append(record)
            before = str(record["hash"])
        else:
            before = ""  # the line after it cannot be judged by this one
    chain.torn = last.decode("utf-8", errors="replace")
    if head is not None and not problems:
        there = len(chain.records)
        if head["n"] > there:
            text = f"{head['n'] - there} lines are missing at the end: the head names line {head['n']}"
            problems.append(Problem(path.name, there, 0, "", text, "a registry is only ever added to"))
        elif head["n"] > 0 and chain.records[head["n"] - 1]["hash"] != head["hash"]:
            text = "the line is not the one that the head names"
            problems.append(Problem(path.name, head["n"], 0, "", text, "the registry was written anew"))
    if problems:
        raise InvalidInput(problems)
    return chain


def _read_line(line: bytes, number: int, before: str) -> tuple[Record | None, str]:
    """A record, and what is wrong with it."""
    if len(line) > LONGEST_LINE:
        return None, f"the line has more than {LONGEST_LINE >> 20} MB"
    try:
        record = json.loads(line)
        seal = _seal(record) if isinstance(record, dict) else ""
    except (ValueError, RecursionError):  # also infinite numbers and halves of characters
        return None, "the line was changed: it is no JSON"
    if not isinstance(record, dict) or not {"n", "type", "at", "previous", "hash"} <= set(record):
        return None, "the line was changed: it is no record"
    if seal != record["hash"]:
        return record, f"the line was changed: its hash is not {str(record['hash'])[:12]}..."
    if missing := _missing(record):
        return record, f"a record of kind {record['type']} has no {missing}"
    if record["n"] != number:
        return record, f"a line is missing or was put in: this is record {record['n']}"
    if before and record["previous"] != before:
        return record, "a line before it was taken out, put in or changed"
    return record, ""


def _missing(record: Record) -> str:
    """The first field that a record of its kind must have, and has not or in another form."""
    needed = NEEDED.get(record["type"], {}) if isinstance(record["type"], str) else {"type": str}
    return next((name for name, kind in needed.items() if not isinstance(record.get(name), kind)), "")


def now() -> str:
    """This second in UTC, as records state it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def append(path: str | Path, records: Iterable[Mapping[str, Any]]) -> Chain:
    """Add records at the end, all or none unless killed, and make them durable.

    Waits for other writers. What a killed writer left of a line is moved into a record of its own kind
    (`repair`), so nothing is lost and the file is whole again.

    records : content of each line; number, time and hashes are added
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        raw = b""
        while block := os.read(handle, 1 << 20):
            raw += block
        chain = _verify(path, raw, _read_head(path))
        whole = len(raw) - len(raw.split(b"\n")[-1])
        fresh = [dict(record) for record in records]
        if chain.torn:
            fresh.insert(0, {"type": "repair", "lost": chain.torn})
            os.ftruncate(handle, whole)
        text = ""
        for content in fresh:
            record = {
                "n": len(chain.records) + 1,
                "type": content["type"],
                "at": now(),
                **{key: value for key, value in content.items() if key != "type"},
                "format": FORMAT,
                "previous": chain.head,
            }
            record["hash"] = _seal(record)
            text += json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
            chain.records.append(record)
        _write_all(handle, whole, text.encode())
        os.fsync(handle)
        _write_head(path, chain)
        chain.torn = ""
    finally:
        os.close(handle)
    return chain


def _write_all(handle: int, at: int, content: bytes) -> None:
    while content:
        written = os.pwrite(handle, content, at)
        content, at = content[written:], at + written


def _write_head(path: Path, chain: Chain) -> None:
    """Replace the head in one step; a reader sees the old or the new one."""
    target = _head_file(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"n": len(chain.records), "hash": chain.head}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
