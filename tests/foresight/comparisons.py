"""One small comparison and one small window of the tutorial, made once for the tests that read them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from afternext.foresight.comparison import Comparison, compare
from afternext.foresight.window import Window, window
from tests.shared import made_once

FUTURES = 24
STRATEGIES = ("none", "help_in_time", "open_bridge+sorrel:camp@14d")
WINDOW = {"by": "sorrel", "delays": (0, 40), "scales": (1.0,), "futures": 16, "years": 0.3, "seed": 7}


@cache
def small_comparison() -> Comparison:
    how = {"futures": FUTURES, "years": 0.3, "seed": 7, "workers": 1}
    return Comparison(made_once("compared", lambda out: compare("two-towns", STRATEGIES, out=out, **how)))


@cache
def small_window() -> Window:
    def look(out: Path) -> Window:
        return window("two-towns", "air_support", workers=1, out=out, **WINDOW)

    # The second time nothing is run: what lies there is read.
    return look(made_once("window", look))
