"""The figure of each pattern, in the house style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from afternext.brief.style import (
    BLUE,
    DPI,
    LIGHT,
    ORANGE,
    SLATE,
    SMALL,
    SUBTITLE,
    TEXT,
    TITLE,
    VERMILLION,
    house,
)
from patterns import (
    base_rates,
    bedfellows,
    counterweight,
    flight_regimes,
    fracture,
    half_a_million,
    moral_hazard,
    one_in_fifty,
    partisan,
    relapse,
    return_regimes,
    rout,
    too_late,
    well_after,
)
from patterns.harness import VERDICTS, Band, Claim, Floats, Pattern, Played, share

SIZE = (9.6, 4.8)  # inches
BANDS = ((0.05, 0.95, 0.16), (0.25, 0.75, 0.30))
TARGET = ORANGE
OURS = LIGHT.band
REGIMES = (BLUE, VERMILLION, SLATE)
NONE = 3e-4  # a month; stands for no return on a log scale

Cases = Mapping[str, Played]


def bare(axes: Axes) -> None:
    """Take the frame away and draw a faint grid behind."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(which="both", length=0, labelsize=SMALL)
    axes.set_axisbelow(True)


def head(axes: Axes, text: str, raised: bool = False) -> None:
    """Write what a panel shows above it; raised where a legend lies between."""
    axes.set_title(text, fontsize=TEXT, loc="left", color=LIGHT.ink, pad=20.0 if raised else 7.0)


def fan(axes: Axes, days: Floats, values: Floats, colour: str, label: str = "") -> None:
    """Draw 90 % and 50 % bands and the median of all futures over time."""
    for low, high, tone in BANDS:
        bounds = np.quantile(values, (low, high), axis=0)
        axes.fill_between(days, *bounds, color=colour, alpha=tone, linewidth=0)
    axes.plot(days, np.median(values, axis=0), color=colour, linewidth=1.6, label=label)


@dataclass(frozen=True)
class Row:
    """One line of readings: all futures against what is known."""

    label: str
    values: Floats
    target: Band
    evidence: Band


def row(label: str, claim: Claim, change: Callable[[Floats], Floats] = lambda x: x) -> Row:
    """Return the row of a claim, its numbers changed to another unit."""

    def both(band: Band) -> Band:
        ends = np.sort(change(np.array([band.low, band.high])))
        return Band(float(ends[0]), float(ends[1]))

    return Row(label, change(claim.base.values), both(claim.target), both(claim.evidence))


def ranges(axes: Axes, rows: Sequence[Row], low: float, high: float, log: bool) -> None:
    """Draw evidence range, target, and 5-95 %, 25-75 % and median of futures, cut at the ends of the axis."""
    for k, item in enumerate(rows):
        values = np.clip(item.values[np.isfinite(item.values)], low, high)
        y = len(rows) - 1 - k
        for band, tone in ((item.evidence, 0.22), (item.target, 0.45)):
            start, end = np.clip((band.low, band.high), low, high)
            axes.barh(y, end - start, left=start, height=0.62, color=TARGET, alpha=tone, linewidth=0)
        points = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
        axes.plot(points[[0, 4]], [y, y], color=OURS, linewidth=1.6)
        axes.plot(points[[1, 3]], [y, y], color=OURS, linewidth=4.5)
        axes.plot(
            points[2], y, "o", color=LIGHT.paper, markeredgecolor=OURS, markersize=6, markeredgewidth=1.6
        )
    axes.set_yticks(range(len(rows)), [item.label for item in rows][::-1])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xscale("log" if log else "linear")
    axes.set_xlim(low, high)
    axes.grid(axis="x", color=LIGHT.grid, linewidth=0.6)
    bare(axes)
    axes.tick_params(axis="y", labelcolor=LIGHT.ink, labelsize=TEXT)


def per_day(days: int, staying: bool = False) -> Callable[[Floats], Floats]:
    """Return the change from a share gone (or staying) after some days to a mean daily rate, %."""

    def change(values: Floats) -> Floats:
        stay = values if staying else 100.0 - values
        return 100.0 * (1.0 - np.clip(stay / 100.0, 1e-9, 1.0) ** (1.0 / days))

    return change


def flight(left: Axes, right: Axes, pattern: Pattern, cases: Cases) -> None:
    """Draw Anbar's curve and the regimes as daily rates."""
    days = np.arange(flight_regimes.LONG + 1)
    away = 100.0 * cases["steady"].arrays["displaced"] / flight_regimes.PROVINCE
    fan(left, days, away, OURS)
    for day, there in flight_regimes.ANBAR.items():
        left.plot(day, there, "o", mfc=TARGET, mec=LIGHT.ink, ms=7, mew=0.8)
        left.annotate(f"{there:.0f}", (day, there), (5, 6), textcoords="offset points", fontsize=SMALL)
    left.set_xlabel("days of steady fighting in two cities", fontsize=SMALL)
    head(left, "Away from home, % of the province")
    rows = [
        row("marked by a force\nthat takes the town", pattern.claim("marked")),
        row("... that comes near", pattern.claim("marked_near")),
        row("assault announced", pattern.claim("announced"), per_day(flight_regimes.WARNING)),
        row("steady fighting", pattern.claim("steady")),
        row("co-ethnic takeover", pattern.claim("stay"), per_day(flight_regimes.EIGHT_MONTHS, staying=True)),
    ]
    ranges(right, rows, 0.01, 100.0, True)
    right.set_xticks([0.01, 0.1, 1, 10, 100], ["none", "0.1", "1", "10", "100"])
    head(right, "Leaving, % a day (log scale)")


