"""What is painted on a map, layer by layer, from the ground up. Distances in km, sizes on paper in points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from afternext.brief.access import Floats, Holding, Ints
from afternext.brief.geo import Points, area, box_ring, clip, contains
from afternext.brief.labels import Box as TextBox
from afternext.brief.labels import Label, place
from afternext.brief.picture import HALO
from afternext.brief.stage import Box, Stage
from afternext.brief.style import NOBODY, SMALL, TEXT, Theme, text_width

STRENGTH = 0.55  # opacity of a side's colour; always the same, since two pale tints are hard to tell apart
STEPS = (0.4, 0.55, 0.7, 0.85, 1.0)  # shares of futures that are told apart
COVERED = (0.25, 0.4, 0.55, 0.75, 1.0)  # part of the ground that stripes cover at each of the steps
STRIPE = 3.6  # points from one stripe to the next
LINE = 1.25  # leading of names
NOBODY_ID = "nobody"


@dataclass(frozen=True)
class Sheetlet:
    """One map on the paper: its axes, what part of the stage it shows, and how many points a km is."""

    axes: Axes
    stage: Stage
    theme: Theme
    view: Box
    scale: float  # points a km

    def on_paper(self, xy: Points) -> Points:
        """km -> points from the lower left corner of the map."""
        return np.asarray((xy - np.array(self.view[:2])) * self.scale)

    @property
    def frame(self) -> TextBox:
        west, south, east, north = self.view
        return (0.0, 0.0, (east - west) * self.scale, (north - south) * self.scale)


def sheetlet(axes: Axes, stage: Stage, theme: Theme, view: Box, width: float) -> Sheetlet:
    """Set up axes for a view; `width` is the width of the axes on paper in points."""
    axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), xticks=[], yticks=[])
    axes.set_facecolor(theme.land if stage.fictional else theme.sea)
    for spine in axes.spines.values():
        spine.set(color=theme.border, linewidth=0.6)
    return Sheetlet(axes, stage, theme, view, width / (view[2] - view[0]))


def outline(polygons: Iterable[Sequence[Points]]) -> Outline:
    """Rings as one path; holes stay open because they run the other way round."""
    vertices: list[Points] = []
    codes: list[int] = []
    for rings in polygons:
        for n, ring in enumerate(rings):
            forward = area(ring) > 0
            turned = ring if forward == (n == 0) else ring[::-1]
            vertices.append(np.concatenate([turned, turned[:1]]))
            codes += [int(Outline.MOVETO), *[int(Outline.LINETO)] * (len(ring) - 1), int(Outline.CLOSEPOLY)]
    return Outline(np.concatenate(vertices), codes) if vertices else Outline(np.zeros((0, 2)))


def paint_ground(sheet: Sheetlet) -> None:
    """Land, pale; the surroundings a shade deeper."""
    for _, main, polygons in sheet.stage.lands:
        colour = sheet.theme.land if main and not sheet.stage.fictional else sheet.theme.abroad
        sheet.axes.add_patch(PathPatch(outline(polygons), facecolor=colour, edgecolor="none", zorder=1))


def step_of(share: float) -> float:
    """Shares of futures are shown in five steps, so that a colour can be read off the key."""
    return float(min(STEPS, key=lambda step: abs(step - share)))


def covered(share: float) -> float:
    """Part of an area that is coloured when a side holds it in `share` of the futures; 1 is filled."""
    return COVERED[STEPS.index(step_of(share))]


def paint_held(
    axes: Axes, shape: Outline, colour: str, share: float, scale: float = 1.0, zorder: float = 2
) -> None:
    """An area in the colour of its holder: filled where all futures agree, else in stripes of that colour.

    scale : points to a unit of the axes
    """
    if covered(share) == 1:
        axes.add_patch(
            PathPatch(shape, facecolor=colour, alpha=STRENGTH, edgecolor="none", linewidth=0, zorder=zorder)
        )
        return
    # Stripes are clipped to the area, and so no longer to the axes: they end there by themselves.
    corners = np.column_stack([axes.get_xlim(), axes.get_ylim()])
    points = np.asarray(shape.vertices)
    west, south = np.maximum(points.min(0), corners[0])
    east, north = np.minimum(points.max(0), corners[1])
    apart = STRIPE / scale
    half = apart * covered(share) / 2
    heights = np.arange(np.floor(south / apart), np.ceil(north / apart) + 1) * apart
    heights = heights[(heights >= corners[0, 1] + half) & (heights <= corners[1, 1] - half)]
    if west >= east or not len(heights):
        return
    ends = np.array([[x, y] for y in heights for x in (west, east)])
    codes = [int(Outline.MOVETO), int(Outline.LINETO)] * len(heights)
    stripes = PathPatch(
        Outline(ends, codes), facecolor="none", edgecolor=colour, linewidth=STRIPE * covered(share),
        alpha=STRENGTH, capstyle="butt", zorder=zorder,
    )  # fmt: skip
    axes.add_patch(stripes)
    stripes.set_clip_path(shape, axes.transData)


def paint_areas(sheet: Sheetlet, held: Holding, colours: dict[str, str], abroad: set[str]) -> None:
    """Who holds what: the leader's colour, fuller if more futures agree; contested hatched, nobody dashed.

    Areas of one colour and strength are one shape, so that no hairline shows between neighbours.
    abroad : sides to be shown in the surroundings too; others there are ground
    """
    stage, theme = sheet.stage, sheet.theme
    groups: dict[tuple[str, float], list[int]] = {}
    hatched: dict[str, list[int]] = {}
    for i, polygons in enumerate(stage.areas):
        side = held.forces[held.leader[i]] if held.leader[i] < len(held.forces) else NOBODY_ID
        if not polygons or (not stage.home[i] and side not in abroad):
            continue
        groups.setdefault((side, step_of(held.certainty[i])), []).append(i)
        if held.contested[i] >= 0.5:
            hatched.setdefault(side, []).append(i)
    for (side, share), members in groups.items():
        shape = outline(rings for i in members for rings in stage.areas[i])
        if side == NOBODY_ID:
            sheet.axes.add_patch(PathPatch(shape, facecolor=theme.paper, edgecolor="none", zorder=2))
            for i in members:
                edge = outline(
                    [[max((rings[0] for rings in stage.areas[i]), key=lambda ring: abs(area(ring)))]]
                )
                sheet.axes.add_patch(
                    PathPatch(
                        edge,
                        facecolor="none",
                        edgecolor=NOBODY,
                        linewidth=0.9,
                        linestyle=(0, (3, 2)),
                        zorder=3.5,
                    )
                )
        else:
            paint_held(sheet.axes, shape, colours[side], share, sheet.scale)
    for side, members in hatched.items():
        shape = outline(rings for i in members for rings in stage.areas[i])
        sheet.axes.add_patch(
            PathPatch(
                shape,
                facecolor="none",
                edgecolor=colours.get(side, NOBODY),
                linewidth=0,
                hatch="////",
                alpha=0.75,
                zorder=2.5,
            )
        )
    _paint_seams(sheet, held.leader)
    _paint_empty(sheet)


def _paint_seams(sheet: Sheetlet, leaders: Ints) -> None:
    """A light line where the areas of two sides meet."""
    for seam in sheet.stage.seams:
        if leaders[seam.first] != leaders[seam.second]:
            sheet.axes.plot(
                seam.line[:, 0], seam.line[:, 1], color=sheet.theme.paper, linewidth=1.0, zorder=3
            )


def _paint_empty(sheet: Sheetlet) -> None:
    """Bare land over the colours where no place and no road is near: nobody need hold a desert."""
    stage, theme = sheet.stage, sheet.theme
    window = box_ring(*sheet.view)
    parts = [
        [part for part in (clip(ring, window) for ring in rings) if len(part) > 2] for rings in stage.empty
    ]
    if not any(parts):
        return
    shape = outline(rings for rings in parts if rings)
    # Clipped to the land, and so no longer to the axes: it was cut to the window before.
    bare = PathPatch(shape, facecolor=theme.abroad, edgecolor="none", linewidth=0, zorder=3.6)
    sheet.axes.add_patch(bare)
    bare.set_clip_path(
        outline(polygon for _, main, polygons in stage.lands if main for polygon in polygons),
        sheet.axes.transData,
    )


def paint_waters(sheet: Sheetlet) -> None:
    """Rivers a thin blue, lakes the colour of the sea, borders grey hairlines."""
    stage, theme = sheet.stage, sheet.theme
    for line in stage.rivers:
        sheet.axes.plot(line[:, 0], line[:, 1], color=theme.river, linewidth=0.9, zorder=4)
    lakes = outline([[ring] for ring in stage.lakes])
    sheet.axes.add_patch(
        PathPatch(lakes, facecolor=theme.sea, edgecolor=theme.river, linewidth=0.4, zorder=4)
    )
    for _, main, polygons in sorted(stage.lands, key=lambda land: land[1]):
        sheet.axes.add_patch(
            PathPatch(
                outline(polygons),
                facecolor="none",
                zorder=5,
                edgecolor=theme.frontier if main else theme.border,
                linewidth=0.9 if main else 0.5,
            )
        )


def paint_countries(sheet: Sheetlet, keep_free: Sequence[TextBox]) -> list[TextBox]:
    """Names of countries in their visible part, but for a sole main one; returns the boxes they take."""
    taken = []
    window = box_ring(*sheet.view)
    alone = sum(main for _, main, _ in sheet.stage.lands) == 1
    for name, main, polygons in sheet.stage.lands:
        rings = [
            part for rings in polygons for part in (clip(ring, window) for ring in rings[:1]) if len(part) > 2
        ]
        if (main and alone) or not rings or not name:
            continue
        text = name.upper()
        width = text_width(text, SMALL) * 1.04
        marks = [*sheet.on_paper(sheet.stage.spots)]
        spot = _name_spot(sheet, max(rings, key=lambda ring: abs(area(ring))), width, keep_free, marks)
        if spot is not None:
            x, y = spot
            px, py = sheet.on_paper(np.array([[x, y]]))[0]
            box = (px - width / 2, py - SMALL * 0.7, px + width / 2, py + SMALL * 0.7)
            sheet.axes.text(
                x, y, text, size=SMALL, color=sheet.theme.muted, ha="center", va="center", zorder=6
            )
            taken.append(box)
    return taken


def _name_spot(
    sheet: Sheetlet, ring: Points, width: float, keep_free: Sequence[TextBox], marks: Sequence[Points]
) -> Points | None:
    """Where a country's name fits inside its visible part, away from places; None when it fits nowhere."""
    xs = np.linspace(sheet.view[0], sheet.view[2], 31)[1:-1]
    ys = np.linspace(sheet.view[1], sheet.view[3], 31)[1:-1]
    grid = np.array([[x, y] for x in xs for y in ys])
    half = np.array([width / 2 + 3, SMALL * 0.8]) / sheet.scale
    fits = np.ones(len(grid), dtype=bool)
    for corner in ((-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0)):
        fits &= contains(ring, grid + half * corner)
    paper = sheet.on_paper(grid)
    for left, bottom, right, top in keep_free:
        fits &= (
            (paper[:, 0] + width / 2 < left)
            | (paper[:, 0] - width / 2 > right)
            | ((paper[:, 1] + SMALL < bottom) | (paper[:, 1] - SMALL > top))
        )
    if not fits.any():
        return None
    clear = np.min([np.hypot((paper[:, 0] - x) / 2.2, paper[:, 1] - y) for x, y in marks], axis=0)
    edge = np.minimum.reduce(
        [paper[:, 0], sheet.frame[2] - paper[:, 0], paper[:, 1], sheet.frame[3] - paper[:, 1]]
    )
    return np.asarray(grid[int(np.argmax(np.where(fits, np.minimum(clear, edge), -1.0)))])


