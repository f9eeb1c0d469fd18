"""A future: people and fighters are conserved, and the same inputs give the same future."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.scenario.schema import Scenario
from afternext.world import compile_scenario
from afternext.world.day import run_steps
from afternext.world.future import Outcome, World
from tests.world.toy import FREEZE, STILL, alike, draw_rows, incident, line, middle_row, play, stop, toy

TREATMENTS = ("own", "spared", "ordinary", "persecuted", "marked")
KINDS = ("town", "district", "camp", "crossing", "base")
STANCES = ("hostile", "rival", "neutral", "tacit", "allied")
INCIDENTS = ("fighting", "capture", "announcement", "withdrawal", "attack", "raid")


@st.composite
def crises(draw: Any) -> Scenario:
    """Small crises of every make: closed checkpoints, hostile neighbours, displaced people, all incidents."""
    places = draw(st.integers(1, 6))
    communities = [f"c{k}" for k in range(draw(st.integers(1, 3)))]
    forces = [f"f{k}" for k in range(draw(st.integers(0, 3)))]
    names = [f"p{k}" for k in range(places)]

    def one_of(items: Any) -> Any:
        return draw(st.sampled_from(items))

    def share() -> float:
        return one_of((0.0, 0.3, 0.8, 1.0))

    holders = [one_of([*forces, "nobody"]) for _ in names]
    content = {
        "communities": {c: {"name": c, "size": draw(st.sampled_from((0.5, 1.0, 1.3)))} for c in communities},
        "forces": {
            f: {
                "name": f,
                "kind": one_of(("army", "militia", "insurgent", "state")),
                "treats": {c: one_of(TREATMENTS) for c in communities},
                "admits": {c: share() for c in communities},
                "present": share(),
                "cohesion": share(),
                "foreign": draw(st.sampled_from((0.0, 500.0))),
            }
            for f in forces
        },
        "relations": [
            {"between": [a, b], "stance": one_of(STANCES)} for a in forces for b in forces if a < b
        ],
        "places": [
            {
                "id": name,
                "name": name,
                "kind": one_of(KINDS),
                "country": one_of(("XX", "YY")),
                "admin1": one_of(("north", "south")),
                "lat": 10.0,
                "lon": 20.0 + 0.1 * k,
                "population": draw(st.sampled_from((0, 1, 37, 5_000, 300_000))),
                "shares": dict(zip(communities, _parts(draw, len(communities)), strict=True)),
            }
            for k, name in enumerate(names)
        ],
        "routes": [
            {
                "start": names[draw(st.integers(0, k - 1))],
                "end": names[k],
                "km": draw(st.sampled_from((5.0, 60.0, 300.0))),
            }
            for k in range(1, places)
        ],
        "holders": [
            {
                "place": name,
                "holder": holder,
                "contested": one_of([None, *(f for f in forces if f != holder)]),
            }
            for name, holder in zip(names, holders, strict=True)
        ],
        "presence": [
            {"place": name, "force": f, "strength": draw(st.sampled_from((0, 20, 3_000)))}
            for name in names
            for f in forces
        ],
        "displaced": [
            {
                "place": one_of(names),
                "origin": one_of(names),
                "community": one_of(communities),
                "persons": draw(st.sampled_from((1, 400, 90_000))),
                "since": FREEZE - timedelta(days=draw(st.sampled_from((2, 100, 900)))),
            }
            for _ in range(draw(st.integers(0, 4)))
        ],
        "incidents": [
            _incident(draw, one_of(INCIDENTS), one_of(names), one_of(forces))
            for _ in range(draw(st.integers(0, 5)))
        ]
        if forces
        else [],
    }
    return toy(**content)


def _parts(draw: Any, n: int) -> list[float]:
    weights = np.array([draw(st.integers(0, 4)) for _ in range(n)], dtype=float) + 1e-9
    return list(weights / weights.sum())


def _incident(draw: Any, kind: str, where: str, by: str) -> dict[str, Any]:
    when: dict[str, Any] = {"day": draw(st.integers(0, 30))}
    if draw(st.booleans()):
        when = {"date": FREEZE - timedelta(days=draw(st.sampled_from((0, 3, 40, 700))))}
    days, intensity = draw(st.integers(1, 20)), draw(st.sampled_from((0.0, 0.4, 1.0)))
    return {"kind": kind, "place": where, "by": by, "days": days, "intensity": intensity, **when}


def ledger(outcome: Outcome) -> np.ndarray:
    """Everybody, wherever they are: `residents` counts those who leave, `displaced` those on the road."""
    inside = ("residents", "displaced", "settled_for_good", "dead")
    inside += ("fighters", "fighters_killed", "defenders", "defenders_lost")
    return sum(outcome.arrays[name] for name in inside) - outcome.arrays["foreign_fighters"]


@given(
    crisis=crises(),
    dt=st.sampled_from((1.0, 0.5, 0.25)),
    sample=st.integers(0, 31),
    attacks=st.sampled_from((None, 1.0)),
    luck=st.integers(0, 1_000_000),
)
@settings(max_examples=120)
def test_people_are_conserved_on_every_day(
    crisis: Scenario, dt: float, sample: int, attacks: float | None, luck: int
) -> None:
    fixed = {} if attacks is None else {"attack_insurgent": attacks, "attack_regular": attacks}
    world = compile_scenario(crisis, days=60, dt=dt, overrides=fixed)
    outcome = world.simulate(draw_rows(world, 32)[sample], 1, luck)

    assert np.array_equal(np.diff(ledger(outcome)), np.zeros(60)), "somebody appeared or vanished"
    for measure in world.measures:
        values = outcome.arrays[measure.name]
        if measure.unit in ("persons", "places", "fighters"):
            assert (values >= 0).all(), measure.name
        if measure.unit == "share":
            assert ((values >= 0) & (values <= 1)).all(), measure.name
    forces = len(crisis.forces)
    for name in ("place_holder", "place_contested"):
        assert (outcome.arrays[name] >= -1).all()
        assert (outcome.arrays[name] < max(forces, 0)).all()
    for name in ("dead", "newly_displaced", "returned", "secondary"):
        assert (np.diff(outcome.arrays[name]) >= 0).all(), name
    for force in crisis.forces:
        assert (outcome.arrays[f"nominal_{force}"] >= outcome.arrays[f"strength_{force}"]).all()


def test_no_make_of_crisis_compiles_the_kernels_again() -> None:
    """Another type of array would cost every run of such a scenario a minute."""
    play(toy(), 3)
    before = len(run_steps.signatures)
    play(line(stop("ford", 100, holder="nobody"), forces={}, relations=[]), 3, calm=False)
    play(line(stop("ford", 100), incidents=[incident("capture", "ford")]), 3, dt=0.5)
    assert len(run_steps.signatures) == before == 1


@pytest.fixture(scope="module")
def busy() -> World:
    """A crisis in which much happens by chance."""
    crisis = toy(
        incidents=[incident("fighting", "ford", day=3, days=20), incident("capture", "mill", day=30)]
    )
    return compile_scenario(crisis, days=90, overrides={"attack_insurgent": 0.05, "attack_regular": 0.02})


def test_the_same_row_seed_and_luck_give_the_same_future(busy: World) -> None:
    row = middle_row(busy)
    first = busy.simulate(row, 3, 14)
    busy.simulate(row, 3, 15)
    assert alike(first, busy.simulate(row, 3, 14))


def test_a_world_sent_to_a_worker_gives_the_same_future(busy: World) -> None:
    row = middle_row(busy)
    assert alike(busy.simulate(row, 3, 14), pickle.loads(pickle.dumps(busy)).simulate(row, 3, 14))


@pytest.mark.parametrize(("seed", "luck"), [(4, 14), (3, 15), (14, 3)])
def test_another_seed_or_luck_gives_another_future(busy: World, seed: int, luck: int) -> None:
    row = middle_row(busy)
    assert not alike(busy.simulate(row, 3, 14), busy.simulate(row, seed, luck))


def test_a_future_does_not_write_into_its_row_or_world(busy: World) -> None:
    row = middle_row(busy)
    kept, blueprint = row.copy(), pickle.dumps(busy.blueprint)
    busy.simulate(row, 3, 14)
    assert np.array_equal(row, kept)
    assert pickle.dumps(busy.blueprint) == blueprint


def test_the_order_of_tables_other_than_places_does_not_matter() -> None:
    crisis = toy(incidents=[incident("fighting", "ford", days=20)])
    turned = crisis.model_copy(
        update={
            name: tuple(reversed(getattr(crisis, name)))
            for name in ("routes", "presence", "holders", "relations")
        }
    )
    assert alike(play(crisis, calm=False), play(turned, calm=False))


def test_the_order_of_places_changes_the_luck_but_not_the_law() -> None:
    """Draws are keyed by a place's number, so turning the table is another luck: alike on average only."""

    def moved(crisis: Scenario) -> np.ndarray:
        world = compile_scenario(crisis, days=60, overrides={"attack_insurgent": 0.0, "attack_regular": 0.0})
        rows = draw_rows(world, 64)
        return np.array(
            [world.simulate(row, 1, k).arrays["newly_displaced"][-1] for k, row in enumerate(rows)]
        )

    crisis = toy(incidents=[incident("announcement", "ford"), incident("capture", "ford", day=9)])
    turned = crisis.model_copy(update={"places": tuple(reversed(crisis.places))})
    one, other = moved(crisis), moved(turned)
    assert not np.array_equal(one, other)
    assert one.mean() == pytest.approx(other.mean(), rel=0.02)


