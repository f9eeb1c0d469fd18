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


def ours(futures: int, batched: bool) -> tuple[float, float]:
    """Seconds, wall and CPU, of a whole run: sampled, played, stored, read back."""
    from benchmarks.worlds import Batched, Loop, play

    world = Batched(INPUTS) if batched else Loop(INPUTS)
    times, cpu = [], []
    with tempfile.TemporaryDirectory(prefix="afternext-bench-") as folder:
        play(world, 100, Path(folder) / "warm", seed=1)
        for again in range(3):
            began, used = time.perf_counter(), time.process_time()
            run = play(world, futures, Path(folder) / f"run{again}")
            found = run.measures["y"].values
            times.append(time.perf_counter() - began)
            cpu.append(time.process_time() - used)
            if len(found) != futures:
                raise SystemExit("some experiments failed")
    return min(times), min(cpu)


def ema(futures: int) -> tuple[float, float]:
    """Seconds, wall and CPU, of `perform_experiments`, sampled and collected in memory."""
    from ema_workbench import Model, RealParameter, ScalarOutcome, SequentialEvaluator

    def total(**inputs: Any) -> dict[str, float]:
        return {"y": sum(inputs.values())}

    model = Model("total", function=total)
    model.uncertainties = [RealParameter(f"x{k}", 0.0, 1.0) for k in range(INPUTS)]
    model.outcomes = [ScalarOutcome("y")]
    with SequentialEvaluator(model) as evaluator:
        evaluator.perform_experiments(100)
        began, used = time.perf_counter(), time.process_time()
        evaluator.perform_experiments(futures)
        return time.perf_counter() - began, time.process_time() - used


def main() -> None:
    who, futures = sys.argv[1], int(sys.argv[2])
    wall, cpu = ema(futures) if who == "ema" else ours(futures, who == "ours")
    each = {"each_us": wall / futures * 1e6, "cpu_us": cpu / futures * 1e6}
    print(json.dumps({"who": who, "futures": futures, **each}))


if __name__ == "__main__":
    main()
