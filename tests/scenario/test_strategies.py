"""Strategies change a scenario and leave the original alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from afternext.errors import UsageError
from afternext.scenario import Range, Scenario, load
from tests.scenario.tiny_folder import edited, write_tiny

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
