"""Displacement against FLEE's data: the bars of docs/benchmarks.md, every conflict left out of its own fit.

python benchmarks/displacement.py ../shared/flee      # prints the Markdown of the section
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from afternext.displacement.forecast import Forecast, displace

FLEE_NONE = {
    "mali2012": 0.84, "mali2017_adm1": 0.42, "nigeria2016": 0.28,
    "nigeria2022_adm2": 0.66, "ssudan2013": 0.82, "ssudan2016": 0.60,
    "syria2013": 0.39, "tigray2020": 0.78, "ukraine2022": 1.39, "venezuela2022": 1.47,
}  # fmt: skip
FLEE_GIVEN = {
    "mali2012": 0.316, "mali2017_adm1": 0.705, "nigeria2016": 0.244, "nigeria2022_adm2": 0.452,
    "ssudan2013": 0.535, "ssudan2016": 0.480, "syria2013": 0.348, "tigray2020": 0.376, "ukraine2022": 0.718,
    "venezuela2022": 1.163,
}  # fmt: skip


def factor(shown: Forecast) -> float:
    """Return by how much the modelled arrivals are off."""
    assert shown.arrived is not None
    counted, median, _, _ = shown.arrived
    ratio = max(counted, 1.0) / max(median, 1.0)
    return max(ratio, 1.0 / ratio)


def main(folder: str) -> None:
    rows = []
    for name in FLEE_NONE:
        path = Path(folder) / name
        began = time.perf_counter()
        none = displace(path)
        took = time.perf_counter() - began
        given = displace(path, capacities="given", members=20)
        later = displace(path, observe_until=30)
        unseen = displace(path, arrivals="modelled", seeds=1, members=40)
        seen = displace(path, arrivals="modelled", observe_until=30, seeds=1, members=40)
        rows.append(
            (
                none.ard["rescaled"],
                later.ard["rescaled"],
                later.baselines["day30"],
                given.ard["rescaled"],
                none.coverage80,
                later.coverage80,
                none.crps_log,
                min(none.rivals[k] for k in ("equal", "gravity")),
                later.crps_log,
                min(later.rivals.values()),
                factor(unseen),
                factor(seen),
                none.seconds,
                took,
            )
        )
        print(name, " ".join(f"{v:.3f}" for v in rows[-1]), file=sys.stderr, flush=True)
    table = np.array(rows)
    print("| conflict | none | FLEE | observed to day 30 | day 30 kept | given | FLEE | s a run |")
    print("|---|---|---|---|---|---|---|---|")
    for name, row in zip(FLEE_NONE, table, strict=True):
        print(
            f"| {name} | {row[0]:.2f} | {FLEE_NONE[name]:.2f} | {row[1]:.2f} | {row[2]:.2f} | {row[3]:.2f} | "
            f"{FLEE_GIVEN[name]:.2f} | {row[12]:.3f} |"
        )
    mean = table.mean(axis=0)
    print(
        f"| mean | {mean[0]:.2f} | {np.mean(list(FLEE_NONE.values())):.2f} | {mean[1]:.2f} | {mean[2]:.2f} | "
        f"{mean[3]:.2f} | {np.mean(list(FLEE_GIVEN.values())):.2f} | |"
    )
    below = sum(row[0] < FLEE_NONE[n] for n, row in zip(FLEE_NONE, table, strict=True))
    kept = int((table[:, 1] < table[:, 2]).sum())
    full = sum(row[3] <= FLEE_GIVEN[n] for n, row in zip(FLEE_NONE, table, strict=True))
    print(
        f"\nbelow FLEE without capacities {below} of 10, below kept shares {kept} of 10, given {full} of 10"
    )
    print(f"coverage {mean[4]:.2f} none, {mean[5]:.2f} observed")
    print(
        f"CRPS {mean[6]:.3f} none (best of equal and gravity {mean[7]:.3f}), "
        f"{mean[8]:.3f} observed (best rival {mean[9]:.3f})"
    )
    print(
        f"arrivals off by a median factor of {np.median(table[:, 10]):.2f} unseen, "
        f"{np.median(table[:, 11]):.2f} after 30 days"
    )


if __name__ == "__main__":
    main(sys.argv[1])
