"""A window of action on one page: shares over delay and scale, the delays of the real decision on the same
axis of time, what follows in sentences, and triggers.
"""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import (
    BLUE,
    LIGHT,
    ORANGE,
    PURPLE,
    SKY,
    SLATE,
    SMALL,
    TEXT,
    VERMILLION,
    WIDTH,
    YELLOW,
    Size,
    Theme,
    house,
    text_width,
    wrap,
)
from afternext.brief.words import capital, short_date, span
from afternext.foresight.delays import TOLD
from afternext.foresight.window import Window
from afternext.foresight.window_words import doing, headline, percent, sentences, trigger_cells

ROW = 26.0  # points, of a scale
BAR = 12.0
LINE = 1.34 * SMALL
PART_COLOURS = {
    "consent": PURPLE, "politics": ORANGE, "distance": SLATE, "readiness": SKY, "collection": BLUE,
    "ramp": YELLOW,
}  # fmt: skip


class Axis:
    """Days to points: columns are equally wide, and time bends between them."""

    def __init__(self, days: tuple[int, ...], left: float, right: float) -> None:
        self.days, self.left, self.right = days, left, right
        self.cell = (right - left) / len(days)
        self.centres = [left + (k + 0.5) * self.cell for k in range(len(days))]

    def __call__(self, day: float) -> float:
        """Where a day stands; the edges for what lies before and beyond."""
        if day <= self.days[0]:
            return self.centres[0]
        if day > self.days[-1]:
            return self.right - 4
        return float(np.interp(day, self.days, self.centres))


