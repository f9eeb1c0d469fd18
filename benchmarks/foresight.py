"""What each question takes when futures are kept: `python -m benchmarks.foresight RUN|DIR [--window DIR]`.

DIR is a comparison (`afternext decide SCENARIO --out DIR`): every command is timed on it as it lies there,
and nothing is simulated. RUN is a run: it is stretched to `--futures` of `--years` and laid beside itself as
`--courses` courses of action with futures in another order (this measures reading and analysis, not the
model). `--window` is the directory of a finished `afternext window --move M`, which is asked the same again;
its courses of action are laid on the runs of the comparison, so a small one will do.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.measure import Measured, measure

MOVE = "air_support"
CELL = re.compile(r"day_(\d+)_x([\d.]+)")
GOAL = "displaced < 1.5M"
COURSES = ("none", "air_support_on_time", "conditional_support", "arms_only", "hands_off")


def stretched(run: Path, folder: Path, futures: int, years: float, courses: Sequence[str]) -> Path:
    """A comparison of the wanted shape, made of one run."""
    import zarr

    from afternext import open_run
    from benchmarks.workbench import stretch

    days = round(years * 365.25)
    folder.mkdir(parents=True)
    crisis = open_run(run)
    entries = []
    for number, ident in enumerate(courses):
        own = folder / ident
        if number == 0:
            stretch(run, own, futures, days)
            jitter(own)
        else:
            shutil.copytree(folder / courses[0], own)
            group: Any = zarr.open_group(own / "store.zarr/measures", mode="r+")
            for name in group.attrs["order"]:
                if (group[name].metadata.dimension_names or ("",))[:2] == ("future", "date"):
                    group[name][:] = np.roll(group[name][:], 7 * number, axis=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as the store itself does when it is written
            zarr.consolidate_metadata(own / "store.zarr", zarr_format=3)
        title = "As it comes" if ident == "none" else crisis.scenario.strategies[ident].title
        entries.append({"id": ident, "title": title, "why": "", "folder": ident, "open": False})
    about = crisis.manifest["scenario"]
    manifest = {
        "format": 1, "scenario": dict(about) | {"given": about["id"]}, "futures": futures,
        "seed": crisis.seed, "days": days, "overrides": {}, "strategies": entries,
    }  # fmt: skip
    (folder / "comparison.json").write_text(json.dumps(manifest))
    return folder


def jitter(run: Path) -> None:
    """A hundredth of noise on what varies, so that repeated futures are not the same ones."""
    import zarr

    rng = np.random.default_rng(0)
    for part in ("experiments", "measures"):
        group: Any = zarr.open_group(run / "store.zarr" / part, mode="r+")
        for name in group.attrs["order"]:
            array = group[name]
            if array.dtype.kind != "f" and not (part == "measures" and array.ndim == 2):
                continue
            if "categories" in array.attrs:
                continue
            values = array[:]
            factor = 1 + 0.01 * rng.standard_normal((len(values), *[1] * (values.ndim - 1)))
            array[:] = (values * factor).astype(values.dtype)


def laid(window: Path, compared: Path, folder: Path) -> Path:
    """A window of the comparison's size: its own courses of action, on the comparison's stores in turn."""
    there = json.loads((compared / "comparison.json").read_text())
    size = {"futures": there["futures"], "days": there["days"]}
    stores = [(compared / entry["folder"] / "store.zarr").resolve() for entry in there["strategies"]]
    manifest = json.loads((window / "comparison.json").read_text()) | size
    for number, entry in enumerate(manifest["strategies"]):
        source, own = window / entry["folder"], folder / entry["folder"]
        own.mkdir(parents=True)
        shutil.copy(source / "scenario.json", own)
        about = json.loads((source / "manifest.json").read_text()) | size | {"failed": []}
        (own / "manifest.json").write_text(json.dumps(about))
        (own / "store.zarr").symlink_to(stores[number % len(stores)])
    (folder / "comparison.json").write_text(json.dumps(manifest))
    return folder


def asked_again(window: Path, move: str, goal: str) -> list[str]:
    """The command whose runs lie in a window's directory."""
    manifest = json.loads((window / "comparison.json").read_text())
    found = [CELL.fullmatch(entry["id"]) for entry in manifest["strategies"]]
    days, scales = (sorted({float(one[k]) for one in found if one}) for k in (1, 2))
    return [
        "window", manifest["scenario"]["given"], "--move", move, "--goal", goal, "--out", str(window),
        "--delays", ",".join(f"{day:g}" for day in days),
        "--scales", ",".join(f"{scale:g}" for scale in scales),
    ]  # fmt: skip


def commands(folder: Path, goal: str) -> dict[str, list[str]]:
    """The questions, on a comparison and on its first run."""
    first = json.loads((folder / "comparison.json").read_text())["strategies"][0]["folder"]
    run = str(folder / first)
    there, when = goal.split(" ", 1)[0], goal.split(" ", 1)[1]
    return {
        "tree": ["tree", run],
        "discover": ["discover", run, "--when", f"{there}@end {when}"],
        "sensitivity": ["sensitivity", run],
        "decide": ["decide", str(folder)],
        "pathways": ["pathways", str(folder), "--goal", goal],
        "value": ["value", str(folder), "--goal", f"{there}@end {when}"],
        "backcast": ["backcast", str(folder), "--want", f"{there}@end {when}"],
    }


def time_all(
    folder: Path, goal: str, window: tuple[Path, str] | None, only: Sequence[str]
) -> list[dict[str, Any]]:
    """One row a command; progress on standard error. window : a directory, and the move it is about"""
    wanted = commands(folder, goal)
    if window is not None:
        wanted["window"] = asked_again(*window, wanted["value"][-1])
    rows = []
    for name, words in wanted.items():
        if only and name not in only:
            continue
        found = measure([sys.executable, "-m", "afternext.cli.main", *words, "--json"])
        rows.append(row_of(name, found))
        print(f"{name}: {found.wall:.1f} s, CPU {found.cpu:.1f} s, {found.peak_mb:.0f} MB", file=sys.stderr)
    return rows


def row_of(name: str, found: Measured) -> dict[str, Any]:
    return {"command": name, "wall": found.wall, "cpu": found.cpu, "peak_mb": found.peak_mb}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("given", type=Path, metavar="RUN|DIR")
    parser.add_argument("--window", type=Path)
    parser.add_argument("--move", default=MOVE, help="of the window")
    parser.add_argument("--goal", default=GOAL, help="MEASURE < VALUE, judged day by day and at the end")
    parser.add_argument("--futures", type=int, default=2000)
    parser.add_argument("--years", type=float, default=10.0)
    parser.add_argument("--courses", nargs="+", default=list(COURSES))
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--keep", type=Path, help="where to leave the stretched comparison")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="afternext-bench-") as place:
        folder = given.given
        if not (folder / "comparison.json").is_file():
            folder = given.keep or Path(place) / "compared"
            if not folder.exists():
                stretched(given.given, folder, given.futures, given.years, given.courses)
        window = None
        if given.window is not None:
            window = laid(given.window, folder, Path(place) / "window"), given.move
        print(json.dumps(time_all(folder, given.goal, window, given.only), indent=1))


if __name__ == "__main__":
    main()
