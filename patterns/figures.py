"""The figure of each pattern, in the house style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from afternext.brief.style import DPI, LIGHT, SMALL, SUBTITLE, TEXT, TITLE, house
from patterns import flight_regimes, half_a_million, return_regimes
from patterns.harness import Claim, Floats, Pattern, Played, share

SIZE = (9.6, 4.6)  # inches
BANDS = ((0.05, 0.95, 0.16), (0.25, 0.75, 0.30))
TARGET = "#e69f00"
OURS = LIGHT.band
OTHERS = ("#0072b2", "#d55e00", "#4d5561")
COUNTED = {"shown": "shown", "shown in part": "in part", "not shown": "not shown"}

Cases = Mapping[str, Played]


def bare(axes: Axes) -> None:
    """Take the frame away and draw a faint grid behind."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=SMALL)
    axes.set_axisbelow(True)


def fan(axes: Axes, days: Floats, values: Floats, colour: str, label: str = "") -> None:
    """Draw 90 % and 50 % bands and the median of all futures over time."""
    for low, high, tone in BANDS:
        bounds = np.quantile(values, (low, high), axis=0)
        axes.fill_between(days, *bounds, color=colour, alpha=tone, linewidth=0)
    axes.plot(days, np.median(values, axis=0), color=colour, linewidth=1.6, label=label)


def ranges(axes: Axes, rows: Sequence[tuple[str, Floats, Claim]], floor: float | None) -> None:
    """Draw one line a reading: evidence range, target, 5-95 % and 25-75 % of futures, median; log scale with a floor."""
    for k, (_, raw, claim) in enumerate(rows):
        values = raw[np.isfinite(raw)]
        if floor is not None:
            values = np.maximum(values, floor)
        y = len(rows) - 1 - k
        for band, height, tone in ((claim.evidence, 0.62, 0.20), (claim.target, 0.62, 0.45)):
            low = band.low if floor is None else max(band.low, floor)
            axes.barh(y, band.high - low, left=low, height=height, color=TARGET, alpha=tone, linewidth=0)
        points = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
        axes.plot(points[[0, 4]], [y, y], color=OURS, linewidth=1.6)
        axes.plot(points[[1, 3]], [y, y], color=OURS, linewidth=4.5)
        axes.plot(points[2], y, "o", color=LIGHT.paper, markeredgecolor=OURS, markersize=6, markeredgewidth=1.6)
    axes.set_yticks(range(len(rows)), [label for label, _, _ in rows][::-1])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    if floor is not None:
        axes.set_xscale("log")
    axes.grid(axis="x", color=LIGHT.grid, linewidth=0.6)
    bare(axes)
    axes.tick_params(axis="y", labelcolor=LIGHT.ink, labelsize=TEXT)


def flight(axes: tuple[Axes, Axes], pattern: Pattern, cases: Cases) -> None:
    left, right = axes
    days = np.arange(154)
    away = 100.0 * cases["steady"].arrays["displaced"][:, :154] / flight_regimes.PROVINCE
    fan(left, days, away, OURS)
    for day, known in flight_regimes.ANBAR.items():
        left.plot(day, known, "o", color=TARGET, markersize=7, markeredgecolor=LIGHT.ink, markeredgewidth=0.8)
        left.annotate(f"{known:.0f} %", (day, known), (6, 5), textcoords="offset points", fontsize=SMALL)
    left.set_xlabel("days of steady fighting in two cities", fontsize=SMALL)
    left.set_title("Away from home, % of the province", fontsize=TEXT, loc="left", color=LIGHT.ink)
    steady, marked, near = (claim_of(pattern, text) for text in ("Steady", "A community", "... and"))
    announced, stay = (claim_of(pattern, text) for text in ("An announced", "A co-ethnic"))
    del announced, stay
    rows = [
        ("force that marks\nthem takes the town", marked.base.values, marked),
        ("... or comes near", near.base.values, near),
        ("steady fighting", steady.base.values, steady),
    ]
    ranges(right, rows, 0.02)
    right.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    right.set_title("Leaving, % a day (log scale)", fontsize=TEXT, loc="left", color=LIGHT.ink)


