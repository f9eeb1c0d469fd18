"""The scenario format names the same aims, classes of action and levers as the world."""

from __future__ import annotations

from typing import get_args

from afternext.scenario import chancellery_schema as scenario
from afternext.world import chancellery as world


def test_aims_are_the_same_and_in_the_same_order() -> None:
    assert tuple(name for name, _ in world.AIMS) == scenario.AIMS


def test_classes_of_action_are_the_same() -> None:
    assert get_args(scenario.ActionClass) == world.CLASSES == tuple(scenario.Support.model_fields)


def test_levers_are_the_same_and_press_on_the_same() -> None:
    assert [(name, on) for name, on, _ in world.LEVERS] == [(k, v.on) for k, v in scenario.LEVERS.items()]
