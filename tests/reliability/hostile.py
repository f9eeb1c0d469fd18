"""Send hostile cases through every door: `python -m tests.reliability.hostile CASES [SEED [DOORS]]`."""

from __future__ import annotations

import sys
import time
import traceback
from dataclasses import dataclass, field
from random import Random

from tests.reliability.doors import DOORS, Door, enter
from tests.reliability.limits import Meter, TooLong, peak, timed

MOST_FAULTS = 5  # of a door, after which it is left
# Share of a run in thousandths: cheap doors take most cases, and every door takes some.
SHARES = {
    "value": 700, "table": 50, "yaml": 60, "tree": 10, "folder": 1, "claims": 50, "truth": 20, "registry": 35,
    "sheet": 40, "xlsx": 2, "flee": 6, "upload": 11, "strategy": 15,
}  # fmt: skip


@dataclass
class Tally:
    """How it went at one door."""

    door: str
    cases: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)


def batter(door: Door, cases: int, meter: Meter, seed: int = 0) -> Tally:
    """So many cases through one door; the same ones for the same seed."""
    tally = Tally(door.name)
    for number in range(cases):
        name = f"{door.name}/{seed}/{number}"
        rng = Random(name)
        case = door.make(rng)
        tally.cases += 1
        try:
            with meter.case(name):
                tally.refused += enter(door, case)
        except (Exception, TooLong):
            tally.faults.append(f"{name}: {case!r:.600}\n{traceback.format_exc(limit=-4)}")
            if len(tally.faults) >= MOST_FAULTS:
                break
    return tally


def batter_all(cases: int, seed: int = 0, only: str = "") -> tuple[list[Tally], Meter, int]:
    """Cases through every door by their shares; what each gave, the longest one, and how memory grew."""
    tallies = []
    with timed() as meter:
        for door in DOORS:
            if only in ("", door.name):
                tallies.append(batter(door, max(1, cases * SHARES[door.name] // 1000), meter, seed))
    return tallies, meter, peak()


def main() -> None:
    cases, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    chosen = sys.argv[3].split(",") if len(sys.argv) > 3 else [door.name for door in DOORS]
    total = faults = 0
    for name in chosen:
        begin = time.process_time()
        (tally,), meter, most = batter_all(cases, seed, name)
        each = 1000 * (time.process_time() - begin) / tally.cases
        print("\n".join(tally.faults))
        print(
            f"{name:10} {tally.cases:8} cases {tally.refused:8} refused {len(tally.faults)} uncaught, "
            f"{each:.2f} ms a case, longest {meter.longest:.2f} s ({meter.where}), peak {most >> 20} MB",
            flush=True,
        )
        total, faults = total + tally.cases, faults + len(tally.faults)
    print(f"{total} cases, {faults} uncaught")


if __name__ == "__main__":
    main()
