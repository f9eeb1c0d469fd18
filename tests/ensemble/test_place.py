"""Settings and directories: what is refused, and what is taken from a run that is resumed."""

from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from afternext.ensemble import place
from afternext.ensemble.manifest import read, run_key, write
from afternext.ensemble.place import Asked, length, locate, new_folder, settle
from afternext.errors import Incomplete, UsageError
from tests.ensemble.fake_world import play

FREEZE = date(2014, 6, 12)
HASH = "f" * 64


@pytest.mark.parametrize(
    ("years", "until", "days"),
    [(None, None, None), (3.5, None, 1278), (None, "2014-06-13", 1), (None, date(2015, 6, 12), 365)],
)
def test_length_of_a_future(years: float | None, until: str | date | None, days: int | None) -> None:
    assert length(years, until, FREEZE) == days


@pytest.mark.parametrize(
    ("years", "until", "message"),
    [
        (1.0, "2015-01-01", "not both"),
        (0.0, None, "above 0"),
        (float("nan"), None, "above 0"),
        (101, None, "up to 100"),
        (None, "2014-06-12", "frozen at 2014-06-12"),
        (None, "12/06/2015", "write a date as"),
    ],
)
def test_a_length_that_makes_no_sense_is_refused(
    years: float | None, until: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        length(years, until, FREEZE)


@pytest.mark.parametrize(
    "asked", [Asked(futures=0), Asked(seed=-1), Asked(replicates=0), Asked(futures=10**8)]
)
def test_numbers_out_of_range_are_refused(asked: Asked) -> None:
    with pytest.raises(UsageError, match="it lies between"):
        settle(asked, None, None, HASH, 30)


def test_defaults_are_a_hundred_futures_of_seed_one() -> None:
    settings = settle(Asked(), None, None, HASH, 30)
    assert (settings.futures, settings.seed, settings.days, settings.replicates) == (100, 1, 30, 1)


def test_what_is_not_said_is_taken_from_the_run_that_is_resumed(tmp_path: Path) -> None:
    play(tmp_path / "run", futures=11)
    folder, there = locate(tmp_path / "run", True, HASH, Asked())
    settings = settle(Asked(futures=11), folder, there, HASH, 999)
    assert (settings.futures, settings.seed, settings.days) == (11, 7, 30)


def test_what_is_said_otherwise_is_refused(tmp_path: Path) -> None:
    play(tmp_path / "run", futures=11)
    folder, there = locate(tmp_path / "run", True, HASH, Asked())
    with pytest.raises(UsageError, match="was started with futures 11, not 12; seed 7, not 1"):
        settle(Asked(futures=12, seed=1), folder, there, HASH, 999)
    with pytest.raises(UsageError, match="scenario fake as it was then, not this one"):
        settle(Asked(), folder, there, "0" * 64, 999)


def test_a_directory_that_holds_something_is_refused(tmp_path: Path) -> None:
    play(tmp_path / "run")
    with pytest.raises(UsageError, match="holds a finished run already; add --resume"):
        locate(tmp_path / "run", False, HASH, Asked())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").write_text("")
    for resume in (False, True):
        with pytest.raises(UsageError, match="is not empty and holds no run"):
            locate(tmp_path / "mine", resume, HASH, Asked())
    with pytest.raises(UsageError, match="is a file"):
        locate(tmp_path / "mine" / "thesis.docx", False, HASH, Asked())


def test_the_remains_of_a_run_that_died_at_once_are_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text("")
    (tmp_path / ".manifest.json.12.tmp").write_text("{")
    assert locate(tmp_path, False, HASH, Asked()) == (tmp_path, None)


def test_without_a_directory_the_latest_run_of_these_settings_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "RUNS", tmp_path)
    assert locate(None, True, HASH, Asked()) == (None, None)
    for name, futures, started, state in (
        ("a", 5, "2026-01-01", "running"),
        ("b", 5, "2026-01-02", "running"),
        ("c", 5, "2026-01-03", "finished"),
        ("d", 6, "2026-01-04", "running"),
    ):
        play(tmp_path / name, futures=futures)
        write(tmp_path / name, read(tmp_path / name) | {"started": started, "state": state})
    assert locate(None, True, HASH, Asked(futures=5))[0] == tmp_path / "b"
    assert locate(None, True, HASH, Asked())[0] == tmp_path / "d"
    assert locate(None, True, "0" * 64, Asked()) == (None, None)
    assert locate(None, False, HASH, Asked()) == (None, None)


def test_names_of_new_directories_are_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "RUNS", tmp_path)
    names = []
    for _ in range(3):
        folder = new_folder("my crisis/1", 5)
        folder.mkdir()
        names.append(folder.name)
    assert len(set(names)) == 3
    assert all(name.startswith("my-crisis-1-") for name in names)


def test_the_key_of_a_run_depends_on_all_but_the_number_of_futures(tmp_path: Path) -> None:
    base = settle(Asked(), None, None, HASH, 30)

    def key(**asked: object) -> str:
        return run_key(settle(Asked(**asked), None, None, HASH, 30), HASH, "model")  # type: ignore[arg-type]

    others = [
        key(seed=2), key(days=31), key(replicates=2), key(strategies=("a",)), key(overrides={"x": 1.0}),
        run_key(base, "0" * 64, "model"), run_key(base, HASH, "other"),
    ]  # fmt: skip
    assert len({key(), *others}) == 8
    assert key(futures=7) == key()


def test_a_folder_that_is_no_run_is_answered_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a run directory: there is no manifest\.json"):
        read(tmp_path)
    with pytest.raises(UsageError, match="does not exist"):
        read(tmp_path / "nowhere")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(UsageError, match="has format 99"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("number", "kind", "message"),
    [
        (errno.ENOSPC, Incomplete, "make room and give the same command again"),
        (errno.EDQUOT, Incomplete, "make room and give the same command again"),
        (errno.EROFS, UsageError, "read-only file system; choose another --out"),
    ],
    ids=["no space", "quota", "read-only"],
)
def test_a_folder_that_cannot_be_written_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception], message: str
) -> None:
    def fail(*args: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.write_bytes", fail)
        with pytest.raises(kind, match=message):
            place.make_folder(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("afternext.ensemble.lock.os.pwrite", fail)
        with pytest.raises(kind, match=message), place.held(tmp_path):
            pass
    assert list(tmp_path.iterdir()) == [], "neither a probe nor a lock is left"
