"""One process at a time on a run directory."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from afternext.errors import UsageError

NAME = "run.lock"


def started(pid: int) -> str | None:
    """When a process started, in ticks; None if there is no such process, "" where that cannot be told."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    if fields[0] == "Z":  # a zombie holds nothing
        return None
    return fields[19]


def _holder(text: str) -> int | None:
    """Process id named in a lock file, if that very process still lives."""
    try:
        content: dict[str, Any] = json.loads(text)
        pid, since = int(content["pid"]), str(content["started"])
    except (ValueError, KeyError, TypeError):
        return None  # half written by a process that died
    now = started(pid)
    return pid if now is not None and now == since else None


def owner(folder: Path) -> int | None:
    """Process at work in a run directory, without touching its lock."""
    try:
        return _holder((folder / NAME).read_text(errors="replace"))
    except OSError:
        return None


class RunLock:
    """A lock file with the process id and start time of its owner.

    The kernel's own lock on the file settles who comes first and goes away with its owner, however it dies.
    The content says who that is, and still counts where a file system ignores kernel locks; a process id
    that now belongs to another process has another start time.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._handle: int | None = None

    def __enter__(self) -> RunLock:
        while self._handle is None:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                holder = _holder(os.pread(handle, 4096, 0).decode(errors="replace"))
                if holder is not None:
                    raise BlockingIOError
            except BlockingIOError:
                holder = _holder(os.pread(handle, 4096, 0).decode(errors="replace"))
                os.close(handle)
                who = f"process {holder}" if holder is not None else "another process"
                raise UsageError(
                    f"{self._path.parent} is in use by {who}; wait for it to end, or choose another --out"
                ) from None
            try:
                same = os.path.samestat(os.fstat(handle), self._path.stat())
            except FileNotFoundError:
                same = False
            if same:
                self._handle = handle
            else:  # its last owner removed it between our opening and our locking
                os.close(handle)
        content = {"pid": os.getpid(), "started": started(os.getpid())}
        try:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, json.dumps(content).encode(), 0)
        except OSError:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        if self._handle is not None:
            with suppress(OSError):  # a file system that has become read-only; the kernel's lock goes anyway
                self._path.unlink()
            os.close(self._handle)
            self._handle = None
