"""One flipped byte in each part of a run, a few parts at a time, each time resumed.

python -m tests.reliability.flips PARTS ROUNDS SEED FOLDER
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
from pathlib import Path
from typing import Any

from afternext.ensemble import run as runs
from afternext.ensemble.manifest import Settings
from afternext.ensemble.run import Run, Subject, run_subject
from afternext.errors import Incomplete
from tests.ensemble import fake_world
from tests.ensemble.fake_world import FakeWorld
from tests.reliability import forked


def go_on(folder: Path, notes: Path, session: int, futures: int, store: bool) -> tuple[Run | None, str]:
    """Play what is missing; stop before the parts are made into a store if that is not wanted."""
    made = fake_world.subject(FakeWorld())
    subject = Subject(forked.Noted(made.world, str(notes), session), made.identity, made.copy)
    finish = runs._Session.finish

    def stop(*args: Any) -> None:
        raise Incomplete("stopped before the store")

    said = io.StringIO()
    settings = Settings(futures, 7, 30)
    try:
        runs._Session.finish = finish if store else stop  # type: ignore[method-assign]
        with contextlib.redirect_stderr(said):
            done = run_subject(
                lambda: subject, settings, folder, workers=1, batch=1, resume=True, progress=True
            )
    except Incomplete:
        return None, said.getvalue()
    finally:
        runs._Session.finish = finish  # type: ignore[method-assign]
    return done, said.getvalue()


def flip(path: Path, rng: random.Random) -> None:
    """Change one byte of a file, anywhere in it."""
    data = bytearray(path.read_bytes())
    data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
    path.write_bytes(data)


def main(parts: str, rounds: str, seed: str, folder: str) -> None:
    count, rng, root = int(parts), random.Random(int(seed)), Path(folder)
    notes, run = root / "notes", root / "run"
    plain, _ = go_on(root / "plain", root / "plain-notes", 0, count, True)
    assert plain is not None
    go_on(run, notes, 0, count, False)
    paths = sorted((run / "parts").glob("*.part"))
    assert len(paths) == count
    order = list(range(count))
    rng.shuffle(order)
    found = {"parts": count, "found": 0, "others": 0, "told": 0}
    size = -(-count // int(rounds))
    for session, start in enumerate(range(0, count, size), start=1):
        damaged = set(order[start : start + size])
        for future in sorted(damaged):
            flip(paths[future], rng)
        _, said = go_on(run, notes, session, count, False)
        again = {future for when, future in forked.noted(notes) if when == session}
        found["found"] += len(again & damaged)
        found["others"] += len(again - damaged)
        found["told"] += said.count("its futures are run again")
    done, _ = go_on(run, notes, count, count, True)
    assert done is not None
    same = forked.bytes_of(run / "store.zarr") == forked.bytes_of(root / "plain" / "store.zarr")
    forked.report({**found, "equal": same and done.digest == plain.digest})


if __name__ == "__main__":
    main(*sys.argv[1:])
