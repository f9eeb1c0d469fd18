"""`afternext demo` ends with a readable summary and says where everything lies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from afternext.cli.demo import app
from tests.brief.fake_run import FakeRun, fake_run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The engine is replaced by made-up numbers; what it was asked for is kept."""
    seen: dict[str, Any] = {}

    def simulate(scenario: str, **settings: Any) -> FakeRun:
        seen.update(settings, scenario=scenario)
        run = fake_run(futures=settings["futures"], days=400)
        run.path = settings["out"]
        return run

    monkeypatch.setattr("afternext.ensemble.run.run", simulate)
    return seen


def test_the_demo_writes_a_briefing_and_says_where(asked: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "here"
    done = CliRunner().invoke(app, ["--futures", "20", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert asked["scenario"] == "iraq-2014"
    assert asked["resume"] is True
    for name in ("brief.html", "figures/map.png", "figures", "tables"):
        assert (out / name).exists()
        assert str(out / name) in done.stdout
    assert "8 in 10 futures" in done.stdout
    assert "30 days" in done.stdout


def test_the_demo_prints_one_json_object(asked: dict[str, Any], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--futures", "20", "--out", str(tmp_path), "--json"])
    result = json.loads(done.stdout)
    assert set(result) == {
        "run", "scenario", "futures", "failed", "seed", "seconds", "digest", "briefing", "files", "map"
    }  # fmt: skip
    assert Path(result["briefing"]).is_file()
    assert all(Path(name).is_file() for name in result["files"])
    assert Path(result["map"]).is_file()
