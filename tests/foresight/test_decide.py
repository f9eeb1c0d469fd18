"""Decisions: who is first and how sure, what turns over time, what is bought with what, on made-up tables."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from afternext.errors import UsageError
from afternext.foresight import decide as deciding
from afternext.foresight.decide import decide
from afternext.foresight.goals import Goal
from afternext.foresight.terminal_decision import finding, trade_lines
from tests.foresight.comparisons import STRATEGIES, small_comparison

DAYS = (30, 3650)
RNG = np.random.default_rng(3)
LUCK = RNG.normal(size=400)


@dataclass
class Made:
    """What `decide` reads of a comparison, with values of our own: (S, F, H)."""

    table: np.ndarray
    ids: tuple[str, ...] = ("none", "quick", "slow")
    path: str = "made"
    seed: int = 1
    freeze: date = date(2031, 5, 1)
    days: tuple[int, ...] = DAYS
    costs: Any = None
    notes: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def manifest(self) -> dict[str, Any]:
        return {"scenario": {"title": "Made up"}}

    @property
    def futures(self) -> np.ndarray:
        return np.arange(self.table.shape[1])

    @property
    def weights(self) -> np.ndarray:
        return np.full(self.table.shape[1], 1 / self.table.shape[1])

    @property
    def titles(self) -> dict[str, str]:
        return {ident: ident.capitalize() for ident in self.ids}

    @property
    def whys(self) -> dict[str, str]:
        return dict.fromkeys(self.ids, "")

    @property
    def priced(self) -> dict[str, bool]:
        return dict.fromkeys(self.ids, True)

    @property
    def experiments(self) -> pd.DataFrame:
        return pd.DataFrame({"luck": LUCK[: self.table.shape[1]], "idle": RNG.random(self.table.shape[1])})

    def values(self, measure: str, days: tuple[int, ...]) -> np.ndarray:
        return self.table[:, :, [DAYS.index(day) for day in days]]


def judged(monkeypatch: pytest.MonkeyPatch, effects: np.ndarray, noise: float = 0.3, **more: Any) -> Any:
    """Decide on a table: luck that all share, an effect by course and horizon, and noise of each."""
    goal = Goal("x < 0", "x", "x", False, "", DAYS, (0.0, 0.0), True, "<")
    monkeypatch.setattr(deciding, "goals_of", lambda *_: (goal,))
    rng = np.random.default_rng(8)
    table = LUCK[None, :, None] + effects[:, None, :] + noise * rng.normal(size=(3, len(LUCK), 2))
    return decide(Made(table), **more)  # type: ignore[arg-type]


def test_what_is_best_soon_and_bad_late_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(monkeypatch, np.array([[0.0, 0], [-0.8, 0.8], [0.8, -0.8]]))
    assert (found.ids[found.turn.near], found.ids[found.turn.deep]) == ("quick", "slow")
    assert found.turn.beyond_noise
    assert finding(found)[0] == "The best after 30 days (Quick) is not the best after 10 years (Slow)."
    assert any("turns over time" in line for line in trade_lines(found))


def test_what_is_within_noise_is_not_called_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(monkeypatch, np.array([[0.0, 0], [-0.01, 0.01], [0.01, -0.01]]), noise=1.0)
    assert not found.turn.beyond_noise
    assert "tell no strategy apart" in finding(found)[0]
    assert not found.trades


def test_a_course_that_leads_everywhere_leads_by_every_metric(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(monkeypatch, np.array([[0.0, 0], [-2.0, -2.0], [1.0, 1.0]]))
    one = found.judged[0]
    assert [leader.best for leader in found.leaders] == [1, 1]
    assert found.leaders[0].level == ()
    assert (one.first["mean"][1] == 1).all()
    assert (one.scores["worst_regret"][1] <= 0.5).all()
    assert found.pareto == ((1,), (1,))


def test_failures_are_explained_by_what_causes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(monkeypatch, np.array([[0.0, 0], [-0.5, -0.5], [0.8, 0.8]]), noise=0.05)
    _, told = found.vulnerable[0]
    assert not isinstance(told, str)
    assert [told.columns[k].name for k in told.choices[0].box.restricted] == ["luck"]


def test_ties_at_the_first_horizon_are_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(monkeypatch, np.array([[0.0, 0], [0.0, 0.0], [0.0, -0.5]]), noise=0.0)
    assert found.turn.near == found.turn.deep == 2


def test_one_course_decides_nothing() -> None:
    with pytest.raises(UsageError, match="at least two"):
        decide(Made(np.zeros((1, 5, 2)), ids=("none",)))  # type: ignore[arg-type]


def test_a_stored_comparison_is_judged_whole() -> None:
    found = decide(small_comparison(), ["displaced < 20k", "dead@30d < 200"], vulnerabilities=False)
    told = json.loads(json.dumps(found.to_dict()))
    assert [one["id"] for one in told["strategies"]] == list(STRATEGIES)
    assert [one["goal"] for one in told["goals"]] == ["displaced < 20k", "dead@30d < 200"]
    assert len(told["goals"][0]["strategies"][0]["at"]) == len(small_comparison().days)
    assert len(told["metrics"]) >= 10
    frame = found.to_frame()
    assert set(frame["strategy"]) == set(STRATEGIES)
    shares = frame[(frame["metric"] == "good_enough") & (frame["measure"] == "displaced")]
    by_hand = (small_comparison().values("displaced") < 20_000).mean(axis=1)
    assert shares["value"].to_numpy().reshape(3, -1) == pytest.approx(by_hand)
    assert "probab" not in json.dumps(told).lower()
