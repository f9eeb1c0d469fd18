"""Scrambled Sobol points, indexed by the number of the future."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.protocol import ExperimentLike

if TYPE_CHECKING:
    from scipy.stats import qmc

# The scramble of a column depends on how many columns are scrambled with it, so their number is fixed in
# blocks: a scenario that gains an experiment keeps the points of all others.
COLUMN_BLOCK = 1024

# Points are multiples of 2**-30; the middle of the cell keeps 0 and 1 (minus infinity of a normal) out.
HALF_CELL = 2.0**-31

# Domain of the scramble within the seed, apart from the luck of the futures.
SCRAMBLE_DOMAIN = 0x50B01


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
        widest = max(taken.values(), default=0) + 1
        self._width = -(-widest // COLUMN_BLOCK) * COLUMN_BLOCK
        self._engine: qmc.Sobol | None = None

    def points(self, start: int, stop: int) -> NDArray[np.float64]:
        """Points `start` to `stop` - 1 in the unit cube, open at both ends: (stop - start, experiment)."""
        if not self.experiments or stop <= start:
            return np.zeros((max(0, stop - start), len(self.experiments)))
        if self._engine is None:
            from scipy.stats import qmc  # late: half a second that `afternext --help` need not wait for

            generator = np.random.default_rng([self.seed, SCRAMBLE_DOMAIN])
            self._engine = qmc.Sobol(self._width, scramble=True, rng=generator)
        engine = self._engine
        if engine.num_generated > start:
            engine.reset()
        parts = []
        at = engine.num_generated
        if at == 0:  # SciPy warns of unbalanced samples unless the first draw is a power of two
            first = engine.random(1)
            if start == 0:
                parts.append(first)
            at = 1
        if start > at:
            engine.fast_forward(start - at)
            at = start
        if stop > at:
            parts.append(engine.random(stop - at))
        block: NDArray[np.float64] = np.vstack(parts)[:, self._columns] + HALF_CELL
        return block

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
