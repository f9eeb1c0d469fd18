"""A run in a notebook: one small, self-contained block of HTML without scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.show import PLANNING, at_horizons, days_along, headlines
from afternext.ensemble.terminal import limits, short, warnings
from afternext.ensemble.weights import not_scored
from afternext.ensemble.words import number, span

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run

WIDTH, HEIGHT = 190, 70
CHARTS, TABLE_ROWS = 4, 4
CELL = "padding:2px 10px 2px 0;text-align:right;font-variant-numeric:tabular-nums"


def _fan(days: NDArray[np.int64], bands: NDArray[np.float64]) -> str:
    low, high = limits(bands)
    x = (days - days[0]) / max(1, days[-1] - days[0]) * WIDTH
    y = HEIGHT - (np.nan_to_num(bands, nan=low) - low) / (high - low) * HEIGHT

    def points(band: int, backward: bool = False) -> list[str]:
        pairs = [f"{a:.1f},{b:.1f}" for a, b in zip(x, y[band], strict=True)]
        return pairs[::-1] if backward else pairs

    shapes = []
    for lower, upper, opacity in ((0, 4, 0.18), (1, 3, 0.35)):
        if np.isfinite(bands[[lower, upper]]).all():
            outline = " ".join(points(lower) + points(upper, backward=True))
            shapes.append(f'<polygon points="{outline}" fill="#2f6690" fill-opacity="{opacity}"/>')
    shapes.append(
        f'<polyline points="{" ".join(points(2))}" fill="none" stroke="#16425b" stroke-width="1.5"/>'
    )
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg {size} role="img">{"".join(shapes)}</svg>'


def page(run: Run) -> str:
    """The block that a notebook shows."""
    scenario = run.manifest["scenario"]
    failed = f" · {len(run.failed):,} failed" if run.failed else ""
    head = (
        f"<b>{escape(scenario['title'])}</b><br>{run.futures:,} futures{failed} · {run.manifest['days']:,} "
        f"days from {escape(scenario['freeze'])} · seed {run.seed} · {escape(str(run.path))}"
    )
    notes = "".join(f"<div>{escape(note)}</div>" for note in warnings(run))
    body = ""
    if run.futures > len(run.failed):
        names = headlines(run)
        charts, rows = [], []
        for name in names[:CHARTS]:
            found = run.quantiles(name, (0.05, 0.25, 0.5, 0.75, 0.95))
            top = short(limits(found.values)[1])
            title = f"{escape(name)} <small>up to {top} {escape(found.attrs['units'])}</small>"
            chart = _fan(days_along(run, "date"), found.values)
            charts.append(f'<div style="margin:6px 18px 6px 0">{title}<br>{chart}</div>')
        for name in names[:TABLE_ROWS]:
            for row in at_horizons(run, name):
                cells = "".join(f'<td style="{CELL}">{number(getattr(row, key))}</td>' for key in PLANNING)
                rows.append(
                    f'<tr><td style="{CELL};text-align:left">{escape(name)}, {span(row.day)}</td>{cells}</tr>'
                )
        titles = "".join(
            f'<th style="{CELL}">{key}: {q * 100:.0f} of 100 futures</th>' for key, q in PLANNING.items()
        )
        body = (
            f'<div style="display:flex;flex-wrap:wrap">{"".join(charts)}</div>'
            f'<table style="border-collapse:collapse"><tr><th></th>{titles}</tr>{"".join(rows)}</table>'
            f"<small>At or below. {escape(not_scored(run.weights))}</small>"
        )
    return f'<div style="font-family:sans-serif;font-size:13px;line-height:1.4">{head}{notes}{body}</div>'
