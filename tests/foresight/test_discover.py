"""Discovery on a run: boxes in sentences, honest about what does not hold; the pair for the EMA Workbench."""

from __future__ import annotations

import numpy as np
import pytest

import afternext as an
from afternext.errors import UsageError
from afternext.foresight.boxes import find_boxes, screen
from afternext.foresight.columns import columns_of
from afternext.foresight.discover import Discovery, discover
from tests.foresight.runs import FUTURES, small_run


def known(futures: int = 800, columns: int = 60):
    """Many idle columns; the outcome is common where one is low and a word is right."""
    rng = np.random.default_rng(2)
    table = {f"idle_{k}": rng.random(futures) for k in range(columns)}
    table["cohesion"] = rng.random(futures)
    table["gate"] = rng.choice(["open", "shut"], futures)
    likely = (table["cohesion"] < 0.4) & (table["gate"] == "shut")
    cases = rng.random(futures) < np.where(likely, 0.9, 0.1)
    return columns_of(table), cases


def test_two_real_conditions_are_found_among_sixty_idle_ones() -> None:
    columns, cases = known()
    boxes = find_boxes(columns, cases)
    names = {columns[k].name for k in boxes[0].box.restricted}
    assert names == {"cohesion", "gate"}
    assert boxes[0].density_out == pytest.approx(0.9, abs=0.12)
    assert all(boxes[0].often[k] >= 0.9 for k in boxes[0].box.restricted)


def test_the_screen_keeps_what_goes_with_the_outcome() -> None:
    columns, cases = known()
    kept = {columns[k].name for k in screen(columns, cases, None)}
    assert {"cohesion", "gate"} <= kept
    assert len(kept) == 8


def test_each_box_is_a_sentence_with_held_out_figures() -> None:
    columns, cases = known()
    found = Discovery(
        "A crisis", "displaced > 1M", len(cases), 1, int(cases.sum()), float(cases.mean()), tuple(columns),
        tuple(find_boxes(columns, cases)), None, {"cohesion": ("share", "cohesion of the army")},
    )  # fmt: skip
    text = found.sentence(found.choices[0])
    assert "cohesion of the army is below 0.4" in text or "cohesion of the army is below 0.3" in text
    assert "gate is shut" in text
    assert "held-out" in text
    assert "probab" not in str(found.to_dict()).lower()


def test_a_second_box_is_found_on_what_is_left() -> None:
    rng = np.random.default_rng(3)
    x = rng.random((4000, 4))
    cases = ((x[:, 0] < 0.3) & (x[:, 1] < 0.5)) | ((x[:, 2] > 0.8) & (x[:, 3] > 0.3))
    columns = columns_of({f"x{i}": x[:, i] for i in range(4)})
    boxes = find_boxes(columns, cases)
    assert len(boxes) >= 2
    assert {frozenset(choice.box.restricted) for choice in boxes[:2]} == {
        frozenset({0, 1}),
        frozenset({2, 3}),
    }


def test_a_run_can_be_asked() -> None:
    found = an.discover(small_run(), "displaced@30d > 10k")
    assert found.futures == FUTURES
    assert found.to_dict()["share_of_futures"] == pytest.approx(found.cases / FUTURES, abs=1e-4)


def test_too_few_cases_are_refused_with_advice() -> None:
    with pytest.raises(UsageError, match="0 of 40 futures meet the condition"):
        discover(small_run(), "displaced > 100M")


def test_the_pair_for_the_workbench_has_a_row_a_future() -> None:
    experiments, outcomes = small_run().to_ema()
    assert len(experiments) == FUTURES
    assert {"scenario", "policy", "model"} <= set(experiments.columns)
    assert outcomes["displaced"].shape == outcomes["TIME"].shape
    assert outcomes["displaced"].shape[0] == FUTURES
    assert (outcomes["TIME"][0] == small_run().measures["day"].values).all()
