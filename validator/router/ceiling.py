"""Kind to the Router: a ceiling on our own calls, as a token bucket."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BURST_S = 10.0
"""Seconds' worth of calls that may come at once, so that the head of a queue is not held up."""


class Ceiling:
    """At most `calls_per_s` in the long run; 0 means no ceiling. Thread-safe."""

    def __init__(self, calls_per_s: float, clock: Callable[[], float]) -> None:
        self._rate = calls_per_s
        self._burst = max(1.0, calls_per_s * BURST_S)
        self._clock = clock
        self._lock = Lock()
        self._tokens = self._burst
        self._filled_at = clock()

    def allows(self) -> bool:
        """Whether one more call may go out now; a yes counts as the call."""
        if self._rate <= 0:
            return True
        with self._lock:
            now = self._clock()
            gained = max(0.0, now - self._filled_at) * self._rate
            self._tokens = min(self._burst, self._tokens + gained)
            self._filled_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
