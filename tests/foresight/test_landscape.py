"""Landscape theory on cases small enough to work out by hand, and its rules on random ones."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.foresight.landscape import (
    MOST_ACTORS,
    Landscape,
    energies,
    landscape,
    minima,
    tipping_points,
)

# Three actors: A and B friends (+1), C an enemy of both (-1); strengths 1, 2, 3.
# A pair counts in both orders: AB 2*1*2*(+1) = 4, AC 2*1*3*(-1) = -6, BC 2*2*3*(-1) = -12.
TRIO = landscape("ABC", [1, 2, 3], [[0, 1, -1], [1, 0, -1], [-1, -1, 0]])


@st.composite
def landscapes(draw: st.DrawFn) -> Landscape:
    n = draw(st.integers(2, 7))
    strength = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    cells = draw(st.lists(st.integers(-2, 2), min_size=n * n, max_size=n * n))
    return landscape("ABCDEFG"[:n], strength, np.reshape(cells, (n, n)))


def subsets(actors: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [chosen for size in range(len(actors) + 1) for chosen in combinations(actors, size)]


@pytest.mark.parametrize(
    ("against", "energy"),
    [("", 0), ("C", -6 - 12), ("A", 4 - 6), ("B", 4 - 12), ("AB", -18), ("BC", -2)],
)
def test_the_energy_counts_each_opposed_pair_in_both_orders(against: str, energy: float) -> None:
    assert TRIO.energy(against) == energy


def test_all_energies_are_those_of_the_single_configurations() -> None:
    # Bit 0 stands for B against A, bit 1 for C against A.
    assert energies(TRIO.weight).tolist() == [TRIO.energy(s) for s in ("", "B", "C", "BC")]


def test_two_friends_stand_against_their_enemy() -> None:
    (only,) = minima(TRIO)
    assert (only.energy, only.camps, only.undecided, only.basin) == (-18, (("A", "B"), ("C",)), (), 1.0)


def test_three_equal_enemies_split_two_to_one_whoever_is_alone() -> None:
    found = minima(landscape("ABC", [1, 1, 1], -np.ones((3, 3))))
    # Two of three pairs are opposed, -2 each. One of the two together may go over to the third: two pairs
    # are opposed again. So the three splits are linked by changes at no cost and are told as one.
    assert [one.energy for one in found] == [-4]
    assert found[0].undecided == ("B", "C")


def test_the_second_valley_of_a_quartet_is_found() -> None:
    # Two pairs of friends (+3); the four cross ties are -1 for AC and BD, +0.5 for AD and BC.
    p = np.zeros((4, 4))
    for i, j, value in ((0, 1, 3), (2, 3, 3), (0, 2, -1), (1, 3, -1), (0, 3, 0.5), (1, 2, 0.5)):
        p[i, j] = p[j, i] = value
    found = minima(landscape("ABCD", [1, 1, 1, 1], p))
    # Pairs apart: 2 * (-1 - 1 + 0.5 + 0.5) = -2. All together: 0; who leaves alone parts from a friend.
    assert [(one.energy, one.camps) for one in found] == [
        (-2, (("A", "B"), ("C", "D"))),
        (0, (("A", "B", "C", "D"), ())),
    ]
    assert sum(one.basin for one in found) == 1


def test_an_indifferent_actor_stands_on_either_side() -> None:
    p = np.zeros((3, 3))
    p[0, 1] = p[1, 0] = -2
    (only,) = minima(landscape("ABC", [1, 1, 1], p))
    assert only.undecided == ("C",)


def test_an_asymmetric_matrix_counts_each_way() -> None:
    one_way = landscape("AB", [1, 1], [[0, 3], [-1, 0]])
    assert one_way.energy("B") == 3 - 1


def test_descent_goes_downhill_one_actor_at_a_time() -> None:
    walk = TRIO.descend("A")  # A alone against B and C: 4 - 6 = -2; B joins A: -18
    assert walk.energies[0] == -2
    assert walk.energies[-1] == -18
    assert walk.camps == (("A", "B"), ("C",))
    assert walk.movers == ("B",)


def test_torn_says_what_a_change_costs_and_how_much_strains() -> None:
    # D is B's friend (+1) and A's enemy (-1), all of strength 1, A and B friends (+2): D is torn in two.
    p = np.array([[0, 2, -1], [2, 0, 1], [-1, 1, 0]])
    torn = {one.actor: one for one in landscape("ABD", [1, 1, 1], p).torn([])}
    assert torn["D"].cost == 2 * (1 - 1)
    assert torn["D"].share == 0.5
    assert torn["A"].cost == 2 * (2 - 1)
    assert torn["A"].share == 1 / 3
    assert torn["B"].share == 0


def test_the_nearest_strength_that_tips_an_actor_is_exact() -> None:
    # C is a friend of A (+1, strength 2) and an enemy of B (-1, strength 3); A and B are tied by +2.
    # Together: 0. C apart: 2 * (2 - 3) * s_C = -2. C comes over when A weighs 3, or B weighs 2.
    p = np.array([[0, 2, 1], [2, 0, -1], [1, -1, 0]])
    land = landscape("ABC", [2, 3, 1], p)
    assert minima(land)[0].camps == (("A", "B"), ("C",))
    found = {
        tip.actors: tip for tip in tipping_points(land) if tip.kind == "strength" and tip.flips == ("C",)
    }
    assert found["A",].threshold == pytest.approx(3)
    assert found["B",].threshold == pytest.approx(2)


def test_a_propensity_tips_within_its_scale_only() -> None:
    p = np.array([[0, 2, 1], [2, 0, -1], [1, -1, 0]])
    land = landscape("ABC", [2, 3, 1], p)
    # A-C must reach 1.5 (2 * 1.5 = 3 * 1), B-C rise to -2/3.
    wide = {t.actors: t.threshold for t in tipping_points(land, -2, 2) if t.kind == "propensity"}
    assert wide["A", "C"] == pytest.approx(1.5)
    assert wide["B", "C"] == pytest.approx(-2 / 3)
    narrow = {t.actors for t in tipping_points(land, -1, 1) if t.kind == "propensity"}
    assert ("A", "C") not in narrow


@pytest.mark.parametrize(
    ("actors", "strength", "propensity", "word"),
    [
        ("AA", [1, 1], np.zeros((2, 2)), "once"),
        ("AB", [1], np.zeros((2, 2)), "strengths"),
        ("AB", [1, -1], np.zeros((2, 2)), "zero or more"),
        ("AB", [1, 1], [[0, np.nan], [0, 0]], "number"),
    ],
)
def test_broken_input_is_refused(actors: str, strength: list[float], propensity: object, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        landscape(actors, strength, propensity)  # type: ignore[arg-type]


def test_too_many_actors_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        energies(np.zeros((MOST_ACTORS + 1, MOST_ACTORS + 1)))


def test_an_unknown_actor_is_refused() -> None:
    with pytest.raises(ValueError, match="Z"):
        TRIO.energy("Z")


@given(landscapes(), st.data())
@settings(deadline=None)
def test_the_energy_does_not_depend_on_which_side_is_which(land: Landscape, data: st.DataObject) -> None:
    against = data.draw(st.sets(st.sampled_from(land.actors)))
    others = [actor for actor in land.actors if actor not in against]
    assert land.energy(sorted(against)) == land.energy(others)


@given(landscapes(), st.data())
@settings(deadline=None)
def test_descent_never_climbs_and_ends_where_no_change_helps(land: Landscape, data: st.DataObject) -> None:
    start = data.draw(st.sets(st.sampled_from(land.actors)))
    walk = land.descend(sorted(start))
    assert all(b < a for a, b in zip(walk.energies, walk.energies[1:], strict=False))
    assert land.energy(walk.camps[1]) == pytest.approx(walk.energies[-1])
    assert all(one.cost >= -land.tolerance for one in land.torn(walk.camps[1]))


@given(landscapes())
@settings(deadline=None)
def test_every_minimum_is_stable_and_none_is_missed(land: Landscape) -> None:
    found = minima(land)
    assert sum(one.basin for one in found) == pytest.approx(1)
    for one in found:
        assert land.energy(one.camps[1]) == pytest.approx(one.energy)
        assert all(torn.cost >= -land.tolerance for torn in land.torn(one.camps[1]))
    lowest = min(land.energy(chosen) for chosen in subsets(land.actors))
    assert found[0].energy == pytest.approx(lowest)
    stable = {
        land.energy(chosen)
        for chosen in subsets(land.actors)
        if all(torn.cost >= -land.tolerance for torn in land.torn(chosen))
    }
    assert {one.energy for one in found} == stable  # inputs are whole numbers: sums are exact


@given(landscapes())
@settings(deadline=None)
def test_beyond_a_tipping_point_the_named_actors_have_parted(land: Landscape) -> None:
    lowest = minima(land)[0]
    for tip in tipping_points(land, -2, 2):
        strength, propensity = land.strength.copy(), land.propensity.copy()
        beyond = tip.threshold + (tip.threshold - tip.value) * 1e-3
        at = [land.actors.index(actor) for actor in tip.actors]
        if tip.kind == "strength":
            strength[at[0]] = beyond
        else:
            propensity[at, at[::-1]] = beyond
        if strength.min() < 0:
            continue
        changed = landscape(land.actors, strength, propensity)
        moved = set(tip.flips) ^ set(lowest.camps[1])
        assert changed.energy(sorted(moved)) <= changed.energy(lowest.camps[1]) + 1e-9
