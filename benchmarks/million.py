"""What a million futures of ten years cost and what gives way first: `python -m benchmarks.million`.

Plays a few futures of iraq-2014, makes of their one part as many as a large run has (headers in files with
holes, for what reads headers; the same arrays again and again, for what reads arrays), and measures what each
step of a run costs at two sizes or more. Then it scales the slopes to `--futures`, and says at how many
futures each limit of `--disk`, `--memory`, `--files` and `--hours` is reached. Progress on standard error,
JSON on standard output.

Assumed: costs grow in a straight line beyond the sizes measured (`straight` is the ratio of the last two
slopes), a worker of a cluster is a core like this one, and parts and store lie on one file system.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Measured, measure, python

CASE, YEARS, SEED = "iraq-2014", 10, 1
HEADERS = (500, 1000, 4000)  # parts with the header of the case
NAMES = (1000, 10_000, 100_000, 1_000_000)  # parts in a manifest
STORES = (8, 32, 128, 512)  # parts made into a store
TASKS = (1000, 3000)  # through a scheduler
HERE = "benchmarks.million"


def subject() -> tuple[Any, Any]:
    """The case as a run sees it, and the settings."""
    from afternext.ensemble.manifest import Settings
    from afternext.ensemble.place import length
    from afternext.ensemble.subject import open_scenario, subject_of

    crisis = open_scenario(CASE)
    days = length(YEARS, None, crisis.freeze)
    assert days is not None
    settings = Settings(10**6, SEED, days)
    return subject_of(crisis, settings, CASE), settings


def play(folder: str, futures: str) -> dict[str, Any]:
    """Play one part; CPU seconds of a future after the first, bytes, arrays and header of the part."""
    from afternext.ensemble.batch import Job, Task, bytes_per_future, run_batch
    from afternext.ensemble.manifest import run_key
    from afternext.ensemble.parts import PREFIX, open_part
    from afternext.ensemble.sample import Sampler

    it, settings = subject()
    world, count = it.world, int(futures)
    key = run_key(settings, it.identity["hash"], world.version)
    (parts := Path(folder) / "parts").mkdir(parents=True)
    job = Job(world, SEED, key, parts)
    rows = Sampler(world.experiments, SEED, 1, it.columns).rows(0, count)
    world.warm_up()
    run_batch(job, Task(0, 1, rows[:1]))
    next(parts.iterdir()).unlink()
    began = time.process_time()
    run_batch(job, Task(0, count, rows))
    used = time.process_time() - began
    path = next(parts.iterdir())
    part = open_part(path, key)
    length = PREFIX.unpack(path.read_bytes()[: PREFIX.size])[2]
    return {
        "cpu_s_a_future": used / count,
        "part_bytes_a_future": path.stat().st_size / count,
        "arrays": len(part.arrays),
        "header_bytes": length,
        "futures_in_a_part": max(1, 64 * 2**20 // bytes_per_future(world)),
    }


def the_part(folder: Path) -> Any:
    """The part that was played."""
    from afternext.ensemble.parts import PREFIX, open_part

    path = next((folder / "parts").iterdir())
    raw = path.read_bytes()
    header = json.loads(raw[PREFIX.size : PREFIX.size + PREFIX.unpack(raw[: PREFIX.size])[2]])
    return open_part(path, header["key"]), header


def scatter(folder: str, count: str) -> dict[str, Any]:
    """Parts with real headers, and holes for arrays."""
    import hashlib

    from afternext.ensemble.parts import ALIGN, FORMAT, MAGIC, PREFIX, part_name

    part, header = the_part(Path(folder))
    size, each = part.path.stat().st_size, part.stop
    (target := Path(folder) / f"scattered-{count}").mkdir()
    for number in range(int(count)):
        start, stop = number * each, (number + 1) * each
        text = json.dumps(
            header | {"start": start, "stop": stop, "futures": list(range(start, stop))}
        ).encode()
        text += b" " * (-(PREFIX.size + len(text)) % ALIGN)
        with (target / part_name(header["key"], start, stop)).open("wb") as file:
            file.write(PREFIX.pack(MAGIC, FORMAT, len(text), hashlib.sha256(text).digest()) + text)
            file.truncate(size + len(text))
    return {"key": header["key"], "futures": int(count) * each}


def scan(folder: str, count: str, key: str, futures: str) -> dict[str, Any]:
    """List the parts as the end of a run does."""
    from afternext.ensemble.parts import scan_parts

    found = scan_parts(Path(folder) / f"scattered-{count}", key, int(futures), verify=False)
    assert len(found.parts) == int(count)
    return {}


def listed(folder: str, count: str) -> dict[str, Any]:
    """Write and read a manifest that names so many parts."""
    from afternext.ensemble import manifest as manifests

    (place := Path(folder) / f"manifest-{count}").mkdir()
    parts = [{"start": 32 * k, "stop": 32 * k + 32, "sha256": "f" * 64} for k in range(int(count))]
    began = time.process_time()
    manifests.write(place, {"format": manifests.FORMAT, "parts": parts})
    written = time.process_time()
    assert len(manifests.read(place)["parts"]) == int(count)
    size = (place / manifests.NAME).stat().st_size
    return {"write_s": written - began, "read_s": time.process_time() - written, "bytes": size}


def merge(folder: str, count: str) -> dict[str, Any]:
    """Make the store of so many parts, all with the arrays of the one that was played, and a finished run."""
    from afternext.ensemble import manifest as manifests
    from afternext.ensemble.digest import combine
    from afternext.ensemble.opened import SCENARIO, STORE
    from afternext.ensemble.store import write_store

    it, settings = subject()
    part, header = the_part(Path(folder))
    each = part.stop
    parts = [
        replace(part, start=k * each, stop=(k + 1) * each, futures=tuple(range(k * each, (k + 1) * each)))
        for k in range(int(count))
    ]
    (target := Path(folder) / f"run-{count}").mkdir()
    began, wall = time.process_time(), time.perf_counter()
    lines = write_store(
        target / STORE,
        parts,
        it.world,
        freeze=date.fromisoformat(it.identity["freeze"]),
        replicates=1,
        labels=it.labels,
        attrs={"scenario": it.identity["id"], "title": it.identity["title"], "seed": SEED},
    )
    used, wall = time.process_time() - began, time.perf_counter() - wall
    (target / SCENARIO).write_text(it.copy)
    manifests.write(
        target,
        {
            "format": manifests.FORMAT,
            "state": manifests.FINISHED,
            "scenario": dict(it.identity),
            **settings.to_dict(),
            "futures": int(count) * each,
            "model": it.world.version,
            "key": header["key"],
            "versions": manifests.versions(),
            "started": manifests.now(),
            "ended": manifests.now(),
            "seconds": 1.0,
            "digest": combine(lines),
            "arrays": lines,
            "failed": [],
            "parts": [{"start": one.start, "stop": one.stop, "sha256": one.sha256} for one in parts],
        },
    )
    files = [path for path in (target / STORE).rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    return {
        "futures": int(count) * each,
        "store_cpu_s": used,
        "store_wall_s": wall,
        "bytes": size,
        "files": len(files),
    }


def vary(folder: str, count: str) -> dict[str, Any]:
    """A hundredth of noise, so that repeated futures are not the same ones."""
    from benchmarks.foresight import jitter

    jitter(Path(folder) / f"run-{count}")
    return {}


def tasks(count: str) -> dict[str, Any]:
    """CPU seconds of a Dask scheduler for tasks that do nothing, with worker and client in its process."""
    from distributed import Client

    with Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
        client.gather(client.map(_nothing, range(10), pure=False))
        began = time.process_time()
        client.gather(client.map(_nothing, range(int(count)), pure=False))
        return {"cpu_s": time.process_time() - began}


def _nothing(number: int) -> int:
    return number


STEPS = {
    "play": play,
    "scatter": scatter,
    "scan": scan,
    "listed": listed,
    "merge": merge,
    "vary": vary,
    "tasks": tasks,
}


def step(name: str, *words: object) -> Measured:
    """One step in a process of its own."""
    found = python(HERE, name, *map(str, words))
    said = " ".join(map(str, words[1:]))
    print(
        f"{name} {said}: {found.cpu:.1f} CPU-s, {found.peak_mb:.0f} MB {found.result}",
        file=sys.stderr,
        flush=True,
    )
    return found


def ask(run: Path, name: str) -> Measured:
    found = measure([sys.executable, "-m", "afternext.cli.main", name, str(run), "--json"])
    print(f"{name} {run.name}: {found.cpu:.1f} CPU-s, {found.peak_mb:.0f} MB", file=sys.stderr, flush=True)
    return found


def slope(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Cost of one more, from the last two sizes, and its ratio to that between the two before."""
    rates = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(points)]
    return rates[-1], rates[-1] / rates[-2] if len(rates) > 1 and rates[-2] else float("nan")


