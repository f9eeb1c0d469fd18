"""Boxes of conditions: what each limits, and the trade-off it was chosen from."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import BLUE, LIGHT, SMALL, VERMILLION, WIDTH, Size, Theme, house, wrap
from afternext.brief.words import capital, futures_of
from afternext.ensemble.weights import share_word
from afternext.foresight.boxes import Choice
from afternext.foresight.discover import Discovery
from afternext.foresight.words import listing

ROW = 0.5  # inches a limit takes: a line of words, a bar, air
BAR = 0.11
PLOT = 2.4


def draw_boxes(found: Discovery, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """The first box: its limits as bars within their ranges, and coverage against density along the path."""
    column = WIDTH[size] - 2 * MARGIN
    choice = found.choices[0] if found.choices else None
    rows = len(choice.box.restricted) if choice else 0
    side = size == "wide"
    bars = 0.25 + rows * ROW if choice else 0.0
    plot = PLOT + 0.55
    body = max(bars, plot) if side else bars + plot + 0.2
    with house(theme):
        sheet = Sheet(size, theme, finding(found), subtitle(found), foot(found), body)
        width = column * 0.55 if side else column
        if choice is not None:
            for place, k in enumerate(
                sorted(choice.box.restricted, key=lambda k: choice.quasi_p.get(k, 1.0))
            ):
                top = body - 0.25 - place * ROW
                axes = sheet.axes(MARGIN, top - ROW, width, ROW)
                _paint_limit(axes, found, choice, k, width, theme)
        beside = column * 0.55 + 0.75 if side and choice is not None else 0.5
        left, room = MARGIN + beside, column - beside
        height = PLOT - (0.2 if side else 0)
        trade = sheet.axes(left, 0.45 if not side else body - height - 0.2, room, height)
        _paint_path(trade, found, choice, theme)
        return Picture(sheet.figure, finding(found), size, theme, found.to_frame())


def finding(found: Discovery) -> str:
    """What the first box says."""
    if not found.choices:
        return f"No conditions foretell: {found.condition}"
    box = found.choices[0]
    many = len(box.box.restricted)
    what = "One condition lifts" if many == 1 else f"{capital(_count(many))} conditions lift"
    before, after = round(100 * found.base), round(100 * box.density_out)
    return f"{what} it from {before} to {after} of 100 futures: {found.condition}"


def _count(n: int) -> str:
    return (
        ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")[n]
        if n < 11
        else str(n)
    )


def subtitle(found: Discovery) -> str:
    if not found.choices:
        nearest = listing(found.meaning(k) for k in found.leaning)
        leaning = f" Limited in nearly every resample: {nearest}." if nearest else ""
        return (
            "No box of conditions holds on futures it was not found on. Dots: the boxes that were tried, "
            f"on those they were found on.{leaning}"
        )
    box = found.choices[0].box
    return (
        f"The box holds {futures_of(box.coverage)} in which the outcome comes about. Bars: the range of "
        f"each condition, "
        "blue where the box is. Dots: boxes on the way from all futures to the smallest; ring: the one taken."
    )


def foot(found: Discovery) -> tuple[str, str]:
    held = (
        "The box was chosen on futures it was not found on; a condition goes with the outcome in the model, "
    )
    none = "What is uncertain here does not decide it, or there are too few futures to tell."
    return (
        f"{found.scenario} · {found.futures:,} futures, {found.cases:,} with the outcome · seed {found.seed}",
        f"How sure: {share_word(found.weights)}, not yet scored. "
        + (f"{held}which need not be its cause." if found.choices else none),
    )


def _paint_limit(axes: Axes, found: Discovery, choice: Choice, k: int, width: float, theme: Theme) -> None:
    axes.set(xlim=(0, width), ylim=(0, ROW))
    axes.axis("off")
    lines = wrap(capital(found.limit(k, choice.box)), SMALL, width * INCH)
    axes.text(0, 0.2, "\n".join(lines[:2]), size=SMALL, color=theme.ink, va="bottom", linespacing=1.15)
    column, limit = found.columns[k], choice.box.limits[k]
    axes.add_patch(Rectangle((0, 0.06), width, BAR, facecolor=theme.grid, linewidth=0))
    if column.kind == "category":
        step = width / len(column.words)
        for code in limit:
            axes.add_patch(Rectangle((code * step, 0.06), step, BAR, facecolor=BLUE, linewidth=0))
        return
    span = column.high - column.low
    a, b = (limit[0] - column.low) / span * width, (limit[1] - column.low) / span * width
    axes.add_patch(Rectangle((a, 0.06), b - a, BAR, facecolor=BLUE, linewidth=0))


def _paint_path(axes: Axes, found: Discovery, choice: Choice | None, theme: Theme) -> None:
    axes.set(xlim=(0, 1.03), ylim=(0, 1.03))
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)
    axes.set_xticks([0, 0.5, 1], ["0", "50", "100 %"])
    axes.set_yticks([0, 0.5, 1], ["0", "50", "100 %"])
    axes.tick_params(labelsize=SMALL, length=2)
    axes.set_xlabel("coverage: of all futures with the outcome, how many lie in the box", size=SMALL)
    axes.set_title(
        "density: of futures in the box, how many have the outcome", size=SMALL, color=theme.muted, loc="left"
    )
    axes.axhline(found.base, color=theme.muted, linewidth=0.7, linestyle=(0, (3, 3)))
    axes.text(
        0.01, found.base + 0.015, f"all futures {round(100 * found.base)} %", size=SMALL, color=theme.muted
    )
    path = choice.path if choice is not None else found.tried
    axes.plot(
        [b.coverage for b in path], [b.density for b in path], "o", color=BLUE, markersize=3.2, alpha=0.75
    )
    if choice is None:
        return
    axes.plot(
        [choice.box.coverage], [choice.box.density], "o", markerfacecolor="none", markeredgecolor=VERMILLION,
        markersize=10, markeredgewidth=1.6,
    )  # fmt: skip
    axes.plot([choice.coverage_out], [choice.density_out], "x", color=VERMILLION, markersize=6)
    axes.annotate(
        "on held-out futures", (choice.coverage_out, choice.density_out), xytext=(-6, -10),
        textcoords="offset points", size=SMALL, color=theme.muted, ha="right",
    )  # fmt: skip
