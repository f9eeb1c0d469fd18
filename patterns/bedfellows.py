"""Strange bedfellows: two powers hostile by history look away or cooperate while a common enemy is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.style import BLUE, LIGHT, SLATE, SMALL, VERMILLION
from patterns.arden import QUIET, SOLID, arden
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

NAME = "bedfellows"
PAIR = "alignment_patron_rival"
AWAY = -0.2  # from here two powers at least look away
WITHIN = 183
DANGER = 0.5  # safety of the capital below which it is in danger
DANGER_DAYS = 28  # days of danger that make an alarm
YEARS = 4
MONTH = 30.4375
MANY = {"lognormal": [12000, 0.4], "within": [6000, 30000]}  # enough to threaten the capital

known = partial(evidence_of, NAME)


def together(played: Played) -> Flags:
    """Days on which the two at least look away, (future, day)."""
    flags: Flags = played.arrays[PAIR] >= AWAY
    return flags


def alarm(played: Played) -> Floats:
    """Day on which a month of danger to the capital begins in the first half year, else nan."""
    low = (played.arrays["centre"] < DANGER).astype(np.int64)
    ahead = np.cumsum(np.pad(low, ((0, 0), (1, 0))), axis=1)
    whole = ahead[:, DANGER_DAYS : WITHIN + 1 + DANGER_DAYS] - ahead[:, : WITHIN + 1] == DANGER_DAYS
    return np.where(whole.any(axis=1), whole.argmax(axis=1), np.nan).astype(float)


def within(played: Played, start: Floats) -> Flags:
    """Futures in which they come together within half a year of a day."""
    flags = together(played)
    rows = [bool(row[int(day) : int(day) + WITHIN + 1].any()) for row, day in zip(flags, start, strict=True)]
    return np.array(rows, dtype=bool)


def happens(played: Played) -> Reading:
    """Read how often they come together within half a year of the alarm, %, in batches."""
    start = alarm(played)
    there = np.isfinite(start)
    if not there.any():
        return read(np.zeros(1), known("happens"))
    return read(batches(within(chosen(played, there), start[there])), known("happens"))


def chosen(played: Played, which: Flags) -> Played:
    """Return some of the futures of a case."""
    return replace(played, arrays={name: values[which] for name, values in played.arrays.items()})


def unalarmed(played: Played) -> Reading:
    """Read how often they come together in the first half year in futures without an alarm, %."""
    there = np.isnan(alarm(played))
    if not there.any():
        return read(np.array([np.nan]), known("happens"))
    return read(batches(within(chosen(played, there), np.zeros(int(there.sum())))), known("happens"))


def lag(played: Played) -> Floats:
    """Days from the alarm until they come together, where they do."""
    start = alarm(played)
    out = []
    for row, day in zip(together(played), start, strict=True):
        if np.isfinite(day) and not row[: int(day)].any() and row[int(day) :].any():
            out.append(float(row[int(day) :].argmax()))
    return np.array(out) if out else np.array([np.nan])


def spells(played: Played) -> Floats:
    """Months of every spell of being together that ended."""
    out: list[float] = []
    for row in together(played):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
        starts, ends = edges[::2], edges[1::2]
        out += [(e - s) / MONTH for s, e in zip(starts, ends, strict=True) if e < len(row)]
    return np.array(out) if out else np.array([np.nan])


def measure(lab: Lab) -> tuple[Pattern, dict[str, Any]]:
    """Play Arden under threat, without one, and with other prices at home."""
    days = 365 * YEARS
    base = lab.play(arden("arden", insurgents=MANY), days)
    blind = lab.play(arden("arden", insurgents=MANY), days, {"threat_pull": 0.0})
    quiet = lab.play(arden("quiet", insurgents=QUIET, present=SOLID), days)
    free = lab.play(arden("free", insurgents=MANY, price=0.0), days)
    dear = lab.play(arden("dear", insurgents=MANY, price=1.0), days)
    early = {
        name: batches(within(x, np.zeros(len(together(x))))) for name, x in (("free", free), ("dear", dear))
    }
    alarms = 100.0 * float(np.isfinite(alarm(base)).mean())
    never = 100.0 * float((~together(base).any(axis=1)).mean())
    without, calm = (float(unalarmed(x).values.mean()) for x in (base, quiet))
    claims = [
        make_claim(
            NAME,
            "happens",
            happens(base),
            {"a common threat draws nobody together (threat_pull = 0)": happens(blind)},
            {"a quiet north and a solid army, no alarm": unalarmed(quiet)},
            [
                "The capital is in danger for a month that begins in the first half year in "
                f"{alarms:.0f} % of futures; only they are read. In the others {without:.0f} % come "
                f"together in the first half year, without a common threat {calm:.0f} %. In {never:.0f} % of "
                f"all they never do in {YEARS} years. Where open cooperation costs nothing at home "
                f"{early['free'].mean():.0f} % do in the first half year, at the highest price "
                f"{early['dear'].mean():.0f} %.",
            ],
        ),
        make_claim(NAME, "lag", read(lag(base), known("lag")), {}, {}),
        make_claim(NAME, "parts", read(spells(base), known("parts")), {}, {}),
        make_claim(
            NAME,
            "price",
            read(early["free"] - early["dear"], known("price")),
            {},
            {},
        ),
    ]
    return make_pattern(NAME, claims), {"base": base, "quiet": quiet}


def draw(left: Axes, right: Axes, pattern: Pattern, cases: Mapping[str, Any]) -> None:
    """Left: how the two behave to each other over time. Right: how often they are together."""
    del pattern
    for name, colour, label in (
        ("base", BLUE, "the capital is threatened"),
        ("quiet", SLATE, "no common threat"),
    ):
        told = cases[name].arrays[PAIR] + 1.0
        days = np.arange(told.shape[1])
        left.fill_between(
            days, *np.quantile(told, (0.05, 0.95), axis=0), color=colour, alpha=0.16, linewidth=0
        )
        left.plot(days, np.median(told, axis=0), color=colour, linewidth=1.6, label=label)
        right.plot(
            days,
            100.0 * together(cases[name]).mean(axis=0),
            color=VERMILLION if name == "base" else SLATE,
            linewidth=1.6,
        )
    left.axhline(1.0 + AWAY, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (3, 3)))
    left.set_yticks([0.0, 1.0 + AWAY, 1.2, 2.0], ["hostile", "look\naway", "tacit", "allied"], fontsize=SMALL)
    left.set_ylim(0.0, 2.0)
    left.set_xlabel("days", fontsize=SMALL)
    left.legend(frameon=False, fontsize=SMALL, loc="upper right")
    left.set_title("Patron and rival", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
    right.set_xlabel("days", fontsize=SMALL)
    right.set_ylim(0, 100)
    right.set_title("At least look away, % of futures", fontsize=SMALL + 2, loc="left", color=LIGHT.ink)
