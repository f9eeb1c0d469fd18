"""What results of today are, kept to be compared with those of tomorrow. One command refreshes all of it.

python scripts/baseline.py            write tests/data/runs/VERSION.tar.xz (a small stored run),
                                      tests/baseline/*.json (samples of outputs) and the figures
                                      that reproduce.py publishes
python scripts/baseline.py --drift    say how far outputs are from the stored ones, and write nothing

Where stored outputs change beyond the noise of seeds, CHANGELOG.md must have a new line with **Results**:
the script asks for it, and so does tests/reliability/test_drift.py.
"""

from __future__ import annotations

import io
import json
import lzma
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext import __version__

ROOT = Path(__file__).resolve().parents[1]
RUNS = ROOT / "tests" / "data" / "runs"
SAMPLES = ROOT / "tests" / "baseline"
CHANGELOG = ROOT / "CHANGELOG.md"
STORED = {"futures": 4, "days": 60, "seed": 7}
OUTPUTS = ("displaced", "newly_displaced", "dead", "deserted", "population_held_army")
# name: scenario, strategy, futures, days, and the side that stands for the fifth output
CASES: dict[str, dict[str, Any]] = {
    "two-towns": {"scenario": "two-towns", "strategy": None, "futures": 64, "days": 120},
    "open-bridge": {"scenario": "two-towns", "strategy": "open_bridge", "futures": 64, "days": 120},
    "iraq-2014": {"scenario": "iraq-2014", "strategy": None, "futures": 24, "days": 60},
}
DEEP = ("iraq-2014",)
SHUFFLES = 4000
ALPHA = 0.01  # for all outputs of a case together


def results_lines() -> int:
    """How many lines of the changelog say that results change."""
    return CHANGELOG.read_text(encoding="utf-8").count("**Results**")


def sample(name: str) -> dict[str, list[float]]:
    """Outputs of a case at its last day, one value a future."""
    import afternext as an

    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="afternext-baseline-") as place:
        years = case["days"] / 365.25
        chosen = [case["strategy"]] if case["strategy"] else []
        run = an.run(
            case["scenario"],
            futures=case["futures"],
            years=years,
            seed=11,
            strategies=chosen,
            workers=1,
            out=f"{place}/run",
        )
        names = [name for name in OUTPUTS if name in run.measures]
        return {name: [float(v) for v in run.measures[name].values[:, -1]] for name in names}


def energy_distance(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Energy distance of two samples (Szekely and Rizzo 2013): 2 E|X-Y| - E|X-X'| - E|Y-Y'|."""

    def mean(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
        return float(np.abs(a[:, None] - b[None, :]).mean())

    return 2.0 * mean(x, y) - mean(x, x) - mean(y, y)


def p_value(x: NDArray[np.float64], y: NDArray[np.float64], shuffles: int = SHUFFLES) -> float:
    """How often two halves of the pooled sample are as far apart as these: what seeds alone would do."""
    pooled = np.concatenate([x, y])
    n, m = len(x), len(y)
    between = np.abs(pooled[:, None] - pooled[None, :])
    draw = np.random.default_rng(0)
    order = np.argsort(draw.random((shuffles, n + m)), axis=1)
    first = np.zeros((shuffles + 1, n + m))
    np.put_along_axis(first[:-1], order[:, :n], 1.0, axis=1)
    first[-1, :n] = 1.0  # as they are
    weight = first / n - (1.0 - first) / m
    found = -np.einsum("ki,ij,kj->k", weight, between, weight, optimize=True)
    scale = max(float(between.max()), 1.0)
    return float((found[:-1] >= found[-1] - 1e-12 * scale).sum() + 1) / (shuffles + 1)


def drift(name: str, stored: Mapping[str, Any], now: Mapping[str, list[float]]) -> dict[str, float]:
    """The p-value of every output that is stored; 0 for one that is there no more."""
    return {
        output: p_value(np.array(values), np.array(now[output])) if output in now else 0.0
        for output, values in stored["values"].items()
    }


def beyond_noise(found: Mapping[str, float]) -> list[str]:
    """Outputs that changed by more than another seed would change them."""
    return [name for name, p in found.items() if p < ALPHA / max(len(found), 1)]


def store_run(target: Path) -> None:
    """A small run of this version, packed so that the same run gives the same bytes."""
    import afternext as an

    with tempfile.TemporaryDirectory(prefix="afternext-baseline-") as place:
        out = Path(place) / "run"
        an.run(
            "two-towns",
            futures=STORED["futures"],
            years=STORED["days"] / 365.25,
            seed=STORED["seed"],
            workers=1,
            out=str(out),
        )
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path in sorted(
                path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".lock")
            ):
                entry = tarfile.TarInfo(path.relative_to(out).as_posix())
                entry.size, entry.mode = path.stat().st_size, 0o644
                with path.open("rb") as file:
                    archive.addfile(entry, file)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(lzma.compress(content.getvalue(), preset=9))


def unpack(archive: Path, folder: Path) -> Path:
    """A stored run, unpacked."""
    with tarfile.open(archive, mode="r:xz") as packed:
        packed.extractall(folder, filter="data")
    return folder


def refresh() -> None:
    """Write everything anew; refuse where results changed and the changelog does not say so."""
    fresh = {name: sample(name) for name in CASES}
    silent = []
    for name, values in fresh.items():
        path = SAMPLES / f"{name}.json"
        if path.exists():
            stored = json.loads(path.read_text(encoding="utf-8"))
            moved = beyond_noise(drift(name, stored, values))
            if moved and results_lines() <= stored["results_lines"]:
                silent.append(f"{name}: {', '.join(moved)}")
    if silent:
        sys.exit(
            "results changed beyond the noise of seeds and no new line of CHANGELOG.md says **Results**:\n"
            + "\n".join(silent)
        )
    SAMPLES.mkdir(parents=True, exist_ok=True)
    for name, values in fresh.items():
        content = {
            "version": __version__,
            "case": CASES[name],
            "results_lines": results_lines(),
            "values": values,
        }
        (SAMPLES / f"{name}.json").write_text(
            json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    store_run(RUNS / f"{__version__}.tar.xz")
    from scripts.reproduce import publish

    publish()


def main() -> None:
    if "--drift" in sys.argv[1:]:
        for name in CASES:
            stored = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
            print(name, {output: round(p, 4) for output, p in drift(name, stored, sample(name)).items()})
    else:
        refresh()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
