"""Planning figures: likely, planning and worst numbers by governorate, district, place or community.

People are added up within each future first; quantiles over futures are taken last. So the rows of a column
do not add up to its total, and they should not: not every place has its worst day in the same future.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from afternext.brief.access import (
    Floats,
    RunLike,
    date_at,
    has,
    last_day,
    places_in_order,
    played,
    quantile,
    stored_day,
    values,
)
from afternext.brief.files import write_csv
from afternext.brief.parts import PLAIN, part_names
from afternext.brief.words import capital, number
from afternext.errors import UsageError

By = Literal["admin1", "pcode", "place", "community"]
WAYS: tuple[By, ...] = ("admin1", "pcode", "place", "community")

#: Share of futures in which no more people are concerned than the figure says.
PLANNING: Mapping[str, float] = {"likely": 0.50, "planning": 0.80, "worst": 0.95}


@dataclass(frozen=True)
class Column:
    """A planning figure: where it comes from, how it is named in files and on pages, and which way is bad."""

    name: str
    source: str
    head: str
    hxl: str
    fewer_is_worse: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("idps", "place_idps", "Displaced people here, from this country", "#affected+idps+ind"),
    Column("refugees", "place_refugees", "Refugees here", "#affected+refugees+ind"),
    Column("per_100_hosts", "", "Displaced per 100 hosts", "#indicator+per100hosts+num"),
    Column(
        "newly_displaced", "place_newly_displaced", "Newly displaced from here", "#affected+displaced+new+ind"
    ),
    Column(
        "displaced_from",
        "place_displaced_from",
        "From here and still displaced",
        "#affected+displaced+origin+ind",
    ),
    Column("secondary", "place_secondary", "Moved on from here", "#affected+displaced+secondary+ind"),
    Column("returned", "place_returned", "Returned here", "#affected+returned+ind", fewer_is_worse=True),
    Column("trapped", "place_trapped", "Want to leave, find no way out", "#affected+trapped+ind"),
)
COMMUNITY_COLUMNS: tuple[Column, ...] = (
    Column("displaced", "", "Displaced people", "#affected+displaced+ind"),
    Column("per_100_members", "", "Displaced per 100 of the community", "#indicator+per100+num"),
)
KEY_TAGS = {
    "country": "#country+code",
    "admin1": "#adm1+name",
    "admin2": "#adm2+name",
    "pcode": "#adm2+code",
    "place": "#loc+id",
    "name": "#loc+name",
    "kind": "#loc+type",
    "lat": "#geo+lat",
    "lon": "#geo+lon",
    "community": "#population+code",
    "date": "#date",
}
NO_CODE = "no p-code"
ALL = "all"


def level(run: RunLike, sample: Floats, column: Column, name: str) -> Floats:
    """A planning figure over futures (axis 0); of returns fewer is worse, so they count from the low side."""
    share = PLANNING[name]
    return quantile(run, sample, 1 - share if column.fewer_is_worse and name != "likely" else share)


def group_keys(places: Sequence[Any], by: By) -> tuple[list[dict[str, Any]], list[int]]:
    """The rows of a table and, for each place, the number of its row."""
    heads: list[dict[str, Any]] = []
    seen: dict[tuple[Any, ...], int] = {}
    member = []
    for place in places:
        if by == "admin1":
            head = {"country": place.country, "admin1": place.admin1}
        elif by == "pcode":
            code = place.pcode or NO_CODE
            head = {"country": place.country, "admin1": place.admin1, "pcode": code, "admin2": place.admin2}
        else:
            head = {
                "country": place.country,
                "admin1": place.admin1,
                "pcode": place.pcode,
                "place": place.id,
                "name": place.name,
                "kind": place.kind,
                "lat": place.lat,
                "lon": place.lon,
            }
        # One district may be spelled in several ways; its code decides, its name where it has none.
        if by == "pcode":
            key = (head["country"], head["admin1"], head["pcode"], "" if place.pcode else place.admin2)
        else:
            key = tuple(head.values())
        if key not in seen:
            seen[key] = len(heads)
            heads.append(head)
        member.append(seen[key])
    return heads, member


def sums(sample: Floats, member: Sequence[int], groups: int) -> Floats:
    """(future, place) -> (future, group), added up within each future; a last column is the sum of all."""
    out = np.zeros((sample.shape[0], groups + 1))
    for place, group in enumerate(member):
        out[:, group] += sample[:, place]
    out[:, -1] = sample.sum(axis=1)
    return out


def per_100(people: Floats, hosts: Floats) -> Floats:
    """People per 100 hosts; NaN where nobody lives."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(hosts > 0, 100.0 * people / np.maximum(hosts, 1e-9), np.nan)


def planning_table(run: RunLike, by: By = "admin1", day: int | None = None) -> pd.DataFrame:
    """Planning figures at the stored day nearest to `day` (default: the last), a row a group and one for all.

    Columns are keys, then NAME_likely (median), NAME_planning (80 % of futures) and NAME_worst (95 %). A
    figure that the number of futures cannot carry is NaN. `attrs` hold day, grouping and number of futures.
    """
    if by not in WAYS:
        raise UsageError(f"a planning table is by {', '.join(WAYS)}, not by {by!r}")
    day = last_day(run) if day is None else day
    if by == "community":
        heads, samples, shown = _community_samples(run, day)
        columns = COMMUNITY_COLUMNS
    else:
        heads, samples, shown = _place_samples(run, by, day)
        columns = COLUMNS
    date = date_at(run, shown).isoformat()
    table = pd.DataFrame([{"date": date, **head} for head in heads])
    for column in columns:
        if column.name in samples:
            for name in PLANNING:
                table[f"{column.name}_{name}"] = _whole(
                    level(run, samples[column.name], column, name), column
                )
    table.attrs.update(day=shown, by=by, futures=played(run), parts=part_names(run.scenario))
    return table


