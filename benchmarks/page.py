"""Write docs/benchmarks.md from what was measured."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.sections import GOAL_FUTURES, GOAL_YEARS

LIMITS = (("aim", 60.0), ("acceptable", 120.0), ("at most", 300.0))
DISPLACEMENT = Path(__file__).with_name("displacement.md")  # written by benchmarks/displacement.py
INSIDE = Path(__file__).with_name("inside.md")  # written by benchmarks/inside.py
PACKAGES = ("afternext", "numpy", "numba", "xarray", "zarr")

Rows = list[dict[str, Any]]


def machine() -> dict[str, str]:
    """Machine, date and versions, taken when a section is measured."""
    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        cpu = next(
            (
                line.split(":", 1)[1].strip()
                for line in info.read_text().splitlines()
                if line.startswith("model name")
            ),
            cpu,
        )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = os.getloadavg()[0]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}",
        "load": f"{load:.1f}",
        "versions": ", ".join([f"Python {sys.version.split()[0]}", *(f"{p} {version(p)}" for p in PACKAGES)]),
    }


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(cells) + " |" for cells in (header, ["---:"] * len(header), *rows)]


def seconds(value: float) -> str:
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.3f}"


def flagship(rows: Rows) -> list[str]:
    lines = table(
        ["futures", "years", "workers", "wall, s", "CPU, s", "peak MB", "futures/s", "active", "failed"],
        [
            [
                f"{r['futures']:,}", f"{r['years']:g}", str(r["workers"]),
                seconds(r["wall"]), seconds(r["cpu"]),
                f"{r['peak_mb']:.0f}", f"{r['futures'] / r['wall']:.1f}", f"{100 * r['active']:.0f} %",
                str(r["failed"]),
            ]
            for r in rows
        ],
    )  # fmt: skip
    pairs = {(r["years"], r["workers"]): r for r in rows}
    for years in sorted({r["years"] for r in rows}):
        one, two = pairs[years, 1], pairs[years, 2]
        same = "same digest" if one["digest"] == two["digest"] else "DIFFERENT DIGESTS"
        lines.append(
            f"\n{years:g} years: 2 workers are {one['wall'] / two['wall']:.2f} times as fast as 1; {same}."
        )
        if years == GOAL_YEARS:
            scaled = two["wall"] * GOAL_FUTURES / two["futures"]
            lines.append(
                f"Scaled from {two['futures']:,} futures, start included, {GOAL_FUTURES:,} x {years:g} "
                f"years would take {scaled:.0f} s on 2 workers; the full run is measured above."
            )
    return lines


def goal(rows: Rows) -> list[str]:
    r = rows[0]
    lines = [
        f"{r['futures']:,} futures x {r['years']:g} years of iraq-2014 with {r['workers']} workers: "
        f"**{r['wall']:.1f} s** wall, {r['cpu']:.0f} s of CPU, {r['peak_mb']:.0f} MB peak memory, "
        f"{r['run_mb']:.0f} MB on disk, {100 * r['active']:.0f} % of places active, {r['failed']} failed."
    ]
    if r["futures"] != GOAL_FUTURES:
        return [*lines, "", f"The bar is for {GOAL_FUTURES:,} futures; this run says nothing about it."]
    verdict = [
        [name, f"{limit:.0f}", f"{r['wall'] / limit:.2f}", "kept" if r["wall"] <= limit else "NOT KEPT"]
        for name, limit in LIMITS
    ]
    return [*lines, "", *table(["limit", "s", "measured / limit", ""], verdict)]


def growth(rows: Rows, key: str, unit: str) -> list[str]:
    first = rows[0]
    cells = []
    for r in rows:
        step = r[key] / first[key]
        row = [
            f"{r[key]:,}",
            seconds(r["wall"]),
            f"{r['peak_mb']:.0f}",
            f"{r['peak_mb'] / first['peak_mb']:.2f}",
        ]
        inner = r.get("future_s", r["wall"])
        base = first.get("future_s", first["wall"])
        row += [
            f"{1000 * inner:.1f}" if "future_s" in r else "",
            f"{inner / base:.2f}",
            f"{inner / base / step:.2f}",
        ]
        if "active" in r:
            row += [
                f"{100 * r['active']:.0f} %",
                f"{inner / base / step * first['active'] / r['active']:.2f}",
            ]
        cells.append(row)
    header = [
        unit,
        "wall, s",
        "peak, MB",
        "memory ratio",
        "ms a future",
        "time ratio",
        "time ratio / size ratio",
    ]
    return table(header + (["active", "ratio per active place"] if "active" in first else []), cells)


def population(rows: Rows) -> list[str]:
    text = (
        f"{rows[0]['futures']} futures of one year of iraq-2014 with its people multiplied. "
        "Flat is a time ratio near 1."
    )
    return [text, "", *growth(rows, "factor", "people x")]


def places(rows: Rows) -> list[str]:
    text = (
        f"{rows[0]['futures']} futures of one year of a made grid: tiles of 100 places, each with the same "
        "front. Linear is a ratio of ratios near 1."
    )
    return [text, "", *growth(rows, "places", "places")]


def futures(rows: Rows) -> list[str]:
    a, b = rows
    more = (b["wall"] - a["wall"]) / (b["futures"] - a["futures"])
    return [
        "3.5 years of iraq-2014, 2 workers. Time is linear with a fixed start; memory stays flat.",
        "",
        *table(
            ["futures", "wall, s", "peak memory, MB", "s a future"],
            [
                [
                    f"{r['futures']:,}",
                    seconds(r["wall"]),
                    f"{r['peak_mb']:.0f}",
                    f"{r['wall'] / r['futures']:.3f}",
                ]
                for r in rows
            ],
        ),
        "",
        f"Each further future costs {1000 * more:.1f} ms; the start {a['wall'] - more * a['futures']:.1f} s. "
        f"Memory ratio {b['peak_mb'] / a['peak_mb']:.2f}.",
    ]


def start(rows: Rows) -> list[str]:
    cells = [[r["what"], seconds(r["wall"]), f"{r['peak_mb']:.0f}"] for r in rows]
    return [
        "`afternext run two-towns --futures 1 --years 0.1`, wall around the process. "
        "Budgets: compiling 60 s cold and 2 s warm, `--help` 0.5 s.",
        "",
        *table(["", "wall, s", "peak memory, MB"], cells),
    ]


def draws(rows: Rows) -> list[str]:
    r = rows[0]
    return table(
        ["keyed draw", "ns"],
        [
            ["one uniform", f"{r['uniform_ns']:.1f}"],
            ["a count of 1,000 people at 1 %", f"{r['count_small_ns']:.1f}"],
            ["a count of 1,000,000 people at 30 %", f"{r['count_large_ns']:.1f}"],
        ],
    )


def interpreted(rows: Rows) -> list[str]:
    r = rows[0]
    fast, slow = r["compiled"], r["interpreted"]
    same = "the same arrays, byte for byte" if fast["digest"] == slow["digest"] else "DIFFERENT ARRAYS"
    return [
        f"The peer in the same program: one future of {r['days']} days of iraq-2014, compiled and with "
        f"`NUMBA_DISABLE_JIT=1` as plain Python over arrays. Compiled {1000 * fast['future_s']:.2f} ms, "
        f"interpreted {slow['future_s']:.1f} s: {slow['future_s'] / fast['future_s']:,.0f} times; {same}. "
        "No other program simulates this model, so no other peer is honest here."
    ]


def foresight(rows: Rows) -> list[str]:
    """PRIM beside its peer, and what the commands take on a finished run."""
    cells = []
    for r in (r for r in rows if "ours" in r):
        mine, peer = r["ours"], r.get("ema")
        cells.append(
            [
                f"{r['futures']:,}", f"{float(r['noise']):.0%}", f"{mine['cpu_s']:.2f}",
                f"{mine['above_mb']:.0f}",
                f"{peer['cpu_s']:.2f}" if peer else "–", f"{peer['above_mb']:.0f}" if peer else "–",
                f"{peer['cpu_s'] / mine['cpu_s']:.0f}" if peer else "–",
            ]
        )  # fmt: skip
    header = ["futures x 20", "flipped", "CPU, s", "MB", "EMA CPU, s", "EMA MB", "times faster"]
    lines = [
        "PRIM: peeling, pasting, a quasi-p for every limit of every box; CPU seconds without imports, memory",
        "above the import. EMA Workbench is installed apart, only for this comparison.",
        "",
        *table(header, cells),
    ]
    told = [r for r in rows if "command" in r]
    done = [[r["command"], seconds(r["wall"]), seconds(r["cpu"]), f"{r['peak_mb']:.0f}"] for r in told]
    if done:
        lines += ["", *table(["command on a run of one year", "wall, s", "CPU, s", "peak MB"], done)]
    return lines


def overhead(rows: Rows) -> list[str]:
    names = {
        "ours": "afternext, a batch a call", "loop": "afternext, an experiment a call",
        "ema": "EMA Workbench, sequential",
    }  # fmt: skip
    cells = [
        [names[r["who"]], f"{r['futures']:,}", f"{r['each_us']:.1f}", f"{r['cpu_us']:.1f}"] for r in rows
    ]
    return [
        "A model that adds up 20 inputs. Ours samples, plays, writes to disk with checksums, and reads back;",
        "EMA Workbench samples, plays, and collects in memory. Bar: 5 µs an experiment in batches.",
        "",
        *table(["way", "experiments", "µs each", "CPU µs each"], cells),
    ]


def hotspots(rows: Rows) -> list[str]:
    """What stops a future from being played faster."""
    r = rows[0]
    steps = r["days"] * r["places"]
    aim = LIMITS[0][1]
    lines = [
        f"A future of {r['days']:,} days takes {r['alone']:.3f} CPU-s in one process, {r['beside']:.3f} "
        f"beside another one ({r['beside'] / r['alone'] - 1:+.0%}: memory shared by two). Two cores need "
        f"{r['alone'] * GOAL_FUTURES / 2:.0f} s for {GOAL_FUTURES:,} if nothing else is to be done, "
        f"{r['alone'] * GOAL_FUTURES / 2 / aim:.1f} times the aim."
    ]
    if "parts" not in r:
        return [*lines, "", "Linux's perf is not here, so that nothing more is known."]
    each = 1e9 * r["alone"] / steps
    busy = each / r["active"]
    cells = [[words, f"{100 * share:.1f} %"] for words, share in r["parts"].items()]
    largest = ", ".join(f"`{name}` {100 * share:.1f} %" for name, share in r["largest"].items())
    part, share = max(r["parts"].items(), key=lambda item: item[1])
    if_free = r["alone"] * GOAL_FUTURES / 2 * (1.0 - share)
    enough = "would keep" if if_free <= aim else "would still miss"
    return [
        *lines,
        "",
        *table(["where the processor is", "share of the time"], cells),
        "",
        f"{r['samples']:,} samples over {r['futures']} futures; {100 * r['active']:.0f} % of {r['places']} "
        f"places active: {each:.0f} ns for a place and day, {busy:.0f} ns for an active one. "
        f"Largest single functions: {largest}. If the largest part ({part}) cost nothing at all, "
        f"{GOAL_FUTURES:,} x 10 years would take {if_free:.0f} s, which {enough} the aim of {aim:.0f} s.",
    ]


def lake(rows: Rows) -> list[str]:
    """The shallow lake on the same experiments in both programs."""
    mine, peer, futures = rows[0]["ours"], rows[0]["ema"], rows[0]["futures"]
    lines = [
        f"The shallow lake (`benchmarks/lake.py`; EMA runs the function that it ships): {futures:,} points",
        f"of a Latin hypercube over its five deep uncertainties, {len(mine['robust'])} policies, 100 years,",
        "100 inflows each. CPU seconds; EMA's inputs are ranked by Sobol indices, which need experiments of",
        "their own, ours from those at hand.",
        "",
    ]
    words = {
        "experiments": "all experiments", "prim": "PRIM with quasi-p on failures",
        "sensitivity": "first-order indices",
    }  # fmt: skip
    cells = []
    for key, word in words.items():
        a, b = mine["times"][key], peer["times"][key] if peer else None
        cells.append([word, f"{a:.2f}", f"{b:.2f}" if b else "–", f"{b / a:.0f}" if b else "–"])
    lines += [*table(["", "ours", "EMA", "times faster"], cells), ""]
    if peer:
        apart = ", ".join(
            f"{name} {value:.0e}" for name, value in peer["largest_relative_difference"].items()
        )
        pairs = list(zip(mine["path"], peer["path"], strict=False))
        path = max(max(abs(a - b) for a, b in zip(x, y, strict=True)) for x, y in pairs)
        same = len(mine["path"]) == len(peer["path"])
        first = max(abs(mine["first_order"][name] - value) for name, value in peer["first_order"].items())
        robust = max(
            abs(mine["robust"][name][key] - value)
            for name, row in peer["robust"].items()
            for key, value in row.items()
        )
        lines += [
            f"Largest relative difference of an outcome over all experiments: {apart}. PRIM: "
            f"{len(mine['path'])} boxes and {len(peer['path'])}; coverage, density, mass and limits "
            f"{'differ' if same else 'DIFFER'} by at most {path:.0e}. Robustness figures (ours against plain "
            f"formulas on EMA's outcomes; it has none): at most {robust:.0e} apart. First-order indices of "
            f"the highest phosphorus: at most {first:.3f} from Sobol's, which took "
            f"{peer['sobol_experiments']:,} experiments.",
            "",
        ]
    chosen = mine["chosen"]
    limits = ", ".join(f"{name} {low:.3g} to {high:.3g}" for name, (low, high) in chosen["limits"].items())
    lines += [
        f"Under 0.03 a year the lake is reliable (0.95) in {1 - mine['fails']:.0%} of futures; it fails "
        f"where {limits} (coverage {chosen['coverage']:.2f}, density {chosen['density']:.2f}, chosen on "
        "held-out futures).",
        "",
        *table(
            ["policy", "reliable enough", "mean", "worst", "tenth", "mean regret", "worst regret"],
            [
                [
                    name.replace("_", " "), f"{r['good_enough']:.0%}", f"{-r['mean']:.3f}",
                    f"{-r['worst']:.3f}", f"{-r['worst_tenth']:.3f}", f"{r['mean_regret']:.3f}",
                    f"{r['worst_regret']:.3f}",
                ]
                for name, r in mine["robust"].items()
            ],
        ),
    ]  # fmt: skip
    return lines


def kept(rows: Rows) -> list[str]:
    """Every question on runs that are kept."""
    cells = [
        [
            r["command"], seconds(r["wall"]), seconds(r["cpu"]), f"{r['peak_mb']:.0f}",
            "kept" if min(r["wall"], r["cpu"]) <= 30 and r["peak_mb"] <= 1000 else "NOT KEPT",
        ]
        for r in rows
    ]  # fmt: skip
    return [
        "`benchmarks/foresight.py`: 2,000 futures of ten years, five courses of action (the window: 21),",
        "nothing simulated; a small run stretched to that shape (values repeated, a hundredth of noise).",
        "Bar: 30 s, 1 GB. Commands use one thread: CPU seconds on a busy machine are near the wall time of a",
        "free one.",
        "",
        *table(["command", "wall, s", "CPU, s", "peak MB", ""], cells),
    ]


PARTS: dict[str, tuple[str, Callable[[Rows], list[str]]]] = {
    "goal": ("The bar: 1,000 futures x 10 years on 2 cores", goal),
    "hotspots": ("What stops it from being faster", hotspots),
    "flagship": ("The flagship case", flagship),
    "population": ("People x 100", population),
    "places": ("Places x 10", places),
    "futures": ("Futures x 10", futures),
    "start": ("Cold and warm start", start),
    "draws": ("Keyed draws", draws),
    "interpreted": ("Compiled and interpreted", interpreted),
    "foresight": ("Foresight", foresight),
    "overhead": ("A trivial experiment", overhead),
    "lake": ("The lake problem beside EMA Workbench", lake),
    "kept": ("Questions asked of kept futures", kept),
}


def sections_of(page: str) -> dict[str, str]:
    """The sections of a page by their titles."""
    return {part.partition("\n")[0]: f"## {part.rstrip()}" for part in page.split("\n## ")[1:]}


def write_page(measured: dict[str, dict[str, Any]], before: str = "") -> str:
    """The page from the sections that have been measured; others stay as the page before has them."""
    kept = sections_of(before)
    lines = [
        "# Benchmarks",
        "",
        "<!-- Written by benchmarks/run.py (`make bench`). -->",
        "",
        "Measured from outside: wall time around the process, CPU time of it and its children, peak memory",
        "as the largest sum over the process tree of proportional memory, looked at ten times a second.",
        "Kernels are compiled beforehand except where said. Times are of one run;",
        "expect 10-20 % between runs, more on a busy machine (the load at the start is given).",
    ]
    if not measured and not kept:
        lines += ["", "Not measured yet: run `make bench`."]
    for name, (title, write) in PARTS.items():
        if name not in measured:
            if title in kept:
                lines += ["", kept[title]]
            continue
        about = measured[name]["machine"]
        quick = " **Quick sizes: the figures mean little.**" if measured[name].get("quick") else ""
        lines += ["", f"## {title}", "", *write(measured[name]["rows"]), ""]
        lines.append(
            f"*{about['date']}; {about['machine']}; load {about['load']}; {about['versions']}.*{quick}"
        )
    for section in (DISPLACEMENT, INSIDE):
        if section.is_file():
            lines += ["", section.read_text(encoding="utf-8").rstrip()]
    return "\n".join(lines) + "\n"
