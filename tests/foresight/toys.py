"""Comparisons made of arrays, for results that are known in closed form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from afternext.foresight.comparison import Comparison

FREEZE = date(2031, 5, 1)
NONE, OTHER = "none", "government:power_sharing"


@cache
def towns() -> Any:
    from afternext.scenario import load
    from afternext.world import known_parameters

    return load("two-towns", known_parameters=known_parameters())


@dataclass
class ToyRun:
    """A run with the measures it is given, each (future, day)."""

    curves: dict[str, np.ndarray]
    days: np.ndarray
    scenario: Any = field(default_factory=towns)
    seed: int = 1
    weights: Any = None

    @property
    def manifest(self) -> dict[str, Any]:
        return {
            "days": int(self.days[-1]),
            "scenario": {"freeze": FREEZE.isoformat(), "title": "A toy", "id": "toy"},
        }

    @property
    def measures(self) -> xr.Dataset:
        dates = np.array([(FREEZE + timedelta(days=int(day))).isoformat() for day in self.days])
        futures = len(next(iter(self.curves.values())))
        return xr.Dataset(
            {name: (("future", "date"), values) for name, values in self.curves.items()},
            {"future": np.arange(futures), "date": dates, "day": ("date", self.days)},
        )

    def measure(self, name: str) -> xr.DataArray:
        return self.measures[name]


class ToyComparison(Comparison):
    """Toy runs side by side."""

    def __init__(self, runs: dict[str, ToyRun], experiments: dict[str, np.ndarray] | None = None) -> None:
        self.runs = runs  # type: ignore[assignment]
        self.ids = tuple(runs)
        self.path = None  # type: ignore[assignment]
        first = next(iter(runs.values()))
        futures = len(first.measures["future"])
        self.manifest = {
            "scenario": first.manifest["scenario"], "seed": 1, "days": int(first.days[-1]),
            "strategies": [
                {"id": ident, "title": ident, "why": "", "folder": ident, "open": False} for ident in runs
            ],
        }  # fmt: skip
        self.futures = np.arange(futures)
        self._rows = {ident: np.arange(futures) for ident in runs}
        self.weights = np.full(futures, 1 / futures)
        self.__dict__["experiments"] = pd.DataFrame(experiments or {})
        self.__dict__["notes"] = {}
        self.__dict__["days"] = (int(first.days[-1]),)
