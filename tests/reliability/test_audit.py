"""An audit claims what the index told of and nothing more; its tools are pinned, and there whole or not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import tools
from scripts.audit import WEAK, Audit, look_up, pins
from tests.house.tree import ROOT

LOCK = """\
# a comment names no==1.0
one==1.0 \\
    --hash=sha256:00
two[extra]==2.0 ; python_version >= '3.12' \\
    --hash=sha256:00
two[extra]==1.9 ; python_version < '3.12' \\
    --hash=sha256:00
"""


def audit(told: dict[str, list[str] | None], weak: list[str] | None = ["CVE"]) -> Audit:  # noqa: B006
    return look_up(LOCK, lambda name, version: weak if (name, version) == WEAK else told.get(version, []))


def test_pins_of_all_pythons_are_looked_up() -> None:
    assert pins(LOCK) == [("one", "1.0"), ("two", "2.0"), ("two", "1.9")]
    assert len(pins((ROOT / "requirements.lock").read_text())) > 100
    found = audit({})
    assert found.met
    assert found.words.startswith("3 of 3 pins looked up")


def test_a_weakness_is_named_and_breaks_the_promise() -> None:
    found = audit({"2.0": ["PYSEC-1", "GHSA-2"]})
    assert not found.met
    assert "two 2.0: PYSEC-1, GHSA-2" in found.words


def test_a_pin_that_nobody_answers_for_leaves_the_promise_unkept() -> None:
    found = audit({"1.9": None})
    assert not found.met
    assert "2 of 3 pins looked up" in found.words
    assert found.words.endswith("does not tell of two 1.9")


@pytest.mark.parametrize("silence", [None, []])
def test_an_index_that_is_silent_about_what_everybody_knows_is_not_believed(
    silence: list[str] | None,
) -> None:
    found = audit({}, silence)
    assert not found.told
    assert not found.met
    assert found.words.startswith("not measured")
    assert not found.asked


@pytest.mark.parametrize("name", ["audit", "fuzz"])
def test_tools_are_pinned_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.lock").read_text()
    assert "://" not in text
    entries = [one for one in re.split(r"\n(?=\S)", text.strip()) if not one.startswith("#")]
    assert entries
    assert all("==" in one.splitlines()[0] and "--hash=sha256:" in one for one in entries)


def test_a_tool_that_cannot_be_had_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "ROOT", tmp_path)
    lock = tmp_path / "none.lock"
    # A file that is not there is refused before anything is asked.
    lock.write_text(f"{tmp_path}/gone-1.0-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    with pytest.raises(tools.Unavailable, match="gone"):
        tools.fetched("none", lock)
    assert not list(tmp_path.rglob("*.part"))
