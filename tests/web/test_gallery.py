"""The gallery of the docs is light, whole, and comes from the real thing."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.gallery import DEMO, GALLERY, OUT, PAGES, SHOTS, gallery
from tests.web.visits import needs_chromium

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "gallery.md"
HEAVIEST = 150_000  # bytes of one picture
MOST = 10


def test_every_picture_of_the_gallery_is_on_its_page_and_opens() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = {file: words for words, file in re.findall(r"!\[([^\]]+)\]\(img/gallery/([\w-]+\.webp)\)", text)}
    assert sorted(shown) == sorted(f"{shot.name}.webp" for shot in SHOTS)
    assert sorted(path.name for path in (OUT / GALLERY).iterdir()) == sorted(shown)
    assert len(shown) <= MOST
    for name, words in shown.items():
        path = OUT / GALLERY / name
        assert path.stat().st_size < HEAVIEST, name
        assert len(words) > 30, f"{name} needs words that say what it shows"
        with Image.open(path) as picture:
            assert picture.width >= 600
            assert np.asarray(picture.convert("L")).std() > 8, f"{name} is blank"


def test_the_gallery_is_linked_from_the_first_page_and_from_the_site() -> None:
    assert "gallery.md" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "docs/gallery.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_other_picture_of_the_workbench_has_a_page_and_can_be_taken_anew() -> None:
    pages = "".join(
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/how-to/workbench.md")
    )
    shown = set(re.findall(r"img/([\w-]+)\.png", pages))
    assert shown == {DEMO, *(shot.name for shot in PAGES)}
    for name in shown:
        with Image.open(OUT / f"{name}.png") as picture:
            assert np.asarray(picture.convert("L")).std() > 8, f"{name} is blank"


@pytest.mark.deep
@needs_chromium
def test_the_gallery_can_be_taken_anew(tmp_path: Path) -> None:
    made = gallery(tmp_path / "work", tmp_path / "out", {"demo": 20, "iraq": 20, "towns": 60, "kept": 20})
    pages = [DEMO, *(shot.name for shot in PAGES)]
    wanted = [f"{name}.png" for name in pages] + [f"{shot.name}.webp" for shot in SHOTS]
    assert sorted(path.name for path in made) == sorted(wanted)
    for path in made:
        with Image.open(path) as picture:
            assert np.asarray(picture.convert("L")).std() > 8, path.name
