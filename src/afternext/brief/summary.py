"""The summary of a run: a page, a Markdown text, figures and tables in one folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from math import isfinite
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from afternext.brief import page
from afternext.brief.access import RunLike, date_at, has, horizons, played, values
from afternext.brief.charts import KEY_MEASURES, draw_fan, draw_page
from afternext.brief.counts import draw_dots, draw_ranges, draw_rows
from afternext.brief.findings import headlines, label_of, spread
from afternext.brief.maps import draw_map, draw_pair
from afternext.brief.picture import Picture
from afternext.brief.scene import stage_of
from afternext.brief.style import Size
from afternext.brief.tables import NOTE, PLANNING, WAYS, View, html, markdown, view, write_planning_table
from afternext.brief.words import between, long_date, number, short_date, span
from afternext.ensemble.quantiles import carried

FIGURES, TABLES = "figures", "tables"
HERE = ("idps", "refugees", "per_100_hosts")
HORIZON_NOTE = "Persons: the median, and with it the range in which 8 in 10 futures lie."
CREDITS = "Map data: Natural Earth (public domain), borders as drawn there. Type: IBM Plex Sans (OFL 1.1)."
DOT = " · "
AWAY = ("newly_displaced", "returned", "trapped")


@dataclass(frozen=True)
class Plate:
    """A picture of the summary: its file name and how to draw it in a size."""

    name: str
    draw: Callable[[Size], Picture]


@dataclass(frozen=True)
class Section:
    """A heading, plates, and tables under them."""

    title: str
    lead: str
    plates: tuple[Plate, ...] = ()
    tables: tuple[tuple[str, View, str], ...] = ()  # heading, view, CSV


def write_summary(run: RunLike, folder: str | Path) -> Path:
    """Write summary.html, summary.md, figures and tables into a folder; returns the path of the page.

    The page holds its pictures and fonts itself; its links lead to the files beside it.
    """
    folder = Path(folder)
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    views = _write_tables(run, folder / TABLES)
    sections = _sections(run, views)
    pictures = {
        plate.name: (plate.draw("wide"), plate.draw("phone")) for part in sections for plate in part.plates
    }
    for name, (wide, _) in pictures.items():
        wide.write(folder / FIGURES / name)
    path = folder / "summary.html"
    path.write_text(_page(run, sections, pictures), encoding="utf-8")
    (folder / "summary.md").write_text(_markdown(run, sections, pictures), encoding="utf-8")
    return path


def _write_tables(run: RunLike, folder: Path) -> dict[str, pd.DataFrame]:
    """Every planning table at the first horizon and the last one, as CSV with HXL tags."""
    views = {}
    for day in sorted({horizons(run)[0], horizons(run)[-1]}):
        for by in WAYS:
            if by != "community" or len(run.scenario.communities):
                name = table_name(by, day)
                views[name] = write_planning_table(run, by, day, folder / f"{name}.csv", hxl=True)
    return views


def table_name(by: str, day: int) -> str:
    return f"planning_{by}_day{day}"


def _sections(run: RunLike, tables: dict[str, pd.DataFrame]) -> list[Section]:
    stage = stage_of(run)
    first, last = horizons(run)[0], horizons(run)[-1]
    later = horizons(run)[1] if len(horizons(run)) > 1 else first
    soon = span(first)

    def table(
        by: str, day: int, columns: tuple[str, ...], heading: str, most: int = 10
    ) -> tuple[str, View, str]:
        name = table_name(by, day)
        return heading, view(tables[name], columns, most), f"{TABLES}/{name}.csv"

    when = long_date(date_at(run, first))
    out = [
        Section(
            f"What next: the first {soon}",
            "Who holds what, where displaced people are, and how far the futures spread.",
            (
                Plate("map", lambda size: draw_map(run, first, size=size, stage=stage)),
                Plate("newly_displaced", lambda size: draw_dots(run, "newly_displaced", first, size=size)),
                Plate("key_measures", lambda size: draw_page(run, size=size)),
            ),
        ),
        Section(
            f"Where people are on {when}",
            f"Figures to plan with; the CSV files hold every row. {NOTE}",
            (Plate("refuges", lambda size: draw_ranges(run, first, size=size)),),
            (
                table("admin1", first, HERE, "People to be helped, by governorate of refuge"),
                table("admin1", first, AWAY, "People who left, by governorate of origin"),
                table("pcode", first, HERE, "The districts with most displaced people"),
                table("community", first, ("displaced", "per_100_members"), "By community"),
            ),
        ),
    ]
    if last > first:
        out.append(
            Section(
                "What after next",
                f"The same futures, followed for {span(last)}.",
                (
                    Plate("displaced", lambda size: draw_fan(run, "displaced", size=size)),
                    Plate("holders", lambda size: draw_rows(run, later, size=size, stage=stage)),
                    Plate("map_then", lambda size: draw_pair(run, (0, last), size=size, stage=stage)),
                ),
                (table("admin1", last, HERE, f"People to be helped on {long_date(date_at(run, last))}"),),
            )
        )
    return out


def horizon_rows(run: RunLike) -> list[tuple[str, list[tuple[str, str]]]]:
    """Key measures at each horizon: the median and the range of 8 in 10 futures."""
    rows = []
    for measure in (*KEY_MEASURES, "secondary", "caught", "dead"):
        if has(run, measure):
            cells = []
            for day in horizons(run):
                middle, low, high = spread(values(run, measure, day))
                cells.append((number(middle), between(low, high) if isfinite(low) else ""))
            rows.append((label_of(measure), cells))
    return rows


def limits(run: RunLike) -> list[str]:
    """What the numbers cannot say; each line follows from the run or from the model's own pages."""
    few = [name for name, q in PLANNING.items() if not carried(q, played(run))]
    out = [
        "A share of futures counts simulated futures. It is not yet a chance in the world: no forecast made "
        "this way has been scored.",
        f"The model is told nothing that was published after {long_date(run.scenario.freeze)}.",
        "Armed forces follow rules whose weights rest on few cases; governments and outside powers do not "
        "act yet. What people do under a given danger is the part with most evidence behind it.",
        "Who is not in the scenario is not in the result. An empty cell means not modelled, not nobody.",
        "Ranges hold the declared uncertainties only. Surprises of another kind lie outside, so ranges "
        "are rather too narrow than too wide.",
        "Areas on maps are what lies nearest to a place: no front lines, no administrative borders.",
        "Rows of planning tables do not add up to the total: quantiles come after the sums in each future.",
    ]
    if few:
        names = " and ".join(few)
        out.append(f"{played(run)} futures are too few for the figures called {names}; they are left out.")
    if run.failed:
        out.append(f"{len(run.failed)} futures failed and are not in the numbers; the manifest names them.")
    return out


