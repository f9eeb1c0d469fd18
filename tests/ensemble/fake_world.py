"""A world of the right shape that plays a future in microseconds, and can misbehave on request."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from afternext.ensemble.manifest import Settings
from afternext.ensemble.run import Run, Subject, run_subject
from afternext.scenario import Scenario

# The columns of afternext.world.events.DTYPE, without importing the world and its compiler.
EVENT = np.dtype(
    [
        ("day", "<f4"),
        ("kind", "<i2"),
        ("place", "<i2"),
        ("force", "<i2"),
        ("other", "<i2"),
        ("cause", "<i2"),
        ("move", "<i2"),
        ("persons", "<i8"),
    ]
)
FREEZE = "2014-06-12"


class FutureFailed(Exception):
    """As the world raises it."""


@dataclass(frozen=True)
class Spread:
    """A uniform value, or words by index."""

    low: float = 0.0
    high: float = 1.0
    words: int = 0

    def quantile(self, u: Any) -> Any:
        if self.words:
            return np.floor(np.asarray(u) * self.words)
        return self.low + np.asarray(u) * (self.high - self.low)


@dataclass(frozen=True)
class Experiment:
    name: str
    value: Spread
    unit: str = "share"
    deep: bool = False
    meaning: str = "something uncertain"
    source: str = "invented"
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Measure:
    name: str
    dims: tuple[str, ...]
    dtype: Any
    unit: str = "persons"
    meaning: str = "something measured"


@dataclass(frozen=True)
class Outcome:
    arrays: dict[str, np.ndarray]
    events: np.ndarray


def _coords(places: int) -> dict[str, np.ndarray]:
    return {
        "date": np.array([0, 1, 2, 3, 7, 14, 30]),
        "snapshot": np.array([0, 30]),
        "horizon": np.array([30]),
        "place": np.array([f"place_{i}" for i in range(places)]),
        "community": np.array(["valley", "hills"]),
    }


@dataclass(frozen=True)
class FakeWorld:
    """`fails` raise; `kills` take their process along, `kills_once` only if `marks` has no mark of it yet."""

    version: str = "fake-1"
    fails: frozenset[int] = frozenset()
    kills: frozenset[int] = frozenset()
    kills_once: frozenset[int] = frozenset()
    marks: str = ""
    seconds: float = 0.0
    places: int = 3
    unfit: int = 0  # process id of the only process that can use it

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        return (
            Experiment("boldness", Spread(0.0, 10.0)),
            Experiment("rumour", Spread(1.0, 2.0), deep=True),
            Experiment("rule", Spread(words=3), categories=("mild", "harsh", "cruel")),
        )

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (
            Measure("displaced", ("date",), np.int64),
            Measure("danger", ("date",), np.float64, unit="share"),
            Measure("population_held_army", ("date",), np.int64),
            Measure("displaced_valley", ("date",), np.int64),
            Measure("place_displaced_from", ("snapshot", "place"), np.int64),
            Measure("place_holder", ("snapshot", "place"), np.int8, unit="force"),
            Measure("origin_displaced", ("horizon", "place", "community"), np.int64),
        )

    @property
    def coords(self) -> dict[str, np.ndarray]:
        return _coords(self.places)

    def warm_up(self) -> None:
        if self.unfit and self.unfit != os.getpid():
            raise RuntimeError("it does not fit")

    def simulate(self, row: np.ndarray, seed: int, luck: int) -> Outcome:
        if self.seconds:
            time.sleep(self.seconds)
        if luck in self.fails:
            raise FutureFailed(f"people were lost in future {luck}")
        if luck in self.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        if luck in self.kills_once:
            mark = Path(self.marks) / f"killed-{luck}"
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        rng = np.random.default_rng([seed, luck])
        coords = self.coords
        steps = rng.poisson(1000 * row[0], len(coords["date"]))
        shape = (len(coords["snapshot"]), self.places)
        arrays = {
            "displaced": np.cumsum(steps),
            "danger": rng.random(len(coords["date"])) * row[1],
            "population_held_army": rng.integers(0, 1000, len(coords["date"])),
            "displaced_valley": np.cumsum(steps) // 2,
            "place_displaced_from": rng.integers(0, 500, shape),
            "place_holder": rng.integers(-1, 2, shape).astype(np.int8),
            "origin_displaced": rng.integers(0, 500, (1, self.places, 2)),
        }
        events = np.zeros(luck % 4, dtype=EVENT)
        events["day"] = np.arange(luck % 4)
        events["kind"] = 2  # falls
        events["place"] = luck % self.places
        events["other"] = 1
        return Outcome(arrays, events)


def crisis(places: int = 3) -> Scenario:
    """The scenario that a fake world would have been compiled from."""
    return Scenario.model_validate(
        {
            "id": "fake",
            "title": "A fake <crisis>",
            "freeze": FREEZE,
            "horizons": [7, 30, 365],
            "communities": {"valley": {"name": "Valley people"}, "hills": {"name": "Hill people"}},
            "forces": {
                "army": {"name": "Army", "kind": "army"},
                "rebels": {"name": "Rebels", "kind": "insurgent"},
            },
            "places": [
                {
                    "id": f"place_{i}",
                    "name": f"Place {i}",
                    "kind": "town",
                    "country": "XX",
                    "admin1": "north" if i < 2 else "south",
                    "admin2": f"District {i}",
                    "pcode": f"XX0{i}",
                    "lat": 30 + i % 50,
                    "lon": 40 + i % 50,
                    "population": 1000,
                }
                for i in range(places)
            ],
        }
    )


def subject(world: FakeWorld) -> Subject:
    identity = {"id": "fake", "given": "fake", "title": "A fake <crisis>", "hash": "f" * 64, "freeze": FREEZE}
    return Subject(world=world, identity=identity, copy=crisis(world.places).model_dump_json())


def play(
    folder: Path, world: FakeWorld | None = None, *, futures: int = 40, seed: int = 7, **how: Any
) -> Run:
    """Run a fake world into a folder."""
    replicates = how.pop("replicates", 1)
    settings = Settings(futures=futures, seed=seed, days=30, replicates=replicates)
    return run_subject(lambda: subject(world or FakeWorld()), settings, folder, **how)
