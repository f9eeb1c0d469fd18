"""Armies answer: men go where an enemy is feared, and what was lost is retaken when the odds allow."""

from __future__ import annotations

import numpy as np

from afternext.world import compile_scenario, events
from tests.world.processes.test_clash import ARMY, STEADY, WILLING, army, garrisons
from tests.world.toy import draw_rows, incident, line, play, stop

ANSWER = {**STEADY, "ready_days": 1.0, "offensive_rate": 0.0}


def threatened(**changes: object):
    """Return a weak garrison next to a rebel base, a strong one far behind it."""
    return line(
        stop("fort", 5_000, holder="rebels"),
        stop("ford", 50_000, km=60.0),
        stop("port", 50_000, km=120.0),
        presence=garrisons(fort=6_000, ford=300, port=8_000),
        forces=army(**WILLING),
        **changes,
    )


def sent(outcome) -> np.ndarray:
    return outcome.events[outcome.events["kind"] == events.REINFORCED]


def test_an_army_reinforces_a_place_in_danger_and_nobody_is_lost_on_the_road() -> None:
    outcome = play(threatened(), 90, calm=False, garrison_keep=0.3, mass_share=0.35, **ANSWER)
    men = sent(outcome)
    assert len(men) > 0
    assert set(men["place"]) == {1}
    assert (outcome.arrays["strength_army"] == 8_300).all()


def test_no_more_men_are_sent_than_a_place_lacks() -> None:
    few, many = (
        play(threatened(), 90, calm=False, garrison_keep=0.3, mass_share=0.35, relief_ratio=r, **ANSWER)
        for r in (0.5, 4.0)
    )
    assert sent(few)["persons"].sum() < sent(many)["persons"].sum()


def test_a_place_in_no_danger_gets_no_reinforcements() -> None:
    crisis = threatened(relations=[{"between": ["army", "rebels"], "stance": "neutral"}])
    assert len(sent(play(crisis, 90, calm=False, **ANSWER))) == 0


def test_nobody_gets_through_to_a_place_that_is_cut_off() -> None:
    crisis = line(
        stop("fort", 5_000, holder="rebels"),
        stop("ford", 50_000, km=60.0),
        stop("post", 5_000, km=60.0, holder="rebels"),
        stop("port", 50_000, km=60.0),
        presence=[
            *garrisons(fort=2_000, ford=300, port=8_000),
            {"place": "post", "force": "rebels", "strength": 900},
        ],
        forces=army(**WILLING),
    )
    assert 1 not in sent(play(crisis, 60, calm=False, **ANSWER))["place"]


def test_a_large_town_that_was_lost_is_retaken_more_often_where_armies_plan_offensives() -> None:
    crisis = line(
        stop("fort", 5_000, holder="rebels"),
        stop("ford", 150_000, km=60.0),
        stop("port", 300_000, km=120.0),
        presence=garrisons(fort=1_500, ford=100, port=12_000),
        forces=army(present=0.9, cohesion=0.7),
        incidents=[incident("capture", "ford", day=1)],
    )

    def back(rate: float) -> float:
        world = compile_scenario(crisis, days=730, overrides={**STEADY, "offensive_rate": rate})
        rows = draw_rows(world, 64)
        held = [world.simulate(rows[k], 1, k).arrays["place_holder"][-1, 1] for k in range(64)]
        return float(np.mean(np.array(held) == ARMY))

    assert back(0.01) > back(0.0) + 0.15
