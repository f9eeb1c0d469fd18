"""Fit the shared parameters of `afternext displacement`, leaving each conflict out in turn.

    python scripts/fit_displacement.py ../shared/flee     # writes src/afternext/displacement/fitted.csv

One grid for all conflicts; a conflict's own row is the mean of the best sets of the nine others. What is made
small is the mean log of three errors (rescaled ARD with capacities none, with capacities given, and after day
30 observed), so that no conflict counts more for being hard. Takes two minutes of one core.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np

from afternext.displacement.arrivals import masses
from afternext.displacement.case import Case, make_case, spawned
from afternext.displacement.fitted import COLUMNS, key_of
from afternext.displacement.model import Pull, run_model, set_stage
from afternext.displacement.scores import ard, coverage, interval, rescale
from afternext.scenario.importers.flee_folder import read_flee

OUT = Path(__file__).resolve().parents[1] / "src" / "afternext" / "displacement" / "fitted.csv"
GRID = {
    "distance": (0.4, 0.6, 0.8, 1.0, 1.2),
    "ties": (0.2, 0.35, 0.5, 0.65, 0.8),
    "kept": (0.2, 0.35, 0.5, 0.65),
}
ROOMS = (0.5, 1.0, 2.0, 3.0)  # within the range of room_exponent; acts only where capacities are given
BEST = 0.2  # share of the grid that is averaged: the very best set is luck
SPREADS = (0.5, 0.7, 0.9, 1.1, 1.4)
COVERED = 0.75  # of counts that the 80 % interval is to hold; a wider spread buys little and blurs much
MEMBERS = 50
RIDGE = 0.3
LEAST = 0.1  # error below which less is no gain
SOURCE = "leave-one-out over ten FLEE conflicts (scripts/fit_displacement.py)"


def errors(case: Case, sets: list[Pull]) -> np.ndarray:
    """Return the mean log error of one conflict under every set of parameters."""
    free, full = set_stage(case, capacities=False), set_stage(case, capacities=True)
    known: dict[tuple[float, ...], float] = {}
    found = []
    for pull in sets:
        if pull[:2] not in known:
            known[pull[:2]] = sum(
                np.log(LEAST + ard(rescale(run_model(stage, pull, seed=1, luck=0), case.data), case.data))
                for stage in (free, full)
            )
        after = run_model(free, pull, seed=1, luck=0, observed_until=30)
        found.append(known[pull[:2]] + np.log(LEAST + ard(rescale(after, case.data), case.data, 31)))
    return np.array(found) / 3.0


def best(table: np.ndarray, sets: list[Pull], keep: list[int]) -> Pull:
    order = np.argsort(table[keep].mean(axis=0), kind="stable")[: max(1, round(BEST * len(sets)))]
    return Pull(*(round(float(v), 3) for v in np.mean([sets[k] for k in order], axis=0)))


def room_errors(case: Case, pull: Pull) -> list[float]:
    """Return the error with capacities given under each value of the room exponent."""
    stage = set_stage(case, capacities=True)
    runs = (run_model(stage, pull._replace(room=room), seed=1, luck=0) for room in ROOMS)
    return [ard(rescale(run, case.data), case.data) for run in runs]


def covered(case: Case, pull: Pull, spread: float, until: int | None) -> float:
    """Return the coverage of the 80 % interval with this spread of what else draws people."""
    stage = set_stage(case, capacities=False)
    rng = np.random.default_rng(1)
    members = []
    for luck in range(MEMBERS):
        appeal = spread * rng.standard_normal(len(case.camps))
        drawn = pull._replace(kept=min(1.0, pull.kept * 2.0 * rng.random()))
        run = run_model(stage, drawn, seed=2, luck=luck, observed_until=until, appeal=appeal)
        members.append(rescale(run, case.data))
    low, high = interval(np.array(members))
    return coverage(low, high, case.data, 0 if until is None else until + 1)


def ridge(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (constant, slopes) of a regression whose slopes are drawn towards 0, and its errors left out."""

    def solve(keep: list[int]) -> np.ndarray:
        mean, sd = x[keep].mean(axis=0), x[keep].std(axis=0)
        z = (x[keep] - mean) / sd
        slope = (
            np.linalg.solve(z.T @ z + RIDGE * 9 * np.eye(x.shape[1]), z.T @ (y[keep] - y[keep].mean())) / sd
        )
        return np.array([y[keep].mean() - mean @ slope, *slope])

    every = list(range(len(y)))
    off = []
    for i in every:
        c = solve([j for j in every if j != i])
        off.append(y[i] - c[0] - x[i] @ c[1:])
    return solve(every), np.array(off)


