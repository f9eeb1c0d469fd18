"""Strange bedfellows: two powers hostile by history look away or cooperate while a common enemy is near."""

from __future__ import annotations

from collections.abc import Mapping
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
YEAR = 365
YEARS = 4
MONTH = 30.4375
MANY = {"lognormal": [12000, 0.4], "within": [6000, 30000]}  # enough to threaten the capital

known = partial(evidence_of, NAME)


def together(played: Played) -> Flags:
    """Days on which the two at least look away, (future, day)."""
    flags: Flags = played.arrays[PAIR] >= AWAY
    return flags


def threatened(played: Played) -> Flags:
    """Futures in which the safety of the capital stays below one half for a month of the first half year."""
    low = played.arrays["centre"][:, : WITHIN + 1] < 0.5
    run = np.zeros(len(low))
    most = np.zeros(len(low))
    for day in range(low.shape[1]):
        run = np.where(low[:, day], run + 1, 0)
        most = np.maximum(most, run)
    flags: Flags = most >= 28
    return flags


def happens(played: Played, where: Flags | None = None) -> Reading:
    """Read how often they come together within a year, %, in batches of the futures asked about."""
    flags = together(played)[:, : YEAR + 1].any(axis=1)
    return read(batches(flags if where is None else flags[where]), known("happens"))


def first_day(played: Played) -> Floats:
    """Day on which they first come together, nan where they never do."""
    flags = together(played)
    return np.where(flags.any(axis=1), flags.argmax(axis=1), np.nan).astype(float)


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
    rate = {name: float(happens(x).values.mean()) for name, x in (("free", free), ("dear", dear))}
    near = threatened(base)
    begun = first_day(base)
    ended = spells(base)
    never = float((~together(base).any(axis=1)).mean())
    claims = [
        make_claim(
            NAME,
            "happens",
            happens(base, near),
            {"a common threat draws nobody together (threat_pull = 0)": happens(blind, threatened(blind))},
            {"a quiet north and a solid army": happens(quiet)},
            [
                f"The capital is in danger for a month of the first half year in {100 * near.mean():.0f} % "
                "of futures; only they are read. In the others "
                f"{happens(base, ~near).values.mean():.0f} % come together within a year.",
                f"In {100 * never:.0f} % of futures they never come together in {YEARS} years. Where open "
                f"cooperation costs nothing at home it is {rate['free']:.0f} % within half a "
                f"year, at the highest "
                f"price {rate['dear']:.0f} %. Without a common threat: {happens(quiet).values.mean():.0f} %.",
            ],
        ),
        make_claim(
            NAME,
            "lag",
            read(begun[np.isfinite(begun)] if np.isfinite(begun).any() else np.array([np.nan]), known("lag")),
            {},
            {},
        ),
        make_claim(NAME, "parts", read(ended, known("parts")), {}, {}),
        make_claim(
            NAME,
            "price",
            read(
                batches(together(free)[:, : YEAR + 1].any(axis=1))
                - batches(together(dear)[:, : YEAR + 1].any(axis=1)),
                known("price"),
            ),
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
