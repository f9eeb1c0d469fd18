"""Partisan and ill-informed: what politics and ignorance do to the decisions of a power with a public."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL, VERMILLION
from patterns.arden import arden
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

NAME = "partisan"
DAYS = 730
EARLY = slice(14, 105)
LATE = slice(365, 730)
MONTH = 28
ACTS = "in_effect_air_support"
NO_POLITICS = {"politics": 0.0}
ALL_KNOWN = {"ignorance": 0.0}

known = partial(evidence_of, NAME)


def gap(played: Played) -> Floats:
    """How much more the patron's decisions are distorted early than late, points."""
    told = 100.0 * played.arrays["distortion_patron"]
    return told[:, EARLY].mean(axis=1) - told[:, LATE].mean(axis=1)


def first_action(played: Played) -> Floats:
    """Day on which air support takes effect, one beyond the last where it never does."""
    flags = played.arrays[ACTS] > 0.01
    return np.where(flags.any(axis=1), flags.argmax(axis=1), flags.shape[1]).astype(float)


def swing(played: Played) -> Floats:
    """Largest rise of support for action from the air within four weeks, points."""
    told = 100.0 * played.arrays["opinion_patron"]
    return (told[:, MONTH:] - told[:, :-MONTH]).max(axis=1)


def decay(played: Played) -> Floats:
    """Share of its largest rise that support has lost half a year later, %; nan where it hardly rose."""
    told = 100.0 * played.arrays["opinion_patron"]
    rise = told[:, MONTH:] - told[:, :-MONTH]
    top = rise[:, : -183 - MONTH].argmax(axis=1) + MONTH
    rows = np.arange(len(told))
    height = told[rows, top] - told[rows, top - MONTH]
    left = told[rows, top + 183] - told[rows, top - MONTH]
    return np.where(height >= 2.0, 100.0 * (1.0 - left / np.maximum(height, 1e-9)), np.nan)


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play Arden with and without politics at home and ignorance."""
    base = lab.play(arden(), DAYS)
    plain = lab.play(arden(), DAYS, NO_POLITICS)
    seen = lab.play(arden(), DAYS, ALL_KNOWN)
    neither = lab.play(arden(), DAYS, NO_POLITICS | ALL_KNOWN)
    when, when_plain = first_action(base), first_action(plain)
    earlier, later = when_plain < when - 3, when_plain > when + 3
    never = (when < DAYS) & (when_plain > DAYS)
    moved = np.abs(when_plain - when) > 3
    scale = np.abs(base.arrays[ACTS].max(axis=1) - plain.arrays[ACTS].max(axis=1)) > 0.1
    whole = 100.0 * base.arrays["distortion_patron"].mean(axis=1)
    part = 100.0 * base.arrays["ignorance_patron"].mean(axis=1)
    share = np.where(whole > 0.1, 100.0 * part / np.maximum(whole, 1e-9), np.nan)
    low, middle, high = np.nanquantile(share, (0.05, 0.5, 0.95))

    def rate(flags: Any) -> Reading:
        return read(batches(np.asarray(flags)), known("other_dates"))

    claims = [
        make_claim(
            NAME,
            "early",
            read(gap(base), known("early")),
            {"neither politics nor ignorance (none by definition)": read(gap(neither), known("early"))},
            {},
            [
                f"Ignorance accounts for {middle:.0f} % of the distortion (median; 5-95 %: "
                f"{low:.0f}-{high:.0f}), "
                "politics at home for the rest. Mean distortion "
                f"{whole.mean():.1f} points; informed "
                f"{100 * seen.arrays['distortion_patron'].mean():.1f}; without "
                f"politics {100 * plain.arrays['distortion_patron'].mean():.1f}; with neither "
                f"{100 * neither.arrays['distortion_patron'].mean():.1f}."
            ],
        ),
        make_claim(
            NAME,
            "other_dates",
            rate(moved | scale),
            {},
            {},
            [
                f"Without politics at home air support comes earlier in "
                f"{100 * earlier.mean():.0f} % of futures, "
                f"later in {100 * (later & ~never).mean():.0f} %, and never in "
                f"{100 * never.mean():.0f} % in which "
                "politics brought it about."
            ],
        ),
        make_claim(NAME, "swing", read(swing(base), known("swing")), {}, {}),
        make_claim(NAME, "fades", read(finite(decay(base)), known("fades")), {}, {}),
    ]
    return make_pattern(NAME, claims), {"base": base, "neither": neither}


def finite(values: Floats) -> Floats:
    """Return the numbers that are there, or one that is not."""
    there = values[np.isfinite(values)]
    return there if len(there) else np.array([np.nan])


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: distortion over time. Right: support for action in twenty futures, and the median."""
    del pattern
    for name, colour, label in (("base", BLUE, "as it is"), ("neither", SLATE, "informed, without politics")):
        told = 100.0 * cases[name].arrays["distortion_patron"]
        days = np.arange(told.shape[1])
        left.fill_between(
            days, *np.quantile(told, (0.25, 0.75), axis=0), color=colour, alpha=0.2, linewidth=0
        )
        left.plot(days, told.mean(axis=0), color=colour, linewidth=1.6, label=label)
    left.set_xlabel("days", fontsize=SMALL)
    left.legend(frameon=False, fontsize=SMALL)
    left.set_title(
        "Distortion of the patron's decisions, % of what was at stake",
        fontsize=SMALL + 2,
        loc="left",
        color=LIGHT.ink,
    )
    told = 100.0 * cases["base"].arrays["opinion_patron"]
    for row in told[:20]:
        right.plot(row, color=VERMILLION, linewidth=0.6, alpha=0.4)
    right.plot(np.median(told, axis=0), color=LIGHT.ink, linewidth=1.6)
    right.set_xlabel("days", fontsize=SMALL)
    right.set_ylim(0, 100)
    right.set_title("Support for action from the air, %", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
