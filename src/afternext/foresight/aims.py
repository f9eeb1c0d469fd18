"""What a future is worth to a power: its own declared goals, on what came about.

As in the decisions of the model (docs/model/decisions.md), but afterwards and on the situation as it is:

    value = 1 - sum w[a, h] |target[a] - s[a, h]| ^ urgency / sum w[a, h] - price   1: all is as it should be
    w     = near * (1 - far), far * far       h: how things stand at the near and at the deep horizon
    price = cost_weight * mean yearly cost of what it has under way / budget

Goals, targets, urgency and means are those of each future: uncertain ones differ between futures.
Own losses are a price, not a prize: they count in the sum and not in what it is divided by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from afternext.foresight.weights import Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afternext.foresight.comparison import Comparison
    from afternext.scenario.values import Value

OWN_LOSSES = "own_losses"
AIM, SPENT = "aim_{}_{}", "spent_{}"


@dataclass(frozen=True)
class Worth:
    """One power: S strategies, F futures, A aims, two horizons.

    Attributes
    ----------
    aims : names, in the order of the scenario
    missed : (S, F, A, 2) how badly each aim stands, 0 where it should be to 1
    weight : (F, A, 2) share of all weight
    price : (S, F) share of goals
    """

    power: str
    aims: tuple[str, ...]
    missed: Floats
    weight: Floats
    price: Floats

    @property
    def by_aim(self) -> Floats:
        """(S, F, A): what each aim takes away from the value, both horizons."""
        return np.asarray((self.weight * self.missed).sum(3))

    @property
    def value(self) -> Floats:
        """(S, F)"""
        return np.asarray(1.0 - self.by_aim.sum(2) - self.price)


def column(comparison: Comparison, name: str, value: Value | float) -> Floats:
    """A number of the scenario in every future: its column where it is uncertain, else the value itself."""
    table = comparison.experiments
    if name in table:
        return table[name].to_numpy(dtype=np.float64)
    given = comparison.manifest["overrides"].get(name)
    number = comparison.scenario.center(value) if given is None else given
    return np.full(len(comparison.futures), float(number))


def parameter(comparison: Comparison, name: str) -> Floats:
    """A row of the table of parameters in every future."""
    from afternext.world import read_parameters

    override = comparison.scenario.parameters.get(name)
    value = read_parameters()[name].default if override is None else override.value
    return column(comparison, name, value)


def worth(comparison: Comparison, power: str, near: int, deep: int) -> Worth:
    """What the futures of every strategy are worth to a power; near and deep are days after the freeze."""
    declared = comparison.scenario.powers[power]
    aims = tuple(declared.goals)
    where = f"powers.{power}"
    far = np.clip(column(comparison, f"{where}.far", declared.far), 0.0, 1.0)
    urgency = parameter(comparison, "urgency")
    missed, weights = [], []
    for aim in aims:
        goal = declared.goals[aim]
        path = f"{where}.goals.{aim}"
        target = column(comparison, f"{path}.target", goal.target)
        stands = np.clip(comparison.values(AIM.format(aim, power), (near, deep)), 0.0, 1.0)
        missed.append(np.abs(target[:, None] - stands) ** urgency[:, None])
        soon = column(comparison, f"{path}.near", goal.near) * (1.0 - far)
        weights.append(np.stack([soon, column(comparison, f"{path}.far", goal.far) * far], 1))
    weight = np.stack(weights, 1)
    counted = np.array([aim != OWN_LOSSES for aim in aims])
    total = weight[:, counted].sum((1, 2))
    share = weight / np.maximum(total, 1e-12)[:, None, None]
    return Worth(power, aims, np.stack(missed, 2), share, price(comparison, power))


def price(comparison: Comparison, power: str) -> Floats:
    """(S, F): what a power has under way, mean over the whole future, against its budget."""
    budget = column(comparison, f"powers.{power}.budget", comparison.scenario.powers[power].budget)
    grid = comparison.grid()
    spent = comparison.values(SPENT.format(power), tuple(int(day) for day in grid))
    steps = np.diff(grid, prepend=0)
    mean = spent @ steps / max(int(steps.sum()), 1)
    scale = np.divide(1.0, budget, out=np.zeros_like(budget), where=budget > 0)
    return np.asarray(parameter(comparison, "cost_weight") * mean * scale)


@dataclass(frozen=True)
class Stakes:
    """What a coalition's value is made of: mean losses by strategy, aim and horizon, for any weights.

    Attributes
    ----------
    aims : of all members
    lost : (S, A, 2) mean over futures and members that have the aim, by their weight in the coalition
    weight : (A, 2) share of all weight as declared, mean over futures
    price : (S,)
    """

    aims: tuple[str, ...]
    lost: Floats
    weight: Floats
    price: Floats

    def values(self, weights: Floats) -> Floats:
        """(..., S) for weights (..., A, 2) that sum to 1."""
        return np.asarray(1.0 - np.tensordot(weights, self.lost, ((-2, -1), (1, 2))) - self.price)


def stakes(members: Sequence[Worth], shares: Sequence[float], futures: Floats) -> Stakes:
    """Put members together over some futures (`futures`: weights that sum to 1)."""
    aims = tuple(dict.fromkeys(aim for one in members for aim in one.aims if aim != OWN_LOSSES))
    strategies = members[0].missed.shape[0]
    lost, weight = np.zeros((strategies, len(aims), 2)), np.zeros((len(aims), 2))
    for a, aim in enumerate(aims):
        having = [(one, share) for one, share in zip(members, shares, strict=True) if aim in one.aims]
        total = sum(share for _, share in having)
        for one, share in having:
            k = one.aims.index(aim)
            mean = np.einsum("f,sfh->sh", futures, one.missed[:, :, k])
            lost[:, a] += mean * (share / total if total > 0 else 1 / len(having))
            weight[a] += share * (futures @ one.weight[:, k])
    price_ = sum(
        (share * (one.price @ futures) for one, share in zip(members, shares, strict=True)),
        start=np.zeros(strategies),
    )
    return Stakes(aims, lost, weight / max(weight.sum(), 1e-12), np.asarray(price_))
