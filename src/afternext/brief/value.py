"""Value of information as bars: what to learn first, at each horizon, against the noise and against the
most.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

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
    WIDTH,
    Size,
    Theme,
    house,
    wrap,
)
from afternext.brief.words import capital, span
from afternext.foresight.groups import BEHAVIOUR, EFFECT, FACT, INTENT
from afternext.foresight.terminal_value import tried
from afternext.foresight.value import Horizon, Learnt, Value

COLOURS = {FACT: BLUE, INTENT: ORANGE, EFFECT: PURPLE, BEHAVIOUR: SKY}
ROWS = 4  # of one horizon
LINE = 1.3 * SMALL
HEAD = 34.0
GAP = 12.0
KEY = 18.0


def draw_value(found: Value, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """A block a horizon: the inputs and groups worth most, with ranges; what is in the noise is hollow."""
    column = (WIDTH[size] - 2 * MARGIN) * INCH
    gutter = column * (0.46 if size == "wide" else 0.5)
    blocks = [(one, _rows(one, gutter - 12)) for one in found.horizons]
    key = KEY if size == "wide" else 2 * KEY
    tall = key + sum(HEAD + sum(_height(lines) for _, lines in rows) + GAP for _, rows in blocks)
    with house(theme):
        sheet = Sheet(size, theme, finding(found), subtitle(found), foot(found), tall / INCH)
        axes = sheet.axes(MARGIN, 0, column / INCH, tall / INCH)
        paper(axes, column, tall)
        y = tall
        for one, rows in blocks:
            _paint_block(axes, found, one, rows, y, gutter, column, theme)
            y -= HEAD + sum(_height(lines) for _, lines in rows) + GAP
        _paint_key(axes, size, theme)
        return Picture(sheet.figure, finding(found), size, theme, found.to_frame())


def _rows(one: Horizon, width: float) -> list[tuple[Learnt, list[str]]]:
    both = sorted((*one.singles, *one.groups), key=lambda it: (not it.above, it.p))[:ROWS]
    return [(it, wrap(capital(it.name), SMALL, width)[:2]) for it in both]


def _height(lines: list[str]) -> float:
    return LINE * len(lines) + 7


def _paint_block(
    axes: Axes, found: Value, one: Horizon, rows: list[tuple[Learnt, list[str]]], top: float, gutter: float,
    width: float, theme: Theme,
) -> None:  # fmt: skip
    axes.text(0, top, f"After {span(one.day)}", size=TEXT, weight=600, color=theme.ink, va="top")
    axes.text(
        0, top - 13, f"best now: {found.titles[one.best]}; knowing everything: {found.told(one.everything)}",
        size=SMALL, color=theme.muted, va="top", parse_math=False,
    )  # fmt: skip
    most = max([one.floor, *(it.high for it, _ in rows)]) or 1.0
    right = width - 92

    def x(value: float) -> float:
        return gutter + (right - gutter) * min(max(value, 0.0) / most, 1.0)

    low = top - HEAD - sum(_height(lines) for _, lines in rows)
    axes.plot([x(0), x(0)], [low, top - HEAD], color=theme.border, linewidth=0.8)
    axes.plot(
        [x(one.floor)] * 2, [low, top - HEAD + 3], color=theme.muted, linewidth=0.9, linestyle=(0, (3, 2))
    )
    axes.text(
        x(one.floor), top - HEAD + 4, "noise", size=SMALL, color=theme.muted, va="bottom",
        ha="right" if x(one.floor) > right - 20 else "center",
    )  # fmt: skip
    y = top - HEAD
    for it, lines in rows:
        height = _height(lines)
        middle = y - height / 2
        colour = COLOURS[it.kind]
        axes.add_patch(
            Rectangle(
                (x(0), middle - 4), max(x(it.value) - x(0), 0.5), 8, linewidth=0.9, edgecolor=colour,
                facecolor=colour if it.above else theme.paper, zorder=2,
            )
        )  # fmt: skip
        axes.plot([x(it.low), x(it.high)], [middle, middle], color=theme.ink, linewidth=0.9, zorder=3)
        axes.text(
            right + 6, middle, found.told(it.value), size=SMALL, color=theme.ink if it.above else theme.muted,
            va="center_baseline",
        )  # fmt: skip
        for k, line in enumerate(lines):
            axes.text(0, y - 2 - k * LINE, line, size=SMALL, color=theme.ink, va="top", parse_math=False)
        y -= height


def _paint_key(axes: Axes, size: Size, theme: Theme) -> None:
    x, y = 0.0, 4.0 if size == "wide" else 4.0 + KEY * 0.8
    for k, (kind, colour) in enumerate(COLOURS.items()):
        if size == "phone" and k == 2:
            x, y = 0.0, 4.0
        axes.add_patch(Rectangle((x, y), 8, 8, facecolor=colour, linewidth=0))
        axes.text(x + 12, y + 4, kind, size=SMALL, color=theme.muted, va="center_baseline")
        x += 136


def finding(found: Value) -> str:
    """What is worth learning, or that nothing is as far as these futures can tell."""
    above = [
        (it.value / max(one.everything, 1e-300), one, it)
        for one in found.horizons
        for it in (*one.singles, *one.groups)
        if it.above
    ]
    if not above:
        return "Nothing that could be learnt would change the choice, as far as these futures can tell"
    _, one, it = max(above, key=lambda three: three[0])
    return f"{capital(it.name)} is worth knowing first: {found.told(it.value)} after {span(one.day)}"


def subtitle(found: Value) -> str:
    """What is drawn."""
    return (
        f"Mean gain of choosing once it is known instead of now, for {found.said}. Hollow: no more than "
        f"chance "
        f"shows among {tried(found)}; dashed: from there on a single input stands out."
    )


def foot(found: Value) -> tuple[str, str]:
    """Where it comes from, and how sure."""
    return (
        f"{found.scenario} · {found.futures:,} futures of each of {len(found.strategies)} strategies · "
        f"seed {found.seed}",
        "How sure: estimated from these futures; what shuffled futures show is taken off. It is the value in "
        "the model, within its priors: what the model leaves out has none here.",
    )
