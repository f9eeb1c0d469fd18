"""A workspace with a small finished run, and a client that has been let in."""

from __future__ import annotations

import shutil
import subprocess
import sys
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


def with_another(folder: Path) -> Path:
    """The same, and the run once more under another name."""
    shutil.copytree(small_run().path, folder / "runs" / "other")
    return workspace(folder)


@cache
def shared_workspace() -> Path:
    """One for tests that only read."""
    return workspace(Path(mkdtemp(prefix="afternext-web-")))


ANALYSES = {
    "decide": "decide two-towns --strategy none --strategy open_bridge --strategy help_in_time "
    "--futures 60 --years 0.5 --seed 7 --workers 1 --out compared",
    "pathways": "pathways compared",
    "value": "value compared",
    "window": "window two-towns --move air_support --futures 24 --years 0.3 --seed 7 --workers 1 "
    "--delays 0,40 --scales 1,0.5 --out delayed",
    "principle": "principle two-towns --condition inclusion>0.5 --futures 24 --years 0.5 --seed 7 "
    "--workers 1 --out principled",
    "evidence": "evidence two-towns",
    "hindcast": "hindcast two-towns --truth truth --run runs/small",
}
TRUTH = {
    "control.csv": "date,place_id,from_side,to_side,date_precision\n"
    "2031-05-20,westford,GOV,FRONT,day\n2031-08-01,westford,FRONT,GOV,week\n",
    "side_aliases.csv": "as_recorded,side\nGOV,army\nFRONT,front\n",
    "displacement_total.csv": "date,idp_individuals,returnee_individuals\n"
    "2031-05-31,15000,500\n2031-07-31,21000,2500\n",
}


def analysed(folder: Path) -> Path:
    """The same, with every other analysis kept as a person would keep it."""
    workspace(folder)
    (folder / "results").mkdir()
    (folder / "truth").mkdir()
    for name, text in TRUTH.items():
        (folder / "truth" / name).write_text(text)
    for kind, words in ANALYSES.items():
        command = [sys.executable, "-m", "afternext.cli.main", *words.split(), "--json"]
        with (folder / "results" / f"{kind}.json").open("wb") as kept:
            subprocess.run(command, cwd=folder, stdout=kept, check=True)
    return folder


def client(folder: Path, **headers: str) -> TestClient:
    """A browser that holds the token and says where it comes from."""
    given = {"authorization": f"Bearer {TOKEN}", "origin": ORIGIN, **headers}
    return TestClient(build(folder, TOKEN), base_url=ORIGIN, headers=given, raise_server_exceptions=False)


def stranger(folder: Path) -> TestClient:
    """A browser without anything."""
    return TestClient(
        build(folder, TOKEN), base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False
    )
