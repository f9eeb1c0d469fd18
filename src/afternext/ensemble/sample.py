"""Points of the deep uncertainties: nested Latin hypercubes, indexed by the number of the future.

Futures come in chunks of 16. In a chunk every column has one point in each 16th of its range, in an order of
its own (a Latin hypercube: McKay, Beckman & Conover 1979). From chunk to chunk the points of a 16th spread
over it as a scrambled van der Corput sequence (Owen 1995; hash of Laine & Karras 2011), so that the first 16
* 2**m futures have one point in each of 16 * 2**m cells of every column. Pairs of columns are as independent
draws. A Sobol sequence fills a few columns more evenly, but of the hundreds that a crisis has some pairs
nearly coincide: at 256 futures and 677 columns the largest correlation of two was 0.94, here 0.3
(docs/decisions.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.protocol import ExperimentLike
from afternext.ensemble.streams import generators

# Futures of a chunk; small, so that few futures spread evenly too.
CHUNK = 16

# Columns that are drawn together; a column is the same however many follow it.
COLUMN_BLOCK = 256
AT_ONCE = 64  # chunks that are worked out together: few calls, and little memory

# Domains of the draws within the seed, apart from the luck of the futures.
ORDER_DOMAIN, SCRAMBLE_DOMAIN = 0x50B01, 0x50B02

BITS = 32


class Sampler:
    """Deep samples of a list of experiments.

    Point `k` is a function of (seed, k, column) alone. It does not depend on how many futures are run, in
    which order, in which batches or by whom.

    experiments : one column each          seed : of the run
    replicates  : futures that share one point and differ in luck only
    columns     : column of each experiment by name; default, its place in the list. A run with fixed values
                  or strategies passes the columns of the plain scenario, so that both see the same points.
    """

    def __init__(
        self,
        experiments: Sequence[ExperimentLike],
        seed: int,
        replicates: int = 1,
        columns: Mapping[str, int] | None = None,
    ) -> None:
        self.experiments = tuple(experiments)
        self.seed = seed
        self.replicates = replicates
        names = [experiment.name for experiment in self.experiments]
        taken = dict(columns) if columns is not None else {}
        for name in names:
            taken.setdefault(name, max(taken.values(), default=-1) + 1)
        self._columns = np.array([taken[name] for name in names], dtype=np.intp)
        self._blocks = range(-(-(max(taken.values(), default=0) + 1) // COLUMN_BLOCK))
        # The last block is drawn as far as it is used: its first columns are the same without the others.
        last = max(taken.values(), default=0) + 1 - COLUMN_BLOCK * self._blocks[-1]
        self._used = [*([COLUMN_BLOCK] * (len(self._blocks) - 1)), last]
        self._scrambles = [
            np.random.Generator(np.random.PCG64([seed, SCRAMBLE_DOMAIN, 0, block])).integers(
                0, 1 << BITS, SHAPE, np.uint32
            )
            for block in self._blocks
        ]
        self._chunk: tuple[int, NDArray[np.float64]] | None = None

    def points(self, start: int, stop: int) -> NDArray[np.float64]:
        """Points `start` to `stop` - 1 in the unit cube, open at both ends: (stop - start, experiment)."""
        if not self.experiments or stop <= start:
            return np.zeros((max(0, stop - start), len(self.experiments)))
        chunks = range(start // CHUNK, (stop - 1) // CHUNK + 1)
        if len(chunks) == 1:  # futures asked for one by one: the last chunk is kept
            if self._chunk is None or self._chunk[0] != chunks[0]:
                self._chunk = chunks[0], self._points_of(chunks)
            rows = self._chunk[1]
        else:
            parts = [self._points_of(chunks[k : k + AT_ONCE]) for k in range(0, len(chunks), AT_ONCE)]
            rows = np.concatenate(parts)
        first = chunks[0] * CHUNK
        return rows[start - first : stop - first]

    def _points_of(self, chunks: range) -> NDArray[np.float64]:
        """All points of some chunks, (chunks * CHUNK, experiment)."""
        cubes = np.concatenate([self._block_of(chunks, block) for block in self._blocks], axis=1)
        return np.asarray(cubes[:, self._columns].transpose(0, 2, 1).reshape(-1, len(self._columns)))

    def _block_of(self, chunks: range, block: int) -> NDArray[np.float64]:
        """Chunks of the columns of a block that are in use, (chunk, column, CHUNK)."""
        used = self._used[block]
        draws = np.empty((len(chunks), used, CHUNK))
        for own, generator in zip(
            draws, generators((self.seed, ORDER_DOMAIN), chunks, (block,)), strict=True
        ):
            generator.random(out=own)
        order = np.argsort(draws, axis=2, kind="stable")
        scramble = np.take_along_axis(self._scrambles[block][None, :used], order, axis=2)
        number = np.array(chunks, dtype=np.uint32)[:, None, None]
        within = _reversed(_shuffled(np.broadcast_to(number, order.shape), scramble))
        return np.asarray((order + (within + 0.5) / 2.0**BITS) / CHUNK)

    def rows(self, start: int, stop: int) -> NDArray[np.float64]:
        """Values of futures `start` to `stop` - 1, in the unit of each experiment: (future, experiment)."""
        if stop <= start:
            return np.zeros((0, len(self.experiments)))
        first = start // self.replicates
        samples = np.arange(start, stop) // self.replicates - first
        points = self.points(first, (stop - 1) // self.replicates + 1)
        rows = np.empty((stop - start, len(self.experiments)))
        for column, experiment in enumerate(self.experiments):
            values = np.asarray(experiment.value.quantile(points[:, column]), dtype=np.float64)
            rows[:, column] = values[samples]
        return rows


SHAPE = COLUMN_BLOCK, CHUNK


def _reversed(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Bits in the opposite order: the van der Corput sequence in units of 2**-32."""
    for width, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        low = np.uint32(mask)
        x = ((x >> np.uint32(width)) & low) | ((x & low) << np.uint32(width))
    return (x >> np.uint32(16)) | (x << np.uint32(16))


def _shuffled(x: NDArray[np.uint32], key: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Nested permutation of integers: each bit flips by what the lower ones are (Laine & Karras 2011)."""
    x = x + key
    for factor in (0x6C50B47C, 0xB82F1E52, 0xC7AFE638, 0x8D22F6E6):
        x = x ^ (x * np.uint32(factor))
    return x
