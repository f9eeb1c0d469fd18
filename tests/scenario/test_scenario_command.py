"""`afternext scenario ...`: data on stdout, talk on stderr, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from afternext.cli.main import main
from afternext.scenario import load, shipped
from afternext.scenario.catalogue import SHIPPED
from tests.scenario.tiny_folder import POWERS, edited, write_tiny


def run(*arguments: str) -> int:
    """Call the command line in this process and return its exit code."""
    with pytest.raises(SystemExit) as stopped:
        main(["scenario", *arguments])
    return int(stopped.value.code or 0)


@pytest.fixture(autouse=True)
def _known_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("afternext.world.known_parameters", lambda: {"flight_rate"}, raising=False)


def test_new_copies_every_file_of_the_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", str(tmp_path / "mine")) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == str(tmp_path / "mine")
    names = {path.name for path in (SHIPPED / "two-towns").iterdir() if path.is_file()}
    assert {path.name for path in (tmp_path / "mine").iterdir()} == names
    assert load(tmp_path / "mine").hash == load("two-towns").hash


def test_new_starts_from_any_folder(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    (tmp_path / "empty").mkdir()
    assert run("new", str(tmp_path / "empty"), "--from", str(tmp_path / "tiny")) == 0
    assert load(tmp_path / "empty").title == "Tiny"


def test_new_refuses_a_folder_with_something_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tiny(tmp_path / "tiny")
    assert run("new", str(tmp_path / "tiny")) == 2
    assert "is not empty; name a new folder" in capsys.readouterr().err


def test_new_from_nowhere_leaves_nothing(tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "mine"), "--from", "two-twons") == 3
    assert list(tmp_path.iterdir()) == []


def test_check_says_ok_and_keeps_stdout_for_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", str(write_tiny(tmp_path))) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith(": ok\n")


def test_warnings_do_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny(tmp_path, edited("holder.csv: camp,nobody,,made up,low -> "))
    assert run("check", str(tmp_path)) == 0
    printed = capsys.readouterr()
    assert printed.out.endswith("[warning]\n")
    assert printed.err.endswith(": 1 warning\n")
    assert run("check", str(tmp_path), "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["ok"], len(shown["problems"]), len(shown["warnings"])) == (True, 0, 1)


def test_list_names_all_shipped_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == shipped()
    assert run("list", "--json") == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)["scenarios"]] == shipped()


def test_describe_fits_on_a_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("describe", str(write_tiny(tmp_path / "tiny"))) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    for words in (
        "tiny: Tiny",
        "2020-06-01, fictional",
        "Hill people",
        "100,000",
        "66.7 %",
        "Rebels",
        "351 to 1.8k",
    ):
        assert words in out


def test_describe_shows_powers_moves_and_polity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write_tiny(tmp_path / "tiny", POWERS))
    assert run("describe", folder) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    for words in (
        "2: Air support, Power sharing",
        "The crown, leader since 2015-06-01",
        "The league",
        "party",
    ):
        assert words in out
    assert run("describe", folder, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["powers"]["crown"]["moves"] == ["share"]
    assert shown["moves"]["air"]["to"] == ["crown", "league"]
    assert shown["polity"]["regions"] == {"right": "0.01 to 0.19"}


def test_describe_as_json_counts_people_and_what_is_uncertain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("describe", str(write_tiny(tmp_path / "tiny")), "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["people"] == {"total": 150000, "communities": {"hill": 100000, "plain": 50000}}
    assert shown["uncertain"] == {
        "values": 6,
        "distributions": 2,
        "deep": 3,
        "shared": 1,
        "rows_with_low_and_high": 1,
    }
    assert shown["displaced"] == {"total": 2000, "communities": {"hill": 2000}}
    assert shown["forces"]["army"]["strength"] == [363, 500, 637]


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "afternext scenario"
