"""Hostile material made by code, always the same for the same seed: nothing of it is kept as a file."""
