"""A token bucket as a pure value: what may come at once, and what comes back in time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """Holds at most `size` tokens and gains `per_s` a second. Its level is kept by whoever asks."""

    size: float
    per_s: float

    def refilled(self, level: float, seconds: float) -> float:
        """The level after this time; a clock that went back adds nothing."""
        return min(self.size, level + max(0.0, seconds) * self.per_s)

    def given_back(self, level: float, tokens: float) -> float:
        """The level with so many tokens more."""
        return min(self.size, level + tokens)