def largest_circle(persons: Floats, biggest: float, room: float, most: float) -> float:
    """Radius of the largest circle: as large as may be while all circles together cover a share of the paper.

    room : points squared that the circles may cover, overlaps counted twice
    """
    total = float(np.pi * np.maximum(persons, 0).sum() / max(biggest, 1.0))
    return min(most, float(np.sqrt(room / total))) if total > 0 else most


def circle_radius(persons: Floats, biggest: float, most: float) -> Floats:
    """Radius in points so that area is proportional to people; `biggest` people get radius `most`."""
    return most * np.sqrt(np.maximum(persons, 0) / max(biggest, 1.0))


def paint_circles(sheet: Sheetlet, xy: Points, radius: Floats) -> None:
    """Displaced people where they are: circles by area, small ones on top."""
    order = np.argsort(-radius)
    kept = [i for i in order if radius[i] > 1.2]
    if kept:
        sheet.axes.scatter(
            xy[kept, 0],
            xy[kept, 1],
            s=(2 * radius[kept]) ** 2,
            facecolor=sheet.theme.people + "33",
            edgecolor=sheet.theme.people,
            linewidth=0.8,
            zorder=7,
        )


@dataclass(frozen=True)
class Ribbon:
    """People who went from one governorate to another."""

    start: Points
    end: Points
    persons: float


