"""The page in a real browser: every screen shows its content, nothing leaves, everybody can use it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.web.visits import SLOW, Visit, look_at_all, needs_chromium, picture

pytestmark = needs_chromium

# Screen, and what has to be on it.
SCREENS = {
    "#/cases": ("main .cards a", "Two towns on a river"),
    "#/runs": ("main .card h2", "finished"),
    "#/new?case=two-towns": ("main input[type=number]", "Seed"),
    "#/case/two-towns": ("main .map svg", "differ from future to future"),
    "#/run/small/map?day=30&place=eastford": ("main .dots svg", "Eastford"),
    "#/run/small/map?day=30&future=3": ("main .map svg", "number 3"),
    "#/run/small/powers": ("main .multiples svg", "Powers"),
    "#/run/small/options": ("main [data-missing=window]", "Window of action"),
    "#/run/small/evidence": ("main table", "Highdale council"),
    "#/run/small/brief": ("main pre", "afternext brief"),
    "#/run/small/next": ("main [data-family]", "What leads to it"),
    "#/run/small/map?day=30&each=yes": ("main [data-outcome]", "one after another"),
    "#/run/small/guess": ("main form", "so wide that 8 of 10 futures"),
}


def test_every_screen_shows_its_content_and_nothing_leaves_this_machine(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        look_at_all(visit, SCREENS)


@pytest.mark.deep
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_screen_in_every_dress(chromium: Any, site: str, scheme: str, width: int) -> None:
    settings = {
        "viewport": {"width": width, "height": 844},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
    }
    with Visit(chromium, site, **settings) as visit:
        look_at_all(visit, SCREENS)


def test_the_map_is_painted_and_moves_with_the_keyboard(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/run/small/map?day=0")
        page.wait_for_selector("canvas[data-frames]", state="attached")
        first = picture(page.locator(".map"))
        assert len(np.unique((first * 255).astype(int).reshape(-1, 3), axis=0)) > 30
        date = page.locator(".when strong")
        before = date.inner_text()
        page.locator("input[type=range]").focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        assert date.inner_text() != before
        page.wait_for_url(re.compile(r"day=(?!0$)\d+"))  # a link to this date
        assert np.abs(picture(page.locator(".map")) - first).mean() > 0.0005
        # The same numbers as a table, for those who cannot see the map.
        page.get_by_role("button", name="Numbers").first.click()
        assert page.get_by_role("cell", name="Eastford").first.is_visible()


OVERLAPS = """() => {
  const names = [...document.querySelectorAll('.map text.name, .map text.country')]
  const boxes = names.map((one) => [one.textContent, one.getBoundingClientRect()])
  const beside = (a, b) => a.right - 1 < b.left || b.right - 1 < a.left
  const apart = (a, b) => beside(a, b) || a.bottom - 3 < b.top || b.bottom - 3 < a.top
  const pairs = boxes.flatMap((one, i) => boxes.slice(i + 1).map((other) => [one, other]))
  return pairs.filter(([one, other]) => !apart(one[1], other[1])).map(([one, other]) => [one[0], other[0]])
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_names_the_largest_place_of_each_part_and_no_name_covers_another(
    chromium: Any, site: str, width: int
) -> None:
    with Visit(chromium, site, viewport={"width": width, "height": 844}) as visit:
        visit.open("#/case/mali-2012")
        page = visit.page
        page.wait_for_selector(".map .name")
        names = set(page.locator(".map .name").all_text_contents())
        assert {"Bamako", "Kidal", "Gao"} <= names
        assert page.evaluate(OVERLAPS) == []
        assert page.locator(".map path.empty").count() == 1


def test_who_asked_for_calm_sees_nothing_move(chromium: Any, site: str) -> None:
    with Visit(chromium, site, reduced_motion="reduce") as visit:
        page = visit.open("#/run/small/map?day=14")
        page.wait_for_selector("canvas[data-frames]", state="attached")
        page.wait_for_timeout(300)
        count = "() => Number(document.querySelector('canvas').dataset.frames)"
        before = page.evaluate(count)
        page.wait_for_timeout(400)
        assert page.evaluate(count) == before


def test_bad_yaml_shows_its_line(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/cases")
        page.get_by_label("Name").first.fill("with-mistake")
        page.get_by_role("button", name="Make it").click()
        editor = page.get_by_role("textbox", name="scenario.yaml")
        editor.wait_for()
        text = editor.input_value()
        editor.fill(text.replace("freeze: 2031-05-01", "freeze: 2031-05-41"))
        line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith("freeze:"))
        told = page.get_by_role("button", name=re.compile(rf"scenario\.yaml:{line}:\d+.*freeze"))
        told.wait_for()
        told.click()
        assert page.locator(f".no.bad.here:text-is('{line}')").is_visible()
        assert f"line={line}" in page.url
        assert page.get_by_role("button", name="Save", exact=True).is_enabled()


def test_a_hostile_text_stays_a_text(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/cases")
        page.get_by_label("Name").first.fill("hostile")
        page.get_by_role("button", name="Make it").click()
        editor = page.get_by_role("textbox", name="scenario.yaml")
        editor.wait_for()
        bad = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
        editor.fill(editor.input_value().replace("title: Two towns on a river", f'title: "{bad}"'))
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("heading", name=bad).wait_for()
        visit.open("#/cases")
        page.get_by_role("heading", name=bad).wait_for()
        assert page.evaluate("() => window.pwned") is None


def test_without_the_token_the_page_says_what_to_do(chromium: Any, site: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site}/")
    page.get_by_text("open the address that").first.wait_for(timeout=SLOW)
    context.close()


@pytest.mark.deep
def test_the_whole_way_from_a_new_case_to_the_map_of_its_run(chromium: Any, site: str) -> None:
    with Visit(chromium, site) as visit:
        page = visit.open("#/cases")
        page.get_by_label("Name").first.fill("journey")
        page.get_by_role("button", name="Make it").click()
        # The list of cases has such links, too; this one stands on the new case.
        page.get_by_role("textbox", name="scenario.yaml").wait_for()
        page.get_by_role("link", name="Run it").click()
        page.get_by_label(re.compile("^Futures")).fill("24")
        page.get_by_label(re.compile("^Years")).fill("0.3")
        page.get_by_role("button", name="Run", exact=True).click()
        page.set_default_timeout(400_000)
        page.get_by_role("link", name=re.compile("Open: journey")).click()
        page.wait_for_selector(".map svg")
        page.get_by_role("link", name="After next").click()
        page.wait_for_selector("[data-family], [role=alert]")
        page.get_by_role("link", name="Brief").click()
        page.wait_for_selector("main pre")
        assert visit.complaints == []


def test_nothing_but_loopback_can_be_reached_by_the_page() -> None:
    """No address of another machine stands in what is served."""
    static = Path(__file__).resolve().parents[2] / "src" / "afternext" / "web" / "static"
    names_only = ("https://svelte.dev/e/", "http://www.w3.org/")  # of errors and of kinds of XML
    for path in [static / "index.html", *(static / "assets").glob("*.[jc]s*")]:
        found = re.findall(r"https?://[\w./-]+", path.read_text(encoding="utf-8"))
        strangers = {one for one in found if not one.startswith(names_only)}
        assert strangers == set(), path.name


def test_on_a_phone_time_runs_down_the_tree_and_families_are_chosen_from_a_list(
    chromium: Any, site: str
) -> None:
    with Visit(chromium, site, viewport={"width": 375, "height": 844}, reduced_motion="reduce") as visit:
        page = visit.open("#/run/small/next")
        page.wait_for_selector("main [data-family]")
        wide = "() => [...document.querySelectorAll('main .scroll')].map(e => e.scrollWidth - e.clientWidth)"
        assert max(page.evaluate(wide)) <= 0
        shapes = [bar.bounding_box() for bar in page.locator("main g.node").all()]
        chosen = page.locator("main [data-family]")
        assert chosen.count() == len(shapes)
        heights = [round(shape["y"]) for shape in shapes]
        assert len(set(heights)) > 1  # a line for each horizon
        assert heights == sorted(heights)  # near ones above
        chosen.last.press("Enter")
        page.wait_for_selector("main .panel")
        assert chosen.last.get_attribute("aria-pressed") == "true"
        assert visit.complaints == []
