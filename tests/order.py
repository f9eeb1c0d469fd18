"""The order in which files of tests are run, so that two workers are done at the same time.

The first file compiles the model, two minutes of one worker; the other worker meanwhile takes files that do
without it, so that it is compiled once. Then the longest files, then all others.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
FIRST = "world/test_uncompiled.py"
MEANWHILE = (
    "displacement/test_wild_folders.py",
    "world/processes/test_polity.py",
    "ensemble/test_resume.py",
    "scenarios/test_shipped.py",
    "scenario/test_broken.py",
    "brief/test_charts.py",
    "brief/test_maps.py",
    "world/processes/test_opinion.py",
    "house/test_arrows.py",
    "reliability/test_bombs.py",
    "ensemble/test_weights.py",
    "house/test_tree.py",
)
LONGEST = (
    "house/test_examples.py",
    "house/test_json.py",
    "world/processes/test_clash.py",
    "cli/test_foresight.py",
    "brief/test_briefing.py",
    "world/processes/test_decisions.py",
    "cli/test_run.py",
    "foresight/test_sensitivity.py",
    "foresight/test_window.py",
    "world/processes/test_movement.py",
    "foresight/test_pathways.py",
    "foresight/test_principle.py",
    "web/test_runs.py",
    "cli/test_decisions.py",
    "world/processes/test_pressure.py",
)
ORDER = (FIRST, *MEANWHILE, *LONGEST)
PLACES = {name: place for place, name in enumerate(ORDER)}


def place(path: Path) -> int:
    """Return where a file of tests comes; those without a place come last, as they were found."""
    return PLACES.get(path.relative_to(HERE).as_posix(), len(ORDER))
