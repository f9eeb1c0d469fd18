"""Displacement on a FLEE folder: run the world's movement process on it and score it as FLEE does."""
