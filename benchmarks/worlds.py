"""Worlds that are no crisis, for measuring what running one costs: any model of the right shape runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.manifest import Settings
from afternext.ensemble.run import Run, Subject, run_subject

Floats = NDArray[np.float64]
NO_EVENTS = np.zeros(0, dtype=[("day", "<f4"), ("kind", "<i2")])


@dataclass(frozen=True)
class Between:
    """Anything between two values, all as likely."""

    low: float
    high: float

    def quantile(self, u: Any) -> Any:
        return self.low + np.asarray(u) * (self.high - self.low)


@dataclass(frozen=True)
class Input:
    """An uncertain number."""

    name: str
    value: Between
    unit: str = ""
    deep: bool = True
    meaning: str = ""
    source: str = "benchmark"
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Output:
    """A number a future, or one for each entry of a dimension."""

    name: str
    dims: tuple[str, ...] = ()
    dtype: Any = np.float64
    unit: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class One:
    """What a future gives."""

    arrays: Mapping[str, Any]
    events: NDArray[np.void] = field(default_factory=lambda: NO_EVENTS)


@dataclass(frozen=True)
class Many:
    """What a batch of futures gives."""

    arrays: Mapping[str, NDArray[Any]]
    counts: NDArray[np.int64]
    events: NDArray[np.void] = field(default_factory=lambda: NO_EVENTS)


@dataclass(frozen=True)
class Loop:
    """The sum of its inputs, one future a call."""

    inputs: int = 20
    version: str = "sum-1"

    @property
    def experiments(self) -> tuple[Input, ...]:
        return tuple(Input(f"x{k}", Between(0.0, 1.0)) for k in range(self.inputs))

    @property
    def measures(self) -> tuple[Output, ...]:
        return (Output("y", ("horizon",)),)

    @property
    def coords(self) -> dict[str, NDArray[Any]]:
        return {"date": np.array([0]), "snapshot": np.array([0]), "horizon": np.array([0])}

    def warm_up(self) -> None:
        """Nothing to compile."""

    def simulate(self, row: Floats, seed: int, luck: int) -> One:
        return One({"y": np.array([row.sum()])})


@dataclass(frozen=True)
class Batched(Loop):
    """The same, a batch a call."""

    def simulate_many(self, rows: Floats, seed: int, first: int) -> Many:
        return Many({"y": rows.sum(1)[:, None]}, np.zeros(len(rows), dtype=np.int64))


def play(world: Any, futures: int, folder: Path, seed: int = 0) -> Run:
    """Run a world into a folder, as a crisis is run."""
    identity = {
        "id": type(world).__name__.lower(), "title": "benchmark", "hash": "0" * 64,
        "freeze": date(2000, 1, 1).isoformat(), "given": "benchmark",
    }  # fmt: skip
    return run_subject(
        lambda: Subject(world, identity, "{}"), Settings(futures=futures, seed=seed, days=1, replicates=1),
        folder, workers=1,
    )  # fmt: skip
