"""The exported JSON Schema accepts what the loader accepts, and marks the common slips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from afternext.scenario.catalogue import SHIPPED, shipped
from afternext.scenario.json_schema import make_json_schema
from afternext.scenario.yamldoc import read_yaml
from tests.scenario.test_broken import CASES
from tests.scenario.tiny_folder import FILES, edited

SCHEMA = make_json_schema()
VALIDATOR = Draft7Validator(SCHEMA)


def plain(text: str) -> Any:
    """Read YAML as an editor would."""
    node, problems = read_yaml(text, "scenario.yaml")
    assert node is not None
    assert not problems
    return node.plain()


def test_the_schema_is_valid_itself() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_every_reference_is_defined_and_nothing_is_left_over() -> None:
    def walk(found: Any) -> Any:
        if isinstance(found, dict):
            yield found
            for value in found.values():
                yield from walk(value)
        elif isinstance(found, list):
            for value in found:
                yield from walk(value)

    maps = list(walk(SCHEMA))
    named = {item["$ref"].removeprefix("#/definitions/") for item in maps if "$ref" in item}
    assert named == set(SCHEMA["definitions"])
    assert not any("x-def" in item or "prefixItems" in item for item in maps)


@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios_are_accepted(name: str) -> None:
    text = Path(SHIPPED, name, "scenario.yaml").read_text(encoding="utf-8")
    assert [error.message for error in VALIDATOR.iter_errors(plain(text))] == []


def test_a_child_may_leave_out_what_stays() -> None:
    child = "extends: ../base\nforces: {army: {cohesion: 0.8}, rebels: null}\n"
    assert VALIDATOR.is_valid(plain(FILES["scenario.yaml"]))
    assert VALIDATOR.is_valid(plain(child))


SLIPS = [
    "unknown_top_key",
    "unknown_key_of_a_force",
    "unknown_key_in_the_grid",
    "title_missing",
    "freeze_missing",
    "freeze_day_first",
    "unknown_format",
    "no_is_not_false",
    "years_negative",
    "a_text_where_an_entry_belongs",
    "a_list_where_a_map_belongs",
    "a_map_where_a_list_belongs",
    "id_with_capitals",
    "force_kind_unknown",
    "triangular_of_two",
    "distribution_misspelt",
    "two_distributions_at_once",
    "one_option",
    "treatment_unknown",
    "times_negative",
    "stance_unknown",
    "share_of_percent",
    "power_class_of_action_unknown",
    "power_slant_outside",
    "polity_key_unknown",
    "move_kind_unknown",
    "move_cost_negative",
    "move_effect_without_an_amount",
]


@pytest.mark.parametrize("name", SLIPS)
def test_slips_are_marked_in_the_editor(name: str) -> None:
    case = next(case for case in CASES if case.name == name)
    text = edited(*case.edits, start=case.start)["scenario.yaml"]
    assert not VALIDATOR.is_valid(plain(str(text)))
