"""What a scenario knows of its own past: holders, fronts, changes of hands, people displaced, deaths.

Baselines and the rule that writes questions live on this alone, so they know no more than the forecast does.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from afternext.scenario.schema import NOBODY
from afternext.scenario.values import Distribution

if TYPE_CHECKING:
    from afternext.scenario import Scenario
    from afternext.scenario.schema import Displaced, History, Place

Floats = NDArray[np.float64]

YEAR = 365  # days of past that count as "the last 12 months"
MONTH = 365.25 / 12
MONTHS_BACK = 12
CHANGES = ("capture", "withdrawal")  # kinds of incidents by which a place changes hands
FAR = 99  # roads away from an enemy, where there is none


@dataclass(frozen=True)
class Change:
    """A place that changed hands before the freeze."""

    place: str
    day: int  # before the freeze, 0 for the day itself


class Past:
    """A scenario up to its freeze."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.freeze: date = scenario.freeze

    @cached_property
    def home(self) -> str:
        """The country that the crisis is about: the polity's, or where most places lie."""
        if self.scenario.polity is not None and self.scenario.polity.country:
            return str(self.scenario.polity.country)
        countries = [place.country for place in self.scenario.places]
        return max(dict.fromkeys(countries), key=countries.count)

    @cached_property
    def places(self) -> dict[str, Place]:
        """Places of the home country by id, in file order."""
        return {place.id: place for place in self.scenario.places if place.country == self.home}

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """First-level areas of the home country where people live."""
        return tuple(dict.fromkeys(place.admin1 for place in self.places.values() if place.population > 0))

    @cached_property
    def people(self) -> int:
        """People whose home is in the country."""
        return sum(place.population for place in self.places.values())

    @cached_property
    def holder(self) -> dict[str, str]:
        """Who holds each place at the freeze, or nobody."""
        held = {row.place: row.holder for row in self.scenario.holders}
        return {place.id: held.get(place.id, NOBODY) for place in self.scenario.places}

    @cached_property
    def contester(self) -> dict[str, str]:
        """Who contests a place at the freeze."""
        return {row.place: row.contested for row in self.scenario.holders if row.contested}

    @cached_property
    def enemies(self) -> dict[str, set[str]]:
        """Forces hostile to each force."""
        found: dict[str, set[str]] = defaultdict(set)
        for relation in self.scenario.force_relations:
            if relation.stance == "hostile":
                a, b = relation.between
                found[a].add(b)
                found[b].add(a)
        return found

    @cached_property
    def roads(self) -> dict[str, set[str]]:
        """Neighbours of each place by road."""
        found: dict[str, set[str]] = defaultdict(set)
        for route in self.scenario.routes:
            found[route.start].add(route.end)
            found[route.end].add(route.start)
        return found

    @cached_property
    def steps(self) -> dict[str, int]:
        """Roads from each place to the nearest one held by an enemy of its holder; 0 if it is contested
        or held by nobody.
        """
        return {ident: self._steps(ident) for ident in self.places}

    def _steps(self, start: str) -> int:
        side = self.holder[start]
        if side == NOBODY or start in self.contester:
            return 0
        seen, edge, steps = {start}, [start], 0
        while edge:
            steps += 1
            edge = sorted({there for here in edge for there in self.roads[here]} - seen)
            if any(self.holder[there] in self.enemies[side] for there in edge):
                return steps
            seen.update(edge)
        return FAR

    def near_front(self, place: str) -> bool:
        """Whether an enemy of the holder stands in the place or one road away."""
        return self.steps.get(place, FAR) <= 1

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Changes of hands at home in the last 12 months, by dated incidents."""
        return tuple(
            Change(item.place, (self.freeze - item.date).days)
            for item in self.scenario.incidents
            if item.kind in CHANGES
            and item.date is not None
            and item.place in self.places
            and 0 <= (self.freeze - item.date).days <= YEAR
        )

    def _recent(self, row: Displaced) -> bool:
        return (self.freeze - row.since).days <= YEAR and row.origin in self.places

    @cached_property
    def caseload(self) -> tuple[Displaced, ...]:
        """People displaced inside the country within the last 12 months: the crisis that is counted.

        Older caseloads and refugees from elsewhere are other series in every count of displaced people.
        """
        return tuple(row for row in self.scenario.displaced if self._recent(row) and row.place in self.places)

    def persons(self, row: Displaced) -> float:
        """People of a row, at its central value where it is uncertain."""
        found = row.persons
        return float(self.scenario.center(found)) if isinstance(found, Distribution) else float(found)

    def stock(self, area: str = "", by: str = "") -> float:
        """Displaced people of the crisis at the freeze: all, or of one area by `origin` or `place`."""
        return sum(
            self.persons(row)
            for row in self.caseload
            if not area or self.places[getattr(row, by)].admin1 == area
        )

    def monthly_flow(self, area: str = "", by: str = "") -> Floats:
        """People newly displaced in each of the last 12 months, the latest last; (12,)."""
        months = np.zeros(MONTHS_BACK)
        for here, entry in self._measured("newly_displaced") if by != "place" else ():
            if not area or area == here:
                months += self._spread(entry.start, entry.end, self._center(entry.value))
        for row in self.caseload:
            origin = self.places[row.origin].admin1
            if area and self.places[getattr(row, by)].admin1 != area:
                continue
            # A history row that covers the day already holds these people.
            if by != "place" and self._in_history(origin, row.since):
                continue
            months += self._spread(row.since, row.since, self.persons(row))
        return months

    def _measured(self, measure: str) -> list[tuple[str, History]]:
        """Rows of history at home by area; of rows that overlap the longest one is kept, so that a week is
        not counted again in its year.
        """
        found: list[tuple[str, History]] = []
        rows = [entry for entry in self.scenario.history if entry.measure == measure]
        for entry in sorted(rows, key=lambda row: (row.start - row.end, row.start)):
            place = self.places.get(entry.place or "")
            area, where = (place.admin1 if place else entry.admin1), (entry.place, entry.admin1)
            if area not in self.areas:
                continue
            if not any(
                where == (other.place, other.admin1) and entry.start <= other.end and other.start <= entry.end
                for _, other in found
            ):
                found.append((area, entry))
        return found

    def _in_history(self, area: str, day: date) -> bool:
        return any(
            area == here and entry.start <= day <= entry.end
            for here, entry in self._measured("newly_displaced")
        )

    @cached_property
    def monthly_deaths(self) -> Floats:
        """Deaths at home in each of the last 12 months for which history has any; empty without."""
        rows = [entry for _, entry in self._measured("deaths")]
        if not rows:
            return np.zeros(0)
        last = max(entry.end for entry in rows)
        months = np.zeros(MONTHS_BACK)
        for entry in rows:
            months += self._spread(entry.start, entry.end, self._center(entry.value), last)
        first = min(entry.start for entry in rows)
        there = min(MONTHS_BACK, max(1, round(((last - first).days + 1) / MONTH)))
        return months[-there:]

    def _center(self, value: object) -> float:
        return float(self.scenario.center(value))  # type: ignore[arg-type]

    def _spread(self, start: date, end: date, amount: float, until: date | None = None) -> Floats:
        """An amount over a span of days, in months that end at the freeze (or at `until`); (12,)."""
        until = until or self.freeze
        edges = -MONTH * np.arange(MONTHS_BACK, -1, -1)
        low, high = (start - until).days - 1.0, float((end - until).days)
        inside = np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1])
        return np.asarray(amount * np.clip(inside, 0.0, None) / (high - low))

    def date(self, day: int) -> date:
        """The date of a day after the freeze."""
        return self.freeze + timedelta(days=day)
