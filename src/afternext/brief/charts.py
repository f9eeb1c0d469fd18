"""Fan charts: how a measure runs through time in all futures, as bands around the median."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from afternext.brief.access import (
    BANDS,
    Floats,
    Ints,
    RunLike,
    date_at,
    days_along,
    foot_lines,
    has,
    horizons,
    median_of,
    played,
)
from afternext.brief.findings import fan_finding, fan_subtitle, label_of, page_finding
from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import LIGHT, SMALL, TEXT, Size, Theme, house, text_width
from afternext.brief.timeline import NEAR_SHARE, Timeline
from afternext.brief.words import short_number

TONES = (0.16, 0.22, 0.30)  # opacity of the 95, 80 and 50 % bands; they lie on each other
KEY_MEASURES = ("displaced", "newly_displaced", "returned", "refugees_abroad", "on_the_move", "trapped")
Observed = Mapping[date, float] | pd.Series | Sequence[tuple[date, float]]


@dataclass(frozen=True)
class Fan:
    """A measure over time: bands and median; NaN where the run has too few futures for a band."""

    name: str
    days: Ints
    median: Floats
    bands: tuple[tuple[float, Floats, Floats], ...]

    @property
    def top(self) -> float:
        highs = [float(np.nanmax(high)) for _, _, high in self.bands if np.isfinite(high).any()]
        return max([*highs, float(np.nanmax(self.median)), 1.0])


def read_fan(run: RunLike, measure: str) -> Fan:
    """Quantiles of a measure on every stored date."""
    qs = sorted({q for _, low, high in BANDS for q in (low, high)} | {0.5})
    table = dict(zip(qs, np.asarray(run.quantiles(measure, qs).values, dtype=float), strict=True))
    bands = tuple((share, table[low], table[high]) for share, low, high in BANDS)
    median = table[0.5] if played(run) > 1 else median_of(run, run.measures[measure].values)
    return Fan(measure, days_along(run, "date"), median, bands)


def timeline_of(run: RunLike) -> Timeline:
    """The run's time: its daily part is drawn wide."""
    last = int(days_along(run, "date")[-1])
    return Timeline(run.scenario.freeze, min(int(run.scenario.grid.daily_until), last), last)


def paint_fan(axes: Axes, fan: Fan, time: Timeline, theme: Theme) -> None:
    """Bands in one hue and the median as a line, part by part of the time axis."""
    for here, x in time.parts(fan.days):
        for (_, low, high), tone in zip(fan.bands, TONES, strict=True):
            if np.isfinite(low).all() and np.isfinite(high).all():
                axes.fill_between(
                    x, low[here], high[here], color=theme.band, alpha=tone, linewidth=0, zorder=2
                )
        axes.plot(x, fan.median[here], color=theme.band, linewidth=1.7, zorder=3)


def paint_value_axis(axes: Axes, top: float, height: float, theme: Theme) -> None:
    """Level hairlines with their numbers on the left, from zero."""
    axes.set_ylim(0, top * 1.06)
    marks = MaxNLocator(nbins=max(3, int(height / 28)), steps=[1, 2, 2.5, 5, 10]).tick_values(0, top)
    marks = [mark for mark in marks if 0 <= mark <= top * 1.06]
    axes.set_yticks(marks, [axis_number(mark, marks) for mark in marks], size=SMALL, color=theme.muted)
    axes.tick_params(axis="y", length=0, pad=3)
    axes.grid(axis="y", color=theme.grid, linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set(color=theme.muted, linewidth=0.7)


def axis_number(mark: float, marks: Sequence[float]) -> str:
    """A tick's number; all ticks of an axis in one unit."""
    biggest = max(marks)
    if biggest >= 1e6:
        text = f"{mark / 1e6:.2f}".rstrip("0").rstrip(".")
        return f"{text} M" if mark else "0"
    if biggest < 3 and any(m % 1 for m in marks):
        return f"{mark:.1f}" if mark else "0"
    return f"{mark:,.0f}"


def gutter(top: float) -> float:
    """Inches that the numbers of the value axis take."""
    marks = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top)
    return (max(text_width(axis_number(float(m), list(marks)), SMALL) for m in marks) + 7) / INCH


