"""Readers of other programs' input."""
