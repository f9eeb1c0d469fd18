"""Sessions of `afternext run` that are cut off at random instants and resumed until they finish.

    python -m tests.reliability.kills KILL|INT CUTS SEED FOLDER [fake|two-towns]

Half of the instants are drawn over the file operations of a run (see forked.py), half over its time. With
SIGKILL the latter take the workers along and the former leave them behind. After each cut the harness notes
which futures lie in whole parts; none of them may be played again. At the end each run is compared with one
that was never cut off: digest, every byte of its store, and no file left over.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from tests.reliability import forked
from tests.reliability.forked import TINY, TWO_TOWNS, Crisis

WORKERS = ("1", "1", "1", "2")
BATCHES = ("1", "3", "7", "20")


def measure(crisis: Crisis, folder: Path) -> tuple[int, float]:
    """File operations and seconds of a run that is not cut off."""
    counted = folder / "count"

    def count() -> None:
        found = 0

        def one_more() -> bool:
            nonlocal found
            found += 1
            counted.write_text(str(found))
            return False

        forked.at_operation(1, one_more)

    assert forked.play(crisis, folder / "counted", "--workers", "1", "--batch", "3", before=count) == 0
    began = time.monotonic()
    assert forked.play(crisis, folder / "plain", "--workers", "1") == 0
    return int(counted.read_text()), time.monotonic() - began


def cut(crisis: Crisis, cuts: int, seed: int, folder: Path, number: int) -> dict[str, Any]:
    """Cut sessions off `cuts` times with a signal."""
    rng = random.Random(seed)
    operations, seconds = measure(crisis, folder)
    digest, whole = forked.digest(folder / "plain"), forked.bytes_of(folder / "plain" / "store.zarr")
    found = {
        "cuts": 0,
        "runs": 0,
        "equal": 0,
        "lost": 0,
        "left": 0,
        "wrong_codes": [],
        "silent": [],
        "kept": 0,
        "with_workers": 0,
    }
    while found["cuts"] < cuts:
        run, notes = folder / "run", folder / "notes"
        kept: dict[int, set[int]] = {}
        session = 0
        while True:
            session += 1
            words = ("--workers", rng.choice(WORKERS), "--batch", rng.choice(BATCHES))
            fuse = rng.random() < 0.5
            after = int(operations ** rng.uniform(0.2, 1.0))  # playing makes fewer operations than storing
            wait = rng.uniform(0, seconds)
            along = number == signal.SIGKILL and words[1] != "1" and not fuse
            last = found["cuts"] >= cuts
            how: dict[str, Any] = {"notes": notes, "session": session}
            if fuse and not last:
                how["before"] = partial(forked.light_fuse, after, number)
            said = folder / "said"
            pid = forked.fork(forked.command(crisis, run, *words, **how), said)
            code, killed = (None, 0) if fuse or last else _cut_after(pid, wait, number, along)
            code = forked.code_of(pid) if code is None else code
            if code == 0:
                break
            found["cuts"] += 1
            found["with_workers"] += killed > 0
            if code != (-signal.SIGKILL if number == signal.SIGKILL else 130):
                found["wrong_codes"].append([code, said.read_text()[-300:]])
            told = said.read_text()
            begun = number == signal.SIGINT and " futures of " in told
            way = ("is finished", "next: afternext show") if forked.digest(run) else ("--resume",)
            if begun and not any(words in told for words in way):
                found["silent"].append(told[-300:])
            kept[session] = forked.finished_futures(run)
            found["kept"] += len(kept[session])
        found["runs"] += 1
        played = forked.noted(notes)
        for before, futures in kept.items():
            found["lost"] += len({future for when, future in played if when > before} & futures)
        same = forked.digest(run) == digest and forked.bytes_of(run / "store.zarr") == whole
        found["equal"] += same
        found["left"] += len({path.name for path in run.iterdir()} - forked.FINISHED)
        shutil.rmtree(run)
        notes.unlink(missing_ok=True)
    return found


def _cut_after(pid: int, seconds: float, number: int, workers: bool) -> tuple[int | None, int]:
    """Signal a command after a time; its exit code if it had ended before; how many workers died with it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), 0
        time.sleep(0.002)
    return None, forked.end(pid, number, workers)


def main(kind: str, cuts: str, seed: str, folder: str, name: str = "fake") -> None:
    crisis = TINY if name == "fake" else TWO_TOWNS
    crisis.warm()
    number = signal.SIGKILL if kind == "KILL" else signal.SIGINT
    forked.report(cut(crisis, int(cuts), int(seed), Path(folder), number))


if __name__ == "__main__":
    main(*sys.argv[1:])
