"""Time on paper: the first months at one scale, the years after at another, with a gap in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from matplotlib.axes import Axes

from afternext.brief.access import Floats, Ints
from afternext.brief.style import SMALL, Theme, text_width
from afternext.brief.words import MONTHS, after, month_year

NEAR_SHARE, GAP = 0.55, 0.028  # of the width
STRETCH = 2.2  # a run at most so many times longer than its daily part keeps one scale


@dataclass(frozen=True)
class Timeline:
    """Maps days after the freeze to 0-1 of a chart's width."""

    freeze: date
    near: int
    last: int

    @property
    def split(self) -> bool:
        return self.last > STRETCH * self.near

    def x(self, days: Ints | Floats) -> Floats:
        """Position of days of the first part; of the second part for days beyond it."""
        day = np.asarray(days, dtype=float)
        if not self.split:
            return day / max(self.last, 1)
        far = NEAR_SHARE + GAP + (1 - NEAR_SHARE - GAP) * (day - self.near) / (self.last - self.near)
        return np.where(day <= self.near, NEAR_SHARE * day / self.near, far)

    def parts(self, days: Ints) -> Iterator[tuple[np.ndarray, Floats]]:
        """For each part of the axis, which stored days lie in it, and where."""
        if not self.split:
            yield np.ones(len(days), dtype=bool), self.x(days)
            return
        first = days <= self.near
        yield first, self.x(days[first])
        second = days >= self.near
        start = NEAR_SHARE + GAP
        yield second, start + (1 - start) * (days[second] - self.near) / (self.last - self.near)

    def ticks(self, width: float) -> list[tuple[float, str]]:
        """Positions and labels that do not touch on an axis of `width` points."""
        out: list[tuple[float, str]] = []
        if self.split:
            out += self._months(0, self.near, width * NEAR_SHARE, with_first_year=True)
            out += self._years(self.near, self.last, width * (1 - NEAR_SHARE - GAP))
        elif self.last > 800:
            out += self._years(0, self.last, width)
        else:
            out += self._months(0, self.last, width, with_first_year=True)
        return out

    def _months(self, first: int, last: int, width: float, with_first_year: bool) -> list[tuple[float, str]]:
        starts = [day for day in range(first, last + 1) if after(self.freeze, day).day == 1]
        if len(starts) < 3:
            step = next((s for s in (7, 14, 30) if (last - first) / s * 46 < width), 60)
            days = range(first, last + 1, step)
            return [(float(self.x(np.array(d))), _day_month(self.freeze + timedelta(days=d))) for d in days]
        longest = text_width("Sep 2014", SMALL) + 8
        every = next((k for k in (1, 2, 3, 6, 12) if len(starts) / k * longest * 0.62 < width), 12)
        kept = [day for day in starts if (after(self.freeze, day).month - 1) % every == 0]
        out: list[tuple[float, str]] = []
        year = None
        for day in kept:
            at = after(self.freeze, day)
            label = MONTHS[at.month - 1][:3]
            if at.year != year and with_first_year:
                label, year = month_year(at), at.year
            out.append((float(self.x(np.array(day))), label))
        return out

    def _years(self, first: int, last: int, width: float) -> list[tuple[float, str]]:
        years = range(after(self.freeze, first).year + 1, after(self.freeze, last).year + 1)
        room = max(1, int(width / (text_width("2014", SMALL) + 6)))
        every = max(1, -(-len(years) // room))
        days = [(date(year, 1, 1) - self.freeze).days for year in years]
        return [
            (float(self.x(np.array(d))), str(y))
            for d, y in zip(days, years, strict=True)
            if y % every == 0 and first < d <= last
        ]

    def dress(self, axes: Axes, width: float, theme: Theme) -> None:
        """Date labels under an axis, a short tick each, and the freeze at the left end."""
        ticks = self.ticks(width)
        axes.set_xlim(0, 1)
        axes.set_xticks([x for x, _ in ticks], [label for _, label in ticks], size=SMALL, color=theme.muted)
        axes.tick_params(axis="x", length=3, width=0.6, color=theme.muted, pad=2)


def _day_month(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}"
