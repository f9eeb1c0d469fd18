"""Courses of action are compared on the same futures: columns, luck, resuming, what is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from afternext.ensemble.run import run
from afternext.ensemble.weights import save_weights
from afternext.errors import Incomplete, UsageError
from afternext.foresight.comparison import NAME, compare, open_comparison
from afternext.foresight.decide import decide as judge
from afternext.foresight.goals import goals_of
from tests.foresight.comparisons import FUTURES, STRATEGIES, small_comparison


def test_each_course_of_action_is_an_ordinary_run_of_its_own() -> None:
    found = small_comparison()
    assert found.ids == STRATEGIES
    assert found.runs["help_in_time"].manifest["strategies"] == ["help_in_time"]
    assert found.values("displaced").shape == (3, FUTURES, len(found.days))
    assert len(found.experiments) == FUTURES


def test_all_courses_see_the_same_samples() -> None:
    found = small_comparison()
    for ident in found.ids:
        table = found.runs[ident].experiments
        for name in table.columns:
            assert (table[name].to_numpy() == found.experiments[name].to_numpy()).all(), (ident, name)


def test_an_added_course_shifts_nothing(tmp_path: Path) -> None:
    alone = run(
        "two-towns",
        futures=FUTURES,
        years=0.3,
        seed=7,
        strategies=["help_in_time"],
        workers=1,
        out=tmp_path / "r",
    )
    assert alone.digest == small_comparison().runs["help_in_time"].digest


def test_it_is_added_to_without_running_again_and_what_changes_nothing_changes_no_future(
    tmp_path: Path,
) -> None:
    first = compare("two-towns", ["none"], futures=4, years=0.1, seed=7, workers=1, out=tmp_path)
    started = first.runs["none"].manifest["started"]
    later = "sorrel:air_support@400d"  # after the end of these futures
    more = compare("two-towns", [later], workers=1, out=tmp_path)
    assert more.ids == ("none", later)
    assert more.runs["none"].manifest["started"] == started
    for measure in more.measures:
        one, other = more.values(measure)
        assert (one == other).all(), measure
    with pytest.raises(UsageError, match="futures 4, not 5"):
        compare("two-towns", ["none"], futures=5, out=tmp_path)
    (tmp_path / first.manifest["strategies"][0]["folder"] / "manifest.json").unlink()
    with pytest.raises(Incomplete, match="none is missing"):
        open_comparison(tmp_path)


def test_a_folder_without_one_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="afternext decide"):
        open_comparison(tmp_path)
    (tmp_path / NAME).write_text(json.dumps({"format": 99}))
    with pytest.raises(UsageError, match="format 99"):
        open_comparison(tmp_path)


def test_costs_grow_and_doing_more_costs_more() -> None:
    found = small_comparison()
    costs = found.costs
    assert costs is not None
    assert (np.diff(costs, axis=2) >= 0).all()
    assert costs[2, :, -1].mean() > costs[0, :, -1].mean()  # a camp that costs something
    assert found.priced == {"none": True, "help_in_time": False, STRATEGIES[2]: False}


def test_goals_are_declared_or_relative_and_judged_at_their_horizons() -> None:
    found = small_comparison()
    every, one = goals_of(found, ["displaced < 20k", "max.displaced@30d <= 30k"])
    assert every.days == found.days
    assert one.days == (30,)
    assert (one.values(found)[:, :, 0] >= found.values("displaced", (30,))[:, :, 0]).all()
    assert (every.met(every.values(found)) == (found.values("displaced") < 20_000)).all()
    assert (every.shortfall(every.values(found)) > 0).any()
    usual = goals_of(found)
    assert usual[0].measure == "displaced"
    assert not usual[0].declared
    share = usual[0].met(usual[0].values(found))[0].mean(axis=0)
    assert (abs(share - 0.5) < 0.2).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("displaced == 5", "above or below"),
        ("displaced < 5 and dead < 3", "one comparison"),
        ("holder.westford == army", "above or below"),
        ("displacd < 5", "did you mean 'displaced'"),
    ],
)
def test_what_is_no_goal_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as told:
        goals_of(small_comparison(), [text])
    assert "^" in str(told.value)


def test_weights_found_under_one_course_of_action_serve_all() -> None:
    found = small_comparison()
    values = [3.0 if k % 2 else 1.0 for k in range(FUTURES)]
    save_weights(found.runs[found.ids[-1]], "odd", values, {"kind": "test"})
    weighed = found.weigh("odd")
    assert weighed.weights == pytest.approx(np.array(values) / sum(values))
    assert weighed.used["weights"]["name"] == "odd"
    assert all(run.weights is not None and run.weights.name == "odd" for run in weighed.runs.values())
    assert found.evidence is None  # the comparison itself is as it was
    assert found.used == {}
    goal = goals_of(found, ["displaced@end < 5000"])
    plain, told = (judge(one, ["displaced@end < 5000"]).to_dict() for one in (found, weighed))
    met = goal[0].met(goal[0].values(found))[:, :, 0]
    shares = met @ weighed.weights
    assert plain != told
    assert {round(float(share), 4) for share in shares} <= numbers_in(told)


def test_weights_that_no_course_of_action_has_are_refused() -> None:
    with pytest.raises(UsageError, match="weights"):
        small_comparison().weigh("nobody_made_these")


def numbers_in(found: object) -> set[float]:
    """Every number of a JSON object, to four places."""
    if isinstance(found, dict):
        return set().union(*(numbers_in(part) for part in found.values()))
    if isinstance(found, list | tuple):
        return set().union(*(numbers_in(part) for part in found))
    return {round(float(found), 4)} if isinstance(found, float | int) else set()
