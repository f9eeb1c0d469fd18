"""Value of information of a whole comparison, on a toy that is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from afternext.errors import UsageError
from afternext.foresight.value import find_value
from tests.foresight.test_evppi import known
from tests.foresight.toys import NONE, OTHER, ToyComparison, ToyRun, towns

DAYS = np.array([0, 30, 200])


def toy(futures: int = 900, seed: int = 2):
    """B gains 20 + 100 X people over A, where X is what is known of the army; all else is idle."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=futures)
    idle = {f"powers.sorrel.idle_{k}": rng.normal(size=futures) for k in range(12)}
    base = rng.normal(1000, 300, futures)
    other = base - (20 + 100 * x + 80 * rng.normal(size=futures))

    def run(end):
        return ToyRun({"displaced": np.stack([0 * end, 0 * end, end], axis=1)}, DAYS)

    table = {"forces.army.cohesion": x, "forces.army.strength": rng.uniform(size=futures), **idle}
    return ToyComparison({NONE: run(base), OTHER: run(other)}, table)


@pytest.fixture(scope="module")
def found():
    return find_value(toy(), "displaced@200d < 900")


def test_the_one_thing_that_decides_is_found_at_its_worth(found) -> None:
    (last,) = found.horizons
    assert last.best == OTHER
    first = last.singles[0]
    assert first.inputs == ("forces.army.cohesion",)
    assert first.above
    assert first.value == pytest.approx(known(20, 100), abs=6)
    assert first.low < known(20, 100) < first.high
    # B is worse where X is below -0.2: in 42 of 100 futures.
    assert first.changes == pytest.approx(0.42, abs=0.07)
    assert first.rule.startswith(f"{NONE} below -0.")
    assert not any(it.above for it in last.singles[1:])
    assert last.everything >= first.value


def test_groups_gather_what_is_learnt_together(found) -> None:
    group = found.horizons[0].groups[0]
    assert group.name == "strength and state of The army"
    assert group.above
    assert len(group.inputs) == 2


def test_futures_that_meet_the_goal_can_be_counted_instead() -> None:
    counted = find_value(toy(200), "displaced@200d < 900", met=True)
    assert counted.told(0.031) == "3.1 of 100 futures"
    assert 0 < counted.horizons[0].singles[0].value < 0.3


def test_it_is_plain_json_and_a_table(found) -> None:
    json.dumps(found.to_dict(), allow_nan=False)
    table = found.to_frame()
    assert table["above_noise"].sum() == 2
    assert set(table["about"]) >= {"facts on the ground", "what powers want and can"}


def test_no_choice_and_too_few_futures_are_refused() -> None:
    one = toy(80)
    lone = ToyComparison({NONE: one.runs[NONE]}, {"forces.army.cohesion": np.arange(80.0)})
    with pytest.raises(UsageError, match="no choice"):
        find_value(lone, "displaced@200d < 900")
    with pytest.raises(UsageError, match="at least 60"):
        find_value(toy(40), "displaced@200d < 900")


def test_every_input_of_a_shipped_scenario_has_a_group() -> None:
    from afternext.foresight.groups import KINDS, RULES, groups_of
    from afternext.world import compile_scenario

    names = [one.name for one in compile_scenario(towns(), days=10).experiments]
    groups = groups_of(names, towns())
    assert sorted(k for group in groups for k in group.columns) == list(range(len(names)))
    assert {group.kind for group in groups} <= set(KINDS)
    named = {group.name for group in groups}
    assert named & set(RULES.values())
    assert not [name for name in named if name.startswith("rules of")]  # of every process in plain words
