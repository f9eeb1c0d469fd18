"""Small files that would take all time or memory, and names that would lead elsewhere, are refused.

Each runs under the processor time of one case (see limits.py): a bomb that goes off fails the test.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from afternext.errors import AfternextError, InvalidInput, UsageError
from afternext.forecast.chain import append, read_chain
from afternext.forecast.registry import scored_rows
from afternext.forecast.truth import read_truth
from afternext.scenario import load, tables
from afternext.scenario.importers import sheet
from afternext.scenario.importers.flee import import_flee
from afternext.scenario.importers.people import import_dtm
from afternext.scenario.new import new
from afternext.scenario.yamldoc import LARGEST_YAML, read_yaml
from afternext.web.cases import _unpack
from tests.displacement.folders import write_folder
from tests.forecast.cases import shipped, write_truth
from tests.reliability.doors import check_problem
from tests.reliability.limits import timed
from tests.reliability.mutate import DTM
from tests.scenario.tiny_folder import FILES, write_tiny

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture(autouse=True)
def _limit() -> Iterator[None]:
    with timed() as meter, meter.case("bomb"):
        yield


def refused(folder: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as found:
        load(folder)
    for problem in found.value.problems:
        check_problem(problem)
    return found.value


YAML_BOMBS: dict[str, Callable[[], str]] = {
    "aliases": lambda: LAUGHS,
    "nested lists": lambda: "a: " + "[" * 20_000,
    "nested maps": lambda: "{a: " * 10_000,
    "nested blocks": lambda: "".join(" " * k + "a:\n" for k in range(900)),
    "nested dashes": lambda: "- " * 100_000,
    "blank lines": lambda: "\n" * 60 + "a: 1",
    "many blank lines": lambda: " \n" * 50_000 + "a: 1",
    "comments": lambda: "# x\n\n" * 20_000 + "a: 1",
    "a long number": lambda: "years: " + "9" * 100_000,
    "a long key": lambda: "k" * 100_000 + ": 1",
    "many keys": lambda: "".join(f"k{n}: 1\n" for n in range(2_000)),
    "the same key": lambda: "k: 1\n" * 2_000,
    "unclosed quote": lambda: 'a: "' + "x" * 100_000,
    "a tag that runs code": lambda: "a: !!python/object/apply:os.system [true]\n",
}


@pytest.mark.parametrize("name", sorted(YAML_BOMBS))
def test_yaml_that_would_explode_is_refused(name: str, tmp_path: Path) -> None:
    write_tiny(tmp_path, {**FILES, "scenario.yaml": YAML_BOMBS[name]()})
    assert refused(tmp_path).problems


def test_yaml_is_read_only_up_to_a_size() -> None:
    assert "more than" in str(read_yaml("#" * (LARGEST_YAML + 1), "scenario.yaml")[1][0])


def test_a_table_is_read_only_up_to_a_number_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tables.MOST_CELLS <= 1_000_000
    monkeypatch.setattr(tables, "MOST_CELLS", 1000)
    table, problems = tables.read_table("id\n" + "," * 1010, "places.csv")
    assert table is None
    assert "more than" in str(problems[0])


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    write_tiny(tmp_path)
    with (tmp_path / "places.csv").open("wb") as file:
        file.truncate(65 * 2**20)  # sparse: takes no room on the disk
    assert "more than 64 MB" in str(refused(tmp_path))


def test_a_table_that_is_wrong_in_every_row_is_soon_done_with(tmp_path: Path) -> None:
    places = "".join(f"p{k},P,town,X,A,{k % 80},{k % 170 + k / 1e5:.5f},1,1,0,,\n" for k in range(1500))
    routes = "".join(f"q{k},r{k},10,road,,\n" for k in range(3_000))
    presence = "".join(f"nowhere{k},army,1,,,\n" for k in range(3_000))
    changed = {
        "places.csv": FILES["places.csv"] + places,
        "routes.csv": FILES["routes.csv"] + routes,
        "presence.csv": FILES["presence.csv"] + presence,
    }
    assert len(refused(write_tiny(tmp_path, {**FILES, **changed})).problems) < 5000


@pytest.mark.parametrize(
    "name", ["../../etc", "/etc", "..", "C:\\x", "~root", "a" * 5000, "../" * 200 + "etc", "a\x00b", "\ud800"]
)
def test_extends_stays_among_the_folders_beside_it(name: str, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "one" / "child", {"scenario.yaml": f"extends: {json.dumps(name)}\n"})
    assert any(problem.key == "extends" for problem in refused(folder).problems)


@pytest.mark.parametrize("name", ["a" * 5000, "a\x00b", "\ud800", "", "/dev/null", "/proc/self/mem"])
def test_a_name_that_is_no_folder_is_refused_in_words(name: str) -> None:
    with pytest.raises(AfternextError):
        load(name)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("the secret\n", encoding="utf-8")
    folder = write_tiny(tmp_path / "tiny")
    (folder / "holder.csv").unlink()
    (folder / "holder.csv").symlink_to(secret)
    said = str(refused(folder))
    assert "holder.csv: the file is a link out of this folder" in said
    assert "secret" not in said


def test_a_link_within_the_folder_is_followed_and_one_in_a_circle_is_no_file(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny")
    (folder / "holder.csv").rename(folder / "_holder.csv")
    (folder / "holder.csv").symlink_to("_holder.csv")
    assert load(folder).holders
    (folder / "routes.csv").unlink()
    (folder / "routes.csv").symlink_to("routes.csv")
    assert "routes.csv: the file is missing" in str(refused(folder))


def test_a_folder_or_a_pipe_in_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny")
    (folder / "routes.csv").unlink()
    os.mkfifo(folder / "routes.csv")
    (folder / "holder.csv").unlink()
    (folder / "holder.csv").mkdir()
    assert {"routes.csv", "holder.csv"} <= {problem.file for problem in refused(folder).problems}


def test_text_of_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    folder = write_tiny(
        tmp_path, {**FILES, "holder.csv": FILES["holder.csv"].replace("camp,nobody", "camp,\x1b[2Jx\u202e")}
    )
    said = str(refused(folder))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\u001b[2Jx" in said


def packed(content: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return out.getvalue()


def with_lie(raw: bytes, size: int) -> bytes:
    """The same archive, whose directory says that its last file is smaller."""
    at = raw.rindex(b"PK\x01\x02")
    return raw[: at + 24] + struct.pack("<I", size) + raw[at + 28 :]


UPLOADS: dict[str, Callable[[], bytes]] = {
    "one large file": lambda: packed({"a.csv": b"0" * (40 * 2**20)}),
    "packed too well": lambda: packed({"a.csv": b"0" * (3 * 2**20)}),
    "many files": lambda: packed({f"{k}.csv": b"" for k in range(300)}),
    "a lie about the size": lambda: with_lie(packed({"a.csv": b"0" * (3 * 2**20)}), 100),
    "a way out": lambda: packed({"../a.csv": b"x"}),
    "a way out with backslashes": lambda: packed({"..\\a.csv": b"x"}),
    "no archive": lambda: b"PK\x03\x04" + b"x" * 100,
    "nothing": lambda: b"",
    "a name that is no text": lambda: packed({"é.csv": b"x"}).replace("é".encode(), b"\xff\xfe"),
    "a file without a name": lambda: packed({"a.csv": b"x", "b.csv": b"x"}).replace(b"a.csv", b"\0.csv"),
    "damaged contents": lambda: (
        packed({"a.csv": bytes(range(256)) * 40}).replace(bytes(range(40, 60)), b"!" * 20)[:-30] + b"x" * 30
    ),
}


@pytest.mark.parametrize("name", sorted(UPLOADS))
def test_an_upload_that_would_explode_or_lead_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    with pytest.raises(AfternextError):
        _unpack(UPLOADS[name](), tmp_path / "inner" / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]


def workbook(rows: str, size: int = 0) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in DTM.splitlines():
        book.active.append(line.split(","))
    plain = io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    inside = content["xl/worksheets/sheet1.xml"]
    inside = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', inside)
    content["xl/worksheets/sheet1.xml"] = inside.replace(
        b"</sheetData>", rows.encode() + b" " * size + b"</sheetData>"
    )
    return packed(content)


SHEETS: dict[str, Callable[[], bytes]] = {
    "a row of a huge number": lambda: workbook('<row r="1000000"><c r="A1000000"><v>1</v></c></row>'),
    "a cell far to the right": lambda: workbook(
        "".join(f'<row r="{k}"><c r="XFD{k}"><v>1</v></c></row>' for k in range(4, 40))
    ),
    "packed too well": lambda: workbook("", 100 * 2**20),
    "no archive": lambda: b"PK\x03\x04 nothing of the kind",
    "another archive": lambda: packed({"a.txt": b"x"}),
}


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_spreadsheet_that_would_explode_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sheet.MOST_ROWS <= 2**20
    assert sheet.MOST_CELLS <= 10_000_000
    monkeypatch.setattr(sheet, "MOST_ROWS", 10_000)
    monkeypatch.setattr(sheet, "MOST_CELLS", 200_000)
    source = tmp_path / "dtm.xlsx"
    source.write_bytes(SHEETS[name]())
    with pytest.raises(InvalidInput) as found:
        import_dtm(source, tmp_path / "made")
    for problem in found.value.problems:
        check_problem(problem)


def test_a_flee_folder_of_one_name_spelled_in_many_ways_is_soon_read(tmp_path: Path) -> None:
    head = "#name,region,country,latitude,longitude,location_type,conflict_date,population\n"
    places = "".join(f"A{'-' * k},R,Home,0,0,town,,1\n" for k in range(1, 400))
    roads = "".join(f"A{'-' * k},A{'-' * (k + 1)},10,0\n" for k in range(1, 399))
    changed = {
        "input_csv/locations.csv": head + places,
        "input_csv/routes.csv": roads,
        "input_csv/conflicts.csv": None,
    }
    assert len(import_flee(write_folder(tmp_path, changed)).scenario.places) == 399


FORGED = [
    {
        "type": "ask",
        "key": "q",
        "id": "q",
        "scenario": "x",
        "freeze": "2031-05-01",
        "question": {"id": "q", "text": "Q?", "kind": "number", "measure": "displaced", "on": 60},
    },
    {"type": "issue", "key": "q", "id": "q", "forecast": {"values": ["a"]}, "baselines": {}},
    {"type": "resolve", "key": "q", "id": "q", "resolution": 5, "words": "5"},
]


def test_a_registry_of_right_hashes_and_wrong_contents_is_refused_with_its_line(tmp_path: Path) -> None:
    append(tmp_path / "book.jsonl", FORGED)
    with pytest.raises(InvalidInput, match=r"book\.jsonl:2: q cannot be scored"):
        scored_rows(read_chain(tmp_path / "book.jsonl"))


@pytest.mark.parametrize("change", [{"p": 1.5}, {"p": float("1e308")}, {"p": "nan"}, {"p": None}, {}])
def test_a_forecast_that_is_no_probability_is_not_scored(change: dict[str, object], tmp_path: Path) -> None:
    question = {
        "id": "q",
        "text": "Q?",
        "kind": "binary",
        "measure": "holder",
        "place": "a",
        "equals": "b",
        "on": 30,
    }
    lines = [
        {**FORGED[0], "question": question},
        {**FORGED[1], "forecast": change},
        {**FORGED[2], "resolution": 1},
    ]
    append(tmp_path / "book.jsonl", lines)
    with pytest.raises(InvalidInput, match="cannot be scored"):
        scored_rows(read_chain(tmp_path / "book.jsonl"))


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"n": NaN}', '{"a": "\\ud800"}', "1" * 5000, "nul", '{"n": 1e999}']
)
def test_a_line_that_is_no_record_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "book.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"book\.jsonl:1"):
        read_chain(tmp_path / "book.jsonl")


def test_a_truth_directory_speaks_of_days_that_are_in_the_calendar(tmp_path: Path) -> None:
    text = (
        "date,place_id,to_side,date_precision\n9999-12,westford,FRONT,month\n9999-12-31,crown,FRONT,month\n"
    )
    found = read_truth(write_truth(tmp_path / "truth", {"control.csv": text}), shipped("two-towns"))
    assert any("50 years" in note for note in found.notes), found.notes
    assert not any(shifts for shifts in found.shifts.values())


def test_a_new_scenario_is_not_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError):
        new(tmp_path / "x")
