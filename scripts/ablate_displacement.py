"""What each mechanism of `afternext displacement` is worth out of sample (docs/benchmarks.md).

    python scripts/ablate_displacement.py ../shared/flee

Each row fits its own parameters without the conflict it is scored on; the error is the rescaled ARD with
capacities none, one run a conflict.
"""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from afternext.displacement.borders import latest
from afternext.displacement.case import Case, make_case
from afternext.displacement.model import Pull, run_model, set_stage
from afternext.displacement.scores import ard, rescale
from afternext.scenario.importers.flee_folder import read_flee

LEAST, BEST = 0.1, 0.2  # as in fit_displacement.py
KIN_FLOOR = 0.05  # the world's kin_floor
DISTANCE, TIES, FOLLOWING = (0.4, 0.6, 0.8, 1.0), (0.2, 0.35, 0.5, 0.65), (0.2, 0.4, 0.6)
EXTRA = (0.25, 0.5, 1.0)
ROWS = {
    "distance": (DISTANCE, (0.0,), (0.0,), "", (0.0,)),
    "distance, rank": (DISTANCE, (0.0,), (0.0,), "rank", EXTRA),
    "distance, following": (DISTANCE, (0.0,), FOLLOWING, "", (0.0,)),
    "distance, following, rank": (DISTANCE, (0.0,), FOLLOWING, "rank", EXTRA),
    "distance, following, kin": (DISTANCE, (0.0,), FOLLOWING, "kin", EXTRA),
    "distance, following, regime": (DISTANCE, (0.0,), FOLLOWING, "regime", EXTRA),
    "ties": ((0.0,), TIES, (0.0,), "", (0.0,)),
    "distance, ties (kept)": (DISTANCE, TIES, (0.0,), "", (0.0,)),
    "... and following": (DISTANCE, TIES, FOLLOWING, "", (0.0,)),
    "... and rank": (DISTANCE, TIES, (0.0,), "rank", EXTRA),
    "... and kin": (DISTANCE, TIES, (0.0,), "kin", EXTRA),
    "... and regime": (DISTANCE, TIES, (0.0,), "regime", EXTRA),
}


def extra_appeal(case: Case, name: str, weight: float) -> np.ndarray | None:
    """Return what kin or the legal regime of its country adds to each camp."""
    if name not in ("kin", "regime"):
        return None
    found = []
    for i in case.camps:
        row = latest(case.folder.home, case.folder.places[i].country, case.folder.start)
        value = 1.0 if row is None else getattr(row, name)
        found.append(weight * np.log(KIN_FLOOR + value if name == "kin" else value))
    return np.array(found)


def main(folder: str) -> None:
    paths = sorted(p for p in Path(folder).iterdir() if (p / "input_csv" / "locations.csv").is_file())
    cases = [make_case(read_flee(path)) for path in paths]
    stages = [set_stage(case, capacities=False) for case in cases]
    print("| mechanisms | parameters | mean error left out | " + " | ".join(p.name for p in paths) + " |")
    print("|---" * (3 + len(cases)) + "|")
    for name, (distances, ties, follows, what, weights) in ROWS.items():
        sets = list(itertools.product(distances, ties, follows, weights))
        table = np.empty((len(cases), len(sets)))
        for i, (case, stage) in enumerate(zip(cases, stages, strict=True)):
            for k, (d, t, f, w) in enumerate(sets):
                rank = w if what == "rank" else 0.0
                p = stage.parameters._replace(rank_exponent=rank, network_exponent=f)
                here = replace(stage, parameters=p)
                appeal = extra_appeal(case, what, w)
                run = run_model(here, Pull(d, t, 0.0), seed=1, luck=0, appeal=appeal)
                table[i, k] = ard(rescale(run, case.data), case.data)
        left_out = []
        for i in range(len(cases)):
            others = np.delete(table, i, axis=0)
            order = np.argsort(np.log(LEAST + others).mean(axis=0), kind="stable")
            middle = np.mean([sets[k] for k in order[: max(1, round(BEST * len(sets)))]], axis=0)
            near = np.abs(np.array(sets) - middle).sum(axis=1)
            left_out.append(table[i, int(np.argmin(near))])
        count = sum(len(axis) > 1 for axis in (distances, ties, follows, weights))
        print(
            f"| {name} | {count} | {np.mean(left_out):.3f} | "
            + " | ".join(f"{e:.2f}" for e in left_out)
            + " |"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
