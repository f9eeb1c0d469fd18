"""A run that is killed at any moment goes on and ends as if nothing had happened."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from afternext.ensemble import run as runs
from afternext.ensemble.manifest import read
from afternext.ensemble.parts import open_part
from afternext.ensemble.run import Run, open_run
from afternext.errors import Incomplete, UsageError
from tests.ensemble.fake_world import FakeWorld, play

CODE = """
import json, sys
from pathlib import Path
from tests.ensemble.fake_world import FakeWorld, play
how = json.loads(sys.argv[2])
play(Path(sys.argv[1]), FakeWorld(seconds=how.pop("seconds", 0.0)), **how)
"""


class Killed(BaseException):
    """Stands for kill -9 inside this process: nothing catches it."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    return play(tmp_path_factory.mktemp("plain") / "run").digest


def start(folder: Path, **how: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CODE, str(folder), json.dumps(how)])


def flip_a_bit(path: Path, key: str) -> None:
    """Damage one array of a part."""
    data = bytearray(path.read_bytes())
    data[open_part(path, key).arrays["measures/danger"].offset + 5] ^= 1
    path.write_bytes(data)


def contents(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def kill_when(process: subprocess.Popen[bytes], parts: int, folder: Path) -> None:
    while len(list((folder / "parts").glob("*.part"))) < parts:
        time.sleep(0.005)
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_in_the_middle_it_resumes_to_the_same_digest(tmp_path: Path, plain: str, workers: int) -> None:
    folder = tmp_path / "run"
    kill_when(start(folder, seconds=0.03, workers=workers, batch=3), 3, folder)
    assert read(folder)["state"] == "running"
    run = play(folder, resume=True, batch=7)
    assert run.digest == plain
    assert contents(folder) == {"manifest.json", "scenario.json", "store.zarr"}


def test_an_unfinished_run_says_how_to_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    kill_when(start(folder, seconds=0.03, workers=1, batch=3), 1, folder)
    with pytest.raises(
        Incomplete, match=r"not finished; `afternext run fake --out .* --resume` continues it"
    ):
        open_run(folder)
    with pytest.raises(UsageError, match="--resume"):
        play(folder)


STEPS = [
    "manifests.write",
    "write_file",
    "scan_parts",
    "run_batch",
    "_Session._store",
    "sync_folder",
    "remove_parts",
    "shutil.rmtree",
]


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_stopped_at_any_step_it_resumes_to_the_same_digest(
    tmp_path: Path, plain: str, monkeypatch: pytest.MonkeyPatch, step: str, before: bool
) -> None:
    """Each durable step of a session is cut off once, at each time it is called."""
    name, _, attribute = step.rpartition(".")
    owner = getattr(runs, name) if name else runs
    real = getattr(owner, attribute)
    for nth in range(1, 5):
        calls = 0

        def cut(*args: object, **how: object) -> object:
            nonlocal calls
            calls += 1
            if calls == nth and before:  # noqa: B023
                raise Killed
            result = real(*args, **how)
            if calls == nth:  # noqa: B023
                raise Killed
            return result

        folder = tmp_path / f"run{nth}"
        with monkeypatch.context() as patch:
            patch.setattr(owner, attribute, cut)
            try:
                play(folder)
            except Killed:
                pass
            else:
                break  # the step is called less often than that
        run = play(folder, resume=True)
        assert run.digest == plain
        assert contents(folder) == {"manifest.json", "scenario.json", "store.zarr"}
    else:
        assert nth > 1


def test_a_damaged_part_is_run_again(tmp_path: Path, plain: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    kill_when(start(folder, seconds=0.03, workers=1, batch=3), 4, folder)
    parts = sorted((folder / "parts").glob("*.part"))
    parts[0].write_bytes(parts[0].read_bytes()[:500])
    flip_a_bit(parts[2], read(folder)["key"])
    assert play(folder, resume=True, progress=True).digest == plain
    assert capsys.readouterr().err.count("its futures are run again") == 2


def test_a_part_that_is_damaged_before_consolidation_is_run_again(
    tmp_path: Path, plain: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = runs._Session._store
    spoiled: list[Path] = []

    def spoil_first(session: object, scan: object) -> object:
        if not spoiled:
            spoiled.append(scan.parts[1].path)  # type: ignore[attr-defined]
            flip_a_bit(spoiled[0], session.key)  # type: ignore[attr-defined]
        return store(session, scan)  # type: ignore[arg-type]

    monkeypatch.setattr(runs._Session, "_store", spoil_first)
    assert play(tmp_path / "run", batch=8, progress=True).digest == plain
    assert "is damaged; its futures are run again" in capsys.readouterr().err


def test_resuming_a_finished_run_says_so_and_changes_nothing(
    tmp_path: Path, plain: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    play(folder)
    before = (folder / "manifest.json").read_bytes()
    assert play(folder, resume=True, progress=True).digest == plain
    assert "finished already" in capsys.readouterr().err
    assert (folder / "manifest.json").read_bytes() == before


def test_files_that_a_killed_process_had_not_finished_go(tmp_path: Path, plain: str) -> None:
    whole = contents(play(tmp_path / "run").path)
    for name in (".manifest.json.8395-1b6d003d.tmp", ".scenario.json.8732-45e13050.tmp"):
        (tmp_path / "run" / name).write_bytes(b"{")
    assert play(tmp_path / "run", resume=True).digest == plain
    assert contents(tmp_path / "run") == whole


def test_resuming_where_nothing_is_starts_a_run(tmp_path: Path, plain: str) -> None:
    assert play(tmp_path / "run", resume=True).digest == plain


def test_another_model_is_not_mixed_in(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    kill_when(start(folder, seconds=0.03, workers=1, batch=3), 1, folder)
    with pytest.raises(UsageError, match="another version of the model"):
        play(folder, FakeWorld(version="fake-2"), resume=True)


def test_two_processes_on_one_directory_are_refused(tmp_path: Path, plain: str) -> None:
    folder = tmp_path / "run"
    first = start(folder, seconds=0.05, workers=1, batch=3)
    while not (folder / "parts").is_dir():
        time.sleep(0.01)
    with pytest.raises(UsageError, match="in use by process"):
        play(folder, resume=True)
    assert first.wait() == 0
    assert open_run(folder).digest == plain


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        UsageError, match=r"cannot write to .*file/run: not a directory; choose another --out"
    ):
        play(tmp_path / "file" / "run")


def test_a_full_disk_leaves_a_run_that_can_be_resumed(
    tmp_path: Path, plain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **how: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("afternext.ensemble.batch.write_part", full)
        with pytest.raises(
            Incomplete, match=r"No space left on device; 0 of 40 futures are kept.*\n.*--resume"
        ):
            play(tmp_path / "run")
    assert play(tmp_path / "run", resume=True).digest == plain


@pytest.mark.parametrize("how", [{"workers": 0}, {"batch": 0}])
def test_numbers_out_of_range_are_refused(tmp_path: Path, how: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        play(tmp_path / "run", **how)


@pytest.mark.deep
def test_killed_at_random_instants_it_always_resumes_to_the_same_digest(tmp_path: Path, plain: str) -> None:
    """Kills anywhere from the start of Python to the last removal, with any workers and batches."""
    rng = random.Random(1)
    kills = 0
    began = time.monotonic()
    assert start(tmp_path / "whole", seconds=0.01, workers=2, batch=3).wait() == 0
    whole = time.monotonic() - began
    for trial in range(40):
        folder = tmp_path / f"run{trial}"
        while True:
            how = {
                "seconds": 0.01,
                "workers": rng.choice([1, 2]),
                "batch": rng.choice([1, 3, 7, None]),
                "resume": True,
            }
            process = start(folder, **how)
            try:
                code = process.wait(timeout=rng.uniform(0.1, 1.3) * whole)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
            else:
                assert code == 0
                break
        run = Run(folder)
        assert run.digest == plain
        run.verify()
        assert contents(folder) == {"manifest.json", "scenario.json", "store.zarr"}
    assert kills > 20
