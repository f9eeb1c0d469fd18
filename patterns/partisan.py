"""Partisan and ill-informed: what politics and ignorance do to the decisions of a power with a public."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL, VERMILLION
from patterns.arden import arden
from patterns.bedfellows import DANGER
from patterns.harness import (
    Flags,
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
YEAR = 365
EARLY = slice(0, 91)  # days from the beginning of a crisis
LATE = slice(274, 365)
MONTH = 28
HALF_YEAR = 183
SALIENT = 0.1  # share of the public whose attention a shock must catch on a day to count as salient
ROSE = 2.0  # points of support under which nothing is said about how a jump fades
ACTS = "in_effect_air_support"
NO_POLITICS = {"politics": 0.0}
ALL_KNOWN = {"ignorance": 0.0}
UNMOVED = {"shock_gain": 0.0}
UNWATCHED = {"watch_gain": 0.0}
LASTING = {"rally_half_life": 3650.0}

known = partial(evidence_of, NAME)


def danger(played: Played) -> Floats:
    """Day on which the capital first is in danger, nan where that is not within the first year."""
    low = played.arrays["centre"][:, : DAYS - YEAR] < DANGER
    return np.where(low.any(axis=1), low.argmax(axis=1), np.nan).astype(float)


def gap(played: Played, start: Floats | None = None) -> Floats:
    """How much more decisions are distorted early in a crisis than late in its first year, points.

    start : day on which it begins; nan where none does. If none is given, the capital's danger
    """
    told = 100.0 * played.arrays["distortion_patron"]
    days = danger(played) if start is None else start
    out = np.full(len(told), np.nan)
    for k in np.flatnonzero(np.isfinite(days)):
        row = told[k, int(days[k]) :]
        out[k] = row[EARLY].mean() - row[LATE].mean()
    return out


def levels(played: Played, measure: str = "distortion") -> tuple[float, float]:
    """Mean distortion, or the part of it that is ignorance, early and late in a crisis, points."""
    told = 100.0 * played.arrays[f"{measure}_patron"]
    days = danger(played)
    rows = [told[k, int(days[k]) :] for k in np.flatnonzero(np.isfinite(days))]
    if not rows:
        return np.nan, np.nan
    return float(np.mean([r[EARLY].mean() for r in rows])), float(np.mean([r[LATE].mean() for r in rows]))


def first_action(played: Played) -> Floats:
    """Day on which air support takes effect, one beyond the last where it never does."""
    flags = played.arrays[ACTS] > 0.01
    return np.where(flags.any(axis=1), flags.argmax(axis=1), flags.shape[1]).astype(float)


def shocks(played: Played) -> Flags:
    """Days on which something caught the attention of the patron's public, (future, day)."""
    told = played.arrays["salience_patron"]
    return np.diff(told, axis=1, prepend=told[:, :1]) >= SALIENT


def jumps(played: Played) -> Floats:
    """Rise of support for action from the air in four weeks from each shock on, points; else nan."""
    told = 100.0 * played.arrays["opinion_patron"]
    out = np.full(told.shape, np.nan)
    last = told.shape[1] - MONTH
    out[:, 1 : last + 1] = told[:, MONTH:] - told[:, :last]
    return np.where(shocks(played), out, np.nan)


def swing(played: Played) -> Floats:
    """Largest jump of support after a shock, points; 0 where nothing shocked the public."""
    return np.nan_to_num(jumps(played), nan=0.0).max(axis=1)


def decay(played: Played) -> Floats:
    """Share of the largest jump that is gone half a year later, %; nan where support hardly rose."""
    told = 100.0 * played.arrays["opinion_patron"]
    rise = np.nan_to_num(jumps(played), nan=0.0)[:, :-HALF_YEAR]
    day = rise.argmax(axis=1)  # of the shock: its jump runs from the day before, over four weeks
    rows = np.arange(len(told))
    height = rise[rows, day]
    left = told[rows, np.minimum(day - 1 + MONTH + HALF_YEAR, told.shape[1] - 1)] - told[rows, day - 1]
    gone = 100.0 * (1.0 - left / np.maximum(height, 1e-9))
    return np.where(height >= ROSE, np.minimum(gone, 100.0), np.nan)  # gone is gone: no more of it can go


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play Arden with and without politics at home and ignorance."""
    base = lab.play(arden(), DAYS)
    plain = lab.play(arden(), DAYS, NO_POLITICS)
    seen = lab.play(arden(), DAYS, ALL_KNOWN)
    neither = lab.play(arden(), DAYS, NO_POLITICS | ALL_KNOWN)
    unmoved = lab.play(arden(), DAYS, UNMOVED)
    lasting = lab.play(arden(), DAYS, LASTING)
    unwatched = lab.play(arden(), DAYS, UNWATCHED)
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
            read(finite(gap(base)), known("early")),
            {
                "neither politics nor ignorance (none by definition)": read(
                    finite(gap(neither)), known("early")
                )
            },
            {},
            [
                f"Early: the first three months from the day on which the safety of the capital falls below "
                f"{DANGER:g}, late: the last three of the year that follows. Only futures in which that day "
                f"comes within a year are read ({100 * np.isfinite(danger(base)).mean():.0f} %): before it "
                f"there is little to decide. Mean {levels(base)[0]:.1f} points early, {levels(base)[1]:.1f} "
                "late. Window and threshold were chosen in view of runs; the next claim is the plain "
                "reading.",
                f"The part of it that is ignorance: {levels(base, 'ignorance')[0]:.1f} points early, "
                f"{levels(base, 'ignorance')[1]:.1f} late. It falls as pictures catch up with the situation "
                "and as less is at stake, not for better collection: where nobody builds that up on a threat "
                f"(watch_gain = 0) the fall is {np.nanmedian(gap(unwatched)):.1f} points (median), as it is "
                f"{np.nanmedian(gap(base)):.1f}.",
                f"Ignorance accounts for {middle:.0f} % of the distortion (median; 5-95 %: "
                f"{low:.0f}-{high:.0f}), "
                "politics at home for the rest. Mean distortion "
                f"{whole.mean():.1f} points; informed "
                f"{100 * seen.arrays['distortion_patron'].mean():.1f}; without "
                f"politics {100 * plain.arrays['distortion_patron'].mean():.1f}; with neither "
                f"{100 * neither.arrays['distortion_patron'].mean():.1f}.",
            ],
        ),
        make_claim(
            NAME,
            "early_calendar",
            read(gap(base, np.zeros(len(whole))), known("early_calendar")),
            {
                "neither politics nor ignorance (none by definition)": read(
                    gap(neither, np.zeros(len(whole))), known("early_calendar")
                )
            },
            {},
            ["The first three months after the freeze against the last three of the first year."],
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
        make_claim(
            NAME,
            "swing",
            read(swing(base), known("swing")),
            {"shocks move no support (shock_gain = 0)": read(swing(unmoved), known("swing"))},
            {},
            [
                f"A shock is a day on which the attention of at least {100 * SALIENT:.0f} % is caught: "
                f"{100 * shocks(base).any(axis=1).mean():.0f} % of futures have one, a median of "
                f"{np.median(shocks(base).sum(axis=1)):.0f} in two years."
            ],
        ),
        make_claim(
            NAME,
            "fades",
            read(finite(decay(base)), known("fades")),
            {
                "what a shock moves stays for years (rally_half_life = 3650)": read(
                    finite(decay(lasting)), known("fades")
                )
            },
            {},
            [
                f"Read where the largest jump is of {ROSE:.0f} points or more: in "
                f"{100 * np.isfinite(decay(base)).mean():.0f} % of futures."
            ],
        ),
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
