"""Batches cover every missing future once and last about as long as they should."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from afternext.ensemble.plan import LONGEST, MOST_BYTES, SHORTEST, Plan


def everything(plan: Plan, seconds: float = 0.1) -> list[range]:
    taken = []
    while (futures := plan.take()) is not None:
        taken.append(futures)
        plan.learn(len(futures), seconds * len(futures))
    return taken


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), max_size=6),
    st.none() | st.integers(1, 30),
    st.integers(1, 8),
)
def test_every_missing_future_is_handed_out_once(
    pieces: list[tuple[int, int]], batch: int | None, workers: int
) -> None:
    gaps, at = [], 0
    for skip, size in pieces:
        gaps.append(range(at + skip, at + skip + size))
        at += skip + size
    plan = Plan(gaps, batch, 1000)
    plan.workers = workers
    taken = everything(plan)
    assert [future for futures in taken for future in futures] == [f for gap in gaps for f in gap]
    assert batch is None or max(map(len, taken), default=0) <= batch
    assert plan.remaining == 0


def test_an_asked_batch_is_honoured() -> None:
    assert [len(futures) for futures in everything(Plan([range(20)], 7, 1))] == [7, 7, 6]


def test_the_first_batch_is_a_single_pilot() -> None:
    taken = everything(Plan([range(1000)], None, 1000))
    assert len(taken[0]) == 1
    assert all(len(futures) * 0.1 <= LONGEST for futures in taken)
    assert len(taken[1]) * 0.1 >= SHORTEST


def test_a_slow_future_is_a_batch_of_its_own() -> None:
    assert {len(futures) for futures in everything(Plan([range(10)], None, 1000), seconds=60)} == {1}


def test_large_arrays_bound_the_batch() -> None:
    each = MOST_BYTES // 3
    assert max(len(futures) for futures in everything(Plan([range(50)], None, each), seconds=1e-6)) == 3
