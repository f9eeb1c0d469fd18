"""Counterweight: who is shut out tolerates the insurgent as the lesser evil, until his rule is known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL, VERMILLION
from afternext.scenario.schema import Scenario
from patterns.harness import (
    Floats,
    Lab,
    Pattern,
    Played,
    Reading,
    evidence_of,
    make_claim,
    make_pattern,
    read,
)
from patterns.probe import crisis, force, garrison, incident, place, road

NAME = "counterweight"
TOWN = 200_000
TWO_YEARS = 728
SHUT_OUT = {"triangular": [0.5, 0.75, 0.95]}
TOWNS = {"shut_held": 0, "shut_free": 300, "in_held": 60, "in_free": 360}  # km along the road
LABELS = {
    "shut_held": "shut out, he rules",
    "shut_free": "shut out, he does not",
    "in_held": "in power, he rules",
    "in_free": "in power, he does not",
}
HARSH = {"rule_insurgent": -0.8}
MILD = {"rule_insurgent": 0.2, "harm_cost": 0.0}
QUIET = {
    name: {"value": 0.0, "why": "a probe scripts who holds what"}
    for name in ("attack_insurgent", "attack_regular", "break_rate", "wish_ground")
}

known = partial(evidence_of, NAME)


def towns(name: str = "towns", excluded: float | dict[str, list[float]] | None = None) -> Scenario:
    """Return four towns; the insurgent takes two on the first day and rules them for good.

    excluded : how far the people of two of them are shut out of power; as a rule by far
    """
    far = SHUT_OUT if excluded is None else excluded
    return crisis(
        name,
        people=TOWNS,
        forces={
            "army": force("Army", "army"),
            "raiders": force("Raiders", "insurgent", cohesion=0.8),
        },
        hostile=[("army", "raiders")],
        places=[place(t, km, {t: TOWN}, admin="north" if km < 100 else "south") for t, km in TOWNS.items()],
        routes=[
            road("shut_held", "in_held", 60),
            road("in_held", "shut_free", 240),
            road("shut_free", "in_free", 60),
        ],
        holders={},
        presence=[garrison(t, "army", 2000) for t in ("shut_free", "in_free")]
        + [garrison(t, "raiders", 1500) for t in ("shut_held", "in_held")],
        incidents=[incident("capture", t, "raiders", 0) for t in ("shut_held", "in_held")],
        parameters=QUIET,
        communities={
            t: {
                "name": t.replace("_", " ").capitalize(),
                "kin": {other: 1.0 for other in TOWNS if other != t},
                "excluded": far if t.startswith("shut") else 0.0,
            }
            for t in TOWNS
        },
    )


def tolerance(played: Played, town: str) -> Floats:
    """Share of a town's people that tolerates the insurgent, (future, day), %."""
    return 100.0 * played.arrays[f"attitude_{town}_raiders"]


def change(played: Played, town: str) -> Floats:
    """What he gains or loses in a town over two years, points."""
    told = tolerance(played, town)
    return told[:, TWO_YEARS] - told[:, 0]


def measure(lab: Lab) -> tuple[Pattern, dict[str, Played]]:
    """Measure all claims; return them and the cases that the figure draws."""
    days = TWO_YEARS + 2
    base = lab.play(towns(), days)
    blind = lab.play(towns(), days, {"lesser_evil": 0.0})
    mild = lab.play(towns(), days, MILD)
    included = lab.play(towns("included", 0.0), days)
    no_evil = "no lesser evil (lesser_evil = 0)"

    def tolerated(played: Played, first: str = "shut_held", other: str = "in_held") -> Reading:
        return read(tolerance(played, first)[:, 0] - tolerance(played, other)[:, 0], known("tolerated"))

    def loses(played: Played, town: str = "shut_held") -> Reading:
        return read(change(played, town), known("loses"))

    def never(played: Played, town: str = "in_held") -> Reading:
        above = tolerance(played, town) - 100.0 * ordinary(played)[:, None]
        return read(above.max(axis=1), known("never"))

    def ordinary(played: Played) -> Floats:
        """What people think of such a force who neither know it nor are shut out."""
        return tolerance(played, "in_free")[:, 0] / 100.0

    held, free = (np.abs(change(base, t)) for t in ("shut_held", "shut_free"))
    more = 100.0 * float((held > free).mean())
    harsh = loses(lab.play(towns(), days, HARSH))
    extra = change(base, "shut_held") - change(blind, "shut_held")
    claims = [
        make_claim(
            NAME,
            "tolerated",
            tolerated(base),
            {no_evil: tolerated(blind)},
            {"nobody is shut out": tolerated(included)},
        ),
        make_claim(
            NAME,
            "loses",
            loses(base),
            {"he rules no worse than others and harms nobody": loses(mild)},
            {"the shut-out town that he never reaches": loses(base, "shut_free")},
            [
                f"The change is larger where he rules than where he does not in {more:.0f} % of futures. "
                f"{-float(np.median(extra)):.0f} points of it (median) are the lesser evil going with it.",
                f"Where he rules harshly (`rule_insurgent` = -0.8) the median is {harsh.range[1]:.0f} points "
                f"and {100 * harsh.share:.0f} % of futures are in the range; where he rules well he gains.",
            ],
        ),
        make_claim(
            NAME,
            "never",
            never(base),
            {},
            {"the shut-out town that he holds": never(base, "shut_held")},
        ),
    ]
    return make_pattern(NAME, claims), {"base": base, "blind": blind}


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Played]) -> None:
    """Left: tolerance in the two towns he holds. Right: the change over two years in all four."""
    del pattern
    played = cases["base"]
    days = np.arange(TWO_YEARS + 1)
    for town, colour, label in (
        ("shut_held", VERMILLION, "shut out of power"),
        ("in_held", BLUE, "sharing in power"),
    ):
        told = tolerance(played, town)[:, : TWO_YEARS + 1]
        left.fill_between(
            days, *np.quantile(told, (0.05, 0.95), axis=0), color=colour, alpha=0.16, linewidth=0
        )
        left.plot(days, np.median(told, axis=0), color=colour, linewidth=1.6, label=label)
    left.set_xlabel("days under his rule", fontsize=SMALL)
    left.set_ylabel("people who tolerate him, %", fontsize=SMALL)
    left.set_ylim(0, 100)
    left.legend(fontsize=SMALL, frameon=False)
    for k, town in enumerate(TOWNS):
        low, some, middle, most, high = np.quantile(change(played, town), (0.05, 0.25, 0.5, 0.75, 0.95))
        right.plot([low, high], [k, k], color=SLATE, linewidth=2, alpha=0.4)
        right.plot([some, most], [k, k], color=SLATE, linewidth=4, alpha=0.6)
        right.plot(middle, k, "o", color=BLUE, markersize=5)
    right.set_yticks(range(len(TOWNS)), list(LABELS.values()), fontsize=SMALL)
    right.set_ylim(-0.5, len(TOWNS) - 0.5)
    right.axvline(0.0, color=LIGHT.ink, linewidth=0.8)
    right.set_xlabel("change in two years, points", fontsize=SMALL)
