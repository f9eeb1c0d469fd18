"""Time one future without the process around it: `python -m benchmarks.future SCENARIO DAYS REPEATS`.

With NUMBA_DISABLE_JIT=1 the same code runs interpreted: the peer in the same program; both must agree.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time

import numpy as np

from afternext.ensemble.sample import Sampler
from afternext.scenario import load
from afternext.world import compile_scenario, known_parameters

SEED = 7


def main(name: str, days: int, repeats: int) -> None:
    began = time.perf_counter()
    scenario = load(name, known_parameters=known_parameters())
    world = compile_scenario(scenario, days=days)
    loaded = time.perf_counter()
    world.warm_up()
    warm = time.perf_counter()
    rows = Sampler(world.experiments, SEED, 1).rows(0, repeats)
    compile_scenario(scenario, days=1).simulate(
        rows[0], SEED, 0
    )  # first calls of libraries are not a future's cost
    digest = hashlib.sha256()
    starts = []
    for luck in range(repeats):
        starts.append(time.perf_counter())
        outcome = world.simulate(rows[luck], SEED, luck)
        for measure in sorted(outcome.arrays):
            digest.update(np.ascontiguousarray(outcome.arrays[measure]).tobytes())
    ended = time.perf_counter()
    print(
        json.dumps(
            {
                "places": len(world.coords["place"]),
                "days": days,
                "load_s": loaded - began,
                "warm_up_s": warm - loaded,
                "future_s": (ended - starts[0]) / repeats,
                "digest": digest.hexdigest(),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
