"""The strategic half of the schema: powers and what they want, what they may do, and the polity in crisis.

The names of aims, classes of action and levers stand here and in ``world/chancellery.py``, because a scenario
knows nothing of the world; a house test holds both to the same lists.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from pydantic import Field

from afternext.scenario.entry import Entry, Sourced
from afternext.scenario.fields import (
    AnyValue,
    Date,
    DateOrDay,
    Flag,
    Id,
    OptionalCount,
    OptionalDate,
    OptionalFlag,
    OptionalId,
    OptionalPositive,
    OptionalShare,
    Positive,
    PositiveValue,
    ShareValue,
    SignedValue,
    Text,
    Title,
)

INFINITE = float("inf")

PowerKind = Literal["government", "region", "insurgent", "state", "coalition", "authority", "party"]
ActionClass = Literal["aid", "air", "ground", "politics"]

AIMS = (
    "own_ground",
    "enemy_ground",
    "government_ground",
    "centre",
    "displaced",
    "violence",
    "inclusion",
    "confidence",
    "leader",
    "autonomy",
    "influence",
    "rival_influence",
    "own_losses",
)


class Lever(NamedTuple):
    """What a lever presses on, and the smallest and largest amount at scale 1."""

    on: str
    low: float
    high: float


LEVERS = {
    "strikes": Lever("force", 0.0, 1.0),
    "arms": Lever("force", 0.0, INFINITE),
    "advice": Lever("force", -5.0, 5.0),
    "pay": Lever("force", 0.0, 1.0),
    "mobilise": Lever("force", 0.0, INFINITE),
    "troops": Lever("force", 0.0, INFINITE),
    "doors": Lever("force", -1.0, 1.0),
    "foreign": Lever("force", -1.0, INFINITE),
    "income": Lever("force", -1.0, INFINITE),
    "rule": Lever("force", -1.0, 1.0),
    "hold": Lever("force", -10.0, 10.0),
    "expand": Lever("force", -10.0, 10.0),
    "foment": Lever("force", -10.0, 10.0),
    "ground": Lever("force", -10.0, 10.0),
    "relief": Lever("map", 0.0, 1.0),
    "sight": Lever("power", 0.0, 1.0),
    "inclusion": Lever("community", -1.0, 1.0),
    "confidence": Lever("polity", -1.0, 1.0),
    "oust": Lever("polity", 0.0, 1.0),
    "autonomy": Lever("region", -1.0, 1.0),
    "budget": Lever("region", -1.0, 1.0),
    "align": Lever("power", -2.0, 2.0),
    "outrage": Lever("community", 0.0, INFINITE),
    "truce": Lever("force", 0.0, 1.0),
    "organise": Lever("community", 0.0, 1.0),
    "stipend": Lever("community", 0.0, 1.0),
}

TARGET, OWN, ENEMIES = "target", "own", "enemies"
SPECIAL = {  # words that may stand for an id in `on`, by what the lever presses on
    "force": (TARGET, OWN, ENEMIES),
    "power": (TARGET, OWN),
    "region": (TARGET, OWN),
    "community": (),
    "map": (),
    "polity": (),
}


class Goal(Entry):
    """Where a power wants an aim to be, and how much that weighs soon and later."""

    target: ShareValue
    near: PositiveValue = 1.0
    far: PositiveValue = 1.0


class Support(Entry):
    """Share of a public that supports each class of action."""

    aid: ShareValue = 0.5
    air: ShareValue = 0.5
    ground: ShareValue = 0.5
    politics: ShareValue = 0.5


class PublicOpinion(Entry):
    """The public of a power whose decisions depend on one."""

    weight: ShareValue = Field(0.5, description="How far decisions depend on it, 0-1.")
    support: Support = Support()
    elite: SignedValue = Field(0.0, description="What leaders of opinion say of action: -1 against, 1 for.")
    polarised: ShareValue = Field(0.5, description="How divided leaders of opinion are, 0-1.")
    weary: ShareValue = Field(0.0, description="Weariness of war, 0-1.")
    misled: ShareValue = Field(0.0, description="Share that holds a false belief about the crisis.")


class Power(Sourced):
    """A government, a party or an outside state that decides."""

    name: Title
    kind: PowerKind
    plural: Flag = Field(False, description="Whether its name takes a plural verb.")
    summary: Text = ""
    capability: PositiveValue = Field(1.0, description="Weight in the world, any unit; only ratios count.")
    budget: PositiveValue = Field(1.0, description="Cost a year that it can bear, in the unit of moves.cost.")
    far: ShareValue = Field(0.5, description="Weight of the far horizon against the near one.")
    collection: ShareValue = Field(0.5, description="How well it sees the situation at the freeze.")
    slant: SignedValue = Field(
        0.0, description="How its picture errs: -1 sees enemies smaller, 1 larger than they are."
    )
    distance_km: PositiveValue = Field(0.0, description="Distance of its means to the crisis, km.")
    goals: dict[str, Goal] = Field(default={}, description="What it wants, by aim.")
    public: PublicOpinion | None = Field(None, description="Only for powers with a public that counts.")
    price: dict[str, ShareValue] = Field(
        default={}, description="Price at home of open cooperation with another power, 0-1."
    )
    seats: PositiveValue = Field(0.0, description="Seats that it brings to a coalition of the polity.")
    speaks: dict[str, ShareValue] = Field(default={}, description="How far it speaks for a community, 0-1.")


class Region(Sourced):
    """A part of the country that may go its own way."""

    name: Title
    power: OptionalId = Field(None, description="The power that speaks for it.")
    admin1: tuple[Title, ...] = Field(description="First-level areas of the country that belong to it.")
    autonomy: ShareValue = Field(0.0, description="How far it governs itself, 0-1.")
    claims: Flag = Field(False, description="Whether it has asked for autonomy before the freeze.")


class Polity(Sourced):
    """The state in crisis: who governs, how far it is trusted, and which regions may leave it."""

    government: Id = Field(description="The power that governs.")
    capital: Id = Field(description="Place whose loss breaks central authority.")
    country: Title = Field(description="Places with this country are home.")
    trust: ShareValue = Field(0.5, description="Confidence of the people in the government, 0-1.")
    inclusion: ShareValue = Field(0.5, description="How far those who were shut out share in power, 0-1.")
    leader_since: Date = Field(description="Since when the head of government is in office.")
    by_force: Flag = Field(False, description="Whether the head of government took office by force.")
    forming_since: OptionalDate = Field(
        None, description="Since when a government is being formed, if one is at the freeze."
    )
    regions: dict[str, Region] = Field(default={})


class Condition(Entry):
    """Holds while a power believes an aim to lie between two values."""

    aim: Id
    above: OptionalShare = None
    below: OptionalShare = None


class Expects(Entry):
    """By how much its makers expect a move at scale 1 to change aims, soon and later."""

    near: dict[str, SignedValue] = Field(default={})
    far: dict[str, SignedValue] = Field(default={})


class Effect(Entry):
    """What a move at scale 1 really presses on."""

    lever: Id
    on: OptionalId = Field(None, description="An id, or target, own, enemies; not for map and polity.")
    amount: AnyValue


class Move(Sourced):
    """Something that powers may do, at the level of policy."""

    name: Title
    kind: ActionClass = Field(description="Class of action, as a public tells them apart.")
    by: tuple[Id, ...] = Field(description="Powers that may do it.")
    to: tuple[Id, ...] = Field((), description="Powers with whom or to whom it is done.")
    consent: Flag = Field(False, description="Whether the target must agree.")
    deniable: Flag = Field(False, description="Whether it can also be done deniably.")
    once: Flag = Field(False, description="Whether it is over when it is done.")
    conditional: OptionalFlag = Field(
        None, description="Support given on conditions (true) or without any (false); neither if not said."
    )
    cost: PositiveValue = Field(0.0, description="A year at scale 1, in the unit of the budgets.")
    exposure: ShareValue = Field(0.5, description="How visible it is at home and abroad, 0-1.")
    scales: tuple[Positive, ...] = Field((1.0,), description="Scales to choose from, at most four.")
    ready_days: PositiveValue = Field(0.0, description="Days to make means ready.")
    speed_km_day: PositiveValue = Field(0.0, description="Speed of approach; 0: distance does not count.")
    collection_days: PositiveValue = Field(0.0, description="Days of collection for one that sees nothing.")
    days: PositiveValue = Field(180.0, description="Duration.")
    ramp_days: PositiveValue = Field(7.0, description="Days to half of the full effect.")
    when: tuple[Condition, ...] = Field((), description="Conditions, as the power believes them.")
    expects: Expects = Expects()
    effects: tuple[Effect, ...] = ()


class Plan(Entry):
    """A decision that a strategy fixes: who does what from when to when, at which scale."""

    by: Id
    move: Id
    to: OptionalId = Field(None, description="Needed where the move has several targets.")
    on: OptionalDate = Field(None, description="Date of the decision, on or after the freeze.")
    day: OptionalCount = Field(None, description="The same as days after the freeze; 0 if neither is said.")
    since: OptionalDate = Field(
        None, description="Date before the freeze since which it has been in force; it was decided then."
    )
    scale: Positive = Field(1.0, description="0 ends it.")
    until: DateOrDay = Field(None, description="Date or day on which it ends.")
    delay: OptionalPositive = Field(None, description="Days from decision to effect; else as it comes.")
    when: tuple[Condition, ...] = Field((), description="Waits until these hold, as the power believes them.")

    def first_day(self, freeze: date) -> int:
        """Return the day of the decision after the freeze."""
        return (self.on - freeze).days if self.on is not None else self.day or 0

    def days_in_force(self, freeze: date) -> int:
        """Return for how many days it has been in force at the freeze; 0 where it is decided later."""
        return (freeze - self.since).days if self.since is not None else 0

    def last_day(self, freeze: date) -> int | None:
        """Return the day after the freeze on which it ends, or None."""
        return (self.until - freeze).days if isinstance(self.until, date) else self.until
