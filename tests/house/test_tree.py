"""The tree stays easy to live in: readable files, no addresses in the code, no marks of unfinished work."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, python_files, where

LONGEST = 500
HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")
# Loopback, and the names (never fetched) of the SVG namespace and of the JSON Schema dialect.
ALLOWED_HOSTS = {"127.0.0.1", "localhost", "www.w3.org", "json-schema.org"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|@pytest\.mark\.(xfail|skip\b)")
FOLDERS = [
    path for name in ("src", "tests", "benchmarks", "patterns", "scripts") if (path := ROOT / name).is_dir()
]


def kept_files() -> list[Path]:
    """Files that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


@pytest.mark.parametrize("path", python_files(*FOLDERS), ids=where)
def test_a_file_stays_under_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_package_names_no_host() -> None:
    wrong = [
        f"{where(path, number)}: {match.group()}"
        for path in python_files(PACKAGE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in HOST.finditer(line)
        if match.group(1) not in ALLOWED_HOSTS
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_marked_as_unfinished() -> None:
    wrong = [
        where(path, number)
        for path in python_files(*FOLDERS)
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_large_or_built_file_is_kept() -> None:
    wrong = [
        f"{where(path)} {path.stat().st_size}" for path in kept_files() if path.stat().st_size > 2_000_000
    ]
    assert not wrong, "\n".join(wrong)
