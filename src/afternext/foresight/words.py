"""Measures in plain words, for names of families, signposts and boxes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from afternext.world.measures_regions import region_ids

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

# What `{}` of something says; a name that is not here is told by its own words.
SAYINGS: Mapping[str, str] = {
    "displaced": "{} displaced",
    "idps": "{} displaced inside the country",
    "refugees_abroad": "{} refugees abroad",
    "newly_displaced": "{} flights from home",
    "secondary": "{} displaced again",
    "returned": "{} come home",
    "on_the_move": "{} on the road",
    "trapped": "{} trapped",
    "caught": "{} caught between the lines",
    "settled_for_good": "{} settled elsewhere for good",
    "dead": "{} civilians dead",
    "residents": "{} living at home",
    "displaced_in_camps": "{} displaced in camps",
    "displaced_near": "{} of the displaced stay near",
    "fighting_places": "{} places with fighting",
    "active_places": "{} of places astir",
    "danger": "believed danger {}",
    "places_held_nobody": "{} places held by nobody",
    "places_contested": "{} places contested",
    "places_besieged": "{} places besieged",
    "islands": "{} places cut off",
    "hard_to_reach": "{} hard to reach",
    "attacks": "{} attacks",
    "raids": "{} raids",
    "deserted": "{} fighters deserted",
    "recruited": "{} recruited",
    "fighters_killed": "{} fighters killed",
    "fighters": "{} fighters in all",
    "foreign_fighters": "{} foreign fighters",
    "defenders": "{} local defenders",
    "paid_defenders": "{} paid defenders",
    "defenders_lost": "{} local defenders killed",
    "reprisals": "{} killed in reprisal",
    "hope": "{} hope to hold out",
    "fragmentation": "{} rulers of weight",
    "inclusion": "inclusion {}",
    "confidence": "confidence {}",
    "leaders": "{} heads of government gone",
    "coalition": "{} of seats behind the government",
    "centre": "safety of the capital {}",
    "decisions": "{} decisions to act",
    "delivered": "{} moves taken effect",
}
# Without an amount, where what is left of the saying is not the name of anything.
LABELS: Mapping[str, str] = {
    "secondary": "people displaced again",
    "hard_to_reach": "people hard to reach",
    "trapped": "people trapped",
    "caught": "people caught between the lines",
    "returned": "people back home",
    "aim_displaced": "share of people displaced (a goal of {})",
    "aim_enemy_ground": "share of people under enemies of {}",
    "aim_own_losses": "share of the fighters of {} lost in four weeks",
}
OF_FORCE = {
    "places_held": "{} places held by {}",
    "population_held": "{} people under {}",
    "strength": "{} fighters of {}",
    "nominal": "{} fighters on paper of {}",
    "materiel": "{} vehicles of {}",
    "killed": "{} fighters of {} killed",
}
# Of a first-level area.
OF_AREA = {
    "idps_in": "{} displaced of the country sheltering in {}",
    "refugees_in": "{} refugees from abroad in {}",
    "displaced_from": "{} displaced from {}",
    "returned_to": "{} come home to {}",
}
# Of a move, a region, a public; the first is the amount.
OF_COUNCIL = {
    "in_effect": 'scale {} of "{}"',
    "autonomy": "autonomy {} of {}",
    "opinion": "{} of the public of {} for action from the air",
    "salience": "attention {} of the public of {}",
    "distortion": "distortion {} of {}",
    "ignorance": "ignorance {} of {}",
    "spent": "cost {} a year to {}",
    "aim_influence": "influence {} of {} with the government",
    "aim_rival_influence": "influence {} of the closest rival of {} with the government",
    "aim_own_losses": "{} of the fighters of {} lost in four weeks",
    "aim_enemy_ground": "{} of people living under enemies of {}",
    "aim_autonomy": "autonomy {}, a goal of {}",
    "aim_inclusion": "inclusion {}, a goal of {}",
    "aim_centre": "safety of the capital {}, a goal of {}",
    "aim_displaced": "{} of the people displaced, a goal of {}",
    "aim_violence": "killing of civilians {}, a goal of {}",
    "aim_leader": "head of government still in office {}, a goal of {}",
}
OF_TWO = {"alignment": "alignment {} between {} and {}"}  # of two powers
OF_DELAY = "{} days lost to {}"
KEPT = "kept_"  # share of an area, by people, that still has its holder of the freeze


def significant(value: float, digits: int = 2) -> float:
    """Round to significant digits."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def amount(value: float) -> str:
    """480,000; 2.1 million; 7; never more digits than are known."""
    if not math.isfinite(value):
        return "–"
    short = significant(value)
    if abs(short) >= 1e6:
        return f"{short / 1e6:,.1f}".removesuffix(".0") + " million"
    if abs(short) >= 10 or short == int(short):
        return f"{short:,.0f}"
    return f"{short:g}"


def percent(share: float) -> str:
    """A share in hundredths; what is not quite none or all is not called so."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 < share < 1:
        return "over 99 %"
    return f"{round(100 * share)} %"


def of_100(share: float) -> str:
    """73 of 100."""
    if 0 < share < 0.005:
        return "fewer than 1 of 100"
    if 0.995 < share < 1:
        return "more than 99 of 100"
    return f"{round(100 * share)} of 100"


def listing(items: Iterable[str]) -> str:
    """a, b and c."""
    parts = list(items)
    return "".join(parts) if len(parts) < 2 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def plural(count: int, one: str, many: str = "") -> str:
    """3 families, 1 family."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def within(name: str) -> str:
    """A name inside a sentence: 'The army' is 'the army' there, 'United States' 'the United States'."""
    if name.startswith("United "):
        return f"the {name}"
    return f"the {name[4:]}" if name.startswith("The ") else name


