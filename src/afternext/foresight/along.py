"""A condition on every output day: `displaced < 2M and places_held_isis < 10`, true or not as time goes
by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from afternext.ensemble.show import days_along
from afternext.foresight.conditions import Reader, Token

if TYPE_CHECKING:
    from afternext.ensemble.opened import Run


def meets_along(run: Run, text: str) -> NDArray[np.bool_]:
    """Where a condition holds on each output day: (F, D). What is given a time with @ is the same on all."""
    found = Along(run, text).read()
    shape = (len(run.measures["future"]), len(run.measures["date"]))
    return np.array(np.broadcast_to(found, shape))


class Along(Reader):
    """Reads a condition; a measure without a time stands for its value on each output day."""

    def _measure(self, name: Token, when: Token | None) -> NDArray[np.float64]:
        if when is not None:
            return super()._measure(name, when)[:, None]
        wanted, so_far = self._named(name)
        values = self.run.measures[wanted].values.astype(np.float64)
        if so_far:
            values = (np.maximum if so_far == "max" else np.minimum).accumulate(values, axis=1)
        return np.asarray(values)

    def _holder(self, name: Token, when: Token | None) -> NDArray[np.float64]:
        if when is not None:
            return super()._holder(name, when)[:, None]
        held = self.run.measures["place_holder"].isel(place=self._place(name)).values
        # Holders are kept on fewer days than measures: the last one known stands.
        there = np.searchsorted(days_along(self.run, "snapshot"), days_along(self.run, "date"), "right") - 1
        return np.asarray(held[:, np.maximum(there, 0)], dtype=np.float64)
