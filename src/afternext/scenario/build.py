"""A scenario written in Python: a second door to the same schema and the same checks.

    builder = ScenarioBuilder(title="Two towns", freeze="2020-06-01")
    builder.community("hill", name="Hill people")
    builder.place("west", "West", lat=36.0, lon=43.0, population=100_000, shares={"hill": 1})
    scenario = builder.build()

Problems name the line of the script on which the wrong entry was given.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from afternext.errors import InvalidInput, Problem
from afternext.scenario.check import check
from afternext.scenario.draft import make_draft
from afternext.scenario.extends import find_duplicates
from afternext.scenario.loader import assemble, in_order
from afternext.scenario.nodes import Mark, Node
from afternext.scenario.schema import Scenario
from afternext.scenario.tables import TABLES, Table
from afternext.scenario.values import Distribution, write_value
from afternext.scenario.writer import write_scenario

NEEDED = ("places", "routes", "presence", "holder")  # checked also when a script adds no rows


class ScenarioBuilder:
    """Collects entries; `build` checks them all at once. Fields are those of the files."""

    def __init__(self, title: str, freeze: date | str, *, name: str = "built", **head: Any) -> None:
        self.name = name
        mark = _caller()
        self._root = Node(mark, {})
        self._tables = {table: Table(mark.file) for table in TABLES}
        self._problems: list[Problem] = []
        for key, value in {"format": 1, "title": title, "freeze": freeze, **head}.items():
            self._root.map[key] = _node(value, mark)

    def community(self, id: str, name: str, **fields: Any) -> ScenarioBuilder:
        """Add a community: size, kin, source, confidence."""
        return self._enter("communities", id, {"name": name, **fields})

    def power(self, id: str, name: str, kind: str, **fields: Any) -> ScenarioBuilder:
        """Add a power: summary, goals, public and everything else that the format page lists."""
        return self._enter("powers", id, {"name": name, "kind": kind, **fields})

    def move(self, id: str, name: str, kind: str, by: Sequence[str], **fields: Any) -> ScenarioBuilder:
        """Add a move that powers may make: to, cost, days, expects, effects, source, confidence and more."""
        return self._enter("moves", id, {"name": name, "kind": kind, "by": list(by), **fields})

    def polity(self, government: str, capital: str, country: str, **fields: Any) -> ScenarioBuilder:
        """Say who governs the state in crisis: leader_since, trust, inclusion, regions and more."""
        mark = _caller()
        who = {"government": government, "capital": capital, "country": country}
        self._root.map["polity"] = _node({**who, **fields}, mark)
        return self

    def force(self, id: str, name: str, kind: str, **fields: Any) -> ScenarioBuilder:
        """Add a force: power, strength, present, cohesion, treats, admits, source, confidence."""
        return self._enter("forces", id, {"name": name, "kind": kind, **fields})

    def relation(self, a: str, b: str, stance: str, **fields: Any) -> ScenarioBuilder:
        """Say how two forces, or two powers, stand to each other."""
        return self._append("relations", {"between": [a, b], "stance": stance, **fields})

    def incident(self, kind: str, place: str, by: str, **fields: Any) -> ScenarioBuilder:
        """Add an incident: date or day, days, intensity, source, confidence."""
        return self._append("incidents", {"kind": kind, "place": place, "by": by, **fields})

    def uncertainty(self, id: str, value: Any, **fields: Any) -> ScenarioBuilder:
        """Add a named uncertainty that several values can share: unit, meaning, source, confidence."""
        return self._enter("uncertainties", id, {"value": value, **fields})

    def parameter(self, name: str, value: Any, why: str) -> ScenarioBuilder:
        """Override a row of the parameters table, with the reason."""
        return self._enter("parameters", name, {"value": value, "why": why})

    def strategy(self, id: str, title: str, **fields: Any) -> ScenarioBuilder:
        """Add a strategy: why, set, incidents, plan, bar."""
        return self._enter("strategies", id, {"title": title, **fields})

    def place(
        self,
        id: str,
        name: str,
        *,
        lat: float,
        lon: float,
        population: int,
        shares: Mapping[str, float] | None = None,
        kind: str = "town",
        country: str = "-",
        admin1: str = "-",
        **fields: Any,
    ) -> ScenarioBuilder:
        """Add a place with the share of each community: admin2, pcode, source, confidence."""
        where = {"id": id, "name": name, "kind": kind, "country": country, "admin1": admin1}
        there = {"lat": lat, "lon": lon, "population": population}
        return self._row("places", {**where, **there, **fields, **(shares or {})})

    def route(self, start: str, end: str, km: float, **fields: Any) -> ScenarioBuilder:
        """Add a route in both directions: kind, source, confidence."""
        return self._row("routes", {"from": start, "to": end, "km": km, **fields})

    def presence(self, place: str, force: str, strength: Any, **fields: Any) -> ScenarioBuilder:
        """Put persons under arms at a place: low, high, source."""
        return self._row("presence", {"place": place, "force": force, "strength": strength, **fields})

    def holder(self, place: str, holder: str, **fields: Any) -> ScenarioBuilder:
        """Say who holds a place: contested, source, confidence."""
        return self._row("holder", {"place": place, "holder": holder, **fields})

    def displaced(
        self, place: str, origin: str, community: str, persons: Any, since: date | str, **fields: Any
    ) -> ScenarioBuilder:
        """Add people displaced at the freeze: source, confidence."""
        who = {"place": place, "origin": origin, "community": community, "persons": persons, "since": since}
        return self._row("displaced", {**who, **fields})

    def claim(self, published: date | str, who: str, about: str, **fields: Any) -> ScenarioBuilder:
        """Add a claim: place, on, low, best, high, as_reported, reliability, credibility, repeats, source."""
        return self._row("claims", {"published": published, "who": who, "about": about, **fields})

    def history(
        self, start: date | str, end: date | str, measure: str, value: float, **fields: Any
    ) -> ScenarioBuilder:
        """Add a measured value before the freeze: place or admin1, source, confidence."""
        when = {"start": start, "end": end}
        return self._row("history", {**when, "measure": measure, "value": value, **fields})

    def build(self, *, known_parameters: Container[str] | None = None) -> Scenario:
        """Check everything and return the scenario; raise InvalidInput with all problems."""
        communities = self._root.map["communities"].map if "communities" in self._root.map else {}
        tables = {name: table for name, table in self._tables.items() if table.rows or name in NEEDED}
        for name, table in tables.items():
            named = [*TABLES[name].required, *(communities if name == "places" else ())]
            # A script names fields row by row, so a missing one is reported at its row, not for the column.
            table.header = {**dict.fromkeys(named, self._root.mark), **table.header}
        draft, problems = make_draft(self._root, tables, ())
        problems += [p for name, table in tables.items() for p in find_duplicates(TABLES[name], table)]
        found = check(draft, set(), known_parameters)
        problems += [*self._problems, *found.problems]
        if problems:
            raise InvalidInput(in_order(problems), warnings=found.warnings)
        return assemble(draft, self.name, in_order(found.warnings))

    def write(self, folder: str | Path, *, known_parameters: Container[str] | None = None) -> Path:
        """Check everything and write it as a scenario folder that `load` reads back."""
        return write_scenario(self.build(known_parameters=known_parameters), folder)

    def _enter(self, section: str, id: str, fields: Mapping[str, Any]) -> ScenarioBuilder:
        mark = _caller()
        known = self._root.map.setdefault(section, Node(mark, {})).map
        if id in known:
            text = f"{id} stands here and in line {known[id].mark.line}"
            self._problems.append(mark.problem(f"{section}.{id}", text, "keep one of them"))
        known[id] = _node(fields, mark)
        return self

    def _append(self, section: str, fields: Mapping[str, Any]) -> ScenarioBuilder:
        mark = _caller()
        self._root.map.setdefault(section, Node(mark, [])).list.append(_node(fields, mark))
        return self

    def _row(self, name: str, fields: Mapping[str, Any]) -> ScenarioBuilder:
        mark = _caller()
        self._tables[name].rows.append(_node(fields, mark))
        for column in fields:
            self._tables[name].header.setdefault(column, mark)
        return self


def _caller() -> Mark:
    """The line of the script that called the builder."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return Mark(Path(frame.f_code.co_filename).name, frame.f_lineno)


def _node(raw: Any, mark: Mark) -> Node:
    """Give Python data the form of what is read from files."""
    raw = write_value(raw) if isinstance(raw, Distribution) else raw
    if isinstance(raw, Mapping):
        return Node(mark, {str(key): _node(value, mark) for key, value in raw.items()}, mark)
    if isinstance(raw, list | tuple):
        return Node(mark, [_node(value, mark) for value in raw], mark)
    return Node(mark, raw.isoformat() if isinstance(raw, date) else raw, mark)