def million(axes: tuple[Axes, Axes], pattern: Pattern, cases: Cases) -> None:
    left, right = axes
    days = np.arange(36)
    fan(left, days, cases["falls"].gone(*half_a_million.CITY)[:, :36] / 1000.0, OURS, "the city falls")
    firm = cases["firm"].gone(*half_a_million.CITY)[:, :36] / 1000.0
    fan(left, days, firm, OTHERS[2], "strong garrison, far news")
    for day, label in ((half_a_million.SHOTS, "first shots"), (half_a_million.FALL, "fall")):
        left.axvline(day, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (3, 3)))
        left.annotate(label, (day, 1.0), (3, -8), xycoords=("data", "axes fraction"), textcoords="offset points",
                      fontsize=SMALL, color=LIGHT.muted, rotation=90, va="top")  # fmt: skip
    left.axhspan(150, 600, xmin=0.0, xmax=0.03, color=TARGET, alpha=0.6, linewidth=0)
    left.set_xlabel("days", fontsize=SMALL)
    left.set_title("People of the city away from home, thousand", fontsize=TEXT, loc="left", color=LIGHT.ink)
    left.legend(frameon=False, fontsize=SMALL, loc="upper right")
    names = ("left in a week,\n% of 1.5 million", "left before the fall", "left before a shot\nfell on their bank",
             "stay within 100 km", "caught between lines", "back after the fall", "back after a raid")  # fmt: skip
    rows = []
    for name, claim in zip(names, pattern.claims, strict=True):
        if claim.unit == "thousand":
            claim = scaled(claim, 1.0 / 15.0)
        rows.append((name, np.maximum(claim.base.values, -20.0), claim))
    ranges(right, rows, None)
    right.set_xlim(-22, 100)
    right.set_title("Readings, %", fontsize=TEXT, loc="left", color=LIGHT.ink)


def homeward(axes: tuple[Axes, Axes], pattern: Pattern, cases: Cases) -> None:
    left, right = axes
    names = {"safe": "safe and standing", "ruined": "taken back in ruins", "held": "held by the other community"}
    for (case, label), colour in zip(names.items(), OTHERS, strict=True):
        start = return_regimes.BATTLE + return_regimes.SETTLING if case == "ruined" else 0
        away = cases[case].arrays["displaced"][:, start : start + 337].astype(float)
        fan(left, np.arange(away.shape[1]), share(away, np.repeat(away[:, :1], away.shape[1], 1)), colour, label)
    left.set_ylim(0, 105)
    left.set_xlabel("days from when home is free to return to, or from the freeze", fontsize=SMALL)
    left.set_title("Still away, % of those displaced then", fontsize=TEXT, loc="left", color=LIGHT.ink)
    left.legend(frameon=False, fontsize=SMALL, loc="center right", bbox_to_anchor=(1.0, 0.72))
    rows = [(label, claim.base.values, claim) for label, claim in zip(names.values(), pattern.claims, strict=False)]
    ranges(right, rows, 3e-4)
    right.set_xticks([1e-3, 1e-2, 1e-1, 1], ["0.001", "0.01", "0.1", "1"])
    right.set_title("Return, share a month (log scale)", fontsize=TEXT, loc="left", color=LIGHT.ink)


def claim_of(pattern: Pattern, start: str) -> Claim:
    """Return the claim whose title starts so."""
    return next(claim for claim in pattern.claims if claim.title.startswith(start))


DRAWN: Mapping[str, Callable[[tuple[Axes, Axes], Pattern, Cases], None]] = {
    "flight_regimes": flight,
    "half_a_million": million,
    "return_regimes": homeward,
}
