"""Generators that are seeded together draw what NumPy's own draw."""

from __future__ import annotations

import numpy as np
import pytest

from afternext.ensemble.streams import generators


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 2**63 + 5, 2**200])
@pytest.mark.parametrize("after", [(), (0,), (7, 2**40)])
def test_each_draws_what_numpys_own_draws(seed: int, after: tuple[int, ...]) -> None:
    keys = range(2**32 - 70, 2**32, 7)
    for key, generator in zip(keys, generators((seed, 3), keys, after), strict=True):
        own = np.random.Generator(np.random.PCG64([seed, 3, key, *after]))
        assert np.array_equal(generator.random((3, 5)), own.random((3, 5)))
        assert generator.integers(0, 2**32, 9).tolist() == own.integers(0, 2**32, 9).tolist()


def test_what_one_has_left_over_is_not_the_nexts() -> None:
    half = [
        generator.integers(0, 2**16, 1, np.uint32).tolist() for generator in generators((1,), range(4), ())
    ]
    own = [np.random.default_rng([1, k]).integers(0, 2**16, 1, np.uint32).tolist() for k in range(4)]
    assert half == own


def test_no_keys_are_no_generators() -> None:
    assert list(generators((1,), range(5, 5), ())) == []
