"""The pages of the model: their parameters are those of the code, and their parts are all there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from afternext.world import day, read_parameters
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "model"
TABLE = read_parameters()
MECHANISMS = (
    "perception",
    "civilians",
    "movement",
    "control",
    "clash",
    "posture",
    "recovery",
    "attitudes",
    "defence",
    "situation",
    "decisions",
    "delivery",
    "pressure",
    "opinion",
    "alignment",
    "polity",
)
PARTS = (
    "The rule in words",
    "The equation",
    "Parameters",
    "Papers",
    "Range of validity",
    "The pattern it must reproduce",
    "Known failures",
)
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
OF_COMPILE = {
    "perception": ("level_",),
    "movement": ("size_exponent", "kin_", "camp_size"),
    "recovery": ("arms_",),
    "clash": ("contested_days",),
    "control": ("home_reach", "away_share"),
    "attitudes": ("support_", "rule_", "asymmetry"),
}


def page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    return re.split(rf"^## {re.escape(title)}$", text, flags=re.MULTILINE)[1].split("\n## ")[0]


def rows(name: str) -> dict[str, tuple[str, str, str]]:
    found = ROW.findall(section(page(name), "Parameters"))
    return {
        parameter: (symbol.strip(), unit.strip(), role.strip()) for parameter, symbol, unit, role in found
    }


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_page_lists_the_parameters_of_its_mechanism(name: str) -> None:
    own = {row.name for row in TABLE.values() if row.used_by == name}
    own |= {
        row.name
        for row in TABLE.values()
        if row.used_by == "compile" and row.name.startswith(OF_COMPILE.get(name, ("-",)))
    }
    assert set(rows(name)) == own


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_page_gives_symbols_and_units_as_the_table_does(name: str) -> None:
    for parameter, (symbol, unit, role) in rows(name).items():
        assert symbol == TABLE[parameter].symbol, parameter
        assert unit == TABLE[parameter].unit, parameter
        assert role, parameter


def test_every_parameter_is_explained_on_one_page() -> None:
    explained = [parameter for name in MECHANISMS for parameter in rows(name)]
    assert sorted(explained) == sorted(TABLE)


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_page_has_all_its_parts_in_order(name: str) -> None:
    places = [page(name).find(f"\n## {part}\n") for part in PARTS]
    assert all(place > 0 for place in places), [
        part for part, place in zip(PARTS, places, strict=True) if place < 0
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("name", [*MECHANISMS, "measures", "odd", "index"])
def test_links_between_pages_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)", page(name)):
        assert (FOLDER / target).resolve().is_file(), target


@pytest.mark.parametrize("name", [*MECHANISMS, "measures"])
def test_a_page_names_files_that_exist(name: str) -> None:
    for path in re.findall(r"`(?:world/)((?:processes/)?\w+\.py)`", page(name)):
        assert (Path(day.__file__).parent / path).is_file(), path


def test_the_order_of_the_day_on_the_page_is_that_of_the_code() -> None:
    source = Path(day.__file__).read_text(encoding="utf-8")
    body = source[source.index("def step_day") : source.index("def run_steps")]
    steps = (
        "perception",
        "attitudes",
        "incidents",
        "columns",
        "clash",
        "posture",
        "reinforce",
        "recovery",
        "defence",
        "civilians",
        "arrivals",
        "displaced",
        "departures",
    )
    at = [body.index(f"step_{step}(") for step in steps]
    assert at == sorted(at)
    table = section(page("odd"), "3. Process overview and scheduling")
    written = [
        table.index(word)
        for word in (
            "| perception |",
            "| attitudes |",
            "| incidents, columns, clash, posture, how armies answer, recovery |",
            "| defence |",
            "| civilians |",
            "| arrivals |",
            "| the displaced |",
            "| departures |",
        )
    ]
    assert written == sorted(written)
