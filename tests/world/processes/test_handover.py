"""Handover: who took a place of strangers leaves it to a friend who is at home there."""

from __future__ import annotations

from typing import Any

import pytest

from afternext.world import events
from tests.world.toy import FORCES, incident, line, play, stop

GUARD = {"name": "Guard", "kind": "militia", "power": "council", "treats": {"hill": "own"}}
COUNCIL = {"council": {"name": "Council", "kind": "party", "goals": {"violence": {"target": 0}}}}
STILL = {
    **{"attack_insurgent": 0.0, "attack_regular": 0.0, "offensive_rate": 0.0},
    **{"rot_hollow": 1e-9, "rot_cohesive": 1e-9, "refill_rate": 0.0},
}
ARMY, REBELS, GUARDS = range(3)


def towns(
    valley: str = "valley", relation: str = "tacit", army: int = 3_000, day: int = 2, **more: float
) -> list[Any]:
    """Guards of the hills enter a town on day 2 that rebels held; the army is in the next one."""
    crisis = line(
        stop("hills", 50_000, holder="guard", shares={"hill": 1.0}),
        stop("town", 60_000, km=60.0, holder="rebels", shares={valley: 1.0}),
        stop("port", 100_000, km=60.0),
        forces={**FORCES, "guard": GUARD},
        powers=COUNCIL,
        relations=[
            {"between": ["army", "rebels"], "stance": "hostile"},
            {"between": ["guard", "rebels"], "stance": "hostile"},
            {"between": ["guard", "army"], "stance": relation},
        ],
        presence=[
            {"place": "hills", "force": "guard", "strength": 4_000},
            {"place": "port", "force": "army", "strength": army},
        ],
        incidents=[incident("capture", "town", day=day, by="guard")],
    )
    rules = {**STILL, "handback_days": 20.0, "home_reach": 20.0, "away_share": 0.1, **more}
    return [play(crisis, 300, calm=False, luck=k, **rules) for k in range(6)]


def holders(told: list[Any]) -> set[int]:
    return {int(o.arrays["place_holder"][-1, 1]) for o in told}


def test_a_town_of_strangers_is_left_to_a_friend_who_is_at_home_there() -> None:
    told = towns()
    assert holders(told) == {ARMY}
    for outcome in told:
        handed = outcome.events[outcome.events["kind"] == events.HANDED]
        assert handed["place"].tolist() == [1]
        assert (handed["force"][0], handed["other"][0]) == (ARMY, GUARDS)


@pytest.mark.parametrize(
    "otherwise",
    [
        pytest.param({"valley": "hill"}, id="its own people live there"),
        pytest.param({"relation": "hostile"}, id="the army is no friend"),
        pytest.param({"army": 0}, id="the army has nobody to send"),
        pytest.param({"handback_days": 1e9}, id="ablation: nobody ever leaves"),
    ],
)
def test_a_town_is_kept_without_a_reason_to_leave_it_to_somebody(otherwise: dict[str, Any]) -> None:
    assert holders(towns(**otherwise)) == {GUARDS}


def test_a_friend_sends_again_until_he_has_men_enough() -> None:
    """The first party is too small: 180 men are needed, and 0.7 of what is there can be spared at once."""
    assert holders(towns(hold_share=0.003, army=260, garrison_keep=0.3)) == {GUARDS}  # he has too few
    assert holders(towns(hold_share=0.003, army=600, garrison_keep=0.3)) == {ARMY}


def test_a_town_that_was_taken_on_the_first_day_is_left_as_any() -> None:
    assert holders(towns(day=0)) == {ARMY}


def test_nobody_is_alarmed_or_lost_when_a_town_is_handed_over() -> None:
    for kept, handed in zip(towns(handback_days=1e9), towns(), strict=True):
        fled, stayed = (o.arrays["newly_displaced"][-1] for o in (handed, kept))
        assert fled == pytest.approx(stayed, rel=0.2)
        for force in ("guard", "army"):
            assert (handed.arrays[f"strength_{force}"] == kept.arrays[f"strength_{force}"]).all()
