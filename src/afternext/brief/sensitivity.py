"""Which uncertainty matters when: a heat map, measures side by side, horizons from left to right."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import LIGHT, SMALL, WIDTH, Size, Theme, house, text_width, wrap
from afternext.brief.words import capital, span
from afternext.ensemble.words import short_span
from afternext.foresight.sensitivity import Sensitivity
from afternext.foresight.terminal_sensitivity import changes
from afternext.foresight.words import Words

MOST_ROWS = 12
MOST_MEASURES = 5
CELL = 17.0  # points
FULL = 0.1  # index at which a cell is darkest, unless a larger one is shown
BETWEEN = 14.0


def draw_sensitivity(
    found: Sensitivity, words: Words, *, size: Size = "wide", theme: Theme = LIGHT
) -> Picture:
    """Rows are inputs, the most telling first; a block of columns a measure, in it a column a horizon."""
    width = (WIDTH[size] - 2 * MARGIN) * INCH
    told = [m for m in range(len(found.measures)) if found.ranked([m], 1)][:MOST_MEASURES]
    rows = found.ranked(told, MOST_ROWS)
    blocks = [told] if size == "wide" else [[m] for m in told]
    gutter = width * 0.42
    row = 2 * 1.3 * SMALL + 3
    heights = [34 + row * len(_rows(found, rows, part)) + BETWEEN for part in blocks]
    body = (sum(heights) + 34) / INCH if rows else 0.4
    with house(theme):
        sheet = Sheet(size, theme, finding(found, words), subtitle(), foot(found), body)
        axes = sheet.axes(MARGIN, 0, width / INCH, body)
        paper(axes, width, body * INCH)
        top = body * INCH
        for part, height in zip(blocks, heights, strict=True):
            _paint_block(axes, found, words, _rows(found, rows, part), part, (gutter, width, top, row), theme)
            top -= height
        if rows:
            _paint_key(axes, darkest(found), theme)
        return Picture(sheet.figure, finding(found, words), size, theme, found.to_frame())


def _rows(found: Sensitivity, rows: list[int], part: list[int]) -> list[int]:
    """Rows that say something in a block; all of them where measures stand side by side."""
    if len(part) > 1:
        return rows
    return found.ranked(part, 6)


def finding(found: Sensitivity, words: Words) -> str:
    """Whether what matters next is what matters after next."""
    near, deep = span(found.days[0]), span(found.days[-1])
    for m, measure in enumerate(found.measures):
        if changes(found, m):
            what = capital(words.label(measure))
            return f"{what}: what matters after {near} is not what matters after {deep}"
    if not found.ranked((), 1):
        return "No single uncertainty stands above the noise: luck and interactions rule"
    k = found.ranked((), 1)[0]
    return f"One uncertainty stands out: {found.meaning(k)}"


def subtitle() -> str:
    """What is drawn."""
    return (
        "Share of the variance across futures that each input alone accounts for, in hundredths. "
        "~: it may borrow that from a stronger input that it runs along with. Ring: it acts only on the "
        "spread or with others. Empty: no more than an idle input would show."
    )


def foot(found: Sensitivity) -> tuple[str, str]:
    return (
        f"{found.scenario} · {found.futures:,} futures · {len(found.columns)} inputs · seed {found.seed}",
        "How sure: estimated from these futures; ranges are in the table. What no single input accounts "
        "for is "
        "interaction and luck, usually most of it. A sensitivity is of the model, within its priors.",
    )


def _paint_block(
    axes: Axes, found: Sensitivity, words: Words, rows: list[int], part: list[int],
    frame: tuple[float, float, float, float], theme: Theme,
) -> None:  # fmt: skip
    gutter, width, top, row = frame
    count = len(found.days)
    room = (width - gutter - BETWEEN * max(len(part) - 1, 0)) / max(len(part), 1)
    cell = room / count
    ink, full = mpl.colormaps["cividis_r"], darkest(found)
    for place, m in enumerate(part):
        left = gutter + place * (room + BETWEEN)
        title = wrap(capital(words.label(found.measures[m])), SMALL, room, bold=True)[:2]
        axes.text(
            left, top, "\n".join(title), size=SMALL, weight=600, color=theme.ink, va="top", linespacing=1.1
        )
        for h, day in enumerate(found.days):
            axes.text(
                left + (h + 0.5) * cell,
                top - 31,
                short_span(day),
                size=SMALL,
                color=theme.muted,
                ha="center",
                va="bottom",
            )
            for line, k in enumerate(rows):
                y = top - 34 - (line + 1) * row
                o = m * count + h
                value = max(float(found.indices.first[k, o]), 0.0)
                shown = found.indices.alone[k, o]
                tone = min(value / full, 1.0)
                colour = ink(tone) if shown else theme.land
                axes.add_patch(
                    Rectangle(
                        (left + h * cell, y), cell, row, facecolor=colour, edgecolor=theme.paper, linewidth=1
                    )
                )
                middle = (left + (h + 0.5) * cell, y + row / 2)
                if shown:
                    axes.text(
                        *middle, f"{round(100 * value)}", size=SMALL, ha="center", va="center_baseline",
                        color="#ffffff" if tone > 0.5 else "#1a1e24",
                    )  # fmt: skip
                elif found.indices.first[k, o] > found.indices.floor[o]:
                    axes.text(
                        *middle, f"~{round(100 * value)}", size=SMALL, ha="center", va="center_baseline",
                        color=theme.muted,
                    )  # fmt: skip
                elif found.above(k, o):
                    axes.plot(*middle, "o", markerfacecolor="none", markeredgecolor=theme.muted, markersize=4)
    for line, k in enumerate(rows):
        y = top - 34 - (line + 0.5) * row
        lines = wrap(capital(found.meaning(k)), SMALL, gutter - 8)
        if len(lines) > 2:
            lines = [lines[0], _cut(lines[1], gutter - 8)]
        axes.text(
            0,
            y,
            "\n".join(lines),
            size=SMALL,
            color=theme.ink,
            va="center",
            linespacing=1.1,
            parse_math=False,
        )


def _cut(line: str, width: float) -> str:
    while line and text_width(f"{line} …", SMALL) > width:
        line = line.rpartition(" ")[0]
    return f"{line} …"


def darkest(found: Sensitivity) -> float:
    """The largest index above the noise."""
    shown = found.indices.first[found.indices.alone]
    return max(float(shown.max(initial=0.0)), FULL)


def _paint_key(axes: Axes, full: float, theme: Theme) -> None:
    ink = mpl.colormaps["cividis_r"]
    for step in range(40):
        axes.add_patch(Rectangle((step * 3, 2), 3.2, 8, facecolor=ink(step / 39), linewidth=0))
    axes.text(0, 13, "0", size=SMALL, color=theme.muted)
    axes.text(120, 13, f"{round(100 * full)}", size=SMALL, color=theme.muted, ha="center")
