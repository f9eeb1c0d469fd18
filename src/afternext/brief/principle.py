"""The decision of principle: what saving brings over letting fall, family by family, and moral hazard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import (
    BLUE,
    LIGHT,
    ORANGE,
    SLATE,
    SMALL,
    TEXT,
    WIDTH,
    Size,
    Theme,
    house,
    text_width,
    wrap,
)
from afternext.brief.words import capital, count, listing, long_date, span
from afternext.ensemble.weights import not_scored
from afternext.foresight.principle import STRATEGIES, Estimate, Group, Principle
from afternext.foresight.principle_plans import AS_IS, CONDITIONS, NONE
from afternext.foresight.terminal_principle import DOING
from afternext.foresight.words import within

COLOURS = {NONE: SLATE, AS_IS: BLUE, CONDITIONS: ORANGE}
MARKS = {NONE: "D", AS_IS: "o", CONDITIONS: "s"}
SHORT = {NONE: "let it fall", AS_IS: "save it as it is", CONDITIONS: "save it on conditions"}
ROW, HEAD, AXIS, BETWEEN, KEY = 0.52, 0.30, 0.30, 0.16, 0.26  # inches
HAZARD = 1.75
WORDS = 1.5  # inches of words under the lines on a phone
ENDS = 1.45  # inches for the names at the ends of lines
APART = 0.12  # of a row, between the two marks
DODGE = 0.02  # of inclusion: names at the end of lines keep so far apart


def draw_principle(found: Principle, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """Gains over letting it fall and people displaced in each family, and inclusion over time."""
    column = WIDTH[size] - 2 * MARGIN
    wide = size == "wide"
    rows = len(found.groups)
    chart = rows * ROW + AXIS
    body = KEY + HEAD + chart + BETWEEN + HAZARD + HEAD
    if not wide:
        body += HEAD + chart + BETWEEN + WORDS
    with house(theme):
        sheet = Sheet(size, theme, finding(found), subtitle(found), foot(found), body)
        top = body - KEY
        _paint_key(sheet.axes(MARGIN, top, column, KEY), column, theme)
        gutter = column * (0.34 if wide else 0.40)
        room = column - gutter
        part = (room - 0.35) / 2 if wide else room
        bottom = top - HEAD - chart
        gains = sheet.axes(MARGIN + gutter, bottom + AXIS, part, rows * ROW)
        _paint_gains(gains, found, theme)
        _paint_names(gains, found.groups, gutter, theme)
        if not wide:
            bottom -= BETWEEN + HEAD + chart
            people = sheet.axes(MARGIN + gutter, bottom + AXIS, part, rows * ROW)
            _paint_names(people, found.groups, gutter, theme)
        else:
            people = sheet.axes(MARGIN + gutter + part + 0.35, bottom + AXIS, part, rows * ROW)
        _paint_people(people, found, theme)
        bottom -= BETWEEN + HEAD + HAZARD
        lines = (column * 0.54 if wide else column) - 0.35 - ENDS
        hazard = sheet.axes(MARGIN + 0.35, bottom + AXIS, lines, HAZARD - AXIS)
        _paint_hazard(hazard, found, theme)
        if wide:
            words = sheet.axes(MARGIN + column * 0.58, bottom + HEAD, column * 0.42, HAZARD)
        else:
            words = sheet.axes(MARGIN, 0.1, column, WORDS)
        _paint_condition(words, found, theme)
        return Picture(sheet.figure, finding(found), size, theme, found.to_frame())


def finding(found: Principle) -> str:
    """Which of the three is best, and whether help without conditions carries a price."""
    best = found.whole.best
    if len(best) == len(STRATEGIES):
        head = "Over all futures the three cannot be told apart"
    elif len(best) > 1:
        both = listing(DOING[one] for one in sorted(best, key=STRATEGIES.index))
        head = f"{capital(both)} cannot be told apart over all futures"
    else:
        head = f"{capital(DOING[best[0]])} is worth most to the coalition"
    one = found.hazard.lowered[found.deep][NONE]
    other = found.hazard.lowered[found.deep][CONDITIONS]
    lower = [w for w, e in (("no help", one), ("help on conditions", other)) if e.sure and e.mean < 0]
    if lower:
        than = lower[0] if len(lower) == 1 else "either other"
        return f"{head}; help as it is leaves less power shared than {than}"
    return f"{head}; no moral hazard stands out"


def subtitle(found: Principle) -> str:
    who = listing(within(found.names[power]) for power in found.question.coalition)
    families = [group for group in found.families if len(group.best) < len(STRATEGIES)]
    told = f"{count(len(families))} of {count(len(found.families))}" if found.families else "none"
    return (
        f"Value to {who} by their own goals after {span(found.near)} and {span(found.deep)}; marks are means "
        "over the same futures, bars 95 of 100 resamples, hollow where they cross zero. "
        f"In {told} families the choice matters beyond luck."
    )


def foot(found: Principle) -> tuple[str, str]:
    weighed = f" weighted by {found.weights.name}" if found.weights else ""
    return (
        f"{found.title} · 3 × {found.futures:,} futures{weighed} · seed {found.seed} · "
        f"data to {long_date(found.freeze)}",
        "How sure: goals and their weights are judgement, and so is what moves are expected to do; the size "
        "of moral hazard is unknown and its whole range is drawn. Families are futures that end alike if "
        f"nobody helps. {not_scored(found.weights)}",
    )


def _paint_key(axes: Axes, width: float, theme: Theme) -> None:
    axes.set(xlim=(0, width * INCH), ylim=(0, KEY * INCH))
    axes.axis("off")
    x = 5.0
    for ident in STRATEGIES:
        axes.plot(x, 9, MARKS[ident], color=COLOURS[ident], markersize=6, clip_on=False)
        axes.text(x + 9, 9, SHORT[ident], size=SMALL, color=theme.ink, va="center_baseline")
        x += 9 + text_width(SHORT[ident], SMALL) + 18


def _points(axes: Axes) -> tuple[float, float]:
    """Width and height of axes in points."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    box = axes.get_position()
    return box.width * figure.get_figwidth() * INCH, box.height * figure.get_figheight() * INCH


