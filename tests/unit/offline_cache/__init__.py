"""Remembered answers: policy, tiers, flights and the whole."""
