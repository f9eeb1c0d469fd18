"""Whatever comes in through any door is read or refused in words: never a traceback, never without end.

The long run sends a million damaged files and texts; `python -m tests.reliability.hostile` sends any number.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afternext.scenario.tables import read_table
from afternext.scenario.values import ValueFault, parse_text, read_value
from afternext.scenario.yamldoc import read_yaml
from tests.reliability.doors import DOORS, Door, check_problem
from tests.reliability.hostile import SHARES, batter
from tests.reliability.limits import MOST_CPU, MOST_MEMORY, peak, timed
from tests.reliability.record import record

QUICK = 6000  # cases in all
MILLION = 1_000_000
BY_DOOR = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)

quick = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
texts = st.text(st.characters(exclude_categories=["Cs"])) | st.text("{}[]:,-#&*!|>'\"%@`?\n\t \\0a1.~")


def test_every_door_has_a_share_of_the_cases() -> None:
    assert set(SHARES) == {door.name for door in DOORS}
    assert sum(SHARES.values()) == 1000


@BY_DOOR
def test_damaged_input_is_read_or_refused_in_words(door: Door) -> None:
    if door.name == "xlsx":
        pytest.importorskip("openpyxl")
    with timed() as meter:
        tally = batter(door, max(8, QUICK * SHARES[door.name] // 1000), meter, seed=1)
    assert not tally.faults, tally.faults[0]
    assert tally.refused, "nothing was damaged enough to be refused: the check checks nothing"


@BY_DOOR
def test_cases_are_the_same_for_the_same_seed(door: Door) -> None:
    if door.name == "xlsx":
        pytest.importorskip("openpyxl")
        return  # an archive holds the time of its making
    assert repr(door.make(Random("a"))) == repr(door.make(Random("a")))


@quick
@given(text=texts)
def test_no_text_breaks_the_reader_of_yaml(text: str) -> None:
    for problem in read_yaml(text, "scenario.yaml")[1]:
        check_problem(problem)


@quick
@given(text=texts)
def test_no_text_breaks_the_reader_of_tables(text: str) -> None:
    table, problems = read_table(text, "places.csv")
    assert table is not None or problems
    for problem in problems:
        check_problem(problem)


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("range", "triangular", "options", "within", "uncertain", "times", "x")),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@quick
@given(raw=nested)
def test_no_structure_breaks_the_reader_of_values(raw: object) -> None:
    try:
        value = read_value(raw)
    except ValueFault:
        return
    assert value == value, "a number that is not itself got through"
    if isinstance(raw, str):
        assert parse_text(raw) == value


@pytest.mark.deep
def test_a_million_damaged_inputs_are_read_or_refused_in_words() -> None:
    """About fifteen minutes of processor time."""
    pytest.importorskip("openpyxl")
    tallies = []
    with timed() as meter:
        for door in DOORS:
            tallies.append(batter(door, MILLION * SHARES[door.name] // 1000, meter, seed=9))
    cases, uncaught = sum(tally.cases for tally in tallies), sum(len(tally.faults) for tally in tallies)
    spread = ", ".join(f"{tally.door} {tally.cases:,}" for tally in tallies)
    record(
        "hostile", f"{cases:,} cases ({spread}), {uncaught} uncaught", met=uncaught == 0 and cases >= MILLION
    )
    longest, memory = meter.longest, peak()
    record(
        "limits",
        f"longest case {longest:.1f} s of processor time (limit {MOST_CPU:g}), process at most "
        f"{memory >> 20} MB (limit {MOST_MEMORY >> 20})",
        met=longest <= MOST_CPU and memory <= MOST_MEMORY,
    )
    assert not uncaught, [tally.faults[0] for tally in tallies if tally.faults]
    assert cases >= MILLION
    assert memory <= MOST_MEMORY
