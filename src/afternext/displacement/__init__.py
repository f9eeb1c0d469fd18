"""Displacement on a FLEE folder: run the world's movement process on it and score it as FLEE does."""

from pathlib import Path

from afternext.world.cache import kernel_cache  # declares the world's kernels first, in their own cache

with kernel_cache(Path(__file__).parent):
    from afternext.displacement import days, flee_rules

__all__ = ["days", "flee_rules"]