def paint_ribbons(sheet: Sheetlet, ribbons: Sequence[Ribbon], points_a_person: float) -> None:
    """Curved bands, narrow where people left and as wide as their number where they arrive, with a head."""
    for ribbon in sorted(ribbons, key=lambda one: -one.persons):
        points = max(ribbon.persons * points_a_person, 0.9)
        width = points / sheet.scale
        shape = ribbon_ring(ribbon.start, ribbon.end, width, 4.0 / sheet.scale)
        sheet.axes.add_patch(
            PathPatch(
                Outline(shape, closed=True),
                facecolor=sheet.theme.people,
                alpha=0.85,
                edgecolor=sheet.theme.halo if points > 2 else "none",
                linewidth=0.4,
                zorder=8,
            )
        )


def ribbon_ring(start: Points, end: Points, width: float, head: float) -> Points:
    """Ring of a curved arrow from start to end, `width` at the end, in km."""
    along = end - start
    length = float(np.hypot(*along)) or 1.0
    across = np.array([-along[1], along[0]]) / length
    bend = (start + end) / 2 + across * 0.16 * length
    tip = min(max(head, 0.9 * width), 0.4 * length)
    t = np.linspace(0, 1, 30)[:, None]
    line = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    step = np.gradient(line, axis=0)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
    travelled = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    body = travelled <= travelled[-1] - tip
    half = width / 2 * (0.25 + 0.75 * travelled / travelled[-1])[:, None]
    left, right = (line + normal * half)[body], (line - normal * half)[body]
    neck, side = line[body][-1], normal[body][-1] * max(width * 0.95, tip * 0.45)
    return np.concatenate([left, [neck + side, end, neck - side], right[::-1]])