def paint_key(axes: Axes, theme: Theme, fan: Fan, observed: bool) -> None:
    """What line and bands mean, in one row."""
    names = {0.95: "19 in 20", 0.80: "8 in 10", 0.50: "half of all futures"}
    x, y = 0.0, 5.0
    axes.plot([x, x + 14], [y, y], color=theme.band, linewidth=1.7)
    x = _key_text(axes, x + 18, "median", theme)
    strength = 0.0
    entries = []
    for (share, low, _), tone in zip(fan.bands, TONES, strict=True):
        strength = 1 - (1 - strength) * (1 - tone)
        if np.isfinite(low).all():
            entries.append((names[share], strength))
    for name, tone in reversed(entries):
        axes.add_patch(Rectangle((x, y - 4), 14, 8, facecolor=theme.band, alpha=tone, linewidth=0))
        x = _key_text(axes, x + 18, name, theme)
    if observed:
        axes.plot([x, x + 14], [y, y], color=theme.ink, linewidth=1.4, marker="o", markersize=3)
        _key_text(axes, x + 18, "observed", theme)


def _key_text(axes: Axes, x: float, text: str, theme: Theme) -> float:
    axes.text(x, 5, text, size=SMALL, color=theme.muted, va="center_baseline")
    return x + text_width(text, SMALL) + 12


def _observed_points(run: RunLike, observed: Observed | None) -> tuple[Ints, Floats]:
    """Dated observations as days after the freeze, in order."""
    if observed is None:
        return np.array([], dtype=int), np.array([], dtype=float)
    pairs = observed.items() if isinstance(observed, Mapping | pd.Series) else observed
    freeze = pd.Timestamp(run.scenario.freeze)
    dated = sorted(((pd.Timestamp(str(when)) - freeze).days, float(value)) for when, value in pairs)
    return np.array([day for day, _ in dated], dtype=int), np.array(
        [value for _, value in dated], dtype=float
    )


def draw_fan(
    run: RunLike, measure: str, *, observed: Observed | None = None, size: Size = "wide", theme: Theme = LIGHT
) -> Picture:
    """One measure through time, with the median named at each horizon."""
    fan, time = read_fan(run, measure), timeline_of(run)
    seen, seen_values = _observed_points(run, observed)
    title = fan_finding(run, measure)
    height = 3.3 if size == "wide" else 2.5
    with house(theme):
        sheet = Sheet(size, theme, title, fan_subtitle(run, measure), foot_lines(run), height + 0.62)
        top = max(fan.top, float(seen_values.max(initial=0)))
        left = MARGIN + gutter(top)
        width = sheet.width - left - MARGIN - 0.08
        key = sheet.axes(MARGIN, height + 0.42, sheet.width - 2 * MARGIN, 0.2)
        paper(key, (sheet.width - 2 * MARGIN) * INCH, 14.4)
        paint_key(key, theme, fan, len(seen) > 0)
        axes = sheet.axes(left, 0.26, width, height)
        paint_value_axis(axes, top, height * INCH, theme)
        paint_fan(axes, fan, time, theme)
        time.dress(axes, width * INCH, theme)
        if time.split:
            _paint_parts(axes, time, theme)
        _paint_horizons(axes, run, fan, time, theme, width * INCH)
        if len(seen):
            for here, x in time.parts(seen):
                axes.plot(
                    x, seen_values[here], color=theme.ink, linewidth=1.4, marker="o", markersize=3, zorder=6
                )
        return Picture(sheet.figure, title, size, theme, fan_table(run, fan))


def _paint_parts(axes: Axes, time: Timeline, theme: Theme) -> None:
    """Where the scale of time changes: the gap, and what lies on each side."""
    a, b = (
        float(part[1][edge])
        for part, edge in zip(time.parts(np.array([0, time.near, time.last])), (-1, 0), strict=True)
    )
    axes.axvspan(a, b, -0.02, 1, color=theme.paper, zorder=4, linewidth=0, clip_on=False)
    top = axes.get_ylim()[1]
    axes.text(a - 0.006, top, "first months", size=SMALL, color=theme.muted, ha="right", va="top", zorder=5)
    axes.text(
        b + 0.006, top, "the years after, closer together", size=SMALL, color=theme.muted, va="top", zorder=5
    )


