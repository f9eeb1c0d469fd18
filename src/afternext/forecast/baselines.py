"""Simple forecasts that a model has to beat. They know the scenario's past and nothing else.

no_change       : as at the freeze
climatology     : what the whole country did in the last 12 months goes on
same_place      : the same for the place or area itself, pulled towards the country's where it has little past
reference_class : the same for places in a like situation (roads to an enemy); for numbers, growth by a factor
analogue        : the nearest cases of the past: places most alike, or months most like the last
uniform         : all answers alike

Changes of hands come at a constant rate, so the chance of one within t days is 1 - exp(-rate t). A baseline
that the scenario's past cannot carry is left out, not made up.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.forecast.answers import NEVER, VALUES, answers_of, floored, of_number
from afternext.forecast.past import FAR, MONTH, YEAR, Past
from afternext.scenario.check_map import haversine_km
from afternext.scenario.schema import NOBODY

if TYPE_CHECKING:
    from afternext.scenario.question_schema import Question

Floats = NDArray[np.float64]
Forecast = dict[str, Any]

NAMES = ("no_change", "climatology", "same_place", "reference_class", "analogue", "uniform")
LIKE = 10  # places or months that are nearest
DRAWS = 1000
SURE = 200.0  # equal futures that a baseline counts as, so that its certainty has the floor of a run
PRIOR = 0.5  # changes added to a count (Jeffreys)


class Baselines:
    """The simple forecasts of every question of one scenario."""

    def __init__(self, past: Past, *, seed: int = 0) -> None:
        self.past = past
        self.seed = seed

    def forecasts(self, question: Question) -> dict[str, Forecast]:
        """Forecasts by the name of the baseline, in the form in which a run forecasts."""
        if question.measure == "holder" or question.event in ("takes", "changes_hands"):
            return self._control(question)
        if question.event is not None:
            return self._politics(question)
        return self._numbers(question)

    # Who holds a place

    def _control(self, question: Question) -> dict[str, Forecast]:
        day = question.day(self.past.freeze)
        found = {}
        for name, rate in self._rates(str(question.place)).items():
            change = 1.0 - np.exp(-rate * day)
            found[name] = self._held(question, float(floored(float(change), SURE)), rate)
        names = answers_of(question, self.past) if question.kind == "category" else []
        even: Forecast = {"p": {name: 1 / len(names) for name in names}} if names else {"p": 0.5}
        if question.kind == "date":
            even = {"days": list(np.linspace(0.0, 2.0 * day, VALUES, endpoint=False))}
            even["days"] = [value if value <= day else None for value in even["days"]]
        return {**found, "uniform": even}

    def _held(self, question: Question, change: float, rate: float) -> Forecast:
        """A forecast from the chance of a change of hands."""
        place, past = str(question.place), self.past
        holder = past.holder[place]
        takers = self._takers(place)
        if question.kind == "date":
            levels = (np.arange(VALUES) + 0.5) / VALUES
            last = question.day(past.freeze)
            days = -np.log1p(-levels) / max(rate, 1e-9)
            return {"days": [float(value) if value <= last else None for value in days]}
        if question.kind == "category":
            names = answers_of(question, past)
            left = [name for name in names if name != holder and name not in takers]
            p = dict.fromkeys(left, 0.1 * change / max(len(left), 1))
            share = (0.9 if left else 1.0) * change / max(len(takers), 1)
            p |= dict.fromkeys(takers, share)
            p[holder] = 1.0 - sum(p.values())
            return {"p": {name: p[name] for name in names}}
        wanted = question.equals if question.measure == "holder" else question.force
        if question.event == "changes_hands":
            return {"p": change}
        if wanted == holder:
            return {"p": 1.0 - change}
        return {"p": change / len(takers) if wanted in takers else change / len(past.scenario.forces)}

    def _takers(self, place: str) -> list[str]:
        """Who could take a place: enemies of the holder that stand near, or any; nobody where it has none."""
        holder = self.past.holder[place]
        if holder == NOBODY:
            near = {self.past.holder[there] for there in self.past.roads[place]} - {NOBODY}
            return sorted(near) or list(self.past.scenario.forces)[:1]
        enemies = self.past.enemies[holder]
        near = {self.past.holder[there] for there in self.past.roads[place]} & enemies
        return sorted(near or enemies) or [NOBODY]

    def _rates(self, place: str) -> dict[str, float]:
        """Changes of hands a day by each baseline that knows a rate."""
        changes, places = self.past.changes, self.past.places
        overall = (len(changes) + PRIOR) / (len(places) * YEAR)
        own = sum(change.place == place for change in changes)
        group = [ident for ident in places if self._class(ident) == self._class(place)]
        in_class = sum(self._class(change.place) == self._class(place) for change in changes)
        like = self._alike(place)
        in_like = sum(change.place in like for change in changes)
        return {
            "no_change": 0.0,
            "climatology": overall,
            # One change's worth of the country's rate, then what the place itself has seen.
            "same_place": (own + 1.0) / (YEAR + 1.0 / overall),
            "reference_class": (in_class + PRIOR) / (len(group) * YEAR),
            "analogue": (in_like + PRIOR) / (len(like) * YEAR),
        }

    def _class(self, place: str) -> int:
        """At a front, two roads from it, farther."""
        return min(max(self.past.steps.get(place, FAR), 1), 3)

    @cached_property
    def _traits(self) -> dict[str, Floats]:
        """What makes places alike: size, roads and distance to an enemy, and where they lie."""
        found = {}
        for ident, place in self.past.places.items():
            hostile = self.past.enemies[self.past.holder[ident]]
            far = [
                haversine_km((place.lat, place.lon), (other.lat, other.lon))
                for name, other in self.past.places.items()
                if self.past.holder[name] in hostile
            ]
            nearest = min(far, default=1000.0)
            found[ident] = np.array(
                [
                    np.log10(place.population + 1.0),
                    min(self.past.steps[ident], 6) / 2.0,
                    np.log10(nearest + 1),
                ]
            )
        return found

    def _alike(self, place: str) -> set[str]:
        own = self._traits.get(place)
        if own is None:
            return set(self.past.places)
        side = self.past.holder[place]
        distance = {
            ident: float(np.abs(traits - own).sum()) + (self.past.holder[ident] != side)
            for ident, traits in self._traits.items()
            if ident != place
        }
        return set(sorted(distance, key=lambda ident: (distance[ident], ident))[:LIKE]) or {place}

    # Numbers

    def _numbers(self, question: Question) -> dict[str, Forecast]:
        drawn = self._drawn(question)
        if question.kind == "number":
            return {name: {"values": [float(f"{v:.9g}") for v in _spaced(x)]} for name, x in drawn.items()}
        found: dict[str, Forecast] = {}
        names = answers_of(question, self.past) if question.kind == "category" else []
        for name, values in drawn.items():
            answers = of_number(question, values)
            if question.kind == "binary":
                found[name] = {"p": floored(float(answers.mean()), SURE)}
            else:
                shares = np.bincount(answers.astype(np.int64), minlength=len(names)) / len(answers)
                found[name] = {
                    "p": {n: floored(float(s), SURE, len(names)) for n, s in zip(names, shares, strict=True)}
                }
        found["uniform"] = {"p": {n: 1 / len(names) for n in names}} if names else {"p": 0.5}
        return found

    def _drawn(self, question: Question) -> dict[str, Floats]:
        """Equally likely values of a number by each baseline that can tell it."""
        past, day = self.past, question.day(self.past.freeze)
        rng = np.random.default_rng([self.seed, day])
        months = day / MONTH
        if question.measure == "deaths":
            flow, start = past.monthly_deaths, 0.0
        elif question.measure == "returnees":
            flow, start = np.zeros(0), 0.0
        elif question.measure == "idps":
            flow, start = past.monthly_flow(), past.stock()
        elif question.measure in ("idps_origin", "idps_hosted"):
            by = "origin" if question.measure == "idps_origin" else "place"
            flow, start = past.monthly_flow(question.admin1, by), past.stock(question.admin1, by)
        else:
            return {}
        if question.measure == "deaths":
            last = float(flow[-1]) if len(flow) else 0.0
            same = rng.poisson(last * months, DRAWS).astype(np.float64)
        else:
            same = rng.poisson(start, DRAWS).astype(np.float64)
        found = {"no_change": same}
        if len(flow):
            found["climatology"] = start + _resampled(self._whole(question, flow), months, rng)
            found["same_place"] = start + _resampled(flow, months, rng)
            if question.measure != "deaths" and start > 0:
                found["reference_class"] = start * np.exp(_resampled(self._growth, months, rng))
            found["analogue"] = start + _resampled(_followers(flow), months, rng)
        ceiling = np.log1p(float(past.people))
        found["uniform"] = np.expm1((np.arange(DRAWS) + 0.5) / DRAWS * ceiling)
        return found

    def _whole(self, question: Question, flow: Floats) -> Floats:
        """The country's flow, given to an area by its share of people; of the country itself, its own."""
        if question.measure not in ("idps_origin", "idps_hosted"):
            return flow
        living = sum(p.population for p in self.past.places.values() if p.admin1 == question.admin1)
        return np.asarray(self.past.monthly_flow() * living / max(self.past.people, 1))

    @cached_property
    def _growth(self) -> Floats:
        """Monthly growth, as logarithms, of the people displaced from each area that had any."""
        found: list[float] = []
        for area in self.past.areas:
            flow = self.past.monthly_flow(area, "origin")
            stock = np.cumsum(flow)
            told = stock[:-1] > 0
            found += list(np.log(stock[1:][told] / stock[:-1][told]))
        return np.array(found or [0.0])

    # Politics

    def _politics(self, question: Question) -> dict[str, Forecast]:
        """An event that has not happened: no change, the rate of its kind in the past, or even odds."""
        day = question.day(self.past.freeze)
        rates = {"no_change": 0.0}
        polity = self.past.scenario.polity
        if question.event == "leader_exit" and polity is not None and polity.leader_since is not None:
            # As long again, on average, as it has been (Gott 1993); a first year tells next to nothing.
            days = max((self.past.freeze - polity.leader_since).days, YEAR)
            rates["same_place"] = 1.0 / days
        found: dict[str, Forecast] = {}
        for name, rate in rates.items():
            found[name] = {"p": floored(float(1.0 - np.exp(-rate * day)), SURE)}
            if question.kind == "date":
                levels = (np.arange(VALUES) + 0.5) / VALUES
                days_of = -np.log1p(-levels) / rate if rate > 0 else np.full(VALUES, NEVER)
                found[name] = {"days": [float(v) if v <= day else None for v in days_of]}
        if question.kind == "date":
            spread = np.linspace(0.0, 2.0 * day, VALUES, endpoint=False)
            return {**found, "uniform": {"days": [float(v) if v <= day else None for v in spread]}}
        return {**found, "uniform": {"p": 0.5}}


def _spaced(values: Floats) -> Floats:
    return np.asarray(np.quantile(values, (np.arange(VALUES) + 0.5) / VALUES), dtype=np.float64)


def _resampled(flow: Floats, months: float, rng: np.random.Generator) -> Floats:
    """Sums of past months drawn anew with replacement, the last one in part; (DRAWS,)."""
    whole = int(months)
    drawn = rng.choice(flow, size=(DRAWS, whole + 1))
    drawn[:, whole] *= months - whole
    return np.asarray(drawn.sum(axis=1), dtype=np.float64)


def _followers(flow: Floats) -> Floats:
    """The last month, and the months that followed the past months most like it."""
    if len(flow) < 3:
        return flow[-1:]
    like = np.argsort(np.abs(np.log1p(flow[:-1]) - np.log1p(flow[-1])), kind="stable")[:3]
    return np.concatenate([flow[-1:], flow[like + 1]])
