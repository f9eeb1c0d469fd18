"""The cache of compiled kernels: an edited callee is never answered from a stale cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import afternext
from afternext.world import cache
from tests.house.tree import ROOT

PACKAGE = Path(afternext.__file__).parent

CALLEE = "from numba import njit\n\n@njit\ndef twice(x):\n    return {factor} * x\n"
CALLER = """
from pathlib import Path
from afternext.world import cache
cache.SOURCES = Path(__file__).parent
with cache.kernel_cache():
    from numba import njit
    from callee import twice

    @njit(cache=True)
    def answer(x):
        return twice(x) + 1

print(answer(10), answer.stats.cache_hits and "hit" or "", answer.stats.cache_misses and "miss" or "")
"""
PLAY = """
from tests.world.toy import incident, play, toy
print(play(toy(incidents=[incident("capture", "ford")]), 5, calm=False).arrays["newly_displaced"][-1])
"""


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model's sources that the hash is taken of."""
    copy = tmp_path / "world"
    shutil.copytree(PACKAGE / "world", copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "SOURCES", copy)
    return copy


def run(code: str, folder: Path, *paths: Path) -> list[str]:
    environment = {
        **os.environ,
        "AFTERNEXT_CACHE_DIR": str(folder / "kept"),
        "PYTHONPATH": os.pathsep.join(map(str, [*paths, PACKAGE.parent, ROOT])),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "file", ["streams.py", "processes/refuge.py", "processes/displaced.py", "parameters.csv", "kernel.py"]
)
def test_any_edit_below_world_asks_for_another_cache(file: str, sources: Path) -> None:
    before = cache.sources_hash()
    path = sources / file
    path.write_bytes(path.read_bytes() + b" ")
    assert cache.sources_hash() != before
    assert cache.cache_directory(cache.sources_hash()) != cache.cache_directory(before)


def test_a_new_removed_or_renamed_source_asks_for_another_cache(sources: Path) -> None:
    seen = [cache.sources_hash()]
    (sources / "processes" / "extra.py").write_text("x = 1\n")
    seen.append(cache.sources_hash())
    (sources / "processes" / "extra.py").rename(sources / "processes" / "other.py")
    seen.append(cache.sources_hash())
    assert len(set(seen)) == 3
    (sources / "processes" / "other.py").unlink()
    assert cache.sources_hash() == seen[0]


def test_what_is_no_source_asks_for_no_other_cache(sources: Path) -> None:
    before = cache.sources_hash()
    (sources / "notes.txt").write_text("nothing\n")
    (sources / "__pycache__").mkdir()
    (sources / "__pycache__" / "day.pyc").write_bytes(b"\0")
    assert cache.sources_hash() == before


def test_another_numba_asks_for_another_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.cache_directory("same")
    monkeypatch.setattr(numba, "__version__", "0.0.0")
    assert cache.cache_directory("same") != before


def test_the_cache_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AFTERNEXT_CACHE_DIR", str(tmp_path))
    assert cache.cache_directory("x").is_relative_to(tmp_path)
    monkeypatch.delenv("AFTERNEXT_CACHE_DIR")
    assert cache.cache_directory("x").is_relative_to(Path.home())


def test_the_cache_of_others_is_left_alone() -> None:
    before = numba.config.CACHE_DIR
    with cache.kernel_cache():
        assert before != numba.config.CACHE_DIR
    assert before == numba.config.CACHE_DIR


def test_an_edited_callee_gives_the_new_answer_and_an_unedited_one_comes_from_the_cache(
    tmp_path: Path,
) -> None:
    """Two small modules with our cache around them: what Numba alone gets wrong."""
    (tmp_path / "callee.py").write_text(CALLEE.format(factor=2))
    (tmp_path / "caller.py").write_text(CALLER)
    call = "import caller"
    assert run(call, tmp_path, tmp_path) == ["21", "miss"]
    assert run(call, tmp_path, tmp_path) == ["21", "hit"]
    (tmp_path / "callee.py").write_text(CALLEE.format(factor=3))
    assert run(call, tmp_path, tmp_path) == ["31", "miss"]
    (tmp_path / "callee.py").write_text(CALLEE.format(factor=2))
    assert run(call, tmp_path, tmp_path) == ["21", "hit"]


@pytest.mark.deep
def test_an_edited_rule_of_the_model_changes_the_next_future(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "afternext", ignore=shutil.ignore_patterns("__pycache__"))
    before = run(PLAY, tmp_path, tmp_path)
    kept = set((tmp_path / "kept" / "kernels").iterdir())
    assert run(PLAY, tmp_path, tmp_path) == before
    assert set((tmp_path / "kept" / "kernels").iterdir()) == kept
    streams = tmp_path / "afternext" / "world" / "streams.py"
    edit(
        streams, "return 0.5 * math.erfc(-z / math.sqrt(2.0))", "return 0.25 * math.erfc(-z / math.sqrt(2.0))"
    )
    after = run(PLAY, tmp_path, tmp_path)
    assert 0 < int(after[0]) < 0.7 * int(before[0])
    assert len(set((tmp_path / "kept" / "kernels").iterdir())) == 2
