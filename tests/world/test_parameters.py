"""The table of parameters: what it says holds, and each row is read where it says so."""

from __future__ import annotations

import importlib
import inspect
from importlib import resources

import numpy as np
import pytest

from afternext.scenario.values import Distribution
from afternext.world import known_parameters, read_parameters
from afternext.world import realise as realising
from afternext.world.compile import LEVELS
from afternext.world.processes import attitudes
from tests.world.toy import FORCES, TREATMENT_NAMES, play, toy

TABLE = read_parameters()
PROCESSES = (
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
SHARED = {"polity": {"exclusion_odds"}}  # rows that another process names as its own
STRENGTHS = ("measured", "estimated from cases", "expert judgement", "assumption")


def fields(process: str) -> set[str]:
    module = importlib.import_module(f"afternext.world.processes.{process}")
    return set(module.Parameters._fields)


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_a_default_lies_in_its_range_and_its_prior_around_it(row) -> None:
    assert row.low <= row.default <= row.high
    assert row.strength in STRENGTHS
    assert row.unit
    assert row.meaning
    assert row.source
    if not isinstance(row.prior, Distribution):
        assert row.prior == row.default == row.low == row.high
        return
    low, middle, high = (float(row.prior.quantile(u)) for u in (0.05, 0.5, 0.95))
    assert row.low <= middle <= row.high
    # Low and high are a 90 % belief; priors meet it roughly (a triangle has them as its ends).
    assert low >= row.low - 0.4 * abs(row.low) - 1e-12
    assert high <= row.high + 0.7 * abs(row.high)
    assert not row.prior.deep


def test_names_and_symbols_are_used_once() -> None:
    assert len({row.symbol for row in TABLE.values()}) == len(TABLE)
    assert known_parameters() == set(TABLE)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_reads_the_rows_that_name_it_and_no_others(process: str) -> None:
    own = {row.name for row in TABLE.values() if row.used_by == process}
    assert fields(process) == own | SHARED.get(process, set())


def test_other_rows_are_read_when_a_future_is_started() -> None:
    rows = {row.name for row in TABLE.values() if row.used_by not in PROCESSES}
    assert {row.used_by for row in TABLE.values()} == {*PROCESSES, "compile"}
    text = inspect.getsource(realising)
    levels = {f"{kind}_{word}" for kind in ("level", "support") for word in LEVELS}
    assert levels <= rows
    text += inspect.getsource(attitudes)
    assert all(f'"{name}"' in text for name in rows - levels)


def test_the_words_of_treatment_are_those_of_the_scenario() -> None:
    assert LEVELS == TREATMENT_NAMES
    levels = [TABLE[f"level_{word}"].default for word in LEVELS]
    assert levels == sorted(levels)
    assert TABLE["level_ordinary"].prior == 1.0, "the unit of danger"


def test_the_table_is_plain_text_with_one_line_a_row() -> None:
    lines = (
        resources.files("afternext.world").joinpath("parameters.csv").read_text(encoding="utf-8").splitlines()
    )
    assert len(lines) == len(TABLE) + 1
    assert all(line == line.strip() for line in lines)


def test_every_parameter_may_stand_at_either_end_of_its_range() -> None:
    """A user may set it there: the model must neither fail nor lose anybody."""
    incidents = [
        {"kind": "fighting", "place": "ford", "by": "rebels", "day": 1, "days": 20},
        {"kind": "capture", "place": "mill", "by": "rebels", "day": 5},
    ]
    crisis = toy(
        incidents=incidents, forces={**FORCES, "rebels": {**FORCES["rebels"], "treats": {"hill": "spared"}}}
    )
    for row in TABLE.values():
        for value in {row.low, row.high}:
            outcome = play(crisis, 40, calm=False, **{row.name: value})
            for name, values in outcome.arrays.items():
                assert np.isfinite(values).all(), (row.name, value, name)
