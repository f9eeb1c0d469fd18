"""Cases through the server: read, made, edited with errors at their line, imported; never a way out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.web.rooms import client


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_case_of_ones_own_is_a_copy_and_can_be_edited(tmp_path: Path) -> None:
    page = client(tmp_path)
    made = page.post("/api/cases", json={"name": "mine", "source": "two-towns"})
    assert made.status_code == 201
    assert {"id": "mine", "own": True} in page.get("/api/cases").json()["cases"]
    text = page.get("/api/cases/mine/files/places.csv").json()["text"]
    changed = text.replace("60000", "61000")
    assert page.put("/api/cases/mine/files/places.csv", json={"text": changed}).json()["ok"] is True
    assert (tmp_path / "mine" / "places.csv").read_text() == changed
    assert not [path for path in (tmp_path / "mine").iterdir() if path.name.startswith(".")]


def test_an_error_in_a_draft_is_told_with_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    page = client(tmp_path)
    page.post("/api/cases", json={"name": "mine"})
    text = page.get("/api/cases/mine/files/places.csv").json()["text"]
    wrong = text.replace(",0.50,0.54,", ",361.2,0.54,")
    answer = page.post("/api/cases/mine/check", json={"files": {"places.csv": wrong}}).json()
    assert answer["ok"] is False
    line = next(n for n, row in enumerate(wrong.splitlines(), 1) if "361.2" in row)
    assert [(p["file"], p["line"], p["key"]) for p in answer["problems"]] == [("places.csv", line, "lat")]
    assert (tmp_path / "mine" / "places.csv").read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    page = client(tmp_path)
    page.post("/api/cases", json={"name": "mine"})
    text = page.get("/api/cases/mine/files/scenario.yaml").json()["text"]
    rows = text.splitlines()
    rows[2] = "format: [1"
    answer = page.post("/api/cases/mine/check", json={"files": {"scenario.yaml": "\n".join(rows)}}).json()
    assert answer["problems"][0]["file"] == "scenario.yaml"
    assert answer["problems"][0]["line"] >= 3


def test_a_shipped_case_cannot_be_written(tmp_path: Path) -> None:
    answer = client(tmp_path).put("/api/cases/two-towns/files/places.csv", json={"text": "x"})
    assert answer.status_code == 404
    assert "make a case of your own" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "name",
    [
        "%2e%2e",  # a client would shorten plain dots itself
        "..%2f..%2fetc",
        "a/../../b",
        "~root",
        "C:",
        ".hidden",
        "x" * 200,
        "runs%00",
        "Ä",
        "-rf",
    ],
)
def test_no_name_leads_out_of_the_workspace(tmp_path: Path, name: str) -> None:
    page = client(tmp_path)
    for path in (
        f"/api/cases/{name}",
        f"/api/cases/two-towns/files/{name}",
        f"/api/runs/{name}",
        f"/api/runs/{name}/tree",
    ):
        assert page.get(path).status_code in (404, 405)
    assert page.post("/api/cases", json={"name": name}).status_code == 422


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "scenario.yaml").write_text("secret: 1")
    (inside / "stolen").symlink_to(outside)
    page = client(inside)
    page.post("/api/cases", json={"name": "mine"})
    (inside / "mine" / "notes.md").symlink_to(outside / "scenario.yaml")
    assert "stolen" not in str(page.get("/api/cases").json())
    assert page.get("/api/cases/stolen").status_code == 404
    assert page.get("/api/cases/mine/files/notes.md").status_code == 404
    assert "notes.md" not in str(page.get("/api/cases/mine").json()["files"])


def test_a_zip_of_a_case_comes_back_as_a_case(tmp_path: Path) -> None:
    page = client(tmp_path)
    packed = page.get("/api/cases/two-towns/archive").content
    made = page.post("/api/import?name=copy&kind=scenario", content=packed)
    assert made.status_code == 201
    assert made.json()["ok"] is True
    assert page.get("/api/cases/copy/archive").status_code == 200


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({"../../evil/scenario.yaml": b"x"}, "outside"),
        ({"/etc/scenario.yaml": b"x"}, "outside"),
        ({"scenario.yaml": b"0" * (8 * 2**20)}, "packed"),
        ({"readme.txt": b"x"}, "scenario.yaml"),
        ({f"{i}.csv": b"x" for i in range(300)}, "300 files"),
    ],
)
def test_a_hostile_archive_is_refused_and_leaves_nothing(
    tmp_path: Path, files: dict[str, bytes], word: str
) -> None:
    root = tmp_path / "space"
    root.mkdir()
    answer = client(root).post("/api/import?name=mine&kind=scenario", content=zipped(files))
    assert answer.status_code == 422
    assert word in answer.json()["error"]["message"]
    assert list(root.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["space"]


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    answer = client(tmp_path).post("/api/import?name=mine&kind=flee", content=b"PK not really")
    assert answer.status_code == 422


def test_what_is_uncertain_comes_as_ranges_with_its_source(tmp_path: Path) -> None:
    values = client(tmp_path).get("/api/cases/two-towns/uncertain").json()["values"]
    facts = {one["name"]: one for one in values if not one["behaviour"]}
    strength = facts["forces.army.strength"]
    assert 2500 <= strength["low"] < strength["middle"] < strength["high"] <= 4000
    assert facts["forces.army.treats.hill"]["words"] == ["ordinary", "persecuted"]
    assert all(one["source"] for one in values if one["behaviour"])


def test_the_map_of_a_case_shows_who_holds_what(tmp_path: Path) -> None:
    ground = client(tmp_path).get("/api/cases/two-towns/ground").json()
    names = [place["id"] for place in ground["places"]]
    assert ground["holder"][names.index("westford")] == "army"
    assert ground["attacked"][names.index("westford")] is True
    assert len(ground["areas"]) == len(names)
