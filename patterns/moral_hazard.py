"""Moral hazard: what help without conditions does to the sharing of power, and what waiting costs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, ORANGE, SLATE, SMALL
from afternext.foresight.principle_plans import AS_IS, CONDITIONS, NONE, TITLES, ask, courses_of
from afternext.scenario.schema import Scenario
from patterns.arden import QUIET, SOLID, arden
from patterns.harness import Flags, Floats, Lab, Pattern, Played, evidence_of, make_claim, make_pattern, read
from patterns.too_late import batches

NAME = "moral_hazard"
END = 730  # day on which inclusion is read
COALITION = ("patron",)
AT_ONCE = ("inclusion<0.999",)  # holds from the first day, and nobody believes otherwise
COLOURS = {NONE: SLATE, AS_IS: BLUE, CONDITIONS: ORANGE}
TOKEN = 0.05  # scale of help that nobody can depend on
QUIET_LAND: dict[str, Any] = {"insurgents": QUIET, "present": SOLID}

known = partial(evidence_of, NAME)


def played(
    lab: Lab,
    land: Scenario,
    ident: str,
    overrides: Mapping[str, float] | None = None,
    conditions: tuple[str, ...] = (),
    scale: float = 1.0,
) -> Played:
    """Play one of the three courses of action that are made from the scenario's own moves."""
    question = ask(land, END, COALITION, conditions=conditions, scale=scale)
    course = next(one for one in courses_of(land, question) if one.id == ident)
    return lab.play(course.scenario.with_strategy(course.strategies), END + 1, overrides)


def shared(case: Played) -> Floats:
    """Points of inclusion at the end, of 100."""
    return 100.0 * case.arrays["inclusion"][:, END]


def waited(at_once: Played, waiting: Played) -> Flags:
    """Futures in which the capital is lost before help comes, and not lost with help at once."""
    lost = np.array([first(row <= 0.0) for row in waiting.arrays["centre"]])
    came = np.array([first(row > 0.0) for row in waiting.arrays["in_effect_air_support"]])
    kept = (at_once.arrays["centre"] > 0.0).all(axis=1)
    flags: Flags = (lost < came) & kept
    return flags


def first(days: Flags) -> float:
    """First day on which something holds, infinite if it never does."""
    return float(days.argmax()) if days.any() else np.inf


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play the three courses of action, without each mechanism, and where nobody depends on help."""
    land = arden()
    cases = {ident: played(lab, land, ident) for ident in (NONE, AS_IS, CONDITIONS)}
    cases_without = {ident: played(lab, land, ident, {"moral_hazard": 0.0}) for ident in (NONE, AS_IS)}
    neither = {"moral_hazard": 0.0, "condition_enforced": 0.0}
    unbelieved = {ident: played(lab, land, ident, neither) for ident in (AS_IS, CONDITIONS)}
    token = {ident: played(lab, land, ident, scale=TOKEN) for ident in (AS_IS, CONDITIONS)}
    prompt = played(lab, land, CONDITIONS, conditions=AT_ONCE)
    quiet = arden("quiet", **QUIET_LAND)
    calm = {ident: played(lab, quiet, ident) for ident in (AS_IS, CONDITIONS)}

    def points(more: Played, less: Played) -> Floats:
        return batches(shared(more) - shared(less)) / 100.0

    late = 100.0 * float(waited(cases[AS_IS], cases[CONDITIONS]).mean())
    lost = {s: 100.0 * float((case.arrays["centre"] <= 0.0).any(axis=1).mean()) for s, case in cases.items()}
    claims = [
        make_claim(
            NAME,
            "than_conditions",
            read(points(cases[CONDITIONS], cases[AS_IS]), known("than_conditions")),
            {
                "support takes away no pressure, and nobody believes that help is withheld (both 0)": read(
                    points(unbelieved[CONDITIONS], unbelieved[AS_IS]), known("than_conditions")
                ),
            },
            {
                "help too small to depend on (scale 0.05)": read(
                    points(token[CONDITIONS], token[AS_IS]), known("than_conditions")
                )
            },
            ["Means over batches of futures: luck decides most of one future."],
        ),
        make_claim(
            NAME,
            "than_none",
            read(points(cases[NONE], cases[AS_IS]), known("than_none")),
            {
                "support takes away no pressure (moral_hazard = 0)": read(
                    points(cases_without[NONE], cases_without[AS_IS]), known("than_none")
                )
            },
            {
                "help too small to depend on (scale 0.05)": read(
                    points(cases[NONE], token[AS_IS]), known("than_none")
                )
            },
            [by_size(cases)],
        ),
        make_claim(
            NAME,
            "waiting",
            read(batches(waited(cases[AS_IS], cases[CONDITIONS])), known("waiting")),
            {
                "the condition holds from the first day": read(
                    batches(waited(cases[AS_IS], prompt)), known("waiting")
                )
            },
            {
                "a quiet north and a solid army": read(
                    batches(waited(calm[AS_IS], calm[CONDITIONS])), known("waiting")
                )
            },
            [
                f"The capital is lost at some time in {lost[NONE]:.0f} % of futures without help, "
                f"{lost[AS_IS]:.0f} % with help as it is, {lost[CONDITIONS]:.0f} % on conditions; in "
                f"{late:.0f} % before the help that would have saved it.",
            ],
        ),
    ]
    return make_pattern(NAME, claims, [table(cases)]), {"cases": cases}


def by_size(cases: Mapping[str, Played]) -> str:
    """Say how few points of one future's inclusion it is."""
    apart = shared(cases[NONE]) - shared(cases[AS_IS])
    low, middle, high = np.quantile(apart, (0.05, 0.5, 0.95))
    return (
        f"One by one: median {middle:.1f} points, 5 to 95 % {low:.1f} to {high:.1f}; "
        "the prior of its size is 0 to 1."
    )


def table(cases: Mapping[str, Played]) -> str:
    """Return inclusion by strategy at the start, after half a year, a year and at the end."""
    days = (0, 183, 365, END)
    rows = [
        f"| {TITLES[ident].lower()} | "
        + " | ".join(f"{float(case.arrays['inclusion'][:, day].mean()):.2f}" for day in days)
        + " |"
        for ident, case in cases.items()
    ]
    return "\n".join(
        [
            "**How far power is shared**, mean over futures (0 not at all, 1 in full).",
            "",
            "| | " + " | ".join(f"day {day}" for day in days) + " |",
            "|---|" + "---:|" * len(days),
            *rows,
        ]
    )


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: inclusion over time, mean and half of the futures. Right: capital lost by day."""
    del pattern
    for ident, case in cases["cases"].items():
        curve = case.arrays["inclusion"]
        days = np.arange(curve.shape[1])
        low, high = np.quantile(curve, (0.25, 0.75), axis=0)
        left.fill_between(days, low, high, color=COLOURS[ident], alpha=0.15, linewidth=0)
        left.plot(days, curve.mean(axis=0), color=COLOURS[ident], linewidth=1.6, label=TITLES[ident].lower())
        lost = np.maximum.accumulate(case.arrays["centre"] <= 0.0, axis=1)
        right.plot(days, 100.0 * lost.mean(axis=0), color=COLOURS[ident], linewidth=1.6)
    left.legend(frameon=False, fontsize=SMALL, loc="upper left")
    left.set_title("How far power is shared", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
    right.set_title("Capital lost so far, % of futures", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
    for axes in (left, right):
        axes.set_xlabel("day", fontsize=SMALL)
