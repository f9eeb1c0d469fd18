"""Puts names on a map so that no two touch: larger places first, nearest free spot, a leader if it is far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin

Box = tuple[float, float, float, float]  # left, bottom, right, top

# Directions in degrees in the order a cartographer tries them (after Imhof 1975): right, upper right, ...
DIRECTIONS = (0, 35, -35, 180, 145, -145, 90, -90, 60, -60, 120, -120)
CORE = 3.5  # points
FIRST_RING, FAR_RINGS = 1.5, (9.0, 16.0, 24.0, 34.0)  # points between mark and name


@dataclass(frozen=True)
class Label:
    """A name to place: its mark's position and radius, and the size of the text, all in points."""

    key: str
    x: float
    y: float
    radius: float
    width: float
    height: float
    must: bool = False


@dataclass(frozen=True)
class Placed:
    """Where a name went: its box, and the line back to its mark when it is not beside it."""

    key: str
    box: Box
    leader: tuple[float, float, float, float] | None


def overlaps(a: Box, b: Box, gap: float = 0.0) -> bool:
    """Whether two boxes share more than an edge, with `gap` kept free between them."""
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


def _box(label: Label, direction: int, gap: float) -> Box:
    """The text box whose nearest edge lies `gap` from the mark's rim in a direction."""
    dx, dy = cos(radians(direction)), sin(radians(direction))
    x, y = label.x + (label.radius + gap) * dx, label.y + (label.radius + gap) * dy
    left = x - label.width * (0.5 - 0.5 * _lean(dx))
    bottom = y - label.height * (0.5 - 0.5 * _lean(dy))
    return (left, bottom, left + label.width, bottom + label.height)


def _lean(component: float) -> float:
    """Text hangs on its mark by the near edge in the direction's main parts, by its middle otherwise."""
    return 0.0 if abs(component) < 0.3 else (1.0 if component > 0 else -1.0)


def place(
    labels: Sequence[Label], frame: Box, obstacles: Sequence[Box] = (), gap: float = 1.0
) -> list[Placed]:
    """Place labels in the given order; one that finds no room is left out (never drawn over another).

    `obstacles` are boxes to keep free (keys, closer looks). A label with `must` may use a leader.
    """
    taken: list[Box] = []
    marks = [_core(label) for label in labels]
    out: list[Placed] = []
    for i, label in enumerate(labels):
        others = [mark for j, mark in enumerate(marks) if j != i]
        rings = (FIRST_RING, *FAR_RINGS) if label.must else (FIRST_RING,)
        found = None
        for ring in rings:
            for direction in DIRECTIONS:
                box = _box(label, direction, ring)
                inside = (
                    box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]
                )
                free = inside and not any(
                    overlaps(box, other, gap) for other in (*taken, *obstacles, *others)
                )
                if free:
                    found = Placed(label.key, box, _leader(label, box) if ring > FIRST_RING else None)
                    break
            if found:
                break
        if found:
            taken.append(found.box)
            out.append(found)
    return out


def _core(label: Label) -> Box:
    """The part of a mark that no name may cover: small marks whole, the middle of see-through circles."""
    r = min(label.radius, CORE)
    return (label.x - r, label.y - r, label.x + r, label.y + r)


def _leader(label: Label, box: Box) -> tuple[float, float, float, float]:
    """From the rim of the mark to the nearest point of the text box."""
    x, y = min(max(label.x, box[0]), box[2]), min(max(label.y, box[1]), box[3])
    far = hypot(x - label.x, y - label.y) or 1.0
    rim = label.radius / far
    return (label.x + (x - label.x) * rim, label.y + (y - label.y) * rim, x, y)
