"""Questions about what happens after the freeze, written so that anybody can settle them later.

A question is structured, not an expression: what is asked about (a measure or an event), where and of whom,
the answer that counts, and the date. Questions change no future, so they are no part of a scenario's hash.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from afternext.scenario.entry import Entry
from afternext.scenario.fields import DateOrDay, Flag, Id, Number, OptionalId, OptionalNumber, Text, Title

QuestionKind = Literal["binary", "number", "date", "category"]
EventName = Literal[
    "takes",
    "changes_hands",
    "leader_exit",
    "government_formed",
    "coalition_lost",
    "autonomy",
    "referendum",
    "secession",
    "collapse",
    "decided",
    "delivered",
]
PLACE_EVENTS = ("takes", "changes_hands")
MOVE_EVENTS = ("decided", "delivered")
HOLDER = "holder"
NO_SIDE = ("nobody", "contested")
# What a question may measure beside the scalar measures of a run, and what it then needs.
COUNTED = ("idps", "returnees", "deaths")
AREA_COUNTED = ("idps_hosted", "idps_origin")


class Question(Entry):
    """A question with its resolution rule, put before anybody knows the answer."""

    id: Id
    text: Title
    kind: QuestionKind
    measure: Text = Field("", description="holder, idps, returnees, deaths, or a measure of a run.")
    event: EventName | None = Field(None, description="Something that happens on a day.")
    place: OptionalId = None
    admin1: Text = Field("", description="First-level area, for idps_hosted and idps_origin.")
    force: OptionalId = Field(None, description="The force that takes a place.")
    power: OptionalId = Field(None, description="The power that acts, or whose head goes.")
    move: OptionalId = Field(None, description="The move that is decided or takes effect.")
    equals: OptionalId = Field(None, description="Binary: the side that holds the place, or nobody.")
    above: OptionalNumber = Field(None, description="Binary: true if the measure is above this.")
    below: OptionalNumber = Field(None, description="Binary: true if the measure is below this.")
    levels: tuple[Number, ...] = Field(
        (), description="Category of a number: the bounds between ordered answers, rising."
    )
    on: DateOrDay = Field(None, description="Date, or day after the freeze, at which it is looked at.")
    by: DateOrDay = Field(None, description="Last date, or day after the freeze, that counts.")
    match: tuple[Title, ...] = Field(
        (),
        description="Words by which a row of events.csv settles it; all are needed, | parts alternatives.",
    )
    source: Text = Field("", description="What settles it, in words.")
    cases: Text = Field("", description="How doubtful cases are settled, and what annuls it.")
    contested: Flag = Field(False, description="The answer was open at the freeze.")

    def day(self, freeze: date) -> int:
        """Days from the freeze to the date of the question."""
        when = self.on if self.on is not None else self.by
        return (when - freeze).days if isinstance(when, date) else int(when or 0)

    def date(self, freeze: date) -> date:
        """The date of the question."""
        return freeze + timedelta(days=self.day(freeze))
