"""The shallow lake with both programs on the same experiments: `python -m benchmarks.lake ours|ema FOLDER`.

A town gains by letting phosphorus into a lake; above a critical amount the lake turns and stays turned
(Carpenter, Ludwig and Brock 1999; as a test problem of deep uncertainty: Quinn, Reed and Keller 2017, Hadka
and others 2015). `ours` runs it as a world of our ensemble; `ema` runs the function that EMA Workbench ships
(`examples/lake_models.py`) in a Python that has it. `ours` comes first: it writes the experiments that `ema`
is given.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEARS, SAMPLES, LUCK = 100, 100, 42  # LUCK is the seed of the inflows in EMA's function
BENEFIT = 0.4  # of a unit of phosphorus let in
STEADY = 0.02  # a change of release above this is abrupt
DEEP = {
    "b": (0.1, 0.45),  # share of phosphorus that leaves the lake in a year
    "q": (2.0, 4.5),  # how steeply the bed gives it back
    "mean": (0.01, 0.05),  # of the natural inflow of a year
    "stdev": (0.001, 0.005),
    "delta": (0.93, 0.99),  # weight of a year against the one before
}
OUTCOMES = ("max_p", "utility", "inertia", "reliability")
POLICIES = {
    "nothing": np.zeros(YEARS),
    "little": np.full(YEARS, 0.01),
    "middle": np.full(YEARS, 0.03),
    "much": np.full(YEARS, 0.06),
    "first_much": np.where(np.arange(YEARS) < 10, 0.06, 0.01),
}
FAILS = "middle"  # the policy whose failures are looked into
ENOUGH = 0.95  # reliability that is good enough
PEEL, LEAST = 0.1, 0.05  # of PRIM, for both
SOBOL = 1024  # base sample of EMA's Sobol indices


def critical(b: Floats, q: Floats) -> Floats:
    """Phosphorus from which on the bed gives back more than leaves: the lower root of x^q/(1+x^q) = b x.

    Bisection between 0.01 and the inflexion of the left side, where EMA's model looks too.
    """
    low, high = np.full(len(b), 0.01), np.full(len(b), 1.5)
    below = low**q / (1 + low**q) - b * low < 0
    if not below.all():
        raise ValueError("no critical amount above 0.01: the bed gives back more from the start")
    for _ in range(60):
        middle = (low + high) / 2
        under = middle**q / (1 + middle**q) - b * middle < 0
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return (low + high) / 2


def lake(table: dict[str, Floats], release: Floats) -> dict[str, Floats]:
    """The four objectives of one policy in many futures: each (future,).

    table : b, q, mean, stdev and delta of each future        release : of each year
    """
    b, q, mean, stdev, delta = (table[name][:, None] for name in DEEP)
    futures, years = len(b), len(release)
    middle = np.log(mean**2 / np.sqrt(stdev**2 + mean**2))
    spread = np.sqrt(np.log(1.0 + stdev**2 / mean**2))
    normal = np.random.default_rng(LUCK).standard_normal((SAMPLES, years))
    edge = critical(table["b"], table["q"])[:, None]
    x = np.zeros((futures, SAMPLES))
    below = np.full(futures, SAMPLES, dtype=np.int64)  # of the first year, when the lake is clean
    highest = np.zeros(futures)
    for year in range(1, years):
        returned = x**q
        inflow = np.exp(middle + spread * normal[:, year - 1])
        x = (1 - b) * x + returned / (1 + returned) + release[year - 1] + inflow
        below += (x < edge).sum(1)
        highest = np.maximum(highest, x.mean(1))
    utility = np.sum(BENEFIT * release * delta ** np.arange(years), axis=1)
    abrupt = np.sum(np.abs(np.diff(release)) > STEADY) / (years - 1)
    return {
        "max_p": highest, "utility": utility, "inertia": np.full(futures, abrupt),
        "reliability": below / (SAMPLES * years),
    }  # fmt: skip


def robust(outcomes: dict[str, Floats]) -> dict[str, dict[str, float]]:
    """Robustness of each policy by the reliability, by plain formulas; `outcomes` by policy."""
    loss = np.stack([-outcomes[name] for name in POLICIES])
    regret = loss - loss.min(0)
    return {
        name: {
            "good_enough": float(np.mean(loss[k] <= -ENOUGH)), "mean": float(np.mean(loss[k])),
            "worst": float(loss[k].max()),
            "worst_tenth": float(np.sort(loss[k])[int(np.ceil(0.9 * loss.shape[1])) - 1]),
            "mean_regret": float(regret[k].mean()), "worst_regret": float(regret[k].max()),
        }
        for k, name in enumerate(POLICIES)
    }  # fmt: skip


def ours(folder: Path, futures: int) -> dict[str, Any]:
    """Run, decide, discover and rank inputs with afternext; writes the experiments."""
    from afternext.foresight.boxes import choose
    from afternext.foresight.columns import columns_of
    from afternext.foresight.prim import find_path, quasi_p
    from afternext.foresight.robustness import BY_ID, scores
    from afternext.foresight.sensitivity import indices
    from benchmarks.worlds import Between, Input, Many, One, Output, play

    @dataclass(frozen=True)
    class Lake:
        policy: str
        version: str = "lake-1"

        @property
        def experiments(self) -> tuple[Input, ...]:
            return tuple(Input(name, Between(*range_)) for name, range_ in DEEP.items())

        @property
        def measures(self) -> tuple[Output, ...]:
            return tuple(Output(name, ("horizon",)) for name in OUTCOMES)

        @property
        def coords(self) -> dict[str, NDArray[Any]]:
            return {"date": np.array([0]), "snapshot": np.array([0]), "horizon": np.array([0])}

        def warm_up(self) -> None:
            """Nothing to compile."""

        def simulate(self, row: Floats, seed: int, luck: int) -> One:
            return One({k: v[0] for k, v in self.simulate_many(row[None, :], seed, luck).arrays.items()})

        def simulate_many(self, rows: Floats, seed: int, first: int) -> Many:
            found = []
            for start in range(0, len(rows), 200):  # what fits the cache of a core
                table = {name: rows[start : start + 200, k] for k, name in enumerate(DEEP)}
                found.append(lake(table, POLICIES[self.policy]))
            arrays = {name: np.concatenate([one[name] for one in found])[:, None] for name in OUTCOMES}
            return Many(arrays, np.zeros(len(rows), dtype=np.int64))

    times = {}
    play(Lake("nothing"), 10, folder / "warm")
    began = time.process_time()
    runs = {name: play(Lake(name), futures, folder / name, seed=1) for name in POLICIES}
    outcomes = {name: {one: run.measures[one].values[:, 0] for one in OUTCOMES} for name, run in runs.items()}
    times["experiments"] = time.process_time() - began
    table = runs[FAILS].experiments
    with (folder / "experiments.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(DEEP)
        writer.writerows([[value.hex() for value in row] for row in table[list(DEEP)].to_numpy()])
    np.savez(folder / "ours.npz", **{f"{n}/{k}": v for n, one in outcomes.items() for k, v in one.items()})

    loss = np.stack([-outcomes[name]["reliability"] for name in POLICIES])
    weights = np.full(futures, 1 / futures)
    plain = robust({name: one["reliability"] for name, one in outcomes.items()})
    figures = {metric: scores(BY_ID[metric], loss, -ENOUGH, weights) for metric in plain[FAILS]}
    told = {name: {m: float(f[k]) for m, f in figures.items()} for k, name in enumerate(POLICIES)}

    columns = columns_of(table)
    fails = outcomes[FAILS]["reliability"] < ENOUGH
    began = time.process_time()
    path = find_path(columns, fails, peel=PEEL, least=LEAST)
    for box in path:
        quasi_p(columns, box, fails)
    times["prim"] = time.process_time() - began
    chosen = choose(columns, fails, peel=PEEL, least=LEAST).box
    began = time.process_time()
    first = indices(columns, outcomes[FAILS]["max_p"][:, None]).first[:, 0]
    times["sensitivity"] = time.process_time() - began
    return {
        "times": times, "robust": told, "fails": float(fails.mean()),
        "path": [[box.coverage, box.density, box.mass, len(box.restricted)] for box in path],
        "chosen": {
            "coverage": chosen.coverage, "density": chosen.density,
            "limits": {columns[k].name: list(chosen.limits[k]) for k in chosen.restricted},
        },
        "first_order": {column.name: float(one) for column, one in zip(columns, first, strict=True)},
    }  # fmt: skip


def ema(folder: Path) -> dict[str, Any]:
    """The same with EMA Workbench and its own lake model, on the experiments that `ours` wrote."""
    import pandas as pd
    from ema_workbench import Model, RealParameter, Sample, ScalarOutcome, SequentialEvaluator
    from ema_workbench.analysis import prim
    from ema_workbench.em_framework import SobolSampler, get_SALib_problem
    from ema_workbench.examples.lake_models import lake_problem_intertemporal
    from SALib.analyze import sobol

    with (folder / "experiments.csv").open(newline="") as file:
        head, *rows = list(csv.reader(file))
    values = np.array([[float.fromhex(text) for text in row] for row in rows])

    def model_of(release: Floats) -> Any:
        def play(**inputs: float) -> dict[str, float]:
            return dict(zip(OUTCOMES, lake_problem_intertemporal(decisions=release, **inputs), strict=True))

        model = Model("lake", function=play)
        model.uncertainties = [RealParameter(name, *range_) for name, range_ in DEEP.items()]
        model.outcomes = [ScalarOutcome(name) for name in OUTCOMES]
        return model

    points = [Sample(name=str(k), **dict(zip(head, row, strict=True))) for k, row in enumerate(values)]
    times: dict[str, float] = {}
    outcomes = {}
    began = time.process_time()
    for name, release in POLICIES.items():
        with SequentialEvaluator(model_of(release)) as evaluator:
            _, outcomes[name] = evaluator.perform_experiments(scenarios=points)
    times["experiments"] = time.process_time() - began
    mine = np.load(folder / "ours.npz")
    apart = {
        one: max(
            float(np.max(np.abs(mine[f"{name}/{one}"] - got[one]) / np.maximum(np.abs(got[one]), 1e-300)))
            for name, got in outcomes.items()
        )
        for one in OUTCOMES
    }
    fails = outcomes[FAILS]["reliability"] < ENOUGH
    began = time.process_time()
    box = prim.Prim(pd.DataFrame(values, columns=head), fails, peel_alpha=PEEL, mass_min=LEAST).find_box()
    times["prim"] = time.process_time() - began
    path = box.peeling_trajectory
    model = model_of(POLICIES[FAILS])
    began = time.process_time()
    with SequentialEvaluator(model) as evaluator:
        _, found = evaluator.perform_experiments(scenarios=SOBOL, uncertainty_sampling=SobolSampler())
    sobol_found = sobol.analyze(get_SALib_problem(model.uncertainties), found["max_p"], seed=1)
    times["sensitivity"] = time.process_time() - began
    return {
        "times": times, "largest_relative_difference": apart,
        "robust": robust({name: one["reliability"] for name, one in outcomes.items()}),
        "fails": float(fails.mean()),
        "path": path[["coverage", "density", "mass", "res_dim"]].to_numpy(dtype=float).tolist(),
        "first_order": dict(zip(get_SALib_problem(model.uncertainties)["names"],
                                map(float, sobol_found["S1"]), strict=True)),
        "sobol_experiments": len(found["max_p"]),
    }  # fmt: skip


def main() -> None:
    who, folder = sys.argv[1], Path(sys.argv[2])
    found = ema(folder) if who == "ema" else ours(folder, int(sys.argv[3]))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
