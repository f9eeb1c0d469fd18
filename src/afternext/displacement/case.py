"""A conflict as numbers: places, roads, what is open on which day, and what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from afternext.scenario.importers.flee_folder import FleeFolder

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

KINDS = ("town", "camp", "conflict", "hub", "marker", "flood")
TOWN, CAMP, CONFLICT, HUB, MARKER, FLOOD = range(6)


@dataclass(frozen=True)
class Case:
    """A FLEE folder as arrays over D days, P places, R routes and C camps with data.

    Attributes
    ----------
    kind : (P,) index into ``KINDS``
    capacity : (P,) persons that a camp holds, -1 where none is given
    intensity : (D, P) of the conflict, 0-1
    camp_open : (D, P) whether a camp is open as a camp
    route_open : (D, R, 2) whether a road can be taken from its start to its end, and back
    forced : (D, R) 0 free, 1 everybody at the end must take it, 2 everybody at the start
    camps : (C,) places with data
    data : (D, C) people counted
    """

    folder: FleeFolder
    kind: Ints
    country: Ints
    population: Floats
    capacity: Floats
    intensity: Floats
    camp_open: NDArray[np.bool_]
    route: Ints
    km: Floats
    route_open: NDArray[np.bool_]
    forced: Ints
    camps: Ints
    data: Floats

    @property
    def days(self) -> int:
        return self.folder.days

    @property
    def names(self) -> list[str]:
        return [place.name for place in self.folder.places]

    @property
    def camp_names(self) -> list[str]:
        return [self.folder.places[i].name for i in self.camps]


def make_case(folder: FleeFolder) -> Case:
    """Return a folder as arrays."""
    places = folder.places
    index = {place.name: i for i, place in enumerate(places)}
    kind = np.array([KINDS.index(place.kind) for place in places])
    countries = {c: k for k, c in enumerate(dict.fromkeys(place.country for place in places))}
    country = np.array([countries[place.country] for place in places])
    capacity = [-1 if place.capacity is None else place.capacity for place in places]
    route = np.array([[index[r.start], index[r.end]] for r in folder.routes], dtype=np.int64).reshape(-1, 2)
    camp_open, route_open, forced = _closures(folder, index, country, countries, route)
    camps = np.array([index[name] for name in folder.camps], dtype=np.int64)
    data = np.array([[folder.count(name, day) for name in folder.camps] for day in range(folder.days)])
    return Case(
        folder=folder,
        kind=kind,
        country=country,
        population=np.array([place.population for place in places], dtype=np.float64),
        capacity=np.array(capacity, dtype=np.float64),
        intensity=_intensity(folder),
        camp_open=camp_open,
        route=route,
        km=np.array([r.km for r in folder.routes], dtype=np.float64),
        route_open=route_open,
        forced=forced,
        camps=camps,
        data=data.reshape(folder.days, len(camps)).astype(np.float64),
    )


def _intensity(folder: FleeFolder) -> Floats:
    """Return how heavy the conflict is; changes inside an active zone count."""
    values = np.zeros((folder.days, len(folder.places)))
    for i, place in enumerate(folder.places):
        if place.name in folder.intensity and place.kind in ("conflict", "town", "flood"):
            values[:, i] = folder.intensity[place.name]
        elif place.kind == "conflict" and not folder.intensity:
            values[max(0, place.onset) :, i] = 1.0
        if place.kind == "conflict" and place.onset == 0 and values[0, i] <= 0.0:
            values[0, i] = 1.0  # active on day 0 in any case
    return values


def _closures(
    folder: FleeFolder, index: dict[str, int], country: Ints, countries: dict[str, int], route: Ints
) -> tuple[Any, Any, Ints]:
    """Return which camps and roads are open on each day, and which roads are forced."""
    days = folder.days
    camp_open = np.ones((days, len(folder.places)), dtype=bool)
    route_open = np.ones((days, len(route), 2), dtype=bool)
    forced = np.tile(np.array([r.forced for r in folder.routes], dtype=np.int64), (days, 1))
    start, end = route[:, 0], route[:, 1]
    for item in folder.closures:
        when = np.zeros(days, dtype=bool)
        if item.first <= item.last:
            when[max(0, item.first) : item.last] = True
        else:  # undone before it begins: in force from the start, off in between
            when[:] = True
            when[max(0, item.last) : item.first] = False
        if item.kind == "country":
            a, b = countries[item.a], countries[item.b]
            hit = ((country[start] == a) & (country[end] == b)) | (
                (country[start] == b) & (country[end] == a)
            )
            route_open[np.ix_(when, hit)] = False
        elif item.kind == "location":
            hit = (start == index[item.a]) | (end == index[item.a])
            route_open[np.ix_(when, hit)] = False
        elif item.kind == "link":
            a, b = index[item.a], index[item.b]
            hit = ((start == a) & (end == b)) | ((start == b) & (end == a))
            route_open[np.ix_(when, hit)] = False
        elif item.kind in ("camp", "idpcamp"):
            camp_open[when, index[item.a]] = False
        else:
            a, b = index[item.a], index[item.b]
            for k in np.flatnonzero((start == a) & (end == b)):
                forced[when, k] = 0
            for k in np.flatnonzero((start == b) & (end == a)):
                forced[when, k] = 0
    return camp_open, route_open, forced


def spawned(data: Floats) -> Ints:
    """Return the arrivals FLEE is told: the daily rise of people in camps, less what earlier falls owe."""
    total = data.sum(axis=1)
    arrivals = np.zeros(len(total), dtype=np.int64)
    debt = 0
    for day in range(1, len(total)):
        change = int(total[day] - total[day - 1])
        if change < 0:
            debt -= change
        elif debt > 0:
            paid = min(debt, change)
            debt -= paid
            arrivals[day] = change - paid
        else:
            arrivals[day] = change
    return arrivals
