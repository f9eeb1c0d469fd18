"""The briefing: pages that call nobody, say only what was counted, and read on phone and paper."""

from __future__ import annotations

import csv
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.brief import as_pdf
from afternext.brief.briefing import FORMS, Briefing, forms_of, write_brief
from afternext.brief.document import Bullets, Document, Page, Table, Text
from afternext.brief.findings import headlines
from afternext.errors import AfternextError, UsageError
from tests.brief.fake_run import FakeRun, fake_run
from tests.foresight.comparisons import small_comparison

# The names of the vocabularies that SVG must state; nothing is fetched from them.
NAMES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.fixture(scope="module")
def run() -> FakeRun:
    return fake_run(futures=50, days=1278)


@pytest.fixture(scope="module")
def briefing(run: FakeRun, tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    return write_brief(run, tmp_path_factory.mktemp("briefing"))


@pytest.fixture(scope="module")
def folder(briefing: Briefing) -> Path:
    assert briefing.page.name == "brief.html"
    return briefing.page.parent


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "brief.html").read_text(encoding="utf-8")


class Links(HTMLParser):
    """Collects ids, and everything that a page points at."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "xlink:href", "srcset", "action") and value:
                self.points.append(value)
            if name == "id" and value:
                self.ids.append(value)


def test_the_page_asks_the_network_for_nothing(html: str) -> None:
    assert set(re.findall(r"https?://[^\s\"'<>)]+", html)) <= NAMES
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert "@import" not in html


def test_every_link_leads_to_a_file_beside_the_page(html: str, folder: Path) -> None:
    links = Links()
    links.feed(html)
    assert len(links.points) > 10
    for target in links.points:
        if target.startswith("#"):
            assert target[1:] in links.ids
        else:
            assert (folder / target).is_file(), target


def test_ids_of_pictures_on_one_page_do_not_clash(html: str) -> None:
    links = Links()
    links.feed(html)
    assert len(set(links.ids)) == len(links.ids)


def test_the_page_is_drawn_for_desk_and_phone_light_and_dark(html: str) -> None:
    assert 'name="viewport"' in html
    assert html.count('class="wide"') == html.count('class="phone"') >= 6
    assert "prefers-color-scheme:dark" in html
    assert "fill: var(--ink)" in html


def test_the_page_says_what_next_where_after_how_sure_and_what_not(html: str) -> None:
    for heading in (
        "What next",
        "Where people are",
        "Who left, who went home, who is hard to reach",
        "What after next",
        "How sure, and why",
        "What this cannot say",
    ):
        assert f"<h2>{heading}" in html
    assert "Numbers behind this picture" in html


def test_shares_of_futures_are_never_called_probability(html: str, folder: Path) -> None:
    for text in (html, (folder / "brief.md").read_text(encoding="utf-8")):
        assert "probab" not in text.lower()
        assert "nan" not in re.findall(r">\s*(nan)\s*<|\bnan\b", text.lower())


def test_pictures_and_tables_lie_beside_the_page(folder: Path) -> None:
    stems = {path.stem for path in (folder / "figures").glob("*.png")}
    assert {"map", "map_then", "key_measures", "displaced", "newly_displaced", "refuges", "holders"} == stems
    for stem in stems:
        assert (folder / "figures" / f"{stem}.svg").stat().st_size > 10_000
        assert len((folder / "figures" / f"{stem}.csv").read_text(encoding="utf-8").splitlines()) > 2
    names = {path.name for path in (folder / "tables").glob("*.csv")}
    assert {f"planning_{by}_day30.csv" for by in ("admin1", "pcode", "place", "community")} <= names


def test_the_markdown_shows_every_picture_and_its_finding(folder: Path) -> None:
    text = (folder / "brief.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)
    assert len(shown) == 7
    for finding, target in shown:
        assert len(finding) > 20
        assert (folder / target).is_file()


def test_there_is_one_page_and_six_in_every_form(briefing: Briefing, folder: Path) -> None:
    assert [path.name for path in briefing.files] == [
        f"{name}.{form}" for form in FORMS for name in ("brief", "brief-one-page")
    ]
    # Typst keeps page objects in compressed streams.
    for name, most in (("brief", 7), ("brief-one-page", 1)):
        assert 1 <= sheets((folder / f"{name}.pdf").read_bytes()) <= most


def sheets(pdf: bytes) -> int:
    """Sheets of a PDF: the largest count of its page tree."""
    plain = [pdf]
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, flags=re.S):
        try:
            plain.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    counts = [int(n) for part in plain for n in re.findall(rb"/Type\s*/Pages\s*/Count (\d+)", part)]
    return max(counts)


def test_the_word_document_has_the_findings_as_text_of_its_pictures(briefing: Briefing, folder: Path) -> None:
    import docx

    made = docx.Document(str(folder / "brief.docx"))
    titles = [p.text for p in made.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert "What this cannot say" in titles
    assert len(made.tables) >= 6
    told = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert len(told) == 7
    assert all(len(text) > 20 for text in told)


def test_places_are_points_with_figures_and_no_sum(folder: Path) -> None:
    shape = json.loads((folder / "tables" / "planning_place_day30.geojson").read_text(encoding="utf-8"))
    with (folder / "tables" / "planning_place_day30.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(shape["features"]) == len(rows) - 2, "less the HXL row and the sum"
    for feature, row in zip(shape["features"], rows[1:], strict=False):
        assert feature["properties"]["place"] == row["place"]
        assert feature["geometry"]["coordinates"] == [float(row["lon"]), float(row["lat"])]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40))
@settings(max_examples=15, deadline=None)
def test_no_text_means_anything_to_typst(text: str) -> None:
    import typst

    shown = f"a{text}z"
    page = Page(
        shown, shown, (Text(shown), Bullets((shown,)), Table(shown, (shown,), ((shown,),), total=True))
    )
    source = as_pdf.to_typst(Document(shown, shown, shown, (page,), (shown,), "six pages"))
    assert typst.compile(source.encode("utf-8")).startswith(b"%PDF")


def test_an_unknown_form_is_told() -> None:
    with pytest.raises(UsageError, match="html, md, pdf, docx, not odt"):
        forms_of(["odt", "html"])
    assert forms_of(["pdf", "html", "pdf"]) == ("html", "pdf")


def test_headlines_carry_their_ranges(run: FakeRun) -> None:
    lines = headlines(run)
    assert len(lines) >= 4
    assert sum("8 in 10 futures" in line for line in lines) >= 3


@pytest.mark.parametrize(("futures", "fictional"), [(1, False), (3, True)])
def test_few_futures_still_make_an_honest_page(futures: int, fictional: bool, tmp_path: Path) -> None:
    page = write_brief(fake_run(futures=futures, days=60, fictional=fictional), tmp_path, ("html",)).page
    text = page.read_text(encoding="utf-8")
    assert "too few for the figures called" in text
    with (tmp_path / "tables" / "planning_admin1_day30.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[-1]["idps_worst"] == ""


def test_courses_of_action_are_told_where_they_were_compared(tmp_path: Path) -> None:
    made = write_brief(fake_run(futures=50, days=400), tmp_path, ("md",), comparison=small_comparison().path)
    text = made.page.read_text(encoding="utf-8")
    assert "## What can still be done" in text
    assert "figures/decision.png" in text
    assert "open_bridge" in text


def test_a_folder_without_a_comparison_is_told(tmp_path: Path) -> None:
    with pytest.raises(AfternextError):
        write_brief(fake_run(futures=50, days=60), tmp_path / "out", ("md",), comparison=tmp_path)
