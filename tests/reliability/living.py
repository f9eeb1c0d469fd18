"""A small world that is lived day by day, while somebody interferes between the days; and its ledger.

What is done to it goes through the doors that a scenario or a strategy has: incidents, plans, closed roads
and checkpoints. The ledger is counted here anew, not by the check that the product makes of itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from afternext.scenario import load
from afternext.world import compile_scenario
from afternext.world.day import begin, run_steps
from afternext.world.future import EVENTS_OF_POLITY, EVENTS_PER_OPTION, EVENTS_PER_PLACE, World
from afternext.world.measures import new_output
from afternext.world.realise import realise
from afternext.world.state import CAUGHT, make_room
from tests.world.toy import draw_rows, toy

HORIZON = 1500  # days that a world can live
MOST_INCIDENTS = 200
KINDS = {"fighting": 0, "capture": 1, "announcement": 2, "withdrawal": 3, "attack": 4, "raid": 5}
FAR = 1 << 40
UNIT = 1e-9  # by which sums of floats may miss a bound


def worlds() -> dict[str, World]:
    """The worlds to live in: three towns and a camp; the tutorial, by days and by half days."""
    towns = load("two-towns").model_copy(update={"plan": (), "incidents": ()})
    return {
        "toy": compile_scenario(toy(), days=HORIZON),
        "two-towns": compile_scenario(towns, days=HORIZON),
        "two-towns by halves": compile_scenario(towns, days=HORIZON, dt=0.5),
    }


@dataclass
class Living:
    """One future under way."""

    world: World
    seed: int
    luck: int
    state: Any = None
    court: Any = None
    council: Any = None
    facts: Any = None
    network: Any = None
    parameters: Any = None
    output: Any = None
    step: int = 0
    start: tuple[int, Any, int] = (0, None, 0)
    before: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        b = self.world.blueprint
        row = draw_rows(self.world, 16, seed=self.seed)[self.luck % 16]
        self.state, self.court, self.council, self.facts, self.parameters = realise(
            b, row, self.seed, self.luck
        )
        # Roads are closed by changing their table, which all futures share.
        self.network = b.network._replace(
            **{name: value.copy() for name, value in b.network._asdict().items()}
        )
        self.output = new_output(b.coords, b.measures, b.days)
        self.returned = np.zeros(len(self.state.tally.returned), dtype=np.int64)
        self.events = EVENTS_PER_PLACE * len(self.state.people.residents) + MOST_INCIDENTS
        self.events += EVENTS_PER_OPTION * len(self.court.options.power) + 2 * self.court.powers.history.size
        self.events += EVENTS_OF_POLITY + MOST_INCIDENTS
        begin(self.state, self.facts, self.network, self.parameters, self.output)
        self.start, self.before = self.stock(), self.counters()

    @property
    def per_day(self) -> int:
        return self.world.blueprint.per_day

    @property
    def places(self) -> int:
        return len(self.state.people.residents)

    @property
    def forces(self) -> int:
        return self.state.forces.present.shape[1]

    def live(self, days: int) -> int:
        """Go on; the number of steps done."""
        last = min(self.step + days * self.per_day, self.world.days * self.per_day)
        begun = self.step
        while self.step < last:
            self.step = run_steps(
                self.state,
                self.court,
                self.council,
                self.facts,
                self.network,
                self.parameters,
                np.uint64(self.seed),
                np.uint64(self.luck),
                self.step,
                last,
                self.per_day,
                self.events,
                self.returned,
                self.output,
            )
            if self.step < last:
                self.state = make_room(self.state, self.events)
        return last - begun

    def script(self, kind: str, place: int, force: int, days: int, intensity: float) -> None:
        """Something happens tomorrow: fighting, a capture, an attack ..."""
        facts, per_day = self.facts, self.per_day
        if len(facts.incident_step) >= MOST_INCIDENTS:
            return
        add = {
            "step": self.step,
            "kind": KINDS[kind],
            "place": place % self.places,
            "force": force % self.forces,
        }
        add |= {"steps": days * per_day, "intensity": intensity, "fighters": 0}
        self.facts = facts._replace(
            **{
                f"incident_{name}": np.append(getattr(facts, f"incident_{name}"), value).astype(
                    getattr(facts, f"incident_{name}").dtype
                )
                for name, value in add.items()
            }
        )

    def commit(self, option: int, scale: float, delay: float, days: int) -> None:
        """A power does one of its moves, as a strategy would fix it."""
        options, council = self.court.options, self.council.council
        if not len(options.power) or len(options.plan_option) >= MOST_INCIDENTS:
            return
        add = {
            "option": option % len(options.power),
            "step": self.step,
            "end": self.step + days * self.per_day,
        }
        add |= {"scale": scale, "delay": delay, "when": options.plan_when[-1]}
        grown = {}
        for name, value in add.items():
            old = getattr(options, f"plan_{name}")
            grown[f"plan_{name}"] = np.append(old, value).astype(old.dtype)
        self.court = self.court._replace(options=options._replace(**grown))
        planned = np.append(council.planned, 0).astype(council.planned.dtype)
        self.council = self.council._replace(council=council._replace(planned=planned))

    def close(self, force: int, community: int, share: float) -> None:
        """The checkpoints of a force let through another share of a community."""
        self.facts.admits[force % self.forces, community % self.facts.admits.shape[1]] = share
        self.council.pressure.doors[force % self.forces, community % self.facts.admits.shape[1]] = share

    def cut(self, link: int) -> None:
        """A road is gone, in both directions."""
        n = self.network
        if not len(n.link_to):
            return
        link %= len(n.link_to)
        a = int(np.searchsorted(n.link_start, link, side="right")) - 1
        b = int(n.link_to[link])
        owner = np.repeat(np.arange(self.places), np.diff(n.link_start))
        kept = ~(((owner == a) & (n.link_to == b)) | ((owner == b) & (n.link_to == a)))
        start = np.concatenate([[0], np.cumsum(np.bincount(owner[kept], minlength=self.places))])
        self.network = n._replace(
            link_start=start.astype(n.link_start.dtype), link_to=n.link_to[kept], link_km=n.link_km[kept]
        )

    def stock(self) -> tuple[int, Any, int]:
        """All persons, the fighters of every force, all materiel, less what came from outside the map."""
        people, moves, forces, violence = (
            self.state.people,
            self.state.moves,
            self.state.forces,
            self.state.violence,
        )
        groups, defence = self.state.groups, self.state.defence
        ranks = forces.present.sum(axis=0) + forces.coming.sum(axis=0)
        persons = sum(
            int(part.sum())
            for part in (people.residents, people.leaving, people.dead, ranks, violence.killed)
        )
        persons += int(groups.rows[: groups.used[0], CAUGHT:].sum()) + int(
            moves.persons[: moves.used[0]].sum()
        )
        persons += sum(int(part.sum()) for part in (defence.unpaid, defence.paid, defence.fallen))
        fighters = ranks + violence.killed + forces.deserted - forces.recruited
        materiel = sum(int(part.sum()) for part in (forces.materiel, forces.coming_materiel, forces.wrecked))
        return persons - int(forces.foreign.sum()), fighters, materiel - int(forces.supplied.sum())

    def counters(self) -> dict[str, Any]:
        """What only ever grows."""
        state, forces = self.state, self.state.forces
        found = {"dead": state.people.dead, "killed": state.violence.killed, "deserted": forces.deserted}
        found |= {"recruited": forces.recruited, "wrecked": forces.wrecked, "supplied": forces.supplied}
        found |= {"fallen": state.defence.fallen, **state.tally._asdict(), "log": state.log.used}
        return {name: value.copy() for name, value in found.items()}

    def faults(self) -> list[str]:
        """Everything that no world may do."""
        persons, fighters, materiel = self.stock()
        found = []
        if persons != self.start[0]:
            found.append(f"people: {self.start[0]} at first, {persons} now")
        if not np.array_equal(fighters, self.start[1]):
            found.append(f"fighters: {self.start[1]} at first, {fighters} now")
        if materiel != self.start[2]:
            found.append(f"materiel: {self.start[2]} at first, {materiel} now")
        now = self.counters()
        found += [f"{name} fell" for name, value in now.items() if (value < self.before[name]).any()]
        self.before = now
        found += [f"{name} is negative" for name, value in self._stocks() if (value < 0).any()]
        found += [f"{name} is no share" for name, value in self._shares() if not _between(value, 0.0)]
        found += [f"{name} is outside -1..1" for name, value in self._signed() if not _between(value, -1.0)]
        found += [f"{name} do not sum to one" for name, value in self._partitions() if not _whole(value)]
        found += [f"{name} is no sum" for name, a, b in self._sums() if not np.array_equal(a, b)]
        holder, fighter = self.state.violence.holder, self.state.violence.fighter
        for name, who in (("holder", holder), ("attacker", fighter)):
            if who.shape != (self.places,) or (who < -1).any() or (who >= self.forces).any():
                found.append(f"{name} is no force")
        if (self.state.violence.strength < self.state.forces.present).any():
            found.append("a garrison is larger than on paper")
        due = self.output.date_of[: self.step // self.per_day + 1]
        rows = due[due >= 0]
        if not np.isfinite(self.output.scalars[rows]).all():
            found.append("a measure is not finite")
        return found

    def _stocks(self) -> list[tuple[str, Any]]:
        state = self.state
        named = {
            "people": (
                state.people,
                # Danger is measured in that at which half of the households leave, and may exceed 1.
                (
                    "residents",
                    "leaving",
                    "leaving_total",
                    "hosted",
                    "hosted_total",
                    "dead",
                    "seen",
                    "hosted_seen",
                ),
            ),
            "forces": (
                state.forces,
                (
                    "present",
                    "materiel",
                    "coming",
                    "coming_materiel",
                    "underway",
                    "deserted",
                    "recruited",
                    "foreign",
                    "wrecked",
                    "supplied",
                    "struck",
                    "money",
                    "earned",
                    "guard",
                    "weary",
                ),
            ),
            "violence": (state.violence, ("strength", "killed", "odds")),
            "beliefs": (state.beliefs, ("danger", "threat", "harm", "memory")),
            "defence": (state.defence, ("unpaid", "paid", "armed", "fallen", "worth")),
        }
        found = [
            (f"{part}.{name}", getattr(where, name))
            for part, (where, names) in named.items()
            for name in names
        ]
        found.append(("groups", state.groups.rows[: state.groups.used[0], CAUGHT:]))
        found.append(("moves", state.moves.persons[: state.moves.used[0]]))
        council = self.council.council
        return [*found, ("council.spent", council.spent + UNIT), ("council.delays", council.delays)]

    def _shares(self) -> list[tuple[str, Any]]:
        state, council, polity = self.state, self.council.council, self.council.polity
        named = {
            "people": (state.people, ("spent", "hosted_spent")),
            "forces": (state.forces, ("cohesion", "panic", "unpaid", "lacking")),
            "violence": (state.violence, ("intensity", "ruin")),
            "beliefs": (state.beliefs, ("threat",)),
            "attitudes": (
                state.attitudes,
                ("confidence", "grievance", "tolerance", "siding", "hope", "exclusion"),
            ),
            "council": (
                council,
                ("believed", "situation", "sight", "salience", "misbelief", "support", "threat", "strength"),
            ),
            "polity": (polity, ("confidence", "inclusion", "inclusive", "coalition", "autonomy")),
        }
        return [
            (f"{part}.{name}", getattr(where, name))
            for part, (where, names) in named.items()
            for name in names
        ]

    def _signed(self) -> list[tuple[str, Any]]:
        return [("alignment", self.council.council.alignment)]

    def _sums(self) -> list[tuple[str, Any, Any]]:
        """What is kept twice: totals, and what they are the totals of."""
        people, groups, defence = self.state.people, self.state.groups, self.state.defence
        used = groups.used[0]
        there = np.zeros(people.hosted.size, dtype=np.int64)
        np.add.at(there, groups.cell[:used], groups.rows[:used, CAUGHT:].sum(axis=1))
        return [
            ("leaving_total", people.leaving_total, people.leaving.sum(axis=1)),
            ("hosted_total", people.hosted_total, people.hosted.sum(axis=1)),
            ("hosted", people.hosted.ravel(), there),
            ("armed", defence.armed, (defence.unpaid + defence.paid).sum(axis=1)),
        ]

    def _partitions(self) -> list[tuple[str, Any]]:
        return [
            ("shares of communities in a place", self.facts.share),
            ("shares of communities in a force", self.facts.recruits),
            ("places where a community lives", np.diff(self.facts.homes, axis=1, prepend=0.0)),
        ]


def _between(value: Any, low: float) -> bool:
    return bool(((value >= low - UNIT) & (value <= 1.0 + UNIT)).all())


def _whole(rows: Any) -> bool:
    """Whether every row is of shares that sum to one, or is empty."""
    sums = rows.sum(axis=-1)
    return bool((rows >= -UNIT).all() and (np.isclose(sums, 1.0, atol=1e-6) | (np.abs(sums) < UNIT)).all())
