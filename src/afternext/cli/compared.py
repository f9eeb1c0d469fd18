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
    seed: int | None, workers: int | None, directory: Path | None,
) -> Comparison:  # fmt: skip
    """Open the comparison in a directory, or run the strategies of a scenario on the same futures."""
    from afternext.foresight.comparison import compare, is_comparison, open_comparison

    if is_comparison(scenario):
        given = {
            "--strategy": strategies,
            "--futures": futures,
            "--years": years,
            "--seed": seed,
            "--dir": directory,
        }
        settled = [name for name, value in given.items() if value]
        if settled:
            raise UsageError(
                f"{scenario} holds finished runs; {', '.join(settled)} cannot change them. Name the scenario "
                f"and --dir {scenario} to add strategies"
            )
        return open_comparison(scenario)
    return compare(
        scenario, strategies or (), futures=futures, years=years, seed=seed, workers=workers, out=directory,
        progress=True,
    )  # fmt: skip
