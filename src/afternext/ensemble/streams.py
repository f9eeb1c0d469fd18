"""NumPy's generators of many keys in a row, seeded all at once: to make each anew costs more than it draws.

What comes out is what `Generator(PCG64([...]))` gives: NumPy keeps SeedSequence and PCG64 the same for good
(NEP 19), and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]

WORD = 0xFFFFFFFF
POOL = 4
# SeedSequence: O'Neill 2015, "Developing a seed_seq alternative", with NumPy's constants.
INIT_A, MULT_A, INIT_B, MULT_B = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
MIX_L, MIX_R = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
# PCG64: a 128-bit congruential generator (O'Neill 2014).
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
WIDE = (1 << 128) - 1


def generators(before: Sequence[int], keys: range, after: Sequence[int]) -> Iterator[np.random.Generator]:
    """`Generator(PCG64([*before, key, *after]))` of each key, below 2**32, one after the other.

    It is one object that is set anew: draw from it before the next is asked for.
    """
    bits = np.random.PCG64(0)
    generator = np.random.Generator(bits)
    state = bits.state
    for high, low, high_inc, low_inc in _seeds(before, keys, after).tolist():
        inc = ((high_inc << 64 | low_inc) << 1 | 1) & WIDE
        start = ((inc + (high << 64 | low)) * MULTIPLIER + inc) & WIDE
        state["state"] = {"state": start, "inc": inc}
        bits.state = state
        yield generator


def _seeds(before: Sequence[int], keys: range, after: Sequence[int]) -> NDArray[np.uint64]:
    """`SeedSequence([*before, key, *after]).generate_state(4, uint64)` of each key: (key, 4)."""
    many = np.arange(keys.start, keys.stop, keys.step).astype(np.uint32)
    entropy = [
        *(np.full(len(many), word, np.uint32) for word in _words(before)),
        many,
        *(np.full(len(many), word, np.uint32) for word in _words(after)),
    ]
    hashed = _Hash(INIT_A, MULT_A)
    empty = np.zeros(len(many), np.uint32)
    pool = [hashed(entropy[k] if k < len(entropy) else empty) for k in range(POOL)]
    for source in range(POOL):
        for target in range(POOL):
            if target != source:
                pool[target] = _mixed(pool[target], hashed(pool[source]))
    for more in entropy[POOL:]:
        pool = [_mixed(there, hashed(more)) for there in pool]
    hashed = _Hash(INIT_B, MULT_B)
    out = [hashed(pool[k % POOL]).astype(np.uint64) for k in range(2 * POOL)]
    return np.stack([out[2 * k] | out[2 * k + 1] << np.uint64(32) for k in range(POOL)], axis=1)


def _words(numbers: Sequence[int]) -> list[int]:
    """Numbers as words of 32 bits, the lowest first; 0 is one word."""
    return [
        number >> shift & WORD for number in numbers for shift in range(0, max(number.bit_length(), 1), 32)
    ]


class _Hash:
    """Multiplicative hash whose constant moves on with every use."""

    def __init__(self, start: int, factor: int) -> None:
        self._constant, self._factor = start, factor

    def __call__(self, words: Words) -> Words:
        before, self._constant = self._constant, self._constant * self._factor & WORD
        return _folded((words ^ np.uint32(before)) * np.uint32(self._constant))


def _mixed(x: Words, y: Words) -> Words:
    return _folded(MIX_L * x - MIX_R * y)


def _folded(words: Words) -> Words:
    return np.asarray(words ^ words >> np.uint32(16))