def _whole(figures: Floats, column: Column) -> Floats:
    return np.round(figures, 1) if column.name.startswith("per_100") else np.round(figures)


def _place_samples(run: RunLike, by: By, day: int) -> tuple[list[dict[str, Any]], dict[str, Floats], int]:
    places = places_in_order(run)
    heads, member = group_keys(places, by)
    samples = {
        column.name: sums(values(run, column.source, day), member, len(heads))
        for column in COLUMNS
        if column.source and has(run, column.source)
    }
    hosts = sums(values(run, "place_residents", day), member, len(heads))
    samples["per_100_hosts"] = per_100(samples["idps"] + samples["refugees"], hosts)
    total = {key: (ALL if key in ("admin1", "place", "pcode") else "") for key in heads[0]}
    return [*heads, total], samples, stored_day(run, day)


def _community_samples(run: RunLike, day: int) -> tuple[list[dict[str, Any]], dict[str, Floats], int]:
    names = list(run.scenario.communities)
    away = np.stack([values(run, f"displaced_{name}", day) for name in names], axis=1)
    away = np.concatenate([away, away.sum(axis=1, keepdims=True)], axis=1)
    people = np.array(
        [
            sum(place.population * place.shares.get(name, 0.0) for place in run.scenario.places)
            for name in names
        ]
    )
    people = np.append(people, people.sum())
    heads = [{"community": name, "name": run.scenario.communities[name].name} for name in names]
    samples = {"displaced": away, "per_100_members": per_100(away, np.broadcast_to(people, away.shape))}
    return [*heads, {"community": ALL, "name": ""}], samples, stored_day(run, day, "date")


def hxl_tags(table: pd.DataFrame) -> list[str]:
    """The Humanitarian Exchange Language row of a planning table (hxlstandard.org)."""
    by_name = {column.name: column.hxl for column in (*COLUMNS, *COMMUNITY_COLUMNS)}
    tags = []
    for name in map(str, table.columns):
        stem, _, last = name.rpartition("_")
        tags.append(
            f"{by_name[stem]}+{last}" if last in PLANNING and stem in by_name else KEY_TAGS.get(name, "#meta")
        )
    return tags


def write_planning_table(
    run: RunLike, by: By, day: int | None, path: str | Path, hxl: bool = False
) -> pd.DataFrame:
    """Make a planning table and write it as CSV (with an HXL row on request); returns the table."""
    table = planning_table(run, by, day)
    write_csv(table, Path(path), hxl_tags(table) if hxl else None)
    return table


@dataclass(frozen=True)
class View:
    """Part of a planning table ready for a page: largest rows first, numbers rounded to what is known."""

    heads: tuple[str, ...]
    groups: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def view(table: pd.DataFrame, columns: Sequence[str], most: int = 12) -> View:
    """The rows with the largest planning figures of the first column, and the total."""
    by = str(table.attrs["by"])
    first, second = table.attrs.get("parts", PLAIN)
    titles = {"admin1": first, "pcode": second, "place": "place", "community": "community"}
    known = [column for column in (*COLUMNS, *COMMUNITY_COLUMNS) if f"{column.name}_likely" in table]
    shown = [column for name in columns for column in known if column.name == name]
    order = _order(table, shown[0].name)
    body = table.iloc[:-1].loc[order].head(most)
    total = table.iloc[-1:]
    rows = []
    for frame in (body, total):
        for _, row in frame.iterrows():
            cells = [_title(row, by)]
            for column in shown:
                cells += [_figure(row[f"{column.name}_{name}"], column) for name in PLANNING]
            rows.append(tuple(cells))
    left = len(table) - 1 - len(body)
    note = f"{left} more rows in the CSV." if left > 0 else ""
    return View((capital(titles[by]),), tuple(column.head for column in shown), tuple(rows), note)


NOTE = (
    "Likely: half of the futures stay at or below this figure; planning: 8 in 10; worst: 19 in 20 (for "
    "returns: at or above). Rows do not add up to the total, because not every place has its worst day in "
    "the same future."
)


def _order(table: pd.DataFrame, first: str) -> list[Any]:
    body = table.iloc[:-1]
    level_name = f"{first}_planning" if body[f"{first}_planning"].notna().any() else f"{first}_likely"
    return list(body[level_name].sort_values(ascending=False, kind="stable").index)


def _title(row: pd.Series, by: str) -> str:
    if by == "admin1":
        return "All" if row["admin1"] == ALL else str(row["admin1"])
    if by == "pcode":
        if row["pcode"] == ALL:
            return "All"
        if row["pcode"] == NO_CODE and row["admin2"]:
            return str(row["admin2"])
        return f"{row['admin2'] or row['admin1']} ({row['pcode']})"
    key = "place" if by == "place" else "community"
    return "All" if row[key] == ALL else str(row["name"])


def _figure(value: float, column: Column) -> str:
    if not np.isfinite(value):
        return "–"
    return f"{value:.1f}" if column.name.startswith("per_100") and value < 10 else number(value)
