"""Tables of a briefing on a phone, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from afternext.brief import as_html, page
from afternext.brief.document import Table
from tests.web.visits import CHROMIUM, FLAGS, needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = needs_chromium

HORIZONS = Table(
    "Horizon by horizon",
    (
        "",
        *(
            f"{span}, 12 Jul 2014"
            for span in ("30 days", "six months", "one year", "three years", "ten years")
        ),
    ),
    tuple(
        (name, *["1.8 million\n530,000–2.8 million"] * 5) for name in ("Displaced people", "Returned home")
    ),
)
TRIGGERS = Table(
    "Triggers",
    ("Look on", "Emergency", "In futures", "Signal by then", "Seen", "False alarm", "Lead, days"),
    (("26 June 2014", "25,000 flee in 30 days", "98 %", "nearly always", "–", "–", "–"),),
    words=True,
)


@contextmanager
def on_a_phone(table: Table) -> Iterator[Page]:
    """A page with a table, 375 px wide, on which nothing scrolls sideways."""
    from playwright.sync_api import sync_playwright

    html = page.page("A page", "of a test", as_html.table(table))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        tab = browser.new_page(viewport={"width": 375, "height": 800})
        tab.set_content(html)
        wide = "() => [...document.querySelectorAll('.table, html')].map(e => e.scrollWidth - e.clientWidth)"
        assert max(tab.evaluate(wide)) <= 0
        yield tab
        browser.close()


@pytest.mark.parametrize("table", [HORIZONS, TRIGGERS], ids=lambda table: table.title)
def test_a_table_with_one_row_of_heads_fits_a_phone_and_keeps_every_head(table: Table) -> None:
    with on_a_phone(table) as tab:
        said = "() => [...document.querySelectorAll('td')].map(e => getComputedStyle(e, '::before').content)"
        heads = [head.strip('"') for head in tab.evaluate(said)]
        assert heads == list(table.heads[1:]) * len(table.rows)
        shown = [cell.is_visible() for cell in tab.locator("td").all()]
        assert shown == [cell != "–" for row in table.rows for cell in row[1:]]
        tab.set_viewport_size({"width": 1280, "height": 800})
        assert tab.locator("thead th").last.bounding_box()["height"] > 5  # a table again where there is room


AREAS = Table(
    "By governorate",
    ("", *("likely", "planning", "worst") * 3),
    tuple(
        (name, *("1.8 million", "2,100,000", "2.8 million") * 3)
        for name in ("Salah al-Din Governorate", "Ninewa", "All")
    ),
    (("", 1), ("Displaced, in all", 3), ("New in the last 30 days", 3), ("Returned", 3)),
    total=True,
)


def test_a_table_with_two_rows_of_heads_has_a_line_for_each_group_on_a_phone() -> None:
    with on_a_phone(AREAS) as tab:
        firsts = "[...document.querySelectorAll('td[data-group]')]"
        said = tab.evaluate(f"() => {firsts}.map(e => getComputedStyle(e, '::before').content)")
        groups = [name.strip('"') for name in said]
        assert groups == [name for name, _ in AREAS.groups[1:]] * len(AREAS.rows)
        boxes = [cell.bounding_box() for cell in tab.locator("tbody tr").first.locator("td span").all()]
        lines = [boxes[at : at + 3] for at in (0, 3, 6)]
        for line in lines:  # side by side in a line, one line below the other
            assert [box["x"] for box in line] == sorted(box["x"] for box in line)
            assert len({round(box["y"] + box["height"]) for box in line}) == 1
        assert [line[0]["y"] for line in lines] == sorted(line[0]["y"] for line in lines)
        heads = tab.locator("tbody tr").first.locator("span[data-head]").all()
        assert [head.get_attribute("data-head") for head in heads] == ["likely", "planning", "worst"]
        tab.set_viewport_size({"width": 1280, "height": 800})
        assert tab.locator("thead th").last.bounding_box()["height"] > 5  # a table again where there is room
