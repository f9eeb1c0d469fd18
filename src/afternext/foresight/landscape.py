"""Landscape theory: which sides actors take, as valleys of an energy (Axelrod & Bennett 1993).

Every pair of actors has a propensity to work together (positive) or against each other (negative), every
actor a strength. A configuration puts each actor on one of two sides; its energy is

    E(X) = sum over ordered pairs i, j of  s_i s_j p_ij d_ij(X),      d = 1 if i and j are opposed, else 0

(Axelrod & Bennett 1993, British Journal of Political Science 23, 211-233, eq. 2-3; a cell p_ij that differs
from p_ji counts each way). It is low where friends stand together and enemies apart. A configuration is
stable if no actor lowers the energy by changing sides alone. All 2^(n-1) configurations are enumerated, so
the minima are exact, for up to MOST_ACTORS actors.

Valid for two sides and one moment: no time, no tacit or partial alignment, no price at home.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Camps = tuple[tuple[str, ...], tuple[str, ...]]

MOST_ACTORS = 24  # 2^23 configurations take 64 MB an array and some seconds
ROUNDING = 1e-9  # energies nearer than this share of all weights are the same: sums of floats differ by order


@dataclass(frozen=True)
class Minimum:
    """A stable configuration, with those that differ from it only by who is indifferent.

    energy    : energy of the configuration
    camps     : the two sides; the first holds the first actor
    undecided : actors that can change sides at no cost; they stand in `camps` where they were found first
    basin     : share of all configurations from which steepest descent ends here, 0-1
    """

    energy: float
    camps: Camps
    undecided: tuple[str, ...]
    basin: float


@dataclass(frozen=True)
class Torn:
    """How firmly an actor stands in a configuration.

    cost  : energy it takes to change sides alone; below zero the actor gains by it
    share : share of the weight of its ties that the configuration frustrates, 0-1; a half is torn in two
    """

    actor: str
    cost: float
    share: float


@dataclass(frozen=True)
class Tipping:
    """The nearest value of one input at which another configuration becomes the lowest.

    kind   : ``strength`` of one actor, or ``propensity`` of a pair (both directions together)
    actors : whose input
    value  : as it is          threshold : where the lowest configuration changes
    flips  : who then changes sides, the smaller of the two groups that part
    """

    kind: str
    actors: tuple[str, ...]
    value: float
    threshold: float
    flips: tuple[str, ...]


@dataclass(frozen=True)
class Descent:
    """Who changed sides, one after the other, and the energy before and after each change."""

    movers: tuple[str, ...]
    energies: tuple[float, ...]
    camps: Camps


@dataclass(frozen=True, eq=False)
class Landscape:
    """Actors, their strengths and how each is disposed to each other.

    strength   : (actor,) >= 0, any unit
    propensity : (actor, actor) any unit, positive for working together; the diagonal counts nothing
    """

    actors: tuple[str, ...]
    strength: Floats
    propensity: Floats

    @cached_property
    def weight(self) -> Floats:
        """(actor, actor) energy when a pair is opposed, both orders of the pair together."""
        both = np.outer(self.strength, self.strength) * (self.propensity + self.propensity.T)
        np.fill_diagonal(both, 0.0)
        return both

    @property
    def tolerance(self) -> float:
        return ROUNDING * float(np.abs(self.weight).sum())

    def energy(self, against: Sequence[str]) -> float:
        """Energy with the named actors on one side and all others on the other."""
        side = self._sides(against)
        return float(self.weight[np.ix_(side, ~side)].sum())

    def torn(self, against: Sequence[str]) -> tuple[Torn, ...]:
        """How firmly each actor stands, the least firm first."""
        side = self._sides(against)
        opposed = side[:, None] != side[None, :]
        there = (self.weight * opposed).sum(axis=1)
        changed = (self.weight * ~opposed).sum(axis=1)
        frustrated = np.where(opposed, self.weight.clip(0), (-self.weight).clip(0)).sum(axis=1)
        ties = np.abs(self.weight).sum(axis=1)
        share = np.divide(frustrated, ties, out=np.zeros_like(ties), where=ties > 0)
        found = [
            Torn(*row) for row in zip(self.actors, (changed - there).tolist(), share.tolist(), strict=True)
        ]
        return tuple(sorted(found, key=lambda one: (-one.share, one.cost)))

    def descend(self, against: Sequence[str]) -> Descent:
        """Let one actor after the other change sides, always the one that lowers the energy most."""
        side = self._sides(against)
        movers: list[str] = []
        energies = [self.energy(against)]
        while True:
            sign = np.where(side, -1.0, 1.0)
            # Moving i opposes it to those it stood with and frees it from those it stood against.
            change = sign * (self.weight @ sign)
            best = int(np.argmin(change))
            if change[best] >= -self.tolerance:
                return Descent(tuple(movers), tuple(energies), self._camps(side))
            side[best] = ~side[best]
            movers.append(self.actors[best])
            energies.append(energies[-1] + float(change[best]))

    def _sides(self, against: Sequence[str]) -> NDArray[np.bool_]:
        unknown = set(against) - set(self.actors)
        if unknown:
            raise ValueError(f"not among the actors: {', '.join(sorted(unknown))}")
        return np.array([actor in set(against) for actor in self.actors])

    def _camps(self, side: NDArray[np.bool_]) -> Camps:
        with_first = side == side[0]
        pairs = list(zip(self.actors, with_first.tolist(), strict=True))
        return tuple(a for a, here in pairs if here), tuple(a for a, here in pairs if not here)


def landscape(actors: Sequence[str], strength: ArrayLike, propensity: ArrayLike) -> Landscape:
    """Check and build a landscape."""
    s = np.asarray(strength, dtype=np.float64)
    p = np.asarray(propensity, dtype=np.float64)
    n = len(actors)
    if n < 1 or len(set(actors)) != n:
        raise ValueError("actors must be named, each once")
    if s.shape != (n,) or p.shape != (n, n):
        raise ValueError(
            f"{n} actors need {n} strengths and {n} x {n} propensities, not {s.shape}, {p.shape}"
        )
    p = np.where(np.eye(n, dtype=bool), 0.0, p)
    if not (np.isfinite(s).all() and np.isfinite(p).all() and (s >= 0).all()):
        raise ValueError("strengths must be zero or more, and every propensity a number")
    return Landscape(tuple(actors), s, p)


def energies(weight: Floats) -> Floats:
    """Energy of every configuration, (2^(n-1),).

    Bit k of the index is set where actor k + 1 stands against actor 0. Built by adding actors one at a time:
    each doubles the array, so all of it costs a few passes over the result.

    weight : (actor, actor) symmetric, energy of a pair when opposed; the diagonal counts nothing
    """
    n = len(weight)
    if n > MOST_ACTORS:
        raise ValueError(f"{n} actors are too many to try all sides: at most {MOST_ACTORS}")
    found = np.zeros(1)
    for k in range(1, n):
        pull = _subset_sums(weight[k, 1:k])  # weight of k's ties to those who stand against actor 0
        found = np.concatenate([found + pull, found + (weight[k, :k].sum() - pull)])
    return found


def _subset_sums(values: Floats) -> Floats:
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def minima(land: Landscape) -> tuple[Minimum, ...]:
    """All stable configurations, lowest energy first (then the largest basin)."""
    table = _Table(land)
    energy, tolerance = table.energy, land.tolerance
    best, towards = energy.copy(), table.index.copy()
    for flip in table.flips():
        there = energy[table.index ^ flip]
        lower = there < best - tolerance
        best[lower] = there[lower]
        towards[lower] = (table.index ^ flip)[lower]
    stable = np.flatnonzero(towards == table.index)
    while not np.array_equal(towards, further := towards[towards]):
        towards = further
    plateau = _plateaus(stable, energy, tolerance, list(table.flips()))
    label = np.zeros(len(energy), dtype=np.int64)
    label[stable] = plateau
    drained = np.bincount(label[towards], minlength=len(stable)) / len(energy)
    found = []
    for group in np.unique(plateau):
        members = stable[plateau == group]
        sides = table.sides(members)
        varied = (sides != sides[0]).any(axis=0)
        undecided = tuple(a for a, free in zip(land.actors, varied.tolist(), strict=True) if free)
        lowest = float(land.energy(land._camps(sides[0])[1]))
        found.append(Minimum(lowest, land._camps(sides[0]), undecided, float(drained[group])))
    return tuple(sorted(found, key=lambda one: (one.energy, -one.basin)))


def _plateaus(stable: Ints, energy: Floats, tolerance: float, flips: Sequence[int]) -> Ints:
    """Label stable configurations that are linked by changes at no cost; labels are positions in `stable`."""
    label = np.arange(len(stable))
    position = np.full(len(energy), -1)
    position[stable] = label
    links = []
    for flip in flips:
        other = position[stable ^ flip]
        same = (other >= 0) & (np.abs(energy[stable ^ flip] - energy[stable]) <= tolerance)
        links.append((np.flatnonzero(same), other[same]))
    while True:
        before = label.copy()
        for here, other in links:
            label[here] = np.minimum(label[here], label[other])
        if np.array_equal(before, label):
            return label


def tipping_points(land: Landscape, low: float = -np.inf, high: float = np.inf) -> tuple[Tipping, ...]:
    """For every single input the nearest values at which another configuration becomes the lowest.

    Exact, since the energy of each configuration is linear in each input. Strengths stay above zero,
    propensities within low..high. Inputs that never change the outcome are not listed.
    """
    table = _Table(land)
    energy = table.energy
    start = int(np.argmin(energy))
    # Configurations as low as the lowest are not told apart: the first of them stands for all.
    above = energy - energy[start]
    bits = [table.against(k) for k in range(len(land.actors))]
    weight = land.weight
    found = []
    for k, actor in enumerate(land.actors):
        if land.strength[k] > 0:
            part = np.zeros(len(energy))
            for other in range(len(land.actors)):
                part += weight[k, other] * (bits[k] ^ bits[other])
            value = float(land.strength[k])
            for step, rival in _crossings(above, part - part[start], land.tolerance):
                threshold = value * (1 + step)
                if threshold > ROUNDING * value:  # at zero an actor stands anywhere: that says nothing
                    flips = table.difference(start, rival)
                    found.append(Tipping("strength", (actor,), value, threshold, flips))
    for i in range(len(land.actors)):
        for j in range(i + 1, len(land.actors)):
            unit = 2 * float(land.strength[i] * land.strength[j])
            if unit == 0:
                continue
            opposed = unit * (bits[i] ^ bits[j]).astype(np.float64)
            value = float(land.propensity[i, j] + land.propensity[j, i]) / 2
            for step, rival in _crossings(above, opposed - opposed[start], land.tolerance):
                if low <= value + step <= high:
                    pair = (land.actors[i], land.actors[j])
                    flips = table.difference(start, rival)
                    found.append(Tipping("propensity", pair, value, value + step, flips))
    return tuple(found)


def _crossings(above: Floats, slope: Floats, tolerance: float) -> Iterator[tuple[float, int]]:
    """Nearest steps, up and down, at which another line meets the lowest: above + step * slope = 0."""
    for direction in (1.0, -1.0):
        falls = -direction * slope
        rivals = np.flatnonzero((falls > tolerance) & (above > tolerance))
        if len(rivals):
            steps = above[rivals] / falls[rivals]
            nearest = int(np.argmin(steps))
            yield direction * float(steps[nearest]), int(rivals[nearest])


class _Table:
    """All configurations of a landscape; the actor with most at stake is the one that stays fixed."""

    def __init__(self, land: Landscape) -> None:
        self.land = land
        self.order = np.argsort(-np.abs(land.weight).sum(axis=1), kind="stable")
        self.energy = energies(land.weight[np.ix_(self.order, self.order)])
        self.index = np.arange(len(self.energy))
        self.bit = {int(actor): place - 1 for place, actor in enumerate(self.order)}

    def flips(self) -> Iterator[int]:
        """Masks that move one actor each; to move the fixed actor all others move instead."""
        yield len(self.index) - 1
        yield from (1 << k for k in range(len(self.order) - 1))

    def against(self, actor: int) -> NDArray[np.bool_]:
        """Where an actor stands against the fixed one, over all configurations."""
        bit = self.bit[actor]
        if bit < 0:
            return np.zeros(len(self.index), dtype=bool)
        against: NDArray[np.bool_] = (self.index >> bit) & 1 == 1
        return against

    def sides(self, members: Ints) -> NDArray[np.bool_]:
        """(member, actor) true where an actor stands against the fixed one."""
        found = np.zeros((len(members), len(self.order)), dtype=bool)
        for actor, bit in self.bit.items():
            if bit >= 0:
                found[:, actor] = (members >> bit) & 1 == 1
        return found

    def difference(self, one: int, other: int) -> tuple[str, ...]:
        """Who stands elsewhere: the smaller of the two groups that parted."""
        sides = self.sides(np.array([one, other]))
        moved = sides[0] != sides[1]
        if moved.sum() * 2 > len(moved):
            moved = ~moved
        return tuple(a for a, here in zip(self.land.actors, moved.tolist(), strict=True) if here)
