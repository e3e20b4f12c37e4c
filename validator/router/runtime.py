"""Injectable clocks, sleep and randomness, and the deadline of one check."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Runtime:
    """`clock` is monotonic, `now` is epoch time, both in seconds. `random` gives 0 to 1."""

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant of a monotonic clock, in seconds. It bounds everything that one check does."""

    at: float
    clock: Callable[[], float]

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float]) -> Self:
        """The deadline this many seconds from now."""
        return cls(clock() + seconds, clock)

    def left(self) -> float:
        """Seconds left; never below zero."""
        return max(0.0, self.at - self.clock())
