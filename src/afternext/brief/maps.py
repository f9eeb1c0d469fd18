"""Maps of a run: who holds what in how many futures, where displaced people are, and which way they went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from afternext.brief import layers
from afternext.brief.access import Floats, RunLike, foot_lines
from afternext.brief.findings import map_finding, pair_finding
from afternext.brief.geo import area, box_ring, clip
from afternext.brief.keys import BETWEEN, Block, CirclesBlock, Key, RibbonsBlock, SidesBlock, paper, rows
from afternext.brief.parts import part_names
from afternext.brief.picture import HALO, INCH, MARGIN, Picture, Sheet
from afternext.brief.scene import (
    Crowd,
    Scene,
    crowds,
    far_off,
    names_apart,
    names_within,
    read_scene,
    scene_table,
    stage_of,
)
from afternext.brief.stage import Box, Stage
from afternext.brief.style import BIG, LIGHT, TEXT, WIDTH, Size, Theme, house, side_colours, text_width
from afternext.brief.words import after, long_date, span

CIRCLE: dict[Size, float] = {"wide": 24.0, "phone": 16.0}  # radius of the largest at most, points
INKED = 0.055  # share of the map that all circles together may cover
RIBBON: dict[Size, float] = {"wide": 8.0, "phone": 6.0}  # width of the largest, points
NAMES: dict[Size, tuple[int, int]] = {"wide": (36, 9), "phone": (14, 5)}  # how many, how many of them bold
COLUMN, GAP, CAPTION = 2.05, 0.16, 0.26  # inches
DATE = 46.0  # points that the date takes above the key
CORNER = 0.25  # width of a closer look in a corner of the map, share of the map's width
Corner = tuple[bool, bool]  # right?, top?


@dataclass(frozen=True)
class Pen:
    """Sizes of marks that the map and its key must share."""

    biggest: float  # persons
    radius: float  # points
    arrows: float  # points a person

    def radii(self, shown: Scene) -> Floats:
        return layers.circle_radius(shown.displaced, self.biggest, self.radius)


def _pen(scenes: Sequence[Scene], size: Size, paper_area: float) -> Pen:
    biggest = max(one.biggest for one in scenes)
    radius = min(
        layers.largest_circle(one.displaced, biggest, INKED * paper_area, CIRCLE[size]) for one in scenes
    )
    return Pen(biggest, radius, RIBBON[size] / max(one.widest for one in scenes))


def free_corners(stage: Stage, share: float, up: float) -> list[Corner]:
    """Corners of the view, emptiest first, where a square of that share of the width covers no home."""
    west, south, east, north = stage.view
    side = share * (east - west)
    if side > 0.45 * up:
        return []
    found = []
    for right, top in ((False, False), (True, True), (True, False), (False, True)):
        x, y = (east - side if right else west), (north - side if top else south)
        window = box_ring(x, y, x + side, y + side)
        home = [
            clip(ring, window)
            for _, main, polygons in stage.lands
            if main
            for rings in polygons
            for ring in rings
        ]
        covered = sum(abs(area(ring)) for ring in home if len(ring) > 2) / side**2
        inside = (stage.spots > [x, y]).all(axis=1) & (stage.spots < [x + side, y + side]).all(axis=1)
        if covered < 0.01:
            found.append((int(inside.sum()), (right, top)))
    return [corner for _, corner in sorted(found, key=lambda one: one[0])]


def _paint(
    sheet: layers.Sheetlet,
    run: RunLike,
    shown: Scene,
    pen: Pen,
    size: Size,
    groups: Sequence[Crowd],
    corners: Sequence[Corner],
    scale_corner: Corner,
) -> None:
    """All layers of a main map; `corners` are kept free for closer looks."""
    stage, theme = sheet.stage, sheet.theme
    colours = side_colours(run.scenario.forces)
    layers.paint_ground(sheet)
    layers.paint_areas(sheet, shown.held, colours, seen_abroad(run, stage, shown))
    layers.paint_waters(sheet)
    free = [_corner_box(sheet, corner) for corner in corners]
    free.append(layers.paint_scale(sheet, scale_corner))
    free += layers.paint_countries(sheet, free)
    layers.paint_ribbons(sheet, shown.ribbons, pen.arrows)
    radius = pen.radii(shown)
    inside = _inside(stage, sheet.view)
    layers.paint_circles(sheet, stage.spots[inside], radius[inside])
    for group in groups:
        west, south, east, north = group.view
        sheet.axes.add_patch(
            Rectangle(
                (west, south),
                east - west,
                north - south,
                facecolor="none",
                edgecolor=theme.ink,
                linewidth=0.6,
                zorder=8.2,
            )
        )
    names = names_apart(stage, groups)
    most, bold = NAMES[size]
    people = [float(place.population) for place in stage.places]
    for group in groups:
        people[group.members[0]] = group.people
    ranked = sorted(inside, key=lambda i: (not stage.home[i], -people[i]))
    named = [i for i in ranked if names[i] and stage.places[i].population > 0]
    wanted = _telling_first(named, stage, shown, bold)[:most]
    layers.paint_names(sheet, wanted, radius, names, bold, free)


def _telling_first(ranked: Sequence[int], stage: Stage, shown: Scene, bold: int) -> list[int]:
    """After the largest places the largest of each area and side, then those with no larger one near, so
    that a thinly peopled part has names.
    """
    firsts: dict[tuple[str, Any], int] = {}
    for i in ranked:
        if stage.home[i]:
            firsts.setdefault(("area", stage.places[i].admin1), i)
            firsts.setdefault(("side", int(shown.held.leader[i])), i)
    telling, alone = set(firsts.values()), far_off(stage)
    return [*ranked[:bold], *sorted(ranked[bold:], key=lambda i: (i not in telling, not alone[i]))]


def seen_abroad(run: RunLike, stage: Stage, shown: Scene) -> set[str]:
    """Sides to show in the surroundings: those of the crisis, and irregular ones; not other armies."""
    home = np.array(stage.home)
    inside = np.isin(np.arange(len(home)), _inside(stage, stage.view))
    leaders = shown.held.leader
    out = set()
    for f, name in enumerate(shown.held.forces):
        irregular = run.scenario.forces[name].kind in ("insurgent", "militia")
        if bool(((leaders == f) & home).any()) or (
            irregular and bool(((leaders == f) & ~home & inside).any())
        ):
            out.add(name)
    return out


def _corner_box(sheet: layers.Sheetlet, corner: Corner) -> tuple[float, float, float, float]:
    side = CORNER * sheet.frame[2]
    x = sheet.frame[2] - side if corner[0] else 0.0
    y = sheet.frame[3] - side if corner[1] else 0.0
    return (x, y, x + side, y + side)


def _paint_closer(sheet: layers.Sheetlet, run: RunLike, shown: Scene, group: Crowd, pen: Pen) -> None:
    """A closer look: same colours, same circles, every place named. Rivers at 1:50m would mislead here."""
    stage, theme = sheet.stage, sheet.theme
    layers.paint_ground(sheet)
    layers.paint_areas(sheet, shown.held, side_colours(run.scenario.forces), seen_abroad(run, stage, shown))
    near = _inside(stage, inner(sheet.view))
    spots = {stage.places[i].id: stage.spots[i] for i in near}
    for route in run.scenario.routes:
        if route.start in spots and route.end in spots:
            (x0, y0), (x1, y1) = spots[route.start], spots[route.end]
            bridge = route.kind == "bridge"
            sheet.axes.plot([x0, x1], [y0, y1], color=theme.muted, linewidth=3.0 if bridge else 0.6, zorder=6)
            if bridge:
                sheet.axes.plot([x0, x1], [y0, y1], color=theme.paper, linewidth=1.6, zorder=6.1)
    radius = pen.radii(shown)
    layers.paint_circles(sheet, stage.spots[near], radius[near])
    ranked = sorted(near, key=lambda i: (i not in group.members, -stage.places[i].population))
    free = [layers.paint_scale(sheet)]
    top = sheet.frame[3]
    free.append((0.0, top - 16, text_width(group.name, TEXT, bold=True) + 10, top))
    sheet.axes.text(
        sheet.view[0] + 5 / sheet.scale,
        sheet.view[1] + (top - 5) / sheet.scale,
        group.name,
        size=TEXT,
        weight=600,
        color=theme.ink,
        va="top",
        zorder=12,
        gid=f"{HALO}head",
        parse_math=False,
        path_effects=layers.halo(theme),
    )
    layers.paint_names(sheet, ranked, radius, names_within(stage, group), 0, free, far=True)


def inner(view: Box) -> Box:
    """A view without its rim, so that no mark is cut in half by the frame."""
    rim = 0.05 * (view[2] - view[0])
    return (view[0] + rim, view[1] + rim, view[2] - rim, view[3] - rim)


def _inside(stage: Stage, view: Box) -> list[int]:
    west, south, east, north = view
    x, y = stage.spots[:, 0], stage.spots[:, 1]
    return [int(i) for i in np.flatnonzero((x > west) & (x < east) & (y > south) & (y < north))]


def _key(
    run: RunLike,
    stage: Stage,
    scenes: Sequence[Scene],
    pen: Pen,
    width: float,
    future: int | None,
    theme: Theme,
    columns: int,
    beside: bool,
) -> Key:
    """The key in columns: all in one, or the sides next to (`beside`) or above the circles and ribbons."""
    colours = side_colours(run.scenario.forces)
    names = [force.name for force in run.scenario.forces.values()]
    middle = "" if future is not None else ", median"
    part = (width - BETWEEN * (columns - 1)) / columns
    shown = scenes[-1]
    abroad = set().union(*(seen_abroad(run, stage, one) for one in scenes))
    lines = rows(stage, [one.held for one in scenes], names, colours, abroad)
    sides = SidesBlock(tuple(lines), part if beside else width, future is not None, theme)
    rest: list[Block] = [
        CirclesBlock(f"Displaced people there{middle}", pen.biggest, pen.radius, part, theme)
    ]
    if shown.ribbons:
        head = f"Displaced from one {part_names(run.scenario)[0]} to another{middle}"
        rest.append(RibbonsBlock(head, shown.widest, pen.arrows, part, theme))
    if columns == 1:
        return Key(((sides,), *((block,) for block in rest)))
    return Key(((sides, *rest),)) if beside else Key(((sides,), tuple(rest)))


def _subtitle(future: int | None) -> str:
    if future is not None:
        return (
            f"Future {future}, one of many: colour is the side that holds a place and its surroundings; "
            "circles are displaced people there, by area."
        )
    return (
        "Colour: the side that holds a place and its surroundings in most futures, in stripes where fewer "
        "futures agree. Circles: displaced people there, by area."
    )


def draw_map(
    run: RunLike,
    day: int,
    *,
    future: int | None = None,
    size: Size = "wide",
    theme: Theme = LIGHT,
    stage: Stage | None = None,
) -> Picture:
    """One day on a map, with its key and closer looks at the densest places."""
    stage = stage or stage_of(run)
    shown = read_scene(run, stage, day, future)
    title = map_finding(run, stage, shown.held, shown.day, future)
    across, up = stage.view[2] - stage.view[0], stage.view[3] - stage.view[1]
    wide = size == "wide"
    width = WIDTH[size] - 2 * MARGIN - (COLUMN + GAP if wide else 0)
    height = width * up / across
    groups = crowds(stage)
    corners = free_corners(stage, CORNER, up) if wide else []
    looks = list(zip(groups, corners, strict=False))
    apart = groups[len(looks) :]
    spare = [
        corner
        for corner in ((False, False), (True, False), (False, True), (True, True))
        if corner not in corners[: len(looks)]
    ]
    pen = _pen([shown], size, width * height * INCH**2)
    key_width = (COLUMN if wide else width) * INCH
    with house(theme):
        lines = _key(run, stage, [shown], pen, key_width, future, theme, 1 if wide else 2, beside=wide)
        key_height = DATE + lines.height
        closer = COLUMN if wide else (width - GAP) / 2
        if wide:
            body = max(height, key_height / INCH + len(apart) * (closer + GAP))
        else:
            body = height + 0.1 + key_height / INCH + (closer + GAP if apart else 0)
        sheet = Sheet(size, theme, title, _subtitle(future), foot_lines(run), body)
        main = layers.sheetlet(
            sheet.axes(MARGIN, body - height, width, height), stage, theme, stage.view, width * INCH
        )
        _paint(main, run, shown, pen, size, groups, corners[: len(looks)], spare[0])
        for group, (right, top) in looks:
            side = CORNER * width
            x = MARGIN + (width - side if right else 0)
            y = body - height + (height - side if top else 0)
            _closer_axes(sheet, run, stage, shown, group, pen, x, y, side)
        left = MARGIN + (width + GAP if wide else 0)
        key = sheet.axes(
            left,
            (body if wide else body - height - 0.1) - key_height / INCH,
            key_width / INCH,
            key_height / INCH,
        )
        paper(key, key_width, key_height)
        date = long_date(after(run.scenario.freeze, shown.day))
        key.text(0, key_height - 17, date, size=BIG, weight=600, color=theme.ink)
        key.text(0, key_height - 30, when(shown.day), size=TEXT, color=theme.muted)
        lines.draw(key, key_height - DATE)
        for n, group in enumerate(apart):
            x = left if wide else MARGIN + n * (closer + GAP)
            _closer_axes(
                sheet, run, stage, shown, group, pen, x, n * (closer + GAP) if wide else 0.05, closer
            )
        return Picture(sheet.figure, title, size, theme, scene_table(run, stage, shown))


def _closer_axes(
    sheet: Sheet,
    run: RunLike,
    stage: Stage,
    shown: Scene,
    group: Crowd,
    pen: Pen,
    x: float,
    y: float,
    side: float,
) -> None:
    axes = sheet.axes(x, y, side, side)
    look = layers.sheetlet(axes, stage, sheet.theme, group.view, side * INCH)
    for spine in axes.spines.values():
        spine.set(color=sheet.theme.ink, linewidth=0.8)
    _paint_closer(look, run, shown, group, pen)


def when(day: int) -> str:
    """How far a day lies from the freeze."""
    return "the freeze" if day == 0 else f"{span(day)} after the freeze"


def draw_pair(
    run: RunLike,
    days: tuple[int, int],
    *,
    size: Size = "wide",
    theme: Theme = LIGHT,
    stage: Stage | None = None,
) -> Picture:
    """Two days side by side (one below the other on a phone), with one key for both."""
    stage = stage or stage_of(run)
    scenes = [read_scene(run, stage, day, None) for day in days]
    first, second = (Scene(one.day, one.held, one.displaced, ()) for one in scenes)
    title = pair_finding(run, stage, first.held, second.held, second.day)
    across, up = stage.view[2] - stage.view[0], stage.view[3] - stage.view[1]
    wide = size == "wide"
    full = WIDTH[size] - 2 * MARGIN
    width = (full - GAP) / 2 if wide else full
    height = width * up / across
    pen = _pen([first, second], size, width * height * INCH**2)
    groups = crowds(stage)
    with house(theme):
        lines = _key(
            run, stage, [first, second], pen, full * INCH, None, theme, 2 if wide else 1, beside=True
        )
        body = (height + CAPTION) * (1 if wide else 2) + lines.height / INCH + 0.12
        sheet = Sheet(size, theme, title, _subtitle(None), foot_lines(run), body)
        for n, shown in enumerate((first, second)):
            x = MARGIN + (n * (width + GAP) if wide else 0)
            y = body - (height + CAPTION) * (1 if wide else n + 1)
            main = layers.sheetlet(sheet.axes(x, y, width, height), stage, theme, stage.view, width * INCH)
            _paint(main, run, shown, pen, "phone", groups, [], (False, False))
            date = long_date(after(run.scenario.freeze, shown.day))
            main.axes.set_title(
                f"{date} · {when(shown.day)}", size=TEXT, weight=600, loc="left", pad=4, color=theme.ink
            )
        key = sheet.axes(MARGIN, 0.0, full, lines.height / INCH)
        paper(key, full * INCH, lines.height)
        lines.draw(key, lines.height)
        table = pd.concat([scene_table(run, stage, shown) for shown in (first, second)], ignore_index=True)
        return Picture(sheet.figure, title, size, theme, table)


def map_state(
    run: RunLike,
    day: int,
    path: str | Path,
    future: int | None = None,
    *,
    size: Size = "wide",
    theme: Theme = LIGHT,
) -> list[Path]:
    """Write the map of a day (of all futures, or of one) as PNG, SVG and CSV; returns their paths."""
    return draw_map(run, day, future=future, size=size, theme=theme).write(Path(path))


def map_pair(
    run: RunLike, days: tuple[int, int], path: str | Path, *, size: Size = "wide", theme: Theme = LIGHT
) -> list[Path]:
    """Write two days side by side as PNG, SVG and CSV; returns their paths."""
    return draw_pair(run, days, size=size, theme=theme).write(Path(path))
