"""The registry: nothing is changed unseen, nothing is lost, and a killed writer leaves a readable file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afternext.errors import InvalidInput, UsageError
from afternext.forecast.chain import START, append, read_chain

LINES = [{"type": "note", "text": f"line {k}, {'é' * k}", "value": k / 7} for k in range(6)]


def book(folder: Path) -> Path:
    path = folder / "book.jsonl"
    append(path, LINES)
    return path


def test_what_is_written_is_read_back_in_order(tmp_path: Path) -> None:
    path = book(tmp_path)
    append(path, [{"type": "note", "text": "later"}])
    chain = read_chain(path)
    assert [record["n"] for record in chain.records] == list(range(1, 8))
    assert chain.records[0]["previous"] == START
    assert [r["previous"] for r in chain.records[1:]] == [r["hash"] for r in chain.records[:-1]]
    assert chain.records[2]["text"] == LINES[2]["text"]


def test_every_line_is_one_json_object_that_a_person_can_read(tmp_path: Path) -> None:
    for line in book(tmp_path).read_text(encoding="utf-8").splitlines():
        assert json.loads(line)["type"] == "note"
        assert "\\u" not in line


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(32, 126))
def test_changing_any_character_of_any_line_is_detected(tmp_path: Path, place: float, byte: int) -> None:
    path = tmp_path / "book.jsonl"
    path.unlink(missing_ok=True)
    (tmp_path / "book.jsonl.head").unlink(missing_ok=True)
    append(path, LINES)
    raw = bytearray(path.read_bytes())
    at = int(place * len(raw))
    if raw[at] == byte or raw[at] >= 128:
        return
    old = bytes(raw)
    raw[at] = byte
    path.write_bytes(raw)
    changed = [json.loads(line) for line in old.splitlines()]
    problems, records = [], []
    try:
        records = read_chain(path).records
    except InvalidInput as error:
        problems = error.problems
    # A blank for a blank or the last line end gone: what is said is the same, and nothing is wrong.
    assert problems or (records == changed[: len(records)] and len(records) >= len(changed) - 1)


@pytest.mark.parametrize("number", range(6))
def test_a_changed_line_is_named(tmp_path: Path, number: int) -> None:
    path = book(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[number] = lines[number].replace(f"line {number}", "line X")
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InvalidInput, match=rf"book.jsonl:{number + 1}: the line was changed"):
        read_chain(path)


@pytest.mark.parametrize("number", range(6))
def test_a_line_that_was_taken_out_is_noticed_also_the_last(tmp_path: Path, number: int) -> None:
    path = book(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    del lines[number]
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"missing|taken out"):
        read_chain(path)


def test_lines_that_changed_places_or_were_put_in_are_noticed(tmp_path: Path) -> None:
    path = book(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[1], lines[0], *lines[2:]]), encoding="utf-8")
    with pytest.raises(InvalidInput, match="put in"):
        read_chain(path)
    path.write_text("".join([*lines[:2], lines[1], *lines[2:]]), encoding="utf-8")
    with pytest.raises(InvalidInput, match="put in"):
        read_chain(path)


def test_a_forged_line_needs_the_whole_chain_and_the_head(tmp_path: Path) -> None:
    path = book(tmp_path)
    other = tmp_path / "other" / "book.jsonl"
    append(other, [*LINES[:5], {"type": "note", "text": "another end"}])
    path.write_bytes(other.read_bytes())
    with pytest.raises(InvalidInput, match="not the one that the head names"):
        read_chain(path)


def test_a_registry_with_a_changed_line_takes_no_more_lines(tmp_path: Path) -> None:
    path = book(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("line 1", "line 9"), encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(InvalidInput):
        append(path, LINES[:1])
    assert path.read_bytes() == before


def test_a_torn_last_line_is_told_and_the_next_writer_moves_it_aside(tmp_path: Path) -> None:
    path = book(tmp_path)
    with path.open("ab") as file:
        file.write(b'{"n": 7, "type": "no')
    chain = read_chain(path)
    assert chain.torn == '{"n": 7, "type": "no'
    assert len(chain.records) == 6
    append(path, [{"type": "note", "text": "after"}])
    records = read_chain(path).records
    assert [record["type"] for record in records[-2:]] == ["repair", "note"]
    assert records[-2]["lost"] == '{"n": 7, "type": "no'


def test_there_is_no_registry_to_read_before_the_first_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="forecast ask"):
        read_chain(tmp_path / "none.jsonl")


WRITER = """
import sys
from afternext.forecast.chain import append
who, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for k in range(count):
    append(path, [{"type": "note", "who": who, "k": k, "text": "x" * 2000} for _ in range(2)])
"""


def writer(path: Path, who: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, who, str(path), str(count)], env=dict(os.environ))


def test_concurrent_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "book.jsonl"
    writers = [writer(path, name, 12) for name in "abc"]
    assert [one.wait(60) for one in writers] == [0, 0, 0]
    records = read_chain(path).records
    assert len(records) == 3 * 12 * 2
    for name in "abc":
        assert [r["k"] for r in records if r["who"] == name] == [k for k in range(12) for _ in range(2)]


def test_a_killed_writer_leaves_a_readable_file(tmp_path: Path) -> None:
    path = tmp_path / "book.jsonl"
    for turn in range(3):
        one = writer(path, f"w{turn}", 5000)
        while not path.exists() or path.stat().st_size < 40_000 * (turn + 1):
            assert one.poll() is None
            time.sleep(0.01)
        one.send_signal(signal.SIGKILL)
        one.wait(10)
        whole = len(read_chain(path).records)
        assert whole > 0
        assert len(append(path, [{"type": "note", "text": "goes on"}]).records) >= whole + 1
    assert not read_chain(path).torn
