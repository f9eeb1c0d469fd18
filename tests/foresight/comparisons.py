"""One small comparison and one small window of the tutorial, made once for the tests that read them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from afternext.foresight.comparison import Comparison, compare
from afternext.foresight.window import Window, window

FUTURES = 24
STRATEGIES = ("none", "help_in_time", "open_bridge+sorrel:camp@14d")
WINDOW = {"by": "sorrel", "delays": (0, 40), "scales": (1.0,), "futures": 16, "years": 0.3, "seed": 7}


@cache
def small_comparison() -> Comparison:
    folder = Path(mkdtemp(prefix="afternext-test-")) / "compared"
    return compare("two-towns", STRATEGIES, futures=FUTURES, years=0.3, seed=7, workers=1, out=folder)


@cache
def small_window() -> Window:
    folder = Path(mkdtemp(prefix="afternext-test-")) / "window"
    return window("two-towns", "air_support", workers=1, out=folder, **WINDOW)
