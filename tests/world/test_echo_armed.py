"""What armed forces still feel at the freeze: garrisons that ran next door, leaders who fell, old targets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from afternext.world import compile_scenario, events
from afternext.world.realise import realise
from tests.world.toy import FREEZE, line, middle_row, play, stop

if TYPE_CHECKING:
    from afternext.scenario.schema import Scenario

CITY, MILL, FARM = range(3)
NEWS = {"news_delay": 0.1, "contagion": 0.4, "contagion_reach": 2.0, "panic_half_life": 2.0}


def event(kind: str, by: str, days_ago: int, place: str = "city", **more: object) -> dict[str, object]:
    return {"kind": kind, "place": place, "by": by, "date": FREEZE - timedelta(days=days_ago), **more}


def valley(*history: dict[str, object], **changes: Any) -> Scenario:
    """Return a city that rebels hold, and two towns of the army behind it, 60 and 120 km away."""
    towns: dict[str, Any] = {
        "presence": [
            {"place": "city", "force": "rebels", "strength": 1_000},
            {"place": "mill", "force": "army", "strength": 500},
            {"place": "farm", "force": "army", "strength": 500},
        ],
        "incidents": list(history),
    }
    return line(
        stop("city", 300_000, holder="rebels"),
        stop("mill", 100_000, km=60.0),
        stop("farm", 100_000, km=60.0),
        **(towns | changes),
    )


def begin(crisis: Scenario, luck: int = 0, **overrides: float):
    world = compile_scenario(crisis, days=30, overrides=NEWS | overrides)
    return realise(world.blueprint, middle_row(world), 1, luck)[0]


def test_a_garrison_is_still_afraid_of_what_happened_next_door_the_day_before() -> None:
    panic = begin(valley(event("capture", "rebels", 2))).forces.panic
    heard = 0.4 * 300 / 400
    assert panic[MILL] == pytest.approx(heard * 2.0 ** (-1 / 2))  # it came a day after the fall
    assert 0.0 < panic[FARM] < panic[MILL]
    assert panic[CITY] == 0.0


def test_what_happened_on_the_day_of_the_freeze_is_heard_of_after_it() -> None:
    forces = begin(valley(event("capture", "rebels", 0))).forces
    assert (forces.panic == 0.0).all()
    assert forces.shock[1, MILL] > 0.0


@pytest.mark.parametrize(
    ("history", "overrides"),
    [
        pytest.param([event("capture", "rebels", 60)], {}, id="long ago"),
        pytest.param(
            [event("withdrawal", "army", 3), event("capture", "rebels", 2)], {}, id="left in order before"
        ),
        pytest.param([event("capture", "rebels", 2)], {"contagion": 1e-6}, id="nobody hears of it"),
        pytest.param([], {}, id="nothing happened"),
    ],
)
def test_nobody_is_afraid_without_a_garrison_that_ran_lately(
    history: list[dict[str, object]], overrides: dict[str, float]
) -> None:
    forces = begin(valley(*history), **overrides).forces
    assert (forces.panic == 0.0).all()
    assert (forces.shock == 0.0).all()


def test_who_came_after_the_news_has_not_heard_it() -> None:
    """A town that changed hands since is held by others, who were not there."""
    history = [event("capture", "rebels", 3), event("capture", "army", 1, "mill")]
    assert begin(valley(*history)).forces.panic[MILL] == 0.0


def test_a_wave_of_garrisons_that_run_goes_on_after_the_freeze() -> None:
    hollow = {"break_rate": 12.0, "trust_exponent": 1.0, "panic_weight": 10.0}

    def broke(*history: dict[str, object]) -> float:
        told = [play(valley(*history), 6, calm=False, luck=k, **NEWS, **hollow) for k in range(40)]
        return float(np.mean([(o.events["kind"] == events.BROKEN).any() for o in told]))

    assert broke(event("capture", "rebels", 1)) > broke(event("capture", "rebels", 60)) + 0.2


def test_garrisons_whose_seat_broke_trust_their_leaders_less_for_weeks() -> None:
    def lead(days_ago: int, **more: float) -> float:
        return float(
            begin(valley(event("capture", "rebels", days_ago)), lead_shock=0.4, **more).forces.lead[MILL]
        )

    assert lead(1, lead_half_life=20.0) == pytest.approx(1.0 - 0.4 * 2.0 ** (-1 / 20))
    assert lead(20, lead_half_life=20.0) == pytest.approx(0.8)
    assert lead(400, lead_half_life=20.0) > 0.999


def test_a_small_post_that_broke_was_nobody_s_seat() -> None:
    crisis = line(
        stop("city", 10_000, holder="rebels"),
        stop("mill", 100_000, km=60.0),
        incidents=[event("capture", "rebels", 1)],
        presence=[
            {"place": "city", "force": "rebels", "strength": 1_000},
            {"place": "mill", "force": "army", "strength": 500},
        ],
    )
    assert begin(crisis, lead_shock=0.4).forces.lead[MILL] == 1.0


def test_who_stood_through_a_panic_is_more_willing_than_who_was_not_tried() -> None:
    def cohesion(*history: dict[str, object]) -> float:
        drawn = [
            begin(
                valley(*history), k, break_rate=12.0, trust_exponent=4.0, panic_weight=10.0
            ).forces.cohesion[MILL, 0]
            for k in range(60)
        ]
        return float(np.mean(drawn))

    assert cohesion(event("capture", "rebels", 3)) > cohesion() + 0.02


def test_an_insurgent_strikes_again_where_the_history_tells_that_it_struck() -> None:
    def hits(*history: dict[str, object]) -> np.ndarray:
        return begin(valley(*history)).forces.hit[:, 1]

    told = hits(event("fighting", "rebels", 40, "farm", days=10), event("fighting", "army", 5, "mill"))
    assert told[FARM] == -30
    assert told[MILL] == -np.inf  # the army struck there
    assert (hits()[[MILL, FARM]] == -np.inf).all()
