"""A few towns on a road for tests of one process alone: only the arrays that the process reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from afternext.world import read_parameters
from afternext.world.processes import attitudes as attitudes_module
from afternext.world.processes import defence as defence_module
from afternext.world.processes.attitudes import new_attitudes, new_standing, set_sides, step_attitudes
from afternext.world.processes.defence import new_backing, new_defence, step_defence
from afternext.world.streams import future_key, step_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVEL = {"own": 0.05, "spared": 0.25, "ordinary": 1.0, "persecuted": 4.0, "marked": 15.0}
NEWS_KM = 80.0
DEATHS = 7.5e-6
YEAR = 365
ARMY, REBELS = 0, 1
NOBODY = -1


class People(NamedTuple):
    residents: NDArray[np.int64]
    leaving: NDArray[np.int64]
    spent: NDArray[np.float64]
    seen: NDArray[np.float64]
    dead: NDArray[np.int64]


class Violence(NamedTuple):
    holder: NDArray[np.int64]
    fighter: NDArray[np.int64]
    intensity: NDArray[np.float64]
    odds: NDArray[np.float64]
    challenger: NDArray[np.int64]


class Forces(NamedTuple):
    present: NDArray[np.int64]
    cohesion: NDArray[np.float64]


class Beliefs(NamedTuple):
    harm: NDArray[np.float64]
    danger: NDArray[np.float64]
    awake: NDArray[np.uint8]


class Facts(NamedTuple):
    level: NDArray[np.float64]
    hostility: NDArray[np.float64]
    insurgent: NDArray[np.uint8]


class Network(NamedTuple):
    near_start: NDArray[np.int64]
    near_to: NDArray[np.int64]
    near_km: NDArray[np.float64]


# Compiled apart: the types of this file must not get into the cache of kernels that everybody loads.
_sides = njit(getattr(set_sides, "py_func", set_sides))


@njit
def _attitudes(attitudes, standing, people, violence, armed, beliefs, facts, network, p, step, per_day):
    step_attitudes(
        attitudes, standing, people, violence, armed, beliefs, facts, network, p, NEWS_KM, step, per_day
    )


@njit
def _defence(
    defence, backing, attitudes, people, violence, armed, beliefs, facts, p, ratio, luck, step, per_day
):
    step_defence(
        defence,
        backing,
        attitudes,
        people,
        violence,
        armed,
        beliefs,
        facts,
        p,
        ratio,
        DEATHS,
        step_stream(future_key(1, luck), step, 9),
        step,
        1.0 / per_day,
        per_day,
    )


def values(**changes: float) -> dict[str, float]:
    """Return the parameter table at its defaults, but for the changes."""
    table = {name: row.default for name, row in read_parameters().items()}
    assert changes.keys() <= table.keys()
    return table | changes


class Small:
    """A line of towns 50 km apart under the army, rebels at the gates of all; two communities.

    words : how the army and the rebels treat the two communities
    """

    def __init__(
        self,
        words: Sequence[Sequence[str]] = (("ordinary", "own"), ("ordinary", "persecuted")),
        places: int = 3,
        exclusion: Sequence[float] = (0.0, 0.0),
        residents: int = 50_000,
        danger: float = 1.0,
        garrison: int = 0,
        odds: float = 1.0,
        per_day: int = 1,
        luck: int = 0,
        **changes: float,
    ) -> None:
        table = values(**changes)
        pair, forces = (places, 2), (places, 2)
        shut_out = np.array(exclusion, dtype=np.float64)
        insurgent = np.array([0, 1], dtype=np.uint8)
        self.per_day, self.luck, self.step = per_day, luck, 0
        self.p = attitudes_module.Parameters(*(table[n] for n in attitudes_module.Parameters._fields))
        self.q = defence_module.Parameters(*(table[n] for n in defence_module.Parameters._fields))
        self.people = People(
            np.full(pair, residents, dtype=np.int64),
            np.zeros(pair, dtype=np.int64),
            np.zeros(pair),
            np.zeros(pair),
            np.zeros(2, dtype=np.int64),
        )
        self.violence = Violence(
            np.zeros(places, dtype=np.int64),
            np.full(places, NOBODY, dtype=np.int64),
            np.zeros(places),
            np.full(places, odds),
            np.full(places, REBELS, dtype=np.int64),
        )
        self.forces = Forces(np.zeros(forces, dtype=np.int64), np.ones(forces))
        self.forces.present[:, ARMY] = garrison
        self.beliefs = Beliefs(np.zeros(forces), np.full(pair, danger), np.ones(places, dtype=np.uint8))
        self.facts = Facts(
            np.array([[LEVEL[word] for word in row] for row in words]),
            np.array([[0.0, 1.0], [1.0, 0.0]]),
            insurgent,
        )
        near = [[(j, 50.0 * abs(i - j)) for j in range(places) if j != i] for i in range(places)]
        near = [sorted(row, key=lambda item: item[1]) for row in near]
        self.network = Network(
            np.cumsum([0, *(len(row) for row in near)]),
            np.array([j for row in near for j, _ in row], dtype=np.int64),
            np.array([km for row in near for _, km in row]),
        )
        self.standing = new_standing(words, insurgent, 1 - insurgent, shut_out, table)
        self.attitudes = new_attitudes(
            self.standing, self.violence.holder, self.violence.fighter, shut_out, table["hope_start"]
        )
        _sides(self.attitudes, self.standing, self.people, self.facts, self.p.lesser_evil)
        self.backing = new_backing(places, 2)
        self.defence = new_defence(self.violence.holder, 2)

    def go(self, days: int, *, defend: bool = True, feel: bool = True) -> Small:
        """Let days pass."""
        last = self.step + days * self.per_day
        world = (self.people, self.violence, self.forces, self.beliefs, self.facts)
        for step in range(self.step, last):
            if feel:
                _attitudes(self.attitudes, self.standing, *world, self.network, self.p, step, self.per_day)
            if defend:
                _defence(
                    self.defence,
                    self.backing,
                    self.attitudes,
                    *world,
                    self.q,
                    self.p.protector_ratio,
                    self.luck,
                    step,
                    self.per_day,
                )
        self.step = last
        return self

    def fall(self, place: int, force: int = REBELS) -> Small:
        """Let a place fall."""
        self.violence.holder[place] = force
        self.violence.fighter[place] = NOBODY
        self.violence.intensity[place] = 0.0
        return self

    def attack(self, place: int, intensity: float = 0.5) -> Small:
        """Let the rebels attack a place."""
        self.violence.fighter[place] = REBELS
        self.violence.intensity[place] = intensity
        self.beliefs.harm[place, :] = intensity
        return self

    def repel(self, place: int) -> Small:
        """Let the attack fail."""
        self.violence.fighter[place] = NOBODY
        self.violence.intensity[place] = 0.0
        return self

    @property
    def armed(self) -> NDArray[np.int64]:
        """Defenders by place and community."""
        return self.defence.unpaid + self.defence.paid

    def persons(self) -> int:
        """Everybody there ever was."""
        people = self.people
        civilians = people.residents.sum() + people.leaving.sum() + people.dead.sum()
        return int(civilians + self.armed.sum() + self.defence.fallen.sum())

    def numbers(self) -> dict[str, Any]:
        """Every array that the two processes write."""
        return {
            f"{name}.{field}": np.array(values)
            for name in ("attitudes", "defence", "people")
            for field, values in getattr(self, name)._asdict().items()
        }
