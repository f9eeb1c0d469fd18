"""A made-up run with the shape of a real one, so that pictures and tables are tested without the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from afternext.ensemble.quantiles import over_futures
from afternext.ensemble.weights import values_of

FREEZE = date(2014, 6, 12)
COMMUNITIES = {"hill": "Hill people", "river": "River people"}
FORCES = {
    "army": ("Army", "army"),
    "guard": ("Hill guard", "army"),
    "rising": ("Rising", "insurgent"),
    "abroad": ("Neighbour's army", "state"),
}

# id, name, kind, country, admin1, admin2, pcode, lat, lon, population, holder at the freeze
SMALL = [
    ("alton", "Alton", "town", "IQ", "North", "Alton", "XX0101", 36.34, 43.10, 800_000, "rising"),
    (
        "alton_east",
        "Alton, east bank",
        "town",
        "IQ",
        "North",
        "Alton",
        "XX0101",
        36.36,
        43.19,
        700_000,
        "rising",
    ),
    ("birk", "Birk", "town", "IQ", "North", "Birk", "XX0102", 36.38, 42.45, 200_000, "army"),
    ("cray", "Cray", "town", "IQ", "Hills", "Cray", "XX0201", 36.19, 44.01, 900_000, "guard"),
    ("dunn", "Dunn", "town", "IQ", "Hills", "Dunn", "XX0202", 36.87, 42.99, 300_000, "guard"),
    ("esk", "Esk", "town", "IQ", "Plain", "Esk", "XX0301", 34.60, 43.68, 250_000, "rising"),
    ("fell", "Fell", "town", "IQ", "Plain", "Fell", "XX0302", 34.20, 43.87, 300_000, "army"),
    ("gard", "Gard", "town", "IQ", "South", "Gard", "XX0401", 33.31, 44.37, 5_000_000, "army"),
    ("hove", "Hove", "town", "IQ", "South", "Hove", "XX0402", 30.51, 47.78, 1_500_000, "army"),
    ("ivel", "Ivel", "town", "IQ", "West", "Ivel", "XX0501", 33.42, 43.30, 400_000, "rising"),
    ("jura", "Jura", "camp", "IQ", "Hills", "Dunn", "XX0202", 36.80, 42.80, 0, "guard"),
    ("kell", "Kell", "town", "SY", "Abroad", "Kell", "", 36.50, 40.75, 190_000, "abroad"),
]


@dataclass
class FakeRun:
    """What `afternext.open_run` gives, in memory."""

    scenario: Any
    measures: xr.Dataset
    experiments: pd.DataFrame
    path: Path = Path("runs/fake-20140612-s1")
    manifest: dict[str, Any] = field(default_factory=lambda: {"seed": 1, "digest": "00ff"})
    failed: tuple[Any, ...] = ()
    digest: str = "00ff"
    weights: Any = None

    @property
    def seed(self) -> int:
        return 1

    @property
    def futures(self) -> int:
        return int(self.measures.sizes["future"])

    def quantiles(self, name: str, qs: Sequence[float]) -> xr.DataArray:
        return over_futures(self.measures[name], qs, values_of(self.weights))


def scenario(rows: Sequence[tuple[Any, ...]], fictional: bool = False) -> Any:
    places = tuple(
        SimpleNamespace(
            id=r[0],
            name=r[1],
            kind=r[2],
            country=r[3],
            admin1=r[4],
            admin2=r[5],
            pcode=r[6],
            lat=r[7],
            lon=r[8],
            population=r[9],
            shares={"hill": 0.3, "river": 0.7} if r[9] else {},
            source="made up",
            confidence="low" if n % 3 else "medium",
        )
        for n, r in enumerate(rows)
    )
    forces = {k: SimpleNamespace(name=n, kind=kind, power=None) for k, (n, kind) in FORCES.items()}
    return SimpleNamespace(
        id="fake",
        title="A made-up crisis",
        summary="Made up.",
        fictional=fictional,
        freeze=FREEZE,
        years=3.5,
        horizons=(30, 183, 365, 1096, 3652),
        grid=SimpleNamespace(daily_until=180, weekly_until=365),
        communities={k: SimpleNamespace(name=n) for k, n in COMMUNITIES.items()},
        forces=forces,
        powers={},
        places=places,
        routes=(),
        holders=(),
        displaced=(),
        claims=(),
        measures=("displaced",),
        hash="abc",
        warnings=[],
    )


def fake_run(
    rows: Sequence[tuple[Any, ...]] = SMALL,
    futures: int = 60,
    seed: int = 1,
    days: int = 1278,
    fictional: bool = False,
    world: Any = None,
    rebels: str = "rising",
) -> FakeRun:
    """Numbers of a plausible size and shape; a rising spreads from the places it holds."""
    rng = np.random.default_rng(seed)
    world = world or scenario(rows, fictional)
    grid = np.r_[0:181, 187:366:7, np.arange(396, days + 1, 30)]
    grid = np.unique(np.r_[grid, days])
    snaps = np.array([d for d in (0, 7, 30, 91, 183, 365, 730, 1096, days) if d <= days])
    horizon = np.array([h for h in world.horizons if h <= days])
    n, p = futures, len(rows)
    people = np.array([r[9] for r in rows], dtype=float)
    at = np.array([[r[7], r[8] * 0.83] for r in rows]) * 111
    away = np.sqrt(((at[:, None] - at[None]) ** 2).sum(-1))
    home = np.array([r[3] != "SY" for r in rows])

    scale = rng.lognormal(0, 0.35, n)[:, None]
    pull_back = rng.uniform(0.2, 0.9, n)[:, None]
    rise = 1 - np.exp(-grid[None] / rng.uniform(10, 60, n)[:, None])
    fled = 0.05 * people.sum() * scale * rise
    back = fled * pull_back * (1 - np.exp(-grid[None] / 500))
    old = 0.03 * people.sum()
    scalars = {
        "newly_displaced": fled,
        "returned": back,
        "secondary": 0.2 * fled,
        "displaced": old + fled - back,
        "idps": old * 0.8 + 0.9 * (fled - back),
        "refugees_abroad": 0.1 * (fled - back),
        "on_the_move": fled * 0.08 * np.exp(-grid[None] / 40),
        "trapped": fled * 0.12 * np.exp(-grid[None] / 300),
        "caught": fled * 0.02 * np.exp(-grid[None] / 60),
        "dead": 0.004 * fled,
        "residents": people.sum() - fled + back,
    }

    order = list(world.forces)
    start = np.array([order.index(r[10]) if r[10] in order else -1 for r in rows])
    rebel = order.index(rebels)
    seeds = np.flatnonzero(start == rebel)
    gap = away[:, seeds].min(axis=1) if len(seeds) else np.full(p, 1e9)
    reach = rng.uniform(0, 90, n)[:, None, None] * (1 - np.exp(-snaps / 90))[None, :, None]
    holder = np.broadcast_to(start, (n, len(snaps), p)).copy()
    falls = (gap[None, None] < reach * rng.uniform(0.6, 1.4, (n, 1, p))) & home[None, None]
    holder[falls] = rebel
    holder[(rng.random((n, 1, p)) < 0.03) & (snaps[None, :, None] > 90) & home[None, None]] = -1
    near = (gap[None, None] < reach + 40) & (holder != rebel) & home[None, None]
    contested = np.where(near & (rng.random((n, 1, p)) < 0.6), rebel, -1)

    at_snap = np.searchsorted(grid, snaps).clip(max=len(grid) - 1)
    weight_from = (people + 1) * np.where(gap < 60, 1.0, 0.03) * home
    weight_from = weight_from / weight_from.sum()
    weight_to = (people**0.7 + 30_000) * np.where((gap > 30) & (gap < 250), 1.0, 0.1)
    weight_to = weight_to / weight_to.sum()
    noise = rng.lognormal(0, 0.3, (n, 1, p))
    gone = fled[:, at_snap, None] * weight_from * noise
    came = scalars["idps"][:, at_snap, None] * weight_to * noise[:, :, ::-1]
    snap = {
        "place_residents": np.maximum(people - gone, 0),
        "place_displaced_from": gone + old * weight_from,
        "place_idps": np.where(home, came, 0.0),
        "place_refugees": np.where(home, 0.05 * came, came),
        "place_newly_displaced": gone,
        "place_returned": 0.4 * gone,
        "place_arrived": came,
        "place_secondary": 0.2 * gone,
        "place_trapped": 0.05 * gone,
    }

    admin = list(dict.fromkeys(r[4] for r in rows))
    member = np.array([[r[4] == a for r in rows] for a in admin], dtype=float)
    at_horizon = np.searchsorted(snaps, horizon).clip(max=len(snaps) - 1)
    from_admin = (gone + old * weight_from)[:, at_horizon] @ member.T
    flow = from_admin[..., None] * (member @ weight_to)
    share = np.full(len(world.communities), 1 / len(world.communities))
    coords: dict[str, Any] = {
        "future": np.arange(n),
        "date": np.datetime64(FREEZE) + grid.astype("timedelta64[D]"),
        "day": ("date", grid),
        "snapshot": snaps,
        "horizon": horizon,
        "place": [r[0] for r in rows],
        "community": list(world.communities),
        "origin": admin,
        "refuge": admin,
    }
    data: dict[str, Any] = {k: (("future", "date"), np.rint(v).astype(np.int64)) for k, v in scalars.items()}
    for k, force in enumerate(order):
        held = (holder == k).sum(axis=2)
        per_day = held[:, np.searchsorted(snaps, grid).clip(max=len(snaps) - 1)]
        data[f"places_held_{force}"] = (("future", "date"), per_day)
    parts = rng.dirichlet(np.full(len(world.communities), 3.0))
    for name, part in zip(world.communities, parts, strict=True):
        data[f"displaced_{name}"] = (
            ("future", "date"),
            np.rint(part * scalars["displaced"]).astype(np.int64),
        )
    data |= {k: (("future", "snapshot", "place"), np.rint(v).astype(np.int64)) for k, v in snap.items()}
    data["place_holder"] = (("future", "snapshot", "place"), holder.astype(np.int8))
    data["place_contested"] = (("future", "snapshot", "place"), contested.astype(np.int8))
    by_community = ("future", "horizon", "place", "community")
    data["origin_displaced"] = (
        by_community,
        np.rint((gone + old * weight_from)[:, at_horizon, :, None] * share),
    )
    data["refuge_displaced"] = (by_community, np.rint(came[:, at_horizon, :, None] * share))
    data["flow_displaced"] = (("future", "horizon", "origin", "refuge"), np.rint(flow))
    units = {k: {"units": "persons"} for k in data}
    dataset = xr.Dataset(data, coords=coords)
    for name, attrs in units.items():
        dataset[name].attrs.update(attrs)
    inputs = pd.DataFrame(rng.random((n, 12)), columns=[f"input_{i}" for i in range(12)])
    return FakeRun(world, dataset, inputs)