def sureness(run: RunLike) -> list[str]:
    """How sure, and why: counts from the scenario's own marks."""
    scenario = run.scenario
    marks = [place.confidence or "not given" for place in scenario.places if place.population > 0]
    counts = ", ".join(
        f"{marks.count(mark)} {mark}" for mark in ("high", "medium", "low", "not given") if mark in marks
    )
    out = [
        f"{played(run):,} futures over {len(run.experiments.columns)} uncertain inputs; every input is drawn "
        "anew for each future.",
        f"Confidence of the figures of {len(marks)} inhabited places, as the scenario marks it: {counts}.",
    ]
    if scenario.claims:
        weak = sum(1 for claim in scenario.claims if str(claim.reliability) in "DEF")
        out.append(
            f"{len(scenario.claims)} published claims stand behind the starting point"
            + (f", {weak} of them from sources of low reliability." if weak else ".")
        )
    return out


def _links(name: str) -> list[tuple[str, str]]:
    return [(kind.upper(), f"{FIGURES}/{quote(name)}.{kind}") for kind in ("png", "svg", "csv")]


def _reproduce(run: RunLike) -> str:
    days = run.manifest.get("days")
    years = (
        f" --years {days / 365.25:g}"
        if isinstance(days, int) and abs(days / 365.25 - run.scenario.years) > 0.01
        else ""
    )
    return (
        f"afternext run {run.scenario.id} --futures {run.futures} --seed {run.manifest.get('seed', 1)}{years}"
    )


