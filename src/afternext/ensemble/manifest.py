"""The manifest of a run: what was run, with what, and how it ended, as plain JSON."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from afternext.ensemble.parts import write_file
from afternext.errors import UsageError

NAME = "manifest.json"
FORMAT = 1
RUNNING = "running"
FINISHED = "finished"

PACKAGES = ("afternext", "numpy", "numba", "scipy", "xarray", "zarr")


@dataclass(frozen=True)
class Settings:
    """All that a result depends on, next to the scenario and the model.

    futures, seed, replicates : see `run`          days : length of each future
    strategies : ids, applied in this order        overrides : fixed values by name
    """

    futures: int
    seed: int
    days: int
    replicates: int = 1
    strategies: tuple[str, ...] = ()
    overrides: Mapping[str, float | str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"strategies": list(self.strategies), "overrides": dict(self.overrides)}

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Settings:
        """Settings of a run that is on disk."""
        return cls(
            futures=manifest["futures"],
            seed=manifest["seed"],
            days=manifest["days"],
            replicates=manifest["replicates"],
            strategies=tuple(manifest["strategies"]),
            overrides=dict(manifest["overrides"]),
        )


def run_key(settings: Settings, scenario_hash: str, model: str) -> str:
    """Hash of the inputs of every part: scenario, model, seed and all settings but one.

    The number of futures is left out: future k does not depend on it.
    """
    inputs = settings.to_dict() | {"scenario": scenario_hash, "model": model}
    del inputs["futures"]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Versions of what took part."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def write(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest so that a reader sees the old one or the new one."""
    write_file(folder / NAME, [json.dumps(manifest, indent=1, ensure_ascii=False).encode()])


def read(folder: Path) -> dict[str, Any]:
    """Read the manifest of a run directory; raises UsageError with what to do when it is none."""
    path = folder / NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        number = manifest["format"]
    except FileNotFoundError:
        what = "is not a run directory" if folder.is_dir() else "does not exist"
        raise UsageError(
            f"{folder} {what}: there is no {NAME} in it; `afternext run SCENARIO --out DIR` makes one"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} cannot be read ({error}); the run has to be made again") from error
    if number != FORMAT:
        raise UsageError(
            f"{path} has format {number}, this afternext reads format {FORMAT}: use the version that wrote it"
        )
    return dict(manifest)
