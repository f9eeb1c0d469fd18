"""What an experiment costs besides the model: `python -m benchmarks.overhead ours|loop|ema FUTURES`.

The model adds up 20 inputs. Sampling, running, writing and reading back are all counted, imports are not.
`ema` runs in a Python that has ema_workbench, which is no dependency of ours.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

INPUTS = 20


def ours(futures: int, batched: bool) -> float:
    """Seconds of a whole run: sampled, played, stored, read back."""
    from benchmarks.worlds import Batched, Loop, play

    world = Batched(INPUTS) if batched else Loop(INPUTS)
    times = []
    with tempfile.TemporaryDirectory(prefix="afternext-bench-") as folder:
        play(world, 100, Path(folder) / "warm", seed=1)
        for again in range(3):
            began = time.perf_counter()
            run = play(world, futures, Path(folder) / f"run{again}")
            found = run.measures["y"].values
            times.append(time.perf_counter() - began)
            assert len(found) == futures
    return min(times)


def ema(futures: int) -> float:
    """Seconds of `perform_experiments`, sampled and collected in memory."""
    from ema_workbench import Model, RealParameter, ScalarOutcome, SequentialEvaluator

    def total(**inputs: Any) -> dict[str, float]:
        return {"y": sum(inputs.values())}

    model = Model("total", function=total)
    model.uncertainties = [RealParameter(f"x{k}", 0.0, 1.0) for k in range(INPUTS)]
    model.outcomes = [ScalarOutcome("y")]
    with SequentialEvaluator(model) as evaluator:
        evaluator.perform_experiments(100)
        began = time.perf_counter()
        evaluator.perform_experiments(futures)
        return time.perf_counter() - began


def main() -> None:
    who, futures = sys.argv[1], int(sys.argv[2])
    seconds = ema(futures) if who == "ema" else ours(futures, who == "ours")
    print(json.dumps({"who": who, "futures": futures, "each_us": seconds / futures * 1e6}))


if __name__ == "__main__":
    main()
