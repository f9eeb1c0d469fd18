"""Benchmarks: measured from outside the program, written to docs/benchmarks.md by `make bench`."""
