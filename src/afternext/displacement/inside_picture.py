"""A picture of a run against counts inside the country: a fan for each thing counted, the counts on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from afternext.brief.charts import TONES, gutter, paint_value_axis
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import LIGHT, SMALL, TEXT, Size, Theme, house
from afternext.brief.words import short_number
from afternext.displacement.forecast import SHARES
from afternext.displacement.inside import Country
from afternext.displacement.inside_terminal import off, words_of
from afternext.displacement.picture import GAP, HEAD, PANEL, dress_time, paint_key

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from afternext.displacement.inside import Compared, Inside

MOST = 12  # panels


def draw_inside(shown: Inside, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """Draw a panel for the country and each area counted, each with its own scale from zero."""
    panels = _panels(shown)
    columns = 3 if size == "wide" else 1
    lines = -(-len(panels) // columns)
    scenario = shown.run.scenario
    title = _finding(shown)
    subtitle = (
        f"People displaced inside the country, {scenario.title}, frozen {scenario.freeze}. Every panel has "
        "its own scale, from zero. Bands: half and 8 in 10 of the futures."
    )
    foot = (
        f"{len(shown.run.experiments)} futures, seed {shown.run.seed}. "
        "Counts: the directory given with --truth.",
    )
    country = Country(shown.run)
    when = np.array([scenario.freeze + timedelta(days=int(d)) for d in country.days])
    tables = []
    with house(theme):
        sheet = Sheet(size, theme, title, subtitle, foot, lines * (PANEL + HEAD + GAP) + 0.24)
        paint_key(sheet, lines * (PANEL + HEAD + GAP), theme)
        room = (sheet.width - 2 * MARGIN - (columns - 1) * 0.2) / columns
        for n, rows in enumerate(panels):
            line, column = divmod(n, columns)
            left = MARGIN + column * (room + 0.2)
            bottom = (lines - 1 - line) * (PANEL + HEAD + GAP) + GAP - 0.08
            first = rows[0]
            curve = country.area(first.kind, shown.areas(first)) if first.area else country.stock
            bands = np.quantile(curve, SHARES, axis=0)
            counted = [row.counted for row in rows]
            top = max(float(bands[-2].max()), *counted, 1.0)
            side = gutter(top)
            axes = sheet.axes(left + side, bottom, room - side - 0.06, PANEL)
            paint_value_axis(axes, top, PANEL * INCH, theme)
            for (low, high), tone in zip(((1, 5), (2, 4)), TONES[1:], strict=True):
                axes.fill_between(
                    when, bands[low], bands[high], color=theme.band, alpha=tone, linewidth=0, zorder=2
                )
            axes.plot(when, bands[3], color=theme.band, linewidth=1.7, zorder=3)
            dots: dict[str, Any] = {"marker": "o", "markersize": 3.2, "linewidth": 1.3, "clip_on": False}
            axes.plot(np.array([row.date for row in rows]), counted, color=theme.ink, zorder=4, **dots)
            axes.set_xlim(when[0], when[-1])
            dress_time(axes, theme)
            box = sheet.axes(left, bottom + PANEL + 0.10, room, HEAD - 0.16)
            box.set(xlim=(0, room * INCH), ylim=(0, (HEAD - 0.16) * INCH))
            box.axis("off")
            words = words_of(first)
            box.text(0, 12, words[:1].upper() + words[1:], size=TEXT, weight=600, color=theme.ink)
            last = rows[-1]
            text = f"{last.date:%-d %B}: {short_number(last.counted)} counted, median {off(last.factor)}"
            box.text(0, 1.5, text, size=SMALL, color=theme.muted)
            tables.append(_table(rows, when, bands))
        return Picture(sheet.figure, title, size, theme, pd.concat(tables, ignore_index=True))


def write_inside(shown: Inside, path: Path) -> list[Path]:
    """Write the picture as PNG, SVG and CSV; return their paths."""
    return draw_inside(shown).write(path)


def _panels(shown: Inside) -> list[list[Compared]]:
    """Return the counts of each panel, in order of date; what is newly displaced has no panel of its own."""
    panels: dict[tuple[str, str], list[Compared]] = {}
    for row in shown.rows:
        if row.kind != "new":
            panels.setdefault((row.kind, row.area), []).append(row)
    return list(panels.values())[:MOST]


def _finding(shown: Inside) -> str:
    return (
        f"{len(shown.misses)} of {len(shown.rows)} counts of displaced people lie outside the 80 % interval"
    )


def _table(rows: list[Compared], when: NDArray[Any], bands: NDArray[np.float64]) -> pd.DataFrame:
    counted = {row.date: row.counted for row in rows}
    columns = {
        "kind": rows[0].kind,
        "area": rows[0].area,
        "date": [day.isoformat() for day in when],
        "counted": [counted.get(day, np.nan) for day in when],
    }
    return pd.DataFrame(columns | {f"q{share:g}": bands[k] for k, share in enumerate(SHARES)})


__all__ = ["draw_inside", "write_inside"]
