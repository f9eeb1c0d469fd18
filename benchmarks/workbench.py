"""How heavy and how quick the workbench is: bytes, milliseconds, frames a second, megabytes.

    python -m benchmarks.workbench RUN [--futures 2000] [--years 10] [--keep DIR]

RUN is a finished run. It is stretched to a large one with the shape of 2,000 futures of ten years (values are
repeated: this measures reading, not the model), served by a real server, and looked at in a real browser.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

TOKEN = "a-token-for-the-benchmark"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
SCREENS = (
    "", "/ground", "/scenes", "/scenes?future=7", "/curves?measure=displaced,hope", "/powers",
    "/chronicle?future=3", "/chronicle", "/tree",
)  # fmt: skip
STATIC = Path(__file__).resolve().parents[1] / "src" / "afternext" / "web" / "static"


def stretch(source: Path, target: Path, futures: int, days: int) -> Path:
    """Write a run of the wanted shape by repeating the rows of another."""
    import zarr

    shutil.copytree(source, target, ignore=shutil.ignore_patterns("store.zarr"))
    old: Any = zarr.open_group(source / "store.zarr", mode="r")
    new: Any = zarr.open_group(target / "store.zarr", mode="w")
    new.attrs.update(dict(old.attrs))
    lengths: dict[str, int] = {"future": futures}
    axes: dict[str, np.ndarray] = {}
    for dim, step in (("date", 30), ("snapshot", 30)):
        there = np.asarray(old["measures"]["day" if dim == "date" else dim][:])
        axes[dim] = np.concatenate([there, np.arange(int(there[-1]) + step, days + 1, step)])
        lengths[dim] = len(axes[dim])
    for name, group in old.groups():
        into = new.create_group(name)
        into.attrs.update(dict(group.attrs))
        for key, array in group.arrays():
            if name == "events":
                _write(into, key, _repeated(key, array[:], old["events/offset"][:], futures), array, None)
                continue
            dims = tuple(array.metadata.dimension_names or ())
            shape = tuple(lengths.get(str(dim), size) for dim, size in zip(dims, array.shape, strict=True))
            if key in ("future", "sample"):
                values = np.arange(futures)
            elif key in ("day", "snapshot"):
                values = axes["date" if key == "day" else "snapshot"]
            elif key in ("date", "snapshot_date"):
                values = axes["date" if key == "date" else "snapshot"]
            else:
                values = array[:]
                for axis, size in enumerate(shape):
                    if values.shape[axis] != size:
                        there = np.arange(size)
                        last = values.shape[axis] - 1
                        more = there % (last + 1) if axis == 0 else np.minimum(there, last)
                        values = np.take(values, more, axis=axis)
            _write(into, key, values, array, dims)
    manifest = json.loads((target / "manifest.json").read_text())
    manifest |= {"futures": futures, "days": days, "failed": [], "digest": "f" * 64}
    (target / "manifest.json").write_text(json.dumps(manifest))
    return target


def _repeated(key: str, values: np.ndarray, offset: np.ndarray, futures: int) -> np.ndarray:
    """Events of the wanted futures: those of the futures that are there, over and over."""
    own = np.arange(futures) % (len(offset) - 1)
    start, count = offset[own], np.diff(offset)[own]
    ends = np.cumsum(count)
    if key == "offset":
        return np.concatenate([[0], ends])
    return values[np.arange(ends[-1]) + np.repeat(start - (ends - count), count)]


def _write(group: Any, key: str, values: np.ndarray, like: Any, dims: tuple[Any, ...] | None) -> None:
    from zarr.codecs import BloscCodec

    codec = BloscCodec(cname="lz4", clevel=1, shuffle="shuffle")
    extra: dict[str, Any] = {} if values.dtype.kind in "UOT" else {"compressors": codec}
    each = max(1, values[0].nbytes) if values.ndim > 1 else 1
    most = min(500, 32 * 2**20 // each) if values.ndim > 1 else 2**18
    rows = max(1, min(most, len(values)))
    made = group.create_array(
        key, shape=values.shape, dtype=like.dtype, chunks=(rows, *values.shape[1:]),
        dimension_names=dims, attributes=dict(like.attrs), **extra,
    )  # fmt: skip
    made[:] = values


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """A server of its own process, and its address without the token."""
    command = [
        sys.executable,
        "-m",
        "afternext.cli.main",
        "serve",
        str(folder),
        "--port",
        "0",
        "--token",
        TOKEN,
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.match(r"(http://127\.0\.0\.1:\d+)/", line)
    if found is None:
        raise SystemExit(f"the server did not start: {line!r}")
    return server, found[1]


def peak_mb(pid: int) -> float:
    """Largest resident size of a process so far, MB."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found[1]) / 1024 if found else float("nan")


