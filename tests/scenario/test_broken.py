"""Every broken scenario gets its golden message, exit code 3, and never a traceback.

The corpus is `broken/*.txt`: `== name`, `edit ...` (see tiny_folder.edited) and every line that is `says`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from afternext.cli.main import main
from afternext.errors import InvalidInput
from afternext.scenario import load
from afternext.scenario.yamldoc import LARGEST_YAML
from tests.scenario.tiny_folder import FILES, LAYERS, POWERS, edited, write_tiny

CORPUS = Path(__file__).parent / "broken"
KNOWN_PARAMETERS = frozenset({"flight_rate", "return_rate"})


@dataclass(frozen=True)
class Case:
    """A damaged folder and every line that the check must print, in order."""

    name: str
    file: str
    edits: tuple[str, ...]
    says: tuple[str, ...]

    @property
    def start(self) -> dict[str, str]:
        """The sound folder that is damaged."""
        return {"extends": LAYERS, "powers": POWERS}.get(self.file, FILES)

    def write(self, folder: Path) -> Path:
        """Write the damaged folder; of two layers the child is the one to check."""
        write_tiny(folder, edited(*self.edits, start=self.start))
        return folder / "child" if self.file == "extends" else folder


def read_cases() -> list[Case]:
    """Read the corpus."""
    cases = []
    for file in sorted(CORPUS.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("\n== ")[1:]:
            name, *lines = block.split("\n")
            found = {kind: [x[5:] for x in lines if x.startswith(kind)] for kind in ("edit ", "says ")}
            cases.append(Case(name, file.stem, tuple(found["edit "]), tuple(found["says "])))
    return cases


CASES = read_cases()


@pytest.fixture(autouse=True)
def _known_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("afternext.world.known_parameters", lambda: KNOWN_PARAMETERS, raising=False)


def test_corpus_is_large_and_names_are_unique() -> None:
    assert len(CASES) >= 200
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.says for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_broken_scenario_is_refused_with_its_golden_message(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = case.write(tmp_path / "case")
    with pytest.raises(SystemExit) as stopped:
        main(["scenario", "check", str(folder)])
    printed = capsys.readouterr()
    assert stopped.value.code == 3
    problems = [line for line in printed.out.splitlines() if not line.endswith("[warning]")]
    assert problems == list(case.says)
    assert "Traceback" not in printed.out + printed.err
    assert f"{len(case.says)} problem" in printed.err


def test_json_carries_every_field_of_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny(tmp_path, edited("places.csv: 36.0,43.5 -> 361.2,43.5"))
    with pytest.raises(SystemExit) as stopped:
        main(["scenario", "check", str(tmp_path), "--json"])
    assert stopped.value.code == 3
    shown = json.loads(capsys.readouterr().out)
    assert shown["ok"] is False
    assert shown["problems"] == [
        {
            "file": "places.csv",
            "line": 3,
            "column": 28,
            "key": "lat",
            "message": "361.2 is outside -90..90",
            "hint": "did you mean 36.12?",
        }
    ]


def test_all_problems_of_all_files_come_in_one_pass(tmp_path: Path) -> None:
    write_tiny(
        tmp_path,
        edited(
            "scenario.yaml: years: 1 -> years: -1",
            "places.csv: 36.0,43.5 -> 361.2,43.5",
            "routes.csv: west,camp,20 -> west,camp,2",
            "presence.csv: east,rebels -> east,rebbels",
            "holder.csv: camp,nobody -> camp,noone",
            "displaced.csv: 2020-05-21 -> 2021-05-21",
            "claims.csv: B,3 -> X,3",
            "history.csv: Right,dead,20 -> Right,dead,many",
        ),
    )
    with pytest.raises(InvalidInput) as refused:
        load(tmp_path, known_parameters=KNOWN_PARAMETERS)
    assert {problem.file for problem in refused.value.problems} == set(FILES)


@pytest.mark.parametrize("name", ["scenario.yaml", "places.csv"])
def test_huge_file_is_refused_unread(name: str, tmp_path: Path) -> None:
    write_tiny(tmp_path)
    with (tmp_path / name).open("r+b") as file:
        file.truncate(65 * 1024 * 1024)  # sparse: takes no room on the disk
    with pytest.raises(InvalidInput, match="the file has 65 MB, more than 64 MB"):
        load(tmp_path)


def test_yaml_too_long_to_parse_in_seconds_is_refused(tmp_path: Path) -> None:
    write_tiny(tmp_path, {**FILES, "scenario.yaml": "#" * (LARGEST_YAML + 1)})
    with pytest.raises(InvalidInput, match=f"more than {LARGEST_YAML}"):
        load(tmp_path)


def test_wrong_everywhere_is_cut_short(tmp_path: Path) -> None:
    rows = "".join(f"place_{i},P,town,X,Left,99,43,1,1,0,,\n" for i in range(1500))
    write_tiny(tmp_path, {**FILES, "places.csv": FILES["places.csv"] + rows})
    with pytest.raises(InvalidInput) as refused:
        load(tmp_path)
    assert str(refused.value).splitlines()[-1].startswith("... and ")
    assert len(str(refused.value).splitlines()) == 201


def test_unknown_scenario_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["scenario", "check", "two-twons"])
    assert stopped.value.code == 3
    assert "did you mean two-towns?" in capsys.readouterr().err
