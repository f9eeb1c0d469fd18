"""A backcast as paired dots: the share of wanted futures with a condition and without it.

What can be chosen stands on top, with a full dot; what powers do and what can only be watched below, open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes

from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import (
    BLUE,
    LIGHT,
    ORANGE,
    SMALL,
    TEXT,
    VERMILLION,
    WIDTH,
    Size,
    Theme,
    house,
    text_width,
    wrap,
)
from afternext.brief.words import capital
from afternext.foresight.backcast import Backcast, Range
from afternext.foresight.words import of_100

MOST = 6  # rows of a part
LINE = 1.3 * SMALL
HEAD = 24.0
GAP = 10.0
KEYS = {"choose": BLUE, "move": ORANGE, "watch": VERMILLION}


@dataclass(frozen=True)
class Row:
    """One line of the picture."""

    kind: str
    lines: list[str]
    having: Range
    lacking: Range | None
    note: str = ""


def draw_backcast(found: Backcast, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """Strategies, moves and near conditions, each with the share of wanted futures that goes with it."""
    column = (WIDTH[size] - 2 * MARGIN) * INCH
    gutter = column * (0.46 if size == "wide" else 0.5)
    parts = [(heading, rows) for heading, rows in _parts(found, gutter - 12) if rows]
    tall = 30 + sum(HEAD + sum(_height(row) for row in rows) + GAP for _, rows in parts)
    with house(theme):
        sheet = Sheet(size, theme, finding(found), subtitle(found), foot(found), tall / INCH)
        axes = sheet.axes(MARGIN, 0, column / INCH, tall / INCH)
        paper(axes, column, tall)
        top = max([found.share[2]] + [row.having[2] for _, rows in parts for row in rows])
        most = min(1.0, max(0.2, 0.1 * round(10 * top + 0.6)))
        scale = (gutter, column - 12, most)
        _axis(axes, found, scale, tall, theme)
        y = tall - 30
        for heading, rows in parts:
            axes.text(0, y - 4, heading, size=TEXT, weight=600, color=theme.ink, va="top")
            y -= HEAD
            for row in rows:
                height = _height(row)
                _paint(axes, row, scale, y - height / 2, theme)
                start = y - (height - LINE * len(row.lines)) / 2 - 1
                for k, line in enumerate(row.lines):
                    axes.text(
                        0, start - k * LINE, line, size=SMALL, color=theme.ink, va="top", parse_math=False
                    )
                y -= height
            y -= GAP
        return Picture(sheet.figure, finding(found), size, theme, found.to_frame())


def _parts(found: Backcast, width: float) -> Iterator[tuple[str, list[Row]]]:
    def lines(text: str) -> list[str]:
        return wrap(capital(text), SMALL, width)

    yield (
        "What can be chosen",
        [
            Row(
                "choose",
                lines(one.title),
                one.share,
                None,
                "" if one.id == found.strategy else _gain(one.gain),
            )
            for one in found.chosen[: MOST + 2]
        ],
    )
    for heading, kind, group in (
        ("What powers do of their own accord", "move", found.moves),
        ("What can only be watched", "watch", found.watch),
    ):
        best = sorted(group, key=lambda one: -one.raises)[:MOST]
        yield (
            heading,
            [
                Row(kind, lines(one.text), one.having, one.lacking)
                for one in sorted(best, key=lambda one: (one.sign.day, -one.raises))
            ],
        )


def _gain(gain: Range) -> str:
    """The paired difference: `+9 (+6 to +12)`."""
    return f"{100 * gain[0]:+.0f} ({100 * gain[1]:+.0f} to {100 * gain[2]:+.0f})".replace("-", "−")


def _height(row: Row) -> float:
    return LINE * max(len(row.lines), 1) + 8


def _axis(axes: Axes, found: Backcast, scale: tuple[float, float, float], tall: float, theme: Theme) -> None:
    left, right, most = scale
    step = 0.1 if most <= 0.6 else 0.2
    for k in range(round(most / step) + 1):
        x = left + (right - left) * k * step / most
        axes.plot([x, x], [4, tall - 18], color=theme.grid, linewidth=0.8, zorder=0)
        axes.text(
            x, tall - 2, f"{round(100 * k * step)}", size=SMALL, color=theme.muted, ha="center", va="top"
        )
    x = left + (right - left) * found.share[0] / most
    axes.plot([x, x], [4, tall - 18], color=theme.muted, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    axes.text(
        x + 3, tall - 14, f"{found.strategy}: {round(100 * found.share[0])}", size=SMALL, color=theme.muted,
        va="top",
    )  # fmt: skip


def _paint(axes: Axes, row: Row, scale: tuple[float, float, float], y: float, theme: Theme) -> None:
    left, right, most = scale

    def x(share: float) -> float:
        return left + (right - left) * min(share, most) / most

    colour = KEYS[row.kind]
    if row.lacking is not None:
        axes.plot(
            [x(row.lacking[0]), x(row.having[0])], [y, y], color=colour, linewidth=1.0, alpha=0.6, zorder=2
        )
        axes.plot(
            [x(row.lacking[1]), x(row.lacking[2])],
            [y, y],
            color=theme.muted,
            linewidth=3.5,
            alpha=0.3,
            zorder=2,
        )
        axes.plot(
            x(row.lacking[0]), y, "o", markerfacecolor=theme.paper, markeredgecolor=theme.muted, markersize=6,
            zorder=4,
        )  # fmt: skip
    axes.plot([x(row.having[1]), x(row.having[2])], [y, y], color=colour, linewidth=3.5, alpha=0.35, zorder=3)
    axes.plot(x(row.having[0]), y, "o", color=colour, markersize=6.5, zorder=5)
    if row.note:
        room = right - x(row.having[2]) - 8 > text_width(row.note, SMALL)
        axes.text(
            x(row.having[2]) + 6 if room else x(row.having[1]) - 6, y, row.note, size=SMALL,
            color=theme.muted, ha="left" if room else "right", va="center_baseline",
        )  # fmt: skip


def finding(found: Backcast) -> str:
    """The strategy that raises the share beyond sampling, or that none does, or the strongest sign."""
    sure = [one for one in found.chosen if one.gain[1] > 0]
    if sure:
        one = sure[0]
        return (
            f"{one.title}: {round(100 * one.share[0])} of 100 futures are the wanted ones, "
            f"{100 * one.gain[0]:+.0f}"
        )
    if found.chosen:
        return "No strategy raises the share of the wanted futures beyond what sampling shows"
    if not found.watch:
        return "Nothing near announces the wanted futures better than chance"
    best = max(found.watch, key=lambda one: one.raises)
    return (
        f"{capital(best.text)}: then {round(100 * best.having[0])} of 100 futures are the wanted ones, "
        f"else {round(100 * best.lacking[0])}"
    )


def subtitle(found: Backcast) -> str:
    """What is wanted and what is drawn."""
    beside = f"; beside them the difference from {found.strategy} on the same futures" if found.chosen else ""
    return (
        f"Wanted: {found.want}{'' if found.meaning == found.want else f' ({found.meaning})'}, "
        f"{of_100(found.share[0])} futures. Full dot: share of wanted futures with it; ring: without it; "
        f"bars: 90 % ranges{beside}."
    )


def foot(found: Backcast) -> tuple[str, str]:
    """Where it comes from, and how sure."""
    return (
        f"{found.scenario} · {found.futures:,} futures · seed {found.seed}",
        "How sure: a share of futures says how often the model does it; it has not been scored yet. "
        "Strategies "
        "are compared on the same futures, so their difference is theirs. Conditions and moves only go "
        f"together with the wanted futures; they were chosen on {found.futures - found.scoring} futures and "
        f"are told from {found.scoring} others.",
    )
