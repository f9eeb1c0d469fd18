"""A picture of a forecast: people in each camp through time, the bands, and what was counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from afternext.brief.charts import TONES, gutter, paint_value_axis
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import LIGHT, SMALL, TEXT, Size, Theme, house, text_width
from afternext.brief.words import short_number
from afternext.displacement.forecast import SHARES
from afternext.displacement.terminal import order

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from afternext.displacement.forecast import Forecast

MOST = 18  # camps drawn, largest first
PANEL, HEAD, GAP = 1.35, 0.46, 0.34  # inches


def draw_camps(shown: Forecast, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """Draw a panel for each camp, each with its own scale from zero."""
    case = shown.case
    camps = order(shown)[:MOST]
    columns = 3 if size == "wide" else 1
    lines = -(-len(camps) // columns)
    days = np.arange(case.days)
    when = np.array([case.folder.start + timedelta(days=int(d)) for d in days])
    title = _finding(shown)
    subtitle = (
        f"People in camps, {case.folder.path.name}. Every panel has its own scale, from zero. "
        "Bands: half and 8 in 10 of the runs."
    )
    foot = (
        f"Error (averaged relative difference, rescaled) {shown.ard['rescaled']:.2f}; "
        f"{100 * shown.coverage80:.0f} % of counts in the 80 % interval.",
        "Counts: FLEE's data (FabFlee, BSD 3-Clause), after its registration corrections.",
    )
    with house(theme):
        sheet = Sheet(size, theme, title, subtitle, foot, lines * (PANEL + HEAD + GAP) + 0.24)
        paint_key(sheet, lines * (PANEL + HEAD + GAP), theme)
        room = (sheet.width - 2 * MARGIN - (columns - 1) * 0.2) / columns
        for n, camp in enumerate(camps):
            row, column = divmod(n, columns)
            left = MARGIN + column * (room + 0.2)
            bottom = (lines - 1 - row) * (PANEL + HEAD + GAP) + GAP - 0.08
            bands = shown.quantiles[:, :, camp]
            top = max(float(bands[-2].max()), float(case.data[:, camp].max()), 1.0)
            side = gutter(top)
            axes = sheet.axes(left + side, bottom, room - side - 0.06, PANEL)
            paint_value_axis(axes, top, PANEL * INCH, theme)
            for (low, high), tone in zip(((1, 5), (2, 4)), TONES[1:], strict=True):
                axes.fill_between(
                    when, bands[low], bands[high], color=theme.band, alpha=tone, linewidth=0, zorder=2
                )
            axes.plot(when, bands[3], color=theme.band, linewidth=1.7, zorder=3)
            axes.plot(when, case.data[:, camp], color=theme.ink, linewidth=1.3, zorder=4)
            if shown.scored_from:
                axes.axvline(when[shown.scored_from], color=theme.muted, linewidth=0.7, linestyle=(0, (2, 2)))
            axes.set_xlim(when[0], when[-1])
            dress_time(axes, theme)
            _name(sheet, shown, camp, (left, bottom + PANEL + 0.10, room), theme)
        return Picture(sheet.figure, title, size, theme, _table(shown, camps))


def write_camps(shown: Forecast, path: Path) -> list[Path]:
    """Write the picture as PNG, SVG and CSV; return their paths."""
    return draw_camps(shown).write(path)


def _finding(shown: Forecast) -> str:
    best = min(shown.fair, key=lambda name: shown.baselines[name])
    words = {
        "equal": "equal shares",
        "capacity": "shares by capacity",
        "gravity": "gravity",
        "day7": "the shares of day 7",
        "day30": "the shares of day 30",
    }[best]
    mine, other = shown.ard["rescaled"], shown.baselines[best]
    share = 100 * (1 - mine / 2)
    relation = "less" if mine < other else "more"
    right = f"{share:.0f} % of people are put in the right camp"
    return f"{right}, {relation} error than {words} ({mine:.2f} to {other:.2f})"


def dress_time(axes: Axes, theme: Theme) -> None:
    """Write dates along the axis."""
    locator = AutoDateLocator(minticks=2, maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    axes.tick_params(axis="x", length=2, pad=2, labelsize=SMALL, colors=theme.muted)


def paint_key(sheet: Sheet, bottom: float, theme: Theme) -> None:
    """Say what the two lines are, ``bottom`` inches above the foot."""
    width = sheet.width - 2 * MARGIN
    axes = sheet.axes(MARGIN, bottom, width, 0.2)
    axes.set(xlim=(0, width * INCH), ylim=(0, 14.4))
    axes.axis("off")
    x = 0.0
    for words, colour, line in (("counted", theme.ink, 1.3), ("median of the runs", theme.band, 1.7)):
        axes.plot([x, x + 14], [5, 5], color=colour, linewidth=line)
        axes.text(x + 18, 5, words, size=SMALL, color=theme.muted, va="center_baseline")
        x += 30 + text_width(words, SMALL)


def _name(sheet: Sheet, shown: Forecast, camp: int, box: tuple[float, float, float], theme: Theme) -> None:
    left, bottom, room = box
    case = shown.case
    axes = sheet.axes(left, bottom, room, HEAD - 0.16)
    axes.set(xlim=(0, room * INCH), ylim=(0, (HEAD - 0.16) * INCH))
    axes.axis("off")
    name = case.camp_names[camp].replace("_", " ")
    country = case.folder.places[case.camps[camp]].country.replace("_", " ")
    label = name if name == country else f"{name}, {country}"
    axes.text(0, 12, label, size=TEXT, weight=600, color=theme.ink, parse_math=False)
    low, middle, high = (float(shown.quantiles[k, -1, camp]) for k in (1, 3, 5))
    axes.text(
        0,
        1.5,
        f"at the end {short_number(middle)} ({short_number(low)} to {short_number(high)}), "
        f"counted {short_number(float(case.data[-1, camp]))}",
        size=SMALL,
        color=theme.muted,
    )


def _table(shown: Forecast, camps: list[int]) -> pd.DataFrame:
    case = shown.case
    parts = []
    for camp in camps:
        columns = {
            "camp": case.camp_names[camp],
            "date": [(case.folder.start + timedelta(days=d)).isoformat() for d in range(case.days)],
            "day": np.arange(case.days),
            "counted": case.data[:, camp],
        }
        columns |= {f"q{share:g}": shown.quantiles[k, :, camp] for k, share in enumerate(SHARES)}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


__all__ = ["draw_camps", "dress_time", "paint_key", "write_camps"]