def draw_window(found: Window, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """The page of a window."""
    width = (WIDTH[size] - 2 * MARGIN) * INCH
    gutter = 96.0 if size == "wide" else 62.0
    told = [line for text in sentences(found)[1:] for line in [*wrap(text, SMALL, width), ""]]
    table = _table(found, width)
    key = _key_lines(found, width - gutter)
    grid = ROW * len(found.scales)
    heights = [
        32 + grid,
        6 + 3 * (BAR + 7) + 12 + key * LINE,
        sum(_down(line) for line in told) + 8,
        LINE * len(table) + 4,
    ]
    body = sum(heights) / INCH
    with house(theme):
        sheet = Sheet(size, theme, headline(found), subtitle(found), foot(found), body)
        axes = sheet.axes(MARGIN, 0, width / INCH, body)
        paper(axes, width, body * INCH)
        top = body * INCH
        axis = Axis(found.delays, gutter, width)
        _paint_grid(axes, found, axis, top, gutter, theme)
        _paint_delays(axes, found, axis, top - heights[0], gutter, width, theme)
        y = top - heights[0] - heights[1]
        for line in told:
            axes.text(0, y, line, size=SMALL, color=theme.ink, va="top", parse_math=False)
            y -= _down(line)
        _paint_table(axes, table, y - 4, theme)
        return Picture(sheet.figure, headline(found), size, theme, found.to_frame())


def _down(line: str) -> float:
    """What a line of text takes; an empty one parts sentences."""
    return LINE if line else 0.4 * LINE


def subtitle(found: Window) -> str:
    """What is drawn."""
    drawn = f" Thick line: {percent(found.share)}." if _has_line(found) else ""
    return (
        f"{doing(found)}. Share of futures, in hundredths, that meet the goal after "
        f"{span(found.goal.days[0])}, by the day from which it is in effect and by its scale; without it "
        f"{percent(found.without)}.{drawn} Pale numbers: not told apart "
        "from luck."
    )


def foot(found: Window) -> tuple[str, ...]:
    return (
        f"{found.scenario} · {found.futures:,} futures · seed {found.seed}",
        "How sure: shares of futures, not scored against what happened. The same futures with and "
        "without the "
        "move, everybody else goes on choosing; the model's own effect of the move is a judgement.",
    )


def _paint_grid(axes: Axes, found: Window, axis: Axis, top: float, gutter: float, theme: Theme) -> None:
    ink = LinearSegmentedColormap.from_list("apart", [VERMILLION, theme.land, BLUE])
    floor = top - 32
    for d, day in enumerate(found.delays):
        x = axis.centres[d]
        axes.text(x, top, f"day {day}", size=SMALL, weight=600, color=theme.ink, ha="center", va="top")
        when = short_date(found.on(day))
        if text_width(when, SMALL) > axis.cell - 2:
            when = when.rpartition(" ")[0]
        axes.text(x, top - 12, when, size=SMALL, color=theme.muted, ha="center", va="top")
    rows = list(reversed(range(len(found.scales))))
    for row, s in enumerate(rows):
        y = floor - (row + 1) * ROW
        axes.text(
            0, y + ROW / 2, f"scale {found.scales[s]:g}", size=SMALL, color=theme.ink, va="center_baseline"
        )
        for d in range(len(found.delays)):
            share = float(found.met[d, s])
            tone = float(np.clip(0.5 + (share - found.without) / 0.6, 0, 1))
            axes.add_patch(
                Rectangle(
                    (gutter + d * axis.cell, y), axis.cell, ROW, facecolor=ink(tone), edgecolor=theme.paper,
                    linewidth=1,
                )
            )  # fmt: skip
            sure = found.effect[d][s].beyond_noise or found.gain[d][s].beyond_noise
            strong = abs(tone - 0.5) > 0.35
            axes.text(
                axis.centres[d], y + ROW / 2, f"{round(100 * share)}", size=TEXT,
                weight=600 if sure else 400, ha="center", va="center_baseline",
                color="#ffffff" if strong else theme.ink if sure else theme.muted,
            )  # fmt: skip
    _paint_contour(axes, found, axis, floor, rows, theme)


def _paint_contour(
    axes: Axes, found: Window, axis: Axis, floor: float, rows: list[int], theme: Theme
) -> None:
    """A staircase: for each scale the last day that is in time."""
    if not _has_line(found):
        return
    xs: list[float] = []
    ys: list[float] = []
    for row, s in enumerate(rows):
        day = found.closes[s][1]
        x = axis.left if day == -math.inf else axis.right if day == math.inf else axis(day)
        xs += [x, x]
        ys += [floor - row * ROW, floor - (row + 1) * ROW]
    axes.plot(xs, ys, color=theme.ink, linewidth=2.2, solid_joinstyle="miter")


def _has_line(found: Window) -> bool:
    return bool((found.met >= found.share).any()) and found.verdict != "needless"


def _paint_delays(
    axes: Axes, found: Window, axis: Axis, top: float, gutter: float, width: float, theme: Theme
) -> None:
    """Decided today: the mean parts of its delay, and when it is felt; left to itself: the same."""
    y = top - 6 - BAR
    budget = found.today.budget()
    axes.text(0, y + BAR / 2, "Delay today", size=SMALL, color=theme.ink, va="center_baseline")
    at = 0.0
    side = max(budget.get("consent", 0.0), budget.get("distance", 0.0) + budget.get("readiness", 0.0),
               budget.get("collection", 0.0))  # fmt: skip
    parts = sum(days for part, days in budget.items() if part not in ("politics", "ramp"))
    for part in ("consent", "distance", "readiness", "collection", "politics", "ramp"):
        days = budget.get(part, 0.0)
        # What goes on side by side is drawn one after another, shrunk to the time that it takes together.
        if part not in ("politics", "ramp") and parts > 0:
            days *= side / parts
        if days <= 0:
            continue
        x0, x1 = axis(at), axis(at + days)
        axes.add_patch(Rectangle((x0, y), max(x1 - x0, 0.5), BAR, facecolor=PART_COLOURS[part], linewidth=0))
        at += days
    for name, one in (("Felt if decided today", found.today), ("Left to itself", found.own)):
        y -= BAR + 7
        label = name if text_width(name, SMALL) < gutter - 4 else name.split(" if ")[0]
        axes.text(0, y + BAR / 2, label, size=SMALL, color=theme.ink, va="center_baseline")
        days_of = one.days(one.effect_day)
        if days_of is None:
            axes.text(
                gutter, y + BAR / 2, "in no future", size=SMALL, color=theme.muted, va="center_baseline"
            )
            continue
        low, middle, high = (axis(day) for day in days_of)
        axes.plot([low, high], [y + BAR / 2] * 2, color=theme.muted, linewidth=1.4)
        axes.plot([middle], [y + BAR / 2], "o", color=theme.ink, markersize=4.5)
        text = f"in {percent(one.delivered)}"
        beyond = high + 6 + text_width(text, SMALL) > width
        axes.text(
            low - 6 if beyond else high + 6, y + BAR / 2, text, size=SMALL, color=theme.muted,
            ha="right" if beyond else "left", va="center_baseline",
        )  # fmt: skip
    y -= 12
    x, line = gutter, 0
    for part, name in TOLD.items():
        if budget.get(part, 0.0) <= 0:
            continue
        text = f"{capital(name)} {budget[part]:.0f} d"
        wide = 12 + text_width(text, SMALL) + 10
        if x > gutter and x + wide > width:
            x, line = gutter, line + 1
        yy = y - line * LINE
        axes.add_patch(Rectangle((x, yy - 8), 8, 8, facecolor=PART_COLOURS[part], linewidth=0))
        axes.text(x + 12, yy, text, size=SMALL, color=theme.muted, va="top")
        x += wide


def _key_lines(found: Window, room: float) -> int:
    used, lines = 0.0, 1
    budget = found.today.budget()
    for part, name in TOLD.items():
        if budget.get(part, 0.0) <= 0:
            continue
        wide = 12 + text_width(f"{capital(name)} {budget[part]:.0f} d", SMALL) + 10
        if used and used + wide > room:
            used, lines = 0.0, lines + 1
        used += wide
    return lines + 1


def _table(found: Window, width: float) -> list[tuple[str, bool]]:
    """Lines of the trigger table as sentences, that a narrow page can hold too."""
    if not found.triggers:
        return []
    lines: list[tuple[str, bool]] = [("Triggers, without the move", True)]
    for when, what, share, signal, seen, false, lead in trigger_cells(found.triggers):
        text = f"Look on {when}: {what} in {share} of futures"
        if seen == "–":
            text += f" ({signal}: no trigger)."
        else:
            text += f"; signal: {signal}. Seen in {seen} of these, falsely in {false} of others; "
            text += f"{lead} days' lead."
        lines += [(line, False) for line in wrap(text, SMALL, width)]
    if found.alarm_cost is not None:
        low, middle, high = found.alarm_cost
        text = (
            f"A false alarm costs {middle:.2g} ({low:.2g} to {high:.2g}) in the unit of the "
            "scenario's budgets: "
            f"the move at scale {found.scales[-1]:g} for {found.alarm_days} days."
        )
        lines += [(line, False) for line in wrap(text, SMALL, width)]
    return lines


def _paint_table(axes: Axes, lines: list[tuple[str, bool]], top: float, theme: Theme) -> None:
    for k, (line, head) in enumerate(lines):
        axes.text(
            0, top - k * LINE, line, size=SMALL, weight=600 if head else 400, color=theme.ink, va="top",
            parse_math=False,
        )  # fmt: skip
