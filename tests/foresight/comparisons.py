"""One small comparison of the tutorial, made once for the tests that read a finished one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from afternext.foresight.comparison import Comparison, compare

FUTURES = 32
STRATEGIES = ("none", "open_bridge", "help_in_time", "open_bridge+sorrel:camp@14d")


@cache
def small_comparison() -> Comparison:
    folder = Path(mkdtemp(prefix="afternext-test-")) / "compared"
    return compare("two-towns", STRATEGIES, futures=FUTURES, years=0.5, seed=7, workers=1, out=folder)
