"""Rerun a published set of figures from scratch and compare: `make reproduce`.

The set is the run of the tutorial (two-towns, 100 futures, seed 7). docs/reference/reproduce.md holds its
digest, figures and one chart; docs/reference/reproduce.csv holds every number that the chart draws.

python scripts/reproduce.py            rerun into build/reproduce and compare; exit 1 where something differs
python scripts/reproduce.py --write    publish what comes out (scripts/baseline.py does that too)
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from afternext import __version__

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "reproduce.md"
TABLE = ROOT / "docs" / "reference" / "reproduce.csv"
CHART = ROOT / "docs" / "img" / "reproduce.svg"
BUILD = ROOT / "build" / "reproduce"
SETTINGS = {"futures": 100, "seed": 7}
MEASURES = ("displaced", "returned", "dead", "population_held_army")
QUANTILES = (0.05, 0.5, 0.95)
EVERY = 30  # days between two rows
TOLERANCE = 1e-9  # relative, for another class of processor; on the same one the digest is equal
NOTICE = "<!-- Written by scripts/reproduce.py (`make baseline`); edit nothing here. -->"


@dataclass(frozen=True)
class Figures:
    """What the run gave: its digest, and (measure, date, quantiles) rows."""

    digest: str
    model: str
    rows: list[tuple[str, str, tuple[float, ...]]]


def rerun() -> Figures:
    """The run of the tutorial, from scratch."""
    import afternext as an

    with tempfile.TemporaryDirectory(prefix="afternext-reproduce-") as place:
        run = an.run("two-towns", workers=1, out=f"{place}/run", **SETTINGS)
        dates = [str(date)[:10] for date in run.measures["date"].values]
        rows = []
        for name in MEASURES:
            values = np.quantile(run.measures[name].values.astype(float), QUANTILES, axis=0)
            for k in sorted({*range(0, len(dates), EVERY), len(dates) - 1}):
                rows.append((name, dates[k], tuple(float(v) for v in values[:, k])))
        return Figures(run.digest, str(run.manifest.get("model", __version__)), rows)


def table(figures: Figures) -> str:
    """Every number, as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["measure", "date", *(f"q{q:g}" for q in QUANTILES)])
    writer.writerows([name, date, *(repr(v) for v in values)] for name, date, values in figures.rows)
    return text.getvalue()


def chart(figures: Figures) -> str:
    """A fan for every measure, as SVG that is the same for the same numbers."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    settings: dict[str, Any] = {"svg.hashsalt": "afternext", "svg.fonttype": "none", "font.size": 8}
    with plt.rc_context(settings):
        figure, axes = plt.subplots(1, len(MEASURES), figsize=(11, 2.4), layout="constrained")
        for name, axis in zip(MEASURES, axes, strict=True):
            values = np.array([row for measure, _, row in figures.rows if measure == name])
            days = np.arange(len(values))
            axis.fill_between(days, values[:, 0], values[:, 2], alpha=0.25, linewidth=0)
            axis.plot(days, values[:, 1])
            axis.set_title(name)
            axis.set_ylim(bottom=0)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    return out.getvalue()


def page(figures: Figures) -> str:
    """The page: what was run, what came out, how to do it again."""
    last = max(date for _, date, _ in figures.rows)
    lines = [
        "# Figures to reproduce",
        "",
        NOTICE,
        "",
        f"`afternext run two-towns --futures {SETTINGS['futures']} --seed {SETTINGS['seed']}`",
        f"(version {__version__}) gives the digest",
        "",
        f"    {figures.digest}",
        "",
        "on processors of one class, and the figures below on any. `make reproduce` runs it from scratch",
        "and compares the digest, every number of [the table](reproduce.csv) and the chart; it ends with",
        "exit code 1 where a number or the chart differs.",
        "",
        "![Displaced, returned, dead and population held by the army: 5, 50 and 95 % of futures by month]"
        "(../img/reproduce.svg)",
        "",
        f"| measure on {last} | 5 % | 50 % | 95 % |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {' | '.join(f'{v:,.10g}' for v in values)} |"
        for name, date, values in figures.rows
        if date == last
    ]
    return "\n".join(lines) + "\n"


def publish() -> None:
    """Write page, table and chart."""
    figures = rerun()
    for path, text in ((PAGE, page(figures)), (TABLE, table(figures)), (CHART, chart(figures))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def compare(figures: Figures) -> list[str]:
    """What differs from what is published; a digest of another class of processor alone is no difference."""
    found = []
    old = list(csv.reader(io.StringIO(TABLE.read_text(encoding="utf-8"))))[1:]
    new = list(csv.reader(io.StringIO(table(figures))))[1:]
    if [row[:2] for row in old] != [row[:2] for row in new]:
        return ["the table has other rows"]
    for before, after in zip(old, new, strict=True):
        a, b = np.array(before[2:], float), np.array(after[2:], float)
        if not np.allclose(a, b, rtol=TOLERANCE, atol=0.0):
            found.append(f"{before[0]} on {before[1]}: published {before[2:]}, now {after[2:]}")
    if not found and CHART.read_text(encoding="utf-8") != chart(figures):
        found.append("the chart is drawn otherwise")
    return found


def main() -> None:
    if "--write" in sys.argv[1:]:
        publish()
        return
    figures = rerun()
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / TABLE.name).write_text(table(figures), encoding="utf-8")
    (BUILD / CHART.name).write_text(chart(figures), encoding="utf-8")
    differs = compare(figures)
    same = figures.digest in PAGE.read_text(encoding="utf-8")
    digest = "equal" if same else "differs"
    print(f"{len(figures.rows) * len(QUANTILES)} figures, {len(differs)} differ; digest {digest}")
    if differs:
        sys.exit("\n".join(differs[:20]))


if __name__ == "__main__":
    main()
