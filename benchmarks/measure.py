"""Start a command as a user does and measure it from outside: time, and peak memory of its whole tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
EVERY = 0.1  # seconds between two looks at memory
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Measured:
    """One run of a command.

    wall    : seconds around the process
    cpu     : processor seconds of it and its children
    peak_mb : largest sum over the process tree of proportional memory, looked at every 0.1 s
    result  : the JSON object it printed, if any
    """

    wall: float
    cpu: float
    peak_mb: float
    result: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class BenchmarkFailed(Exception):
    """The measured command ended with an error."""


def tree(root: int) -> list[int]:
    """The process and all its descendants."""
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                waiting.extend(int(child) for child in task.read_text().split())
            except OSError:
                continue  # ended while we looked
    return found


def memory_mb(root: int) -> float:
    """Proportional memory of a process tree: what it adds to the machine, shared pages counted once."""
    total = 0
    for process in tree(root):
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(
            (int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0
        )
    return total / MEGABYTE


def measure(
    command: Sequence[str], *, env: dict[str, str] | None = None, cwd: Path | None = None
) -> Measured:
    """Run a command to its end and measure it; its standard output is read as JSON where it is JSON."""
    environment = {**os.environ, "NO_COLOR": "1", **(env or {})}
    peak = 0.0
    stop = threading.Event()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as talk:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=talk, env=environment, cwd=cwd)

        def watch() -> None:
            nonlocal peak
            while not stop.wait(EVERY):
                peak = max(peak, memory_mb(process.pid))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        stop.set()
        watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        talk.seek(0)
        said, complained = out.read(), talk.read()
    if process.returncode != 0:
        raise BenchmarkFailed(f"{' '.join(command)}: exit {process.returncode}\n{complained[-2000:]}")
    # ru_maxrss covers a process that was too short for a look at its tree.
    peak = max(peak, usage.ru_maxrss * 1024 / MEGABYTE if peak == 0 else 0)
    return Measured(wall, usage.ru_utime + usage.ru_stime, peak, parse(said))


def parse(said: str) -> dict[str, Any]:
    try:
        value = json.loads(said)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def afternext(*words: str, env: dict[str, str] | None = None) -> Measured:
    """Measure one `afternext` command."""
    return measure([str(BIN / "afternext"), *words], env=env)


def python(module: str, *words: str, env: dict[str, str] | None = None) -> Measured:
    """Measure one module of the benchmarks in a process of its own."""
    return measure([sys.executable, "-m", module, *words], env=env, cwd=Path(__file__).resolve().parents[1])
