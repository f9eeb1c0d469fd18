"""What varies from future to future as columns for finding conditions: numbers, whole numbers, words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from afternext.errors import UsageError
from afternext.foresight.weights import Floats

if TYPE_CHECKING:
    import pandas as pd

MOST_WORDS = 30  # words of one column; more would be a name, not a condition


@dataclass(frozen=True)
class Column:
    """One column: numbers, or codes 0, 1, ... with the words behind them.

    kind : real, integer or category
    """

    name: str
    kind: str
    values: Floats
    words: tuple[str, ...] = ()

    @cached_property
    def low(self) -> float:
        return float(self.values.min())

    @cached_property
    def high(self) -> float:
        return float(self.values.max())


def columns_of(table: pd.DataFrame | dict[str, Any]) -> list[Column]:
    """Columns that vary, in the order of the table; words become codes in alphabetical order."""
    found = []
    for name, column in table.items():
        values = np.asarray(column)
        if values.dtype.kind in "OUSb":
            words, codes = np.unique(values.astype(str), return_inverse=True)
            if not len(words) > 1:
                continue
            if len(words) > MOST_WORDS:
                raise UsageError(
                    f"column {name} has {len(words)} different words; at most {MOST_WORDS} make conditions"
                )
            found.append(
                Column(str(name), "category", codes.astype(np.float64), tuple(str(word) for word in words))
            )
            continue
        numbers = values.astype(np.float64)
        if not np.isfinite(numbers).all():
            raise UsageError(f"column {name} has gaps; a condition needs a value in every future")
        if numbers.min() < numbers.max():
            whole = bool((numbers == np.rint(numbers)).all())
            found.append(Column(str(name), "integer" if whole else "real", numbers))
    return found


def inside(column: Column, limits: Any) -> NDArray[np.bool_]:
    """Futures within one limit: (low, high) of numbers, or a set of codes."""
    if column.kind == "category":
        return np.isin(column.values, list(limits))
    return np.asarray((column.values >= limits[0]) & (column.values <= limits[1]))
