"""What the futures of a run say of a quantity that somebody claims, or why they say nothing of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.show import PLACE_MEASURE, days_along, freeze_of, nearest
from afternext.ensemble.words import nearest_name
from afternext.evidence.quantities import HELD_BY, YES_NO, Quantity
from afternext.scenario.schema import places_of

if TYPE_CHECKING:
    import xarray as xr

    from afternext.ensemble.opened import Run

Floats = NDArray[np.float64]

CUMULATIVE = "since the freeze"
FAR = 15  # days to the next stored map of holders beyond which nothing is said


class SaysNothing(Exception):
    """A run has no figure for a quantity; the text says why."""


def middle_day(quantity: Quantity) -> date:
    """The day that a quantity is compared on: the middle of the days its claims are about."""
    return quantity.first + timedelta(days=(quantity.last - quantity.first).days // 2)


def modelled(run: Run, quantity: Quantity) -> Floats:
    """The quantity in each future, (future,), in its own unit; 1 or 0 for yes or no.

    Raises SaysNothing where the run does not hold it.
    """
    day = _day(run, middle_day(quantity))
    if quantity.kind == YES_NO:
        return _held(run, quantity, day)
    array = _array(run, quantity)
    if CUMULATIVE in str(array.attrs.get("long_name", "")) and day == 0:
        raise SaysNothing(f"{quantity.about} counts from the freeze on, and this is the day of the freeze")
    return _at(run, array, day)


def _day(run: Run, on: date) -> int:
    freeze, last = freeze_of(run), int(run.manifest["days"])
    day = (on - freeze).days
    if day < 0:
        raise SaysNothing(f"it is about {on}, before the run begins on {freeze}")
    if day > last:
        raise SaysNothing(f"it is about {on}, after the run ends on {freeze + timedelta(days=last)}")
    return day


def _array(run: Run, quantity: Quantity) -> xr.DataArray:
    """The stored curve of a quantity, (future, time), summed over its places."""
    name = quantity.about
    curves = [str(n) for n, a in run.measures.data_vars.items() if a.dims == ("future", "date")]
    if not quantity.place:
        if name not in curves:
            raise SaysNothing(nearest_name("measure", name, curves))
        return run.measures[name]
    by_place = [
        str(n)
        for n, a in run.measures.data_vars.items()
        if a.dims == ("future", "snapshot", "place") and a.attrs.get("units") != "force"
    ]
    stored = next((c for c in (name, PLACE_MEASURE.get(name, f"place_{name}")) if c in by_place), None)
    if stored is None:
        if name in curves:
            have = ", ".join(n.removeprefix("place_") for n in by_place)
            raise SaysNothing(f"{name} is not kept by place; these are: {have}")
        raise SaysNothing(nearest_name("measure", name, [*curves, *by_place]))
    wanted = set(places_of(quantity.place))
    rows = [
        row
        for row, place in enumerate(run.scenario.places)
        if place.id in wanted or (place.admin1 in wanted and place.admin1)
    ]
    kept = {str(ident): at for at, ident in enumerate(run.measures["place"].values)}
    columns = [kept[run.scenario.places[row].id] for row in rows if run.scenario.places[row].id in kept]
    if not columns:
        raise SaysNothing(f"the run keeps no place of {quantity.place}")
    return run.measures[stored].isel(place=columns).astype(np.float64).sum("place", keep_attrs=True)


def _at(run: Run, array: xr.DataArray, day: int) -> Floats:
    """Value on a day, between two stored days in proportion."""
    dim = str(array.dims[1])
    days = days_along(run, dim)
    after = int(np.searchsorted(days, day))
    if after >= len(days):
        raise SaysNothing(f"the last stored day is {days[-1]}")
    if days[after] == day or after == 0:
        return np.asarray(array.isel({dim: after}).values, dtype=np.float64)
    low, high = (np.asarray(array.isel({dim: k}).values, dtype=np.float64) for k in (after - 1, after))
    share = (day - days[after - 1]) / (days[after] - days[after - 1])
    return np.asarray(low + share * (high - low))


def _held(run: Run, quantity: Quantity, day: int) -> Floats:
    force = quantity.about.removeprefix(HELD_BY)
    forces = list(run.scenario.forces)
    if force not in forces:
        raise SaysNothing(nearest_name("force", force, forces))
    kept = [str(ident) for ident in run.measures["place"].values]
    if quantity.place not in kept:
        raise SaysNothing("who holds is told of one place of the scenario")
    days = days_along(run, "snapshot")
    at = nearest(days, day)
    if abs(int(days[at]) - day) > FAR:
        raise SaysNothing(f"the nearest stored map of holders is {abs(int(days[at]) - day)} days away")
    holder = run.measures["place_holder"].isel(snapshot=at, place=kept.index(quantity.place)).values
    return np.asarray(holder == forces.index(force), dtype=np.float64)
