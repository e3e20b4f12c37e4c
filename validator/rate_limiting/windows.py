"""Plain windows of the package `limits` over the store of this package, so that all processes count together.

The storages of `limits` forget at a restart or need Redis; this one also takes costs back (a negative cost).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limits import RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.pool import Reading
    from validator.accounts.identity import Caller
    from validator.rate_limiting.store import DegradingStore

# Eight tills on one account send 8 pictures a second at most.
UPLOADS = RateLimitItemPerSecond(120, 12, namespace="uploads")
# An ordinary frame takes 0.2 s of a processor, the largest photo 0.8 s. What is beyond this costs more.
FREE_S = 0.55
# A picture of 2 s costs as much as 62 ordinary ones: two at once, then ten a minute.
PER_S = 42.0
# A picture that ended its process also costs a new process.
FAILED_S = 2.0


class WindowStorage(Storage):
    """Counts of fixed windows. Never raises. `clock` gives epoch seconds."""

    STORAGE_SCHEME = None
    base_exceptions = ()

    def __init__(self, store: DegradingStore, clock: Callable[[], float]) -> None:
        super().__init__()
        self._store = store
        self._clock = clock

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to the count of a window that ends `expiry` seconds after its first count."""
        now = self._clock()

        def step(text: str | None) -> tuple[str | None, int]:
            count, ends_at = _window(text, now) or (0, now + expiry)
            count = max(0, count + amount)
            return json.dumps([count, ends_at, expiry]) if count else None, count

        return self._store.change(key, step, now)

    def get(self, key: str) -> int:
        """The count of this window now."""
        return self._read(key)[0]

    def get_expiry(self, key: str) -> float:
        """When this window ends."""
        return self._read(key)[1]

    def check(self) -> bool:
        """Whether all processes count together."""
        return self._store.healthy()

    def reset(self) -> None:
        """Not used: windows end by themselves."""

    def clear(self, key: str) -> None:
        """Forget this window."""
        self._store.change(key, lambda _text: (None, None), self._clock())

    def _read(self, key: str) -> tuple[int, float]:
        now = self._clock()
        return self._store.change(key, lambda text: (text, _window(text, now)), now) or (0, now)


def _window(text: str | None, now: float) -> tuple[int, float] | None:
    """Count and end of a stored window; None if it ended, is damaged, or is of a clock that was ahead."""
    try:
        count, ends_at, expiry = json.loads(text or "")
        return (int(count), float(ends_at)) if now < ends_at <= now + expiry else None
    except (ValueError, TypeError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Uploads:
    """The uploads of each account; an expensive picture counts as many. Thread-safe; never raises."""

    store: DegradingStore
    clock: Callable[[], float]

    def allow(self, caller: Caller) -> bool:
        """Whether a picture of this caller may be read now; it counts before it is decoded."""
        return self._hit(caller, 1)

    def charge(self, caller: Caller, reading: Reading) -> None:
        """Count what a picture cost beyond `allow`, or take that back."""
        if cost := extra_cost(reading):
            self._hit(caller, cost)

    def _hit(self, caller: Caller, cost: int) -> bool:
        limiter = FixedWindowRateLimiter(WindowStorage(self.store, self.clock))
        return limiter.hit(UPLOADS, caller.account, cost=cost)


def extra_cost(reading: Reading) -> int:
    """What a picture costs beyond the one of `allow`; -1 if a code was found quickly."""
    is_failed = reading.refusal is not None and reading.refusal.code == "reader_failed"
    seconds = max(reading.seconds, FAILED_S) if is_failed else reading.seconds
    beyond = round(max(0.0, seconds - FREE_S) * PER_S)
    return -1 if reading.texts and not beyond else beyond
