"""A world: simulate one future of a compiled scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from afternext import __version__
from afternext.errors import AfternextError
from afternext.world.cache import sources_hash
from afternext.world.compile import Blueprint, compile_blueprint
from afternext.world.day import begin, run_steps
from afternext.world.events import DTYPE
from afternext.world.measures import Output, new_output
from afternext.world.realise import realise
from afternext.world.state import CAUGHT, State, make_room

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from afternext.scenario import Scenario
    from afternext.world.experiments import Experiment
    from afternext.world.measures_council import Measure

    Stock = tuple[int, NDArray[np.int64], int]

EVENTS_PER_PLACE = 12  # more than one place can cause in a step
EVENTS_PER_OPTION = 4  # the same of an option
EVENTS_OF_POLITY = 64  # and of the polity


class FutureFailed(AfternextError):
    """A future broke an invariant of the model; it is recorded and counted, never used."""


@dataclass(frozen=True)
class Outcome:
    """What one future left: an array for every measure, and its events."""

    arrays: dict[str, NDArray[Any]]
    events: NDArray[Any]


@dataclass(frozen=True)
class World:
    """A compiled scenario that can be run.

    Attributes
    ----------
    experiments : columns that vary from future to future
    measures : what is measured, with dims over ``coords``
    version : version of the model: package version and the hash of its sources
    """

    blueprint: Blueprint
    version: str = field(default_factory=lambda: f"{__version__}+{sources_hash()[:12]}")

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        return self.blueprint.experiments

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.blueprint.measures

    @property
    def coords(self) -> Mapping[str, NDArray[Any]]:
        return self.blueprint.coords

    @property
    def days(self) -> int:
        return self.blueprint.days

    def warm_up(self) -> None:
        """Compile the kernels, or load them from the cache."""
        row = np.array([experiment.value.quantile(0.5) for experiment in self.experiments])
        self._run(row, 0, 0, 0)

    def simulate(self, row: NDArray[np.float64], seed: int, luck: int) -> Outcome:
        """Simulate one future.

        Parameters
        ----------
        row : one value for each experiment
        seed, luck : key of its random draws; the same row, seed and luck give the same future

        Raises
        ------
        FutureFailed : an invariant broke: people or strength were not conserved, or a number is not finite
        """
        start, final, output = self._run(row, seed, luck, self.blueprint.days)
        _check(start, final, output)
        arrays: dict[str, NDArray[Any]] = {}
        place_row = 0
        tables = {
            "origin_displaced": output.by_origin,
            "refuge_displaced": output.by_refuge,
            "flow_displaced": output.flows,
        }
        for column, measure in enumerate(self.measures):
            if measure.dims == ("date",):
                values: NDArray[Any] = output.scalars[:, column]
            elif measure.dims == ("snapshot", "place"):
                values = output.blocks[:, place_row]
                place_row += 1
            else:
                values = tables[measure.name]
            arrays[measure.name] = values.astype(measure.dtype)
        return Outcome(arrays, _events(final))

    def _run(self, row: NDArray[np.float64], seed: int, luck: int, days: int) -> tuple[Stock, State, Output]:
        b = self.blueprint
        state, court, chancellery, facts, parameters = realise(b, row, seed, luck)
        start = _stock(state)
        output = new_output(b.coords, b.measures, b.days)
        returned_before = np.zeros(len(state.tally.returned), dtype=np.int64)
        events = EVENTS_PER_PLACE * len(state.people.residents) + len(facts.incident_step)
        events += EVENTS_PER_OPTION * len(court.options.power) + 2 * court.powers.history.size
        events += EVENTS_OF_POLITY + len(court.options.plan_option)
        begin(state, facts, b.network, parameters, output)
        done, last = 0, days * b.per_day
        while True:
            done = run_steps(
                state,
                court,
                chancellery,
                facts,
                b.network,
                parameters,
                np.uint64(seed),
                np.uint64(luck),
                done,
                last,
                b.per_day,
                events,
                returned_before,
                output,
            )
            if done == last:
                return start, state, output
            state = make_room(state, events)


def compile_scenario(
    scenario: Scenario, *, days: int, dt: float = 1.0, overrides: Mapping[str, float | str] | None = None
) -> World:
    """Compile a scenario into a world that runs ``days`` days in steps of ``dt`` days.

    Parameters
    ----------
    overrides : values fixed by the user, by name of a parameter, an uncertainty or an uncertain value
    """
    return World(compile_blueprint(scenario, days=days, dt=dt, overrides=overrides))


def _stock(state: State) -> Stock:
    """Return everybody in the ledger, fighters and local defenders included, the fighters of every force, and
    all materiel.
    """
    people, groups, moves, violence, forces = (
        state.people,
        state.groups,
        state.moves,
        state.violence,
        state.forces,
    )
    used = int(groups.used[0])
    persons = int(people.residents.sum() + people.leaving.sum() + people.dead.sum())
    persons += int(groups.rows[:used, CAUGHT:].sum())
    persons += int(moves.persons[: int(moves.used[0])].sum())
    ranks = forces.present.sum(axis=0) + forces.coming.sum(axis=0)
    persons += int(ranks.sum() + violence.killed.sum() - forces.foreign.sum())
    defence = state.defence
    persons += int(defence.unpaid.sum() + defence.paid.sum() + defence.fallen.sum())
    fighters = ranks + violence.killed + forces.deserted - forces.recruited
    materiel = (
        forces.materiel.sum() + forces.coming_materiel.sum() + forces.wrecked.sum() - forces.supplied.sum()
    )
    return persons, fighters, int(materiel)


def _check(start: Stock, final: State, output: Output) -> None:
    persons, fighters, materiel = _stock(final)
    if persons != start[0]:
        raise FutureFailed(f"people are not conserved: {start[0]} at the freeze, {persons} at the end")
    if not np.array_equal(fighters, start[1]):
        raise FutureFailed("fighters are not conserved")
    if materiel != start[2]:
        raise FutureFailed(f"materiel is not conserved: {start[2]} at the freeze, {materiel} at the end")
    if (final.forces.present < 0).any() or (final.violence.strength < final.forces.present).any():
        raise FutureFailed("a garrison is negative or larger than on paper")
    if not np.isfinite(output.scalars).all():
        raise FutureFailed("a measure is not a finite number")
    if (final.people.residents < 0).any() or (final.people.hosted < 0).any():
        raise FutureFailed("a count of people is negative")


def _events(state: State) -> NDArray[Any]:
    log = state.log
    used = int(log.used[0])
    events = np.zeros(used, dtype=DTYPE)
    for name in DTYPE.names or ():
        events[name] = getattr(log, name)[:used]
    return events
