"""PRINCE: will a decision be adopted, from who wants it, who can, and who cares (Coplin & O'Leary 1972).

A stakeholder's score is position (-5 to 5) times power (1 to 5) times priority (1 to 5); one who is neutral
counts with power times priority. Support for the decision is

    P(adopt) = (sum of positive scores + half of neutral scores) / sum of absolute scores

The simple baseline for "will they act". It knows no time, no bargaining and no coalition threshold, and its
result is an index: nobody has scored it as a probability.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

POSITIONS = (-5.0, 5.0)
POINTS = (1.0, 5.0)


@dataclass(frozen=True)
class Stake:
    """One stakeholder: where it stands (0 is neutral), what it can do, how much it cares."""

    actor: str
    position: float
    power: float
    priority: float

    def __post_init__(self) -> None:
        for name, (low, high) in (("position", POSITIONS), ("power", POINTS), ("priority", POINTS)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{self.actor}: {name} {value:g} is outside {low:g} to {high:g}")

    @property
    def score(self) -> float:
        """Weight with the sign of the position; of one who is neutral, power times priority."""
        return self.power * self.priority * (self.position or 1.0)


@dataclass(frozen=True)
class Support:
    """The sums behind the index, and the index."""

    positive: float
    neutral: float
    negative: float

    @property
    def share(self) -> float:
        """P(adopt) of PRINCE, 0-1."""
        return (self.positive + self.neutral / 2) / (self.positive + self.neutral + self.negative)


def support(stakes: Iterable[Stake]) -> Support:
    """Weigh a decision's stakeholders."""
    positive = neutral = negative = 0.0
    for stake in stakes:
        if stake.position == 0:
            neutral += stake.score
        elif stake.position > 0:
            positive += stake.score
        else:
            negative -= stake.score
    if positive + neutral + negative == 0:
        raise ValueError("nobody has a stake in this")
    return Support(positive, neutral, negative)
