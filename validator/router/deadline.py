"""One bound over everything that one check does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant of a monotonic clock, in seconds."""

    at: float
    clock: Callable[[], float]

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float]) -> Self:
        """The instant that many seconds from now."""
        return cls(clock() + seconds, clock)

    def left(self) -> float:
        """Seconds that are left; never below zero."""
        return max(0.0, self.at - self.clock())
