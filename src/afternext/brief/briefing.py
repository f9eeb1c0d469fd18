"""The briefing of a run: one page and six pages, with figures, tables and places in files beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from afternext.brief.access import RunLike, horizons
from afternext.brief.as_docx import to_docx
from afternext.brief.as_html import FIGURES, to_html
from afternext.brief.as_markdown import to_markdown
from afternext.brief.as_pdf import to_pdf
from afternext.brief.companions import beliefs_of, choices_of, trigger_table
from afternext.brief.contents import TABLES, Subject, one_page, six_pages, table_name
from afternext.brief.document import draw
from afternext.brief.geojson import write_geojson
from afternext.brief.tables import WAYS, write_planning_table
from afternext.ensemble.opened import Run
from afternext.errors import AfternextError, UsageError

if TYPE_CHECKING:
    from afternext.foresight.tree import Tree

Form = Literal["html", "md", "pdf", "docx"]
FORMS: tuple[Form, ...] = ("html", "md", "pdf", "docx")
NAMES = {"six pages": "brief", "one page": "brief-one-page"}


@dataclass(frozen=True)
class Briefing:
    """What was written.

    page : the six pages as HTML, or the first form that was asked for
    files : documents by name; figures and tables are the folders beside them
    """

    page: Path
    files: tuple[Path, ...]
    figures: Path
    tables: Path


def write_brief(
    run: RunLike,
    folder: str | Path,
    forms: Sequence[Form] = FORMS,
    *,
    comparison: str | Path | None = None,
) -> Briefing:
    """Write the briefing of a run into a folder.

    comparison : folder of courses of action compared (`afternext decide --out`), for what can still be done

    The HTML pages hold their pictures and fonts themselves; links lead to the files beside them. Every
    planning table is a CSV with an HXL row; places are also GeoJSON.

    Raises
    ------
    UsageError
        Where PDF or Word is asked for and its library is not installed.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = _write_tables(run, folder / TABLES)
    choices = () if comparison is None else choices_of(comparison, run)
    subject = Subject(run, tables, families_of(run), trigger_table(run), choices, beliefs_of(run))
    documents = (six_pages(subject), one_page(subject))
    drawn = draw(*documents)
    for name, (wide, _) in drawn.items():
        wide.write(folder / FIGURES / name)
    files = []
    for form in forms:
        for document in documents:
            path = folder / f"{NAMES[document.kind]}.{form}"
            if form == "html":
                path.write_text(to_html(document, drawn), encoding="utf-8")
            elif form == "md":
                path.write_text(to_markdown(document, drawn), encoding="utf-8")
            elif form == "pdf":
                to_pdf(document, drawn, path)
            else:
                to_docx(document, drawn, path)
            files.append(path)
    return Briefing(files[0], tuple(files), folder / FIGURES, folder / TABLES)


def installed_forms() -> tuple[Form, ...]:
    """The forms that this installation can write: PDF and Word need extras."""
    from importlib.util import find_spec

    needs = {"pdf": "typst", "docx": "docx"}
    return tuple(form for form in FORMS if form not in needs or find_spec(needs[form]) is not None)


def forms_of(names: Sequence[str] | None) -> tuple[Form, ...]:
    """Forms by name, each once; all that are installed if none is named."""
    if not names:
        return installed_forms()
    unknown = sorted(set(names) - set(FORMS))
    if unknown:
        raise UsageError(f"a briefing is {', '.join(FORMS)}, not {', '.join(unknown)}")
    return tuple(form for form in FORMS if form in names)


def families_of(run: RunLike) -> Tree | None:
    """The tree of futures; None where there are too few for families."""
    from afternext.foresight.tree import grow

    if not isinstance(run, Run):
        return None
    try:
        return grow(run)
    except AfternextError:
        return None


def _write_tables(run: RunLike, folder: Path) -> dict[str, pd.DataFrame]:
    """Every planning table at the first horizon and the last one; places also as GeoJSON."""
    tables = {}
    for day in sorted({horizons(run)[0], horizons(run)[-1]}):
        for by in WAYS:
            if by != "community" or len(run.scenario.communities):
                name = table_name(by, day)
                tables[name] = write_planning_table(run, by, day, folder / f"{name}.csv", hxl=True)
                if by == "place":
                    write_geojson(tables[name], folder / f"{name}.geojson")
    return tables
