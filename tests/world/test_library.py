"""Kernels are put together whole: every part that is called, directly or not, is in the machine code."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# In a process of its own: a part that was left out is a crash, not an exception.
DIAMOND = """
from numba import njit
from afternext.world.kernel import kernel, kernel_with_wrapper

@kernel
def leaf(x):
    total = 0.0
    for k in range(int(x)):
        total += 1.0 / (k + x)
    return total

@kernel
def left(x):
    return leaf(x) + leaf(x + 1.0)

@kernel
def right(x):
    return leaf(2.0 * x) + left(x)

@kernel
def deep(x):
    if x > 20.0:
        return x
    return 1.0 + deep(leaf(x) + 2.0 * x)

@kernel_with_wrapper
def top(x):
    return leaf(x) + right(x) - left(x) + deep(x)

@njit
def plain(x):
    return leaf(x) + right(x) - left(x) + deep(x)

assert plain(3.0) == top(3.0)
print(repr(top(3.0)))
"""


def run(folder: Path, **environment: str) -> str:
    path = folder / "diamond.py"
    if not path.exists():
        path.write_text(DIAMOND)
    done = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), **environment},
    )
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    return done.stdout


def test_a_whole_holds_every_part_that_is_called_by_several(tmp_path: Path) -> None:
    uncompiled = run(tmp_path, NUMBA_DISABLE_JIT="1")
    assert run(tmp_path, NUMBA_DISABLE_JIT="0") == uncompiled
    assert list(tmp_path.rglob("*.nbc")), "nothing was kept for the next process"
    assert run(tmp_path, NUMBA_DISABLE_JIT="0") == uncompiled