def _paint_horizons(axes: Axes, run: RunLike, fan: Fan, time: Timeline, theme: Theme, width: float) -> None:
    """A dot on the median at each horizon with its number, where numbers do not collide."""
    free_from = -1.0
    for day in horizons(run):
        k = int(np.argmin(np.abs(fan.days - day)))
        x, y = float(time.x(fan.days[k])), float(fan.median[k])
        text = short_number(y)
        half = text_width(text, TEXT, bold=True) / width / 2
        axes.plot(
            [x],
            [y],
            "o",
            color=theme.band,
            markersize=4.5,
            markeredgecolor=theme.paper,
            zorder=7,
            clip_on=False,
        )
        if x - half > free_from:
            edges = (1.0, NEAR_SHARE) if time.split and x <= NEAR_SHARE else (1.0,)
            align = "right" if any(x <= edge < x + half for edge in edges) else "center"
            axes.annotate(
                text,
                (x, y),
                (0, 6),
                textcoords="offset points",
                size=TEXT,
                weight=600,
                color=theme.ink,
                ha=align,
                zorder=8,
            )
            free_from = x + half * 1.3


def draw_page(
    run: RunLike, *, measures: Sequence[str] = KEY_MEASURES, size: Size = "wide", theme: Theme = LIGHT
) -> Picture:
    """The key measures as small multiples, each with its own scale from zero."""
    shown = [measure for measure in measures if has(run, measure)]
    fans, time = [read_fan(run, measure) for measure in shown], timeline_of(run)
    title = page_finding(run)
    columns = 3 if size == "wide" else 1
    lines = -(-len(shown) // columns)
    panel, head, gap = (1.45, 0.50, 0.40) if size == "wide" else (1.15, 0.50, 0.36)
    with house(theme):
        sheet = Sheet(
            size,
            theme,
            title,
            "Persons. Every panel has its own scale, from zero.",
            foot_lines(run),
            lines * (panel + head + gap) + 0.24,
        )
        key = sheet.axes(MARGIN, lines * (panel + head + gap), sheet.width - 2 * MARGIN, 0.2)
        paper(key, (sheet.width - 2 * MARGIN) * INCH, 14.4)
        paint_key(key, theme, fans[0], observed=False)
        room = (sheet.width - 2 * MARGIN - (columns - 1) * 0.2) / columns
        for n, fan in enumerate(fans):
            row, column = divmod(n, columns)
            left = MARGIN + column * (room + 0.2)
            bottom = (lines - 1 - row) * (panel + head + gap) + gap - 0.1
            side = gutter(fan.top)
            axes = sheet.axes(left + side, bottom, room - side - 0.06, panel)
            paint_value_axis(axes, fan.top, panel * INCH, theme)
            paint_fan(axes, fan, time, theme)
            time.dress(axes, (room - side) * INCH, theme)
            first, last = fan.median[np.argmin(np.abs(fan.days - horizons(run)[0]))], fan.median[-1]
            text = sheet.axes(left, bottom + panel + 0.12, room, head - 0.18)
            paper(text, room * INCH, (head - 0.18) * INCH)
            text.text(0, 12, label_of(fan.name), size=TEXT, weight=600, color=theme.ink)
            text.text(
                0,
                1.5,
                f"median {short_number(first)} at {horizons(run)[0]} days, {short_number(last)} at the end",
                size=SMALL,
                color=theme.muted,
            )
        table = pd.concat([fan_table(run, fan) for fan in fans], ignore_index=True)
        return Picture(sheet.figure, title, size, theme, table)


def fan_table(run: RunLike, fan: Fan) -> pd.DataFrame:
    """The table twin of a fan: a row a date."""
    table = {
        "measure": fan.name,
        "date": [date_at(run, int(day)).isoformat() for day in fan.days],
        "day": fan.days,
    }
    for share, low, high in fan.bands:
        table[f"low_{round(share * 100)}"] = low
        table[f"high_{round(share * 100)}"] = high
    table["median"] = fan.median
    order = [
        "measure",
        "date",
        "day",
        "low_95",
        "low_80",
        "low_50",
        "median",
        "high_50",
        "high_80",
        "high_95",
    ]
    return pd.DataFrame(table)[order]


def fan_chart(
    run: RunLike,
    measure: str,
    path: str | Path,
    observed: Observed | None = None,
    *,
    size: Size = "wide",
    theme: Theme = LIGHT,
) -> list[Path]:
    """Write the fan chart of a measure as PNG, SVG and CSV; returns their paths."""
    return draw_fan(run, measure, observed=observed, size=size, theme=theme).write(Path(path))


def fan_page(
    run: RunLike,
    path: str | Path,
    measures: Sequence[str] = KEY_MEASURES,
    *,
    size: Size = "wide",
    theme: Theme = LIGHT,
) -> list[Path]:
    """Write the page of key measures as PNG, SVG and CSV; returns their paths."""
    return draw_page(run, measures=measures, size=size, theme=theme).write(Path(path))