def _no(text: str) -> str:
    return "no" if text == "0" else text


def _one(saying: str) -> str:
    """`1 place`, not `1 places`."""
    padded = f" {saying} "
    for many in ("places", "attacks", "raids", "vehicles"):
        padded = padded.replace(f" 1 {many} ", f" 1 {many[:-1]} ")
    return padded.strip()


class Words:
    """Names of a run's scenario, and what is said of its measures."""

    def __init__(self, run: Run | None = None) -> None:
        self._run = run
        self.forces: dict[str, str] = {}
        self.communities: dict[str, str] = {}
        self.areas: dict[str, str] = {}
        self.council: dict[str, str] = {}
        if run is not None:
            scenario = run.scenario
            self.forces = {ident: force.name for ident, force in scenario.forces.items()}
            self.communities = {ident: one.name for ident, one in scenario.communities.items()}
            areas = list(dict.fromkeys(place.admin1 for place in scenario.places))
            self.areas = dict(zip(region_ids(areas), areas, strict=True))
            regions = scenario.polity.regions if scenario.polity else {}
            self.council = {
                ident: one.name
                for group in (scenario.powers, scenario.moves, regions)
                for ident, one in group.items()
            }

    def value(self, measure: str, value: float) -> str:
        """An amount of a measure with its unit: `42 %` of a share, `2.1 million` of persons."""
        unit = self.unit(measure)
        return percent(value) if unit == "share" else amount(value)

    def unit(self, measure: str) -> str:
        if measure.startswith(KEPT):
            return "share"
        if self._run is not None and measure in self._run.measures:
            return str(self._run.measures[measure].attrs.get("units", ""))
        return ""

    def saying(self, measure: str, value: float) -> str:
        """`2.1 million displaced`, `3 million people under ISIS`, `Anbar has changed hands`."""
        if measure.startswith(KEPT):
            return self._kept(measure.removeprefix(KEPT), value)
        text = self.value(measure, value)
        if measure in SAYINGS:
            return _one(SAYINGS[measure].format(_no(text)))
        for prefix, saying in OF_FORCE.items():
            force = measure.removeprefix(f"{prefix}_")
            if measure.startswith(f"{prefix}_"):
                return _one(saying.format(_no(text), within(self.forces.get(force, force))))
        return self._of_council(measure, text) or self._of_people(measure, text)

    def _of_council(self, measure: str, text: str) -> str:
        """What is said of a move, a region or a public; empty for other measures."""
        for prefix, saying in OF_COUNCIL.items():
            whose = measure.removeprefix(f"{prefix}_")
            if measure.startswith(f"{prefix}_") and whose in self.council:
                said = saying.format(text, within(self.council[whose]))
                return said.replace("  ", " ").replace(" ,", ",").strip()
        for prefix, saying in OF_TWO.items():
            for a, name in self.council.items():
                b = measure.removeprefix(f"{prefix}_{a}_")
                if measure.startswith(f"{prefix}_{a}_") and b in self.council:
                    return saying.format(text, within(name), within(self.council[b])).replace("  ", " ")
        if measure.startswith("delay_"):
            return OF_DELAY.format(text, measure.removeprefix("delay_")).strip()
        return ""

    def _of_people(self, measure: str, text: str) -> str:
        for prefix, saying in OF_AREA.items():
            area = measure.removeprefix(f"{prefix}_")
            if measure.startswith(f"{prefix}_") and area in self.areas:
                return saying.format(text, within(self.areas[area])).strip()
        if measure.startswith("displaced_"):
            who = measure.removeprefix("displaced_")
            return f"{text} {self.communities.get(who, who)} displaced"
        for community, name in self.communities.items():
            force = measure.removeprefix(f"attitude_{community}_")
            if measure.startswith(f"attitude_{community}_") and force in self.forces:
                return f"{text} of {name} tolerate {within(self.forces[force])}"
        return f"{measure.replace('_', ' ')} {text}"

    def _kept(self, area: str, share: float) -> str:
        if share >= 0.99:
            return f"{area} keeps its holders"
        if share <= 0.01:
            return f"{area} has changed hands"
        return f"{percent(1 - share)} of {area} has changed hands"

    def label(self, measure: str) -> str:
        """A measure without an amount: `displaced`, `places held by ISIS`, `ground kept in Anbar`."""
        if measure.startswith(KEPT):
            return f"ground kept in {measure.removeprefix(KEPT)}"
        for prefix in OF_FORCE:
            force = measure.removeprefix(f"{prefix}_")
            if measure.startswith(f"{prefix}_") and force in self.forces:
                kind = {
                    "places_held": "places held by",
                    "population_held": "people ruled by",
                    "strength": "fighters of",
                    "nominal": "fighters on paper of",
                    "materiel": "vehicles of",
                    "killed": "fighters killed of",
                }[prefix]
                return f"{kind} {within(self.forces[force])}"
        if measure in LABELS:
            return LABELS[measure]
        for prefix, saying in LABELS.items():
            whose = measure.removeprefix(f"{prefix}_")
            if measure.startswith(f"{prefix}_") and whose in self.council:
                return saying.format(within(self.council[whose]))
        if measure in SAYINGS:
            said = SAYINGS[measure].format("").strip().replace("  ", " ")
            return said.removeprefix("of ")
        said = self._of_council(measure, "") or self._of_people(measure, "").strip()
        return said.removeprefix("of ")
