"""Pictures of a hindcast: how often things happened that were forecast, and the fan against the truth."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from afternext.brief.access import BANDS
from afternext.brief.charts import Fan, gutter, paint_fan, paint_key, paint_value_axis
from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import LIGHT, SMALL, TEXT, Size, Theme, house
from afternext.brief.timeline import Timeline
from afternext.brief.words import count, long_date, short_number
from afternext.ensemble.quantiles import carried
from afternext.ensemble.weights import quantile

if TYPE_CHECKING:
    from afternext.forecast.hindcast import Hindcast

EVERY = 7  # days between points of the fan
NAMED = ("no_change", "climatology")
SQUARE: dict[Size, float] = {"wide": 3.6, "phone": 3.3}
COUNTS = 0.62  # inches for the counts under the diagram


def foot(found: Hindcast) -> tuple[str, str]:
    """Where a picture comes from, and how sure it can be."""
    title = found.run.manifest["scenario"]["title"]
    sure = "How sure: one crisis is one to five independent outcomes, however many questions are asked of it."
    if found.development:
        sure += " This one is development data: everybody knows how it went."
    return (
        f"{title} · frozen {long_date(found.freeze)} · {count(found.answers.count)} futures"
        f" · seed {found.run.seed}",
        sure,
    )


def reliability_finding(found: Hindcast) -> str:
    """Whether what was called likely happened as often, in one sentence."""
    table = found.reliability
    off = [
        (k, table.observed[k] - table.forecast[k])
        for k in range(len(table.count))
        if not table.low[k] <= table.observed[k] <= table.high[k]
    ]
    if not off:
        return "Things happened about as often as forecast"
    k, gap = max(off, key=lambda one: abs(one[1]) * table.count[one[0]])
    said, seen = (round(100 * float(x)) for x in (table.forecast[k], table.observed[k]))
    word = "only " if gap < 0 else ""
    return f"What was forecast at {said} % came true in {word}{seen} of 100 cases"


def draw_reliability(found: Hindcast, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """Share that came true against what was forecast, with consistency bars and counts."""
    table = found.reliability
    side = SQUARE[size]
    title = reliability_finding(found)
    subtitle = (
        f"{int(table.count.sum())} yes-or-no questions. Dots: share that came true, by the probability "
        "given. Bars: where 9 in 10 such shares would lie if every forecast were right and the questions "
        "independent, which they are not."
    )
    with house(theme):
        sheet = Sheet(size, theme, title, subtitle, foot(found), side + COUNTS + 0.74)
        left = MARGIN + 0.62
        axes = sheet.axes(left, COUNTS + 0.58, side - 0.3 if size == "phone" else side, side)
        _dress_square(axes, theme)
        axes.plot([0, 1], [0, 1], color=theme.muted, linewidth=0.8, linestyle=(0, (3, 3)), zorder=2)
        axes.vlines(
            table.forecast, table.low, table.high, color=theme.band, alpha=0.35, linewidth=7, zorder=3
        )
        axes.plot(table.forecast, table.observed, "o", color=theme.ink, markersize=5.5, zorder=5)
        _paint_counts(sheet, left, axes, found, theme)
        if size == "wide":
            _paint_reading(sheet, left + side + 0.5, side, found, theme)
        frame = pd.DataFrame(table.to_dict())
        frame[["consistent_low", "consistent_high"]] = pd.DataFrame(
            frame["consistent"].tolist(), index=frame.index
        )
        return Picture(sheet.figure, title, size, theme, frame.drop(columns="consistent"))


def _dress_square(axes: Axes, theme: Theme) -> None:
    marks = [0.0, 0.25, 0.5, 0.75, 1.0]
    names = ["0", "25", "50", "75", "100 %"]
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.set_xticks(marks, [""] * len(marks))
    axes.set_yticks(marks, names, size=SMALL, color=theme.muted)
    axes.tick_params(length=0, pad=3)
    axes.grid(color=theme.grid, linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_ylabel("came true", size=SMALL, color=theme.muted)


def _paint_counts(sheet: Sheet, left: float, above: Axes, found: Hindcast, theme: Theme) -> None:
    """How many forecasts stand behind each dot."""
    table = found.reliability
    width = above.get_position().width * sheet.width
    axes = sheet.axes(left, 0.44, width, COUNTS)
    axes.set(xlim=(-0.02, 1.02), ylim=(0, float(table.count.max()) * 1.45))
    axes.bar(table.forecast, table.count, width=0.05, color=theme.muted, alpha=0.55, zorder=3)
    for x, n in zip(table.forecast, table.count, strict=True):
        axes.text(x, n, f" {n}", size=SMALL, color=theme.muted, ha="center", va="bottom")
    marks = [0.0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(marks, ["0", "25", "50", "75", "100 %"], size=SMALL, color=theme.muted)
    axes.set_yticks([])
    axes.tick_params(length=0, pad=3)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set(color=theme.muted, linewidth=0.7)
    axes.set_xlabel("probability given, and number of questions", size=SMALL, color=theme.muted, labelpad=3)


def _paint_reading(sheet: Sheet, left: float, side: float, found: Hindcast, theme: Theme) -> None:
    """How to read it, and below it where the counts fell within their forecasts."""
    width = sheet.width - left - MARGIN
    axes = sheet.axes(left, COUNTS + 0.58, width, side)
    paper(axes, width * INCH, side * INCH)
    rows = [row for row in found.rows if row.question.kind == "binary"]
    hits = sum(bool(row.outcome.value) for row in rows)
    lines = [
        ("On the dashed line", "forecasts are right on average."),
        ("Below it on the right", "what was taken for safe was not."),
        ("Above it on the left", "what was taken for unlikely happened."),
        (
            "Most questions sit at one end",
            f"{hits} of {len(rows)} answers were yes; most towns do not change hands.",
        ),
    ]
    y = side * INCH - 12
    for head, text in lines:
        axes.text(0, y, head, size=TEXT, weight=600, color=theme.ink)
        axes.text(0, y - 12, text, size=TEXT, color=theme.muted)
        y -= 33
    ranks = [row.scores["pit"] for row in found.rows if "pit" in row.scores]
    if ranks:
        axes.text(
            0, y - 14, f"{len(ranks)} counts within their forecasts", size=TEXT, weight=600, color=theme.ink
        )
        _paint_ranks(sheet, left, width, (y - 30) / INCH + COUNTS + 0.58, ranks, theme)


def _paint_ranks(
    sheet: Sheet, left: float, width: float, top: float, ranks: list[float], theme: Theme
) -> None:
    """Where each count fell: share of the forecast below it (PIT), dots piled by tenths."""
    height = 0.75
    axes = sheet.axes(left, top - height, width, height)
    axes.set(xlim=(0, 1), ylim=(0, 6))
    piles = np.zeros(10, dtype=int)
    for rank in sorted(ranks):
        place = min(int(rank * 10), 9)
        axes.plot(place / 10 + 0.05, piles[place] + 0.5, "o", color=theme.ink, markersize=4.5, clip_on=False)
        piles[place] += 1
    axes.axvspan(0.1, 0.9, color=theme.band, alpha=0.16, linewidth=0)
    axes.set_xticks([])
    for x, text, align in (
        (0.0, "lowest", "left"),
        (0.5, "shaded: the 80 % interval", "center"),
        (1.0, "highest", "right"),
    ):
        axes.text(x, -0.5, text, size=SMALL, color=theme.muted, ha=align, va="top")
    axes.set_yticks([])
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set(color=theme.muted, linewidth=0.7)


def fan_of(found: Hindcast, measure: str = "idps") -> Fan:
    """A counted measure through time, from the futures as they were weighted."""
    answers = found.answers
    days = np.unique([*range(0, answers.last + 1, EVERY), answers.last])
    values = np.array([answers.measure(measure, int(day)) for day in days])
    share = answers.weights

    def at(q: float) -> np.ndarray:
        if not carried(q, int(answers.effective)):
            return np.full(len(days), np.nan)
        return np.array([quantile(row, share, q) for row in values])

    return Fan(measure, days, at(0.5), tuple((s, at(low), at(high)) for s, low, high in BANDS))


def fan_finding(found: Hindcast) -> str:
    """Where the counts lie in the fan."""
    rows = [row for row in found.rows if row.question.measure == "idps" and "pit" in row.scores]
    inside = sum(row.scores["covered80"] > 0 for row in rows)
    low = sum(row.scores["pit"] < 0.25 for row in rows)
    high = sum(row.scores["pit"] > 0.75 for row in rows)
    text = f"{inside} of {len(rows)} counts of displaced people lie within the 8-in-10 band"
    if low > len(rows) / 2:
        return f"{text}; most lie low in it"
    if high > len(rows) / 2:
        return f"{text}; most lie high in it"
    return text


def draw_truth(found: Hindcast, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """The fan of displaced people as sealed, the counts in ink on top, and two simple forecasts."""
    fan = fan_of(found)
    time = Timeline(found.freeze, min(180, found.answers.last), found.answers.last)
    counts = [c for c in found.truth.counts.get(("idps", ""), []) if c.day <= found.answers.last]
    seen, value = np.array([c.day for c in counts], dtype=int), np.array([c.value for c in counts])
    title = fan_finding(found)
    subtitle = (
        f"People displaced inside the country since {found.freeze - timedelta(days=365)} and still away from "
        "home. The forecasts were sealed before the counts were opened."
    )
    height = 3.3 if size == "wide" else 2.5
    extra = 0.0 if size == "wide" else 0.18  # a second line of the key
    with house(theme):
        sheet = Sheet(size, theme, title, subtitle, foot(found), height + 0.62 + extra)
        high = [band for share, _, band in fan.bands if share <= 0.8 and np.isfinite(band).all()]
        top = max([float(band.max()) for band in high] + [float(value.max(initial=0.0)), 1.0]) * 1.1
        left = MARGIN + gutter(top)
        width = sheet.width - left - MARGIN - 0.08
        key = sheet.axes(MARGIN, height + 0.42 + extra, sheet.width - 2 * MARGIN, 0.2)
        paper(key, (sheet.width - 2 * MARGIN) * INCH, 14.4)
        paint_key(key, theme, fan, len(seen) > 0 and not extra)
        if len(seen) and extra:
            key.plot(
                [0, 14], [-9, -9], color=theme.ink, linewidth=1.4, marker="o", markersize=3, clip_on=False
            )
            key.text(18, -9, "counted", size=SMALL, color=theme.muted, va="center_baseline")
        axes = sheet.axes(left, 0.26, width, height)
        paint_value_axis(axes, top, height * INCH, theme)
        paint_fan(axes, fan, time, theme)
        time.dress(axes, width * INCH, theme)
        _paint_rivals(axes, found, time, theme)
        for here, x in time.parts(seen):
            axes.plot(
                x,
                value[here],
                color=theme.ink,
                linewidth=1.4,
                marker="o",
                markersize=3.5,
                zorder=6,
                clip_on=False,
            )
        if len(seen):
            text = short_number(float(value[-1]))
            spot = (float(time.x(seen[-1:])[0]), float(value[-1]))
            axes.annotate(
                text, spot, (0, 6), textcoords="offset points", size=TEXT, weight=600,
                color=theme.ink, ha="right", zorder=8,
            )  # fmt: skip
        return Picture(
            sheet.figure, title, size, theme, _table(found, fan, dict(zip(seen, value, strict=True)))
        )


def _paint_rivals(axes: Axes, found: Hindcast, time: Timeline, theme: Theme) -> None:
    """Medians of two simple forecasts, named at their right end."""
    rows = sorted(
        (row for row in found.rows if row.question.measure == "idps" and row.question.kind == "number"),
        key=lambda row: row.day,
    )
    start = found.answers.past.stock()
    for name in NAMED:
        points = [(0, start)] + [
            (row.day, float(np.median(row.baselines[name]["values"])))
            for row in rows
            if name in row.baselines
        ]
        if len(points) < 2:
            continue
        days, medians = (np.array(column, dtype=float) for column in zip(*points, strict=True))
        x = time.x(days)
        axes.plot(x, medians, color=theme.muted, linewidth=1.0, linestyle=(0, (3, 2)), zorder=5)
        axes.annotate(
            name.replace("_", " "), (float(x[-1]), float(medians[-1])), (-2, 3), textcoords="offset points",
            size=SMALL, color=theme.muted, ha="right", zorder=8,
        )  # fmt: skip


def _table(found: Hindcast, fan: Fan, counts: dict[int, float]) -> pd.DataFrame:
    columns: dict[str, object] = {
        "date": [(found.freeze + timedelta(days=int(day))).isoformat() for day in fan.days],
        "day": fan.days,
        "median": fan.median,
    }
    for share, low, high in fan.bands:
        columns |= {f"low_{share * 100:.0f}": low, f"high_{share * 100:.0f}": high}
    told = pd.DataFrame(columns)
    extra = pd.DataFrame(
        {
            "date": [(found.freeze + timedelta(days=int(day))).isoformat() for day in counts],
            "day": list(counts),
            "counted": list(counts.values()),
        }
    )
    return told.merge(extra, on=["date", "day"], how="outer").sort_values("day", ignore_index=True)
