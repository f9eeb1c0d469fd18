"""Clocks that jump: the wall clock by years back and forth, the monotonic ones by days forward or not at all.

python -m tests.reliability.clocks TIMES SEED FOLDER
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from afternext.ensemble import manifest as manifests
from afternext.ensemble import place
from tests.reliability import forked
from tests.reliability.forked import TINY

YEARS = 30


def disturb(seed: int) -> None:
    """Let every clock of this process jump at each look at it."""
    rng = random.Random(seed)
    ahead = 0.0

    def wall() -> float:
        return 1.7e9 + rng.uniform(-YEARS, YEARS) * 3.15e7

    def forward() -> float:
        nonlocal ahead
        ahead += rng.choice((0.0, 0.0, 1e-9, 0.1, 3600.0, 1e6))
        return ahead

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime(2026, 1, 1, tzinfo=tz) + timedelta(days=rng.uniform(-YEARS, YEARS) * 365)

    time.time, time.monotonic, time.perf_counter = wall, forward, forward
    manifests.datetime = place.datetime = Jumping  # type: ignore[attr-defined, misc]


def main(times: str, seed: str, folder: str) -> None:
    rng, root = random.Random(int(seed)), Path(folder)
    assert forked.play(TINY, root / "plain", "--workers", "1") == 0
    digest, whole = forked.digest(root / "plain"), forked.bytes_of(root / "plain" / "store.zarr")
    found: dict[str, Any] = {"times": int(times), "sessions": 0, "killed": 0, "equal": 0, "wrong": []}
    for _ in range(int(times)):
        run = root / "run"
        while True:
            found["sessions"] += 1
            when, after = rng.randrange(2**32), int(600 ** rng.uniform(0.2, 1.3))

            def before(when: int = when, after: int = after) -> None:
                forked.light_fuse(after, signal.SIGKILL)
                disturb(when)

            code = forked.play(TINY, run, "--workers", "1", said=root / "said", before=before)
            if code == 0:
                break
            found["killed"] += 1
            if code != -signal.SIGKILL:
                found["wrong"].append([code, (root / "said").read_text()[-300:]])
                break
        found["equal"] += forked.digest(run) == digest and forked.bytes_of(run / "store.zarr") == whole
        shutil.rmtree(run)
    forked.report(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
