"""A run as a table for comparing futures: at each horizon, a few measures that say different things, on
one scale.

Two futures are alike when what people, ground, violence, forces, minds and powers look like in them is
alike: each of these themes weighs the same, however many measures it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from afternext.ensemble.show import curves, days_along, horizons, nearest
from afternext.errors import UsageError
from afternext.foresight.weights import Floats, quantile, shares
from afternext.foresight.words import KEPT
from afternext.world.measures_regions import REGIONAL

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

# First match wins. What is counted on the way (people on the road today, raids) says little of a family.
THEMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("people", ("displaced", "idps", "refugees", "newly_", "secondary", "returned", "trapped", "caught",
                "settled_for_good", "hard_to_reach", "residents")),
    ("ground", ("population_held_", "places_held_", "places_contested", "places_besieged", "islands", KEPT,
                "fragmentation", "autonomy_")),
    ("violence", ("dead", "attacks", "reprisals", "fighters_killed", "killed_", "fighting_places")),
    ("forces", ("strength_", "fighters", "deserted", "recruited", "foreign_", "defenders")),
    ("minds", ("attitude_", "hope", "opinion_", "salience_", "inclusion", "confidence", "alignment_",
               "distortion_", "ignorance_")),
    ("powers", ("in_effect_", "decisions", "delivered", "delay_", "leaders", "coalition", "centre")),
)  # fmt: skip
LEFT_OUT = (
    "aim_",
    "spent_",
    "posture_",
    "nominal_",
    "materiel_",
    "paid_",
    "active_places",
    "danger",
    "on_the_move",
    "raids",
    "displaced_near",
    *REGIONAL,  # parts of a whole that is compared
)
# Kinds of measures that each force has.
OF_EACH_FORCE = ("places_held", "population_held", "strength", "nominal", "materiel", "killed", "posture")
ALIKE = 0.9  # rank correlation from which two measures count as one
BLOCK = 250  # futures whose maps are read at a time
RARE = 0.02  # a measure that differs in a smaller share of futures says nothing of families
OUTER = 3.0  # scaled values are cut here, so that no single future stretches a distance
LONG_TAIL = 3.0  # upper spread over lower spread from which a count is taken as its logarithm
IQR_OF_NORMAL = 1.349


@dataclass(frozen=True)
class Features:
    """Futures by measures at each horizon.

    Attributes
    ----------
    days : horizons, days after the freeze
    futures : numbers of the futures, one a row
    names, themes : of the columns
    values : (horizon, future, measure), in the measure's unit
    scaled : the same on one scale; Euclidean distance between rows weighs every theme alike
    weights : share of each future, sums to 1
    merged : measures left out, and the one each goes with (or why)
    """

    days: tuple[int, ...]
    futures: NDArray[np.int64]
    names: tuple[str, ...]
    themes: tuple[str, ...]
    values: Floats
    scaled: Floats
    weights: Floats
    merged: dict[str, str]


def theme_of(name: str) -> str:
    """What a measure is about; empty when it is not compared."""
    if name.startswith(LEFT_OUT):
        return ""
    return next((theme for theme, starts in THEMES if name.startswith(starts)), "other")


def horizon_days(run: Run, wanted: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The scenario's horizons within the run and its last day; one that is next to another is told once."""
    last = int(run.manifest["days"])
    if wanted:
        beyond = [day for day in wanted if not 0 < day <= last]
        if beyond:
            raise UsageError(f"day {beyond[0]} is outside this run, which has days 1 to {last}")
        return tuple(sorted(set(wanted)))
    days = horizons(run)
    return tuple(day for i, day in enumerate(days) if i == len(days) - 1 or days[i + 1] - day > 0.02 * day)


def curves_at(run: Run, days: tuple[int, ...]) -> dict[str, Floats]:
    """Every scalar measure on the output dates nearest to these days, each (day, future)."""
    grid = days_along(run, "date")
    at = [nearest(grid, day) for day in days]
    return {
        name: run.measures.variables[name].isel(date=at).values.astype(np.float64).T for name in curves(run)
    }


def kept_by_area(run: Run, days: tuple[int, ...]) -> dict[str, Floats]:
    """Share of each first-level area, by people, that has the holder it had at the freeze: (day, future)."""
    if "place_holder" not in run.measures:
        return {}
    array = run.measures["place_holder"]
    grid = days_along(run, "snapshot")
    at = [0, *(nearest(grid, day) for day in days)]
    array = array.transpose("future", "snapshot", "place")
    same = np.empty((len(days), array.sizes["future"], array.sizes["place"]), dtype=bool)
    for start in range(0, array.sizes["future"], BLOCK):  # all holders of all futures take gigabytes
        holder = array.isel(future=slice(start, start + BLOCK)).values[:, at]
        same[:, start : start + BLOCK] = (holder[:, 1:] == holder[:, :1]).transpose(1, 0, 2)
    by_id = {place.id: place for place in run.scenario.places}
    places = [by_id[str(ident)] for ident in run.measures["place"].values]
    people = np.array([float(place.population) for place in places])
    home = _home_country(run)
    areas = [place.admin1 if place.country == home else "" for place in places]
    found = {}
    for area in dict.fromkeys(area for area in areas if area):
        member = np.array([one == area for one in areas])
        if people[member].sum() > 0:
            part = people[member] / people[member].sum()
            found[f"{KEPT}{area}"] = np.stack([rows[:, member] @ part for rows in same])
    return found


