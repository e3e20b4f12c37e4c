"""Circuit breaker: stops calls to a Router that does not answer; notices its recovery within 12 s."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.router.answers import RouterFailure

MAX_CONSECUTIVE_FAILURES = 5
# The failure rate is over the calls of the last WINDOW_S seconds, at most the latest MAX_CALLS of them.
FAILURE_RATE, MIN_CALLS = 0.5, 10
WINDOW_S, MAX_CALLS = 30.0, 100
# The open time never grows: with back-off, people would see a recovered Router late, and it receives only one
# call in this time. The jitter keeps several processes from probing at the same moment.
OPEN_S, JITTER_S = 10.0, 1.0
BreakerState = StrEnum("BreakerState", ["CLOSED", "OPEN", "HALF_OPEN"])


class AllowedCall:
    """One call that the breaker allowed. Only the first outcome recorded for it counts."""


@dataclass(frozen=True, slots=True)
class _Status:
    """`failure` opened the breaker, None while closed. No call is allowed before `until`."""

    failure: RouterFailure | None = None
    until: float = 0.0
    consecutive_failures: int = 0
    recent: tuple[tuple[float, bool], ...] = ()
    in_progress: frozenset[AllowedCall] = frozenset()

    def after(self, failure: RouterFailure | None, now: float, open_s: float) -> _Status:
        """The status after a call's outcome. Opening and closing drop the calls in progress."""
        within = [one for one in self.recent if one[0] > now - WINDOW_S]
        recent = (*within[1 - MAX_CALLS :], (now, failure is not None))
        consecutive = self.consecutive_failures + 1 if failure else 0
        rate_reached = len(recent) >= MIN_CALLS and sum(failed for _, failed in recent) >= FAILURE_RATE * len(
            recent
        )
        if failure and (self.failure or consecutive >= MAX_CONSECUTIVE_FAILURES or rate_reached):
            return _Status(failure, now + open_s)
        if self.failure:
            return _Status()
        return replace(self, consecutive_failures=consecutive, recent=recent)


class CircuitBreaker:
    """Thread-safe and never blocks. `random` gives 0 to 1; a probe without outcome ends after `probe_s`."""

    def __init__(self, clock: Callable[[], float], random: Callable[[], float], probe_s: float) -> None:
        self._clock, self._random, self._probe_s = clock, random, probe_s
        self._lock, self._status = Lock(), _Status()

    def state(self) -> BreakerState:
        """Half-open from the moment at which a probe is allowed until its outcome is known."""
        status = self._status
        if status.failure is None:
            return BreakerState.CLOSED
        is_probing = bool(status.in_progress) or self._clock() >= status.until
        return BreakerState.HALF_OPEN if is_probing else BreakerState.OPEN

    def rejection(self) -> RouterFailure | None:
        """The failure for which calls are rejected now, None if a call is allowed."""
        status = self._status
        return status.failure if self._clock() < status.until else None

    def acquire(self) -> AllowedCall | RouterFailure:
        """An allowed call, whose outcome must be recorded or which must be cancelled; or the rejection."""
        with self._lock:
            if rejection := self.rejection():
                return rejection
            status, call = self._status, AllowedCall()
            if status.failure:
                until = self._clock() + self._probe_s
                self._status = _Status(status.failure, until, in_progress=frozenset({call}))
            else:
                self._status = replace(status, in_progress=status.in_progress | {call})
            return call

    def record(self, call: AllowedCall, failure: RouterFailure | None) -> bool:
        """Record how a call ended (`failure` if the Router failed). True if that opened or closed it."""
        with self._lock:
            before = self._status
            if call in before.in_progress:
                rest = replace(before, in_progress=before.in_progress - {call})
                open_s = OPEN_S + JITTER_S * self._random()
                self._status = rest.after(failure, self._clock(), open_s)
            return (before.failure is None) != (self._status.failure is None)

    def cancel(self, call: AllowedCall) -> None:
        """Withdraw a call that was not made: another one is allowed in its place."""
        with self._lock:
            status = self._status
            if call in status.in_progress:
                self._status = replace(status, until=0.0, in_progress=status.in_progress - {call})
