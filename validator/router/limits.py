"""Limits on our calls to the Router: how many at once (bulkhead), how many per second (rate limiter)."""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

import structlog

from validator.token_bucket import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.router.runtime import Deadline

log = structlog.get_logger(__name__)

RECENT_RELEASE_S = 0.5
"""If no permit was acquired or released in this time, callers do not wait for one: waiting would only hold
server threads. With 64 people at a hung Router, /livez took 2.4 s."""

BURST_S = 10.0
"""The burst is this many seconds' worth of calls, so that the head of a queue is not held up."""

LOG_EVERY_S = 60.0
HINT = "checks were delayed: raise ESCV_ROUTER_CALLS_PER_S where the Router's operators agree"


@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """The right to run one call, which should end by its deadline."""

    deadline: Deadline


class Bulkhead:
    """At most `size` calls run at once, so that a hung Router never blocks the server. Thread-safe.

    A caller waits at most `wait_s` for a permit, and only while permits are changing hands.
    """

    def __init__(self, size: int, wait_s: float) -> None:
        self._free = BoundedSemaphore(size)
        self._wait_s = wait_s
        self._lock = Lock()
        self._held: set[Permit] = set()
        self._changed_at = float("-inf")

    def acquire(self, deadline: Deadline) -> Permit | None:
        """A permit, or None if none became free in time."""
        is_moving = deadline.clock() - self._changed_at < RECENT_RELEASE_S
        if not self._free.acquire(timeout=min(self._wait_s, deadline.left()) if is_moving else 0):
            return None
        permit = Permit(deadline)
        with self._lock:
            self._held.add(permit)
            self._changed_at = deadline.clock()
        return permit

    def release(self, permit: Permit) -> None:
        """Return the permit. Call this exactly once."""
        with self._lock:
            self._held.remove(permit)
            self._changed_at = permit.deadline.clock()
        self._free.release()

    def has_overdue_permit(self) -> bool:
        """Whether a permit is held past its deadline: a library call hangs and cannot be interrupted."""
        with self._lock:
            return any(permit.deadline.left() <= 0 for permit in self._held)


class RateLimiter:
    """At most `calls_per_s` calls in the long run (token bucket); 0 means no limit. Thread-safe."""

    def __init__(self, calls_per_s: float, clock: Callable[[], float]) -> None:
        self._bucket = TokenBucket(size=max(1.0, calls_per_s * BURST_S), per_s=calls_per_s)
        self._clock = clock
        self._lock = Lock()
        self._level = self._bucket.size
        self._filled_at = clock()
        self._rejections = _Rejections(clock)

    def try_acquire(self) -> bool:
        """Whether one more call may be made now. True counts the call; False is logged."""
        if self._bucket.per_s <= 0 or self._take():
            return True
        self._rejections.add()
        return False

    def recently_rejected(self) -> int:
        """How many calls were rejected in the last minute or so."""
        return self._rejections.recent()

    def _take(self) -> bool:
        with self._lock:
            now = self._clock()
            self._level = self._bucket.refilled(self._level, now - self._filled_at)
            self._filled_at = now
            if self._level < 1:
                return False
            self._level -= 1
            return True


class _Rejections:
    """Counts rejected calls and logs them at most once a minute. Thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._unlogged = self._logged = 0
        self._logged_at = self._last_at = float("-inf")

    def add(self) -> None:
        """Count one rejection. The first of a minute is logged, together with those since the last line."""
        with self._lock:
            self._last_at = now = self._clock()
            self._unlogged += 1
            if now - self._logged_at < LOG_EVERY_S:
                return
            self._logged, self._unlogged, self._logged_at = self._unlogged, 0, now
        log.warning("router_rate_limited", rejected=self._logged, hint=HINT)

    def recent(self) -> int:
        """Rejections in the last log line and since; 0 if there was none for a minute."""
        with self._lock:
            is_over = self._clock() - self._last_at >= LOG_EVERY_S
            return 0 if is_over else self._logged + self._unlogged
