"""Places and areas of a scenario under the names that others give them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from afternext.forecast.truth_files import plain_name

if TYPE_CHECKING:
    from afternext.scenario import Scenario

WORDS_OF_SUMS = ("total", "all", "sum", "region")


def by_name(scenario: Scenario) -> dict[str, str]:
    """Places by their plain id, and by their plain name where only one has it."""
    names: dict[str, list[str]] = defaultdict(list)
    for place in scenario.places:
        names[plain_name(place.name)].append(place.id)
    alone = {name: found[0] for name, found in names.items() if name and len(found) == 1}
    return {**alone, **{plain_name(place.id): place.id for place in scenario.places}}


def region_areas(scenario: Scenario, name: str) -> tuple[str, ...]:
    """Areas of the region of the polity that a name means: its id, name or letters, with or without a total.

    The letters are those that its name begins its words with, and the first of the country after them.
    """
    if scenario.polity is None:
        return ()
    words = [word for word in name.split() if word.lower() not in WORDS_OF_SUMS]
    plain = plain_name("".join(words))
    for ident, region in scenario.polity.regions.items():
        letters = "".join(word[0] for word in region.name.split())
        letters = letters if len(letters) > 1 else region.name
        country = str(scenario.polity.country or "")[:1]
        if plain and plain in {plain_name(x) for x in (ident, region.name, letters, letters + country)}:
            return tuple(region.admin1)
    return ()
