"""The reference page names every key and column of the schema, and its Python example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from afternext.scenario import Scenario
from afternext.scenario import chancellery_schema as chancellery
from afternext.scenario.draft import LISTS, MAPS, SINGLES, TOP
from afternext.scenario.fields import TREATMENTS
from afternext.scenario.schema import Grid
from afternext.scenario.tables import TABLES
from afternext.scenario.values import VALUE_KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "scenario-format.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z0-9_]+", "".join(re.findall(r"`[^`]+`|^    .*$", PAGE, flags=re.MULTILINE))))

INNER = (
    chancellery.Goal, chancellery.PublicOpinion, chancellery.Support, chancellery.Region,
    chancellery.Condition, chancellery.Expects, chancellery.Effect,
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    sorted(
        {*TOP, *VALUE_KEYS, *TREATMENTS, *Grid.model_fields}
        | {
            *chancellery.AIMS,
            *chancellery.LEVERS,
            *(w for words in chancellery.SPECIAL.values() for w in words),
        }
        | {
            field
            for model in (*MAPS.values(), *LISTS.values(), *SINGLES.values(), *INNER)
            for field in model.model_fields
        }
        | {column for spec in TABLES.values() for column in spec.columns}
    ),
)
def test_every_key_and_column_is_on_the_page(name: str) -> None:
    assert name in WORDS


@pytest.mark.parametrize("name", list(TABLES))
def test_required_columns_are_shown_in_order(name: str) -> None:
    assert f"`{','.join(TABLES[name].required)}" in PAGE


def test_the_python_example_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    assert isinstance(names["scenario"], Scenario)