def measured(folder: Path, futures: int) -> dict[str, Any]:
    """Everything that is measured, by step."""
    found: dict[str, Any] = {"play": step("play", folder, futures).result}
    found["scan"], found["manifest"], found["store"], found["tasks"] = [], [], [], []
    for count in HEADERS:
        made = step("scatter", folder, count).result
        one = step("scan", folder, count, made["key"], made["futures"])
        found["scan"].append({"parts": count, "cpu_s": one.cpu, "peak_mb": one.peak_mb})
    for count in NAMES:
        one = step("listed", folder, count)
        found["manifest"].append({"parts": count, "peak_mb": one.peak_mb, **one.result})
    for count in STORES:
        one = step("merge", folder, count)
        row = {"parts": count, "peak_mb": one.peak_mb, **one.result}
        step("vary", folder, count)
        for name in ("show", "tree"):
            asked = ask(folder / f"run-{count}", name)
            row |= {f"{name}_cpu_s": asked.cpu, f"{name}_peak_mb": asked.peak_mb}
        found["store"].append(row)
    for count in TASKS:
        found["tasks"].append({"tasks": count, **step("tasks", count).result})
    return found


def by_future(found: dict[str, Any]) -> dict[str, float]:
    """What one more future costs, from the slopes."""
    each = found["play"]["futures_in_a_part"]

    def rate(name: str, over: str, what: str) -> float:
        return slope([(row[over], row[what]) for row in found[name]])[0]

    return {
        "compute_cpu_s": found["play"]["cpu_s_a_future"],
        "parts_bytes": found["play"]["part_bytes_a_future"],
        "parts": 1 / each,
        "store_bytes": rate("store", "futures", "bytes"),
        "store_files": rate("store", "futures", "files"),
        "store_cpu_s": rate("store", "futures", "store_cpu_s"),
        "scan_cpu_s": rate("scan", "parts", "cpu_s") / each,
        "scan_bytes": 1e6 * rate("scan", "parts", "peak_mb") / each,
        "manifest_bytes": rate("manifest", "parts", "bytes") / each,
        "scheduler_cpu_s": rate("tasks", "tasks", "cpu_s") / each,
        "show_cpu_s": rate("store", "futures", "show_cpu_s"),
        "show_bytes": 1e6 * rate("store", "futures", "show_peak_mb"),
        "tree_cpu_s": rate("store", "futures", "tree_cpu_s"),
        "tree_bytes": 1e6 * rate("store", "futures", "tree_peak_mb"),
    }


