"""What a briefing of a run says: six pages, and the one page that a minister reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from afternext.brief.access import RunLike, counted, date_at, has, horizons, values
from afternext.brief.charts import KEY_MEASURES, draw_fan, draw_page
from afternext.brief.counts import draw_dots, draw_ranges, draw_rows
from afternext.brief.document import Block, Bullets, Document, Page, Plate, Table, Text
from afternext.brief.findings import headlines, label_of, spread
from afternext.brief.limits import limits, sureness
from afternext.brief.maps import draw_map, draw_pair
from afternext.brief.parts import part_names
from afternext.brief.scene import stage_of
from afternext.brief.tables import NOTE, PLANNING, View, view
from afternext.brief.words import between, long_date, number, short_date, span

if TYPE_CHECKING:
    from afternext.brief.stage import Stage
    from afternext.foresight.tree import Tree

TABLES = "tables"
HERE = ("idps", "refugees", "per_100_hosts")
LEFT = ("newly_displaced", "displaced_from")
BACK = ("returned", "secondary", "trapped")
HORIZON_NOTE = "Persons: the median, and with it the range in which 8 in 10 futures lie."
CREDITS = "Map data: Natural Earth (public domain), borders as drawn there. Type: IBM Plex Sans (OFL 1.1)."
DOT = " · "
SHORT = 5  # rows of a table on the one page
MOST_FAMILIES = 5


@dataclass(frozen=True)
class Subject:
    """A run and what else a briefing tells of it.

    tables : planning tables by name, as written beside the briefing
    tree : families of futures; None where the run has too few futures for them
    triggers, choices, beliefs : blocks on what announces a flight, what can still be done, what to believe
    """

    run: RunLike
    tables: Mapping[str, pd.DataFrame]
    tree: Tree | None
    triggers: tuple[Block, ...] = ()
    choices: tuple[Block, ...] = ()
    beliefs: tuple[Block, ...] = ()


def table_name(by: str, day: int) -> str:
    return f"planning_{by}_day{day}"


def six_pages(subject: Subject) -> Document:
    """The whole briefing."""
    run = subject.run
    stage = stage_of(run)
    first, last = horizons(run)[0], horizons(run)[-1]
    pages = [_first_page(run, first, stage), _next_page(run, first, subject), _where_page(subject, first)]
    pages.append(_left_page(subject, first))
    if last > first:
        pages += _after_pages(subject, first, last, stage)
    if subject.choices:
        pages.append(_done_page(subject))
    pages += _sure_pages(run, subject.beliefs)
    return Document(
        run.scenario.title, run.scenario.summary, kicker(run), tuple(pages), foot(run), "six pages"
    )


def one_page(subject: Subject) -> Document:
    """What fits one sheet: the findings, the map, the horizons, where people are, and how far to trust it."""
    run = subject.run
    first = horizons(run)[0]
    stage = stage_of(run)
    blocks: list[Block] = [
        Bullets(tuple(headlines(run))),
        Plate("map", lambda size: draw_map(run, first, size=size, stage=stage)),
        horizon_table(run, ("displaced", "newly_displaced", "returned", "refugees_abroad")),
        planning(subject, "admin1", first, HERE, f"Where they are on {_day(run, first)}", SHORT),
    ]
    if subject.tree is not None:
        blocks.append(Text(_families_in_a_line(subject.tree)))
    blocks.append(Text(" ".join((sureness(run)[0], *limits(run)[:2])), note=True))
    page = Page("", "", tuple(blocks))
    return Document(run.scenario.title, run.scenario.summary, kicker(run), (page,), foot(run), "one page")


def _first_page(run: RunLike, first: int, stage: Stage) -> Page:
    blocks: list[Block] = [
        Bullets(tuple(headlines(run)), large=True),
        Plate("map", lambda size: draw_map(run, first, size=size, stage=stage), 100),
        horizon_table(run),
    ]
    return Page("In brief", "", tuple(blocks))


def _next_page(run: RunLike, first: int, subject: Subject) -> Page:
    blocks: list[Block] = [
        Plate("newly_displaced", lambda size: draw_dots(run, "newly_displaced", first, size=size), 85),
        Plate("key_measures", lambda size: draw_page(run, size=size), 130 if not subject.triggers else 120),
        *subject.triggers,
    ]
    lead = "How many leave and how far the futures spread; each dot is as many futures as its key says."
    return Page(f"What next: the first {span(first)}", lead, tuple(blocks))


def _where_page(subject: Subject, first: int) -> Page:
    run = subject.run
    part, district = part_names(run.scenario)
    second = f"{district[:-1]}ies" if district.endswith("y") else f"{district}s"
    blocks: list[Block] = [
        Plate("refuges", lambda size: draw_ranges(run, first, size=size), 82),
        planning(subject, "admin1", first, HERE, f"People to be helped, by {part} of refuge", 9),
        planning(subject, "pcode", first, HERE, f"The {second} with most displaced people", 9),
    ]
    lead = f"Figures to plan with; the CSV and GeoJSON files hold every row. {NOTE}"
    return Page(f"Where people are on {_day(run, first)}", lead, tuple(blocks))


def _left_page(subject: Subject, first: int) -> Page:
    run = subject.run
    blocks: list[Block] = [
        planning(subject, "admin1", first, LEFT, "New against stock: who left, and who is still away", 8),
        planning(
            subject, "admin1", first, BACK, "Returns, people who moved on, people who find no way out", 8
        ),
        planning(subject, "community", first, ("displaced", "per_100_members"), "By community", 8),
        Plate("displaced", lambda size: draw_fan(run, "displaced", size=size), 75),
    ]
    lead = (
        f"By {part_names(run.scenario)[0]} of origin. Newly displaced counts everybody who left since the "
        "freeze, also those who have gone home since; people who find no way out want to leave and cannot: "
        "they are the hardest to reach."
    )
    return Page("Who left, who went home, who is hard to reach", lead, tuple(blocks))


def _after_pages(subject: Subject, first: int, last: int, stage: Stage) -> list[Page]:
    run = subject.run
    later = horizons(run)[1] if len(horizons(run)) > 1 else first
    seen: list[Block] = []
    if subject.tree is not None:
        from afternext.brief.tree import draw_tree

        tree = subject.tree
        seen += [Plate("tree", lambda size: draw_tree(tree, size=size), 150), families(tree)]
    lead = f"The same futures, followed for {span(last)}."
    where: list[Block] = [
        Plate("map_then", lambda size: draw_pair(run, (0, last), size=size, stage=stage), 100),
        Plate("holders", lambda size: draw_rows(run, later, size=size, stage=stage), 85),
        planning(subject, "admin1", last, HERE, f"People to be helped on {_day(run, last)}", 5),
    ]
    return [
        Page("What after next", lead, tuple(seen)),
        Page("Who holds what, and where people are by then", "", tuple(where)),
    ]


def _done_page(subject: Subject) -> Page:
    lead = "Courses of action on the same futures and the same luck: what differs is the choice alone."
    return Page("What can still be done", lead, subject.choices)


def _sure_pages(run: RunLike, beliefs: tuple[Block, ...]) -> list[Page]:
    pages = [Page("What to believe", "", beliefs)] if beliefs else []
    pages.append(Page("How sure, and why", "", (Bullets(tuple(sureness(run))),), goes_on=True))
    pages.append(Page("What this cannot say", "", (Bullets(tuple(limits(run))),), goes_on=True))
    return pages


def families(tree: Tree) -> Table:
    """The families of the deepest horizon, with the sign that announces each."""
    from afternext.foresight.words import of_100

    signs = {one.target: one for one in tree.announced}
    rows = []
    for family in tree.levels[-1].families[:MOST_FAMILIES]:
        told = signs.get(family.id)
        best = told.rules[told.best] if told is not None and told.best is not None else None
        rows.append(
            (
                family.id,
                family.name,
                of_100(family.share),
                told.text(best) if told is not None and best is not None else "nothing better than chance",
                "" if best is None else f"{round(100 * best.hits)} / {round(100 * best.false_alarms)}",
            )
        )
    return Table(
        f"Families of futures after {span(tree.levels[-1].day)}, and the sign to watch for each",
        ("", "In these futures", "Share of futures", "Announced by", "Seen / false alarm, %"),
        tuple(rows),
        note="Signs were chosen on one half of the futures and scored on the other. Seen: share of the "
        "family's futures in which the sign shows; false alarm: share of all others in which it shows too.",
        words=True,
    )


def _families_in_a_line(tree: Tree) -> str:
    from afternext.foresight.words import of_100

    level = tree.levels[-1]
    told = "; ".join(f"{family.name} ({of_100(family.share)})" for family in level.families[:MOST_FAMILIES])
    return f"After {span(level.day)} the futures fall into these families: {told}."


def planning(subject: Subject, by: str, day: int, columns: tuple[str, ...], title: str, most: int) -> Table:
    """Part of a planning table, largest first, with its sum."""
    name = table_name(by, day)
    return table_of(view(subject.tables[name], columns, most), title, f"{TABLES}/{name}.csv")


def table_of(shown: View, title: str, csv: str) -> Table:
    """A view of a planning table as a block."""
    heads = (*shown.heads, *(level for _ in shown.groups for level in PLANNING))
    groups = (("", 1), *((group, len(PLANNING)) for group in shown.groups))
    return Table(title, heads, shown.rows, groups, shown.note, csv, total=True)


def horizon_rows(run: RunLike) -> list[tuple[str, list[tuple[str, str]]]]:
    """Key measures at each horizon: the median and the range of 8 in 10 futures."""
    rows = []
    for measure in (*KEY_MEASURES, "secondary", "caught", "dead"):
        if has(run, measure):
            cells = []
            for day in horizons(run):
                middle, low, high = spread(run, values(run, measure, day))
                cells.append((number(middle), between(low, high) if isfinite(low) else ""))
            rows.append((label_of(measure), cells))
    return rows


def horizon_table(run: RunLike, only: tuple[str, ...] = ()) -> Table:
    """Key measures by horizon."""
    names = {label_of(measure) for measure in only}
    heads = ("", *(f"{span(day)}, {short_date(date_at(run, day))}" for day in horizons(run)))
    rows = tuple(
        (name, *(f"{middle}\n{around}" if around else middle for middle, around in cells))
        for name, cells in horizon_rows(run)
        if not only or name in names
    )
    return Table("Horizon by horizon", heads, rows, note=HORIZON_NOTE)


def kicker(run: RunLike) -> str:
    """What this is, in a line over the title."""
    parts = [f"Briefing from {counted(run)}", f"frozen at {long_date(run.scenario.freeze)}"]
    return DOT.join([*parts, "fictional"] if run.scenario.fictional else parts)


def foot(run: RunLike) -> tuple[str, ...]:
    """Where it comes from and how to make it again."""
    digest = str(run.manifest.get("digest", ""))[:16]
    seed = run.manifest.get("seed", "?")
    return (
        f"Run {Path(run.path).name}, seed {seed}, digest {digest}. Made again by: {_reproduce(run)}",
        CREDITS,
    )


def _reproduce(run: RunLike) -> str:
    days = run.manifest.get("days")
    years = (
        f" --years {days / 365.25:g}"
        if isinstance(days, int) and abs(days / 365.25 - run.scenario.years) > 0.01
        else ""
    )
    chosen = "".join(f" --strategy {name}" for name in run.manifest.get("strategies") or ())
    return (
        f"afternext run {run.scenario.id} --futures {run.futures} --seed {run.manifest.get('seed', 1)}"
        f"{years}{chosen}"
    )


def _day(run: RunLike, day: int) -> str:
    return long_date(date_at(run, day))
