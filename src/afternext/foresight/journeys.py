"""Who went where, between snapshots: pairs of places that fit what a run keeps.

A run keeps how many people left and came at every place, and how many displaced people of each governorate
shelter in each other one. Pairs of places are not kept. They are fitted to both margins by iterative
proportional fitting (Deming and Stephan 1940) from a first guess: the governorates' flows at the nearest
horizon, shared out by nearness along the roads. Margins are the model's, pairs are an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from afternext.ensemble.atlas import Atlas, row_of
from afternext.ensemble.show import days_along, nearest

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run
    from afternext.scenario import Scenario

Floats = NDArray[np.float64]

ROUNDS = 12  # of fitting; arrivals fit to the person after each, departures nearly
NEARNESS_KM = 150.0  # by which the first guess falls to 1/e within a pair of governorates
STRANGER = (
    1e-3  # share of the largest flow that is assumed where a horizon shows none, so that all can be fitted
)
MOST = 60  # pairs kept a snapshot
WHOLE = 0.98  # or fewer, if they hold this share of the people


@dataclass(frozen=True)
class Roads:
    """The routes of a scenario as a network of its places, in km."""

    places: tuple[str, ...]
    lengths: Floats  # (place, place), 0 where there is no road

    @classmethod
    def of(cls, scenario: Scenario, places: Sequence[str]) -> Roads:
        number = {ident: i for i, ident in enumerate(places)}
        lengths = np.zeros((len(places), len(places)))
        for route in scenario.routes:
            if route.start in number and route.end in number:
                a, b = number[route.start], number[route.end]
                shorter = min(lengths[a, b] or np.inf, float(route.km))
                lengths[a, b] = lengths[b, a] = shorter
        return cls(tuple(places), lengths)

    @cached_property
    def _found(self) -> tuple[Floats, NDArray[np.int32]]:
        found = shortest_path(self.lengths, directed=False, return_predecessors=True)
        return found[0], found[1]

    @property
    def km(self) -> Floats:
        """(place, place): length of the shortest way, infinite where there is none."""
        return self._found[0]

    def way(self, start: int, end: int) -> list[int]:
        """Places along the shortest way, both ends included; both ends alone where there is none."""
        before = self._found[1]
        path = [end]
        while path[-1] != start:
            previous = int(before[start, path[-1]])
            if previous < 0:
                return [start, end]
            path.append(previous)
        return path[::-1]


def fit(left: Floats, came: Floats, guess: Floats) -> Floats:
    """Pairs whose sums fit who left and who came, as near to the guess as can be.

    Parameters
    ----------
    left, came : (place,) persons; `left` is scaled to the total of `came`, since some are still on the road
    guess : (place, place), positive where a pair may be

    Returns
    -------
    (place, place) persons; rows sum to `left` as scaled, columns to `came`
    """
    total = float(came.sum())
    if total <= 0 or left.sum() <= 0:
        return np.zeros_like(guess)
    rows = left * (total / left.sum())
    pairs = guess.copy()
    for _ in range(ROUNDS):
        pairs *= (rows / np.maximum(pairs.sum(axis=1), 1e-300))[:, None]
        pairs *= came / np.maximum(pairs.sum(axis=0), 1e-300)
    return np.asarray(pairs)


def first_guess(flows: Floats, areas: NDArray[np.int64], km: Floats) -> Floats:
    """Governorate flows shared out over places by nearness.

    flows : (area, area) persons       areas : (place,) number of each place's area       km : (place, place)
    """
    known = flows + max(STRANGER * float(flows.max(initial=0.0)), 1e-6)
    near = np.exp(-np.where(np.isfinite(km), km, 4000.0) / NEARNESS_KM) + 1e-9
    np.fill_diagonal(near, 0.0)
    return np.asarray(known[np.ix_(areas, areas)] * near)


@dataclass(frozen=True)
class Journey:
    """People who went from one place to another between two snapshots."""

    start: int
    end: int
    persons: float


def largest(pairs: Floats) -> tuple[Journey, ...]:
    """The pairs that most people went, largest first."""
    order = np.argsort(-pairs, axis=None, kind="stable")[:MOST]
    flat, whole = pairs.ravel(), float(pairs.sum())
    kept, sofar = [], 0.0
    for at in order:
        if flat[at] < 1.0 or sofar >= WHOLE * whole:
            break
        sofar += float(flat[at])
        kept.append(Journey(int(at // len(pairs)), int(at % len(pairs)), float(flat[at])))
    return tuple(kept)


def journeys(run: Run, found: Atlas, roads: Roads, future: int | None = None) -> list[tuple[Journey, ...]]:
    """For every snapshot, who came where from where since the snapshot before; empty for the first.

    Of all futures these are means, of one future its own people.
    """
    by_id = {place.id: place for place in run.scenario.places}
    names = [str(name) for name in run.measures["origin"].values] if "origin" in run.measures.coords else []
    if not names or "flow_displaced" not in run.measures:
        return [() for _ in found.days]
    areas = np.array([names.index(by_id[ident].admin1) for ident in found.places])
    array = run.measure("flow_displaced")
    flows = (array.isel(future=row_of(run, future)) if future is not None else array.mean("future")).values
    horizons = days_along(run, "horizon")
    guesses = [first_guess(np.asarray(flow, dtype=np.float64), areas, roads.km) for flow in flows]
    return [
        largest(fit(left, came, guesses[nearest(horizons, int(day))])) if guesses else ()
        for day, left, came in zip(found.days, found.mean_left, found.mean_came, strict=True)
    ]
