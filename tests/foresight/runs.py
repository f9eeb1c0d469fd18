"""One small run of the tutorial, made once for the tests that read a finished run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from afternext.ensemble.opened import Run, open_run

FUTURES = 40


@cache
def small_run() -> Run:
    import afternext as an

    folder = Path(mkdtemp(prefix="afternext-test-")) / "run"
    an.run("two-towns", futures=FUTURES, years=0.5, seed=7, out=str(folder))
    return open_run(folder)


@cache
def larger_run() -> Run:
    """Twice as many futures: enough for a family to be looked back from."""
    import afternext as an

    folder = Path(mkdtemp(prefix="afternext-test-")) / "run"
    an.run("two-towns", futures=2 * FUTURES, years=0.5, seed=7, out=str(folder))
    return open_run(folder)
