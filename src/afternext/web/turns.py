"""Futures one after another at one date, and the turns of a game of guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from afternext.ensemble import atlas as atlases
from afternext.ensemble.opened import Run
from afternext.ensemble.quantiles import rank
from afternext.ensemble.show import days_along, freeze_of, horizons, nearest
from afternext.errors import UsageError

SHOWN = 50  # futures shown one after another; each then stands for one in fifty
OPEN_PLACES = 3  # places to guess at in a turn
DISPLACED = "displaced"


def outcomes(run: Run, day: int) -> dict[str, Any]:
    """The first futures at the snapshot nearest to a day: who holds each place, and who shelters there.

    The first ones, since they lie together on disk and no future comes before another for a reason.
    """
    days = days_along(run, "snapshot")
    if day > int(days[-1]):
        raise UsageError(f"this run ends on day {int(days[-1])}")
    at = nearest(days, day)
    some = slice(0, SHOWN)

    def read(name: str) -> Any:
        part = run.measure(name).isel(future=some, snapshot=at)
        return np.asarray(part.transpose("future", "place").values, dtype=np.int64)

    holder = read("place_holder")
    nobody = len(run.scenario.forces)
    return {
        "day": int(days[at]),
        "futures": run.measures["future"].values[some],
        "leader": np.where(holder < 0, nobody, holder),
        "contested": (read("place_contested") >= 0).astype(np.int64),
        "sheltering": sum(read(name) for name in atlases.SHELTERING),
    }


def turns(run: Run) -> dict[str, Any]:
    """What there is to guess at each horizon: people out of their homes, and the most open places."""
    curve = run.measure(DISPLACED)
    along = days_along(run, "date")
    futures = int(curve.sizes["future"])
    found = atlases.atlas(run)
    homes = [i for i, place in enumerate(run.scenario.places) if place.population > 0]
    order = {str(ident): i for i, ident in enumerate(run.measures["place"].values)}
    rows = [order[run.scenario.places[i].id] for i in homes]
    people = np.array([run.scenario.places[i].population for i in homes], dtype=np.float64)
    freeze = freeze_of(run)
    made = []
    for day in horizons(run):
        at, snap = nearest(along, day), nearest(found.days, day)
        values = np.sort(np.asarray(curve.isel(date=at).values, dtype=np.float64))
        first = found.leader[0][rows]
        kept = found.held[first, snap, rows] / futures
        # Most people times most doubt first; a place that is never lost is nothing to guess.
        doubt = people * kept * (1 - kept)
        chosen = [i for i in np.argsort(-doubt, kind="stable")[:OPEN_PLACES] if doubt[i] > 0]
        made.append(
            {
                "day": int(day),
                "date": (freeze + timedelta(days=int(day))).isoformat(),
                "dots": [values[rank((i + 0.5) / SHOWN, futures)] for i in range(SHOWN)],
                "low": values[rank(0.1, futures)],
                "middle": values[rank(0.5, futures)],
                "high": values[rank(0.9, futures)],
                "places": [
                    {
                        "id": run.scenario.places[homes[i]].id,
                        "name": run.scenario.places[homes[i]].name,
                        "side": found.sides[first[i]],
                        "kept": float(kept[i]),
                    }
                    for i in chosen
                ],
            }
        )
    start = np.asarray(curve.isel(date=0).values, dtype=np.float64)
    return {
        "futures": futures,
        "unit": str(curve.attrs["units"]),
        "now": float(np.median(start)),
        "turns": made,
    }
