"""What is measured: one function a section, each returning plain data for the page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.foresight import COURSES, MOVE, laid, stretched, time_all
from benchmarks.foresight import GOAL as KEPT_GOAL
from benchmarks.inputs import TILE, write_grid, write_multiplied
from benchmarks.measure import Measured, afternext, measure, python

FLAGSHIP = "iraq-2014"
GOAL_FUTURES, GOAL_YEARS, GOAL_WORKERS = 1000, 10.0, 2
SEED = "7"


@dataclass(frozen=True)
class Sizes:
    """How much is run; `quick` is for trying the program out, its figures mean little."""

    short: int = 200  # futures of 3.5 years
    long: int = 200  # futures of 10 years
    scaling: int = 60  # futures of one year for each point of the scaling sections
    interpreted_days: int = 60
    goal: int = GOAL_FUTURES

    @classmethod
    def quick(cls) -> Sizes:
        return cls(short=4, long=2, scaling=4, interpreted_days=3, goal=4)


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="afternext-bench-") as name:
        yield Path(name)


def run(scenario: str | Path, futures: int, years: float, workers: int, out: Path) -> Measured:
    """One `afternext run`, measured from outside."""
    return afternext(
        "run", str(scenario), "--futures", str(futures), "--years", f"{years:g}", "--seed", SEED,
        "--workers", str(workers), "--out", str(out), "--json",
    )  # fmt: skip


def point(measured: Measured, **labels: Any) -> dict[str, Any]:
    """A row of the page: what was run, what it took, and that nothing failed."""
    row = {**labels, "wall": measured.wall, "cpu": measured.cpu, "peak_mb": measured.peak_mb}
    for key in ("futures", "failed", "seconds", "digest"):
        row[key] = measured.result.get(key)
    return row


def active_share(path: Path) -> float:
    """Share of places active, mean over dates and futures."""
    from afternext import open_run

    return float(open_run(path).measures["active_places"].mean())


def flagship(sizes: Sizes) -> dict[str, Any]:
    rows = []
    for years, futures in ((3.5, sizes.short), (10.0, sizes.long)):
        for workers in (1, 2):
            with folder() as there:
                measured = run(FLAGSHIP, futures, years, workers, there / "run")
                rows.append(point(measured, years=years, workers=workers, active=active_share(there / "run")))
    return {"rows": rows}


def goal(sizes: Sizes) -> dict[str, Any]:
    with folder() as there:
        measured = run(FLAGSHIP, sizes.goal, GOAL_YEARS, GOAL_WORKERS, there / "run")
        size = sum(f.stat().st_size for f in (there / "run").rglob("*") if f.is_file())
        active = active_share(there / "run")
    return {
        "rows": [point(measured, years=GOAL_YEARS, workers=GOAL_WORKERS, active=active, run_mb=size / 1e6)]
    }


def future_time(scenario: str | Path, futures: int) -> dict[str, Any]:
    """Seconds a future of one year takes, without start and storage."""
    return python("benchmarks.future", str(scenario), "365", str(futures)).result


def population(sizes: Sizes) -> dict[str, Any]:
    rows = []
    with folder() as there:
        for factor in (1, 10, 100):
            scenario = FLAGSHIP if factor == 1 else write_multiplied(there / f"x{factor}", FLAGSHIP, factor)
            measured = run(scenario, sizes.scaling, 1.0, 1, there / f"run{factor}")
            rows.append(
                point(measured, factor=factor, future_s=future_time(scenario, sizes.scaling)["future_s"])
            )
    return {"rows": rows}


def places(sizes: Sizes) -> dict[str, Any]:
    rows = []
    with folder() as there:
        for tiles in (1, 3, 10):
            scenario = write_grid(there / f"grid{tiles}", tiles)
            measured = run(scenario, sizes.scaling, 1.0, 1, there / f"run{tiles}")
            row = point(measured, places=tiles * TILE, active=active_share(there / f"run{tiles}"))
            rows.append({**row, "future_s": future_time(scenario, sizes.scaling)["future_s"]})
    return {"rows": rows}


def futures(sizes: Sizes) -> dict[str, Any]:
    rows = []
    for factor in (1, 10):
        with folder() as there:
            rows.append(point(run(FLAGSHIP, sizes.scaling * factor, 3.5, 2, there / "run"), factor=factor))
    return {"rows": rows}


def start(sizes: Sizes) -> dict[str, Any]:
    """Cold: an empty cache of kernels. Warm: the same command again. Help: best of five."""
    with folder() as there:
        cache = {"AFTERNEXT_CACHE_DIR": str(there / "cache")}
        words = [
            "run",
            "two-towns",
            "--futures",
            "1",
            "--years",
            "0.1",
            "--seed",
            SEED,
            "--workers",
            "1",
            "--json",
        ]
        cold = afternext(*words, "--out", str(there / "cold"), env=cache)
        warm = min(
            (afternext(*words, "--out", str(there / f"warm{i}"), env=cache) for i in range(3)),
            key=lambda m: m.wall,
        )
        help_page = min((afternext("--help") for _ in range(5)), key=lambda m: m.wall)
    rows = [("first run, kernels compiled", cold), ("same run again", warm), ("--help", help_page)]
    return {"rows": [{"what": what, "wall": m.wall, "peak_mb": m.peak_mb} for what, m in rows]}


def draws(sizes: Sizes) -> dict[str, Any]:
    return {"rows": [python("benchmarks.draws").result]}


def interpreted(sizes: Sizes) -> dict[str, Any]:
    """The same future compiled and as plain Python, in this run; both must give the same arrays."""
    days = str(sizes.interpreted_days)
    compiled = python("benchmarks.future", FLAGSHIP, days, "1").result
    plain = python("benchmarks.future", FLAGSHIP, days, "1", env={"NUMBA_DISABLE_JIT": "1"}).result
    return {"rows": [{"days": sizes.interpreted_days, "compiled": compiled, "interpreted": plain}]}


def foresight(sizes: Sizes) -> dict[str, Any]:
    """PRIM beside EMA Workbench (see `ema`), and the commands."""
    rows = []
    for futures in (10_000, 100_000):
        for noise in ("0", "0.05"):
            row: dict[str, Any] = {"futures": futures, "noise": noise}
            row["ours"] = python("benchmarks.prim", "ours", str(futures), noise).result
            row["ema"] = ema("benchmarks.prim", str(futures), noise)
            rows.append(row)
    with folder() as there:
        run(FLAGSHIP, max(sizes.short, 100), 1.0, 2, there / "run")
        for words in (["tree"], ["discover", "--when", "newly_displaced@1y > 5M"], ["sensitivity"]):
            measured = afternext(words[0], str(there / "run"), *words[1:], "--json")
            rows.append(
                {"command": words[0], "wall": measured.wall, "cpu": measured.cpu, "peak_mb": measured.peak_mb}
            )
    return {"rows": rows}


def ema(module: str, *words: str) -> dict[str, Any] | None:
    """What a module measures of EMA Workbench, in the Python of `AFTERNEXT_EMA_PYTHON` that has it."""
    peer = os.environ.get("AFTERNEXT_EMA_PYTHON")
    if not peer:
        return None
    return measure([peer, "-m", module, "ema", *words], cwd=Path(__file__).resolve().parents[1]).result


def overhead(sizes: Sizes) -> dict[str, Any]:
    """What an experiment costs besides the model, beside EMA Workbench."""
    rows = [
        python("benchmarks.overhead", who, str(futures)).result
        for who, futures in (("ours", 1_000_000), ("ours", 100_000), ("ours", 10_000), ("loop", 10_000))
    ]
    peer = ema("benchmarks.overhead", "10000")
    return {"rows": [*rows, *([peer] if peer else [])]}


def hotspots(sizes: Sizes) -> dict[str, Any]:
    """Where the time of a future goes, and what two of them at once cost each other."""
    return {"rows": [python("benchmarks.hotspots", FLAGSHIP, "3653", str(max(2, sizes.long // 10))).result]}


def lake(sizes: Sizes) -> dict[str, Any]:
    """The lake problem on the same experiments, beside EMA Workbench."""
    with folder() as there:
        ours = python("benchmarks.lake", "ours", str(there), "1000").result
        return {"rows": [{"futures": 1000, "ours": ours, "ema": ema("benchmarks.lake", str(there))}]}


def kept(sizes: Sizes) -> dict[str, Any]:
    """Every question on 2,000 futures of ten years of five courses of action, stretched from a small run."""
    with folder() as there:
        run(FLAGSHIP, max(sizes.short, 100), 1.0, 2, there / "run")
        compared = stretched(there / "run", there / "compared", 2000, 10.0, COURSES)
        small = ["--futures", "2", "--years", "0.1", "--delays", "0,3,6,10,15,20", "--seed", SEED]
        afternext("window", FLAGSHIP, "--move", MOVE, *small, "--out", str(there / "small"))
        window = laid(there / "small", compared, there / "window")
        return {"rows": time_all(compared, KEPT_GOAL, (window, MOVE), ())}


SECTIONS: dict[str, Callable[[Sizes], dict[str, Any]]] = {
    "start": start,
    "draws": draws,
    "interpreted": interpreted,
    "flagship": flagship,
    "population": population,
    "places": places,
    "futures": futures,
    "goal": goal,
    "hotspots": hotspots,
    "foresight": foresight,
    "overhead": overhead,
    "lake": lake,
    "kept": kept,
}