def of_forces_abroad(run: Run) -> frozenset[str]:
    """Measures of forces that hold no place of the country in any future: they are not compared.

    Whole names, since a power may have the id of a force, and an id may end in another.
    """
    if "place_holder" not in run.measures:
        return frozenset()
    home = _home_country(run)
    by_id = {place.id: place for place in run.scenario.places}
    inside = [by_id[str(ident)].country == home for ident in run.measures["place"].values]
    array = run.measures["place_holder"]
    home_places = np.flatnonzero(inside)
    holders = {
        int(one)
        for start in range(0, array.sizes["future"], BLOCK)
        for one in np.unique(array.isel(future=slice(start, start + BLOCK)).values[..., home_places])
    }
    kinds = (*OF_EACH_FORCE, *(f"attitude_{ident}" for ident in run.scenario.communities))
    abroad = [ident for k, ident in enumerate(run.scenario.forces) if k not in holders]
    return frozenset(f"{kind}_{ident}" for kind in kinds for ident in abroad)


def _home_country(run: Run) -> str:
    """The country where most places lie."""
    countries = [place.country for place in run.scenario.places]
    return max(dict.fromkeys(countries), key=countries.count)


def features(run: Run, weights: Floats | None = None, days: tuple[int, ...] = ()) -> Features:
    """The measures of a run that tell futures apart, scaled; see `Features`."""
    days = horizon_days(run, days)
    futures = run.measures["future"].values.astype(np.int64)
    if len(futures) < 2:
        raise UsageError("one future has no families; run some hundreds (`afternext run ... --futures 400`)")
    abroad = of_forces_abroad(run)
    there = {**curves_at(run, days), **kept_by_area(run, days)}
    there = {name: rows for name, rows in there.items() if name not in abroad}
    first = [name for name in run.scenario.measures if name in there]
    order = [*first, *(name for name in there if name not in first)]
    return table(days, futures, {name: there[name] for name in order}, shares(weights, len(futures)))


def table(
    days: tuple[int, ...], futures: NDArray[np.int64], there: dict[str, Floats], weights: Floats
) -> Features:
    """Choose and scale; measures come in order of preference, each (day, future)."""
    names: list[str] = []
    ranks: list[Floats] = []
    merged: dict[str, str] = {}
    for name, values in there.items():
        if not theme_of(name):
            continue
        if not any(_tells(row, weights) for row in values):
            merged[name] = "the same in nearly all futures"
            continue
        own = np.array([_ranked(row, weights) for row in values])
        twin = next((k for k, other in enumerate(ranks) if _correlation(own, other, weights) >= ALIKE), None)
        if twin is None:
            names.append(name)
            ranks.append(own)
        else:
            merged[name] = names[twin]
    if not names:
        raise UsageError("all futures of this run end alike: no measure tells them apart")
    themes = tuple(theme_of(name) for name in names)
    values = np.stack([there[name] for name in names], axis=2)
    scaled = np.stack([scale(values[:, :, k], weights) for k in range(len(names))], axis=2)
    for k, theme in enumerate(themes):
        scaled[:, :, k] /= np.sqrt(themes.count(theme))
    return Features(days, futures, tuple(names), themes, values, scaled, weights, merged)


def _tells(row: Floats, weights: Floats) -> bool:
    """Whether a measure differs in enough futures."""
    kinds, where = np.unique(row, return_inverse=True)
    return len(kinds) > 1 and float(np.bincount(where, weights).max()) < 1 - RARE


def _ranked(row: Floats, weights: Floats) -> Floats:
    """Centred ranks of length 1, so that a product of two is their correlation; zeros where all are alike."""
    ranks = np.asarray(rankdata(row), dtype=np.float64)
    ranks -= (weights * ranks).sum()
    length = np.sqrt((weights * ranks * ranks).sum())
    return ranks / length if length > 0 else np.zeros_like(ranks)


def _correlation(a: Floats, b: Floats, weights: Floats) -> float:
    """Mean absolute rank correlation over the horizons at which both vary."""
    both = [abs(float((weights * x * y).sum())) for x, y in zip(a, b, strict=True) if x.any() and y.any()]
    return float(np.mean(both)) if both else 0.0


def scale(values: Floats, weights: Floats) -> Floats:
    """Median 0 and robust spread 1 at each horizon; long-tailed counts as logarithms; cut at 3 spreads.

    values : (horizon, future)
    """
    out = np.zeros_like(values)
    for h, row in enumerate(values):
        low, middle, high = (quantile(row, weights, q) for q in (0.05, 0.5, 0.95))
        if row.min() >= 0 and high - middle > LONG_TAIL * max(middle - low, 1e-12) and high > 1:
            row = np.log1p(row)
            middle = quantile(row, weights, 0.5)
        spread = (quantile(row, weights, 0.75) - quantile(row, weights, 0.25)) / IQR_OF_NORMAL
        mean = (weights * row).sum()
        deviation = np.sqrt((weights * (row - mean) ** 2).sum())
        # A quartile range near zero (a rare event) would blow a measure up: then the deviation rules.
        spread = max(spread, 0.5 * deviation)
        if spread > 0:
            out[h] = np.clip((row - middle) / spread, -OUTER, OUTER)
    return out
