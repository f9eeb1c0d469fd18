"""One small run of the tutorial, made once for the tests that read a finished run."""

from __future__ import annotations

from functools import cache

from afternext.ensemble.opened import Run, open_run
from tests.shared import made_once

FUTURES = 40


def _played(name: str, futures: int) -> Run:
    import afternext as an

    return open_run(
        made_once(
            name, lambda out: an.run("two-towns", futures=futures, years=0.5, seed=7, workers=1, out=str(out))
        )
    )


@cache
def small_run() -> Run:
    return _played("run", FUTURES)


@cache
def larger_run() -> Run:
    """Four times as many futures: enough for a family to be looked back from."""
    return _played("larger", 4 * FUTURES)
