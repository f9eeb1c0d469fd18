"""A scenario written as changes to another one: maps merge, rows override by key, null and remove delete."""

from __future__ import annotations

from pathlib import Path

import pytest

from afternext.scenario import Range, Scenario, Triangular, load
from tests.scenario.tiny_folder import FILES, LAYERS, write_tiny


def load_child(folder: Path, yaml: str = "", **tables: str) -> Scenario:
    """Load a child of the tiny scenario."""
    child = {"child/scenario.yaml": "extends: ../base\n" + yaml}
    child |= {f"child/{name}.csv": text for name, text in tables.items()}
    write_tiny(folder, {**LAYERS, **child})
    return load(folder / "child")


@pytest.fixture
def base(tmp_path: Path) -> Scenario:
    write_tiny(tmp_path / "alone" / "base")
    return load(tmp_path / "alone" / "base")


def test_a_child_without_changes_has_the_same_content(tmp_path: Path, base: Scenario) -> None:
    child = load_child(tmp_path)
    assert child.id == "child"
    assert child.hash == base.hash


def test_maps_merge_and_scalars_and_lists_replace(tmp_path: Path) -> None:
    child = load_child(
        tmp_path,
        "title: Child\nhorizons: [10 days]\n"
        "forces: {army: {cohesion: 0.2}, guard: {name: Guard, kind: militia}}\n",
        presence="place,force,strength\nwest,guard,5\n",
    )
    assert (child.title, child.summary, child.horizons) == ("Child", "Two towns and a camp.", (10,))
    assert child.forces["army"].cohesion == 0.2
    assert child.forces["army"].present == Triangular(0.3, 0.6, 0.9)
    assert list(child.forces) == ["army", "rebels", "guard"]


def test_a_value_is_replaced_whole(tmp_path: Path) -> None:
    child = load_child(tmp_path, "forces: {army: {present: {range: [0.1, 0.2]}}}\n")
    assert child.forces["army"].present == Range(0.1, 0.2)


def test_within_alone_is_added_to_the_value_below(tmp_path: Path) -> None:
    child = load_child(tmp_path, "forces: {army: {present: {within: [0.5, 0.7]}}}\n")
    assert child.forces["army"].present == Triangular(0.3, 0.6, 0.9, (0.5, 0.7))


def test_null_removes(tmp_path: Path) -> None:
    child = load_child(
        tmp_path, "strategies: {open_gates: null}\nincidents: null\nforces: {army: {power: null}}\n"
    )
    assert (child.strategies, child.incidents, child.forces["army"].power) == ({}, (), None)


def test_null_for_what_is_not_there_warns_with_the_nearest_name(tmp_path: Path) -> None:
    child = load_child(tmp_path, "strategies: {open_gate: null}\n")
    assert [str(warning) for warning in child.warnings] == [
        "scenario.yaml:2:14: strategies.open_gate: nothing to remove (did you mean open_gates?)"
    ]


def test_only_the_columns_present_override(tmp_path: Path) -> None:
    child = load_child(tmp_path, places="id,population\neast,60000\n")
    east = child.places[1]
    assert (east.id, east.name, east.population, east.shares) == (
        "east",
        "East",
        60000,
        {"hill": 0.2, "plain": 0.8},
    )
    assert [place.id for place in child.places] == ["west", "east", "camp"]


def test_routes_are_the_same_in_both_directions(tmp_path: Path) -> None:
    child = load_child(tmp_path, routes="from,to,km\neast,west,55\n")
    assert [(route.start, route.end, route.km) for route in child.routes] == [
        ("east", "west", 55.0),
        ("west", "camp", 20.0),
    ]


def test_rows_are_removed_and_added(tmp_path: Path) -> None:
    child = load_child(
        tmp_path,
        presence="remove,place,force,strength\n1,west,army,\n,camp,army,40\n",
        displaced="place,origin,community,persons,since\nwest,east,plain,10,2020-03-01\n",
    )
    assert [(row.place, row.force, row.strength) for row in child.presence] == [
        ("east", "rebels", 200.0),
        ("camp", "army", 40.0),
    ]
    assert [row.persons for row in child.displaced] == [2000, 10]


def test_claims_and_history_replace(tmp_path: Path) -> None:
    claims = FILES["claims.csv"].replace("Gazette", "Herald")
    child = load_child(tmp_path, claims=claims, history="start,end,place,admin1,measure,value\n")
    assert [claim.who for claim in child.claims] == ["Herald"]
    assert child.history == ()


def test_a_new_community_gets_its_column(tmp_path: Path) -> None:
    child = load_child(
        tmp_path, "communities: {coast: {name: Coast}}\n", places="id,plain,coast\nwest,0,0.1\n"
    )
    assert child.places[0].shares == {"hill": 0.9, "plain": 0.0, "coast": 0.1}
    assert child.places[1].shares == {"hill": 0.2, "plain": 0.8}


def test_a_chain_is_followed(tmp_path: Path) -> None:
    write_tiny(tmp_path, {**LAYERS, "grandchild/scenario.yaml": "extends: ../child\nyears: 2\n"})
    assert load(tmp_path / "grandchild").years == 2.0


def test_a_shipped_scenario_is_extended_by_name(tmp_path: Path) -> None:
    write_tiny(tmp_path, {"scenario.yaml": "extends: two-towns\ntitle: Mine\n"})
    assert load(tmp_path).title == "Mine"