def _identity(run: RunLike) -> str:
    digest = str(run.manifest.get("digest", ""))[:16]
    return f"Run {Path(run.path).name}, seed {run.manifest.get('seed', '?')}, digest {digest}."


def _page(run: RunLike, sections: list[Section], pictures: dict[str, tuple[Picture, Picture]]) -> str:
    scenario = run.scenario
    kicker = [f"Summary of {played(run):,} futures", f"frozen at {long_date(scenario.freeze)}"]
    kicker += ["fictional"] if scenario.fictional else []
    parts = [
        f'<header><p class="kicker">{DOT.join(kicker)}</p><h1>{escape(scenario.title)}</h1>'
        f'<p class="kicker">{escape(scenario.summary)}</p></header>',
        page.bullets(headlines(run), "first"),
    ]
    for section in sections:
        parts.append(f"<section><h2>{escape(section.title)}</h2><p>{escape(section.lead)}</p>")
        parts += [
            page.figure(plate.name, *pictures[plate.name], _links(plate.name)) for plate in section.plates
        ]
        if section.title == "What after next":
            parts.append(_horizon_html(run))
        for heading, shown, csv in section.tables:
            link = f'<p class="note"><a href="{csv}">CSV, all rows</a></p>'
            parts.append(f"<h3>{escape(heading)}</h3>{html(shown)}{link}")
        parts.append("</section>")
    parts += [
        f"<section><h2>How sure, and why</h2>{page.bullets(sureness(run))}</section>",
        f"<section><h2>What this cannot say</h2>{page.bullets(limits(run))}</section>",
        f"<footer><p>{escape(_identity(run))} Made again by: <code>{escape(_reproduce(run))}</code></p>"
        f"<p>{CREDITS}</p></footer>",
    ]
    return page.page(f"{scenario.title}: {played(run):,} futures", scenario.summary, "\n".join(parts))


def _horizon_html(run: RunLike) -> str:
    head = "".join(
        f'<th scope="col">{span(day)}<br>{short_date(date_at(run, day))}</th>' for day in horizons(run)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f"{''.join(f'<td>{middle}<small>{around}</small></td>' for middle, around in cells)}</tr>"
        for name, cells in horizon_rows(run)
    )
    return (
        f'<h3>Horizon by horizon</h3><div class="table twin"><table><thead><tr><th></th>{head}</tr></thead>'
        f'<tbody>{body}</tbody></table></div><p class="note">{HORIZON_NOTE}</p>'
    )


def _markdown(run: RunLike, sections: list[Section], pictures: dict[str, tuple[Picture, Picture]]) -> str:
    scenario = run.scenario
    lines = [f"# {scenario.title}", "", f"{scenario.summary}", ""]
    lines += [f"- {text}" for text in headlines(run)]
    for section in sections:
        lines += ["", f"## {section.title}", "", section.lead]
        for plate in section.plates:
            title = pictures[plate.name][0].title
            lines += ["", f"**{title}**", "", f"![{title}]({FIGURES}/{plate.name}.png)"]
        if section.title == "What after next":
            heads = ["", *(f"{span(day)}, {short_date(date_at(run, day))}" for day in horizons(run))]
            lines += [
                "",
                "### Horizon by horizon",
                "",
                f"| {' | '.join(heads)} |",
                f"|---|{'---:|' * (len(heads) - 1)}",
            ]
            for name, cells in horizon_rows(run):
                texts = [f"{middle} ({around})" if around else middle for middle, around in cells]
                lines.append(f"| {' | '.join([name, *texts])} |")
            lines += ["", HORIZON_NOTE]
        for heading, shown, csv in section.tables:
            lines += ["", f"### {heading}", "", markdown(shown), "", f"[CSV, all rows]({csv})"]
    lines += ["", "## How sure, and why", "", *(f"- {text}" for text in sureness(run))]
    lines += ["", "## What this cannot say", "", *(f"- {text}" for text in limits(run))]
    lines += [
        "",
        "---",
        "",
        f"{_identity(run)} Made again by: `{_reproduce(run)}`",
    ]
    lines += ["", CREDITS, ""]
    return "\n".join(lines)
