"""Compiled = uncompiled: the kernels are plain Python, and compiling them changes no number."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.house.tree import ROOT
from tests.world.toy import FREEZE, alike, incident, play, toy, treating

PLAIN = """
import pickle, sys, warnings
warnings.simplefilter("ignore", RuntimeWarning)  # unsigned integers wrap round, as they are meant to
import numba
assert numba.config.DISABLE_JIT
from tests.world.test_uncompiled import CASES, played
sys.stdout.buffer.write(pickle.dumps(played(*CASES[sys.argv[1]])))
"""
ROWS = [
    {"place": a, "origin": b, "community": "valley", "persons": n, "since": FREEZE - timedelta(days=days)}
    for a, b, n, days in (
        ("port", "ford", 4_000, 5),
        ("mill", "port", 70_000, 100),
        ("tents", "mill", 30, 900),
    )
]
HISTORY = {"kind": "capture", "place": "fort", "by": "rebels", "date": FREEZE - timedelta(days=4)}
BUSY = [
    HISTORY,
    incident("fighting", "ford", day=0, days=3, intensity=0.9),
    incident("announcement", "port", day=1, days=2),
    incident("capture", "mill", day=2),
    incident("withdrawal", "ford", day=4, by="army"),
]
CASES = {
    "day": (9, 1.0),
    "half a day": (5, 0.5),
}


def played(days: int, dt: float):
    forces = {
        **treating("rebels", valley="persecuted"),
        "state": {"name": "State", "kind": "state", "admits": {"valley": 0.5}},
    }
    names = ("ford", "mill", "port", "fort", "gate", "tents")
    held = [{"place": n, "holder": {"fort": "rebels", "tents": "state"}.get(n, "army")} for n in names]
    crisis = toy(forces=forces, holders=held, displaced=ROWS, incidents=BUSY)
    return play(crisis, days, dt=dt, calm=False, attack_insurgent=0.3, attack_regular=0.2, news_delay=0.2)


@pytest.mark.timeout(900)  # this file comes first (tests/order.py) and compiles the model
@pytest.mark.parametrize("case", CASES)
def test_compiling_changes_no_number(case: str) -> None:
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": _path()}
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, case], cwd=ROOT, env=environment, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    plain, compiled = pickle.loads(done.stdout), played(*CASES[case])
    for measure in ("newly_displaced", "secondary", "caught", "dead", "fighting_places"):
        assert compiled.arrays[measure].max() > 0, f"{measure}: the case no longer shows it"
    for name, values in compiled.arrays.items():
        assert np.array_equal(values, plain.arrays[name]), name
    assert alike(compiled, plain)


def _path() -> str:
    """Let the other interpreter import the same package and these tests."""
    import afternext

    parts = [str(Path(afternext.__file__).parents[1]), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return os.pathsep.join(part for part in parts if part)
