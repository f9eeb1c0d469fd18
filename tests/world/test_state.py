"""Tables that grow: their size at the start changes nothing but the memory used."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from afternext.world import compile_scenario, realise, state
from afternext.world.future import World
from tests.world.toy import FORCES, alike, incident, middle_row, toy

HOT = {"attack_insurgent": 0.5, "attack_regular": 0.3, "news_delay": 0.1}


@pytest.fixture(scope="module")
def crowded() -> World:
    """A crisis with many groups of displaced people, journeys and events."""
    names = [f"p{k}" for k in range(16)]
    communities = {f"c{k}": {"name": f"C{k}"} for k in range(4)}
    shares = dict.fromkeys(communities, 0.25)
    base = toy().places[0].model_dump()
    places = [
        {**base, "id": n, "name": n, "lon": 20.0 + 0.1 * k, "population": 90_000, "shares": shares}
        for k, n in enumerate(names)
    ]
    crisis = toy(
        communities=communities,
        forces={name: {**force, "treats": {}} for name, force in FORCES.items()},
        places=places,
        routes=[{"start": a, "end": b, "km": 30} for a, b in itertools.pairwise(names)],
        holders=[{"place": n, "holder": ("army", "rebels")[k % 2]} for k, n in enumerate(names)],
        presence=[
            {"place": n, "force": ("army", "rebels")[k % 2], "strength": 400} for k, n in enumerate(names)
        ],
        incidents=[incident("capture", n, day=3 + k) for k, n in enumerate(names[::4])],
    )
    return compile_scenario(crisis, days=240, overrides=HOT)


def test_a_future_that_outgrows_its_tables_is_the_same_future(
    crowded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = middle_row(crowded)
    wide = crowded.simulate(row, 1, 5)
    grown: list[tuple[int, int]] = []
    make_room = state.make_room

    def watched(before: state.State, *more: int) -> state.State:
        after = make_room(before, *more)
        grown.append(
            (len(after.groups.fled) - len(before.groups.fled), len(after.log.day) - len(before.log.day))
        )
        return after

    monkeypatch.setattr("afternext.world.future.make_room", watched)
    monkeypatch.setattr(realise, "LOG_ROWS", 1)
    monkeypatch.setattr(realise, "new_groups", lambda _: state.new_groups(8))
    narrow = crowded.simulate(row, 1, 5)

    assert sum(groups > 0 for groups, _ in grown) >= 2, "the groups never outgrew their table"
    assert sum(log > 0 for _, log in grown) >= 2, "the log never outgrew its table"
    assert len(wide.events) > 200
    assert alike(wide, narrow)


def test_groups_that_emptied_are_dropped_and_the_others_keep_their_order(crowded: World) -> None:
    tables, *_ = realise.realise(crowded.blueprint, middle_row(crowded))
    places, communities = tables.people.residents.shape
    groups = state.new_groups(16)
    for place in range(8):
        row = state.find_group(groups, 0, 1, place, places, communities)
        assert row == place
        groups.rows[row, state.SETTLED] = 10 * (place % 2)
        groups.fled[row] = 0.1 * place
    state.drop_empty_groups(groups)
    assert groups.used[0] == 4
    assert groups.rows[:4, state.PLACE].tolist() == [1, 3, 5, 7]
    assert np.allclose(groups.fled[:4], [0.1, 0.3, 0.5, 0.7])
    assert groups.rows[4:, state.CAUGHT :].sum() == 0
    for row, place in enumerate((1, 3, 5, 7)):
        assert state.find_group(groups, 0, 1, place, places, communities) == row
    assert state.find_group(groups, 0, 1, 2, places, communities) == 4


def test_a_grown_table_holds_the_same_groups_in_the_same_order(crowded: World) -> None:
    tables, *_ = realise.realise(crowded.blueprint, middle_row(crowded))
    places, communities = tables.people.residents.shape
    groups = state.new_groups(8)
    for place in range(8):
        row = state.find_group(groups, 0, 1, place, places, communities)
        groups.rows[row, state.SETTLED] = 10 * (place % 2)
    larger = state.grow_groups(groups, 32)
    assert len(larger.fled) == 32
    assert np.array_equal(larger.rows[:8], groups.rows)
    assert [state.find_group(larger, 0, 1, k, places, communities) for k in range(8)] == list(range(8))


def test_a_group_is_found_again_in_a_full_table() -> None:
    groups = state.new_groups(64)
    keys = [(origin, community, place) for origin in range(4) for community in range(4) for place in range(4)]
    made = [state.find_group(groups, *key, 9, 4) for key in keys]
    assert made == list(range(64))
    assert [state.find_group(groups, *key, 9, 4) for key in keys] == made
    assert groups.used[0] == 64


def test_every_growing_table_has_the_room_that_a_step_may_need(crowded: World) -> None:
    """The kernels write without looking: the bound must hold for the busiest step."""
    tables, *_ = realise.realise(crowded.blueprint, middle_row(crowded))
    assert state.moves_at_most(tables) <= len(tables.moves.persons)
    grown = state.make_room(tables, 10_000)
    assert len(grown.log.day) >= 10_000
    assert state.moves_at_most(grown) <= len(grown.moves.persons)
    assert grown.groups.used[0] + grown.moves.used[0] <= len(grown.groups.fled)
