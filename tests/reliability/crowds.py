"""Several processes on one run directory, readers beside writers that are killed, workers that are killed.

python -m tests.reliability.crowds two TIMES SEED FOLDER
python -m tests.reliability.crowds read READS SEED FOLDER
python -m tests.reliability.crowds workers KILLS SEED FOLDER
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from afternext.ensemble.parts import BadPart, open_part
from tests.reliability import forked
from tests.reliability.forked import TINY, children_of


def two(times: str, seed: str, folder: str) -> None:
    """Start 2 to 8 commands on one directory at once."""
    rng, root = random.Random(int(seed)), Path(folder)
    assert forked.play(TINY, root / "plain", "--workers", "1") == 0
    digest = forked.digest(root / "plain")
    found = {"times": int(times), "processes": 0, "refused": 0, "equal": 0, "wrong": []}
    for _ in range(int(times)):
        run = root / "run"
        count = rng.randint(2, 8)
        said = [root / f"said{n}" for n in range(count)]
        words = [("--workers", "1", "--batch", rng.choice(("1", "7", "64"))) for _ in range(count)]
        pids = [forked.fork(forked.command(TINY, run, *words[n]), said[n]) for n in range(count)]
        for pid, text in zip(pids, said, strict=True):
            code = forked.code_of(pid)
            refused = code == 2 and "in use by" in text.read_text()
            found["refused"] += refused
            if code != 0 and not refused:
                found["wrong"].append([code, text.read_text()[-300:]])
        found["processes"] += count
        same = forked.digest(run) == digest and {path.name for path in run.iterdir()} == forked.FINISHED
        found["equal"] += same
        shutil.rmtree(run)
    forked.report(found)


def look(run: Path) -> tuple[int, int, bool]:
    """Read every file that a run shows: (files read, files torn, whether it is finished)."""
    read = torn = 0
    try:
        manifest = json.loads((run / "manifest.json").read_text())
    except FileNotFoundError:
        return 0, 0, False
    except ValueError:
        return 1, 1, False
    read += 1
    try:
        paths = list((run / "parts").iterdir())
    except FileNotFoundError:
        paths = []
    for path in paths:
        if path.suffix != ".part":
            continue
        try:
            open_part(path, manifest["key"]).verify()
        except (BadPart, OSError):
            torn += path.exists()  # one that was removed between our listing and our reading is not torn
        read += 1
    try:
        json.loads((run / "store.zarr" / "zarr.json").read_text())
        read += 1
    except FileNotFoundError:
        pass
    except ValueError:
        torn += 1
    return read, torn, manifest["state"] == "finished"


def reads(wanted: str, seed: str, folder: str) -> None:
    """Read over and over while writers are killed at random file operations."""
    rng, run = random.Random(int(seed)), Path(folder) / "run"
    found = {"reads": 0, "torn": 0, "kills": 0, "runs": 0}
    while found["reads"] < int(wanted):
        after = int(500 ** rng.uniform(0.2, 1.0))
        fuse = {"before": lambda after=after: forked.light_fuse(after, signal.SIGKILL)}
        pid = forked.fork(forked.command(TINY, run, "--workers", "1", "--batch", "1", **fuse))
        while True:
            read, torn, finished = look(run)
            found["reads"] += read
            found["torn"] += torn
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
        found["kills"] += os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        if finished:
            found["runs"] += 1
            shutil.rmtree(run)
    forked.report(found)


def workers(wanted: str, seed: str, folder: str) -> None:
    """Kill one of two workers once a random number of futures has been played, over and over."""
    rng, root = random.Random(int(seed)), Path(folder)
    assert forked.play(TINY, root / "plain", "--workers", "1") == 0
    digest = forked.digest(root / "plain")
    found = {"killed": 0, "runs": 0, "equal": 0, "failed": 0}
    while found["killed"] < int(wanted):
        run, notes = root / "run", root / "notes"
        when = sorted(rng.sample(range(1, 36), 3))
        work = forked.command(TINY, run, "--workers", "2", "--batch", "5", notes=notes)
        pid = forked.fork(work)
        while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
            if when and len(forked.noted(notes)) >= when[0] and (living := children_of(pid)):
                os.kill(rng.choice(living), signal.SIGKILL)
                found["killed"] += 1
                when.pop(0)
            time.sleep(0.005)
        found["runs"] += 1
        same = os.waitstatus_to_exitcode(ended[1]) == 0 and forked.digest(run) == digest
        found["equal"] += same
        found["failed"] += len(json.loads((run / "manifest.json").read_text()).get("failed", ()))
        shutil.rmtree(run)
        notes.unlink()
    forked.report(found)


if __name__ == "__main__":
    {"two": two, "read": reads, "workers": workers}[sys.argv[1]](*sys.argv[2:])
