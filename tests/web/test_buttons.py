"""What is started from a screen is made and shown there, without a terminal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.visits import Visit, needs_chromium

pytestmark = [needs_chromium, pytest.mark.deep]

LONG = 900_000  # ms that an analysis may take on a loaded machine
MADE = {
    "evidence": ("evidence", "[data-figure=evidence] .quantities"),
    "window": ("options", "[data-figure^=window] svg"),
    "decide": ("options", "[data-figure=decide] table"),
    "pathways": ("options", "[data-figure=pathways] svg"),
    "value": ("options", "[data-figure=value]"),
}


def make(visit: Visit, kind: str) -> None:
    screen, shown = MADE[kind]
    page = visit.open(f"#/run/small/{screen}")
    missing = page.locator(f"[data-missing={kind}]")
    missing.get_by_role("button", name="Make it").click()
    missing.get_by_text("At work").wait_for()
    page.wait_for_selector(f"{shown}, [data-missing={kind}] .bad", timeout=LONG)
    assert page.locator(f"[data-missing={kind}]").count() == 0, missing.inner_text()[:300]
    assert visit.complaints == []


def test_evidence_is_weighed_at_the_press_of_a_button(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        make(visit, "evidence")


@pytest.mark.parametrize("kind", sorted(set(MADE) - {"evidence"}))
def test_every_analysis_is_made_at_the_press_of_a_button(chromium: Any, site: str, kind: str) -> None:
    with Visit(chromium, site) as visit:
        make(visit, kind)


def test_an_analysis_that_cannot_be_made_says_why(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/run/small/options")
        missing = page.locator("[data-missing=principle]")
        missing.get_by_role("button", name="Make it").click()
        # The two towns name no condition, and without one there is no third course to compare.
        missing.locator(".bad").filter(has_text="name a condition").wait_for(timeout=LONG)
        assert missing.get_by_role("button", name="Make it").is_enabled()


def test_the_briefing_is_written_at_the_press_of_a_button(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/run/small/brief")
        page.get_by_role("button", name="Write the briefing").click()
        page.get_by_role("button", name="Write it anew").wait_for(timeout=LONG)
        with page.expect_download() as waited:
            page.get_by_role("link", name=re.compile(r"\.pdf$")).first.click()
        assert Path(waited.value.path()).read_bytes()[:5] == b"%PDF-"
        assert visit.complaints == []


def test_a_run_is_started_stopped_and_goes_on_from_the_screen(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/new?case=two-towns&futures=300&years=1&seed=11")
        page.get_by_role("button", name="Run", exact=True).click()
        card = page.locator("li.watched")
        card.get_by_role("button", name="Stop").wait_for(timeout=LONG)
        # Only what was played is kept, so there has to be something.
        card.get_by_text(re.compile(r"^[1-9]\d* of 300 futures")).wait_for(timeout=LONG)
        card.get_by_role("button", name="Stop").click()
        on = card.get_by_role("button", name="Go on")
        done = card.get_by_role("link", name=re.compile("^Open"))
        on.or_(done).first.wait_for(timeout=LONG)
        if on.count():
            on.click()
        done.wait_for(timeout=LONG)
        assert visit.complaints == []


def test_the_room_guesses_first_and_then_sees(chromium: Any, site: str) -> None:
    with Visit(chromium, site, reduced_motion="reduce") as visit:
        page = visit.open("#/run/small/guess")
        page.locator(".turns li").first.wait_for()
        turns = page.locator(".turns li").count()
        for _ in range(turns):
            page.get_by_label("From").fill("0")
            page.get_by_label("To", exact=True).fill("900000")
            assert page.locator("circle.hit").count() == 0
            page.get_by_role("button", name="Show what the futures say").click()
            page.get_by_role("heading", name="Your range holds 50 of 50 futures").wait_for()
            # What was pressed is gone; the keyboard is on what comes next, not at the top of the page.
            focused = page.evaluate("() => document.activeElement.textContent")
            assert re.match("Next turn|To the end", focused)
            assert page.locator("circle.hit").count() == 50
            page.get_by_role("button", name=re.compile("^(Next turn|To the end)")).click()
        page.get_by_role("heading", name="How sure you were").wait_for()
        assert visit.complaints == []


def test_futures_come_one_after_another_and_stop_when_asked(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/run/small/map?day=30&each=yes")
        first = page.locator("[data-outcome='0']")
        page.locator("[data-outcome]").wait_for()
        page.wait_for_selector("[data-outcome='2'], [data-outcome='3']")
        assert first.count() == 0
        page.get_by_role("button", name="Stop").click()
        now = page.locator("[data-outcome]").get_attribute("data-outcome")
        page.wait_for_timeout(1200)
        assert page.locator("[data-outcome]").get_attribute("data-outcome") == now
        assert visit.complaints == []


def test_who_asked_for_calm_steps_through_futures_by_hand(chromium: Any, site: str) -> None:
    with Visit(chromium, site, reduced_motion="reduce") as visit:
        page = visit.open("#/run/small/map?day=30&each=yes")
        page.locator("[data-outcome='0']").wait_for()
        page.wait_for_timeout(1000)
        assert page.locator("[data-outcome='0']").count() == 1
        page.get_by_role("button", name="The next future").click()
        page.locator("[data-outcome='1']").wait_for()


def test_two_runs_stand_side_by_side_on_one_slider(chromium: Any, site: str) -> None:
    with Visit(chromium, site, reduced_motion="reduce") as visit:
        page = visit.open("#/run/small/map?day=0&with=other")
        page.locator(".maps .one").nth(1).locator(".map svg").first.wait_for()
        labels = page.locator(".maps .map svg[role=img]")
        assert labels.count() == 2
        page.locator(".slide input[type=range]").focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        dates = {labels.nth(i).get_attribute("aria-label") for i in range(2)}
        assert len(dates) == 1
        assert page.locator(".when strong").inner_text() in dates.pop()
        assert visit.complaints == []
