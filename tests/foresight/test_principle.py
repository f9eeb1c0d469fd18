"""The decision of principle: three courses that differ in one thing, valued by goals on what came about."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.brief.principle import foot
from afternext.ensemble.subject import open_scenario
from afternext.ensemble.weights import save_weights
from afternext.errors import UsageError
from afternext.foresight.aims import Stakes, worth
from afternext.foresight.comparison import Comparison
from afternext.foresight.hazard import first_day
from afternext.foresight.leanings import PRICE, lean
from afternext.foresight.principle import STRATEGIES, Principle, estimate, not_told_apart, principle, weigh
from afternext.foresight.principle_plans import AS_IS, CONDITIONS, NONE, ask, courses_of
from afternext.scenario.schema import Scenario
from afternext.world.events import DELIVERED
from patterns.arden import arden
from tests.house.tree import ROOT

DAYS = 200
ASKED = ("inclusion>0.4",)


@pytest.fixture(scope="module")
def land() -> Scenario:
    return arden()


@pytest.fixture(scope="module")
def found(land: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Principle:
    return principle(
        land, coalition=["patron"], conditions=ASKED, futures=24, years=DAYS / 365.25, seed=3, workers=1,
        out=tmp_path_factory.mktemp("principle") / "p",
    )  # fmt: skip


@pytest.fixture(scope="module")
def compared(found: Principle) -> Comparison:
    return Comparison(found.path)


# The question and the three courses of action.


def test_the_three_courses_differ_only_in_whether_and_when_the_same_help_comes(land: Scenario) -> None:
    question = ask(land, DAYS, ["patron"], conditions=ASKED, day=10)
    plans = {one.id: one.scenario.with_strategy(one.strategies).plan for one in courses_of(land, question)}
    held = plans[NONE]
    assert held
    assert all(entry.scale == 0 and entry.until == DAYS + 1 for entry in held)
    assert plans[AS_IS][: len(held)] == plans[CONDITIONS][: len(held)] == held
    given_, waits = plans[AS_IS][len(held) :], plans[CONDITIONS][len(held) :]
    assert [entry.move for entry in given_] == ["air_support", "arms", "advisers"]
    assert all(entry.day == 10 and not entry.when for entry in given_)
    assert [entry.model_copy(update={"when": ()}) for entry in waits] == list(given_)
    assert all([(k.aim, k.above) for k in entry.when] == [("inclusion", 0.4)] for entry in waits)


def test_if_no_condition_is_named_power_is_to_be_shared_half_as_far_as_the_coalition_wants(
    land: Scenario,
) -> None:
    assert [one.text for one in ask(land, DAYS, ["patron"]).asked] == ["inclusion>0.65"]  # 0.3, wanted 1


def test_each_move_is_given_once_by_the_member_with_most_means() -> None:
    crisis = open_scenario("iraq-2014")
    question = ask(crisis, DAYS, ["western_coalition", "united_states"])
    assert {one.power for one in question.help} == {"united_states"}
    assert len({one.move for one in question.help}) == len(question.help)
    assert not {"ground_intervention", "conditional_support"} & {one.move for one in question.help}
    assert sum(question.weights) == pytest.approx(1.0)


def test_help_for_others_and_relief_for_the_people_stay_the_powers_own_choice() -> None:
    crisis = open_scenario("iraq-2014")
    course = courses_of(crisis, ask(crisis, DAYS, ["united_states"]))[0]
    plan = course.scenario.with_strategy(course.strategies).plan
    assert {entry.to for entry in plan} == {"iraq_government", None}
    moves = {entry.move for entry in plan}
    assert "humanitarian_relief" not in moves
    assert "pay_tribes" not in moves
    assert (
        "replace_leader" in moves
    )  # who saves or lets fall does not push the head of government out besides


def test_all_that_is_wrong_is_told_at_once(land: Scenario) -> None:
    with pytest.raises(UsageError) as error:
        ask(land, DAYS, ["patrn"], ["arm"], ["inclusion=1", "displaced>0.5", "leader<0"], scale=2, day=999)
    text = str(error.value)
    for part in ("'patrn'; did you mean 'patron'", "'arm'; did you mean 'arms'", "'inclusion=1'",
                 "aim that a government can mend", "between 0 and 1", "scale is 2", "day 999"):  # fmt: skip
        assert part in text, part


def test_without_a_polity_there_is_nobody_to_save(land: Scenario) -> None:
    with pytest.raises(UsageError, match="no polity"):
        ask(land.model_copy(update={"polity": None}), DAYS)


def test_few_futures_and_unknown_families_are_refused(land: Scenario) -> None:
    for wrong, message in (
        ({"futures": 5}, "too few"), ({"families_of": "none"}, "let_fall"), ({"near": 9999}, "near horizon"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=message):
            principle(land, coalition=["patron"], years=1, **wrong)  # type: ignore[arg-type]


# On futures.


def test_the_coalition_gives_nothing_gives_at_once_or_gives_once_the_condition_holds(
    found: Principle, compared: Comparison, land: Scenario
) -> None:
    patron, government = (list(land.powers).index(name) for name in ("patron", "government"))

    def helped(strategy: str) -> dict[int, float]:
        run = compared.runs[strategy]
        rows, log = run.every_event((DELIVERED,))
        futures = run.measures["future"].values[rows]
        ours = (log["force"] == patron) & (log["other"] == government)
        return {int(f): float(log["day"][ours & (futures == f)].min()) for f in np.unique(futures[ours])}

    at_once, waited = helped(AS_IS), helped(CONDITIONS)
    assert not helped(NONE)
    assert len(at_once) == found.futures
    assert found.met.delivered == pytest.approx(len(waited) / found.futures)
    assert len(waited) > 0
    assert np.mean([waited[f] - at_once[f] for f in waited]) > 7.0
    assert min(waited[f] - at_once[f] for f in waited) >= 0.0


def test_strategies_see_the_same_futures(compared: Comparison) -> None:
    tables = [compared.runs[ident].experiments.loc[compared.futures] for ident in STRATEGIES]
    assert all(table.equals(tables[0]) for table in tables[1:])
    start = compared.values("inclusion", [0])
    assert np.ptp(start, axis=0).max() == 0.0


def test_value_is_what_decisions_reckon_with_on_the_situation_as_it_is(compared: Comparison) -> None:
    made = worth(compared, "patron", 100, DAYS)
    goals = compared.scenario.powers["patron"].goals
    table = compared.experiments
    for row in (0, 7, 23):
        far, urgency = float(table["powers.patron.far"].iloc[row]), float(table["urgency"].iloc[row])
        total = lost = 0.0
        for aim, goal in goals.items():
            for weight, day in ((goal.near * (1 - far), 100), (goal.far * far, DAYS)):  # type: ignore[operator]
                stands = compared.values(f"aim_{aim}_patron", [day])[1, row, 0]
                lost += weight * abs(goal.target - stands) ** urgency  # type: ignore[operator]
                total += weight
        assert made.value[1, row] + made.price[1, row] == pytest.approx(1.0 - lost / total)
    assert (made.price >= 0).all()
    assert made.price[1].mean() > made.price[0].mean()


def test_aims_that_are_told_elsewhere_agree_with_it(compared: Comparison) -> None:
    last = [DAYS]
    assert compared.values("aim_inclusion_patron", last) == pytest.approx(
        compared.values("inclusion", last), abs=0.06
    )  # powers look once a week
    assert np.abs(compared.values("aim_centre_patron", last) - compared.values("centre", last)).mean() < 0.1


def test_families_part_all_futures_and_all_is_their_mean(found: Principle) -> None:
    assert sum(group.futures for group in found.families) == found.futures == found.whole.futures
    for s in range(3):
        mean = sum(group.share * group.value[s].mean for group in found.families)
        assert mean == pytest.approx(found.whole.value[s].mean)
    for group in found.groups:
        assert group.gain[NONE, CONDITIONS].mean == pytest.approx(
            group.gain[NONE, AS_IS].mean + group.gain[AS_IS, CONDITIONS].mean
        )
        assert sum(group.leaning.shares) == pytest.approx(1.0)


def test_weighing_again_says_the_same(found: Principle, compared: Comparison) -> None:
    again = weigh(compared, found.question)
    assert json.dumps(again.to_dict()) == json.dumps(found.to_dict())


def test_futures_count_by_their_weights(found: Principle, compared: Comparison) -> None:
    kept = np.arange(found.futures) % 3 > 0
    weighed = weigh(Comparison(found.path, kept.astype(float)), found.question)
    inclusion = compared.values("inclusion", (weighed.deep,))[:, kept, 0].mean(1)
    order = [compared.ids.index(ident) for ident in STRATEGIES]
    assert [weighed.hazard.level[s][-1] for s in STRATEGIES] == pytest.approx(inclusion[order])
    assert weighed.whole.futures == kept.sum()
    assert sum(group.share for group in weighed.families) == pytest.approx(1.0)
    for s in range(3):
        mean = sum(group.share * group.value[s].mean for group in weighed.families)
        assert mean == pytest.approx(weighed.whole.value[s].mean)
    assert weighed.whole.value != found.whole.value


def test_evidence_on_one_course_weighs_all_three_and_is_named(found: Principle, land: Scenario) -> None:
    run = Comparison(found.path).runs[AS_IS]
    futures = np.asarray(run.measures["future"].values)
    weights = np.where(futures < 8, 3.0, 1.0)
    save_weights(run, "early", weights, {"source": "test"})
    again = principle(
        land, coalition=["patron"], conditions=ASKED, futures=24, years=DAYS / 365.25, seed=3, workers=1,
        out=found.path, weights="early",
    )  # fmt: skip
    assert again.to_dict()["weights"]["name"] == "early"
    assert again.whole.value != found.whole.value
    assert "early" in "".join(foot(again))


def test_json_is_what_the_page_says(found: Principle) -> None:
    page = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    match = re.search(r"<!-- schema: principle -->\n```json\n(.*?)```", page, re.DOTALL)
    assert match is not None
    value = json.loads(json.dumps(found.to_dict()))
    jsonschema.validate(value, json.loads(match[1]), cls=jsonschema.Draft202012Validator)
    assert "probab" not in json.dumps(value).lower()


@pytest.mark.parametrize("width", [80, 120])
def test_the_text_says_what_is_best_and_that_a_value_is_not_the_peoples(found: Principle, width: int) -> None:
    from rich.console import Console

    from afternext.foresight.terminal_principle import print_principle

    console = Console(width=width, record=True, force_terminal=False)
    print_principle(found, console)
    text = console.export_text()
    for part in (
        "Moral hazard",
        "too late because of the condition",
        "a coalition's value is not theirs",
        "all: all futures",
        "save it as it is",
    ):
        assert part in text
    assert "None" not in text
    assert "nan" not in text


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_picture_keeps_its_words_inside(found: Principle, size: Any, tmp_path: Path) -> None:
    from afternext.brief.principle import draw_principle

    picture = draw_principle(found, size=size)
    paths = picture.write(tmp_path / size)
    assert [path.suffix for path in paths] == [".png", ".svg", ".csv"]
    assert len(picture.table) == 3 * len(found.groups)
    assert "as it is" in picture.svg


# What the order depends on: closed forms.


def made_of(lost: list[list[list[float]]], weight: list[list[float]], price: list[float]) -> Stakes:
    aims = tuple(f"aim_{k}" for k in range(len(weight)))
    return Stakes(aims, np.array(lost), np.array(weight), np.array(price))


def test_a_goal_tips_the_order_where_two_values_cross() -> None:
    # The second strategy is 0.3 better on the first aim and 0.1 worse on the other: they cross at a quarter.
    one = made_of([[[0.5, 0.5], [0.2, 0.2]], [[0.2, 0.2], [0.3, 0.3]]], [[0.3, 0.3], [0.2, 0.2]], [0.0, 0.0])
    leaning = lean(one, ("a", "b"))
    assert leaning.best == "b"
    tip = next(tip for tip in leaning.tips if tip.aim == "aim_0")
    assert (tip.now, tip.alone, tip.above) == (pytest.approx(0.6), "b", None)
    assert tip.below is not None
    assert tip.below[1] == "a"
    assert tip.below[0] == pytest.approx(0.25, abs=0.006)
    assert leaning.shares[1] == pytest.approx(0.75, abs=0.03)  # of a flat weight of the first aim


def test_the_price_of_means_tips_the_order_where_it_eats_the_gain() -> None:
    one = made_of([[[0.5, 0.5]], [[0.4, 0.4]]], [[0.5, 0.5]], [0.0, 0.05])
    tip = next(tip for tip in lean(one, ("a", "b")).tips if tip.aim == PRICE)
    assert tip.above == (pytest.approx(2.0, abs=0.03), "a")
    assert tip.below is None


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.3, 0.3), st.integers(0, 1000))
def test_the_best_is_told_apart_only_beyond_luck(gap: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.normal(0.5, 0.1, 60)
    values = np.stack([base, base + gap + rng.normal(0, 0.05, 60), base - 0.5])
    best = not_told_apart(values)
    assert best[0] == STRATEGIES[int(values.mean(1).argmax())]
    assert STRATEGIES[2] not in best
    one = estimate(values[1] - values[0])
    assert one.low <= one.mean <= one.high
    assert (len(best) == 1) == one.sure


def test_equal_futures_are_never_told_apart() -> None:
    assert set(not_told_apart(np.full((3, 40), 0.7))) == set(STRATEGIES)


def test_the_first_day_is_that_on_which_it_first_holds() -> None:
    reached = np.array([[False, True, True], [False, False, False], [True, False, True]])
    assert first_day(reached, np.array([0, 5, 9])).tolist() == [5.0, np.inf, 0.0]
