"""Which moves support the government of a polity, and which powers may make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afternext.scenario.chancellery_schema import Move
    from afternext.scenario.schema import Scenario

# Levers that make whom they are on stronger or see more.
STRENGTHENS = ("strikes", "arms", "advice", "pay", "mobilise", "troops", "sight")


def supports(move: Move, government: str) -> bool:
    """Whether a move, made towards the government, strengthens it."""
    return government in move.to and any(effect.lever in STRENGTHENS for effect in move.effects)


def pushes_out(move: Move) -> bool:
    """Whether a move works for the head of government to go."""
    return any(effect.lever == "oust" for effect in move.effects)


def patrons(scenario: Scenario) -> tuple[str, ...]:
    """Powers that may support the government, in the order of the scenario; none where nobody governs."""
    if scenario.polity is None:
        return ()
    government = scenario.polity.government
    able = {by for move in scenario.moves.values() if supports(move, government) for by in move.by}
    return tuple(power for power in scenario.powers if power in able and power != government)