def level(y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean, and the errors of the mean of the others."""
    every = range(len(y))
    return float(y.mean()), np.array([y[i] - np.delete(y, i).mean() for i in every])


def spread_of(off: np.ndarray) -> float:
    """Return the root mean square of errors left out: what the range has to hold, bias included."""
    return float(np.sqrt((off**2).mean()))


def arrivals_of(case: Case) -> tuple[float, float, float]:
    """Return how many came in all, in the first 31 days, and after them; one at the least."""
    came = spawned(case.data)
    total, first, rest = (max(1, int(part.sum())) for part in (came, came[:31], came[31:]))
    return float(total), float(first), float(rest)


def fit_arrivals(cases: list[Case]) -> dict[str, float]:
    """Return the parameters of arrivals.py that these conflicts give, by column of fitted.csv."""
    total, first, rest = np.log([arrivals_of(case) for case in cases]).T
    days = np.array([case.days for case in cases])
    unseen, off = level(total - np.array([masses(case) for case in cases]))
    seen, off_seen = ridge(first[:, None], rest - np.log(np.maximum(1, days - 31)))
    return {
        "unseen_0": unseen,
        "unseen_sd": spread_of(off),
        "seen_0": seen[0],
        "seen_so_far": seen[1],
        "seen_sd": spread_of(off_seen),
        "front": float(np.median((first - total) / np.log(31 / days))),
    }


def read_cases(folder: str | Path) -> list[Case]:
    """Read the conflicts of a folder, in order of name."""
    paths = sorted(p for p in Path(folder).iterdir() if (p / "input_csv" / "locations.csv").is_file())
    return [make_case(read_flee(path)) for path in paths]


def main(folder: str) -> None:
    cases = read_cases(folder)
    sets = [Pull(*values) for values in itertools.product(*GRID.values())]
    table = np.array([errors(case, sets) for case in cases])
    every = list(range(len(cases)))
    left_out = [best(table, sets, [j for j in every if j != i]) for i in every]
    for case, pull in zip(cases, left_out, strict=True):
        print(key_of(case), pull, flush=True)
    rooms = np.array([room_errors(case, pull) for case, pull in zip(cases, left_out, strict=True)])
    print("capacities given", dict(zip(ROOMS, rooms.mean(axis=0).round(3), strict=True)), flush=True)
    share = {
        until: np.array(
            [[covered(c, p, s, until) for s in SPREADS] for c, p in zip(cases, left_out, strict=True)]
        )
        for until in (None, 30)
    }
    for until, found in share.items():
        print("coverage", until, dict(zip(SPREADS, found.mean(axis=0).round(2), strict=True)))

    def spread(until: int | None, keep: list[int]) -> float:
        return next(
            (s for s, c in zip(SPREADS, share[until][keep].mean(axis=0), strict=True) if c >= COVERED),
            SPREADS[-1],
        )

    lines = [",".join(COLUMNS)]
    for i in (None, *every):
        keep = [j for j in every if j != i]
        room = ROOMS[int(np.argmin(np.log(LEAST + rooms[keep]).mean(axis=0)))]
        numbers = [
            *best(table, sets, keep)[:3],
            room,
            spread(None, keep),
            spread(30, keep),
            *fit_arrivals([cases[j] for j in keep]).values(),
        ]
        name = "all" if i is None else key_of(cases[i])
        lines.append(",".join([name, *(f"{v:.4g}" for v in numbers), SOURCE]))
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
