"""How many flee: arrivals from the conflict itself, with honest ranges.

Unseen, the number over the whole period is in proportion to the root of two masses: the people who live
where there is conflict when it begins, and the ties of the country (people of it with a right to stay in the
countries of the camps). Both exponents are a half, by symmetry and not by fit: slopes fitted to nine
conflicts did worse on the tenth. After some days are seen, the pace goes on: the number ahead is in
proportion to the time ahead and to a power, fitted, of how many came so far, which is below 1 because early
counts swing. The share that has come by a share ``x`` of the period is ``x ** front``: flight starts fast.
The range is lognormal, from the errors on conflicts left out. All is fitted without the conflict itself
(fitted.csv).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from afternext.displacement.borders import latest, ties_of
from afternext.displacement.case import spawned

if TYPE_CHECKING:
    from afternext.displacement.case import Case, Floats, Ints
    from afternext.displacement.fitted import Fitted


USUAL_TIES = 400_000.0  # persons: geometric mean of the ten conflicts, where no tie is known


def masses(case: Case) -> float:
    """Return the log of the root of people in the conflict as it begins times ties with the camps' countries.

    Ties are those known before the conflict began; camps in the own country have none.
    """
    home, start = case.folder.home, case.folder.start
    countries = sorted({case.folder.places[i].country for i in case.camps} - {home})
    known = any(latest(home, country, start) is not None for country in countries)
    ties = ties_of(home, countries, start).sum() if known else USUAL_TIES
    hit = case.intensity @ case.population
    begun = np.flatnonzero(hit)
    people = hit[begun[0]] if len(begun) else 0.0
    return float(np.log1p(ties) + np.log1p(people)) / 2.0


def expected(case: Case, fit: Fitted, seen: int | None) -> float:
    """Return the median number of people to arrive, after day ``seen`` if one is given."""
    if seen is None:
        return float(np.exp(fit.unseen[0] + masses(case)))
    so_far = max(1, int(spawned(case.data)[: seen + 1].sum()))
    ahead = max(1, case.days - seen - 1)
    # Fitted on 31 days: what has come is brought to that span by the curve of flight.
    so_far_31 = so_far * (31 / (seen + 1)) ** fit.front
    return float(np.exp(fit.seen[0] + fit.seen[1] * np.log(so_far_31)) * ahead)


def modelled(case: Case, fit: Fitted, seen: int | None, rng: np.random.Generator, luck: bool = True) -> Ints:
    """Draw the arrivals of every day; those of the days seen are what they were."""
    begin = 0 if seen is None else seen + 1
    total = expected(case, fit, seen)
    if luck:
        total *= float(np.exp((fit.unseen if seen is None else fit.seen)[-1] * rng.standard_normal()))
    curve = (np.arange(case.days + 1) / case.days) ** fit.front
    daily: Floats = np.diff(curve)
    daily[:begin] = 0.0
    # People come only while there is fighting somewhere.
    daily *= case.intensity.any(axis=1)
    if daily.sum() > 0.0:
        daily /= daily.sum()
    people = np.floor(total * daily.cumsum() + 0.5).astype(np.int64)
    arrivals = np.diff(people, prepend=0)
    if begin:
        arrivals[:begin] = spawned(case.data)[:begin]
    return np.asarray(arrivals, dtype=np.int64)