def million(left: Axes, right: Axes, pattern: Pattern, cases: Cases) -> None:
    """Draw the city's displaced over time, and all readings."""
    days = np.arange(36)
    labels = {"falls": ("the city falls", OURS), "firm": ("strong garrison, far news", SLATE)}
    for case, (label, colour) in labels.items():
        fan(left, days, cases[case].gone(*half_a_million.CITY)[:, :36] / 1000.0, colour, label)
    for day, label in ((half_a_million.SHOTS, "first shots"), (half_a_million.FALL, "fall")):
        left.axvline(day, color=LIGHT.muted, linewidth=0.7, linestyle=(0, (3, 3)))
        left.annotate(
            label,
            (day, 1.0),
            (3, -4),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=SMALL,
            color=LIGHT.muted,
            rotation=90,
            va="top",
        )
    week = half_a_million.WEEK_ON
    target = pattern.claim("shed").target
    left.plot([week, week], [target.low, target.high], color=TARGET, linewidth=5, alpha=0.8)
    left.set_xlabel("days", fontsize=SMALL)
    left.legend(frameon=False, fontsize=SMALL, loc="lower right", bbox_to_anchor=(1.0, 0.04))
    head(left, "People of the city away from home, thousand")
    rows = [
        row(
            "left within a week,\n% of 1.5 million", pattern.claim("shed"), lambda thousands: thousands / 15.0
        ),
        row("before the fall,\n% of those who left", pattern.claim("before_fall")),
        row("before a shot fell\non their bank, %", pattern.claim("ahead")),
        row("stay within 100 km, %", pattern.claim("reach")),
        row("caught between\nthe lines, %", pattern.claim("caught")),
        row("back in three weeks\nafter the fall, %", pattern.claim("back")),
        row("... after a raid, %", pattern.claim("back_raid")),
    ]
    ranges(right, rows, -20.0, 100.0, False)
    head(right, "Readings")


def homeward(left: Axes, right: Axes, pattern: Pattern, cases: Cases) -> None:
    """Draw who has not come back in the three regimes, and monthly return."""
    names = {
        "safe": "safe and standing",
        "ruined": "taken back in ruins",
        "held": "held by the other\ncommunity",
    }
    for (case, label), colour in zip(names.items(), REGIMES, strict=True):
        start = return_regimes.BATTLE + return_regimes.SETTLING if case == "ruined" else 0
        arrays = cases[case].arrays
        back = (arrays["returned"] - arrays["returned"][:, start : start + 1])[:, start : start + 337]
        there = np.repeat(arrays["displaced"][:, start : start + 1], back.shape[1], axis=1)
        fan(left, np.arange(back.shape[1]), 100.0 - share(back, there), colour, label.replace("\n", " "))
    left.set_ylim(0, 102)
    left.set_xlabel("days from the freeze; in ruins, from six weeks after the battle", fontsize=SMALL)
    left.legend(frameon=False, fontsize=SMALL, loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncols=3)
    head(left, "Not back yet, % of those displaced at the start", raised=True)
    rows = [row(label, pattern.claim(case)) for case, label in names.items()]
    ranges(right, rows, NONE, 10.0, True)
    right.set_xticks([NONE, 1e-3, 1e-2, 1e-1, 1, 10], ["none", "0.001", "0.01", "0.1", "1", "10"])
    head(right, "Return, share a month (log scale)", raised=True)


DRAWN: Mapping[str, Callable[[Axes, Axes, Pattern, Cases], None]] = {
    "flight_regimes": flight,
    "half_a_million": million,
    "return_regimes": homeward,
    "rout": rout.draw,
    "one_in_fifty": one_in_fifty.draw,
    "counterweight": counterweight.draw,
    "well_after": well_after.draw,
    "too_late": too_late.draw,
    "moral_hazard": moral_hazard.draw,
    "bedfellows": bedfellows.draw,
    "partisan": partisan.draw,
    "fracture": fracture.draw,
    "base_rates": base_rates.draw,
    "relapse": relapse.draw,
}
KEY = "Blue: 5-95 %, 25-75 % and median of futures. Orange: what is known (dark), its 90 % belief (light)."
KEYS = {
    "one_in_fifty": "Bars: 5-95 % of futures. Dots: median. Band: the record. Line: one man in twelve.",
    "counterweight": "Left: 5-95 % of futures and the median. Right: 5-95 %, 25-75 % and the median.",
}  # of figures with marks of their own


def draw(pattern: Pattern, cases: Cases, folder: Path) -> Path:
    """Draw a pattern's figure into ``folder`` and return its path."""
    with house(LIGHT):
        figure = Figure(figsize=SIZE)
        counts = ", ".join(
            f"{sum(claim.verdict == verdict for claim in pattern.claims)} {verdict}"
            for verdict in VERDICTS
            if any(claim.verdict == verdict for claim in pattern.claims)
        )
        figure.text(0.015, 0.975, pattern.title, size=TITLE, weight=600, va="top", color=LIGHT.ink)
        figure.text(
            0.015,
            0.905,
            f"{len(pattern.claims)} claims: {counts}",
            size=SUBTITLE,
            va="top",
            color=LIGHT.muted,
        )
        figure.text(0.015, 0.02, KEYS.get(pattern.name, KEY), size=SMALL, va="bottom", color=LIGHT.muted)
        left = figure.add_axes((0.055, 0.16, 0.40, 0.61))
        right = figure.add_axes((0.635, 0.16, 0.345, 0.61))
        bare(left)
        bare(right)
        DRAWN[pattern.name](left, right, pattern, cases)
        left.grid(axis="y", color=LIGHT.grid, linewidth=0.6)
        left.margins(x=0)
        if left.get_autoscaley_on():  # a pattern that sets its own range keeps it
            left.set_ylim(bottom=0)
        bare(left)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{pattern.name}.png"
        figure.savefig(path, dpi=DPI["wide"], metadata={"Software": None})
    return path
