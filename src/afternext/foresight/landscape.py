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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sides = NDArray[np.bool_]
Ties = Sequence[tuple[int, int, float]]  # places of two actors, and a weight
Camps = tuple[tuple[str, ...], tuple[str, ...]]

MOST_ACTORS = 24  # 2^23 configurations take 64 MB an array and some seconds
FIRST_LOOK = 1 << 16  # configurations that are looked at first for one that could take over
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
    rivals = _Rivals(_Table(land), land)
    names, weight = land.actors, land.weight
    found = []
    for k, actor in enumerate(names):
        value = float(land.strength[k])
        for step, flips in rivals.nearest([(k, j, w) for j, w in enumerate(weight[k]) if w], -1.0, np.inf):
            threshold = value * (1 + step)
            if threshold > ROUNDING * value:  # at zero an actor stands anywhere: that says nothing
                found.append(Tipping("strength", (actor,), value, threshold, flips))
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            value = float(land.propensity[i, j] + land.propensity[j, i]) / 2
            unit = 2 * float(land.strength[i] * land.strength[j])
            if unit > 0:
                for step, flips in rivals.nearest([(i, j, unit)], low - value, high - value):
                    found.append(Tipping("propensity", (names[i], names[j]), value, value + step, flips))
    return tuple(found)


class _Rivals:
    """Which configuration takes over from the lowest one when one input moves, and how far it must move.

    The nearest rival is nearly always among those that are low already: only these are looked at first, and
    all of them only where one that lies higher could come first.
    """

    def __init__(self, table: _Table, land: Landscape) -> None:
        self.table, self.tolerance = table, land.tolerance
        self.start = int(np.argmin(table.energy))
        # Configurations as low as the lowest are not told apart: the first of them stands for all.
        self.above = table.energy - table.energy[self.start]
        if len(self.above) > FIRST_LOOK:
            self.low = np.argpartition(self.above, FIRST_LOOK)[:FIRST_LOOK]
            self.rest = float(self.above[self.low].max())  # all others lie at least so high
        else:
            self.low, self.rest = table.index, np.inf
        self.sides = [table.against(actor, self.low) for actor in range(len(land.actors))]

    def nearest(self, ties: Ties, least: float, most: float) -> Iterator[tuple[float, tuple[str, ...]]]:
        """Nearest steps up and down, from least to most, of an input that adds to the weights of some ties.

        A step of 1 adds its weight to each tie. Yields the step and who then stands elsewhere.
        """
        steepest = sum(abs(weight) for _, _, weight in ties)
        if steepest <= self.tolerance:
            return
        for direction, limit in ((1.0, most), (-1.0, -least)):
            step, rival = self._cross(self.low, self._slope(self.sides, ties), ties, direction)
            beyond = self.rest / steepest
            if beyond < min(step, limit):
                everywhere = {k: self.table.against(k, self.table.index) for tie in ties for k in tie[:2]}
                slope = self._slope(everywhere, ties)
                step, rival = self._cross(self.table.index, slope, ties, direction)
            if step <= limit and rival >= 0:
                yield direction * step, self.table.difference(self.start, rival)

    def _cross(self, among: Ints, slope: Floats, ties: Ties, direction: float) -> tuple[float, int]:
        """The nearest step at which one of the configurations meets the lowest, and which; inf if none."""
        at_start = {k: self.table.against(k, np.array([self.start])) for tie in ties for k in tie[:2]}
        falls = -direction * (slope - self._slope(at_start, ties))
        above = self.above[among]
        meets = np.flatnonzero((falls > self.tolerance) & (above > self.tolerance))
        if not len(meets):
            return np.inf, -1
        steps = above[meets] / falls[meets]
        first = int(np.argmin(steps))
        return float(steps[first]), int(among[meets[first]])

    @staticmethod
    def _slope(sides: Sequence[Sides] | Mapping[int, Sides], ties: Ties) -> Floats:
        """How much a step of 1 adds to the energy of configurations with these sides."""
        total = np.zeros(sides[ties[0][0]].shape)
        for i, j, weight in ties:
            total += weight * (sides[i] ^ sides[j])
        return total


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

    def against(self, actor: int, among: Ints) -> NDArray[np.bool_]:
        """Where an actor stands against the fixed one, in some configurations."""
        bit = self.bit[actor]
        if bit < 0:
            return np.zeros(len(among), dtype=bool)
        against: NDArray[np.bool_] = (among >> bit) & 1 == 1
        return against

    def sides(self, members: Ints) -> NDArray[np.bool_]:
        """(member, actor) true where an actor stands against the fixed one."""
        return np.stack([self.against(actor, members) for actor in range(len(self.order))], axis=1)

    def difference(self, one: int, other: int) -> tuple[str, ...]:
        """Who stands elsewhere: the smaller of the two groups that parted."""
        sides = self.sides(np.array([one, other]))
        moved = sides[0] != sides[1]
        if moved.sum() * 2 > len(moved):
            moved = ~moved
        return tuple(a for a, here in zip(self.land.actors, moved.tolist(), strict=True) if here)