def paint_names(
    sheet: Sheetlet,
    wanted: Sequence[int],
    radius: Floats,
    names: Sequence[str],
    must: int,
    keep_free: Sequence[TextBox],
    far: bool = False,
) -> list[int]:
    """Dots and names of places, larger first; returns the places that found room for their name."""
    theme, spots = sheet.theme, sheet.on_paper(sheet.stage.spots)
    labels = []
    for n, i in enumerate(wanted):
        size = TEXT if n < must else SMALL
        width = text_width(names[i], size, bold=n < must)
        labels.append(
            Label(
                str(i),
                spots[i, 0],
                spots[i, 1],
                max(radius[i], 1.8),
                width,
                size * LINE * 0.8,
                far or n < must,
            )
        )
    placed = place(labels, _shrunk(sheet.frame, 2), keep_free)
    shown = []
    for one in placed:
        i = int(one.key)
        rank = list(wanted).index(i)
        x, y = np.array(
            [(one.box[0] + one.box[2]) / 2, (one.box[1] + one.box[3]) / 2]
        ) / sheet.scale + np.array(sheet.view[:2])
        if one.leader:
            ends = np.array(one.leader).reshape(2, 2) / sheet.scale + np.array(sheet.view[:2])
            sheet.axes.plot(ends[:, 0], ends[:, 1], color=theme.muted, linewidth=0.5, zorder=8.5)
        sheet.axes.text(
            x,
            y,
            names[i],
            size=TEXT if rank < must else SMALL,
            weight=600 if rank < must else 400,
            color=theme.ink,
            ha="center",
            va="center_baseline",
            path_effects=halo(theme),
            zorder=10,
            gid=f"{HALO}{i}",
            parse_math=False,
        )
        shown.append(i)
    dots = sheet.stage.spots[shown]
    if shown:
        sheet.axes.scatter(dots[:, 0], dots[:, 1], s=7, color=theme.ink, linewidth=0, zorder=9)
    return shown


def mark_radius(circle: float) -> float:
    """How far a name keeps from its place: off a small circle, but inside a large one, beside the dot."""
    return circle if 1.8 < circle < 7.0 else 1.8


def halo(theme: Theme) -> list[patheffects.AbstractPathEffect]:
    """A light rim that lifts a name off a busy ground."""
    return [patheffects.withStroke(linewidth=2.0, foreground=theme.halo, alpha=0.85)]


def _shrunk(box: TextBox, by: float) -> TextBox:
    return (box[0] + by, box[1] + by, box[2] - by, box[3] - by)


def paint_scale(sheet: Sheetlet, corner: tuple[bool, bool] = (False, False)) -> TextBox:
    """A scale bar of a round length in a corner (right?, top?); returns the box it takes, in points."""
    room = (sheet.view[2] - sheet.view[0]) * 0.22
    length = max(step for step in _round_lengths() if step <= room)
    left = sheet.frame[2] - 8 - length * sheet.scale if corner[0] else 8.0
    bottom = sheet.frame[3] - 18.0 if corner[1] else 8.0
    x, y = np.array(sheet.view[:2]) + np.array([left, bottom]) / sheet.scale
    tick = 2.5 / sheet.scale
    sheet.axes.plot(
        [x, x, x + length, x + length],
        [y + tick, y, y, y + tick],
        color=sheet.theme.muted,
        linewidth=0.9,
        zorder=12,
    )
    sheet.axes.text(
        x + length / 2,
        y + tick,
        f"{length:g} km",
        size=SMALL,
        color=sheet.theme.muted,
        ha="center",
        va="bottom",
        zorder=12,
        gid=f"{HALO}scale",
        path_effects=halo(sheet.theme),
    )
    return (left - 2, bottom - 2, left + length * sheet.scale + 2, bottom + SMALL + 6)


def _round_lengths() -> list[float]:
    return [m * 10.0**e for e in range(-1, 4) for m in (1, 2, 5)]