def limits(one: dict[str, float], given: argparse.Namespace) -> list[dict[str, Any]]:
    """At how many futures each limit is reached; the first gives way first."""
    hours, memory = given.hours * 3600, given.memory * 1e9
    one_on_disk = one["parts_bytes"] + one["store_bytes"]
    costs = {
        f"disk of {given.disk:g} TB: parts and store at once": given.disk * 1e12 / one_on_disk,
        f"{given.files:,} files: parts and chunks": given.files / (one["parts"] + one["store_files"]),
        f"memory of {given.memory:g} GB: end of the run": memory / one["scan_bytes"],
        f"memory of {given.memory:g} GB: afternext show": memory / one["show_bytes"],
        f"memory of {given.memory:g} GB: afternext tree": memory / one["tree_bytes"],
        f"{given.hours:g} h of one core: store at the end": hours / (one["store_cpu_s"] + one["scan_cpu_s"]),
        f"{given.hours:g} h of one core: afternext tree": hours / one["tree_cpu_s"],
        f"{given.hours:g} h on {given.workers} workers: playing": hours
        * given.workers
        / one["compute_cpu_s"],
        f"{given.hours:g} h of one core: scheduler": hours / one["scheduler_cpu_s"],
    }
    rows = [{"limit": name, "futures": round(count)} for name, count in costs.items() if count > 0]
    return sorted(rows, key=lambda row: row["futures"])


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] in STEPS:
        print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--play", type=int, default=32, help="futures that are really played")
    parser.add_argument("--futures", type=int, default=1_000_000)
    parser.add_argument("--disk", type=float, default=2.0, metavar="TB")
    parser.add_argument("--memory", type=float, default=16.0, metavar="GB")
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=256)
    parser.add_argument("--scratch", type=Path, help="a folder on the file system to be measured")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="afternext-million-", dir=given.scratch) as place:
        found = measured(Path(place), given.play)
    one = by_future(found)
    lines = {
        "scan": ("parts", ("cpu_s", "peak_mb")),
        "manifest": ("parts", ("bytes", "peak_mb", "read_s")),
        "store": (
            "futures",
            ("bytes", "files", "store_cpu_s", "show_cpu_s", "show_peak_mb", "tree_cpu_s", "tree_peak_mb"),
        ),
    }
    straight = {
        f"{name} {what}": round(slope([(row[over], row[what]) for row in found[name]])[1], 2)
        for name, (over, whats) in lines.items()
        for what in whats
    }
    total = {name: value * given.futures for name, value in one.items()}
    print(
        json.dumps(
            {
                "load": os.getloadavg()[0],
                "measured": found,
                "straight": straight,
                "a_future": one,
                "in_all": total,
                "first": limits(one, given),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
