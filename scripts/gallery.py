"""Pictures for the README, the how-to on the workbench and docs/gallery.md, taken from the real thing.

    python -m scripts.gallery                   # runs, analyses and pictures, into docs/img
    python -m scripts.gallery --work DIR        # keeps the workspace, and uses what is there already
    python -m scripts.gallery --only iraq-map   # one picture; give it again for the next

iraq-map.png is the map that `afternext demo` (`make demo`) draws.

Needs Chromium and Playwright, as the browser tests do.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "img"
GALLERY = "gallery"  # folder in it with the pictures of docs/gallery.md
DEMO = "iraq-map"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TOKEN = "a-token-for-the-gallery-only"
READY = "() => document.fonts.status === 'loaded' && !document.querySelector('main .wait')"
SIZES = {"demo": 100, "iraq": 64, "towns": 100, "kept": 60}  # futures
QUALITY = 82  # of WebP; text stays sharp and a picture below 150 kB

# Folder or file that shows that it is there, and the words that make it.
MADE = {
    "river/scenario.yaml": "scenario new river",
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
    press : selector of what is clicked first, the last one that there is
    typed : what is written over what in the editor, as somebody who mistypes does
    """

    name: str
    address: str
    wait: str
    part: str = ""
    width: int = 1280
    height: int = 860
    dark: bool = False
    press: str = ""
    typed: tuple[str, str] | None = None


# Pictures of the README and of docs/how-to/workbench.md.
PAGES = (
    Shot("workbench-map", "#/run/iraq/map?day=180&place=erbil", "aside .dots svg", height=1080),
    Shot("workbench-next", "#/run/iraq/next", ".panel .map svg", height=1080, press="[data-family]"),
    Shot(
        "workbench-case",
        "#/case/river?file=places.csv&view=text",
        ".no.bad",
        height=1080,
        typed=(",0.50,0.54,", ",361.2,0.54,"),
    ),
)
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
        if shot.press:
            page.locator(shot.press).last.click()
        if shot.typed:
            editor = page.locator("main textarea")
            editor.fill(editor.input_value().replace(*shot.typed))
        page.locator(shot.wait).first.wait_for()
        page.wait_for_function(
            "() => document.fonts.status === 'loaded' && !document.querySelector('main .wait')"
        )
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return bytes(page.locator(shot.part).first.screenshot() if shot.part else page.screenshot())
    finally:
        context.close()


def demo_map(folder: Path, out: Path, futures: int) -> Path:
    """The map of `afternext demo`, as it draws it."""
    made = folder / "demo" / "figures" / "map.png"
    if not made.exists():
        words = f"demo --futures {futures} --out demo"
        subprocess.run([sys.executable, "-m", "afternext.cli.main", *words.split()], cwd=folder, check=True)
    return Path(shutil.copyfile(made, out / f"{DEMO}.png"))


def gallery(folder: Path, out: Path, sizes: dict[str, int], only: Sequence[str] = ()) -> list[Path]:
    """Make what is missing in the workspace, and take all pictures, or those named."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    shots = [shot for shot in (*PAGES, *SHOTS) if not only or shot.name in only]
    (out / GALLERY).mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    if not only or DEMO in only:
        made.append(demo_map(folder, out, sizes["demo"]))
    if not shots:
        return made
    prepare(folder, sizes)
    with served(folder) as site, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in shots:
            picture = Image.open(io.BytesIO(take(browser, site, shot))).convert("RGB")
            if shot in PAGES:
                path = out / f"{shot.name}.png"
                picture.save(path, "PNG", optimize=True)
            else:
                path = out / GALLERY / f"{shot.name}.webp"
                picture.save(path, "WEBP", quality=QUALITY, method=6)
            made.append(path)
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", file=sys.stderr)
        browser.close()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--work", type=Path, help="keep the workspace here")
    names = [DEMO, *(shot.name for shot in (*PAGES, *SHOTS))]
    parser.add_argument("--only", action="append", default=[], choices=names, metavar="PICTURE")
    for name, default in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=default, metavar="FUTURES")
    given = parser.parse_args()
    sizes = {name: int(getattr(given, name)) for name in SIZES}
    with tempfile.TemporaryDirectory(prefix="afternext-gallery-") as place:
        gallery((given.work or Path(place)).resolve(), given.out, sizes, given.only)


if __name__ == "__main__":
    main()
