"""Errors carry their problems and exit codes, also from one process to another."""

from __future__ import annotations

import pickle

import pytest

from afternext.errors import AfternextError, Incomplete, InvalidInput, Problem, UsageError


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            Problem("a.csv", 17, 4, "lat", "is wrong", "did you mean 3?"),
            "a.csv:17:4: lat: is wrong (did you mean 3?)",
        ),
        (Problem("a.csv", 17, 0, "lat", "is wrong"), "a.csv:17: lat: is wrong"),
        (Problem("a.csv", 0, 0, "", "is missing"), "a.csv: is missing"),
    ],
)
def test_a_problem_reads_as_one_line(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_problems_survive_the_way_from_a_worker() -> None:
    error = InvalidInput([Problem("a.csv", 1, 1, "x", "is wrong")])
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert str(again) == str(error)
    assert str(pickle.loads(pickle.dumps(InvalidInput("no such folder")))) == "no such folder"


def test_exit_codes() -> None:
    codes = [kind("x").exit_code for kind in (AfternextError, UsageError, InvalidInput, Incomplete)]
    assert codes == [1, 2, 3, 4]
