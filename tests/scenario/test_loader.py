"""Reading a folder: what comes out, what warns, and that damage never ends in anything but InvalidInput."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.errors import InvalidInput, Problem
from afternext.scenario import Lognormal, Options, Range, Scenario, Triangular, Uncertain, load
from tests.scenario.tiny_folder import FILES, edited, write_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Scenario:
    return load(write_tiny(tmp_path / "tiny"))


def test_everything_written_is_there(tiny: Scenario) -> None:
    assert (tiny.id, tiny.title, tiny.fictional) == ("tiny", "Tiny", True)
    assert (tiny.freeze, tiny.years) == (date(2020, 6, 1), 1.0)
    assert tiny.horizons == (30, 183, 365)
    assert list(tiny.communities) == ["hill", "plain"]
    assert tiny.communities["hill"].size == Range(0.9, 1.1)
    army = tiny.forces["army"]
    assert army.present == Triangular(0.3, 0.6, 0.9)
    assert army.treats == {"hill": "own", "plain": Options(("ordinary", "persecuted"))}
    assert army.admits == {"plain": Uncertain("openness")}
    assert tiny.forces["rebels"].strength == Lognormal(800, 0.5)
    assert [place.id for place in tiny.places] == ["west", "east", "camp"]
    assert tiny.places[0].shares == {"hill": 0.9, "plain": 0.1}
    assert (tiny.routes[0].start, tiny.routes[0].end, tiny.routes[0].km) == ("west", "east", 50.0)
    assert [row.value for row in tiny.presence] == [Triangular(300, 500, 700), 200.0]
    assert [(row.holder, row.contested) for row in tiny.holders][1:] == [("army", "rebels"), ("nobody", None)]
    assert tiny.displaced[0].persons == 2000
    assert tiny.claims[0].credibility == 3
    assert tiny.history[0].value == 20.0
    assert tiny.warnings == ()


def test_defaults_are_those_of_the_format(tiny: Scenario) -> None:
    assert (tiny.grid.daily_until, tiny.grid.weekly_until) == (180, 365)
    assert tiny.forces["rebels"].cohesion == 0.7
    assert tiny.forces["army"].strength is None


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path, tiny: Scenario) -> None:
    windows = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in FILES.items()}
    assert load(write_tiny(tmp_path / "windows", windows)).hash == tiny.hash


def test_the_main_file_and_a_link_lead_to_the_folder(tmp_path: Path, tiny: Scenario) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "tiny")
    assert load(tmp_path / "tiny" / "scenario.yaml").hash == tiny.hash
    assert load(tmp_path / "link").hash == tiny.hash


def test_json_and_pickle_give_the_same_scenario_back(tiny: Scenario) -> None:
    assert Scenario.model_validate_json(tiny.model_dump_json()) == tiny
    assert pickle.loads(pickle.dumps(tiny)) == tiny


def test_uncertain_values_are_listed_by_path(tiny: Scenario) -> None:
    assert dict(tiny.uncertain_values()) == {
        "communities.hill.size": Range(0.9, 1.1),
        "forces.army.present": Triangular(0.3, 0.6, 0.9),
        "forces.army.treats.plain": Options(("ordinary", "persecuted")),
        "forces.army.admits.plain": Uncertain("openness"),
        "forces.rebels.strength": Lognormal(800, 0.5),
        "uncertainties.openness.value": Range(0, 1),
    }


def test_center_and_bounds_follow_shared_uncertainties(tiny: Scenario) -> None:
    admits = tiny.forces["army"].admits["plain"]
    assert tiny.center(admits) == 0.5
    assert tiny.bounds(admits) == (0.0, 1.0)


def test_hash_follows_the_content_and_nothing_else(tmp_path: Path, tiny: Scenario) -> None:
    assert load(write_tiny(tmp_path / "elsewhere")).hash == tiny.hash
    commented = edited("scenario.yaml: years: 1 -> years: 1.0  # a year", "history.csv: ,20, -> ,20.0,")
    assert load(write_tiny(tmp_path / "commented", commented)).hash == tiny.hash
    changed = edited("presence.csv: east,rebels,200 -> east,rebels,201")
    assert load(write_tiny(tmp_path / "changed", changed)).hash != tiny.hash


WARNED = [
    (("holder.csv: camp,nobody,,made up,low -> ",), "places.csv:4:1: id: camp has no row in holder.csv"),
    (
        ("presence.csv: east,rebels,200,,,made up -> ",),
        "scenario.yaml:21:3: forces.rebels: has no row in presence.csv",
    ),
    (
        ("routes.csv: west,camp,20 -> west,camp,400",),
        "routes.csv:3:11: km: 400 km is 28 times the straight line",
    ),
    (("notes.txt := hello",), "notes.txt: the file is not part of a scenario"),
    (
        ("scenario.yaml: fictional: true -> fictional: false", "routes.csv: 20,track,made up -> 20,track,"),
        "routes.csv:3:1: source: 1 of 2 rows name no source, first this one",
    ),
    (
        (
            "places.csv: 0.9,0.1 -> 0,1",
            "places.csv: 0.2,0.8 -> 0,1",
            "displaced.csv: east,hill -> east,plain",
        ),
        "scenario.yaml:9:3: communities.hill: has no people in any place",
    ),
    (
        (
            "places.csv: 36.1,43.1 -> -10.0,60.0",
            "places.csv: 36.0,43.0 -> 60.0,-10.0",
            "places.csv: 36.0,43.5 -> 60.0,-11.0",
            "routes.csv: west,camp,20 -> west,camp,11000",
            "routes.csv: west,east,50 -> west,east,60",
        ),
        "places.csv:4:27: lat: camp lies ",
    ),
]


@pytest.mark.parametrize(("edits", "says"), WARNED, ids=lambda value: value[0][:30] if value else "")
def test_a_warning_does_not_refuse(edits: tuple[str, ...], says: str, tmp_path: Path) -> None:
    scenario = load(write_tiny(tmp_path, edited(*edits)))
    assert any(str(warning).startswith(says) for warning in scenario.warnings), scenario.warnings


def test_files_that_explain_do_not_warn(tmp_path: Path) -> None:
    explained = {**FILES, "SOURCES.md": "x", "LICENSE": "x", ".gitignore": "x"}
    assert load(write_tiny(tmp_path, explained)).warnings == ()


def test_a_scenario_without_forces_needs_no_tables_of_them(tmp_path: Path) -> None:
    flood = {
        "scenario.yaml": "format: 1\ntitle: Flood\nfreeze: 2020-06-01\nfictional: true\n"
        "communities: {all: {name: All}}\n",
        "places.csv": "id,name,kind,country,admin1,lat,lon,population,all\na,A,town,X,L,1,1,10,1\n",
    }
    assert load(write_tiny(tmp_path, flood)).forces == {}


@settings(max_examples=150, deadline=None)
@given(
    file=st.sampled_from(sorted(FILES)),
    position=st.floats(0, 1),
    length=st.integers(0, 12),
    inserted=st.text(alphabet="0129.,-:;{}[]\"'\n\t &*!#abé~\x00|>", max_size=6) | st.text(max_size=3),
)
def test_damaged_text_never_raises_anything_but_invalid_input(
    file: str, position: float, length: int, inserted: str
) -> None:
    text = FILES[file]
    start = int(position * len(text))
    damaged = text[:start] + inserted + text[start + length :]
    with tempfile.TemporaryDirectory() as folder:
        raw = damaged.encode("utf-8", errors="surrogatepass")
        write_tiny(Path(folder), {**FILES, file: raw})
        problems: list[Problem] = []
        try:
            load(folder)
        except InvalidInput as error:
            problems = error.problems
            refused = True
        else:
            refused = False
    assert refused == bool(problems)
    assert all(problem.file in FILES and problem.message for problem in problems)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=200))
def test_any_bytes_never_raise_anything_but_invalid_input(file: str, raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_tiny(Path(folder), {**FILES, file: raw})
        with pytest.raises(InvalidInput):
            load(folder)


def test_reading_needs_neither_numpy_nor_the_model() -> None:
    code = (
        "import sys; from afternext.scenario import load, shipped; load('two-towns');"
        "print([m for m in ('numpy', 'scipy', 'numba', 'xarray', 'afternext.world') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_folder_one_stands_in_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_tiny(tmp_path / "here"))
    assert load(".").id == load("scenario.yaml").id == "here"


def test_a_shipped_name_wins_over_a_folder_here_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path / "two-towns")
    assert "write ./two-towns for the folder" in [warning.hint for warning in load("two-towns").warnings]
    assert load("./two-towns").title == load(Path("two-towns")).title == "Tiny"


def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("id\n")
    with pytest.raises(InvalidInput, match="a scenario is a folder with a"):
        load(tmp_path / "places.csv")
