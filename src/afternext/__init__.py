"""afternext: what comes next in a crisis, and what comes well after the next.

The public API is small and loaded late, so that `import afternext` and the command line start at once:

    import afternext as an
    run = an.run("two-towns", futures=100, seed=7)
    run.quantiles("displaced", [0.05, 0.5, 0.95])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Run",
    "Scenario",
    "calibrate",
    "backcast",
    "compare",
    "decide",
    "discover",
    "hindcast",
    "load_scenario",
    "open_comparison",
    "open_run",
    "reconcile",
    "pathways",
    "principle",
    "run",
    "scenarios",
    "sensitivity",
    "tree",
    "update",
    "value",
    "window",
    "__version__",
]

if TYPE_CHECKING:
    from afternext.ensemble.run import Run, open_run, run
    from afternext.evidence.calibrate import calibrate
    from afternext.evidence.report import reconcile
    from afternext.evidence.update import update
    from afternext.forecast.hindcast import hindcast
    from afternext.foresight.backcast import backcast
    from afternext.foresight.comparison import Comparison, compare, open_comparison
    from afternext.foresight.decide import decide
    from afternext.foresight.discover import discover
    from afternext.foresight.pathfinding import find_pathways as pathways
    from afternext.foresight.principle import principle
    from afternext.foresight.sensitivity import sensitivity
    from afternext.foresight.tree import grow as tree
    from afternext.foresight.value import find_value as value
    from afternext.foresight.window import window
    from afternext.scenario import Scenario
    from afternext.scenario import load as load_scenario
    from afternext.scenario import shipped as scenarios

# public name -> (module, name there)
_LATE = {
    "run": ("afternext.ensemble.run", "run"),
    "open_run": ("afternext.ensemble.run", "open_run"),
    "Run": ("afternext.ensemble.run", "Run"),
    "reconcile": ("afternext.evidence.report", "reconcile"),
    "update": ("afternext.evidence.update", "update"),
    "calibrate": ("afternext.evidence.calibrate", "calibrate"),
    "tree": ("afternext.foresight.tree", "grow"),
    "Comparison": ("afternext.foresight.comparison", "Comparison"),
    "compare": ("afternext.foresight.comparison", "compare"),
    "open_comparison": ("afternext.foresight.comparison", "open_comparison"),
    "decide": ("afternext.foresight.decide", "decide"),
    "window": ("afternext.foresight.window", "window"),
    "discover": ("afternext.foresight.discover", "discover"),
    "hindcast": ("afternext.forecast.hindcast", "hindcast"),
    "pathways": ("afternext.foresight.pathfinding", "find_pathways"),
    "value": ("afternext.foresight.value", "find_value"),
    "backcast": ("afternext.foresight.backcast", "backcast"),
    "principle": ("afternext.foresight.principle", "principle"),
    "sensitivity": ("afternext.foresight.sensitivity", "sensitivity"),
    "Scenario": ("afternext.scenario", "Scenario"),
    "load_scenario": ("afternext.scenario", "load"),
    "scenarios": ("afternext.scenario", "shipped"),
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'afternext' has no attribute {name!r}")
    module, there = _LATE[name]
    value = getattr(import_module(module), there)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
