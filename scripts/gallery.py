"""Pictures of the workbench for docs/gallery.md, taken from the real thing.

    python -m scripts.gallery                 # runs, analyses and pictures, into docs/img/gallery
    python -m scripts.gallery --work DIR      # keeps the workspace, and uses what is there already

Needs Chromium and Playwright, as the browser tests do.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "img" / "gallery"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TOKEN = "a-token-for-the-gallery-only"
READY = "() => document.fonts.status === 'loaded' && !document.querySelector('main .wait')"
QUALITY = 82  # of WebP; text stays sharp and a picture below 150 kB

# Folder or file that shows that it is there, and the words that make it.
MADE = {
    "runs/iraq": "run iraq-2014 --futures {iraq} --years 2 --seed 1 --out runs/iraq",
    "runs/towns": "run two-towns --futures {towns} --seed 7 --out runs/towns",
    "runs/towns-open": "run two-towns --futures {towns} --seed 7 --strategy open_bridge "
    "--out runs/towns-open",
    "results/decide.json": "decide two-towns --strategy none --strategy open_bridge --strategy help_in_time "
    "--futures {kept} --years 1 --seed 7 --out compared --json",
    "results/pathways.json": "pathways compared --json",
    "results/window.json": "window two-towns --move air_support --futures {kept} --years 1 --seed 7 "
    "--out delayed --json",
    "results/evidence.json": "evidence iraq-2014 --json",
}


@dataclass(frozen=True)
class Shot:
    """One picture.

    wait : selector of what has to be there
    part : selector of what is taken; the window if not said
    """

    name: str
    address: str
    wait: str
    part: str = ""
    width: int = 1280
    height: int = 860
    dark: bool = False


SHOTS = (
    Shot("map", "#/run/iraq/map?day=180&place=erbil", "aside .dots svg"),
    Shot("one-by-one", "#/run/iraq/map?day=365&each=yes", "[data-outcome]"),
    Shot("next", "#/run/iraq/next", "[data-family]", "figure[data-figure^=tree]"),
    Shot("powers", "#/run/iraq/powers", ".multiples svg", "figure[data-figure^=alignments]"),
    Shot("window", "#/run/towns/options", "[data-figure^=window] svg", "[data-figure^=window]"),
    Shot("decide", "#/run/towns/options", "[data-figure=decide] table", "[data-figure=decide]"),
    Shot("evidence", "#/run/iraq/evidence", "[data-figure=evidence] .quantities"),
    Shot("case", "#/case/iraq-2014?file=places.csv", ".list"),
    Shot("guess", "#/run/towns/guess", "main form"),
    Shot("phone", "#/run/iraq/map?day=365", ".map svg", width=390, height=844, dark=True),
)


def prepare(folder: Path, sizes: dict[str, int]) -> None:
    """Make every run and analysis that is not there yet."""
    (folder / "results").mkdir(parents=True, exist_ok=True)
    for target, words in MADE.items():
        path = folder / target
        if (path / "manifest.json").exists() or path.is_file():
            continue
        command = [sys.executable, "-m", "afternext.cli.main", *words.format(**sizes).split()]
        kept = target.endswith(".json")
        done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE if kept else None)
        if kept:
            path.write_bytes(done.stdout)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The workbench on a free port of this machine."""
    import uvicorn

    from afternext.web.app import build
    from afternext.web.serve import bind

    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(build(folder, TOKEN, port=port), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def take(browser: Any, site: str, shot: Shot) -> bytes:
    """A picture of one screen, as PNG."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=2 if shot.width < 600 else 1,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{site}/?token={TOKEN}")
        page.goto(f"{site}/{shot.address}")
        page.locator(shot.wait).first.wait_for()
        page.wait_for_function(
            "() => document.fonts.status === 'loaded' && !document.querySelector('main .wait')"
        )
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return bytes(page.locator(shot.part).first.screenshot() if shot.part else page.screenshot())
    finally:
        context.close()


def gallery(folder: Path, out: Path, sizes: dict[str, int]) -> list[Path]:
    """Make what is missing in the workspace, and take all pictures."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    prepare(folder, sizes)
    out.mkdir(parents=True, exist_ok=True)
    made = []
    with served(folder) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in SHOTS:
            path = out / f"{shot.name}.webp"
            picture = Image.open(io.BytesIO(take(browser, site, shot))).convert("RGB")
            picture.save(path, "WEBP", quality=QUALITY, method=6)
            made.append(path)
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", file=sys.stderr)
        browser.close()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--work", type=Path, help="keep the workspace here")
    for name, default in (("iraq", 64), ("towns", 100), ("kept", 60)):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="FUTURES")
    given = parser.parse_args()
    sizes = {name: int(getattr(given, name)) for name in ("iraq", "towns", "kept")}
    with tempfile.TemporaryDirectory(prefix="afternext-gallery-") as place:
        gallery(given.work or Path(place), given.out, sizes)


if __name__ == "__main__":
    main()
