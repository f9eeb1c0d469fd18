"""Disks that are full, without file names left, or not to be written. Needs the right to mount a small tmpfs.

python -m tests.reliability.disks full SIZES FOLDER
python -m tests.reliability.disks readonly TIMES SEED FOLDER
"""

from __future__ import annotations

import ctypes
import errno
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.reliability import forked
from tests.reliability.forked import TINY

MS_RDONLY, MS_REMOUNT = 1, 32
ROOM = "size=64m,nr_inodes=10000"
WORDS = ("--workers", "1", "--batch", "4")
READING = {"os.listdir", "os.scandir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
libc = ctypes.CDLL(None, use_errno=True)


def mount(folder: Path, options: str, flags: int = 0) -> bool:
    """Mount a tmpfs, or mount it again with other options."""
    target = str(folder).encode()
    return bool(libc.mount(b"tmpfs", target, b"tmpfs", ctypes.c_ulong(flags), options.encode()) == 0)


def unmount(folder: Path) -> None:
    assert libc.umount2(str(folder).encode(), 2) == 0, os.strerror(ctypes.get_errno())


def may_mount(folder: Path) -> bool:
    """Whether this process may mount."""
    folder.mkdir(parents=True, exist_ok=True)
    if not mount(folder, "size=16k"):
        return False
    unmount(folder)
    return True


def full(sizes: str, folder: str) -> None:
    """Runs on file systems with room for a part of what they write, each then given room and resumed."""
    root = Path(folder)
    disk = root / "disk"
    if not may_mount(disk):
        return forked.report({"skipped": "no right to mount"})
    assert forked.play(TINY, root / "plain", *WORDS) == 0
    digest, whole = forked.digest(root / "plain"), forked.bytes_of(root / "plain")
    blocks = sum(-(-path.stat().st_size // 4096) + 1 for path in (root / "plain").rglob("*"))
    files = len(list((root / "plain").rglob("*")))
    found: dict[str, Any] = {"runs": 0, "stopped": 0, "fitted": 0, "equal": 0, "neighbours": 0, "wrong": []}
    count = int(sizes)
    cases = [f"size={4 * (blocks + 2 + n * 2 * blocks // count)}k" for n in range(count)]
    cases += [f"size=64m,nr_inodes={files + 3 + n * 2 * files // count}" for n in range(count)]
    for options in cases:
        found["runs"] += 1
        assert mount(disk, ROOM)
        try:
            shutil.copytree(root / "plain", disk / "neighbour")
            mount(disk, options, MS_REMOUNT)
            said = root / "said"
            code = forked.play(TINY, disk / "run", *WORDS, said=said)
            text = said.read_text()
            if (
                code == 4
                and "No space left" in text.replace("no space", "No space")
                and "Traceback" not in text
            ):
                found["stopped"] += 1
            elif code == 0:
                found["fitted"] += 1
            else:
                found["wrong"].append([options, code, text[-300:]])
            assert mount(disk, ROOM, MS_REMOUNT)
            code = forked.play(TINY, disk / "run", *WORDS, said=said)
            if code != 0:
                found["wrong"].append([options, "resumed", code, said.read_text()[-300:]])
            left = {path.name for path in (disk / "run").iterdir()} - forked.FINISHED
            found["equal"] += forked.digest(disk / "run") == digest and not left
            found["neighbours"] += forked.bytes_of(disk / "neighbour") == whole
        finally:
            unmount(disk)
    return forked.report(found)


def readonly(times: str, seed: str, folder: str) -> None:
    """A file system that cannot be written, and one that turns so in the middle of a run."""
    root, rng = Path(folder), random.Random(int(seed))
    disk = root / "disk"
    if not may_mount(disk):
        return forked.report({"skipped": "no right to mount"})
    assert forked.play(TINY, root / "plain", *WORDS) == 0
    digest = forked.digest(root / "plain")
    found: dict[str, Any] = {"times": 0, "named": 0, "turned": 0, "stopped": 0, "equal": 0, "wrong": []}
    for _ in range(int(times)):
        found["times"] += 1
        assert mount(disk, ROOM)
        said, turned = root / "said", root / "turned"
        turned.unlink(missing_ok=True)
        try:
            after = int(200 ** rng.uniform(0.2, 1.0))

            def turn(after: int = after, turned: Path = turned) -> None:
                _turn(disk, after, turned)

            code = forked.play(TINY, disk / "run", *WORDS, said=said, before=turn)
            text = said.read_text()
            if turned.exists():
                found["turned"] += 1
                if code in (2, 4) and "ead-only file system" in text and "Traceback" not in text:
                    found["stopped"] += 1
                elif code != 0:  # the last operations of a run do not write
                    found["wrong"].append([after, code, text[-300:]])
            mount(disk, ROOM, MS_REMOUNT | MS_RDONLY)
            code = forked.play(TINY, disk / "other", *WORDS, said=said)
            found["named"] += code == 2 and "cannot write to" in said.read_text()
            assert mount(disk, ROOM, MS_REMOUNT)
            code = forked.play(TINY, disk / "run", *WORDS, said=said)
            if code != 0:
                found["wrong"].append(["resumed", code, said.read_text()[-300:]])
            found["equal"] += forked.digest(disk / "run") == digest
        finally:
            unmount(disk)
    return forked.report(found)


def _turn(disk: Path, after: int, turned: Path) -> None:
    """Let every operation that writes below a folder fail from the n-th on, as on a disk that the kernel has
    made read-only (which it refuses to do on request while the lock file is open).
    """
    count = 0

    def hook(event: str, args: Any) -> None:
        nonlocal count
        if event not in forked.OPERATIONS or not str(args[0]).startswith(str(disk)):
            return
        if event in READING or (event == "open" and not (args[2] or 0) & WRITING):
            return
        count += 1
        if count >= after:
            turned.touch()
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(args[0]))

    sys.addaudithook(hook)


if __name__ == "__main__":
    {"full": full, "readonly": readonly}[sys.argv[1]](*sys.argv[2:])
