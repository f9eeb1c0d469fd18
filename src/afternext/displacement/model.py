"""Where people go: the world's movement process on a case, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from afternext.displacement.borders import ties_of
from afternext.displacement.case import CAMP, spawned
from afternext.displacement.days import run_days
from afternext.displacement.flee_settings import DECAY, INTERVAL
from afternext.displacement.ground import Regime, empty_state, regimes
from afternext.world.state import SETTLED, State, find_group, make_room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from afternext.displacement.case import Case, Floats, Ints
    from afternext.world.processes.movement import Parameters
    from afternext.world.state import Facts

TIES_SCALE = 10_000.0  # persons: ties well below it attract nobody in particular
NEW_SHARE = 0.02  # of all, by which a camp that was empty can still be followed to


class Pull(NamedTuple):
    """The shared parameters: one set for all conflicts (docs/how-to/compare-with-flee.md)."""

    distance: float
    ties: float
    kept: float
    room: float = 1.0


@dataclass(frozen=True)
class Stage:
    """A case made ready: what every seed starts from."""

    case: Case
    regimes: list[Regime]
    state: State
    facts: Facts
    parameters: Parameters
    ties: Floats  # (C,) log of ties, per camp
    limit: Ints  # (P,) persons at which a camp is full, -1 for never
    sources: Floats  # (D, P) share of a day's people who come from each place
    open: NDArray[np.bool_]  # (D, C) whether a way leads from any of them to the camp


def set_stage(case: Case, *, capacities: bool) -> Stage:
    """Make a case ready for many seeds."""
    camps = len(case.camps)
    values = {
        "rank_exponent": 0.0,
        "network_exponent": 0.0,
        "choice_set": float(max(2, (case.kind == CAMP).sum())),
        "party_size": 1.0,
    }
    state, facts, parameters = empty_state(case, values)
    spans = regimes(case)
    sources = sources_of(case, spans)
    country = [case.folder.places[i].country for i in case.camps]
    same = np.array([country.count(name) for name in country], dtype=np.float64)
    ties = ties_of(case.folder.home, country, case.folder.start) / same
    limit = case.capacity.astype(np.int64) if capacities else np.full(len(case.kind), -1)
    facts.size[:] = np.where(limit >= 0, np.maximum(limit, 1), np.inf)
    return Stage(
        case,
        spans,
        state,
        facts,
        parameters,
        np.log1p(ties / TIES_SCALE) if camps else np.zeros(0),
        limit,
        sources,
        open_to(sources, spans, camps),
    )


def sources_of(case: Case, spans: list[Regime]) -> Floats:
    """Return the share of each place in those who leave on a day: people x intensity x age of the conflict.

    The weights are FLEE's; places from which no camp can be reached have none, unless all are such.
    """
    days, places = case.intensity.shape
    shares = np.zeros((days, places))
    since = np.zeros(places)
    decay = np.array(DECAY)
    for span in spans:
        out = np.isfinite(span.reach).any(axis=1) if len(case.camps) else np.zeros(places, dtype=bool)
        for day in range(span.first, span.last):
            new = (case.intensity[day] > 0.0) & ((case.intensity[day - 1] <= 0.0) if day else True)
            since[new] = day
            age = np.minimum(((day - since) / INTERVAL).astype(int), len(decay) - 1)
            weight = case.population * case.intensity[day] * decay[age]
            open_ = weight * out
            weight = open_ if open_.sum() > 0.0 else weight
            if weight.sum() > 0.0:
                shares[day] = weight / weight.sum()
    return shares


def open_to(sources: Floats, spans: list[Regime], camps: int) -> NDArray[np.bool_]:
    """Return whether a way leads to each camp from any place that people leave on a day."""
    found = np.zeros((len(sources), camps), dtype=bool)
    for span in spans:
        days = slice(span.first, span.last)
        found[days] = (sources[days] > 0.0).astype(float) @ np.isfinite(span.reach) > 0.0
    return found


def who_leaves(stage: Stage, arrivals: Ints, rng: np.random.Generator) -> Ints:
    """Return who leaves from where, (days, places); people of days without a source wait for the next."""
    leaving = np.zeros(stage.sources.shape, dtype=np.int64)
    waiting = 0
    for day, people in enumerate(arrivals):
        waiting += int(people)
        if waiting and stage.sources[day].any():
            leaving[day] = rng.multinomial(waiting, stage.sources[day])
            waiting = 0
    return leaving


def run_model(
    stage: Stage,
    pull: Pull,
    *,
    seed: int,
    luck: int,
    arrivals: Ints | None = None,
    observed_until: int | None = None,
    appeal: Floats | None = None,
) -> Floats:
    """Return people in camps at the end of each day, (days, camps).

    Parameters
    ----------
    arrivals : people who leave each day; FLEE's own count of them if not given
    observed_until : the camps are known up to this day, and the run starts from them
    appeal : what else draws people to each camp, added to the log of its pull
    """
    case = stage.case
    rng = np.random.default_rng((seed, luck))
    people = spawned(case.data) if arrivals is None else arrivals
    begin = 0 if observed_until is None else observed_until + 1
    counted = case.data[begin - 1 if begin else 0].astype(np.int64)
    people = np.where(np.arange(case.days) < begin, 0, people)
    known = np.zeros(stage.sources.shape, dtype=np.int64)
    if observed_until is not None and counted.sum() > 0:
        usual = counted + 0.0
        if appeal is not None:  # what is not known of a camp also moves those who follow
            usual = (usual + NEW_SHARE * usual.sum()) * np.exp(appeal)
        ways = usual * stage.open  # nobody follows to a camp that is closed or cut off
        total = ways.sum(axis=1, keepdims=True)
        kept = np.where(total[:, 0] > 0.0, rng.binomial(people, pull.kept), 0)
        shares = np.divide(ways, total, out=np.full(ways.shape, 1.0 / len(usual)), where=total > 0.0)
        known[:, case.camps] = rng.multinomial(kept, shares)
        people = people - kept
    leaving = who_leaves(stage, people, rng)
    state = _fresh(stage.state)
    places = len(case.kind)
    for camp, persons in zip(case.camps, counted, strict=True):
        row = find_group(state.groups, camp, 0, camp, places, 1)
        state.groups.rows[row, SETTLED] += persons
        state.people.hosted[camp, 0] += persons
        state.people.hosted_total[camp] += persons
    facts = stage.facts
    facts.appeal[:] = 0.0
    facts.appeal[case.camps, 0] = pull.ties * stage.ties + (0.0 if appeal is None else appeal)
    p = stage.parameters._replace(distance_exponent=pull.distance, room_exponent=pull.room)
    out = np.zeros((case.days, places), dtype=np.int64)
    out[:begin, case.camps] = case.data[:begin]
    for span in stage.regimes:
        done = max(span.first, begin)
        state.scratch.searched[:] = -1
        while done < span.last:
            done = run_days(
                state,
                facts,
                span.network,
                p,
                leaving,
                known,
                stage.limit,
                np.uint64(seed),
                np.uint64(luck),
                done,
                span.last,
                out,
            )
            if done < span.last:
                state = make_room(state, places)
    return out[:, case.camps].astype(np.float64)


def _fresh(state: State) -> State:
    """Return a copy of the parts of a state that people moving write to."""
    return state._replace(
        **{
            name: type(part)(*(column.copy() for column in part))
            for name in ("people", "tally", "groups", "moves", "beliefs", "scratch", "log")
            for part in (getattr(state, name),)
        }
    )


__all__ = ["Pull", "Stage", "run_model", "set_stage"]
