"""The key of a map: sides with counts, circles, ribbons; blocks that stand in a column or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path as Outline

from afternext.brief.access import Holding
from afternext.brief.layers import STEPS, STRENGTH, circle_radius, paint_held, ribbon_ring
from afternext.brief.stage import Stage
from afternext.brief.style import NOBODY, SMALL, TEXT, Theme, wrap
from afternext.brief.words import number

ROW = 14.0
SWATCH = 15.0
ABROAD = "abroad"
BETWEEN = 15.0  # between blocks


def paper(axes: Axes, width: float, height: float) -> None:
    """Axes whose unit is the point."""
    # A key with nothing in it has no height; matplotlib warns of an axis that starts where it ends.
    axes.set(xlim=(0, max(width, 1.0)), ylim=(0, max(height, 1.0)))
    axes.axis("off")


@dataclass(frozen=True)
class Row:
    """A line of the key: a swatch (colour, or nobody, or hatched), a name, a count."""

    name: str
    colour: str
    count: str
    kind: str = "side"  # or nobody, contested, empty


def rows(
    stage: Stage, days: Sequence[Holding], names: Sequence[str], colours: dict[str, str], abroad: set[str]
) -> list[Row]:
    """Sides that hold something at home, most places first; nobody, contested, sides abroad, bare ground.

    With two days a count reads `71 → 69`.
    """
    home = np.array(stage.home)
    forces = days[-1].forces

    def text(counts: Sequence[int]) -> str:
        return " → ".join(map(str, counts))

    counts = [[int(((held.leader == f) & home).sum()) for held in days] for f in range(len(forces) + 1)]
    order = sorted(range(len(forces)), key=lambda f: (-counts[f][-1], f))
    out = [Row(names[f], colours[forces[f]], text(counts[f])) for f in order if any(counts[f])]
    if any(counts[-1]):
        out.append(Row("Nobody", NOBODY, text(counts[-1]), "nobody"))
    contested = [int(((held.contested >= 0.5) & home).sum()) for held in days]
    if any(contested):
        out.append(Row("Contested", NOBODY, text(contested), "contested"))
    out += [
        Row(names[f], colours[forces[f]], ABROAD) for f in order if not any(counts[f]) and forces[f] in abroad
    ]
    if stage.empty:
        out.append(Row("Far from places and roads", NOBODY, "", "empty"))
    return out


@dataclass(frozen=True)
class SidesBlock:
    """Who holds how many places, and what stripes of a colour say."""

    rows: tuple[Row, ...]
    width: float
    single: bool
    theme: Theme

    @property
    def height(self) -> float:
        return ROW * (len(self.rows) + 1) + (0 if self.single else 28)

    def draw(self, axes: Axes, x: float, top: float) -> None:
        ink, muted = self.theme.ink, self.theme.muted
        head = "Holder" if self.single else "Holder in most futures"
        axes.text(x, top - TEXT, head, size=TEXT, weight=600, color=ink, va="baseline")
        axes.text(x + self.width, top - TEXT, "places", size=SMALL, color=muted, ha="right", va="baseline")
        nobody = {"facecolor": self.theme.paper, "edgecolor": NOBODY, "linestyle": (0, (3, 2))}
        empty = {"facecolor": self.theme.abroad, "edgecolor": self.theme.border}
        outlined: dict[str, dict[str, Any]] = {
            "nobody": {**nobody, "linewidth": 0.9},
            "empty": {**empty, "linewidth": 0.6},
        }
        y = top - ROW
        for row in self.rows:
            box = (x, y - ROW + 3.2)
            if row.kind == "side":
                axes.add_patch(Rectangle(box, SWATCH, 9, facecolor=row.colour, alpha=STRENGTH, linewidth=0))
            elif row.kind in outlined:
                axes.add_patch(Rectangle(box, SWATCH, 9, **outlined[row.kind]))
            else:
                axes.add_patch(
                    Rectangle(box, SWATCH, 9, facecolor="none", edgecolor=NOBODY, linewidth=0, hatch="////")
                )
            axes.text(
                x + SWATCH + 5, y - ROW + 5, row.name, size=TEXT, color=ink, va="baseline", parse_math=False
            )
            axes.text(
                x + self.width,
                y - ROW + 5,
                row.count,
                size=TEXT,
                color=muted if row.count == ABROAD else ink,
                ha="right",
                va="baseline",
            )
            y -= ROW
        if not self.single and self.rows:
            tone = next((row.colour for row in self.rows if row.kind == "side"), NOBODY)
            step = self.width / 5
            for k, share in enumerate(STEPS):
                left, right = x + k * step, x + (k + 1) * step - 2
                swatch = [(left, y - 16), (right, y - 16), (right, y - 6), (left, y - 6), (left, y - 16)]
                paint_held(axes, Outline(swatch), tone, share)
            axes.text(x, y - 25, "4 in 10 futures", size=SMALL, color=muted, va="baseline")
            axes.text(x + self.width, y - 25, "all agree", size=SMALL, color=muted, ha="right", va="baseline")


@dataclass(frozen=True)
class CirclesBlock:
    """What the circles say."""

    head: str
    biggest: float
    radius: float
    width: float
    theme: Theme

    @property
    def steps(self) -> list[float]:
        """Round numbers of people, the largest first."""
        top = _round_below(self.biggest)
        return [top, _round_below(top / 4.5)] if top >= 20 else [top]

    @property
    def height(self) -> float:
        lines = len(wrap(self.head, TEXT, self.width, bold=True))
        biggest = circle_radius(np.array([self.steps[0]]), self.biggest, self.radius)[0]
        return lines * 11.5 + max(2 * float(biggest), 16.0) + 10

    def draw(self, axes: Axes, x: float, top: float) -> None:
        y = _head(axes, self.head, x, top, self.width, self.theme)
        radii = circle_radius(np.array(self.steps), self.biggest, self.radius)
        bottom = y - max(2 * radii[0], 16.0) - 6
        level = bottom + 2 * radii[0]
        for persons, r in zip(self.steps, radii, strict=True):
            axes.add_patch(
                Circle(
                    (x + radii[0] + 1, bottom + r),
                    r,
                    facecolor=self.theme.people + "33",
                    edgecolor=self.theme.people,
                    linewidth=0.8,
                )
            )
            level = min(level, bottom + 2 * r)
            right = x + 2 * radii[0]
            axes.plot(
                [x + radii[0] + 1, right + 5, right + 9],
                [bottom + 2 * r, level, level],
                color=self.theme.muted,
                linewidth=0.5,
            )
            axes.text(right + 12, level, number(persons), size=SMALL, color=self.theme.ink, va="center")
            level -= 1.25 * SMALL  # the next number stays clear of this one


@dataclass(frozen=True)
class RibbonsBlock:
    """What the ribbons say."""

    head: str
    biggest: float
    points: float
    width: float
    theme: Theme

    @property
    def height(self) -> float:
        lines = len(wrap(self.head, TEXT, self.width, bold=True))
        return lines * 11.5 + (24 if self._beside else 40)

    @property
    def _beside(self) -> bool:
        """Whether both samples fit next to each other."""
        return self.width > 160

    def draw(self, axes: Axes, x: float, top: float) -> None:
        y = _head(axes, self.head, x, top, self.width, self.theme) - 14
        left = x
        for share in (1.0, 0.25):
            persons = _round_below(self.biggest * share)
            ring = ribbon_ring(
                np.array([left, y]), np.array([left + 36.0, y]), max(persons * self.points, 0.9), 4.0
            )
            axes.add_patch(
                PathPatch(Outline(ring, closed=True), facecolor=self.theme.people, alpha=0.85, linewidth=0)
            )
            axes.text(left + 41, y, number(persons), size=SMALL, color=self.theme.ink, va="center")
            if self._beside:
                left += self.width / 2
            else:
                y -= 16


Block = SidesBlock | CirclesBlock | RibbonsBlock


@dataclass(frozen=True)
class Key:
    """Blocks in rows; the blocks of a row share its width."""

    rows: tuple[tuple[Block, ...], ...]

    @property
    def height(self) -> float:
        return sum(max(block.height for block in row) + BETWEEN for row in self.rows) - BETWEEN

    def draw(self, axes: Axes, top: float) -> None:
        for row in self.rows:
            x = 0.0
            for block in row:
                block.draw(axes, x, top)
                x += block.width + BETWEEN
            top -= max(block.height for block in row) + BETWEEN


def _head(axes: Axes, text: str, x: float, top: float, width: float, theme: Theme) -> float:
    """A bold heading over as many lines as it needs; returns where the block goes on."""
    for line in wrap(text, TEXT, width, bold=True):
        axes.text(x, top - TEXT, line, size=TEXT, weight=600, color=theme.ink, va="baseline")
        top -= 11.5
    return top


def _round_below(x: float) -> float:
    """The largest 1, 2 or 5 times a power of ten not above x."""
    if not isfinite(x) or x < 1:
        return 1.0
    power = 10.0 ** np.floor(np.log10(x))
    return float(max(m * power for m in (1, 2, 5) if m * power <= x * (1 + 1e-9)))
