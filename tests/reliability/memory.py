"""Memory of a run by the number of its futures, and what many parts cost at the end of a run.

python -m tests.reliability.memory futures FEW,MANY FOLDER
python -m tests.reliability.memory parts COUNT,COUNT,... FOLDER
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from afternext.ensemble import run as runs
from afternext.ensemble.manifest import Settings, run_key
from afternext.ensemble.parts import open_part, scan_parts, write_part
from tests.ensemble import fake_world
from tests.ensemble.fake_world import FakeWorld
from tests.reliability import forked
from tests.reliability.forked import Crisis

MIB = 2**20


def tree_of(pid: int) -> list[int]:
    """A process and all below it."""
    found, at = [pid], 0
    while at < len(found):
        found += forked.children_of(found[at])
        at += 1
    return found


def private(pid: int) -> int:
    """Memory that a process has for itself, in bytes."""
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean:", "Private_Dirty:")):
                total += int(line.split()[1]) * 1024
    except OSError:
        return 0
    return total


def futures(counts: str, folder: str) -> None:
    """Peak of the private memory of a run and its two workers, for each number of futures."""
    found: dict[str, Any] = {"futures": [], "peak_mib": [], "stored_mib": [], "codes": []}
    for count in map(int, counts.split(",")):
        crisis = Crisis("fake", ("fake", "--seed", "7", "--futures", str(count)))
        run = Path(folder) / f"run{count}"
        pid = forked.fork(forked.command(crisis, run, "--workers", "2", "--batch", "1000"))
        peak = 0
        while True:
            peak = max(peak, sum(private(one) for one in tree_of(pid)))
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            time.sleep(0.2)
        stored = sum(path.stat().st_size for path in run.rglob("*") if path.is_file())
        found["futures"].append(count)
        found["peak_mib"].append(round(peak / MIB, 1))
        found["stored_mib"].append(round(stored / MIB, 1))
        found["codes"].append(os.waitstatus_to_exitcode(status))
        shutil.rmtree(run)
    forked.report(found)


def parts(counts: str, folder: str) -> None:
    """What it takes to read, store and remove many small parts of two futures each."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("parts", "scan_s", "store_s", "cpu_s", "peak_mib", "manifest_kib", "files")
    }
    for count in map(int, counts.split(",")):
        run = Path(folder) / f"run{count}"
        _make(run, count)
        ready = run.parent / "measured"

        def finish(run: Path = run, ready: Path = ready, count: int = count) -> None:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = time.perf_counter()
            key = run_key(Settings(2 * count, 7, 30), "f" * 64, FakeWorld().version)
            scan_parts(run / "parts", key, 2 * count, verify=False)
            scanned = time.perf_counter() - began
            began, cpu = time.perf_counter(), time.process_time()
            fake_world.play(run, futures=2 * count, workers=1, resume=True)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            cpu = time.process_time() - cpu
            ready.write_text(f"{scanned} {time.perf_counter() - began} {cpu} {peak}")

        assert forked.code_of(forked.fork(finish)) == 0
        scanned, stored, cpu, peak = map(float, ready.read_text().split())
        found["parts"].append(count)
        found["scan_s"].append(round(scanned, 2))
        found["store_s"].append(round(stored, 2))
        found["cpu_s"].append(round(cpu, 2))
        found["peak_mib"].append(round(peak / 1024, 1))
        found["manifest_kib"].append((run / "manifest.json").stat().st_size // 1024)
        found["files"].append(sum(1 for path in run.rglob("*") if path.is_file()))
        shutil.rmtree(run)
    forked.report(found)


def _make(run: Path, count: int) -> None:
    """A run directory with many parts and no store: real headers, the arrays of the first two futures."""

    key = run_key(Settings(2 * count, 7, 30), "f" * 64, FakeWorld().version)
    small = run.parent / "small"

    def one() -> None:
        runs._Session.finish = lambda *args: os._exit(0)  # type: ignore[method-assign]
        fake_world.play(small, futures=2, workers=1, batch=2)

    assert forked.code_of(forked.fork(one)) == 0
    part = open_part(next((small / "parts").glob("*.part")), key)
    arrays = {name: part.read(name) for name in part.arrays}
    (run / "parts").mkdir(parents=True)
    manifest = (small / "manifest.json").read_text().replace('"futures": 2,', f'"futures": {2 * count},')
    (run / "manifest.json").write_text(manifest)
    sync, os.fsync = os.fsync, lambda handle: None  # making them is not what is measured
    for number in range(count):
        start = 2 * number
        write_part(run / "parts", key, start, start + 2, [start, start + 1], [], arrays)
    os.fsync = sync
    shutil.rmtree(small)


if __name__ == "__main__":
    {"futures": futures, "parts": parts}[sys.argv[1]](*sys.argv[2:])
