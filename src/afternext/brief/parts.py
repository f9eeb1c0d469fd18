"""What a country calls the areas of its first and second level."""

from __future__ import annotations

from collections import Counter
from typing import Any

# By ISO 3166 code of the country; where it is not listed, plain words do.
NAMES = {
    **dict.fromkeys(("IQ", "SY", "JO", "LB", "YE", "EG", "LY", "TN", "PS"), ("governorate", "district")),
    "ML": ("region", "cercle"),
    "BF": ("region", "province"),
    "NE": ("region", "department"),
    "AF": ("province", "district"),
    "UA": ("oblast", "raion"),
    "SS": ("state", "county"),
    "NG": ("state", "local government area"),
}
PLAIN = ("area", "district")


def part_names(scenario: Any) -> tuple[str, str]:
    """The words for an area of the first and of the second level in the country that a scenario is about."""
    polity = getattr(scenario, "polity", None)
    country = polity.country if polity is not None else ""
    if not country:
        people: Counter[str] = Counter()
        for place in scenario.places:
            people[place.country] += place.population
        country = people.most_common(1)[0][0] if people else ""
    return NAMES.get(country, PLAIN)
