"""Who holds draws intervention; who is beaten comes back where nothing is mended."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL, VERMILLION
from afternext.world.forces import FOMENT
from patterns.arden import FAR, NORTH, SOLID, arden
from patterns.harness import Floats, Lab, Pattern, Played, evidence_of, make_claim, make_pattern, read
from patterns.probe import incident
from patterns.too_late import batches, finite_or_none
from patterns.well_after import BLIND, NOT_CHOSEN

NAME = "relapse"
YEARS = 8
DAYS = 365 * YEARS
DEFEATED = 90  # days without a place held, after which a territorial defeat is one
WITHIN = 5 * 365
DEADLY = 25  # killed in a year: what counts as conflict in the base rates
TWO_YEARS = 730
MEN = 2000  # of his in the northern city
TAKEN = (60, 75)  # days on which his two towns are taken
MONTH = 30
HANDFUL = 100  # men: fewer are no force
OBEYED = 4.0  # wish added by an order: enough for any force to follow it, so that the courses differ
WEAK: dict[str, Any] = {"lognormal": [1500, 0.4], "within": [600, 4000]}

known = partial(evidence_of, NAME)


def lean(move: str) -> dict[str, Any]:
    """Return the strategy in which the insurgent council keeps to one course."""
    others = [m for m in ("hold", "expand", "foment", "lie_low") if m != move]
    return {
        "title": f"The council keeps to {move}",
        "bar": others,
        "plan": [{"by": "council", "move": move, "day": 0, "delay": 0, "until": DAYS}],
    }


STRATEGIES: dict[str, Any] = {
    "hold": lean("hold"),
    "foment": lean("foment"),
    "mended": {
        "title": "Power is shared",
        "plan": [{"by": "government", "move": "power_sharing", "day": 0, "delay": 0, "until": DAYS}],
    },
    "left": {"title": "Power is not shared", "bar": ["power_sharing"]},
}


def defeat(played: Played) -> Floats:
    """Day on which the insurgent has held nothing for `DEFEATED` days, nan where he never is."""
    none = played.arrays["places_held_front"] == 0
    run = np.zeros(none.shape[0])
    day = np.full(none.shape[0], np.nan)
    for d in range(none.shape[1]):
        run = np.where(none[:, d], run + 1, 0)
        day = np.where(np.isnan(day) & (run >= DEFEATED), d, day)
    return day


def returns(played: Played) -> Floats:
    """Whether a year with `DEADLY` killed follows within five years of his defeat; nan without a defeat."""
    killed = (played.arrays["fighters_killed"] + played.arrays["dead"]).astype(float)
    out = np.full(len(killed), np.nan)
    for k, day in enumerate(defeat(played)):
        if np.isfinite(day) and day + 365 < DAYS:
            told = killed[k, int(day) : min(DAYS, int(day) + WITHIN) : 365]
            out[k] = float((np.diff(told) >= DEADLY).any())
    return out


def lasts(played: Played) -> Floats:
    """Days until the insurgent has fewer than a tenth of his men of the start, the whole time where never."""
    told = played.arrays["strength_front"].astype(float)
    few = told < 0.1 * told[:, :1]
    return np.where(few.any(axis=1), few.argmax(axis=1), told.shape[1]).astype(float)


def drawn_in(played: Played) -> Floats:
    """Whether air support is in effect within two years."""
    return (played.arrays["in_effect_air_support"][:, :TWO_YEARS] > 0.01).any(axis=1).astype(float)


def hurt(played: Played) -> Floats:
    """Share of the people that the government does not hold, mean over two years, %."""
    held = (
        played.arrays["population_held_army"][:, :TWO_YEARS]
        + played.arrays["population_held_guard"][:, :TWO_YEARS]
    )
    return 100.0 * (1.0 - held / played.arrays["residents"][:, :TWO_YEARS]).mean(axis=1)


def goes_underground(played: Played, driven: bool = True) -> Floats:
    """Whether an insurgent who stood in the open hides within the month after his last town was taken.

    driven : only those count who hold no town again at the end of it
    """
    hidden = played.arrays["posture_front"] >= FOMENT
    there = played.arrays["strength_front"][:, TAKEN[1] + MONTH] >= HANDFUL
    if driven:
        there &= played.arrays["places_held_front"][:, TAKEN[1] + MONTH] == 0
    open_before = ~hidden[:, TAKEN[0] - 1] & there
    after = hidden[:, TAKEN[1] : TAKEN[1] + MONTH].any(axis=1)
    return after[open_before].astype(float)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play both courses of the insurgent, and defeats with and without mending."""
    hold, foment = (
        lab.play(
            arden(f"to {s}", lost=lost, in_north=MEN, order=OBEYED, strategies=STRATEGIES).with_strategy(s),
            DAYS,
        )
        for s, lost in (("hold", (NORTH, FAR)), ("foment", ()))
    )
    land = arden(strategies=STRATEGIES)
    keeps, raids = (lab.play(land.with_strategy(s), DAYS) for s in ("hold", "foment"))
    beaten = arden("beaten", insurgents=WEAK, present=SOLID, strategies=STRATEGIES)
    left = lab.play(beaten.with_strategy("left"), DAYS)
    mended = lab.play(beaten.with_strategy("mended"), DAYS)
    spent = lab.play(beaten.with_strategy("left"), DAYS, {"relapse_rate": 0.0, "growth_rate": 0.0})
    again, healed, gone = (finite_or_none(returns(x)) for x in (left, mended, spent))
    holding: dict[str, Any] = {
        "lost": (NORTH, FAR),
        "in_north": MEN,
        "present": SOLID,
        "strategies": STRATEGIES,
    }
    taken = [incident("capture", place, "army", day) for place, day in zip((NORTH, FAR), TAKEN, strict=True)]
    out = arden("driven out", incidents=taken, **holding)
    driven, by_lot = (goes_underground(lab.play(out, TAKEN[1] + 2 * MONTH, o)) for o in (None, BLIND))
    in_place = arden("in place", **holding)
    kept = goes_underground(lab.play(in_place, TAKEN[1] + 2 * MONTH), driven=False)
    more = drawn_in(hold) - drawn_in(foment)
    longer = 100.0 * float((lasts(hold) > lasts(foment)).mean())
    shorter = 100.0 * float((lasts(hold) < lasts(foment)).mean())
    harm = {name: float(hurt(x).mean()) for name, x in (("hold", hold), ("foment", foment))}
    beat = 100.0 * float(np.isfinite(defeat(left)).mean())
    claims = [
        make_claim(
            NAME,
            "draws",
            read(batches(more), known("draws")),
            {},
            {},
            [
                f"Holding lasts longer than fomenting in {longer:.0f} % of futures and shorter in "
                f"{shorter:.0f} % "
                f"(until a tenth of the men is left, {YEARS} years at most). The government's "
                f"patron wants people "
                f"under the government: on average {harm['hold']:.0f} % are not over two years "
                f"where the insurgent "
                f"holds, {harm['foment']:.0f} % where he foments trouble.",
                f"Where he keeps one far town either way and is told to hold or to foment trouble "
                f"by an order that only leans on him (the probe until 27 November 2026), the one "
                f"who is told to hold draws air support in "
                f"{100 * drawn_in(keeps).mean():.0f} % of futures, the one who is told to foment "
                f"in {100 * drawn_in(raids).mean():.0f} %: he stands in the open and takes ground "
                f"for part of the time.",
            ],
        ),
        make_claim(
            NAME,
            "driven",
            read(batches(driven), known("driven")),
            {NOT_CHOSEN: read(batches(by_lot), known("driven"))},
            {"the same force while nobody takes its towns": read(batches(kept), known("driven"))},
            [
                f"Both towns are taken by the script, {TAKEN[0]} and {TAKEN[1]} days after the freeze; of "
                f"those who stood in the open before, have {HANDFUL} men left and hold no town again a "
                f"month later {100 * driven.mean():.0f} % hide within that month ({len(driven)} futures)."
            ],
        ),
        make_claim(
            NAME,
            "returns",
            read(batches(again), known("returns")),
            {"insurgents neither recruit nor rise again": read(batches(gone), known("returns"))},
            {},
            [
                f"{beat:.0f} % of futures see a territorial defeat ({DEFEATED} days without a "
                f"place held). Within five "
                f"years of it the insurgent is back in {100 * again.mean():.0f} %; where power is "
                f"shared from the "
                f"start in {100 * healed.mean():.0f} %."
            ],
        ),
    ]
    return make_pattern(NAME, claims), {"hold": hold, "foment": foment, "left": left, "mended": mended}


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: places held under both courses. Right: men of the insurgent after a weak start, mended or not."""
    del pattern
    for name, colour, label in (("hold", VERMILLION, "holds"), ("foment", BLUE, "foments trouble")):
        told = 100.0 * (cases[name].arrays["in_effect_air_support"] > 0.01).mean(axis=0)
        left.plot(np.arange(len(told)) / 365.0, told, color=colour, linewidth=1.6, label=label)
    left.set_ylim(0, 100)
    left.set_xlabel("years", fontsize=SMALL)
    left.legend(frameon=False, fontsize=SMALL)
    left.set_title("Air support in effect, % of futures", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
    for name, colour, label in (("left", SLATE, "nothing mended"), ("mended", BLUE, "power shared")):
        men = cases[name].arrays["strength_front"].astype(float)
        years = np.arange(men.shape[1]) / 365.0
        right.fill_between(
            years, *np.quantile(men, (0.25, 0.75), axis=0), color=colour, alpha=0.18, linewidth=0
        )
        right.plot(years, np.median(men, axis=0), color=colour, linewidth=1.6, label=label)
    right.set_xlabel("years", fontsize=SMALL)
    right.legend(frameon=False, fontsize=SMALL)
    right.set_title("Men of a weak insurgent", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
