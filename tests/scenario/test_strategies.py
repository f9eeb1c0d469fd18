"""Strategies change a scenario and leave the original alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from afternext.errors import UsageError
from afternext.scenario import Range, Scenario, Uniform, load
from tests.scenario.tiny_folder import POWERS, edited, write_tiny

MANY = """\
  many:
    title: Many at once
    set:
      forces.army.cohesion: {range: [0.8, 0.9]}
      forces.army.treats.plain: spared
      forces.rebels.power: crown
      communities.hill.size: 1
      communities.hill.kin.plain: 0.9
      uncertainties.openness: 0.5
      parameters.flight_rate: 0.5
      parameters.return_rate: 0.1
    incidents: [{kind: capture, place: east, by: army, day: 10}]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return load(
        write_tiny(tmp_path, edited("scenario.yaml: measures: -> " + MANY.replace("\n", "\\n") + "measures:"))
    )


def test_every_kind_of_path_is_set(scenario: Scenario) -> None:
    changed = scenario.with_strategy("many")
    army = changed.forces["army"]
    assert (army.cohesion, army.treats["plain"], army.treats["hill"]) == (Range(0.8, 0.9), "spared", "own")
    assert changed.forces["rebels"].power == "crown"
    assert (changed.communities["hill"].size, changed.communities["hill"].kin) == (1.0, {"plain": 0.9})
    assert changed.uncertainties["openness"].value == 0.5
    assert changed.parameters["flight_rate"].value == 0.5
    assert changed.parameters["return_rate"].why == "strategy many: Many at once"
    assert [(incident.kind, incident.day) for incident in changed.incidents] == [
        ("fighting", None),
        ("capture", 10),
    ]


def test_the_original_stays_and_the_hash_differs(scenario: Scenario) -> None:
    before = scenario.hash
    assert scenario.with_strategy("many").hash != before
    assert scenario.hash == before
    assert scenario.forces["army"].cohesion == 0.7


def test_strategies_apply_in_turn(scenario: Scenario) -> None:
    both = scenario.with_strategy(["many", "open_gates"])
    assert both.forces["army"].admits["plain"] == 1.0
    assert both.forces["army"].treats["plain"] == "spared"


def test_an_unknown_strategy_names_the_nearest(scenario: Scenario) -> None:
    with pytest.raises(UsageError, match=r"tiny|open_gates"):
        scenario.with_strategy("open_gate")


COURT = """\
  court:
    title: What powers are and do
    set:
      powers.crown.far: {uniform: [0.2, 0.4]}
      powers.crown.goals.centre.near: 3
      powers.league.price.crown: 0.9
      powers.league.price.abroad: 0.1
      powers.league.speaks.hill: 0.2
      powers.abroad.public.weight: 0
      powers.abroad.public.support.air: 0.8
      moves.air.ready_days: 2
      polity.trust: 0.1
      polity.regions.right.autonomy: 0.9
    plan: [{by: crown, move: share, day: 3}]
    bar: [abroad.air]
"""


@pytest.fixture
def court(tmp_path: Path) -> Scenario:
    new = COURT.replace("\n", "\\n")
    return load(
        write_tiny(tmp_path, edited("scenario.yaml: measures: -> " + new + "measures:", start=POWERS))
    )


def test_powers_moves_and_polity_are_set(court: Scenario) -> None:
    changed = court.with_strategy("court")
    crown, league, abroad = (changed.powers[name] for name in ("crown", "league", "abroad"))
    assert (crown.far, crown.goals["centre"].near, crown.goals["centre"].target) == (Uniform(0.2, 0.4), 3, 1)
    assert (league.price, league.speaks) == ({"crown": 0.9, "abroad": 0.1}, {"plain": 0.5, "hill": 0.2})
    assert abroad.public is not None
    assert (abroad.public.weight, abroad.public.support.air, abroad.public.support.aid) == (0, 0.8, 0.5)
    assert (changed.moves["air"].ready_days, changed.moves["air"].cost) == (2, 0.4)
    assert changed.polity is not None
    assert (changed.polity.trust, changed.polity.regions["right"].autonomy) == (0.1, 0.9)
    assert court.polity is not None
    assert court.polity.trust == 0.5


def test_plans_and_bars_are_added_to_those_of_the_scenario(court: Scenario) -> None:
    changed = court.with_strategy("court")
    assert [
        (plan.by, plan.first_day(court.freeze), plan.last_day(court.freeze)) for plan in changed.plan
    ] == [
        ("abroad", 7, 60),
        ("crown", 3, None),
    ]
    assert changed.bar == ("share", "abroad.air")
