"""Where the time of a future goes, and what stops it from being faster: `python -m benchmarks.hotspots`.

    python -m benchmarks.hotspots SCENARIO DAYS FUTURES

Linux's perf looks where the processor is, 500 times a second. It cannot name machine code made at run time;
the names are told to it from the objects that Numba keeps. Then the same futures are played in one process
and in two at once: what each costs more beside the other is the price of the memory that they share.
"""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from numba.core.codegen import CPUCodeLibrary
from numba.core.dispatcher import Dispatcher

PER_SECOND = 499
SYMBOL = re.compile(r"_ZN9afternext5world(?:9processes)?(\d+)(\w+)")
PYTHON = "Python: a future made from its row, results handed over"
LIBRARIES = {
    "libm": "logarithms, powers and exponentials (libm)",
    "kernel": "the operating system: pages of memory, system calls",
    **dict.fromkeys(("libpython", "_multiarray", "_helperlib", "_dispatcher"), PYTHON),
    "libc": "copying and clearing memory (libc)",
}
PARTS = {
    "random draws (counts; a uniform draw lies in who draws it)": "streams",
    "displaced people, their roads and refuges": "displaced refuge movement",
    "powers: decisions, situation, alignment, delivery": "decisions situation alignment distortion polity "
    "pressure opinion delivery courses offers chancellery_day",
    "residents: perception, flight, attitudes, defence": "perception civilians attitudes defence",
    "measures written down": "measures measures_regions measures_council",
}
MODULES = {module: words for words, modules in PARTS.items() for module in modules.split()}
FORCES = "forces: control, posture, clash, columns, recovery"

_objects: dict[int, bytes] = {}


def keep_objects() -> None:
    """Keep the machine code of kernels that Numba loads from its cache."""
    load = CPUCodeLibrary._unserialize.__func__

    def loading(cls: type, codegen: Any, state: Any) -> Any:
        library = load(cls, codegen, state)
        if state[1] == "object":
            _objects[id(library)] = state[2][0]
        return library

    CPUCodeLibrary._unserialize = classmethod(loading)


def name_code(folder: Path) -> int:
    """Tell perf the names of all compiled functions; return how many."""
    lines = []
    for one in [o for o in gc.get_objects() if isinstance(o, Dispatcher)]:
        for compiled in one.overloads.values():
            library, door = compiled.library, compiled.fndesc.llvm_func_name
            code = _objects.get(id(library))
            try:
                code = code or library._get_compiled_object()
            except RuntimeError:  # never made machine code by itself
                continue
            (folder / "code.o").write_bytes(code)
            shown = subprocess.run(
                ["nm", "-S", str(folder / "code.o")], capture_output=True, text=True, check=True
            ).stdout
            rows = [line.split() for line in shown.splitlines()]
            table = {row[3]: (int(row[0], 16), int(row[1], 16)) for row in rows if len(row) == 4}
            if door in table:
                shift = library.get_pointer_to_function(door) - table[door][0]
                lines += [f"{at + shift:x} {size:x} {name}" for name, (at, size) in table.items()]
    Path(f"/tmp/perf-{os.getpid()}.map").write_text("\n".join(lines) + "\n")
    return len(lines)


def seconds_a_future(scenario: str, days: int, futures: int) -> float:
    """CPU seconds a future, kernels loaded."""
    world, rows = prepare(scenario, days, futures)
    began = time.process_time()
    for luck, row in enumerate(rows):
        world.simulate(row, 1, luck)
    return (time.process_time() - began) / futures


def prepare(scenario: str, days: int, futures: int) -> tuple[Any, list[Any]]:
    """A compiled world that has played one future, and rows of its experiments."""
    from afternext.ensemble.sample import Sampler
    from afternext.scenario import load
    from afternext.world import compile_scenario

    world = compile_scenario(load(scenario), days=days)
    rows = list(Sampler(world.experiments, 1).rows(0, futures))
    world.simulate(rows[0], 1, 0)
    return world, rows


def look(scenario: str, days: int, futures: int) -> dict[str, Any]:
    """Shares of the time by part of the model, and the largest single functions."""
    world, rows = prepare(scenario, days, futures)
    with TemporaryDirectory(prefix="afternext-perf-") as name:
        folder = Path(name)
        named = name_code(folder)
        data = str(folder / "perf.data")
        perf = subprocess.Popen(
            ["perf", "record", "-F", str(PER_SECOND), "-e", "cpu-clock", "-o", data, "-p", str(os.getpid())],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(1.0)
        active = 0.0
        for luck, row in enumerate(rows):
            active += float(world.simulate(row, 1, luck).arrays["active_places"].mean())
        perf.send_signal(signal.SIGINT)
        perf.wait()
        told = subprocess.run(
            ["perf", "report", "-i", data, "--stdio", "-n", "--sort", "dso,sym"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    Path(f"/tmp/perf-{os.getpid()}.map").unlink()
    parts: Counter[str] = Counter()
    single: Counter[str] = Counter()
    for line in told.splitlines():
        found = re.match(r"\s+[\d.]+%\s+(\d+)\s+(\S+).*\[[.k]\]\s+(\S+)", line)
        if not found:
            continue
        count, library, symbol = int(found[1]), found[2].strip("[]"), found[3]
        parts[part_of(library, symbol)] += count
        single[plain(symbol)] += count
    total = sum(parts.values())
    return {
        "samples": total,
        "functions": named,
        "active": active / futures,
        "places": len(world.coords["place"]),
        "parts": {part: count / total for part, count in parts.most_common()},
        "largest": {name: count / total for name, count in single.most_common(5)},
    }


def part_of(library: str, symbol: str) -> str:
    """The part of the model, or of the machine, that a function belongs to."""
    for start, words in LIBRARIES.items():
        if library.startswith(start):
            return words
    module = SYMBOL.match(symbol)
    if module:
        return MODULES.get(module[2][: int(module[1])], FORCES)
    return "not named"


def plain(symbol: str) -> str:
    """``module.function`` of a mangled name."""
    parts = []
    rest = symbol.removeprefix("_ZN")
    while (length := re.match(r"\d+", rest)) and rest != symbol:
        size = int(length[0])
        parts.append(rest[length.end() : length.end() + size])
        rest = rest[length.end() + size :]
    return ".".join(parts[-2:]) if len(parts) > 1 else symbol.split("@")[0].strip("_")


def main(scenario: str, days: str, futures: str) -> None:
    size = (scenario, int(days), int(futures))
    keep_objects()
    alone = seconds_a_future(*size)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        beside = max(job.result() for job in [pool.submit(seconds_a_future, *size) for _ in range(2)])
    seen = look(*size) if shutil.which("perf") and shutil.which("nm") else {}
    print(json.dumps({"days": size[1], "futures": size[2], "alone": alone, "beside": beside, **seen}))


if __name__ == "__main__":
    main(*sys.argv[1:])
