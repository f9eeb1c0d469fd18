"""Processes: one mechanism a file."""
