"""Places and roads as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.world.network import NEAR_KM, compile_network, number
from tests.world.toy import line, stop, toy


def network(crisis):
    return compile_network(crisis, [route.km for route in crisis.routes])


def test_names_are_numbered_in_order_of_appearance() -> None:
    numbering, numbers = number(["b", "a", "b", "c"])
    assert numbering == {"b": 0, "a": 1, "c": 2}
    assert numbers.tolist() == [0, 1, 0, 2]


def test_every_road_leads_both_ways() -> None:
    net = network(toy())
    links = {
        (i, int(net.link_to[k]), float(net.link_km[k]))
        for i in range(6)
        for k in range(net.link_start[i], net.link_start[i + 1])
    }
    assert links == {(b, a, km) for a, b, km in links}
    assert len(links) == 2 * len(toy().routes) == len(net.link_to)


def test_distance_is_that_of_the_shortest_road() -> None:
    net = network(toy())
    assert net.road_km[3, 2] == pytest.approx(70 + 60 + 170)  # fort - ford - mill - port
    assert np.array_equal(net.road_km, net.road_km.T)
    assert (np.diag(net.road_km) == 0).all()
    short = toy(routes=[*[r.model_dump() for r in toy().routes], {"start": "ford", "end": "port", "km": 100}])
    assert network(short).road_km[3, 2] == pytest.approx(170)


def test_neighbours_are_those_within_reach_nearest_first() -> None:
    net = network(line(*[stop(f"p{k}", km=150.0) for k in range(6)]))
    for i in range(6):
        near = slice(net.near_start[i], net.near_start[i + 1])
        assert (np.diff(net.near_km[near]) >= 0).all()
        assert i not in net.near_to[near]
        assert set(net.near_to[near]) == {j for j in range(6) if j != i and abs(i - j) * 150.0 <= NEAR_KM}


def test_places_without_a_road_between_them_are_no_neighbours() -> None:
    net = network(toy(routes=[]))
    assert len(net.link_to) == len(net.near_to) == 0
    assert np.isinf(net.road_km[0, 1])


def test_countries_and_first_levels_are_numbered() -> None:
    net = network(toy())
    assert net.country.tolist() == [0, 0, 0, 0, 0, 1]
    assert net.admin.tolist() == [0, 0, 1, 0, 1, 2]


def test_people_shelter_in_towns_districts_and_camps() -> None:
    kinds = ("town", "district", "camp", "crossing", "base")
    net = network(line(*[stop(kind, kind=kind) for kind in kinds]))
    assert net.shelters.tolist() == [1, 1, 1, 0, 0]
