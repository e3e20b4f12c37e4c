"""Benchmarks: each module prints its figures and asserts nothing."""
