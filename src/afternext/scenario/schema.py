"""The schema of a scenario: what a person may write, once, for YAML, CSV, JSON and Python alike.

Models are frozen. A field's type reads and judges its own entry; what one entry owes to another
(ids, sums, dates, roads) is judged in `check.py`.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel, Field

from afternext.errors import Problem
from afternext.scenario.chancellery_schema import Move, Plan, Polity, Power
from afternext.scenario.entry import Entry, Sourced
from afternext.scenario.fields import (
    AnyValue,
    Count,
    Credibility,
    Date,
    Days,
    ExperimentValue,
    Flag,
    Format,
    Horizon,
    Id,
    Latitude,
    Longitude,
    OptionalCount,
    OptionalDate,
    OptionalId,
    OptionalNumber,
    OptionalPositive,
    OptionalStrength,
    PersonsValue,
    Positive,
    PositiveValue,
    Setting,
    Share,
    ShareValue,
    Text,
    Title,
    Treatment,
    Years,
)
from afternext.scenario.question_schema import Question
from afternext.scenario.values import (
    Distribution,
    Options,
    Triangular,
    Value,
    bounds_of,
    center_of,
)

NOBODY = "nobody"
DEFAULT_HORIZONS = (30, 183, 365, 1096, 3652)

PlaceKind = Literal["town", "district", "camp", "crossing", "base"]
RouteKind = Literal["road", "bridge", "border", "track"]
ForceKind = Literal["army", "militia", "insurgent", "police", "state"]
Stance = Literal["hostile", "rival", "neutral", "tacit", "allied"]
IncidentKind = Literal["fighting", "capture", "announcement", "withdrawal", "attack", "raid"]


class Community(Sourced):
    """People who are treated alike by the forces and who look to each other for shelter."""

    name: Title
    size: PositiveValue = Field(
        1.0, description="Multiplier of all people of this community, for disputed shares."
    )
    kin: dict[str, Share] = Field(
        default={}, description="Other communities whose places also feel like home, 0-1."
    )
    excluded: ShareValue = Field(0.0, description="How far it is shut out of power, 0-1.")
    organised: ShareValue = Field(
        0.0, description="How far somebody (tribe, party, militia) can organise its own defence, 0-1."
    )
    paid: ShareValue = Field(0.0, description="How far its local defenders are paid, 0-1.")


class Force(Sourced):
    """An armed force."""

    name: Title
    kind: ForceKind
    plural: Flag = Field(False, description="Whether its name takes a plural verb.")
    power: OptionalId = Field(None, description="The power that commands it.")
    strength: OptionalStrength = Field(
        None,
        description="Total nominal strength, persons; if given, the rows of presence.csv are scaled to it.",
    )
    present: ShareValue = Field(1.0, description="Share of the nominal strength that is really there.")
    cohesion: ShareValue = Field(0.7, description="How well it holds together, 0-1.")
    foreign: PersonsValue = Field(
        0, description="Fighters who join from outside the map, per month and border town that it holds."
    )
    treats: dict[str, Treatment] = Field(
        default={}, description="How each community believes to be treated by it; ordinary if not said."
    )
    admits: dict[str, ShareValue] = Field(
        default={},
        description="Share of each community let through its checkpoints and borders; 1 if not said.",
    )


class Relation(Sourced):
    """How two forces, or two powers, stand to each other; neutral if not said."""

    between: tuple[Id, Id]
    of: Literal["forces", "powers"] | None = Field(
        None, description="Needed only for two powers whose ids are those of forces too."
    )
    stance: Stance


class Incident(Sourced):
    """Something that happened before the freeze and still echoes, or a what-if after it."""

    kind: IncidentKind
    place: Id
    by: Id = Field(description="The force that acts.")
    date: OptionalDate = Field(None, description="History: on or before the freeze.")
    day: OptionalCount = Field(None, description="What-if: days after the freeze.")
    days: Days = Field(1, description="Duration of fighting, or warning time of an announcement, in days.")
    intensity: ShareValue = 0.5
    fighters: OptionalStrength = Field(
        None, description="Fighters massed for an attack or a raid; as many as the force can, if not said."
    )


class Uncertainty(Sourced):
    """A named uncertainty that several values can share."""

    value: ExperimentValue
    unit: Text = ""
    meaning: Text = ""


class Override(Entry):
    """Another value for a row of the parameters table, with the reason."""

    value: AnyValue
    why: Title


class Strategy(Entry):
    """A course of action: what is set otherwise, and what happens in addition."""

    title: Title
    why: Text = ""
    set: dict[str, Setting] = Field(
        default={}, description="PATH: value, e.g. forces.army.admits.hill_people: 1"
    )
    incidents: tuple[Incident, ...] = ()
    plan: tuple[Plan, ...] = Field((), description="Decisions of powers that are fixed.")
    bar: tuple[Title, ...] = Field((), description="What nobody does: MOVE, or POWER.MOVE.")


class Grid(Entry):
    """Days for which results are kept: daily, then weekly, then monthly."""

    daily_until: Days = 180
    weekly_until: Days = 365


class Place(Sourced):
    """A town with its hinterland, a district, a camp, a crossing or a base."""

    id: Id
    name: Title
    kind: PlaceKind
    country: Title
    admin1: Title
    admin2: Text = ""
    pcode: Text = ""
    lat: Latitude
    lon: Longitude
    population: Count = Field(description="People whose home is here, also those displaced from here.")
    low: OptionalCount = Field(None, description="Lowest population that is claimed, where it is disputed.")
    high: OptionalCount = Field(None, description="Highest population that is claimed, where it is disputed.")
    shares: dict[str, Share] = Field(default={}, description="Share of each community in the population.")

    @property
    def value(self) -> Value:
        """Population as one value: triangular where low and high are given."""
        return _between(self.low, float(self.population), self.high)


class Route(Sourced):
    """A way between two places, in both directions. Columns `from` and `to`."""

    start: Id
    end: Id
    km: Positive
    kind: RouteKind = "road"


class Presence(Sourced):
    """Persons under arms of one force at one place."""

    place: Id
    force: Id
    strength: PositiveValue
    low: OptionalPositive = None
    high: OptionalPositive = None

    @property
    def value(self) -> Value:
        """Strength as one value: triangular where low and high are given."""
        return (
            self.strength
            if isinstance(self.strength, Distribution)
            else _between(self.low, self.strength, self.high)
        )


class Holder(Sourced):
    """Who holds a place at the freeze, and who contests it."""

    place: Id
    holder: Id
    contested: OptionalId = None


class Displaced(Sourced):
    """People already displaced at the freeze: where they are, where they are from, since when."""

    place: Id
    origin: Id
    community: Id
    persons: PersonsValue
    since: Date


class Claim(Entry):
    """What somebody published about the crisis up to the freeze."""

    published: Date
    who: Title
    about: Title
    place: Text = ""
    on: OptionalDate = None
    low: OptionalNumber = None
    best: OptionalNumber = None
    high: OptionalNumber = None
    as_reported: Text = ""
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    credibility: Credibility
    repeats: Text = ""
    source: Text = ""


def places_of(text: str) -> tuple[str, ...]:
    """Places and areas that a claim is about: `mosul + mosul_east` names two, which are added up."""
    return tuple(part.strip() for part in text.split("+") if part.strip())


class History(Sourced):
    """A measured value before the freeze, for one place or one first-level area."""

    start: Date
    end: Date
    place: OptionalId = None
    admin1: Text = ""
    measure: Title
    value: AnyValue


class Head(Entry):
    """What a scenario says about itself as a whole."""

    format: Format
    title: Title
    summary: Text = ""
    fictional: Flag = False
    freeze: Date = Field(description="The day up to which things are known; day 0 of every future.")
    years: Years = Field(3.5, description="Default length of a run.")
    horizons: tuple[Horizon, ...] = Field(DEFAULT_HORIZONS, description="Spans at which results are told.")
    grid: Grid = Grid()
    measures: tuple[Title, ...] = Field((), description="Measures to headline.")
    bar: tuple[Title, ...] = Field((), description="What nobody does in any future: MOVE, or POWER.MOVE.")


class Scenario(Head):
    """A crisis as written down, complete and checked."""

    id: str
    format: Format = 1
    communities: dict[str, Community]
    forces: dict[str, Force] = Field(default={})
    powers: dict[str, Power] = Field(default={})
    moves: dict[str, Move] = Field(default={})
    polity: Polity | None = None
    relations: tuple[Relation, ...] = ()
    incidents: tuple[Incident, ...] = ()
    uncertainties: dict[str, Uncertainty] = Field(default={})
    parameters: dict[str, Override] = Field(default={})
    strategies: dict[str, Strategy] = Field(default={})
    plan: tuple[Plan, ...] = ()
    questions: tuple[Question, ...] = ()
    places: tuple[Place, ...]
    routes: tuple[Route, ...] = ()
    presence: tuple[Presence, ...] = ()
    holders: tuple[Holder, ...] = ()
    displaced: tuple[Displaced, ...] = ()
    claims: tuple[Claim, ...] = ()
    history: tuple[History, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 of the content, in file order; the same wherever the folder lies and whatever its name.

        Questions change no future and are not part of it.
        """
        content = self.model_dump(mode="json", exclude={"id", "warnings", "questions"})
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    @property
    def force_relations(self) -> tuple[Relation, ...]:
        """Relations between two forces."""
        return tuple(item for item in self.relations if relates(item, self.forces) == "forces")

    @property
    def power_relations(self) -> tuple[Relation, ...]:
        """Relations between two powers."""
        return tuple(item for item in self.relations if relates(item, self.forces) == "powers")

    def center(self, value: Value) -> float | str:
        """Return the single value to use in place of an uncertain one."""
        return center_of(value, self._values())

    def bounds(self, value: Value) -> tuple[float, float]:
        """Return the smallest and the largest value possible."""
        return bounds_of(value, self._values())

    def uncertain_values(self) -> Iterator[tuple[str, Distribution | Options]]:
        """Walk over everything that is uncertain, as (path, distribution), in file order."""
        yield from _walk("", {name: getattr(self, name) for name in type(self).model_fields})

    def with_strategy(self, ids: str | Iterable[str]) -> Scenario:
        """Return this scenario with strategies applied in turn."""
        from afternext.scenario.strategies import apply

        return apply(self, (ids,) if isinstance(ids, str) else tuple(ids))

    def _values(self) -> Mapping[str, Value]:
        return {name: uncertainty.value for name, uncertainty in self.uncertainties.items()}


def relates(relation: Relation, forces: Container[str]) -> str:
    """Tell what a relation is between: forces, if both names are those of forces and nothing else is said."""
    return relation.of or ("forces" if all(name in forces for name in relation.between) else "powers")


def _between(low: float | None, best: float, high: float | None) -> Value:
    """Return triangular from low to high around best; an end not given is best itself."""
    low = best if low is None else low
    high = best if high is None else high
    return Triangular(low, best, high) if low < high else best


def _walk(path: str, found: Any) -> Iterator[tuple[str, Distribution]]:
    if isinstance(found, Distribution):
        yield path, found
    elif isinstance(found, BaseModel):
        for name in type(found).model_fields:
            yield from _walk(f"{path}.{name}", getattr(found, name))
    elif isinstance(found, dict):
        for key, item in found.items():
            yield from _walk(f"{path}.{key}" if path else key, item)
    elif isinstance(found, tuple):
        for number, item in enumerate(found):
            yield from _walk(f"{path}.{number}", item)
