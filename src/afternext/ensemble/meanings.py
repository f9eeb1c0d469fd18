"""What an uncertain input means, in words for people: names instead of keys, no underscores.

The model says what a column means with keys of the scenario in it (`how ISIS treats sunni_arab`). Screens,
briefing and terminal all take the words from here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afternext.scenario import Scenario

TREATS = re.compile(r"how (.+) treats (.+)")
KEY = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")


def in_words(column: str, meaning: str, names: dict[str, str]) -> str:
    """Meaning of a column as people read it.

    column : its key, `forces.isis.treats.sunni_arab`          meaning : as the model says it, may be empty
    names : what the entries of the scenario are called, by key; see `names_of`
    """
    said = meaning or column.replace(".", " · ")
    for part in column.split(".")[1:]:
        name = names.get(part)
        # A name that is told already may hold its own key: "Iraqi army" has the key "army" in it.
        if name is not None and name not in said:
            said = re.sub(rf"(?<![\w-]){re.escape(part)}(?![\w-])", name.replace("\\", r"\\"), said)
    said = without_keys(said, names)
    if treats := TREATS.fullmatch(said):
        return f"the treatment of {treats[2]} by {treats[1]}"
    return said


def without_keys(text: str, names: dict[str, str]) -> str:
    """A text with names for the keys in it; a key that has none loses its underscores."""
    return KEY.sub(lambda key: names.get(key[0], key[0].replace("_", " ")), text)


def names_of(scenario: Scenario) -> dict[str, str]:
    """What places, communities, forces, powers and moves are called, by key."""
    kinds = (scenario.moves, scenario.powers, scenario.forces, scenario.communities)
    named = {key: one.name for kind in kinds for key, one in kind.items()}
    return {**{place.id: place.name for place in scenario.places}, **named}
