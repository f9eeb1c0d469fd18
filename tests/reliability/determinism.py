"""The same futures in every way of running them.

python -m tests.reliability.determinism grid FUTURES WORKERS BATCHES FOLDER [fake|two-towns]
python -m tests.reliability.determinism alone FUTURES FOLDER
python -m tests.reliability.determinism idle FUTURES
python -m tests.reliability.determinism bytes SEEDS FUTURES
"""

from __future__ import annotations

import hashlib
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np

from afternext.ensemble.manifest import Settings
from afternext.ensemble.sample import Sampler
from afternext.ensemble.subject import open_scenario, subject_of
from tests.reliability import forked
from tests.reliability.forked import TINY, TWO_TOWNS

DAYS = 180


def digest_of(outcome: Any) -> bytes:
    """SHA-256 over the arrays and events of one future."""
    found = hashlib.sha256()
    for name in sorted(outcome.arrays):
        found.update(name.encode())
        found.update(np.ascontiguousarray(outcome.arrays[name]).tobytes())
    found.update(np.ascontiguousarray(outcome.events).tobytes())
    return found.digest()


def played(name: Any, seed: int, futures: range, strategies: tuple[str, ...] = ()) -> list[bytes]:
    """Digests of futures, each played alone."""
    crisis = open_scenario(name)
    subject = subject_of(crisis, Settings(futures.stop, seed, DAYS, strategies=strategies), str(name))
    sampler = Sampler(subject.world.experiments, seed, 1, subject.columns)
    found = []
    for future in futures:
        row = sampler.rows(future, future + 1)
        found.append(
            hashlib.sha256(row.tobytes() + digest_of(subject.world.simulate(row[0], seed, future))).digest()
        )
    return found


def grid(futures: str, workers: str, batches: str, folder: str, name: str = "fake") -> None:
    """Digest and bytes of the store for every pair of a number of workers and a size of batches."""
    crisis = TINY if name == "fake" else TWO_TOWNS
    crisis = forked.Crisis(crisis.name, (*crisis.words, "--futures", futures))
    crisis.warm()
    cells: dict[str, list[str]] = {}
    for count in workers.split(","):
        for batch in batches.split(","):
            run = Path(folder) / f"w{count}b{batch}"
            code = forked.play(crisis, run, "--workers", count, "--batch", batch, said=Path(folder) / "said")
            whole = forked.bytes_of(run / "store.zarr") if code == 0 else (Path(folder) / "said").read_text()
            cells[run.name] = [forked.digest(run), whole]
    forked.report({"cells": cells})


def alone(futures: str, folder: str) -> None:
    """Futures of a run, in random order, each against the same future played alone."""
    from afternext.ensemble.run import run

    count = int(futures)
    done = run("two-towns", futures=count, seed=7, years=DAYS / 365.25, workers=1, batch=64, out=folder)
    crisis = open_scenario("two-towns")
    subject = subject_of(crisis, Settings(count, 7, DAYS), "two-towns")
    sampler = Sampler(subject.world.experiments, 7)
    measures = done.measures.load()
    equal = 0
    order = list(range(count))
    random.Random(1).shuffle(order)
    for future in order:
        outcome = subject.world.simulate(sampler.rows(future, future + 1)[0], 7, future)
        row = measures.sel(future=future)
        same = all(np.array_equal(row[name].values, values) for name, values in outcome.arrays.items())
        equal += same and np.array_equal(done.events(future), outcome.events)
    forked.report({"futures": count, "equal": equal, "measures": len(measures.data_vars)})


def idle(futures: str) -> None:
    """Futures with strategies that do nothing against futures without."""
    count = range(int(futures))
    crisis = open_scenario("two-towns")
    content = crisis.model_dump(mode="json")
    same = {
        f"forces.{force}.admits.hill": content["forces"][force]["admits"]["hill"]
        for force in ("army", "sorrel")
    }
    late = {"by": "sorrel", "move": "air_support", "to": "government", "day": 4000, "delay": 0}
    words = {"title": "Nothing", "why": "To show that it changes no row."}
    content["strategies"] = {
        "same_values": {**words, "set": same},
        "after_the_end": {**words, "plan": [late]},
        "both": {**words, "set": same, "plan": [late]},
    }
    changed = type(crisis).model_validate(content)
    plain = played(crisis, 7, count)
    found = {name: played(changed, 7, count, (name,)) for name in content["strategies"]}
    help_in_time = played(crisis, 7, count, ("help_in_time",))
    forked.report(
        {
            "futures": len(plain),
            "changed": {
                name: sum(a != b for a, b in zip(plain, got, strict=True)) for name, got in found.items()
            },
            "changed_by_help": sum(a != b for a, b in zip(plain, help_in_time, strict=True)),
        }
    )


def in_bytes(seeds: str, futures: str) -> None:
    """One digest a seed: two processes must print the same."""
    found = [b"".join(played("two-towns", seed, range(int(futures)))) for seed in range(1, int(seeds) + 1)]
    forked.report({"digests": [hashlib.sha256(one).hexdigest() for one in found]})


if __name__ == "__main__":
    {"grid": grid, "alone": alone, "idle": idle, "bytes": in_bytes}[sys.argv[1]](*sys.argv[2:])
