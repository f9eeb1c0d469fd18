"""The page in the wheel is the one that the sources in web/ make."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB, STATIC = ROOT / "web", ROOT / "src" / "afternext" / "web" / "static"
TOP = [
    "index.html",
    "package.json",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
]
AGAIN = "run `make web` and commit src/afternext/web/static"


def digest(root: Path, names: list[str]) -> str:
    """The same sum as web/stamp.mjs writes."""
    total = sha256()
    for name in sorted(names):
        total.update(f"{name} {sha256((root / name).read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def below(folder: Path, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in folder.rglob("*") if path.is_file()]


def stamp() -> dict[str, str]:
    return dict(json.loads((STATIC / "built.json").read_text()))


def test_the_page_was_built_from_these_sources() -> None:
    assert stamp()["sources"] == digest(WEB, [*TOP, *below(WEB / "src", WEB)]), AGAIN


def test_the_page_is_as_it_was_built() -> None:
    names = [name for name in below(STATIC, STATIC) if name != "built.json"]
    assert stamp()["assets"] == digest(STATIC, names), AGAIN


def test_a_changed_source_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text("1")
    before = digest(tmp_path, ["a.ts"])
    (tmp_path / "a.ts").write_text("2")
    assert digest(tmp_path, ["a.ts"]) != before


def test_the_first_load_is_light() -> None:
    """400 kB of gzipped script are allowed for the first load; all screens together stay below that."""
    scripts = sum(len(gzip.compress(path.read_bytes())) for path in (STATIC / "assets").glob("*.js"))
    assert scripts < 250_000
    first = re.findall(r"/assets/([\w.-]+)", (STATIC / "index.html").read_text())
    assert sum(len(gzip.compress((STATIC / "assets" / name).read_bytes())) for name in first) < 80_000


def test_the_lock_names_no_registry_and_the_modules_stay_out() -> None:
    assert "omit-lockfile-registry-resolved=true" in (WEB / ".npmrc").read_text()
    assert '"resolved"' not in (WEB / "package-lock.json").read_text()
    listed = subprocess.run(
        ["git", "ls-files", "web"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    assert "node_modules" not in listed


def test_every_text_of_the_page_stands_in_the_catalogue() -> None:
    catalogue = (WEB / "src" / "texts" / "en.ts").read_text()
    known = set(re.findall(r"^    '([\w.]+)':", catalogue, re.MULTILINE))
    used = set()
    for path in (WEB / "src").rglob("*"):
        if path.suffix in (".svelte", ".ts") and path.parent.name != "texts":
            text = path.read_text()
            used |= set(re.findall(r"\bt\('([\w.]+)'", text))
            used |= {
                f"{key}.{form}" for key in re.findall(r"\bn\('([\w.]+)'", text) for form in ("one", "other")
            }
    assert used - known == set()


def test_the_style_can_be_turned_for_languages_written_from_right_to_left() -> None:
    """Left and right are never named: margins, paddings, borders and places are logical."""
    physical = re.compile(
        r"(margin|padding|border|inset)-(left|right)\b|^\s*(left|right):|text-align: (left|right)", re.M
    )
    wrong = []
    for path in (WEB / "src").rglob("*"):
        if path.suffix == ".svelte":
            style = path.read_text().partition("<style>")[2]
        elif path.suffix == ".css":
            style = path.read_text()
        else:
            continue
        wrong += [f"{path.name}: {found[0]}" for found in physical.finditer(style)]
    assert wrong == []


@pytest.mark.deep
def test_the_wheel_holds_the_page(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for name in below(STATIC, STATIC):
        assert f"afternext/web/static/{name}" in names
    assert not [name for name in names if "axe" in name or "node_modules" in name]
