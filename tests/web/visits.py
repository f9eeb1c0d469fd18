"""A visit to the workbench in headless Chromium, with all that it asked for and complained about."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest

from tests.web.rooms import TOKEN

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = Path(__file__).parent / "axe" / "axe.min.js"
SLOW = 300_000  # ms that a screen may take on a loaded machine before the test gives up

needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: the page is not looked at"
)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A real server on a free port, for as long as it is needed."""
    import uvicorn

    from afternext.web.app import build
    from afternext.web.serve import bind

    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(build(folder, TOKEN, port=port), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    end = time.monotonic() + 60
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


class Visit:
    """A page that has been let in, with everything that it asked for and complained about."""

    def __init__(self, chromium: Any, site: str, **settings: Any) -> None:
        self.site = site
        self.context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        self.context.add_init_script(path=str(AXE))
        self.page = self.context.new_page()
        self.page.set_default_timeout(SLOW)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{site}/?token={TOKEN}")

    def open(self, screen: str) -> Any:
        self.page.goto(f"{self.site}/{screen}")
        return self.page

    def findings(self) -> list[str]:
        """What axe finds that keeps people out."""
        found = self.page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
            ".filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | '))"
        )
        return [str(one) for one in found]

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def picture(found: Any) -> np.ndarray:
    """Pixels of an element, (height, width, 3), 0-1."""
    return np.asarray(matplotlib.image.imread(io.BytesIO(found.screenshot()), format="png"))[:, :, :3]


def look_at_all(visit: Visit, screens: dict[str, tuple[str, str]]) -> None:
    """Every screen has its content, keeps nobody out, is as wide as the window, and is not blank."""
    for screen, (selector, text) in screens.items():
        page = visit.open(screen)
        page.wait_for_selector(selector)
        page.locator("main").filter(has_text=text).wait_for()
        assert page.title() == "afternext"
        assert visit.findings() == [], screen
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (
            f"{screen} is too wide"
        )
        shades = picture(page.locator("main"))
        assert shades.std() > 0.02, f"{screen} is blank"
    outside = [url for url in visit.asked if not url.startswith((visit.site, "data:", "blob:"))]
    assert outside == []
    assert visit.complaints == []
