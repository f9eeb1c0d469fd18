"""What every entry of a scenario has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from afternext.scenario.fields import Confidence, OptionalDate, Text


class Entry(BaseModel):
    """Anything a person writes into a scenario."""

    # Validators are built at first use: importing the schema must cost little.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Sourced(Entry):
    """An entry that says where it comes from and how far it can be trusted."""

    source: Text = Field("", description="Where this comes from.")
    confidence: Confidence = Field("", description="How far the source can be trusted.")
    available: OptionalDate = Field(
        default=None, description="Date from which this was public; on or before the freeze."
    )