def _frame(axes: Axes, rows: int, title: str, theme: Theme) -> None:
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0, pad=3, labelsize=SMALL)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set(color=theme.grid, linewidth=0.7)
    axes.grid(axis="x", color=theme.grid, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.axvline(0, color=SLATE, linewidth=1.2, zorder=2)
    axes.axhline(0.5, color=theme.grid, linewidth=0.7)
    axes.text(
        0, 1, title, transform=axes.transAxes, size=TEXT, weight=600, color=theme.ink, va="bottom", ha="left"
    )


def _paint_names(axes: Axes, groups: Sequence[Group], gutter: float, theme: Theme) -> None:
    width = gutter * INCH - 10
    scale, _ = _points(axes)
    for row, group in enumerate(groups):
        share = f"{round(100 * group.share)} of 100 futures"
        head = "All futures" if row == 0 else f"{group.id} · {share}"
        lines = [] if row == 0 else wrap(group.name, SMALL, width)
        if len(lines) > 2:
            lines = [lines[0], f"{lines[1].rsplit(' ', 1)[0]} …"]
        text = "\n".join(lines)
        left = -(gutter * INCH) / scale
        axes.text(
            left, row - (0.28 if lines else 0.0), head, transform=axes.get_yaxis_transform(), size=SMALL,
            weight=600, color=theme.ink, va="center", parse_math=False,
        )  # fmt: skip
        axes.text(
            left, row - 0.12, text, transform=axes.get_yaxis_transform(), size=SMALL, color=theme.muted,
            va="top", linespacing=1.15, parse_math=False,
        )  # fmt: skip


def _paint_marks(axes: Axes, row: int, ident: str, one: Estimate, scale: float) -> None:
    y = row + (APART if ident == CONDITIONS else -APART)
    colour = COLOURS[ident]
    axes.plot([one.low * scale, one.high * scale], [y, y], color=colour, linewidth=2.2, alpha=0.45, zorder=3)
    face = colour if one.sure else axes.figure.get_facecolor()
    axes.plot(
        one.mean * scale, y, MARKS[ident], color=colour, markerfacecolor=face, markersize=6,
        markeredgewidth=1.4, zorder=4,
    )  # fmt: skip


def _paint_gains(axes: Axes, found: Principle, theme: Theme) -> None:
    _frame(axes, len(found.groups), "Gain over letting it fall, points of 100", theme)
    for row, group in enumerate(found.groups):
        for ident in (AS_IS, CONDITIONS):
            _paint_marks(axes, row, ident, group.gain[NONE, ident], 100.0)
    _ticks(axes, theme, "+{:g}")


def _paint_people(axes: Axes, found: Principle, theme: Theme) -> None:
    _frame(axes, len(found.groups), f"More or fewer displaced, {span(found.deep)}", theme)
    for row, group in enumerate(found.groups):
        if "displaced" not in group.people:
            continue
        apart = group.people["displaced"][found.deep][1]
        for ident in (AS_IS, CONDITIONS):
            _paint_marks(axes, row, ident, apart[NONE, ident], 1e-3)
    _ticks(axes, theme, "+{:,g} k")


def _ticks(axes: Axes, theme: Theme, form: str) -> None:
    low, high = axes.get_xlim()
    low, high = min(low, 0.0), max(high, 0.0)
    pad = 0.06 * (high - low or 1.0)
    axes.set_xlim(low - pad, high + pad)
    marks = [m for m in MaxNLocator(nbins=4).tick_values(low, high) if low - pad <= m <= high + pad]
    texts = [form.format(m) if m > 0 else form.removeprefix("+").format(m).replace("-", "−") for m in marks]
    axes.set_xticks(
        marks, [text if mark else "0" for mark, text in zip(marks, texts, strict=True)], color=theme.muted
    )


def _paint_hazard(axes: Axes, found: Principle, theme: Theme) -> None:
    """Inclusion from the freeze to the deep horizon."""
    hazard = found.hazard
    days = [0, *hazard.days]
    shown = hazard.grid <= days[-1]
    ends = {ident: hazard.level[ident][-1] for ident in STRATEGIES}
    for ident in STRATEGIES:
        axes.plot(hazard.grid[shown], hazard.curve[ident][shown], color=COLOURS[ident], linewidth=1.8)
        axes.plot(
            days[1:], hazard.level[ident], MARKS[ident], color=COLOURS[ident], markersize=4.5, clip_on=False
        )
    order = sorted(STRATEGIES, key=lambda ident: ends[ident])
    values = [float(v) for curve in hazard.curve.values() for v in curve[shown]]
    low, high = min(values), max(values)
    room = max(high - low, DODGE)
    axes.set(xlim=(0, days[-1]), ylim=(low - 0.12 * room, high + 0.12 * room))
    at = np.array([ends[ident] for ident in order])
    for k in range(1, len(at)):
        at[k] = max(at[k], at[k - 1] + 0.14 * room)
    for ident, y in zip(order, at, strict=True):
        axes.annotate(
            f"{SHORT[ident]} {ends[ident]:.2f}", (days[-1], y), xytext=(8, 0), textcoords="offset points",
            size=SMALL, color=theme.ink, va="center", annotation_clip=False,
        )  # fmt: skip
    axes.set_xticks(days, ["freeze", *(span(day) for day in hazard.days)], size=SMALL, color=theme.muted)
    if days[1] < 0.2 * days[-1]:
        axes.set_xticks([days[0], days[-1]], ["freeze", span(days[-1])], size=SMALL, color=theme.muted)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.tick_params(length=0, pad=3, labelsize=SMALL, labelcolor=theme.muted)
    axes.grid(axis="y", color=theme.grid, linewidth=0.7)
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set(color=theme.muted, linewidth=0.7)
    axes.text(
        0, 1.06, "How far power is shared, mean (0 not at all, 1 in full)", transform=axes.transAxes,
        size=TEXT, weight=600, color=theme.ink, va="bottom", ha="left",
    )  # fmt: skip


def _paint_condition(axes: Axes, found: Principle, theme: Theme) -> None:
    """What became of the condition, in words."""
    from afternext.foresight.terminal_principle import met_sayings

    width, height = _points(axes)
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    asked = " and ".join(one.words for one in found.question.asked)
    y = height - 2
    for line in wrap(f"The condition: {asked}", TEXT, width, bold=True):
        axes.text(0, y, line, size=TEXT, weight=600, color=theme.ink, va="top", parse_math=False)
        y -= 1.3 * TEXT
    for text in met_sayings(found):
        y -= 4
        for line in wrap(capital(text), SMALL, width):
            axes.text(0, y, line, size=SMALL, color=theme.muted, va="top", parse_math=False)
            y -= 1.34 * SMALL
