"""Structural balance of signed graphs, and what it says of ties that are not known.

A triangle of actors is balanced if the product of its three signs is positive: a friend's friend is a
friend, an enemy's enemy is a friend (Heider 1946; Cartwright & Harary 1956, Psychological Review 63). A graph
is balanced as a whole if two camps explain every tie; the fewest ties that no two camps explain is its line
index of balance (Harary 1959). Exact for up to `landscape.MOST_ACTORS` actors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from afternext.foresight.landscape import Camps, energies

LONGEST_CHAIN = 6  # links; beyond it a chain of friends and enemies says nothing that a reader would follow


class Tie(NamedTuple):
    """A signed tie: +1 with each other, -1 against each other, 0 stated and undecided."""

    a: str
    b: str
    sign: int


@dataclass(frozen=True, eq=False)
class SignedGraph:
    """Actors and the sign of each pair, (actor, actor) symmetric, 0 where there is no tie."""

    actors: tuple[str, ...]
    sign: NDArray[np.int64]

    def at(self, actor: str) -> int:
        return self.actors.index(actor)


@dataclass(frozen=True)
class Triads:
    """How many triangles have all three ties, and which of them are not balanced."""

    complete: int
    unbalanced: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class LineIndex:
    """The fewest ties against balance, the camps that leave them, and which they are."""

    count: int
    camps: Camps
    frustrated: tuple[Tie, ...]


@dataclass(frozen=True)
class Score:
    """How many ties were predicted from all others, and which were not."""

    hits: int
    total: int
    missed: tuple[Tie, ...]

    @property
    def share(self) -> float:
        return self.hits / self.total


def signed_graph(ties: Iterable[Tie], actors: Sequence[str] = ()) -> SignedGraph:
    """Graph of the ties; two directions of a pair that contradict each other leave no tie."""
    kept = list(ties)
    names = tuple(actors) or tuple(dict.fromkeys(actor for tie in kept for actor in (tie.a, tie.b)))
    place = {actor: k for k, actor in enumerate(names)}
    total = np.zeros((len(names), len(names)), dtype=np.int64)
    for tie in kept:
        if tie.a == tie.b:
            raise ValueError(f"{tie.a} has a tie to itself")
        total[place[tie.a], place[tie.b]] += tie.sign
        total[place[tie.b], place[tie.a]] += tie.sign
    return SignedGraph(names, np.sign(total))


def triads(graph: SignedGraph) -> Triads:
    """Count complete triangles and name the unbalanced ones, in the order of the actors."""
    complete, unbalanced = 0, []
    sign = graph.sign
    for i, j, k in combinations(range(len(graph.actors)), 3):
        product = sign[i, j] * sign[j, k] * sign[i, k]
        complete += int(product != 0)
        if product < 0:
            unbalanced.append((graph.actors[i], graph.actors[j], graph.actors[k]))
    return Triads(complete, tuple(unbalanced))


def line_index(graph: SignedGraph) -> LineIndex:
    """Find two camps that leave the fewest ties unexplained, by trying all."""
    # Frustrated ties = negative ties, less those between the camps, plus the positive ones between them.
    energy = energies(graph.sign.astype(np.float64))
    best = int(np.argmin(energy))
    other = np.array([False, *((best >> k) & 1 == 1 for k in range(len(graph.actors) - 1))])
    frustrated = tuple(
        Tie(graph.actors[i], graph.actors[j], int(graph.sign[i, j]))
        for i, j in combinations(range(len(graph.actors)), 2)
        if graph.sign[i, j] * (1 if other[i] == other[j] else -1) < 0
    )
    pairs = list(zip(graph.actors, other.tolist(), strict=True))
    camps = (tuple(a for a, there in pairs if not there), tuple(a for a, there in pairs if there))
    return LineIndex(len(frustrated), camps, frustrated)


def predict_by_chains(graph: SignedGraph, a: str, b: str) -> int:
    """Sign of a pair from the shortest chains of ties between the two; their own tie is not looked at.

    A chain's sign is the product of its links. The shortest chains vote; if they cancel out, the next longer
    ones do. No parameter. 0 where no chain decides.
    """
    i, j = graph.at(a), graph.at(b)
    known = graph.sign.copy()
    known[i, j] = known[j, i] = 0
    chains = known.copy()
    for _ in range(LONGEST_CHAIN - 1):
        chains = chains @ known
        if chains[i, j]:
            return int(np.sign(chains[i, j]))
    return 0


def predict_by_camps(graph: SignedGraph, a: str, b: str) -> int:
    """Sign of a pair from the two camps that explain the other ties best; all equally good camps vote."""
    i, j = graph.at(a), graph.at(b)
    known = graph.sign.astype(np.float64)
    known[i, j] = known[j, i] = 0
    energy = energies(known)
    best = np.flatnonzero(energy == energy.min())
    side_i, side_j = (_side(best, k) for k in (i, j))
    return int(np.sign(2 * np.count_nonzero(side_i == side_j) - len(best)))


def _side(configurations: NDArray[np.int64], actor: int) -> NDArray[np.int64]:
    """Side of an actor in each configuration of `energies`: 0 with the first actor, 1 against it."""
    if actor == 0:
        return np.zeros_like(configurations)
    side: NDArray[np.int64] = (configurations >> (actor - 1)) & 1
    return side


def leave_one_out(ties: Sequence[Tie], predict: Callable[[SignedGraph, str, str], int]) -> Score:
    """Predict each tie from all the others. An undecided tie is met only by an undecided prediction."""
    names = tuple(dict.fromkeys(actor for tie in ties for actor in (tie.a, tie.b)))
    missed = []
    for k, tie in enumerate(ties):
        others = signed_graph([*ties[:k], *ties[k + 1 :]], names)
        if predict(others, tie.a, tie.b) != tie.sign:
            missed.append(tie)
    return Score(len(ties) - len(missed), len(ties), tuple(missed))
