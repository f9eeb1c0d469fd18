"""What the ensemble needs to know of a world; any object of this shape can be run, stored and resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


class ValueLike(Protocol):
    """A distribution or a deep range, given by its inverse."""

    def quantile(self, u: Any) -> Any:
        """Value at share `u` (0-1) of the distribution, for one number or an array."""
        ...


class ExperimentLike(Protocol):
    """One uncertain thing: a column of the table of experiments."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def value(self) -> ValueLike: ...
    @property
    def deep(self) -> bool: ...
    @property
    def meaning(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...] | None: ...


class MeasureLike(Protocol):
    """One measured thing: an array a future, over `dims`."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def dims(self) -> tuple[str, ...]: ...
    @property
    def dtype(self) -> Any: ...


class OutcomeLike(Protocol):
    """What one future gives back."""

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]: ...
    @property
    def events(self) -> NDArray[np.void]: ...


class WorldLike(Protocol):
    """A compiled crisis that plays one future at a time: picklable, and a pure function of its inputs."""

    @property
    def version(self) -> str: ...
    @property
    def experiments(self) -> Sequence[ExperimentLike]: ...
    @property
    def measures(self) -> Sequence[MeasureLike]: ...
    @property
    def coords(self) -> Mapping[str, NDArray[Any]]: ...
    def simulate(self, row: NDArray[np.float64], seed: int, luck: int) -> OutcomeLike: ...
    def warm_up(self) -> None: ...


class ManyLike(Protocol):
    """What a batch of futures gives back: arrays with the future as first axis, and events one after the
    other, so many a future.
    """

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]: ...
    @property
    def events(self) -> NDArray[np.void]: ...
    @property
    def counts(self) -> NDArray[np.int64]: ...


@runtime_checkable
class ManyWorldLike(Protocol):
    """A world that also plays a whole batch in one call: for cheap models, where a call costs most.

    Future k of the batch is what `simulate(rows[k], seed, first + k)` gives.
    """

    def simulate_many(self, rows: NDArray[np.float64], seed: int, first: int) -> ManyLike: ...
