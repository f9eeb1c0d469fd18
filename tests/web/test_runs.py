"""Runs through the server: what is shown of one, and one that is started, stopped and goes on."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import numpy as np
import pytest

from tests.foresight.runs import small_run
from tests.web.rooms import client, shared_workspace, workspace


def test_the_list_knows_finished_runs_and_half_ones(tmp_path: Path) -> None:
    workspace(tmp_path)
    half = tmp_path / "runs" / "half"
    (half / "parts").mkdir(parents=True)
    text = (tmp_path / "runs" / "small" / "manifest.json").read_text()
    (half / "manifest.json").write_text(text.replace('"state": "finished"', '"state": "running"'))
    (half / "parts" / "0123456789abcdef-0-16.part").touch()
    broken = tmp_path / "runs" / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{")
    states = {run["run"]: run for run in client(tmp_path).get("/api/runs").json()["runs"]}
    assert states["small"]["state"] == "finished"
    assert (states["half"]["state"], states["half"]["done"]) == ("stopped", 16)
    assert states["broken"]["state"] == "damaged"
    assert client(tmp_path).get("/api/runs/half/tree").status_code == 409


def test_scenes_count_futures_as_the_run_holds_them() -> None:
    run = small_run()
    page = client(shared_workspace())
    ground = page.get("/api/runs/small/ground").json()
    scenes = page.get("/api/runs/small/scenes").json()
    at, place = len(ground["days"]) - 1, 1
    holder = run.measures["place_holder"].values[:, at, place]
    leader = scenes["leader"][at][place]
    code = leader if leader < len(ground["sides"]) - 1 else -1
    assert scenes["held"][at][place] == int((holder == code).sum())
    here = np.sort((run.measures["place_idps"] + run.measures["place_refugees"]).values[:, at, place])
    assert scenes["sheltering"][at][place] == here[len(here) // 2 - 1]


def test_one_future_is_that_future() -> None:
    run = small_run()
    page = client(shared_workspace())
    scenes = page.get("/api/runs/small/scenes?future=3").json()
    here = (run.measures["place_idps"] + run.measures["place_refugees"]).sel(future=3).values
    assert scenes["sheltering"] == here.tolist()
    assert {one for row in scenes["held"] for one in row} == {1}
    assert page.get("/api/runs/small/scenes?future=4000").status_code == 422


def test_a_family_shows_its_own_futures_only() -> None:
    page = client(shared_workspace())
    tree = page.get("/api/runs/small/tree").json()
    last = tree["levels"][-1]["families"][0]["id"]
    members = tree["members"][-1][last]
    scenes = page.get(f"/api/runs/small/scenes?family={last}").json()
    assert scenes["futures"] == len(members)
    assert page.get("/api/runs/small/scenes?family=Z9").status_code == 404


def test_a_place_comes_with_its_ranges_and_dots() -> None:
    card = client(shared_workspace()).get("/api/runs/small/place?place=eastford").json()
    assert [row["day"] for row in card["ranges"]] == [30, 91, 182] or len(card["ranges"]) == 3
    for row in card["ranges"]:
        assert row["low"] <= row["middle"] <= row["high"]
        assert len([dot for dot in row["dots"] if dot is not None]) >= 18
    assert sum(held[0] for held in card["held"].values()) == card["futures"]


def test_planning_figures_come_as_a_table_without_formulas(tmp_path: Path) -> None:
    workspace(tmp_path)
    manifest = tmp_path / "runs" / "small" / "scenario.json"
    manifest.write_text(manifest.read_text().replace('"Eastford"', '"=HYPERLINK(1)"'))
    text = client(tmp_path).get("/api/runs/small/table?measure=displaced&by=place&day=30").text
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["place", "name", "measure"]
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "\t")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("curves?measure=displaced,hope", 200),
        ("curves?measure=nothing", 422),
        ("curves?measure=place_idps", 422),
        ("discover?when=displaced@30d%20%3E%20MEDIAN", 200),
        ("discover?when=((", 422),
        ("discover", 422),
        ("chronicle?future=2", 200),
        ("chronicle?future=x", 422),
        ("powers", 200),
        ("claims", 200),
        ("measures", 200),
        ("saved", 200),
        ("place?place=nowhere", 422),
    ],
)
def test_what_is_asked_wrongly_is_answered_kindly(path: str, code: int) -> None:
    middle = float(small_run().measures["displaced"].sel(date="2031-05-31").median())
    answer = client(shared_workspace()).get(f"/api/runs/small/{path.replace('MEDIAN', f'{middle:.0f}')}")
    assert answer.status_code == code, answer.text[:300]
    if code != 200:
        assert answer.json()["error"]["message"]


def test_what_was_computed_is_kept_by_the_digest_of_the_run(tmp_path: Path) -> None:
    workspace(tmp_path)
    first = client(tmp_path).get("/api/runs/small/scenes").json()
    kept = list((tmp_path / ".afternext-workbench").rglob("*.json"))
    assert [path.parent.name for path in kept] == [small_run().digest[:24]]
    assert client(tmp_path).get("/api/runs/small/scenes").json() == first


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        ({"scenario": "two-towns", "strategies": ["nothing"]}, "strategy"),
        ({"scenario": "two-towns", "until": "2014-02-31"}, "date"),
        ({"scenario": "two-towns", "futures": 20_000, "years": 40}, "more than the workbench starts"),
        ({"scenario": "two-towns", "futures": 0}, "futures"),
        ({"scenario": "two-towns", "surprise": 1}, "surprise"),
        ({"scenario": "nowhere"}, "nowhere"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_it_starts(
    tmp_path: Path, wish: dict[str, object], word: str
) -> None:
    answer = client(tmp_path).post("/api/runs", json=wish)
    assert answer.status_code in (404, 422)
    assert word in answer.json()["error"]["message"]
    assert not (tmp_path / "runs").exists()


def wait_for(page, run: str, states: set[str], seconds: float = 120) -> dict[str, object]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        state = page.get(f"/api/runs/{run}").json()
        if state.get("state") in states:
            return state
        time.sleep(0.3)
    raise AssertionError(f"{run} is {state}")


@pytest.mark.deep
def test_a_run_is_started_stopped_and_goes_on_to_the_same_end(tmp_path: Path) -> None:
    wish = {"scenario": "two-towns", "futures": 400, "years": 1, "seed": 5}
    with client(tmp_path) as page:
        run = page.post("/api/runs", json=wish).json()["run"]
        end = time.monotonic() + 240
        while time.monotonic() < end and not page.get(f"/api/runs/{run}").json().get("done"):
            time.sleep(0.2)
        assert page.post(f"/api/runs/{run}/cancel").status_code == 200
        state = wait_for(page, run, {"stopped", "cancelled", "finished"})
        if state["state"] != "finished":
            assert page.post(f"/api/runs/{run}/resume").status_code == 202
        stopped = wait_for(page, run, {"finished"}, 240)
        again = page.post("/api/runs", json=wish).json()["run"]
        whole = wait_for(page, again, {"finished"}, 240)
    assert stopped["digest"] == whole["digest"]
