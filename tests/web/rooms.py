"""A workspace with a small finished run, and a client that has been let in."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from starlette.testclient import TestClient

from afternext.web.app import build
from tests.foresight.runs import small_run

TOKEN = "a-token-for-the-tests-only"
ORIGIN = "http://127.0.0.1"


def workspace(folder: Path) -> Path:
    """A folder with one finished run, as a person would have it."""
    shutil.copytree(small_run().path, folder / "runs" / "small")
    return folder


@cache
def shared_workspace() -> Path:
    """One for tests that only read."""
    return workspace(Path(mkdtemp(prefix="afternext-web-")))


def client(folder: Path, **headers: str) -> TestClient:
    """A browser that holds the token and says where it comes from."""
    given = {"authorization": f"Bearer {TOKEN}", "origin": ORIGIN, **headers}
    return TestClient(build(folder, TOKEN), base_url=ORIGIN, headers=given, raise_server_exceptions=False)


def stranger(folder: Path) -> TestClient:
    """A browser without anything."""
    return TestClient(
        build(folder, TOKEN), base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False
    )
