"""Claims against what to believe: a strip a quantity, a line a claim."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from afternext.brief.keys import paper
from afternext.brief.picture import INCH, MARGIN, Picture, Sheet
from afternext.brief.style import BLUE, LIGHT, SMALL, VERMILLION, WIDTH, Size, Theme, house, text_width
from afternext.brief.words import capital, long_date
from afternext.ensemble.terminal import short
from afternext.ensemble.words import number
from afternext.evidence.quantities import SHARE
from afternext.evidence.report import Against, Evidence, Reconciled

LINE = 15.0  # points a claim takes
HEAD, AXIS, BETWEEN = 17.0, 16.0, 14.0
BANDS = ((0.025, 0.975, 0.13), (0.1, 0.9, 0.2), (0.25, 0.75, 0.3))
MOST = 9
PAD = 1.04  # a claim at the end of a scale keeps off the names


@dataclass(frozen=True)
class Frame:
    """Where a strip lies: the gutter for names and the room of its scale, in points."""

    left: float
    width: float
    low: float
    high: float
    kind: str

    def at(self, value: float) -> float:
        """Place of a value on the strip."""
        a, b, x = (_scale(v, self.kind) for v in (self.low, self.high, value))
        return self.left + (x - a) / max(b - a, 1e-9) * self.width


def _scale(value: float, kind: str) -> float:
    return value if kind == SHARE else math.log(max(value, 0.5))


def draw_evidence(found: Evidence, *, size: Size = "wide", theme: Theme = LIGHT) -> Picture:
    """Quantities with a range, those of most claims first where not all have room, in order of time."""
    width = (WIDTH[size] - 2 * MARGIN) * INCH
    numbers = [one for one in found.quantities if one.quantiles is not None]
    most = sorted(numbers, key=lambda one: -len(one.claims))[:MOST]
    shown = [one for one in numbers if one in most]
    heights = [HEAD + AXIS + LINE * len(one.claims) + BETWEEN for one in shown]
    body = (sum(heights) + 2) / INCH if shown else 0.3
    gutter = width * (0.34 if size == "wide" else 0.47)
    with house(theme):
        feet = foot(found, len(numbers) - len(shown))
        sheet = Sheet(size, theme, finding(found, shown), subtitle(), feet, body)
        axes = sheet.axes(MARGIN, 0, width / INCH, body)
        paper(axes, width, body * INCH)
        top = body * INCH
        for one, height in zip(shown, heights, strict=True):
            _paint(axes, found, one, top, gutter, width, theme)
            top -= height
        return Picture(sheet.figure, finding(found, shown), size, theme, found.to_frame())


def finding(found: Evidence, shown: list[Reconciled]) -> str:
    """What to believe of the quantity that most claims are about."""
    if not shown:
        return "Nothing is claimed that has a figure"
    one = max(shown, key=lambda r: (len(r.claims), r.quantity.last))
    quantiles = one.quantiles or {}
    middle, low, high = (_figure(one, quantiles[q], 2) for q in (0.5, 0.1, 0.9))
    said, counted = len(one.claims), len(one.quantity.counted)
    copies = "" if said == counted else f", of which {counted} count"
    claims = "one claim" if said == 1 else f"{said} claims{copies}"
    return f"{_title(found, one)}: about {middle}, likely {low} to {high}, from {claims}"


def _when(first: date, last: date) -> str:
    """10 Jun 2014; 10–12 Jun 2014; 30 May–2 Jun 2014."""
    end = f"{last.day} {last:%b %Y}"
    if first == last:
        return end
    return f"{first.day}–{end}" if first.month == last.month else f"{first.day} {first:%b}–{end}"


def _title(found: Evidence, one: Reconciled) -> str:
    place = f" at {found.where(one.quantity)}" if one.quantity.place else ""
    about = one.quantity.about
    for prefix, words in (("strength_", "strength of"), ("held_by_", "held by")):
        force = about.removeprefix(prefix)
        if about.startswith(prefix) and force in found.forces:
            about = f"{words} {found.forces[force]}"
    return capital(about.replace("_", " ") + place)


def subtitle() -> str:
    return (
        "Bands: where the truth lies in 50, 80 and 95 of 100 cases if the grades are right; line: the "
        "middle. Dot: a claim; ring: a copy, not counted again; triangle: at least or at most; bar: a stated "
        "range. Scales of counts are logarithmic."
    )


def foot(found: Evidence, left_out: int) -> tuple[str, str]:
    frozen = f" · claims up to {long_date(date.fromisoformat(found.freeze))}" if found.freeze else ""
    more = f" · {left_out} more in the table" if left_out else ""
    return (
        f"{found.title}{frozen} · seed {found.seed}{more}",
        "How sure: as sure as the grades (A-F for the source, 1-6 for the claim) are right. They are "
        "judgements; a source that is heard once has no record by which its leaning could be told.",
    )


def _figure(one: Reconciled, value: float, digits: int = 3) -> str:
    return f"{value:.2f}" if one.quantity.kind == SHARE else number(float(f"{value:.{digits}g}"))


def _ends(against: Against) -> list[float]:
    claim = against.said.claim
    return [x for x in (claim.low, claim.best, claim.high) if x is not None]


def _paint(
    axes: Axes, found: Evidence, one: Reconciled, top: float, gutter: float, width: float, theme: Theme
) -> None:
    quantiles = one.quantiles or {}
    stated = [x for against in one.claims for x in _ends(against)]
    low, high = min(*stated, quantiles[0.025]), max(*stated, quantiles[0.975])
    low, high = (low, high) if one.quantity.kind == SHARE else (low / PAD, high * PAD)
    frame = Frame(gutter, width - gutter - 8, low, high, one.quantity.kind)
    title = f"{_title(found, one)}, {_when(one.quantity.first, one.quantity.last)}"
    axes.text(
        0, top, _fit(title, width - 4), size=SMALL, weight=600, color=theme.ink, va="top", parse_math=False
    )
    upper = top - HEAD
    lower = upper - LINE * len(one.claims)
    for a, b, strength in BANDS:
        left, right = frame.at(quantiles[a]), frame.at(quantiles[b])
        axes.add_patch(
            Rectangle((left, lower), right - left, upper - lower, facecolor=BLUE, alpha=strength, linewidth=0)
        )
    middle = frame.at(quantiles[0.5])
    axes.plot([middle, middle], [lower, upper], color=BLUE, linewidth=1.6)
    for line, against in enumerate(one.claims):
        _paint_claim(axes, one, against, frame, upper - (line + 0.5) * LINE, theme)
    _paint_axis(axes, one, frame, lower, theme)


def _paint_claim(axes: Axes, one: Reconciled, against: Against, frame: Frame, y: float, theme: Theme) -> None:
    claim = against.said.claim
    grade = f"{claim.reliability}{claim.credibility}"
    day = f"{claim.published.day} {claim.published:%b}"
    name = _fit(f"{claim.who}", frame.left - text_width(f"  {day} {grade}", SMALL) - 10)
    colour = theme.ink if against.said.counted else theme.muted
    axes.text(0, y, name, size=SMALL, color=colour, va="center_baseline", parse_math=False)
    axes.text(
        frame.left - 8, y, f"{day} {grade}", size=SMALL, color=theme.muted, va="center_baseline", ha="right"
    )
    fill = VERMILLION if against.said.counted else theme.paper
    style: dict[str, Any] = {
        "markerfacecolor": fill,
        "markeredgecolor": VERMILLION,
        "markersize": 5.5,
        "clip_on": False,
    }
    if claim.best is not None:
        axes.plot([frame.at(claim.best)], [y], "o", **style)
    elif claim.low is not None and claim.high is not None:
        a, b = frame.at(claim.low), frame.at(claim.high)
        axes.plot([a, b], [y, y], color=VERMILLION, linewidth=3.2 if against.said.counted else 1.2)
    else:
        bound = claim.low if claim.low is not None else claim.high
        axes.plot([frame.at(bound or 0.0)], [y], ">" if claim.low is not None else "<", **style)


def _fit(text: str, width: float) -> str:
    if text_width(text, SMALL) <= width:
        return text
    while text and text_width(f"{text}…", SMALL) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _paint_axis(axes: Axes, one: Reconciled, frame: Frame, y: float, theme: Theme) -> None:
    axes.plot([frame.left, frame.left + frame.width], [y, y], color=theme.grid, linewidth=0.8)
    last = -1e9
    for value in _ticks(frame):
        x = frame.at(value)
        label = f"{value:.1f}" if one.quantity.kind == SHARE else short(value)
        half = text_width(label, SMALL) / 2
        if x - half < max(last + 8, frame.left - 12) or x + half > frame.left + frame.width + 8:
            continue
        axes.plot([x, x], [y, y - 2.5], color=theme.muted, linewidth=0.7)
        axes.text(x, y - 4, label, size=SMALL, color=theme.muted, ha="center", va="top")
        last = x + half


def _ticks(frame: Frame) -> list[float]:
    if frame.kind == SHARE:
        return [k / 10 for k in range(11) if frame.low <= k / 10 <= frame.high]
    first = math.floor(math.log10(max(frame.low, 0.5)))
    last = math.ceil(math.log10(max(frame.high, 1.0)))
    steps = [m * 10.0**k for k in range(first, last + 1) for m in (1, 2, 5)]
    return [x for x in steps if frame.low <= x <= frame.high]
