"""A few powers, a public, a state with two regions: only the arrays that the strategic processes read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from afternext.world import read_parameters
from afternext.world.chancellery import (
    AIMS,
    CENTRE,
    DISPLACED,
    ENEMY_GROUND,
    GOVERNMENT_GROUND,
    INFLUENCE,
    LEVERS,
    VIOLENCE,
    Chancellery,
    Council,
    Polity,
    Powers,
    Pressure,
)
from afternext.world.processes import alignment, opinion, polity
from afternext.world.state import Log, new_log
from afternext.world.streams import future_key, step_stream
from tests.world.processes.small import values as table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

YEAR = 365
WEEK = 7
MONTH = 28
STATE, PATRON, RIVAL, REBELS, REGION = range(5)  # powers
ARMY, BAND, GUARD, MILITIA = range(4)  # their forces: of the state, the rebels, the region, the rival
POLITY = 15  # name of the stream
TAIL = 0.005  # open priors are cut there, as in a run


class People(NamedTuple):
    residents: NDArray[np.int64]
    leaving: NDArray[np.int64]
    hosted: NDArray[np.int64]
    dead: NDArray[np.int64]


class Violence(NamedTuple):
    holder: NDArray[np.int64]
    killed: NDArray[np.int64]
    struck: NDArray[np.float64]


class Forces(NamedTuple):
    present: NDArray[np.int64]
    cohesion: NDArray[np.float64]
    lead: NDArray[np.float64]
    start_materiel: NDArray[np.int64]


class Facts(NamedTuple):
    hostility: NDArray[np.float64]
    mobile: NDArray[np.uint8]


class Attitudes(NamedTuple):
    tolerance: NDArray[np.float64]
    exclusion: NDArray[np.float64]


class Standing(NamedTuple):
    rule: NDArray[np.float64]
    rulers: NDArray[np.uint8]


class State(NamedTuple):
    people: People
    violence: Violence
    forces: Forces
    attitudes: Attitudes
    standing: Standing
    log: Log


@njit
def step_opinion(powers, council, p, q, shock, own_loss, success, engaged):
    opinion.step_opinion(powers, council, p, q, shock, own_loss, success, engaged)


@njit
def domestic(powers, council, p, q, kind, exposure):
    return opinion.domestic(powers, council, p, q, kind, exposure)


@njit
def pressed(powers, council, p, q):
    return opinion.pressed(powers, council, p, q)


@njit
def step_alignment(powers, council, facts, violence, pressure, p, log, step, per_day):
    day = (step + 1.0) / per_day
    alignment.step_alignment(powers, council, facts, violence, pressure, p, log, step, day, per_day)


@njit
def step_polity(powers, chancellery, state, p, luck, step, per_day):
    stream = step_stream(future_key(1, luck), step, POLITY)
    polity.step_polity(powers, chancellery, state, p, stream, step, (step + 1.0) / per_day, per_day)


@njit
def fragmentation(powers, state, people, violence):
    return polity.fragmentation(powers, state, people, violence)


def draws(count: int, seed: int = 1) -> Iterator[dict[str, float]]:
    """Yield values of the parameters of the three processes, drawn from the whole prior."""
    rng = np.random.default_rng(seed)
    names = (*opinion.Parameters._fields, *alignment.Parameters._fields, *polity.Parameters._fields)
    rows = read_parameters()
    columns = []
    for name in names:
        prior: Any = rows[name].prior
        u = TAIL + (1.0 - 2.0 * TAIL) * rng.random(count)
        columns.append(np.full(count, prior) if isinstance(prior, float) else prior.quantile(u))
    for drawn in zip(*columns, strict=True):
        yield dict(zip(names, map(float, drawn), strict=True))


class Court:
    """Four towns: the capital, one more, one of the region, one on the rebels' road.

    values : a full table of parameters
    """

    def __init__(self, values: dict[str, float] | None = None, luck: int = 0, per_day: int = 1) -> None:
        values = values or table()
        q, a, f, c, r, n = 5, len(AIMS), 4, 2, 1, 4
        self.per_day, self.step, self.luck = per_day, 0, luck
        self.opinion = opinion.Parameters(*(values[name] for name in opinion.Parameters._fields))
        self.alignment = alignment.Parameters(*(values[name] for name in alignment.Parameters._fields))
        self.parameters = polity.Parameters(*(values[name] for name in polity.Parameters._fields))
        history = np.zeros((q, q))
        for x, y, how in (
            (STATE, PATRON, 0.3),
            (STATE, RIVAL, 0.8),
            (PATRON, RIVAL, -0.5),
            (STATE, REGION, 0.5),
            *((x, REBELS, -1.0) for x in (STATE, PATRON, RIVAL, REGION)),
        ):
            history[x, y] = history[y, x] = how
        weight, target = np.zeros((q, a, 2)), np.zeros((q, a))
        weight[:, [ENEMY_GROUND, CENTRE, GOVERNMENT_GROUND]] = 1.0
        weight[:, [INFLUENCE, DISPLACED, VIOLENCE]] = 1.0
        target[:, [CENTRE, GOVERNMENT_GROUND, INFLUENCE]] = 1.0
        weight[REBELS] = 0.0
        unread = {name: np.zeros(1, dtype=np.int64) for name in Powers._fields}
        self.powers = Powers(**unread)._replace(
            capability=np.array([0.1, 1.0, 0.3, 0.05, 0.05]),
            budget=np.ones(q),
            far=np.full(q, 0.5),
            weight=weight,
            target=target,
            collection=np.full(q, 0.5),
            slant=np.zeros(q),
            km=np.zeros(q),
            public=np.array([0.0, 0.8, 0.0, 0.0, 0.0]),
            support=np.tile([0.6, 0.5, 0.25, 0.5], (q, 1)),
            elite=np.zeros(q),
            polarised=np.full(q, 0.5),
            weary=np.full(q, 0.5),
            misled=np.full(q, 0.45),
            history=history,
            price=np.zeros((q, q)),
            commands=np.array([STATE, REBELS, REGION, RIVAL]),
            seats=np.array([0.4, 0.0, 0.3, 0.0, 0.3]),
            speaks=np.zeros((q, c)),
            government=np.array([STATE]),
            capital=np.array([0]),
            home=np.ones(n, dtype=np.uint8),
            region=np.array([-1, -1, 0, -1]),
            region_power=np.array([REGION]),
        )
        self.council = Council(**{name: np.zeros(1) for name in Council._fields})._replace(
            situation=np.zeros((q, a)),
            believed=np.zeros((q, a)),
            salience=np.zeros(q),
            used=np.zeros(q),
            news=np.zeros(q),
            repeated=np.zeros(q),
            push=np.zeros(q),
            misbelief=self.powers.misled.copy(),
            weary=self.powers.weary.copy(),
            mourned=np.zeros(q),
            hoped=np.zeros(q),
            support=self.powers.support.copy(),
            alignment=history.copy(),
            threat=np.zeros((q, q)),
            pull=np.zeros((q, q)),
            tacit=np.zeros((q, q), dtype=np.uint8),
        )
        self.council.situation[:, CENTRE] = 1.0
        self.council.believed[:, CENTRE] = 1.0
        ints = {"leader_since", "leaders", "forming", "vacant", "broken", "collapsed", "toll", "term"}
        state = {n: np.zeros(1, dtype=np.int64 if n in ints else np.float64) for n in Polity._fields}
        self.polity = Polity(**state)._replace(
            confidence=np.array([values["usual_confidence"]]),
            inclusion=np.array([0.35]),
            coalition=np.array([0.7]),
            exclusion=np.array([0.7, 0.0]),
            leader_since=np.array([-3 * YEAR * per_day]),
            autonomy=np.zeros(r),
            granted=np.zeros(r),
            had=np.zeros(r),
            late=np.zeros(r, dtype=np.uint8),
            status=np.zeros(r, dtype=np.int64),
            vote=np.zeros(r, dtype=np.int64),
        )
        levers = len(LEVERS)
        self.pressure = Pressure(**{name: np.zeros(1) for name in Pressure._fields})._replace(
            force=np.zeros((levers, f)),
            community=np.zeros((levers, c)),
            power=np.zeros((levers, q)),
            region=np.zeros((levers, r)),
            polity=np.zeros(levers),
            align=np.zeros((q, q)),
            truce=np.zeros((f, f)),
            hostility=np.array([[0, 1, 0, 0], [1, 0, 1, 1], [0, 1, 0, 0.2], [0, 1, 0.2, 0]], dtype=float),
            rule=np.zeros((f, c)),
            terms=np.zeros(2),
        )
        self.chancellery = Chancellery(self.council, self.polity, self.pressure)
        self.people = People(
            np.array([[0, 40_000], [10_000, 20_000], [20_000, 0], [10_000, 0]]),
            np.zeros((n, c), dtype=np.int64),
            np.zeros((n, c), dtype=np.int64),
            np.zeros(c, dtype=np.int64),
        )
        self.violence = Violence(
            np.array([ARMY, ARMY, GUARD, ARMY]), np.zeros(f, dtype=np.int64), np.full(f, -np.inf)
        )
        self.forces = Forces(np.full((n, f), 1000), np.full((n, f), 0.6), np.ones(n), np.full(f, 100))
        self.facts = Facts(self.pressure.hostility.copy(), np.ones(f, dtype=np.uint8))
        self.attitudes = Attitudes(np.full((n, c, f), 0.4), np.array([0.7, 0.0]))
        self.standing = Standing(np.zeros((f, c)), np.array([1, 0, 0, 0], dtype=np.uint8))
        self.log = new_log(4000)

    def threaten(self, ground: float, centre: float) -> None:
        """Let every power believe that rebels hold this share of people and that the centre is so safe."""
        self.violence.holder[3] = BAND if ground > 0.0 else ARMY
        for picture in (self.council.believed, self.council.situation):
            picture[:, ENEMY_GROUND] = ground
            picture[:, CENTRE] = centre

    def months(self, count: int, dying: float = 0.0) -> None:
        """Let months of four weeks pass in the polity alone. dying : deaths a year"""
        state = State(self.people, self.violence, self.forces, self.attitudes, self.standing, self.log)
        for _ in range(count):
            step_polity(
                self.powers, self.chancellery, state, self.parameters, self.luck, self.step, self.per_day
            )
            self.step += MONTH * self.per_day
            self.violence.killed[BAND] += round(dying * MONTH / YEAR)

    def events(self, kind: int) -> list[tuple[float, int, int]]:
        """Return (day, cause, persons) of the events of a kind so far."""
        used = self.log.used[0]
        return [
            (float(self.log.day[e]), int(self.log.cause[e]), int(self.log.persons[e]))
            for e in range(used)
            if self.log.kind[e] == kind
        ]
