"""From next to after next as flows: families of futures from left (days) to right (years).

Every future keeps the colour of the family it ends in, from the first horizon on: where colours are mixed,
nothing tells the deep families apart yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline

from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import (
    BLUE,
    LIGHT,
    ORANGE,
    PURPLE,
    SKY,
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
from afternext.brief.words import capital, futures_of, listing, short_date, span
from afternext.ensemble.weights import not_scored, share_word
from afternext.foresight.tree import Family, Tree

COLOURS = (BLUE, VERMILLION, SKY, ORANGE, PURPLE, YELLOW)
NODE = 11.0  # points, width of a family's bar
GAP = 12.0  # points between families
FLAGS = 30.0  # points above the flows for dates and flags
LINE = 1.34 * SMALL
PALE = 0.38


@dataclass(frozen=True)
class Spot:
    """Where a family's bar stands, in points; y of each deep family's part inside it."""

    x: float
    y: float
    height: float
    parts: tuple[tuple[float, float], ...]


def draw_tree(tree: Tree, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """The flows of a tree, with what each family is called and the sign to watch for each deep one."""
    column = (WIDTH[size] - 2 * MARGIN) * INCH
    blocks = _texts(tree, size, column)
    tall = 250.0 if size == "wide" else 210.0
    list_height = _list_height(blocks, size)
    body = (tall + FLAGS + 14 + list_height) / INCH
    with house(theme):
        sheet = Sheet(size, theme, finding(tree), subtitle(tree), foot(tree), body)
        flows = sheet.axes(MARGIN, (list_height + 14) / INCH, column / INCH, (tall + FLAGS) / INCH)
        paper(flows, column, tall + FLAGS)
        spots = _place(tree, column, tall)
        _paint_flows(flows, tree, spots)
        _paint_nodes(flows, tree, spots, theme)
        _paint_dates(flows, tree, spots, tall, column, theme)
        _paint_flags(flows, tree, spots, tall, theme)
        words = sheet.axes(MARGIN, 0, column / INCH, list_height / INCH)
        paper(words, column, list_height)
        _paint_texts(words, blocks, size, column, list_height, theme)
        return Picture(sheet.figure, finding(tree), size, theme, tree.to_frame())


def finding(tree: Tree) -> str:
    """How much the near family tells of the deep one."""
    link = tree.whole
    if link is None:
        return f"After {span(tree.levels[0].day)}, futures fall into {len(tree.levels[0].families)} families"
    near, deep = span(link.near), span(link.deep)
    if link.told.p > 0.05 or link.told.share < 0.005:
        return f"How things stand after {near} does not tell which family {deep} will bring"
    return (
        f"How things stand after {near} settles {round(100 * link.told.share)} % of what there is to know "
        f"about {deep}"
    )


def subtitle(tree: Tree) -> str:
    """What is drawn."""
    deep = span(tree.levels[-1].day)
    return (
        f"Height: {share_word(tree.weights)} in each family. Colour: the family that a future ends in after "
        f"{deep}; a bar of mixed colours does not tell yet. Flags: when a sign to watch is due."
    )


def foot(tree: Tree) -> tuple[str, str]:
    """Where it comes from, and how sure."""
    poor = [span(level.day) for level in tree.levels if level.clear.endswith("weakly")]
    weak = f" (weakly {_when(tree, poor)})" if poor else ""
    blurred = [span(level.day) for level in tree.levels if level.clear != "clearly apart"]
    edges = f" Families have blurred edges {_when(tree, blurred)}." if blurred else ""
    return (
        f"{tree.title} · {tree.futures:,} futures · seed {tree.seed}",
        f"How sure: {not_scored(tree.weights)} Families are "
        f"groups that halves of the futures agree on{weak}.{edges} Rates of signs are from futures that "
        f"did not choose them.",
    )


def _when(tree: Tree, spans: list[str]) -> str:
    return "at every horizon" if len(spans) == len(tree.levels) else f"after {listing(spans)}"


def _place(tree: Tree, width: float, tall: float) -> list[list[Spot]]:
    """Bars of each horizon, ordered so that flows cross little."""
    deep = tree.levels[-1].found
    weights = tree.features.weights
    spots = []
    last = max(len(tree.levels) - 1, 1)
    for h, level in enumerate(tree.levels):
        x = (width - NODE) * (h / last) if len(tree.levels) > 1 else width / 2
        room = tall - GAP * (level.found.count - 1)
        mixes = np.array(
            [
                [weights[(level.found.labels == k) & (deep.labels == d)].sum() for d in range(deep.count)]
                for k in range(level.found.count)
            ]
        )
        order = np.argsort((mixes @ np.arange(deep.count)) / np.maximum(mixes.sum(1), 1e-12), kind="stable")
        here: dict[int, Spot] = {}
        top = tall
        for k in order:
            height = float(mixes[k].sum()) * room
            edges = top - np.concatenate([[0.0], np.cumsum(mixes[k])]) * room
            here[int(k)] = Spot(
                x, top - height, height, tuple(zip(edges[1:].tolist(), edges[:-1].tolist(), strict=True))
            )
            top -= height + GAP
        spots.append([here[k] for k in range(level.found.count)])
    return spots


def _paint_flows(axes: Axes, tree: Tree, spots: list[list[Spot]]) -> None:
    """Ribbons, one for each deep family, stacked in the order of where they come from and go to."""
    deep = tree.levels[-1].found
    weights = tree.features.weights
    for h in range(len(tree.levels) - 1):
        a, b = tree.levels[h].found, tree.levels[h + 1].found
        left_at = [[part[1] for part in spot.parts] for spot in spots[h]]
        right_at = [[part[1] for part in spot.parts] for spot in spots[h + 1]]
        down_left = sorted(range(a.count), key=lambda k: -spots[h][k].y)
        down_right = sorted(range(b.count), key=lambda k: -spots[h + 1][k].y)
        for i in down_left:
            for j in down_right:
                for d in range(deep.count):
                    mass = weights[(a.labels == i) & (b.labels == j) & (deep.labels == d)].sum()
                    if mass <= 0:
                        continue
                    thick_a = mass / max(weights[a.labels == i].sum(), 1e-12) * spots[h][i].height
                    thick_b = mass / max(weights[b.labels == j].sum(), 1e-12) * spots[h + 1][j].height
                    y0, y1 = left_at[i][d], right_at[j][d]
                    left_at[i][d] -= thick_a
                    right_at[j][d] -= thick_b
                    x0, x1 = spots[h][i].x + NODE, spots[h + 1][j].x
                    _ribbon(axes, (x0, y0, thick_a), (x1, y1, thick_b), COLOURS[d % len(COLOURS)])


def _ribbon(
    axes: Axes, start: tuple[float, float, float], end: tuple[float, float, float], colour: str
) -> None:
    (x0, y0, t0), (x1, y1, t1) = start, end
    middle = (x0 + x1) / 2
    points = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1), (x1, y1 - t1),
        (middle, y1 - t1), (middle, y0 - t0), (x0, y0 - t0), (x0, y0),
    ]  # fmt: skip
    codes = [1, 4, 4, 4, 2, 4, 4, 4, 79]
    axes.add_patch(PathPatch(Outline(points, codes), facecolor=colour, alpha=PALE, linewidth=0))


def _paint_nodes(axes: Axes, tree: Tree, spots: list[list[Spot]], theme: Theme) -> None:
    last = len(tree.levels) - 1
    for h, level in enumerate(tree.levels):
        for k, family in enumerate(level.families):
            spot = spots[h][k]
            for d, (low, high) in enumerate(spot.parts):
                axes.add_patch(
                    Rectangle(
                        (spot.x, low), NODE, high - low, facecolor=COLOURS[d % len(COLOURS)], linewidth=0
                    )
                )
            side = "right" if h == last and last > 0 else "left"
            x = spot.x - 4 if side == "right" else spot.x + NODE + 4
            axes.text(
                x, spot.y + spot.height / 2, f"{family.id}  {round(100 * family.share)}", size=TEXT,
                weight=600,
                color=theme.ink, ha=side, va="center_baseline",
            )  # fmt: skip


def _paint_dates(
    axes: Axes, tree: Tree, spots: list[list[Spot]], tall: float, width: float, theme: Theme
) -> None:
    last = len(tree.levels) - 1
    short = [span(level.day) for level in tree.levels]
    long = [f"{span(level.day)}, {short_date(level.date)}" for level in tree.levels]
    narrow = max(text_width(text, TEXT, bold=True) for text in long) + 12 > width / (last + 1)
    for h in range(len(tree.levels)):
        x = spots[h][0].x
        side, at = ("left", x) if h == 0 else ("right", x + NODE) if h == last else ("center", x + NODE / 2)
        text = short[h] if narrow else long[h]
        axes.text(at, tall + FLAGS - 2, text, size=TEXT, weight=600, color=theme.ink, ha=side, va="top")


def _paint_flags(axes: Axes, tree: Tree, spots: list[list[Spot]], tall: float, theme: Theme) -> None:
    """A flag at the date of the sign to watch for each deep family, on a time axis that bends at each
    horizon.
    """
    days = [level.day for level in tree.levels]
    xs = [spot[0].x + NODE / 2 for spot in spots]
    taken: list[float] = []
    for d, one in enumerate(tree.announced):
        if one.best is None or len(days) < 2:
            continue
        x = float(np.interp(one.rules[one.best].signs[0].day, days, xs))
        while any(abs(x - other) < 20 for other in taken):
            x += 20
        taken.append(x)
        y = tall + 3
        axes.plot([x, x], [y, y + 12], color=theme.muted, linewidth=0.8)
        axes.add_patch(
            Polygon(
                [(x, y + 12), (x + 7, y + 9.5), (x, y + 7)], facecolor=COLOURS[d % len(COLOURS)], linewidth=0
            )
        )
        axes.text(x + 2, y, one.target, size=SMALL, color=theme.muted, ha="left", va="bottom")


def _texts(tree: Tree, size: Size, width: float) -> list[tuple[str, list[tuple[str, list[str], int]]]]:
    """For each horizon its heading and its families: id, lines of text, colour (-1 none)."""
    column = width if size == "phone" else (width - 14 * (len(tree.levels) - 1)) / len(tree.levels)
    blocks = []
    for h, level in enumerate(tree.levels):
        entries = []
        for k, family in enumerate(level.families):
            lines = wrap(_line(family), SMALL, column - 24)
            deep = h == len(tree.levels) - 1
            if deep and k < len(tree.announced):
                lines += wrap(_sign(tree, k), SMALL, column - 24)
            entries.append((family.id, lines, k if deep else -1))
        blocks.append((f"After {span(level.day)}", entries))
    return blocks


def _line(family: Family) -> str:
    return f"{capital(futures_of(family.share))}: {family.name}"


def _sign(tree: Tree, k: int) -> str:
    one = tree.announced[k]
    if one.best is None:
        return "No sign announces it."
    rule = one.rules[one.best]
    due = tree.announced[k].freeze + timedelta(days=rule.signs[0].day)
    text = one.text(rule).split(", ", 1)[1]
    return (
        f"Sign by {short_date(due)}: {text} (seen in {round(100 * rule.hits)} % of these, "
        f"{round(100 * rule.false_alarms)} % of others)"
    )


def _list_height(blocks: list[tuple[str, list[tuple[str, list[str], int]]]], size: Size) -> float:
    heights = [18 + sum(len(lines) * LINE + 5 for _, lines, _ in entries) for _, entries in blocks]
    return sum(heights) + 6 * len(heights) if size == "phone" else max(heights)


def _paint_texts(
    axes: Axes, blocks: list[tuple[str, list[tuple[str, list[str], int]]]], size: Size, width: float,
    height: float, theme: Theme,
) -> None:  # fmt: skip
    column = width if size == "phone" else (width - 14 * (len(blocks) - 1)) / len(blocks)
    x, y = 0.0, height
    for heading, entries in blocks:
        axes.text(x, y, heading, size=TEXT, weight=600, color=theme.ink, va="top")
        y -= 18
        for ident, lines, colour in entries:
            if colour >= 0:
                axes.add_patch(
                    Rectangle((x, y - 9), 3, 9, facecolor=COLOURS[colour % len(COLOURS)], linewidth=0)
                )
            axes.text(x + 6, y, ident, size=SMALL, weight=600, color=theme.ink, va="top")
            for line in lines:
                axes.text(x + 24, y, line, size=SMALL, color=theme.ink, va="top", parse_math=False)
                y -= LINE
            y -= 5
        if size == "phone":
            y -= 6
        else:
            x, y = x + column + 14, height
