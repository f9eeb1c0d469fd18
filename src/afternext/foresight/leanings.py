"""What the order of strategies depends on: weights of goals are judgement, so they are swept.

Values are linear in the weights of aims and horizons, so that means over futures are enough: every weighting
of the aims is as good as any other (flat Dirichlet), with the deep horizon anywhere between nothing and all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from afternext.foresight.aims import Stakes
from afternext.foresight.weights import Floats

DRAWS = 4000
STEPS = 200  # shares of weight tried for one aim
HORIZON, PRICE = "horizon", "price"
MOST_TIMES = 4.0  # what means cost, tried from nothing to so many times
EVEN = 1e-9


@dataclass(frozen=True)
class Tip:
    """One aim (or the deep horizon, or the price of means) alone.

    Attributes
    ----------
    now : its share of all weight; of the price, how many times what is declared: 1
    alone : strategy that is best where nothing else counts; empty if it cannot tell
    below, above : (share, strategy): the nearest weight at which another becomes best; None if none does
    gains : what each strategy gains over the first on this aim alone, 0-1
    """

    aim: str
    now: float
    alone: str
    below: tuple[float, str] | None
    above: tuple[float, str] | None
    gains: tuple[float, ...]

    @property
    def reach(self) -> float:
        """How far the weight must move for another strategy to become best."""
        moves = [abs(one[0] - self.now) for one in (self.below, self.above) if one is not None]
        return min(moves, default=2.0)


@dataclass(frozen=True)
class Leaning:
    """How robust the order is.

    Attributes
    ----------
    shares : share of weightings of all goals under which each strategy is best
    tips : by aim, the one that decides soonest first
    """

    strategies: tuple[str, ...]
    best: str
    shares: tuple[float, ...]
    tips: tuple[Tip, ...]

    @property
    def deciding(self) -> tuple[Tip, ...]:
        """Aims whose weight, within nothing to all, would make another strategy best."""
        return tuple(tip for tip in self.tips if tip.below is not None or tip.above is not None)

    def to_dict(self) -> dict[str, Any]:
        def tipping(one: tuple[float, str] | None) -> dict[str, Any] | None:
            return None if one is None else {"share_of_weight": round(one[0], 3), "then_best": one[1]}

        return {
            "best_in_share_of_weightings": {
                s: round(share, 4) for s, share in zip(self.strategies, self.shares, strict=True)
            },
            "by_goal": [
                {
                    "goal": tip.aim, "share_of_weight": round(tip.now, 4), "best_alone": tip.alone or None,
                    "if_less": tipping(tip.below), "if_more": tipping(tip.above),
                    "gain_alone": {s: round(g, 5) for s, g in zip(self.strategies, tip.gains, strict=True)},
                }
                for tip in self.tips
            ],
        }  # fmt: skip


def lean(made_of: Stakes, strategies: Sequence[str], seed: int = 0) -> Leaning:
    """Sweep the weights of all goals, and of each one by itself."""
    names = tuple(strategies)
    now = made_of.values(made_of.weight)
    best = int(np.argmax(now))
    rng = np.random.default_rng(seed)
    aims = rng.dirichlet(np.ones(len(made_of.aims)), DRAWS)
    far = rng.random(DRAWS)[:, None]
    draws = np.stack([aims * (1.0 - far), aims * far], 2)
    winners = np.bincount(made_of.values(draws).argmax(1), minlength=len(names)) / DRAWS
    tips = [_tip(made_of, names, best, a) for a in range(len(made_of.aims))]
    tips.append(_horizon(made_of, names, best))
    tips.append(_price(made_of, names, best))
    tips.sort(key=lambda tip: tip.reach)
    return Leaning(names, names[best], tuple(float(w) for w in winners), tuple(tips))


def _tip(made_of: Stakes, names: tuple[str, ...], best: int, a: int) -> Tip:
    own = np.zeros_like(made_of.weight)
    total = made_of.weight[a].sum()
    own[a] = made_of.weight[a] / total if total > 0 else 0.5
    rest = made_of.weight.copy()
    rest[a] = 0.0
    rest = rest / max(rest.sum(), 1e-12)
    return _between(made_of, names, best, made_of.aims[a], rest, own, float(total))


def _horizon(made_of: Stakes, names: tuple[str, ...], best: int) -> Tip:
    """The deep horizon against the near one."""
    ends = []
    for h in range(2):
        one = np.zeros_like(made_of.weight)
        one[:, h] = made_of.weight[:, h] / max(made_of.weight[:, h].sum(), 1e-12)
        ends.append(one)
    return _between(made_of, names, best, HORIZON, ends[0], ends[1], float(made_of.weight[:, 1].sum()))


def _price(made_of: Stakes, names: tuple[str, ...], best: int) -> Tip:
    """What means cost, from nothing to some times what is declared."""
    times = np.linspace(0.0, MOST_TIMES, STEPS + 1)
    values = made_of.values(made_of.weight) + (1.0 - times)[:, None] * made_of.price
    alone = -made_of.price
    winner = names[int(np.argmax(alone))] if np.ptp(alone) > EVEN else ""
    return _along(times, values, names, best, PRICE, 1.0, winner, tuple(float(v) for v in alone - alone[0]))


def _between(
    made_of: Stakes, names: tuple[str, ...], best: int, name: str, none: Floats, all_: Floats, now: float
) -> Tip:
    """Move weight from nothing to all along a line and see where another strategy becomes best."""
    shares = np.linspace(0.0, 1.0, STEPS + 1)
    values = made_of.values((1 - shares)[:, None, None] * none + shares[:, None, None] * all_)
    alone = 1.0 - np.tensordot(all_, made_of.lost, ((0, 1), (1, 2)))
    winner = names[int(np.argmax(alone))] if np.ptp(alone) > EVEN else ""
    return _along(shares, values, names, best, name, now, winner, tuple(float(v) for v in alone - alone[0]))


def _along(
    steps: Floats,
    values: Floats,
    names: tuple[str, ...],
    best: int,
    name: str,
    now: float,
    winner: str,
    gains: tuple[float, ...],
) -> Tip:
    """The nearest step on either side of `now` at which another strategy is best; values (step, S)."""
    first = values.argmax(1)
    other = np.flatnonzero(first != best)
    less, more = other[steps[other] < now], other[steps[other] > now]

    def at(k: int) -> tuple[float, str]:
        return float(steps[k]), names[int(first[k])]

    below = at(int(less[-1])) if len(less) else None
    above = at(int(more[0])) if len(more) else None
    return Tip(name, now, winner, below, above, gains)
