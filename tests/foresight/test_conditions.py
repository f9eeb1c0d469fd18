"""Conditions mean what they say, and errors show the place."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.errors import UsageError
from afternext.foresight.conditions import meets
from tests.foresight.runs import small_run


def last(name: str):
    return small_run().measures[name].isel(date=-1).values


@pytest.mark.parametrize(
    "text",
    ["displaced > 20000", "displaced@end > 2e4", "displaced > 20k", "displaced > 20,000", "displaced>.02M"],
)
def test_numbers_and_times_can_be_written_in_several_ways(text: str) -> None:
    assert (meets(small_run(), text) == (last("displaced") > 20_000)).all()


def test_and_binds_closer_than_or_and_not_closest() -> None:
    run = small_run()
    a, b, c = last("displaced") > 20_000, last("dead") > 50, last("returned") > 5000
    assert (meets(run, "displaced > 20k or dead > 50 and returned > 5k") == (a | b & c)).all()
    assert (meets(run, "(displaced > 20k or dead > 50) and returned > 5k") == ((a | b) & c)).all()
    assert (meets(run, "not displaced > 20k and dead > 50") == (~a & b)).all()


def test_a_time_is_a_span_or_a_date() -> None:
    run = small_run()
    days = run.measures["day"].values
    there = run.measures["displaced"].values[:, np.argmin(abs(days - 30))] > 20_000
    assert (meets(run, "displaced@30d > 20k") == there).all()
    assert (meets(run, "displaced@2031-05-31 > 20k") == there).all()


def test_the_highest_so_far() -> None:
    run = small_run()
    days = run.measures["day"].values
    highest = run.measures["displaced"].values[:, days <= 60].max(axis=1)
    assert (meets(run, "max.displaced@60d >= 30k") == (highest >= 30_000)).all()


def test_shares_may_be_written_in_hundredths() -> None:
    assert (meets(small_run(), "hope < 40%") == (last("hope") < 0.4)).all()


def test_who_holds_a_place() -> None:
    run = small_run()
    forces = list(run.scenario.forces)
    place = list(run.measures["place"].values).index("westford")
    held = run.measures["place_holder"].isel(snapshot=-1).values[:, place] == forces.index("front")
    assert (meets(run, "holder.westford == front") == held).all()
    assert (meets(run, "holder.westford != front") == ~held).all()
    assert meets(run, "holder.westford == nobody or holder.westford != nobody").all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("displacd > 1", "did you mean 'displaced'"),
        ("displaced@9y > 1", "outside this run"),
        ("displaced@soon > 1", "is no time"),
        (f"displaced@{'9' * 400}d > 1", "outside this run"),
        ("displaced >", "expected a value at the end"),
        ("displaced 5", "expected a comparison"),
        ("displaced > lots", "is no number"),
        ("(displaced > 1", r"expected `\)`"),
        ("displaced > 1 dead > 2", "expected `and`, `or` or the end"),
        ("holder.westfort == front", "did you mean 'westford'"),
        ("holder.westford == frnt", "did you mean 'front'"),
        ("holder.westford > front", "compared by == or !="),
        ("displaced > 1; import os", "cannot read ';'"),
        ("__import__('os')", "cannot read"),
    ],
)
def test_errors_show_the_place(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        meets(small_run(), text)
    lines = str(raised.value).splitlines()
    assert lines[-1].strip() == "^"
    assert len(lines[-1]) <= len(lines[-2]) + 1
