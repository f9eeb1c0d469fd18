"""A comparison from what a person gives: a directory that holds one, or a scenario to run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from afternext.cli.options import read_settings
from afternext.errors import UsageError

if TYPE_CHECKING:
    from afternext.foresight.comparison import Comparison


def open_or_run(
    scenario: str, strategies: Sequence[str] | None, futures: int | None, years: float | None,
    seed: int | None, workers: int | None, out: Path | None, settings: list[str] | None = None,
    weights: str | None = None,
) -> Comparison:  # fmt: skip
    """Open the comparison in a directory, or run the strategies of a scenario on the same futures."""
    from afternext.foresight.comparison import compare, is_comparison, open_comparison

    if is_comparison(scenario):
        if (futures, years, seed, settings, out) != (None, None, None, None, None):
            raise UsageError(
                f"{scenario} is a stored comparison: its futures, years, seed and settings are fixed"
            )
        stored = open_comparison(scenario)
        given = stored.manifest["scenario"]["given"]
        found = (
            compare(given, strategies, workers=workers, out=scenario, progress=True) if strategies else stored
        )
    else:
        found = compare(
            scenario, strategies or (), futures=futures, years=years, seed=seed, workers=workers, out=out,
            overrides=read_settings(settings), progress=True,
        )  # fmt: skip
    return found.weigh(weights)


def head_line(found: Comparison, what: str = "") -> str:
    """Futures, weights if they are in use, seed and directory of a comparison."""
    from afternext.ensemble import terminal

    line = terminal.head_line(len(found.futures), found.evidence, found.seed, found.path)
    return f"{what} · {line}" if what else line
