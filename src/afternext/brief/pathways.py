"""Pathways as a metro map: strategies are lines, time runs right, stations are switches.

A line fades as the goal holds in fewer futures; its terminus is the date on which it holds in fewer than
wanted, with its range; what runs on behind it is the tail.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Normal, Stroke

from afternext.brief.keys import paper
from afternext.brief.picture import HALO, INCH, MARGIN, Picture, Sheet
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
from afternext.brief.words import capital, month_year, short_date, span
from afternext.foresight.pathways import AT_ONCE, Change, Line, Pathways
from afternext.foresight.words import percent
from afternext.scenario.compose import NONE

# Six of Okabe and Ito, then darker ones of four of them: apart by lightness for colour-blind readers too.
COLOURS = (BLUE, VERMILLION, ORANGE, PURPLE, SKY, YELLOW, "#00405f", "#7d3600", "#8a6000", "#85436a")
THICK, THIN = 5.0, 2.2  # points: a line while it is good enough, and its tail
RING = 7.0  # radius of a station
ROW = {"wide": 50.0, "phone": 58.0}
AXIS = 24.0
LINE, HEADING = 1.36 * SMALL, 1.3 * TEXT
LEFT, RIGHT = 9.0, 62.0  # points before the freeze and behind the last day
CORNER = 12.0
MOST = 6
YEAR = 365
FADED = 0.16  # how much colour a line keeps where the goal holds in no future


def draw_pathways(found: Pathways, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """The map, and under it what each station says."""
    column = (WIDTH[size] - 2 * MARGIN) * INCH
    lines = tuple(sorted(found.lines, key=lambda line: -line.days[0]))
    rows = [line.id for line in lines]
    # Numbered from the top of the map down.
    main = tuple(sorted(found.main(MOST), key=lambda one: (rows.index(one.source), found.station(one))))
    notes = _notes(found, lines, main, size, column)
    tall = ROW[size] * len(lines) + AXIS + 6
    under = _notes_height(notes, size)
    body = (tall + 12 + under) / INCH
    with house(theme):
        sheet = Sheet(size, theme, finding(found, main), subtitle(found), foot(found), body)
        axes = sheet.axes(MARGIN, (under + 12) / INCH, column / INCH, tall / INCH)
        paper(axes, column, tall)
        chart = _Map(axes, found, lines, column, tall, size, theme)
        chart.axis()
        chart.windows(main)
        chart.tracks()
        chart.links(main)
        chart.stations(main)
        words = sheet.axes(MARGIN, 0, column / INCH, under / INCH)
        paper(words, column, under)
        _paint_notes(words, notes, size, column, under, theme, chart.colours)
        return Picture(sheet.figure, finding(found, main), size, theme, found.to_frame())


def finding(found: Pathways, main: tuple[Change, ...]) -> str:
    """The switch that matters most, or that none does."""
    if not main:
        lasting = found.line(found.best)
        return f"No switch gains anything: {_within(lasting.title)} alone is as good as any path"
    # The line that a reader is on: as it comes, or else the one that gains most by leaving it.
    one = next((one for one in main if one.source == NONE), max(main, key=lambda one: one.over_staying[0]))
    target = _within(found.line(one.target).title)
    source = "what powers choose" if one.source == NONE else _within(found.line(one.source).title)
    if one.kind == AT_ONCE:
        if one.use_by is None:
            return capital(f"{target}, instead of {source}: the sooner the better")
        by = short_date(found.when(one.use_by))
        return capital(f"{target}, instead of {source}: the sooner the better, and it still helps by {by}")
    return capital(f"{source} first, then {target} from about {short_date(found.when(one.dated.day))}")


def subtitle(found: Pathways) -> str:
    """What is drawn, and what good enough means."""
    since = f", from {short_date(found.when(found.since))} on" if found.since else ""
    return (
        f"A line is a strategy; it fades as fewer futures meet the goal, and ends (bar, with its range) "
        f"where "
        f"fewer than {round(100 * found.share)} of 100 still do. Ring: switch to another line; shade: "
        f"dates as "
        f"good. Goal: {found.said}{since}{'' if found.declared else ' (nobody declared one)'}"
    )


def foot(found: Pathways) -> tuple[str, str]:
    """Where it comes from, and how sure."""
    played = "Numbers marked played were run; the others are" if found.played else "Switches are"
    return (
        f"{found.scenario} · {found.futures:,} futures of each strategy · seed {found.seed}",
        f"How sure: a share of futures says how often the model does it; it has not been scored yet. "
        f"{played} "
        "read off the futures of both strategies, as if a switch were forgotten once it bites: late help "
        f"looks too good. Dates were chosen on {found.futures - found.scoring} futures, gains are those of "
        f"{found.scoring} others.",
    )


def _within(title: str) -> str:
    return f"the {title[4:]}" if title.startswith("The ") else title[:1].lower() + title[1:]


class _Map:
    """The ground of the map: where days and lines lie, in points."""

    def __init__(
        self, axes: Axes, found: Pathways, lines: tuple[Line, ...], width: float, tall: float, size: Size,
        theme: Theme,
    ) -> None:  # fmt: skip
        self.axes, self.found, self.lines, self.theme, self.size = axes, found, lines, theme, size
        self.width, self.tall = width, tall
        self.right = width - (RIGHT if size == "wide" else 40.0)
        coloured = [line.id for line in found.lines if line.id != NONE]
        self.colours = {ident: COLOURS[k % len(COLOURS)] for k, ident in enumerate(coloured)}
        self.colours[NONE] = SLATE if theme is LIGHT else "#8d97a3"
        self.y = {line.id: tall - AXIS - ROW[size] * (k + 0.72) for k, line in enumerate(lines)}

    def x(self, day: float) -> float:
        """Where a day lies."""
        return LEFT + (self.right - LEFT) * day / max(self.found.last, 1)

    def shade(self, ident: str, share: float) -> tuple[float, float, float]:
        """The colour of a line, faded to paper."""
        keep = FADED + (1 - FADED) * share
        ground, own = np.array(to_rgb(self.theme.paper)), np.array(to_rgb(self.colours[ident]))
        mixed = keep * own + (1 - keep) * ground
        return float(mixed[0]), float(mixed[1]), float(mixed[2])

    def axis(self) -> None:
        """Dates on top, with hairlines down through the map."""
        low = min(self.y.values()) - 16
        for day, text in ticks(self.found.freeze, self.found.last, 5 if self.size == "phone" else 9):
            x = self.x(day)
            self.axes.plot([x, x], [low, self.tall - 15], color=self.theme.grid, linewidth=0.8, zorder=0)
            self.axes.text(
                x, self.tall - 2, text, size=SMALL, color=self.theme.muted, va="top",
                ha="left" if day == 0 else "center",
            )  # fmt: skip

        if self.found.since:
            x = self.x(self.found.since)
            self.axes.plot(
                [x, x],
                [low, self.tall - 26],
                color=self.theme.muted,
                linewidth=0.8,
                linestyle=(0, (2, 2)),
                zorder=0,
            )
            self.axes.text(
                x + 3, self.tall - 18, "judged from here", size=SMALL, color=self.theme.muted, va="top"
            )
        self.axes.text(
            self.width, self.tall - 18, "good at the end" if self.size == "wide" else "of 100", size=SMALL,
            color=self.theme.muted, va="top", ha="right",
        )  # fmt: skip

    def windows(self, main: tuple[Change, ...]) -> None:
        """Dates as good as the best one, as a shade around the line."""
        for one in main:
            days = one.dated.days
            a = self.x(days[one.dated.early])
            b = self.x(self.found.late(one))
            self.axes.add_patch(
                FancyBboxPatch(
                    (a, self.y[one.source] - 8), max(b - a, 1), 16, boxstyle="round,pad=0,rounding_size=8",
                    facecolor=self.shade(one.target, 0.12), linewidth=0, zorder=1,
                )
            )  # fmt: skip

    def tracks(self) -> None:
        """Each line with its name, terminus and tail."""
        grid = np.array(self.found.grid, dtype=float)
        for line in self.lines:
            y = self.y[line.id]
            x = np.array([self.x(day) for day in grid])
            tip = line.tips[0]
            end = self.found.last if tip is None else tip
            again = self.found.last + 1 if line.again is None else line.again
            since = self.found.since
            points = np.stack([x, np.full(len(x), y)], axis=1)
            pieces = np.stack([points[:-1], points[1:]], axis=1)
            self.axes.add_collection(
                LineCollection(
                    list(pieces),
                    colors=[
                        self.shade(line.id, float(share)) if day > since else self.theme.grid
                        for day, share in zip(grid[1:], line.good[1:], strict=True)
                    ],
                    linewidths=[
                        THIN if day <= since else THICK if day <= end or day > again else THIN
                        for day in grid[1:]
                    ],
                    zorder=3, capstyle="projecting",  # no hairlines between
                )
            )  # fmt: skip
            self._name(line, y)
            self._terminus(line, y)

    def _name(self, line: Line, y: float) -> None:
        room = self.right - LEFT if self.size == "wide" else self.width
        title = _fit(line.title, TEXT, room - 90, bold=True)
        best = "best single strategy" if line.id == self.found.best else ""
        # Texts keep a halo where a link passes behind them.
        halo = [Stroke(linewidth=3, foreground=self.theme.paper), Normal()]
        self.axes.text(
            LEFT, y + 11, title, size=TEXT, weight=600, color=self.theme.ink, va="bottom", parse_math=False,
            zorder=12, path_effects=halo, gid=f"{HALO}line",
        )  # fmt: skip
        if best:
            self.axes.text(
                LEFT + text_width(title, TEXT, bold=True) * 1.02 + 4, y + 11, best, size=SMALL,
                color=self.theme.muted, va="bottom", zorder=12, path_effects=halo, gid=f"{HALO}best",
            )  # fmt: skip
        self.axes.text(
            self.right + 6, y, f"{round(100 * line.end[0])}", size=TEXT, weight=600, color=self.theme.ink,
            va="center_baseline",
        )  # fmt: skip
        if self.size == "wide":
            self.axes.text(
                self.right + 22, y, "of 100", size=SMALL, color=self.theme.muted, va="center_baseline"
            )

    def _terminus(self, line: Line, y: float) -> None:
        day, early, late = line.tips
        colour = self.colours[line.id]
        if day is None:
            return
        if line.again is not None:
            x = self.x(line.again)
            self.axes.plot([x, x], [y - 5, y + 5], color=colour, linewidth=2.0, zorder=5)
            self._date(x, y - 9, f"from {short_date(self.found.when(line.again))}")
        if day <= self.found.since:
            if line.again is None:
                self._date(self.x(self.found.since), y - 9, "never good enough")
            return
        x = self.x(day)
        low = self.x(0 if early is None else early)
        high = self.x(self.found.last if late is None else late)
        self.axes.plot([low, high], [y - 10, y - 10], color=colour, linewidth=1.2, zorder=4)
        for end in (low, high):
            self.axes.plot([end, end], [y - 12, y - 8], color=colour, linewidth=1.2, zorder=4)
        self.axes.plot([x, x], [y - 8, y + 8], color=colour, linewidth=4.0, zorder=5)
        self._date(x, y - 14, short_date(self.found.when(day)))

    def _date(self, x: float, y: float, text: str) -> None:
        width = text_width(text, SMALL)
        left = min(max(x - width / 2, LEFT), self.right - width)
        self.axes.text(left, y, text, size=SMALL, color=self.theme.ink, va="top", zorder=12)

    def links(self, main: tuple[Change, ...]) -> None:
        """From each station to the line it leads to, arriving when the switch bites."""
        for one in main:
            day = self.found.station(one)
            x0, y0 = self.x(day), self.y[one.source]
            arrives = min(day + (one.bites if np.isfinite(one.bites) else 0), self.found.last)
            x1, y1 = max(self.x(arrives), x0 + 1.6 * CORNER), self.y[one.target]
            way = 1.0 if y1 > y0 else -1.0
            bend = min(CORNER, abs(y1 - y0) / 2, (x1 - x0) / 2)
            middle = (x0 + x1) / 2
            points = [
                (x0, y0), (middle - bend, y0), (middle, y0), (middle, y0 + way * bend),
                (middle, y1 - way * bend), (middle, y1), (middle + bend, y1), (x1, y1),
            ]  # fmt: skip
            outline = Outline(points, [1, 2, 3, 3, 2, 3, 3, 2])
            # A casing in the colour of the paper keeps crossings apart.
            for colour, width, order in ((self.theme.paper, 6.0, 5.5), (self.colours[one.target], 2.6, 6.0)):
                self.axes.add_patch(
                    PathPatch(outline, facecolor="none", edgecolor=colour, linewidth=width, zorder=order)
                )
            self.axes.add_patch(
                Circle((x1, y1), 3.6, facecolor=self.colours[one.target], linewidth=0, zorder=7)
            )
            self.axes.add_patch(Circle((x1, y1), 1.5, facecolor=self.theme.paper, linewidth=0, zorder=8))

    def stations(self, main: tuple[Change, ...]) -> None:
        """Numbered rings; those of one line on one date stand side by side."""
        taken: list[tuple[float, float]] = []
        for number, one in enumerate(main, 1):
            x, y = self.x(self.found.station(one)), self.y[one.source]
            while any(abs(x - px) < 2 * RING + 1 and py == y for px, py in taken):
                x += 2 * RING + 2
            taken.append((x, y))
            self.axes.add_patch(
                Circle(
                    (x, y),
                    RING,
                    facecolor=self.theme.paper,
                    edgecolor=self.theme.ink,
                    linewidth=1.5,
                    zorder=9,
                )
            )
            self.axes.text(
                x, y, str(number), size=SMALL, weight=600, color=self.theme.ink, ha="center",
                va="center_baseline", zorder=10,
            )  # fmt: skip


def ticks(freeze: date, last: int, most: int) -> list[tuple[int, str]]:
    """Days and dates of the axis: the freeze, then first days of months, quarters or years."""
    for months in (1, 3, 6, 12, 24, 60):
        found = []
        year, month = freeze.year, freeze.month
        while True:
            month += 1
            if month > 12:
                year, month = year + 1, 1
            day = (date(year, month, 1) - freeze).days
            if day > last:
                break
            if (month - 1) % min(months, 12) == 0 and year % max(months // 12, 1) == 0:
                found.append((day, date(year, month, 1)))
        room = last / most
        kept = [(day, on) for day, on in found if day >= room]
        if len(kept) < most:
            break
    return [(0, short_date(freeze)), *((day, month_year(on)) for day, on in kept)]


def _fit(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, or its beginning with an ellipsis where it is too long."""
    if text_width(text, size, bold) <= room:
        return text
    while text and text_width(f"{text}…", size, bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


Note = tuple[str, list[str], list[str], str]  # mark, heading, lines, strategy that gives the colour


def _notes(
    found: Pathways, lines: tuple[Line, ...], main: tuple[Change, ...], size: Size, column: float
) -> list[Note]:
    width = column - 26 if size == "phone" else (column - 20) / 2 - 26
    notes: list[Note] = []
    for number, one in enumerate(main, 1):
        heading = f"{found.line(one.source).title} → {found.line(one.target).title}"
        notes.append(
            (
                str(number),
                wrap(heading, TEXT, width, bold=True),
                wrap(_station(found, one), SMALL, width),
                one.target,
            )
        )
    if size == "wide" or not main:
        for line in lines:
            if line.trigger is not None:
                sign = line.trigger
                text = (
                    f"Watch: {sign.text(found.words)}. Goes off before {percent(sign.hits)} of its ends, "
                    f"{sign.lead[0]} days ahead ({sign.lead[1]}–{sign.lead[2]}); false alarm in "
                    f"{percent(sign.false_alarms)} of the other futures."
                )
                notes.append(
                    ("", wrap(line.title, TEXT, width, bold=True), wrap(text, SMALL, width), line.id)
                )
    return notes


def _station(found: Pathways, one: Change) -> str:
    """What a station says: when, what it gains, what it costs, what to watch."""
    days = one.dated.days
    late = found.when(found.late(one))
    if one.kind == AT_ONCE:
        when = "At once" if one.dated.late == 0 else f"At once, or by {short_date(late)}"
    else:
        early = found.when(days[one.dated.early])
        when = f"{short_date(found.when(one.dated.day))} ({short_date(early)} to {short_date(late)})"
    low, high = 100 * one.over_staying[1], 100 * one.over_staying[2]
    text = f"{when}. Gains {100 * one.over_staying[0]:.0f} days of 100 over staying ({low:.0f}–{high:.0f})"
    if one.bites >= 1:
        text += f"; bites after {one.bites:.0f} days"
    text += "."
    if one.waiting:
        day, lost = min(one.waiting, key=lambda it: abs(it[0] - one.dated.day - YEAR))
        text += f" Waiting {span(day - one.dated.day)} costs {max(100 * lost[0], 0):.0f}."
    played = [two for two in found.played if (two.source, two.target) == (one.source, one.target)]
    for two in sorted(played, key=lambda it: bool(it.sign))[:2]:
        when = f"as soon as {two.sign}" if two.sign else f"from {short_date(found.when(two.day))}"
        text += (
            f" Played {when}: {100 * two.ran[0]:+.0f} "
            f"({100 * two.ran[1]:.0f} to {100 * two.ran[2]:.0f}) where {100 * two.read[0]:+.0f} was read off."
        )
    return text


def _notes_height(notes: list[Note], size: Size) -> float:
    heights = [HEADING * len(heading) + LINE * len(lines) + 10 for _, heading, lines, _ in notes]
    if size == "phone" or len(heights) < 2:
        return sum(heights)
    left, right = _two(heights)
    return max(sum(heights[k] for k in left), sum(heights[k] for k in right))


def _two(heights: list[float]) -> tuple[list[int], list[int]]:
    """Notes in two columns of nearly even height, in their order."""
    cut = min(range(1, len(heights) + 1), key=lambda k: max(sum(heights[:k]), sum(heights[k:])))
    return list(range(cut)), list(range(cut, len(heights)))


def _paint_notes(
    axes: Axes, notes: list[Note], size: Size, column: float, tall: float, theme: Theme,
    colours: dict[str, str],
) -> None:  # fmt: skip
    heights = [HEADING * len(heading) + LINE * len(lines) + 10 for _, heading, lines, _ in notes]
    columns = [list(range(len(notes)))] if size == "phone" or len(notes) < 2 else list(_two(heights))
    wide = column if len(columns) == 1 else (column - 20) / 2
    for place, members in enumerate(columns):
        x, y = place * (wide + 20), tall
        for k in members:
            mark, heading, lines, ident = notes[k]
            if mark:
                axes.add_patch(
                    Circle(
                        (x + RING, y - 7),
                        RING - 0.5,
                        facecolor=theme.paper,
                        edgecolor=theme.ink,
                        linewidth=1.2,
                    )
                )
                axes.text(
                    x + RING, y - 7, mark, size=SMALL, weight=600, color=theme.ink, ha="center",
                    va="center_baseline",
                )  # fmt: skip
            else:
                axes.plot([x + 1, x + 13], [y - 7, y - 7], color=colours[ident], linewidth=THICK)
            top = y - 2
            for line in heading:
                axes.text(
                    x + 20, top, line, size=TEXT, weight=600, color=theme.ink, va="top", parse_math=False
                )
                top -= HEADING
            for line in lines:
                axes.text(x + 20, top, line, size=SMALL, color=theme.ink, va="top", parse_math=False)
                top -= LINE
            y -= heights[k]
