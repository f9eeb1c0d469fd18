"""The summary: one page that calls nobody, says only what was counted, and reads on a phone."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from afternext.brief.findings import headlines
from afternext.brief.summary import write_summary
from tests.brief.fake_run import FakeRun, fake_run

# The names of the vocabularies that SVG must state; nothing is fetched from them.
NAMES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.fixture(scope="module")
def run() -> FakeRun:
    return fake_run(futures=50, days=1278)


@pytest.fixture(scope="module")
def folder(run: FakeRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("summary")
    assert write_summary(run, folder) == folder / "summary.html"
    return folder


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "summary.html").read_text(encoding="utf-8")


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
        "What after next",
        "How sure, and why",
        "What this cannot say",
    ):
        assert f"<h2>{heading}" in html
    assert "Numbers behind this picture" in html


def test_shares_of_futures_are_never_called_probability(html: str, folder: Path) -> None:
    for text in (html, (folder / "summary.md").read_text(encoding="utf-8")):
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
    text = (folder / "summary.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)
    assert len(shown) == 7
    for finding, target in shown:
        assert len(finding) > 20
        assert (folder / target).is_file()


def test_headlines_carry_their_ranges(run: FakeRun) -> None:
    lines = headlines(run)
    assert len(lines) >= 4
    assert sum("8 in 10 futures" in line for line in lines) >= 3


@pytest.mark.parametrize(("futures", "fictional"), [(1, False), (3, True)])
def test_few_futures_still_make_an_honest_page(futures: int, fictional: bool, tmp_path: Path) -> None:
    page = write_summary(fake_run(futures=futures, days=60, fictional=fictional), tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "too few for the figures called" in text
    with (tmp_path / "tables" / "planning_admin1_day30.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[-1]["idps_worst"] == ""
