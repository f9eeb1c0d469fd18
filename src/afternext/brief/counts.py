"""Futures that can be counted: dots that are one future in fifty, rows of squares, ranges by governorate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import MaxNLocator

from afternext.brief.access import (
    BANDS,
    Floats,
    RunLike,
    date_at,
    foot_lines,
    holding,
    median_of,
    places_in_order,
    quantile,
    stored_day,
    values,
    weights_of,
)
from afternext.brief.charts import TONES, axis_number
from afternext.brief.findings import dots_finding, dots_of, label_of, ranges_finding, rows_finding, spread
from afternext.brief.keys import paper
from afternext.brief.parts import part_names
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.scene import stage_of
from afternext.brief.stage import Stage
from afternext.brief.style import LIGHT, NOBODY, SMALL, TEXT, Size, Theme, house, side_colours, text_width
from afternext.brief.tables import PLANNING, group_keys, sums
from afternext.brief.words import between, long_date, number, short_number

SQUARES = 20
ROW = 17.0  # points a row of squares or ranges


def dot_values(sample: Floats, dots: int, weights: Floats | None = None) -> Floats:
    """Values of `dots` equally frequent futures: dot i stands for the i-th slice of the sorted futures."""
    order = np.argsort(sample, kind="stable")
    middles = (np.arange(dots) + 0.5) / dots
    if weights is None:
        at = np.ceil(middles * len(order) - 1e-9).astype(int) - 1
    else:
        reached = np.cumsum(weights[order])
        at = np.searchsorted(reached, middles * reached[-1] * (1 - 1e-12))
    return np.asarray(sample[order[np.clip(at, 0, len(order) - 1)]], dtype=float)


def stack(
    dots: Floats, low: float, high: float, width: float, tallest: float
) -> tuple[Floats, Floats, float]:
    """Positions of dots in columns as large as fit: x and y of their middles, and the diameter, in points."""
    for columns in range(10, 200):
        size = width / columns
        column = np.clip(((dots - low) / max(high - low, 1e-9) * columns).astype(int), 0, columns - 1)
        level = np.array([int((column[:i] == column[i]).sum()) for i in range(len(dots))])
        if (level.max(initial=0) + 1) * size <= tallest:
            break
    return (column + 0.5) * size, (level + 0.5) * size, size


def draw_dots(run: RunLike, measure: str, day: int, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """Quantile dot plot of a measure on a day: each dot is one future in fifty."""
    sample = values(run, measure, day)
    shown = stored_day(run, day, "date")
    count = dots_of(run)
    dots = dot_values(sample, count, weights_of(run, sample))
    title = dots_finding(run, measure, shown)
    subtitle = (
        f"{label_of(measure)} on {long_date(date_at(run, shown))}, persons. Each dot is one future "
        f"in {count}; full colour beyond the planning figure."
    )
    stacked, base, names = 1.5 * INCH, 20.0, 27.0
    with house(theme):
        sheet = Sheet(size, theme, title, subtitle, foot_lines(run), (stacked + base + names) / INCH)
        width = (sheet.width - 2 * MARGIN) * INCH
        axes = sheet.axes(MARGIN, 0, width / INCH, (stacked + base + names) / INCH)
        paper(axes, width, stacked + base + names)
        marks = MaxNLocator(nbins=8, steps=[1, 2, 2.5, 5, 10]).tick_values(
            float(dots.min()), float(dots.max())
        )
        low, high = max(float(marks[0]), 0.0), float(max(marks[-1], marks[0] + 1))
        x, y, diameter = stack(dots, low, high, width, stacked - 4)
        planning = float(quantile(run, sample, PLANNING["planning"]))
        for xi, yi, value in zip(x, y, dots, strict=True):
            strong = np.isfinite(planning) and value > planning
            axes.add_patch(
                Circle(
                    (xi, base + yi),
                    diameter * 0.44,
                    facecolor=theme.band,
                    linewidth=0,
                    alpha=1.0 if strong else 0.45,
                )
            )
        axes.plot([0, width], [base, base], color=theme.muted, linewidth=0.7)
        marks = [float(m) for m in marks if low <= m <= high]
        longest = max(text_width(axis_number(m, marks), SMALL) for m in marks) + 10
        every = max(1, -(-int(longest * len(marks)) // int(width)))
        for m in marks[::every]:
            at = (m - low) / (high - low) * width
            half = text_width(axis_number(m, marks), SMALL) / 2
            axes.plot([at, at], [base, base - 3], color=theme.muted, linewidth=0.6)
            axes.text(
                min(max(at, half), width - half),
                base - 5,
                axis_number(m, marks),
                size=SMALL,
                color=theme.muted,
                ha="center",
                va="top",
            )
        _paint_levels(axes, run, sample, low, high, width, base, base + stacked, theme)
        table = pd.DataFrame({"dot": np.arange(1, count + 1), "of": count, measure: dots})
        return Picture(sheet.figure, title, size, theme, table)


def _paint_levels(
    axes: Axes,
    run: RunLike,
    sample: Floats,
    low: float,
    high: float,
    width: float,
    base: float,
    top: float,
    theme: Theme,
) -> None:
    """Likely, planning and worst as hairlines with name and number above, moved apart if they would touch."""
    figures = [(name, float(quantile(run, sample, share))) for name, share in PLANNING.items()]
    carried = [(f"{name} {short_number(figure)}", figure) for name, figure in figures if np.isfinite(figure)]
    marks = [min((figure - low) / (high - low), 1.0) * width for _, figure in carried]
    widths = [text_width(text, TEXT, bold=True) for text, _ in carried]
    for (text, _), x, left, long in zip(carried, marks, apart(marks, widths, width), widths, strict=True):
        axes.plot([x, x], [base, top + 2], color=theme.ink, linewidth=0.6, zorder=0)
        axes.plot([x, left + long / 2], [top + 2, top + 9], color=theme.ink, linewidth=0.6, zorder=0)
        axes.text(left, top + 12, text, size=TEXT, weight=600, color=theme.ink)


def apart(marks: list[float], widths: list[float], room: float, gap: float = 8.0) -> list[float]:
    """Left ends of texts centred on rising marks, pushed apart from the left, then back from the right."""
    lefts = [mark - long / 2 for mark, long in zip(marks, widths, strict=True)]
    free = 0.0
    for i, long in enumerate(widths):
        lefts[i] = max(lefts[i], free)
        free = lefts[i] + long + gap
    end = room
    for i in reversed(range(len(widths))):
        lefts[i] = min(lefts[i], end - widths[i])
        end = lefts[i] - gap
    return lefts


def draw_rows(
    run: RunLike,
    day: int,
    *,
    most: int = 14,
    size: Size = "wide",
    theme: Theme = LIGHT,
    stage: Stage | None = None,
) -> Picture:
    """Who holds the places that matter most and are least certain: each square is one future in twenty."""
    held = holding(run, day)
    shown = stored_day(run, day)
    stage = stage or stage_of(run)
    places = stage.places
    colours = {**side_colours(run.scenario.forces), "nobody": NOBODY}
    sides = (*held.forces, "nobody")
    names = {name: force.name for name, force in run.scenario.forces.items()} | {"nobody": "Nobody"}
    lived_in = [i for i, place in enumerate(places) if place.population > 0 and stage.home[i]]
    open_ = [i for i in lived_in if held.certainty[i] < 1 - 0.5 / SQUARES]
    chosen = sorted(open_, key=lambda i: -places[i].population * (1 - held.certainty[i]))[:most]
    if not chosen:
        chosen = sorted(lived_in, key=lambda i: -places[i].population)[:most]
    chosen = sorted(chosen, key=lambda i: -places[i].population)
    title = rows_finding(run, shown, len(open_), len(lived_in))
    date = long_date(date_at(run, shown))
    subtitle = f"Holder on {date}. Each square is one future in {SQUARES}; largest places first."
    with house(theme):
        present = [s for s, side in enumerate(sides) if held.share[chosen, s].max() > 0.5 / SQUARES]
        width = WIDTH_POINTS[size]
        key_lines = _key_lines([names[sides[s]] for s in present], width)
        height = ROW * len(chosen) + 15 * len(key_lines) + 10
        sheet = Sheet(size, theme, title, subtitle, foot_lines(run), height / INCH)
        axes = sheet.axes(MARGIN, 0, width / INCH, height / INCH)
        paper(axes, width, height)
        y = height - 11
        by_name = {names[sides[s]]: colours[sides[s]] for s in present}
        for line in key_lines:
            x = 0.0
            for name in line:
                axes.add_patch(Rectangle((x, y - 1.5), 9, 9, facecolor=by_name[name], linewidth=0))
                axes.text(x + 13, y, name, size=TEXT, color=theme.ink)
                x += 13 + text_width(name, TEXT) + 14
            y -= 15
        left = max(text_width(places[i].name, TEXT) for i in chosen) + 10
        left = min(left, width * 0.48)
        step = min((width - left) / SQUARES, 1.6 * ROW)
        tall = min(step, ROW - 2) - 1.6
        for n, i in enumerate(chosen):
            y = height - 15 * len(key_lines) - 8 - ROW * (n + 1)
            axes.text(0, y + 4, _cut(places[i].name, left - 8), size=TEXT, color=theme.ink, parse_math=False)
            k = 0
            for s, squares in enumerate(apportion(held.share[i], SQUARES)):
                for _ in range(squares):
                    axes.add_patch(
                        Rectangle(
                            (left + k * step, y + 7 - tall / 2),
                            step - 1.6,
                            tall,
                            linewidth=0,
                            facecolor=colours[sides[s]],
                        )
                    )
                    k += 1
        table = pd.DataFrame(
            [
                {"date": date_at(run, shown).isoformat(), "place": places[i].id, "name": places[i].name}
                | {f"share_{side}": round(float(held.share[i, s]), 4) for s, side in enumerate(sides)}
                for i in chosen
            ]
        )
        return Picture(sheet.figure, title, size, theme, table)


def _key_lines(names: list[str], width: float) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    used = 0.0
    for name in names:
        need = 13 + text_width(name, TEXT) + 14
        if lines[-1] and used + need > width:
            lines.append([])
            used = 0.0
        lines[-1].append(name)
        used += need
    return lines


def _cut(text: str, width: float) -> str:
    """Text shortened with an ellipsis to fit."""
    if text_width(text, TEXT) <= width:
        return text
    while text and text_width(text + "…", TEXT) > width:
        text = text[:-1]
    return text.rstrip(" ,") + "…"


def apportion(shares: Floats, total: int) -> list[int]:
    """Whole squares for shares that sum to one: largest remainders first (Hamilton), summing to `total`."""
    exact = np.asarray(shares) / max(float(np.sum(shares)), 1e-12) * total
    whole = np.floor(exact + 1e-9).astype(int)
    for i in np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]:
        whole[i] += 1
    return [int(n) for n in whole]


def draw_ranges(
    run: RunLike, day: int, *, most: int = 12, size: Size = "wide", theme: Theme = LIGHT
) -> Picture:
    """Displaced people by first-level area where they are: bands of futures around the median."""
    places = places_in_order(run)
    shown = stored_day(run, day)
    heads, member = group_keys(places, "admin1")
    sample = sums(values(run, "place_idps", day) + values(run, "place_refugees", day), member, len(heads))[
        :, :-1
    ]
    middle = median_of(run, sample)
    order = np.argsort(-middle, kind="stable")[:most]
    title = ranges_finding(run, [heads[g]["admin1"] for g in order], middle[order], shown)
    subtitle = (
        f"Displaced people by {part_names(run.scenario)[0]} of refuge on {long_date(date_at(run, shown))}, "
        "persons, refugees included. Line: median; bands: half, 8 in 10 and 19 in 20 futures; range in "
        "words: 8 in 10."
    )
    wide = size == "wide"
    row = ROW + 2 if wide else 2 * ROW - 2
    with house(theme):
        height = row * len(order) + 18
        sheet = Sheet(size, theme, title, subtitle, foot_lines(run), height / INCH)
        width = WIDTH_POINTS[size]
        axes = sheet.axes(MARGIN, 0, width / INCH, height / INCH)
        paper(axes, width, height)
        left = max(text_width(heads[g]["admin1"], TEXT) for g in order) + 10
        words = 128.0 if wide else 0.0
        top = _top(run, sample[:, order])
        scale = (width - left - words) / top
        marks = [
            float(m)
            for m in MaxNLocator(nbins=5 if wide else 3, steps=[1, 2, 5, 10]).tick_values(0, top)
            if 0 <= m <= top
        ]
        for m in marks:
            axes.plot([left + m * scale] * 2, [14, height], color=theme.grid, linewidth=0.7, zorder=0)
            axes.text(left + m * scale, 2, axis_number(m, marks), size=SMALL, color=theme.muted, ha="center")
        for n, g in enumerate(order):
            y = height - row * (n + 1) + (row - ROW) / 2 + ROW / 2 + (0 if wide else -5)
            axes.text(
                left - 8, y, heads[g]["admin1"], size=TEXT, color=theme.ink, ha="right", va="center_baseline"
            )
            for (_, low_q, high_q), tone in zip(BANDS, TONES, strict=True):
                low, high = (float(quantile(run, sample[:, g], q)) for q in (low_q, high_q))
                if np.isfinite(low) and np.isfinite(high):
                    axes.add_patch(
                        Rectangle(
                            (left + low * scale, y - 4.5),
                            max((high - low) * scale, 0.6),
                            9,
                            facecolor=theme.band,
                            alpha=tone,
                            linewidth=0,
                        )
                    )
            axes.plot([left + middle[g] * scale] * 2, [y - 6, y + 6], color=theme.band, linewidth=1.8)
            spread_text = _in_words(run, sample[:, g])
            if wide:
                axes.text(
                    width, y, spread_text, size=SMALL, color=theme.muted, ha="right", va="center_baseline"
                )
            else:
                axes.text(left, y + 8, spread_text, size=SMALL, color=theme.muted, va="baseline")
        table = pd.DataFrame(
            {
                "date": date_at(run, shown).isoformat(),
                "admin1": [heads[g]["admin1"] for g in order],
                "median": middle[order],
            }
            | {
                f"{side}_{round(share * 100)}": quantile(run, sample[:, order], q)
                for share, low_q, high_q in BANDS
                for side, q in (("low", low_q), ("high", high_q))
            }
        )
        return Picture(sheet.figure, title, size, theme, table)


def _top(run: RunLike, sample: Floats) -> float:
    """The right end of a scale of ranges: the highest band that the futures carry."""
    for q in (0.975, 0.9, 0.75):
        high = quantile(run, sample, q)
        if np.isfinite(high).all():
            return max(float(high.max()) * 1.02, 1.0)
    return max(float(sample.max()), 1.0)


def _in_words(run: RunLike, sample: Floats) -> str:
    middle, low, high = spread(run, sample)
    return f"{number(middle)} ({between(low, high)})" if np.isfinite(low) else number(middle)


WIDTH_POINTS: dict[Size, float] = {"wide": (9.6 - 2 * MARGIN) * INCH, "phone": (4.0 - 2 * MARGIN) * INCH}


def dot_plot(
    run: RunLike, measure: str, day: int, path: str | Path, *, size: Size = "wide", theme: Theme = LIGHT
) -> list[Path]:
    """Write the quantile dot plot of a measure on a day as PNG, SVG and CSV; returns their paths."""
    return draw_dots(run, measure, day, size=size, theme=theme).write(Path(path))


def holder_rows(
    run: RunLike, day: int, path: str | Path, *, size: Size = "wide", theme: Theme = LIGHT
) -> list[Path]:
    """Write who holds the open places on a day as PNG, SVG and CSV; returns their paths."""
    return draw_rows(run, day, size=size, theme=theme).write(Path(path))


def refuge_ranges(
    run: RunLike, day: int, path: str | Path, *, size: Size = "wide", theme: Theme = LIGHT
) -> list[Path]:
    """Write displaced people by governorate on a day as PNG, SVG and CSV; returns their paths."""
    return draw_ranges(run, day, size=size, theme=theme).write(Path(path))
