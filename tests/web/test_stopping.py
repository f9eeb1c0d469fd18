"""A run is begun, stopped, gone on with and opened from its card, as a person would in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.visits import Visit, needs_chromium

pytestmark = needs_chromium

PATIENCE = 400_000  # ms, on a machine that has to compile the model first
FUTURES = 3000
DONE = re.compile(rf"([\d,]+) of {FUTURES:,} futures")


def played(card: Any) -> int:
    """Futures that the card says are there."""
    found = DONE.search(card.inner_text())
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.deep
@pytest.mark.parametrize("width", [1280, 375])
def test_a_run_is_stopped_and_gone_on_with_and_loses_nothing(chromium: Any, site: str, width: int) -> None:
    with Visit(chromium, site, viewport={"width": width, "height": 844}) as visit:
        page = visit.open("#/new?case=two-towns")
        page.set_default_timeout(PATIENCE)
        page.get_by_label(re.compile("^Futures")).fill(str(FUTURES))
        page.get_by_label(re.compile("^Years")).fill("3")
        page.get_by_label(re.compile("^Seed")).fill(str(width))
        page.get_by_role("button", name="Run", exact=True).click()
        card = page.locator("li.watched")
        card.filter(has_text=re.compile(rf"\b[1-9][\d,]* of {FUTURES:,} futures")).wait_for()
        assert "running" in card.inner_text()
        card.get_by_role("button", name="Stop").click()
        card.filter(has_text="What has been played is kept").wait_for()
        kept = played(card)
        assert 0 < kept < FUTURES
        assert page.locator("li.watched .tag").inner_text().startswith("stopped")
        page.reload()  # what is known of it lies in its folder, not in the page
        card.get_by_role("button", name="Go on").click()
        card.filter(has_text="running").wait_for()
        assert played(card) >= kept
        card.get_by_role("link", name=re.compile("^Open")).click()
        page.wait_for_selector(".map svg")
        page.locator("main").filter(has_text=f"{FUTURES:,} futures").wait_for()
        assert visit.complaints == []