def ask(base: str, path: str) -> float:
    """Seconds of one request."""
    request = urllib.request.Request(f"{base}/api/{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=900) as answer:
        answer.read()
    return time.perf_counter() - began


def first_load() -> dict[str, float]:
    """Gzipped kB of the page: script and style of the first screen, and of everything."""
    page = (STATIC / "index.html").read_text()
    first = set(re.findall(r"/assets/([\w.-]+)", page))
    sizes = {
        path.name: len(gzip.compress(path.read_bytes(), 5)) / 1000 for path in (STATIC / "assets").iterdir()
    }
    scripts = {name: kb for name, kb in sizes.items() if name.endswith((".js", ".css"))}
    return {
        "first_screen_kb": round(sum(kb for name, kb in sizes.items() if name in first), 1),
        "all_scripts_and_styles_kb": round(sum(scripts.values()), 1),
        "with_fonts_kb": round(sum(sizes.values()), 1),
    }


def memory(run: Path, futures: int, days: int, folder: Path) -> dict[str, Any]:
    """Peak size of a server that shows every screen of a large run."""
    (folder / "runs").mkdir(parents=True)
    stretch(run, folder / "runs" / "large", futures, days)
    server, base = start(folder)
    seconds = {}
    try:
        for screen in SCREENS:
            path = f"runs/large{screen}"
            seconds[path] = round(ask(base, path), 2)
            print(f"{path}: {seconds[path]} s, peak {peak_mb(server.pid):.0f} MB", file=sys.stderr)
        return {"peak_mb": round(peak_mb(server.pid)), "seconds": seconds}
    finally:
        server.terminate()
        server.wait(20)


def browser(run: Path, folder: Path) -> dict[str, Any]:
    """Milliseconds until the first screen can be used, and frames a second of the map."""
    from playwright.sync_api import sync_playwright

    (folder / "runs").mkdir(parents=True)
    shutil.copytree(run, folder / "runs" / "small")
    server, base = start(folder)
    try:
        ask(base, "runs/small/ground")
        ask(base, "runs/small/scenes")
        with sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{base}/?token={TOKEN}")
            page.wait_for_selector("main h1")
            usable = []
            for _ in range(5):
                page.goto("about:blank")
                began = time.perf_counter()
                page.goto(f"{base}/")
                page.wait_for_selector("main .cards a")
                usable.append((time.perf_counter() - began) * 1000)
            page.goto(f"{base}/#/run/small/map?day=7&dots=5000")
            page.wait_for_selector("canvas[data-frames]", timeout=60000, state="attached")
            count = "() => Number(document.querySelector('canvas').dataset.frames)"
            items = page.evaluate("() => Number(document.querySelector('canvas').dataset.items)")
            before, began = page.evaluate(count), time.perf_counter()
            page.wait_for_timeout(4000)
            streaming = (page.evaluate(count) - before) / (time.perf_counter() - began)
            slide = """async () => {
              const range = document.querySelector('input[type=range]');
              let frames = 0; const began = performance.now();
              while (performance.now() - began < 4000) {
                range.value = String(1 + (frames % Number(range.max)));
                range.dispatchEvent(new Event('input', {bubbles: true}));
                await new Promise(requestAnimationFrame); frames++;
              }
              return frames / ((performance.now() - began) / 1000);
            }"""
            sliding = page.evaluate(slide)
            chromium.close()
        return {
            "usable_ms": sorted(round(one) for one in usable),
            "moving_items": items,
            "frames_a_second_moving": round(streaming, 1),
            "frames_a_second_sliding": round(sliding, 1),
        }
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--futures", type=int, default=2000)
    parser.add_argument("--years", type=float, default=10)
    parser.add_argument("--without-memory", action="store_true")
    given = parser.parse_args()
    found: dict[str, Any] = {"load": first_load()}
    with tempfile.TemporaryDirectory(prefix="afternext-bench-") as place:
        found["browser"] = browser(given.run, Path(place) / "small")
        if not given.without_memory:
            found["memory"] = memory(
                given.run, given.futures, round(given.years * 365.25), Path(place) / "large"
            )
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
