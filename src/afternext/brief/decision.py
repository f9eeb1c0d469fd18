"""Courses of action across goals and horizons: one block of columns a goal, in it a column a horizon.

The number is the share of futures in which the goal is met; the colour says how far that is from the first
course of action, so that the eye goes to what a choice changes and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import (
    BLUE,
    LIGHT,
    SMALL,
    VERMILLION,
    WIDTH,
    Size,
    Theme,
    house,
    text_width,
    wrap,
)
from afternext.brief.words import capital
from afternext.ensemble.words import short_span
from afternext.foresight.decide import Decision
from afternext.foresight.terminal_decision import finding as sentences
from afternext.foresight.terminal_decision import leader_line, trade_lines, value_of
from afternext.foresight.weights import Floats

MOST_TRADES = 4
ROW = 17.0  # points
CELL = 25.0
NARROWEST = 19.5
BETWEEN = 10.0
HEAD = 50.0
FULL = 0.3  # difference of shares at which a cell is darkest
LEGEND = 30.0


@dataclass(frozen=True)
class Block:
    """One goal, or all of them, as shares (S, J)."""

    title: str
    under: str
    days: tuple[int, ...]
    shares: Floats
    cell: float

    @property
    def width(self) -> float:
        """As wide as its cells, or what stands above them."""
        return max(self.cell * len(self.days), text_width(self.under, SMALL), 64.0)

    def best(self, j: int) -> list[int]:
        """The best in a column, all that tie; none where all do."""
        column = self.shares[:, j]
        top = np.flatnonzero(np.isclose(column, column.max(), rtol=0, atol=1e-9))
        return [] if 2 * len(top) > len(column) else [int(s) for s in top]


def draw_decision(found: Decision, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """The courses of action of a decision, best at the last horizon on top."""
    width = (WIDTH[size] - 2 * MARGIN) * INCH
    gutter = min(width * 0.37, max(text_width(one, SMALL) for one in found.ids) + 34)
    order = sorted(range(len(found.ids)), key=lambda s: (-found.across[s, -1], s))
    blocks = _blocks(found, width - gutter)
    lines = _arranged(blocks, width - gutter)
    high = HEAD + ROW * len(order) + BETWEEN
    body = (high * len(lines) + LEGEND) / INCH
    with house(theme):
        title = sentences(found)[0].rstrip(".")
        sheet = Sheet(size, theme, title, subtitle(found), foot(found), body)
        axes = sheet.axes(MARGIN, 0, width / INCH, body)
        paper(axes, width, body * INCH)
        ink = LinearSegmentedColormap.from_list("apart", [VERMILLION, theme.land, BLUE])
        top = body * INCH
        for line in lines:
            _paint_names(axes, found, order, top - HEAD, gutter, theme)
            left = gutter
            for block in line:
                _paint_block(axes, block, order, left, top, ink, theme)
                left += block.width + BETWEEN
            top -= high
        _paint_key(axes, found, ink, theme)
        return Picture(sheet.figure, title, size, theme, found.to_frame())


def subtitle(found: Decision) -> str:
    """What is drawn."""
    return (
        "Share of futures in which a goal is met, in hundredths, on the same futures for every strategy. "
        f"Colour: against {found.ids[0]}. Framed: best in its column, by little or much. ≤ and ≥: good "
        "enough at the last horizon."
    )


def foot(found: Decision) -> tuple[str, ...]:
    undeclared = any(not one.goal.declared for one in found.judged)
    how = (
        f" Goals are not declared: good enough is the middle future of {found.ids[0]}." if undeclared else ""
    )
    return (
        f"{found.scenario} · {found.futures:,} futures · seed {found.seed}",
        *(sentences(found)[1:]),
        leader_line(found, found.leaders[-1]),
        *(f"Against {found.ids[0]}, beyond noise: {line}." for line in trade_lines(found)[:MOST_TRADES]),
        f"How sure: shares of futures, not scored against what happened.{how} What a strategy takes "
        "is in the "
        "table.",
    )


def _blocks(found: Decision, room: float) -> list[Block]:
    columns = len(found.days) + sum(len(one.days) for one in found.judged)
    cell = float(np.clip((room - BETWEEN * len(found.judged)) / columns, NARROWEST, CELL))
    blocks = [Block("All goals", "equal weights", found.days, found.across, cell)]
    if len(found.judged) == 1:
        blocks = []
    for one in found.judged:
        last = value_of(one.goal.enough[-1])
        sign = "≥" if one.goal.more else "≤"
        blocks.append(Block(capital(one.goal.name), f"{sign} {last}", one.days, one.met, cell))
    return blocks


def _arranged(blocks: Sequence[Block], room: float) -> list[list[Block]]:
    """Blocks in as many lines as they need."""
    lines: list[list[Block]] = [[]]
    used = 0.0
    for block in blocks:
        if lines[-1] and used + block.width > room:
            lines.append([])
            used = 0.0
        lines[-1].append(block)
        used += block.width + BETWEEN
    return lines


def _paint_names(
    axes: Axes, found: Decision, order: Sequence[int], top: float, gutter: float, theme: Theme
) -> None:
    for row, s in enumerate(order):
        y = top - (row + 0.5) * ROW
        name = found.ids[s]
        while text_width(name, SMALL) > gutter - 8 and len(name) > 4:
            name = name[:-2].rstrip("… ") + "…"
        axes.text(0, y, name, size=SMALL, color=theme.ink, va="center_baseline", parse_math=False)


def _paint_block(
    axes: Axes, block: Block, order: Sequence[int], left: float, top: float,
    ink: LinearSegmentedColormap, theme: Theme,
) -> None:  # fmt: skip
    titles = wrap(block.title, SMALL, block.width, bold=True)[:2]
    axes.text(
        left, top - 20, "\n".join(titles), size=SMALL, weight=600, color=theme.ink, va="bottom",
        linespacing=1.1, parse_math=False,
    )  # fmt: skip
    axes.text(left, top - 22, block.under, size=SMALL, color=theme.muted, va="top", parse_math=False)
    for j, day in enumerate(block.days):
        x = left + j * block.cell
        axes.text(
            x + block.cell / 2,
            top - HEAD + 3,
            short_span(day),
            size=SMALL,
            color=theme.muted,
            ha="center",
            va="bottom",
        )
        for row, s in enumerate(order):
            y = top - HEAD - (row + 1) * ROW
            apart = float(block.shares[s, j] - block.shares[0, j])
            tone = float(np.clip(0.5 + 0.5 * apart / FULL, 0.0, 1.0))
            axes.add_patch(
                Rectangle((x, y), block.cell, ROW, facecolor=ink(tone), edgecolor=theme.paper, linewidth=1)
            )
            strong = abs(apart) > 0.7 * FULL
            axes.text(
                x + block.cell / 2, y + ROW / 2, f"{round(100 * float(block.shares[s, j]))}", size=SMALL,
                ha="center", va="center_baseline", color="#ffffff" if strong else theme.ink,
            )  # fmt: skip
    framed = [(j, s) for j in range(len(block.days)) for s in block.best(j)]
    for j, s in framed:
        y = top - HEAD - (order.index(s) + 1) * ROW
        axes.add_patch(
            Rectangle(
                (left + j * block.cell + 1.2, y + 1.2), block.cell - 2.4, ROW - 2.4, facecolor="none",
                edgecolor=theme.ink, linewidth=1.1,
            )
        )  # fmt: skip


def _paint_key(axes: Axes, found: Decision, ink: LinearSegmentedColormap, theme: Theme) -> None:
    for step in range(40):
        axes.add_patch(Rectangle((step * 3, 2), 3.2, 8, facecolor=ink(step / 39), linewidth=0))
    for x, text, side in ((0, "−30", "left"), (60, "0", "center"), (120, "+30 points", "center")):
        axes.text(x, 13, text, size=SMALL, color=theme.muted, ha=side)
