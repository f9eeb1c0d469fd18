"""How the model's rules are compiled.

Rules allocate nothing, so they need no reference counts, which otherwise cost more than the rules themselves:
a call hands over dozens of arrays (measured: 14 microseconds a quiet day with them, 4 without). Tables that
must grow are grown by Python between two calls. Wrappers for calls from Python are compiled only where Python
calls, since they double the time to compile: a plain ``kernel`` must never be called from compiled-mode
Python (it has no door and crashes).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

from afternext.world.library import PartCompiler, WholeCompiler

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_njit: Any = numba.njit  # its stubs do not know the options below

kernel: Decorator = _njit(
    _nrt=False,
    error_model="numpy",
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    pipeline_class=PartCompiler,
)
kernel_with_wrapper: Decorator = _njit(
    _nrt=False, error_model="numpy", no_cfunc_wrapper=True, cache=True, pipeline_class=WholeCompiler
)