@pytest.mark.parametrize("kind", ["fighting", "capture", "announcement", "withdrawal", "attack", "raid"])
def test_an_incident_to_come_changes_nothing_before_its_day(kind: str) -> None:
    by = "army" if kind == "withdrawal" else "rebels"
    now = [incident("fighting", "mill", day=1, days=30)]
    without = play(toy(incidents=now), 80, calm=False)
    with_it = play(toy(incidents=[*now, incident(kind, "ford", day=40, by=by, days=10)]), 80, calm=False)
    for name, values in without.arrays.items():
        until = (
            6 if name.startswith("place_") else 41
        )  # snapshots are weekly; a date shows the state after its day
        if not name.startswith(("origin_", "refuge_", "flow_")):
            assert np.array_equal(values[:until], with_it.arrays[name][:until]), name
    assert not alike(without, with_it)


def test_two_futures_that_differ_in_one_place_share_their_luck_elsewhere() -> None:
    """A strategy is compared under the same luck: far from where it acts, nothing changes."""
    far = [stop(name, 50_000, km=700.0) for name in ("ford", "mill", "port")]
    fight = [incident("fighting", "ford", days=30)]
    # Nobody comes home: who sheltered where would matter then, and port shelters some.
    one = play(line(*far, incidents=fight), 40, **STILL)
    other = play(line(*far, incidents=[*fight, incident("fighting", "port", days=30)]), 40, **STILL)
    assert np.array_equal(
        one.arrays["place_newly_displaced"][:, 0], other.arrays["place_newly_displaced"][:, 0]
    )
    assert other.arrays["place_newly_displaced"][-1, 2] > one.arrays["place_newly_displaced"][-1, 2] == 0
