"""A token bucket as a pure value: how much may come at once, and how fast it refills."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """Holds at most `size` tokens and gains `per_s` a second. The caller stores the level."""

    size: float
    per_s: float

    def refilled(self, level: float, seconds: float) -> float:
        """The level after this time. Negative time (a clock that was set back) adds nothing."""
        return min(self.size, level + max(0.0, seconds) * self.per_s)

    def given_back(self, level: float, tokens: float) -> float:
        """The level after this many tokens are returned."""
        return min(self.size, level + tokens)
