"""Fracture: exclusion and a broken army open the way out; sharing power closes it, later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL, VERMILLION
from afternext.scenario.schema import Scenario
from patterns.arden import SOLID, arden
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
from patterns.too_late import batches

NAME = "fracture"
YEARS = 4
DAYS = 365 * YEARS
SOON, LATER = 183, 365 * 3
GAIN = 0.15  # of autonomy, from which it counts
SHARED = {
    "title": "The government shares power with the north",
    "plan": [{"by": "government", "move": "power_sharing", "day": 0, "delay": 0, "until": DAYS}],
}
NOT_SHARED = {"title": "It does not", "bar": ["power_sharing"]}
STRATEGIES = {"shared": SHARED, "not_shared": NOT_SHARED}

known = partial(evidence_of, NAME)


def land(name: str = "arden", **more: Any) -> Scenario:
    return arden(name, strategies=STRATEGIES, **more)


def at(played: Played, measure: str, day: int) -> Floats:
    return played.arrays[measure][:, day].astype(float)


def moved(played: Played) -> Floats:
    """Whether a region has more autonomy three years on than at the start."""
    gains = [
        at(played, f"autonomy_{r}", LATER) - at(played, f"autonomy_{r}", 0) > GAIN for r in ("north", "east")
    ]
    return (gains[0] | gains[1]).astype(float)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play a country that shuts out and breaks, one that does neither, and one that shares power."""

    def play(scenario: Scenario, strategy: str, overrides: Mapping[str, float] | None = None) -> Played:
        return lab.play(scenario.with_strategy(strategy), DAYS, overrides)

    broken = play(land(), "not_shared")
    shared = play(land(), "shared")
    whole = play(land("whole", excluded=0.0, inclusion=0.9, present=SOLID), "not_shared")
    solid = play(land("solid", present=SOLID), "not_shared")
    included = play(land("included", excluded=0.0, inclusion=0.9), "not_shared")

    def rise(played: Played) -> Floats:
        return at(played, "fragmentation", LATER) - at(whole, "fragmentation", LATER)

    def lower(day: int) -> Floats:
        return at(broken, "fragmentation", day) - at(shared, "fragmentation", day)

    def claims_of(played: Played) -> Reading:
        return read(batches(moved(played)), known("autonomy"))

    soon, later = float(lower(SOON).mean()), float(lower(LATER).mean())
    claims = [
        make_claim(
            NAME,
            "opens",
            read(rise(broken), known("opens")),
            {"the army holds together": read(rise(solid), known("opens"))},
            {"nobody is shut out": read(rise(included), known("opens"))},
        ),
        make_claim(
            NAME,
            "autonomy",
            claims_of(broken),
            {},
            {"nobody is shut out and the army holds together": claims_of(whole)},
        ),
        make_claim(
            NAME,
            "sharing",
            read(batch_means(lower(LATER) - lower(SOON)), known("sharing")),
            {},
            {},
            [
                f"Sharing power lowers fragmentation by {soon:.2f} after half a year and "
                f"{later:.2f} after three "
                f"years (means). Autonomy moves within three years: "
                f"{100 * moved(broken).mean():.0f} % of futures, "
                f"with power shared {100 * moved(shared).mean():.0f} %."
            ],
        ),
    ]
    return make_pattern(NAME, claims), {"broken": broken, "shared": shared, "whole": whole}


def batch_means(values: Floats, size: int = 32) -> Floats:
    """Return means over batches of futures."""
    return batches(values, size) / 100.0


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: fragmentation over time. Right: share of futures in which a region has gone further."""
    del pattern
    cases_drawn = (
        ("broken", VERMILLION, "shut out, army broken"),
        ("shared", BLUE, "... power shared"),
        ("whole", SLATE, "neither"),
    )
    for name, colour, label in cases_drawn:
        told = cases[name].arrays["fragmentation"]
        days = np.arange(told.shape[1])
        left.fill_between(
            days, *np.quantile(told, (0.25, 0.75), axis=0), color=colour, alpha=0.18, linewidth=0
        )
        left.plot(days, told.mean(axis=0), color=colour, linewidth=1.6, label=label)
        gone = np.zeros(told.shape)
        for region in ("north", "east"):
            autonomy = cases[name].arrays[f"autonomy_{region}"]
            gone = np.maximum(gone, autonomy - autonomy[:, :1] > GAIN)
        right.plot(days, 100.0 * gone.mean(axis=0), color=colour, linewidth=1.6)
    left.set_xlabel("days", fontsize=SMALL)
    left.legend(frameon=False, fontsize=SMALL)
    left.set_title("Effective number of controllers", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
    right.set_xlabel("days", fontsize=SMALL)
    right.set_ylim(0, 100)
    right.set_title("A region gained autonomy, % of futures", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
