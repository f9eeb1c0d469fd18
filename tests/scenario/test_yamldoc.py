"""YAML 1.2 with positions: what a scalar means, where it stands, and that nothing but problems comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afternext.scenario.nodes import Mark
from afternext.scenario.yamldoc import read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("2014-06-12", "2014-06-12"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0x10", 16),
        ("0o17", 15),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    node, problems = read_yaml(f"key: {text}", "f")
    assert not problems
    assert node is not None
    assert node.plain() == {"key": value}


def test_keys_keep_their_text() -> None:
    node, _ = read_yaml("no: 1\n1: 2\ntrue: 3\n", "f")
    assert node is not None
    assert list(node.map) == ["no", "1", "true"]


def test_positions_count_characters_from_one() -> None:
    node, _ = read_yaml("é: {ü: [1, 'two']}\nlast: x\n", "f")
    assert node is not None
    assert node.at(("é", "ü", 1)) == Mark("f", 1, 12)
    assert node.key_at(("é", "ü")) == Mark("f", 1, 5)
    assert node.at(("last",)) == Mark("f", 2, 7)
    assert node.at(("é", "ü", 7, "x")) == Mark("f", 1, 8)


def test_a_million_brackets_are_refused_at_once() -> None:
    node, problems = read_yaml("[" * 1_000_000, "f")
    assert node is None
    assert [problem.message for problem in problems] == ["nested deeper than 20 levels"]


@given(st.text(alphabet="ab:- \n\t'\"[]{},&*!|>%@`#?0.~\\\x07é", max_size=60))
def test_any_text_gives_a_tree_or_problems(text: str) -> None:
    node, problems = read_yaml(text, "f")
    assert node is not None or problems
    assert all(problem.file == "f" and problem.message for problem in problems)


@given(st.binary(max_size=60))
def test_any_characters_give_a_tree_or_problems(raw: bytes) -> None:
    node, problems = read_yaml(raw.decode("latin-1"), "f")
    assert node is not None or problems
