"""Names on maps: none touches another, none leaves the frame, larger places come first."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from afternext.brief.labels import CORE, Label, overlaps, place

FRAME = (0.0, 0.0, 300.0, 300.0)

labels = st.lists(
    st.tuples(
        st.floats(0, 300), st.floats(0, 300), st.floats(1.8, 20), st.floats(10, 80), st.booleans()
    ),
    max_size=40,
)  # fmt: skip


def made(rows: list[tuple[float, float, float, float, bool]]) -> list[Label]:
    return [Label(str(i), x, y, r, width, 9.0, must) for i, (x, y, r, width, must) in enumerate(rows)]


@given(labels)
def test_no_two_names_touch_and_none_leaves_the_frame(
    rows: list[tuple[float, float, float, float, bool]],
) -> None:
    placed = place(made(rows), FRAME)
    for a, b in combinations(placed, 2):
        assert not overlaps(a.box, b.box)
    for one in placed:
        assert one.box[0] >= 0
        assert one.box[1] >= 0
        assert one.box[2] <= 300
        assert one.box[3] <= 300


@given(labels)
def test_no_name_covers_the_middle_of_a_mark(rows: list[tuple[float, float, float, float, bool]]) -> None:
    given_labels = made(rows)
    for one in place(given_labels, FRAME):
        for mark in given_labels:
            if mark.key != one.key:
                r = min(mark.radius, CORE) * 0.999
                assert not overlaps(one.box, (mark.x - r, mark.y - r, mark.x + r, mark.y + r))


def test_the_first_of_two_rivals_wins() -> None:
    big, small = Label("big", 5, 150, 2, 290, 9), Label("small", 5, 150, 2, 290, 9)
    assert [one.key for one in place([big, small], (0, 140, 300, 160))] == ["big"]


def test_a_crowded_name_that_must_be_shown_gets_a_leader() -> None:
    wall = [(95.0, 85.0, 145.0, 115.0)]
    label = Label("town", 100, 100, 2, 30, 9, must=True)
    (placed,) = place([label], FRAME, wall)
    assert placed.leader is not None
    assert not overlaps(placed.box, wall[0])
    assert place([Label("town", 100, 100, 2, 30, 9)], FRAME, [(60.0, 60.0, 140.0, 140.0)]) == []
