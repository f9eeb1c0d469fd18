"""The examples of README and docs run.

A fenced block after `<!-- run -->` is an example; all examples of a page run in order in one empty folder,
as a reader would type them. `<!-- run deep -->` marks the slow ones, which only `make check-deep` runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

BLOCK = re.compile(r"<!-- run( deep)? -->\s*```(bash|python)\n(.*?)```", re.DOTALL)
FIRST = ["README.md", "docs/tutorial/first-crisis.md"]


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, deep: bool) -> list[tuple[str, str]]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(language, code) for mark, language, code in found if deep or not mark]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def run_page(page: Path, folder: Path, *, deep: bool) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "MPLBACKEND": "Agg",
    }
    for language, code in blocks(page, deep):
        command = (
            ["bash", "-euo", "pipefail", "-c", code] if language == "bash" else [sys.executable, "-c", code]
        )
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (
            f"{code}\nexit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        )


@pytest.mark.parametrize("page", [p for p in pages() if blocks(p, deep=False)], ids=name)
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    run_page(page, tmp_path, deep=False)


@pytest.mark.deep
@pytest.mark.parametrize(
    "page", [p for p in pages() if blocks(p, deep=True) != blocks(p, deep=False)], ids=name
)
def test_the_slow_examples_of_a_page_run(page: Path, tmp_path: Path) -> None:
    run_page(page, tmp_path, deep=True)


def test_the_first_pages_have_examples() -> None:
    for page in FIRST:
        assert blocks(ROOT / page, deep=False), page
