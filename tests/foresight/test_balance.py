"""Balance of signed graphs on cases small enough to see."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afternext.foresight.balance import (
    Tie,
    leave_one_out,
    line_index,
    predict_by_camps,
    predict_by_chains,
    signed_graph,
    triads,
)

# A and B are friends with a common enemy C; D is C's friend and A's enemy.
BALANCED = [Tie("A", "B", 1), Tie("A", "C", -1), Tie("B", "C", -1), Tie("C", "D", 1), Tie("A", "D", -1)]
STRAINED = [Tie("A", "B", 1), Tie("A", "C", 1), Tie("B", "C", -1)]  # A's two friends are enemies


@st.composite
def some_ties(draw: st.DrawFn) -> list[Tie]:
    actors = "ABCDEF"[: draw(st.integers(2, 6))]
    return [Tie(a, b, draw(st.integers(-1, 1))) for a, b in combinations(actors, 2)]


def test_a_friend_with_a_common_enemy_is_balanced() -> None:
    found = triads(signed_graph(BALANCED))
    assert (found.complete, found.unbalanced) == (2, ())  # A B C and A C D; B and D have no tie


def test_a_friend_of_two_enemies_strains() -> None:
    found = triads(signed_graph(STRAINED))
    assert (found.complete, found.unbalanced) == (1, (("A", "B", "C"),))


def test_three_mutual_enemies_strain() -> None:
    found = triads(signed_graph([Tie(a, b, -1) for a, b in combinations("ABC", 2)]))
    assert found.unbalanced == (("A", "B", "C"),)


def test_the_line_index_counts_the_ties_that_no_two_camps_explain() -> None:
    assert line_index(signed_graph(BALANCED)).count == 0
    assert line_index(signed_graph(BALANCED)).camps == (("A", "B"), ("C", "D"))
    assert line_index(signed_graph(STRAINED)).count == 1
    # Four mutual enemies: two against two leaves the two pairs within the camps.
    enemies = line_index(signed_graph([Tie(a, b, -1) for a, b in combinations("ABCD", 2)]))
    assert (enemies.count, len(enemies.frustrated)) == (2, 2)


def test_contradicting_directions_leave_no_tie() -> None:
    graph = signed_graph([Tie("A", "B", 1), Tie("B", "A", -1)])
    assert not graph.sign.any()


def test_a_tie_to_oneself_is_refused() -> None:
    with pytest.raises(ValueError, match="itself"):
        signed_graph([Tie("A", "A", 1)])


@pytest.mark.parametrize("predict", [predict_by_chains, predict_by_camps])
def test_a_balanced_graph_foretells_a_missing_tie(predict: object) -> None:
    graph = signed_graph(BALANCED)
    assert predict(graph, "B", "D") == -1  # type: ignore[operator]
    assert predict(graph, "A", "B") == 1  # type: ignore[operator]


def test_where_short_chains_cancel_the_longer_ones_decide() -> None:
    # A to B: over C friendly, over D hostile; of three links, over E and F, friendly.
    ties = [
        *(Tie(a, b, 1) for a, b in ("AC", "CB", "AD", "AE", "EF", "FB")),
        Tie("D", "B", -1),
    ]
    assert predict_by_chains(signed_graph(ties), "A", "B") == 1


def test_nothing_is_foretold_of_strangers() -> None:
    graph = signed_graph([Tie("A", "B", 1), Tie("C", "D", 1)])
    assert predict_by_chains(graph, "A", "C") == 0
    assert predict_by_camps(graph, "A", "C") == 0


def test_leaving_one_out_never_shows_the_tie_that_is_asked_for() -> None:
    # Two actors, one tie: without it nothing is known.
    assert leave_one_out([Tie("A", "B", 1)], predict_by_chains).hits == 0
    scored = leave_one_out([Tie(a, b, 1) for a, b in combinations("ABC", 2)], predict_by_chains)
    assert (scored.hits, scored.total, scored.share) == (3, 3, 1.0)


@given(some_ties())
@settings(deadline=None)
def test_the_line_index_is_the_least_over_all_camps(ties: list[Tie]) -> None:
    graph = signed_graph(ties)
    least = min(
        sum(tie.sign * (1 if side[graph.at(tie.a)] == side[graph.at(tie.b)] else -1) < 0 for tie in ties)
        for side in product((0, 1), repeat=len(graph.actors))
    )
    found = line_index(graph)
    assert found.count == least
    if found.count == 0:
        assert triads(graph).unbalanced == ()
