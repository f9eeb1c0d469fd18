"""A run that an earlier version stored opens in this one, or is refused with what to do.

tests/data/runs holds one small run of each release; scripts/baseline.py writes that of the version at hand.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from afternext import __version__
from afternext.cli.main import main
from afternext.ensemble.manifest import FORMAT
from scripts.baseline import RUNS, STORED, unpack

ARCHIVES = sorted(RUNS.glob("*.tar.xz"))
COMMANDS = (
    ("show",),
    ("show", "--json"),
    ("chronicle", "--future", "1"),
    ("tree", "--json"),
    ("alignments", "--json"),
)
LARGEST = 300_000  # bytes of a stored run


def ask(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def test_a_run_of_this_version_is_stored() -> None:
    assert RUNS / f"{__version__}.tar.xz" in ARCHIVES, "run `make baseline`"
    assert all(path.stat().st_size < LARGEST for path in ARCHIVES)


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.xz"))
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_old_run_opens_or_is_refused_with_a_clear_word(
    command: tuple[str, ...], archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unpack(archive, tmp_path / "run")
    code, out, err = ask([command[0], str(folder), *command[1:]], capsys)
    assert "Traceback" not in err
    if json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["format"] == FORMAT:
        # Four futures are too few to part into families: that is told, not guessed.
        told_so = command[0] == "tree" and code == 2 and "futures" in err
        assert code == 0 or told_so, err
        assert out or told_so
    else:
        assert code == 2
        assert "use the version that wrote it" in err


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def test_an_old_run_shows_every_future(archive: Path, tmp_path: Path) -> None:
    from afternext.ensemble.opened import open_run

    run = open_run(unpack(archive, tmp_path / "run"))
    assert run.futures == STORED["futures"]
    assert run.seed == STORED["seed"]
    assert len(run.experiments) == STORED["futures"]
    assert run.measures["displaced"].values.shape == (STORED["futures"], STORED["days"] + 1)
    assert run.scenario.title


@pytest.mark.parametrize("command", [("show",), ("chronicle",), ("tree",)], ids=" ".join)
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": FORMAT + 1}, "use the version that wrote it"),
        ({"format": None}, "use the version"),
        ({"state": "running"}, "--resume"),
    ],
    ids=["a later format", "no format", "not finished"],
)
def test_a_run_that_cannot_be_opened_says_what_to_do(
    command: tuple[str, ...],
    change: dict[str, object],
    word: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = unpack(ARCHIVES[-1], tmp_path / "run")
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    code, _, err = ask([command[0], str(folder), *command[1:]], capsys)
    assert code in (2, 4)
    assert word in err


def test_what_a_later_version_adds_to_the_manifest_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unpack(ARCHIVES[-1], tmp_path / "run")
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "weather": {"rain": 1}}), encoding="utf-8")
    assert ask(["show", str(folder), "--json"], capsys)[0] == 0
