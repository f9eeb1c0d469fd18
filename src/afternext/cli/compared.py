"""A comparison from what a person gives: a directory that holds one, or a scenario to run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from afternext.errors import UsageError

if TYPE_CHECKING:
    from afternext.foresight.comparison import Comparison


def open_or_run(
    scenario: str, strategies: Sequence[str] | None, futures: int | None, years: float | None,
    seed: int | None, workers: int | None, out: Path | None,
) -> Comparison:  # fmt: skip
    """Open the comparison in a directory, or run the strategies of a scenario on the same futures."""
    from afternext.foresight.comparison import compare, is_comparison, open_comparison

    if is_comparison(scenario):
        stored = open_comparison(scenario)
        if (futures, years, seed, out) != (None, None, None, None):
            raise UsageError(f"{scenario} is a stored comparison: its futures, years and seed are fixed")
        if not strategies:
            return stored
        return compare(
            stored.manifest["scenario"]["given"], strategies, workers=workers, out=scenario, progress=True
        )
    return compare(
        scenario, strategies or (), futures=futures, years=years, seed=seed, workers=workers, out=out,
        progress=True,
    )  # fmt: skip
