"""Kind to the Router: a ceiling on our own calls, as a token bucket that tells when it bites."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import structlog

from validator.token_bucket import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)

BURST_S = 10.0
"""Seconds' worth of calls that may come at once, so that the head of a queue is not held up."""

TOLD_EVERY_S = 60.0
HINT = "people were told to wait: raise ESCV_ROUTER_CALLS_PER_S where the Router's operators agree"


class Ceiling:
    """At most `calls_per_s` in the long run; 0 means no ceiling. Thread-safe."""

    def __init__(self, calls_per_s: float, clock: Callable[[], float]) -> None:
        self._bucket = TokenBucket(size=max(1.0, calls_per_s * BURST_S), per_s=calls_per_s)
        self._clock = clock
        self._lock = Lock()
        self._tokens = self._bucket.size
        self._filled_at = clock()
        self._bitten = _Bites(clock)

    def allows(self) -> bool:
        """Whether one more call may go out now; a yes counts as the call, a no is told to the log."""
        if self._bucket.per_s <= 0 or self._take():
            return True
        self._bitten.once_more()
        return False

    def held_back(self) -> int:
        """How many calls were kept back within the last minute or so; 0 where it does not bite."""
        return self._bitten.lately()

    def _take(self) -> bool:
        with self._lock:
            now = self._clock()
            self._tokens = self._bucket.refilled(self._tokens, now - self._filled_at)
            self._filled_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class _Bites:
    """Counts calls that were kept back, and tells the log of them once a minute at most."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._untold = self._told = 0
        self._told_at = self._last_at = float("-inf")

    def once_more(self) -> None:
        """One more was kept back; the first of a minute is told together with those since the last time."""
        with self._lock:
            self._last_at = now = self._clock()
            self._untold += 1
            if now - self._told_at < TOLD_EVERY_S:
                return
            self._told, self._untold, self._told_at = self._untold, 0, now
        log.warning("router_ceiling_bites", held_back=self._told, hint=HINT)

    def lately(self) -> int:
        """Those of the last telling and since, 0 where none was kept back for a minute."""
        with self._lock:
            return 0 if self._clock() - self._last_at >= TOLD_EVERY_S else self._told + self._untold
