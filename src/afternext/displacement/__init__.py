"""Displacement on a FLEE folder: run the world's movement process on it and score it as FLEE does."""

from pathlib import Path

import afternext.world as _world  # its kernels are declared first, in a cache of their own
from afternext.world.cache import kernel_cache

with kernel_cache(Path(__file__).parent):
    from afternext.displacement import days, flee_rules

__all__ = ["days", "flee_rules"]
